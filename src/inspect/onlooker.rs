//! Where the path tells of its requests: the inspector, and the configuration that they are judged by.

use std::sync::{Arc, PoisonError};

use tokio::time::Instant;

use super::exchange::End;
use super::note::{Draft, Note, ms};
use super::{Facts, Inspector};
use crate::accept::{Bin, Denial, Door, Received, Reply};
use crate::settings::BINS;
use crate::time::UnixTime;

/// The inspector, for one reading of the configuration.
#[derive(Debug)]
pub struct Onlooker {
    pub(super) inspector: Arc<Inspector>,
    pub(super) facts: Arc<Facts>,
}

impl Onlooker {
    pub fn new(inspector: &Arc<Inspector>, facts: Facts) -> Self {
        Self {
            inspector: Arc::clone(inspector),
            facts: Arc::new(facts),
        }
    }

    /// Its configuration is the one in force from now on.
    pub fn takes_over(&self) {
        if let Some(access) = &self.facts.access {
            self.inspector.guard.renew(access);
        }
        let slot = self.inspector.facts.write();
        *slot.unwrap_or_else(PoisonError::into_inner) = Arc::clone(&self.facts);
    }

    /// Takes note of a request that is about to be judged.
    pub fn begin(&self, door: &Door, received: &Received, started: Instant) -> Note {
        let mut draft = self.draft(received.clone(), started);
        draft.stages.read = Some(ms(started.elapsed()));
        draft.belongs_to(door.source, door.tenant.clone());
        Note::new(Arc::clone(&self.inspector), draft, started)
    }

    /// Takes note of a request that was turned away.
    pub fn turned_away(
        &self,
        door: Option<&Door>,
        seen: &Received,
        reply: &Reply,
        started: Instant,
    ) {
        let mut draft = self.draft(seen.clone(), started);
        draft.was_read = false;
        draft.end = End::of(reply);
        if let Some(door) = door {
            draft.belongs_to(door.source, door.tenant.clone());
        }
        self.inspector.hand_on(draft);
    }

    /// The bin that takes what comes to `path`.
    pub fn bin_at(&self, path: &str) -> Option<Bin> {
        // Cheap for all other paths.
        if !path.starts_with(BINS) {
            return None;
        }
        Some(Bin {
            id: self.inspector.bins().at(path, UnixTime::now())?,
            body_bytes_max: self.facts.body_bytes_max,
        })
    }

    /// Keeps what a bin was sent, and says what that is answered, in its time.
    pub async fn capture(&self, bin: Bin, received: Received, started: Instant) -> Reply {
        let (taken, delayed) = {
            let mut bins = self.inspector.bins();
            (bins.take(&bin.id), Arc::clone(&bins.delayed))
        };
        let Some(reply) = taken else {
            return Reply::denied(&Denial::NotFound);
        };
        let read = ms(started.elapsed());
        if let Ok(_permit) = delayed.try_acquire() {
            tokio::time::sleep(reply.delay).await;
        }
        let reply = reply.reply();
        let mut draft = self.draft(received, started);
        draft.stages.read = Some(read);
        draft.whose.bin = Some(bin.id);
        draft.end = End::of(&reply);
        self.inspector.hand_on(draft);
        reply
    }

    fn draft(&self, received: Received, started: Instant) -> Draft {
        // The trace is the request's, and ends with it.
        let received = received.part_of(None);
        Draft::new(received, Arc::clone(&self.facts), started)
    }
}
