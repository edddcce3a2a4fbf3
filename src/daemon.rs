//! Puts the stages together from the settings, and takes them down again in order.

pub(crate) mod carriers;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::accept::{self, Door, Doors, Gate};
use crate::admin::{self, Health};
use crate::authenticate::fetched::FetchedKeys;
use crate::dedup::Dedup;
use crate::fetch::{self, Fetcher};
use crate::learned::Learned;
use crate::metrics::Metrics;
use crate::pipeline::{Pipeline, Source};
use crate::publish::{Placement, Routing, Sink, Topics, Way};
use crate::queues;
use crate::reload;
use crate::settings::compile::Endpoint;
use crate::settings::preset::Signs;
use crate::settings::{Settings, SinkKind, SinkSettings, SourceSettings, TENANT, Target};
use carriers::Carriers;

/// A file would grow beyond RLIMIT_FSIZE; the same number on every Linux but MIPS.
const SIGXFSZ: SignalKind = SignalKind::from_raw(25);

/// Where a running daemon listens, once it does.
#[derive(Debug, Clone, Copy)]
pub struct Addresses {
    pub ingress: SocketAddr,
    pub admin: SocketAddr,
}

/// Runs until SIGTERM or SIGINT, then drains. `load` reads the configuration again when a secret's
/// file has changed; `up` is told where it listens.
///
/// # Errors
/// What kept it from starting, or which part of it ended unasked.
pub async fn run(
    settings: Settings,
    load: reload::Load,
    up: impl FnOnce(Addresses),
) -> Result<(), String> {
    let mut signals = Signals::take().map_err(|error| error.to_string())?;
    let ingress = bind("listen", settings.listen).await?;
    let admin = bind("admin.listen", settings.admin_listen).await?;
    let metrics = Arc::new(metrics(&settings)?);
    let Carriers {
        sinks,
        drains,
        lock: _lock,
    } = carriers::open(&settings, &metrics)?;
    let health = Arc::new(Health::new(&sinks));

    let learned = Arc::new(Learned::default());
    let mut background = background(&sinks, &health, &metrics);
    let (stop, stopping) = watch::channel(false);
    let drains = drains.into_iter();
    let mut draining: JoinSet<()> = drains
        .map(|(sink, drain)| drain.run(sink, stopping.clone()))
        .collect();
    watch_queues(&mut background, &settings.sinks, &sinks, &metrics)?;
    let addresses = Addresses {
        ingress: local(&ingress)?,
        admin: local(&admin)?,
    };
    let serving = admin::serve(
        admin,
        Arc::clone(&metrics),
        Arc::clone(&health),
        Arc::clone(&learned),
    );
    background.spawn(serving);

    let (limits, shutdown) = (settings.limits.clone(), settings.shutdown.clone());
    let (doors, gates) = open_doors(&settings.sources);
    let watched = (Arc::clone(&doors), gates, load);
    let pipeline = pipeline(
        settings,
        &sinks,
        &metrics,
        learned,
        watched,
        &mut background,
    )?;
    let (go, going) = watch::channel(false);
    let mut serving = tokio::spawn(accept::serve(
        ingress,
        doors,
        limits,
        pipeline,
        metrics,
        going,
        shutdown.grace,
    ));
    tracing::info!(ingress = %addresses.ingress, admin = %addresses.admin, "hookferry is up");
    up(addresses);

    tokio::select! {
        () = signals.ask_to_end() => {}
        _ = background.join_next() => return Err("a background task ended unasked".into()),
        Some(_) = draining.join_next() => return Err("the spool's drain ended unasked".into()),
        _ = &mut serving => return Err("the ingress ended unasked".into()),
    }
    health.leave();
    tracing::info!("draining");
    tokio::time::sleep(shutdown.delay).await;
    let _ = go.send(true);
    let cut = serving.await.map_err(|error| error.to_string())?;
    let _ = stop.send(true);
    close(&sinks, draining, cut).await;
    Ok(())
}

