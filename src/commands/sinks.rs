//! What commands that work on a configuration's sinks share.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::{CONFIG, USAGE};
use crate::daemon::placing;
use crate::publish::replay::Reading;
use crate::settings::{self, Settings, SinkSettings};

/// An exit code and what is said with it.
pub(super) type Failure = (u8, String);

/// Reads the configuration.
pub(super) fn load(file: Option<&Path>) -> Result<Settings, Failure> {
    let loaded = settings::load(file).map_err(|faults| (CONFIG, faults.to_string()))?;
    Ok(loaded.settings)
}

/// The sink of that name; without one, the only sink that there is.
pub(super) fn one<'s>(
    settings: &'s Settings,
    name: Option<&str>,
) -> Result<&'s SinkSettings, Failure> {
    let sinks = &settings.sinks;
    let names: Vec<_> = sinks.iter().map(|sink| sink.name.as_str()).collect();
    let names = names.join(", ");
    match (name, sinks.as_slice()) {
        (Some(name), _) => {
            let sink = sinks.iter().find(|sink| sink.name == name);
            sink.ok_or_else(|| {
                (
                    USAGE,
                    format!("there is no sink {name}; there are: {names}"),
                )
            })
        }
        (None, [sink]) => Ok(sink),
        (None, _) => Err((USAGE, format!("name the sink with --sink, one of: {names}"))),
    }
}

/// The sinks that are meant: that of `name`, or all.
pub(super) fn some<'s>(
    settings: &'s Settings,
    name: Option<&str>,
) -> Result<Vec<&'s SinkSettings>, Failure> {
    match name {
        Some(_) => Ok(vec![one(settings, name)?]),
        None => Ok(settings.sinks.iter().collect()),
    }
}

/// What it takes to read the sink's dead letters.
pub(super) fn reading(settings: &Settings, sink: &SinkSettings, topic: Option<&str>) -> Reading {
    let places = |source: &settings::SourceSettings| {
        let places = source.endpoints.all();
        let places = places.map(|(_, endpoint)| endpoint.mapping.origin.uri.clone());
        let place = |uri| (uri, source.name.clone());
        places.map(place).collect::<Vec<_>>()
    };
    Reading {
        attribute_prefix: placing::shape(sink).attribute_prefix,
        unread_topic: topic.unwrap_or(&sink.default_topic).to_owned(),
        sources: settings
            .sources
            .iter()
            .flat_map(places)
            .collect::<BTreeMap<_, _>>(),
    }
}

/// A stranger's text for a terminal, which its control characters could make do things.
pub(super) fn printable(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for char in text.chars() {
        if char.is_control() {
            // Writing to a String cannot fail.
            let _ = write!(plain, "{}", char.escape_default());
        } else {
            plain.push(char);
        }
    }
    plain
}
