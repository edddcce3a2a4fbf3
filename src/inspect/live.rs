//! What comes, as it comes, for a page that stays open: Server-Sent Events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Instant, timeout};

/// Without news, so often a sign of life.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// After this a reader comes again, as its browser does by itself.
const ENDS_AFTER: Duration = Duration::from_secs(3600);

/// News that all readers share.
#[derive(Debug)]
pub(super) struct News {
    pub(super) seq: u64,
    /// As it is sent.
    pub(super) text: Bytes,
}

/// One reader's stream. Whoever reads too slowly misses something, and is told.
#[derive(Debug)]
pub struct Live {
    news: Receiver<Arc<News>>,
    waiting: VecDeque<Bytes>,
    /// The latest that it has, so that nothing comes twice.
    seen: u64,
    ends: Instant,
    _permit: OwnedSemaphorePermit,
}

impl Live {
    pub(super) fn new(
        news: Receiver<Arc<News>>,
        waiting: VecDeque<Bytes>,
        seen: u64,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            news,
            waiting,
            seen,
            ends: Instant::now() + ENDS_AFTER,
            _permit: permit,
        }
    }

    /// The next piece of the stream; `None` at its end.
    pub async fn next(&mut self) -> Option<Bytes> {
        if let Some(waiting) = self.waiting.pop_front() {
            return Some(waiting);
        }
        if Instant::now() > self.ends {
            return None;
        }
        loop {
            return match timeout(KEEP_ALIVE, self.news.recv()).await {
                Err(_) => Some(Bytes::from_static(b": \n\n")),
                Ok(Ok(news)) if news.seq <= self.seen => continue,
                Ok(Ok(news)) => {
                    self.seen = news.seq;
                    Some(news.text.clone())
                }
                Ok(Err(RecvError::Lagged(missed))) => Some(gap(missed)),
                Ok(Err(RecvError::Closed)) => None,
            };
        }
    }
}

/// That some were missed.
pub(super) fn gap(missed: u64) -> Bytes {
    format!("event: gap\ndata: {{\"missed\":{missed}}}\n\n").into()
}

/// One exchange; `json` is on one line.
pub(super) fn event(seq: u64, json: &str) -> Bytes {
    format!("event: exchange\nid: {seq}\ndata: {json}\n\n").into()
}
