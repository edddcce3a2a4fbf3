//! `hookferry check`: every fault of a configuration at once, or what it would run.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::settings::{self, Loaded, Settings, SinkKind, SourceSettings};
use crate::tls::Identity;

use super::CONFIG;

#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// The configuration file; `HOOKFERRY__...` environment variables are laid over it
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub fn run(args: &CheckArgs) -> ExitCode {
    match settings::load(args.config.as_deref()) {
        Ok(loaded) => {
            for warning in &loaded.warnings {
                eprintln!("warning: {warning}");
            }
            print!("{}", summary(args.config.as_deref(), &loaded));
            ExitCode::SUCCESS
        }
        Err(faults) => {
            eprintln!("{faults}");
            ExitCode::from(CONFIG)
        }
    }
}

/// What would run, a line for each listener, sink and source.
fn summary(file: Option<&Path>, loaded: &Loaded) -> String {
    let (settings, warnings) = (&loaded.settings, &loaded.warnings);
    let mut text = String::new();
    let named = file.map_or("the environment".to_owned(), |file| {
        file.display().to_string()
    });
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{named}: no faults, {} warnings", warnings.len());
    let _ = writeln!(
        text,
        "listen   {}{} (admin {}{})",
        settings.listen,
        shown(settings.tls.as_ref()),
        settings.admin_listen,
        shown(settings.admin_tls.as_ref())
    );
    if let Some(url) = &settings.public_url {
        let _ = writeln!(text, "public   {url}");
    }
    for sink in &settings.sinks {
        let kind = match &sink.kind {
            SinkKind::Kafka(options) => format!("kafka at {}", options.brokers),
            SinkKind::Rabbitmq(options) => format!("rabbitmq, exchange {}", options.exchange),
        };
        let topic = sink.topic.source();
        let _ = writeln!(text, "sink     {}: {kind}, topic {topic}", sink.name);
    }
    for source in &settings.sources {
        let _ = writeln!(text, "source   {}", line(settings, source));
    }
    text
}

/// What a listener shows.
fn shown(identity: Option<&Identity>) -> String {
    let until = identity.map(|it| it.expires().text());
    until.map_or_else(String::new, |until| format!(" with TLS until {until}"))
}

fn line(settings: &Settings, source: &SourceSettings) -> String {
    let ways: Vec<_> = source
        .routes
        .iter()
        .map(|route| {
            let sinks = super::route::places(settings, route).join(", ");
            if route.rule.fits_all() {
                sinks
            } else {
                format!("{}: {sinks}", route.rule.name)
            }
        })
        .collect();
    format!(
        "{}: {} at {}{} to {}, reply within {} ms{}",
        source.name,
        source.preset.id,
        source.path,
        match source.endpoints.count() {
            Some((1, 0)) => " (1 tenant)".to_owned(),
            Some((known, 0)) => format!(" ({known} tenants)"),
            Some((known, faulty)) => format!(" ({known} tenants, {faulty} FAULTY)"),
            None => String::new(),
        },
        ways.join("; "),
        source.reply_within.as_millis(),
        if source.unverified {
            ", NOT VERIFIED"
        } else {
            ""
        },
    )
}
