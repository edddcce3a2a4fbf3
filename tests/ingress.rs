//! What strangers may do to the ingress, over real sockets: odd, oversized, slow, many and
//! malformed. Every answer comes in time and says what was wrong; nothing of it is stored.

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

#[path = "ingress/bodies.rs"]
mod bodies;
#[path = "ingress/encodings.rs"]
mod encodings;
#[path = "ingress/framing.rs"]
mod framing;
#[path = "ingress/many.rs"]
mod many;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use support::client::{Client, Reply};
use support::daemon::{Daemon, config};
use support::github::{Delivery, SECRET};
use support::random::Random;
use support::raw::{self, Answer, Heard, answers, exchange, hear, next_answer};
use support::{kafka, run_id, until};

const PATH: &str = "/webhooks/github";
/// Where the signature is of what is sent.
const WIRE: &str = "/webhooks/wire";
const TYPED: &str = "/webhooks/typed";
/// A head must be there within, a body within the next, on these tests' daemons.
const HEADER_READ: Duration = Duration::from_millis(1000);
const BODY_READ: Duration = Duration::from_millis(1500);
const BODY_BYTES_MAX: usize = 256 * 1024;
/// What anything may come later than its bound on a busy machine.
const MARGIN: Duration = Duration::from_millis(3000);
/// For what is not timed here.
const BOUND: Duration = Duration::from_secs(60);

/// A daemon in front of Kafka at `brokers`, with topics of its own.
struct Gate {
    run: String,
    daemon: Daemon,
    client: Client,
}

impl Gate {
    async fn start() -> Self {
        let gate = Self::at(&kafka::address(), json!({}));
        gate.daemon.ready().await;
        gate
    }

    async fn limited(limits: Value) -> Self {
        let gate = Self::at(&kafka::address(), limits);
        gate.daemon.ready().await;
        gate
    }

    /// One that waits for bodies as long as [`BODY_READ`].
    async fn impatient() -> Self {
        Self::limited(json!({ "body_read_ms": millis(BODY_READ) })).await
    }

    fn at(brokers: &str, more: Value) -> Self {
        let run = run_id();
        let mut limits = json!({
            "header_read_ms": millis(HEADER_READ),
            // Whole bodies come however slow the machine is; those that do not are for `impatient`.
            "body_read_ms": 30_000,
            "body_bytes_max": BODY_BYTES_MAX,
        });
        let all = limits.as_object_mut().unwrap();
        all.extend(more.as_object().unwrap().clone());
        let source = |path: &str| json!({ "provider": "github", "path": path, "secrets": [{ "env": "GITHUB_SECRET" }] });
        let mut typed = source(TYPED);
        typed["content_types"] = json!(["application/json"]);
        let mut wire = source(WIRE);
        wire["override"] = json!({ "signs": "encoded" });
        let config = config(json!({
            "limits": limits,
            "sinks": { "kafka": {
                "type": "kafka", "brokers": brokers, "topic": run, "default_topic": run, "dead_letter_topic": run,
            } },
            "sources": { "github": source(PATH), "typed": typed, "wire": wire },
        }));
        let daemon = Daemon::start(config, &[("GITHUB_SECRET", SECRET)]);
        let client = daemon.client();
        Self {
            run,
            daemon,
            client,
        }
    }

    fn push(&self, name: &str) -> Delivery {
        Delivery::push(format!("{}-{name}", self.run))
    }

    /// The names that pushes were stored under.
    fn stored(&self) -> BTreeSet<String> {
        let records = kafka::read_all(&kafka::address(), &self.run);
        let name = |record: &kafka::Record| {
            let id = record.json()["id"].as_str().unwrap().to_owned();
            id.strip_prefix(&format!("{}-", self.run))
                .map_or(id.clone(), str::to_owned)
        };
        records.iter().map(name).collect()
    }

