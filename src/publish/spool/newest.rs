//! The newest segment: the only file that is written to.

use std::io::{self, ErrorKind};

use super::disk::Disk;
use super::format::{HEADER_BYTES, Header, Salt, VERSION, name};
use super::log::Log;
use super::segment::Segment;

/// The file that is appended to: that of the newest segment.
pub(super) struct Active<F> {
    file: F,
    /// How long it was at its last sync.
    synced: u64,
    /// Whether it has been changed since.
    dirty: bool,
}

impl<D: Disk> Log<D> {
    /// Sees to it that there is a segment with a header that `bytes` may be appended to.
    pub(super) fn writable(&mut self, bytes: u64) -> io::Result<Salt> {
        let fits = self.active.is_some()
            && self.segments.last().is_some_and(|segment| {
                segment.len <= HEADER_BYTES
                    || segment.len.saturating_add(bytes) <= self.limits.segment_bytes
                    || bytes == 0
            });
        if !fits {
            self.rotate()?;
        }
        let newest = self
            .segments
            .last()
            .map(|segment| (segment.salt, segment.first));
        let Some((salt, first)) = newest else {
            return Err(io::Error::other("a log without a segment"));
        };
        if let Some(salt) = salt {
            return Ok(salt);
        }
        // Durable before any record, so that a file without a header is known to have none.
        let salt = Salt::random()?;
        let version = VERSION;
        self.buffer.clear();
        Header {
            version,
            salt,
            first,
        }
        .write(&mut self.buffer);
        self.put()?;
        self.sync()?;
        if let Some(segment) = self.segments.last_mut() {
            segment.salt = Some(salt);
        }
        Ok(salt)
    }

    /// Begins a new segment: its file is there, durably, and empty. That takes no room on most disks,
    /// and lets those before it go.
    pub(super) fn rotate(&mut self) -> io::Result<()> {
        if self.active.as_ref().is_some_and(|active| active.dirty) {
            // What was cut off must not come back under numbers that the new one gives. On an error
            // the file is done with, and its numbers too.
            let _ = self.sync();
        }
        self.active = None;
        if let Some(newest) = self.segments.last() {
            self.next = self.next.max(newest.first.saturating_add(1));
        }
        let first = self.next;
        let file = match self.disk.create(&name(first)) {
            Ok(file) => file,
            Err(error) => {
                // It may be there all the same.
                self.next = first.saturating_add(1);
                return Err(error);
            }
        };
        if let Err(error) = self.disk.sync_folder() {
            // Its name may not be there after a power cut, so that it cannot stand for the numbers that
            // have been given: the one before it stays the newest.
            let _ = self.disk.remove(&name(first));
            self.next = first.saturating_add(1);
            return Err(error);
        }
        self.segments.push(Segment::new(first));
        self.active = Some(Active {
            file,
            synced: 0,
            dirty: false,
        });
        self.removed = false;
        // What fails here is tried again by `flush`.
        let _ = self.remove_settled();
        Ok(())
    }

    /// Appends the buffer to the newest segment and returns where it begins there.
    pub(super) fn put(&mut self) -> io::Result<u64> {
        let (Some(active), Some(segment)) = (self.active.as_mut(), self.segments.last_mut()) else {
            return Err(io::Error::other("a log without a segment"));
        };
        active.dirty = true;
        let begin = segment.len;
        match self.disk.append(&active.file, &self.buffer) {
            Ok(()) => {
                let bytes = u64::try_from(self.buffer.len()).unwrap_or(u64::MAX);
                segment.len = begin.saturating_add(bytes);
                Ok(begin)
            }
            Err(error) => {
                let is_undone = is_full(&error) && self.disk.truncate(&active.file, begin).is_ok();
                if !is_undone {
                    self.abandon();
                }
                Err(error)
            }
        }
    }

    /// Makes all of the newest segment durable.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        let (Some(active), Some(segment)) = (self.active.as_mut(), self.segments.last()) else {
            return Err(io::Error::other("a log without a segment"));
        };
        match self.disk.sync(&active.file) {
            Ok(()) => {
                active.synced = segment.len;
                active.dirty = false;
                self.unsynced.clear();
                Ok(())
            }
            Err(error) => {
                self.abandon();
                Err(error)
            }
        }
    }

    /// The newest segment's file has failed. After that the system forgets what it could not write,
    /// and says of the next sync that all is well: it is believed as far as it was synced, and
    /// never written to again.
    fn abandon(&mut self) {
        let (Some(active), Some(segment)) = (self.active.take(), self.segments.last_mut()) else {
            return;
        };
        segment.len = active.synced;
        // At best what failed is gone; if not, it is there at the next opening.
        if self.disk.truncate(&active.file, active.synced).is_ok() {
            let _ = self.disk.sync(&active.file);
        }
        self.next = self.next.max(self.written);
        for (first, count) in std::mem::take(&mut self.unsynced) {
            self.pending
                .extend(first..first.saturating_add(u64::from(count)));
        }
    }
}

/// Whether a disk, a quota or a limit of the process is exhausted: what was written can be undone.
pub(super) fn is_full(error: &io::Error) -> bool {
    [
        ErrorKind::StorageFull,
        ErrorKind::QuotaExceeded,
        ErrorKind::FileTooLarge,
    ]
    .contains(&error.kind())
}
