//! The alerts that are shipped, as people read them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use yaml_rust2::{Yaml, YamlLoader};

use super::text;

pub(super) const RULES: &str = "deploy/prometheus/rules.yaml";

#[derive(Debug)]
pub(super) struct Rule {
    /// A recorded series' name, or an alert's.
    pub(super) name: String,
    pub(super) is_alert: bool,
    pub(super) expression: String,
    pub(super) severity: String,
    pub(super) hold: String,
    pub(super) summary: String,
    pub(super) description: String,
    /// A heading of a document: `docs/runbook.md#hookferrygone`.
    pub(super) runbook: String,
}

/// What those who are paged follow: the annotation's URL begins so.
const PROJECT: &str = "https://github.com/hookferry/hookferry/blob/main/";

/// Every rule, in its order.
pub(super) fn rules() -> Vec<Rule> {
    let written = YamlLoader::load_from_str(&text(RULES)).unwrap();
    let groups = written[0]["groups"].as_vec().unwrap().iter();
    let rules = groups.flat_map(|group| group["rules"].as_vec().unwrap());
    let string = |yaml: &Yaml| yaml.as_str().unwrap_or_default().trim().to_owned();
    let rule = |rule: &Yaml| {
        let is_alert = !rule["alert"].is_badvalue();
        let of = |key: &str| string(&rule["annotations"][key]);
        Rule {
            name: string(&rule[if is_alert { "alert" } else { "record" }]),
            is_alert,
            expression: string(&rule["expr"]),
            severity: string(&rule["labels"]["severity"]),
            hold: string(&rule["for"]),
            summary: of("summary"),
            description: of("description"),
            runbook: of("runbook_url").replacen(PROJECT, "", 1),
        }
    };
    rules.map(rule).collect()
}

/// The labels in a template, as in `{{ $labels.sink }}`.
pub(super) fn labels_in(template: &str) -> BTreeSet<String> {
    let behind = template.split("$labels.").skip(1);
    let names = behind.map(|it| {
        it.split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .unwrap()
            .to_owned()
    });
    names.collect()
}

/// A template for people: values as N, labels in capitals.
fn plain(template: &str) -> String {
    let mut parts = template.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (inside, rest) = part.split_once("}}").expect("a template ends");
        match labels_in(inside).first() {
            Some(label) => out.push_str(&label.to_uppercase()),
            None => out.push('N'),
        }
        out.push_str(rest);
    }
    out
}

/// The alerts' part of docs/metrics.md.
pub(super) fn document() -> String {
    let mut out = String::from("\n## Alerts\n");
    for rule in rules().iter().filter(|rule| rule.is_alert) {
        let hold = match rule.hold.as_str() {
            "" => "at once".to_owned(),
            hold => format!("after {hold}"),
        };
        let link = match rule.runbook.strip_prefix("docs/") {
            Some(beside) => beside.to_owned(),
            None => format!("../{}", rule.runbook),
        };
        let _ = writeln!(
            out,
            "\n### {}\n\n**{}**, {hold}: {}.\n\n{}\n\nSee [{link}]({link}).",
            rule.name,
            rule.severity,
            plain(&rule.summary),
            plain(&rule.description),
        );
    }
    out
}
