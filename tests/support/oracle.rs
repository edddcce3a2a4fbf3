//! The loss oracle: senders outside the daemon that note every answer, and the judgement over what
//! is stored in the end. Nothing answered 2xx is missing, nothing is there that was not sent, a
//! record that is there twice is the same twice, and the events of each key are in their order.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::brokers::Which;
use super::client::Client;
use super::github::{Delivery, SECRET};
use super::{kafka, rabbitmq, until};

pub const PATH: &str = "/webhooks/github";
/// How long anything in these tests may take to happen at all.
pub const BOUND: Duration = Duration::from_secs(60);
/// A provider that was refused does not come back at once.
const PAUSE: Duration = Duration::from_millis(10);

/// What one request came to.
#[derive(Debug, Clone)]
pub struct Sent {
    pub key: usize,
    pub number: usize,
    /// 0 where no answer came: the daemon was killed, or does not listen.
    pub status: u16,
    pub reason: String,
    pub took: Duration,
    pub at: Instant,
}

/// Senders, one a key, each of which sends its events one after the other.
pub struct Siege {
    run: String,
    stop: Arc<AtomicBool>,
    accepted: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
    senders: Vec<JoinHandle<Vec<Sent>>>,
}

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub id: String,
    pub envelope: String,
}

/// What all senders were answered.
pub struct Account {
    run: String,
    pub sent: Vec<Sent>,
}

/// What the judgement counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Verdict {
    pub sent: usize,
    pub accepted: usize,
    pub stored: usize,
    pub duplicates: usize,
    /// Stored, though not answered 2xx: the outcome was unknown.
    pub unasked: usize,
    pub slowest: Duration,
}

/// The keys that make a sink keep the order of this module's senders. `address` is Kafka's
/// `host:port`; RabbitMQ's URL is taken from the environment variable `RABBITMQ_URL`.
pub fn sink(which: Which, address: &str, run: &str) -> Value {
    match which {
        Which::Kafka => json!({
            "type": "kafka", "brokers": address, "topic": run, "default_topic": run,
            "dead_letter_topic": format!("{run}.dead"), "key": "{json:/repository/full_name}",
        }),
        Which::Rabbitmq => json!({
            "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" }, "exchange": run,
            "routing_key": "{event}", "key": "{json:/repository/full_name}",
        }),
    }
}

fn delivery(run: &str, key: usize, number: usize) -> Delivery {
    let id = format!("{run}-{key}-{number}");
    let body = format!(
        r#"{{"after":"{id}","repository":{{"full_name":"octo-org/{key}"}},"filler":"{}"}}"#,
        "x".repeat(number * 37 % 900)
    );
    Delivery {
        event: "push".into(),
        body: body.into_bytes(),
        id,
    }
}

impl Siege {
    /// Sends from `keys` senders to whatever listens at `address`; each waits for `pause` after an
    /// event that was accepted.
    pub fn start(address: SocketAddr, run: &str, keys: usize, pause: Duration) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let [accepted, refused] = [0, 0].map(|zero| Arc::new(AtomicUsize::new(zero)));
        let client = Client::new(address);
        let sender = |key: usize| {
            let (client, run, stop) = (client.clone(), run.to_owned(), Arc::clone(&stop));
            let counters = [Arc::clone(&refused), Arc::clone(&accepted)];
            tokio::spawn(async move {
                let mut sent = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let number = sent.len();
                    let delivery = delivery(&run, key, number);
                    let began = Instant::now();
                    let outcome = delivery.attempt(&client, PATH, SECRET).await;
                    let (status, reason) = match &outcome {
                        Ok(reply) => (reply.status, reply.reason()),
                        Err(failure) => (0, format!("{failure:?}")),
                    };
                    let good = (200..300).contains(&status);
                    counters[usize::from(good)].fetch_add(1, Ordering::Relaxed);
                    sent.push(Sent {
                        key,
                        number,
                        status,
                        reason,
                        took: began.elapsed(),
                        at: Instant::now(),
                    });
                    let pause = if good { pause } else { PAUSE };
                    if !pause.is_zero() {
                        tokio::time::sleep(pause).await;
                    }
                }
                sent
            })
        };
        let senders = (0..keys).map(sender).collect();
        Self {
            run: run.to_owned(),
            stop,
            accepted,
            refused,
            senders,
        }
    }

    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }

    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    /// Waits until `more` further events were accepted.
    pub async fn accepts(&self, more: usize) {
        let goal = self.accepted() + more;
        let what = format!("{more} more events are accepted");
        until(&what, BOUND, || async { self.accepted() >= goal }).await;
    }

    /// Waits until `more` further events were refused.
    pub async fn refuses(&self, more: usize) {
        let goal = self.refused() + more;
        let what = format!("{more} more events are refused");
        until(&what, BOUND, || async { self.refused() >= goal }).await;
    }

    pub async fn end(self) -> Account {
        self.stop.store(true, Ordering::Relaxed);
        let mut sent = Vec::new();
        for sender in self.senders {
            sent.extend(sender.await.expect("no sender panics"));
        }
        Account {
            run: self.run,
            sent,
        }
    }
}

