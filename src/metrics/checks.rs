//! What is shown of checks.

use std::time::Duration;

use prometheus::{GaugeVec, IntCounterVec, IntGaugeVec};

use super::Maker;
use crate::time::UnixTime;

/// One run of a check.
#[derive(Debug, Clone, Copy)]
pub struct Run<'r> {
    pub check: &'r str,
    /// A word from a closed set.
    pub result: &'static str,
    pub passed: bool,
    pub reply: Option<Duration>,
    pub arrival: Option<Duration>,
}

/// The families of metrics with a label for the check.
#[derive(Debug, Clone)]
pub struct CheckMetrics {
    up: IntGaugeVec,
    failed_runs: IntGaugeVec,
    runs: IntCounterVec,
    seconds: GaugeVec,
    succeeded: IntGaugeVec,
    ran: IntGaugeVec,
    interval: IntGaugeVec,
}

impl CheckMetrics {
    pub(super) fn new(make: &mut Maker) -> Result<Self, prometheus::Error> {
        let check = &["check"][..];
        Ok(Self {
            up: make.gauges(
                "hookferry_check_up",
                "Whether the check's last run passed.",
                check,
            )?,
            failed_runs: make.gauges(
                "hookferry_check_failed_runs",
                "Runs of the check that failed since the last that passed.",
                check,
            )?,
            runs: make.counter(
                "hookferry_check_runs_total",
                "Runs of the check, by the first thing that was not as expected.",
                &["check", "result"],
            )?,
            seconds: make.floats(
                "hookferry_check_duration_seconds",
                "How long the check's last run waited for the reply, and for its event at the broker.",
                &["check", "stage"],
            )?,
            succeeded: make.gauges(
                "hookferry_check_last_success_timestamp_seconds",
                "When the check passed last.",
                check,
            )?,
            ran: make.gauges(
                "hookferry_check_last_run_timestamp_seconds",
                "When the check ran last; before its first run, when it was begun with.",
                check,
            )?,
            interval: make.gauges(
                "hookferry_check_interval_seconds",
                "How often the check is to run.",
                check,
            )?,
        })
    }

    /// A check that is to run every `interval` from now on.
    pub fn expect(&self, check: &str, interval: Duration) {
        let interval = i64::try_from(interval.as_secs()).unwrap_or(i64::MAX);
        self.interval.with_label_values(&[check]).set(interval);
        let ran = self.ran.with_label_values(&[check]);
        if ran.get() == 0 {
            ran.set(UnixTime::now().seconds());
        }
    }

    /// Notes a run; `failed_runs` is how many have failed since one passed.
    pub fn ran(&self, run: &Run<'_>, failed_runs: u32, now: UnixTime) {
        let check = &[run.check];
        self.up.with_label_values(check).set(i64::from(run.passed));
        let failed = self.failed_runs.with_label_values(check);
        failed.set(i64::from(failed_runs));
        self.runs.with_label_values(&[run.check, run.result]).inc();
        self.ran.with_label_values(check).set(now.seconds());
        if run.passed {
            self.succeeded.with_label_values(check).set(now.seconds());
        }
        for (stage, took) in [("reply", run.reply), ("arrival", run.arrival)] {
            match took {
                Some(took) => {
                    let seconds = self.seconds.with_label_values(&[run.check, stage]);
                    seconds.set(took.as_secs_f64());
                }
                // An old figure would look like a new one; there may be none.
                None => drop(self.seconds.remove_label_values(&[run.check, stage])),
            }
        }
    }
}
