//! `hookferry providers`: which presets there are, and one of them in full.

mod canonical;
mod table;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::{CONFIG, FAILED, USAGE};
use crate::settings::preset::{Confidence, Preset};
use crate::settings::providers::{self, ids, merge};
use crate::settings::suggestion;

/// The operator's presets, by id.
pub(super) type Own = BTreeMap<String, Value>;

#[derive(Debug, clap::Args)]
pub struct ProvidersArgs {
    /// One preset, explained
    id: Option<String>,
    /// A preset of your own, or a folder of them
    #[arg(long, value_name = "PATH")]
    preset: Option<PathBuf>,
    /// JSON for programs
    #[arg(long)]
    json: bool,
    /// All presets as the table of docs/providers.md
    #[arg(long, conflicts_with_all = ["id", "json"])]
    markdown: bool,
    /// The types across providers, as docs/canonical-types.md
    #[arg(long, conflicts_with_all = ["id", "json", "markdown"])]
    canonical: bool,
}

pub fn run(args: &ProvidersArgs) -> ExitCode {
    let own = match own(args.preset.as_deref()) {
        Ok(own) => own,
        Err(said) => {
            eprintln!("{said}");
            return ExitCode::from(CONFIG);
        }
    };
    let text = match &args.id {
        None if args.canonical => canonical::markdown().map_err(|said| (FAILED, said)),
        None if args.markdown => all(&own).map(|presets| table::markdown(&presets)),
        None => list(&own, args.json),
        Some(id) if args.json => one_as_json(&own, id),
        Some(id) => match preset(&own, id, &[]) {
            Ok(preset) => Ok(words::explained(&preset)),
            Err(said) => Err((USAGE, said)),
        },
    };
    match text {
        Ok(text) => {
            println!("{}", text.trim_end());
            ExitCode::SUCCESS
        }
        Err((code, said)) => {
            eprintln!("{said}");
            ExitCode::from(code)
        }
    }
}

/// The operator's presets at `path`, by id.
///
/// # Errors
/// Their faults.
pub(super) fn own(path: Option<&Path>) -> Result<Own, String> {
    match path {
        None => Ok(Own::new()),
        Some(path) => providers::own(path).map_err(|faults| faults.to_string()),
    }
}

/// The preset `id` of `own` or of the embedded ones, with `changes` of the form `verify.signature.prefix=sha256=`.
///
/// # Errors
/// That there is none, with the nearest; or which change cannot be meant.
pub(super) fn preset(own: &Own, id: &str, changes: &[String]) -> Result<Preset, String> {
    let mut tree = tree(own, id)?;
    for change in changes {
        let (path, value) = change
            .split_once('=')
            .ok_or_else(|| format!("--override {change:?} is not KEY=VALUE"))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        let nested = path
            .rsplit('.')
            .fold(value, |inner, key| json!({ key: inner }));
        merge(&mut tree, &nested);
    }
    providers::parse(tree).map_err(|(path, said)| format!("{id}: {path}: {said}"))
}

fn tree(own: &Own, id: &str) -> Result<Value, String> {
    if let Some(tree) = own.get(id) {
        return Ok(tree.clone());
    }
    match providers::load(id) {
        Some(tree) => tree.map_err(|said| format!("{id}: {said}")),
        None => Err(unknown(id)),
    }
}

fn unknown(id: &str) -> String {
    let near = suggestion(id, ids());
    format!("there is no provider {id:?}; {near}`hookferry providers` lists those there are")
}

/// Every preset, by id.
fn all(own: &Own) -> Result<Vec<Preset>, (u8, String)> {
    let embedded = ids().map(str::to_owned);
    let all: BTreeSet<_> = embedded.chain(own.keys().cloned()).collect();
    let presets = all.iter().map(|id| preset(own, id, &[]));
    let presets: Result<Vec<_>, _> = presets.collect();
    presets.map_err(|said| (FAILED, said))
}

/// All presets, as a table or as a JSON array.
fn list(own: &Own, as_json: bool) -> Result<String, (u8, String)> {
    let presets = all(own)?;
    if as_json {
        let all: Vec<_> = presets.iter().map(brief).collect();
        return Ok(pretty(&Value::from(all)));
    }
    let head = ["ID", "NAME", "VERIFIED BY", "INTEGRITY", "CONFIDENCE"].map(str::to_owned);
    let rows = presets.iter().map(|preset| {
        [
            preset.id.clone(),
            preset.name.clone(),
            words::scheme(&preset.verify),
            preset.integrity.label().to_owned(),
            confidence(preset.confidence).to_owned(),
        ]
    });
    let rows: Vec<_> = std::iter::once(head).chain(rows).collect();
    Ok(aligned(&rows))
}

fn one_as_json(own: &Own, id: &str) -> Result<String, (u8, String)> {
    let mut tree = tree(own, id).map_err(|said| (USAGE, said))?;
    let preset = preset(own, id, &[]).map_err(|said| (FAILED, said))?;
    if let (Some(tree), Value::Object(brief)) = (tree.as_object_mut(), brief(&preset)) {
        for (key, value) in brief {
            tree.entry(key).or_insert(value);
        }
        tree.insert("config".into(), words::snippet(&preset).into());
    }
    Ok(pretty(&tree))
}

fn brief(preset: &Preset) -> Value {
    let samples: Vec<_> = preset
        .samples
        .iter()
        .map(|sample| sample.r#type.as_str())
        .collect();
    json!({
        "id": preset.id,
        "name": preset.name,
        "domain": preset.domain,
        "docs": preset.docs,
        "scheme": words::scheme(&preset.verify),
        "integrity": preset.integrity.label(),
        "confidence": confidence(preset.confidence),
        "reply_within_ms": preset.reply_within_ms,
        "sample_types": samples,
    })
}

const fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Verified => "verified",
        Confidence::Unverified => "unverified",
    }
}

fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths);
        let line: String = cells
            .map(|(cell, width)| format!("{cell:width$}  "))
            .collect();
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn pretty(value: &Value) -> String {
    // A tree of strings and numbers always serializes.
    serde_json::to_string_pretty(value).unwrap_or_default()
}
