//! Readers of the brokers, each on a thread of its own, so that one that hangs holds up nothing.

use std::ops::ControlFlow;

use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::foresee::Arriving;
use crate::publish::read::Seen;

/// What a reader tells; the number is its place's.
#[derive(Debug)]
pub(super) enum Told {
    Ready,
    Arrived(usize, Seen, Instant),
    /// It can read no longer, in the broker's words.
    Ended(String),
}

/// The readers of one run. They end when it is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    told: mpsc::Receiver<Told>,
    _end: Vec<oneshot::Sender<()>>,
}

impl Watch {
    /// Begins to look at `places` for the messages of `run`.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn begin(places: &[Arriving], run: &str) -> Result<Self, String> {
        // Room for all that is waited for; what is stored twice is not missed.
        let room = places.iter().map(|it| it.count + 2).sum::<usize>();
        let (tell, told) = mpsc::channel(room.max(1));
        let mut end = Vec::new();
        for (at, Arriving { place, .. }) in places.iter().enumerate() {
            let (place, run, tell) = (place.clone(), run.to_owned(), tell.clone());
            let (own, ended) = oneshot::channel::<()>();
            end.push(own);
            let read = async move {
                let ready = || drop(tell.try_send(Told::Ready));
                let each = |seen| {
                    let told = Told::Arrived(at, seen, Instant::now());
                    match tell.try_send(told) {
                        Ok(()) | Err(TrySendError::Full(_)) => ControlFlow::Continue(()),
                        Err(TrySendError::Closed(_)) => ControlFlow::Break(()),
                    }
                };
                tokio::select! {
                    read = place.watch(&run, ready, each) => {
                        let said = read.err().unwrap_or_else(|| "the reader ended".to_owned());
                        let _ = tell.try_send(Told::Ended(said));
                    }
                    _ = ended => {}
                }
            };
            let thread = std::thread::Builder::new().name("check-reader".to_owned());
            let thread = thread.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                if let Ok(runtime) = runtime {
                    runtime.block_on(read);
                    // A question that a broker does not answer may still be waiting.
                    runtime.shutdown_background();
                }
            });
            thread.map_err(|error| format!("no thread for a reader: {error}"))?;
        }
        Ok(Self { told, _end: end })
    }

    /// What is told next, until `deadline`; `None` then, and where all readers have ended.
    pub(super) async fn next(&mut self, deadline: Instant) -> Option<Told> {
        let next = tokio::time::timeout_at(deadline, self.told.recv()).await;
        next.ok().flatten()
    }
}
