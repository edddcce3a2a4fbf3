//! Names without end: of paths, methods, headers and events. None becomes a metric or a topic.

use futures_util::StreamExt as _;

use super::support::process::memory;
use super::support::random::Random;
use super::support::{scale, until};
use super::*;

/// At scale 1; twenty times as many are the million.
const NAMES: usize = 50_000;
/// Of them events by who has the secret.
const EVENTS: usize = 2_000;
const GROWTH_KIB_MAX: u64 = 5 * 1024;
const TOPICS_MAX: usize = 4;
/// Requests in a row.
const ROW: usize = 100;

fn name(random: &mut Random) -> String {
    let length = 1 + random.below(40);
    let letter = |_| {
        char::from(
            b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._~-"[random.below(66)],
        )
    };
    (0..length).map(letter).collect()
}

/// A request by somebody who makes up everything.
fn stranger(random: &mut Random) -> String {
    let known = ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
    let method = match random.below(3) {
        0 => name(random),
        at => known[(at * 7 + random.below(100)) % known.len()].to_owned(),
    };
    let path = match random.below(3) {
        0 => format!("{PATH}?{}={}", name(random), name(random)),
        1 => format!("/webhooks/{}", name(random)),
        _ => format!("/{}/{}", name(random), name(random)),
    };
    let (host, header, value) = (name(random), name(random), name(random));
    format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nx-{header}: {value}\r\nx-github-event: {value}\r\ntraceparent: {value}\r\n\r\n"
    )
}

/// Sends requests in rows over one connection, and counts what is answered.
async fn ask(address: SocketAddr, seed: u64, count: usize) -> usize {
    let mut random = Random::of(seed);
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut answered, mut text) = (0, Vec::new());
    while answered < count {
        let row: String = (0..ROW).map(|_| stranger(&mut random)).collect();
        stream.write_all(row.as_bytes()).await.unwrap();
        let mut left = ROW;
        text.clear();
        let mut looked = 0;
        while left > 0 {
            assert!(
                stream.read_buf(&mut text).await.unwrap() > 0,
                "it was closed"
            );
            let new = &text[looked..];
            let heads = new.windows(9).filter(|it| *it == b"HTTP/1.1 ").count();
            left -= heads;
            looked = text.len().saturating_sub(8);
        }
        answered += ROW;
    }
    answered
}

/// Some at a time.
async fn together(all: impl Iterator<Item = impl Future<Output = ()>>) {
    futures_util::stream::iter(all)
        .buffer_unordered(32)
        .collect::<()>()
        .await;
}

/// The names and labels of all that is shown.
async fn series(target: &Target) -> BTreeSet<String> {
    let text = target.daemon.metrics().await;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let series = lines.filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned()));
    series.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_without_end_become_neither_metrics_nor_topics_nor_memory() {
    let target = Target::sink(json!({
        "topic": "{run}.{event}", "topics_max": TOPICS_MAX,
    }))
    .await;
    let mut random = Random::new();
    let event = async |id: usize, event: String| {
        let mut delivery = target.push(&format!("event{id}"));
        delivery.event = event;
        let reply = delivery.send(&target.client, PATH, SECRET).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    };
    // All that may be there is there: topics, what is remembered of ids, pools, and every answer.
    let events = (0..500).map(|number| event(number, format!("first{}", number % 8)));
    together(events).await;
    ask(target.daemon.ingress, 1, 5_000).await;
    let topics = kafka::topics(&kafka::address(), &target.run);
    let before = series(&target).await;
    let before_kib = memory(target.daemon.id()).now;
    let rows = (2..10).map(|seed| ask(target.daemon.ingress, seed, NAMES * scale() / 8));
    let asked: usize = futures_util::future::join_all(rows).await.iter().sum();
    let events = (0..EVENTS).map(|number| event(500 + number, name(&mut random)));
    together(events).await;
    until(
        "all connections but ours are counted out",
        BOUND,
        || async { target.daemon.metric("hookferry_connections").await <= 1 },
    )
    .await;
    let grown_kib = memory(target.daemon.id()).now.saturating_sub(before_kib);
    println!(
        "{asked} requests and {EVENTS} events with names made up: {} series, {grown_kib} KiB more",
        before.len()
    );
    let after = series(&target).await;
    let more: Vec<_> = after.symmetric_difference(&before).collect();
    assert!(more.is_empty(), "{more:#?}");
    assert_eq!(kafka::topics(&kafka::address(), &target.run), topics);
    assert!(topics.len() <= TOPICS_MAX + 2, "{topics:?}");
    assert!(grown_kib < GROWTH_KIB_MAX, "{grown_kib} KiB");
    target.has_kept_calm();
}
