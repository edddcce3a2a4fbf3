//! Reading what waits.

use std::io;

use super::damage::Place;
use super::disk::Disk;
use super::format::{Head, Kind, name};
use super::log::{Log, Stored};
use super::scan::{Scan, Step};

/// How much may still be read.
struct Room {
    entries: usize,
    bytes: usize,
}

impl<D: Disk> Log<D> {
    /// The records that wait, from `from_seq` on, in order: `entries_max` at most and, but for the
    /// first, payloads of `bytes_max` altogether. Empty when none waits there.
    ///
    /// One that turns out to be damaged is copied to a file `damaged-…`, counted in
    /// [`Log::damaged`] and left out; it does not wait any more. Should it be whole again at the next
    /// opening, it waits again.
    ///
    /// # Errors
    /// The disk's word: nothing is skipped because of it.
    pub fn read(
        &mut self,
        from_seq: u64,
        entries_max: usize,
        bytes_max: usize,
    ) -> io::Result<Vec<Stored>> {
        let mut found = Vec::new();
        let mut room = Room {
            entries: entries_max.max(1),
            bytes: bytes_max,
        };
        let mut from = from_seq;
        while room.entries > 0
            && let Some((index, seq)) = self.next_waiting(from)
        {
            let Some(next) = self.read_segment(index, seq, &mut room, &mut found)? else {
                break;
            };
            from = next;
        }
        Ok(found)
    }

