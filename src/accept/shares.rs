//! How many connections each client has open, so that none has all of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::rates::network;

/// Why a connection was closed, for metric labels.
pub(super) const REASON: &str = "client_connections";
/// There is a line for those that were closed no more often than this.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// The clients that have a connection: no more of them than there are connections, and so bounded as those.
#[derive(Debug, Default)]
pub(super) struct Shares {
    /// By what [`network`] makes of their addresses. Hashed under a key of this process alone.
    open: Mutex<HashMap<IpAddr, usize>>,
    told: Mutex<Told>,
}

/// What the log has said of connections that were closed.
#[derive(Debug, Default)]
struct Told {
    last: Option<Instant>,
    /// Closed since.
    closed: u64,
}

/// A connection that counts as its client's for as long as this lives.
#[derive(Debug)]
pub(super) struct Share {
    shares: Arc<Shares>,
    client: IpAddr,
}

impl Shares {
    /// One more connection of `client`; `None` when it has `most` or more. It may have more of them than
    /// that since `most` was lowered.
    pub(super) fn take(self: &Arc<Self>, client: IpAddr, most: usize) -> Option<Share> {
        let client = network(client);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        match open.entry(client) {
            Entry::Occupied(it) if *it.get() >= most => return None,
            Entry::Occupied(mut it) => *it.get_mut() += 1,
            Entry::Vacant(it) => {
                it.insert(1);
            }
        }
        drop(open);
        let shares = Arc::clone(self);
        Some(Share { shares, client })
    }

    /// Has the log say that a connection of `client` beyond `most` is closed, or in time that many were.
    pub(super) fn tell(&self, client: IpAddr, most: usize) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.closed += 1;
        if told.last.is_none_or(|last| last.elapsed() >= LINE_EVERY) {
            told.last = Some(Instant::now());
            let closed = std::mem::take(&mut told.closed);
            drop(told);
            tracing::warn!(
                %client,
                closed,
                "more connections than limits.client_connections_max, {most}: those beyond are closed"
            );
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let open = &self.shares.open;
        let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut it) = open.entry(self.client) {
            if *it.get() > 1 {
                *it.get_mut() -= 1;
            } else {
                it.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::Arc;

    use super::Shares;

    #[test]
    fn nothing_stays_of_a_client_without_connections() {
        let shares = Arc::new(Shares::default());
        let held: Vec<_> = (0..100_000_u32)
            .map(|number| {
                let client = IpAddr::V4(Ipv4Addr::from(number % 1000));
                shares.take(client, 100).expect("it has fewer")
            })
            .collect();
        assert!(shares.take([0, 0, 0, 7].into(), 100).is_none());
        assert_eq!(shares.open.lock().expect("unpoisoned").len(), 1000);
        drop(held);
        assert!(shares.open.lock().expect("unpoisoned").is_empty());
        // Lowered meanwhile: what is there stays, and nothing comes to it.
        let held = [(); 3].map(|()| shares.take([0, 0, 0, 7].into(), 5).expect("it has fewer"));
        assert!(shares.take([0, 0, 0, 7].into(), 2).is_none());
        drop(held);
        assert!(shares.take([0, 0, 0, 7].into(), 2).is_some());
    }
}