    async fn serves(&self, name: &str) {
        let reply = self.push(name).send(&self.client, PATH, SECRET).await;
        assert_eq!(reply.status, 200, "{name}: {reply:?}");
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap()
}

fn chunked(body: &[u8]) -> Vec<u8> {
    [
        format!("{:x}\r\n", body.len()).as_bytes(),
        body,
        b"\r\n0\r\n\r\n",
    ]
    .concat()
}

impl Answer {
    fn assert_is_ours(&self, status: u16, reason: &str) {
        assert_eq!(
            (self.status, self.json()["reason"].as_str()),
            (status, Some(reason)),
            "{self:?}"
        );
        assert_eq!(
            self.json()["request_id"].as_str(),
            Some(self.headers["x-request-id"].as_str())
        );
        assert_eq!(self.headers["x-content-type-options"], "nosniff");
        assert_eq!(self.headers["content-type"], "application/json");
    }
}

fn assert_is_ours(reply: &Reply, status: u16, reason: &str) {
    assert_eq!(
        (reply.status, reply.reason().as_str()),
        (status, reason),
        "{reply:?}"
    );
    assert_eq!(
        reply.json()["request_id"].as_str(),
        reply.header("x-request-id"),
        "{reply:?}"
    );
    assert!(reply.json()["message"].is_string(), "{reply:?}");
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let all = format!("{:?}{}", reply.headers, reply.text());
    assert!(!all.contains(SECRET), "{all}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_denial_says_what_was_wrong() {
    let gate = Gate::start().await;
    let client = &gate.client;
    let push = gate.push("denied");
    let headers = push.headers(SECRET);
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let body = || Bytes::from(push.body.clone());
    let mut ids = BTreeSet::new();
    let mut check = |reply: &Reply, status: u16, reason: &str| {
        assert_is_ours(reply, status, reason);
        assert!(
            ids.insert(reply.header("x-request-id").unwrap().to_owned()),
            "an id twice"
        );
    };

    for path in [
        "/",
        "/webhooks",
        "/webhooks/github/",
        "/webhooks/github/x",
        "/WEBHOOKS/github",
        "/webhooks/%67ithub",
    ] {
        check(&client.post(path, &headers, body()).await, 404, "not_found");
    }
    // The admin's paths lead nowhere here.
    for path in [
        "/metrics", "/livez", "/readyz", "/healthz", "/debug", "/config",
    ] {
        check(&client.get(path).await, 404, "not_found");
    }
    for method in [
        Method::GET,
        Method::PUT,
        Method::DELETE,
        Method::PATCH,
        Method::OPTIONS,
        Method::from_bytes(b"FROB").unwrap(),
    ] {
        let reply = client.request(method, PATH, &headers, body()).await;
        check(&reply, 405, "method_not_allowed");
        assert_eq!(reply.header("allow"), Some("POST"));
    }
    let typed = |value: &'static str| -> Vec<(&str, &str)> {
        let others = headers
            .iter()
            .filter(|(name, _)| *name != "content-type")
            .copied();
        others.chain([("content-type", value)]).collect()
    };
    for other in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonx",
        "json",
        "",
    ] {
        check(
            &client.post(TYPED, &typed(other), body()).await,
            415,
            "unsupported_media_type",
        );
    }
    let untyped: Vec<_> = headers
        .iter()
        .filter(|(name, _)| *name != "content-type")
        .copied()
        .collect();
    check(
        &client.post(TYPED, &untyped, body()).await,
        415,
        "unsupported_media_type",
    );
    check(
        &client.post(PATH, &[], body()).await,
        401,
        "missing_signature",
    );
    let large = vec![b' '; BODY_BYTES_MAX + 1];
    check(&client.post(PATH, &headers, large).await, 413, "too_large");
    // HEAD's answer has no body, and is a 405 all the same.
    let reply = client.request(Method::HEAD, PATH, &[], Bytes::new()).await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")));
    assert!(gate.stored().is_empty(), "something denied was stored");

    // The same event again is answered as the first time.
    for (lawful, word) in [
        ("application/json", "accepted"),
        ("Application/JSON; charset=utf-8", "duplicate"),
    ] {
        check(&client.post(TYPED, &typed(lawful), body()).await, 200, word);
    }
    assert_eq!(gate.stored(), BTreeSet::from(["denied".to_owned()]));
}

/// Sends `bytes` one at a time, a tenth of the head's time between them, until the daemon closes.
async fn drip(address: SocketAddr, bytes: &[u8]) -> Heard {
    let stream = TcpStream::connect(address).await.unwrap();
    raw::drip(stream, bytes, HEADER_READ / 10, BOUND).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_does_not_arrive_in_time_ends_its_connection() {
    let gate = Gate::start().await;
    let address = gate.daemon.ingress;
    let request = gate.push("slow").whole(PATH, SECRET);
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let headless = format!("POST {PATH} HTTP/1.1\r\nhost: a\r\n");
    let (nothing, dripping, half, preface_dripping, unended) = tokio::join!(
        exchange(address, b"", BOUND),
        drip(address, &request),
        exchange(address, &preface[..12], BOUND),
        drip(address, preface),
        exchange(address, headless.as_bytes(), BOUND),
    );
    for (what, heard) in [
        ("nothing", nothing),
        ("a dripping head", dripping),
        ("half a preface", half),
        ("a dripping preface", preface_dripping),
        ("a head without an end", unended),
    ] {
        println!("{what}: {heard:?}");
        let closed = heard
            .closed
            .unwrap_or_else(|| panic!("{what}: never closed"));
        assert!(
            closed <= HEADER_READ + MARGIN,
            "{what}: closed after {closed:?}"
        );
        assert!(
            heard.answers.iter().all(|answer| answer.status == 408),
            "{what}: {heard:?}"
        );
    }
    // HTTP/2 idles longer, as long as it answers pings; one that does not is ended.
    let silent = exchange(address, preface, BOUND).await;
    let closed = silent
        .closed
        .expect("a silent HTTP/2 client is never ended");
    assert!(
        closed <= 2 * HEADER_READ + MARGIN,
        "a silent HTTP/2 client: {closed:?}"
    );
    // An idle kept-alive connection is ended as well.
    let idle = exchange(address, b"GET / HTTP/1.1\r\nhost: a\r\n\r\n", BOUND).await;
    assert_eq!(idle.answers.len(), 1);
    assert!(idle.closed.unwrap() <= HEADER_READ + MARGIN, "{idle:?}");
    assert!(gate.stored().is_empty());
    gate.serves("good").await;
}
