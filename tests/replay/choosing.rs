//! Only what is meant is shown and published, and a look changes nothing.

use std::collections::BTreeSet;

use lapin::options::{QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Connection, ConnectionProperties};
use serde_json::{Value, json};

use crate::support::github::Delivery;
use crate::support::{kafka, rabbitmq, run_id};
use crate::world::{self, GITHUB, GITHUB_SECRET, GITLAB, GITLAB_TOKEN, World};

fn ids(lines: &[Value]) -> Vec<&str> {
    lines
        .iter()
        .map(|line| line["id"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_filter_chooses_and_they_join() {
    let (run, url) = (run_id(), rabbitmq::url());
    let dead = format!("{run}-dead");
    let world = World::new(json!({ "rabbit": world::rabbitmq_sink(&run) }), Value::Null);
    rabbitmq::declare(&url, &run, &dead, "dead");
    let daemon = world.daemon().await;
    let client = daemon.client();
    // Two pushes, a fork, a push that is no JSON, and a GitLab push.
    for (number, event) in ["push", "fork", "push", "push"].iter().enumerate() {
        let mut delivery = Delivery::push(format!("{run}-{number}"));
        delivery.event = (*event).to_owned();
        if number == 3 {
            delivery.body = b"no json".to_vec();
        }
        let reply = delivery.send(&client, GITHUB, GITHUB_SECRET).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    let id = format!("{run}-4");
    let headers = [
        ("content-type", "application/json"),
        ("x-gitlab-event", "Push Hook"),
        ("idempotency-key", id.as_str()),
        ("x-gitlab-token", GITLAB_TOKEN),
    ];
    let reply = client
        .post(GITLAB, &headers, r#"{"object_kind":"push"}"#)
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");
    // Somebody else's message is none of ours.
    let body = b"{\"specversion\":\"1.0\",\"deadletterreason\":\"x\"}";
    publish_foreign(&url, &run, body).await;

    let choose = |args: &[&str]| {
        let all = [&["--queue", &dead, "--json"], args].concat();
        let ended = world.replay(&all);
        assert_eq!(ended.code, 0, "{ended:?}");
        ended.lines()
    };
    let all = choose(&[]);
    let named = |numbers: &[usize]| -> Vec<String> {
        numbers
            .iter()
            .map(|number| format!("{run}-{number}"))
            .collect()
    };
    assert_eq!(ids(&all), named(&[0, 1, 2, 3, 4]));
    let received = |number: usize| all[number]["received"].as_str().unwrap().to_owned();
    assert!(
        received(0) < received(2) && received(2) < received(4),
        "{all:?}"
    );
    let (second, fourth) = (received(2), received(4));
    let unix = crate::support::now_s() + 60;
    let (first_id, fourth_id) = (format!("{run}-1"), format!("{run}-4"));
    let uri = format!("https://hooks.example.com{GITLAB}");
    let cases: &[(&[&str], &[usize])] = &[
        (&["--source", "github"], &[0, 1, 2, 3]),
        (&["--source", "gitlab"], &[4]),
        (&["--source", &uri], &[4]),
        (&["--source", "git"], &[]),
        (&["--type", "com.github.fork"], &[1]),
        (&["--reason", "unroutable"], &[0, 1, 2, 4]),
        (&["--reason", "not_json"], &[3]),
        (&["--id", &first_id, "--id", &fourth_id], &[1, 4]),
        (&["--since", &second], &[2, 3, 4]),
        (&["--until", &second], &[0, 1]),
        (&["--since", &second, "--until", &fourth], &[2, 3]),
        (&["--since", &unix.to_string()], &[]),
        (&["--until", &unix.to_string()], &[0, 1, 2, 3, 4]),
        (&["--limit", "2"], &[0, 1]),
        (
            &[
                "--source",
                "github",
                "--reason",
                "unroutable",
                "--limit",
                "2",
            ],
            &[0, 1],
        ),
        (&["--source", "gitlab", "--reason", "not_json"], &[]),
    ];
    for (args, expected) in cases {
        assert_eq!(ids(&choose(args)), named(expected), "{args:?}");
    }
    let wrong = world.replay(&["--queue", &dead, "--since", "yesterday"]);
    assert_eq!(
        (wrong.code, wrong.said.contains("RFC 3339")),
        (64, true),
        "{wrong:?}"
    );

    // Only what is chosen is published and taken away.
    let queue = format!("{run}-queue");
    rabbitmq::declare(&url, &run, &queue, "github.#");
    let done = world.replay(&[
        "--queue",
        &dead,
        "--publish",
        "--type",
        "com.github.push",
        "--reason",
        "unroutable",
    ]);
    assert_eq!(done.code, 0, "{done:?}");
    let published: Vec<_> = rabbitmq::read_all(&url, &queue).await;
    let published: BTreeSet<_> = published
        .iter()
        .map(|it| it.message_id.clone().unwrap())
        .collect();
    assert_eq!(published, named(&[0, 2]).into_iter().collect());
    assert_eq!(ids(&choose(&[])), named(&[1, 3, 4]));
    let left = rabbitmq::read_all(&url, &dead).await;
    assert_eq!(left.len(), 4);
    assert_eq!(left[3].body, body, "the stranger's is still there");
    rabbitmq::delete(&url, &run, &dead);
    rabbitmq::delete(&url, &run, &queue);
}

async fn publish_foreign(url: &str, exchange: &str, body: &[u8]) {
    let connection = Connection::connect(url, ConnectionProperties::default())
        .await
        .unwrap();
    let channel = connection.create_channel().await.unwrap();
    let confirm = lapin::options::ConfirmSelectOptions::default();
    channel.confirm_select(confirm).await.unwrap();
    let properties =
        lapin::BasicProperties::default().with_content_type("application/cloudevents+json".into());
    let options = lapin::options::BasicPublishOptions::default();
    let published =
        channel.basic_publish(exchange.into(), "dead".into(), options, body, properties);
    assert!(published.await.unwrap().await.unwrap().is_ack());
    connection.close(200, "OK".into()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_at_queues_leaves_every_message_in_its_order() {
    const COUNT: usize = 100;
    let (run, url) = (run_id(), rabbitmq::url());
    let world = World::new(json!({ "rabbit": world::rabbitmq_sink(&run) }), Value::Null);
    let [classic, quorum] = ["classic", "quorum"].map(|name| format!("{run}-{name}"));
    rabbitmq::declare(&url, &run, &classic, "dead");
    let connection = Connection::connect(&url, ConnectionProperties::default())
        .await
        .unwrap();
    let channel = connection.create_channel().await.unwrap();
    let durable = QueueDeclareOptions {
        durable: true,
        ..QueueDeclareOptions::default()
    };
    let mut kind = FieldTable::default();
    kind.insert(
        "x-queue-type".into(),
        AMQPValue::LongString("quorum".into()),
    );
    channel
        .queue_declare(quorum.as_str().into(), durable, kind)
        .await
        .unwrap();
    let (exchange, key) = (run.as_str().into(), "dead".into());
    let bind = QueueBindOptions::default();
    let bound = channel.queue_bind(
        quorum.as_str().into(),
        exchange,
        key,
        bind,
        FieldTable::default(),
    );
    bound.await.unwrap();
    let daemon = world.daemon().await;
    let client = daemon.client();
    let mut sent = Vec::new();
    for number in 0..COUNT {
        let delivery = Delivery::push(format!("{run}-{number:03}"));
        let reply = delivery.send(&client, GITHUB, GITHUB_SECRET).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        sent.push(delivery.id);
    }
    for queue in [&classic, &quorum] {
        for look in 0..3 {
            let ended = world.replay(&["--queue", queue, "--json"]);
            assert_eq!(ended.code, 0, "{ended:?}");
            assert_eq!(ids(&ended.lines()), sent, "{queue}");
            let warned = ended.said.contains("this is a quorum queue");
            assert_eq!(warned, queue == &quorum && look > 0, "{ended:?}");
        }
        // Nothing is routed, so that all is tried and put back.
        let refused = world.replay(&["--queue", queue, "--publish", "--json"]);
        assert_eq!(refused.code, 1, "{refused:?}");
        let found = rabbitmq::read_all(&url, queue).await;
        let found: Vec<_> = found
            .iter()
            .map(|it| it.message_id.clone().unwrap())
            .collect();
        assert_eq!(found, sent, "{queue}");
    }
    let _ = connection.close(200, "OK".into()).await;
    rabbitmq::delete(&url, &run, &classic);
    rabbitmq::delete(&url, &run, &quorum);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_meant_is_said() {
    let run = run_id();
    let sinks = json!({ "kafka": world::kafka_sink(&run), "rabbit": world::rabbitmq_sink(&run) });
    let world = World::new(sinks, Value::Null);
    for (args, code, words) in [
        (&[][..], 64, "--sink, one of: kafka, rabbit"),
        (&["--sink", "none"], 64, "there is no sink none"),
        (&["--sink", "rabbit"], 64, "bound to the exchange"),
        (&["--sink", "rabbit", "--publish"], 64, "--queue"),
        (
            &["--sink", "rabbit", "--queue", "none-such"],
            1,
            "NOT_FOUND",
        ),
        (
            &["--sink", "kafka", "--queue", "q"],
            64,
            "--queue is for RabbitMQ",
        ),
        (&["--sink", "kafka", "--from", "quarantine"], 64, "no spool"),
        (
            &["--sink", "kafka", "--topic", &format!("{run}.dead")],
            64,
            "that is where",
        ),
        // There is no topic of dead letters yet, and looking makes none.
        (&["--sink", "kafka", "--publish"], 0, "0 dead letters"),
    ] {
        let ended = world.replay(args);
        assert_eq!(ended.code, code, "{args:?}: {ended:?}");
        assert!(ended.said.contains(words), "{args:?}: {ended:?}");
    }
    assert_eq!(kafka::topics(&kafka::address(), &run), [""; 0]);
    for what in ["inspect", "export", "drain"] {
        let ended = world.spool(what, &[]);
        assert_eq!(ended.code, 64, "{ended:?}");
        assert!(ended.said.contains("no spool"), "{ended:?}");
    }
    let nobody = World::at(
        json!({ "rabbit": world::rabbitmq_sink(&run) }),
        Value::Null,
        "amqp://guest:guest@127.0.0.1:9/%2f",
    );
    let ended = nobody.replay(&["--queue", "q"]);
    assert_eq!(ended.code, 1, "{ended:?}");
}
