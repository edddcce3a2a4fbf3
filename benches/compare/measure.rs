//! One round of one server, and rounds of several in turn.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use crate::brokers::Brokers;
use crate::loader::{self, Load, Outcome, Pace};
use crate::options::Options;
use crate::process::{self, Cpu};
use crate::running::Running;
use crate::servers::Server;

/// Bodies over this many bytes fill the broker's disk, so that their rounds are half as long.
const LARGE_BYTES: usize = 20_000;
const WARM_UP_S: f64 = 1.0;

pub struct Bench {
    pub options: Options,
    pub brokers: Brokers,
    /// Requests a second that a server took with [`Bench::small_bytes`], once that is known.
    pub saturated: RefCell<HashMap<String, f64>>,
    /// What went wrong: each is said when it happens, and again at the end.
    pub problems: RefCell<Vec<String>>,
    pub noise: Cell<Noise>,
}

/// What could spoil the figures, of all rounds: shares of a core, 0 to 1.
#[derive(Clone, Copy, Default)]
pub struct Noise {
    rounds: f64,
    /// What others than the server took of its core.
    others: f64,
    others_max: f64,
    /// What the client took of its own, where it did not yield.
    client_max: f64,
}

impl Noise {
    fn of(self, others: f64, client: f64) -> Self {
        Self {
            rounds: self.rounds + 1.0,
            others: self.others + others,
            others_max: self.others_max.max(others),
            client_max: self.client_max.max(client),
        }
    }

    pub fn describe(self) -> String {
        let [mean, most, client] = [
            self.others / self.rounds.max(1.0),
            self.others_max,
            self.client_max,
        ]
        .map(|share| share * 100.0);
        format!(
            "Others took {mean:.0} % of the servers' core ({most:.0} % at most in one round); the client took {client:.0} % of its own \
             at most."
        )
    }
}

impl Bench {
    pub fn problem(&self, text: String) {
        eprintln!("PROBLEM: {text}");
        self.problems.borrow_mut().push(text);
    }

    /// The body that most webhooks are like.
    pub fn small_bytes(&self) -> usize {
        self.options.bodies.first().copied().unwrap_or(1024)
    }

    pub fn seconds(&self, body_bytes: usize) -> f64 {
        if body_bytes > LARGE_BYTES {
            self.options.seconds / 2.0
        } else {
            self.options.seconds
        }
    }

