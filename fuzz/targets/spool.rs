//! The spool's files after an accident: the fuzzer says what was appended and which bytes changed afterwards. What is read is
//! what was written, and what no change has touched is there.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use hookferry::publish::Kept;
use hookferry::publish::spool::disk::Disk;
use hookferry::publish::spool::log::{Entry, Limits, Log};

const LIMITS: Limits = Limits {
    segment_bytes: 16 << 10,
    bytes_max: 1 << 20,
};

type Files = BTreeMap<String, Arc<Mutex<Vec<u8>>>>;

/// A folder in memory.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Files>>);

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().expect("one thread")
}

impl Disk for Memory {
    type File = Arc<Mutex<Vec<u8>>>;

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(lock(&self.0).keys().cloned().collect())
    }

    fn create(&self, name: &str) -> io::Result<Self::File> {
        let mut files = lock(&self.0);
        if files.contains_key(name) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        Ok(Arc::clone(files.entry(name.to_owned()).or_default()))
    }

    fn open(&self, name: &str) -> io::Result<Self::File> {
        lock(&self.0)
            .get(name)
            .cloned()
            .ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn append(&self, file: &Self::File, bytes: &[u8]) -> io::Result<()> {
        lock(file).extend_from_slice(bytes);
        Ok(())
    }

    fn read_at(&self, file: &Self::File, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let file = lock(file);
        let from = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(file.len());
        let count = into.len().min(file.len() - from);
        into[..count].copy_from_slice(&file[from..from + count]);
        Ok(count)
    }

    fn len(&self, file: &Self::File) -> io::Result<u64> {
        Ok(lock(file).len() as u64)
    }

    fn sync(&self, _: &Self::File) -> io::Result<()> {
        Ok(())
    }

    fn truncate(&self, file: &Self::File, len: u64) -> io::Result<()> {
        lock(file).truncate(usize::try_from(len).unwrap_or(usize::MAX));
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        lock(&self.0)
            .remove(name)
            .map(|_| ())
            .ok_or_else(|| ErrorKind::NotFound.into())
    }

    fn sync_folder(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes: how many records, then for each its length; then accidents of four bytes: kind, where (two), what.
pub fn run(data: &[u8]) {
    let Some((count, rest)) = data.split_first() else {
        return;
    };
    let count = usize::from(count % 12);
    let Some((lengths, accidents)) = rest.split_at_checked(count) else {
        return;
    };
    let disk = Memory::default();
    let (mut log, _) = Log::open(disk.clone(), LIMITS, |_, _, _| {}).expect("an empty folder");
    let mut written = BTreeMap::new();
    for (length, mark) in lengths.iter().zip(0_u32..) {
        let payload: Vec<u8> = (0..usize::from(*length) * 8)
            .map(|at| (at as u8) ^ (mark as u8))
            .collect();
        let entry = Entry {
            mark,
            at_ms: 1000 + u64::from(mark),
            payload: &payload,
        };
        let seq = log.append(&[entry]).expect("room");
        written.insert(seq, payload);
        // Every other one of the long ones is done with.
        if length % 4 == 3 {
            log.settle(seq);
            log.flush().expect("a disk");
            written.remove(&seq);
        }
    }
    drop(log);
    let (harmed, heads) = harm(&disk, accidents);
    let mut told = Vec::new();
    let opened = Log::open(disk.clone(), LIMITS, |seq, _, _| told.push(seq));
    let Ok((mut log, recovery)) = opened else {
        assert!(harmed > 0, "what was not touched cannot be opened");
        return;
    };
    assert!(told.is_sorted());
    let read = log.read(0, 1000, 1 << 20).expect("a disk");
    for stored in &read {
        if harmed == 0 || written.contains_key(&stored.seq) {
            assert_eq!(
                written.get(&stored.seq),
                Some(&stored.payload),
                "record {} is another",
                stored.seq
            );
        }
    }
    // Each accident costs no more than the record that it hit.
    let kept = read
        .iter()
        .filter(|stored| written.contains_key(&stored.seq))
        .count();
    let is_cut = accidents.chunks_exact(4).any(|it| it[0] % 4 != 0);
    // Both copies of a segment's own head, and it is not known for one.
    if !is_cut && heads < 2 {
        assert!(
            kept + harmed >= written.len(),
            "{kept} of {} after {harmed} changed bytes",
            written.len()
        );
    }
    if harmed == 0 {
        assert_eq!((kept, recovery.torn_bytes), (written.len(), 0));
    }
    // What is written on top is there, too.
    let entry = Entry {
        mark: 99,
        at_ms: 1,
        payload: b"after",
    };
    let seq = log.append(&[entry]).expect("room");
    assert!(
        written
            .last_key_value()
            .is_none_or(|(last, _)| harmed > 0 || seq > *last)
    );
    let again = log.read(seq, 1, 1 << 20).expect("a disk");
    assert_eq!(
        again.first().map(|stored| stored.payload.as_slice()),
        Some(&b"after"[..])
    );
}

/// Changes bytes (kind 0), cuts a file short (1), puts zeros behind (2) or one byte many times (3). How many accidents there
/// were, and how many of them to a segment's own head.
fn harm(disk: &Memory, accidents: &[u8]) -> (usize, usize) {
    let files: Vec<_> = lock(&disk.0).values().cloned().collect();
    let (mut count, mut heads) = (0, 0);
    for accident in accidents.chunks_exact(4).take(6) {
        let Some(file) = files.get(usize::from(accident[0] / 4) % files.len().max(1)) else {
            continue;
        };
        let mut file = lock(file);
        let at = usize::from(u16::from_be_bytes([accident[1], accident[2]])) % (file.len().max(1));
        match accident[0] % 4 {
            0 if !file.is_empty() && accident[3] != 0 => file[at] ^= accident[3],
            1 => file.truncate(at),
            2 => file.extend(std::iter::repeat_n(0, usize::from(accident[3]))),
            3 => file.extend(std::iter::repeat_n(accident[3], at.min(512))),
            _ => continue,
        }
        count += 1;
        heads += usize::from(at < 4096 + 32);
    }
    (count, heads)
}

pub fn seeds() -> Vec<Vec<u8>> {
    let lengths = [10_u8, 3, 0, 200, 255, 7, 40, 90, 11, 250, 1];
    let begin = [&[11_u8][..], &lengths].concat();
    let mut seeds = vec![begin.clone(), vec![0], vec![1, 5, 0, 0x10, 0x30, 1]];
    for accident in [
        [0_u8, 0, 3, 1],
        [0, 0x10, 0x25, 0x80],
        [1, 0x11, 0, 0],
        [2, 0, 0, 99],
        [3, 1, 0, 7],
        [4, 0, 9, 1],
        [0, 0x10, 0x08, 4],
    ] {
        seeds.push([begin.as_slice(), &accident].concat());
        seeds.push([begin.as_slice(), &accident, &[0, 0x10, 0x90, 0xff]].concat());
    }
    seeds
}

/// The bytes of one record: what is read says no more than what was there.
pub fn kept(data: &[u8]) {
    // As the fuzzer has them; and with a length that fits its head, which ends at the first brace at the end of a line.
    let _ = Kept::read(Bytes::copy_from_slice(data)).map(check);
    let Some(end) = data
        .windows(2)
        .position(|two| two == b"}\n")
        .map(|at| at + 1)
    else {
        return;
    };
    let length = u32::try_from(end).expect("a length").to_le_bytes();
    let bytes = [&length[..], data].concat();
    if let Some(kept) = Kept::read(bytes.into()) {
        assert_eq!(kept.value(), &data[end..]);
        check(kept);
    }
}

fn check(kept: Kept) {
    for text in [
        kept.topic(),
        kept.key(),
        kept.content_type(),
        kept.source(),
        kept.id(),
        kept.kind(),
    ] {
        assert!(text.len() < 1 << 20);
    }
    let _ = (kept.headers(), kept.received_s());
    assert!(!format!("{kept:?}").is_empty());
}

pub fn kept_seeds() -> Vec<Vec<u8>> {
    let head = r#"{"topic":"t","key":"k","headers":[["ce_id","\"1\"\n"]],"content_type":"text/plain","source":"github","id":"1","type":"com.github.push","received_s":7,"request_headers":"{}"}"#;
    let whole = [
        &(head.len() as u32).to_le_bytes()[..],
        head.as_bytes(),
        b"value",
    ]
    .concat();
    vec![
        whole,
        format!("{head}\n\u{0}value").into_bytes(),
        format!("{}\n", head.replace('7', "18446744073709551616")).into_bytes(),
        vec![0xff; 9],
        Vec::new(),
    ]
}
