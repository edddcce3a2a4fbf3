//! What has been fuzzed, played again: every committed corpus and every seed through the targets of `fuzz/`, each within its
//! time, and some thousand blind changes of them. The guided run is `fuzz/run`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

mod support;
#[path = "../fuzz/targets/mod.rs"]
#[allow(unused_imports, reason = "the fuzzer's program uses more of it")]
mod targets;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use support::random::Random;
use support::{project_file, scale};
use targets::Target;

/// Not all who run this have built with optimization.
const TIME_MAX: Duration = targets::TIME_MAX.saturating_mul(5);

/// The inputs of a target and their names: its corpus and its seeds.
fn inputs(target: &Target) -> Vec<(Vec<u8>, String)> {
    let folder = project_file(&format!("fuzz/corpus/{}", target.name));
    let files =
        fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut inputs = BTreeMap::new();
    for (at, seed) in (target.seeds)().into_iter().enumerate() {
        inputs.insert(seed, format!("seed {at} of {}", target.name));
    }
    let mut committed = 0;
    for file in files {
        let path = file.unwrap().path();
        inputs.insert(fs::read(&path).unwrap(), path.display().to_string());
        committed += 1;
    }
    assert!(committed >= 4, "{}: {committed} inputs", target.name);
    inputs.into_iter().collect()
}

fn play_all(names: &[&str]) {
    for target in targets::ALL
        .iter()
        .filter(|target| names.contains(&target.name))
    {
        for (input, name) in inputs(target) {
            println!("{name}");
            targets::play(target, &input, TIME_MAX);
        }
    }
}

fn change(input: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let at = random.below(input.len() + 1);
    let byte = u8::try_from(random.below(256)).unwrap();
    match random.below(6) {
        0 if at < input.len() => input[at] ^= 1 << random.below(8),
        1 if at < input.len() => input[at] = byte,
        2 if at < input.len() => {
            input.remove(at);
        }
        3 => input.insert(at, byte),
        4 => input.truncate(at),
        _ if !other.is_empty() => {
            let from = random.below(other.len());
            let end = (from + 1 + random.below(32)).min(other.len());
            drop(input.splice(at..at, other[from..end].iter().copied()));
        }
        _ => {}
    }
}

fn blindly(names: &[&str], count: usize) {
    let mut random = Random::new();
    for target in targets::ALL
        .iter()
        .filter(|target| names.contains(&target.name))
    {
        let inputs = inputs(target);
        for _ in 0..count * scale() {
            let mut input = inputs[random.below(inputs.len())].0.clone();
            let other = &inputs[random.below(inputs.len())].0;
            for _ in 0..=random.below(4) {
                change(&mut input, other, &mut random);
            }
            let shown = input.escape_ascii().to_string();
            let played = std::panic::catch_unwind(|| targets::play(target, &input, TIME_MAX));
            assert!(played.is_ok(), "{}: {shown}", target.name);
        }
    }
}

const VERIFIERS: &[&str] = &[
    "hmac_body",
    "hmac_time",
    "standard_webhooks",
    "url_and_form",
    "jwt",
    "rfc9421",
    "public_keys",
    "token",
    "batch",
    "other_secret",
    "signature_header",
];
const READERS: &[&str] = &[
    "json_peek",
    "xml_and_form",
    "envelope",
    "broker_headers",
    "preset",
    "config",
    "spool",
    "kept",
    "template",
    "expression",
    "url",
    "time",
    "codings",
];
const CONNECTIONS: &[&str] = &["http", "proxied"];

#[test]
fn no_verifier_takes_what_nobody_signed() {
    play_all(VERIFIERS);
    blindly(VERIFIERS, 500);
}

#[test]
fn what_reads_strangers_bytes_holds_its_properties() {
    play_all(READERS);
    blindly(READERS, 300);
}

#[test]
fn connections_of_any_bytes_carry_whole_requests_only() {
    play_all(CONNECTIONS);
    blindly(CONNECTIONS, 100);
}

#[test]
fn every_target_is_played() {
    let mut played: Vec<_> = [VERIFIERS, READERS, CONNECTIONS].concat();
    played.sort_unstable();
    let mut all: Vec<_> = targets::ALL.iter().map(|target| target.name).collect();
    all.sort_unstable();
    assert_eq!(played, all);
    let folders = fs::read_dir(project_file("fuzz/corpus")).unwrap();
    let mut folders: Vec<_> = folders
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    assert_eq!(folders, all, "fuzz/corpus has a folder for each target");
}

/// The packages of a lock file: name, version and the names of what each depends on.
fn locked(file: &str) -> BTreeMap<String, Vec<(String, Vec<String>)>> {
    let text = fs::read_to_string(project_file(file)).unwrap();
    let quoted = |line: &str| line.split('"').nth(1).unwrap().to_owned();
    let mut packages: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for package in text.split("[[package]]").skip(1) {
        let value = |key: &str| {
            let line = package.lines().find(|line| line.starts_with(key));
            quoted(line.unwrap())
        };
        let names = package.lines().filter(|line| line.starts_with(" \""));
        let names = names.map(|line| quoted(line).split(' ').next().unwrap().to_owned());
        let one = (value("version"), names.collect());
        packages.entry(value("name")).or_default().push(one);
    }
    packages
}

#[test]
fn what_is_fuzzed_is_built_of_what_the_daemon_is_built_of() {
    let manifest = fs::read_to_string(project_file("Cargo.toml")).unwrap();
    let mut needed = BTreeSet::new();
    let mut counts = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            counts = line == "[dependencies]" || line == "[build-dependencies]";
        } else if counts
            && line.starts_with(|c: char| c.is_ascii_lowercase())
            && !line.contains("optional = true")
        {
            needed.insert(line.split(' ').next().unwrap().to_owned());
        }
    }
    assert!(needed.len() > 40, "{needed:?}");
    let (fuzzed, daemon) = (locked("fuzz/Cargo.lock"), locked("Cargo.lock"));
    let (_, known) = &fuzzed["hookferry"][0];
    // `fuzz/run` does not change its lock: a dependency more would end it.
    let known: BTreeSet<_> = known.iter().cloned().collect();
    assert_eq!(known, needed, "cargo metadata in fuzz/ mends its lock");
    for (name, versions) in &fuzzed {
        let Some(others) = daemon.get(name) else {
            continue;
        };
        for (version, _) in versions {
            let is_same = others.iter().any(|(other, _)| other == version);
            assert!(is_same, "{name} {version} is not what the daemon has");
        }
    }
}
