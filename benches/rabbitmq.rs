//! RabbitMQ by micro-batches beside one message in flight on each channel: the same daemon, broker and
//! run, one event in ten without a queue.
//!
//! ```text
//! tests/run -- cargo bench --profile dist --bench rabbitmq
//! ```
//!
//! Every daemon is a process of its own, loaded in turn by the same client; every figure is a median.
//! Every reply's verdict is looked at: a scheme that is fast and wrong stops the bench. One that is too
//! slow for the deadline of 5 s says so in its last column.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_debug_implementations,
    unreachable_pub,
    reason = "a bench that cannot go on says so and stops"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::options::{QueueDeleteOptions, QueuePurgeOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, ConnectionProperties, ExchangeKind};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const SECRET: &str = "a secret that only this bench knows";
const BODY_BYTES: usize = 1024;
const ROUNDS: usize = 5;
/// One in so many has no queue.
const UNROUTABLE_EVERY: usize = 10;
const NAME: &str = "hookferry-bench";

/// `channels` and `batch_max`.
const SCHEMES: [(u16, u16); 4] = [(4, 64), (4, 1), (64, 1), (256, 1)];

fn main() {
    let url = std::env::var("HOOKFERRY_TEST_RABBITMQ")
        .expect("no broker: run it as `tests/run -- cargo bench --profile dist --bench rabbitmq`");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let requests = std::env::var("HOOKFERRY_BENCH_REQUESTS");
    let requests: usize = requests.map_or(10_000, |text| text.parse().expect("a number"));
    println!(
        "{requests} requests of {BODY_BYTES} bytes a round, {ROUNDS} rounds, 1 in {UNROUTABLE_EVERY} unroutable"
    );
    println!(
        "| queue | in flight | channels | batch_max | events/s | p50 ms | p99 ms | CPU s/1000 | timeouts |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for kind in ["classic", "quorum"] {
        let channel = runtime.block_on(declare(&url, kind));
        let daemons: Vec<_> = SCHEMES
            .iter()
            .map(|scheme| Daemon::start(&url, *scheme))
            .collect();
        for connections in [16, 64, 256] {
            compare(&runtime, &channel, kind, connections, requests, &daemons);
        }
        drop(daemons);
        let deleted = channel.queue_delete(NAME.into(), QueueDeleteOptions::default());
        runtime.block_on(deleted).expect("deleted");
    }
}

fn compare(
    runtime: &tokio::runtime::Runtime,
    channel: &Channel,
    kind: &str,
    connections: usize,
    requests: usize,
    daemons: &[Daemon],
) {
    let messages = [signed_request("push"), signed_request("fork")];
    let mut figures: Vec<Vec<Figures>> = daemons.iter().map(|_| Vec::new()).collect();
    let mut late = 0;
    for round in 0..=ROUNDS {
        for (daemon, figures) in daemons.iter().zip(&mut figures) {
            let before = daemon.cpu_seconds();
            let mut figure = runtime.block_on(load(daemon.port, &messages, connections, requests));
            let timeouts = figure.timeouts;
            figure.cpu = (daemon.cpu_seconds() - before) * 1000.0 / requests as f64;
            // The first is to warm up.
            if round > 0 {
                figures.push(figure);
            }
            let purged = channel.queue_purge(NAME.into(), QueuePurgeOptions::default());
            let purged = runtime.block_on(purged).expect("purged");
            let routed = requests - requests.div_ceil(UNROUTABLE_EVERY);
            let purged = usize::try_from(purged).expect("a count");
            // What was answered `timeout` may be there or not, or come later.
            late += timeouts;
            assert!(
                purged <= routed + late && purged + timeouts >= routed,
                "events are lost or twice"
            );
        }
    }
    for ((channels, batch_max), figures) in SCHEMES.iter().zip(&figures) {
        println!(
            "| {kind} | {connections} | {channels} | {batch_max} | {:.0} | {:.1} | {:.1} | {:.3} | {:.0} |",
            median(figures, |round| round.rate),
            median(figures, |round| round.p50),
            median(figures, |round| round.p99),
            median(figures, |round| round.cpu),
            median(figures, |round| round.timeouts as f64),
        );
    }
}

struct Figures {
    cpu: f64,
    rate: f64,
    p50: f64,
    p99: f64,
    timeouts: usize,
}

fn median(rounds: &[Figures], of: impl Fn(&Figures) -> f64) -> f64 {
    let mut values: Vec<_> = rounds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// An exchange, and a queue for pushes alone.
async fn declare(url: &str, kind: &str) -> Channel {
    let connection = Connection::connect(url, ConnectionProperties::default());
    let connection = connection.await.expect("the broker");
    let channel = connection.create_channel().await.expect("a channel");
    let durable = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    let none = FieldTable::default();
    let declared = channel.exchange_declare(NAME.into(), ExchangeKind::Topic, durable, none);
    declared.await.expect("the exchange");
    let durable = QueueDeclareOptions {
        durable: true,
        ..QueueDeclareOptions::default()
    };
    // One that a broken run has left.
    let deleted = channel.queue_delete(NAME.into(), QueueDeleteOptions::default());
    deleted.await.expect("deleted");
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString(kind.into()));
    let declared = channel.queue_declare(NAME.into(), durable, arguments);
    declared.await.expect("the queue");
    let options = QueueBindOptions::default();
    let none = FieldTable::default();
    let bound = channel.queue_bind(NAME.into(), NAME.into(), "push".into(), options, none);
    bound.await.expect("the binding");
    // The channel lives as long as the bench, and so does what it came from.
    std::mem::forget(connection);
    channel
}

