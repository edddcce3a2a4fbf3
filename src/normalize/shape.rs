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

use super::expression::Expression;
use super::{Delivery, Event, Oddity};
use crate::peek::Pointers;

/// What is done with the events of one source. The default does nothing.
#[derive(Debug, Default)]
pub struct Shape {
    filter: Filter,
    schemas: Vec<Schema>,
    edit: Edit,
    /// What filters, schemas and routes ask of the data, where several do.
    asks: Option<Arc<Pointers>>,
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
    pub fn new(filter: Filter, schemas: Vec<Schema>, edit: Edit) -> Self {
        Self {
            filter,
            schemas,
            edit,
            asks: None,
        }
    }

    /// Has events read once for its own rules and `further` ones.
    pub fn read_once_with<'e>(&mut self, further: impl Iterator<Item = &'e Expression>) {
        let mut asks = Pointers::default();
        let mut count = 0;
        let mut ask = |pointers: &Pointers| {
            asks.extend(pointers);
            count += 1;
        };
        let own = self.filter.when.iter().filter_map(Expression::pointers);
        own.for_each(&mut ask);
        let schemas = self.schemas.iter().filter_map(Schema::pointers);
        schemas.for_each(&mut ask);
        further.filter_map(Expression::pointers).for_each(&mut ask);
        // One alone reads for itself.
        self.asks = (count > 1).then(|| Arc::new(asks));
    }

    /// Whether the data that goes on is not all that came.
    pub fn edits(&self) -> bool {
        !self.edit.is_empty()
    }

    fn is_idle(&self) -> bool {
        let is_asked = self.asks.is_some();
        self.filter.is_empty() && self.schemas.is_empty() && self.edit.is_empty() && !is_asked
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
            event.asked.clone_from(&self.asks);
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
