//! docs/consumers read what the daemon publishes, in both modes, as each language's own client does: every event
//! takes effect once, though it comes twice and its consumer is killed, and what is no event stops nobody.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::daemon::{Daemon, config};
use crate::support::github::{Delivery, SECRET};
use crate::support::{Folder, kafka, output_of, project_file, rabbitmq, run_id, until, variable};

/// How long anything here may take: a JVM starts on a machine that is busy.
const BOUND: Duration = Duration::from_secs(180);
/// Events of each source before the consumer is killed, and after it.
const EVENTS: usize = 20;

/// One of the examples.
#[derive(Debug, Clone, Copy)]
enum Example {
    Java,
    Python,
    Go,
    Node,
    PythonRabbitmq,
    NodeRabbitmq,
}

impl Example {
    fn command(self) -> Command {
        let example = |path: &str| project_file(&format!("docs/consumers/{path}"));
        let installed = PathBuf::from(variable("HOOKFERRY_TEST_CONSUMERS"));
        let python = |path: &str| {
            let mut command = Command::new(variable("HOOKFERRY_TEST_PYTHON"));
            command
                .arg(example(path))
                .env("PYTHONDONTWRITEBYTECODE", "1");
            command
        };
        let node = |path: &str| {
            let mut command = Command::new("node");
            command.arg(example(path));
            command.env("NODE_PATH", installed.join("node/node_modules"));
            command
        };
        match self {
            Self::Java => {
                let mut command = Command::new("java");
                command.args(["-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp"]);
                command.arg(installed.join("java/lib/*"));
                command.arg(example("java/Consumer.java"));
                command
            }
            Self::Python => python("python/kafka_consumer.py"),
            Self::Go => Command::new(installed.join("go/consumer")),
            Self::Node => node("node/kafka_consumer.js"),
            Self::PythonRabbitmq => python("python/rabbitmq_consumer.py"),
            Self::NodeRabbitmq => node("node/rabbitmq_consumer.js"),
        }
    }

    fn reads_rabbitmq(self) -> bool {
        matches!(self, Self::PythonRabbitmq | Self::NodeRabbitmq)
    }
}

/// A running example. It is killed when it is dropped.
struct Running(Child, PathBuf);

impl Running {
    fn start(example: Example, run: &str, folder: &Folder) -> Self {
        let said = folder.path().join("said");
        let file = std::fs::File::options();
        let file = file.clone().append(true).create(true).open(&said).unwrap();
        let mut command = example.command();
        command.env("EFFECTS", folder.path().join("effects.jsonl"));
        if example.reads_rabbitmq() {
            command.env("RABBITMQ_URL", rabbitmq::url());
            command.env("RABBITMQ_QUEUE", run);
        } else {
            let topics = ["text.push", "bytes.push", "dead"].map(|it| format!("{run}.{it}"));
            command.env("KAFKA_BROKERS", kafka::address());
            command.env("KAFKA_TOPICS", topics.join(","));
            command.env("KAFKA_GROUP", run);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.stderr(file).spawn().expect("it was installed");
        Self(child, said)
    }

    fn said(&self) -> String {
        std::fs::read_to_string(&self.1).unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
        if std::thread::panicking() {
            eprintln!("the example said:\n{}", self.said());
        }
    }
}

/// The lines of effects that are there, whole.
fn effects(folder: &Folder) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.path().join("effects.jsonl")).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Two sources, one in each mode, on both brokers.
async fn daemon(run: &str) -> Daemon {
    let sink = |kind: Value, encoding: &str| {
        let mut sink = kind;
        sink["encoding"] = encoding.into();
        sink
    };
    let kafka = json!({
        "type": "kafka",
        "brokers": kafka::address(),
        "topic": format!("{run}.{{source}}.{{event}}"),
        "default_topic": format!("{run}.default"),
        "dead_letter_topic": format!("{run}.dead"),
    });
    let rabbit = json!({ "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": run });
    let source = |name: &str, sinks: [&str; 2]| {
        json!({
            "provider": "github",
            "path": format!("/webhooks/{name}"),
            "secrets": [{ "env": "GITHUB_SECRET" }],
            "sinks": sinks,
        })
    };
    let config = config(json!({
        "limits": { "reply_within_ms": 10_000 },
        // What comes twice is to be the consumer's to notice.
        "dedup": { "window_s": 0 },
        "sinks": {
            "kafka": sink(kafka.clone(), "structured"),
            "kafka-binary": sink(kafka, "binary"),
            "rabbit": sink(rabbit.clone(), "structured"),
            "rabbit-binary": sink(rabbit, "binary"),
        },
        "sources": {
            "text": source("text", ["kafka", "rabbit"]),
            "bytes": source("bytes", ["kafka-binary", "rabbit-binary"]),
        },
    }));
    let env = [
        ("GITHUB_SECRET", SECRET),
        ("RABBITMQ_URL", &rabbitmq::url()),
    ];
    let daemon = Daemon::start(config, &env);
    daemon.ready().await;
    daemon
}

