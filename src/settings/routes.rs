//! Routes: which sinks the events of a source go to.

use std::sync::Arc;

use serde_json::Value;

use super::build::{Build, if_given};
use super::document::{RouteForm, TargetForm};
use super::faults::suggestion;
use super::read::read;
use super::shaping;
use super::sinks::{keys, template_at};
use super::{RouteSettings, SourceSettings, Target};
use crate::normalize::expression::Purpose;
use crate::publish::Rule;

/// A route before it is known which sources it is for.
struct Route {
    key: String,
    rule: Arc<Rule>,
    /// All where it names none.
    sources: Option<Vec<String>>,
    /// As the source says, where it names no sink.
    to: Option<Vec<Target>>,
}

/// Gives every source its routes. Without any, all of its events go as the source itself says.
pub(super) fn routes(
    forms: Option<&[Value]>,
    sources: &mut [SourceSettings],
    build: &mut Build<'_>,
) {
    if let Some(forms) = forms {
        give(forms, sources, build);
    }
    for source in sources {
        let rules = source.routes.iter().flat_map(|it| it.rule.expressions());
        source.shape.read_once_with(rules);
    }
}

fn give(forms: &[Value], sources: &mut [SourceSettings], build: &mut Build<'_>) {
    let faults = build.notes.faults.len();
    let mut routes: Vec<Route> = Vec::new();
    for (at, form) in forms.iter().enumerate() {
        let key = format!("routes[{at}]");
        let Some(form) = read::<RouteForm>(form, &key, &mut build.notes) else {
            continue;
        };
        let known: Vec<_> = routes.iter().map(|route| &*route.rule.name).collect();
        if form
            .name
            .as_deref()
            .is_some_and(|name| known.contains(&name))
        {
            let said = "another route has the same name";
            let remedy = "give each a name of its own: metrics and route --explain show it";
            build.notes.fault(&format!("{key}.name"), said, remedy);
        }
        let names: Vec<_> = sources.iter().map(|source| source.name.clone()).collect();
        routes.extend(route(&key, &form, &names, build));
    }
    if build.notes.faults.len() > faults {
        return;
    }
    for source in sources.iter_mut() {
        let own = routes.iter().filter(|route| route.is_for(&source.name));
        let own: Vec<_> = own.collect();
        if !own.last().is_some_and(|route| route.rule.fits_all()) {
            let said = format!("source {} has events that no route is for", source.name);
            let remedy = "end the list with a route that has neither types nor when: - name: rest";
            build.notes.fault("routes", said, remedy);
            continue;
        }
        let own_ways = source.routes.first().map(|route| route.to.clone());
        let own_ways = own_ways.unwrap_or_default();
        let settle = |route: &Route| RouteSettings {
            rule: Arc::clone(&route.rule),
            to: match &route.to {
                None => own_ways.clone(),
                Some(to) => to
                    .iter()
                    .map(|it| laid_over(it, own_ways.first()))
                    .collect(),
            },
        };
        source.routes = own.into_iter().map(settle).collect();
    }
    unreachable(&routes, build);
}

/// A route's target; what it leaves open the source says, and then the sink.
fn laid_over(target: &Target, source: Option<&Target>) -> Target {
    let mut target = target.clone();
    if let Some(source) = source {
        target.topic = target.topic.or_else(|| source.topic.clone());
        target.key = target.key.or_else(|| source.key.clone());
    }
    target
}

impl Route {
    fn is_for(&self, source: &str) -> bool {
        let named = self.sources.as_ref();
        named.is_none_or(|named| named.iter().any(|name| name == source))
    }

    /// Whether no event reaches `later` that has come by this one.
    fn hides(&self, later: &Self) -> bool {
        let sources = match (&self.sources, &later.sources) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(other)) => other.iter().all(|name| own.contains(name)),
        };
        sources && self.rule.covers(&later.rule)
    }
}

/// Warns of routes that no event reaches.
fn unreachable(routes: &[Route], build: &mut Build<'_>) {
    for (at, route) in routes.iter().enumerate() {
        let before = routes.get(..at).unwrap_or_default();
        if let Some(hiding) = before.iter().find(|earlier| earlier.hides(route)) {
            let said = format!("no event reaches it: route {} is first", hiding.rule.name);
            let remedy = "put it before that one, or remove it";
            build.notes.warn(&route.key, said, remedy);
        }
    }
}

