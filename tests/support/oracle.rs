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
    filler_max: usize,
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

/// What the senders do.
#[derive(Debug, Clone)]
pub struct Load {
    /// Where the source is.
    pub path: String,
    /// What the ids begin with.
    pub run: String,
    pub keys: usize,
    /// After an event that was accepted.
    pub pause: Duration,
    /// Some bodies are as large, in bytes.
    pub filler_max: usize,
    /// The number of each key's first event.
    pub first: usize,
    /// So many of each key at most.
    pub count: usize,
}

impl Load {
    /// Small events without end.
    pub fn new(path: &str, run: &str, keys: usize, pause: Duration) -> Self {
        Self {
            path: path.to_owned(),
            run: run.to_owned(),
            keys,
            pause,
            filler_max: 900,
            first: 0,
            count: usize::MAX,
        }
    }
}

/// What all senders were answered.
#[derive(Clone)]
pub struct Account {
    run: String,
    filler_max: usize,
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

fn delivery(run: &str, key: usize, number: usize, filler_max: usize) -> Delivery {
    let id = format!("{run}-{key}-{number}");
    // Every fourth may be large.
    let filler = match number % 4 {
        3 => (number * 7919 + key * 104_729) % filler_max,
        _ => number * 37 % 900,
    };
    let body = format!(
        r#"{{"after":"{id}","repository":{{"full_name":"octo-org/{key}"}},"filler":"{}"}}"#,
        "x".repeat(filler)
    );
    Delivery {
        event: "push".into(),
        body: body.into_bytes(),
        id,
    }
}

impl Siege {
    /// Sends from `keys` senders to whatever listens at `address`; each waits for `pause` after an
    /// event, and for a little at least after one that was refused.
    pub fn start(address: SocketAddr, run: &str, keys: usize, pause: Duration) -> Self {
        Self::with(address, Load::new(PATH, run, keys, pause))
    }

    pub fn with(address: SocketAddr, load: Load) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let [accepted, refused] = [0, 0].map(|zero| Arc::new(AtomicUsize::new(zero)));
        let client = Client::new(address);
        let sender = |key: usize| {
            let (client, load, stop) = (client.clone(), load.clone(), Arc::clone(&stop));
            let counters = [Arc::clone(&refused), Arc::clone(&accepted)];
            tokio::spawn(async move {
                let mut sent = Vec::new();
                while !stop.load(Ordering::Relaxed) && sent.len() < load.count {
                    let number = load.first + sent.len();
                    let delivery = delivery(&load.run, key, number, load.filler_max);
                    let began = Instant::now();
                    let outcome = delivery.attempt(&client, &load.path, SECRET).await;
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
                    let pause = if good {
                        load.pause
                    } else {
                        load.pause.max(PAUSE)
                    };
                    if !pause.is_zero() {
                        tokio::time::sleep(pause).await;
                    }
                }
                sent
            })
        };
        let senders = (0..load.keys).map(sender).collect();
        Self {
            run: load.run,
            filler_max: load.filler_max,
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

    /// How many were answered, or went unanswered.
    pub fn answered(&self) -> usize {
        self.accepted() + self.refused()
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

    /// Waits until `more` further events were accepted or refused.
    pub async fn answers(&self, more: usize) {
        let answered = || self.accepted() + self.refused();
        let goal = answered() + more;
        let what = format!("{more} more events are answered");
        until(&what, BOUND, || async { answered() >= goal }).await;
    }

    pub async fn end(self) -> Account {
        self.stop.store(true, Ordering::Relaxed);
        self.finish().await
    }

    /// Waits until all that is to be sent has been.
    pub async fn finish(self) -> Account {
        let mut sent = Vec::new();
        for sender in self.senders {
            sent.extend(sender.await.expect("no sender panics"));
        }
        Account {
            run: self.run,
            filler_max: self.filler_max,
            sent,
        }
    }
}

/// So many messages are read at once.
const READ_MAX: usize = 20_000;
/// What tests/brokers sets `num.partitions` to.
const PARTITIONS: usize = 3;

/// Reads what is stored bit by bit: what has been read is not read again.
pub struct Reader {
    which: Which,
    address: String,
    name: String,
    read: [usize; PARTITIONS],
}

impl Reader {
    /// Of a topic or a queue that nobody else reads or writes.
    pub fn new(which: Which, address: &str, name: &str) -> Self {
        Self {
            which,
            address: address.to_owned(),
            name: name.to_owned(),
            read: [0; PARTITIONS],
        }
    }

    /// What was not read before, in the order of each key.
    pub async fn more(&mut self) -> Vec<Stored> {
        let mut more = Vec::new();
        match self.which {
            Which::Kafka => {
                for (partition, read) in self.read.iter_mut().enumerate() {
                    let found = kafka::payloads_from(&self.address, &self.name, partition, *read);
                    *read += found.len();
                    more.extend(found.into_iter().map(one));
                }
            }
            Which::Rabbitmq => {
                let mut left = rabbitmq::count(&self.address, &self.name).await;
                while left > 0 {
                    let count = left.min(READ_MAX);
                    left -= count;
                    let messages = rabbitmq::read(&self.address, &self.name, count).into_iter();
                    more.extend(messages.map(|it| one(text(&it.body))));
                }
            }
        }
        more
    }
}

fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).into_owned()
}

fn one(envelope: String) -> Stored {
    let json: Value = serde_json::from_str(&envelope).expect("an envelope is JSON");
    let id = json["id"].as_str().expect("an envelope has an id");
    Stored {
        id: id.to_owned(),
        envelope,
    }
}

/// Everything that is stored, in the order of each key.
pub async fn stored(which: Which, address: &str, run: &str) -> Vec<Stored> {
    match which {
        Which::Kafka => {
            let records = kafka::read(address, run).into_iter();
            records.map(|it| one(it.payload)).collect()
        }
        Which::Rabbitmq => {
            let messages = rabbitmq::read_all(address, run).await.into_iter();
            messages.map(|it| one(text(&it.body))).collect()
        }
    }
}

impl Account {
    /// Takes in what the same senders were answered later.
    pub fn append(&mut self, later: Self) {
        assert_eq!(self.run, later.run, "they are others");
        self.sent.extend(later.sent);
    }

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

    /// The slowest answer, whatever it said.
    pub fn slowest(&self) -> Duration {
        let answered = self.sent.iter().filter(|sent| sent.status != 0);
        answered.map(|sent| sent.took).max().unwrap_or_default()
    }

    /// When the first 2xx after `moment` was read.
    pub fn first_accepted_after(&self, moment: Instant) -> Option<Instant> {
        let accepted = self.sent.iter().filter(|sent| sent.is_accepted());
        let moments = accepted.map(|sent| sent.at).filter(|at| *at > moment);
        moments.min()
    }

    /// Takes back what was promised of the ids for which `is_excused` holds and that are not
    /// `stored`; returns them.
    pub fn forgive(&mut self, stored: &[Stored], is_excused: impl Fn(&str) -> bool) -> Vec<String> {
        let there: std::collections::HashSet<_> = stored.iter().map(|it| it.id.as_str()).collect();
        let mut forgiven = Vec::new();
        for sent in &mut self.sent {
            let id = format!("{}-{}-{}", self.run, sent.key, sent.number);
            if sent.is_accepted() && !there.contains(id.as_str()) && is_excused(&id) {
                (sent.status, sent.reason) = (0, "forgiven".to_owned());
                forgiven.push(id);
            }
        }
        forgiven
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
            let delivery = delivery(&self.run, sent.key, sent.number, self.filler_max);
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