/// Sends `numbers` to both sources, each twice, as a provider does that has missed the answer.
async fn send(daemon: &Daemon, run: &str, numbers: std::ops::Range<usize>) {
    for number in numbers {
        for source in ["text", "bytes"] {
            let delivery = Delivery::push(format!("{run}-{number}"));
            for _ in 0..2 {
                let path = format!("/webhooks/{source}");
                let reply = delivery.send(&daemon.client(), &path, SECRET).await;
                assert_eq!(reply.status, 200, "{reply:?}");
            }
        }
    }
}

async fn each_event_takes_effect_once(example: Example) {
    let run = run_id();
    let folder = Folder::new();
    rabbitmq::declare(&rabbitmq::url(), &run, &run, "#");
    let daemon = daemon(&run).await;
    send(&daemon, &run, 0..EVENTS).await;
    // What is no event, between those that are.
    if example.reads_rabbitmq() {
        publish_to_rabbitmq(&run, "no event").await;
    } else {
        let topic = format!("{run}.text.push");
        let mut kcat = Command::new("kcat");
        kcat.args(["-P", "-b", &kafka::address(), "-t", &topic]);
        output_of(&mut kcat, b"no event\n".to_vec());
    }
    // And a dead letter: authentic, and not the JSON that it says it is.
    let mut dead = Delivery::push(format!("{run}-dead"));
    dead.body = b"{ no JSON".to_vec();
    let reply = dead.send(&daemon.client(), "/webhooks/text", SECRET).await;
    assert_eq!(reply.status, 200, "{reply:?}");

    let first = Running::start(example, &run, &folder);
    until("the first events take effect", BOUND, || async {
        effects(&folder).len() >= EVENTS / 2
    })
    .await;
    // In the middle of its work, or after it; either way the next one goes on.
    drop(first);
    send(&daemon, &run, EVENTS..2 * EVENTS).await;
    let second = Running::start(example, &run, &folder);
    let wanted = 2 * 2 * EVENTS + 1;
    until("all events take effect", BOUND, || async {
        effects(&folder).len() >= wanted
    })
    .await;
    until(
        "what comes again, and what is no event, is said",
        BOUND,
        || async {
            let said = second.said();
            let again = said.lines().filter(|it| it.contains("seen before"));
            again.count() >= 2 * EVENTS && said.contains("is no event")
        },
    )
    .await;
    drop(second);

    let done = effects(&folder);
    let mut times = BTreeMap::new();
    for effect in &done {
        let key = (effect["source"].to_string(), effect["id"].to_string());
        *times.entry(key).or_insert(0) += 1;
    }
    assert!(times.values().all(|it| *it == 1), "{times:?}");
    assert_eq!(done.len(), wanted, "{times:?}");
    for effect in &done {
        let id = effect["id"].as_str().unwrap();
        if id.ends_with("-dead") {
            assert_eq!(effect["deadletter"], "not_json", "{effect}");
        } else {
            assert_eq!(effect["deadletter"], Value::Null, "{effect}");
            assert_eq!(effect["type"], "com.github.push", "{effect}");
            assert_eq!(effect["data"]["after"], id, "{effect}");
        }
    }
}

/// A message that is no event, from somebody else.
async fn publish_to_rabbitmq(exchange: &str, body: &str) {
    use lapin::options::BasicPublishOptions;
    use lapin::{BasicProperties, Connection, ConnectionProperties};
    let url = rabbitmq::url();
    let connection = Connection::connect(&url, ConnectionProperties::default());
    let connection = connection.await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    channel
        .basic_publish(
            exchange.into(),
            "text.push".into(),
            BasicPublishOptions::default(),
            body.as_bytes(),
            BasicProperties::default(),
        )
        .await
        .unwrap();
    connection.close(200, "OK".into()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn java_reads_kafka() {
    each_event_takes_effect_once(Example::Java).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn python_reads_kafka() {
    each_event_takes_effect_once(Example::Python).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn go_reads_kafka() {
    each_event_takes_effect_once(Example::Go).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_reads_kafka() {
    each_event_takes_effect_once(Example::Node).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn python_reads_rabbitmq() {
    each_event_takes_effect_once(Example::PythonRabbitmq).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_reads_rabbitmq() {
    each_event_takes_effect_once(Example::NodeRabbitmq).await;
}
