//! The daemon's own runs: each check by itself, one run at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Check, Report, of, run};
use crate::fetch::Fetcher;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::time::UnixTime;

/// The first runs are spread over so much time, so that replicas do not begin together.
const SPREAD: Duration = Duration::from_secs(10);
/// Before the first run, so that the brokers are connected.
const SETTLE: Duration = Duration::from_secs(1);

/// The checks that are run, which may be replaced.
#[derive(Debug)]
pub struct Checks {
    base: String,
    known: watch::Sender<Vec<Arc<Check>>>,
}

impl Checks {
    /// The checks of `settings`, of which those without a URL are sent to `base`.
    pub fn new(settings: &Settings, base: String) -> Self {
        let known = watch::Sender::new(of(settings, &base, false));
        Self { base, known }
    }

    /// Those of another reading of the configuration.
    pub fn of(&self, settings: &Settings) -> Vec<Arc<Check>> {
        of(settings, &self.base, false)
    }

    /// Runs these from now on. A check that stays keeps its time and what is known of it.
    pub fn replace(&self, checks: Vec<Arc<Check>>) {
        self.known.send_replace(checks);
    }

    /// Runs them, each when its time has come. For ever.
    pub async fn run(self: Arc<Self>, metrics: Arc<Metrics>) {
        let mut changes = self.known.subscribe();
        let states = Arc::<Mutex<HashMap<String, State>>>::default();
        loop {
            let checks = changes.borrow_and_update().clone();
            let names: Vec<_> = checks.iter().map(|check| check.name().to_owned()).collect();
            if let Ok(mut states) = states.lock() {
                states.retain(|name, _| {
                    let stays = names.contains(name);
                    if !stays {
                        metrics.forget_check(name);
                    }
                    stays
                });
            }
            // Each ends with the set.
            let mut running = JoinSet::new();
            for check in checks {
                let (states, metrics) = (Arc::clone(&states), Arc::clone(&metrics));
                running.spawn(repeat(check, states, metrics));
            }
            // It cannot have been the last: `self` is here.
            let _ = changes.changed().await;
        }
    }
}

/// What is known of a check from one run to the next.
#[derive(Debug, Clone, Copy)]
struct State {
    due: Instant,
    /// Since the last that passed.
    failed_runs: u32,
}

async fn repeat(
    check: Arc<Check>,
    states: Arc<Mutex<HashMap<String, State>>>,
    metrics: Arc<Metrics>,
) {
    let (name, every) = (check.name(), check.settings.every);
    let mut fetcher = None;
    metrics.checks.expect(name, every);
    let first = State {
        due: Instant::now() + SETTLE + within(SPREAD.min(every / 2)),
        failed_runs: 0,
    };
    let change = |change: &mut dyn FnMut(&mut State)| {
        let mut states = states.lock().unwrap_or_else(PoisonError::into_inner);
        let state = states.entry(name.to_owned()).or_insert(first);
        change(state);
        *state
    };
    loop {
        let due = change(&mut |_| {}).due;
        tokio::time::sleep_until(due).await;
        if fetcher.is_none() {
            match Fetcher::for_deliveries() {
                Ok(made) => fetcher = Some(made),
                Err(error) => tracing::error!(check = name, error, "a check cannot be sent"),
            }
        }
        let report = match &fetcher {
            Some(fetcher) => Some(run(&check, fetcher).await),
            None => None,
        };
        let mut before = 0;
        let after = change(&mut |state| {
            before = state.failed_runs;
            match report.as_ref().map(|report| report.failure.is_some()) {
                Some(true) => state.failed_runs = state.failed_runs.saturating_add(1),
                Some(false) => state.failed_runs = 0,
                None => {}
            }
            // Runs that were missed are not made up for.
            while state.due <= Instant::now() {
                state.due += every;
            }
        });
        if let Some(report) = report {
            metrics
                .checks
                .ran(&report_of(&report), after.failed_runs, UnixTime::now());
            tell(&report, before, after.failed_runs);
        }
    }
}

/// What is counted of a run.
fn report_of(report: &Report) -> crate::metrics::Run<'_> {
    crate::metrics::Run {
        check: &report.check,
        result: report.outcome().label(),
        passed: report.failure.is_none(),
        reply: report.reply,
        arrival: report.arrival,
    }
}

/// Says when a check has begun to fail, and when it passes again.
fn tell(report: &Report, before: u32, after: u32) {
    let check = report.check.as_str();
    match &report.failure {
        Some(failure) if before == 0 => {
            tracing::warn!(
                check,
                run = report.run,
                result = failure.outcome.label(),
                expected = failure.expected,
                got = failure.got,
                "a check fails"
            );
        }
        Some(failure) => {
            let result = failure.outcome.label();
            tracing::debug!(
                check,
                runs = after,
                result,
                got = failure.got,
                "a check still fails"
            );
        }
        None if before > 0 => {
            tracing::info!(check, failed_runs = before, "a check passes again");
        }
        None => tracing::debug!(check, run = report.run, "a check passed"),
    }
}

/// Some time within `bound`.
fn within(bound: Duration) -> Duration {
    let (_, random) = uuid::Uuid::now_v7().as_u64_pair();
    let bound = u64::try_from(bound.as_millis()).unwrap_or(u64::MAX).max(1);
    Duration::from_millis(random % bound)
}
