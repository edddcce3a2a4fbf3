//! Faults of the broker itself.

use std::sync::Arc;
use std::time::Duration;

use lapin::options::ExchangeDeleteOptions;
use lapin::{Connection, ConnectionProperties};
use serde_json::{Value, json};

use crate::cell::{Cell, KEYS, PAUSE};
use crate::support::brokers::Which;
use crate::support::github::{Delivery, SECRET};
use crate::support::oracle::PATH;
use crate::support::{kafka, oracle, rabbitmq, until};

/// Events of one outage.
const SOME: usize = 300;

pub async fn down_at_start(cell: &mut Cell) {
    cell.broker.kill();
    cell.start();
    assert_eq!(cell.daemon().admin().get("/livez").await.status, 200);
    cell.load(KEYS, PAUSE);
    cell.says_down().await;
    cell.holds(SOME).await;
    cell.restart_broker();
    cell.accepts(KEYS).await;
    cell.measure().await;
}

pub async fn killed(cell: &mut Cell) {
    cell.broker.kill();
    cell.says_down().await;
    cell.holds(SOME).await;
    cell.restart_broker();
}

pub async fn ended(cell: &mut Cell) {
    cell.broker.terminate();
    cell.says_down().await;
    cell.holds(SOME).await;
    cell.restart_broker();
}

pub async fn hung(cell: &mut Cell) {
    cell.broker.pause();
    cell.says_down().await;
    cell.holds(SOME).await;
    cell.broker.resume();
    cell.over();
}

/// RabbitMQ's memory alarm blocks its publishers; Kafka's quota makes them wait.
pub async fn no_resources(cell: &mut Cell) {
    if cell.which == Which::Rabbitmq {
        let watermark = "set_vm_memory_high_watermark";
        cell.broker.rabbitmqctl(&[watermark, "absolute", "1"]);
        cell.says_down().await;
        cell.holds(SOME).await;
        cell.broker.rabbitmqctl(&[watermark, "0.8"]);
        cell.over();
        return;
    }
    let quota = |change: &[&str]| {
        let whose = ["--alter", "--entity-type", "clients", "--entity-default"];
        let arguments = [&whose, change].concat();
        cell.broker
            .kafka_tool("kafka.admin.ConfigCommand", &arguments);
    };
    quota(&["--add-config", "producer_byte_rate=2000"]);
    // What was sent before it can be held against the quota later.
    cell.holds(2 * KEYS).await;
    quota(&["--delete-config", "producer_byte_rate"]);
}

