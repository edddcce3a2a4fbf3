//! The sinks, each with what stands before its broker; who empties their spools, and who looks after
//! them. They outlive the configuration that they were made from for as long as it suits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

use super::placing;
use super::tasks::{Task, Tasks};
use crate::admin::Health;
use crate::metrics::Metrics;
use crate::publish::kafka::Kafka;
use crate::publish::rabbitmq::Rabbitmq;
use crate::publish::spool::{self, Drain, Lock, Opened, Spool};
use crate::publish::{Broker, Sink, SinkOptions, Topics};
use crate::queues;
use crate::settings::{SinkKind, SinkSettings};

/// How long a new client may take to reach its broker before requests are given to it. They wait for
/// that themselves after it, so that a broker that is down keeps no configuration back.
const FIRST_WORD: Duration = Duration::from_secs(2);
/// How often they are asked in that time.
const AGAIN: Duration = Duration::from_millis(50);
/// How long what is on its way may take once a sink is closed.
const PATIENCE: Duration = Duration::from_secs(1);

/// A sink, as the configuration has it.
#[derive(Debug, Clone)]
pub(super) struct Carrier {
    pub(super) settings: Arc<SinkSettings>,
    pub(super) sink: Arc<Sink>,
    /// What it has of topics that event types have made.
    pub(super) topics: Arc<Topics>,
}

/// A spool and who empties it.
#[derive(Debug)]
struct Emptied {
    spool: Arc<Spool>,
    /// The sink that it is emptied to.
    to: watch::Sender<Arc<Sink>>,
    stop: watch::Sender<bool>,
    drain: JoinHandle<()>,
}

/// A sink that is looked after.
#[derive(Debug)]
struct Watched {
    sink: Arc<Sink>,
    _tasks: Vec<Task>,
}

/// All sinks that there are.
#[derive(Debug)]
pub(super) struct Carriers {
    tasks: Tasks,
    health: Arc<Health>,
    metrics: Arc<Metrics>,
    /// The spools' settings, and the right to their folder.
    spool: Option<(spool::Options, Lock)>,
    /// Those of the configuration, in its order.
    now: Vec<Carrier>,
    /// Those that were, until nobody needs them.
    leaving: Vec<Carrier>,
    /// By the sink's name: one that replaces another goes on with its spool.
    spools: BTreeMap<String, Emptied>,
    /// By the sink's name: the last that had it.
    watched: BTreeMap<String, Watched>,
}

/// The sinks of another configuration before anything is given to them.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    /// In its order, those that stay among them.
    pub(super) all: Vec<Carrier>,
    /// Spools that were not open, by sink.
    opened: BTreeMap<String, (Arc<Spool>, Drain)>,
    /// Who looks at the queues behind those that are new, by sink.
    queues: BTreeMap<String, queues::Watch>,
}

