//! The names that rules and dashboard may use.

use std::collections::{BTreeMap, BTreeSet};

use super::alerts::rules;
use super::promql::Named;
use super::{metrics, promql};

/// What may be named: metrics and recorded series, with their labels, and the words of those that
/// have a closed set.
pub(super) struct Known {
    pub(super) labels: BTreeMap<String, BTreeSet<String>>,
    words: BTreeMap<(String, String), BTreeSet<String>>,
}

impl Known {
    pub(super) fn new() -> Self {
        // What Prometheus gives every target.
        let target = ["job", "instance"].map(str::to_owned);
        let mut known = Self {
            labels: BTreeMap::from([("up".to_owned(), BTreeSet::from(target.clone()))]),
            words: BTreeMap::new(),
        };
        for (name, family) in metrics::all() {
            let mut labels = family.labels;
            labels.extend(target.clone());
            if family.kind == "histogram" {
                for part in ["_sum", "_count"] {
                    known.labels.insert(format!("{name}{part}"), labels.clone());
                }
                labels.insert("le".to_owned());
                known.labels.insert(format!("{name}_bucket"), labels);
            } else {
                known.labels.insert(name, labels);
            }
        }
        for entry in metrics::entries()
            .into_iter()
            .flat_map(|(_, entries)| entries)
        {
            for (label, (_, words)) in entry.labels {
                if let Some(words) = words {
                    known.words.insert((entry.name.clone(), label), words);
                }
            }
        }
        for rule in rules().into_iter().filter(|rule| !rule.is_alert) {
            let named = promql::named(&rule.expression);
            for ((metric, label), words) in known.words.clone() {
                if named.metrics.contains(&metric) {
                    known.words.insert((rule.name.clone(), label), words);
                }
            }
            let by = &named.groupings[0].labels;
            let labels = by.iter().filter(|label| *label != "le").cloned();
            known.labels.insert(rule.name, labels.collect());
        }
        known
    }

    pub(super) fn judge(&self, whose: &str, expression: &str) -> Named {
        let named = promql::named(expression);
        assert!(!named.metrics.is_empty(), "{whose} names no metric");
        let labels = |metric: &String| {
            let labels = self.labels.get(metric);
            labels.unwrap_or_else(|| panic!("{whose}: there is no {metric}"))
        };
        for metric in &named.metrics {
            labels(metric);
        }
        for it in &named.matchers {
            assert!(
                labels(&it.metric).contains(&it.label),
                "{whose}: {} has no {}",
                it.metric,
                it.label
            );
            let words = self.words.get(&(it.metric.clone(), it.label.clone()));
            for word in it.value.split('|').filter(|_| !it.value.starts_with('$')) {
                assert!(
                    words.is_none_or(|words| words.contains(word)),
                    "{whose}: {} of {} is never {word}",
                    it.label,
                    it.metric
                );
            }
        }
        for grouping in &named.groupings {
            for metric in &grouping.metrics {
                for label in &grouping.labels {
                    assert!(
                        labels(metric).contains(label),
                        "{whose}: {metric} has no {label}"
                    );
                }
            }
        }
        named
    }
}
