//! What the figures were measured on, and with.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::brokers::Brokers;
use crate::process::output;

/// How many cores this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

pub fn load_average() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

/// Machine and versions in a few lines.
pub fn describe(cores: usize, brokers: &Brokers) -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model = cpuinfo
        .lines()
        .find(|line| line.starts_with("model name"))
        .and_then(|line| line.split_once(": "))
        .map_or("unknown processor", |(_, model)| model);
    let meminfo = read("/proc/meminfo");
    let kib = meminfo
        .split_whitespace()
        .nth(1)
        .and_then(|kib| kib.parse::<f64>().ok());
    let (librdkafka, locked) = (
        rdkafka::util::get_rdkafka_version().1,
        include_str!("../../Cargo.lock"),
    );
    format!(
        "{cores} cores of {model}, {:.0} GiB, Linux {}. Kafka {}, RabbitMQ {} ({} queues), hyper {}, tokio {}, rdkafka {} \
         (librdkafka {librdkafka}), lapin {}, Node.js {}, Python {}. Load average at the start: {}.",
        kib.unwrap_or_default() / 1024.0 / 1024.0,
        read("/proc/sys/kernel/osrelease").trim(),
        kafka(),
        rabbitmq(),
        brokers.queue.borrow(),
        version(locked, "hyper"),
        version(locked, "tokio"),
        version(locked, "rdkafka"),
        version(locked, "lapin"),
        said("node", &["--version"]),
        said(
            &std::env::var("HOOKFERRY_TEST_PYTHON").unwrap_or("python3".to_owned()),
            &["-c", "import platform; print(platform.python_version())"]
        ),
        load_average(),
    )
}

/// By the name of its jar.
fn kafka() -> String {
    let folder = std::env::var("HOOKFERRY_TEST_KAFKA_LIBS").unwrap_or_default();
    let jars = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = jars.map(|jar| jar.file_name().to_string_lossy().into_owned());
    names
        .filter_map(|name| {
            let version = name.strip_prefix("kafka-clients-")?.strip_suffix(".jar")?;
            Some(version.to_owned())
        })
        .next()
        .unwrap_or_else(|| "(version unknown)".to_owned())
}

fn rabbitmq() -> String {
    match std::env::var("HOOKFERRY_TEST_RABBITMQCTL") {
        Ok(ctl) => said(&ctl, &["version"]),
        Err(_) => "(version unknown)".to_owned(),
    }
}

fn said(program: &str, arguments: &[&str]) -> String {
    let said = output(
        Command::new(program).args(arguments),
        Duration::from_secs(60),
    );
    let said = said.unwrap_or_else(|_| "(version unknown)".to_owned());
    said.lines()
        .next_back()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

fn version<'a>(locked: &'a str, name: &str) -> &'a str {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let rest = locked.split_once(&entry).map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split('"').next())
        .unwrap_or("(version unknown)")
}