impl Carriers {
    /// # Errors
    /// Another process has the spool's folder.
    pub(super) fn new(
        spool: Option<spool::Options>,
        tasks: Tasks,
        health: Arc<Health>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, String> {
        let locked = |options: spool::Options| {
            let lock = Lock::take(&options.path)?;
            Ok::<_, String>((options, lock))
        };
        Ok(Self {
            tasks,
            health,
            metrics,
            spool: spool.map(locked).transpose()?,
            now: Vec::new(),
            leaving: Vec::new(),
            spools: BTreeMap::new(),
            watched: BTreeMap::new(),
        })
    }

    /// Makes what is new of `settings`. Nothing that there is changes.
    ///
    /// # Errors
    /// What is wrong with a sink, or with a spool's files.
    pub(super) async fn prepare(&self, settings: &[SinkSettings]) -> Result<Prepared, String> {
        let mut prepared = Prepared::default();
        for sink in settings {
            if let Err(error) = self.add(sink, &mut prepared) {
                self.discard(prepared).await;
                return Err(error);
            }
        }
        Ok(prepared)
    }

    fn add(&self, settings: &SinkSettings, prepared: &mut Prepared) -> Result<(), String> {
        let named = self.now.iter().chain(&self.leaving);
        let named = named.filter(|it| it.settings.name == settings.name);
        let mut topics = named.clone();
        let topics = topics.find(|it| it.settings.topics_max == settings.topics_max);
        let topics = match topics {
            Some(known) => Arc::clone(&known.topics),
            None => Arc::new(Topics::new(settings.topics_max)),
        };
        let mut named = named.filter(|it| it.settings.is_same_carrier(settings));
        let sink = match named.next() {
            Some(known) => Arc::clone(&known.sink),
            None => self.make(settings, prepared)?,
        };
        prepared.all.push(Carrier {
            settings: Arc::new(settings.clone()),
            sink,
            topics,
        });
        Ok(())
    }

    fn make(&self, sink: &SinkSettings, prepared: &mut Prepared) -> Result<Arc<Sink>, String> {
        let fault = |error| format!("sinks.{}: {error}", sink.name);
        let broker = broker(sink, Some(&self.metrics)).map_err(fault)?;
        let spool = match (&self.spool, self.spools.get(&sink.name)) {
            (None, _) => None,
            (Some((options, _)), Some(known)) => Some((Arc::clone(&known.spool), options.takeover)),
            (Some((options, _)), None) => {
                let metrics = self.metrics.spool(&sink.name);
                metrics.may_hold(options.bytes_max, options.age_max);
                let Opened { spool, drain } = Spool::open(options, &sink.name, metrics)?;
                let spool = Arc::new(spool);
                let opened = (Arc::clone(&spool), drain);
                prepared.opened.insert(sink.name.clone(), opened);
                Some((spool, options.takeover))
            }
        };
        let made = Arc::new(Sink::new(SinkOptions {
            broker,
            in_flight_max: sink.in_flight_max,
            coalesce: sink.coalesce,
            spool,
            letters: placing::letters(sink),
            metrics: self.metrics.sink(&sink.name),
        }));
        if let SinkKind::Rabbitmq(options) = &sink.kind {
            let queues = queues::Watch::new(Arc::clone(&made), options).map_err(fault)?;
            prepared.queues.insert(sink.name.clone(), queues);
        }
        Ok(made)
    }

    /// Those of the configuration.
    pub(super) fn sinks(&self) -> Vec<Arc<Sink>> {
        self.now.iter().map(|it| Arc::clone(&it.sink)).collect()
    }

    /// Whether `sink` was there before it was prepared.
    fn is_known(&self, sink: &Arc<Sink>) -> bool {
        let mut all = self.now.iter().chain(&self.leaving);
        all.any(|it| Arc::ptr_eq(&it.sink, sink))
    }

    /// Gives up what was made, without a trace.
    pub(super) async fn discard(&self, prepared: Prepared) {
        for carrier in prepared.all {
            let name = &carrier.settings.name;
            if !self.watched.contains_key(name) {
                self.metrics.forget_sink(name);
            }
            if !self.is_known(&carrier.sink) {
                close(carrier.sink);
            }
        }
        for (spool, drain) in prepared.opened.into_values() {
            drop(drain);
            spool.close().await;
        }
    }

    /// Waits until the brokers of what is new have answered, for a while.
    pub(super) async fn meet(&self, prepared: &Prepared) {
        let deadline = Instant::now() + FIRST_WORD;
        let new = prepared.all.iter().filter(|it| !self.is_known(&it.sink));
        let asked = new.map(|carrier| async move {
            while carrier.sink.probe(deadline).await.is_err() {
                sleep(AGAIN).await;
            }
        });
        let _ = timeout_at(deadline, join_all(asked)).await;
    }

    /// From now on these are the sinks. How many are new.
    pub(super) fn take(&mut self, prepared: Prepared) -> usize {
        let Prepared {
            all,
            opened,
            mut queues,
        } = prepared;
        let before = std::mem::replace(&mut self.now, all);
        self.leaving.extend(before);
        let now = &self.now;
        self.leaving.retain(|it| {
            let mut now = now.iter();
            !now.any(|now| Arc::ptr_eq(&now.sink, &it.sink))
        });
        let mut opened = opened;
        let mut new = 0;
        for carrier in now {
            let name = &carrier.settings.name;
            match (opened.remove(name), self.spools.get(name)) {
                (Some((spool, drain)), _) => {
                    let emptied = Emptied::start(spool, drain, &carrier.sink, &self.tasks);
                    self.spools.insert(name.clone(), emptied);
                }
                (None, Some(known)) => {
                    known.to.send_replace(Arc::clone(&carrier.sink));
                }
                (None, None) => {}
            }
            let known = self.watched.get(name);
            if known.is_some_and(|known| Arc::ptr_eq(&known.sink, &carrier.sink)) {
                continue;
            }
            new += 1;
            let watched = self.watch(&carrier.sink, queues.remove(name));
            self.watched.insert(name.clone(), watched);
        }
        new
    }

    fn watch(&self, sink: &Arc<Sink>, queues: Option<queues::Watch>) -> Watched {
        self.health.expect(sink);
        let carrier = Arc::clone(sink);
        let ended = async move { carrier.ended().await };
        let mut tasks = vec![self.tasks.start("what carries records to a broker", ended)];
        let (health, metrics) = (Arc::clone(&self.health), Arc::clone(&self.metrics));
        let carrier = Arc::clone(sink);
        let probing = async move { health.watch(&carrier, &metrics).await };
        tasks.push(self.tasks.start("a broker's probe", probing));
        if let Some(queues) = queues {
            let looking = queues.run(Arc::clone(&self.metrics));
            tasks.push(self.tasks.start("the look at a broker's queues", looking));
        }
        Watched {
            sink: Arc::clone(sink),
            _tasks: tasks,
        }
    }

    /// Closes the sinks that are gone from the configuration, that no request needs, and whose spools
    /// are empty.
    pub(super) async fn tidy(&mut self, is_needed: impl Fn(&Arc<Sink>) -> bool) {
        for carrier in std::mem::take(&mut self.leaving) {
            let Carrier { settings, sink, .. } = &carrier;
            let name = &settings.name;
            // Another has its name and its spool, or it is itself the last that had them.
            let watched = self.watched.get(name);
            let is_last = watched.is_some_and(|last| Arc::ptr_eq(&last.sink, sink));
            let spool = self.spools.get(name).filter(|_| is_last);
            if is_needed(sink) || spool.is_some_and(|it| !it.spool.is_empty()) {
                self.leaving.push(carrier);
                continue;
            }
            if is_last {
                self.watched.remove(name);
                if let Some(emptied) = self.spools.remove(name) {
                    emptied.close(Instant::now() + PATIENCE).await;
                }
                self.health.forget(name);
                self.metrics.forget_sink(name);
            }
            tracing::info!(sink = name, "a sink that is no longer used is closed");
            close(carrier.sink);
        }
    }

    /// The end: by now every request has its answer.
    pub(super) async fn close(&mut self) {
        self.watched.clear();
        let deadline = Instant::now() + PATIENCE;
        for emptied in self.spools.values() {
            emptied.stop.send_replace(true);
        }
        for emptied in self.spools.values_mut() {
            // What is on its way then and not confirmed is published again after the next start.
            let _ = timeout_at(deadline, &mut emptied.drain).await;
        }
        for carrier in self.now.iter().chain(&self.leaving) {
            carrier.sink.close(Instant::now() + PATIENCE).await;
        }
        for emptied in self.spools.values() {
            emptied.spool.close().await;
        }
    }
}

impl Emptied {
    fn start(spool: Arc<Spool>, drain: Drain, to: &Arc<Sink>, tasks: &Tasks) -> Self {
        let (to, sink) = watch::channel(Arc::clone(to));
        let (stop, stopping) = watch::channel(false);
        let (tasks, asked) = (tasks.clone(), stopping.clone());
        let draining = tokio::spawn(drain.run(sink, stopping));
        let drain = tokio::spawn(async move {
            let _ = draining.await;
            if !*asked.borrow() {
                tasks.has_ended("the spool's drain");
            }
        });
        Self {
            spool,
            to,
            stop,
            drain,
        }
    }

    async fn close(self, deadline: Instant) {
        self.stop.send_replace(true);
        let _ = timeout_at(deadline, self.drain).await;
        self.spool.close().await;
    }
}

/// Closes a sink that nothing is given to any more. What it still waits for has a while.
fn close(sink: Arc<Sink>) {
    drop(tokio::spawn(async move {
        sink.close(Instant::now() + PATIENCE).await;
    }));
}

/// Starts a sink's client.
///
/// # Errors
/// What is wrong with its settings, without secrets.
pub(crate) fn broker(sink: &SinkSettings, metrics: Option<&Metrics>) -> Result<Broker, String> {
    match &sink.kind {
        SinkKind::Kafka(options) => Kafka::new(options).map(|kafka| {
            if let Some(metrics) = metrics {
                kafka.count_restarts(metrics.producer_restarts(&sink.name));
            }
            Broker::Kafka(kafka)
        }),
        SinkKind::Rabbitmq(options) => Rabbitmq::new(options).map(Broker::Rabbitmq),
    }
}
