//! What a source's requests are judged and read by: one for all of them, or one for each tenant.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::compile::Endpoint;

/// What stands for a tenant's name in a source's path.
pub const TENANT: &str = "{tenant}";

/// The endpoints of one source.
#[derive(Debug)]
pub enum Endpoints {
    One(Arc<Endpoint>),
    /// Each tenant has secrets of its own, and an address of its own in `source`.
    Tenants {
        known: BTreeMap<Arc<str>, Arc<Endpoint>>,
        /// Those whose secrets could not be read.
        faulty: BTreeSet<Arc<str>>,
    },
}

impl Endpoints {
    /// The endpoint for what arrives at the path of `tenant`; `None` where there is no such tenant.
    pub fn of(&self, tenant: Option<&str>) -> Option<&Arc<Endpoint>> {
        match (self, tenant) {
            (Self::One(endpoint), None) => Some(endpoint),
            (Self::Tenants { known, .. }, Some(tenant)) => known.get(tenant),
            (Self::One(_), Some(_)) | (Self::Tenants { .. }, None) => None,
        }
    }

    /// All of them, with whose they are.
    pub fn all(&self) -> impl Iterator<Item = (Option<&Arc<str>>, &Arc<Endpoint>)> {
        let (one, tenants) = match self {
            Self::One(endpoint) => (Some((None, endpoint)), None),
            Self::Tenants { known, .. } => (None, Some(known)),
        };
        let tenants = tenants.into_iter().flatten();
        one.into_iter()
            .chain(tenants.map(|(tenant, endpoint)| (Some(tenant), endpoint)))
    }

    /// How many tenants there are, and how many of those that could not be read; `None` where it has
    /// none by its nature.
    pub fn count(&self) -> Option<(usize, usize)> {
        match self {
            Self::One(_) => None,
            Self::Tenants { known, faulty } => Some((known.len(), faulty.len())),
        }
    }

    /// Whoever is faulty keeps what `before` has of them: one tenant's mistake is to cost nobody a
    /// webhook, themselves included.
    pub fn keep_faulty(&mut self, before: &Self) {
        let Self::Tenants { known, faulty } = self else {
            return;
        };
        for tenant in faulty.iter() {
            if let Some(endpoint) = before.of(Some(tenant)) {
                known.insert(Arc::clone(tenant), Arc::clone(endpoint));
            }
        }
    }
}
