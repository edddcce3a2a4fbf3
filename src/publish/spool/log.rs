//! A log of records in segments, each a file: appended to at one end, settled anywhere, removed at
//! the other end.
//!
//! What is promised after any crash, power cut or error of the disk:
//! - a record whose [`Log::append`] returned `Ok` is there until it is settled;
//! - what was settled before an `append` that returned `Ok` stays settled; what was settled later
//!   may wait again, and after a failed sync may look settled to the next process but wait again
//!   after that one's power was cut: a record is there twice then, never not at all;
//! - a record whose `append` failed is not among those that wait, but may be after the next opening;
//! - no two acknowledged records have the same sequence number.

use std::fmt;
use std::io;

use super::damage::Place;
use super::disk::Disk;
use super::format::{self, HEAD_BYTES, HEADER_BYTES, Range, SETTLE_BYTES, settlements_bytes};
use super::newest::{Active, is_full};
use super::segment::Segment;

pub use super::damage::Damaged;
pub use super::recover::{OpenError, Recovery};

/// Settlements that are written but not synced are remembered, in case their file fails; beyond so
/// many they are synced.
const UNSYNCED_MAX: usize = 16 << 10;
/// What is kept of the buffer between appends, bytes.
const BUFFER_KEPT: usize = 4 << 20;

/// How large a log may grow.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A segment is followed by another before it grows beyond this; only what is appended at once
    /// and does not fit makes a larger one.
    pub segment_bytes: u64,
    /// All segments together, with room to settle all that waits. Copies of damaged parts are not
    /// counted.
    pub bytes_max: u64,
}

/// A record to be kept.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// A number of the caller's: a hash of the ordering key.
    pub mark: u32,
    /// Unix milliseconds.
    pub at_ms: u64,
    pub payload: &'a [u8],
}

/// A record that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub seq: u64,
    pub mark: u32,
    /// Unix milliseconds.
    pub at_ms: u64,
    pub payload: Vec<u8>,
}

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// It would be more than `bytes_max`. Fewer records at once may still fit.
    #[error("the log is as large as it may be")]
    Full,
    /// One of them would never fit: it is larger than a segment, or than `bytes_max`.
    #[error("the record is larger than the log takes")]
    TooLarge,
    /// The disk's word. `StorageFull` passes when there is room again.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// See the module's text.
pub struct Log<D: Disk> {
    pub(super) disk: D,
    pub(super) limits: Limits,
    /// By sequence number. The last one's file is never removed: its name says which numbers have
    /// been given.
    pub(super) segments: Vec<Segment>,
    pub(super) active: Option<Active<D::File>>,
    pub(super) next: u64,
    /// One past the highest number that was ever written to a file, acknowledged or not.
    pub(super) written: u64,
    pub(super) waiting: u64,
    /// Settled, and not written yet.
    pub(super) pending: Vec<u64>,
    /// Written, and not synced yet.
    pub(super) unsynced: Vec<Range>,
    /// A file has been removed, and the folder not synced since.
    pub(super) removed: bool,
    pub(super) buffer: Vec<u8>,
    /// The segment that was read last.
    pub(super) reader: Option<(u64, D::File)>,
    /// A record, and its Unix milliseconds; the oldest that waits for as long as it waits.
    pub(super) oldest: Option<(u64, u64)>,
    pub(super) damaged: Damaged,
    /// What `damaged` counts, in the segments that are there.
    pub(super) places: Vec<Place>,
}

impl<D: Disk> fmt::Debug for Log<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log")
            .field("limits", &self.limits)
            .field("next", &self.next)
            .field("waiting", &self.waiting)
            .finish_non_exhaustive()
    }
}

impl<D: Disk> Log<D> {
    pub(super) fn found(
        disk: D,
        limits: Limits,
        segments: Vec<Segment>,
        next: u64,
        places: Vec<Place>,
    ) -> Self {
        Self {
            disk,
            limits,
            waiting: segments.iter().map(|segment| segment.waiting).sum(),
            segments,
            active: None,
            next,
            written: next,
            pending: Vec::new(),
            unsynced: Vec::new(),
            removed: false,
            buffer: Vec::new(),
            reader: None,
            oldest: None,
            damaged: Damaged::of(&places),
            places,
        }
    }

