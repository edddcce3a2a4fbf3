//! What is told of an exchange, as JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header;
use serde_json::{Map, Value, json};

use super::Inspector;
use super::exchange::{Exchange, Place, PlaceAt, Request};
use crate::authenticate::Step;
use crate::publish::encode::Encoding;
use crate::publish::{Parcel, Placement};

/// A line of the list.
pub(super) fn summary(exchange: &Exchange) -> Map<String, Value> {
    let (request, whose, end) = (&exchange.request, &exchange.whose, &exchange.end);
    let stages = &exchange.stages;
    let milliseconds = |ms: Option<f64>| ms.map(rounded);
    let target = target(request);
    let shown = json!({
        "seq": exchange.seq,
        "at": exchange.at.text(),
        "source": whose.source.as_deref(),
        "tenant": whose.tenant.as_deref(),
        "bin": whose.bin.as_deref(),
        "method": request.method.as_str(),
        "path": target,
        "status": end.status,
        "outcome": end.outcome,
        "reason": end.reason,
        "message": end.message,
        "type": exchange.kind,
        "id": exchange.id,
        "events": exchange.events,
        "provider": whose.provider,
        "bytes": request.body_bytes,
        "elapsed_ms": rounded(stages.whole),
        "stages": {
            "read_ms": milliseconds(stages.read),
            "verify_ms": milliseconds(stages.verify),
            "normalize_ms": milliseconds(stages.normalize),
            "publish_ms": milliseconds(stages.publish),
        },
        "where": exchange.places.iter().map(place).collect::<Vec<_>>(),
        "replay_of": exchange.replay_of,
        "guess": exchange.guess,
        "client": request.client.map(|client| client.to_string()),
    });
    match shown {
        Value::Object(shown) => shown,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

fn rounded(ms: f64) -> f64 {
    (ms * 1000.0).round() / 1000.0
}

fn target(request: &Request) -> String {
    match request.query.as_str() {
        "" => request.path.clone(),
        query => format!("{}?{query}", request.path),
    }
}

fn place(place: &Place) -> Value {
    let mut shown = Map::new();
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("sink", place.sink.as_str().into());
    match &place.at {
        PlaceAt::Kafka {
            topic,
            partition,
            offset,
            key,
        } => {
            put("topic", topic.as_str().into());
            put("partition", (*partition).into());
            put("offset", (*offset).into());
            put("key", key.as_str().into());
        }
        PlaceAt::Rabbitmq {
            exchange,
            routing_key,
        } => {
            put("exchange", exchange.as_str().into());
            put("routing_key", routing_key.as_str().into());
        }
        PlaceAt::Spooled { topic } => {
            put("topic", topic.as_str().into());
            put("spooled", true.into());
        }
    }
    if let Some(reason) = place.buried {
        put("dead_letter", reason.into());
    }
    Value::Object(shown)
}

pub(super) fn steps(steps: &[Step]) -> Value {
    let each = steps.iter();
    each.map(|step| json!({ "passed": step.passed, "text": step.text }))
        .collect()
}

impl Inspector {
    /// All that is known of an exchange.
    pub(super) fn detail(&self, exchange: &Exchange) -> Value {
        self.told(exchange, self.explain_late(exchange))
    }

    /// The same as it is known now: for what is not explained there is no time yet.
    pub(super) fn at_once(&self, exchange: &Exchange) -> Value {
        self.told(exchange, (exchange.steps.clone(), exchange.causes.clone()))
    }

    fn told(&self, exchange: &Exchange, (explained, causes): (Vec<Step>, Vec<String>)) -> Value {
        let request = &exchange.request;
        let mut shown = summary(exchange);
        let text = request.body.as_deref().map(std::str::from_utf8);
        let (text, coded) = match (text, &request.body) {
            (Some(Ok(text)), _) => (Some(text), None),
            // It may have been cut within a letter.
            (Some(Err(_)), Some(body)) => (None, Some(STANDARD.encode(body))),
            (Some(Err(_)) | None, _) => (None, None),
        };
        let content_type = request.headers.get(header::CONTENT_TYPE);
        let content_type = content_type.map(|value| String::from_utf8_lossy(value.as_bytes()));
        let (event, judged) = (exchange.can_publish(), exchange.can_judge());
        let why: Vec<_> = [
            event.err().map(|why| format!("as event: {why}")),
            judged.err().map(|why| format!("as request: {why}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        let more = json!({
            "headers": headers(request),
            "query": request.query,
            "content_type": content_type,
            "body": text,
            "body_base64": coded,
            "body_truncated": request.truncated,
            "body_note": request.body_note,
            "steps": steps(&explained),
            "causes": causes,
            "events": events(&exchange.parcels),
            "events_note": exchange.events_note,
            "curl": self.curl(exchange),
            "can_replay": {
                "event": event.is_ok(),
                "request": judged.is_ok(),
                "why": why.join("; "),
            },
        });
        if let Value::Object(more) = more {
            shown.extend(more);
        }
        Value::Object(shown)
    }

    /// The public URL that the exchange came to, without its query.
    pub(super) fn url_of(&self, exchange: &Exchange) -> String {
        let facts = self.facts();
        format!("{}{}", facts.origin(self.ingress()), exchange.request.path)
    }

    /// A command that sends the same once more, but for what was not kept.
    fn curl(&self, exchange: &Exchange) -> String {
        let request = &exchange.request;
        let facts = self.facts();
        let url = format!("{}{}", facts.origin(self.ingress()), target(request));
        let mut words = vec![format!(
            "curl -g --path-as-is -X {}",
            quoted(request.method.as_str())
        )];
        words.push(quoted(&url));
        for (name, value) in &request.headers {
            // What curl writes by itself.
            let is_own = [
                header::HOST,
                header::CONTENT_LENGTH,
                header::TRANSFER_ENCODING,
            ];
            if is_own.contains(name)
                || *name == header::CONNECTION
                || *name == header::CONTENT_ENCODING
            {
                continue;
            }
            let value = String::from_utf8_lossy(value.as_bytes());
            // A name with a colon alone would take the header away.
            let line = if value.is_empty() {
                format!("{name};")
            } else {
                format!("{name}: {value}")
            };
            words.push(format!("-H {}", quoted(&line)));
        }
        match request.body.as_deref().map(std::str::from_utf8) {
            None => {}
            Some(Ok("")) => {}
            Some(Ok(text)) if !text.contains('\0') => {
                words.push(format!("--data-raw {}", quoted(text)));
            }
            Some(Ok(_) | Err(_)) => words.push("--data-binary @body.bin".to_owned()),
        }
        words.join(" ")
    }
}

/// A word that a POSIX shell reads as this text.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The headers in the order that they came in; credentials are not among their values.
pub(super) fn headers(request: &Request) -> Value {
    let headers = request.headers.iter();
    headers
        .map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]))
        .collect()
}

