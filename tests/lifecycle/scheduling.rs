//! How its threads are scheduled, librdkafka's among them.

use std::collections::BTreeSet;
use std::fs;

use serde_json::json;

use super::{Daemon, kafka, one_topic, run_id};

/// Niceness and policy of each thread of a process: fields 19 and 41 of proc_pid_stat(5).
fn policies(process: u32) -> BTreeSet<(String, String)> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    // One that ends meanwhile is no matter.
    let stats = tasks.filter_map(|task| fs::read_to_string(task.unwrap().path().join("stat")).ok());
    let fields = stats.map(|stat| {
        let behind = stat.rsplit_once(')').unwrap().1.split_whitespace();
        let fields: Vec<_> = behind.map(str::to_owned).collect();
        (fields[19 - 3].clone(), fields[41 - 3].clone())
    });
    fields.collect()
}

async fn policies_by(starter: &[&str]) -> BTreeSet<(String, String)> {
    let run = run_id();
    let config = one_topic(&kafka::address(), &run, json!({}));
    let starter: Vec<_> = starter.iter().map(|&word| word.to_owned()).collect();
    let secret = [("GITHUB_SECRET", super::SECRET)];
    let mut daemon = Daemon::attempt_by(&starter, config, &secret).unwrap();
    daemon.ready().await;
    let found = policies(daemon.id());
    daemon.kill();
    found
}

/// Policies as the kernel numbers them: 0 is what every process has, 3 is batch, 5 is idle.
#[tokio::test]
async fn threads_take_turns_unless_whoever_starts_them_says_otherwise() {
    let own = policies(std::process::id()).pop_first().unwrap();
    let (niceness, policy) = (own.0.as_str(), own.1.as_str());
    let nicer = (niceness.parse::<i32>().unwrap() + 5).min(19).to_string();
    // Where the tests themselves run by a policy or niceness of their own, that is inherited.
    let by_itself = if (niceness, policy) == ("0", "0") {
        "3"
    } else {
        policy
    };
    for (starter, niceness, policy) in [
        (&[][..], niceness, by_itself),
        (&["nice", "-n", "5"], &nicer, policy),
        (&["chrt", "--idle", "0"], niceness, "5"),
        (&["chrt", "--batch", "0"], niceness, "3"),
    ] {
        let expected = [(niceness.to_owned(), policy.to_owned())].into();
        assert_eq!(policies_by(starter).await, expected, "{starter:?}");
    }
}
