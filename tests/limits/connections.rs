//! Connections: of one client, behind proxies, after a reload, and very many in one moment.

use std::net::{IpAddr, SocketAddr};

use futures_util::future::join_all;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::support::raw::{self, hear, next_answer};
use super::support::{PATIENCE, process};
use super::*;

const CLOSED: &str = "hookferry_connections_closed_total{reason=\"client_connections\"}";
const ONE: &str = "127.0.0.1";
const OTHER: &str = "127.0.0.2";
const GET: &[u8] = b"GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n";
/// A version 2 header of the PROXY protocol about a connection of the proxy's own.
const LOCAL: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
/// Less than the time after which one asks again who found no place in the kernel's queue (RFC 6298: a second).
const ASKED_AGAIN: Duration = Duration::from_millis(900);
/// Connections in one moment.
const BURST: usize = 2_000;

async fn connect(daemon: &Daemon, from: &str) -> TcpStream {
    let from: IpAddr = from.parse().unwrap();
    raw::connect(from, daemon.ingress)
        .await
        .expect("it listens")
}

/// One that is let in, for it is answered.
async fn kept(daemon: &Daemon, from: &str, before: &[u8]) -> TcpStream {
    let mut stream = connect(daemon, from).await;
    stream.write_all(&[before, GET].concat()).await.unwrap();
    assert_eq!(next_answer(&mut stream).await.status, 404);
    stream
}

async fn all_kept(daemon: &Daemon, from: &str, before: &[u8], count: usize) -> Vec<TcpStream> {
    join_all((0..count).map(|_| kept(daemon, from, before))).await
}

/// That one more is closed at once, whatever it sends.
async fn is_closed(daemon: &Daemon, from: &str, bytes: &[u8]) {
    let before = closed(daemon).await;
    let (mut stream, began) = (connect(daemon, from).await, Instant::now());
    let _ = stream.write_all(bytes).await;
    let heard = hear(&mut stream, began, PATIENCE).await;
    assert!(heard.closed.is_some(), "it stays");
    assert!(
        heard.answers.is_empty() && heard.rest.is_empty(),
        "{heard:?}"
    );
    until("it is counted", PATIENCE, || async {
        closed(daemon).await == before + 1
    })
    .await;
}

async fn closed(daemon: &Daemon) -> u64 {
    let text = daemon.metrics().await;
    let line = text.lines().find_map(|line| line.strip_prefix(CLOSED));
    line.map_or(0, |line| line.trim().parse().unwrap())
}

/// Whether a client at `from` has so many connections and no more that the next one is let in.
async fn is_let_in(daemon: &Daemon, from: &str) -> bool {
    let (mut stream, began) = (connect(daemon, from).await, Instant::now());
    let request = [&GET[..GET.len() - 2], b"connection: close\r\n\r\n"].concat();
    let _ = stream.write_all(&request).await;
    let heard = hear(&mut stream, began, PATIENCE).await;
    heard.answers.len() == 1
}

async fn post_from(daemon: &Daemon, from: &str) -> u16 {
    let mut stream = connect(daemon, from).await;
    let request = Delivery::push(run_id()).whole("/quiet", SECRET);
    stream.write_all(&request).await.unwrap();
    next_answer(&mut stream).await.status
}

async fn start(run: &str, limits: Value, more: Value) -> Daemon {
    let mut config = config(run, limits, json!({}));
    let more = more.as_object().unwrap().clone();
    config.as_object_mut().unwrap().extend(more);
    let daemon = Daemon::start(config, &ENV);
    daemon.ready().await;
    daemon
}

