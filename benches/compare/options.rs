//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::message::Scheme;

/// Not a server, but chosen like one.
pub const PRODUCER: &str = "kafka-producer";

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// As fast as it goes, each size of body.
    Saturated,
    /// 1,000 requests a second, the load that people really have.
    Thousand,
    /// Half of what the baseline for the same broker takes.
    Half,
    /// 1, 2 and 4 times what the server itself takes, offered whatever it answers.
    Overload,
    /// From the start to the first 2xx; memory when idle, and under 256 connections of 25 KB.
    Memory,
    /// One core beside two.
    Cores,
    /// RabbitMQ, one event in ten without a queue: each reply has to be its own.
    Verdicts,
    /// librdkafka's own rate.
    Producer,
    /// The daemon's micro-batches beside one message in flight on each channel (not unless asked for).
    Schemes,
}

/// Sets the daemon beside reference points. Everything is measured in rounds, each server in turn, and printed as
/// Markdown; what is under way is said on standard error.
#[derive(Parser, Debug)]
#[command(name = "compare")]
pub struct Options {
    /// Names of servers, or words of names: `daemon,kafka-baseline`, `rabbitmq` (--list shows them)
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<String>,
    /// Bytes of a body
    #[arg(long, value_delimiter = ',', default_values_t = [1024, 8192, 25_600])]
    pub bodies: Vec<usize>,
    #[arg(long, value_delimiter = ',', value_enum, default_values_t = [
        Kind::Producer, Kind::Saturated, Kind::Thousand, Kind::Half, Kind::Overload, Kind::Memory, Kind::Cores, Kind::Verdicts,
    ])]
    pub loads: Vec<Kind>,
    #[arg(long, default_value_t = 5)]
    pub rounds: usize,
    /// Of one round of one server; half as long for bodies over 20 KB, which fill the broker's disk
    #[arg(long, default_value_t = 3.0)]
    pub seconds: f64,
    /// 3 rounds of half a second, the first size of body alone
    #[arg(long)]
    pub quick: bool,
    /// Connections at saturation
    #[arg(long, default_value_t = 64)]
    pub connections: usize,
    /// What RabbitMQ's queues are
    #[arg(long, default_value = "quorum", value_parser = ["quorum", "classic"])]
    pub queue: String,
    /// Bodies are one long string instead of as dense as GitHub's
    #[arg(long)]
    pub plain: bool,
    /// Another server: its name, the command that starts it (for `sh`; it is told HOOKFERRY_BENCH_PORT, _SECRET, _KAFKA,
    /// _RABBITMQ and _NAME, the topic or exchange), and the URL it listens at, in which {port} stands for that port
    #[arg(long, num_args = 3, value_names = ["NAME", "COMMAND", "URL"])]
    pub other: Vec<String>,
    /// How requests to such servers are signed
    #[arg(long, value_enum, default_value_t = Scheme::Github)]
    pub other_signature: Scheme,
    /// Another build of the daemon beside this one: a name and the program
    #[arg(long, num_args = 2, value_names = ["NAME", "PROGRAM"])]
    pub beside: Vec<String>,
    /// The daemon to measure, instead of the one built with this bench
    #[arg(long)]
    pub daemon: Option<PathBuf>,
    /// More keys for the daemon's sinks, as in `encoding: binary`
    #[arg(long, default_value = "")]
    pub sink: String,
    /// More lines at the top of the daemon's configuration, as in `dedup: { window_s: 0 }`
    #[arg(long, default_value = "")]
    pub config: String,
    /// It ends after so many minutes, whatever it is doing
    #[arg(long, default_value_t = 60)]
    pub minutes: u64,
    /// Prints the servers' names
    #[arg(long)]
    pub list: bool,
    /// What `cargo bench` gives every bench
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    pub fn by_arguments() -> Self {
        let mut options = Self::parse();
        if options.quick {
            options.rounds = options.rounds.min(3);
            options.seconds = options.seconds.min(0.5);
            options.bodies.truncate(1);
        }
        options
    }

    /// Whether a server of this name is wanted.
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| names(only, name))
    }

    /// A wanted name that none of these has.
    pub fn unknown(&self, all: &[String]) -> Option<&String> {
        let known =
            |only: &&String| names(only, PRODUCER) || all.iter().any(|name| names(only, name));
        self.only.iter().find(|only| !known(only))
    }
}

/// Whether this is the name, or a word of it.
fn names(only: &str, name: &str) -> bool {
    only == name || name.split('-').any(|word| word == only)
}