    /// When the oldest record that waits was given, Unix milliseconds. It is looked up on the disk
    /// when the one before has been settled; should that fail, the answer is an older one.
    pub fn oldest_ms(&mut self) -> Option<u64> {
        let Some((index, seq)) = self.next_waiting(0) else {
            self.oldest = None;
            return None;
        };
        if self.oldest.is_none_or(|(known, _)| known != seq) {
            match self.find(index, seq) {
                Ok(Some(head)) => self.oldest = Some((seq, head.at_ms)),
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, seq, "the spool cannot be read"),
            }
        }
        self.oldest.map(|(_, at_ms)| at_ms)
    }

    fn next_waiting(&self, from: u64) -> Option<(usize, u64)> {
        let begin = self.segments.partition_point(|segment| segment.end <= from);
        let rest = self.segments.iter().enumerate().skip(begin);
        rest.filter_map(|(index, segment)| Some((index, segment.next_waiting(from)?)))
            .next()
    }

    /// The head of the first whole record at or after `seq`.
    fn find(&mut self, index: usize, seq: u64) -> io::Result<Option<Head>> {
        let Some((first, file)) = self.reader(index)? else {
            return Ok(None);
        };
        let mut found = None;
        if let Some(mut scan) = self.scan(index, seq, &file) {
            while let Some(step) = scan.next()? {
                if let Step::Entry { head, .. } = step
                    && head.kind == Kind::Record
                    && head.seq >= seq
                {
                    found = Some(head);
                    break;
                }
            }
        }
        self.reader = Some((first, file));
        Ok(found)
    }

    /// Reads on from a record of a segment. Returns where to go on, or none when the room is used up.
    fn read_segment(
        &mut self,
        index: usize,
        seq: u64,
        room: &mut Room,
        found: &mut Vec<Stored>,
    ) -> io::Result<Option<u64>> {
        let Some((first, file)) = self.reader(index)? else {
            return Ok(None);
        };
        let mut places = Vec::new();
        let outcome = self.read_file(index, &file, seq, room, found, &mut places);
        for place in places {
            // What is passed by again is not counted again.
            if !self.places.iter().any(|known| known.holds(&place)) {
                place.set_aside(&self.disk, &file);
                self.damaged.add(&place);
                self.places.push(place);
            }
        }
        self.reader = Some((first, file));
        outcome
    }

    fn read_file(
        &mut self,
        index: usize,
        file: &D::File,
        seq: u64,
        room: &mut Room,
        found: &mut Vec<Stored>,
        places: &mut Vec<Place>,
    ) -> io::Result<Option<u64>> {
        // Records that were passed over without having been there.
        let mut lost = Vec::new();
        let mut expected = Some(seq);
        let mut is_full = false;
        let Some(segment) = self.segments.get(index) else {
            return Ok(None);
        };
        let (first, end) = (segment.first, segment.end);
        if let Some(mut scan) = self.scan(index, seq, file) {
            while let Some(wanted) = expected {
                let Some(step) = scan.next()? else {
                    break;
                };
                let (at, head) = match step {
                    Step::Damage { at, bytes } => {
                        places.push(Place { first, at, bytes });
                        continue;
                    }
                    Step::Entry { at, head } => (at, head),
                };
                if head.kind == Kind::Settlement || head.seq < wanted {
                    continue;
                }
                let mut passed = Some(wanted);
                while let Some(seq) = passed.filter(|seq| *seq < head.seq) {
                    lost.push(seq);
                    passed = segment.next_waiting(seq.saturating_add(1));
                }
                expected = passed;
                if passed != Some(head.seq) {
                    continue;
                }
                if room.entries == 0 || (!found.is_empty() && !room.holds(&head)) {
                    is_full = true;
                    break;
                }
                if let Some(payload) = scan.body(at, &head)? {
                    room.take(&head);
                    found.push(Stored {
                        seq: head.seq,
                        mark: head.mark,
                        at_ms: head.at_ms,
                        payload,
                    });
                } else {
                    let bytes = head.entry_bytes();
                    places.push(Place { first, at, bytes });
                    lost.push(head.seq);
                }
                expected = segment.next_waiting(head.seq.saturating_add(1));
                scan.skip_to(expected.and_then(|seq| segment.place(seq)).unwrap_or(0));
            }
        }
        while let Some(seq) = expected.filter(|_| !is_full) {
            lost.push(seq);
            expected = segment.next_waiting(seq.saturating_add(1));
        }
        self.lose(index, &lost);
        Ok((!is_full).then_some(end))
    }

    /// Records that could not be found wait no more. That is not written down: the next opening looks
    /// again.
    fn lose(&mut self, index: usize, lost: &[u64]) {
        let Some(segment) = self.segments.get_mut(index).filter(|_| !lost.is_empty()) else {
            return;
        };
        for seq in lost {
            if segment.settle(*seq) {
                self.waiting = self.waiting.saturating_sub(1);
            }
        }
        let (segment, first, last) = (name(segment.first), lost.first(), lost.last());
        let count = lost.len();
        tracing::error!(
            segment,
            count,
            first,
            last,
            "records of the spool are damaged"
        );
    }

    /// The file of a segment, to be put back into `self.reader`.
    fn reader(&mut self, index: usize) -> io::Result<Option<(u64, D::File)>> {
        let Some(first) = self.segments.get(index).map(|segment| segment.first) else {
            return Ok(None);
        };
        match self.reader.take() {
            Some(reader) if reader.0 == first => Ok(Some(reader)),
            _ => Ok(Some((first, self.disk.open(&name(first))?))),
        }
    }

    fn scan<'a>(&'a self, index: usize, seq: u64, file: &'a D::File) -> Option<Scan<'a, D>> {
        let segment = self.segments.get(index)?;
        let (salt, place) = (segment.salt?, segment.place(seq)?);
        Some(Scan::new(&self.disk, file, salt, place, segment.len))
    }
}

impl Room {
    fn holds(&self, head: &Head) -> bool {
        usize::try_from(head.len).is_ok_and(|len| len <= self.bytes)
    }

    fn take(&mut self, head: &Head) {
        self.entries = self.entries.saturating_sub(1);
        self.bytes = self
            .bytes
            .saturating_sub(usize::try_from(head.len).unwrap_or(usize::MAX));
    }
}
