//! A request that is on its way, as far as it is known. Nothing is worked out here: whoever waits for
//! the reply waits for a few clones, and for nothing where nobody looks on.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::Inspector;
use super::exchange::{End, Stages, Whose};
use super::facts::Facts;
use crate::accept::{Received, Reply};
use crate::publish::{Landings, Parcel};
use crate::settings::compile::Endpoint;
use crate::time::UnixTime;

/// What the path tells of one request.
#[derive(Debug)]
pub struct Note {
    inspector: Arc<Inspector>,
    started: Instant,
    lap: Instant,
    /// `None` once it is handed on.
    draft: Option<Draft>,
}

/// All that is known of a request once it is over. It still holds what is not to be kept.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) received: Received,
    pub(super) whose: Whose,
    /// The source's place in the settings that it was judged by.
    pub(super) source: Option<usize>,
    /// These.
    pub(super) facts: Arc<Facts>,
    pub(super) endpoint: Option<Arc<Endpoint>>,
    pub(super) stages: Stages,
    pub(super) parcels: Vec<(Parcel, Landings)>,
    pub(super) end: End,
    pub(super) replay_of: Option<u64>,
    pub(super) kept: Option<oneshot::Sender<u64>>,
    /// Whether its body came at all.
    pub(super) was_read: bool,
}

impl Draft {
    pub(super) fn new(received: Received, facts: Arc<Facts>, started: Instant) -> Self {
        Self {
            received,
            whose: Whose::default(),
            source: None,
            facts,
            endpoint: None,
            stages: Stages {
                whole: ms(started.elapsed()),
                ..Stages::default()
            },
            parcels: Vec::new(),
            end: End {
                // What is said of a request whose client went away: there is no status for it.
                status: 499,
                outcome: "unavailable",
                reason: "client_left",
                message: "the client went away before it was answered".to_owned(),
            },
            replay_of: None,
            kept: None,
            was_read: true,
        }
    }

    pub(super) fn belongs_to(&mut self, source: usize, tenant: Option<Arc<str>>) {
        let known = self.facts.sources.get(source);
        self.whose.source = known.map(|known| Arc::clone(&known.name));
        self.whose.tenant = tenant;
        self.source = Some(source);
    }

    /// About how many bytes it holds.
    pub(super) fn bytes(&self) -> usize {
        self.received.body().len() + self.received.encoded().len() + 4096
    }
}

impl Note {
    pub(super) fn new(inspector: Arc<Inspector>, draft: Draft, started: Instant) -> Self {
        Self {
            inspector,
            started,
            lap: Instant::now(),
            draft: Some(draft),
        }
    }

    /// It is judged by this from now on.
    pub fn held_against(&mut self, endpoint: &Arc<Endpoint>) {
        if let Some(draft) = &mut self.draft {
            draft.endpoint = Some(Arc::clone(endpoint));
        }
        self.lap = Instant::now();
    }

    /// It is known whether it is authentic.
    pub fn verified(&mut self) {
        let lap = self.lap();
        if let Some(draft) = &mut self.draft {
            draft.stages.verify = Some(lap);
        }
    }

    /// Its events are about to be published.
    pub fn normalized(&mut self, parcels: &mut [Parcel]) {
        let lap = self.lap();
        if let Some(draft) = &mut self.draft {
            draft.stages.normalize = Some(lap);
            let watched = parcels.iter_mut().map(|parcel| {
                let landings = parcel.watch();
                (parcel.clone(), landings)
            });
            draft.parcels = watched.collect();
        }
    }

    /// It is answered.
    pub fn end(mut self, reply: &Reply) {
        let lap = self.lap();
        if let Some(draft) = &mut self.draft {
            draft.end = End::of(reply);
            if !draft.parcels.is_empty() {
                draft.stages.publish = Some(lap);
            }
        }
    }

    fn lap(&mut self) -> f64 {
        let now = Instant::now();
        let lap = now - self.lap;
        self.lap = now;
        ms(lap)
    }
}

impl Drop for Note {
    /// Also where the client went away, and the request with it.
    fn drop(&mut self) {
        if let Some(mut draft) = self.draft.take() {
            draft.stages.whole = ms(self.started.elapsed());
            self.inspector.hand_on(draft);
        }
    }
}

pub(super) fn ms(duration: std::time::Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Now, for what has no request of its own.
pub(super) fn now() -> UnixTime {
    UnixTime::now()
}
