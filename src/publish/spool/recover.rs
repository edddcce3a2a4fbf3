//! Opening a log: every segment is read once, what was torn is cut, what is damaged is set aside.

use std::io;

use super::damage::{Damaged, Place};
use super::disk::Disk;
use super::format::{
    HEAD_BYTES, HEADER_BYTES, Header, Kind, VERSION, first_of, name, read_settlement,
};
use super::log::{Limits, Log};
use super::scan::{Scan, Step};
use super::segment::Segment;

/// What opening a log found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Bytes at the end of the newest segment that were no whole entry: what was being written, and
    /// not acknowledged, when the process or the machine stopped. They were cut off.
    pub torn_bytes: u64,
    /// What was damaged and has been copied to files `damaged-…`: it counts again at every opening
    /// until its segment is removed.
    pub damaged: Damaged,
    /// Copies of segments' headers that were damaged, where the other one was whole: nothing is lost.
    pub damaged_headers: u64,
    pub segments: u64,
}

/// Why a log cannot be opened. Nothing in the folder has been changed then.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another version of this program wrote it.
    #[error("{file} is of format {found}; this version reads format {known} only")]
    Version {
        file: String,
        found: u32,
        known: u32,
    },
    /// A file was renamed: what it settles would be other records.
    #[error("{file} does not belong where it is: its records begin at {first}")]
    Misplaced { file: String, first: u64 },
    #[error("{file}: {error}")]
    File { file: String, error: io::Error },
    #[error(transparent)]
    Folder(#[from] io::Error),
}

/// What is in a folder, found without changing anything.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) segments: Vec<Segment>,
    pub(super) damage: Vec<Place>,
    /// At the end of the newest segment.
    pub(super) torn_bytes: u64,
    damaged_headers: u64,
    /// A lower bound of what has never been a sequence number.
    next: u64,
}

impl Survey {
    pub(super) fn new<D: Disk>(disk: &D) -> Result<Self, OpenError> {
        let mut survey = Self {
            next: 1,
            ..Self::default()
        };
        let mut firsts: Vec<_> = disk
            .list()?
            .iter()
            .filter_map(|name| first_of(name))
            .collect();
        firsts.sort_unstable();
        let following = firsts.iter().skip(1).copied().map(Some).chain([None]);
        for (first, following) in firsts.iter().copied().zip(following) {
            let outcome = survey.read(disk, first, following);
            outcome.map_err(|error| match error {
                OpenError::Folder(error) => {
                    let file = name(first);
                    OpenError::File { file, error }
                }
                other @ (OpenError::Version { .. }
                | OpenError::Misplaced { .. }
                | OpenError::File { .. }) => other,
            })?;
        }
        Ok(survey)
    }

    /// Reads the segment that begins with `first`, and is followed by the one of `following`.
    fn read<D: Disk>(
        &mut self,
        disk: &D,
        first: u64,
        following: Option<u64>,
    ) -> Result<(), OpenError> {
        let file = disk.open(&name(first))?;
        let len = disk.len(&file)?;
        let mut segment = Segment::new(first);
        segment.len = len;
        // Whatever was given before it was begun is lower.
        self.next = self.next.max(first);
        let Some(header) = self.header(disk, &file, first)? else {
            // No record is written before the header is durable: a file that is no longer than one
            // was being made. A longer one has lost both copies, and all its records with them.
            if len > HEADER_BYTES {
                let bytes = len;
                self.damage.push(Place {
                    first,
                    at: 0,
                    bytes,
                });
            }
            self.segments.push(segment);
            return Ok(());
        };
        segment.salt = Some(header.salt);
        self.segments.push(segment);
        let mut scan = Scan::new(disk, &file, header.salt, HEADER_BYTES, len);
        let known = self.damage.len();
        let mut good_end = HEADER_BYTES.min(len);
        while let Some(step) = scan.next()? {
            let (at, bytes) = match step {
                Step::Damage { at, bytes } => (at, bytes),
                Step::Entry { at, head } => {
                    let bytes = head.entry_bytes();
                    let is_good = match head.kind {
                        Kind::Settlement => match scan.body(at, &head)? {
                            Some(body) => {
                                self.settle(&body);
                                true
                            }
                            None => false,
                        },
                        Kind::Record => {
                            scan.is_whole(at, &head)? && self.record(at, head.seq, following)
                        }
                    };
                    if head.kind == Kind::Record {
                        self.next = self.next.max(head.seq.saturating_add(1));
                    }
                    if is_good {
                        good_end = at.saturating_add(bytes);
                        continue;
                    }
                    (at, bytes)
                }
            };
            self.damaged(known, Place { first, at, bytes });
        }
        if following.is_none() {
            self.torn(first, known, good_end, len);
        }
        Ok(())
    }

    /// The header; none where neither copy is whole.
    fn header<D: Disk>(
        &mut self,
        disk: &D,
        file: &D::File,
        first: u64,
    ) -> Result<Option<Header>, OpenError> {
        let mut bytes = vec![0; usize::try_from(HEADER_BYTES).unwrap_or(0)];
        let read = disk.read_at(file, 0, &mut bytes)?;
        let is_long = read == bytes.len();
        let Some((header, whole)) = Header::read(bytes.get(..read).unwrap_or_default()) else {
            return Ok(None);
        };
        if header.version != VERSION {
            return Err(OpenError::Version {
                file: name(first),
                found: header.version,
                known: VERSION,
            });
        }
        if header.first != first {
            return Err(OpenError::Misplaced {
                file: name(first),
                first: header.first,
            });
        }
        if is_long && whole == 1 {
            self.damaged_headers = self.damaged_headers.saturating_add(1);
            tracing::warn!(segment = name(first), "one of two headers is damaged");
        }
        Ok(Some(header))
    }