/// What was published, for each event at each of its sinks.
fn events(parcels: &[Parcel]) -> Value {
    let each = parcels.iter().flat_map(|parcel| {
        let placements = parcel.to().iter();
        placements.map(move |placement| event(parcel, placement))
    });
    each.collect()
}

fn event(parcel: &Parcel, placement: &Placement) -> Value {
    let event = parcel.event();
    let record = placement.route.record(event);
    let (topic, key) = record.place();
    let value = record.value();
    let is_structured = placement.route.shape.encoding == Encoding::Structured;
    let text = std::str::from_utf8(value).ok();
    let envelope = if is_structured {
        // Its text: whoever reads it as JSON may lose digits of numbers.
        text.map(Value::from)
    } else {
        let headers: Map<_, _> = record
            .headers()
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()))
            .collect();
        Some(json!({
            "headers": headers,
            "content_type": record.content_type(),
            "data": text,
            "data_base64": text.is_none().then(|| STANDARD.encode(value)),
        }))
    };
    json!({
        "type": event.kind(),
        "id": event.id(),
        "subject": event.subject(),
        "oddity": event.oddity().map(|oddity| oddity.label()),
        "sink": placement.sink.name(),
        "topic": topic,
        "key": key,
        "encoding": if is_structured { "structured" } else { "binary" },
        "envelope": envelope,
    })
}
