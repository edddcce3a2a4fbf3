//! What an authentic delivery becomes: one JSON envelope with the data inside, or headers and the data untouched. The first is
//! valid JSON, says nothing twice, and gives the same data back; the other carries the same attributes.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hookferry::authenticate::{Arrival, authenticate};
use hookferry::normalize::{self, Event};
use hookferry::peek;
use hookferry::publish::encode::{Encoding, Shape};
use hookferry::publish::{Route, Topics};
use hookferry::settings::compile::{Endpoint, Operator, endpoint};
use hookferry::settings::providers;
use hookferry::template::{Scope, Template};
use hookferry::time::UnixTime;
use serde_json::{Value, json};

use super::wire::{NOW_S, Wire, swell, swollen};

/// Presets that take everything: what strangers write is in every attribute.
static OPEN: LazyLock<Vec<Endpoint>> = LazyLock::new(|| {
    let one = json!({
        "type": ["{json:/type}", "{header:x-type}", "{query:type}", "{form:type}"],
        "id": ["{json:/id}", "{header:x-id}"],
        "time": { "from": ["{json:/time}", "{header:x-time}"], "unit": "rfc3339" },
        "subject": ["{json:/subject}", "{header:x-subject}"],
        "extensions": { "account": "{json:/account}", "hop": "{header:x-hop}" },
    });
    let batch = json!({
        "type": ["{item:/type}", "{parent:/type}"], "id": "{item:/id}", "batch": ["", "/items"],
        "redact": ["/secret"],
    });
    let xml = json!({
        "type": "{xml:/a/type}", "id": "{xml:/a/id}",
        "batch_of": { "format": "xml", "path": "/a/b" },
    });
    let data = json!({ "type": "{form:type}", "data": "{form:payload}", "data_content_type": "application/json" });
    [one, batch, xml, data].into_iter().map(open).collect()
});

fn open(event: Value) -> Endpoint {
    let tree = json!({
        "id": "open", "name": "Open", "domain": "open.example", "docs": "https://open.example",
        "confidence": "unverified", "integrity": "none", "reply_within_ms": 1000, "verify": "none", "event": event,
        "methods": ["POST", "PUT", "GET"],
    });
    let preset = providers::parse(tree).expect("a preset");
    let operator = Operator {
        name: "open".into(),
        uri: "https://hooks.example.com/open".into(),
        url: "https://hooks.example.com/open".into(),
        ..Operator::default()
    };
    endpoint(&preset, &operator).expect("an endpoint")
}

/// The events of a request at one of the open presets.
pub fn events(which: u8, wire: &Wire) -> Vec<Event> {
    let endpoint = &OPEN[usize::from(which) % OPEN.len()];
    let now = UnixTime::from_seconds(NOW_S);
    match authenticate(&endpoint.scheme, wire.received(), now, &mut ()) {
        Ok(Arrival::Delivery(verified)) => normalize::events(&endpoint.mapping, verified).events,
        _ => Vec::new(),
    }
}

pub fn route(encoding: Encoding, attribute_prefix: &'static str) -> Route {
    let template = |text| Template::parse(text, Scope::Publish).expect("a template");
    Route {
        shape: Shape {
            encoding,
            attribute_prefix,
        },
        topic: template("webhooks.{source}.{event}"),
        key: vec![
            template("{json:/customer}"),
            template("{subject}"),
            template("{id}"),
        ],
        headers: vec![("x-kind".into(), template("{type}"))],
        default_topic: "webhooks".into(),
        dead_letter_topic: "webhooks.dead-letter".into(),
        topics: Arc::new(Topics::new(10)),
    }
}

static STRUCTURED: LazyLock<Route> = LazyLock::new(|| route(Encoding::Structured, "ce_"));
static BINARY: LazyLock<Route> = LazyLock::new(|| route(Encoding::Binary, "ce_"));

pub fn run(data: &[u8]) {
    let Some((which, rest)) = data.split_first() else {
        return;
    };
    let Some(wire) = Wire::read(&swollen(rest)) else {
        return;
    };
    // A batch of thousands is made of items that are all treated alike.
    for event in events(*which, &wire).iter().take(64) {
        structured(event);
        binary(event);
    }
}

