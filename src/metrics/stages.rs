//! How long each stage of a request takes.

use std::time::Duration;

use prometheus::{Histogram, HistogramOpts, HistogramVec};

use super::{Maker, Metrics};

/// Bucket bounds in seconds: a signature's check takes tens of microseconds, a broker's word up to
/// the reply's bound.
const SECONDS: &[f64] = &[
    0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025,
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// A part of a request's way. Their sum is the request's duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// From the head to the end of the body, its content coding undone.
    Read,
    /// Whether it is authentic.
    Verify,
    /// Into the envelope, shaped and routed.
    Normalize,
    /// Until the last broker's word, or the spool's.
    Publish,
}

impl Stage {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Verify => "verify",
            Self::Normalize => "normalize",
            Self::Publish => "publish",
        }
    }
}

/// For all sources together: with a label for the source it were nineteen buckets and four stages
/// for each, and which source is slow `hookferry_request_duration_seconds` says.
#[derive(Debug, Clone)]
pub(super) struct Stages {
    read: Histogram,
    verify: Histogram,
    normalize: Histogram,
    publish: Histogram,
}

impl Stages {
    pub(super) fn new(make: &mut Maker) -> Result<Self, prometheus::Error> {
        let name = "hookferry_stage_duration_seconds";
        let options = HistogramOpts::new(name, "How long requests at a source took, by stage.");
        let seconds = HistogramVec::new(options.buckets(SECONDS.to_vec()), &["stage"])?;
        let seconds = make.labelled(seconds)?;
        let stage = |stage: Stage| seconds.with_label_values(&[stage.label()]);
        Ok(Self {
            read: stage(Stage::Read),
            verify: stage(Stage::Verify),
            normalize: stage(Stage::Normalize),
            publish: stage(Stage::Publish),
        })
    }
}

impl Metrics {
    /// Notes that a request has left `stage`, which took so long.
    pub fn stage(&self, stage: Stage, took: Duration) {
        let histogram = match stage {
            Stage::Read => &self.stages.read,
            Stage::Verify => &self.stages.verify,
            Stage::Normalize => &self.stages.normalize,
            Stage::Publish => &self.stages.publish,
        };
        histogram.observe(took.as_secs_f64());
    }
}
