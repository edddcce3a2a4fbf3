//! The latest exchanges: so many, and of so many bytes, at most.

use std::collections::VecDeque;
use std::sync::Arc;

use super::exchange::Exchange;

/// The oldest go first.
#[derive(Debug)]
pub(super) struct Ring {
    kept: VecDeque<(Arc<Exchange>, usize)>,
    bytes: usize,
    entries_max: usize,
    bytes_max: usize,
    next: u64,
}

impl Ring {
    pub(super) fn new(entries_max: usize, bytes_max: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            bytes: 0,
            entries_max,
            bytes_max,
            next: 1,
        }
    }

    /// Keeps an exchange, and gives it its number.
    pub(super) fn push(&mut self, mut exchange: Exchange) -> Arc<Exchange> {
        exchange.seq = self.next;
        self.next += 1;
        let bytes = exchange.bytes();
        let exchange = Arc::new(exchange);
        self.kept.push_back((Arc::clone(&exchange), bytes));
        self.bytes += bytes;
        while self.kept.len() > self.entries_max || self.bytes > self.bytes_max {
            let Some((_, bytes)) = self.kept.pop_front() else {
                break;
            };
            self.bytes -= bytes;
        }
        exchange
    }

    pub(super) fn get(&self, seq: u64) -> Option<Arc<Exchange>> {
        let (first, _) = self.kept.front()?;
        let at = usize::try_from(seq.checked_sub(first.seq)?).ok()?;
        self.kept.get(at).map(|(exchange, _)| Arc::clone(exchange))
    }

    /// Those before `before`, the newest first, and whether there are more.
    pub(super) fn before(
        &self,
        before: u64,
        limit: usize,
        wanted: impl Fn(&Exchange) -> bool,
    ) -> (Vec<Arc<Exchange>>, bool) {
        let older = self.kept.iter().rev().map(|(exchange, _)| exchange);
        let mut older = older.filter(|exchange| exchange.seq < before && wanted(exchange));
        let page: Vec<_> = older.by_ref().take(limit).map(Arc::clone).collect();
        (page, older.next().is_some())
    }

    /// Those after `after`, the oldest first; and whether some after it are gone.
    pub(super) fn after(&self, after: u64) -> (Vec<Arc<Exchange>>, bool) {
        let newer = self.kept.iter().map(|(exchange, _)| exchange);
        let newer = newer.filter(|exchange| exchange.seq > after);
        let first = self.kept.front().map_or(self.next, |(first, _)| first.seq);
        (
            newer.map(Arc::clone).collect(),
            after.saturating_add(1) < first,
        )
    }

    pub(super) fn entries(&self) -> usize {
        self.kept.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The number of the latest.
    pub(super) fn last(&self) -> u64 {
        self.next - 1
    }
}
