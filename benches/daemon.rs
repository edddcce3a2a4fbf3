//! What the whole daemon costs beside the least that could do the same: a bare hyper server that
//! verifies the same HMAC and awaits the same delivery report.
//!
//! ```text
//! tests/run -- cargo bench --profile dist --bench daemon
//! ```
//!
//! Both are processes of their own on one core, loaded in turn by the same client on the others, and
//! judged by the CPU seconds that the kernel charged them. Every figure is a median; the ratio is
//! taken pair by pair, so that a machine that changes its speed does not change it.

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
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rdkafka::ClientConfig;
use rdkafka::producer::{FutureProducer, FutureRecord};
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const SECRET: &str = "a secret that only this bench knows";
const CONNECTIONS: usize = 64;
const ROUNDS: usize = 15;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if std::env::args().nth(1).as_deref() == Some("baseline") {
        runtime.block_on(baseline());
        return;
    }
    let kafka = std::env::var("HOOKFERRY_TEST_KAFKA")
        .expect("no broker: run it as `tests/run -- cargo bench --profile dist --bench daemon`");
    let cores = leave_the_first_core();
    let requests = number("HOOKFERRY_BENCH_REQUESTS", 30_000);
    println!(
        "{CONNECTIONS} connections, {requests} requests a round, {ROUNDS} rounds; each server on 1 of {cores} cores"
    );
    println!(
        "| body | server | CPU s/1000 | requests/s | p50 ms | p99 ms | RSS MiB idle | RSS MiB after |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for body_bytes in [1024, 8192, 25_600] {
        let requests = if body_bytes > 20_000 {
            requests / 3
        } else {
            requests
        };
        compare(&runtime, &kafka, body_bytes, requests);
    }
}

fn compare(runtime: &tokio::runtime::Runtime, kafka: &str, body_bytes: usize, requests: i64) {
    let request = Bytes::from(signed_request(body_bytes));
    let mut daemon = Server::daemon(kafka);
    let mut baseline = Server::baseline(kafka);
    for server in [&mut daemon, &mut baseline] {
        runtime.block_on(load(server.port, &request, requests / 5));
    }
    let mut figures: [Vec<Figures>; 2] = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (server, figures) in [&daemon, &baseline].into_iter().zip(&mut figures) {
            let before = server.cpu_seconds();
            let mut round = runtime.block_on(load(server.port, &request, requests));
            round.cpu = (server.cpu_seconds() - before) * 1000.0 / requests as f64;
            figures.push(round);
        }
    }
    for (server, figures) in [&daemon, &baseline].into_iter().zip(&figures) {
        println!(
            "| {body_bytes} | {} | {:.4} | {:.0} | {:.2} | {:.2} | {:.1} | {:.1} |",
            server.name,
            median(figures, |round| round.cpu),
            median(figures, |round| round.rate),
            median(figures, |round| round.p50),
            median(figures, |round| round.p99),
            server.idle_mib,
            server.rss_mib(),
        );
    }
    let [ours, theirs] = &figures;
    let mut ratios: Vec<_> = ours
        .iter()
        .zip(theirs)
        .map(|(a, b)| a.cpu / b.cpu)
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "| {body_bytes} | daemon / baseline | {:.2} ({:.2} to {:.2}) | | | | | |",
        ratios[ratios.len() / 2],
        ratios[0],
        ratios[ratios.len() - 1]
    );
    daemon.stop();
    baseline.stop();
}

struct Figures {
    cpu: f64,
    rate: f64,
    p50: f64,
    p99: f64,
}

fn median(rounds: &[Figures], of: impl Fn(&Figures) -> f64) -> f64 {
    let mut values: Vec<_> = rounds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn number(name: &str, default: i64) -> i64 {
    std::env::var(name).map_or(default, |text| text.parse().expect(name))
}

/// Leaves the first core to the servers. Returns how many there are.
fn leave_the_first_core() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    assert!(
        cores > 1,
        "a server and its client on one core measure each other"
    );
    let mut taskset = Command::new("taskset");
    let ours = format!("1-{}", cores - 1);
    taskset.args(["-a", "-c", "-p", &ours, &std::process::id().to_string()]);
    let done = taskset.stdout(Stdio::null()).status().expect("taskset");
    assert!(done.success(), "taskset: {done}");
    cores
}

/// `program` on the first core: its runtime then starts as many threads as fit there.
fn on_the_first_core(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", "0"]).arg(program);
    command
}

/// A server under load: a process of its own.
struct Server {
    name: &'static str,
    child: Child,
    port: u16,
    idle_mib: f64,
    _folder: Option<tempdir::Folder>,
}

