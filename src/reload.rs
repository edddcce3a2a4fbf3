//! Secrets that change in their files while the daemon runs, and tenants that come and go with theirs.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::accept::{Doors, Gate};
use crate::daemon;
use crate::metrics::Metrics;
use crate::pipeline::Source;
use crate::settings::{Faults, Settings};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_millis(1000);

/// Reads the configuration once more, and tells what of it deserves a look that was not told before.
pub type Load = Box<dyn FnMut() -> Result<Settings, Faults> + Send>;

/// What tells one state of a file from another. Behind a link it is that of the link's end, so
/// that the way Kubernetes swaps a volume is seen.
type State = BTreeMap<PathBuf, Option<(u64, i64, i64, u64)>>;

/// What is renewed.
#[derive(Debug)]
pub struct Running {
    /// The sources' names, in order.
    pub names: Vec<String>,
    pub sources: Arc<[Source]>,
    pub doors: Arc<Doors>,
    /// In the sources' order.
    pub gates: Vec<Arc<Gate>>,
    pub metrics: Arc<Metrics>,
}

/// Watches the files that settings came from and gives each source its secrets anew when one has
/// changed: all sources, or none. Runs for ever.
pub async fn watch(files: Vec<PathBuf>, running: Running, load: Load) {
    let seen = state(&files);
    let mut watched = Watched { files, seen, load };
    loop {
        tokio::time::sleep(LOOK).await;
        // There may be thousands of them.
        let looked = tokio::task::spawn_blocking(move || {
            let loaded = watched.look();
            (watched, loaded)
        });
        let Ok((back, loaded)) = looked.await else {
            return;
        };
        watched = back;
        match loaded {
            None => {}
            Some(Ok(settings)) => running.renew(settings),
            Some(Err(faults)) => {
                tracing::error!(%faults, "a secret has changed and is faulty; the old ones stay");
            }
        }
    }
}

struct Watched {
    files: Vec<PathBuf>,
    seen: State,
    load: Load,
}

impl Watched {
    /// The settings, where a file is not what it was.
    fn look(&mut self) -> Option<Result<Settings, Faults>> {
        let now = state(&self.files);
        if now == self.seen {
            return None;
        }
        self.seen = now;
        let mut loaded = (self.load)();
        if let Ok(settings) = &mut loaded {
            // Whoever has come has brought files: they are looked at next time, and read once more
            // then, for they may have changed in between.
            self.files = std::mem::take(&mut settings.files);
        }
        Some(loaded)
    }
}

impl Running {
    fn renew(&self, settings: Settings) {
        for mut new in settings.sources {
            let mut names = self.names.iter().zip(self.sources.iter()).enumerate();
            let known = names.find(|(_, (name, _))| **name == new.name);
            let Some((at, (_, source))) = known else {
                continue;
            };
            let count = new.endpoints.count();
            source.complete(&mut new.endpoints);
            let gate = self.gates.get(at);
            let doors = count
                .zip(gate)
                .map(|(_, gate)| daemon::doors(at, &new, gate));
            source.renew(new.endpoints);
            if let (Some((known, faulty)), Some(doors)) = (count, doors) {
                self.doors.renew(at, doors);
                self.metrics.tenants(at, known, faulty);
            }
        }
        tracing::info!("secrets were read anew");
    }
}

fn state(files: &[PathBuf]) -> State {
    files
        .iter()
        .map(|file| {
            let state = fs::metadata(file).ok();
            let state = state.map(|it| (it.ino(), it.mtime(), it.mtime_nsec(), it.len()));
            (file.clone(), state)
        })
        .collect()
}
