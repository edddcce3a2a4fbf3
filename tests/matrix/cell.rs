//! One cell: a fault, a broker, and with a spool or without. The same for all of them: load, the
//! fault, load again, the oracle's judgement, and what the fault's row in the table asks for.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};

use crate::figures::Figures;
use crate::support::brokers::{Private, Which};
use crate::support::daemon::{Daemon, config};
use crate::support::github::SECRET;
use crate::support::oracle::{self, BOUND, PATH, Siege, Stored};
use crate::support::process::{self, Memory, SmallDisk};
use crate::support::proxy::Proxy;
use crate::support::{Folder, LATE, assert_prompt, free_port, kafka, rabbitmq, run_id, until};

/// Every reply is due by then.
pub const REPLY_WITHIN_MS: u64 = 2000;
/// From the end of a fault to the first 200, usually.
const BACK_WITHIN: Duration = Duration::from_secs(2);
pub const KEYS: usize = 48;
/// Some 480 events a second: a matrix is many cells, and a fault is no load test. Many keys, because of one
/// key one record is drained at a time.
pub const PAUSE: Duration = Duration::from_millis(100);
/// Events before the fault, and after it.
const WARM: usize = 200;
/// What memory may be more after a fault than before it, and what it may have been meanwhile, KiB.
const GROWTH_MAX: u64 = 48 << 10;
const PEAK_MAX: u64 = 96 << 10;
/// Descriptors: another segment, another connection that is just being made.
const DESCRIPTORS_MAX: usize = 12;

/// What the senders may be told.
#[derive(Debug, Clone, Copy)]
pub enum Replies {
    /// Nothing but 200.
    Accepted,
    /// 200, and refusals for these reasons.
    May(&'static [&'static str]),
    /// The same, and there are some.
    Must(&'static [&'static str]),
}

/// A row of the matrix.
#[derive(Clone, Copy)]
pub struct Fault {
    pub name: &'static str,
    pub what: &'static str,
    /// Does it, undoes it, and asserts what is this fault's own.
    pub inject: for<'c> fn(&'c mut Cell) -> LocalBoxFuture<'c, ()>,
    /// What the senders may be told by a daemon without a spool, and by one with.
    pub direct: Replies,
    pub spool: Replies,
    /// Whether the broker is reached through a proxy.
    pub proxied: bool,
    /// Whether a daemon runs under load before the fault, and is measured from then on.
    pub started: bool,
    /// Brokers that have such a thing.
    pub brokers: &'static [Which],
    /// Whether a part of CI.
    pub in_ci: bool,
    /// What the configuration has beside the rest.
    pub configure: fn(&Cell, &mut Value),
}

/// A fault of which nobody is to notice anything.
pub const UNNOTICED: Fault = Fault {
    name: "",
    what: "",
    inject: |_| Box::pin(async {}),
    direct: Replies::Accepted,
    spool: Replies::Accepted,
    proxied: false,
    started: true,
    brokers: &[Which::Kafka, Which::Rabbitmq],
    in_ci: false,
    configure: |_, _| {},
};

/// A cell while it runs.
pub struct Cell {
    pub which: Which,
    pub broker: Arc<Private>,
    pub has_spool: bool,
    /// The name of topic, exchange and queue.
    pub run: String,
    /// Where the events are in the end: `run`, unless said otherwise.
    pub topic: String,
    /// What the ids of the present load begin with.
    ids: String,
    /// What follows RabbitMQ's URL.
    pub query: String,
    pub proxy: Option<Proxy>,
    pub listen: SocketAddr,
    pub spool: Folder,
    /// Where the spool is instead.
    pub spool_path: Option<String>,
    pub env: Vec<(String, String)>,
    pub daemon: Option<Daemon>,
    pub siege: Option<Siege>,
    /// When the fault, or a part of it, was over.
    pub ends: Vec<Instant>,
    /// What was judged already.
    pub accounts: Vec<oracle::Account>,
    judged: oracle::Verdict,
    excused: Option<(usize, Excuse)>,
    fault: Fault,
    words: String,
    before: Option<(Memory, usize)>,
    /// The last to go.
    pub disk: Option<SmallDisk>,
}

