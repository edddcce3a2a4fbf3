//! How much may come, and who says where it comes from.

use std::num::NonZeroU32;

use ipnet::IpNet;
use serde::Deserialize;

use super::SourceLimits;
use super::build::{BODY_BYTES, Build, size};
use super::document::SourceForm;
use crate::accept::{Proxies, Rate};

/// How many requests may come.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RateForm {
    pub(super) requests_per_s: Option<u64>,
    pub(super) burst_max: Option<u64>,
}

/// The rate at `key`; `None` where there is none, or after a fault.
pub(super) fn rate(key: &str, form: Option<&RateForm>, build: &mut Build<'_>) -> Option<Rate> {
    let form = form?;
    let bounds = 1..=1_000_000;
    let at = |field: &str| format!("{key}.{field}");
    let Some(given) = form.requests_per_s else {
        let remedy = "add requests_per_s, what is let in in the long run";
        build.notes.missing(&at("requests_per_s"), remedy);
        return None;
    };
    let per_s = build.number(&at("requests_per_s"), Some(given), 1, bounds.clone());
    // A second's worth may come at once.
    let burst = build.number(&at("burst_max"), form.burst_max, per_s, bounds);
    let number = |number: u64| u32::try_from(number).ok().and_then(NonZeroU32::new);
    Some(Rate {
        requests_per_s: number(per_s)?,
        burst_max: number(burst)?,
    })
}

/// What the source at `key` may have of the daemon.
pub(super) fn of_source(key: &str, form: &SourceForm, build: &mut Build<'_>) -> SourceLimits {
    let at = |field: &str| format!("{key}.{field}");
    let body = build.body_bytes_max;
    let body = build.number(&at("body_bytes_max"), form.body_bytes_max, body, BODY_BYTES);
    let in_flight = form.in_flight_max;
    let in_flight =
        in_flight.map(|own| build.number(&at("in_flight_max"), Some(own), 1, 1..=100_000));
    SourceLimits {
        body_bytes_max: size(body),
        rate: rate(&at("rate"), form.rate.as_ref(), build),
        in_flight_max: in_flight.map(size),
    }
}

/// The networks of trusted proxies.
pub(super) fn proxies(key: &str, given: Option<&[String]>, build: &mut Build<'_>) -> Proxies {
    Proxies(networks(key, given, build))
}

/// Networks, and addresses alone.
pub(super) fn networks(key: &str, given: Option<&[String]>, build: &mut Build<'_>) -> Vec<IpNet> {
    let mut networks = Vec::new();
    for (at, text) in given.unwrap_or_default().iter().enumerate() {
        let address = || text.parse().ok().map(|it: std::net::IpAddr| it.into());
        match text.parse().ok().or_else(address) {
            Some(network) => networks.push(network),
            None => {
                let said = format!("{text:?} is no address and no network");
                let remedy = "write it as in 10.0.0.0/8, fd00::/8 or 192.0.2.1";
                build.notes.fault(&format!("{key}[{at}]"), said, remedy);
            }
        }
    }
    networks
}
