//! Three nodes, of which any may be lost.

use super::*;

/// Fewer than elsewhere, and not all the time: nodes need the processor to return.
const SENDERS: usize = 24;
const REST: Duration = Duration::from_millis(20);

/// Each accepted event of a key, first stored in the order of being answered: a key's sender sends
/// one event after the other.
fn assert_in_order(ledger: &Ledger, address: &str, topic: &str) {
    let accepted = ledger.accepted();
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut records = kafka::read(address, topic);
    records.sort_by_key(|record| (record.partition, record.offset));
    for record in &records {
        let id = record.json()["id"].as_str().unwrap().to_owned();
        if !seen.insert(id.clone()) || !accepted.contains(id.as_str()) {
            continue;
        }
        let (sender, number) = id.rsplit_once('-').unwrap();
        let number = number.parse().unwrap();
        let before = last.insert(sender.to_owned(), number);
        assert!(
            before.is_none_or(|before| before < number),
            "{id} comes after {before:?}"
        );
    }
    assert_eq!(last.len(), SENDERS, "every sender's key is there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaders_die_and_move_and_nothing_is_lost_or_out_of_order() {
    let cluster = Private::cluster().await;
    let (run, address) = (run_id(), cluster.address());
    let create = json!({ "create_topics": {
        "partitions": 6, "replication_factor": 3, "config": { "min.insync.replicas": 2 },
    } });
    let daemon = start(&address, &run, create);
    // All three are wanted: what one lost node does to those who ask for too much.
    let star = format!("{run}.star");
    kafka::create(&address, &star, 3, 3, &[("min.insync.replicas", "3")]).await;
    daemon.ready().await;
    let siege = Siege::paced(&daemon, &run, SENDERS, REST, |_| "push");
    siege.accepts(2000).await;

    for node in ["kafka2", "kafka3", "kafka1"] {
        cluster.kill_node(node);
        // The partitions that it led get other leaders within its session's two seconds.
        siege.accepts(4000).await;
        if node == "kafka2" {
            let declined = until_answered(&daemon.client(), "star", 503).await;
            let reply = send(&daemon.client(), "star").await;
            println!("one of three wanted replicas is gone: {reply:?}, first after {declined:?}");
            assert!(
                ["declined", "timeout", "circuit_open"].contains(&reply.reason().as_str()),
                "{reply:?}"
            );
        }
        cluster.start_node(node);
        until_answered(&daemon.client(), "star", 200).await;
        let push = format!("{run}.push");
        let elected = cluster.tool(
            "LeaderElectionCommand",
            &["--election-type", "preferred", "--all-topic-partitions"],
        );
        println!("{node}: {}", elected.lines().next().unwrap_or_default());
        assert_eq!(kafka::partitions(&address, &push), 6);
        siege.accepts(2000).await;
    }

    // Too few for a 2xx: nobody gets one.
    cluster.kill_node("kafka2");
    cluster.kill_node("kafka3");
    siege.fails(4 * SENDERS).await;
    let alone = Instant::now();
    siege.fails(4 * SENDERS).await;
    let until_then = Instant::now();
    cluster.start_node("kafka2");
    let returned = Instant::now();
    siege.accepts(2000).await;
    cluster.start_node("kafka3");
    siege.accepts(2000).await;
    let ledger = siege.end().await;
    let push = format!("{run}.push");
    let unasked = ledger.assert_nothing_lost(&stored(&address, &push));
    ledger.assert_200_or_503_within(REPLY_WITHIN + LATE);
    println!(
        "{:?}; slowest {:?}; {unasked} stored that were answered 503; after two returned {:?}",
        ledger.tally(),
        ledger.slowest(),
        ledger.first_accepted_after(returned).unwrap() - returned,
    );
    let while_alone = ledger
        .replies()
        .filter(|(_, reply)| reply.status == 200 && reply.at > alone && reply.at < until_then);
    assert_eq!(
        while_alone.count(),
        0,
        "a 2xx although two of three replicas were down"
    );
    assert_in_order(&ledger, &address, &push);
}