impl Server {
    fn daemon(kafka: &str) -> Self {
        let folder = tempdir::Folder::new();
        let secret = folder.path.join("secret");
        let config = folder.path.join("config.yaml");
        fs::write(&secret, SECRET).expect("the secret's file");
        let text = format!(
            "listen: 127.0.0.1:0\nadmin: {{ listen: 127.0.0.1:0 }}\nlog: {{ format: json }}\n\
             sinks:\n  kafka: {{ type: kafka, brokers: \"{kafka}\", linger_ms: 1, topic: bench-daemon, default_topic: bench-daemon }}\n\
             sources:\n  github: {{ provider: github, path: /github, secrets: [{{ file: {} }}] }}\n",
            secret.display()
        );
        fs::write(&config, text).expect("the config");
        let mut child = on_the_first_core(env!("CARGO_BIN_EXE_hookferry"))
            .args(["serve", "-c"])
            .arg(&config)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the daemon");
        let stderr = child.stderr.take().expect("its log");
        let mut lines = BufReader::new(stderr).lines();
        let port = loop {
            let line = lines.next().expect("the daemon ended").expect("a line");
            let line: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
            if let Some(address) = line["ingress"].as_str() {
                break address
                    .rsplit(':')
                    .next()
                    .and_then(|port| port.parse().ok())
                    .expect("a port");
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        Self::ready("daemon", child, port, Some(folder))
    }

    fn baseline(kafka: &str) -> Self {
        let mut child = on_the_first_core(std::env::current_exe().expect("this program"))
            .arg("baseline")
            .env("HOOKFERRY_TEST_KAFKA", kafka)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the baseline");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its output");
        BufReader::new(stdout).read_line(&mut line).expect("a port");
        Self::ready(
            "baseline",
            child,
            line.trim().parse().expect("a port"),
            None,
        )
    }

    fn ready(name: &'static str, child: Child, port: u16, folder: Option<tempdir::Folder>) -> Self {
        // Connections to the broker are part of what an idle server holds.
        std::thread::sleep(Duration::from_secs(2));
        let mut server = Self {
            name,
            child,
            port,
            idle_mib: 0.0,
            _folder: folder,
        };
        server.idle_mib = server.rss_mib();
        server
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

    fn rss_mib(&self) -> f64 {
        let status =
            fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("status");
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS"))
            .expect("VmRSS");
        let kib: f64 = line
            .split_whitespace()
            .nth(1)
            .and_then(|it| it.parse().ok())
            .expect("KiB");
        kib / 1024.0
    }

    fn stop(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn signed_request(body_bytes: usize) -> Vec<u8> {
    let filler = "x".repeat(body_bytes.saturating_sub(120));
    let body = format!(
        r#"{{"action":"opened","number":7,"repository":{{"full_name":"octo/repo"}},"filler":"{filler}"}}"#
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(body.as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    format!(
        "POST /github HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         user-agent: GitHub-Hookshot/044aadd\r\nx-github-event: pull_request\r\n\
         x-github-delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958\r\n\
         x-hub-signature-256: sha256={signature}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn load(port: u16, request: &Bytes, requests: i64) -> Figures {
    let left = Arc::new(AtomicI64::new(requests));
    let began = Instant::now();
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        let (left, request) = (Arc::clone(&left), request.clone());
        clients.push(tokio::spawn(async move {
            let mut stream = TcpStream::connect(("127.0.0.1", port))
                .await
                .expect("a connection");
            stream.set_nodelay(true).expect("nodelay");
            let mut times = Vec::new();
            let mut buffer = vec![0_u8; 4096];
            while left.fetch_sub(1, Ordering::Relaxed) > 0 {
                let sent = Instant::now();
                stream.write_all(&request).await.expect("sent");
                let reply = read_reply(&mut stream, &mut buffer).await;
                assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
                times.push(sent.elapsed());
            }
            times
        }));
    }
    let mut times = Vec::new();
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

/// The least that keeps the promise: about what a good engineer writes in an afternoon.
async fn baseline() {
    let kafka = std::env::var("HOOKFERRY_TEST_KAFKA").expect("the broker");
    let producer: FutureProducer = ClientConfig::new()
        .set("bootstrap.servers", kafka)
        .set("acks", "all")
        .set("enable.idempotence", "true")
        .set("linger.ms", "1")
        .set("message.timeout.ms", "5000")
        .create()
        .expect("a producer");
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("an address").port());
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("nodelay");
        let (producer, mac) = (producer.clone(), mac.clone());
        tokio::spawn(async move {
            let service =
                service_fn(move |request| receive(request, producer.clone(), mac.clone()));
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn receive(
    request: Request<Incoming>,
    producer: FutureProducer,
    mut mac: Hmac<Sha256>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let answer = |status| {
        let mut response = Response::new(Full::default());
        *response.status_mut() = status;
        Ok(response)
    };
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let given = head.headers.get("x-hub-signature-256");
    let given = given
        .and_then(|value| value.as_bytes().strip_prefix(b"sha256="))
        .and_then(|text| hex::decode(text).ok());
    mac.update(&body);
    if given.is_none_or(|given| mac.verify_slice(&given).is_err()) {
        return answer(StatusCode::UNAUTHORIZED);
    }
    let key = head
        .headers
        .get("x-github-delivery")
        .map_or(&b""[..], |value| value.as_bytes());
    let record = FutureRecord::to("bench-baseline")
        .key(key)
        .payload(&body[..]);
    match producer.send(record, Duration::from_secs(5)).await {
        Ok(_) => answer(StatusCode::OK),
        Err(_) => answer(StatusCode::SERVICE_UNAVAILABLE),
    }
}

mod tempdir {
    use std::path::PathBuf;

    /// A folder that goes when it is dropped.
    pub struct Folder {
        pub path: PathBuf,
    }

    impl Folder {
        pub fn new() -> Self {
            let name = format!("hookferry-bench-{}", uuid::Uuid::now_v7());
            let path = std::env::temp_dir().join(name);
            std::fs::create_dir(&path).expect("a temporary folder");
            Self { path }
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
