//! What requests are let in and judged by, made of settings.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::Method;

use super::carriers::Carrier;
use super::placing;
use crate::accept::{Door, Doors, Gate, Generation};
use crate::authenticate::Handshake;
use crate::authenticate::fetched::FetchedKeys;
use crate::dedup::Dedup;
use crate::fetch::Fetcher;
use crate::inspect::{Facts, Inspector, Onlooker};
use crate::learned::Learned;
use crate::metrics::Metrics;
use crate::pipeline::{Pipeline, Source};
use crate::publish::{Placement, Routing, Way};
use crate::settings::compile::Endpoint;
use crate::settings::preset::Signs;
use crate::settings::{Settings, SourceLimits, SourceSettings, TENANT, Target};
use crate::telemetry::Tracer;

/// What every generation uses.
#[derive(Debug)]
pub(super) struct Common {
    pub(super) metrics: Arc<Metrics>,
    pub(super) learned: Arc<Learned>,
    pub(super) dedup: Arc<Dedup>,
    /// Where a source has asked for one.
    pub(super) fetcher: Option<Fetcher>,
    /// Where traces are recorded.
    pub(super) tracer: Option<Arc<Tracer>>,
    pub(super) inspector: Option<Arc<Inspector>>,
}

/// What is known of a source, for the next generation of it.
#[derive(Debug)]
pub(super) struct Known {
    /// Its place.
    at: usize,
    path: String,
    limits: SourceLimits,
    gate: Arc<Gate>,
    /// How many there are, and how many of them are faulty.
    tenants: Option<(usize, usize)>,
    is_unverified: bool,
}

/// By name.
pub(super) type Sources = BTreeMap<String, Known>;

/// The generation that runs, and its sources.
pub(super) type Before<'b> = Option<(&'b Generation<Pipeline>, &'b Sources)>;

/// Makes what requests meet.
///
/// # Errors
/// What cannot be made.
pub(super) fn generation(
    mut settings: Settings,
    carriers: &[Carrier],
    common: &mut Common,
    before: Before<'_>,
) -> Result<(Generation<Pipeline>, Sources), String> {
    let names: Vec<_> = settings.sources.iter().map(|it| it.name.clone()).collect();
    let metrics = Arc::new(common.metrics.of(&names));
    let onlooker = common.inspector.as_ref();
    let onlooker = onlooker.map(|inspector| Onlooker::new(inspector, Facts::of(&settings)));
    let mut sources = Sources::new();
    let mut doors = Vec::new();
    for (at, source) in settings.sources.iter_mut().enumerate() {
        let known = known(at, source, before);
        if let Some((running, sources)) = before
            && let Some(known) = sources.get(&source.name)
            // What was read for another path tells of another address.
            && known.path == source.path
            && let Some(running) = running.carry.sources.get(known.at)
        {
            source.endpoints.keep_faulty(running.endpoints());
        }
        doors.extend(self::doors(at, source, &known.gate));
        sources.insert(source.name.clone(), known);
    }
    let made = settings.sources.into_iter();
    let made = made.map(|source| self::source(source, carriers));
    let made: Option<Box<[Source]>> = made.collect();
    let made = made.ok_or("a source's route leads nowhere")?;
    // It costs memory where nobody needs it.
    let is_needed = !FetchedKeys::all().is_empty() || made.iter().any(Source::calls);
    if is_needed && common.fetcher.is_none() {
        common.fetcher = Some(Fetcher::new()?);
    }
    let pipeline = Pipeline {
        sources: made,
        metrics: Arc::clone(&metrics),
        learned: Arc::clone(&common.learned),
        fetcher: common.fetcher.clone(),
        dedup: Arc::clone(&common.dedup),
        tracer: common.tracer.clone(),
        onlooker,
    };
    let before = before.map(|(generation, _)| generation);
    let doors = Doors::new(doors);
    let generation = Generation::new(doors, settings.limits, pipeline, metrics, before);
    Ok((generation, sources))
}

/// A source whose limits are the same goes on with what of them is used up.
fn known(at: usize, source: &SourceSettings, before: Before<'_>) -> Known {
    let limits = source.limits;
    let known = before.and_then(|(_, sources)| sources.get(&source.name));
    let known = known.filter(|known| {
        (known.limits.rate, known.limits.in_flight_max) == (limits.rate, limits.in_flight_max)
    });
    let gate = match known {
        Some(known) => Arc::clone(&known.gate),
        None => Arc::new(Gate::new(limits.rate, limits.in_flight_max)),
    };
    Known {
        at,
        path: source.path.clone(),
        limits,
        gate,
        tenants: source.endpoints.count(),
        is_unverified: source.unverified,
    }
}

/// Shows what there is of `sources`, which are those of `pipeline`.
pub(super) fn show(sources: &Sources, pipeline: &Pipeline) {
    let metrics = &pipeline.metrics;
    let unverified = sources.values().filter(|it| it.is_unverified).count();
    let unverified = i64::try_from(unverified).unwrap_or(i64::MAX);
    metrics.unverified_sources.set(unverified);
    for known in sources.values() {
        if let Some((tenants, faulty)) = known.tenants {
            metrics.tenants(known.at, tenants, faulty);
        }
    }
}

/// The paths of the source at place `at`, each with its door.
fn doors(at: usize, source: &SourceSettings, gate: &Arc<Gate>) -> Vec<(String, Door)> {
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
            admission: Arc::clone(&source.admission),
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
fn accept_methods(handshake: &Handshake) -> Vec<Method> {
    handshake
        .when
        .iter()
        .filter(|condition| condition.value.source() == "{method}")
        .flat_map(|condition| &condition.is)
        .filter_map(|text| Method::from_bytes(text.as_bytes()).ok())
        .collect()
}

/// `None` where a way of it leads nowhere.
fn source(source: SourceSettings, carriers: &[Carrier]) -> Option<Source> {
    let placement = |target: &Target| {
        let carrier = carriers.get(target.sink)?;
        let topics = Arc::clone(&carrier.topics);
        Some(Placement {
            sink: Arc::clone(&carrier.sink),
            route: placing::route(&carrier.settings, target, topics),
        })
    };
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
}
