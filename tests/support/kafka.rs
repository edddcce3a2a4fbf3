//! Reading Kafka back by kcat, a client that is not the daemon's own; its topics by librdkafka.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, NewTopic, ResourceSpecifier, TopicReplication,
};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use serde_json::Value;

use super::{output_of, run_id};

/// A record as kcat read it.
#[derive(Debug, Clone)]
pub struct Record {
    pub topic: String,
    pub partition: i64,
    pub offset: i64,
    pub key: Option<String>,
    pub headers: Vec<(String, String)>,
    pub payload: String,
    /// kcat's whole line, as cloudevents_parse.py takes it.
    pub line: String,
}

impl Record {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The payload as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.payload)
            .unwrap_or_else(|error| panic!("{error}: no JSON: {}", self.payload))
    }
}

/// The brokers that `tests/run` started.
pub fn address() -> String {
    super::variable("HOOKFERRY_TEST_KAFKA")
}

/// kcat waits without end for a broker that does not answer.
fn kcat() -> Command {
    let mut command = Command::new("timeout");
    command.args(["60", "kcat"]);
    command
}

/// The topics whose names begin with `prefix`, sorted.
pub fn topics(brokers: &str, prefix: &str) -> Vec<String> {
    let listed = output_of(kcat().args(["-L", "-J", "-m", "10", "-b", brokers]), vec![]);
    let listed: Value = serde_json::from_slice(&listed).expect("kcat lists JSON");
    let mut topics: Vec<_> = listed["topics"]
        .as_array()
        .expect("a list of topics")
        .iter()
        .filter_map(|topic| topic["topic"].as_str())
        .filter(|topic| topic.starts_with(prefix))
        .map(str::to_owned)
        .collect();
    topics.sort();
    topics
}

fn admin(brokers: &str) -> AdminClient<DefaultClientContext> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", brokers);
    config.create().expect("these are properties")
}

fn patient() -> AdminOptions {
    let within = Some(Duration::from_secs(30));
    AdminOptions::new()
        .operation_timeout(within)
        .request_timeout(within)
}

/// Makes a topic and returns once the broker has it.
pub async fn create(
    brokers: &str,
    topic: &str,
    partitions: i32,
    replicas: i32,
    config: &[(&str, &str)],
) {
    let mut new = NewTopic::new(topic, partitions, TopicReplication::Fixed(replicas));
    for (property, value) in config {
        new = new.set(property, value);
    }
    let made = admin(brokers).create_topics([&new], &patient()).await;
    made.expect("the broker answers")[0]
        .as_ref()
        .expect("the topic is made");
}

/// Deletes a topic.
pub async fn delete(brokers: &str, topic: &str) {
    let gone = admin(brokers).delete_topics(&[topic], &patient()).await;
    gone.expect("the broker answers")[0]
        .as_ref()
        .expect("the topic is deleted");
}

/// How many partitions a topic has.
pub fn partitions(brokers: &str, topic: &str) -> usize {
    let listed = output_of(
        kcat().args(["-L", "-J", "-m", "10", "-b", brokers, "-t", topic]),
        vec![],
    );
    let listed: Value = serde_json::from_slice(&listed).expect("kcat lists JSON");
    listed["topics"][0]["partitions"]
        .as_array()
        .map_or(0, Vec::len)
}

/// Every record of one topic.
pub fn read(brokers: &str, topic: &str) -> Vec<Record> {
    records(&output_of(whole(brokers, topic).arg("-J"), vec![]))
}

/// What reads a topic from its beginning to its end.
fn whole(brokers: &str, topic: &str) -> Command {
    let mut command = kcat();
    command.args(["-C", "-b", brokers, "-t", topic]);
    command.args(["-o", "beginning", "-e", "-q"]);
    command
}

