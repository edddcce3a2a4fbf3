//! A configuration that changes while the daemon runs: all that is made of it is made anew, or it is
//! told why not and stays.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::daemon::running::{Refused, Running};
use crate::metrics::Reload;
use crate::settings::{Faults, Loaded};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_millis(1000);

/// Reads the configuration once more, and tells what of it deserves a look that was not told before.
pub type Load = Box<dyn FnMut() -> Result<Loaded, Faults> + Send>;

/// What tells one state of a file from another. Behind a link it is that of the link's end, so
/// that the way Kubernetes swaps a volume is seen.
type State = BTreeMap<PathBuf, Option<(u64, i64, i64, u64)>>;

/// Watches the files that the configuration came from, and has `running` go over to what they say
/// when one has changed. Runs for ever.
pub(crate) async fn watch(mut files: Vec<PathBuf>, running: &mut Running, load: Load) {
    let load = Arc::new(Mutex::new(load));
    let mut seen = state(files.clone()).await;
    loop {
        tokio::time::sleep(LOOK).await;
        running.tidy().await;
        let now = state(files.clone()).await;
        if now == seen {
            continue;
        }
        seen = now;
        let load = Arc::clone(&load);
        // There may be thousands of files.
        let loaded = tokio::task::spawn_blocking(move || {
            let mut load = load.lock().unwrap_or_else(PoisonError::into_inner);
            load()
        });
        let result = match loaded.await {
            Ok(Ok(loaded)) => {
                // Whoever has come has brought files: they are looked at next time, and read once more
                // then, for they may have changed in between.
                files.clone_from(&loaded.settings.files);
                match running.renew(loaded).await {
                    Ok(()) => Reload::Applied,
                    Err(Refused::Fixed(faults)) => {
                        tell(&faults);
                        Reload::NeedsRestart
                    }
                    Err(Refused::Unmade(error)) => {
                        tracing::error!(error, "something of the configuration cannot be made");
                        Reload::Faulty
                    }
                }
            }
            Ok(Err(faults)) => {
                tell(&faults);
                let new = faults.files().iter();
                let new: Vec<_> = new.filter(|it| !files.contains(it)).cloned().collect();
                files.extend(new);
                Reload::Faulty
            }
            Err(error) => {
                tracing::error!(%error, "the configuration could not be read");
                Reload::Faulty
            }
        };
        running.note(result);
    }
}

/// Each fault in a line of its own.
fn tell(faults: &Faults) {
    for fault in faults.iter() {
        tracing::error!(
            place = fault.place(),
            key = fault.key(),
            remedy = fault.remedy(),
            "{}",
            fault.said()
        );
    }
}

async fn state(files: Vec<PathBuf>) -> State {
    let looked = tokio::task::spawn_blocking(move || {
        let look = |file: PathBuf| {
            let state = fs::metadata(&file).ok();
            let state = state.map(|it| (it.ino(), it.mtime(), it.mtime_nsec(), it.len()));
            (file, state)
        };
        files.into_iter().map(look).collect()
    });
    looked.await.unwrap_or_default()
}