    /// Takes in a record of the segment that is being read; false for one that cannot be there.
    fn record(&mut self, at: u64, seq: u64, following: Option<u64>) -> bool {
        let Some(segment) = self.segments.last_mut() else {
            return false;
        };
        // Each record before it takes a head at least.
        let most = segment.first.saturating_add(at / HEAD_BYTES);
        let fits = seq >= segment.end && seq <= most;
        // When the following segment was begun, its first number had not been acknowledged: this is
        // of a batch that failed, and was cut off, but came back.
        if fits && following.is_none_or(|following| seq < following) {
            segment.push(seq, at);
        }
        fits
    }

    fn settle(&mut self, body: &[u8]) {
        for (first, count) in read_settlement(body) {
            let end = first.saturating_add(u64::from(count));
            self.next = self.next.max(end);
            if let Some(segment) = self.segments.last_mut() {
                segment.settles_from = segment.settles_from.min(first);
            }
            let begin = self
                .segments
                .partition_point(|segment| segment.end <= first);
            for segment in self.segments.iter_mut().skip(begin) {
                if segment.first >= end {
                    break;
                }
                for seq in first.max(segment.first)..end.min(segment.end) {
                    segment.settle(seq);
                }
            }
        }
    }

    /// Notes damage; what adjoins is one place.
    fn damaged(&mut self, known: usize, place: Place) {
        let adjoins = |last: &&mut Place| last.at.saturating_add(last.bytes) == place.at;
        match self
            .damage
            .get_mut(known..)
            .and_then(<[_]>::last_mut)
            .filter(adjoins)
        {
            Some(last) => last.bytes = last.bytes.saturating_add(place.bytes),
            None => self.damage.push(place),
        }
    }

    /// Damage of the newest segment with nothing good after it is a write that was cut short.
    fn torn(&mut self, first: u64, known: usize, good_end: u64, len: u64) {
        let kept = self
            .damage
            .iter()
            .skip(known)
            .take_while(|place| place.at < good_end)
            .count();
        self.damage.truncate(known.saturating_add(kept));
        self.torn_bytes = len.saturating_sub(good_end);
        // Should it have been more than that, its numbers are not given again.
        if self.torn_bytes > 0 {
            let most = self.torn_bytes / HEAD_BYTES + 1;
            self.next = self.next.saturating_add(most);
        }
        if let Some(segment) = self.segments.last_mut().filter(|it| it.first == first) {
            segment.len = good_end;
        }
    }
}

impl<D: Disk> Log<D> {
    /// Opens the log in `disk`'s folder, and calls `waiting` with sequence number, mark and Unix
    /// milliseconds of every record that is not settled, in order.
    ///
    /// Every segment is read. What was torn off by a crash is cut; what is damaged is copied to files
    /// `damaged-…` and stepped over. Files of earlier processes are not appended to: of one whose
    /// sync failed, memory may show what the disk does not have.
    ///
    /// # Errors
    /// A segment that this version cannot read, that is out of place, or an error of the disk.
    pub fn open(
        disk: D,
        limits: Limits,
        mut waiting: impl FnMut(u64, u32, u64),
    ) -> Result<(Self, Recovery), OpenError> {
        // What an earlier process removed without living to sync it must not come back later.
        disk.sync_folder()?;
        let survey = Survey::new(&disk)?;
        let recovery = Recovery {
            torn_bytes: survey.torn_bytes,
            damaged: Damaged::of(&survey.damage),
            damaged_headers: survey.damaged_headers,
            segments: u64::try_from(survey.segments.len()).unwrap_or(u64::MAX),
        };
        mend(&disk, &survey)?;
        for segment in &survey.segments {
            tell(&disk, segment, &mut waiting).map_err(|error| OpenError::File {
                file: name(segment.first),
                error,
            })?;
        }
        let log = Self::found(disk, limits, survey.segments, survey.next, survey.damage);
        Ok((log, recovery))
    }
}

fn mend<D: Disk>(disk: &D, survey: &Survey) -> io::Result<()> {
    for place in &survey.damage {
        place.set_aside(disk, &disk.open(&name(place.first))?);
    }
    let Some(newest) = survey.segments.last() else {
        return Ok(());
    };
    let file = disk.open(&name(newest.first))?;
    if survey.torn_bytes > 0 {
        let (segment, bytes) = (name(newest.first), survey.torn_bytes);
        tracing::warn!(
            segment,
            bytes,
            "the spool's last write was cut short; its rest is cut off"
        );
        disk.truncate(&file, newest.len)?;
    }
    // What a killed process had written but not synced is there for now. It must not go, nor what
    // it had cut off come back, once numbers that follow are given.
    disk.sync(&file)
}

/// Calls `waiting` for each record of a segment that waits.
fn tell<D: Disk>(
    disk: &D,
    segment: &Segment,
    waiting: &mut impl FnMut(u64, u32, u64),
) -> io::Result<()> {
    let (Some(salt), Some(mut seq)) = (segment.salt, segment.next_waiting(0)) else {
        return Ok(());
    };
    let file = disk.open(&name(segment.first))?;
    let mut scan = Scan::new(disk, &file, salt, HEADER_BYTES, segment.len);
    scan.skip_to(segment.place(seq).unwrap_or(0));
    while let Some(step) = scan.next()? {
        let Step::Entry { head, .. } = step else {
            continue;
        };
        if head.kind != Kind::Record || head.seq < seq || !segment.waits(head.seq) {
            continue;
        }
        waiting(head.seq, head.mark, head.at_ms);
        let Some(next) = segment.next_waiting(head.seq.saturating_add(1)) else {
            break;
        };
        seq = next;
        scan.skip_to(segment.place(seq).unwrap_or(0));
    }
    Ok(())
}
