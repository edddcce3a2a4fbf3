//! A user with no more rights than it needs.

use std::time::Instant;

use serde_json::json;

use super::support::rabbitmq::{self, ctl};
use super::support::siege::{SENDERS, Siege};
use super::support::{assert_prompt, run_id};
use super::{BACK_WITHIN, PATH, assert_kept, says, send, start, stored};

/// A user of the shared node; it goes when it is dropped.
struct User(String);

impl User {
    /// Who may write to what matches `write` and do nothing else.
    fn new(write: &str) -> Self {
        let name = run_id();
        ctl(&["add_user", &name, "a-password-of-this-test"]);
        ctl(&["set_permissions", &name, "^$", write, "^$"]);
        Self(name)
    }

    fn url(&self) -> String {
        let user = format!("{}:a-password-of-this-test@", self.0);
        rabbitmq::url().replacen("guest:guest@", &user, 1)
    }
}

impl Drop for User {
    fn drop(&mut self) {
        ctl(&["delete_user", &self.0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_user_who_may_only_write_needs_no_more() {
    let (run, url) = (run_id(), rabbitmq::url());
    rabbitmq::declare(&url, &run, &run, "push");
    let user = User::new(&format!("^{run}$"));
    let daemon = start(&user.url(), &run, json!({}));
    daemon.ready().await;
    let reply = send(&daemon, &format!("{run}-1"), "push").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let output = daemon.output();
    assert!(output.contains("the exchange is used as it is"), "{output}");

    // Deleted while it runs, the exchange cannot be declared anew: that is said, with what helps.
    rabbitmq::declare_with(&url, &run, &run, "push", &["--delete-exchange"]);
    let first = send(&daemon, &format!("{run}-2"), "push").await;
    assert_eq!(
        (first.status, first.reason().as_str()),
        (503, "declined"),
        "{first:?}"
    );
    says(&daemon, "does not exist, and this user may not create it").await;
    let second = send(&daemon, &format!("{run}-3"), "push").await;
    assert_eq!(
        (second.status, second.reason().as_str()),
        (503, "refused"),
        "{second:?}"
    );
    rabbitmq::declare(&url, &run, &run, "push");
    let over = Instant::now();
    daemon.ready().await;
    let reply = send(&daemon, &format!("{run}-4"), "push").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_prompt("it is found", BACK_WITHIN, &[over.elapsed()]);
    let kept = stored(&url, &run).await;
    assert_eq!(kept, ["1", "4"].map(|it| format!("{run}-{it}")).into());
    rabbitmq::delete(&url, &run, &run);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exchange_that_is_not_there_or_another_is_named_with_what_helps() {
    let (run, url) = (run_id(), rabbitmq::url());
    let user = User::new(".*");
    let daemon = start(&user.url(), &run, json!({}));
    let words = format!(r#"exchange \"{run}\" does not exist"#);
    says(&daemon, &words).await;
    says(&daemon, "the right to configure it").await;
    let refused = send(&daemon, &format!("{run}-1"), "push").await;
    assert_eq!(
        (refused.status, refused.reason().as_str()),
        (503, "refused"),
        "{refused:?}"
    );
    assert!(
        !refused.text().contains(&run),
        "a stranger is told: {refused:?}"
    );
    let output = daemon.output();
    let said: Vec<_> = output
        .lines()
        .filter(|line| line.contains("cannot publish"))
        .collect();
    assert_eq!(said.len(), 1, "it is said once: {said:?}");

    // Who may configure is told that it is another; but not over an operator's own arguments.
    let other = format!("{run}-fanout");
    rabbitmq::declare_with(&url, &other, &other, "#", &["--kind", "fanout"]);
    let daemon = start(&url, &other, json!({}));
    says(&daemon, "is no durable topic exchange").await;
    says(&daemon, "received 'topic' but current is 'fanout'").await;
    rabbitmq::delete(&url, &other, &other);

    let other = format!("{run}-alternate");
    let arguments = json!({ "alternate-exchange": "amq.fanout" }).to_string();
    let options = ["--exchange-arguments", &arguments];
    rabbitmq::declare_with(&url, &other, &other, "push", &options);
    let daemon = start(&url, &other, json!({}));
    daemon.ready().await;
    let reply = send(&daemon, &format!("{run}-2"), "push").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    // The alternate exchange has no queue either.
    let reply = send(&daemon, &format!("{run}-3"), "fork").await;
    assert_eq!(reply.reason(), "unroutable", "{reply:?}");
    rabbitmq::delete(&url, &other, &other);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_right_to_write_is_refused_and_said() {
    let (run, url) = (run_id(), rabbitmq::url());
    rabbitmq::declare(&url, &run, &run, "push");
    let user = User::new("^$");
    let daemon = start(&user.url(), &run, json!({}));
    daemon.ready().await;
    for number in 1..=2 {
        let reply = send(&daemon, &format!("{run}-{number}"), "push").await;
        assert_eq!(
            (reply.status, reply.reason().as_str()),
            (503, "refused"),
            "{reply:?}"
        );
    }
    assert!(daemon.output().contains("ACCESS_REFUSED"));
    ctl(&["set_permissions", &user.0, "^$", &format!("^{run}$"), "^$"]);
    let reply = send(&daemon, &format!("{run}-3"), "push").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    rabbitmq::delete(&url, &run, &run);
}

/// The broker closes the channel over one routing key; its neighbours are not refused for good.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forbidden_routing_key_among_others_is_the_only_one_refused() {
    let (run, url) = (run_id(), rabbitmq::url());
    rabbitmq::declare(&url, &run, &run, "#");
    let user = User::new(&format!("^{run}$"));
    ctl(&["set_topic_permissions", &user.0, &run, "^push$", "^$"]);
    let daemon = start(&user.url(), &run, json!({}));
    daemon.ready().await;
    let event = |number: usize| if number % 400 == 399 { "fork" } else { "push" };
    let siege = Siege::start(&daemon, PATH, &run, event);
    siege.accepts(4000).await;
    siege.refuses(SENDERS).await;
    let ledger = siege.end().await;
    for (entry, reply) in ledger.replies() {
        let number: usize = entry.id[run.len() + 1..].parse().unwrap();
        let refused = reply.reason() == "refused";
        let forbidden = event(number) == "fork";
        assert!(!refused || forbidden, "{}: {reply:?}", entry.id);
        assert!(!forbidden || reply.status == 503, "{}: {reply:?}", entry.id);
    }
    assert!(
        ledger.tally().contains_key(&(503, "refused".into())),
        "{:?}",
        ledger.tally()
    );
    let kept = stored(&url, &run).await;
    assert_kept(
        "a forbidden key",
        &ledger,
        &kept,
        &["refused", "unreachable"],
    );
    rabbitmq::delete(&url, &run, &run);
}