/// Everything that is stored, in the order of each key.
pub async fn stored(which: Which, address: &str, run: &str) -> Vec<Stored> {
    let one = |json: Value, envelope: String| Stored {
        id: json["id"]
            .as_str()
            .expect("an envelope has an id")
            .to_owned(),
        envelope,
    };
    match which {
        Which::Kafka => {
            let records = kafka::read(address, run);
            let records = records.into_iter();
            records
                .map(|it| one(it.json(), it.payload.clone()))
                .collect()
        }
        Which::Rabbitmq => {
            let messages = rabbitmq::read_all(address, run).await;
            let text = |body: &[u8]| String::from_utf8_lossy(body).into_owned();
            let messages = messages.into_iter();
            messages.map(|it| one(it.json(), text(&it.body))).collect()
        }
    }
}

impl Account {
    /// How often each status and reason was answered.
    pub fn tally(&self) -> BTreeMap<(u16, &str), usize> {
        let mut tally = BTreeMap::new();
        for sent in &self.sent {
            let reason = sent.reason.split('(').next().unwrap_or_default();
            *tally.entry((sent.status, reason)).or_default() += 1;
        }
        tally
    }

    /// The longest time between two answers 2xx after `from`, whoever got them.
    pub fn longest_gap(&self) -> Duration {
        let mut moments: Vec<_> = self.sent.iter().filter(|it| it.is_accepted()).collect();
        moments.sort_by_key(|sent| sent.at);
        let gaps = moments.windows(2).map(|pair| pair[1].at - pair[0].at);
        gaps.max().unwrap_or_default()
    }

    /// Panics unless what is stored keeps every promise that was made.
    pub fn judge(&self, stored: &[Stored]) -> Verdict {
        let mut places: HashMap<&str, (usize, &str)> = HashMap::new();
        let mut verdict = Verdict {
            sent: self.sent.len(),
            stored: stored.len(),
            ..Verdict::default()
        };
        for (at, record) in stored.iter().enumerate() {
            match places.get(record.id.as_str()) {
                None => drop(places.insert(&record.id, (at, &record.envelope))),
                Some((_, first)) => {
                    // The same request may have been received twice; all else is the same.
                    let same = without_arrival(first) == without_arrival(&record.envelope);
                    assert!(same, "{} is stored twice and differs", record.id);
                    verdict.duplicates += 1;
                }
            }
        }
        let mut known = HashMap::new();
        let mut last: HashMap<usize, (usize, usize)> = HashMap::new();
        for sent in &self.sent {
            let delivery = delivery(&self.run, sent.key, sent.number);
            let place = places.get(delivery.id.as_str());
            if let Some((_, envelope)) = place {
                let envelope: Value = serde_json::from_str(envelope).expect("it is JSON");
                let data: Value = serde_json::from_slice(&delivery.body).expect("it is JSON");
                assert_eq!(
                    envelope["data"], data,
                    "{} was stored with other bytes",
                    delivery.id
                );
            }
            if sent.is_accepted() {
                verdict.accepted += 1;
                verdict.slowest = verdict.slowest.max(sent.took);
                let Some((at, _)) = place else {
                    panic!("{} was answered {} and is lost", delivery.id, sent.status);
                };
                let before = last.insert(sent.key, (*at, sent.number));
                if let Some((earlier, number)) = before {
                    assert!(
                        earlier < *at,
                        "of key {}, {} stands before {number}, which was answered first",
                        sent.key,
                        sent.number
                    );
                }
            } else if place.is_some() {
                verdict.unasked += 1;
            }
            known.insert(delivery.id, ());
        }
        for id in places.keys() {
            assert!(known.contains_key(*id), "{id} is stored and was never sent");
        }
        verdict
    }
}

impl Sent {
    fn is_accepted(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

fn without_arrival(envelope: &str) -> Value {
    let mut envelope: Value = serde_json::from_str(envelope).expect("it is JSON");
    if let Some(envelope) = envelope.as_object_mut() {
        envelope.remove("receivedtime");
    }
    envelope
}