/// The lines about connections that were closed, and how many they say there were.
fn told(daemon: &Daemon) -> Vec<(String, u64)> {
    let output = daemon.output();
    let lines = output.lines().filter_map(|line| {
        let line: Value = serde_json::from_str(line).ok()?;
        let is_one = line["message"].as_str()?.contains("client_connections_max");
        let client = line["client"].as_str()?.to_owned();
        is_one.then(|| Some((client, line["closed"].as_u64()?)))?
    });
    lines.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_client_takes_all_connections() {
    let limits = json!({
        "connections_max": 40, "client_connections_max": 8, "header_read_ms": 60_000,
    });
    let run = run_id();
    let daemon = start(&run, limits, json!({})).await;
    let mut held = all_kept(&daemon, ONE, b"", 8).await;
    // By a hundred at once, more than there are connections, and one by one: with a request and without.
    let further = (0..100).map(|_| async {
        let (mut stream, began) = (connect(&daemon, ONE).await, Instant::now());
        hear(&mut stream, began, PATIENCE).await.closed
    });
    let further = join_all(further).await;
    assert!(further.iter().all(Option::is_some), "{further:?}");
    is_closed(&daemon, ONE, b"").await;
    is_closed(&daemon, ONE, GET).await;
    assert_eq!(closed(&daemon).await, 102);
    // Others come in, and those that are inside go on.
    let began = Instant::now();
    for _ in 0..20 {
        assert_eq!(post_from(&daemon, OTHER).await, 200);
    }
    println!("twenty honest deliveries beside it: {:?}", began.elapsed());
    let push = Delivery::push(run_id()).whole("/noisy", SECRET);
    held[3].write_all(&push).await.unwrap();
    assert_eq!(next_answer(&mut held[3]).await.status, 200);
    // A line says it once in a while.
    let lines = told(&daemon);
    println!("{lines:?}");
    assert!((1..=1 + began.elapsed().as_secs() / 10 + 1).contains(&(lines.len() as u64)));
    assert!(lines.iter().all(|(client, _)| client == ONE), "{lines:?}");
    // What ends is given back.
    held.truncate(5);
    until("three are given back", PATIENCE, || async {
        daemon.metric("hookferry_connections").await == 5
    })
    .await;
    held.extend(all_kept(&daemon, ONE, b"", 3).await);
    is_closed(&daemon, ONE, GET).await;
    drop(held);
    until("all are given back", PATIENCE, || async {
        daemon.metric("hookferry_connections").await == 0
    })
    .await;
    drop(all_kept(&daemon, ONE, b"", 8).await);
    assert_eq!(kafka::read(&kafka::address(), &run).len(), 21);
    assert!(!daemon.output().contains("panicked"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_has_half_of_the_connections_unless_it_is_told_otherwise_and_a_reload_says_so() {
    let (run, limits) = (run_id(), json!({ "connections_max": 9 }));
    let daemon = start(&run, limits.clone(), json!({})).await;
    let mut held = all_kept(&daemon, ONE, b"", 5).await;
    is_closed(&daemon, ONE, GET).await;
    let others = all_kept(&daemon, OTHER, b"", 3).await;
    let reload = async |most: usize, generation: i64| {
        let mut limits = limits.clone();
        limits["client_connections_max"] = json!(most);
        let mut next = config(&run, limits, json!({}));
        next["log"] = json!({ "format": "json", "level": "info" });
        std::fs::write(daemon.folder.path().join("config.yaml"), next.to_string()).unwrap();
        daemon.signal("HUP");
        until("it is read again", PATIENCE, || async {
            daemon.metric("hookferry_config_generation").await == generation
        })
        .await;
    };
    reload(6, 2).await;
    held.push(kept(&daemon, ONE, b"").await);
    drop(others);
    until("the others are gone", PATIENCE, || async {
        daemon.metric("hookferry_connections").await == 6
    })
    .await;
    is_closed(&daemon, ONE, GET).await;
    // Those that are there stay; no more come until there are fewer than it says now.
    reload(2, 3).await;
    is_closed(&daemon, ONE, GET).await;
    held[5].write_all(GET).await.unwrap();
    assert_eq!(next_answer(&mut held[5]).await.status, 404);
    held.truncate(2);
    until("four are gone", PATIENCE, || async {
        daemon.metric("hookferry_connections").await == 2
    })
    .await;
    is_closed(&daemon, ONE, GET).await;
    held.truncate(1);
    until("one more is let in", PATIENCE, || is_let_in(&daemon, ONE)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_it_is_the_client_that_counts_and_never_the_proxy() {
    let limits = json!({
        "connections_max": 40, "client_connections_max": 3, "trusted_proxies": [ONE],
    });
    // One that speaks HTTP has many clients in one connection.
    let daemon = start(&run_id(), limits.clone(), json!({})).await;
    let proxy = all_kept(&daemon, ONE, b"", 20).await;
    let own = all_kept(&daemon, OTHER, b"", 3).await;
    is_closed(&daemon, OTHER, GET).await;
    drop((proxy, own));
    // One that passes connections on says first whose each is.
    let daemon = start(&run_id(), limits, json!({ "proxy_protocol": true })).await;
    let of = |client: &str, family: &str| {
        let proxy = if family == "TCP4" {
            "10.0.0.1"
        } else {
            "fd00::1"
        };
        format!("PROXY {family} {client} {proxy} 4000 443\r\n").into_bytes()
    };
    let four = of("198.51.100.7", "TCP4");
    let first = all_kept(&daemon, ONE, &four, 3).await;
    is_closed(&daemon, ONE, &[&four, GET].concat()).await;
    // Another client through the same proxy, and the proxy itself.
    let second = all_kept(&daemon, ONE, &of("198.51.100.8", "TCP4"), 3).await;
    let own = all_kept(&daemon, ONE, LOCAL, 5).await;
    // In IPv6 a customer has a network.
    let mut six = all_kept(&daemon, ONE, &of("2001:db8::1", "TCP6"), 2).await;
    six.push(kept(&daemon, ONE, &of("2001:db8::2", "TCP6")).await);
    is_closed(&daemon, ONE, &[&of("2001:db8::3", "TCP6"), GET].concat()).await;
    six.push(kept(&daemon, ONE, &of("2001:db8:0:1::1", "TCP6")).await);
    // The word of who is no proxy is nobody's.
    let (mut stream, began) = (connect(&daemon, OTHER).await, Instant::now());
    let _ = stream.write_all(&[&four, GET].concat()).await;
    let heard = hear(&mut stream, began, PATIENCE).await;
    assert!(
        heard.closed.is_some() && heard.answers.is_empty(),
        "{heard:?}"
    );
    drop((second, own, six));
    let mut first = first;
    first.truncate(2);
    until("one is given back", PATIENCE, || async {
        daemon.metric("hookferry_connections").await == 2
    })
    .await;
    first.push(kept(&daemon, ONE, &four).await);
    is_closed(&daemon, ONE, &[&four, GET].concat()).await;
}

/// Connections that the kernel keeps for a listener that asks for as many as it can have.
fn somaxconn() -> usize {
    let text = std::fs::read_to_string("/proc/sys/net/core/somaxconn").expect("a Linux");
    text.trim().parse().expect("a number")
}

/// Connects and asks; how long the connection took, and the answer's status.
async fn one_of_many(to: SocketAddr, from: &str) -> (Duration, u16) {
    let began = Instant::now();
    let stream = raw::connect(from.parse().unwrap(), to).await;
    let mut stream = stream.expect("it listens");
    let connected = began.elapsed();
    stream.write_all(GET).await.unwrap();
    (connected, next_answer(&mut stream).await.status)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_who_come_in_one_moment_are_let_in_at_once() {
    let daemon = start(&run_id(), json!({}), json!({})).await;
    for descriptors in [std::process::id(), daemon.id()] {
        process::limit_descriptors(descriptors, 2 * BURST);
    }
    // While it does not run at all, as on a machine that is busy: nobody waits for it to be let in.
    daemon.signal("STOP");
    let count = BURST.min(somaxconn());
    let mut connected = Vec::new();
    let (mut longest, began) = (Duration::ZERO, Instant::now());
    for number in 0..count {
        let from = if number % 2 == 0 { ONE } else { OTHER };
        let began = Instant::now();
        let stream = connect(&daemon, from).await;
        longest = longest.max(began.elapsed());
        connected.push(stream);
    }
    println!(
        "{count} while it stood still: {:?}, the longest {longest:?}",
        began.elapsed()
    );
    daemon.signal("CONT");
    assert!(longest < ASKED_AGAIN, "{longest:?}");
    let answered = connected.into_iter().map(|mut stream| async move {
        stream.write_all(GET).await.unwrap();
        next_answer(&mut stream).await.status
    });
    let answered = join_all(answered).await;
    assert!(answered.iter().all(|status| *status == 404));
    until("they are gone", PATIENCE, || async {
        daemon.metric("hookferry_connections").await == 0
    })
    .await;
    // All at once, while it runs. How long each takes then is this machine's doing more than the daemon's.
    let mut burst = tokio::task::JoinSet::new();
    let began = Instant::now();
    for number in 0..count {
        let from = if number % 2 == 0 { ONE } else { OTHER };
        burst.spawn(one_of_many(daemon.ingress, from));
    }
    let all = burst.join_all().await;
    let longest = all.iter().map(|(connected, _)| *connected).max();
    println!(
        "{count} at once: {:?}, the longest connect {:?}",
        began.elapsed(),
        longest.unwrap()
    );
    assert!(all.iter().all(|(_, status)| *status == 404));
}