fn structured(event: &Event) {
    let record = STRUCTURED.record(event);
    place(record.place());
    let text = std::str::from_utf8(record.value()).expect("text");
    // None where a name is given twice, or it is no JSON.
    let members = peek::members(text).expect("an object that says nothing twice");
    let member = |name: &str| {
        members
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, raw)| *raw)
    };
    let string =
        |name: &str| member(name).map(|raw| serde_json::from_str::<String>(raw).expect("a text"));
    match (member("data"), string("data_base64")) {
        (Some(raw), None) => {
            assert!(event.is_json());
            // The bytes as they are, but for the space around them.
            let data = std::str::from_utf8(event.data()).expect("text");
            assert_eq!(raw, data.trim_matches([' ', '\t', '\r', '\n']));
        }
        (None, Some(text)) => {
            assert!(!event.is_json());
            assert_eq!(
                Bytes::from(STANDARD.decode(text).expect("base64")),
                event.data()
            );
        }
        (None, None) => assert!(event.data().is_empty()),
        (Some(_), Some(_)) => panic!("data twice"),
    }
    assert_eq!(string("specversion").as_deref(), Some("1.0"));
    assert_eq!(string("id").as_deref(), Some(event.id()));
    assert_eq!(string("type").as_deref(), Some(event.kind()));
    assert_eq!(
        string("source").as_deref(),
        Some("https://hooks.example.com/open")
    );
    assert_eq!(string("subject").as_deref(), event.subject());
    assert_eq!(string("integrity").as_deref(), Some("none"));
    for (name, _) in &members {
        assert!(is_attribute(name) || name == "data_base64", "{name:?}");
    }
    // Beside the data all is bounded by what came.
    assert!(record.value().len() <= (event.data().len() + 65_536) * 20);
}

fn binary(event: &Event) {
    let record = BINARY.record(event);
    place(record.place());
    assert_eq!(record.value(), event.data());
    let mut names = BTreeSet::new();
    for (name, _) in record.headers() {
        assert!(names.insert(name), "{name:?} is there twice");
        let plain = name.strip_prefix("ce_").unwrap_or(name);
        assert!(
            plain
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{name:?}"
        );
    }
    let value = |name: &str| {
        record
            .headers()
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(value("ce_id"), Some(event.id()));
    assert_eq!(value("ce_type"), Some(event.kind()));
    assert_eq!(value("ce_subject"), event.subject());
}

/// Topics of letters that every broker takes, and short keys.
fn place((topic, key): (&str, &str)) {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    assert!(
        !topic.is_empty() && topic.len() <= 200 && topic.bytes().all(is_plain),
        "{topic:?}"
    );
    assert!(key.len() <= 512);
}

fn is_attribute(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

pub fn seeds() -> Vec<Vec<u8>> {
    let heads = "content-type: application/json\nx-type: a/b:c\nx-id: i\nx-time: 2026-01-01T00:00:00Z\nx-subject: s\nx-hop: h\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\ntracestate: a=b";
    let mut seeds = Vec::new();
    for (which, body) in [
        (
            0_u8,
            r#"{"type":"t","id":7,"time":"2026-01-01T00:00:00+01:00","subject":"\u0000\"é","account":[1],"customer":"k"}"#,
        ),
        (0, r#"{"id":"1","id":"2"}"#),
        (0, "{not json"),
        (0, ""),
        (0, " [1 , 2]\n"),
        (
            1,
            r#"[{"type":"a","items":[{"id":1,"secret":"s"},{"id":1}]},{"items":[]},{"id":"x"},3]"#,
        ),
        (1, r#"{"type":"one","id":5,"secret":{"a":1}}"#),
        (2, "<a><type>t</type><id>1</id><b><c/></b><b>2</b></a>"),
        (3, "type=t&payload=%7B%22a%22%3A1%7D"),
    ] {
        seeds.push(
            [
                &[which][..],
                format!("POST /open?type=q\n{heads}\n\n{body}").as_bytes(),
            ]
            .concat(),
        );
        seeds.push(
            [
                &[which][..],
                b"POST /open\ncontent-type: application/x-www-form-urlencoded\n\n",
                body.as_bytes(),
            ]
            .concat(),
        );
        seeds.push(
            [
                &[which][..],
                b"POST /open\n\n",
                body.as_bytes(),
                &swell(12, 14),
            ]
            .concat(),
        );
    }
    seeds.push(
        [
            &b"\x01POST /open\n\n[{\"id\":1},"[..],
            &swell(9, 12),
            b"{\"id\":2}]",
        ]
        .concat(),
    );
    seeds.push(
        [
            &b"\x00POST /open\nx-subject: aaaaaaaa"[..],
            &swell(8, 11),
            b"\n\n{}",
        ]
        .concat(),
    );
    // Thousands of items, and what each of them has from all that is around it.
    for (which, before, item, after) in [
        (
            2,
            "<a><type>t</type>",
            "<b>forty bytes of an item, more or less</b>",
            "</a>",
        ),
        (
            1,
            "[",
            "{\"note\":\"forty bytes of an item, or so\"},",
            "{}]",
        ),
        (
            1,
            "[{\"type\":\"t\",\"items\":[",
            "{\"note\":\"forty bytes of an item, or so\"},",
            "{}]}]",
        ),
    ] {
        let head = format!("POST /open\n\n{before}{item}");
        let length = u8::try_from(item.len()).expect("a short item");
        seeds.push(
            [
                &[which],
                head.as_bytes(),
                &swell(length, 12),
                after.as_bytes(),
            ]
            .concat(),
        );
    }
    seeds
}
