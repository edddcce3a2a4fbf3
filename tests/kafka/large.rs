//! Records that are too large, and batches that are.

use super::*;

const TOPIC_BYTES_MAX: usize = 20_000;

fn sized(run: &str, number: usize, bytes: &[u8]) -> Delivery {
    let mut delivery = keyed(run, number, number, "push");
    let filling = hex::encode(bytes);
    delivery.body =
        json!({ "repository": { "full_name": format!("o/{number}") }, "filling": filling })
            .to_string()
            .into();
    delivery.id = format!("{run}-{number}");
    delivery
}

/// Kafka judges a batch as a whole: with one record that is too large in it, or too many small
/// ones, it refuses them all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_too_large_is_refused_alone() {
    let (run, address) = (run_id(), kafka::address());
    let topic = format!("{run}.push");
    let bytes_max = TOPIC_BYTES_MAX.to_string();
    kafka::create(&address, &topic, 3, 1, &[("max.message.bytes", &bytes_max)]).await;
    // Batches that are sure to have company in them.
    let daemon = start(&address, &run, json!({ "linger_ms": 10 }));
    daemon.ready().await;
    for large_in in [usize::MAX, 16] {
        let run = format!("{run}-{large_in}");
        let mut random = Random::new();
        let count = 6000 * scale();
        let sizes: Vec<_> = (0..count)
            .map(|number| {
                if number % large_in == large_in - 1 {
                    TOPIC_BYTES_MAX
                } else {
                    400 + random.below(400)
                }
            })
            .collect();
        let (sizes, client) = (Arc::new(sizes), daemon.client());
        let filling = Arc::new(random.bytes(TOPIC_BYTES_MAX));
        let began = Instant::now();
        let ledger = {
            let (run, sizes) = (run.clone(), Arc::clone(&sizes));
            load(SENDERS, Until::Count(count), move |number| {
                let client = client.clone();
                let delivery = sized(&run, number, &filling[..sizes[number]]);
                async move {
                    let outcome = delivery.attempt(&client, PATH, SECRET).await;
                    (delivery.id, outcome)
                }
            })
            .await
        };
        println!(
            "one in {large_in} too large: {:?} in {:?}, the slowest {:?}",
            ledger.tally(),
            began.elapsed(),
            ledger.slowest()
        );
        let (mut expected, mut dead) = (BTreeSet::new(), BTreeSet::new());
        for (entry, reply) in ledger.replies() {
            let number: usize = entry.id[run.len() + 1..].parse().unwrap();
            assert_eq!(reply.status, 200, "{}: {reply:?}", entry.id);
            // What is too large for this topic fits that of the dead letters.
            if sizes[number] == TOPIC_BYTES_MAX {
                dead.insert(entry.id.clone());
            } else {
                expected.insert(entry.id.clone());
            }
        }
        if !dead.is_empty() {
            let letters = self::stored(&address, &topic.replace(".push", ".dead"));
            assert!(dead.is_subset(&letters), "{} letters", letters.len());
        }
        assert_eq!(ledger.replies().count(), count, "{:?}", ledger.tally());
        let mut stored = stored(&address, &topic);
        stored.retain(|id| id.starts_with(&format!("{run}-")));
        assert!(
            stored == expected,
            "{} stored, {} expected",
            stored.len(),
            expected.len()
        );
    }
    assert!(
        daemon.output().contains("batch.size"),
        "{}",
        daemon.output()
    );
}

/// librdkafka's own bound, and then Kafka's where that one is raised.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beyond_either_bound_a_record_is_413_and_the_next_one_is_stored() {
    let (run, address) = (run_id(), kafka::address());
    let usual = start(&address, &run, json!({}));
    let raised = start(
        &address,
        &run,
        json!({ "properties": { "message.max.bytes": 3_000_000 } }),
    );
    // Kafka's default is 1048588.
    for (daemon, what) in [(&usual, "librdkafka's"), (&raised, "Kafka's")] {
        daemon.ready().await;
        for round in 0..3 {
            let id = format!("{run}-{what}-{round}");
            let mut delivery = keyed(&run, 0, round, "push");
            delivery.body =
                json!({ "repository": { "full_name": "o/r" }, "filling": "x".repeat(1_200_000) })
                    .to_string()
                    .into();
            let reply = delivery.send(&daemon.client(), PATH, SECRET).await;
            assert_eq!(
                (reply.status, reply.reason().as_str()),
                (413, "too_large"),
                "{what}: {reply:?}"
            );
            // The dead-letter topic is tried as well.
            assert!(reply.took < REPLY_WITHIN + LATE, "{what}: {reply:?}");
            let small = Delivery::push(&id)
                .send(&daemon.client(), PATH, SECRET)
                .await;
            assert_eq!(small.status, 200, "{what}: {small:?}");
        }
    }
}
