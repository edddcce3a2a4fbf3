//! Honest providers beside what is hostile, at a steady rate, and how long they wait.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::task::{JoinHandle, JoinSet};

use super::support::client::Client;
use super::support::github::SECRET;
use super::{PATH, Target};

/// It goes on until [`Honest::end`].
pub(super) struct Honest {
    stop: Arc<AtomicBool>,
    sender: JoinHandle<Waits>,
}

/// How long each delivery took, from when it was due, in order of length.
pub(super) struct Waits {
    pub(super) all: Vec<Duration>,
    pub(super) names: Vec<String>,
    /// Those not answered 200.
    pub(super) failed: Vec<String>,
}

impl Waits {
    pub(super) fn at(&self, share: f64) -> Duration {
        let last = self.all.len() - 1;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a list"
        )]
        let place = (last as f64 * share) as usize;
        self.all[place]
    }

    /// What others may wait for on a machine on which these waited alone: it is no measure of what is done to them.
    pub(super) fn allowance(&self) -> Duration {
        4 * self.at(0.99)
    }

    /// Prints it, and panics when one was not served, or one in a hundred waited for longer than `bound`.
    pub(super) fn assert(&self, what: &str, bound: Duration) {
        let (median, tail, longest) = (self.at(0.5), self.at(0.99), self.at(1.0));
        let count = self.all.len();
        println!("{what}: {count} honest: median {median:?}, p99 {tail:?}, longest {longest:?}");
        assert!(self.failed.is_empty(), "{what}: {:?}", self.failed);
        assert!(tail < bound, "{what}: p99 of honest deliveries is {tail:?}");
    }
}

impl Honest {
    /// Deliveries with names that begin with `name`, so many a second, each over a connection of its own: a kept
    /// one may end under the hands of a test that had to pause.
    pub(super) fn start(target: &Target, name: &str, per_s: u32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (address, run) = (target.daemon.ingress, target.run.clone());
        let sender = send(address, run, name.to_owned(), per_s, Arc::clone(&stop));
        Self {
            stop,
            sender: tokio::spawn(sender),
        }
    }

    pub(super) async fn end(self) -> Waits {
        self.stop.store(true, Ordering::Relaxed);
        self.sender.await.expect("it does not panic")
    }
}

/// How long they wait where nobody disturbs them but the machine.
pub(super) async fn quiet_for(target: &Target, name: &str, time: Duration) -> Waits {
    let honest = Honest::start(target, name, 200);
    tokio::time::sleep(time).await;
    let waits = honest.end().await;
    waits.assert(name, Duration::MAX);
    waits
}

async fn send(
    address: SocketAddr,
    run: String,
    name: String,
    per_s: u32,
    stop: Arc<AtomicBool>,
) -> Waits {
    let mut waits = Waits {
        all: Vec::new(),
        names: Vec::new(),
        failed: Vec::new(),
    };
    let mut due = tokio::time::Instant::now();
    let mut running = JoinSet::new();
    while !stop.load(Ordering::Relaxed) {
        let name = format!("{name}{}", waits.names.len());
        let delivery = super::Delivery::push(format!("{run}-{name}"));
        waits.names.push(name);
        let client = Client::new(address);
        // What comes late because this test is slow counts as well: that is what a provider would see.
        let since: Instant = due.into_std();
        running.spawn(async move {
            let answer = delivery.attempt(&client, PATH, SECRET).await;
            let good = matches!(&answer, Ok(reply) if reply.status == 200);
            (since.elapsed(), (!good).then(|| format!("{answer:?}")))
        });
        due += Duration::from_secs(1) / per_s;
        tokio::time::sleep_until(due).await;
    }
    while let Some(done) = running.join_next().await {
        let (took, failed) = done.expect("it does not panic");
        waits.all.push(took);
        waits.failed.extend(failed);
    }
    waits.all.sort();
    waits
}
