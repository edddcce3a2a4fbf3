//! Beginning and end: what starts, what does not, and how a daemon that is told to go leaves no one
//! without an answer.

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

#[path = "lifecycle/admin.rs"]
mod admin;
#[path = "lifecycle/dev.rs"]
mod dev;
#[path = "lifecycle/scheduling.rs"]
mod scheduling;
mod support;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use support::daemon::{Daemon, Ended, config};
use support::github::{Delivery, SECRET};
use support::random::Random;
use support::{kafka, run_id, until};

const PATH: &str = "/webhooks/github";
const GRACE: Duration = Duration::from_secs(20);
/// What ending the brokers' connections and the process may take beyond the grace.
const MARGIN: Duration = Duration::from_secs(3);
const BOUND: Duration = Duration::from_secs(30);
const CLIENTS: usize = 64;
const ROUNDS: usize = 20;

/// A configuration with GitHub to Kafka at `brokers`, into one topic.
fn one_topic(brokers: &str, run: &str, more: Value) -> Value {
    let mut all = json!({
        "shutdown": { "grace_ms": u64::try_from(GRACE.as_millis()).unwrap() },
        "sinks": { "kafka": {
            "type": "kafka", "brokers": brokers, "topic": run, "default_topic": run, "dead_letter_topic": run,
        } },
        "sources": { "github": { "provider": "github", "path": PATH, "secrets": [{ "env": "GITHUB_SECRET" }] } },
    });
    all.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    config(all)
}

async fn start(run: &str, more: Value) -> Daemon {
    let daemon = Daemon::start(
        one_topic(&kafka::address(), run, more),
        &[("GITHUB_SECRET", SECRET)],
    );
    daemon.ready().await;
    daemon
}

fn stored(run: &str) -> BTreeSet<String> {
    let records = kafka::read_all(&kafka::address(), run);
    records
        .iter()
        .map(|record| record.json()["id"].as_str().unwrap().to_owned())
        .collect()
}

/// What became of one request that was written on an established connection.
#[derive(Debug)]
struct Written {
    id: String,
    /// The status of its whole answer, or how the connection broke instead.
    outcome: Result<u16, String>,
}

/// Clients that send one request after the other, and what they know of each other.
#[derive(Clone)]
struct Crowd {
    address: SocketAddr,
    prefix: String,
    numbers: Arc<AtomicUsize>,
    answered: Arc<AtomicUsize>,
    signalled: Arc<AtomicBool>,
}

impl Crowd {
    fn new(daemon: &Daemon, prefix: String) -> Self {
        Self {
            address: daemon.ingress,
            prefix,
            numbers: Arc::default(),
            answered: Arc::default(),
            signalled: Arc::default(),
        }
    }

    /// Keeps one connection until the daemon announces its end, as a provider's or proxy's pool does.
    async fn keeps(self) -> Vec<Written> {
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        let mut all = Vec::new();
        loop {
            let (written, last) = self.send(&mut stream).await;
            all.push(written);
            if last {
                return all;
            }
        }
    }

    /// Makes a connection for every request, until it is refused.
    async fn returns(self) -> Vec<Written> {
        let mut all = Vec::new();
        loop {
            let Ok(mut stream) = TcpStream::connect(self.address).await else {
                assert!(
                    self.signalled.load(Ordering::SeqCst),
                    "refused before it was told to go"
                );
                return all;
            };
            all.push(self.send(&mut stream).await.0);
        }
    }

    /// Writes a request and reads its answer; whether it was the connection's last.
    async fn send(&self, stream: &mut TcpStream) -> (Written, bool) {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let push = Delivery::push(format!("{}-{number}", self.prefix));
        let answer = match stream.write_all(&push.whole(PATH, SECRET)).await {
            Ok(()) => tokio::time::timeout(BOUND, answer(stream)).await,
            Err(error) => Ok(Err(format!("writing: {error}"))),
        };
        let answer = answer.unwrap_or_else(|_| Err("no answer at all".into()));
        self.answered.fetch_add(1, Ordering::Relaxed);
        let last = answer.as_ref().map_or(true, |(_, last)| *last);
        let outcome = answer.map(|(status, _)| status);
        let id = push.id;
        (Written { id, outcome }, last)
    }

