//! Configuration files: every fault has a place and a remedy, and none shows a secret.

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use hookferry::settings::{Environment, load_with};

use super::wire::project;

/// Where the file is that is read: in memory, where there is such a folder.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() {
        memory
    } else {
        std::env::temp_dir()
    };
    folder.join(format!("hookferry-fuzz-{}.yaml", std::process::id()))
});
const CANARY: &str = "canary-5f1c2e8a3b1d4b0e";

pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    // Some files never end.
    if text.contains("/dev") || text.contains("/proc") || text.contains("/sys") {
        return;
    }
    fs::write(&*FILE, data).expect("a file");
    let environment: Environment = [("SECRET", CANARY)].into_iter().collect();
    match load_with(Some(FILE.as_path()), &environment) {
        Ok(loaded) => assert!(loaded.settings.limits.connections_max > 0),
        Err(faults) => {
            let said = faults.to_string();
            assert!(!said.is_empty());
            assert!(!said.contains(CANARY), "{said}");
        }
    }
    let _ = fs::remove_file(&*FILE);
}

pub fn seeds() -> Vec<Vec<u8>> {
    let small = "sinks:\n  k: { type: kafka, brokers: 'localhost:9092' }\nsources:\n  g:\n    provider: github\n    path: /g\n    secrets: ['${SECRET}']\n";
    let other = "listen: 0.0.0.0:8080\nlimits: { body_bytes_max: 1024, in_flight_max: 7 }\nsinks:\n  r: { type: rabbitmq, url: 'amqp://u:p@h/v', exchange: e }\nsources:\n  s:\n    provider: stripe\n    path: /s/{tenant}\n    secrets: [\"${SECRET}\", \"whsec_aaaaaaaaaaaaaaaaaaaaaaaa\"]\n    filter: { include: ['a.*'], when: 'data.a == 1' }\n    routes: [{ types: [x], to: [{ sink: r, topic: 'a.{event}' }] }]\n";
    let example = fs::read(project("config.example.yaml")).expect("the example");
    vec![
        small.into(),
        other.into(),
        example,
        b"a: &a [1]\nb: [*a, *a]\n".to_vec(),
        b"sources:\n".to_vec(),
    ]
}
