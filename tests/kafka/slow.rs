//! A broker that is far away.

use super::*;
use support::proxy::{Link, Proxy};

/// Of a second, what librdkafka's threads may take to wait.
const WAITING_MAX: f64 = 0.35;

/// CPU seconds of those of a process' threads that belong to a Kafka broker.
fn brokers_cpu(process: u32) -> f64 {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let nanos = tasks.flatten().filter_map(|task| {
        let name = std::fs::read_to_string(task.path().join("comm")).ok()?;
        let times = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        let nanos: f64 = times.split(' ').next()?.parse().ok()?;
        name.starts_with("rdk:broker").then_some(nanos)
    });
    nanos.sum::<f64>() / 1e9
}

/// librdkafka polls without a pause while records wait behind five of their partition that are on
/// their way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_for_a_broker_takes_no_cpu() {
    let run = run_id();
    let proxy = Proxy::before_kafka(kafka::address()).await;
    let topic = format!("{run}.push");
    kafka::create(&kafka::address(), &topic, 2, 1, &[]).await;
    let daemon = start(&proxy.address().to_string(), &run, json!({}));
    daemon.ready().await;
    proxy.link(Link {
        latency: Duration::from_millis(25),
        ..Link::default()
    });
    let (before, began) = (brokers_cpu(daemon.id()), Instant::now());
    let client = daemon.client();
    let of = run.clone();
    let ledger = load(SENDERS, Until::Count(2000 * scale()), move |number| {
        let client = client.clone();
        // A few keys, so that many records wait for each partition.
        let delivery = keyed(&of, number % 8, number, "push");
        async move {
            let outcome = delivery.attempt(&client, PATH, SECRET).await;
            (delivery.id, outcome)
        }
    })
    .await;
    let elapsed = began.elapsed().as_secs_f64();
    let share = (brokers_cpu(daemon.id()) - before) / elapsed;
    println!(
        "{:?} in {elapsed:.1} s, the slowest {:?}, {share:.3} of it CPU of the broker's threads",
        ledger.tally(),
        ledger.slowest()
    );
    assert!(share < WAITING_MAX, "{share:.3} of {elapsed:.1} s");
    let mut expected = BTreeSet::new();
    for (entry, reply) in ledger.replies() {
        assert_eq!(reply.status, 200, "{}: {reply:?}", entry.id);
        expected.insert(entry.id.clone());
    }
    assert_eq!(stored(&kafka::address(), &topic), expected);
}
