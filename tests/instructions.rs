//! What the pure path costs in instructions: a figure that no busy machine changes, so that a change
//! which makes every webhook dearer is seen when it is made.
//!
//! Each case is run under valgrind's callgrind twice, so many times and so many more; the difference is
//! one request's. `HOOKFERRY_TEST_WRITE=1` writes what is measured to tests/instructions.txt. Valgrind knows no
//! SHA instructions: what SHA-256 takes here is several times what it takes in life.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

#[path = "support/subject.rs"]
mod subject;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::process::Command;
use std::{env, fs};

use hookferry::normalize;
use hookferry::publish::encode::Encoding;
use subject::{Subject, route};

/// Tells the test program, run under valgrind, what to do how often.
const CASE: &str = "HOOKFERRY_INSTRUCTIONS_CASE";
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/instructions.txt");
/// `tests/run` compiles with less optimization than a release: each level has its own figures.
const LEVEL: &str = env!("HOOKFERRY_OPT_LEVEL");
/// Other versions of the C library copy memory in other ways.
const PERCENT: u64 = 3;

/// How far along the path a case goes. Each goes all the way of the one before.
#[derive(Debug, Clone, Copy)]
enum Reach {
    Arrive,
    Authenticate,
    Normalize,
    Encode(Encoding),
}

const REACHES: [(&str, Reach); 5] = [
    ("arrive", Reach::Arrive),
    ("authenticate", Reach::Authenticate),
    ("normalize", Reach::Normalize),
    ("encode-structured", Reach::Encode(Encoding::Structured)),
    ("encode-binary", Reach::Encode(Encoding::Binary)),
];
const BODIES: [usize; 2] = [1024, 8192];

/// About so many bytes of objects, as in GitHub's own.
fn subject(body_bytes: usize) -> Subject {
    let word = r#"{"login":"octocat","id":583231,"site_admin":false,"url":null},"#;
    let filler = word.repeat(body_bytes / word.len() - 1);
    Subject::github(&format!("[{filler}1.5e3]"))
}

fn run(subject: &Subject, reach: Reach, times: usize) {
    let route = match reach {
        Reach::Encode(encoding) => Some(route(encoding)),
        Reach::Arrive | Reach::Authenticate | Reach::Normalize => None,
    };
    for _ in 0..times {
        match reach {
            Reach::Arrive => drop(black_box(subject.received())),
            Reach::Authenticate => drop(black_box(subject.verified())),
            Reach::Normalize | Reach::Encode(_) => {
                let delivery = normalize::events(&subject.endpoint.mapping, subject.verified());
                for event in &black_box(delivery).events {
                    if let Some(route) = &route {
                        drop(black_box(route.record(event)));
                    }
                }
            }
        }
    }
}

/// The instructions of this program when it runs `case` so often.
fn count(case: &str, times: usize) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe().unwrap())
        .args(["--exact", "counted", "--test-threads=1"])
        .env(CASE, format!("{case} {times}"))
        .output()
        .expect("valgrind is installed: tests/run sees to it");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let collected = said.lines().find_map(|line| {
        let (_, count) = line.split_once("Collected :")?;
        count.trim().parse().ok()
    });
    collected.unwrap_or_else(|| panic!("valgrind names no count: {said}"))
}

/// Runs what it is told to; nothing in a run of its own.
#[test]
fn counted() {
    let Ok(case) = env::var(CASE) else { return };
    let (case, times) = case.split_once(' ').unwrap();
    let (reach, body) = case.rsplit_once('-').unwrap();
    let (_, reach) = REACHES.iter().find(|(name, _)| *name == reach).unwrap();
    let subject = subject(body.parse().unwrap());
    run(&subject, *reach, times.parse().unwrap());
}

#[test]
fn a_request_costs_no_more_instructions_than_it_did() {
    const FEW: usize = 50;
    const MORE: u64 = 400;
    let mut measured = BTreeMap::new();
    for body in BODIES {
        for (reach, _) in REACHES {
            let case = format!("{reach}-{body}");
            let more = FEW + usize::try_from(MORE).unwrap();
            let difference = count(&case, more).saturating_sub(count(&case, FEW));
            measured.insert(case, difference / MORE);
        }
    }
    let mut known: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for line in fs::read_to_string(FILE).unwrap().lines() {
        let [level, case, count] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line:?} is no level, case and count");
        };
        let level = known.entry(level.to_owned()).or_default();
        level.insert(case.to_owned(), count.parse().unwrap());
    }
    println!("{measured:#?}");
    if env::var_os("HOOKFERRY_TEST_WRITE").is_some() {
        known.insert(LEVEL.to_owned(), measured);
        let mut text = String::new();
        for (level, cases) in &known {
            for (case, count) in cases {
                writeln!(text, "{level} {case} {count}").unwrap();
            }
        }
        fs::write(FILE, text).unwrap();
        return;
    }
    let before = known.get(LEVEL);
    let before = before.unwrap_or_else(|| panic!("no figures of opt-level {LEVEL}: {FILE}"));
    assert!(before.keys().eq(measured.keys()), "other cases: {before:?}");
    let off = measured.iter().filter(|(case, now)| {
        let was = before[*case];
        was.abs_diff(**now) * 100 > was * PERCENT
    });
    let off: Vec<_> = off
        .map(|(case, now)| format!("{case}: {now}, before {}", before[case]))
        .collect();
    assert!(
        off.is_empty(),
        "a request costs otherwise than it did; if it is meant, HOOKFERRY_TEST_WRITE=1 writes it down: {off:#?}"
    );
}
