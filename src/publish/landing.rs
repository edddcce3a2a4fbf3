//! Where a record has come to lie, for whoever looks on.

use std::sync::{Arc, Mutex, PoisonError};

/// Where a broker, or the spool, has a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landing {
    /// By the broker's own word.
    Kafka { partition: i32, offset: i64 },
    /// Confirmed; RabbitMQ names no place.
    Rabbitmq,
    /// On the spool's disk, from where it is published later.
    Spooled,
}

/// A [`Landing`], and what as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Landed {
    pub at: Landing,
    /// Why it lies there as a dead letter, where the broker did not take the record itself.
    pub buried: Option<&'static str>,
}

impl Landed {
    pub(super) const fn as_meant(at: Landing) -> Self {
        Self { at, buried: None }
    }
}

/// What came of one event at each of its placements. Its clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Landings(Arc<Mutex<Vec<Option<Landed>>>>);

impl Landings {
    pub(super) fn note(&self, placement: usize, landed: Landed) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() <= placement {
            known.resize(placement + 1, None);
        }
        if let Some(known) = known.get_mut(placement) {
            *known = Some(landed);
        }
    }

    /// By placement; `None` where nothing is confirmed.
    pub fn all(&self) -> Vec<Option<Landed>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }
}