/// Every record of all topics whose names begin with `prefix`.
pub fn read_all(brokers: &str, prefix: &str) -> Vec<Record> {
    let topics = topics(brokers, prefix);
    match topics.as_slice() {
        [] => Vec::new(),
        [one] => read(brokers, one),
        // A consumer group reads many topics at once and, unlike -C, ends when all are at their end.
        many => {
            let mut command = kcat();
            command.args(["-b", brokers, "-G", &run_id(), "-e", "-q", "-J"]);
            command
                .args(["-X", "auto.offset.reset=earliest"])
                .args(many);
            records(&output_of(&mut command, vec![]))
        }
    }
}

/// The payloads of one topic byte for byte, whatever they are.
pub fn payloads(brokers: &str, topic: &str) -> Vec<Vec<u8>> {
    let mut command = whole(brokers, topic);
    let mut rest = output_of(command.args(["-f", "%S %s"]), vec![]);
    let mut payloads = Vec::new();
    while !rest.is_empty() {
        let space = rest
            .iter()
            .position(|byte| *byte == b' ')
            .expect("a length");
        let length = std::str::from_utf8(&rest[..space]).expect("digits");
        let end = space + 1 + length.parse::<usize>().expect("a length");
        payloads.push(rest[space + 1..end].to_vec());
        rest.drain(..end);
    }
    payloads
}

/// What a partition holds from the record `from` on, to its end: payloads without a line break.
pub fn payloads_from(brokers: &str, topic: &str, partition: usize, from: usize) -> Vec<String> {
    let mut command = Command::new("timeout");
    let (partition, from) = (partition.to_string(), from.to_string());
    command.args(["300", "kcat", "-C", "-b", brokers, "-t", topic]);
    command.args(["-p", &partition, "-o", &from, "-e", "-q"]);
    let lines = String::from_utf8(output_of(&mut command, vec![])).expect("UTF-8");
    lines.lines().map(str::to_owned).collect()
}

/// Whether a broker answers a Metadata request (version 4) and names itself in it, which one that
/// is still returning does not. By hand, because clients take their time to dial again.
pub fn answers(address: &str) -> bool {
    // Size 15, API key 3, version 4, correlation id 7, no client id, no topics, create none.
    const ASK: &[u8] = b"\0\0\0\x0f\0\x03\0\x04\0\0\0\x07\xff\xff\0\0\0\0\0";
    let Ok(mut stream) = TcpStream::connect(address) else {
        return false;
    };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
    // Size, correlation id, throttle time, number of brokers: 4 bytes each.
    let mut answer = [0; 16];
    stream.write_all(ASK).is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && answer[12..] == [0, 0, 0, 1]
}

fn records(lines: &[u8]) -> Vec<Record> {
    let lines = std::str::from_utf8(lines).expect("kcat's lines are UTF-8 when the payloads are");
    lines.lines().map(record).collect()
}

fn record(line: &str) -> Record {
    let json: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let headers: Vec<String> = json["headers"]
        .as_array()
        .map(|all| all.iter().filter_map(text).collect())
        .unwrap_or_default();
    Record {
        topic: text(&json["topic"]).expect("a topic"),
        partition: json["partition"].as_i64().expect("a partition"),
        offset: json["offset"].as_i64().expect("an offset"),
        key: text(&json["key"]),
        headers: headers
            .chunks_exact(2)
            .map(|pair| (pair[0].clone(), pair[1].clone()))
            .collect(),
        payload: text(&json["payload"]).unwrap_or_default(),
        line: line.to_owned(),
    }
}

/// Its settings are these and the defaults from now on.
pub async fn set_topic(brokers: &str, name: &str, settings: &[(&str, &str)]) {
    let mut change = AlterConfig::new(ResourceSpecifier::Topic(name));
    for (key, value) in settings {
        change = change.set(key, value);
    }
    let changed = admin(brokers).alter_configs(&[change], &patient()).await;
    for outcome in changed.expect("Kafka answers") {
        outcome.expect("the topic's settings can be changed");
    }
}
