//! What a panic tells: in the daemon's own process, with secrets in its memory and in requests, and of each
//! type that holds some.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hookferry::accept::Received;
use hookferry::authenticate::{Arrival, Mac, Secret, authenticate};
use hookferry::daemon;
use hookferry::inspect::Asked;
use hookferry::normalize;
use hookferry::settings::compile::{Operator, endpoint};
use hookferry::settings::{self, Environment, load_with, providers};
use hookferry::time::UnixTime;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::json;
use tracing::{Event, Metadata, Subscriber, span};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use super::canary::{CANARY, KEYS, assert_silent, raw, sung, whole};
use super::support::daemon::Daemon;
use super::support::github::hmac_hex;
use super::support::{Folder, until};

/// Says that this process is to be a daemon that panics.
const CHILD: &str = "HOOKFERRY_TEST_PANICS";
const SOON: Duration = Duration::from_secs(30);

/// Panics where the code that answers requests has something to say, once in each place: when a request
/// begins, when it is judged, when its event is put aside, when its line is written.
#[derive(Default)]
struct Saboteur(Mutex<BTreeSet<String>>);

impl Saboteur {
    fn strike(&self, metadata: &Metadata<'_>) {
        let ours = ["pipeline", "accept::connection", "accept::access"];
        let place = format!("{}:{:?}", metadata.target(), metadata.line());
        let is_meant = metadata
            .target()
            .strip_prefix("hookferry::")
            .is_some_and(|own| ours.contains(&own));
        let mut struck = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let strikes = is_meant && struck.insert(place.clone());
        drop(struck);
        assert!(!strikes, "sabotage at {place}");
    }
}

impl<S: Subscriber> Layer<S> for Saboteur {
    fn on_new_span(&self, attributes: &span::Attributes<'_>, _: &span::Id, _: Context<'_, S>) {
        self.strike(attributes.metadata());
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.strike(event.metadata());
    }
}

