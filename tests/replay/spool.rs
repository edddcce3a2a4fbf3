//! What is on the spool's disk can be looked at, taken out and published without the daemon.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::github::Delivery;
use crate::support::{cloudevents, kafka, rabbitmq, run_id};
use crate::world::{self, BOUND, GITHUB, GITHUB_SECRET, World, files, limit_of, make_topic, with};

/// Nobody listens there: the port is that of a service long gone.
const NOWHERE: &str = "127.0.0.1:9";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_waits_in_quarantine_until_it_is_taken() {
    const LIMIT: usize = 2000;
    let run = run_id();
    let (topic, dead) = (format!("{run}.push"), format!("{run}.dead"));
    make_topic(&topic, LIMIT).await;
    make_topic(&dead, LIMIT).await;
    let mut delivery = Delivery::push(format!("{run}-1"));
    let body = String::from_utf8(delivery.body).unwrap();
    let padding = format!("{{\"padding\":\"{}\",", "x".repeat(2 * LIMIT));
    delivery.body = body.replacen('{', &padding, 1).into();

    let sinks = json!({ "kafka": world::kafka_sink(&run) });
    let without = World::new(sinks.clone(), Value::Null);
    let daemon = without.daemon().await;
    let reply = delivery.send(&daemon.client(), GITHUB, GITHUB_SECRET).await;
    assert_eq!(reply.status, 413, "{reply:?}");
    drop(daemon);

    let world = World::new(sinks, json!({}));
    let mut daemon = world.daemon().await;
    let reply = delivery.send(&daemon.client(), GITHUB, GITHUB_SECRET).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(
        daemon
            .metrics()
            .await
            .contains("hookferry_dead_letters_total{reason=\"too_large\",source=\"github\"} 1")
    );
    // All of this while the daemon runs.
    let held = world.inspect("kafka");
    assert_eq!(held["waiting"]["entries"], 0, "{held}");
    assert_eq!(held["quarantine"]["entries"], 1, "{held}");
    let entry = &held["quarantine"]["of"][0];
    assert_eq!(entry["id"], delivery.id, "{held}");
    assert_eq!(entry["reason"], "too_large");
    assert_eq!(entry["source"], "github");
    assert_eq!(entry["topic"], topic);
    let before = files(&world.spool_folder());
    let seen = world.replay(&["--from", "quarantine", "--json"]);
    assert_eq!(seen.code, 0, "{seen:?}");
    assert_eq!(seen.lines()[0]["id"], delivery.id);
    let exported = world.spool("export", &["--quarantine"]);
    assert_eq!(exported.lines()[0]["id"], delivery.id, "{exported:?}");
    assert_eq!(exported.lines()[0]["quarantined"], true);
    assert_eq!(world.spool("export", &[]).shown, "");
    assert_eq!(
        files(&world.spool_folder()),
        before,
        "looking changes nothing"
    );
    let locked = world.replay(&["--from", "quarantine", "--publish"]);
    assert_eq!(locked.code, 1, "{locked:?}");
    assert!(locked.said.contains("stop it first"), "{locked:?}");

    daemon.terminate();
    assert!(daemon.wait(BOUND).status.success());
    let refused = world.replay(&["--from", "quarantine", "--publish", "--json"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert_eq!(refused.lines()[0]["outcome"], "too_large");
    assert_eq!(world.inspect("kafka")["quarantine"]["entries"], 1);
    limit_of(&topic, 10 * LIMIT).await;
    let done = world.replay(&["--from", "quarantine", "--publish"]);
    assert_eq!(done.code, 0, "{done:?}");
    let records = kafka::read(&kafka::address(), &topic);
    assert_eq!(records.len(), 1);
    let event = &cloudevents::parse([records[0].line.as_str()])[0];
    assert_eq!(event.data.as_deref(), Some(delivery.body.as_slice()));
    assert_eq!(event.attribute("deadletterreason"), "");
    assert_eq!(world.inspect("kafka")["quarantine"]["entries"], 0);
    let nothing = world.replay(&["--from", "quarantine", "--publish"]);
    assert!(
        nothing.said.contains("0 dead letters chosen"),
        "{nothing:?}"
    );
    assert_eq!(kafka::read(&kafka::address(), &topic).len(), 1);
}

/// Fills a spool behind a broker that is away, looks, kills the daemon, looks again, and drains.
async fn emptied_by_hand(mut world: World, back: impl FnOnce(&mut World)) -> Vec<(String, String)> {
    const KEYS: usize = 5;
    const EACH: usize = 12;
    let run = run_id();
    let mut daemon = world.start();
    let client = daemon.client();
    let mut sent = Vec::new();
    for number in 0..KEYS * EACH {
        let mut delivery = Delivery::push(format!("{run}-{number:03}"));
        let repository = format!("octo-org/{}", number % KEYS);
        delivery.body =
            format!(r#"{{ "repository": {{"full_name":"{repository}"}},  "n":{number}}}"#).into();
        let reply = delivery.send(&client, GITHUB, GITHUB_SECRET).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        sent.push((repository, delivery));
    }
    let count = sent.len();
    let assert_held = |world: &World| {
        let held = world.inspect("broker");
        assert_eq!(held["waiting"]["entries"], count, "{held}");
        assert_eq!(held["waiting"]["settled"], 0, "{held}");
        assert_eq!(held["waiting"]["damaged"], json!([]), "{held}");
        let of = json!([{ "source": "github", "type": "com.github.push", "entries": count }]);
        assert_eq!(held["waiting"]["of"], of, "{held}");
        let time = |name: &str| held["waiting"][name].as_str().unwrap().to_owned();
        assert!(time("oldest") <= time("newest"), "{held}");
        let text = world.spool("inspect", &[]);
        assert!(
            text.shown.contains(&format!("{count} events from")),
            "{text:?}"
        );
    };
    let assert_exported = |world: &World| {
        let exported = world.spool("export", &[]);
        assert_eq!(exported.code, 0, "{exported:?}");
        let lines = exported.lines();
        assert_eq!(lines.len(), count);
        for (line, (repository, delivery)) in lines.iter().zip(&sent) {
            assert_eq!(line["id"], delivery.id, "{line}");
            assert_eq!(line["key"], *repository);
            assert_eq!(line["type"], "com.github.push");
            let value = line["value"].as_str().unwrap();
            let body = String::from_utf8(delivery.body.clone()).unwrap();
            assert!(
                value.contains(&format!("\"data\":{body}")),
                "byte for byte: {value}"
            );
        }
    };
    assert_held(&world);
    assert_exported(&world);
    let locked = world.spool("drain", &[]);
    assert_eq!(locked.code, 1, "{locked:?}");
    assert!(locked.said.contains("another hookferry uses"), "{locked:?}");

    daemon.kill();
    assert_held(&world);
    assert_exported(&world);
    // A write that was torn is not an event, and no damage.
    let newest = files(&world.spool_folder())
        .into_iter()
        .map(|(path, _)| path);
    let newest = newest.filter(|path| {
        let path = path.display().to_string();
        path.contains("/waiting/") && path.ends_with(".log")
    });
    let newest = newest.max().unwrap();
    let mut torn = std::fs::read(&newest).unwrap();
    torn.extend([7; 33]);
    std::fs::write(&newest, torn).unwrap();
    assert_held(&world);
    assert_eq!(world.inspect("broker")["waiting"]["unfinished_bytes"], 33);

    let away = world.spool("drain", &["--within", "1"]);
    assert_eq!(away.code, 1, "{away:?}");
    assert!(
        away.shown
            .contains(&format!("broker: {count} events are left")),
        "{away:?}"
    );
    assert_held(&world);
    back(&mut world);
    let done = world.spool("drain", &[]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(done.shown.contains("broker: 0 events are left"), "{done:?}");
    let held = world.inspect("broker");
    assert_eq!(held["waiting"]["entries"], 0, "{held}");
    assert_eq!(world.spool("export", &[]).shown, "");
    sent.into_iter()
        .map(|(key, delivery)| (key, delivery.id))
        .collect()
}

fn by_key(all: impl IntoIterator<Item = (String, String)>) -> BTreeMap<String, Vec<String>> {
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, id) in all {
        keys.entry(key).or_default().push(id);
    }
    keys
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kafkas_spool_is_emptied_by_hand() {
    let run = run_id();
    let sink = with(world::kafka_sink(&run), "brokers", NOWHERE);
    let world = World::new(json!({ "broker": sink }), json!({ "takeover_ms": 100 }));
    let sent = emptied_by_hand(world, |world| {
        world.set("broker", "brokers", kafka::address())
    })
    .await;
    let records = kafka::read(&kafka::address(), &format!("{run}.push"));
    let found = records.iter().map(|record| {
        let id = record.json()["id"].as_str().unwrap().to_owned();
        (record.key.clone().unwrap(), id)
    });
    assert_eq!(
        by_key(found),
        by_key(sent),
        "all, once, in order for each key"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rabbitmqs_spool_is_emptied_by_hand() {
    let (run, url) = (run_id(), rabbitmq::url());
    rabbitmq::declare(&url, &run, &run, "#");
    let nowhere = format!("amqp://guest:guest@{NOWHERE}/%2f");
    let sink = world::rabbitmq_sink(&run);
    let world = World::at(
        json!({ "broker": sink }),
        json!({ "takeover_ms": 100 }),
        &nowhere,
    );
    let sent = emptied_by_hand(world, |world| world.set_url(rabbitmq::url())).await;
    let messages = rabbitmq::read_all(&url, &run).await;
    let found = messages.iter().map(|message| {
        let json = message.json();
        let text = |name: &str| json[name].as_str().unwrap().to_owned();
        (text("partitionkey"), text("id"))
    });
    assert_eq!(
        by_key(found),
        by_key(sent),
        "all, once, in order for each key"
    );
    rabbitmq::delete(&url, &run, &run);
}
