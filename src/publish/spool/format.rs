//! The bytes of a segment. All numbers are little-endian.
//!
//! A file is called after the sequence number from which on it holds records, in twenty digits. It
//! begins with a header, which is there twice, 4 KiB apart, so that neither a byte nor a sector of it
//! is all that stands between us and the records:
//!
//! | bytes | header |
//! |---|---|
//! | 8 | magic |
//! | 4 | version of the format |
//! | 8 | salt: marker and seed, random for each segment |
//! | 8 | first sequence number |
//! | 4 | CRC-32 of the above |
//!
//! Entries follow, each a head of 40 bytes and a body:
//!
//! | bytes | head |
//! |---|---|
//! | 4 | the segment's marker |
//! | 4 | CRC-32 of the rest of the head, from the segment's seed on |
//! | 4 | CRC-32 of the body, from the segment's seed on |
//! | 4 | length of the body |
//! | 8 | sequence number |
//! | 8 | Unix milliseconds |
//! | 4 | the caller's mark |
//! | 4 | kind: 1 a record, 2 a settlement |
//!
//! The body of a record is its payload. That of a settlement is a list of ranges (first sequence
//! number, 8 bytes; count, 4) of records that need not be kept any more.
//!
//! Payloads are chosen by strangers, and may hold what looks like an entry. It is never looked at
//! while heads are whole; when one is damaged and the next is searched for, what was made without
//! knowing the segment's 64 secret bits is not taken for one. A head has a sum of its own, so that a
//! damaged length is never believed.

use std::io;

/// The version that is written, and the only one that is read.
pub(super) const VERSION: u32 = 1;
const MAGIC: [u8; 8] = *b"HKFSPOOL";
const COPY_BYTES: usize = 32;
/// Where the second copy of the header is.
const COPY_AT: usize = 4096;
/// From here on there are entries.
pub(super) const HEADER_BYTES: u64 = 4096 + 32;
/// Of an entry.
pub(super) const HEAD_BYTES: u64 = 40;
pub(super) const HEAD_LEN: usize = 40;
/// Of a range in a settlement.
const RANGE_BYTES: u64 = 12;
/// How many ranges a settlement holds at most.
const RANGES_MAX: usize = 4096;
/// What it takes at most to settle one record.
pub(super) const SETTLE_BYTES: u64 = HEAD_BYTES + RANGE_BYTES;

const RECORD: u32 = 1;
const SETTLEMENT: u32 = 2;

/// Sequence numbers: the first, and how many.
pub(super) type Range = (u64, u32);

/// What a segment is called.
pub(super) fn name(first: u64) -> String {
    format!("{first:020}.log")
}

/// The first sequence number of the segment that is called so; none for other files.
pub(super) fn first_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".log")?;
    let is_number = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

/// What makes a segment's entries its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Salt {
    pub(super) marker: u32,
    seed: u32,
}

impl Salt {
    pub(super) fn random() -> io::Result<Self> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|_| io::Error::other("no randomness to be had"))?;
        let both = u64::from_le_bytes(bytes);
        // Zeros are what a file system puts where it lost something.
        Ok(Self {
            marker: low(both) | 1,
            seed: low(both >> 32),
        })
    }

    pub(super) fn sum(self) -> crc32fast::Hasher {
        crc32fast::Hasher::new_with_initial(self.seed)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "that is what it is for")]
const fn low(word: u64) -> u32 {
    word as u32
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) version: u32,
    pub(super) salt: Salt,
    pub(super) first: u64,
}

impl Header {
    /// Appends both copies.
    pub(super) fn write(&self, to: &mut Vec<u8>) {
        let mut copy = Vec::with_capacity(COPY_BYTES);
        copy.extend(MAGIC);
        copy.extend(self.version.to_le_bytes());
        copy.extend(self.salt.marker.to_le_bytes());
        copy.extend(self.salt.seed.to_le_bytes());
        copy.extend(self.first.to_le_bytes());
        copy.extend(crc32fast::hash(&copy).to_le_bytes());
        let begin = to.len();
        to.extend(&copy);
        to.resize(begin.saturating_add(COPY_AT), 0);
        to.extend(&copy);
    }

