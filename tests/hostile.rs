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
#[path = "hostile/forged.rs"]
mod forged;
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
use support::raw::{exchange, statuses};
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
