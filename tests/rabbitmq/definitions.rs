//! What docs/rabbitmq.md has an operator do, done.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use lapin::options::{BasicGetOptions, BasicRejectOptions};
use lapin::{Connection, ConnectionProperties};

use super::support::brokers::Private;
use super::support::daemon::Daemon;
use super::support::github::SECRET;
use super::support::{output_of, project_file, rabbitmq, run_id, until};
use super::{BOUND, send};

/// The blocks of the document in `language`.
fn blocks(language: &str) -> Vec<String> {
    let text = fs::read_to_string(project_file("docs/rabbitmq.md")).unwrap();
    let parts = text.split("```").skip(1).step_by(2);
    let blocks = parts.filter_map(|part| part.strip_prefix(&format!("{language}\n")));
    blocks.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_arrive_in_the_quorum_queue_that_the_document_sets_up() {
    let broker = Private::managed().await;
    let (run, url) = (run_id(), broker.address());
    for line in blocks("sh").iter().flat_map(|block| block.lines()) {
        let arguments = line
            .strip_prefix("rabbitmqctl ")
            .expect("a command of rabbitmqctl");
        let mut command = Command::new("sh");
        let script = format!("exec \"$CTL\" {arguments}");
        command.args(["-ec", &script]).env("CTL", broker.ctl_path());
        output_of(command.current_dir(project_file("")), vec![]);
    }
    let [sinks] = <[String; 1]>::try_from(blocks("yaml")).unwrap();
    let config = format!(
        "listen: 127.0.0.1:0\nadmin: {{ listen: 127.0.0.1:0 }}\nlog: {{ format: json }}\n{sinks}
sources:\n  github: {{ provider: github, path: /webhooks/github, secrets: [{{ env: GITHUB_SECRET }}] }}\n"
    );
    let little = url.replacen("guest:guest@", "hookferry:A-PASSWORD-OF-YOUR-OWN@", 1);
    let daemon = Daemon::start(
        config,
        &[
            ("GITHUB_SECRET", SECRET),
            ("RABBITMQ_URL", &little),
            ("RABBITMQ_MANAGEMENT_URL", &broker.management()),
        ],
    );
    daemon.ready().await;
    let mut sent = BTreeSet::new();
    for number in 0..20 {
        let id = format!("{run}-{number}");
        let reply = send(&daemon, &id, "push").await;
        assert_eq!(reply.status, 200, "{reply:?}");
        sent.insert(id);
    }
    // All of it was looked at, and nothing is wrong.
    until("no queue has a fault", BOUND, || async {
        let metrics = daemon.metrics().await;
        let all = metrics
            .lines()
            .filter(|line| line.starts_with("hookferry_queue_faults{"));
        let all: Vec<_> = all.collect();
        !all.is_empty() && all.iter().all(|line| line.ends_with(" 0"))
    })
    .await;

    // What a consumer rejects is kept.
    let connection = Connection::connect(&url, ConnectionProperties::default())
        .await
        .unwrap();
    let channel = connection.create_channel().await.unwrap();
    let got = channel
        .basic_get("webhooks".into(), BasicGetOptions::default())
        .await;
    let got = got.unwrap().unwrap();
    let rejected: serde_json::Value = serde_json::from_slice(&got.delivery.data).unwrap();
    let rejected = rejected["id"].as_str().unwrap().to_owned();
    let for_good = BasicRejectOptions { requeue: false };
    assert!(got.delivery.acker.reject(for_good).await.unwrap());
    let moved = rabbitmq::read(&url, "webhooks.rejected", 1);
    assert_eq!(moved[0].json()["id"], rejected.as_str());
    connection.close(200, "OK".into()).await.unwrap();

    broker.kill();
    broker.start_again();
    assert!(sent.remove(&rejected));
    let kept = rabbitmq::read(&url, "webhooks", sent.len());
    let id = |message: &rabbitmq::Message| message.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(kept.iter().map(id).collect::<BTreeSet<_>>(), sent);
}
