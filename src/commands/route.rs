//! `hookferry route`: where an event would go, and why. Nothing is sent.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};

use super::{CONFIG, FAILED, USAGE, verify};
use crate::accept::Received;
use crate::authenticate::{Arrival, authenticate};
use crate::daemon::placing;
use crate::normalize::{self, Delivery, Dropped, Event};
use crate::publish::{Topics, first_fit};
use crate::settings::compile::{self, Endpoint, Operator};
use crate::settings::preset::{Preset, Sample, VerifyForm};
use crate::settings::{self, RouteSettings, Settings, SourceSettings, TENANT};
use crate::time::UnixTime;

#[derive(Debug, clap::Args)]
pub struct RouteArgs {
    /// The configuration file; `HOOKFERRY__...` environment variables are laid over it
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The source that the event comes from
    #[arg(long, value_name = "NAME")]
    source: String,
    /// Whose webhook it is, where the source has tenants
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// Which of the preset's samples, by its event type; the first where absent
    #[arg(long, value_name = "TYPE", conflicts_with = "file")]
    event: Option<String>,
    /// Another body for the sample
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    data: Option<PathBuf>,
    /// Say why, too
    #[arg(long)]
    explain: bool,
    /// A raw HTTP/1.1 request: head, empty line, body. Its signature is not looked at
    file: Option<PathBuf>,
}

