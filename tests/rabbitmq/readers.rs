//! Who reads along on RabbitMQ does so through a queue of their own, which counts as one.

use std::process::{Command, Stdio};

use super::support::{rabbitmq, run_id, until};
use super::{BOUND, send, start};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_says_what_its_queue_changes_and_leaves_nothing() {
    let (run, url) = (run_id(), rabbitmq::url());
    rabbitmq::declare(&url, &run, &run, "nothing.that.comes");
    let daemon = start(&url, &run, json!({}));
    daemon.ready().await;
    let verdict = async |at: usize| {
        let reply = send(&daemon, &format!("{run}-{at}"), "push").await;
        (reply.status, reply.reason())
    };
    let unroutable = || (503, "unroutable".to_owned());
    assert_eq!(verdict(0).await, unroutable());

    let file = daemon.folder.path().join("config.yaml");
    let mut tail = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    tail.args(["tail", "--count", "1", "-c"]).arg(file);
    tail.env_clear()
        .envs([("GITHUB_SECRET", super::SECRET), ("RABBITMQ_URL", &url)]);
    tail.stdout(Stdio::piped()).stderr(Stdio::piped());
    let tail = tail.spawn().unwrap();
    let at = std::sync::atomic::AtomicUsize::new(1);
    until("an event is routable by the reader", BOUND, || async {
        let at = at.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        verdict(at).await.0 == 200
    })
    .await;
    let ended = tail.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{said}");
    for words in [
        "warning: reading takes a queue of its own",
        "give --binding",
    ] {
        assert!(said.contains(words), "{said}");
    }
    // One event was enough for it, and without it there is nobody again.
    until("the reader's queue is gone", BOUND, || async {
        let at = at.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        verdict(at).await == unroutable()
    })
    .await;
    rabbitmq::delete(&url, &run, &run);
}
