//! What comes, as it comes, for a page that stays open: Server-Sent Events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Instant, timeout};

use super::Inspector;
use super::note::now;

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

/// Who reads along, and may for as long as the session goes on, or the token is the same.
pub(super) struct Reader {
    pub(super) inspector: Weak<Inspector>,
    pub(super) headers: HeaderMap,
}

/// The token or the session is in the headers.
impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}

impl Reader {
    fn may_look(&self) -> bool {
        let inspector = self.inspector.upgrade();
        inspector.is_some_and(|it| it.guard.authorize(&self.headers, now()).is_ok())
    }
}

/// One reader's stream. Whoever reads too slowly misses something, and is told.
#[derive(Debug)]
pub struct Live {
    reader: Reader,
    news: Receiver<Arc<News>>,
    waiting: VecDeque<Bytes>,
    /// The latest that it has, so that nothing comes twice.
    seen: u64,
    ends: Instant,
    _permit: OwnedSemaphorePermit,
}

impl Live {
    pub(super) fn new(
        reader: Reader,
        news: Receiver<Arc<News>>,
        waiting: VecDeque<Bytes>,
        seen: u64,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            reader,
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
            let next = timeout(KEEP_ALIVE, self.news.recv()).await;
            if !self.reader.may_look() {
                return None;
            }
            return match next {
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
