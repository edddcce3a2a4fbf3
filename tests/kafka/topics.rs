//! Topics that are missing: named at once, found when they are made, or made.

use super::*;

const NO_AUTO: &[&str] = &["auto.create.topics.enable=false"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_topic_is_named_at_once_and_found_once_it_is_made() {
    let broker = Private::kafka_with(NO_AUTO).await;
    let (run, address) = (run_id(), broker.address());
    let topic = format!("{run}.push");
    let link = KafkaLink::passing(address.clone(), &topic).await;
    let daemon = start(&link.address().to_string(), &run, json!({}));
    let client = daemon.client();

    let reply = send(&client, "push").await;
    assert_eq!(
        (reply.status, reply.reason().as_str()),
        (503, "refused"),
        "{reply:?}"
    );
    assert!(reply.took < AT_ONCE, "{reply:?}");
    let said = format!("topic {topic} does not exist: create it, or set create_topics");
    assert!(daemon.output().contains(&said), "{}", daemon.output());
    until("/readyz names the topic", BOUND, || async {
        let ready = daemon.admin().get("/readyz").await;
        ready.status == 503 && ready.text().contains(&said)
    })
    .await;

    // A flood is answered from memory.
    let before = link.passed(METADATA).await;
    let siege = Siege::start(&daemon, &run, |_| "push");
    let took = siege.fails(2000).await;
    let asked = link.passed(METADATA).await - before;
    println!(
        "2000 refused in {took:?}, {asked} questions to the broker; the first {:?}",
        reply.took
    );
    let seconds = usize::try_from(took.as_secs()).unwrap() + 1;
    // By the flood, by the probe of /readyz, and by librdkafka for itself.
    assert!(asked <= 30 * seconds, "{asked} questions in {took:?}");

    kafka::create(&address, &topic, 3, 1, &[]).await;
    let found = siege.accepts(1).await;
    siege.accepts(2000).await;
    let made_again = {
        kafka::delete(&address, &topic).await;
        let named = siege.fails(SENDERS).await;
        until("the topic is named again", BOUND, || async {
            daemon.output().matches(&said).count() > 1
                && send(&client, "push").await.reason() == "refused"
        })
        .await;
        kafka::create(&address, &topic, 3, 1, &[]).await;
        let found = siege.accepts(1).await;
        println!("deleted: named after {named:?}, made again: found after {found:?}");
        (Instant::now(), found)
    };
    siege.accepts(2000).await;
    let ledger = siege.end().await;
    println!(
        "found {found:?} after it was made; {:?}; slowest {:?}",
        ledger.tally(),
        ledger.slowest()
    );
    ledger.assert_200_or_503_within(REPLY_WITHIN + LATE);
    assert_prompt("it is found", BACK_WITHIN, &[found]);
    assert_prompt("it is found", BACK_WITHIN, &[made_again.1]);
    // What was stored before went with the first topic.
    let stored = stored(&address, &topic);
    let kept = ledger
        .replies()
        .filter(|(_, reply)| reply.status == 200 && reply.at > made_again.0);
    let mut count = 0;
    for (entry, _) in kept {
        count += 1;
        assert!(stored.contains(&entry.id), "{} is lost", entry.id);
    }
    assert!(count >= 2000, "{count}");
    let dead = "the dead-letter topic does not exist";
    assert!(daemon.output().contains(dead), "{}", daemon.output());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn missing_topics_are_made_by_the_operators_numbers() {
    let (run, address) = (run_id(), kafka::address());
    let more = json!({ "create_topics": {
        "partitions": 6, "replication_factor": 1, "config": { "max.message.bytes": 123_456 },
    } });
    let daemons = [0, 1].map(|_| start(&address, &run, more.clone()));
    let sieges = [0, 1].map(|at| {
        let run = format!("{run}-{at}");
        Siege::start(&daemons[at], &run, |number| {
            ["push", "fork", "star"][number % 3]
        })
    });
    for siege in &sieges {
        siege.accepts(1500).await;
    }
    for daemon in &daemons {
        daemon.ready().await;
    }
    let [first, second] = sieges;
    let mut all = BTreeSet::new();
    for event in ["push", "fork", "star"] {
        let topic = format!("{run}.{event}");
        assert_eq!(kafka::partitions(&address, &topic), 6, "{topic}");
    }
    for ledger in [first.end().await, second.end().await] {
        println!("{:?}; slowest {:?}", ledger.tally(), ledger.slowest());
        assert_eq!(
            ledger.tally().len(),
            1,
            "none is refused: {:?}",
            ledger.tally()
        );
        all.extend(ledger.accepted().into_iter().map(str::to_owned));
    }
    let stored: BTreeSet<_> = ["push", "fork", "star"]
        .iter()
        .flat_map(|event| stored(&address, &format!("{run}.{event}")))
        .collect();
    assert!(all.is_subset(&stored), "{} of {}", stored.len(), all.len());
    // The broker's own number of partitions is 3, so that nobody else has made it.
    until("the dead-letter topic is made", BOUND, || async {
        kafka::topics(&address, &run).contains(&format!("{run}.dead"))
    })
    .await;
    assert_eq!(kafka::partitions(&address, &format!("{run}.dead")), 6);
    let large = json!({ "repository": { "full_name": "o/r" }, "filling": "x".repeat(200_000) });
    let mut delivery = Delivery::push(run_id());
    delivery.body = large.to_string().into();
    let reply = delivery.send(&daemons[0].client(), PATH, SECRET).await;
    assert_eq!(reply.status, 413, "its topic's own bound holds: {reply:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_cannot_be_made_is_named_and_not_tried_without_end() {
    let (run, address) = (run_id(), kafka::address());
    let topic = format!("{run}.push");
    let link = KafkaLink::passing(address.clone(), &topic).await;
    let more = json!({ "create_topics": { "partitions": 1, "replication_factor": 3 } });
    let daemon = start(&link.address().to_string(), &run, more);
    let reply = send(&daemon.client(), "push").await;
    // Two brokers may come back: it may pass.
    assert_eq!(
        (reply.status, reply.reason().as_str()),
        (503, "declined"),
        "{reply:?}"
    );
    assert!(reply.took < AT_ONCE, "{reply:?}");
    let before = link.passed(CREATE_TOPICS).await;
    let siege = Siege::start(&daemon, &run, |_| "push");
    let took = siege.fails(5000).await;
    let tried = link.passed(CREATE_TOPICS).await - before;
    println!("5000 declined in {took:?}, {tried} attempts at making topics");
    let rounds = usize::try_from(took.as_secs() / 5).unwrap() + 1;
    // The default and the dead-letter topic.
    assert!(tried <= 2 * rounds, "{tried} attempts");
    let said = format!("topic {topic} does not exist and cannot be created: ");
    assert!(daemon.output().contains(&said), "{}", daemon.output());
    kafka::create(&address, &topic, 1, 1, &[]).await;
    let found = siege.accepts(1).await;
    println!("found {found:?} after it was made");
    assert_prompt("it is found", BACK_WITHIN, &[found]);
    let ledger = siege.end().await;
    ledger.assert_nothing_lost(&stored(&address, &topic));
}

/// A broker that makes topics by itself has time to do it, and is not asked for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_makes_topics_by_itself_still_does() {
    let (run, address) = (run_id(), kafka::address());
    let daemon = start(&address, &run, json!({}));
    let client = daemon.client();
    let mut slowest = Duration::ZERO;
    for number in 0..20 {
        let reply = send(&client, &format!("e{number}")).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        slowest = slowest.max(reply.took);
    }
    println!("20 topics made by the broker, the slowest in {slowest:?}");
    // Looking for the dead-letter topic is no reason to make it.
    daemon.ready().await;
    let topics = kafka::topics(&address, &run);
    assert!(!topics.contains(&format!("{run}.dead")), "{topics:?}");
}

/// The spool takes over while the topic's leaders are chosen, and the broker takes the first record all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_record_of_a_new_topic_is_there_once_though_the_spool_took_over() {
    const TOPICS: usize = 5;
    let (run, address, folder) = (run_id(), kafka::address(), Folder::new());
    // Long enough for the request's own attempt to be confirmed on any machine.
    let beside = json!({
        "limits": { "reply_within_ms": 20_000 },
        "spool": { "path": folder.path(), "takeover_ms": 10 },
    });
    let daemon = start_with(&address, &run, json!({}), beside);
    let client = daemon.client();
    for number in 0..TOPICS {
        let reply = send(&client, &format!("e{number}")).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        // Until then the broker counts as down, and nobody but the drain asks it.
        daemon.drained("broker").await;
    }
    let kept = daemon.of_sink("hookferry_spool_kept_total", "broker").await;
    assert!(kept.is_some_and(|kept| kept > 0), "the spool had no part");
    let records = kafka::read_all(&address, &run);
    println!(
        "{kept:?} of {TOPICS} were kept, {} are there",
        records.len()
    );
    let ids: BTreeSet<_> = records
        .iter()
        .map(|it| it.json()["id"].to_string())
        .collect();
    assert_eq!((ids.len(), records.len()), (TOPICS, TOPICS));
}
