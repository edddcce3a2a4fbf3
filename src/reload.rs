//! A configuration that changes while the daemon runs: all that is made of it is made anew, or it is
//! told why not and stays.

mod notices;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::signal::unix::Signal;
use tokio::time::{MissedTickBehavior, interval};

use crate::daemon::running::{Refused, Running};
use crate::metrics::Reload;
use crate::service;
use crate::settings::{Faults, Loaded};
use notices::Notices;

/// How often the files are looked at in any case: where the system tells of no changes, as on NFS.
const LOOK: Duration = Duration::from_secs(5);
/// Two looks so far apart have to find the same: what is being written is not read.
const SETTLED: Duration = Duration::from_millis(100);
/// So many looks at most.
const LOOKS_MAX: usize = 20;
/// How often it is looked whether something is no longer needed.
const TIDY: Duration = Duration::from_millis(500);

/// Reads the configuration once more, and tells what of it deserves a look that was not told before.
pub type Load = Box<dyn FnMut() -> Result<Loaded, Faults> + Send>;

/// What tells one state of a file from another. Behind a link it is that of the link's end, so
/// that the way Kubernetes swaps a volume is seen. The time is that of the last change to its content
/// or to who may read it.
type State = BTreeMap<PathBuf, Option<One>>;

#[derive(Clone, Copy, PartialEq, Eq)]
struct One {
    inode: u64,
    changed_s: i64,
    changed_ns: i64,
    len: u64,
}

impl One {
    fn nanos(self) -> u128 {
        let part = |number: i64| u128::try_from(number).unwrap_or_default();
        part(self.changed_s) * 1_000_000_000 + part(self.changed_ns)
    }
}

/// Watches the files that the configuration came from, and has `running` go over to what they say
/// when one has changed, or when `hangup` asks for it. Runs for ever.
pub(crate) async fn watch(
    (files, read_at): (Vec<PathBuf>, SystemTime),
    running: &mut Running,
    load: Load,
    hangup: &mut Signal,
) {
    let load = Arc::new(Mutex::new(load));
    let mut files = Files::new(files, read_at).await;
    let mut look = interval(LOOK);
    let mut tidy = interval(TIDY);
    for interval in [&mut look, &mut tidy] {
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    loop {
        let is_asked = tokio::select! {
            () = files.are_noticed() => false,
            _ = look.tick() => false,
            Some(()) = hangup.recv() => true,
            _ = tidy.tick() => {
                running.tidy().await;
                continue;
            }
        };
        if files.have_changed().await || is_asked {
            service::reloading();
            let result = renew(running, &load, &mut files).await;
            service::reloaded(match &result {
                Reload::Applied => "the configuration is the new one",
                Reload::NeedsRestart => {
                    "the configuration is the old one: the new one needs a restart"
                }
                Reload::Faulty => "the configuration is the old one: the new one is faulty",
            });
            running.note(result);
        }
    }
}

async fn renew(running: &mut Running, load: &Arc<Mutex<Load>>, files: &mut Files) -> Reload {
    let (load, read_at) = (Arc::clone(load), SystemTime::now());
    // There may be thousands of files.
    let loaded = tokio::task::spawn_blocking(move || {
        let mut load = load.lock().unwrap_or_else(PoisonError::into_inner);
        load()
    });
    match loaded.await {
        Ok(Ok(loaded)) => {
            files.are(loaded.settings.files.clone(), read_at).await;
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
            // Those that count are looked at too: a change back is a remedy.
            let mut all = faults.files().to_vec();
            all.extend(files.seen.keys().cloned());
            files.are(all, read_at).await;
            Reload::Faulty
        }
        // It has panicked, which is a mistake of ours and no reason to stop serving.
        Err(error) => {
            tracing::error!(%error, "the configuration could not be read");
            Reload::Faulty
        }
    }
}

/// The files that are looked at.
struct Files {
    seen: State,
    /// Lent while they are told what to watch.
    notices: Option<Notices>,
}

impl Files {
    async fn new(files: Vec<PathBuf>, read_at: SystemTime) -> Self {
        let mut own = Self {
            seen: State::new(),
            notices: Some(Notices::new()),
        };
        own.are(files, read_at).await;
        own
    }

    /// From now on these are looked at, which were read at `read_at` or later. What has changed since
    /// is seen to have.
    async fn are(&mut self, files: Vec<PathBuf>, read_at: SystemTime) {
        if let Some(mut notices) = self.notices.take() {
            let named = files.clone();
            let watching = tokio::task::spawn_blocking(move || {
                notices.of(&named);
                notices
            });
            self.notices = watching.await.ok();
        }
        let now = state(files).await;
        let before = std::mem::take(&mut self.seen);
        let read_at = read_at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let read_at = read_at.as_nanos();
        let kept = |(file, now): (PathBuf, Option<One>)| {
            // One that was not looked at before is known by its time alone.
            let is_new = now.is_some_and(|one| one.nanos() > read_at);
            let known = now.filter(|_| !is_new);
            let before = before.get(&file).copied().unwrap_or(known);
            (file, before)
        };
        self.seen = now.into_iter().map(kept).collect();
    }

    /// Returns once the system has told of a change, which may be one of something else.
    async fn are_noticed(&mut self) {
        match &mut self.notices {
            Some(notices) => notices.next().await,
            None => std::future::pending().await,
        }
    }

    /// Whether one is not what it was. That is told once.
    async fn have_changed(&mut self) -> bool {
        if let Some(notices) = &mut self.notices {
            notices.quiet().await;
        }
        let files: Vec<_> = self.seen.keys().cloned().collect();
        let mut now = state(files.clone()).await;
        if now == self.seen {
            return false;
        }
        for _ in 0..LOOKS_MAX {
            tokio::time::sleep(SETTLED).await;
            let again = state(files.clone()).await;
            if std::mem::replace(&mut now, again) == now {
                break;
            }
        }
        self.seen = now;
        true
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
            let state = state.map(|it| One {
                inode: it.ino(),
                changed_s: it.ctime(),
                changed_ns: it.ctime_nsec(),
                len: it.len(),
            });
            (file, state)
        };
        files.into_iter().map(look).collect()
    });
    looked.await.unwrap_or_default()
}