/// What requests go through, and the tasks that look after it.
fn pipeline(
    settings: Settings,
    sinks: &[Arc<Sink>],
    metrics: &Arc<Metrics>,
    learned: Arc<Learned>,
    (doors, gates, load): (Arc<Doors>, Vec<Arc<Gate>>, reload::Load),
    background: &mut JoinSet<()>,
) -> Result<Pipeline, String> {
    let names = settings.sources.iter().map(|it| it.name.clone()).collect();
    let files = settings.files.clone();
    let dedup = Arc::new(Dedup::new(settings.dedup.clone(), metrics)?);
    if let Some(watch) = dedup.watch() {
        background.spawn(watch);
    }
    let sources: Arc<[Source]> = sources(settings, sinks)?.into();
    let running = reload::Running {
        names,
        sources: Arc::clone(&sources),
        doors,
        gates,
        metrics: Arc::clone(metrics),
    };
    background.spawn(reload::watch(files, running, load));
    let fetcher = fetcher(&sources)?;
    if let Some(fetcher) = &fetcher {
        background.spawn(fetch::run(fetcher.clone(), Arc::clone(metrics)));
    }
    Ok(Pipeline {
        sources,
        metrics: Arc::clone(metrics),
        learned,
        fetcher,
        dedup,
    })
}

/// The signals that the daemon takes.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    _too_large: Signal,
}

