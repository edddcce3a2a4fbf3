//! Every metric that the daemon can show: from the code that shows them, with what people are to do.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use hookferry::metrics::{Fate, Metrics, Run, Stage};
use hookferry::time::UnixTime;
use yaml_rust2::{Yaml, YamlLoader};

use super::support::project_file;
use super::{alerts, text};

/// A family of metrics as it is shown.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Family {
    pub(super) kind: String,
    pub(super) help: String,
    pub(super) labels: BTreeSet<String>,
}

/// The families of `/metrics`, by name.
pub(super) fn families(shown: &str) -> BTreeMap<String, Family> {
    let mut families = BTreeMap::<String, Family>::new();
    let mut last = String::new();
    for line in shown.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').expect("every metric is explained");
            help.clone_into(&mut families.entry(name.to_owned()).or_default().help);
            name.clone_into(&mut last);
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert_eq!(name, last, "its HELP comes before its TYPE");
            kind.clone_into(&mut families.get_mut(name).unwrap().kind);
        } else if let Some((series, _)) = line.split_once(['{', ' ']) {
            assert!(series.starts_with(&last), "{line} is not of {last}");
            let labels = &mut families.get_mut(&last).unwrap().labels;
            let inside = line.split_once('{').map_or("", |(_, rest)| rest);
            // Values here hold neither commas nor quotes: names and words of closed sets.
            for label in inside.split('}').next().unwrap().split(',') {
                if let Some((name, _)) = label.split_once('=').filter(|(it, _)| *it != "le") {
                    labels.insert(name.to_owned());
                }
            }
        }
    }
    families
}

/// All of them, each with a series, from the code that the daemon runs.
pub(super) fn all() -> BTreeMap<String, Family> {
    let metrics = Metrics::new(&["source".into()], &["sink".into()]).unwrap();
    metrics.replied(0, "refused", 0.1);
    metrics.denied("not_found");
    metrics.limited(0, "source_busy");
    metrics.certificate_expires("ingress", Some(1));
    metrics.handshake_failed("ingress", "closed");
    metrics.unproxied("missing");
    metrics.turned_back("client_connections");
    metrics.refused(0, "stale");
    metrics.events(0, Fate::Failed, 1);
    metrics.filtered(0, "types");
    metrics.dead_letter(0, "not_json");
    metrics.duplicates(0, 1);
    metrics.dedup_store_failed("timeout");
    metrics.dedup_store_up(true);
    metrics.keys_fetched("fetched");
    metrics.tenants(0, 1, 0);
    metrics.sink_up("sink", true);
    let took = Duration::from_millis(1);
    metrics.stage(Stage::Read, took);
    metrics.sink("sink").judged(took, None);
    metrics.sink("sink").judged(took, Some("timeout"));
    metrics.spool("sink").failed("read");
    metrics.failed("sink", "timeout");
    metrics.queue_faults("sink", "missing", 0);
    metrics.spans_exported(1);
    metrics.spans_dropped().count("queue_full", 1);
    metrics.producer_restarts("sink").inc();
    let second = std::time::Duration::from_secs(1);
    metrics.checks.expect("check", second);
    let run = Run {
        check: "check",
        result: "passed",
        passed: true,
        reply: Some(second),
        arrival: Some(second),
    };
    metrics.checks.ran(&run, 0, UnixTime::now());
    let families = families(&metrics.text().unwrap());
    let shown = families.keys().filter(|it| !it.starts_with("process_"));
    let shown: BTreeSet<_> = shown.collect();
    let named = named_in_source();
    let named: BTreeSet<_> = named.iter().collect();
    assert_eq!(
        shown, named,
        "a metric that src/metrics names is not shown here: add it above"
    );
    families
}

/// Every name of a metric that the source has.
fn named_in_source() -> BTreeSet<String> {
    let folder = fs::read_dir(project_file("src/metrics")).unwrap();
    let mut files: Vec<_> = folder.map(|it| it.unwrap().path()).collect();
    files.push(project_file("src/metrics.rs"));
    let mut names = BTreeSet::new();
    for file in files {
        let source = fs::read_to_string(file).unwrap();
        for behind in source.split("\"hookferry_").skip(1) {
            names.insert(format!("hookferry_{}", behind.split('"').next().unwrap()));
        }
    }
    names
}

/// What people wrote of a metric.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    /// What each label may be: in words, and its closed set, if it has one.
    pub(super) labels: BTreeMap<String, (String, Option<BTreeSet<String>>)>,
    pub(super) remedy: String,
}

