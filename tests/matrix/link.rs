//! Faults of what lies between the daemon and its broker.

use std::time::Duration;

use serde_json::Value;

use crate::cell::{Cell, KEYS};
use crate::support::oracle::BOUND;
use crate::support::proxy::{Link, Mode};
use crate::support::random::Random;
use crate::support::until;

const SOME: usize = 300;
/// Those of a flood.
const SENDERS: usize = 256;

pub async fn cut(cell: &mut Cell) {
    cell.proxy().cut();
    cell.over();
}

pub async fn cut_again(cell: &mut Cell) {
    let mut random = Random::new();
    for _ in 0..10 {
        cell.proxy().cut();
        cell.over();
        cell.accepts(KEYS + 1 + random.below(100)).await;
    }
}

pub async fn stalls(cell: &mut Cell) {
    cell.proxy().set(Mode::Stall);
    cell.says_down().await;
    cell.holds(SOME).await;
    cell.proxy().set(Mode::Pass);
    cell.over();
}

pub async fn refuses(cell: &mut Cell) {
    cell.proxy().set(Mode::Refuse);
    cell.proxy().cut();
    cell.says_down().await;
    cell.holds(SOME).await;
    cell.proxy().set(Mode::Pass);
    cell.over();
}

/// What is sent arrives, and what is answered does not: first it comes late, then never.
pub async fn deaf(cell: &mut Cell) {
    for comes_never in [false, true] {
        cell.proxy().set(Mode::StallAnswers);
        cell.says_down().await;
        cell.holds(SOME).await;
        if comes_never {
            cell.proxy().cut();
        }
        cell.proxy().set(Mode::Pass);
        cell.over();
        cell.accepts(SOME).await;
    }
}

/// Half a second there and half a second back.
pub async fn slow(cell: &mut Cell) {
    cell.proxy().link(Link {
        latency: Duration::from_millis(500),
        ..Link::default()
    });
    cell.accepts(4 * KEYS).await;
    cell.proxy().link(Link::default());
    cell.over();
}

pub async fn thin(cell: &mut Cell) {
    cell.proxy().link(Link {
        bytes_per_s: Some(30_000),
        ..Link::default()
    });
    cell.accepts(4 * KEYS).await;
    cell.proxy().link(Link::default());
    // What is on its way still takes its time.
}

/// Everywhere in a frame, from the first byte of a connection to the middle of a batch.
pub async fn cut_within_a_frame(cell: &mut Cell) {
    for bytes in [1, 7, 60, 300, 1000, 4000, 20_000] {
        let before = cell.proxy().cuts();
        cell.proxy().link(Link {
            cut_after: Some(bytes),
            ..Link::default()
        });
        until("a connection is cut", BOUND, || async {
            cell.proxy().cuts() > before
        })
        .await;
        cell.proxy().link(Link::default());
        cell.over();
        cell.accepts(KEYS + 1).await;
    }
}

pub async fn garbage(cell: &mut Cell) {
    cell.proxy().set(Mode::Garbage);
    cell.proxy().cut();
    cell.says_down().await;
    cell.holds(SOME).await;
    cell.proxy().set(Mode::Pass);
    cell.over();
}

/// More senders than the daemon serves at once, before a broker that takes its time.
pub async fn flood(cell: &mut Cell) {
    cell.start();
    cell.daemon().ready().await;
    cell.proxy().link(Link {
        latency: Duration::from_millis(100),
        ..Link::default()
    });
    cell.load(SENDERS, Duration::ZERO);
    // By then all are connected.
    cell.siege().answers(8 * SENDERS).await;
    cell.measure().await;
    cell.accepts(2 * SOME).await;
    cell.proxy().link(Link::default());
}

/// Before [`flood`].
pub fn with_little_room(_: &Cell, config: &mut Value) {
    config["limits"]["in_flight_max"] = (SENDERS / 4).into();
    config["sinks"]["broker"]["in_flight_max"] = (SENDERS / 8).into();
}
