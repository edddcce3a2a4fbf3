//! `hookferry spool`: what waits on disk for the broker.

mod holding;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::examples;
use super::message::with_message;
use super::progress::Progress;
use super::sinks::{self, Failure};
use super::{FAILED, USAGE};
use crate::daemon::{carriers, placing};
use crate::logging;
use crate::metrics::Metrics;
use crate::publish::spool::walk::{Walked, walk};
use crate::publish::spool::{Lock, Options, QUARANTINE, Spool, WAITING};
use crate::publish::{Kept, Sink, SinkOptions};
use crate::settings::{Settings, SinkSettings};
use crate::time::UnixTime;
use holding::Holding;

#[derive(Debug, clap::Args)]
pub struct SpoolArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// What waits, since when, of which sources; what no broker took; what is damaged. The daemon may
    /// run meanwhile
    #[command(after_help = examples::SPOOL_INSPECT)]
    Inspect(InspectArgs),
    /// Print every event that waits, one JSON object a line. Nothing is changed; the daemon may run
    /// meanwhile
    #[command(after_help = examples::SPOOL_EXPORT)]
    Export(ExportArgs),
    /// Publish all that waits, in order for each key, while no daemon runs. Exits with 0 once nothing
    /// is left; what is left stays
    #[command(after_help = examples::SPOOL_DRAIN)]
    Drain(DrainArgs),
}

#[derive(Debug, clap::Args)]
struct Of {
    /// The configuration file; `HOOKFERRY__...` environment variables are laid over it
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// This sink's alone
    #[arg(long, value_name = "NAME")]
    sink: Option<String>,
}

