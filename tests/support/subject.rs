//! A source and its request, for whatever measures the path without its edges.

#![allow(
    dead_code,
    unreachable_pub,
    missing_debug_implementations,
    reason = "who measures uses some of it"
)]
#![allow(clippy::expect_used, clippy::panic, reason = "its input is its own")]

use std::sync::Arc;

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hookferry::accept::Received;
use hookferry::authenticate::{Arrival, Verified, authenticate};
use hookferry::publish::encode::{Encoding, Shape};
use hookferry::publish::{Route, Topics};
use hookferry::settings::compile::{Endpoint, Operator, endpoint};
use hookferry::settings::providers;
use hookferry::template::{Scope, Template};
use hookferry::time::UnixTime;
use http::{HeaderMap, HeaderValue, Method, Uri};
use sha2::Sha256;

const SECRET: &str = "a secret that only this knows";
const NOW: UnixTime = UnixTime::from_seconds(1_767_225_600);

/// A source of GitHub's and a pull request for it, signed.
pub struct Subject {
    pub endpoint: Endpoint,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Subject {
    /// `filler` is a member's value in its body.
    pub fn github(filler: &str) -> Self {
        let value = providers::load("github").expect("a preset").expect("YAML");
        let preset = providers::parse(value).expect("a preset");
        let operator = Operator {
            name: "github".into(),
            uri: "https://hooks.example.com/github".into(),
            url: "https://hooks.example.com/github".into(),
            secrets: vec![SECRET.into()],
            strict: true,
            ..Operator::default()
        };
        let body = format!(
            r#"{{"action":"opened","number":7,"repository":{{"full_name":"octo/repo"}},"filler":{filler}}}"#
        );
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
        mac.update(body.as_bytes());
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("host", "hooks.example.com"),
            ("user-agent", "GitHub-Hookshot/044aadd"),
            ("content-type", "application/json"),
            ("x-github-event", "pull_request"),
            ("x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
            ("x-hub-signature-256", signature.as_str()),
        ] {
            headers.insert(name, HeaderValue::from_str(value).expect("a value"));
        }
        Self {
            endpoint: endpoint(&preset, &operator).expect("an endpoint"),
            headers,
            body: body.into(),
        }
    }

    pub fn received(&self) -> Received {
        let (uri, headers) = (Uri::from_static("/github"), self.headers.clone());
        Received::new(Method::POST, uri, headers, self.body.clone(), NOW)
    }

    pub fn verified(&self) -> Verified {
        match authenticate(&self.endpoint.scheme, self.received(), NOW, &mut ()) {
            Ok(Arrival::Delivery(verified)) => verified,
            other => panic!("the request is refused: {other:?}"),
        }
    }
}

/// A way to Kafka, without its sink.
pub fn route(encoding: Encoding) -> Route {
    let template = |text| Template::parse(text, Scope::Publish).expect("a template");
    Route {
        shape: Shape {
            encoding,
            attribute_prefix: "ce_",
        },
        topic: template("webhooks.{source}.{event}"),
        key: vec![template("{subject}"), template("{id}")],
        headers: Vec::new(),
        default_topic: "webhooks".into(),
        dead_letter_topic: "webhooks.dead-letter".into(),
        topics: Arc::new(Topics::new(100)),
    }
}
