//! How metrics are made and registered, and how those go whose labels name what is gone.

use std::collections::HashMap;

use prometheus::core::{Collector as _, MetricVec, MetricVecBuilder};
use prometheus::{GaugeVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};

/// A family of metrics with labels.
pub(super) trait Labelled: std::fmt::Debug + Send + Sync {
    /// Shows no longer what has `value` as its `label`.
    fn forget(&self, label: &str, value: &str);
}

impl<T: MetricVecBuilder> Labelled for MetricVec<T> {
    fn forget(&self, label: &str, value: &str) {
        for family in self.collect() {
            for metric in family.get_metric() {
                let labels = metric.get_label().iter();
                let labels: HashMap<_, _> = labels.map(|it| (it.name(), it.value())).collect();
                if labels.get(label) == Some(&value) {
                    // It may be gone already.
                    let _ = self.remove(&labels);
                }
            }
        }
    }
}

/// Makes metrics and registers them.
#[derive(Default)]
pub(super) struct Maker {
    pub(super) registry: Registry,
    pub(super) labelled: Vec<Box<dyn Labelled>>,
}

impl Maker {
    pub(super) fn labelled<T: MetricVecBuilder + 'static>(
        &mut self,
        family: MetricVec<T>,
    ) -> Result<MetricVec<T>, prometheus::Error> {
        self.registry.register(Box::new(family.clone()))?;
        self.labelled.push(Box::new(family.clone()));
        Ok(family)
    }

    pub(super) fn counter(
        &mut self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<IntCounterVec, prometheus::Error> {
        self.labelled(IntCounterVec::new(Opts::new(name, help), labels)?)
    }

    pub(super) fn gauges(
        &mut self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<IntGaugeVec, prometheus::Error> {
        self.labelled(IntGaugeVec::new(Opts::new(name, help), labels)?)
    }

    pub(super) fn floats(
        &mut self,
        name: &str,
        help: &str,
        labels: &[&str],
    ) -> Result<GaugeVec, prometheus::Error> {
        self.labelled(GaugeVec::new(Opts::new(name, help), labels)?)
    }

    pub(super) fn gauge(&self, name: &str, help: &str) -> Result<IntGauge, prometheus::Error> {
        let gauge = IntGauge::new(name, help)?;
        self.registry.register(Box::new(gauge.clone()))?;
        Ok(gauge)
    }
}
