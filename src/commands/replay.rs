//! `hookferry replay`: dead letters, published again.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clap::ValueEnum;
use tokio::time::Instant;

use super::progress::Progress;
use super::sinks::{self, Failure, printable};
use super::{FAILED, USAGE};
use crate::daemon::carriers;
use crate::publish::Broker;
use crate::publish::replay::{CONFIRM_WITHIN, Fate, Filter, Letter, Letters, Tally, replay};
use crate::publish::spool::{self, Lock};
use crate::settings::{Settings, SinkKind, SinkSettings};
use crate::time::{TimeUnit, UnixTime};

#[derive(Debug, clap::Args)]
pub struct ReplayArgs {
    /// The configuration file; `HOOKFERRY__...` environment variables are laid over it
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The sink, where the configuration has several
    #[arg(long, value_name = "NAME")]
    sink: Option<String>,
    /// Where they lie: at the broker, or on the spool's disk, where what no broker took is kept
    #[arg(long, value_enum, default_value_t = Place::DeadLetters)]
    from: Place,
    /// RabbitMQ: the queue that is bound for dead letters
    #[arg(long, value_name = "NAME")]
    queue: Option<String>,
    /// Only those of this source: its name, or the event's CloudEvents source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Only those of this CloudEvents type
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Only those that died of this, as in `unroutable` or `not_json`
    #[arg(long, value_name = "WORD")]
    reason: Option<String>,
    /// Only the event of this id; may be given several times
    #[arg(long = "id", value_name = "ID")]
    ids: Vec<String>,
    /// Only what was received then or later: RFC 3339, or Unix seconds
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<UnixTime>,
    /// Only what was received earlier
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<UnixTime>,
    /// No more than so many
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// The topic or routing key for events that could not be read, and so were meant for none
    /// [default: the sink's default_topic or default_routing_key]
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// Publish them. Without it they are only shown
    #[arg(long)]
    publish: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Place {
    DeadLetters,
    Quarantine,
}

/// Whatever a moment may be written as.
fn time(text: &str) -> Result<UnixTime, String> {
    let unix = || TimeUnit::S.read(text);
    UnixTime::from_rfc3339(text)
        .or_else(unix)
        .ok_or_else(|| "write RFC 3339 such as 2026-01-01T00:00:00Z, or Unix seconds".to_owned())
}

pub fn run(args: &ReplayArgs) -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cannot start the runtime: {error}");
            return ExitCode::from(FAILED);
        }
    };
    match runtime.block_on(work(args)) {
        Ok(code) => code,
        Err((code, said)) => {
            eprintln!("{said}");
            ExitCode::from(code)
        }
    }
}

async fn work(args: &ReplayArgs) -> Result<ExitCode, Failure> {
    let settings = sinks::load(args.config.as_deref())?;
    let sink = sinks::one(&settings, args.sink.as_deref())?;
    if args.topic.as_ref() == Some(&sink.dead_letter_topic) {
        return Err((USAGE, "--topic: that is where the dead letters are".into()));
    }
    let spool = settings.spool.as_ref();
    let folder = spool.map(|spool| spool.path.join(&sink.name).join(spool::QUARANTINE));
    let from = from(args, &settings, sink, folder.as_deref())?;
    // Of the folder; it is held until all is done.
    let _lock = match (&from, spool) {
        (Letters::Quarantine(..), Some(spool)) => Some(lock(spool)?),
        _ => None,
    };
    let broker = if args.publish {
        Some(Arc::new(broker(sink)?))
    } else {
        None
    };
    let filter = Filter {
        source: args.source.clone(),
        kind: args.kind.clone(),
        reason: args.reason.clone(),
        ids: args.ids.iter().cloned().collect(),
        since: args.since,
        until: args.until,
        limit: args.limit,
    };
    let reading = sinks::reading(&settings, sink, args.topic.as_deref());
    let mut shown = Shown {
        json: args.json,
        reasons: BTreeMap::new(),
        has_head: false,
    };
    let count = Arc::new(AtomicU64::new(0));
    let so_far = Arc::clone(&count);
    let progress = Progress::beside_results(move || {
        format!("{} dead letters", so_far.load(Ordering::Relaxed))
    });
    let mut each = |letter: &Letter, fate: Fate<'_>| {
        count.fetch_add(1, Ordering::Relaxed);
        shown.line(letter, &fate);
    };
    let (tally, done) = replay(from, &reading, &filter, broker.clone(), &mut each).await;
    drop(progress);
    if let Some(broker) = broker {
        broker.close(Instant::now() + Duration::from_secs(5)).await;
    }
    shown.summary(&tally, args, sink);
    done.map_err(|said| (FAILED, said))?;
    Ok(if tally.failed > 0 {
        ExitCode::from(FAILED)
    } else {
        ExitCode::SUCCESS
    })
}

