//! `hookferry serve`: the daemon.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::publish::spool;
use crate::settings::Settings;
use crate::{daemon, logging, sandbox, scheduling, settings};

use super::{CONFIG, FAILED};

#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// The configuration file; `HOOKFERRY__...` environment variables are laid over it
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
}

pub fn run(args: &ServeArgs) -> ExitCode {
    let loaded = match settings::load(args.config.as_deref()) {
        Ok(loaded) => loaded,
        Err(faults) => {
            eprintln!("{faults}");
            return ExitCode::from(CONFIG);
        }
    };
    logging::start(loaded.settings.log.format, &loaded.settings.log.level);
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    if let Err(error) = confine(&loaded.settings) {
        tracing::error!("{error}");
        return ExitCode::from(FAILED);
    }
    scheduling::take_turns();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "cannot start the runtime");
            return ExitCode::from(FAILED);
        }
    };
    let config = args.config.clone();
    let mut told = loaded.warnings;
    let load = Box::new(move || {
        let loaded = settings::load(config.as_deref())?;
        let new = loaded.warnings.iter().filter(|it| !told.contains(it));
        new.for_each(|warning| tracing::warn!("{warning}"));
        told.clone_from(&loaded.warnings);
        Ok(loaded)
    });
    match runtime.block_on(daemon::run(loaded.settings, load, |_| {})) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::from(FAILED)
        }
    }
}

/// Before the runtime's threads, which have to inherit it.
fn confine(settings: &Settings) -> Result<(), String> {
    let Some(folders) = &settings.sandbox else {
        return Ok(());
    };
    if let Some(spool) = &settings.spool {
        // Made here, since its parent cannot be written to afterwards.
        drop(spool::Lock::take(&spool.path)?);
    }
    sandbox::enter(folders)
}
