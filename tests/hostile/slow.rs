//! Clients by the thousand that take their time, over as many addresses as it needs.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::task::JoinSet;

use super::honest::{Honest, quiet_for};
use super::support::process::{limit_descriptors, memory, scheduled};
use super::support::{raw, scale};
use super::*;

const HONEST_PER_S: u32 = 200;
const TAIL: Duration = Duration::from_millis(100);
/// Fewer than a listener's queue holds.
const AT_ONCE: usize = 100;
/// At scale 1; five times as many, for five times as long, are the ten thousand.
const SLOW: usize = 2_000;
/// How long it takes until all are there, at least.
const SPREAD: Duration = Duration::from_secs(3);
/// Of one address: fewer than there are ports.
const PER_ADDRESS: usize = 2_500;
/// All must be there before the first is ended.
const HEAD_WITHIN: Duration = Duration::from_secs(6);
const BODY_WITHIN: Duration = Duration::from_secs(7);
/// What one may be ended later than its bound.
const LATER_MAX: Duration = Duration::from_secs(1);
/// A byte from each so often.
const DRIP: Duration = Duration::from_millis(1500);

/// A connection from an address of loopback's that the `number`th client has.
async fn connect(to: SocketAddr, number: usize) -> TcpStream {
    let last = u8::try_from(2 + number / PER_ADDRESS).unwrap();
    let from = Ipv4Addr::new(127, 0, 0, last);
    let connected = tokio::time::timeout(BOUND, raw::connect(from.into(), to)).await;
    let connected = connected.expect("it is let in");
    connected.expect("a port is free, and it listens")
}

/// What a slow client sends at once, and what it then drips; what it has to be answered.
fn slow(target: &Target, number: usize) -> (Vec<u8>, Vec<u8>, u16) {
    let push = target.push(&format!("slow{number}"));
    let request = push.whole(PATH, SECRET);
    let body_at = request.len() - push.body.len();
    // A head that never ends, or a body that would take minutes: both are signed.
    let at = if number.is_multiple_of(2) {
        60
    } else {
        body_at
    };
    let status = if number.is_multiple_of(2) { 0 } else { 408 };
    (request[..at].to_vec(), request[at..].to_vec(), status)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_slow_clients_are_ended_in_time_and_nobody_waits_for_them() {
    let count = SLOW * scale();
    let times = u32::try_from(scale()).unwrap();
    let (head_within, body_within) = (HEAD_WITHIN * times, BODY_WITHIN * times);
    let target = Target::with(
        json!({
            "header_read_ms": head_within.as_millis(), "body_read_ms": body_within.as_millis(),
            "connections_max": count + 500, "client_connections_max": PER_ADDRESS,
            "in_flight_max": count + 500,
        }),
        json!({}),
    )
    .await;
    for process in [std::process::id(), target.daemon.id()] {
        limit_descriptors(process, count + 1000);
    }
    target.serves("warm").await;
    let quiet = quiet_for(&target, "quiet", Duration::from_secs(2)).await;
    let pause = quiet.allowance();
    let before_kib = memory(target.daemon.id()).peak;
    let before = scheduled(target.daemon.id());
    let honest = Honest::start(&target, "beside", HONEST_PER_S);
    let (began, address) = (Instant::now(), target.daemon.ingress);
    let mut clients = JoinSet::new();
    // Nor all in one moment, or all would be ended in one.
    let mut pace = tokio::time::interval(SPREAD * times / u32::try_from(count / AT_ONCE).unwrap());
    for number in 0..count {
        if number % AT_ONCE == 0 {
            pace.tick().await;
        }
        let (first, drops, status) = slow(&target, number);
        let mut stream = connect(address, number).await;
        let opened = Instant::now();
        stream.write_all(&first).await.expect("it is read");
        clients.spawn(async move {
            let heard = raw::drip(stream, &drops, DRIP, body_within + BOUND).await;
            let ended = heard.closed.map(|_| opened.elapsed());
            (number, status, ended, heard.statuses())
        });
    }
    println!("{count} slow clients after {:?}", began.elapsed());
    let connected = target.daemon.metric("hookferry_connections").await;
    println!("{connected} connections at once");
    let (mut wrong, mut latest) = (Vec::new(), [Duration::ZERO; 2]);
    while let Some(done) = clients.join_next().await {
        let (number, status, ended, statuses) = done.unwrap();
        let [head, body] = &mut latest;
        let (bound, latest) = if status == 0 {
            (head_within, head)
        } else {
            (body_within, body)
        };
        *latest = ended.unwrap_or(Duration::MAX).max(*latest);
        let is_right = ended.is_some_and(|ended| ended <= bound + LATER_MAX + pause)
            && (statuses == [status]
                || (status == 0 && statuses.is_empty())
                || (status == 0 && statuses == [408]));
        if !is_right {
            wrong.push(format!(
                "{number}: {status} expected, {statuses:?} after {ended:?}"
            ));
        }
    }
    println!(
        "the last slow head was ended after {:?}, the last slow body after {:?}",
        latest[0], latest[1]
    );
    let waits = honest.end().await;
    let grown_kib = memory(target.daemon.id()).peak.saturating_sub(before_kib);
    let after = scheduled(target.daemon.id());
    println!(
        "{grown_kib} KiB more, {:?} of a processor, {:?} of waiting for one",
        after.0 - before.0,
        after.1 - before.1
    );
    let again = quiet_for(&target, "quiet again", Duration::from_secs(1)).await;
    let tail = TAIL.max(pause).max(again.allowance());
    waits.assert("beside them", tail);
    let first = &wrong[..wrong.len().min(20)];
    assert!(wrong.is_empty(), "{} wrong: {first:#?}", wrong.len());
    let expected = quiet.names.into_iter().chain(waits.names);
    let expected = expected.chain(again.names);
    let expected: BTreeSet<_> = expected.chain(["warm".to_owned()]).collect();
    assert_eq!(target.stored(), expected);
    target.has_kept_calm();
}