fn from<'a>(
    args: &'a ReplayArgs,
    settings: &'a Settings,
    sink: &'a SinkSettings,
    quarantine: Option<&'a std::path::Path>,
) -> Result<Letters<'a>, Failure> {
    if args.from == Place::Quarantine {
        let (Some(spool), Some(folder)) = (&settings.spool, quarantine) else {
            return Err((
                USAGE,
                "the configuration has no spool, so nothing is in quarantine".into(),
            ));
        };
        if !folder.is_dir() {
            let said = format!(
                "{} is not there: no daemon has used this spool",
                folder.display()
            );
            return Err((FAILED, said));
        }
        return Ok(if args.publish {
            Letters::Quarantine(spool, &sink.name)
        } else {
            Letters::QuarantineSeen(folder)
        });
    }
    match (&sink.kind, &args.queue) {
        (SinkKind::Kafka(_), Some(_)) => {
            Err((USAGE, "--queue is for RabbitMQ; sink is Kafka's".into()))
        }
        (SinkKind::Kafka(options), None) => Ok(Letters::Kafka(options, &sink.dead_letter_topic)),
        (SinkKind::Rabbitmq(options), Some(queue)) => Ok(Letters::Rabbitmq(options, queue)),
        (SinkKind::Rabbitmq(options), None) => {
            let (exchange, key) = (&options.exchange, &sink.dead_letter_topic);
            let said = format!(
                "name the queue that the dead letters are in with --queue. It is yours to make: a durable \
                 queue, bound to the exchange {exchange:?} by the routing key {key:?}. Without one, what \
                 the broker does not take is answered 503"
            );
            Err((USAGE, said))
        }
    }
}

fn lock(spool: &spool::Options) -> Result<Lock, Failure> {
    Lock::take(&spool.path).map_err(|error| {
        let said = format!("{error}. If it is the daemon: stop it first, or leave --publish away");
        (FAILED, said)
    })
}

/// A client that gives the broker more time than a webhook's sender would.
fn broker(sink: &SinkSettings) -> Result<Broker, Failure> {
    let mut sink = sink.clone();
    if let SinkKind::Kafka(options) = &mut sink.kind {
        options.message_timeout_ms = u64::try_from(CONFIRM_WITHIN.as_millis()).unwrap_or(30_000);
    }
    let broker = carriers::broker(&sink, None);
    broker.map_err(|error| (FAILED, format!("sinks.{}: {error}", sink.name)))
}

/// What the terminal, or a program, is told.
struct Shown {
    json: bool,
    reasons: BTreeMap<String, u64>,
    has_head: bool,
}

impl Shown {
    fn line(&mut self, letter: &Letter, fate: &Fate<'_>) {
        *self.reasons.entry(letter.reason().to_owned()).or_default() += 1;
        let line = if self.json {
            as_json(letter, fate)
        } else {
            as_row(letter, fate)
        };
        let mut out = std::io::stdout().lock();
        if !self.json && !std::mem::replace(&mut self.has_head, true) {
            let head = "ID                                    SOURCE        REASON        RECEIVED                       BYTES  TYPE -> MEANT FOR";
            let _ = writeln!(out, "{head}");
        }
        // That nobody reads on must not stop what is being published.
        let _ = writeln!(out, "{line}");
    }

    /// Goes to standard error, so that standard output has the letters only.
    fn summary(&self, tally: &Tally, args: &ReplayArgs, sink: &SinkSettings) {
        let Tally {
            read,
            foreign,
            taken,
            published,
            failed,
            notes,
        } = tally;
        let counts = self.reasons.iter();
        let counts: Vec<_> = counts
            .map(|(reason, count)| format!("{count} {}", printable(reason)))
            .collect();
        let counts = if counts.is_empty() {
            String::new()
        } else {
            format!(" ({})", counts.join(", "))
        };
        eprintln!("{read} messages read, {taken} dead letters chosen{counts}");
        if *foreign > 0 {
            eprintln!("{foreign} messages are no dead letters of hookferry's; they are left alone");
        }
        for note in notes {
            eprintln!("note: {note}");
        }
        if !args.publish {
            eprintln!("nothing was published or taken away; --publish publishes what is shown");
            return;
        }
        eprintln!("{published} confirmed by {}, {failed} not", sink.name);
        if *failed > 0 {
            eprintln!("what was not confirmed is where it was");
        }
        let is_kept = args.from == Place::DeadLetters && matches!(sink.kind, SinkKind::Kafka(_));
        if is_kept && *published > 0 {
            eprintln!(
                "the topic {} keeps its dead letters: published again, they come again, with the same \
                 ids; --since, --until and --id choose",
                sink.dead_letter_topic
            );
        }
    }
}

fn outcome(fate: &Fate<'_>) -> Option<&'static str> {
    match fate {
        Fate::Seen => None,
        Fate::Published => Some("published"),
        Fate::Failed(error) => Some(error.label()),
    }
}

fn as_row(letter: &Letter, fate: &Fate<'_>) -> String {
    let said = match fate {
        Fate::Seen | Fate::Published => String::new(),
        Fate::Failed(error) => format!("  NOT PUBLISHED: {}", printable(&error.to_string())),
    };
    let [id, source, reason, kind, topic] = [
        letter.id(),
        letter.source(),
        letter.reason(),
        letter.kind(),
        letter.topic(),
    ]
    .map(printable);
    let (received, bytes) = (letter.received(), letter.bytes());
    format!(
        "{id:<36}  {source:<12}  {reason:<12}  {received:<24}  {bytes:>10}  {kind} -> {topic}{said}"
    )
}

fn as_json(letter: &Letter, fate: &Fate<'_>) -> String {
    let error = match fate {
        Fate::Seen | Fate::Published => None,
        Fate::Failed(error) => Some(error.to_string()),
    };
    let line = serde_json::json!({
        "id": letter.id(),
        "source": letter.source(),
        "type": letter.kind(),
        "reason": letter.reason(),
        "topic": letter.topic(),
        "key": letter.key(),
        "received": letter.received().text(),
        "bytes": letter.bytes(),
        "place": letter.place(),
        "outcome": outcome(fate),
        "error": error,
    });
    line.to_string()
}
