//! The librdkafka properties that we set, and those that an operator may not.
//!
//! Source: librdkafka's `CONFIGURATION.md`,
//! <https://github.com/confluentinc/librdkafka/blob/v2.12.1/CONFIGURATION.md>.

use std::collections::BTreeMap;

use rdkafka::config::ClientConfig;
use rdkafka::error::KafkaError;

use super::Options;

/// Says what to do instead if `property` with `value` would weaken "a 2xx means stored by all
/// in-sync replicas", or contradict another key of the sink.
#[must_use]
pub fn weakens_promise(property: &str, value: &str) -> Option<&'static str> {
    if let Some((_, takes, remedy)) = REFUSED.iter().find(|(name, _, _)| *name == property) {
        return (!takes(value)).then_some(*remedy);
    }
    let is = |prefix: &str| property.starts_with(prefix);
    if is("test.") {
        Some("replaces the broker by a test double; remove it")
    } else if is("plugin.") {
        Some("would let another library take part in publishing; remove it")
    } else if property.ends_with("_cb") || property.ends_with("_cmp") {
        Some("is a callback of the client library, not a setting; remove it")
    } else {
        None
    }
}

/// The properties that librdkafka does not know, or whose value it does not take, each with what is
/// wrong. Nothing is started, and no value is repeated.
#[must_use]
pub fn refused(properties: &BTreeMap<String, String>) -> Vec<(String, String)> {
    properties
        .iter()
        .filter_map(|(property, value)| {
            let mut config = ClientConfig::new();
            let error = config.set(property, value).create_native_config().err()?;
            let said = without_value(&error);
            let said = said.trim_start_matches(&format!("properties.{property}: "));
            Some((property.clone(), said.to_owned()))
        })
        .collect()
}

/// The name, whether it may have a value, and the remedy if not.
type Refused = (&'static str, fn(&str) -> bool, &'static str);

const ACKS: &str =
    "must be all: fewer acknowledgements lose records when a broker fails; remove it";
const IDEMPOTENCE: &str =
    "must be true: without it a retry stores a record twice or out of order; remove it";
const IN_FLIGHT: &str = "must be 1 to 5: idempotence holds no further; remove it";
const RETRIES: &str = "must be at least 1: a record is tried until its reply is due; remove it";
const DEADLINE: &str = "follows from the sources' reply deadlines; set reply_within_ms instead";
const BROKERS: &str = "set the sink's brokers instead";
const LINGER: &str = "set the sink's linger_ms instead";
const QUEUE_MESSAGES: &str = "set the sink's queue_messages_max instead";
const QUEUE_KBYTES: &str = "set the sink's queue_kbytes_max instead";
const TRANSACTIONS: &str =
    "a record would not be visible until a commit that never comes; remove it";
const REPORTS: &str =
    "must be false: a record's delivery report is what a 2xx is made of; remove it";
const ORDER: &str = "must be fifo: records of one key are stored in the order they came; remove it";
const GAPLESS: &str = "must be false: one record that times out would stop the producer; remove it";
const NOT_A_SETTING: &str = "belongs to the client library, not to its users; remove it";

const REFUSED: &[Refused] = &[
    ("acks", is_all, ACKS),
    ("request.required.acks", is_all, ACKS),
    ("enable.idempotence", is_true, IDEMPOTENCE),
    ("max.in.flight", is_1_to_5, IN_FLIGHT),
    (
        "max.in.flight.requests.per.connection",
        is_1_to_5,
        IN_FLIGHT,
    ),
    ("retries", is_positive, RETRIES),
    ("message.send.max.retries", is_positive, RETRIES),
    ("message.timeout.ms", never, DEADLINE),
    ("delivery.timeout.ms", never, DEADLINE),
    ("bootstrap.servers", never, BROKERS),
    ("metadata.broker.list", never, BROKERS),
    ("linger.ms", never, LINGER),
    ("queue.buffering.max.ms", never, LINGER),
    ("queue.buffering.max.messages", never, QUEUE_MESSAGES),
    ("queue.buffering.max.kbytes", never, QUEUE_KBYTES),
    ("transactional.id", never, TRANSACTIONS),
    ("transaction.timeout.ms", never, TRANSACTIONS),
    ("delivery.report.only.error", is_false, REPORTS),
    ("queuing.strategy", is_fifo, ORDER),
    ("enable.gapless.guarantee", is_false, GAPLESS),
    ("opaque", never, NOT_A_SETTING),
    ("default_topic_conf", never, NOT_A_SETTING),
    ("enabled_events", never, NOT_A_SETTING),
    ("builtin.features", never, NOT_A_SETTING),
];

fn never(_: &str) -> bool {
    false
}

fn is_all(value: &str) -> bool {
    matches!(value, "all" | "-1")
}

fn is_true(value: &str) -> bool {
    value == "true"
}

fn is_false(value: &str) -> bool {
    value == "false"
}

fn is_fifo(value: &str) -> bool {
    value == "fifo"
}

fn is_1_to_5(value: &str) -> bool {
    value
        .parse()
        .is_ok_and(|value: u32| (1..=5).contains(&value))
}