/// The broker answers, and takes nothing for now: a queue that is full, or a topic that takes only what
/// was made in this millisecond. (A replica that is missing cannot be had with one broker: Kafka 4 asks
/// for no more than there are.)
pub async fn declines(cell: &mut Cell) {
    let (broker, run) = (&cell.broker, cell.run.as_str());
    if cell.which == Which::Kafka {
        let address = broker.address();
        kafka::set_topic(&address, run, &[("message.timestamp.before.max.ms", "0")]).await;
        cell.holds(SOME).await;
        kafka::set_topic(&address, run, &[]).await;
    } else {
        let (name, pattern) = (format!("full-{run}"), format!("^{run}$"));
        let set = |policy: &str| {
            broker.rabbitmqctl(&[
                "set_policy",
                "--apply-to",
                "queues",
                &name,
                &pattern,
                policy,
            ]);
        };
        // One after the other: a bound alone throws away what is there beyond it.
        set(r#"{"overflow":"reject-publish"}"#);
        set(r#"{"overflow":"reject-publish","max-length":1}"#);
        cell.holds(SOME).await;
        broker.rabbitmqctl(&["clear_policy", &name]);
    }
    cell.over();
}

/// Before [`declines`]: Kafka's verdict on a batch is to be that on its record.
pub fn one_by_one(cell: &Cell, config: &mut Value) {
    if cell.which == Which::Kafka {
        config["sinks"]["broker"]["properties"] = json!({ "batch.num.messages": "1" });
    }
}

pub async fn connections_ended(cell: &mut Cell) {
    for _ in 0..3 {
        match cell.which {
            Which::Kafka => cell.proxy().hang_up(),
            Which::Rabbitmq => cell
                .broker
                .rabbitmqctl(&["close_all_connections", "a test"]),
        }
        cell.over();
        cell.accepts(SOME).await;
    }
}

/// Whoever the daemon is to the broker may do nothing any more, and is thrown out.
pub async fn no_rights(cell: &mut Cell) {
    let run = cell.run.clone();
    let rights = |rights: &[&str]| match cell.which {
        Which::Rabbitmq => {
            let all = [&["set_permissions", "guest"], rights].concat();
            cell.broker.rabbitmqctl(&all);
        }
        Which::Kafka => {
            let what = ["--deny-principal", "User:ANONYMOUS", "--operation", "Write"];
            let which = ["--topic", &run, "--resource-pattern-type", "prefixed"];
            let all = [rights, &what, &which].concat();
            cell.broker
                .kafka_tool("org.apache.kafka.tools.AclCommand", &all);
        }
    };
    match cell.which {
        Which::Rabbitmq => {
            rights(&["", "", ""]);
            cell.broker
                .rabbitmqctl(&["close_all_connections", "a test"]);
        }
        Which::Kafka => rights(&["--add"]),
    }
    cell.says_down().await;
    match cell.which {
        Which::Rabbitmq => cell.holds(SOME).await,
        // It answers, and its answer is no.
        Which::Kafka => cell.siege().refuses(SOME).await,
    }
    match cell.which {
        Which::Rabbitmq => rights(&[".*", ".*", ".*"]),
        Which::Kafka => rights(&["--remove", "--force"]),
    }
    cell.over();
}

/// Where the events go is deleted and made again.
pub async fn place_deleted(cell: &mut Cell) {
    let (address, run) = (cell.broker.address(), cell.run.clone());
    if cell.which == Which::Kafka {
        // What a topic held goes with it, so it is looked at before.
        cell.judge().await;
        kafka::delete(&address, &run).await;
        cell.load(KEYS, PAUSE);
        return cell.accepts(SOME).await;
    }
    let connection = Connection::connect(&address, ConnectionProperties::default());
    let connection = connection.await.expect("RabbitMQ can be reached");
    let channel = connection.create_channel().await.expect("a channel");
    let delete = channel.exchange_delete(run.as_str().into(), ExchangeDeleteOptions::default());
    delete.await.expect("the exchange can be deleted");
    // The daemon makes it again; the binding is its operator's.
    cell.siege().refuses(SOME).await;
    rabbitmq::declare(&address, &run, &run, "push");
    cell.over();
}

/// Events that the broker never takes, for their size, among others.
pub async fn too_large(cell: &mut Cell) {
    const COUNT: usize = 20;
    let address = cell.broker.address();
    let broker = Arc::clone(&cell.broker);
    let bound = |bytes: &str| {
        let set = format!("application:set_env(rabbit, max_message_size, {bytes}).");
        broker.rabbitmqctl(&["eval", &set]);
    };
    match cell.which {
        Which::Kafka => {
            kafka::set_topic(&address, &cell.run, &[("max.message.bytes", "20000")]).await;
            let dead = format!("{}.dead", cell.run);
            kafka::create(&address, &dead, 3, 1, &[("max.message.bytes", "20000")]).await;
        }
        Which::Rabbitmq => bound("20000"),
    }
    cell.begin().await;
    let client = cell.daemon().client();
    for number in 0..COUNT {
        let id = format!("large-{}-{number}", cell.run);
        let filler = "x".repeat(50_000);
        let body = format!(r#"{{"repository":{{"full_name":"{id}"}},"filler":"{filler}"}}"#);
        let large = Delivery {
            event: "push".into(),
            id,
            body: body.into_bytes(),
        };
        let reply = large.send(&client, PATH, SECRET).await;
        // Where it can be held it is, until somebody looks at it.
        let expected = if cell.has_spool {
            (200, "accepted")
        } else {
            (413, "too_large")
        };
        assert_eq!(
            (reply.status, reply.reason().as_str()),
            expected,
            "{reply:?}"
        );
        cell.accepts(KEYS / 2).await;
    }
    if cell.has_spool {
        let held = cell
            .metric("hookferry_spool_quarantined{sink=\"broker\"}")
            .await;
        assert_eq!(held, COUNT as u64);
    }
    if cell.which == Which::Rabbitmq {
        bound("134217728");
    }
}

/// Before [`misplaced`].
pub fn with_dead_letters(cell: &Cell, config: &mut Value) {
    let sink = &mut config["sinks"]["broker"];
    match cell.which {
        Which::Kafka => {
            sink["topic"] = format!("{}.{{event}}", cell.run).into();
            sink["dead_letter_topic"] = format!("{}.dead", cell.run).into();
        }
        Which::Rabbitmq => sink["dead_letter_routing_key"] = "dead".into(),
    }
}

/// Events that the broker takes from nobody, for where they go, among others. There are dead letters
/// for them, or not.
async fn misplaced(cell: &mut Cell, has_letters: bool) {
    const COUNT: usize = 30;
    let (address, run) = (cell.broker.address(), cell.run.clone());
    let broker = Arc::clone(&cell.broker);
    let deny = |topic: &str| {
        let what = [
            "--add",
            "--deny-principal",
            "User:ANONYMOUS",
            "--operation",
            "Write",
        ];
        let all = [what.as_slice(), &["--topic", topic]].concat();
        broker.kafka_tool("org.apache.kafka.tools.AclCommand", &all);
    };
    let dead = match cell.which {
        Which::Kafka => {
            for topic in ["push", "fork", "dead"] {
                kafka::create(&address, &format!("{run}.{topic}"), 3, 1, &[]).await;
            }
            deny(&format!("{run}.fork"));
            let dead = format!("{run}.dead");
            if !has_letters {
                deny(&dead);
            }
            dead
        }
        Which::Rabbitmq => {
            let dead = format!("{run}-dead");
            if has_letters {
                rabbitmq::declare(&address, &run, &dead, "dead");
            }
            dead
        }
    };
    if cell.which == Which::Kafka {
        cell.topic = format!("{run}.push");
    }
    cell.begin().await;
    let client = cell.daemon().client();
    for number in 0..COUNT {
        let mut fork = Delivery::push(format!("fork-{run}-{number}"));
        fork.event = "fork".into();
        let reply = fork.send(&client, PATH, SECRET).await;
        let refusal = match cell.which {
            Which::Kafka => (503, "refused"),
            Which::Rabbitmq => (503, "unroutable"),
        };
        let expected = if has_letters {
            (200, "accepted")
        } else {
            refusal
        };
        assert_eq!(
            (reply.status, reply.reason().as_str()),
            expected,
            "{reply:?}"
        );
        cell.accepts(4).await;
    }
    if has_letters {
        let letters = oracle::stored(cell.which, &address, &dead).await;
        assert_eq!(letters.len(), COUNT, "each has one dead letter");
    }
}

pub async fn misplaced_to_the_dead_letters(cell: &mut Cell) {
    misplaced(cell, true).await;
}

pub async fn misplaced_to_nowhere(cell: &mut Cell) {
    misplaced(cell, false).await;
}

/// Nothing is sent for longer than two heartbeats.
pub async fn idle(cell: &mut Cell) {
    const IDLE: Duration = Duration::from_secs(5);
    if cell.which == Which::Rabbitmq {
        cell.query = "?heartbeat=1".into();
    }
    cell.begin().await;
    cell.judge().await;
    tokio::time::sleep(IDLE).await;
    cell.load(KEYS, PAUSE);
}

/// One of two sinks is away.
pub async fn one_of_two(cell: &mut Cell) {
    use crate::support::proxy::Mode;
    let (address, other) = (cell.broker.address(), format!("{}-b", cell.run));
    match cell.which {
        Which::Kafka => kafka::create(&address, &other, 3, 1, &[]).await,
        Which::Rabbitmq => {
            rabbitmq::declare(&address, &other, &other, "push");
            cell.env.push(("REAL_URL".into(), address.clone()));
        }
    }
    cell.begin().await;
    cell.proxy().set(Mode::Refuse);
    cell.proxy().cut();
    cell.holds(SOME).await;
    let status = cell.daemon().admin().get("/readyz").await;
    assert_eq!(status.json()["sinks"]["broker"], "up");
    cell.proxy().set(Mode::Pass);
    cell.over();
    cell.accepts(SOME).await;
    cell.judge().await;
    if cell.has_spool {
        until("the other spool is empty", oracle::BOUND, || async {
            cell.metric("hookferry_spool_entries{sink=\"other\"}").await == 0
        })
        .await;
    }
    // The other has every one of them too.
    let there = oracle::stored(cell.which, &address, &other).await;
    let verdict = cell.accounts[0].judge(&there);
    println!("    the other sink: {verdict:?}");
    cell.load(KEYS, PAUSE);
}

/// Before [`one_of_two`].
pub fn with_another(cell: &Cell, config: &mut Value) {
    let other = config["sinks"]["broker"].clone();
    let mut real = oracle::sink(cell.which, &cell.broker.address(), &cell.run);
    if cell.which == Which::Rabbitmq {
        real["url"]["env"] = "REAL_URL".into();
    }
    let name = format!("{}-b", cell.run);
    config["sinks"]["broker"] = real;
    config["sinks"]["other"] = other;
    let other = &mut config["sinks"]["other"];
    match cell.which {
        Which::Kafka => {
            for key in ["topic", "default_topic"] {
                other[key] = name.clone().into();
            }
        }
        Which::Rabbitmq => other["exchange"] = name.into(),
    }
}
