//! Forged stays out: every attack is refused in words, and nothing of it is in any topic or queue.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

#[path = "forgery/addresses.rs"]
mod addresses;
#[path = "forgery/canary.rs"]
mod canary;
#[path = "forgery/panics.rs"]
mod panics;
#[path = "forgery/secrets.rs"]
mod secrets;
mod support;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hyper::Method;
use serde_json::json;

use support::client::{Client, Reply};
use support::daemon::{Daemon, config};
use support::github::{self, Delivery, hmac_hex};
use support::random::Random;
use support::{kafka, now_s, rabbitmq, run_id, until};

const GITHUB: &str = "/webhooks/github";
const STRIPE: &str = "/webhooks/stripe";
const STANDARD_WEBHOOKS: &str = "/webhooks/standard";
const GITLAB: &str = "/webhooks/gitlab";

/// A daemon in front of both brokers, and secrets that appear nowhere else.
struct Target {
    run: String,
    daemon: Daemon,
    client: Client,
    github: String,
    other: String,
    stripe: String,
    standard: Vec<u8>,
    gitlab: String,
}

impl Target {
    async fn start() -> Self {
        let run = run_id();
        let secret = |name: &str| format!("canary-{name}-{run}");
        let [github, other, stripe, gitlab] = ["github", "other", "stripe", "gitlab"].map(secret);
        let standard = secret("standard").into_bytes();
        let whsec = format!("whsec_{}", STANDARD.encode(&standard));
        let url = rabbitmq::url();
        rabbitmq::declare(&url, &run, &run, "#");
        let source = |provider: &str, path: &str, env: &str| json!({ "provider": provider, "path": path, "secrets": [{ "env": env }], "sinks": ["kafka", "rabbit"] });
        let config = config(json!({
            "log": { "format": "json", "level": "trace", "access": { "lines_per_s_max": 1_000_000 } },
            "sinks": {
                "kafka": {
                    "type": "kafka", "brokers": kafka::address(), "topic": format!("{run}.{{source}}.{{event}}"),
                    "default_topic": format!("{run}.default"), "dead_letter_topic": format!("{run}.dead"),
                },
                "rabbit": { "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": run },
            },
            "sources": {
                "github": source("github", GITHUB, "GITHUB"),
                "other": source("github", "/webhooks/other", "OTHER"),
                "stripe": source("stripe", STRIPE, "STRIPE"),
                "standard": source("standard-webhooks", STANDARD_WEBHOOKS, "STANDARD"),
                "gitlab": source("gitlab", GITLAB, "GITLAB"),
            },
        }));
        let env: [(&str, &str); 6] = [
            ("GITHUB", &github),
            ("OTHER", &other),
            ("STRIPE", &stripe),
            ("STANDARD", &whsec),
            ("GITLAB", &gitlab),
            ("RABBITMQ_URL", &url),
        ];
        let daemon = Daemon::start(config, &env);
        daemon.ready().await;
        let client = daemon.client();
        Self {
            run,
            daemon,
            client,
            github,
            other,
            stripe,
            standard,
            gitlab,
        }
    }

    fn push(&self) -> Delivery {
        Delivery::push(format!("{}-{}", self.run, run_id()))
    }

    async fn stored(&self) -> usize {
        let url = rabbitmq::url();
        kafka::read_all(&kafka::address(), &self.run).len() + rabbitmq::count(&url, &self.run).await
    }

    /// Nothing has come through, and the place where it would be seen is the right one.
    async fn assert_untouched(&self) {
        assert_eq!(self.stored().await, 0, "a forgery came through");
        for (path, secret) in [(GITHUB, &self.github), ("/webhooks/other", &self.other)] {
            let reply = self.push().send(&self.client, path, secret).await;
            assert_eq!(reply.status, 200, "{path}: {reply:?}");
        }
        let headers = stripe_headers(&self.stripe, now_s(), now_s(), EVENT);
        assert_eq!(self.send(STRIPE, &headers, EVENT).await.status, 200);
        let headers = standard_headers(&self.standard, now_s(), EVENT);
        assert_eq!(
            self.send(STANDARD_WEBHOOKS, &headers, EVENT).await.status,
            200
        );
        let headers = gitlab_headers(&self.gitlab);
        assert_eq!(self.send(GITLAB, &headers, EVENT).await.status, 200);
        assert_eq!(self.stored().await, 10, "five events at two brokers");
        rabbitmq::delete(&rabbitmq::url(), &self.run, &self.run);
    }

