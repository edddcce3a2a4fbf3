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
mod targets;

use std::collections::BTreeMap;
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
