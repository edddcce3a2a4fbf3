//! Checks: signed synthetic events sent through the whole path, and held to what is expected of them.
//!
//! `foresee.rs` says where an event has to arrive, `watch.rs` sees it arrive, `run.rs` is one run,
//! `schedule.rs` has the daemon repeat them. `hookferry probe` runs each once, by the same code.

mod arrival;
mod foresee;
mod report;
mod run;
mod schedule;
mod watch;

use std::sync::Arc;

use crate::settings::compile::Endpoint;
use crate::settings::preset::Preset;
use crate::settings::{CheckSettings, Expectation, RouteSettings, Settings, SinkSettings, TENANT};

pub use report::{Failure, Outcome, Report};
pub use run::run;
pub use schedule::Checks;

/// One check with all that its runs need, apart from the daemon.
#[derive(Debug)]
pub struct Check {
    settings: CheckSettings,
    /// The source's name.
    source: String,
    preset: Preset,
    endpoint: Arc<Endpoint>,
    routes: Vec<RouteSettings>,
    sinks: Vec<SinkSettings>,
    /// Where it is sent, without a query.
    url: String,
}

impl Check {
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    fn expect(&self) -> &Expectation {
        &self.settings.expect
    }
}

/// The checks of `settings`, sent to `base` (scheme and authority, perhaps a path) where they name no URL,
/// or wherever they are to go by `everywhere`.
pub fn of(settings: &Settings, base: &str, everywhere: bool) -> Vec<Arc<Check>> {
    let check = |own: &CheckSettings| {
        let source = settings.sources.get(own.source)?;
        let tenant = own.tenant.as_deref();
        let path = source.path.replace(TENANT, tenant.unwrap_or_default());
        let url = own.url.clone().filter(|_| !everywhere);
        Some(Arc::new(Check {
            settings: own.clone(),
            source: source.name.clone(),
            preset: source.preset.clone(),
            endpoint: Arc::clone(source.endpoints.of(tenant)?),
            routes: source.routes.clone(),
            sinks: settings.sinks.clone(),
            url: url.unwrap_or_else(|| format!("{}{path}", base.trim_end_matches('/'))),
        }))
    };
    settings.checks.iter().filter_map(check).collect()
}
