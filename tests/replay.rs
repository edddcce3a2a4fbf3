//! What could not be published is not gone: dead letters and the spool's entries are found, chosen,
//! and published again as if they had been published at once; whatever ends that loses none.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

#[path = "replay/choosing.rs"]
mod choosing;
#[path = "replay/killed.rs"]
mod killed;
#[path = "replay/spool.rs"]
mod spool;
mod support;
#[path = "replay/world.rs"]
mod world;

use serde_json::{Value, json};

use support::cloudevents;
use support::github::Delivery;
use support::{kafka, rabbitmq, run_id};
use world::{GITHUB, GITHUB_SECRET, GITLAB, GITLAB_TOKEN, World, limit_of, make_topic, with};

/// A topic of this limit takes a push, and none with this body.
const SMALL: usize = 3000;

fn too_large_for_small(id: String) -> Delivery {
    let mut delivery = Delivery::push(id);
    let padding = "x".repeat(2 * SMALL);
    let body = String::from_utf8(delivery.body).unwrap();
    delivery.body = body
        .replacen('{', &format!("{{\"padding\": \"{padding}\", "), 1)
        .into();
    delivery
}

/// Two sinks get the same event; one of them makes it a dead letter. Once it can be taken, replayed
/// it is what the other got at once.
async fn kafkas_dead_letter_becomes_what_it_was(encoding: &str) {
    let run = run_id();
    let sink = |name: &str| {
        let sink = world::kafka_sink(&format!("{run}.{name}"));
        with(sink, "encoding", encoding)
    };
    let world = World::new(
        json!({ "small": sink("small"), "large": sink("large") }),
        Value::Null,
    );
    let (small, dead) = (format!("{run}.small.push"), format!("{run}.small.dead"));
    make_topic(&small, SMALL).await;
    let daemon = world.daemon().await;
    let client = daemon.client();
    let sent = [1, 2].map(|number| too_large_for_small(format!("{run}-{number}")));
    for delivery in &sent {
        let reply = delivery.send(&client, GITHUB, GITHUB_SECRET).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    assert_eq!(kafka::read(&kafka::address(), &small).len(), 0);
    let letters = kafka::read(&kafka::address(), &dead);
    assert_eq!(letters.len(), 2);
    for (letter, delivery) in cloudevents::parse(letters.iter().map(|it| it.line.as_str()))
        .iter()
        .zip(&sent)
    {
        assert_eq!(letter.mode, encoding);
        assert_eq!(letter.attribute("deadletterreason"), "too_large");
        assert_eq!(letter.attribute("deadlettertopic"), small);
        assert_eq!(letter.data.as_deref(), Some(delivery.body.as_slice()));
    }

    // Not yet: the topic is as it was.
    let refused = world.replay(&["--sink", "small", "--json", "--publish"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    for line in refused.lines() {
        assert_eq!(line["outcome"], "too_large", "{line}");
    }
    assert!(
        refused.said.contains("0 confirmed by small, 2 not"),
        "{refused:?}"
    );

    limit_of(&small, 10 * SMALL).await;
    let seen = world.replay(&["--sink", "small"]);
    assert_eq!(seen.code, 0, "{seen:?}");
    assert!(seen.shown.contains(&format!("push -> {small}")), "{seen:?}");
    assert!(
        seen.said.contains("2 dead letters chosen (2 too_large)"),
        "{seen:?}"
    );
    assert!(seen.said.contains("nothing was published"), "{seen:?}");
    assert_eq!(kafka::read(&kafka::address(), &small).len(), 0);

    let done = world.replay(&["--sink", "small", "--publish"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(
        done.said.contains("2 confirmed by small, 0 not"),
        "{done:?}"
    );
    assert!(done.said.contains("keeps its dead letters"), "{done:?}");
    let sides = [small.clone(), format!("{run}.large.push")].map(|topic| {
        let records = kafka::read(&kafka::address(), &topic);
        records
            .into_iter()
            .map(|record| (record.key, record.headers, record.payload))
            .collect::<Vec<_>>()
    });
    assert_eq!(sides[0].len(), 2);
    assert_eq!(sides[0], sides[1], "replayed and published at once");
    assert_eq!(
        kafka::read(&kafka::address(), &dead).len(),
        2,
        "it keeps them"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kafkas_structured_dead_letter_becomes_what_it_was() {
    kafkas_dead_letter_becomes_what_it_was("structured").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kafkas_binary_dead_letter_becomes_what_it_was() {
    kafkas_dead_letter_becomes_what_it_was("binary").await;
}

async fn rabbitmqs_dead_letter_becomes_what_it_was(encoding: &str) {
    let (run, url) = (run_id(), rabbitmq::url());
    let [bound, unbound, dead, direct] =
        ["b", "u", "dead", "direct"].map(|name| format!("{run}-{name}"));
    let sink = |exchange: &str| with(world::rabbitmq_sink(exchange), "encoding", encoding);
    let world = World::new(
        json!({ "unbound": sink(&unbound), "bound": sink(&bound) }),
        Value::Null,
    );
    rabbitmq::declare(&url, &bound, &direct, "#");
    rabbitmq::declare(&url, &unbound, &dead, "dead");
    let daemon = world.daemon().await;
    let client = daemon.client();
    let delivery = Delivery::push(format!("{run}-1"));
    let reply = delivery.send(&client, GITHUB, GITHUB_SECRET).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    // A token is shown in a header, which dead letters must not spread.
    let headers = [
        ("content-type", "application/json"),
        ("user-agent", "GitLab/18.0.0"),
        ("x-gitlab-event", "Push Hook"),
        ("idempotency-key", &format!("{run}-2")),
        ("x-gitlab-token", GITLAB_TOKEN),
    ];
    let body = r#"{ "object_kind":"push",  "project":{"path_with_namespace":"mike/diaspora"}}"#;
    let reply = client.post(GITLAB, &headers, body).await;
    assert_eq!(reply.status, 200, "{reply:?}");

    // Looking takes nothing away.
    let seen = world.replay(&["--sink", "unbound", "--queue", &dead]);
    assert_eq!(seen.code, 0, "{seen:?}");
    assert!(
        seen.said.contains("2 dead letters chosen (2 unroutable)"),
        "{seen:?}"
    );
    assert_eq!(rabbitmq::count(&url, &dead).await, 2);
    // Nothing is bound yet.
    let refused = world.replay(&["--sink", "unbound", "--queue", &dead, "--publish"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.said.contains("0 confirmed by unbound, 2 not"),
        "{refused:?}"
    );
    assert_eq!(rabbitmq::count(&url, &dead).await, 2);

    let again = format!("{run}-again");
    rabbitmq::declare(&url, &unbound, &again, "github.push");
    let done = world.replay(&[
        "--sink",
        "unbound",
        "--queue",
        &dead,
        "--publish",
        "--source",
        "github",
    ]);
    assert_eq!(done.code, 0, "{done:?}");
    let letters = rabbitmq::read_all(&url, &dead).await;
    assert_eq!(letters.len(), 1, "what was not meant is still there");
    let letter = &cloudevents::parse([letters[0].line.as_str()])[0];
    assert_eq!(letter.attribute("deadletterreason"), "unroutable");
    assert_eq!(letter.attribute("deadlettertopic"), "gitlab.Push_Hook");
    assert_eq!(letter.data.as_deref(), Some(body.as_bytes()));
    let headers: Value = serde_json::from_str(letter.attribute("deadletterheaders")).unwrap();
    assert_eq!(headers["user-agent"], json!(["GitLab/18.0.0"]));
    assert_eq!(headers["x-gitlab-event"], json!(["Push Hook"]));
    assert_eq!(headers.get("x-gitlab-token"), None, "{headers}");
    let whole = format!(
        "{:?}{}",
        letters[0],
        String::from_utf8_lossy(&letters[0].body)
    );
    for secret in [GITHUB_SECRET, GITLAB_TOKEN] {
        assert!(!whole.contains(secret), "{whole}");
    }

    let replayed = rabbitmq::read_all(&url, &again).await;
    let at_once = rabbitmq::read_all(&url, &direct).await;
    assert_eq!((replayed.len(), at_once.len()), (1, 2));
    let of = |message: &rabbitmq::Message| {
        let line: Value = serde_json::from_str(&message.line).unwrap();
        line
    };
    assert_eq!(
        of(&replayed[0]),
        of(&at_once[0]),
        "replayed and published at once"
    );
    for queue in [&dead, &again, &direct] {
        rabbitmq::delete(&url, &unbound, queue);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rabbitmqs_structured_dead_letter_becomes_what_it_was() {
    rabbitmqs_dead_letter_becomes_what_it_was("structured").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rabbitmqs_binary_dead_letter_becomes_what_it_was() {
    rabbitmqs_dead_letter_becomes_what_it_was("binary").await;
}

/// It was meant for no topic.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_read_goes_where_it_is_told_to() {
    let (run, url) = (run_id(), rabbitmq::url());
    let [dead, queue] = ["dead", "queue"].map(|name| format!("{run}-{name}"));
    let world = World::new(
        json!({
            "kafka": with(world::kafka_sink(&run), "encoding", "binary"),
            "rabbit": world::rabbitmq_sink(&run),
        }),
        Value::Null,
    );
    rabbitmq::declare(&url, &run, &dead, "dead");
    let daemon = world.daemon().await;
    let mut delivery = Delivery::push(format!("{run}-1"));
    delivery.body = b"{\"truncated\": \"\xff\x00 in the mid".to_vec();
    let reply = delivery.send(&daemon.client(), GITHUB, GITHUB_SECRET).await;
    assert_eq!(reply.status, 200, "{reply:?}");

    rabbitmq::declare(&url, &run, &queue, "default");
    let done = world.replay(&["--sink", "rabbit", "--queue", &dead, "--publish"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(rabbitmq::count(&url, &dead).await, 0);
    let messages = rabbitmq::read_all(&url, &queue).await;
    assert_eq!(messages[0].routing_key, "default");

    let into = format!("{run}.chosen");
    let done = world.replay(&["--sink", "kafka", "--topic", &into, "--json", "--publish"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(done.lines()[0]["topic"], into);
    assert_eq!(
        kafka::payloads(&kafka::address(), &into),
        [delivery.body.clone()]
    );
    let record = String::from_utf8(support::output_of(
        std::process::Command::new("kcat").args([
            "-C",
            "-e",
            "-q",
            "-b",
            &kafka::address(),
            "-t",
            &into,
            "-f",
            "%h\n",
        ]),
        vec![],
    ));
    let record = record.unwrap();
    assert!(
        record.contains("ce_id=") && !record.contains("deadletter"),
        "{record}"
    );

    let event = &cloudevents::parse([messages[0].line.as_str()])[0];
    assert_eq!(event.data.as_deref(), Some(delivery.body.as_slice()));
    assert_eq!(event.attribute("id"), delivery.id);
    assert_eq!(event.attribute("deadletterreason"), "");
    rabbitmq::delete(&url, &run, &dead);
    rabbitmq::delete(&url, &run, &queue);
}
