//! Providers that send without end while something is done to the broker.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;

use super::daemon::Daemon;
use super::github::{Delivery, SECRET};
use super::ledger::{Ledger, Until, load};
use super::until;

/// How long anything may take to happen at all.
const BOUND: Duration = Duration::from_secs(60);
/// Providers at once, one delivery in flight each.
pub const SENDERS: usize = 64;

/// GitHub's pushes from [`SENDERS`] until it is told to end.
pub struct Siege {
    stop: Arc<AtomicBool>,
    accepted: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
    ledger: JoinHandle<Ledger>,
}

impl Siege {
    /// Deliveries at `path` with the ids `RUN-NUMBER`, each of the events of `event` by its number.
    pub fn start(
        daemon: &Daemon,
        path: &'static str,
        run: &str,
        event: impl Fn(usize) -> &'static str + Clone + Send + 'static,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let [accepted, refused] = [0, 0].map(|zero| Arc::new(AtomicUsize::new(zero)));
        let (client, run) = (daemon.client(), run.to_owned());
        let counters = [Arc::clone(&refused), Arc::clone(&accepted)];
        let send = move |number: usize| {
            let (client, counters) = (client.clone(), counters.clone());
            let mut delivery = Delivery::push(format!("{run}-{number}"));
            delivery.event = event(number).into();
            async move {
                let outcome = delivery.attempt(&client, path, SECRET).await;
                let good = matches!(&outcome, Ok(reply) if reply.status == 200);
                counters[usize::from(good)].fetch_add(1, Ordering::Relaxed);
                if !good {
                    // A provider that was refused does not come back at once, and the brokers
                    // need the processor to return.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                (delivery.id, outcome)
            }
        };
        let ledger = tokio::spawn(load(SENDERS, Until::Flag(Arc::clone(&stop)), send));
        Self {
            stop,
            accepted,
            refused,
            ledger,
        }
    }

    /// How many were accepted so far.
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }

    /// How many were refused so far.
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    /// Waits until `more` further events were accepted.
    pub async fn accepts(&self, more: usize) {
        self.accepts_since(self.accepted(), more).await;
    }

    /// Waits until `more` were accepted than the `earlier` ones.
    pub async fn accepts_since(&self, earlier: usize, more: usize) {
        let goal = earlier + more;
        let what = format!("{more} more events are accepted");
        until(&what, BOUND, || async { self.accepted() >= goal }).await;
    }

    /// Waits until `more` further events were refused; [`SENDERS`] is more than were in flight.
    pub async fn refuses(&self, more: usize) {
        let goal = self.refused() + more;
        let what = format!("{more} more events are refused");
        until(&what, BOUND, || async { self.refused() >= goal }).await;
    }

    pub async fn end(self) -> Ledger {
        self.stop.store(true, Ordering::Relaxed);
        self.ledger.await.expect("no sender panics")
    }
}
