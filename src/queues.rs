//! Warns of queues behind RabbitMQ that would lose events: at the start and every minute after.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::fetch::Fetcher;
use crate::metrics::Metrics;
use crate::publish::rabbitmq::{
    Bound, Management, Options, QueueFault, is_known, of_exchange, of_queue,
};
use crate::publish::{Broker, Sink};

/// How often the queues are looked at.
const LOOK: Duration = Duration::from_secs(60);
/// How often when that failed: the broker may be about to start.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How long the broker may take to answer one question over AMQP.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Queues that are asked about; a sink has a few.
const QUEUES_MAX: usize = 200;
/// Exchanges behind the sink's own, likewise.
const EXCHANGES_MAX: usize = 20;

/// A fault and the queue that has it; the exchange's faults name none.
type Findings = BTreeSet<(QueueFault, String)>;

/// What looks at one sink's queues.
#[derive(Debug)]
pub struct Watch {
    sink: Arc<Sink>,
    exchange: String,
    /// Queues that must be there.
    named: Vec<String>,
    management: Option<(Management, Fetcher)>,
}

impl Watch {
    /// # Errors
    /// When the certificate authorities cannot be read.
    pub fn new(sink: Arc<Sink>, options: &Options) -> Result<Self, String> {
        let management = match &options.management {
            Some(management) => {
                let fetcher = Fetcher::for_operator(options.tls.ca.as_deref())?;
                Some((management.clone(), fetcher))
            }
            None => None,
        };
        Ok(Self {
            sink,
            exchange: options.exchange.clone(),
            named: options.queues.clone(),
            management,
        })
    }

    /// Looks again and again, and says what is new. Runs for ever.
    pub async fn run(self, metrics: Arc<Metrics>) {
        let mut known = Findings::new();
        let mut last_words = String::new();
        loop {
            let (mut found, words) = self.look().await;
            if words.is_some() {
                // What was not seen is not over.
                found.extend(known.iter().cloned());
            }
            let pause = if words.is_none() { LOOK } else { LOOK_AGAIN };
            let words = words.unwrap_or_default();
            if !words.is_empty() && words != last_words {
                let sink = self.sink.name();
                tracing::warn!(sink, error = words, "the queues could not be looked at");
            }
            last_words = words;
            self.say(&known, &found);
            for fault in QueueFault::ALL {
                let count = found.iter().filter(|(it, _)| *it == fault).count();
                metrics.queue_faults(self.sink.name(), fault.label(), count);
            }
            known = found;
            sleep(pause).await;
        }
    }

    /// What is found, and why there may be more.
    async fn look(&self) -> (Findings, Option<String>) {
        let mut found = Findings::new();
        let looked = match &self.management {
            Some((management, fetcher)) => self.ask_api(management, fetcher, &mut found).await,
            None => {
                found.insert((QueueFault::Unchecked, String::new()));
                self.ask_broker(&mut found).await
            }
        };
        let words = looked.err();
        if words.is_some() {
            found.insert((QueueFault::Unchecked, String::new()));
        }
        (found, words)
    }

    /// Over AMQP, which shows whether a queue is there, and nothing else of it.
    async fn ask_broker(&self, found: &mut Findings) -> Result<(), String> {
        let Broker::Rabbitmq(sink) = self.sink.broker() else {
            return Ok(());
        };
        for queue in &self.named {
            let deadline = Instant::now() + ANSWER_WITHIN;
            let fault = sink.queue_fault(queue, deadline).await;
            let fault = fault.map_err(|error| error.to_string())?;
            found.extend(fault.map(|fault| (fault, queue.clone())));
        }
        Ok(())
    }

    /// Over the management API, which shows everything.
    async fn ask_api(
        &self,
        management: &Management,
        fetcher: &Fetcher,
        found: &mut Findings,
    ) -> Result<(), String> {
        let ask = async |url: String| fetcher.json(&url, management.authorization()).await;
        let exchange: Option<Value> = ask(management.exchange(&self.exchange)).await?;
        let exchange = exchange.ok_or("the exchange is not there")?;
        let faults = of_exchange(&exchange).into_iter();
        found.extend(faults.map(|fault| (fault, String::new())));

        let bindings = ask(management.bindings(&self.exchange)).await?;
        let mut bound = Bound::read(&bindings.unwrap_or_default())?;
        let mut more = bound.exchanges.len() > EXCHANGES_MAX;
        for exchange in bound.exchanges.iter().take(EXCHANGES_MAX) {
            let bindings = ask(management.bindings(exchange)).await?;
            let behind = bindings
                .map(|bindings| Bound::read(&bindings))
                .transpose()?;
            let behind = behind.unwrap_or_default();
            bound.queues.extend(behind.queues);
            more |= !behind.exchanges.is_empty();
        }
        if bound.queues.is_empty() && !more {
            found.insert((QueueFault::Unbound, String::new()));
        }
        let apart = self
            .named
            .iter()
            .filter(|name| !bound.queues.contains(*name));
        for queue in apart.clone() {
            found.insert((QueueFault::Apart, queue.clone()));
        }
        let all: BTreeSet<&String> = bound.queues.iter().chain(apart).collect();
        more |= all.len() > QUEUES_MAX;
        let mut unknown = false;
        for name in all.into_iter().take(QUEUES_MAX) {
            match ask(management.queue(name)).await? {
                Some(queue) => {
                    unknown |= !is_known(&queue);
                    let faults = of_queue(&queue).into_iter();
                    found.extend(faults.map(|fault| (fault, name.clone())));
                }
                None => {
                    found.remove(&(QueueFault::Apart, name.clone()));
                    found.insert((QueueFault::Missing, name.clone()));
                }
            }
        }
        if more {
            return Err("there are more queues than are looked at".to_owned());
        }
        if unknown {
            return Err("the management API does not know the queues' policies yet".to_owned());
        }
        Ok(())
    }

    /// What is new in the log, once; and what is over.
    fn say(&self, known: &Findings, found: &Findings) {
        let sink = self.sink.name();
        for (fault, queue) in found.difference(known) {
            let (word, remedy) = (fault.label(), fault.remedy());
            if *fault == QueueFault::Unchecked {
                tracing::info!(sink, fault = word, remedy, "queues are not looked at");
            } else {
                tracing::warn!(
                    sink,
                    queue,
                    fault = word,
                    remedy,
                    "events may be lost behind the sink"
                );
            }
        }
        for (fault, queue) in known.difference(found) {
            tracing::info!(sink, queue, fault = fault.label(), "this is over");
        }
    }
}