impl Signals {
    fn take() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            // A write beyond RLIMIT_FSIZE is to fail as on a full disk, and not to end the process,
            // which is what its signal does where nobody takes it.
            _too_large: signal(SIGXFSZ)?,
        })
    }

    /// Returns once the daemon is to end.
    async fn ask_to_end(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The end, once the last request was answered or `cut` connections with theirs were.
async fn close(sinks: &[Arc<Sink>], mut draining: JoinSet<()>, cut: usize) {
    const PATIENCE: Duration = Duration::from_secs(1);
    // What is on its way then and not confirmed is published again after the next start.
    let drained = async { while draining.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(PATIENCE, drained).await;
    for sink in sinks {
        sink.close(Instant::now() + PATIENCE).await;
    }
    if cut > 0 {
        tracing::warn!(
            connections = cut,
            "the grace was over before all had finished"
        );
    }
    tracing::info!("hookferry is down");
}

/// The tasks that look after the sinks. None of them ends while all is well.
fn background(sinks: &[Arc<Sink>], health: &Arc<Health>, metrics: &Arc<Metrics>) -> JoinSet<()> {
    let mut background = JoinSet::new();
    for sink in sinks {
        let carrier = Arc::clone(sink);
        background.spawn(async move { carrier.ended().await });
        let (sink, health, metrics) = (Arc::clone(sink), Arc::clone(health), Arc::clone(metrics));
        background.spawn(async move { health.watch(&sink, &metrics).await });
    }
    background
}

/// Looks after the queues behind every RabbitMQ.
fn watch_queues(
    background: &mut JoinSet<()>,
    settings: &[SinkSettings],
    sinks: &[Arc<Sink>],
    metrics: &Arc<Metrics>,
) -> Result<(), String> {
    for (settings, sink) in settings.iter().zip(sinks) {
        if let SinkKind::Rabbitmq(options) = &settings.kind {
            let watch = queues::Watch::new(Arc::clone(sink), options)?;
            background.spawn(watch.run(Arc::clone(metrics)));
        }
    }
    Ok(())
}

/// What asks providers, where a source needs it; it costs memory where none does.
fn fetcher(sources: &[Source]) -> Result<Option<Fetcher>, String> {
    let is_needed = !FetchedKeys::all().is_empty() || sources.iter().any(Source::calls);
    is_needed.then(Fetcher::new).transpose()
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| {
        format!("{key}: cannot listen on {address}: {error}; choose another address or free it")
    })
}

fn local(listener: &TcpListener) -> Result<SocketAddr, String> {
    listener.local_addr().map_err(|error| error.to_string())
}

fn metrics(settings: &Settings) -> Result<Metrics, String> {
    let sources: Vec<_> = settings.sources.iter().map(|it| it.name.clone()).collect();
    let sinks: Vec<_> = settings.sinks.iter().map(|it| it.name.clone()).collect();
    let metrics = Metrics::new(&sources, &sinks).map_err(|error| error.to_string())?;
    let unverified = settings.sources.iter().filter(|source| source.unverified);
    for source in unverified {
        metrics.unverified_sources.inc();
        tracing::warn!(source = source.name, "this source verifies nothing");
    }
    for (at, source) in settings.sources.iter().enumerate() {
        if let Some((known, faulty)) = source.endpoints.count() {
            metrics.tenants(at, known, faulty);
        }
    }
    Ok(metrics)
}

/// All doors, and the gates behind them in the sources' order.
fn open_doors(sources: &[SourceSettings]) -> (Arc<Doors>, Vec<Arc<Gate>>) {
    let gates = sources.iter();
    let gates: Vec<_> = gates
        .map(|source| Arc::new(Gate::new(source.limits.rate, source.limits.in_flight_max)))
        .collect();
    let all = sources.iter().zip(&gates).enumerate();
    let doors = all.flat_map(|(at, (source, gate))| doors(at, source, gate));
    (Arc::new(Doors::new(doors)), gates)
}

/// The paths of the source at place `at`, each with its door.
pub(crate) fn doors(at: usize, source: &SourceSettings, gate: &Arc<Gate>) -> Vec<(String, Door)> {
    let door = |tenant: Option<&Arc<str>>, endpoint: &Endpoint| {
        let mut methods = endpoint.scheme.methods.clone();
        for method in endpoint.scheme.handshakes.iter().flat_map(accept_methods) {
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        Door {
            source: at,
            tenant: tenant.cloned(),
            methods,
            content_types: source.content_types.clone(),
            body_bytes_max: source.limits.body_bytes_max,
            keeps_encoded: source.preset.signs == Signs::Encoded,
            gate: Arc::clone(gate),
        }
    };
    let mut doors = Vec::new();
    for (tenant, endpoint) in source.endpoints.all() {
        let door = door(tenant, endpoint);
        for path in std::iter::once(&source.path).chain(&source.preset.paths) {
            let own = tenant.map(|tenant| path.replace(TENANT, tenant));
            doors.push((own.unwrap_or_else(|| path.clone()), door.clone()));
        }
    }
    doors
}

/// The methods that a handshake says it is asked by.
fn accept_methods(handshake: &crate::authenticate::Handshake) -> Vec<Method> {
    handshake
        .when
        .iter()
        .filter(|condition| condition.value.source() == "{method}")
        .flat_map(|condition| &condition.is)
        .filter_map(|text| Method::from_bytes(text.as_bytes()).ok())
        .collect()
}

fn sources(settings: Settings, sinks: &[Arc<Sink>]) -> Result<Vec<Source>, String> {
    let topics: Vec<_> = settings
        .sinks
        .iter()
        .map(|sink| Arc::new(Topics::new(sink.topics_max)))
        .collect();
    let placement = |target: &Target| {
        let sink = settings.sinks.get(target.sink)?;
        let route = carriers::route(sink, target, Arc::clone(topics.get(target.sink)?));
        let sink = Arc::clone(sinks.get(target.sink)?);
        Some(Placement { sink, route })
    };
    let source = |source: SourceSettings| {
        let ways = source.routes.iter();
        let ways = ways.map(|route| {
            let to = route.to.iter().map(placement).collect::<Option<_>>()?;
            Way::new(Arc::clone(&route.rule), to)
        });
        let mut ways = ways.collect::<Option<Vec<_>>>()?;
        let last = ways.pop()?;
        Some(Source::new(
            source.endpoints,
            source.shape,
            Routing { ways, last },
            source.reply_within,
            source.learned_secret_file,
        ))
    };
    let made: Option<_> = settings.sources.into_iter().map(source).collect();
    made.ok_or_else(|| "a source's route leads nowhere".to_owned())
}
