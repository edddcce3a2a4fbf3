//! Every preset at once: a daemon with a source for each, `hookferry send` for each sample, and what
//! is on Kafka afterwards.

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

use std::collections::BTreeMap;
use std::process::Command;

use bytes::Bytes;
use hookferry::accept::Received;
use hookferry::authenticate::{Arrival, Secret, authenticate};
use hookferry::normalize;
use hookferry::settings::compile::endpoint;
use hookferry::settings::preset::{Preset, Sample};
use hookferry::settings::providers;
use hookferry::sign;
use hookferry::time::UnixTime;
use serde_json::{Map, Value, json};

use support::daemon::{Daemon, config};
use support::sides::{Sides, UNSENDABLE, described, sides};
use support::{Folder, kafka, run_id};

/// Samples whose answer waits for a call to the provider, which a test cannot make; tests/fetch.rs
/// shows it with a server of its own.
const CALLING: &[(&str, &str)] = &[("aws-sns", "SubscriptionConfirmation")];

/// A source, and what its provider holds.
struct Source {
    preset: Preset,
    sides: Sides,
    path: String,
}

/// A sample by its preset's id and its type.
type Key = (String, String);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_send_signs_for_each_preset_is_on_kafka_with_its_type_and_id() {
    let run = run_id();
    let folder = Folder::new();
    let sources = sources();
    let daemon = start(&sources, &run, &folder);
    daemon.ready().await;

    let mut expected = BTreeMap::new();
    let mut wrong = Vec::new();
    for source in &sources {
        let id = source.preset.id.as_str();
        for sample in &source.preset.samples {
            if CALLING.contains(&(id, sample.r#type.as_str())) {
                continue;
            }
            // `--event` names the first of a type.
            let key = (id.to_owned(), sample.r#type.clone());
            if expected.contains_key(&key) {
                continue;
            }
            let fresh = format!("{run}-{}", expected.len());
            match send(source, sample, &fresh, &daemon) {
                Ok(()) => {
                    expected.insert(key, stable_id(source, sample, &fresh));
                }
                Err(said) => wrong.push(format!("{id} {}: {said}", sample.r#type)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} samples of {} presets", expected.len(), sources.len());
    assert!(expected.len() >= sources.len());

    let dead = kafka::topics(&kafka::address(), &format!("{run}-dead"));
    assert!(dead.is_empty(), "an event went to the dead letters");
    let found = found(&sources, &run);
    for (key, id) in &expected {
        let ids = found.get(key);
        let fits = match (ids, id) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(ids), Some(id)) => ids.contains(id),
        };
        if !fits {
            wrong.push(format!("{key:?}: expected {id:?}, found {ids:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn sources() -> Vec<Source> {
    let sendable = |id: &&str| UNSENDABLE.iter().all(|(known, _)| known != id);
    let source = |id: &str| {
        let preset = providers::parse(providers::load(id).unwrap().unwrap()).unwrap();
        let path = format!("/webhooks/{id}");
        let url = format!("https://hooks.example.com{path}");
        let sides = sides(&preset, &url);
        Source {
            preset,
            sides,
            path,
        }
    };
    providers::ids().filter(sendable).map(source).collect()
}

/// A daemon with all sources.
fn start(sources: &[Source], run: &str, folder: &Folder) -> Daemon {
    let mut env = Vec::new();
    let described: Map<String, Value> = sources
        .iter()
        .map(|source| {
            (
                source.preset.id.clone(),
                described(
                    &source.preset,
                    &source.sides,
                    &source.path,
                    folder,
                    &mut env,
                ),
            )
        })
        .collect();
    let config = config(json!({
        "sinks": { "kafka": { "type": "kafka", "brokers": kafka::address(), "topic": run,
            "default_topic": run, "dead_letter_topic": format!("{run}-dead") } },
        "sources": described,
    }));
    let env: Vec<(&str, &str)> = env
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    Daemon::start(config, &env)
}

/// The ids of the events on Kafka.
fn found(sources: &[Source], topic: &str) -> BTreeMap<Key, Vec<String>> {
    let mut found = BTreeMap::new();
    for record in kafka::read(&kafka::address(), topic) {
        let event = record.json();
        let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
        let source = sources.iter().find(|it| it.preset.id == text("provider"));
        let source = source.unwrap_or_else(|| panic!("{event}"));
        let prefix: Vec<_> = source.preset.domain.rsplit('.').collect();
        let kind = text("type");
        let own = kind
            .strip_prefix(&format!("{}.", prefix.join(".")))
            .unwrap();
        found
            .entry((source.preset.id.clone(), own.to_owned()))
            .or_insert_with(Vec::new)
            .push(text("id"));
    }
    found
}

/// Runs `hookferry send`; an error is what it said.
fn send(source: &Source, sample: &Sample, fresh: &str, daemon: &Daemon) -> Result<(), String> {
    let Source {
        preset,
        sides,
        path,
    } = source;
    let text = |secret: &Secret| String::from_utf8(secret.reveal().to_vec()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    command
        .args(["send", "--provider", &preset.id, "--event", &sample.r#type])
        .args(["--to", &format!("http://{}{path}", daemon.ingress)])
        .args(["--url", &sides.signer.url, "--id", fresh]);
    if let Some(secret) = sides
        .signer
        .secret
        .as_ref()
        .or(sides.signer.private_key.as_ref())
    {
        command.args(["--secret", &text(secret)]);
    }
    if let Some(url) = &sides.signer.certificate_url {
        command.args(["--certificate-url", url]);
    }
    for (name, value) in &sides.signer.params {
        command.args(["--param", &format!("{name}={value}")]);
    }
    let output = command.output().unwrap();
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(String::from_utf8_lossy(&said).trim().to_owned())
}

/// The id that the sample's event gets; `None` when it depends on when it is sent.
fn stable_id(source: &Source, sample: &Sample, fresh: &str) -> Option<String> {
    let mut signer = source.sides.signer.clone();
    if source.preset.secret.is_some() {
        // As `send` takes one secret for whichever key is needed.
        let one = signer.secret.clone();
        signer.private_key = one
            .filter(|_| signer.private_key.is_none())
            .or(signer.private_key);
    }
    let id = |seconds: i64| {
        let now = UnixTime::from_seconds(seconds);
        let signed = sign::sign(&source.preset, &signer, sample, fresh, now).unwrap();
        let endpoint = endpoint(&source.preset, &source.sides.operator).unwrap();
        let received = Received::new(
            signed.method,
            signed.url.parse().unwrap(),
            signed.headers,
            Bytes::from(signed.body),
            now,
        );
        match authenticate(&endpoint.scheme, received, now, &mut ()) {
            Ok(Arrival::Delivery(verified)) => {
                let events = normalize::events(&endpoint.mapping, verified).events;
                events[0].id().to_owned()
            }
            other => panic!("{}: {other:?}", source.preset.id),
        }
    };
    let (one, other) = (id(1_800_000_000), id(1_800_000_007));
    (one == other).then_some(one)
}
