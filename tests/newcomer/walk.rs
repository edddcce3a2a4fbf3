//! The README and docs/getting-started.md, walked as a newcomer would: `tests/newcomer` runs what they print, and compares.

use std::path::Path;
use std::process::Command;

use crate::support::brokers::{Private, Which};
use crate::support::{output_of, project_file, rabbitmq};

const BINARY: &str = env!("CARGO_BIN_EXE_hookferry");

/// By the daemon that was built for the tests. `tests/newcomer --clean` clones and builds by itself, as printed.
/// A newcomer's Kafka is empty: that of the other tests has topics of the same names.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_of_readme_and_getting_started_shows_what_it_says() {
    let kafka = Private::start(Which::Kafka).await;
    let mut walk = Command::new("python3");
    walk.arg(project_file("tests/newcomer.py"));
    walk.arg("--binaries")
        .arg(Path::new(BINARY).parent().unwrap());
    walk.env("HOOKFERRY_TEST_KAFKA", kafka.address());
    walk.env("HOOKFERRY_TEST_RABBITMQ", rabbitmq::url());
    let said = String::from_utf8(output_of(&mut walk, vec![])).unwrap();
    println!("{said}");
    let last = said.lines().last().unwrap_or_default();
    let count = |word: &str| -> usize {
        let before = last.split(word).next().unwrap().trim();
        before.rsplit(' ').next().unwrap().parse().unwrap()
    };
    assert!(count("commands ran") >= 20, "{last}");
    assert!(count("were compared") >= 8, "{last}");
}
