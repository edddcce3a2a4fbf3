//! Where a check's events have to arrive, by the configuration.

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;

use super::Check;
use crate::accept::Received;
use crate::authenticate::{Arrival, authenticate};
use crate::daemon::placing;
use crate::normalize::{self, Event};
use crate::publish::watch::Place;
use crate::publish::{Topics, first_fit};
use crate::settings::{SinkKind, SinkSettings};
use crate::sign::{self, Signed};
use crate::synthetic::{self, Marked};
use crate::time::UnixTime;

/// A place, and how many of the events arrive there.
#[derive(Debug, Clone)]
pub(super) struct Arriving {
    pub(super) place: Place,
    pub(super) count: usize,
}

/// The request of the run named `run`, signed and marked as of now.
///
/// # Errors
/// Why it cannot be.
pub(super) fn request(check: &Check, run: &str) -> Result<Signed, String> {
    let now = UnixTime::now();
    let scheme = &check.endpoint.scheme;
    let sample = &check.settings.sample;
    let signed = sign::sign_held(&check.preset, scheme, sample, &check.url, (run, now));
    let (mut signed, _) = signed?;
    let marked = Marked {
        source: &check.source,
        tenant: check.settings.tenant.as_deref(),
        body: &signed.body,
    };
    let mark: Option<HeaderValue> = synthetic::mark(scheme, marked, run, now);
    let mark = mark.ok_or("the source holds no secret")?;
    signed.headers.insert(synthetic::HEADER, mark);
    Ok(signed)
}

/// Where the events of `signed` arrive. It is looked at as the source will look at it, but for filters,
/// schemas and edits: whether those let it through is what is to be found out.
///
/// # Errors
/// What the source says of the request.
pub(super) fn arriving(check: &Check, signed: &Signed) -> Result<Vec<Arriving>, String> {
    let uri = signed.url.parse();
    let received = Received::new(
        signed.method.clone(),
        uri.map_err(|_| "the URL is none".to_owned())?,
        signed.headers.clone(),
        Bytes::copy_from_slice(&signed.body),
        UnixTime::now(),
    );
    let (scheme, now) = (&check.endpoint.scheme, received.at());
    let verified = match authenticate(scheme, received, now, &mut ()) {
        Ok(Arrival::Delivery(verified)) => verified,
        Ok(Arrival::Handshake(_)) => {
            return Err("it is a handshake, which is answered and not published".into());
        }
        Err(refusal) => return Err(refusal.to_string()),
    };
    let mut arriving = Vec::<Arriving>::new();
    for event in normalize::events(&check.endpoint.mapping, verified).events {
        for place in places(check, event) {
            let text = place.text();
            match arriving.iter_mut().find(|known| known.place.text() == text) {
                Some(known) => known.count += 1,
                None => arriving.push(Arriving { place, count: 1 }),
            }
        }
    }
    Ok(arriving)
}

fn places(check: &Check, mut event: Event) -> Vec<Place> {
    event.be_synthetic(&Arc::from(""));
    let rules = check.routes.iter().map(|route| &*route.rule);
    let found = first_fit(rules, &mut event, &mut |_, _| {});
    let route = found.and_then(|at| check.routes.get(at));
    let route = route.or(check.routes.last());
    let targets = route.into_iter().flat_map(|route| &route.to);
    let place = |target| {
        let target: &crate::settings::Target = target;
        let sink = check.sinks.get(target.sink)?;
        let topics = Arc::new(Topics::new(sink.topics_max));
        let topic = placing::route(sink, target, topics).topic(&event);
        let topic = check.expect().topic.clone().unwrap_or(topic);
        Some(at(sink, topic))
    };
    targets.filter_map(place).collect()
}

fn at(sink: &SinkSettings, topic: String) -> Place {
    match &sink.kind {
        SinkKind::Kafka(options) => Place::Kafka {
            brokers: options.brokers.clone(),
            properties: options.properties.clone(),
            topic,
        },
        SinkKind::Rabbitmq(options) => Place::Rabbitmq {
            options: Box::new(options.clone()),
            routing_key: topic,
        },
    }
}