/// Says whether an id's loss is the fault itself.
type Excuse = Box<dyn Fn(&str) -> bool + Send>;

impl Cell {
    pub async fn run(fault: Fault, which: Which, broker: Arc<Private>, has_spool: bool) -> Figures {
        let began = Instant::now();
        let mut cell = Self::new(fault, which, broker, has_spool).await;
        if fault.started {
            cell.begin().await;
        }
        (fault.inject)(&mut cell).await;
        let mut figures = cell.finish().await;
        figures.took = began.elapsed();
        figures
    }

    async fn new(fault: Fault, which: Which, broker: Arc<Private>, has_spool: bool) -> Self {
        let run = run_id();
        match which {
            Which::Kafka => kafka::create(&broker.address(), &run, 3, 1, &[]).await,
            Which::Rabbitmq => {
                rabbitmq::declare(&broker.address(), &run, &run, "push");
                broker.keeps_definitions();
            }
        }
        let proxy = match which {
            _ if !fault.proxied => None,
            Which::Kafka => Some(Proxy::before_kafka(broker.address()).await),
            Which::Rabbitmq => Some(Proxy::start(rabbitmq::host_of(&broker.address())).await),
        };
        Self {
            which,
            broker,
            has_spool,
            topic: run.clone(),
            ids: run.clone(),
            run,
            query: String::new(),
            proxy,
            listen: SocketAddr::from(([127, 0, 0, 1], free_port())),
            spool: Folder::new(),
            spool_path: None,
            env: Vec::new(),
            daemon: None,
            siege: None,
            ends: Vec::new(),
            accounts: Vec::new(),
            judged: oracle::Verdict::default(),
            excused: None,
            fault,
            words: String::new(),
            before: None,
            disk: None,
        }
    }

    // --- What it consists of.

    pub fn daemon(&self) -> &Daemon {
        self.daemon.as_ref().expect("it was started")
    }

    pub fn proxy(&self) -> &Proxy {
        self.proxy
            .as_ref()
            .expect("the fault says that it is proxied")
    }

    pub fn siege(&self) -> &Siege {
        self.siege.as_ref().expect("there is load")
    }

    pub fn spool_path(&self) -> String {
        let own = || self.spool.path().display().to_string();
        self.spool_path.clone().unwrap_or_else(own)
    }

    /// Where the daemon finds the broker.
    fn address(&self) -> String {
        let real = self.broker.address();
        match (&self.proxy, self.which) {
            (None, _) => real + &self.query,
            (Some(proxy), Which::Kafka) => proxy.address().to_string(),
            (Some(proxy), Which::Rabbitmq) => rabbitmq::url_at(&real, proxy.address()),
        }
    }

    pub fn config(&self) -> Value {
        let mut config = config(json!({
            "listen": self.listen.to_string(),
            "limits": { "reply_within_ms": REPLY_WITHIN_MS },
            "sinks": { "broker": oracle::sink(self.which, &self.address(), &self.run) },
            "sources": { "github": {
                "provider": "github", "path": PATH, "secrets": [{ "env": "GITHUB_SECRET" }],
            } },
        }));
        if self.has_spool {
            config["spool"] = json!({ "path": self.spool_path(), "takeover_ms": 300 });
        }
        (self.fault.configure)(self, &mut config);
        config
    }

    // --- What a fault does with it.

    /// A daemon, load, and the figures to compare with.
    pub async fn begin(&mut self) {
        self.start();
        self.daemon().ready().await;
        self.load(KEYS, PAUSE);
        self.measure().await;
    }

