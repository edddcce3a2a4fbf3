//! Faults of the daemon's own process, and of those who send to it.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::cell::{Cell, KEYS};
use crate::support::brokers::Which;
use crate::support::github::{Delivery, SECRET};
use crate::support::oracle::PATH;
use crate::support::process;
use crate::support::random::Random;

const SOME: usize = 300;

pub async fn killed(cell: &mut Cell) {
    let mut random = Random::new();
    for _ in 0..4 {
        cell.accepts(1 + random.below(SOME)).await;
        cell.kill();
        cell.start();
        cell.over();
    }
    cell.accepts(KEYS).await;
    cell.measure().await;
}

/// SIGTERM: whoever's request was taken has an answer.
pub async fn told_to_go(cell: &mut Cell) {
    for _ in 0..3 {
        cell.accepts(SOME).await;
        cell.terminate();
        cell.start();
        cell.over();
    }
    cell.accepts(KEYS).await;
    cell.measure().await;
}

/// SIGSTOP, for less than the deadline of the requests that wait.
pub async fn frozen(cell: &mut Cell) {
    const FROZEN: Duration = Duration::from_millis(1000);
    for _ in 0..3 {
        cell.daemon().signal("STOP");
        tokio::time::sleep(FROZEN).await;
        cell.daemon().signal("CONT");
        cell.over();
        cell.accepts(SOME).await;
    }
}

/// Killed while the broker is away, and started again while it still is.
pub async fn killed_in_an_outage(cell: &mut Cell) {
    cell.broker.pause();
    cell.says_down().await;
    for _ in 0..2 {
        cell.holds(SOME).await;
        cell.kill();
        cell.start();
    }
    cell.holds(SOME).await;
    cell.broker.resume();
    cell.over();
    cell.accepts(KEYS).await;
    cell.measure().await;
}

/// No descriptor is left: who is connected is served, and who is not waits.
pub async fn no_descriptors(cell: &mut Cell) {
    let daemon = cell.daemon().id();
    let bound = process::descriptors(daemon);
    let before = process::limit_descriptors(daemon, bound);
    let mut strangers = Vec::new();
    for _ in 0..64 {
        strangers.push(
            TcpStream::connect(cell.listen)
                .await
                .expect("the kernel takes it"),
        );
    }
    cell.accepts(SOME).await;
    if cell.has_spool {
        // Now it needs a file, unless it has one.
        cell.broker.pause();
        cell.siege().answers(SOME).await;
    }
    process::limit_descriptors(daemon, before);
    cell.over();
    if cell.has_spool {
        cell.accepts(SOME).await;
        cell.broker.resume();
    }
    drop(strangers);
}

/// The wall clock jumps, while events wait.
pub async fn clock_jumps(cell: &mut Cell) {
    let file = cell.spool.write("clock", "+0");
    for (name, value) in [
        ("LD_PRELOAD", process::faketime().as_str()),
        ("FAKETIME_TIMESTAMP_FILE", &file),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ] {
        cell.env.push((name.into(), value.into()));
    }
    cell.begin().await;
    if cell.has_spool {
        cell.broker.pause();
    }
    for jump in ["+2h", "-2h", "+0"] {
        cell.spool.write("clock", jump);
        if jump == "+2h" && cell.which == Which::Kafka && !cell.has_spool {
            // It takes no record that is made more than an hour from now.
            cell.siege().refuses(SOME).await;
        } else {
            cell.accepts(SOME).await;
        }
    }
    if cell.has_spool {
        cell.broker.resume();
        cell.over();
    }
}

/// A request as bytes.
fn request(delivery: &Delivery) -> Vec<u8> {
    let length = delivery.body.len();
    let mut head = format!("POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n");
    for (name, value) in delivery.headers(SECRET) {
        head += &format!("{name}: {value}\r\n");
    }
    [format!("{head}\r\n").into_bytes(), delivery.body.clone()].concat()
}

/// Senders that go in the middle of a request, and before its answer.
pub async fn senders_go(cell: &mut Cell) {
    let mut random = Random::new();
    for number in 0..400 {
        let request = request(&Delivery::push(format!("gone-{}-{number}", cell.run)));
        let most = if number % 2 == 0 {
            request.len()
        } else {
            random.below(request.len())
        };
        let mut stream = TcpStream::connect(cell.listen).await.expect("it listens");
        // Half of them with a reset.
        if number % 4 < 2 {
            stream.set_zero_linger().expect("a socket");
        }
        stream
            .write_all(&request[..most])
            .await
            .expect("it is taken");
    }
    cell.accepts(SOME).await;
}

/// Senders that drip, in an outage.
pub async fn senders_drip(cell: &mut Cell) {
    const PIECES: usize = 40;
    const DRIP: Duration = Duration::from_millis(100);
    let mut senders = JoinSet::new();
    for number in 0..10 {
        let request = request(&Delivery::push(format!("drip-{}-{number}", cell.run)));
        let listen = cell.listen;
        senders.spawn(async move {
            let mut stream = TcpStream::connect(listen).await.expect("it listens");
            for piece in request.chunks(request.len() / PIECES) {
                stream.write_all(piece).await.expect("it is taken");
                tokio::time::sleep(DRIP).await;
            }
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).await.expect("it answers");
            String::from_utf8_lossy(&answer).into_owned()
        });
    }
    cell.broker.pause();
    cell.says_down().await;
    cell.holds(SOME).await;
    while let Some(answer) = senders.join_next().await {
        let answer = answer.expect("each has an answer");
        let expected: &[_] = if cell.has_spool {
            &["HTTP/1.1 200"]
        } else {
            &["HTTP/1.1 503"]
        };
        assert!(expected.contains(&answer.as_str()), "{answer}");
    }
    cell.broker.resume();
    cell.over();
}