    /// Of the first bytes of a file: what a copy says that is whole, and how many are.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, u64)> {
        let first = Self::read_copy(bytes);
        let second = bytes.get(COPY_AT..).and_then(Self::read_copy);
        let whole = u64::from(first.is_some()) + u64::from(second.is_some());
        Some((first.or(second)?, whole))
    }

    fn read_copy(bytes: &[u8]) -> Option<Self> {
        let (copy, sum) = bytes.get(..COPY_BYTES)?.split_last_chunk::<4>()?;
        let (magic, rest) = copy.split_first_chunk::<8>()?;
        let (version, rest) = rest.split_first_chunk::<4>()?;
        let (marker, rest) = rest.split_first_chunk::<4>()?;
        let (seed, rest) = rest.split_first_chunk::<4>()?;
        let first = rest.first_chunk::<8>()?;
        let is_whole = *magic == MAGIC && crc32fast::hash(copy).to_le_bytes() == *sum;
        is_whole.then(|| Self {
            version: u32::from_le_bytes(*version),
            salt: Salt {
                marker: u32::from_le_bytes(*marker),
                seed: u32::from_le_bytes(*seed),
            },
            first: u64::from_le_bytes(*first),
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Record,
    Settlement,
}

/// The head of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) kind: Kind,
    pub(super) sum: u32,
    pub(super) len: u32,
    pub(super) seq: u64,
    pub(super) at_ms: u64,
    pub(super) mark: u32,
}

impl Head {
    /// Head and body together.
    pub(super) fn entry_bytes(&self) -> u64 {
        HEAD_BYTES + u64::from(self.len)
    }

    fn write(&self, salt: Salt, to: &mut Vec<u8>) {
        let kind = match self.kind {
            Kind::Record => RECORD,
            Kind::Settlement => SETTLEMENT,
        };
        let low = u128::from(self.sum) | u128::from(self.len) << 32 | u128::from(self.seq) << 64;
        let high = u128::from(self.at_ms) | u128::from(self.mark) << 64 | u128::from(kind) << 96;
        let (low, high) = (low.to_le_bytes(), high.to_le_bytes());
        let mut sum = salt.sum();
        sum.update(&low);
        sum.update(&high);
        to.extend_from_slice(&salt.marker.to_le_bytes());
        to.extend_from_slice(&sum.finalize().to_le_bytes());
        to.extend_from_slice(&low);
        to.extend_from_slice(&high);
    }

    /// What `bytes` begin with, when it is a whole head of this segment.
    pub(super) fn read(salt: Salt, bytes: &[u8]) -> Option<Self> {
        let (marker, rest) = bytes.split_first_chunk::<4>()?;
        if u32::from_le_bytes(*marker) != salt.marker {
            return None;
        }
        let (given, rest) = rest.split_first_chunk::<4>()?;
        let (low, rest) = rest.split_first_chunk::<16>()?;
        let high = rest.first_chunk::<16>()?;
        let mut sum = salt.sum();
        sum.update(low);
        sum.update(high);
        if sum.finalize() != u32::from_le_bytes(*given) {
            return None;
        }
        let word = |from: &[u8; 16], at: usize| {
            let bytes = from.get(at..)?.first_chunk::<4>()?;
            Some(u32::from_le_bytes(*bytes))
        };
        let kind = match word(high, 12)? {
            RECORD => Kind::Record,
            SETTLEMENT => Kind::Settlement,
            _ => return None,
        };
        Some(Self {
            kind,
            sum: word(low, 0)?,
            len: word(low, 4)?,
            seq: u64::from_le_bytes(*low.last_chunk::<8>()?),
            at_ms: u64::from_le_bytes(*high.first_chunk::<8>()?),
            mark: word(high, 8)?,
        })
    }
}

/// Appends a record; `payload` must be shorter than 4 GiB.
pub(super) fn write_record(
    salt: Salt,
    seq: u64,
    (mark, at_ms): (u32, u64),
    payload: &[u8],
    to: &mut Vec<u8>,
) {
    write_entry(salt, Kind::Record, seq, (mark, at_ms), payload, to);
}

fn write_entry(
    salt: Salt,
    kind: Kind,
    seq: u64,
    (mark, at_ms): (u32, u64),
    body: &[u8],
    to: &mut Vec<u8>,
) {
    let mut sum = salt.sum();
    sum.update(body);
    let head = Head {
        kind,
        sum: sum.finalize(),
        len: u32::try_from(body.len()).unwrap_or(u32::MAX),
        seq,
        at_ms,
        mark,
    };
    head.write(salt, to);
    to.extend_from_slice(body);
}

/// Appends settlements of `ranges`.
pub(super) fn write_settlements(salt: Salt, ranges: &[Range], to: &mut Vec<u8>) {
    let mut body = Vec::new();
    for ranges in ranges.chunks(RANGES_MAX) {
        body.clear();
        for (first, count) in ranges {
            body.extend_from_slice(&first.to_le_bytes());
            body.extend_from_slice(&count.to_le_bytes());
        }
        write_entry(salt, Kind::Settlement, 0, (0, 0), &body, to);
    }
}

/// How much [`write_settlements`] appends.
pub(super) fn settlements_bytes(ranges: &[Range]) -> u64 {
    let entries = u64::try_from(ranges.len().div_ceil(RANGES_MAX)).unwrap_or(u64::MAX);
    let ranges = u64::try_from(ranges.len()).unwrap_or(u64::MAX);
    entries
        .saturating_mul(HEAD_BYTES)
        .saturating_add(ranges.saturating_mul(RANGE_BYTES))
}

/// What the body of a settlement settles.
pub(super) fn read_settlement(body: &[u8]) -> impl Iterator<Item = Range> {
    body.as_chunks::<12>().0.iter().filter_map(|range| {
        let first = u64::from_le_bytes(*range.first_chunk::<8>()?);
        Some((first, u32::from_le_bytes(*range.last_chunk::<4>()?)))
    })
}

/// Sorts sequence numbers into ranges.
pub(super) fn ranges(seqs: &mut [u64]) -> Vec<Range> {
    seqs.sort_unstable();
    let mut ranges: Vec<Range> = Vec::new();
    for seq in seqs.iter().copied() {
        match ranges.last_mut() {
            Some((first, count))
                if *count < u32::MAX && first.checked_add(u64::from(*count)) == Some(seq) =>
            {
                *count += 1;
            }
            _ => ranges.push((seq, 1)),
        }
    }
    ranges
}
