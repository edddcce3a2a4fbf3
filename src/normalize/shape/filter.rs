//! Which events are wanted.

use std::sync::Arc;

use super::Dropped;
use crate::glob::Glob;
use crate::normalize::Event;
use crate::normalize::expression::Expression;

/// Which events pass. An empty one lets all pass.
#[derive(Debug, Default)]
pub struct Filter {
    /// Event types of which one must fit; any where there are none.
    pub include: Vec<Glob>,
    /// Event types of which none may fit.
    pub exclude: Vec<Glob>,
    /// What must be true.
    pub when: Option<Expression>,
}

/// What a filter says of an event.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Passes,
    Drops(Dropped),
    /// The expression says nothing about this event, and why.
    Undecided(String),
}

impl Filter {
    pub fn is_empty(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty() && self.when.is_none()
    }

    /// Judges `event`; `route` is the name of the route whose filter it is.
    pub fn judge(&self, event: &Event, route: Option<&str>) -> Verdict {
        let drops = |rule: &str| {
            let rule: Arc<str> = match route {
                None => rule.into(),
                Some(route) => format!("{route}.{rule}").into(),
            };
            Verdict::Drops(Dropped { rule })
        };
        let is_included = self.include.is_empty() || fits_any(&self.include, event);
        if !is_included || fits_any(&self.exclude, event) {
            return drops("types");
        }
        match self.when.as_ref().map(|when| when.holds(event)) {
            None | Some(Ok(true)) => Verdict::Passes,
            Some(Ok(false)) => drops("when"),
            Some(Err(undecided)) => Verdict::Undecided(undecided.to_string()),
        }
    }
}

/// Whether one of `types` fits the event's type: the provider's own, the envelope's, or the canonical
/// one, where it has one.
pub fn fits_any(types: &[Glob], event: &Event) -> bool {
    let own = event.event().unwrap_or("unknown");
    let canonical = event.canonical();
    let fits = |glob: &Glob| {
        glob.fits(own) || glob.fits(event.kind()) || canonical.is_some_and(|it| glob.fits(it))
    };
    types.iter().any(fits)
}
