//! The configuration changes while webhooks keep coming: each change counts, no request fails for it,
//! nothing is lost, and a fault costs nobody anything.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

mod support;

#[path = "reload/broken.rs"]
mod broken;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::client::Client;
use support::daemon::{self, Daemon};
use support::github::{Delivery, SECRET};
use support::proxy::{Mode, Proxy};
use support::siege::Siege;
use support::{Folder, assert_prompt, kafka, rabbitmq, run_id, until};

/// How long a change may take to count: the look without notices is every five seconds.
const WAIT: Duration = Duration::from_secs(10);
/// How soon one counts that the system tells of, usually.
const SOON: Duration = Duration::from_millis(750);

/// How a file is changed.
#[derive(Debug, Clone, Copy)]
enum How {
    /// Written beside, and moved over it.
    Over,
    Plain,
    /// As Kubernetes swaps a volume, by the number of its version.
    Swap(u32),
}

fn change(file: &Path, text: &str, how: How) {
    let folder = file.parent().unwrap();
    match how {
        How::Over => {
            let beside = file.with_extension("beside");
            fs::write(&beside, text).unwrap();
            fs::rename(beside, file).unwrap();
        }
        How::Plain => fs::write(file, text).unwrap(),
        How::Swap(version) => {
            let (version, name) = (format!("..{version}"), file.file_name().unwrap());
            fs::create_dir(folder.join(&version)).unwrap();
            fs::write(folder.join(&version).join(name), text).unwrap();
            symlink(&version, folder.join("..new")).unwrap();
            fs::rename(folder.join("..new"), folder.join("..data")).unwrap();
            if fs::read_link(file).is_err() {
                symlink(Path::new("..data").join(name), folder.join("..link")).unwrap();
                fs::rename(folder.join("..link"), file).unwrap();
            }
        }
    }
}

/// A metric without labels, or with those that are written behind its name.
async fn metric(daemon: &Daemon, name: &str) -> i64 {
    let text = daemon.metrics().await;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let line = line.unwrap_or_else(|| panic!("{name} is not among\n{text}"));
    line.trim().parse().expect("a whole number")
}

async fn generation(daemon: &Daemon) -> i64 {
    metric(daemon, "hookferry_config_generation ").await
}

/// A daemon whose configuration is changed.
struct World {
    daemon: Daemon,
    config: PathBuf,
    run: String,
    /// How long each change took to count.
    waits: Mutex<Vec<Duration>>,
    /// Files beside it.
    _folder: Folder,
}

impl World {
    async fn start(run: String, folder: Folder, config: &Value, env: &[(&str, &str)]) -> Self {
        Self::start_text(run, folder, &config.to_string(), env).await
    }

    async fn start_text(run: String, folder: Folder, config: &str, env: &[(&str, &str)]) -> Self {
        let world = Self::new(run, folder, config, env);
        world.daemon.ready().await;
        world
    }

    fn new(run: String, folder: Folder, config: &str, env: &[(&str, &str)]) -> Self {
        // All of it with what a sandbox leaves: what is read may be anywhere.
        let daemon = Daemon::start(
            config,
            &[env, &[("HOOKFERRY__SANDBOX", "landlock")]].concat(),
        );
        let config = daemon.folder.path().join("config.yaml");
        Self {
            daemon,
            config,
            run,
            waits: Mutex::default(),
            _folder: folder,
        }
    }

    /// Does something, and waits until another generation counts. It has to be the next one.
    async fn next(&self, what: &str, act: impl FnOnce()) {
        let before = generation(&self.daemon).await;
        act();
        let began = Instant::now();
        until(what, WAIT, || async {
            generation(&self.daemon).await > before
        })
        .await;
        self.waits.lock().unwrap().push(began.elapsed());
        assert_eq!(generation(&self.daemon).await, before + 1, "{what}");
        let successful = "hookferry_config_last_reload_successful ";
        assert_eq!(metric(&self.daemon, successful).await, 1, "{what}");
    }

    /// Goes over to `config`.
    async fn take(&self, config: &Value, how: How) {
        let text = config.to_string();
        let what = format!("{how:?} counts");
        self.next(&what, || change(&self.config, &text, how)).await;
    }
}

async fn send(client: &Client, path: &str, secret: &str) -> u16 {
    let delivery = Delivery::push(run_id());
    delivery.send(client, path, secret).await.status
}

