//! What an operator makes of a source's events before they are published: which are wanted, whether
//! they are whole, and what of them goes on.
//!
//! In this order, for each event: the filter drops what is not wanted; schemas are held against the
//! data; then the data is edited. What any of them cannot judge becomes a dead letter with the data as
//! it came, and nothing is dropped but by the filter's word.

mod edit;
mod filter;
mod keep;
mod redact;
mod validate;

use std::sync::Arc;

pub use edit::{Edit, EditOptions, is_path};
pub use filter::{Filter, Verdict, fits_any};
pub use redact::{Redaction, With};
pub use validate::{OnViolation, Schema, Violation, required};

use super::{Delivery, Event, Oddity};

/// What is done with the events of one source. The default does nothing.
#[derive(Debug, Default)]
pub struct Shape {
    pub filter: Filter,
    pub schemas: Vec<Schema>,
    pub edit: Edit,
}

/// Proof that an event was dropped by the operator's word. Only a filter makes one.
///
/// ```compile_fail
/// let forged = hookferry::normalize::Dropped { rule: "types" };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "it stands for an event"]
pub struct Dropped {
    rule: Arc<str>,
}

impl Dropped {
    /// Which rule dropped it: `types` or `when`, and the route's name before it where it was a route's.
    pub fn rule(&self) -> &str {
        &self.rule
    }
}

/// A delivery that is not taken, because an event of it violates a schema that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Of the first such event; at least one.
    pub violations: Vec<Violation>,
    /// How many events the delivery has.
    pub events: usize,
}

impl Shape {
    fn is_idle(&self) -> bool {
        self.filter.is_empty() && self.schemas.is_empty() && self.edit.is_empty()
    }

    /// Shapes a delivery's events.
    ///
    /// # Errors
    /// One of them violates a schema whose violations are rejected. None of them is to be published.
    pub fn apply(&self, mut delivery: Delivery) -> Result<Delivery, Rejected> {
        if self.is_idle() {
            return Ok(delivery);
        }
        let events = std::mem::take(&mut delivery.events);
        let count = events.len();
        for mut event in events {
            // What cannot be read cannot be judged, and is not lost.
            if event.oddity.is_none() {
                match self.filter.judge(&event, None) {
                    Verdict::Passes => {
                        let judged = self.judge(&mut event);
                        judged.map_err(|violations| Rejected {
                            violations,
                            events: count,
                        })?;
                    }
                    Verdict::Drops(dropped) => {
                        delivery.dropped.push(dropped);
                        continue;
                    }
                    Verdict::Undecided(said) => event.be_odd(Oddity::FilterFailed, said),
                }
            }
            delivery.events.push(event);
        }
        Ok(delivery)
    }

    /// Validates and edits one event.
    fn judge(&self, event: &mut Event) -> Result<(), Vec<Violation>> {
        for schema in &self.schemas {
            validate::judge(schema, event)?;
        }
        if event.oddity.is_none() {
            self.edit.apply(event);
        }
        Ok(())
    }
}
