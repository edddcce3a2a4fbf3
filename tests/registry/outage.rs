//! A registry that is down, before and after it was first needed.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::server::{API, Link, Registry};
use crate::support::github::{Delivery, SECRET};
use crate::support::{Folder, kafka, run_id};
use crate::{GITHUB, sink, start, with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_while_the_registry_is_killed() {
    let (run, registry) = (run_id(), Registry::start().await);
    let known = json!({ "url": format!("http://{}{API}", registry.address()), "format": "avro" });
    registry.kill();
    let plain = start(
        json!({ "kafka": sink(&format!("{run}p"), known.clone()) }),
        None,
    )
    .await;
    let folder = Folder::new();
    let spooled = start(
        json!({ "kafka": sink(&format!("{run}s"), known) }),
        Some(&folder),
    )
    .await;

    let reply = Delivery::push(format!("{run}-1"))
        .send(&plain.client(), GITHUB, SECRET)
        .await;
    assert_eq!(
        (reply.status, reply.reason().as_str()),
        (503, "registry"),
        "{reply:?}"
    );
    assert!(reply.header("retry-after").is_some());
    // It does not wait for its deadline, which is ten seconds.
    assert!(reply.took < Duration::from_secs(9), "{reply:?}");
    let mut sent = BTreeSet::new();
    for number in 0..50 {
        let delivery = Delivery::push(format!("{run}-{number}"));
        let reply = delivery.send(&spooled.client(), GITHUB, SECRET).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        sent.insert(delivery.id);
    }
    let topic = format!("{run}s.events");
    assert!(!kafka::topics(&kafka::address(), &topic).contains(&topic));
    let open = spooled.of_sink("hookferry_circuit_open", "kafka").await;
    assert_eq!(open, Some(0), "nothing is wrong with Kafka");

    registry.start_again().await;
    spooled.drained("kafka").await;
    let read = |topic: &str| {
        let events = registry.read("avro", topic, &kafka::payloads(&kafka::address(), topic));
        let ids = events
            .iter()
            .map(|event| event["attribute"]["id"].as_str().unwrap().to_owned());
        ids.collect::<BTreeSet<_>>()
    };
    assert_eq!(
        read(&topic),
        sent,
        "what is in the spool is framed when it is published"
    );
    let reply = Delivery::push(format!("{run}-2"))
        .send(&plain.client(), GITHUB, SECRET)
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");

    // By now both know the id, which is all that they need.
    registry.kill();
    for number in 50..60 {
        for (daemon, prefix) in [(&plain, "p"), (&spooled, "s")] {
            let delivery = Delivery::push(format!("{run}-{number}"));
            let reply = delivery.send(&daemon.client(), GITHUB, SECRET).await;
            assert_eq!(reply.status, 200, "{prefix}: {reply:?}");
        }
    }
    // A broker that took its time has left some in the spool for a moment.
    spooled.drained("kafka").await;
    for topic in [topic, format!("{run}p.events")] {
        let last = kafka::payloads(&kafka::address(), &topic);
        let framed = last
            .iter()
            .filter(|message| message.starts_with(&[0, 0, 0, 0]));
        assert_eq!(framed.count(), last.len(), "{topic}");
        assert!(last.len() >= 11, "{topic}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_died_of_its_schema_is_replayed_in_its_form() {
    let (run, registry) = (run_id(), Registry::shared().await);
    let link = Link::start(&registry, None).await;
    let (prefix, topic) = (format!("{run}d"), format!("{run}d.events"));
    let subject = format!("{topic}-value");
    let strict =
        json!({ "type": "record", "name": "Push", "fields": [{ "name": "ref", "type": "int" }] });
    registry
        .register(&subject, "AVRO", &strict.to_string())
        .await;
    let known = json!({ "url": link.url(), "format": "avro" });
    let sink = with(sink(&prefix, known), "encoding", "binary");
    let daemon = start(json!({ "kafka": sink }), None).await;
    let reply = Delivery::push(format!("{run}-1"))
        .send(&daemon.client(), GITHUB, SECRET)
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(
        kafka::read(&kafka::address(), &format!("{prefix}.dead")).len(),
        1
    );

    // Its owner corrects the schema: a union is compatible with what was there.
    let wide = json!({ "type": "record", "name": "Push", "fields": [{ "name": "ref", "type": ["int", "string"] }] });
    registry.register(&subject, "AVRO", &wide.to_string()).await;
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hookferry"));
    let path = daemon.folder.path().join("config.yaml");
    command.args(["replay", "--publish", "-c"]).arg(path);
    command.env("GITHUB_SECRET", SECRET);
    let said = crate::support::run(&mut command, vec![]);
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    let read = registry.read("avro", &topic, &kafka::payloads(&kafka::address(), &topic));
    assert_eq!(read, [json!({ "ref": "refs/heads/main" })]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registry_that_does_not_answer_is_not_taken_for_a_slow_broker() {
    let (run, registry) = (run_id(), Registry::shared().await);
    // It takes connections and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = silent.local_addr().expect("it is bound");
    let known = |url: String| json!({ "url": url, "format": "avro" });
    let hung = with(
        sink(&format!("{run}h"), known(format!("http://{address}"))),
        "in_flight_max",
        100,
    );
    let link = Link::start(&registry, None).await;
    let well = sink(&format!("{run}w"), known(link.url()));
    let folder = Folder::new();
    let daemon = start(json!({ "hung": hung, "well": well }), Some(&folder)).await;
    for number in 0..8 {
        let delivery = Delivery::push(format!("{run}-{number}"));
        let reply = delivery.send(&daemon.client(), GITHUB, SECRET).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert!(
            reply.took < Duration::from_secs(9),
            "the spool takes over: {reply:?}"
        );
    }
    for sink in ["hung", "well"] {
        let open = daemon.of_sink("hookferry_circuit_open", sink).await;
        assert_eq!(open, Some(0), "{sink}");
    }
    let waiting = daemon.of_sink("hookferry_spool_entries", "hung").await;
    assert_eq!(waiting, Some(8));
    link.set_down(true);
    let delivery = Delivery::push(format!("{run}-8"));
    assert_eq!(
        delivery.send(&daemon.client(), GITHUB, SECRET).await.status,
        200
    );
    daemon.drained("well").await;
    let topic = format!("{run}w.events");
    assert_eq!(kafka::payloads(&kafka::address(), &topic).len(), 9);
}
