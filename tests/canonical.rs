//! Types across providers: every entry of the table by an event that goes signed through a daemon to
//! Kafka, what a consumer gets that is bound to one of them, and what an operator may add.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking, and its input is its own"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use hookferry::normalize::Canonical;
use hookferry::settings::canonical::{EventMatch, is_canonical, rules_of, table};
use hookferry::settings::preset::{Preset, Sample};
use hookferry::settings::providers;
use hookferry::sign;
use hookferry::time::UnixTime;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use support::client::{Client, Reply};
use support::daemon::{Daemon, config};
use support::sides::{Sides, described, sides};
use support::{Folder, kafka, rabbitmq, run_id};

const SAMPLES: &str = include_str!("canonical/samples.jsonl");

/// An event, and the canonical type that it must get. Most are a sample of the preset's with the type, and what
/// the table's conditions look at, as the provider's documents have them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    preset: String,
    /// The provider's own type.
    r#type: String,
    /// None where the table is to have nothing for it.
    expect: Option<String>,
    /// The sample of the preset that it is made of, by its type.
    from: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// Changes of the sample's JSON, by pointer.
    #[serde(default)]
    set: BTreeMap<String, Value>,
    /// All of the body, instead.
    body: Option<String>,
}

struct Source {
    preset: Preset,
    sides: Sides,
    path: String,
}

fn lines() -> Vec<Line> {
    let read = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    SAMPLES.lines().map(read).collect()
}

/// A source for each preset that `lines` name.
fn sources<'l>(lines: impl IntoIterator<Item = &'l Line>) -> BTreeMap<String, Source> {
    let source = |line: &Line| {
        let id = line.preset.clone();
        let preset = providers::parse(providers::load(&id).unwrap().unwrap()).unwrap();
        let path = format!("/webhooks/{id}");
        let sides = sides(&preset, &format!("https://hooks.example.com{path}"));
        let source = Source {
            preset,
            sides,
            path,
        };
        (id, source)
    };
    lines.into_iter().map(source).collect()
}

/// A daemon with all `sources`, which have `canonical_types` as given.
fn start(
    sources: &BTreeMap<String, Source>,
    canonical_types: &Value,
    sinks: &Value,
    folder: &Folder,
) -> Daemon {
    let mut env = Vec::new();
    let described: Map<String, Value> = sources
        .iter()
        .map(|(id, source)| {
            let Source {
                preset,
                sides,
                path,
            } = source;
            let mut described = described(preset, sides, path, folder, &mut env);
            if !canonical_types.is_null() {
                described["canonical_types"] = canonical_types.clone();
            }
            (id.clone(), described)
        })
        .collect();
    let config = config(json!({
        "dedup": { "window_s": 0 }, "sinks": sinks, "sources": described,
    }));
    let env: Vec<(&str, &str)> = env
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    Daemon::start(config, &env)
}

fn kafka_sink(run: &str) -> Value {
    json!({ "kafka": { "type": "kafka", "brokers": kafka::address(), "topic": run,
        "default_topic": run, "dead_letter_topic": format!("{run}-dead") } })
}

/// What marks the record of the event `number`: the daemon passes a trace context on.
fn trace(number: usize) -> String {
    format!("00-{:032x}-{:016x}-01", number + 1, number + 1)
}