#[derive(Debug, clap::Args)]
struct InspectArgs {
    #[command(flatten)]
    of: Of,
    /// One JSON object a sink and line
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ExportArgs {
    #[command(flatten)]
    of: Of,
    /// What no broker took, too
    #[arg(long)]
    quarantine: bool,
}

#[derive(Debug, clap::Args)]
struct DrainArgs {
    #[command(flatten)]
    of: Of,
    /// How long to try, for each sink
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    within: u64,
}

pub fn run(args: &SpoolArgs) -> ExitCode {
    let done = match &args.what {
        What::Inspect(args) => inspect(args),
        What::Export(args) => export(args),
        What::Drain(args) => drain(args),
    };
    done.unwrap_or_else(|(code, said)| {
        eprintln!("{said}");
        ExitCode::from(code)
    })
}

/// The spool, which must have been used.
fn spool(settings: &Settings) -> Result<&Options, Failure> {
    let none = || (USAGE, "the configuration has no spool".to_owned());
    let options = settings.spool.as_ref().ok_or_else(none)?;
    if options.path.is_dir() {
        return Ok(options);
    }
    let path = options.path.display();
    Err((
        FAILED,
        format!("spool.path: {path} is not there: no daemon has used it"),
    ))
}

fn inspect(args: &InspectArgs) -> Result<ExitCode, Failure> {
    let settings = sinks::load(args.of.config.as_deref())?;
    let chosen = sinks::some(&settings, args.of.sink.as_deref())?;
    let options = spool(&settings)?;
    let mut out = io::stdout().lock();
    for sink in chosen {
        let reading = sinks::reading(&settings, sink, None);
        let holding = Holding::read(&options.path.join(&sink.name), &sink.name, &reading);
        let holding = holding.map_err(|said| (FAILED, said))?;
        let said = if args.json {
            format!("{}\n", holding.json())
        } else {
            holding.text()
        };
        // Whoever reads us has left.
        let _ = out.write_all(said.as_bytes());
    }
    if args.of.sink.is_none() {
        for name in strangers(options, &settings) {
            eprintln!(
                "note: {} holds the spool of a sink {name:?}, which the configuration does not have",
                options.path.join(&name).display()
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Folders of sinks that are no more: what waits there is published by nobody.
fn strangers(options: &Options, settings: &Settings) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(&options.path) else {
        return Vec::new();
    };
    let names = entries.filter_map(|entry| {
        let entry = entry.ok()?;
        let is_spool = entry.path().join(WAITING).is_dir();
        entry.file_name().into_string().ok().filter(|_| is_spool)
    });
    let is_known = |name: &String| settings.sinks.iter().any(|sink| sink.name == *name);
    let mut names: Vec<_> = names.filter(|name| !is_known(name)).collect();
    names.sort();
    names
}

fn export(args: &ExportArgs) -> Result<ExitCode, Failure> {
    let settings = sinks::load(args.of.config.as_deref())?;
    let chosen = sinks::some(&settings, args.of.sink.as_deref())?;
    let options = spool(&settings)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut unreadable = 0_u64;
    let written = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&written);
    let progress =
        Progress::beside_results(move || format!("{} events", seen.load(Ordering::Relaxed)));
    for sink in chosen {
        let parts: &[&str] = if args.quarantine {
            &[WAITING, QUARANTINE]
        } else {
            &[WAITING]
        };
        for part in parts {
            let folder = options.path.join(&sink.name).join(part);
            if folder.is_dir() {
                let in_quarantine = *part == QUARANTINE;
                let exported =
                    export_from(&folder, (&sink.name, in_quarantine), &mut out, &written);
                unreadable += exported.map_err(|said| (FAILED, said))?;
            }
        }
    }
    out.flush().map_err(|error| (FAILED, error.to_string()))?;
    drop(progress);
    if unreadable > 0 {
        eprintln!("{unreadable} entries are no events, and were left out");
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes what waits in a log; how many entries are no records.
fn export_from(
    folder: &Path,
    (sink, in_quarantine): (&str, bool),
    out: &mut impl io::Write,
    written: &AtomicU64,
) -> Result<u64, String> {
    let mut unreadable = 0;
    let walked = walk(folder, |walked| {
        let Walked::Waiting(stored) = walked else {
            return Ok(());
        };
        let Some(kept) = Kept::read(stored.payload.into()) else {
            unreadable += 1;
            return Ok(());
        };
        let mut line = as_json(&kept);
        if let Some(line) = line.as_object_mut() {
            line.insert("sink".into(), sink.into());
            line.insert("quarantined".into(), in_quarantine.into());
            let at = i64::try_from(stored.at_ms).unwrap_or(i64::MAX);
            line.insert("kept".into(), UnixTime::from_millis(at).text().into());
        }
        written.fetch_add(1, Ordering::Relaxed);
        writeln!(out, "{line}")
    });
    walked.map_err(|error| {
        format!(
            "{}: {error}. If the daemon publishes what is read here, its files go meanwhile: try again, \
             or stop it",
            folder.display()
        )
    })?;
    Ok(unreadable)
}

fn as_json(kept: &Kept) -> Value {
    let received = i64::try_from(kept.received_s()).unwrap_or(i64::MAX);
    let line = json!({
        "topic": kept.topic(),
        "key": kept.key(),
        "content_type": kept.content_type(),
        "source": kept.source(),
        "id": kept.id(),
        "type": kept.kind(),
        "received": UnixTime::from_seconds(received).text(),
    });
    with_message(line, kept.headers(), kept.value())
}

fn drain(args: &DrainArgs) -> Result<ExitCode, Failure> {
    let settings = sinks::load(args.of.config.as_deref())?;
    let chosen = sinks::some(&settings, args.of.sink.as_deref())?;
    let options = spool(&settings)?;
    logging::start(settings.log.format, &settings.log.level);
    let _lock = Lock::take(&options.path).map_err(|error| {
        let said = "If it is the daemon: it drains by itself, or stop it first";
        (FAILED, format!("{error}. {said}"))
    })?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| (FAILED, error.to_string()))?;
    let names = settings.sinks.iter().map(|sink| sink.name.clone());
    let sources: Vec<_> = settings.sources.iter().map(|it| it.name.clone()).collect();
    let metrics = Metrics::new(&sources, &names.collect::<Vec<_>>());
    let metrics = metrics.map_err(|error| (FAILED, error.to_string()))?;
    let within = Duration::from_secs(args.within);
    let mut left = 0_u64;
    for sink in chosen {
        let drained = runtime.block_on(drain_one(options, sink, &metrics, within));
        let stay = drained.map_err(|said| (FAILED, said))?;
        println!("{}: {stay} events are left", sink.name);
        left = left.saturating_add(stay);
    }
    Ok(if left > 0 {
        ExitCode::from(FAILED)
    } else {
        ExitCode::SUCCESS
    })
}

async fn drain_one(
    options: &Options,
    sink: &SinkSettings,
    metrics: &Metrics,
    within: Duration,
) -> Result<u64, String> {
    let opened = Spool::open(options, &sink.name, metrics.spool(&sink.name))?;
    let broker =
        carriers::broker(sink, None).map_err(|error| format!("sinks.{}: {error}", sink.name))?;
    let carrier = Arc::new(Sink::new(SinkOptions {
        broker,
        in_flight_max: sink.in_flight_max,
        coalesce: Duration::ZERO,
        // What waits is given to it; nothing new comes.
        spool: None,
        letters: placing::letters(sink),
        metrics: metrics.sink(&sink.name),
    }));
    let (name, left) = (sink.name.clone(), metrics.spool(&sink.name));
    let progress = Progress::start(move || format!("{name}: {} events wait", left.waiting()));
    let left = opened.empty(Arc::clone(&carrier), within).await;
    drop(progress);
    carrier.close(Instant::now() + Duration::from_secs(1)).await;
    Ok(left)
}
