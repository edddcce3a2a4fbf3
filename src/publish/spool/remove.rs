//! Removing segments that nobody needs any more.

use std::io::{self, ErrorKind};

use super::disk::Disk;
use super::format::name;
use super::log::Log;

impl<D: Disk> Log<D> {
    /// Removes every segment of which nothing waits, unless it settles a record of one that stays.
    pub(super) fn remove_settled(&mut self) -> io::Result<()> {
        let mut index = 0;
        while let [segment, _, ..] = self.segments.get(index..).unwrap_or_default() {
            let before = index
                .checked_sub(1)
                .and_then(|before| self.segments.get(before));
            let settles_another = before.is_some_and(|it| it.end > segment.settles_from);
            if segment.waiting > 0 || settles_another {
                index = index.saturating_add(1);
                continue;
            }
            let first = segment.first;
            self.sync_removed()?;
            match self.disk.remove(&name(first)) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            self.removed = true;
            self.segments.remove(index);
            self.reader = None;
            self.places.retain(|place| place.first != first);
            self.forget_settlements();
            // One after the other: the next one may settle records of this one.
            self.sync_removed()?;
        }
        Ok(())
    }

    /// Makes what was removed stay so.
    pub(super) fn sync_removed(&mut self) -> io::Result<()> {
        if self.removed {
            self.disk.sync_folder()?;
            self.removed = false;
        }
        Ok(())
    }

    /// Of records that are gone with their segment there is nothing to say.
    fn forget_settlements(&mut self) {
        let segments = &self.segments;
        let is_there = |seq: u64| {
            let index = segments.partition_point(|segment| segment.end <= seq);
            segments
                .get(index)
                .is_some_and(|segment| segment.first <= seq)
        };
        self.pending.retain(|seq| is_there(*seq));
        self.unsynced.retain(|(first, count)| {
            is_there(*first) || is_there(first.saturating_add(u64::from(count.saturating_sub(1))))
        });
    }
}
