//! What cannot be read is copied before it is given up: there may be a webhook in it.

use std::io;

use super::disk::Disk;
use super::format::name;
use super::scan::CHUNK;

/// How much was found damaged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Damaged {
    /// Places: runs of bytes that are no whole entry.
    pub places: u64,
    pub bytes: u64,
}

impl Damaged {
    pub(super) fn of(places: &[Place]) -> Self {
        let mut damaged = Self::default();
        for place in places {
            damaged.add(place);
        }
        damaged
    }

    pub(super) fn add(&mut self, place: &Place) {
        self.places = self.places.saturating_add(1);
        self.bytes = self.bytes.saturating_add(place.bytes);
    }
}

/// Bytes of a segment that are no whole entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The segment's first sequence number.
    pub(super) first: u64,
    pub(super) at: u64,
    pub(super) bytes: u64,
}

impl Place {
    /// Whether all of `other` is part of this.
    pub(super) fn holds(&self, other: &Self) -> bool {
        let end = |place: &Self| place.at.saturating_add(place.bytes);
        self.first == other.first && self.at <= other.at && end(other) <= end(self)
    }

    /// What the copy is called.
    fn copy(&self) -> String {
        format!("damaged-{:020}-{}", self.first, self.at)
    }

    /// Copies the damaged bytes to a file of their own and says so. That there is no room for them is
    /// no reason to stop carrying what is whole: they are still in the segment until that is removed.
    pub(super) fn set_aside<D: Disk>(&self, disk: &D, file: &D::File) {
        let (segment, copy) = (name(self.first), self.copy());
        let (offset, bytes) = (self.at, self.bytes);
        match self.keep(disk, file, &copy) {
            Ok(true) => tracing::error!(
                segment,
                offset,
                bytes,
                copy,
                "part of the spool is damaged; it was copied and is stepped over"
            ),
            Ok(false) => tracing::warn!(
                segment,
                offset,
                bytes,
                copy,
                "part of the spool is damaged, as was said before"
            ),
            Err(error) => tracing::error!(
                segment, offset, bytes, %error,
                "part of the spool is damaged and could not be copied; it is stepped over"
            ),
        }
    }

    /// Whether it was not known before.
    fn keep<D: Disk>(&self, disk: &D, from: &D::File, name: &str) -> io::Result<bool> {
        let copy = match disk.create(name) {
            Ok(copy) => copy,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let copy = disk.open(name)?;
                if disk.len(&copy)? == self.bytes {
                    return Ok(false);
                }
                // The copying was cut short.
                disk.truncate(&copy, 0)?;
                copy
            }
            Err(error) => return Err(error),
        };
        let end = self.at.saturating_add(self.bytes);
        let mut at = self.at;
        let mut buffer = Vec::new();
        while at < end {
            let left = usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX);
            buffer.resize(left.min(CHUNK), 0);
            let read = disk.read_at(from, at, &mut buffer)?;
            if read == 0 {
                break;
            }
            disk.append(&copy, buffer.get(..read).unwrap_or_default())?;
            at = at.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        }
        disk.sync(&copy)?;
        disk.sync_folder()?;
        Ok(true)
    }
}
