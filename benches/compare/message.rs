//! What is sent: signed requests like GitHub's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

pub const SECRET: &str = "a secret that only this bench knows";

/// So many repositories, so that records spread over partitions as people's do.
const REPOSITORIES: usize = 16;
/// What a delivery's id looks like; its last digits are counted up.
const ID: &str = "72d3162e-cc78-11e3-81ab-000000000000";
const ID_DIGITS: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Scheme {
    /// `x-hub-signature-256`: of the body.
    Github,
    /// Standard Webhooks: of id, time and body. The id is then always the same one.
    StandardWebhooks,
}

/// The secret as the configuration of a server wants it.
pub fn secret(scheme: Scheme) -> String {
    match scheme {
        Scheme::Github => SECRET.to_owned(),
        Scheme::StandardWebhooks => format!("whsec_{}", STANDARD.encode(SECRET)),
    }
}

/// One request, in two parts, so that its body need not be copied to be sent.
pub struct Message {
    pub head: Vec<u8>,
    /// Where in the head the digits are that make each delivery another one.
    pub id_at: std::ops::Range<usize>,
    pub body: Vec<u8>,
}

/// Requests that a server can route, and one that it cannot.
pub struct Messages {
    pub routed: Vec<Message>,
    pub unroutable: Message,
}

impl Messages {
    pub fn new(path: &str, body_bytes: usize, plain: bool, scheme: Scheme) -> Self {
        let message = |event, number| {
            let body = body(number, body_bytes, plain);
            let (head, id_at) = head(path, event, &body, scheme);
            Message {
                head: head.into_bytes(),
                id_at,
                body: body.into_bytes(),
            }
        };
        let routed = (0..REPOSITORIES).map(|number| message("pull_request", number));
        Self {
            routed: routed.collect(),
            unroutable: message("fork", 0),
        }
    }
}

/// JSON of exactly so many bytes: about as dense as GitHub's samples (octokit/webhooks: 82 brackets, commas, colons and
/// values a KB, here 93), or mostly one long string.
fn body(number: usize, bytes: usize, plain: bool) -> String {
    let mut text = format!(
        r#"{{"action":"opened","number":7,"repository":{{"id":{number},"full_name":"octo/repo-{number}"}},"commits":["#
    );
    let end = r#"],"filler":""}"#.len();
    for index in 0.. {
        let comma = if index == 0 { "" } else { "," };
        let (repository, hash) = (
            format!("octo/repo-{number}"),
            format!("{:040x}", index * 7919 + number),
        );
        let url = format!("https://api.github.com/repos/{repository}");
        let commit = format!(
            "{comma}{{\"id\":\"{hash}\",\"distinct\":true,\"message\":\"Update the documentation of {repository}\",\
             \"timestamp\":\"2026-11-28T09:12:03+01:00\",\"url\":\"{url}/git/commits/{hash}\",\
             \"author\":{{\"name\":\"Octo Cat\",\"email\":\"octocat@users.noreply.github.com\"}},\"removed\":[],\
             \"comments_url\":\"{url}/commits/{hash}/comments\"}}"
        );
        if plain || text.len() + commit.len() + end > bytes {
            break;
        }
        text.push_str(&commit);
    }
    let filler = bytes.saturating_sub(text.len() + end);
    format!(r#"{text}],"filler":"{}"}}"#, "x".repeat(filler))
}

fn head(path: &str, event: &str, body: &str, scheme: Scheme) -> (String, std::ops::Range<usize>) {
    let sign = |parts: &[&str]| {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
        parts.iter().for_each(|part| mac.update(part.as_bytes()));
        mac.finalize().into_bytes()
    };
    let mut head = format!(
        "POST {path} HTTP/1.1\r\nhost: hooks.example.com\r\naccept: */*\r\ncontent-type: application/json\r\n\
         user-agent: GitHub-Hookshot/044aadd\r\nx-github-event: {event}\r\nx-github-hook-id: 292430182\r\n\
         x-github-hook-installation-target-id: 79929171\r\nx-github-delivery: "
    );
    let at = head.len() + ID.len() - ID_DIGITS;
    let (signature, id_at) = match scheme {
        Scheme::Github => {
            let signature = hex::encode(sign(&[body]));
            let signature = format!("x-hub-signature-256: sha256={signature}\r\n");
            (signature, at..at + ID_DIGITS)
        }
        Scheme::StandardWebhooks => {
            let now = std::time::UNIX_EPOCH.elapsed().expect("a clock").as_secs();
            let signature = STANDARD.encode(sign(&[ID, ".", &now.to_string(), ".", body]));
            let signature = format!(
                "webhook-id: {ID}\r\nwebhook-timestamp: {now}\r\nwebhook-signature: v1,{signature}\r\n"
            );
            (signature, at..at)
        }
    };
    head.push_str(ID);
    head.push_str(&format!(
        "\r\n{signature}content-length: {}\r\n\r\n",
        body.len()
    ));
    (head, id_at)
}