fn route(key: &str, form: &RouteForm, sources: &[String], build: &mut Build<'_>) -> Option<Route> {
    let at = |field: &str| format!("{key}.{field}");
    let name = form.name.clone();
    match &name {
        Some(name) => build.name(&at("name"), name),
        None => build.notes.missing(
            &at("name"),
            "name it: metrics and route --explain show it".to_owned(),
        ),
    }
    for (place, source) in form.sources.iter().flatten().enumerate() {
        if !sources.contains(source) {
            let near = suggestion(source, sources.iter().map(String::as_str));
            let remedy = format!("{near}known sources: {}", sources.join(", "));
            let key = format!("{}[{place}]", at("sources"));
            // A source that has a fault of its own is not among them.
            if !build.notes.is_faulty("sources") {
                build
                    .notes
                    .fault(&key, format!("there is no source {source}"), remedy);
            }
        }
    }
    let when = form.when.as_ref();
    let when = when.map(|when| shaping::expression(&at("when"), when, Purpose::Condition, build));
    let filter = form.filter.as_ref();
    let filter = filter.map(|form| shaping::filter(&at("filter"), form, build));
    let types = shaping::types(&at("types"), form.types.as_ref(), build);
    let to = form.to.as_ref();
    let to = to.map(|forms| targets(&at("to"), forms, build));
    Some(Route {
        key: key.to_owned(),
        rule: Arc::new(Rule {
            name: name?.into(),
            types,
            when: if_given(when)?,
            filter: match filter {
                Some(filter) => filter?,
                None => Default::default(),
            },
        }),
        sources: form.sources.clone(),
        to: if_given(to)?,
    })
}

fn targets(key: &str, forms: &[TargetForm], build: &mut Build<'_>) -> Option<Vec<Target>> {
    if forms.is_empty() {
        let remedy = "name a sink, as in to: [{ sink: kafka }]; or remove the key: then the source's \
                      own are meant";
        build.notes.fault(key, "it names no sink", remedy);
    }
    let targets = forms.iter().enumerate();
    let targets: Vec<_> = targets
        .map(|(at, form)| target(&format!("{key}[{at}]"), form, build))
        .collect();
    targets.into_iter().collect()
}

fn target(key: &str, form: &TargetForm, build: &mut Build<'_>) -> Option<Target> {
    let at = |field: &str| format!("{key}.{field}");
    let known = build.sinks.join(", ");
    let sink = match &form.sink {
        None => {
            let remedy = format!("name one; known sinks: {known}");
            build.notes.missing(&at("sink"), remedy);
            None
        }
        Some(name) => {
            let place = build.sinks.iter().position(|sink| sink == name);
            if place.is_none() {
                let near = suggestion(name, build.sinks.iter().map(String::as_str));
                let remedy = format!("{near}known sinks: {known}");
                build
                    .notes
                    .fault(&at("sink"), format!("there is no sink {name}"), remedy);
            }
            place
        }
    };
    let topic = form.topic.as_deref();
    let topic = topic.map(|text| template_at(&at("topic"), text, build));
    let key = form
        .key
        .as_ref()
        .map(|given| keys(&at("key"), Some(given), build));
    let mut headers = Vec::new();
    for (name, text) in &form.headers {
        let key = format!("{}.{name}", at("headers"));
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if name.is_empty() || name.len() > 128 || !name.bytes().all(is_plain) {
            let remedy = "write up to 128 letters, digits, -, _ and .";
            build.notes.fault(&key, "it is not a header's name", remedy);
        } else if ["ce_", "ce-", "content-type", "hookferry-"]
            .iter()
            .any(|own| {
                let start = name.get(..own.len());
                start.is_some_and(|start| start.eq_ignore_ascii_case(own))
            })
        {
            let remedy =
                "choose another; what begins with ce_, ce- or hookferry- is the envelope's";
            build
                .notes
                .fault(&key, "the envelope has this header itself", remedy);
        }
        let template = template_at(&key, text, build);
        headers.push(template.map(|template| (name.clone(), template)));
    }
    Some(Target {
        sink: sink?,
        topic: if_given(topic)?,
        key: if_given(key)?,
        encoding: form.encoding,
        headers: headers.into_iter().collect::<Option<_>>()?,
    })
}
