//! `hookferry tail`: events as they arrive at the broker.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use super::message::with_message;
use super::{CONFIG, FAILED, USAGE};
use crate::publish::rabbitmq::Tls;
use crate::publish::read::{self, Seen};
use crate::settings::{self, SinkKind};

#[derive(Debug, clap::Args)]
pub struct TailArgs {
    /// Read the sinks of this configuration
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["kafka", "rabbitmq"])]
    config: Option<PathBuf>,
    /// The sink to read, where the configuration has several
    #[arg(long, value_name = "NAME", requires = "config")]
    sink: Option<String>,
    /// Read Kafka at this address
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "rabbitmq")]
    kafka: Option<String>,
    /// Read RabbitMQ at this URL
    #[arg(long, value_name = "URL")]
    rabbitmq: Option<String>,
    /// Kafka: topics with commas between; a * at the end of one stands for any ending
    #[arg(long, default_value = "webhooks,webhooks.*")]
    topics: String,
    /// RabbitMQ: the exchange
    #[arg(long, default_value = "webhooks")]
    exchange: String,
    /// RabbitMQ: which routing keys, as in a topic binding
    #[arg(long, value_name = "PATTERN", default_value = "#")]
    binding: String,
    /// Kafka: everything that is still there, not only what comes
    #[arg(long)]
    from_beginning: bool,
    /// End after this many events
    #[arg(long, value_name = "N")]
    count: Option<u64>,
    /// One JSON object a line: place, key, headers, content type, value
    #[arg(long)]
    json: bool,
}

/// Where to read.
enum Place {
    Kafka {
        brokers: String,
        properties: BTreeMap<String, String>,
    },
    Rabbitmq {
        url: String,
        tls: Tls,
        exchange: String,
    },
}

pub fn run(args: &TailArgs) -> ExitCode {
    let place = match place(args) {
        Ok(place) => place,
        Err((code, said)) => {
            eprintln!("{said}");
            return ExitCode::from(code);
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cannot start the runtime: {error}");
            return ExitCode::from(FAILED);
        }
    };
    match runtime.block_on(follow(args, place)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}\n{REMEDY}");
            ExitCode::from(FAILED)
        }
    }
}

/// What to do about a broker that cannot be read.
const REMEDY: &str =
    "see whether the broker is up and reached from here, and its address, user and password";
/// What reading changes on RabbitMQ, which lets nobody read along without a queue.
const OWN_QUEUE: &str = "warning: reading takes a queue of its own. Until it ends, an event that no other \
    queue takes is not refused any more: it is confirmed, answered 200, and gone with this queue. Where that \
    can happen, give --binding a pattern that your queues have as well";
/// How long a broker may be silent before that is said.
const PATIENCE: Duration = Duration::from_secs(5);

/// Kafka's client looks for its brokers without end, and says nothing of it.
async fn say_when_it_waits() {
    tokio::time::sleep(PATIENCE).await;
    eprintln!("the broker has not answered yet: {REMEDY}. Ctrl-C ends the wait");
}

async fn follow(args: &TailArgs, place: Place) -> Result<(), String> {
    let waiting = tokio::spawn(say_when_it_waits());
    let is_rabbitmq = matches!(place, Place::Rabbitmq { .. });
    let ready = || {
        waiting.abort();
        eprintln!("reading; what arrives from now on is shown");
        if is_rabbitmq {
            eprintln!("{OWN_QUEUE}");
        }
    };
    let mut left = args.count;
    let each = |seen: Seen| {
        let line = if args.json {
            as_json(&seen)
        } else {
            as_text(&seen)
        };
        let mut out = std::io::stdout().lock();
        // Whoever reads us has left: so do we.
        if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
            return ControlFlow::Break(());
        }
        left = left.map(|left| left.saturating_sub(1));
        if left == Some(0) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    match place {
        Place::Kafka {
            brokers,
            properties,
        } => {
            let beginning = args.from_beginning;
            read::follow_kafka(&brokers, &properties, &args.topics, beginning, ready, each).await
        }
        Place::Rabbitmq { url, tls, exchange } => {
            read::follow_rabbitmq(&url, &tls, &exchange, &args.binding, ready, each).await
        }
    }
}

fn place(args: &TailArgs) -> Result<Place, (u8, String)> {
    if let Some(brokers) = &args.kafka {
        return Ok(Place::Kafka {
            brokers: brokers.clone(),
            properties: BTreeMap::new(),
        });
    }
    if let Some(url) = &args.rabbitmq {
        return Ok(Place::Rabbitmq {
            url: url.clone(),
            tls: Tls::default(),
            exchange: args.exchange.clone(),
        });
    }
    let Some(file) = &args.config else {
        let said = "name what to read: --kafka HOST:PORT, --rabbitmq URL or --config FILE";
        return Err((USAGE, said.into()));
    };
    let loaded = settings::load(Some(file)).map_err(|faults| (CONFIG, faults.to_string()))?;
    let mut sinks = loaded.settings.sinks.into_iter();
    let sink = match &args.sink {
        None => sinks.next(),
        Some(name) => sinks.find(|sink| sink.name == *name),
    };
    match sink.map(|sink| sink.kind) {
        Some(SinkKind::Kafka(options)) => Ok(Place::Kafka {
            brokers: options.brokers,
            properties: options.properties,
        }),
        Some(SinkKind::Rabbitmq(options)) => Ok(Place::Rabbitmq {
            url: options.url,
            tls: options.tls,
            exchange: options.exchange,
        }),
        None => Err((USAGE, "the configuration has no sink of that name".into())),
    }
}

fn as_text(seen: &Seen) -> String {
    let key = seen.key.as_deref().unwrap_or("-");
    let headers: Vec<_> = seen
        .headers
        .iter()
        .map(|(name, value)| format!("  {name}: {value}\n"))
        .collect();
    let value = String::from_utf8_lossy(&seen.value);
    format!("{} key={key}\n{}{value}", seen.place, headers.concat())
}

fn as_json(seen: &Seen) -> String {
    let line = serde_json::json!({
        "place": seen.place,
        "key": seen.key,
        "content_type": seen.content_type,
    });
    with_message(line, &seen.headers, &seen.value).to_string()
}
