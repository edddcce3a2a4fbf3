//! GitHub's side: its signature, its deliveries, its published sample payloads.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use super::client::{Client, Failure, Reply};
use super::variable;

/// A secret for sources of tests.
pub const SECRET: &str = "it-is-a-secret-to-everybody";

/// HMAC-SHA256 in lower-case hex.
pub fn hmac_hex(secret: &[u8], content: &[u8]) -> String {
    hex::encode(hmac(secret, content))
}

pub fn hmac(secret: &[u8], content: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length is a key");
    mac.update(content);
    mac.finalize().into_bytes().to_vec()
}

/// The value of `x-hub-signature-256`.
pub fn signature(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hmac_hex(secret.as_bytes(), body))
}

/// One delivery as GitHub sends it.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The value of `x-github-event`.
    pub event: String,
    /// The value of `x-github-delivery`, which is the event's id.
    pub id: String,
    pub body: Vec<u8>,
}

impl Delivery {
    /// A small `push`.
    pub fn push(id: impl Into<String>) -> Self {
        let id = id.into();
        let body = format!(
            r#"{{"ref":"refs/heads/main","after":"{id}","repository":{{"full_name":"octo-org/hello-world"}}}}"#
        );
        Self {
            event: "push".into(),
            body: body.into_bytes(),
            id,
        }
    }

    /// Its headers, signed with `secret`.
    pub fn headers(&self, secret: &str) -> Vec<(&'static str, String)> {
        vec![
            ("content-type", "application/json".into()),
            ("user-agent", "GitHub-Hookshot/044aadd".into()),
            ("x-github-event", self.event.clone()),
            ("x-github-delivery", self.id.clone()),
            ("x-hub-signature-256", signature(secret, &self.body)),
        ]
    }

    /// The head of its request over HTTP/`version`, signed with `secret`, up to the lines about its length.
    pub fn head(&self, path: &str, secret: &str, version: &str) -> String {
        let headers: String = self
            .headers(secret)
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        format!("POST {path} HTTP/{version}\r\nhost: hooks.example.com\r\n{headers}")
    }

    /// Its request, whole and lawful.
    pub fn whole(&self, path: &str, secret: &str) -> Vec<u8> {
        let head = format!(
            "{}content-length: {}\r\n\r\n",
            self.head(path, secret, "1.1"),
            self.body.len()
        );
        [head.as_bytes(), &self.body].concat()
    }

    /// Sends it, signed with `secret`.
    pub async fn send(&self, client: &Client, path: &str, secret: &str) -> Reply {
        match self.attempt(client, path, secret).await {
            Ok(reply) => reply,
            Err(failure) => panic!("{path}: {failure:?}"),
        }
    }

    pub async fn attempt(
        &self,
        client: &Client,
        path: &str,
        secret: &str,
    ) -> Result<Reply, Failure> {
        let headers = self.headers(secret);
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let body = self.body.clone().into();
        client
            .attempt(hyper::Method::POST, path, &headers, body)
            .await
    }

    /// The provider's own event type, as the daemon is to name it.
    pub fn kind(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).expect("GitHub sends JSON");
        match body["action"].as_str() {
            Some(action) => format!("{}.{action}", self.event),
            None => self.event.clone(),
        }
    }
}

/// Every payload of npm's @octokit/webhooks-examples, with ids that begin with `run`. The bodies are
/// written with spaces and line breaks, so that whoever writes the JSON anew changes them.
pub fn octokit_deliveries(run: &str) -> Vec<Delivery> {
    let path = format!("{}/index.json", variable("HOOKFERRY_TEST_OCTOKIT"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let events: Vec<Value> = serde_json::from_str(&text).expect("the index is JSON");
    let mut deliveries = Vec::new();
    for event in &events {
        for example in event["examples"].as_array().expect("a list of examples") {
            deliveries.push(Delivery {
                event: event["name"].as_str().expect("an event's name").to_owned(),
                id: format!("{run}-{}", deliveries.len()),
                body: serde_json::to_vec_pretty(example).expect("JSON can be written"),
            });
        }
    }
    deliveries
}
