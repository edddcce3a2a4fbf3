//! Preparing and reading RabbitMQ by pika, a client that is not the daemon's own.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties};
use serde_json::Value;

use super::{output_of, python};

/// A message as pika read it.
#[derive(Debug, Clone)]
pub struct Message {
    pub routing_key: String,
    pub headers: Value,
    pub content_type: Option<String>,
    pub message_id: Option<String>,
    pub kind: Option<String>,
    pub timestamp: Option<u64>,
    pub delivery_mode: Option<u64>,
    pub body: Vec<u8>,
    /// The reader's whole line, as cloudevents_parse.py takes it.
    pub line: String,
}

impl Message {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}

/// The node that `tests/run` started.
pub fn url() -> String {
    super::variable("HOOKFERRY_TEST_RABBITMQ")
}

/// Declares the exchange and the queue, and binds them.
pub fn declare(url: &str, exchange: &str, queue: &str, binding: &str) {
    output_of(
        python("amqp_declare.py").args([url, exchange, queue, binding]),
        vec![],
    );
}

/// The same with more of amqp_declare.py's options.
pub fn declare_with(url: &str, exchange: &str, queue: &str, binding: &str, options: &[&str]) {
    let mut declare = python("amqp_declare.py");
    declare.args([url, exchange, queue, binding]).args(options);
    output_of(&mut declare, vec![]);
}

/// `rabbitmqctl` of the node that `tests/run` started.
pub fn ctl(arguments: &[&str]) -> String {
    let mut command = std::process::Command::new(super::variable("HOOKFERRY_TEST_RABBITMQCTL"));
    let said = output_of(command.args(arguments), vec![]);
    String::from_utf8_lossy(&said).into_owned()
}

pub fn delete(url: &str, exchange: &str, queue: &str) {
    output_of(
        python("amqp_declare.py").args([url, exchange, queue, "#", "--delete"]),
        vec![],
    );
}

/// How many messages wait in the queue.
pub async fn count(url: &str, queue: &str) -> usize {
    let connection = Connection::connect(url, ConnectionProperties::default())
        .await
        .expect("RabbitMQ can be reached");
    let channel = connection.create_channel().await.expect("a channel");
    let passive = QueueDeclareOptions {
        passive: true,
        ..QueueDeclareOptions::default()
    };
    let declared = channel
        .queue_declare(queue.into(), passive, FieldTable::default())
        .await;
    let count = declared.expect("the queue exists").message_count();
    let _ = connection.close(200, "OK".into()).await;
    usize::try_from(count).expect("a count")
}

/// Takes everything that is in the queue. A confirmed message is there, so nothing is waited for.
pub async fn read_all(url: &str, queue: &str) -> Vec<Message> {
    let count = count(url, queue).await;
    read(url, queue, count)
}

/// Takes `count` messages; panics when fewer come.
pub fn read(url: &str, queue: &str, count: usize) -> Vec<Message> {
    if count == 0 {
        return Vec::new();
    }
    let mut reader = python("amqp_read.py");
    let lines = output_of(reader.args([url, queue, &count.to_string(), "60"]), vec![]);
    let lines = String::from_utf8(lines).expect("the reader writes ASCII");
    lines.lines().map(message).collect()
}

fn message(line: &str) -> Message {
    let json: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    Message {
        routing_key: text("routing_key").unwrap_or_default(),
        headers: json["headers"].clone(),
        content_type: text("content_type"),
        message_id: text("message_id"),
        kind: text("type"),
        timestamp: json["timestamp"].as_u64(),
        delivery_mode: json["delivery_mode"].as_u64(),
        body: STANDARD
            .decode(text("body_b64").unwrap_or_default())
            .expect("base64"),
        line: line.to_owned(),
    }
}

/// Whether a server at `host:port` begins an AMQP 0-9-1 handshake.
pub fn answers(address: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address) else {
        return false;
    };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
    let mut first = [0];
    stream.write_all(b"AMQP\x00\x00\x09\x01").is_ok()
        && stream.read_exact(&mut first).is_ok()
        && first == [1]
}

/// The `host:port` of an `amqp://` URL.
pub fn host_of(url: &str) -> String {
    let rest = url.split_once('@').map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().to_owned()
}

/// The URL with another `host:port`.
pub fn url_at(url: &str, address: std::net::SocketAddr) -> String {
    url.replace(&host_of(url), &address.to_string())
}
