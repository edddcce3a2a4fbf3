//! Which sinks an event goes to: the first rule that it fits says so, and the last fits all.

use std::fmt;
use std::sync::Arc;

use super::{Landed, Landings, Placement};
use crate::glob::Glob;
use crate::normalize::expression::Expression;
use crate::normalize::shape::{Filter, Verdict, fits_any};
use crate::normalize::{Dropped, Event, Oddity};

/// When events go a way of their own.
#[derive(Debug)]
pub struct Rule {
    pub name: Arc<str>,
    /// Event types that it is for; all where there are none.
    pub types: Vec<Glob>,
    /// What must be true of the event, beside its type.
    pub when: Option<Expression>,
    /// Which of its events are wanted.
    pub filter: Filter,
}

/// What a rule says of an event, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fit {
    Fits,
    OtherType,
    /// The condition is false.
    NotWhen,
    /// The condition says nothing about this event.
    Undecided(String),
}

/// The ways out of one source.
#[derive(Debug)]
pub struct Routing {
    /// In order: the first that an event fits is its way.
    pub ways: Vec<Way>,
    /// For whatever fits no other.
    pub last: Way,
}

/// A rule, and where what fits it goes: at least one place, or a receipt would stand for nothing.
#[derive(Debug)]
pub struct Way {
    rule: Arc<Rule>,
    to: Arc<[Placement]>,
}

impl Way {
    /// `None` where it leads nowhere.
    pub fn new(rule: Arc<Rule>, to: Vec<Placement>) -> Option<Self> {
        (!to.is_empty()).then(|| Self {
            rule,
            to: to.into(),
        })
    }
}

/// An event, and where it goes.
#[derive(Debug, Clone)]
pub struct Parcel {
    event: Event,
    to: Arc<[Placement]>,
    /// Where somebody wants to know.
    told: Option<Landings>,
}

impl Parcel {
    pub fn event(&self) -> &Event {
        &self.event
    }

    pub fn to(&self) -> &[Placement] {
        &self.to
    }

    /// Has it told where its records come to lie: the same parcel's earlier ones are forgotten.
    pub fn watch(&mut self) -> Landings {
        self.told.insert(Landings::default()).clone()
    }

    /// The same with other bytes for the data, which say the same.
    #[must_use]
    pub fn with_data(mut self, data: bytes::Bytes) -> Self {
        self.event.replace_data(data);
        self
    }

    pub(super) fn tell(&self, placement: usize, landed: Landed) {
        if let Some(told) = &self.told {
            told.note(placement, landed);
        }
    }
}

impl Rule {
    /// The rule that every event fits.
    pub fn all(name: &str) -> Self {
        Self {
            name: name.into(),
            types: Vec::new(),
            when: None,
            filter: Filter::default(),
        }
    }

    /// What it asks of events.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.when.iter().chain(&self.filter.when)
    }

    pub fn fit(&self, event: &Event) -> Fit {
        if !self.types.is_empty() && !fits_any(&self.types, event) {
            return Fit::OtherType;
        }
        match self.when.as_ref().map(|when| when.holds(event)) {
            None | Some(Ok(true)) => Fit::Fits,
            Some(Ok(false)) => Fit::NotWhen,
            Some(Err(undecided)) => Fit::Undecided(undecided.to_string()),
        }
    }

    /// Proof that the filter drops `event`, which is one that fits; what the filter cannot judge is odd
    /// from then on.
    pub fn drops(&self, event: &mut Event) -> Option<Dropped> {
        if event.oddity().is_some() || self.filter.is_empty() {
            return None;
        }
        match self.filter.judge(event, Some(&self.name)) {
            Verdict::Passes => {}
            Verdict::Drops(dropped) => return Some(dropped),
            Verdict::Undecided(said) => {
                let said = format!("route {}: {said}", self.name);
                event.be_odd(Oddity::FilterFailed, said);
            }
        }
        None
    }

    /// Whether every event fits.
    pub fn fits_all(&self) -> bool {
        self.types.is_empty() && self.when.is_none()
    }

    /// Whether whatever fits `later` fits this too.
    pub fn covers(&self, later: &Self) -> bool {
        let covered = |glob: &Glob| self.types.iter().any(|own| own.covers(glob));
        let types =
            self.types.is_empty() || (!later.types.is_empty() && later.types.iter().all(covered));
        let is_same = |own: &Expression| {
            let other = later.when.as_ref();
            other.is_some_and(|other| other.text() == own.text())
        };
        types && self.when.as_ref().is_none_or(is_same)
    }
}

impl Routing {
    /// Finds the way of `event`. What cannot be judged goes the last way, as a dead letter.
    ///
    /// # Errors
    /// The route's filter drops it.
    pub fn route(&self, mut event: Event) -> Result<Parcel, Dropped> {
        let way = self.find(&mut event);
        if let Some(dropped) = way.rule.drops(&mut event) {
            return Err(dropped);
        }
        let to = Arc::clone(&way.to);
        Ok(Parcel {
            event,
            to,
            told: None,
        })
    }

    /// Whether an event could be stored now that comes alone, whatever its way.
    pub fn has_room(&self) -> bool {
        let mut ways = self.ways.iter().chain([&self.last]);
        ways.any(|way| way.to.iter().all(|placement| placement.sink.has_room()))
    }

    fn find(&self, event: &mut Event) -> &Way {
        let rules = self.ways.iter().map(|way| &*way.rule);
        let found = first_fit(rules, event, &mut |_, _| {});
        found.and_then(|at| self.ways.get(at)).unwrap_or(&self.last)
    }
}

/// The place of the first of `rules` that `event` fits; each that is looked at is told to `say`. `None`
/// where no rule is its own: an event that a rule cannot judge is odd from then on.
pub fn first_fit<'r>(
    rules: impl Iterator<Item = &'r Rule>,
    event: &mut Event,
    say: &mut dyn FnMut(&Rule, &Fit),
) -> Option<usize> {
    if event.oddity().is_some() {
        return None;
    }
    for (at, rule) in rules.enumerate() {
        let fit = rule.fit(event);
        say(rule, &fit);
        match fit {
            Fit::Fits => return Some(at),
            Fit::OtherType | Fit::NotWhen => {}
            Fit::Undecided(said) => {
                let said = format!("route {}: {said}", rule.name);
                event.be_odd(Oddity::FilterFailed, said);
                return None;
            }
        }
    }
    None
}

impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fits => f.write_str("fits"),
            Self::OtherType => f.write_str("is for other types"),
            Self::NotWhen => f.write_str("its condition is false"),
            Self::Undecided(said) => write!(f, "its condition says nothing: {said}"),
        }
    }
}