    async fn send(&self, path: &str, headers: &Headers, body: impl Into<Vec<u8>>) -> Reply {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        self.client.post(path, &headers, body.into()).await
    }
}

type Headers = Vec<(&'static str, String)>;

const EVENT: &str = r#"{"id":"evt_1","type":"a.b","created":1767225600}"#;

fn stripe_headers(secret: &str, signed_at: u64, said_at: u64, body: &str) -> Headers {
    let signature = hmac_hex(secret.as_bytes(), format!("{signed_at}.{body}").as_bytes());
    vec![
        ("content-type", "application/json".into()),
        ("stripe-signature", format!("t={said_at},v1={signature}")),
    ]
}

fn standard_headers(secret: &[u8], at: u64, body: &str) -> Headers {
    let signature = github::hmac(secret, format!("msg_1.{at}.{body}").as_bytes());
    vec![
        ("content-type", "application/json".into()),
        ("webhook-id", "msg_1".into()),
        ("webhook-timestamp", at.to_string()),
        (
            "webhook-signature",
            format!("v1,{}", STANDARD.encode(signature)),
        ),
    ]
}

fn gitlab_headers(token: &str) -> Headers {
    vec![
        ("content-type", "application/json".into()),
        ("x-gitlab-event", "Push Hook".into()),
        ("x-gitlab-token", token.to_owned()),
    ]
}

/// Refused, with a reason and a request id that the log knows.
async fn assert_refused(attack: &str, reply: &Reply, status: u16, reason: &str, target: &Target) {
    let told = reply.json();
    assert_eq!(
        (reply.status, &told["reason"]),
        (status, &json!(reason)),
        "{attack}: {reply:?}"
    );
    let id = told["request_id"].as_str().unwrap_or_default();
    assert!(!id.is_empty(), "{attack}: no request_id in {reply:?}");
    assert_eq!(reply.header("x-request-id"), Some(id), "{attack}");
    until(
        "the log names the request",
        Duration::from_secs(5),
        || async { target.daemon.output().contains(id) },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_github_signatures_are_refused() {
    let target = Target::start().await;
    let delivery = target.push();
    let body = delivery.body.as_slice();
    let valid = github::signature(&target.github, body);
    let digest = hmac_hex(target.github.as_bytes(), body);
    let sha1 = {
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(target.github.as_bytes()).unwrap();
        mac.update(body);
        format!("sha1={}", hex::encode(mac.finalize().into_bytes()))
    };
    let one = |value: String| vec![("x-hub-signature-256", value)];
    let two = |first: &str, second: &str| {
        vec![
            ("x-hub-signature-256", first.to_owned()),
            ("x-hub-signature-256", second.to_owned()),
        ]
    };
    let zeros = format!("sha256={}", "0".repeat(64));
    // One attack a line.
    #[rustfmt::skip]
    let attacks: Vec<(&str, Headers, &str)> = vec![
        ("unsigned", vec![], "missing_signature"),
        ("an empty signature", one(String::new()), "missing_signature"),
        ("a made-up signature", one(zeros.clone()), "wrong_signature"),
        ("another's secret", one(github::signature("not-the-secret-at-all", body)), "wrong_signature"),
        ("another source's secret", one(github::signature(&target.other, body)), "wrong_signature"),
        ("an empty secret", one(github::signature("", body)), "wrong_signature"),
        ("the secret without its last letter", one(github::signature(&target.github[..target.github.len() - 1], body)), "wrong_signature"),
        ("the hash of the body", one(format!("sha256={}", hex::encode(<sha2::Sha256 as sha2::Digest>::digest(body)))), "wrong_signature"),
        ("SHA-1 in its own header", vec![("x-hub-signature", sha1.clone())], "missing_signature"),
        ("SHA-1 in SHA-256's header", one(sha1), "malformed_signature"),
        ("no prefix", one(digest.clone()), "malformed_signature"),
        ("a prefix alone", one("sha256=".into()), "malformed_signature"),
        ("half a signature", one(format!("sha256={}", &digest[..32])), "wrong_signature"),
        ("a signature and more", one(format!("sha256={digest}00")), "wrong_signature"),
        ("no hex", one(format!("sha256={}", "z".repeat(64))), "malformed_signature"),
        ("forged, then valid", two(&zeros, &valid), "missing_signature"),
        ("valid, then forged", two(&valid, &zeros), "missing_signature"),
        ("valid twice", two(&valid, &valid), "missing_signature"),
        ("joined in one", one(format!("{zeros}, {valid}")), "malformed_signature"),
        ("the right value in another header", vec![("x-hub-signature-257", valid.clone())], "missing_signature"),
        ("as an authorization", vec![("authorization", valid.clone())], "missing_signature"),
    ];
    for (attack, signature, reason) in attacks {
        let mut headers = delivery.headers(&target.github);
        headers.retain(|(name, _)| *name != "x-hub-signature-256");
        headers.extend(signature);
        let reply = target.send(GITHUB, &headers, body).await;
        assert_refused(attack, &reply, 401, reason, &target).await;
    }
    let replayed = delivery
        .send(&target.client, "/webhooks/other", &target.github)
        .await;
    assert_refused(
        "a valid delivery at another source",
        &replayed,
        401,
        "wrong_signature",
        &target,
    )
    .await;
    target.assert_untouched().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_by_one_bit_is_refused() {
    let target = Target::start().await;
    let mut random = Random::new();
    let delivery = target.push();
    for number in 0..300 {
        let mut body = delivery.body.clone();
        let mut headers = delivery.headers(&target.github);
        let attack = match number % 4 {
            0 => {
                let at = random.below(body.len());
                let bit = random.below(8);
                body[at] ^= 1 << bit;
                format!("bit {bit} of body byte {at}")
            }
            1 => {
                let signature = &mut headers
                    .iter_mut()
                    .find(|(name, _)| name.starts_with("x-hub"))
                    .unwrap()
                    .1;
                let at = "sha256=".len() + random.below(64);
                let digit = u8::from_str_radix(&signature[at..=at], 16).unwrap();
                let other = digit ^ (1 << random.below(4));
                signature.replace_range(at..=at, &format!("{other:x}"));
                format!("signature digit {at}")
            }
            2 => {
                body.truncate(random.below(body.len()));
                format!("the body cut to {} bytes", body.len())
            }
            _ => {
                body.insert(random.below(body.len()), b' ');
                "a space more in the body".into()
            }
        };
        let reply = target.send(GITHUB, &headers, body).await;
        assert_refused(&attack, &reply, 401, "wrong_signature", &target).await;
    }
    target.assert_untouched().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stale_early_and_token_forgeries_are_refused() {
    let target = Target::start().await;
    let now = now_s();
    let stripe = |signed_at, said_at| stripe_headers(&target.stripe, signed_at, said_at, EVENT);
    let changed = |mut headers: Headers, name: &str, change: &dyn Fn(&str) -> String| {
        let header = headers
            .iter_mut()
            .find(|(known, _)| *known == name)
            .unwrap();
        header.1 = change(&header.1);
        headers
    };
    let stripe_changed =
        |change: &dyn Fn(&str) -> String| changed(stripe(now, now), "stripe-signature", change);
    let standard = |at| standard_headers(&target.standard, at, EVENT);
    let last_cut = &target.gitlab[..target.gitlab.len() - 1];
    // One attack a line.
    #[rustfmt::skip]
    let attacks: Vec<(&str, &str, Headers, &str)> = vec![
        ("stale", STRIPE, stripe(now - 330, now - 330), "stale"),
        ("from the future", STRIPE, stripe(now + 330, now + 330), "early"),
        ("stale, said to be fresh", STRIPE, stripe(now - 330, now), "wrong_signature"),
        ("no time", STRIPE, stripe_changed(&|it| it.split_once(',').unwrap().1.into()), "malformed_timestamp"),
        ("two times", STRIPE, stripe_changed(&|it| format!("t=1,{it}")), "malformed_signature"),
        ("another version's name", STRIPE, stripe_changed(&|it| it.replace("v1=", "v0=")), "malformed_signature"),
        ("a time that is no number", STRIPE, stripe_changed(&|it| it.replacen("t=", "t=x", 1)), "wrong_signature"),
        ("a time beyond all numbers", STRIPE, stripe_changed(&|it| it.replacen("t=", "t=99999999999999999999", 1)), "wrong_signature"),
        ("seventeen signatures", STRIPE, stripe_changed(&|it| format!("{it}{}", ",v1=00".repeat(16))), "malformed_signature"),
        ("stale", STANDARD_WEBHOOKS, standard(now - 330), "stale"),
        ("from the future", STANDARD_WEBHOOKS, standard(now + 330), "early"),
        ("another id", STANDARD_WEBHOOKS, changed(standard(now), "webhook-id", &|_| "msg_2".into()), "wrong_signature"),
        ("the asymmetric version", STANDARD_WEBHOOKS, changed(standard(now), "webhook-signature", &|it| { it.replace("v1,", "v1a,") }), "malformed_signature"),
        ("a token", GITLAB, gitlab_headers("glpat-0123456789abcdef"), "wrong_token"),
        ("an empty token", GITLAB, gitlab_headers(""), "missing_token"),
        ("no token", GITLAB, gitlab_headers("")[..2].to_vec(), "missing_token"),
        ("the token's beginning", GITLAB, gitlab_headers(last_cut), "wrong_token"),
        ("the token and more", GITLAB, gitlab_headers(&format!("{}x", target.gitlab)), "wrong_token"),
        ("the token in capitals", GITLAB, gitlab_headers(&target.gitlab.to_uppercase()), "wrong_token"),
    ];
    for (attack, path, headers, reason) in attacks {
        let reply = target.send(path, &headers, EVENT).await;
        assert_refused(&format!("{path}: {attack}"), &reply, 401, reason, &target).await;
    }
    target.assert_untouched().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_methods_and_spellings_of_a_path_lead_nowhere() {
    let target = Target::start().await;
    let delivery = target.push();
    let mut headers = delivery.headers(&target.github);
    headers.push(("x-http-method-override", "POST".into()));
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let ask = |method: Method, path: &'static str| {
        target
            .client
            .request(method, path, &headers, delivery.body.clone().into())
    };
    for method in [
        "GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "post",
    ] {
        let reply = ask(method.parse().unwrap(), GITHUB).await;
        assert_refused(method, &reply, 405, "method_not_allowed", &target).await;
        assert_eq!(reply.header("allow"), Some("POST"));
    }
    let head = ask(Method::HEAD, GITHUB).await;
    assert_eq!(
        (head.status, head.body.len()),
        (405, 0),
        "a reply to HEAD has no body"
    );
    for path in [
        "/webhooks/github/",
        "//webhooks/github",
        "/webhooks//github",
        "/webhooks/./github",
        "/webhooks/x/../github",
        "/webhooks/%67ithub",
        "/webhooks%2fgithub",
        "/webhooks/github%00",
        "/webhooks/github;a=b",
        "/WEBHOOKS/GITHUB",
        "/github",
        "/",
        "/metrics",
        "/readyz",
    ] {
        let reply = ask(Method::POST, path).await;
        assert_refused(path, &reply, 404, "not_found", &target).await;
    }
    let stripe = stripe_headers(&target.stripe, now_s(), now_s(), EVENT);
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "",
        "application/jsonp",
    ] {
        let mut headers = stripe.clone();
        headers[0].1 = media_type.into();
        let reply = target.send(STRIPE, &headers, EVENT).await;
        assert_refused(media_type, &reply, 415, "unsupported_media_type", &target).await;
    }
    target.assert_untouched().await;
}
