//! Where something has changed, as the kernel tells it.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;
use std::{fmt, fs, io};

use inotify::{EventMask, Inotify, WatchDescriptor, WatchMask, Watches};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{Instant, timeout_at};

/// Folders that notices are asked for. The kernel has a limit for all programs of a user, and what is
/// beyond ours is looked at now and then in any case.
const FOLDERS_MAX: usize = 512;
/// Links that are followed from one file.
const LINKS_MAX: usize = 40;
/// Nothing has to change for so long before the files are looked at: several are often changed at once.
const QUIET: Duration = Duration::from_millis(100);
/// But they are looked at after this.
const QUIET_WITHIN: Duration = Duration::from_secs(2);

/// Notices of changes in the folders of files.
pub(super) struct Notices {
    heard: mpsc::Receiver<()>,
    /// `None` where the system has none for us.
    watches: Option<Watches>,
    watched: Vec<WatchDescriptor>,
    /// The last thing that was said of why some are missing, so that it is said once.
    said: String,
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notices").finish_non_exhaustive()
    }
}

impl Notices {
    /// Starts the thread that hears them, which ends with the process.
    pub(super) fn new() -> Self {
        // One says as much as many.
        let (tell, heard) = mpsc::channel(1);
        let (mut watches, mut said) = (None, String::new());
        match start(tell) {
            Ok(started) => watches = Some(started),
            Err(error) => {
                said = error.to_string();
                miss(&said);
            }
        }
        Self {
            heard,
            watches,
            watched: Vec::new(),
            said,
        }
    }

    /// From now on notices are of `files`, and of whatever stands between them and their names. It
    /// blocks.
    pub(super) fn of(&mut self, files: &[PathBuf]) {
        let Some(watches) = &mut self.watches else {
            return;
        };
        // All of them anew, for a folder that was moved away is still watched where it is.
        for old in self.watched.drain(..) {
            // The kernel may have been first.
            let _ = watches.remove(old);
        }
        // A file that is being written is not whole before it is closed; reading one is no news.
        let changes = WatchMask::CLOSE_WRITE
            | WatchMask::ATTRIB
            | WatchMask::CREATE
            | WatchMask::DELETE
            | WatchMask::MOVE
            | WatchMask::DELETE_SELF
            | WatchMask::MOVE_SELF
            | WatchMask::ONLYDIR;
        let mut said = String::new();
        for folder in folders(files) {
            match watches.add(&folder, changes) {
                Ok(watch) => self.watched.push(watch),
                // One that is not there is looked at in vain, which is no news.
                Err(_) if !folder.exists() => {}
                Err(error) => said = error.to_string(),
            }
        }
        if said != self.said && !said.is_empty() {
            miss(&said);
        }
        self.said = said;
    }

    /// Returns once something has changed.
    pub(super) async fn next(&mut self) {
        if self.heard.recv().await.is_none() {
            std::future::pending().await
        }
    }

    /// Returns once nothing more has changed for a moment.
    pub(super) async fn quiet(&mut self) {
        let latest = Instant::now() + QUIET_WITHIN;
        while let Ok(Some(())) =
            timeout_at(latest.min(Instant::now() + QUIET), self.heard.recv()).await
        {}
    }
}

/// Says that changes are not told.
fn miss(error: &str) {
    tracing::warn!(
        error,
        "the system does not tell of every change to the configuration's files: they are looked at \
         every few seconds all the same"
    );
}

/// Has `tell` told of every change there will be notices of.
fn start(tell: mpsc::Sender<()>) -> io::Result<Watches> {
    let mut inotify = Inotify::init()?;
    let watches = inotify.watches();
    let hear = move || {
        let mut buffer = [0; 4096];
        while let Ok(mut events) = inotify.read_events_blocking(&mut buffer) {
            // That one is no longer watched is our own doing, or follows something else.
            let is_change = events.any(|event| event.mask != EventMask::IGNORED);
            // One that waits already says the same.
            if is_change && tell.try_send(()) == Err(TrySendError::Closed(())) {
                return;
            }
        }
    };
    let thread = std::thread::Builder::new().name("notices".to_owned());
    thread.spawn(hear)?;
    Ok(watches)
}

/// The folders in which something changes when one of `files` becomes another: their own, and those of
/// the links on the way to them.
fn folders(files: &[PathBuf]) -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::new();
    for file in files {
        if folders.len() >= FOLDERS_MAX {
            break;
        }
        if let Ok(file) = std::path::absolute(file) {
            follow(&file, &mut folders);
        }
    }
    folders
}

/// Adds the folders of `file`, and of every link that its path leads over.
fn follow(file: &Path, folders: &mut BTreeSet<PathBuf>) {
    let mut rest: Vec<PathBuf> = parts(file);
    let mut path = PathBuf::from("/");
    let mut links = 0;
    while let Some(part) = rest.pop() {
        if part.as_os_str() == ".." {
            path.pop();
            continue;
        }
        let next = path.join(&part);
        if let Ok(target) = fs::read_link(&next) {
            folders.insert(path.clone());
            links += 1;
            if links > LINKS_MAX {
                return;
            }
            if target.is_absolute() {
                path = PathBuf::from("/");
            }
            rest.extend(parts(&target));
            continue;
        }
        if rest.is_empty() {
            folders.insert(path.clone());
            // What a folder holds is what may change of it.
            if next.is_dir() {
                folders.insert(next.clone());
            }
        }
        path = next;
    }
}

/// The parts of a path, the first one last.
fn parts(path: &Path) -> Vec<PathBuf> {
    let parts = path.components().rev();
    let parts = parts.filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    parts.map(|part| PathBuf::from(part.as_os_str())).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::folders;

    #[test]
    fn every_folder_on_the_way_to_a_file_is_watched() {
        let root = std::env::temp_dir().join(format!("hookferry-folders-{}", std::process::id()));
        // As Kubernetes mounts a volume, and a link to it from elsewhere.
        fs::create_dir_all(root.join("volume/..1")).unwrap();
        fs::create_dir_all(root.join("etc")).unwrap();
        fs::write(root.join("volume/..1/config.yaml"), "").unwrap();
        symlink("..1", root.join("volume/..data")).unwrap();
        symlink("..data/config.yaml", root.join("volume/config.yaml")).unwrap();
        symlink("../volume/config.yaml", root.join("etc/hookferry.yaml")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        let root = root.canonicalize().unwrap();
        let found = folders(&[root.join("etc/hookferry.yaml"), root.join("loop/x")]);
        let expected: BTreeSet<_> = ["etc", "volume", "volume/..1", ""]
            .iter()
            .map(|it| {
                if it.is_empty() {
                    root.clone()
                } else {
                    root.join(it)
                }
            })
            .collect();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(found, expected);
    }
}
