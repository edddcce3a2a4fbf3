//! Every preset against requests that somebody else signed, against thousands of forgeries made of
//! them, and against its own samples signed as the provider would.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking, and its input is its own"
)]

mod mutations;
mod samples;
mod spots;
#[path = "../support/mod.rs"]
mod support;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use hookferry::settings::preset::Preset;
use hookferry::settings::providers;

/// Presets that check nothing.
pub const OPEN: &[&str] = &["dev"];
/// Each preset's file of cases.
pub fn vectors() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let files = providers::ids().map(|id| folder.join(format!("{id}.jsonl")));
    files.collect()
}

pub fn preset(id: &str) -> Preset {
    providers::parse(providers::load(id).unwrap().unwrap()).unwrap()
}

/// Runs `verify --jsonl`; whether it exited 0, and what it printed.
fn verify(arguments: &[&str], input: &[u8]) -> (bool, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hookferry"))
        .args(["verify", "--jsonl"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    (
        output.status.success(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[test]
fn every_vector_is_judged_as_it_expects() {
    let mut cases = 0;
    let files = vectors();
    for file in &files {
        let input = std::fs::read(file).unwrap();
        let (agrees, printed) = verify(&["--check"], &input);
        assert!(agrees, "{}:\n{printed}", file.display());
        let lines = input
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .count();
        let said = format!("{lines} cases, 0 malformed, 0 disagreeing\n");
        assert_eq!(printed, said, "{}", file.display());
        cases += lines;
    }
    println!("{cases} cases in {} files", files.len());
    assert!(cases >= 20 * files.len(), "{cases}");
}

#[test]
fn the_table_of_providers_is_as_the_presets_are() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    let made = command.args(["providers", "--markdown"]).output().unwrap();
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/providers.md");
    let written = std::fs::read_to_string(file).unwrap();
    assert!(
        written == String::from_utf8(made.stdout).unwrap(),
        "docs/providers.md is old: hookferry providers --markdown > docs/providers.md"
    );
}

#[test]
fn a_disagreement_and_a_malformed_case_are_told_and_do_not_end_the_run() {
    let file = std::fs::read_to_string(vectors().remove(0)).unwrap();
    let first = file.lines().next().unwrap();
    let swapped = first.replace(r#""expect":"accept""#, r#""expect":"reject""#);
    let swapped = swapped.replace(r#""expect": "accept""#, r#""expect": "reject""#);
    assert_ne!(swapped, first);
    let stranger = r#"{"provider":"nobody","request":{},"now":0,"expect":"reject"}"#;
    let input = format!("{swapped}\n{{oops\n{stranger}\n{first}\n");
    let (agrees, printed) = verify(&["--check"], input.as_bytes());
    assert!(!agrees);
    assert!(
        printed.ends_with("4 cases, 1 malformed, 1 disagreeing\n"),
        "{printed}"
    );
    let (agrees, printed) = verify(&[], input.as_bytes());
    assert!(!agrees);
    let lines: Vec<serde_json::Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let verdicts: Vec<_> = lines
        .iter()
        .map(|line| line["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["accept", "reject", "reject", "accept"]);
    assert!(
        lines[1]["reason"]
            .as_str()
            .unwrap()
            .starts_with("malformed case: ")
    );
    assert_eq!(lines[2]["reason"], "unknown_provider");
}