    async fn has_answers(&self, count: usize) {
        until("requests are answered", BOUND, || async {
            self.answered.load(Ordering::Relaxed) >= count
        })
        .await;
    }
}

/// The status of a whole answer, and whether it announces the connection's end.
async fn answer(stream: &mut TcpStream) -> Result<(u16, bool), String> {
    let mut text = Vec::new();
    loop {
        let seen = String::from_utf8_lossy(&text);
        if let Some((head, body)) = seen.split_once("\r\n\r\n") {
            let head = head.to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Ok((
                    head[9..12].parse().unwrap(),
                    head.contains("\r\nconnection: close"),
                ));
            }
        }
        match stream.read_buf(&mut text).await {
            Ok(0) => return Err(format!("closed after {:?}", String::from_utf8_lossy(&text))),
            Ok(_) => {}
            Err(error) => {
                return Err(format!(
                    "{error} after {:?}",
                    String::from_utf8_lossy(&text)
                ));
            }
        }
    }
}

fn assert_ended_well(ended: &Ended) {
    assert_eq!(ended.status.code(), Some(0), "{}", ended.output);
    assert!(
        ended.output.contains("hookferry is down"),
        "{}",
        ended.output
    );
    assert!(
        !ended.output.contains("the grace was over"),
        "{}",
        ended.output
    );
    assert!(!ended.output.contains("panicked"), "{}", ended.output);
}

/// Who was let in is answered, also while the daemon goes.
fn assert_all_answered(round: usize, written: &[Written]) {
    let broken: Vec<_> = written.iter().filter(|it| it.outcome.is_err()).collect();
    assert!(
        broken.is_empty(),
        "round {round}: {} of {} got no answer: {broken:#?}",
        broken.len(),
        written.len()
    );
}

