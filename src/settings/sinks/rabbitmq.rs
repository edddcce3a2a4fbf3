//! A RabbitMQ sink: from what was typed to what lapin is told.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{IN_FLIGHT_MAX, TOPICS_MAX, coalesce, keys, template_at, tls, topic};
use crate::publish::rabbitmq::{self, Management};
use crate::settings::build::{Build, size};
use crate::settings::document::RabbitmqForm;
use crate::settings::secrets;
use crate::settings::{SinkKind, SinkSettings};

/// The sink at `key`. `None` after a fault that leaves nothing to go on with.
pub(super) fn sink(
    name: &str,
    key: &str,
    form: RabbitmqForm,
    build: &mut Build<'_>,
) -> Option<SinkSettings> {
    let at = |field: &str| format!("{key}.{field}");
    let url = broker_url(&at("url"), form.url.as_ref(), build);
    let tls = form.tls.as_ref();
    if tls.is_some() && url.as_ref().is_some_and(|url| !url.starts_with("amqps://")) {
        let remedy = "begin the URL with amqps://, or remove tls";
        build
            .notes
            .fault(&at("tls"), "the URL asks for no TLS", remedy);
    }
    let tls = tls.map(|form| tls::for_rabbitmq(&at("tls"), form, build));
    let exchange = exchange(&at("exchange"), form.exchange, build);
    let management = management(
        &at("management_url"),
        form.management_url.as_ref(),
        url.as_deref(),
        build,
    );
    let queues = queues(&at("queues"), form.queues.unwrap_or_default(), build);
    let default_topic = topic(
        &at("default_routing_key"),
        form.default_routing_key,
        "default",
        build,
    );
    let dead = topic(
        &at("dead_letter_routing_key"),
        form.dead_letter_routing_key,
        "dead-letter",
        build,
    );
    let template = form.routing_key.as_deref().unwrap_or("{source}.{event}");
    let template = template_at(&at("routing_key"), template, build);
    let key_templates = keys(&at("key"), form.key.as_ref(), build);
    let topics_max = build.number(&at("topics_max"), form.topics_max, TOPICS_MAX, 1..=100_000);
    let in_flight = form.in_flight_max;
    let in_flight = build.number(&at("in_flight_max"), in_flight, IN_FLIGHT_MAX, 1..=100_000);
    let coalesce = coalesce(&at("coalesce_ms"), form.coalesce_ms, build);
    let channels = u64::from(rabbitmq::CHANNELS_DEFAULT);
    let channels = build.number(&at("channels"), form.channels, channels, 1..=256);
    let batch_max = u64::from(rabbitmq::BATCH_MAX_DEFAULT);
    let batch_max = build.number(&at("batch_max"), form.batch_max, batch_max, 1..=4096);
    let queue_max = u64::try_from(rabbitmq::QUEUE_MAX_DEFAULT).ok()?;
    let queue_max = build.number(&at("queue_max"), form.queue_max, queue_max, 1..=1_000_000);
    Some(SinkSettings {
        name: name.to_owned(),
        encoding: form.encoding.unwrap_or_default(),
        topic: template?,
        default_topic,
        dead_letter_topic: dead,
        topics_max: usize::try_from(topics_max).ok()?,
        in_flight_max: size(in_flight),
        coalesce,
        key: key_templates?,
        own_files: BTreeMap::new(),
        kind: SinkKind::Rabbitmq(rabbitmq::Options {
            name: name.to_owned(),
            url: url?,
            tls: tls.unwrap_or_default(),
            exchange,
            channels: u16::try_from(channels).ok()?,
            batch_max: u16::try_from(batch_max).ok()?,
            queue_max: usize::try_from(queue_max).ok()?,
            management: management?,
            queues,
        }),
    })
}

/// The URL. Messages hold no part of it: it may hold a password.
fn broker_url(key: &str, given: Option<&Value>, build: &mut Build<'_>) -> Option<String> {
    let form = "amqp://user:password@host:port/vhost or amqps://..., where the vhost / is %2f";
    let Some(given) = given else {
        build.notes.missing(
            key,
            format!("add url: {form}; or {{ env: NAME }}, {{ file: PATH }}"),
        );
        return None;
    };
    let url = secrets::text(given, key, build.environment, &mut build.notes)?;
    let rest = url
        .strip_prefix("amqp://")
        .or_else(|| url.strip_prefix("amqps://"));
    let (user, host) = match rest.map(|rest| rest.rsplit_once('@')) {
        Some(Some((user, host))) => (user, host),
        Some(None) => ("", rest.unwrap_or_default()),
        None => ("", ""),
    };
    if host.is_empty() || host.starts_with(['/', ':']) || url.contains(char::is_whitespace) {
        build.notes.fault(
            key,
            "it is not the URL of a RabbitMQ broker",
            format!("write {form}"),
        );
        return None;
    }
    warn_of_password(key, given, user, build);
    Some(url)
}

/// A warning when a URL that stands in the configuration itself begins with a `user:password`.
fn warn_of_password(key: &str, given: &Value, user: &str, build: &mut Build<'_>) {
    let password = user.split_once(':').map(|(_, password)| password);
    if given.is_string() && password.is_some_and(|password| password != "guest") {
        let said = "a password stands in the configuration itself, where it leaks into copies";
        let last = key.rsplit('.').next().unwrap_or(key);
        let remedy = format!("put the URL in an environment variable: {last}: {{ env: NAME }}");
        build.notes.warn(key, said, remedy);
    }
}

fn exchange(key: &str, given: Option<String>, build: &mut Build<'_>) -> String {
    let exchange = given.unwrap_or_else(|| "webhooks".into());
    if exchange.is_empty() || exchange.len() > 255 || exchange.starts_with("amq.") {
        let said = format!("{exchange:?} is not the name of an exchange that can be declared");
        let remedy = "write 1 to 255 bytes that do not begin with amq.";
        build.notes.fault(key, said, remedy);
    }
    exchange
}

/// Where the management API is, if it is said. `None` after a fault. Messages hold no part of the
/// URL: it may hold a password.
#[expect(
    clippy::option_option,
    reason = "nothing is said, and nothing can be made of it"
)]
fn management(
    key: &str,
    given: Option<&Value>,
    broker: Option<&str>,
    build: &mut Build<'_>,
) -> Option<Option<Management>> {
    let Some(given) = given else {
        return Some(None);
    };
    let url = secrets::text(given, key, build.environment, &mut build.notes)?;
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let user = rest.split('/').next().and_then(|it| it.rsplit_once('@'));
    warn_of_password(key, given, user.map_or("", |(user, _)| user), build);
    // A fault of the broker's own URL has been named already.
    match Management::new(&url, broker?) {
        Ok(management) => Some(Some(management)),
        Err(said) => {
            let remedy = "write http://host:15672 or https://user:password@host";
            build.notes.fault(key, said, remedy);
            None
        }
    }
}

fn queues(key: &str, given: Vec<String>, build: &mut Build<'_>) -> Vec<String> {
    for (at, queue) in given.iter().enumerate() {
        if queue.is_empty() || queue.len() > 255 {
            let said = format!("{queue:?} is not the name of a queue");
            build
                .notes
                .fault(&format!("{key}[{at}]"), said, "write 1 to 255 bytes");
        }
    }
    given
}
