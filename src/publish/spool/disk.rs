//! What the log asks of a file system.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// One folder of files. Nothing is durable before it says so: a file's bytes and length are once
/// [`Disk::sync`] has returned `Ok`, that a file is there or gone once [`Disk::sync_folder`] has.
pub trait Disk: Send + 'static {
    /// An open file that can be read and appended to.
    type File: Send;

    /// The names of all files, in any order.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Makes an empty file; fails if there is one of that name.
    fn create(&self, name: &str) -> io::Result<Self::File>;

    fn open(&self, name: &str) -> io::Result<Self::File>;

    /// Writes at the end. After an error any part of `bytes` may be there.
    fn append(&self, file: &Self::File, bytes: &[u8]) -> io::Result<()>;

    /// Fills `into` from `offset` on and returns how much of it; less than all only at the end.
    fn read_at(&self, file: &Self::File, offset: u64, into: &mut [u8]) -> io::Result<usize>;

    fn len(&self, file: &Self::File) -> io::Result<u64>;

    /// Makes bytes and length durable: fdatasync.
    fn sync(&self, file: &Self::File) -> io::Result<()>;

    fn truncate(&self, file: &Self::File, len: u64) -> io::Result<()>;

    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes durable which files there are.
    fn sync_folder(&self) -> io::Result<()>;
}

/// A real folder. It and its files are for the daemon's user only: webhooks are nobody else's
/// business.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// The folder itself, to be synced.
    folder: File,
    /// Held for as long as this lives: two owners would write over each other.
    _lock: Option<File>,
}

impl Folder {
    /// Takes the folder for this process alone; makes it, durably, when it is not there.
    ///
    /// # Errors
    /// `ResourceBusy` when another process has it; what the file system says otherwise.
    pub fn new(path: &Path) -> io::Result<Self> {
        make(path)?;
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let text = "another process uses this folder";
                return Err(io::Error::new(ErrorKind::ResourceBusy, text));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        Ok(Self {
            path: path.to_owned(),
            folder: File::open(path)?,
            _lock: Some(lock),
        })
    }

    /// To look at a folder that may be another process's.
    pub(super) fn look(path: &Path) -> io::Result<Self> {
        Ok(Self {
            path: path.to_owned(),
            folder: File::open(path)?,
            _lock: None,
        })
    }
}

/// Makes a folder and those above it. Each is durable only once the one above is synced, and one that
/// is there may be of a process that did not live to do that.
pub(super) fn make(path: &Path) -> io::Result<()> {
    let above = match path.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    };
    let is_new = !path.is_dir();
    if is_new {
        make(above)?;
        match DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => {}
            // Somebody else was as quick.
            Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => {}
            Err(error) => return Err(error),
        }
    }
    match File::open(above).and_then(|above| above.sync_all()) {
        // Then it was not one of us who made it.
        Err(error) if !is_new && is_foreign(&error) => Ok(()),
        other => other,
    }
}

/// Whether a folder is not ours to write to.
fn is_foreign(error: &io::Error) -> bool {
    [
        ErrorKind::PermissionDenied,
        ErrorKind::ReadOnlyFilesystem,
        ErrorKind::InvalidInput,
    ]
    .contains(&error.kind())
}

impl Disk for Folder {
    type File = File;

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            // What is not text is none of ours.
            names.extend(entry?.file_name().into_string().ok());
        }
        Ok(names)
    }

    fn create(&self, name: &str) -> io::Result<File> {
        OpenOptions::new()
            .read(true)
            .append(true)
            .create_new(true)
            .mode(0o600)
            .open(self.path.join(name))
    }

    fn open(&self, name: &str) -> io::Result<File> {
        let mut options = OpenOptions::new();
        // Who only looks may have no right to write.
        options.read(true).append(self._lock.is_some());
        options.open(self.path.join(name))
    }

    fn append(&self, mut file: &File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn read_at(&self, file: &File, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let (mut rest, mut read) = (into, 0_usize);
        while !rest.is_empty() {
            let at = offset.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
            match file.read_at(rest, at) {
                Ok(0) => break,
                Ok(count) => {
                    read = read.saturating_add(count);
                    rest = rest.get_mut(count..).unwrap_or_default();
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }

    fn len(&self, file: &File) -> io::Result<u64> {
        Ok(file.metadata()?.len())
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }

    fn truncate(&self, file: &File, len: u64) -> io::Result<()> {
        file.set_len(len)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path.join(name))
    }

    fn sync_folder(&self) -> io::Result<()> {
        self.folder.sync_all()
    }
}