    /// Keeps `entries`, all or none, and returns the sequence number of the first; the others follow.
    /// `Ok` is said once they are durable, and with them all that was settled before: one write and
    /// one sync for all of them.
    ///
    /// # Errors
    /// Nothing is kept, and none of it will be read. After an error of the disk it may be there at
    /// the next opening, under numbers that are not given again.
    pub fn append(&mut self, entries: &[Entry<'_>]) -> Result<u64, AppendError> {
        let mut need = 0_u64;
        for entry in entries {
            let len = u32::try_from(entry.payload.len()).map_err(|_| AppendError::TooLarge)?;
            let bytes = HEAD_BYTES + u64::from(len);
            let alone = HEADER_BYTES + bytes;
            if alone > self.limits.segment_bytes
                || alone + HEADER_BYTES + SETTLE_BYTES > self.limits.bytes_max
            {
                return Err(AppendError::TooLarge);
            }
            need = need.saturating_add(bytes);
        }
        self.make_room(entries.len(), need)?;
        match self.write(entries, need) {
            // What was settled may be what fills the disk.
            Err(error) if is_full(&error) && self.give_back() => Ok(self.write(entries, need)?),
            other => Ok(other?),
        }
    }

    /// The record need not be kept any more. That is so at once in memory, and on the disk with the
    /// next [`Log::append`] or [`Log::flush`]. False when no such record waits.
    pub fn settle(&mut self, seq: u64) -> bool {
        let Some(segment) = self.segment_of(seq) else {
            return false;
        };
        let waited = segment.settle(seq);
        if waited {
            self.waiting = self.waiting.saturating_sub(1);
            self.pending.push(seq);
        }
        waited
    }

    /// Removes segments that nobody needs any more, and writes what was settled, without waiting for
    /// it to be durable: should that be lost, a record is there twice. Removing needs no room.
    ///
    /// # Errors
    /// What was not done is done by the next call.
    pub fn flush(&mut self) -> io::Result<()> {
        let removed = self.remove_settled();
        self.write_settlements()?;
        removed
    }

    /// How many records wait.
    pub const fn entries(&self) -> u64 {
        self.waiting
    }

    /// How many bytes all segments have on the disk.
    pub fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.len).sum()
    }

    /// What was found damaged since the log was opened, and by opening it.
    pub const fn damaged(&self) -> Damaged {
        self.damaged
    }

    pub(super) fn segment_of(&mut self, seq: u64) -> Option<&mut Segment> {
        let index = self.segments.partition_point(|segment| segment.end <= seq);
        self.segments
            .get_mut(index)
            .filter(|segment| segment.first <= seq)
    }

    /// Sees to it that `need` bytes of `count` records may be written, and all settled that waits.
    fn make_room(&mut self, count: usize, need: u64) -> Result<(), AppendError> {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        // Each of them is settled in the end, and at worst by an entry of its own.
        let most = HEADER_BYTES
            .saturating_add(need)
            .saturating_add(count.saturating_mul(SETTLE_BYTES));
        if self.has_room(most) {
            return Ok(());
        }
        self.remove_settled()?;
        if !self.has_room(most) && self.waiting == 0 && self.has_entries() {
            self.rotate()?;
        }
        self.has_room(most).then_some(()).ok_or(AppendError::Full)
    }

    fn has_room(&self, most: u64) -> bool {
        let pending = u64::try_from(self.pending.len()).unwrap_or(u64::MAX);
        let settling = self
            .waiting
            .saturating_add(pending)
            .saturating_mul(SETTLE_BYTES);
        let settling = settling.saturating_add(HEADER_BYTES);
        self.bytes().saturating_add(settling).saturating_add(most) <= self.limits.bytes_max
    }

    /// Whether the newest segment has more than a header.
    fn has_entries(&self) -> bool {
        self.segments
            .last()
            .is_some_and(|segment| segment.len > HEADER_BYTES)
    }

    fn write(&mut self, entries: &[Entry<'_>], need: u64) -> io::Result<u64> {
        let settling = settlements_bytes(&format::ranges(&mut self.pending));
        let salt = self.writable(need.saturating_add(settling))?;
        // A new segment may have let old ones go, or an old one failed: this is what is left to say.
        let settled = format::ranges(&mut self.pending);
        let total = need.saturating_add(settlements_bytes(&settled));
        let first = self.next;
        self.buffer.clear();
        self.buffer.reserve(usize::try_from(total).unwrap_or(0));
        format::write_settlements(salt, &settled, &mut self.buffer);
        let begin = u64::try_from(self.buffer.len()).unwrap_or(u64::MAX);
        let mut next = first;
        for entry in entries {
            let stamp = (entry.mark, entry.at_ms);
            format::write_record(salt, next, stamp, entry.payload, &mut self.buffer);
            next = next.saturating_add(1);
        }
        // What was removed has no settlements any more, so it must not come back.
        self.sync_removed()?;
        self.written = self.written.max(next);
        let offset = self.put()?;
        self.settles(&settled);
        self.sync()?;
        // Only now is it true.
        self.pending.clear();
        if let Some(segment) = self.segments.last_mut() {
            let mut offset = offset.saturating_add(begin);
            for (seq, entry) in (first..next).zip(entries) {
                segment.push(seq, offset);
                let len = u64::try_from(entry.payload.len()).unwrap_or(u64::MAX);
                offset = offset.saturating_add(HEAD_BYTES).saturating_add(len);
            }
        }
        self.waiting = self.waiting.saturating_add(next.saturating_sub(first));
        self.next = next;
        if self.buffer.capacity() > BUFFER_KEPT {
            self.buffer = Vec::new();
        }
        Ok(first)
    }

    fn write_settlements(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let salt = self.writable(0)?;
        let settled = format::ranges(&mut self.pending);
        self.buffer.clear();
        format::write_settlements(salt, &settled, &mut self.buffer);
        self.put()?;
        self.settles(&settled);
        self.pending.clear();
        self.unsynced.extend(settled);
        if self.unsynced.len() > UNSYNCED_MAX {
            self.sync()?;
        }
        Ok(())
    }

    /// Notes that the newest segment holds such settlements.
    fn settles(&mut self, settled: &[Range]) {
        if let (Some(segment), Some((first, _))) = (self.segments.last_mut(), settled.first()) {
            segment.settles_from = segment.settles_from.min(*first);
        }
    }

    /// After the disk was found full: whether something could be removed.
    fn give_back(&mut self) -> bool {
        let before = self.bytes();
        let _ = self.remove_settled();
        if self.waiting == 0 && self.has_entries() {
            let _ = self.rotate();
        }
        self.bytes() < before
    }
}