fn is_positive(value: &str) -> bool {
    value.parse().is_ok_and(|value: u32| value > 0)
}

/// Everything that the promise rests on is written out, whatever the library's default is today.
pub(super) fn producer(options: &Options) -> ClientConfig {
    let mut config = ClientConfig::new();
    // What an operator may change comes first.
    //
    // Within two seconds of a broker's return it is found again.
    config.set("reconnect.backoff.ms", "100");
    config.set("reconnect.backoff.max.ms", "1000");
    config.set("retry.backoff.ms", "100");
    config.set("retry.backoff.max.ms", "1000");
    // A partition's new leader is looked for at this pace.
    config.set("topic.metadata.refresh.fast.interval.ms", "100");
    // A topic that was missing is noticed once it exists.
    config.set("topic.metadata.refresh.interval.ms", "10000");
    // For so long a topic may be missing because it is just being created; then it is named.
    config.set("topic.metadata.propagation.max.ms", "2000");
    // A broker that stopped answering is left and dialled again after it.
    config.set("socket.timeout.ms", "10000");
    config.set("socket.connection.setup.timeout.ms", "5000");
    // A path through a firewall that drops idle connections is kept open.
    config.set("socket.keepalive.enable", "true");
    // Small batches leave at once instead of waiting for the last one's TCP acknowledgement.
    config.set("socket.nagle.disable", "true");
    // The partition that Java's default partitioner gives a key.
    config.set("partitioner", "murmur2_random");
    config.set("client.id", "hookferry");
    // Its figures for the broker's operator (KIP-714) are a megabyte that every replica holds, whether or not anybody asks.
    config.set("enable.metrics.push", "false");
    for (property, value) in &options.properties {
        config.set(property, value);
    }
    // What carries the promise comes last, so that nothing above can undo it.
    //
    // A delivery report means that all in-sync replicas have the record.
    config.set("acks", "all");
    // librdkafka's own retries neither duplicate nor reorder.
    config.set("enable.idempotence", "true");
    // As many as idempotence allows, unless fewer were asked for.
    if !options
        .properties
        .keys()
        .any(|property| property.starts_with("max.in.flight"))
    {
        config.set("max.in.flight", "5");
    }
    // Successes are reported too: they are what a 2xx is made of.
    config.set("delivery.report.only.error", "false");
    // A record is not sent long after its sender was told 503 and has sent it again.
    config.set(
        "message.timeout.ms",
        options.message_timeout_ms.max(1).to_string(),
    );
    config.set("linger.ms", options.linger_ms.to_string());
    // Both bound what an outage costs in memory.
    config.set(
        "queue.buffering.max.messages",
        options.queue_messages_max.max(1).to_string(),
    );
    config.set(
        "queue.buffering.max.kbytes",
        options.queue_kbytes_max.max(1).to_string(),
    );
    config.set("bootstrap.servers", &options.brokers);
    if options.create_topics.is_some() {
        // A broker that makes topics by itself would make them by its own numbers.
        config.set("allow.auto.create.topics", "false");
    }
    config
}

/// The text of a configuration error without the property's value, which may be a password.
pub(in crate::publish) fn without_value(error: &KafkaError) -> String {
    if let KafkaError::ClientConfig(_, description, property, _) = error {
        let known = !description.contains("No such");
        let fault = if known {
            "librdkafka does not take this value"
        } else {
            "librdkafka knows no such property"
        };
        format!("properties.{property}: {fault}")
    } else {
        error.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::weakens_promise;

    #[test]
    fn nothing_that_confirms_less_passes() {
        for (property, value) in [
            ("acks", "1"),
            ("acks", "0"),
            ("request.required.acks", "1"),
            ("enable.idempotence", "false"),
            ("max.in.flight", "6"),
            ("max.in.flight.requests.per.connection", "many"),
            ("retries", "0"),
            ("message.timeout.ms", "0"),
            ("delivery.timeout.ms", "600000"),
            ("transactional.id", "x"),
            ("bootstrap.servers", "elsewhere:9092"),
            ("test.mock.num.brokers", "1"),
            ("test.mock.broker.rtt", "1"),
            ("plugin.library.paths", "evil.so"),
            ("delivery.report.only.error", "true"),
            ("dr_msg_cb", "x"),
            ("partitioner_cb", "x"),
            ("msg_order_cmp", "x"),
            ("queuing.strategy", "lifo"),
            ("linger.ms", "5"),
            ("queue.buffering.max.messages", "0"),
        ] {
            assert!(
                weakens_promise(property, value).is_some(),
                "{property}={value}"
            );
        }
    }

    #[test]
    fn what_keeps_the_promise_passes() {
        for (property, value) in [
            ("acks", "all"),
            ("acks", "-1"),
            ("enable.idempotence", "true"),
            ("max.in.flight", "1"),
            ("retries", "10"),
            ("compression.type", "zstd"),
            ("security.protocol", "sasl_ssl"),
            ("sasl.password", "0"),
            ("batch.num.messages", "100"),
        ] {
            assert_eq!(weakens_promise(property, value), None, "{property}={value}");
        }
    }
}
