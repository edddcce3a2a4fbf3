//! Users who may not do everything.

use super::*;

/// A daemon that comes as one of the users of `tests/brokers guard`.
fn start_as(user: &str, broker: &Private, run: &str, more: Value) -> Daemon {
    let sasl =
        json!({ "mechanism": "PLAIN", "username": user, "password": { "env": "KAFKA_PASSWORD" } });
    let mut all = json!({ "sasl": sasl });
    if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
        all.extend(more);
    }
    start(&broker.guarded_address(), run, all)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_right_is_named_and_costs_no_other_topic_anything() {
    let broker = Private::guarded().await;
    let (run, address) = (run_id(), broker.address());
    let [push, fork, star, dead] =
        ["push", "fork", "star", "dead"].map(|event| format!("{run}.{event}"));
    for topic in [&push, &fork, &star, &dead] {
        kafka::create(&address, topic, 3, 1, &[]).await;
    }
    // Write implies Describe. Nothing at all is allowed of `star`.
    broker.allow("writer", "Write", &push);
    broker.allow("writer", "Describe", &fork);
    let daemon = start_as("writer", &broker, &run, json!({}));
    daemon.ready().await;
    let siege = Siege::start(&daemon, &run, |number| {
        ["push", "push", "fork", "star"][number % 4]
    });
    siege.accepts(3000).await;
    siege.fails(500).await;
    broker.allow("writer", "Write", &fork);
    let client = daemon.client();
    let granted = until_answered(&client, "fork", 200).await;
    siege.accepts(500).await;
    let ledger = siege.end().await;
    println!(
        "{:?}; slowest {:?}; granted and found after {granted:?}",
        ledger.tally(),
        ledger.slowest()
    );
    for (entry, reply) in ledger.replies() {
        let number: usize = entry.id.rsplit('-').next().unwrap().parse().unwrap();
        match number % 4 {
            0 | 1 => assert_eq!(reply.status, 200, "{}: {reply:?}", entry.id),
            // Until it was granted.
            2 if reply.status == 200 => {}
            _ => assert_eq!(
                (reply.status, reply.reason().as_str()),
                (503, "refused"),
                "{reply:?}"
            ),
        }
    }
    ledger.assert_nothing_lost(
        &[&push, &fork]
            .into_iter()
            .flat_map(|topic| stored(&address, topic))
            .collect(),
    );
    assert!(stored(&address, &star).is_empty());
    for topic in [&fork, &star] {
        let said = format!("topic {topic}: TopicAuthorizationFailed");
        assert!(
            daemon.output().contains(&said),
            "{said}: {}",
            daemon.output()
        );
    }
    assert_prompt("it is found", BACK_WITHIN, &[granted]);
}

/// A producer id is given to whoever may write to some topic, or has IdempotentWrite on the cluster.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_who_may_write_nowhere_is_told_so_and_not_tried_without_end() {
    let broker = Private::guarded().await;
    let (run, address) = (run_id(), broker.address());
    let push = format!("{run}.push");
    kafka::create(&address, &push, 3, 1, &[]).await;
    broker.allow("reader", "Describe", &push);
    let daemon = start_as("reader", &broker, &run, json!({}));
    let siege = Siege::start(&daemon, &run, |_| "push");
    let took = siege.fails(5000).await;
    let name = "hookferry_producer_restarts_total{sink=\"broker\"}";
    let restarts = metric(&daemon.metrics().await, name);
    println!("5000 refused in {took:?} with {restarts} restarts");
    assert!(restarts <= took.as_secs() / 5 + 1, "{restarts} restarts");
    let ready = daemon.admin().get("/readyz").await;
    assert!(
        ready.status == 503 && ready.text().contains("IdempotentWrite"),
        "{ready:?}"
    );
    let reply = send(&daemon.client(), "push").await;
    assert_eq!(
        (reply.status, reply.reason().as_str()),
        (503, "refused"),
        "{reply:?}"
    );
    assert!(reply.took < AT_ONCE, "{reply:?}");
    let allowed = Instant::now();
    broker.allow("reader", "Write", &push);
    siege.accepts(500).await;
    let ledger = siege.end().await;
    let back = ledger.first_accepted_after(allowed).unwrap() - allowed;
    println!("{:?}; allowed and found after {back:?}", ledger.tally());
    assert_prompt("it is found", Duration::from_secs(10), &[back]);
    ledger.assert_200_or_503_within(REPLY_WITHIN + LATE);
    ledger.assert_nothing_lost(&stored(&address, &push));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_not_make_topics_is_told_so() {
    let broker = Private::guarded().await;
    let (run, address) = (run_id(), broker.address());
    let push = format!("{run}.push");
    kafka::create(&address, &push, 3, 1, &[]).await;
    for (operation, topic) in [
        ("Write", &push),
        ("Write", &format!("{run}.fork")),
        ("Describe", &format!("{run}.dead")),
    ] {
        broker.allow("maker", operation, topic);
    }
    let create = json!({ "create_topics": { "partitions": 2, "replication_factor": 1 } });
    let daemon = start_as("maker", &broker, &run, create);
    daemon.ready().await;
    let client = daemon.client();
    assert_eq!(send(&client, "push").await.status, 200);
    let reply = send(&client, "fork").await;
    assert_eq!(
        (reply.status, reply.reason().as_str()),
        (503, "refused"),
        "{reply:?}"
    );
    assert!(reply.took < AT_ONCE, "{reply:?}");
    for topic in ["fork", "dead"] {
        let said = format!(
            "topic {run}.{topic} does not exist and cannot be created: TopicAuthorizationFailed"
        );
        until(&said, BOUND, || async { daemon.output().contains(&said) }).await;
    }
    for topic in ["fork", "dead"] {
        broker.allow("maker", "Create", &format!("{run}.{topic}"));
    }
    let made = until_answered(&client, "fork", 200).await;
    println!("allowed, made and written to after {made:?}");
    until("the dead-letter topic is made", BOUND, || async {
        kafka::partitions(&address, &format!("{run}.dead")) == 2
    })
    .await;
}
