//! Hostile traffic over real sockets at the real daemon, by the thousand: malformed requests with the exact
//! answer to each, floods of HTTP/2 frames, slow clients, bombs, and names without end. Beside it honest
//! providers are served as ever, and nothing is stored but theirs.
//!
//! `HOOKFERRY_TEST_SCALE=5` makes it the full 10,000 slow clients and the bomb of 10 GiB, 20 the million names.

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

#[path = "hostile/bombs.rs"]
mod bombs;
#[path = "hostile/confusion.rs"]
mod confusion;
#[path = "hostile/floods.rs"]
mod floods;
#[path = "hostile/frames.rs"]
mod frames;
#[path = "hostile/honest.rs"]
mod honest;
#[path = "hostile/idlers.rs"]
mod idlers;
#[path = "hostile/malformed.rs"]
mod malformed;
#[path = "hostile/names.rs"]
mod names;
#[path = "hostile/slow.rs"]
mod slow;
mod support;
#[path = "hostile/table.rs"]
mod table;
#[path = "hostile/twice.rs"]
mod twice;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, MutexGuard};

use support::client::Client;
use support::daemon::{Daemon, config};
use support::github::{Delivery, SECRET};
use support::{kafka, run_id};

const PATH: &str = "/webhooks/github";
/// A head must be there within, a body within the next.
const BODY_READ: Duration = Duration::from_millis(1500);
const BODY_BYTES_MAX: usize = 256 * 1024;
/// What anything may come later than its bound on a busy machine.
const MARGIN: Duration = Duration::from_millis(3000);
/// How long anything may take to happen at all.
const BOUND: Duration = Duration::from_secs(30);

/// What one does is not to disturb what another measures.
static ALONE: Mutex<()> = Mutex::const_new(());

/// A daemon in front of Kafka, with a topic of its own.
struct Target {
    run: String,
    daemon: Daemon,
    client: Client,
    _alone: MutexGuard<'static, ()>,
}

impl Target {
    async fn start() -> Self {
        Self::of(run_id(), json!({}), json!({}), json!({})).await
    }

    /// With more limits, and sources beside GitHub's.
    async fn with(limits: Value, sources: Value) -> Self {
        Self::of(run_id(), limits, sources, json!({})).await
    }

    /// With a sink that is otherwise; its topic begins with the run.
    async fn sink(mut sink: Value) -> Self {
        let run = run_id();
        let topic = sink["topic"].as_str().map(|it| it.replace("{run}", &run));
        sink["topic"] = json!(topic);
        sink["default_topic"] = json!(format!("{run}.default"));
        sink["dead_letter_topic"] = json!(format!("{run}.dead"));
        Self::of(run, json!({}), json!({}), sink).await
    }

    async fn of(run: String, limits: Value, sources: Value, more: Value) -> Self {
        let alone = ALONE.lock().await;
        let mut all = json!({
            "header_read_ms": 1000, "body_read_ms": 1500, "body_bytes_max": BODY_BYTES_MAX,
        });
        merge(&mut all, limits);
        let secrets = json!([{ "env": "GITHUB_SECRET" }]);
        let mut each = json!({
            "github": { "provider": "github", "path": PATH, "secrets": secrets },
        });
        merge(&mut each, sources);
        let mut sink = json!({
            "type": "kafka", "brokers": kafka::address(), "topic": run, "default_topic": run,
            "dead_letter_topic": format!("{run}.dead"),
        });
        merge(&mut sink, more);
        let config = config(json!({
            "limits": all,
            "sinks": { "kafka": sink },
            "sources": each,
            // What is refused by the thousand is not to be a thousand lines.
            "log": { "format": "json", "level": "info", "access": { "lines_per_s_max": 100 } },
        }));
        let whsec = format!("whsec_{}", STANDARD.encode(SECRET));
        let env = [("GITHUB_SECRET", SECRET), ("WHSEC", &whsec)];
        let daemon = Daemon::start(config, &env);
        daemon.ready().await;
        let client = daemon.client();
        Self {
            run,
            daemon,
            client,
            _alone: alone,
        }
    }

    fn push(&self, name: &str) -> Delivery {
        Delivery::push(format!("{}-{name}", self.run))
    }

    async fn serves(&self, name: &str) {
        let reply = self.push(name).send(&self.client, PATH, SECRET).await;
        assert_eq!(reply.status, 200, "{name}: {reply:?}");
    }

    /// The names that pushes were stored under, whatever the topic.
    fn stored(&self) -> BTreeSet<String> {
        let records = kafka::read_all(&kafka::address(), &self.run);
        let name = |record: &kafka::Record| {
            let id = record.json()["id"].as_str().unwrap().to_owned();
            let name = id.strip_prefix(&format!("{}-", self.run));
            name.map_or(id.clone(), str::to_owned)
        };
        records.iter().map(name).collect()
    }

    /// Neither a panic nor a failure of ours is in what it has said.
    fn has_kept_calm(&self) {
        let output = self.daemon.output();
        assert!(!output.contains("panicked"), "{output}");
    }
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

/// What came back on one connection.
#[derive(Debug)]
struct Heard {
    statuses: Vec<u16>,
    /// How long after the connection's beginning the daemon closed it.
    closed: Option<Duration>,
}

/// Sends bytes as they are and listens until the daemon closes or `within` is over.
async fn exchange(address: SocketAddr, bytes: &[u8], within: Duration) -> Heard {
    let began = Instant::now();
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let (mut reading, mut writing) = stream.split();
    // The daemon may refuse and close before it has read everything.
    let write = async {
        let _ = writing.write_all(bytes).await;
        std::future::pending::<()>().await;
    };
    let mut text = Vec::new();
    // A reset ends it as well as a close.
    let read = async { while matches!(reading.read_buf(&mut text).await, Ok(1..)) {} };
    let closed = tokio::time::timeout(within, async {
        tokio::select! { () = write => {} () = read => {} }
    });
    let closed = closed.await.is_ok().then(|| began.elapsed());
    Heard {
        statuses: statuses(&text),
        closed,
    }
}

/// The status of every whole answer in `text`, by a reader of its own so that hyper does not judge itself.
fn statuses(text: &[u8]) -> Vec<u16> {
    let mut statuses = Vec::new();
    let mut rest = text;
    while let Some(end) = rest.windows(4).position(|four| four == b"\r\n\r\n") {
        let head = std::str::from_utf8(&rest[..end]).expect("a head is text");
        let mut lines = head.split("\r\n");
        let first = lines.next().unwrap();
        let status = first
            .strip_prefix("HTTP/1.1 ")
            .or_else(|| first.strip_prefix("HTTP/1.0 "))
            .unwrap_or_else(|| panic!("no status line: {first:?}"));
        statuses.push(status[..3].parse().expect("a status"));
        let headers: BTreeMap<_, _> = lines
            .map(|line| line.split_once(':').expect("a header"))
            .map(|(name, value)| (name.to_lowercase(), value.trim()))
            .collect();
        let length = headers.get("content-length");
        let length = length.map_or(0, |length| length.parse::<usize>().expect("a length"));
        rest = rest.get(end + 4 + length..).expect("an answer is whole");
    }
    assert!(rest.is_empty(), "{:?}", String::from_utf8_lossy(rest));
    statuses
}
