//! However much comes, what is kept stays within its bounds, and nothing waits for whoever looks.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::page::Page;
use super::support::github::{Delivery, SECRET};
use super::support::process::memory;
use super::support::{run_id, until};
use super::{NOBODY, github, unready};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_large_requests_leave_memory_flat_and_wait_for_no_reader() {
    const ENTRIES_MAX: usize = 300;
    const BYTES_MAX: u64 = 8 * 1024 * 1024;
    let folder = super::support::Folder::new();
    let journal = folder.path().join("journal.jsonl");
    let inspector = json!({
        "entries_max": ENTRIES_MAX, "bytes_max": BYTES_MAX,
        "journal": journal, "journal_bytes_max": 1024 * 1024,
    });
    let daemon = unready(&run_id(), NOBODY, github(), inspector);
    let page = Page::of(&daemon);
    // Nobody waits for one who reads nothing of what comes.
    let _unread = page.live_unread().await;
    let mut delivery = Delivery::push("large");
    delivery.body = format!(r#"{{"filler":"{}"}}"#, "x".repeat(32 * 1024)).into_bytes();
    let headers = delivery.headers("another secret");
    let body = Bytes::from(delivery.body.clone());
    let send = async |count: usize| {
        let mut senders = Vec::new();
        for _ in 0..8 {
            let (client, headers, body) = (daemon.client(), headers.clone(), body.clone());
            senders.push(tokio::spawn(async move {
                let headers: Vec<_> = headers
                    .iter()
                    .map(|(name, value)| (*name, value.as_str()))
                    .collect();
                for _ in 0..count / 8 {
                    let reply = client
                        .post("/webhooks/github", &headers, body.clone())
                        .await;
                    assert_eq!(reply.status, 401);
                }
            }));
        }
        for sender in senders {
            sender.await.unwrap();
        }
    };
    send(2000).await;
    let before = memory(daemon.id()).now;
    send(8000).await;
    let after = memory(daemon.id());
    println!(
        "{before} KiB after 2,000, {} KiB after 10,000, {} KiB at most",
        after.now, after.peak
    );
    // Were they kept, it would be 250 MiB. The allocator keeps some of what it had for those on their way.
    assert!(
        after.now < before + 48 * 1024,
        "{before} KiB, then {after:?}"
    );
    until("all are through", Duration::from_secs(20), || async {
        let state = page.get("state").await;
        let last = page.get("exchanges?limit=1").await["exchanges"][0]["seq"]
            .as_u64()
            .unwrap();
        last + state["missed"].as_u64().unwrap() == 10_000
    })
    .await;
    let kept = page.get("state").await["kept"].clone();
    let (entries, bytes) = (
        kept["entries"].as_u64().unwrap(),
        kept["bytes"].as_u64().unwrap(),
    );
    assert!(
        bytes <= BYTES_MAX && entries <= ENTRIES_MAX as u64 && entries > 100,
        "{kept}"
    );

    let size = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |data| data.len());
    let old = folder.path().join("journal.jsonl.1");
    assert!(size(&old) > 0 && size(&journal) + size(&old) <= 1024 * 1024);
    let text = std::fs::read_to_string(&old).unwrap();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["outcome"], "refused");
    }
    assert!(!text.contains(SECRET));
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(
        std::fs::metadata(&old).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn few_are_kept_where_few_may_be_and_a_long_body_is_cut() {
    let inspector = json!({ "entries_max": 3, "body_bytes_max": 100 });
    let daemon = unready(&run_id(), NOBODY, github(), inspector);
    let page = Page::of(&daemon);
    let client = daemon.client();
    let mut delivery = Delivery::push("x");
    delivery.body = vec![b'y'; 1000];
    for _ in 0..5 {
        assert_eq!(
            delivery
                .send(&client, "/webhooks/github", "wrong")
                .await
                .status,
            401
        );
    }
    until("five are through", Duration::from_secs(5), || async {
        page.get("exchanges").await["exchanges"][0]["seq"] == json!(5)
    })
    .await;
    let list = page.get("exchanges").await;
    assert_eq!(list["exchanges"].as_array().unwrap().len(), 3);
    assert_eq!(page.raw("exchanges/2").await.status, 404);
    let detail = page.get("exchanges/5").await;
    assert_eq!(detail["body"], "y".repeat(100));
    assert_eq!(
        (&detail["body_truncated"], &detail["bytes"]),
        (&json!(true), &json!(1000))
    );
    assert_eq!(detail["can_replay"]["request"], false);
    for path in [
        "exchanges/0",
        "exchanges/6",
        "exchanges/-1",
        "exchanges/x",
        "exchanges/18446744073709551616",
    ] {
        assert_eq!(page.raw(path).await.status, 404, "{path}");
    }
    for path in [
        "exchanges?before=x",
        "exchanges?limit=-1",
        "export?format=xml",
    ] {
        assert_eq!(page.raw(path).await.status, 400, "{path}");
    }
}