/// Not a test but for who asks for it: `hookferry serve` in this process, with a saboteur in it. A reload
/// meets an `unwrap` of its own.
#[test]
fn a_daemon_that_panics() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let file = std::env::args().next_back().unwrap();
    let file = std::path::PathBuf::from(file);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_target(false)
        .json()
        .flatten_event(true);
    let filter = tracing_subscriber::filter::Targets::new()
        .with_target("hookferry", tracing::Level::TRACE)
        .with_default(tracing::Level::WARN);
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .with(Saboteur::default())
        .init();
    let loaded = settings::load(Some(&file)).unwrap();
    let load = Box::new(move || Ok(settings::load(Some(&file)).unwrap()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let ended = runtime.block_on(daemon::run(loaded.settings, load, |_| {}));
    ended.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_panics_tells_no_secret_and_goes_on() {
    let folder = Folder::new();
    let (mut config, env) = whole(&folder);
    for (path, key) in [("/sinks/kafka", "tls"), ("/sinks/kafka", "properties")] {
        let section = config.pointer_mut(path).unwrap().as_object_mut().unwrap();
        section.remove(key);
    }
    let mut pairs: Vec<_> = env
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    pairs.extend([(CHILD, "1"), ("RUST_BACKTRACE", "full")]);
    let own = std::env::current_exe().unwrap().display().to_string();
    let starter = [
        &own,
        "panics::a_daemon_that_panics",
        "--exact",
        "--nocapture",
        "--",
    ];
    let starter = starter.map(str::to_owned);
    let daemon = Daemon::attempt_by(&starter, config.to_string(), &pairs);
    let mut daemon = daemon.unwrap_or_else(|ended| panic!("{}", ended.output));

    let body = format!(r#"{{"object_kind":"push","id":"{CANARY}","mail":"{CANARY}"}}"#);
    let (_, secret) = KEYS
        .iter()
        .find(|(key, _)| *key == "sources/github/secrets/0")
        .unwrap();
    let signature = hmac_hex(secret.as_bytes(), body.as_bytes());
    let right = format!(
        "content-type: application/json\r\nx-github-event: push\r\nx-hub-signature-256: sha256={signature}\r\n"
    );
    let wrong = format!(
        "content-type: application/json\r\nx-hub-signature-256: sha256={CANARY}\r\nx-gitlab-token: {CANARY}\r\n"
    );
    let token = &env["OTHER"];
    let aside = format!(
        "content-type: application/json\r\nx-gitlab-event: Push Hook\r\nx-gitlab-token: {token}\r\n"
    );
    let mut answers = Vec::new();
    let ask = async |path: &str, more: &str| raw(daemon.ingress, sung(path, more, &body)).await;
    // The sabotage is over once nothing new panics.
    let panics = || daemon.output().matches("sabotage at").count();
    for round in 0..20 {
        let before = panics();
        for path in [
            "/github",
            "/gitlab",
            "/bearer",
            "/query?api_key=x",
            "/nowhere",
        ] {
            answers.push(ask(path, &wrong).await);
        }
        answers.push(ask("/github", &right).await);
        answers.push(ask("/dead", &aside).await);
        if round > 0 && panics() == before {
            break;
        }
    }
    assert!(panics() >= 3, "{}", daemon.output());
    println!("{} panics in requests", panics());

    // It goes on: the right one is let in, a wrong one is refused.
    let answer = ask("/github", &right).await;
    assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
    let answer = ask("/gitlab", &wrong).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");

    // A reload whose faults are what it panics with.
    let path = daemon.folder.path().join("config.yaml");
    let mut faulty = config.clone();
    faulty["sources"]["github"]["secrets"] = json!([CANARY]);
    std::fs::write(&path, faulty.to_string()).unwrap();
    daemon.signal("HUP");
    let fault = "the configuration could not be read";
    until(fault, SOON, || async { daemon.output().contains(fault) }).await;
    assert!(daemon.output().contains("unwrap"), "{}", daemon.output());
    let answer = ask("/github", &right).await;
    assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
    std::fs::write(&path, config.to_string()).unwrap();

    daemon.terminate();
    let ended = daemon.wait(Duration::from_secs(40));
    let backtraces = ended.output.matches("stack backtrace").count();
    println!("{backtraces} backtraces");
    assert!(backtraces > 1, "{}", ended.output);
    assert_silent("the output", &ended.output);
    for answer in answers {
        assert_silent("an answer", &answer);
    }
}

/// What `unwrap` makes of a value.
fn unwrapped<T: std::fmt::Debug>(value: T) -> String {
    let failed = std::hint::black_box(Err::<(), T>(value));
    let panicked = catch_unwind(AssertUnwindSafe(|| failed.unwrap()));
    let panicked = panicked.unwrap_err();
    panicked.downcast_ref::<String>().unwrap().clone()
}

#[test]
fn what_holds_secrets_or_content_shows_none_when_it_is_unwrapped() {
    let folder = Folder::new();
    let (whole, env) = whole(&folder);
    let env: Environment = env.into_iter().collect();
    let file = folder.write("config.json", whole.to_string());
    let loaded = load_with(Some(file.as_ref()), &env).unwrap();
    let mut said = vec![unwrapped(&loaded.settings), unwrapped(&loaded.warnings)];

    let preset = providers::parse(providers::load("generic-bearer").unwrap().unwrap()).unwrap();
    let operator = Operator {
        name: "bearer".into(),
        uri: "/bearer".into(),
        secrets: vec![CANARY.repeat(4)],
        strict: true,
        ..Operator::default()
    };
    let source = endpoint(&preset, &operator).unwrap();
    said.extend([unwrapped(&operator), unwrapped(&source)]);
    said.push(unwrapped(Secret::new(CANARY)));
    said.push(unwrapped(Mac::new(CANARY)));

    let now = UnixTime::now();
    let received = |token: String| {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("authorization", format!("Bearer {token}")),
            ("cookie", CANARY.to_owned()),
            ("x-event-type", "push".to_owned()),
        ] {
            let value = HeaderValue::from_str(&value).unwrap();
            headers.insert(HeaderName::from_static(name), value);
        }
        let uri = format!("/bearer/{CANARY}?api_key={CANARY}")
            .parse()
            .unwrap();
        let body = format!(r#"{{"type":"push","mail":"{CANARY}"}}"#);
        Received::new(Method::POST, uri, headers, Bytes::from(body), now)
    };
    let asked = received(CANARY.to_owned());
    said.push(unwrapped(Asked {
        method: Method::GET,
        uri: asked.uri().clone(),
        headers: asked.headers().clone(),
        body: asked.body().clone(),
        is_tls: false,
    }));
    said.push(unwrapped(&asked));
    let refused = authenticate(&source.scheme, asked, now, &mut ());
    said.push(unwrapped(refused.unwrap_err()));
    let arrival = authenticate(&source.scheme, received(CANARY.repeat(4)), now, &mut ());
    said.push(unwrapped(&arrival));
    let Ok(Arrival::Delivery(verified)) = arrival else {
        panic!("the right one was not taken: {arrival:?}");
    };
    let events = normalize::events(&source.mapping, verified).events;
    assert_eq!(events.len(), 1);
    said.push(unwrapped(&events));
    for said in &said {
        println!("{said}");
        assert_silent("an unwrap", said);
    }
}
