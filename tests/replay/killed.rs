//! SIGKILL in the middle of a replay: nothing is lost, and little comes twice.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::Command;

use serde_json::{Value, json};

use crate::support::github::Delivery;
use crate::support::ledger::{Until, load};
use crate::support::random::Random;
use crate::support::{kafka, rabbitmq, run_id, scale};
use crate::world::{self, GITHUB, GITHUB_SECRET, World, ids, limit_of, make_topic};

/// What a replay says of so many fits in no pipe: it cannot end before it is killed.
const COUNT: usize = 1500;
/// What a replay has on its way at most.
const ASKING_MAX: usize = 64;

/// Kills the command once it has said so many lines; whether it was alive.
fn killed_after(mut command: Command, lines: usize) -> bool {
    let mut child = command.spawn().expect("it was built");
    // Nothing more is read until it is dead, so that it cannot come to its end before that.
    let mut out = BufReader::new(child.stdout.take().expect("it was piped")).lines();
    let seen = out.by_ref().take(lines).count();
    let was_alive = child.try_wait().expect("it can be asked").is_none();
    child.kill().expect("it can be killed");
    child.wait().expect("it can be waited for");
    was_alive && seen == lines
}

async fn send_all(
    world: &World,
    run: &str,
    count: usize,
    body: usize,
) -> crate::support::daemon::Daemon {
    let daemon = world.daemon().await;
    let (client, own) = (daemon.client(), run.to_owned());
    let ledger = load(32, Until::Count(count), move |number| {
        let (client, mut delivery) = (client.clone(), Delivery::push(format!("{own}-{number}")));
        let padding = format!("{{\"padding\":\"{}\",", "x".repeat(body));
        let text = String::from_utf8(delivery.body).unwrap();
        delivery.body = text.replacen('{', &padding, 1).into();
        async move {
            let outcome = delivery.attempt(&client, GITHUB, GITHUB_SECRET).await;
            (delivery.id, outcome)
        }
    })
    .await;
    assert_eq!(ledger.accepted().len(), count, "{:?}", ledger.tally());
    daemon
}

fn tally(ids: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for id in ids {
        *tally.entry(id).or_default() += 1;
    }
    tally
}

/// Panics unless each id is there, and no more than were on their way at each kill are there twice.
fn assert_all_there(
    what: &str,
    tally: &BTreeMap<String, usize>,
    run: &str,
    count: usize,
    kills: usize,
) {
    assert!(
        tally.keys().cloned().eq(ids(run, count)),
        "{what}: other ids"
    );
    let twice: usize = tally.values().map(|times| times - 1).sum();
    println!("{what}: {count} events, killed {kills} times, {twice} came twice");
    assert!(
        twice <= kills * (ASKING_MAX + 1),
        "{what}: {twice} came twice"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_it_leaves_in_the_queue_what_was_not_confirmed() {
    let (run, url, count) = (run_id(), rabbitmq::url(), COUNT * scale());
    let [dead, queue] = ["dead", "queue"].map(|name| format!("{run}-{name}"));
    let world = World::new(json!({ "rabbit": world::rabbitmq_sink(&run) }), Value::Null);
    rabbitmq::declare(&url, &run, &dead, "dead");
    let daemon = send_all(&world, &run, count, 10).await;
    drop(daemon);
    assert_eq!(rabbitmq::count(&url, &dead).await, count);
    rabbitmq::declare(&url, &run, &queue, "github.push");
    let args = ["--queue", &dead, "--publish", "--json"];
    let mut random = Random::new();
    let mut kills = 0;
    for _ in 0..4 {
        let lines = 1 + random.below(count / 6);
        kills += usize::from(killed_after(world.command(&["replay"], &args), lines));
    }
    assert!(kills > 0, "it was never killed in the middle");
    let done = world.replay(&args);
    assert_eq!(done.code, 0, "{}", done.said);
    assert_eq!(rabbitmq::count(&url, &dead).await, 0);
    let messages = rabbitmq::read_all(&url, &queue).await;
    let tally = tally(messages.iter().map(|it| it.message_id.clone().unwrap()));
    assert_all_there("a queue", &tally, &run, count, kills);
    rabbitmq::delete(&url, &run, &dead);
    rabbitmq::delete(&url, &run, &queue);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_it_leaves_in_quarantine_what_was_not_confirmed() {
    const LIMIT: usize = 2000;
    let (run, count) = (run_id(), COUNT * scale());
    let world = World::new(json!({ "kafka": world::kafka_sink(&run) }), json!({}));
    let topic = format!("{run}.push");
    make_topic(&topic, LIMIT).await;
    make_topic(&format!("{run}.dead"), LIMIT).await;
    let daemon = send_all(&world, &run, count, 2 * LIMIT).await;
    drop(daemon);
    limit_of(&topic, 10 * LIMIT).await;
    let args = ["--from", "quarantine", "--publish", "--json"];
    let mut random = Random::new();
    let mut kills = 0;
    for _ in 0..3 {
        let lines = 1 + random.below(count / 6);
        kills += usize::from(killed_after(world.command(&["replay"], &args), lines));
    }
    assert!(kills > 0, "it was never killed in the middle");
    let done = world.replay(&args);
    assert_eq!(done.code, 0, "{}", done.said);
    assert_eq!(world.inspect("kafka")["quarantine"]["entries"], 0);
    let records = kafka::read(&kafka::address(), &topic);
    let tally = tally(
        records
            .iter()
            .map(|it| it.json()["id"].as_str().unwrap().to_owned()),
    );
    assert_all_there("a quarantine", &tally, &run, count, kills);
}
