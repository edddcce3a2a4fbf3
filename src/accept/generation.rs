//! What requests are let in and judged by: one reading of the configuration, replaced as a whole.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::Semaphore;

use super::access::Access;
use super::rates::{Clients, Limiter};
use super::{Doors, Limits, Whose};
use crate::metrics::Metrics;

/// All that a request meets from its head to its reply. A request holds the one that it began with.
pub struct Generation<C> {
    pub doors: Doors,
    pub(super) limits: Limits,
    pub(super) in_flight: Arc<Semaphore>,
    pub(super) rate: Option<Arc<Limiter>>,
    pub(super) clients: Option<Arc<Clients>>,
    pub(super) access: Arc<Access>,
    /// The rest of the journey.
    pub carry: C,
    /// With its own sources' places.
    pub(super) metrics: Arc<Metrics>,
}

impl<C> fmt::Debug for Generation<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generation").finish_non_exhaustive()
    }
}

impl<C> Generation<C> {
    /// The one that follows `before`: whoever has used up a rate there has used it up here, unless
    /// the rate is another.
    pub fn new(
        doors: Doors,
        limits: Limits,
        carry: C,
        metrics: Arc<Metrics>,
        before: Option<&Self>,
    ) -> Self {
        let same = |is_same: fn(&Limits, &Limits) -> bool| {
            before.filter(|before| is_same(&before.limits, &limits))
        };
        let in_flight = match same(|one, other| one.in_flight_max == other.in_flight_max) {
            Some(before) => Arc::clone(&before.in_flight),
            None => Arc::new(Semaphore::new(limits.in_flight_max)),
        };
        let rate = match same(|one, other| one.rate == other.rate) {
            Some(before) => before.rate.clone(),
            None => limits.rate.map(|it| Arc::new(Limiter::new(it, Whose::All))),
        };
        let clients = match same(|one, other| one.client_rate == other.client_rate) {
            Some(before) => before.clients.clone(),
            None => limits.client_rate.map(|it| Arc::new(Clients::new(it))),
        };
        let access = match same(|one, other| one.access_log == other.access_log) {
            Some(before) => Arc::clone(&before.access),
            None => Arc::new(Access::new(limits.access_log)),
        };
        Self {
            doors,
            limits,
            in_flight,
            rate,
            clients,
            access,
            carry,
            metrics,
        }
    }
}

/// The generation that requests begin with now.
pub struct Current<C>(RwLock<Arc<Generation<C>>>);

impl<C> fmt::Debug for Current<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Current").finish_non_exhaustive()
    }
}

impl<C> Current<C> {
    pub fn new(generation: Generation<C>) -> Self {
        Self(RwLock::new(Arc::new(generation)))
    }

    pub fn get(&self) -> Arc<Generation<C>> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Requests begin with `next` from now on; the one before.
    pub fn replace(&self, next: Generation<C>) -> Arc<Generation<C>> {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, Arc::new(next))
    }
}
