//! More at once than there is room for: what waits for room, and what waits for company.

use tokio::task::JoinSet;

use super::*;

/// More than a request waits for the broker here, and than this test takes.
const WAIT_MS: u64 = 10_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_burst_waits_for_room_wherever_it_is_short() {
    for (of_all, of_source, of_sink) in [(4, 1000, 1000), (1000, 4, 1000), (1000, 1000, 4)] {
        let run = run_id();
        let proxy = Proxy::before_kafka(kafka::address()).await;
        let limits = json!({
            "in_flight_max": of_all, "room_wait_ms": WAIT_MS, "reply_within_ms": 3 * WAIT_MS,
        });
        let mut config = config(&run, limits, json!({ "in_flight_max": of_source }));
        let kafka = &mut config["sinks"]["kafka"];
        kafka["brokers"] = json!(proxy.address().to_string());
        kafka["in_flight_max"] = json!(of_sink);
        let daemon = Daemon::start(config, &ENV);
        daemon.ready().await;
        let first = send(&daemon.client(), "/noisy", None).await;
        assert_eq!(first.status, 200, "{first:?}");
        proxy.set(Mode::Stall);
        let burst: Vec<_> = (0..12)
            .map(|_| {
                let client = daemon.client();
                tokio::spawn(async move { send(&client, "/noisy", None).await })
            })
            .collect();
        until("all of them wait", Duration::from_secs(10), || async {
            daemon.metric("hookferry_requests_in_flight").await == 12
        })
        .await;
        proxy.set(Mode::Pass);
        for reply in burst {
            let reply = reply.await.unwrap();
            assert_eq!(reply.status, 200, "{reply:?}");
        }
        assert_eq!(kafka::read(&kafka::address(), &run).len(), 13);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_that_others_are_expected_with_wait_for_them_before_either_broker() {
    let (run, url) = (run_id(), rabbitmq::url());
    rabbitmq::declare(&url, &run, &run, "#");
    let mut config = config(&run, json!({}), json!({ "sinks": ["kafka"] }));
    config["sinks"]["rabbit"] = json!({
        "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": run,
    });
    config["sources"]["quiet"]["sinks"] = json!(["rabbit"]);
    for sink in ["kafka", "rabbit"] {
        config["sinks"][sink]["coalesce_ms"] = json!(50);
    }
    let daemon = Daemon::start(config, &[ENV[0], ("RABBITMQ_URL", &url)]);
    daemon.ready().await;
    let client = daemon.client();
    for path in ["/noisy", "/quiet"] {
        // Twenty five in the time over which they are counted.
        let mut ticks = tokio::time::interval(Duration::from_millis(8));
        let mut sent = JoinSet::new();
        for _ in 0..100 {
            ticks.tick().await;
            let client = client.clone();
            sent.spawn(async move {
                let began = Instant::now();
                let reply = send(&client, path, None).await;
                assert_eq!(reply.status, 200, "{reply:?}");
                began.elapsed()
            });
        }
        let mut took = sent.join_all().await;
        took.sort();
        println!("{path}: {:?} to {:?}", took[0], took[99]);
        // A quarter of them were there before anybody knew, and the rest waited for 25 ms on average.
        assert!(took[50] >= Duration::from_millis(10), "{took:?}");
    }
    rabbitmq::delete(&url, &run, &run);
}