pub fn run(args: &RouteArgs) -> ExitCode {
    let loaded = match settings::load(args.config.as_deref()) {
        Ok(loaded) => loaded,
        Err(faults) => {
            eprintln!("{faults}");
            return ExitCode::from(CONFIG);
        }
    };
    let sources = &loaded.settings.sources;
    let Some(source) = sources.iter().find(|source| source.name == args.source) else {
        let known: Vec<_> = sources.iter().map(|source| source.name.as_str()).collect();
        eprintln!(
            "there is no source {}; known sources: {}",
            args.source,
            known.join(", ")
        );
        return ExitCode::from(USAGE);
    };
    match told(args, &loaded.settings, source) {
        Ok(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Err(said) => {
            eprintln!("{said}");
            ExitCode::from(FAILED)
        }
    }
}

/// Where each event of the request goes, in lines.
fn told(args: &RouteArgs, settings: &Settings, source: &SourceSettings) -> Result<String, String> {
    let received = match &args.file {
        Some(file) => verify::raw(file, UnixTime::now())?,
        None => sample(args, source)?,
    };
    let endpoint = endpoint(source, args.tenant.as_deref())?;
    let delivery = delivery(source, endpoint, received)?;
    let count = delivery.events.len();
    let mut lines = Vec::new();
    let before: Vec<_> = delivery.events.iter().map(described).collect();
    let bytes = bytes(&delivery);
    let shaped = source.shape.apply(delivery);
    let shaped = shaped.map_err(|rejected| {
        let violations = rejected.violations.iter();
        let words: Vec<_> = violations
            .map(|it| format!("{} at {:?}", it.keyword, it.at))
            .collect();
        format!(
            "rejected with 422, for it violates its schema: {}",
            words.join(", ")
        )
    })?;
    if args.explain {
        lines.extend(before.into_iter().map(|event| format!("event    {event}")));
    }
    lines.extend(shaped.dropped.iter().map(filtered));
    let after = self::bytes(&shaped);
    if args.explain && shaped.dropped.is_empty() && after != bytes {
        lines.push(format!("edited   {bytes} bytes of data become {after}"));
    }
    for event in shaped.events {
        routed(args.explain, settings, source, event, &mut lines);
    }
    if count == 0 {
        lines.push("no event".to_owned());
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

fn bytes(delivery: &Delivery) -> usize {
    let events = delivery.events.iter();
    events.map(|event| event.data().len()).sum()
}

fn filtered(dropped: &Dropped) -> String {
    let rule = dropped.rule();
    format!("filtered by {rule}: answered 2xx and not published")
}

fn described(event: &Event) -> String {
    format!(
        "{} ({}), id {}{}",
        event.event().unwrap_or("of unknown type"),
        event.kind(),
        event.id(),
        event
            .subject()
            .map_or_else(String::new, |subject| format!(", subject {subject}")),
    )
}

/// Says which way `event` goes.
fn routed(
    explain: bool,
    settings: &Settings,
    source: &SourceSettings,
    mut event: Event,
    lines: &mut Vec<String>,
) {
    let rules = source.routes.iter().map(|route| &*route.rule);
    let found = first_fit(rules, &mut event, &mut |rule, fit| {
        if explain {
            lines.push(format!("route    {}: {fit}", rule.name));
        }
    });
    let chosen = found.and_then(|at| source.routes.get(at));
    let chosen = chosen.or(source.routes.last());
    let Some(route) = chosen else { return };
    let name = &route.rule.name;
    if let Some(dropped) = route.rule.drops(&mut event) {
        return lines.push(filtered(&dropped));
    }
    if let Some(oddity) = event.oddity() {
        let detail = event.detail().unwrap_or_default();
        lines.push(format!("dead letter: {} {detail}", oddity.label()));
    }
    for target in &route.to {
        let Some(sink) = settings.sinks.get(target.sink) else {
            continue;
        };
        let topics = Arc::new(Topics::new(sink.topics_max));
        let placed = placing::route(sink, target, topics);
        let record = placed.record(&event);
        let (topic, key) = record.place();
        let key = if key.is_empty() { "none" } else { key };
        lines.push(format!(
            "{name}: sink {}, topic {topic}, key {key}",
            sink.name
        ));
    }
}

/// By what the source's requests are judged: those of the tenant that is named, where it has tenants.
fn endpoint<'s>(source: &'s SourceSettings, tenant: Option<&str>) -> Result<&'s Endpoint, String> {
    if let Some(endpoint) = source.endpoints.of(tenant) {
        return Ok(endpoint);
    }
    if source.endpoints.count().is_none() {
        return Err(format!("source {} has no tenants", source.name));
    }
    let tenants = source.endpoints.all();
    let mut known: Vec<_> = tenants
        .filter_map(|(name, _)| name.map(|it| &**it))
        .collect();
    known.truncate(10);
    let known = known.join(", ");
    Err(format!(
        "name a tenant of source {} with --tenant, as in: {known}",
        source.name
    ))
}

/// The events of a request whose signature is taken for granted.
fn delivery(
    source: &SourceSettings,
    endpoint: &Endpoint,
    received: Received,
) -> Result<Delivery, String> {
    let mut preset: Preset = source.preset.clone();
    preset.verify = VerifyForm::None;
    let operator = Operator {
        name: source.name.clone(),
        uri: endpoint.mapping.origin.uri.clone(),
        url: endpoint.scheme.url.clone(),
        ..Operator::default()
    };
    let problems = |problems: Vec<compile::Problem>| {
        let said = problems.into_iter().map(|problem| problem.said);
        said.collect::<Vec<_>>().join("; ")
    };
    let mut open = compile::endpoint(&preset, &operator).map_err(problems)?;
    // What the source's own mapping knows of the operator's values counts.
    open.scheme.params.clone_from(&endpoint.scheme.params);
    let now = received.at();
    match authenticate(&open.scheme, received, now, &mut ()) {
        Ok(Arrival::Delivery(verified)) => Ok(normalize::events(&endpoint.mapping, verified)),
        Ok(Arrival::Handshake(_)) => {
            Err("it is a handshake, which is answered and not published".to_owned())
        }
        Err(refusal) => Err(format!("it is no delivery: {refusal}")),
    }
}

/// A sample of the preset's, as a request.
fn sample(args: &RouteArgs, source: &SourceSettings) -> Result<Received, String> {
    let mut sample: Sample = super::send::sample(&source.preset, args.event.as_deref())?;
    if let Some(file) = &args.data {
        sample.body = std::fs::read_to_string(file)
            .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    }
    let mut headers = HeaderMap::new();
    let own = [(header::CONTENT_TYPE.as_str(), sample.content_type.as_str())];
    let further = sample.headers.iter();
    let further = further.map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in own.into_iter().chain(further) {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| error.to_string())?;
        let value = HeaderValue::from_str(value).map_err(|error| error.to_string())?;
        headers.insert(name, value);
    }
    let path = match &args.tenant {
        Some(tenant) => source.path.replace(TENANT, tenant),
        None => source.path.clone(),
    };
    let target = match &sample.query {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let uri = target.parse().map_err(|_| format!("{target} is no path"))?;
    let body = Bytes::from(sample.body);
    Ok(Received::new(
        Method::POST,
        uri,
        headers,
        body,
        UnixTime::now(),
    ))
}

/// A route's sinks with their topics, as `kafka (webhooks.{event})`.
pub(super) fn places(settings: &Settings, route: &RouteSettings) -> Vec<String> {
    let targets = route.to.iter();
    targets
        .filter_map(|target| {
            let sink = settings.sinks.get(target.sink)?;
            let topic = target.topic.as_ref().unwrap_or(&sink.topic);
            Some(format!("{} ({})", sink.name, topic.source()))
        })
        .collect()
}
