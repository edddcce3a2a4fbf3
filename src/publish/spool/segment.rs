//! What memory knows of a segment: which of its records wait, and roughly where they are.

use super::format::Salt;

/// Records from one known place to the next: to find one, half as many heads are read.
const STRIDE: u64 = 32;

/// Three bits or so for each record.
#[derive(Debug)]
pub(super) struct Segment {
    /// No record in it has a lower sequence number; its name.
    pub(super) first: u64,
    /// All its records have lower ones.
    pub(super) end: u64,
    /// How much of the file is believed, bytes.
    pub(super) len: u64,
    /// None while there is no header.
    pub(super) salt: Option<Salt>,
    /// The lowest sequence number that one of its settlements settles.
    pub(super) settles_from: u64,
    /// How many of its records wait.
    pub(super) waiting: u64,
    /// A bit for each sequence number from `first` on.
    bits: Vec<u64>,
    /// For each `STRIDE` sequence numbers, the offset of the first record of them or after them.
    places: Vec<u64>,
}

impl Segment {
    pub(super) const fn new(first: u64) -> Self {
        Self {
            first,
            end: first,
            len: 0,
            salt: None,
            settles_from: u64::MAX,
            waiting: 0,
            bits: Vec::new(),
            places: Vec::new(),
        }
    }

    /// Takes in the record at `offset`. Sequence numbers only rise.
    pub(super) fn push(&mut self, seq: u64, offset: u64) {
        let (word, bit) = self.bit(seq);
        if self.bits.len() <= word {
            self.bits.resize(word.saturating_add(1), 0);
        }
        if let Some(bits) = self.bits.get_mut(word) {
            *bits |= bit;
        }
        let place = self.place_index(seq);
        if self.places.len() <= place {
            self.places.resize(place.saturating_add(1), offset);
        }
        self.waiting = self.waiting.saturating_add(1);
        self.end = seq.saturating_add(1);
    }

    /// Whether the record waited; it does no more.
    pub(super) fn settle(&mut self, seq: u64) -> bool {
        let waits = self.waits(seq);
        if waits {
            let (word, bit) = self.bit(seq);
            if let Some(bits) = self.bits.get_mut(word) {
                *bits &= !bit;
            }
            self.waiting = self.waiting.saturating_sub(1);
        }
        waits
    }

    pub(super) fn waits(&self, seq: u64) -> bool {
        if !(self.first..self.end).contains(&seq) {
            return false;
        }
        let (word, bit) = self.bit(seq);
        self.bits.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// The first record at or after `from` that waits.
    pub(super) fn next_waiting(&self, from: u64) -> Option<u64> {
        let from = from.max(self.first);
        if self.waiting == 0 || from >= self.end {
            return None;
        }
        let (word, bit) = self.bit(from);
        let mut mask = !(bit.saturating_sub(1));
        for (index, bits) in self.bits.iter().enumerate().skip(word) {
            let left = bits & mask;
            mask = u64::MAX;
            if left != 0 {
                let base = u64::try_from(index).ok()?.checked_mul(64)?;
                let seq = base.checked_add(u64::from(left.trailing_zeros()))?;
                return self.first.checked_add(seq);
            }
        }
        None
    }

    /// An offset from which on the record is found, a few heads further at most.
    pub(super) fn place(&self, seq: u64) -> Option<u64> {
        self.places.get(self.place_index(seq)).copied()
    }

    fn bit(&self, seq: u64) -> (usize, u64) {
        let number = seq.saturating_sub(self.first);
        let word = usize::try_from(number / 64).unwrap_or(usize::MAX);
        (word, 1 << (number % 64))
    }

    fn place_index(&self, seq: u64) -> usize {
        usize::try_from(seq.saturating_sub(self.first) / STRIDE).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::Segment;

    #[test]
    fn what_waits_is_found_in_order() {
        let mut segment = Segment::new(1000);
        // With a hole where records were damaged.
        for seq in (1000..1300).filter(|seq| !(1070..1200).contains(seq)) {
            segment.push(seq, seq * 10);
        }
        let all = |segment: &Segment| {
            let mut found: Vec<u64> = Vec::new();
            while let Some(seq) = segment.next_waiting(found.last().map_or(0, |seq| seq + 1)) {
                found.push(seq);
            }
            found
        };
        assert_eq!(all(&segment).len(), 170);
        for seq in 1000..1300 {
            assert_eq!(segment.settle(seq), !(1070..1200).contains(&seq), "{seq}");
            assert!(!segment.settle(seq), "{seq}");
            let left: Vec<_> = (seq + 1..1300)
                .filter(|it| !(1070..1200).contains(it))
                .collect();
            assert_eq!(all(&segment), left);
            assert_eq!(segment.waiting, u64::try_from(left.len()).unwrap());
        }
        assert!(!segment.settle(999) && !segment.settle(1300) && !segment.settle(u64::MAX));
    }

    #[test]
    fn a_place_is_never_past_its_record_and_at_most_a_stride_before() {
        let mut segment = Segment::new(7);
        for seq in (7..500).filter(|seq| !(40..150).contains(seq)) {
            segment.push(seq, seq);
        }
        for seq in (7..500).filter(|seq| !(40..150).contains(seq)) {
            let place = segment.place(seq).unwrap();
            assert!(place <= seq && seq - place <= 32, "{seq}: {place}");
        }
    }
}