/// One daemon under load that is told to go by `signal`. Returns what was answered 2xx.
async fn told_to_go(
    signal: &str,
    run: &str,
    round: usize,
    random: &mut Random,
) -> BTreeSet<String> {
    let mut daemon = start(run, json!({})).await;
    let crowd = Crowd::new(&daemon, format!("{run}-{round}"));
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        if number % 4 == 3 {
            clients.spawn(crowd.clone().returns());
        } else {
            clients.spawn(crowd.clone().keeps());
        }
    }
    crowd.has_answers(CLIENTS + random.below(1000)).await;
    crowd.signalled.store(true, Ordering::SeqCst);
    daemon.signal(signal);
    let ended = daemon.wait(GRACE + MARGIN);
    let mut written = Vec::new();
    while let Some(all) = tokio::time::timeout(BOUND, clients.join_next())
        .await
        .expect("clients end")
    {
        written.extend(all.unwrap());
    }
    assert_ended_well(&ended);
    assert_all_answered(round, &written);
    let statuses: BTreeSet<_> = written
        .iter()
        .filter_map(|it| it.outcome.as_ref().ok())
        .collect();
    assert!(
        statuses.iter().all(|status| [200, 503].contains(*status)),
        "{statuses:?}"
    );
    let accepted = written.into_iter().filter(|it| it.outcome == Ok(200));
    accepted.map(|it| it.id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn told_to_go_under_load_it_answers_everyone_and_loses_nothing() {
    let (run, mut random) = (run_id(), Random::new());
    let mut accepted = BTreeSet::new();
    for round in 0..ROUNDS {
        let before = accepted.len();
        accepted.append(&mut told_to_go("TERM", &run, round, &mut random).await);
        assert!(
            accepted.len() > before + CLIENTS / 2,
            "round {round} had no load"
        );
    }
    accepted.append(&mut told_to_go("INT", &run, ROUNDS, &mut random).await);
    let stored = stored(&run);
    let lost: Vec<_> = accepted.difference(&stored).collect();
    assert!(
        lost.is_empty(),
        "{} were answered 2xx and are lost: {:?}",
        lost.len(),
        lost.first()
    );
    println!(
        "{} answered 2xx in {} rounds, none lost",
        accepted.len(),
        ROUNDS + 1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_keep_coming_do_not_keep_it_from_going() {
    let run = run_id();
    let mut daemon = start(&run, json!({})).await;
    let crowd = Crowd::new(&daemon, run.clone());
    let mut clients = JoinSet::new();
    for _ in 0..CLIENTS * 2 {
        clients.spawn(crowd.clone().returns());
    }
    crowd.has_answers(500).await;
    crowd.signalled.store(true, Ordering::SeqCst);
    let began = Instant::now();
    daemon.terminate();
    let ended = daemon.wait(GRACE + MARGIN);
    println!("it ended after {:?}", began.elapsed());
    assert_ended_well(&ended);
    let mut accepted = BTreeSet::new();
    while let Some(all) = clients.join_next().await {
        let all = all.unwrap();
        assert_all_answered(0, &all);
        let good = all.into_iter().filter(|it| it.outcome == Ok(200));
        accepted.extend(good.map(|it| it.id));
    }
    assert!(
        accepted.is_subset(&stored(&run)),
        "something answered 2xx is lost"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_draining_it_says_so_and_still_takes_requests() {
    let run = run_id();
    let delay = Duration::from_secs(8);
    let mut daemon = start(
        &run,
        json!({ "shutdown": { "delay_ms": 8000, "grace_ms": 5000 } }),
    )
    .await;
    let (client, admin) = (daemon.client(), daemon.admin());
    let began = Instant::now();
    daemon.terminate();
    until("/readyz says that it drains", BOUND, || async {
        let ready = admin.get("/readyz").await;
        ready.status == 503 && ready.json()["draining"] == true
    })
    .await;
    let ready = admin.get("/readyz").await;
    assert_eq!(
        (&ready.json()["ready"], &ready.json()["sinks"]["kafka"]),
        (&json!(false), &json!("up"))
    );
    assert_eq!(
        admin.get("/livez").await.status,
        200,
        "a kubelet would kill it in the middle"
    );
    // Load balancers have not heard of it yet: new connections are taken as before.
    for number in 0..10 {
        let push = Delivery::push(format!("{run}-{number}"));
        let reply = push
            .send(&support::client::Client::new(daemon.ingress), PATH, SECRET)
            .await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.header("connection"), None);
        assert_eq!(push.send(&client, PATH, SECRET).await.status, 200);
    }
    assert!(
        began.elapsed() < delay,
        "this machine is too slow to look at it"
    );
    assert_ended_well(&daemon.wait(delay + Duration::from_secs(5) + MARGIN));
    assert!(began.elapsed() >= delay);
    assert_eq!(stored(&run).len(), 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_connections_do_not_hold_up_the_end() {
    let run = run_id();
    // Longer than the grace, so that it is not this that ends them in time.
    let limits = json!({ "header_read_ms": 60_000 });
    for round in 0..10 {
        let mut daemon = start(&run, json!({ "limits": limits })).await;
        let crowd = Crowd::new(&daemon, format!("{run}-{round}"));
        let mut idle = Vec::new();
        for _ in 0..32 {
            let mut stream = TcpStream::connect(daemon.ingress).await.unwrap();
            let (written, last) = crowd.send(&mut stream).await;
            assert_eq!((written.outcome, last), (Ok(200), false));
            idle.push(stream);
        }
        // These have never said a word.
        for _ in 0..8 {
            idle.push(TcpStream::connect(daemon.ingress).await.unwrap());
        }
        until("all are taken", BOUND, || async {
            daemon
                .metrics()
                .await
                .contains("\nhookferry_connections 40\n")
        })
        .await;
        let began = Instant::now();
        daemon.terminate();
        assert_ended_well(&daemon.wait(GRACE + MARGIN));
        let took = began.elapsed();
        assert!(
            took < GRACE / 2,
            "round {round}: idle connections held it for {took:?}"
        );
        drop(idle);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_hangs_does_not_hold_up_the_end() {
    // Something at a broker's address that takes connections and never says a word.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    let limits = json!({ "limits": { "reply_within_ms": 6000 } });
    let config = one_topic(&address, &run_id(), limits);
    let mut daemon = Daemon::start(config, &[("GITHUB_SECRET", SECRET)]);
    let mut waiting = JoinSet::new();
    for number in 0..20 {
        let client = daemon.client();
        waiting.spawn(async move {
            Delivery::push(number.to_string())
                .send(&client, PATH, SECRET)
                .await
        });
    }
    until("all are in flight", BOUND, || async {
        daemon
            .metrics()
            .await
            .contains("\nhookferry_requests_in_flight 20\n")
    })
    .await;
    daemon.terminate();
    while let Some(reply) = waiting.join_next().await {
        let reply = reply.unwrap();
        assert_eq!(reply.status, 503, "{reply:?}");
        // It did not even say which topics it has.
        let reason = reply.reason();
        assert!(
            ["timeout", "unreachable"].contains(&reason.as_str()),
            "{reply:?}"
        );
    }
    assert_ended_well(&daemon.wait(GRACE + MARGIN));
}

fn hookferry(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    let output = command
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn a_faulty_command_line_ends_with_64() {
    for (arguments, word) in [
        (&["serve", "--frobnicate"][..], "--frobnicate"),
        (&["frobnicate"], "frobnicate"),
        (&["serve", "-c"], "--config"),
        (&[], "Usage"),
        (&["dev", "--listen", "0.0.0.0:0"], "loopback"),
    ] {
        let (code, said) = hookferry(arguments);
        assert_eq!(code, Some(64), "{arguments:?}: {said}");
        assert!(said.contains(word), "{arguments:?}: {said}");
    }
    for arguments in [&["--help"][..], &["--version"], &["serve", "--help"]] {
        assert_eq!(hookferry(arguments).0, Some(0), "{arguments:?}");
    }
}

#[test]
fn a_faulty_configuration_ends_with_78_and_names_every_fault() {
    let faulty = "listen: nowhere\nsinks:\n  kafka: { type: kafka, brokers: 'a:1', encodign: binary }\n\
                  sources:\n  github: { provider: githob, path: /x, secrets: [{ env: S }] }\n";
    let Err(ended) = Daemon::attempt(faulty, &[("S", SECRET)]) else {
        panic!("it started")
    };
    assert_eq!(ended.status.code(), Some(78), "{}", ended.output);
    for word in [
        "listen",
        "encodign",
        "githob",
        "config.yaml:1",
        "config.yaml:3",
        "config.yaml:5",
    ] {
        assert!(ended.output.contains(word), "{word}: {}", ended.output);
    }
    let (code, said) = hookferry(&["serve", "-c", "/nonexistent/config.yaml"]);
    assert_eq!(code, Some(78), "{said}");
    assert!(said.contains("/nonexistent/config.yaml"), "{said}");
}

#[test]
fn a_port_in_use_ends_it_with_1_and_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for (key, more) in [
        ("listen", json!({ "listen": address })),
        ("admin.listen", json!({ "admin": { "listen": address } })),
    ] {
        let Err(ended) = Daemon::attempt(
            one_topic("127.0.0.1:1", "x", more),
            &[("GITHUB_SECRET", SECRET)],
        ) else {
            panic!("{key}: it started");
        };
        assert_eq!(ended.status.code(), Some(1), "{}", ended.output);
        let last = ended.output.lines().last().unwrap();
        assert!(
            last.contains(&format!("{key}: cannot listen on {address}")),
            "{last}"
        );
    }
}