fn kafka_sink(brokers: &str, run: &str) -> Value {
    json!({ "type": "kafka", "brokers": brokers, "topic": run, "default_topic": run })
}

fn source(path: &str, sinks: &[&str]) -> Value {
    json!({
        "provider": "github", "path": path, "secrets": [{ "env": "GITHUB_SECRET" }], "sinks": sinks,
    })
}

/// A sender of the operator's own, whose signature is in `header`.
fn preset(header: &str) -> String {
    format!(
        "id: acme\nname: Acme\ndomain: acme.example\ndocs: https://acme.example/docs\nconfidence: unverified\n\
         integrity: full\nsetup: [Configure the secret.]\nreply_within_ms: 5000\nsecret: {{ about: The secret. }}\n\
         verify:\n  signature:\n    from: '{{header:{header}}}'\n    prefix: sha256=\n    encoding: hex\n    \
         algorithm: hmac-sha256\n    signed: '{{body}}'\nevent:\n  type: '{{json:/ref}}'\n  id: '{{json:/after}}'\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_under_load_count_and_cost_no_request() {
    let (run, folder) = (run_id(), Folder::new());
    let url = rabbitmq::url();
    rabbitmq::declare(&url, &run, &run, "#");
    let secret = folder.write("secret", "the first secret of the second source");
    let presets = folder.path().join("presets");
    fs::create_dir(&presets).unwrap();
    fs::write(presets.join("acme.yaml"), preset("x-first")).unwrap();
    let mut config = daemon::config(json!({
        "limits": { "reply_within_ms": 10_000 },
        "providers_dir": presets,
        "sinks": { "kafka": kafka_sink(&kafka::address(), &run) },
        "sources": { "github": source("/github", &["kafka"]) },
    }));
    let env = [("GITHUB_SECRET", SECRET), ("RABBITMQ_URL", url.as_str())];
    let world = World::start(run, folder, &config, &env).await;
    let (daemon, run) = (&world.daemon, &world.run);
    let client = daemon.client();
    let siege = Siege::start(daemon, "/github", run, |_| "push");
    siege.accepts(500).await;

    assert_eq!(send(&client, "/second", "").await, 404);
    config["sources"]["second"] = source("/second", &["kafka"]);
    config["sources"]["second"]["secrets"] = json!([{ "file": secret }]);
    world.take(&config, How::Over).await;
    let first = "the first secret of the second source";
    assert_eq!(send(&client, "/second", first).await, 200);

    let other = "the other secret of the second source";
    let rotate = || change(Path::new(&secret), other, How::Over);
    world.next("a rotated secret", rotate).await;
    assert_eq!(send(&client, "/second", first).await, 401);
    assert_eq!(send(&client, "/second", other).await, 200);

    config["sources"]["second"]["rate"] = json!({ "requests_per_s": 1, "burst_max": 1 });
    world.take(&config, How::Plain).await;
    // One a second is let in.
    until("it is limited", WAIT, || async {
        send(&client, "/second", other).await == 429
    })
    .await;
    // What is used up stays so, whatever else changes.
    siege.accepts(500).await;
    world.next("SIGHUP", || daemon.signal("HUP")).await;

    // Another client of the same sink, then a second sink, and then neither that nor the source.
    config["sinks"]["kafka"]["linger_ms"] = json!(3);
    world.take(&config, How::Over).await;
    siege.accepts(500).await;
    config["sinks"]["rabbit"] = json!({
        "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": run,
    });
    config["sources"]["github"]["sinks"] = json!(["kafka", "rabbit"]);
    world.take(&config, How::Over).await;
    siege.accepts(500).await;
    let metrics = daemon.metrics().await;
    assert!(metrics.contains("hookferry_sink_up{sink=\"rabbit\"} 1"));
    config["sources"]["github"]["sinks"] = json!(["kafka"]);
    config["sinks"].as_object_mut().unwrap().remove("rabbit");
    config["sources"].as_object_mut().unwrap().remove("second");
    world.take(&config, How::Over).await;
    assert_eq!(send(&client, "/second", other).await, 404);
    until("nothing is shown of what is gone", WAIT, || async {
        let metrics = daemon.metrics().await;
        !metrics.contains("\"rabbit\"") && !metrics.contains("\"second\"")
    })
    .await;
    let ready = daemon.admin().get("/readyz").await.text();
    assert!(!ready.contains("rabbit"), "{ready}");

    // An own preset, which changes.
    config["sources"]["acme"] = source("/acme", &["kafka"]);
    config["sources"]["acme"]["provider"] = json!("acme");
    world.take(&config, How::Plain).await;
    let own = async |header: &str| {
        let delivery = Delivery::push(run_id());
        let signature = support::github::signature(SECRET, &delivery.body);
        let headers = [("content-type", "application/json"), (header, &signature)];
        client.post("/acme", &headers, delivery.body).await.status
    };
    assert_eq!((own("x-first").await, own("x-other").await), (200, 401));
    let own_preset = presets.join("acme.yaml");
    let renew = || change(&own_preset, &preset("x-other"), How::Plain);
    world.next("a preset that is changed", renew).await;
    assert_eq!((own("x-first").await, own("x-other").await), (401, 200));

    // A volume of Kubernetes: the file becomes a link, and what it leads to is swapped.
    let away = format!("{run}.away");
    for (version, topic) in [(1, run), (2, &away), (3, run)] {
        let to = json!([{ "sink": "kafka", "topic": topic }]);
        config["routes"] = json!([
            { "name": "pushes", "types": "push", "to": to },
            { "name": "rest", "to": [{ "sink": "kafka" }] },
        ]);
        world.take(&config, How::Swap(version)).await;
        siege.accepts(200).await;
    }

    // By the look without notices alone, half of them would take longer than two seconds and a half.
    assert_prompt("a change counts", SOON, &world.waits.lock().unwrap());
    let ledger = siege.end().await;
    let tally = ledger.tally();
    let accepted = ledger.accepted().len();
    assert_eq!(tally.len(), 1, "{tally:?}");
    assert_eq!(tally[&(200, "accepted".to_owned())], accepted);
    let records = kafka::read_all(&kafka::address(), run);
    let id = |record: &kafka::Record| record.json()["id"].as_str().unwrap().to_owned();
    let stored: BTreeSet<_> = records.iter().map(id).collect();
    ledger.assert_nothing_lost(&stored);
    let away = kafka::read(&kafka::address(), &away).len();
    assert!(away >= 200, "{away}");
    let both = rabbitmq::read_all(&url, run).await.len();
    assert!((500..accepted).contains(&both), "{both} of {accepted}");
    eprintln!("{accepted} accepted, none refused; {away} by the route, {both} by both sinks");
    rabbitmq::delete(&url, run, run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_ends_under_what_it_began_with() {
    let run = run_id();
    let proxy = Proxy::before_kafka(kafka::address()).await;
    let both = daemon::config(json!({
        "limits": { "reply_within_ms": 10_000 },
        "sinks": {
            "far": kafka_sink(&proxy.address().to_string(), &run),
            "near": kafka_sink(&kafka::address(), &run),
        },
        "sources": { "leaving": source("/leaving", &["far"]), "staying": source("/staying", &["near"]) },
    }));
    let env = [("GITHUB_SECRET", SECRET)];
    let world = World::start(run, Folder::new(), &both, &env).await;
    let client = world.daemon.client();
    assert_eq!(send(&client, "/leaving", SECRET).await, 200);
    proxy.set(Mode::Stall);
    let waiting = tokio::spawn({
        let client = world.daemon.client();
        async move { send(&client, "/leaving", SECRET).await }
    });
    until("it waits for its broker", WAIT, || async {
        metric(&world.daemon, "hookferry_requests_in_flight ").await == 1
    })
    .await;
    let mut one = both.clone();
    one["sources"].as_object_mut().unwrap().remove("leaving");
    one["sinks"].as_object_mut().unwrap().remove("far");
    world.take(&one, How::Over).await;
    assert_eq!(send(&client, "/leaving", SECRET).await, 404);
    assert_eq!(send(&client, "/staying", SECRET).await, 200);
    // Both are there for as long as a request needs them, though nothing new gets to them.
    let metrics = world.daemon.metrics().await;
    assert!(metrics.contains("source=\"leaving\"") && metrics.contains("sink=\"far\""));
    assert!(!waiting.is_finished());
    proxy.set(Mode::Pass);
    assert_eq!(waiting.await.unwrap(), 200);
    until("they go with it", WAIT, || async {
        let metrics = world.daemon.metrics().await;
        !metrics.contains("source=\"leaving\"") && !metrics.contains("sink=\"far\"")
    })
    .await;
    assert_eq!(kafka::read(&kafka::address(), &world.run).len(), 3);
    let output = world.daemon.output();
    assert!(output.contains("a sink that is no longer used is closed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_in_a_spool_is_published_by_the_sink_that_follows_or_before_it_goes() {
    let (run, folder) = (run_id(), Folder::new());
    let proxies = [
        Proxy::before_kafka(kafka::address()).await,
        Proxy::before_kafka(kafka::address()).await,
    ];
    let [changed, removed] = ["changed", "removed"].map(|it| format!("{run}.{it}"));
    let config = daemon::config(json!({
        "spool": { "path": folder.path().join("spool"), "takeover_ms": 100 },
        "sinks": {
            "changed": kafka_sink(&proxies[0].address().to_string(), &changed),
            "removed": kafka_sink(&proxies[1].address().to_string(), &removed),
        },
        "sources": { "one": source("/one", &["changed"]), "two": source("/two", &["removed"]) },
    }));
    let env = [("GITHUB_SECRET", SECRET)];
    let world = World::start(run, folder, &config, &env).await;
    let (daemon, client) = (&world.daemon, world.daemon.client());
    let entries = async |sink: &str| daemon.of_sink("hookferry_spool_entries", sink).await;
    for proxy in &proxies {
        proxy.set(Mode::Refuse);
        proxy.cut();
    }
    for _ in 0..30 {
        assert_eq!(send(&client, "/one", SECRET).await, 200);
        assert_eq!(send(&client, "/two", SECRET).await, 200);
    }
    until("they are on disk", WAIT, || async {
        entries("changed").await == Some(30) && entries("removed").await == Some(30)
    })
    .await;

    // The broker has moved: what waits goes where the sink of that name now leads.
    let mut next = config.clone();
    next["sinks"]["changed"]["brokers"] = json!(kafka::address());
    world.take(&next, How::Over).await;
    daemon.drained("changed").await;
    assert_eq!(kafka::read(&kafka::address(), &changed).len(), 30);
    assert_eq!(send(&client, "/one", SECRET).await, 200);

    // The other one is no longer wanted, but what was answered 2xx is not forgotten.
    next["sinks"].as_object_mut().unwrap().remove("removed");
    next["sources"].as_object_mut().unwrap().remove("two");
    world.take(&next, How::Over).await;
    assert_eq!(send(&client, "/two", SECRET).await, 404);
    until("the source has gone", WAIT, || async {
        !daemon.metrics().await.contains("source=\"two\"")
    })
    .await;
    assert_eq!(entries("removed").await, Some(30));
    proxies[1].set(Mode::Pass);
    until("it goes once its spool is empty", WAIT * 2, || async {
        entries("removed").await.is_none()
    })
    .await;
    assert_eq!(kafka::read(&kafka::address(), &removed).len(), 30);

    // It comes again, and finds its spool.
    next["sinks"]["removed"] = kafka_sink(&kafka::address(), &removed);
    next["sources"]["two"] = source("/two", &["removed"]);
    world.take(&next, How::Over).await;
    assert_eq!(send(&client, "/two", SECRET).await, 200);
    assert_eq!(kafka::read(&kafka::address(), &removed).len(), 31);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_needs_a_restart_is_named_and_nothing_of_it_counts() {
    let (run, folder) = (run_id(), Folder::new());
    let config = daemon::config(json!({
        "spool": { "path": folder.path().join("spool") },
        "sinks": { "kafka": kafka_sink(&kafka::address(), &run) },
        "sources": { "github": source("/github", &["kafka"]) },
    }));
    let env = [("GITHUB_SECRET", SECRET)];
    let world = World::start(run, folder, &config, &env).await;
    let mut other = config.clone();
    other["listen"] = json!("127.0.0.1:1");
    other["admin"]["listen"] = json!("127.0.0.1:2");
    other["log"] = json!({ "format": "text", "level": "debug" });
    other["limits"] = json!({ "connections_max": 7 });
    other["spool"]["bytes_max"] = json!(8_388_608);
    other["dedup"] = json!({ "window_s": 7, "redis": { "url": "redis://127.0.0.1:1/0" } });
    other["sources"]["second"] = source("/second", &["kafka"]);
    // The sandbox was told of the spool alone.
    other["sources"]["second"]["learned_secret_file"] = json!("/nowhere/secret");
    change(&world.config, &other.to_string(), How::Over);
    let count = "hookferry_config_reloads_total{result=\"needs_restart\"} ";
    until("it is refused", WAIT, || async {
        metric(&world.daemon, count).await == 1
    })
    .await;
    let output = world.daemon.output();
    let faults: Vec<Value> = output
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| {
            line["remedy"]
                .as_str()
                .is_some_and(|it| it.starts_with("restart "))
        })
        .collect();
    let keys: BTreeSet<_> = faults
        .iter()
        .map(|it| it["key"].as_str().unwrap())
        .collect();
    let expected = BTreeSet::from([
        "admin.listen",
        "dedup.redis",
        "dedup.window_s",
        "limits.connections_max",
        "listen",
        "log.format",
        "log.level",
        "sandbox",
        "spool.bytes_max",
    ]);
    assert_eq!(keys, expected);
    for fault in &faults {
        let place = fault["place"].as_str().unwrap();
        // The sandbox comes from the environment.
        let is_sandbox = fault["key"] == "sandbox" && place == "HOOKFERRY__SANDBOX";
        assert!(place.contains("config.yaml:1:") || is_sandbox, "{place}");
    }
    let client = world.daemon.client();
    assert_eq!(send(&client, "/second", SECRET).await, 404);
    assert_eq!(send(&client, "/github", SECRET).await, 200);
    assert_eq!(generation(&world.daemon).await, 1);
    let successful = "hookferry_config_last_reload_successful ";
    assert_eq!(metric(&world.daemon, successful).await, 0);
    // What can be changed counts once the rest is as it was.
    let mut third = config.clone();
    third["sources"]["second"] = source("/second", &["kafka"]);
    world.take(&third, How::Over).await;
    assert_eq!(send(&client, "/second", SECRET).await, 200);
}

/// A certificate in PEM that signs itself.
fn certificate() -> String {
    let mut openssl = Command::new("openssl");
    openssl.args([
        "req",
        "-x509",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=a broker's authority",
    ]);
    openssl.args([
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-keyout",
        "/dev/null",
    ]);
    String::from_utf8(support::output_of(&mut openssl, vec![])).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_a_client_reads_is_part_of_its_sink() {
    let (run, folder) = (run_id(), Folder::new());
    let ca = PathBuf::from(folder.write("ca.pem", certificate()));
    let mut secure = kafka_sink(&kafka::address(), &run);
    secure["tls"] = json!({ "ca_file": ca });
    let config = daemon::config(json!({
        "sinks": { "plain": kafka_sink(&kafka::address(), &run), "secure": secure },
        "sources": { "github": source("/github", &["plain"]) },
    }));
    let env = [("GITHUB_SECRET", SECRET)];
    // Nothing here speaks TLS, and nothing has to: it is about who is made.
    let world = World::new(run, folder, &config.to_string(), &env);
    let client = world.daemon.client();
    until("Kafka takes events", WAIT, || async {
        send(&client, "/github", SECRET).await == 200
    })
    .await;
    let sound = certificate();
    world
        .next("another authority", || change(&ca, &sound, How::Over))
        .await;
    let made = |count: usize| {
        let output = world.daemon.output();
        output.matches(&format!("\"new_sinks\":{count}")).count()
    };
    assert_eq!(made(1), 1);

    // One that is none cannot be made a client of.
    change(&ca, "-----BEGIN CERTIFICATE-----\nnone\n", How::Plain);
    let faulty = "hookferry_config_reloads_total{result=\"faulty\"} ";
    until("it is refused", WAIT, || async {
        metric(&world.daemon, faulty).await == 1
    })
    .await;
    assert_eq!(generation(&world.daemon).await, 2);
    let output = world.daemon.output();
    assert!(
        output.contains("cannot be made") && output.contains("sinks.secure: "),
        "{output}"
    );
    assert_eq!(send(&client, "/github", SECRET).await, 200);
    // What was is again, and so is the client.
    world
        .next("the sound one", || change(&ca, &sound, How::Over))
        .await;
    assert_eq!((made(0), made(1)), (1, 1));
}