/// Signs the line's event as its provider would and sends it.
async fn send(client: &Client, source: &Source, line: &Line, number: usize) -> Reply {
    let samples = &source.preset.samples;
    let found = samples.iter().find(|sample| sample.r#type == line.from);
    let mut sample: Sample = found.unwrap_or_else(|| panic!("{line:?}")).clone();
    sample.headers.extend(line.headers.clone());
    if let Some(body) = &line.body {
        sample.body.clone_from(body);
    } else if !line.set.is_empty() {
        let mut tree: Value = serde_json::from_str(&sample.body).unwrap();
        for (pointer, value) in &line.set {
            set(&mut tree, pointer, value);
        }
        sample.body = tree.to_string();
    }
    let fresh = format!("fresh-{number}");
    let now = UnixTime::now();
    let signed = sign::sign(&source.preset, &source.sides.signer, &sample, &fresh, now);
    let signed = signed.unwrap_or_else(|said| panic!("{line:?}: {said}"));
    let trace = trace(number);
    let mut headers: Vec<_> = signed
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    headers.push(("traceparent", &trace));
    let path = signed
        .url
        .strip_prefix("https://hooks.example.com")
        .unwrap();
    client
        .request(signed.method, path, &headers, signed.body.into())
        .await
}

/// Sets what is at `pointer`; objects on the way that are not there are made.
fn set(tree: &mut Value, pointer: &str, value: &Value) {
    let mut place = tree;
    for name in pointer.split('/').skip(1) {
        place = match place {
            Value::Array(items) => &mut items[name.parse::<usize>().unwrap()],
            other => &mut other[name],
        };
    }
    *place = value.clone();
}

/// The events on `topic` by the number that marks each; of a batch, the first.
fn found(topic: &str, count: usize) -> BTreeMap<usize, Value> {
    let numbers: BTreeMap<_, _> = (0..count).map(|number| (trace(number), number)).collect();
    let records = kafka::read(&kafka::address(), topic);
    let one = |record: &kafka::Record| {
        let event = record.json();
        let trace = event["traceparent"].as_str().unwrap_or_default();
        (numbers[trace], event)
    };
    let events = records.iter().map(one);
    let is_first = |event: &Value| event.get("batchindex").is_none_or(|index| index == "0");
    events.filter(|(_, event)| is_first(event)).collect()
}

/// The provider's own type of an event.
fn own_type<'e>(event: &'e Value, preset: &Preset) -> &'e str {
    let prefix: Vec<_> = preset.domain.rsplit('.').collect();
    let kind = event["type"].as_str().unwrap();
    kind.strip_prefix(&format!("{}.", prefix.join(".")))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_entry_of_the_table_is_met_by_an_event_on_kafka_and_nothing_else_is() {
    let run = run_id();
    let folder = Folder::new();
    let lines = lines();
    let sources = sources(&lines);
    let daemon = start(&sources, &json!(true), &kafka_sink(&run), &folder);
    daemon.ready().await;
    let client = daemon.client();
    let mut wrong = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let reply = send(&client, &sources[&line.preset], line, number).await;
        if !(200..300).contains(&reply.status) {
            wrong.push(format!("{line:?}: {reply:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let found = found(&run, lines.len());
    let mut met = BTreeSet::new();
    for (number, line) in lines.iter().enumerate() {
        let Some(event) = found.get(&number) else {
            wrong.push(format!("{line:?}: it is not there"));
            continue;
        };
        let own = own_type(event, &sources[&line.preset].preset);
        let canonical = event.get("canonicaltype").map(|it| it.as_str().unwrap());
        if own != line.r#type || canonical != line.expect.as_deref() {
            wrong.push(format!("{line:?}: {own} is {canonical:?}"));
        }
        let data = match &event["data"] {
            Value::String(text) => text.clone(),
            data => data.to_string(),
        };
        for (at, rule) in rules_of(&line.preset).into_iter().enumerate() {
            let alone = Canonical::new(vec![rule]);
            let name = alone.name(own, data.as_bytes()).unwrap();
            if name.is_some() && name == line.expect.as_deref() {
                met.insert((line.preset.clone(), at));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut entries = 0;
    for id in providers::ids() {
        for (at, rule) in rules_of(id).into_iter().enumerate() {
            entries += 1;
            if !met.contains(&(id.to_owned(), at)) {
                wrong.push(format!("{id}: no event meets {rule:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{entries} entries met by {} events", lines.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_that_does_not_ask_has_no_canonical_types() {
    let run = run_id();
    let folder = Folder::new();
    let lines = lines();
    let paid = |line: &&Line| line.expect.as_deref() == Some("payment.succeeded");
    let lines: Vec<_> = lines.iter().filter(paid).take(3).cloned().collect();
    let sources = sources(&lines);
    let daemon = start(&sources, &Value::Null, &kafka_sink(&run), &folder);
    daemon.ready().await;
    for (number, line) in lines.iter().enumerate() {
        let reply = send(&daemon.client(), &sources[&line.preset], line, number).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    let found = found(&run, lines.len());
    assert_eq!(found.len(), 3);
    assert!(
        found
            .values()
            .all(|event| event.get("canonicaltype").is_none())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_bound_to_payment_succeeded_has_the_payments_of_four_providers() {
    let run = run_id();
    let folder = Folder::new();
    let (paid, failed) = (format!("{run}-paid"), format!("{run}-failed"));
    let (orders, others) = (format!("{run}-orders"), format!("{run}-others"));
    let url = rabbitmq::url();
    rabbitmq::declare(&url, &run, &paid, "payment.succeeded");
    rabbitmq::declare(&url, &run, &failed, "payment.failed");
    rabbitmq::declare(&url, &run, &orders, "commerce.order.*");
    rabbitmq::declare(&url, &run, &others, "others");
    let four = ["stripe", "adyen", "square", "paypal", "shopify"];
    let chosen = |line: &Line| four.contains(&line.preset.as_str());
    let wanted = ["payment.succeeded", "payment.failed"];
    let is_wanted = |line: &Line| match line.expect.as_deref() {
        None => true,
        Some(name) => wanted.contains(&name) || name.starts_with("commerce.order."),
    };
    let lines: Vec<_> = lines()
        .into_iter()
        .filter(|line| chosen(line) && is_wanted(line))
        .collect();
    let sources = sources(&lines);
    let sinks = json!({ "rabbit": { "type": "rabbitmq", "url": url, "exchange": run,
        "routing_key": "{canonical}", "default_routing_key": "others" } });
    let daemon = start(&sources, &json!(true), &sinks, &folder);
    daemon.ready().await;
    for (number, line) in lines.iter().enumerate() {
        let reply = send(&daemon.client(), &sources[&line.preset], line, number).await;
        assert_eq!(reply.status, 200, "{line:?}: {reply:?}");
    }
    // What begins so; what has no canonical type, for an empty text.
    let expected = |begin: &str| {
        let fits = |line: &&Line| match line.expect.as_deref() {
            None => begin.is_empty(),
            Some(name) => !begin.is_empty() && name.starts_with(begin),
        };
        let lines = lines.iter().filter(fits);
        let mut all: Vec<_> = lines
            .map(|line| (line.preset.clone(), line.r#type.clone()))
            .collect();
        all.sort();
        all
    };
    let mut providers = BTreeSet::new();
    for (queue, begin) in [
        (&paid, "payment.succeeded"),
        (&failed, "payment.failed"),
        (&orders, "commerce.order."),
        (&others, ""),
    ] {
        let messages = rabbitmq::read_all(&url, queue).await;
        let mut had = Vec::new();
        for message in &messages {
            let event = message.json();
            let provider = event["provider"].as_str().unwrap();
            let own = own_type(&event, &sources[provider].preset);
            had.push((provider.to_owned(), own.to_owned()));
            if queue == &paid {
                providers.insert(provider.to_owned());
            }
        }
        had.sort();
        assert!(!had.is_empty(), "{queue} is empty");
        assert_eq!(had, expected(begin), "{queue}");
    }
    assert_eq!(providers.len(), 4, "{providers:?}");
    for queue in [&paid, &failed, &orders, &others] {
        rabbitmq::delete(&url, &run, queue);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ones_own_types_come_before_the_table_and_a_repeated_key_decides_nothing() {
    let run = run_id();
    let folder = Folder::new();
    let lines: Vec<_> = lines()
        .into_iter()
        .filter(|line| line.preset == "stripe" && line.from == "payment_intent.succeeded")
        .collect();
    let sources = sources(&lines);
    let own = json!({
        "money.in": [{ "type": "payment_intent.*", "when": { "/data/object/currency": ["eur", "usd"],
            "/data/object/status": "succeeded", "/livemode": false } }],
        "money.maybe": "payment_intent.succeeded",
    });
    let daemon = start(&sources, &own, &kafka_sink(&run), &folder);
    daemon.ready().await;
    let line = |number: usize, set: Value| Line {
        expect: None,
        set: serde_json::from_value(set).unwrap(),
        r#type: number.to_string(),
        ..lines
            .iter()
            .find(|line| line.set.is_empty())
            .unwrap()
            .clone()
    };
    let client = daemon.client();
    let stripe = &sources["stripe"];
    for (number, set) in [
        json!({}),
        json!({ "/data/object/currency": "gbp" }),
        json!({ "/type": "payment_intent.payment_failed", "/data/object/status": "failed" }),
        json!({ "/type": "payment_intent.created" }),
    ]
    .into_iter()
    .enumerate()
    {
        let reply = send(&client, stripe, &line(number, set), number).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    let sample = &stripe.preset.samples[0].body;
    let twice = sample.replacen(
        "\"currency\":\"usd\"",
        "\"currency\":\"gbp\",\"currency\":\"usd\"",
        1,
    );
    assert_ne!(&twice, sample);
    let mut repeated = line(4, json!({}));
    repeated.body = Some(twice);
    assert_eq!(send(&client, stripe, &repeated, 4).await.status, 200);

    let found = found(&run, 5);
    let names = [0, 1, 2, 3].map(|number| found[&number]["canonicaltype"].as_str());
    let expected = [
        Some("money.in"),
        Some("money.maybe"),
        Some("payment.failed"),
        Some("money.in"),
    ];
    assert_eq!(names, expected);
    let dead = kafka::read(&kafka::address(), &format!("{run}-dead"));
    let reasons: Vec<_> = dead
        .iter()
        .map(|record| {
            record.json()["deadletterreason"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(reasons, ["repeated_key"]);
}

#[test]
fn the_table_is_in_order() {
    let ids: BTreeSet<_> = providers::ids().collect();
    let mut names = BTreeSet::new();
    let mut known = BTreeSet::new();
    for entry in table().unwrap() {
        let name = &entry.r#type;
        assert!(is_canonical(name), "{name}");
        assert!(names.insert(name), "{name} is there twice");
        assert!(entry.about.ends_with('.'), "{name}: {}", entry.about);
        assert!(!entry.of.is_empty(), "{name}");
        for (id, events) in &entry.of {
            assert!(ids.contains(id.as_str()), "{name}: there is no preset {id}");
            assert!(!events.all().is_empty(), "{name}: {id}");
            for event in events.all() {
                if let EventMatch::When(form) = event {
                    assert!(!form.when.is_empty(), "{name}: {id}: write the type alone");
                    let mut pointers = form.when.keys();
                    assert!(pointers.all(|it| it.starts_with('/')), "{name}: {id}");
                }
                let words = event.in_words();
                assert!(
                    known.insert((id, words.clone())),
                    "{name}: {id}: {words} twice"
                );
            }
        }
    }
    for text in [
        "order",
        "Order.created",
        "order..created",
        "order.created.",
        "a b.c",
        "1.a",
        "",
    ] {
        assert!(!is_canonical(text), "{text}");
    }
}

fn hookferry(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    let output = command.args(arguments).output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[test]
fn the_documents_table_and_a_presets_own_are_shown() {
    let made = hookferry(&["providers", "--canonical"]);
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/canonical-types.md");
    assert!(
        std::fs::read_to_string(file).unwrap_or_default() == made,
        "docs/canonical-types.md is old: hookferry providers --canonical > docs/canonical-types.md"
    );
    let said = hookferry(&["providers", "adyen"]);
    let line = "payment.failed  AUTHORISATION where /NotificationRequestItem/success is false\n";
    assert!(said.contains(line), "{said}");
    assert!(!hookferry(&["providers", "github"]).contains("Types across providers"));
}

#[test]
fn faults_of_canonical_types_are_named() {
    let folder = Folder::new();
    let checked = |provider: &str, given: &Value| {
        let file = folder.write(
            "config.yaml",
            config(json!({
                "sinks": { "kafka": { "type": "kafka", "brokers": "127.0.0.1:9" } },
                "sources": { "one": { "provider": provider, "path": "/one",
                    "secrets": [{ "file": folder.write("secret", "a secret of this test") }],
                    "canonical_types": given } },
            }))
            .to_string(),
        );
        hookferry(&["check", "-c", &file])
    };
    for (given, expected) in [
        (
            json!("yes"),
            "sources.one.canonical_types: it is neither true, false nor a mapping",
        ),
        (
            json!({ "Order": ["orders/create"] }),
            "sources.one.canonical_types.Order: \"Order\" is not a canonical type",
        ),
        (
            json!({ "order.made": [{ "type": "x", "when": { "data": 1 } }] }),
            "sources.one.canonical_types.order.made.when: \"data\" is not a JSON Pointer",
        ),
    ] {
        let said = checked("shopify", &given);
        assert!(said.contains(expected), "{said}");
    }
    let said = checked("github", &json!(true));
    assert!(
        said.contains("no event of provider github has a canonical type"),
        "{said}"
    );
    let said = checked("github", &json!({ "code.pushed": "push" }));
    assert!(!said.contains("canonical"), "{said}");
}
