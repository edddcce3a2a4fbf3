//! Secrets that change in their files while the daemon runs.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::pipeline::Source;
use crate::settings::{Faults, Settings};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_millis(1000);

/// Reads the configuration once more.
pub type Load = Box<dyn Fn() -> Result<Settings, Faults> + Send>;

/// What tells one state of a file from another. Behind a link it is that of the link's end, so
/// that the way Kubernetes swaps a volume is seen.
type State = BTreeMap<PathBuf, Option<(u64, i64, i64, u64)>>;

/// Watches the files that `settings` came from and gives each source its secrets anew when one
/// has changed: all sources, or none. Runs for ever.
pub async fn watch(files: Vec<PathBuf>, names: Vec<String>, sources: Arc<[Source]>, load: Load) {
    let mut seen = state(&files);
    loop {
        tokio::time::sleep(LOOK).await;
        let now = state(&files);
        if now == seen {
            continue;
        }
        seen = now;
        match load() {
            Ok(settings) => renew(settings, &names, &sources),
            Err(faults) => {
                tracing::error!(%faults, "a secret has changed and is faulty; the old ones stay");
            }
        }
    }
}

fn renew(settings: Settings, names: &[String], sources: &[Source]) {
    let mut read: BTreeMap<_, _> = settings
        .sources
        .into_iter()
        .map(|source| (source.name, source.endpoint))
        .collect();
    for (name, source) in names.iter().zip(sources) {
        if let Some(endpoint) = read.remove(name) {
            source.renew(endpoint);
        }
    }
    tracing::info!("secrets were read anew");
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
