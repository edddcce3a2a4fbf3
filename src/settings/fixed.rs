//! What a running daemon cannot change: a configuration that differs there is for the next start.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::faults::{Fault, Faults};
use super::{InspectorSettings, Loaded, Log, Settings};
use crate::publish::spool;
use crate::{dedup, otlp};

/// What the daemon was started with and keeps until it ends.
#[derive(Debug, Clone)]
pub struct Fixed {
    listen: SocketAddr,
    admin_listen: SocketAddr,
    inspector: Option<InspectorSettings>,
    log: Log,
    connections_max: usize,
    spool: Option<spool::Options>,
    dedup: dedup::Options,
    tracing: Option<otlp::Options>,
    sandbox: Option<Vec<PathBuf>>,
}

impl Settings {
    pub fn fixed(&self) -> Fixed {
        // All keys of the document are here, so that a new one is given its place: fixed, or part of
        // what is made anew.
        let Self {
            listen,
            admin_listen,
            tls: _,
            admin_tls: _,
            inspector,
            public_url: _,
            log,
            limits,
            shutdown: _,
            spool,
            dedup,
            tracing,
            sinks: _,
            sources: _,
            sandbox,
            checks: _,
            files: _,
            read_at: _,
        } = self;
        Fixed {
            listen: *listen,
            admin_listen: *admin_listen,
            inspector: inspector.as_ref().map(InspectorSettings::fixed),
            log: log.clone(),
            connections_max: limits.connections_max,
            spool: spool.clone(),
            dedup: dedup.clone(),
            tracing: tracing.clone(),
            sandbox: sandbox.clone(),
        }
    }
}

impl Loaded {
    /// Whether a daemon that was started with `running` can go over to this without a restart.
    ///
    /// # Errors
    /// Every key that it cannot change.
    pub fn follows(&self, running: &Fixed) -> Result<(), Faults> {
        let own = self.settings.fixed();
        let mut faults = Vec::new();
        for key in own.differing(running) {
            let said = match key {
                "sandbox" => {
                    "it was changed, or a file to write got another folder, and what was given up does \
                     not come back"
                }
                _ => "it was changed, and a running daemon cannot change it",
            };
            let remedy = "restart the daemon, or change it back: until then nothing of the new \
                          configuration counts";
            faults.push(Fault::new(self.places.find(key), key, said, remedy));
        }
        if faults.is_empty() {
            return Ok(());
        }
        Err(Faults::new(faults).among(self.settings.files.clone()))
    }
}

impl Fixed {
    /// What was given up at the start does not come back: a folder that is new is for the next start.
    fn fits_sandbox(&self, other: &Self) -> bool {
        match (&self.sandbox, &other.sandbox) {
            (None, None) => true,
            (Some(own), Some(given)) => own.iter().all(|folder| given.contains(folder)),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    fn differing(&self, other: &Self) -> Vec<&'static str> {
        let spools = self.spool.as_ref().zip(other.spool.as_ref());
        let spool = |differs: fn(&spool::Options, &spool::Options) -> bool| {
            spools.is_some_and(|(one, other)| differs(one, other))
        };
        let all = [
            ("listen", self.listen != other.listen),
            ("admin.listen", self.admin_listen != other.admin_listen),
            ("admin.inspector", self.inspector != other.inspector),
            ("log.format", self.log.format != other.log.format),
            ("log.level", self.log.level != other.log.level),
            (
                "limits.connections_max",
                self.connections_max != other.connections_max,
            ),
            ("spool", self.spool.is_some() != other.spool.is_some()),
            ("spool.path", spool(|one, other| one.path != other.path)),
            (
                "spool.bytes_max",
                spool(|one, other| one.bytes_max != other.bytes_max),
            ),
            (
                "spool.age_max_s",
                spool(|one, other| one.age_max != other.age_max),
            ),
            (
                "spool.takeover_ms",
                spool(|one, other| one.takeover != other.takeover),
            ),
            ("dedup.window_s", self.dedup.window != other.dedup.window),
            (
                "dedup.entries_max",
                self.dedup.entries_max != other.dedup.entries_max,
            ),
            ("dedup.redis", self.dedup.shared != other.dedup.shared),
            ("tracing.otlp", self.tracing != other.tracing),
            ("sandbox", !self.fits_sandbox(other)),
        ];
        let differing = all.into_iter().filter(|(_, differs)| *differs);
        differing.map(|(key, _)| key).collect()
    }
}
