//! What waits for company.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_soon_after_another_waits_for_company_before_either_broker() {
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
        let began = Instant::now();
        for _ in 0..10 {
            let reply = send(&client, path, None).await;
            assert_eq!(reply.status, 200, "{reply:?}");
        }
        assert!(began.elapsed() >= Duration::from_millis(9 * 50));
    }
    rabbitmq::delete(&url, &run, &run);
}