/// The titles, and the entries below each.
pub(super) fn entries() -> Vec<(String, Vec<Entry>)> {
    let written = YamlLoader::load_from_str(&text("tests/operations/metrics.yaml")).unwrap();
    let groups = written[0].as_vec().unwrap().iter().map(|group| {
        let metrics = group["metrics"].as_vec().unwrap().iter().map(entry);
        (string(&group["title"]), metrics.collect())
    });
    groups.collect()
}

fn entry(metric: &Yaml) -> Entry {
    let labels = metric["labels"].as_hash().into_iter().flatten();
    Entry {
        name: string(&metric["name"]),
        labels: labels
            .map(|(name, values)| (string(name), label(values)))
            .collect(),
        remedy: string(&metric["do"]),
    }
}

fn label(values: &Yaml) -> (String, Option<BTreeSet<String>>) {
    let Some(places) = values.as_vec() else {
        return (string(values), None);
    };
    let mut words = Vec::new();
    for word in places.iter().flat_map(words_in) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let shown: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    (shown.join(", "), Some(words.into_iter().collect()))
}

/// The words of a label, from the source that gives them.
fn words_in(place: &Yaml) -> Vec<String> {
    let file = string(&place["in"]);
    let source = text(&file);
    let words: Vec<String> = if let Some(name) = place["of"].as_str() {
        let own = source.split(&format!("\nimpl {name} {{\n")).nth(1);
        let own = own.unwrap_or_else(|| panic!("{file} has no impl {name}"));
        let label = own.split("const fn label(").nth(1);
        let label = label.unwrap_or_else(|| panic!("{name} of {file} has no label"));
        let body = label.split("\n    }\n").next().unwrap();
        let texts = body.split('"').skip(1).step_by(2);
        texts.map(str::to_owned).collect()
    } else if let Some(call) = place["call"].as_str() {
        let begin = format!("{call}\"");
        let calls = source.split(&begin).skip(1);
        let texts = calls.map(|behind| behind.split('"').next().unwrap());
        texts.map(str::to_owned).collect()
    } else {
        let words = place["words"].as_vec().unwrap().iter().map(string);
        words
            .inspect(|word| assert!(source.contains(&format!("\"{word}\"")), "{file}: {word}"))
            .collect()
    };
    assert!(!words.is_empty(), "{place:?} has no words");
    words
}

fn string(yaml: &Yaml) -> String {
    let text = yaml.as_str().unwrap_or_else(|| panic!("no text: {yaml:?}"));
    text.trim().to_owned()
}

/// docs/metrics.md as it should be.
pub(super) fn document() -> String {
    let families = all();
    let mut out = String::from(
        "# Metrics and alerts\n\n\
         Every metric at `/metrics` of the admin listener, and every alert of \
         [deploy/prometheus/rules.yaml](../deploy/prometheus/rules.yaml). The dashboard of them is \
         [deploy/grafana/hookferry.json](../deploy/grafana/hookferry.json), to be imported into Grafana 10 or newer.\n\n\
         Labels are names from the configuration and words from closed sets, never from a request. A counter with a label for a\n\
         reason is not there before its first count, which `increase` does not see: the rules say how they do. This page is generated from the\n\
         daemon's own code, and `tests/operations.rs` holds it to that.\n",
    );
    let mut documented = BTreeSet::new();
    for (title, entries) in entries() {
        let _ = writeln!(out, "\n## {title}");
        for entry in entries {
            let name = &entry.name;
            let family = families.get(name);
            let family = family.unwrap_or_else(|| panic!("there is no {name}"));
            let labels: BTreeSet<_> = entry.labels.keys().cloned().collect();
            assert_eq!(labels, family.labels, "the labels of {name}");
            assert!(documented.insert(name.clone()), "{name} is there twice");
            let _ = writeln!(out, "\n### {name}\n\n{}: {}\n", family.kind, family.help);
            for (label, (values, _)) in &entry.labels {
                let _ = writeln!(out, "- `{label}`: {values}");
            }
            let gap = if labels.is_empty() { "" } else { "\n" };
            let _ = writeln!(out, "{gap}**What to do**: {}", entry.remedy);
        }
    }
    let known: BTreeSet<_> = families.into_keys().collect();
    assert_eq!(
        documented, known,
        "tests/operations/metrics.yaml has all of them"
    );
    out.push_str(&alerts::document());
    out
}
