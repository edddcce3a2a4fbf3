//! What has come, on disk: a line of JSON each, in two files at most.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// A file that is begun anew when it is full; the one before is kept beside it.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    bytes: u64,
    /// Of both together.
    bytes_max: u64,
}

impl Journal {
    /// # Errors
    /// The file cannot be written.
    pub(super) fn open(path: &Path, bytes_max: u64) -> Result<Self, String> {
        let file = open(path).map_err(|error| {
            let shown = path.display();
            format!(
                "admin.inspector.journal: {shown} cannot be written: {error}; name a file that can"
            )
        })?;
        let bytes = file.metadata().map_or(0, |metadata| metadata.len());
        Ok(Self {
            path: path.to_owned(),
            file,
            bytes,
            bytes_max,
        })
    }

    /// Writes a line. What fails is told once, in the log: nothing waits for it.
    pub(super) fn write(&mut self, line: &[u8]) -> std::io::Result<()> {
        let bytes = u64::try_from(line.len()).unwrap_or(u64::MAX);
        if self.bytes > 0 && self.bytes + bytes > self.bytes_max / 2 {
            let mut before = self.path.clone().into_os_string();
            before.push(".1");
            std::fs::rename(&self.path, before)?;
            self.file = open(&self.path)?;
            self.bytes = 0;
        }
        self.file.write_all(line)?;
        self.bytes += bytes;
        Ok(())
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600).open(path)
}
