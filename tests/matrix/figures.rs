//! What a cell came to, as a line for whoever watches and as a row of docs/reliability.md.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::time::Duration;

use crate::support::brokers::Which;
use crate::support::oracle::Verdict;

#[derive(Debug, Clone)]
pub struct Figures {
    pub fault: &'static str,
    pub which: Which,
    pub has_spool: bool,
    pub verdict: Verdict,
    /// How often each reason was given.
    pub refusals: BTreeMap<String, usize>,
    pub slowest: Duration,
    /// From the end of the fault to the first 200; the longest, where it ended several times.
    pub back: Option<Duration>,
    /// From there to the empty spool.
    pub drained: Option<Duration>,
    /// KiB resident before the fault, after it, and at most.
    pub memory: (u64, u64, u64),
    pub descriptors: (usize, usize),
    pub took: Duration,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Verdict {
            sent,
            accepted,
            stored,
            duplicates,
            unasked,
            ..
        } = self.verdict;
        let (before, after, peak) = self.memory;
        let mode = if self.has_spool { "spool" } else { "direct" };
        write!(
            f,
            "{} / {:?} / {mode}: sent {sent}, accepted {accepted}, stored {stored}, twice {duplicates}, \
             unasked {unasked}, refused {:?}, slowest {:?}, back {:?}, drained {:?}, RSS {before} -> \
             {after} KiB (peak {peak}), descriptors {} -> {}",
            self.fault,
            self.which,
            self.refusals,
            self.slowest,
            self.back,
            self.drained,
            self.descriptors.0,
            self.descriptors.1,
        )
    }
}

fn ms(time: Duration) -> String {
    time.as_millis().to_string()
}

/// All of them as a table.
pub fn markdown(all: &[Figures]) -> String {
    let mut table = String::from(
        "| fault | broker | mode | sent | 2xx | stored | twice | refused | slowest ms | back ms | RSS MiB |\n\
         |---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for it in all {
        let refusals: Vec<_> = it
            .refusals
            .iter()
            .map(|(reason, count)| format!("{reason} {count}"))
            .collect();
        let (before, after, _) = it.memory;
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} to {} |",
            it.fault,
            match it.which {
                Which::Kafka => "Kafka",
                Which::Rabbitmq => "RabbitMQ",
            },
            if it.has_spool { "spool" } else { "direct" },
            it.verdict.sent,
            it.verdict.accepted,
            it.verdict.stored,
            it.verdict.duplicates,
            refusals.join(", "),
            ms(it.slowest),
            it.back.map(ms).unwrap_or_default(),
            before / 1024,
            after / 1024,
        );
    }
    table
}