    pub fn start(&mut self) {
        let mut env = vec![("GITHUB_SECRET", SECRET)];
        let address = self.address();
        env.push(("RABBITMQ_URL", &address));
        env.extend(
            self.env
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        self.daemon = Some(Daemon::start(self.config(), &env));
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        let ended = self.daemon.take().expect("it was started").kill();
        self.words += &ended.output;
    }

    /// SIGTERM, and until it has ended.
    pub fn terminate(&mut self) {
        let mut daemon = self.daemon.take().expect("it was started");
        daemon.terminate();
        let ended = daemon.wait(Duration::from_secs(20));
        assert!(ended.status.success(), "{}", ended.status);
        self.words += &ended.output;
    }

    pub fn load(&mut self, keys: usize, pause: Duration) {
        self.siege = Some(Siege::start(self.listen, &self.ids, keys, pause));
    }

    pub async fn accepts(&self, more: usize) {
        self.siege().accepts(more).await;
    }

    /// Until so many are refused; with a spool, until as many are accepted.
    pub async fn holds(&self, more: usize) {
        if self.has_spool {
            self.siege().accepts(more).await;
        } else {
            self.siege().refuses(more).await;
        }
    }

    /// From now on memory and descriptors are to stay as they are. A daemon that has a spool
    /// accepts before it is connected, so first it is, and so are all who send.
    pub async fn measure(&mut self) {
        self.says_up().await;
        self.accepts(WARM).await;
        let process = self.daemon().id();
        self.before = Some((process::memory(process), process::descriptors(process)));
    }

    /// The fault is over, and 200 is due.
    pub fn over(&mut self) {
        self.ends.push(Instant::now());
    }

    /// Starts a broker that was ended; the fault is over once it answers.
    pub fn restart_broker(&mut self) {
        let answers = self.broker.answers_again();
        self.broker.start_again();
        self.ends.push(answers.join().expect("it answers"));
    }

    /// Until the daemon says that its broker is away: to load balancers and to whoever is paged.
    pub async fn says_down(&self) {
        let daemon = self.daemon();
        let admin = daemon.admin();
        let status = if self.has_spool { 200 } else { 503 };
        until(
            "/readyz and /metrics say that it is down",
            BOUND,
            || async {
                let ready = admin.get("/readyz").await;
                let named = ready.json()["sinks"]["broker"] != "up";
                named
                    && ready.status == status
                    && daemon
                        .metrics()
                        .await
                        .contains("hookferry_sink_up{sink=\"broker\"} 0\n")
            },
        )
        .await;
    }

    /// Until it says that all is well.
    pub async fn says_up(&self) {
        let daemon = self.daemon();
        let admin = daemon.admin();
        until("/readyz and /metrics say that it is up", BOUND, || async {
            let ready = admin.get("/readyz").await;
            let metrics = daemon.metrics().await;
            ready.status == 200
                && ready.json()["sinks"]["broker"] == "up"
                && metrics.contains("hookferry_sink_up{sink=\"broker\"} 1\n")
                && metrics.contains("hookferry_circuit_open{sink=\"broker\"} 0\n")
        })
        .await;
    }

    /// The value of a metric.
    pub async fn metric(&self, name: &str) -> u64 {
        let metrics = self.daemon().metrics().await;
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        let value = line.unwrap_or_else(|| panic!("{name} is not in {metrics}"));
        value.trim().parse().expect("a whole number")
    }

    pub async fn drained(&self) {
        until("the spool is empty", BOUND, || async {
            self.metric("hookferry_spool_entries{sink=\"broker\"}")
                .await
                == 0
        })
        .await;
    }

    pub async fn stored(&self) -> Vec<Stored> {
        let stored = oracle::stored(self.which, &self.broker.address(), &self.topic).await;
        // The others are the fault's own, or were judged before.
        let ours = format!("{}-", self.ids);
        stored
            .into_iter()
            .filter(|it| it.id.starts_with(&ours))
            .collect()
    }

    /// The ids for which `is_excused` holds may be lost from now on, but no more than `most`.
    pub fn excuse(&mut self, most: usize, is_excused: impl Fn(&str) -> bool + Send + 'static) {
        self.excused = Some((most, Box::new(is_excused)));
    }

    /// Ends the load and judges all of it; there may be another after it.
    pub async fn judge(&mut self) {
        let mut account = self.siege.take().expect("there is load").end().await;
        if self.has_spool {
            self.drained().await;
        }
        let stored = self.stored().await;
        if let Some((most, is_excused)) = &self.excused {
            let forgiven = account.forgive(&stored, is_excused).len();
            println!("    {forgiven} were lost by the damage itself");
            assert!(forgiven <= *most, "{forgiven} were lost by it");
        }
        let verdict = account.judge(&stored);
        self.judged.sent += verdict.sent;
        self.judged.accepted += verdict.accepted;
        self.judged.stored += verdict.stored;
        self.judged.duplicates += verdict.duplicates;
        self.judged.unasked += verdict.unasked;
        self.accounts.push(account);
        self.ids = format!("{}n{}", self.run, self.accounts.len());
    }

    // --- The end.

    async fn finish(mut self) -> Figures {
        self.accepts(WARM).await;
        let process = self.daemon().id();
        let memory = process::memory(process);
        // Connections that clients have left are closed when the daemon gets to it; what leaks stays.
        let began = Instant::now();
        let mut descriptors = process::descriptors(process);
        let most = self.before.map_or(descriptors, |(_, before)| before) + DESCRIPTORS_MAX;
        while descriptors > most && began.elapsed() < LATE {
            tokio::time::sleep(Duration::from_millis(20)).await;
            descriptors = process::descriptors(process);
        }
        let after = (memory, descriptors);
        let before = self.before.unwrap_or(after);
        let over = self.ends.last().copied();
        self.judge().await;
        let drained = over.map(|over| over.elapsed()).filter(|_| self.has_spool);
        self.says_up().await;
        self.words += &self.daemon().output();
        assert!(!self.words.contains("panicked"), "{}", self.words);

        let mut refusals = std::collections::BTreeMap::new();
        for ((status, reason), count) in self.accounts.iter().flat_map(oracle::Account::tally) {
            if !(200..300).contains(&status) && reason != "forgiven" {
                *refusals.entry(reason.to_owned()).or_insert(0) += count;
            }
        }
        let back = self.ends.iter().filter_map(|end| {
            let firsts = self.accounts.iter();
            let first = firsts
                .filter_map(|it| it.first_accepted_after(*end))
                .min()?;
            Some(first.saturating_duration_since(*end))
        });
        let slowest = self.accounts.iter().map(oracle::Account::slowest).max();
        let figures = Figures {
            fault: self.fault.name,
            which: self.which,
            has_spool: self.has_spool,
            verdict: self.judged,
            refusals,
            slowest: slowest.unwrap_or_default(),
            back: back.max(),
            drained,
            memory: (before.0.now, after.0.now, after.0.peak),
            descriptors: (before.1, after.1),
            took: Duration::ZERO,
        };
        println!("{figures}");
        self.hold(&figures);
        if self.which == Which::Rabbitmq {
            rabbitmq::delete(&self.broker.address(), &self.run, &self.run);
        }
        figures
    }

    /// What is asked of every fault.
    fn hold(&self, figures: &Figures) {
        let wanted = if self.has_spool {
            self.fault.spool
        } else {
            self.fault.direct
        };
        let may: &[&str] = match wanted {
            Replies::Accepted => &[],
            Replies::May(reasons) | Replies::Must(reasons) => reasons,
        };
        let refused: Vec<_> = figures.refusals.keys().map(String::as_str).collect();
        assert!(
            refused.iter().all(|reason| may.contains(reason)),
            "refused for {refused:?}, which are not among {may:?}"
        );
        if matches!(wanted, Replies::Must(_)) {
            assert!(
                !refused.is_empty(),
                "nothing was refused: the fault was none"
            );
        }
        let within = Duration::from_millis(REPLY_WITHIN_MS) + LATE;
        assert!(
            figures.slowest <= within,
            "a reply took {:?}",
            figures.slowest
        );
        if let Some(back) = figures.back {
            assert_prompt("200 again", BACK_WITHIN, &[back]);
        }
        let (before, after, peak) = figures.memory;
        assert!(
            after <= before + GROWTH_MAX,
            "memory grew from {before} to {after} KiB"
        );
        assert!(
            peak <= before + PEAK_MAX,
            "memory grew from {before} to {peak} KiB"
        );
        let (before, after) = figures.descriptors;
        assert!(
            after <= before + DESCRIPTORS_MAX,
            "{before} descriptors became {after}"
        );
    }
}