    /// Starts these servers on `cores`, all of which have then settled. Who does not start is a problem, and left out.
    pub fn start<'a>(
        &'a self,
        servers: impl IntoIterator<Item = &'a Server>,
        cores: &str,
    ) -> Vec<Running<'a>> {
        let mut up = Vec::new();
        for server in servers {
            eprintln!("starting {}", server.name);
            match Running::start(server, &self.options, &self.brokers, cores) {
                Ok(running) => up.push(running),
                Err(error) => self.problem(format!("{}: {error}", server.name)),
            }
        }
        std::thread::sleep(Duration::from_secs(1));
        for running in &mut up {
            running.idle_mib = running.memory_mib().0;
        }
        up
    }

    /// Of a load for which every round has a process of its own.
    pub fn starts(&self) -> usize {
        if self.options.quick {
            1
        } else {
            self.options.rounds
        }
    }

    /// As fast as it goes.
    pub fn closed(&self, running: &Running<'_>, connections: usize, body_bytes: usize) -> Load {
        Load {
            address: running.address,
            messages: running.messages(body_bytes, self.options.plain),
            pace: Pace::Closed,
            connections,
            seconds: self.seconds(body_bytes),
            unroutable_every: None,
            gives_way: false,
        }
    }

    /// So many requests a second.
    pub fn open(&self, running: &Running<'_>, per_s: f64) -> Load {
        Load {
            pace: Pace::Open { per_s },
            // More than the daemon takes at once.
            connections: 2048,
            ..self.closed(running, 0, self.small_bytes())
        }
    }

    /// Rounds in turn, after one to warm up. A load is made for each server; what it tells of a server's rounds is in the
    /// order of the servers. A server that fails is a problem, and has no more rounds.
    pub fn rounds(
        &self,
        what: &str,
        running: &mut [Running<'_>],
        load: impl Fn(&Running<'_>) -> Load,
    ) -> Vec<Vec<Round>> {
        let mut rounds: Vec<Vec<Round>> = running.iter().map(|_| Vec::new()).collect();
        let mut failed = vec![false; running.len()];
        for number in 0..=self.options.rounds {
            for (at, running) in running.iter_mut().enumerate() {
                if failed[at] {
                    continue;
                }
                let mut load = load(running);
                if number == 0 {
                    load.seconds = WARM_UP_S.min(load.seconds);
                }
                match self.round(running, load) {
                    Ok(round) if number > 0 => {
                        eprintln!(
                            "{what}, round {number} of {}: {}: {:.0} requests/s, {:.4} CPU s/1000 ({:.2} of its core, client {:.2})",
                            self.options.rounds,
                            running.server.name,
                            round.rate(),
                            round.cpu_per_1000(),
                            round.busy(),
                            round.outcome.loader_busy,
                        );
                        rounds[at].push(round);
                    }
                    Ok(_) => {}
                    Err(error) => {
                        let name = &running.server.name;
                        self.problem(format!("{name}: {what}: {error}: {}", running.log()));
                        failed[at] = true;
                    }
                }
            }
        }
        rounds
    }

    /// One round, accounted for.
    pub fn round(&self, running: &mut Running<'_>, load: Load) -> Result<Round, String> {
        let overload = load.gives_way;
        let process = running.process();
        let (before, core) = (Cpu::of(process), process::core_busy(0));
        let mut outcome = loader::run(load);
        let cpu_s = Cpu::of(process).since(&before);
        let others = (process::core_busy(0) - core - cpu_s).max(0.0) / outcome.elapsed_s;
        let stored_more = running.account(&outcome)?;
        let found = [0.5, 0.99, 0.999].map(|share| outcome.at_ms(share));
        outcome.times_us = Vec::new();
        if outcome.accepted == 0 {
            return Err(format!("nothing was accepted: {outcome:?}"));
        }
        let unexpected = outcome.broken + outcome.unanswered + outcome.odd.values().sum::<u64>();
        if outcome.wrong > 0 || (!overload && unexpected > 0) {
            let name = &running.server.name;
            self.problem(format!("{name}: unexpected answers: {outcome:?}"));
        }
        let client = if overload { 0.0 } else { outcome.loader_busy };
        self.noise.set(self.noise.get().of(others, client));
        let [p50_ms, p99_ms, p999_ms] = found.map(Option::unwrap_or_default);
        Ok(Round {
            outcome,
            cpu_s,
            p50_ms,
            p99_ms,
            p999_ms,
            stored_more,
        })
    }

    /// Requests a second that a server takes, measured now if it has not been.
    pub fn rate_of(&self, server: &Server) -> Option<f64> {
        if let Some(rate) = self.saturated.borrow().get(&server.name) {
            return Some(*rate);
        }
        eprintln!("how much {} takes is not known yet", server.name);
        let mut running = self.start([server], "0");
        let (connections, bytes) = (self.options.connections, self.small_bytes());
        let rounds = self.rounds("saturated", &mut running, |running| {
            self.closed(running, connections, bytes)
        });
        let rates = rounds.into_iter().flatten().map(|round| round.rate());
        let rate = crate::report::Spread::of(rates)?.median;
        let mut known = self.saturated.borrow_mut();
        known.insert(server.name.clone(), rate);
        Some(rate)
    }
}

/// What one round of one server showed.
#[derive(Debug)]
pub struct Round {
    pub outcome: Outcome,
    pub cpu_s: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub p999_ms: f64,
    /// Messages stored without a 2xx.
    pub stored_more: u64,
}

impl Round {
    /// Accepted requests a second.
    pub fn rate(&self) -> f64 {
        self.per_s(self.outcome.accepted)
    }

    pub fn per_s(&self, count: u64) -> f64 {
        count as f64 / self.outcome.elapsed_s
    }

    pub fn cpu_per_1000(&self) -> f64 {
        self.cpu_s * 1000.0 / self.outcome.accepted as f64
    }

    /// What the server took of its core, 0 to 1; of two cores 0 to 2.
    pub fn busy(&self) -> f64 {
        self.cpu_s / self.outcome.elapsed_s
    }
}
