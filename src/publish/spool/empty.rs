//! Emptying a spool once, while no daemon runs.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, interval};

use super::Opened;
use crate::publish::Sink;

/// How often it is looked whether something is left.
const LOOK_EVERY: Duration = Duration::from_millis(20);

impl Opened {
    /// Publishes what waits to `sink`, as the daemon does, until nothing is left or `within` is over;
    /// how many entries are left. They stay where they are.
    pub async fn empty(self, sink: Arc<Sink>, within: Duration) -> u64 {
        let Self { spool, drain } = self;
        let left = || spool.waiting.entries.load(Ordering::Acquire);
        let (stop, stopping) = watch::channel(false);
        let deadline = Instant::now() + within;
        let (_only, sink) = watch::channel(sink);
        let draining = tokio::spawn(drain.run(sink, stopping));
        let mut look = interval(LOOK_EVERY);
        while left() > 0 && Instant::now() < deadline && !draining.is_finished() {
            look.tick().await;
        }
        let _ = stop.send(true);
        // What is on its way is waited for; a drain that panicked leaves the rest on disk.
        let _ = draining.await;
        let left = left();
        spool.close().await;
        left
    }
}
