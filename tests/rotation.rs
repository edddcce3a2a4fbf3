//! A secret is rotated at the provider while webhooks keep coming.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

mod support;

use std::fs;
use std::time::Duration;

use serde_json::json;
use support::Folder;
use support::daemon::{self, Daemon};
use support::github::Delivery;

const OLD: &str = "the secret before the rotation";
const NEW: &str = "the secret after the rotation";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotated_secret_is_read_from_its_file_without_a_restart() {
    let run = support::run_id();
    let folder = Folder::new();
    let secret = folder.write("secret", OLD);
    let sink = json!({
        "type": "kafka", "brokers": support::kafka::address(), "topic": run, "default_topic": run,
    });
    let source = json!({
        "provider": "github", "path": "/github", "secrets": [{ "file": secret }],
    });
    let config = daemon::config(json!({
        "sinks": { "kafka": sink }, "sources": { "github": source },
    }));
    let daemon = Daemon::start(config, &[]);
    daemon.ready().await;
    let client = daemon.client();
    let send = async |id: &str, secret: &str| {
        let delivery = Delivery::push(id);
        delivery.send(&client, "/github", secret).await.status
    };
    assert_eq!(send("before", OLD).await, 200);
    assert_eq!(send("too-early", NEW).await, 401);

    // Written beside and moved over, as Kubernetes and careful people do.
    let beside = folder.write("secret.new", NEW);
    fs::rename(beside, &secret).unwrap();
    let wait = Duration::from_secs(10);
    support::until("the new secret counts", wait, || async {
        send("after", NEW).await == 200
    })
    .await;
    assert_eq!(send("too-late", OLD).await, 401);

    // A file that became useless changes nothing: whoever was let in still is.
    fs::write(&secret, "\n").unwrap();
    support::until("the fault is told", wait, || async {
        daemon.output().contains("the old one stays")
    })
    .await;
    assert_eq!(send("with a broken file", NEW).await, 200);
    let output = daemon.output();
    assert!(!output.contains(OLD) && !output.contains(NEW), "{output}");
}
