//! Which configuration runs, and what became of the last change to it.

use prometheus::{IntCounterVec, IntGauge};

use super::Maker;
use crate::time::UnixTime;

/// What became of a configuration that was read anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    /// It is what runs now.
    Applied,
    /// It is at fault, or a sink of it cannot be made.
    Faulty,
    /// It changes what only a restart can.
    NeedsRestart,
}

impl Reload {
    const ALL: [Self; 3] = [Self::Applied, Self::Faulty, Self::NeedsRestart];

    const fn label(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Faulty => "faulty",
            Self::NeedsRestart => "needs_restart",
        }
    }
}

/// What is counted of the configuration.
#[derive(Debug, Clone)]
pub struct ConfigMetrics {
    generation: IntGauge,
    successful: IntGauge,
    timestamp: IntGauge,
    reloads: IntCounterVec,
}

impl ConfigMetrics {
    pub(super) fn new(make: &mut Maker) -> Result<Self, prometheus::Error> {
        let metrics = Self {
            generation: make.gauge(
                "hookferry_config_generation",
                "Which configuration runs: 1 is that of the start, and each that is applied is one more.",
            )?,
            successful: make.gauge(
                "hookferry_config_last_reload_successful",
                "Whether the configuration as it was last read is what runs.",
            )?,
            timestamp: make.gauge(
                "hookferry_config_last_reload_timestamp_seconds",
                "When the configuration was last read, whatever became of it.",
            )?,
            reloads: make.counter(
                "hookferry_config_reloads_total",
                "Configurations that were read anew, by what became of them.",
                &["result"],
            )?,
        };
        for result in Reload::ALL {
            metrics.reloads.with_label_values(&[result.label()]);
        }
        metrics.generation.set(1);
        metrics.read(true);
        Ok(metrics)
    }

    fn read(&self, successful: bool) {
        self.successful.set(i64::from(successful));
        self.timestamp.set(UnixTime::now().millis() / 1000);
    }

    /// Notes what became of a configuration that was read anew.
    pub fn reloaded(&self, result: Reload) {
        self.reloads.with_label_values(&[result.label()]).inc();
        self.read(result == Reload::Applied);
        if result == Reload::Applied {
            self.generation.inc();
        }
    }

    /// Which configuration runs.
    pub fn generation(&self) -> i64 {
        self.generation.get()
    }
}
