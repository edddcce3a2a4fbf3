//! `hookferry probe`: the checks of a configuration, each once, against a daemon that runs.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use super::{CONFIG, FAILED, USAGE};
use crate::checks::{self, Check, Report};
use crate::daemon;
use crate::fetch::Fetcher;
use crate::settings::{self, Settings};

#[derive(Debug, clap::Args)]
pub struct ProbeArgs {
    /// The configuration file; `HOOKFERRY__...` environment variables are laid over it
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Run this check only; may be given several times
    #[arg(long, value_name = "NAME")]
    check: Vec<String>,
    /// Where the daemon is, up to its sources' paths: http:// or https://, instead of what the
    /// configuration says
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Print a JSON object for each check
    #[arg(long)]
    json: bool,
}

pub fn run(args: &ProbeArgs) -> ExitCode {
    let loaded = match settings::load(args.config.as_deref()) {
        Ok(loaded) => loaded,
        Err(faults) => {
            eprintln!("{faults}");
            return ExitCode::from(CONFIG);
        }
    };
    for warning in &loaded.warnings {
        if warning.key().starts_with("checks.") {
            eprintln!("warning: {warning}");
        }
    }
    let chosen = match chosen(args, &loaded.settings) {
        Ok(chosen) => chosen,
        Err(said) => {
            eprintln!("{said}");
            return ExitCode::from(USAGE);
        }
    };
    match probe(&chosen, args.json) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FAILED),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(FAILED)
        }
    }
}

/// The checks that are meant.
fn chosen(args: &ProbeArgs, settings: &Settings) -> Result<Vec<Arc<Check>>, String> {
    let base = match &args.url {
        None => {
            let goes_there = settings.checks.iter().any(|check| check.url.is_none());
            if settings.listen.port() == 0 && goes_there {
                return Err("listen has no port of its own: name the daemon with --url".into());
            }
            daemon::own_url(settings.listen)
        }
        Some(url) => {
            let uri = url.parse::<http::Uri>().ok();
            let is_whole = uri.is_some_and(|uri| {
                matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some()
            });
            if !is_whole || url.contains(['?', '#', '@']) {
                return Err(format!(
                    "--url {url:?} is no http:// or https:// URL, as in https://hooks.example.com"
                ));
            }
            url.clone()
        }
    };
    let mut checks = checks::of(settings, &base, args.url.is_some());
    if checks.is_empty() {
        return Err(
            "the configuration has no checks; add one, as in checks: { github: { source: github } }"
                .into(),
        );
    }
    let known: Vec<_> = checks.iter().map(|it| it.name().to_owned()).collect();
    if let Some(unknown) = args.check.iter().find(|name| !known.contains(name)) {
        let known = known.join(", ");
        return Err(format!(
            "there is no check {unknown}; known checks: {known}"
        ));
    }
    checks.retain(|it| args.check.is_empty() || args.check.iter().any(|name| name == it.name()));
    Ok(checks)
}

/// Runs them, one after the other; whether all passed.
fn probe(checks: &[Arc<Check>], json: bool) -> Result<bool, String> {
    let runtime = tokio::runtime::Runtime::new();
    let runtime = runtime.map_err(|error| format!("cannot start the runtime: {error}"))?;
    let fetcher = Fetcher::for_deliveries()?;
    let mut all_passed = true;
    for check in checks {
        let report = runtime.block_on(checks::run(check, &fetcher));
        all_passed &= report.failure.is_none();
        let line = if json {
            as_json(&report)
        } else {
            as_text(&report)
        };
        println!("{line}");
    }
    Ok(all_passed)
}

fn as_text(report: &Report) -> String {
    let check = &report.check;
    if let Some(failure) = &report.failure {
        return format!(
            "FAILED {check}: {}: expected {}, got {}",
            failure.outcome.label(),
            failure.expected,
            failure.got
        );
    }
    let ms = |took: Option<std::time::Duration>| took.unwrap_or_default().as_millis();
    let status = report.status.unwrap_or_default();
    let reply = format!("passed {check}: {status} after {} ms", ms(report.reply));
    if report.places.is_empty() {
        return format!("{reply}, nothing at the broker");
    }
    let places = report.places.join(", ");
    format!("{reply}, at {places} after {} ms", ms(report.arrival))
}

fn as_json(report: &Report) -> String {
    let failure = report.failure.as_ref();
    serde_json::json!({
        "check": report.check,
        "passed": failure.is_none(),
        "result": report.outcome().label(),
        "expected": failure.map(|it| &it.expected),
        "got": failure.map(|it| &it.got),
        "run": report.run,
        "status": report.status,
        "reply_seconds": report.reply.map(|took| took.as_secs_f64()),
        "arrival_seconds": report.arrival.map(|took| took.as_secs_f64()),
        "places": report.places,
    })
    .to_string()
}