/// A daemon as a process of its own, killed when it is dropped.
struct Daemon {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Daemon {
    fn start(url: &str, (channels, batch_max): (u16, u16)) -> Self {
        let name = format!("{NAME}-{}-{channels}-{batch_max}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).expect("a temporary folder");
        let config = folder.join("config.yaml");
        let text = format!(
            "listen: 127.0.0.1:0\nadmin: {{ listen: 127.0.0.1:0 }}\nlog: {{ format: json }}\n\
             sinks:\n  rabbit: {{ type: rabbitmq, url: {{ env: RABBITMQ_URL }}, exchange: {NAME}, \
             routing_key: \"{{event}}\", channels: {channels}, batch_max: {batch_max} }}\n\
             sources:\n  github: {{ provider: github, path: /github, secrets: [{{ env: GITHUB_SECRET }}] }}\n"
        );
        fs::write(&config, text).expect("the config");
        let mut child = Command::new(env!("CARGO_BIN_EXE_hookferry"))
            .args(["serve", "-c"])
            .arg(&config)
            .env("RABBITMQ_URL", url)
            .env("GITHUB_SECRET", SECRET)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the daemon");
        let stderr = child.stderr.take().expect("its log");
        let mut lines = BufReader::new(stderr).lines();
        let port = loop {
            let line = lines.next().expect("the daemon ended").expect("a line");
            let line: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
            if let Some(address) = line["ingress"].as_str() {
                let port = address.rsplit(':').next();
                break port.and_then(|port| port.parse().ok()).expect("a port");
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            port,
            folder,
        }
    }

    /// What the kernel has charged its threads (`/proc/PID/task/*/schedstat`, nanoseconds).
    fn cpu_seconds(&self) -> f64 {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("threads");
        let nanoseconds = |thread: std::io::Result<fs::DirEntry>| -> f64 {
            let stat = thread.expect("a thread").path().join("schedstat");
            let stat = fs::read_to_string(stat).expect("schedstat");
            let first = stat.split_whitespace().next().expect("a field");
            first.parse().expect("nanoseconds")
        };
        threads.map(nanoseconds).sum::<f64>() / 1e9
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn signed_request(event: &str) -> Bytes {
    let filler = "x".repeat(BODY_BYTES - 120);
    let body =
        format!(r#"{{"number":7,"repository":{{"full_name":"octo/repo"}},"filler":"{filler}"}}"#);
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(body.as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    let request = format!(
        "POST /github HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         x-github-event: {event}\r\nx-github-delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958\r\n\
         x-hub-signature-256: sha256={signature}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    request.into_bytes().into()
}

async fn load(port: u16, messages: &[Bytes; 2], connections: usize, requests: usize) -> Figures {
    let [next, timeouts] = [0, 0].map(|zero| Arc::new(AtomicUsize::new(zero)));
    let began = Instant::now();
    let mut clients = Vec::new();
    for _ in 0..connections {
        let (next, messages) = (Arc::clone(&next), messages.clone());
        let timeouts = Arc::clone(&timeouts);
        clients.push(tokio::spawn(async move {
            let stream = TcpStream::connect(("127.0.0.1", port)).await;
            let mut stream = stream.expect("a connection");
            stream.set_nodelay(true).expect("nodelay");
            let mut times = Vec::new();
            let mut buffer = vec![0_u8; 4096];
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= requests {
                    return times;
                }
                let unroutable = number.is_multiple_of(UNROUTABLE_EVERY);
                let sent = Instant::now();
                let message = &messages[usize::from(unroutable)];
                stream.write_all(message).await.expect("sent");
                let reply = read_reply(&mut stream, &mut buffer).await;
                times.push(sent.elapsed());
                let expected = if unroutable {
                    "\"unroutable\""
                } else {
                    "\"accepted\""
                };
                if reply.contains("\"timeout\"") {
                    timeouts.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                assert!(reply.contains(expected), "not {expected}: {reply}");
            }
        }));
    }
    let mut times: Vec<Duration> = Vec::new();
    for client in clients {
        times.extend(client.await.expect("a client"));
    }
    let elapsed = began.elapsed().as_secs_f64();
    times.sort();
    let at = |share: f64| times[(times.len() as f64 * share) as usize].as_secs_f64() * 1000.0;
    Figures {
        cpu: 0.0,
        rate: times.len() as f64 / elapsed,
        p50: at(0.5),
        p99: at(0.99),
        timeouts: timeouts.load(Ordering::Relaxed),
    }
}

async fn read_reply(stream: &mut TcpStream, buffer: &mut [u8]) -> String {
    let mut text = String::new();
    loop {
        let count = stream.read(buffer).await.expect("a reply");
        assert!(count > 0, "the server closed the connection after {text:?}");
        text.push_str(std::str::from_utf8(&buffer[..count]).expect("text"));
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().expect("a length"));
        if body.len() >= length {
            return text;
        }
    }
}
