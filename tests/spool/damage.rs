//! Bytes that change or go after they were written, and bytes that were written to look like ours.

use hookferry::publish::spool::disk::{Disk as _, Folder};
use hookferry::publish::spool::log::{AppendError, Limits, OpenError};
use hookferry::publish::spool::walk::{Walked, walk};

use super::power::Machine;
use super::{LARGE, all, append, entry, is_full, machine, open, payloads, segments};
use crate::support::{Folder as Temporary, random::Random, scale};

/// Where entries begin in a file, and how long their heads are: src/publish/spool/format.rs.
const HEADER: usize = 4096 + 32;
const HEAD: usize = 40;

fn segment(first: u64) -> String {
    format!("{first:020}.log")
}

/// Payloads that tell of their number.
fn payload(number: usize) -> Vec<u8> {
    format!("record {number:03} {}", "x".repeat(number % 7)).into_bytes()
}

/// A disk with a segment of so many records, and another one if it is not to be the newest.
fn written(records: usize, is_sealed: bool) -> Machine {
    let machine = machine();
    let (mut log, _) = open(machine.clone(), LARGE);
    for number in 0..records {
        append(&mut log, &payload(number)).unwrap();
    }
    drop(log);
    if is_sealed {
        let (mut log, _) = open(machine.clone(), LARGE);
        append(&mut log, b"of the next segment").unwrap();
    }
    machine
}

/// The same files on another disk, the first segment changed.
fn changed(machine: &Machine, change: impl FnOnce(&mut Vec<u8>)) -> Machine {
    let changed = super::machine();
    let mut files = machine.files();
    change(files.get_mut(&segment(1)).unwrap());
    for (name, bytes) in files {
        changed.put(&name, bytes);
    }
    changed
}

/// What opening finds: the records of the first segment, and how much was counted.
fn found(machine: &Machine, is_sealed: bool) -> (Vec<Vec<u8>>, u64, u64, u64) {
    let (mut log, recovery) = open(machine.clone(), LARGE);
    let mut found = payloads(&mut log);
    if is_sealed {
        assert_eq!(found.pop().as_deref(), Some(&b"of the next segment"[..]));
    }
    assert_eq!(log.damaged(), recovery.damaged, "reading found more");
    let places = recovery.damaged.places;
    assert_eq!(places == 0, recovery.damaged.bytes == 0);
    // The log goes on.
    append(&mut log, b"one more").unwrap();
    let expected = u64::try_from(found.len()).unwrap() + 1 + u64::from(is_sealed);
    assert_eq!(log.entries(), expected);
    (found, places, recovery.torn_bytes, recovery.damaged_headers)
}

#[test]
fn a_flipped_bit_loses_one_record_at_most_and_is_counted() {
    const RECORDS: usize = 64;
    let whole: Vec<_> = (0..RECORDS).map(payload).collect();
    for is_sealed in [false, true] {
        let machine = written(RECORDS, is_sealed);
        let len = machine.files()[&segment(1)].len();
        let last = len - HEAD - payload(RECORDS - 1).len();
        for byte in 0..len {
            // Between the copies of the header there is nothing: one bit of each byte will do.
            let is_padding = (32..4096).contains(&byte) && scale() == 1;
            for bit in (0..8).filter(|bit| !is_padding || byte % 8 == *bit) {
                let flipped = changed(&machine, |bytes| bytes[byte] ^= 1 << bit);
                let (found, places, torn, headers) = found(&flipped, is_sealed);
                let at = format!("bit {bit} of byte {byte}, sealed: {is_sealed}");
                if byte < HEADER {
                    let is_copy = !(32..4096).contains(&byte);
                    assert_eq!((found.len(), places, torn), (RECORDS, 0, 0), "{at}");
                    assert_eq!(headers, u64::from(is_copy), "{at}");
                    continue;
                }
                assert_eq!(found.len(), RECORDS - 1, "{at}");
                assert!(found.iter().all(|payload| whole.contains(payload)), "{at}");
                assert!(found.is_sorted(), "{at}");
                // At the end of the newest, it could as well be what a crash left.
                if byte >= last && !is_sealed {
                    assert_eq!(
                        (places, torn),
                        (0, u64::try_from(len - last).unwrap()),
                        "{at}"
                    );
                } else {
                    assert_eq!((places, torn), (1, 0), "{at}");
                    let files = flipped.files();
                    let mut copies = files.keys().filter(|name| name.starts_with("damaged-"));
                    let copy = &files[copies.next().expect("a copy")];
                    assert!(copies.next().is_none());
                    let bytes = &files[&segment(1)];
                    assert!(
                        bytes.windows(copy.len()).any(|window| window == copy),
                        "{at}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_file_cut_short_anywhere_keeps_all_before() {
    const RECORDS: usize = 64;
    let whole: Vec<_> = (0..RECORDS).map(payload).collect();
    for is_sealed in [false, true] {
        let machine = written(RECORDS, is_sealed);
        let len = machine.files()[&segment(1)].len();
        let mut ends = vec![HEADER];
        for payload in &whole {
            ends.push(ends.last().unwrap() + HEAD + payload.len());
        }
        for cut in 0..len {
            let short = changed(&machine, |bytes| bytes.truncate(cut));
            let (found, places, torn, _) = found(&short, is_sealed);
            let kept = ends
                .iter()
                .filter(|end| **end <= cut)
                .count()
                .saturating_sub(1);
            assert_eq!(found, whole[..kept], "cut at {cut}, sealed: {is_sealed}");
            let rest = cut.saturating_sub(ends[kept]);
            let counted = if is_sealed { u64::from(rest > 0) } else { 0 };
            assert_eq!(places, counted, "cut at {cut}, sealed: {is_sealed}");
            let expected = if is_sealed { 0 } else { rest };
            assert_eq!(torn, u64::try_from(expected).unwrap(), "cut at {cut}");
            // What was torn off is no damage later, when the file is not the newest any more.
            if !is_sealed {
                let (_, again) = open(short, LARGE);
                assert_eq!(
                    (again.damaged.places, again.torn_bytes),
                    (0, 0),
                    "cut at {cut}"
                );
            }
        }
    }
}

#[test]
fn both_headers_lost_is_said_and_copied_and_stops_nothing() {
    for is_sealed in [false, true] {
        let broken = changed(&written(64, is_sealed), |bytes| {
            bytes[3] ^= 1;
            bytes[4096 + 3] ^= 1;
        });
        let before = broken.files();
        let (found, places, torn, _) = found(&broken, is_sealed);
        assert_eq!((found.len(), places, torn), (0, 1, 0));
        let copy = &broken.files()[&format!("damaged-{:020}-0", 1)];
        assert_eq!(*copy, before[&segment(1)]);
    }
}

/// A batch failed, was cut off, and came back when the power was cut; its numbers had been given to
/// others by then, in the next file.
#[test]
fn what_was_cut_off_and_came_back_is_nobody_elses_record() {
    let failed = written(3, false).files();
    let machine = machine();
    let (mut log, _) = open(machine.clone(), LARGE);
    append(&mut log, &payload(0)).unwrap();
    drop(log);
    let (mut log, _) = open(machine.clone(), LARGE);
    append(&mut log, b"acknowledged").unwrap();
    append(&mut log, b"too").unwrap();
    drop(log);
    let files = machine.files();
    let (first, second) = (segment(1), segment(2));
    assert!(files[&second].len() > HEADER, "{:?}", segments(&machine));
    let back = super::machine();
    back.put(&first, failed[&first].clone());
    back.put(&second, files[&second].clone());
    let (mut log, recovery) = open(back, LARGE);
    let expected = [payload(0), b"acknowledged".to_vec(), b"too".to_vec()];
    assert_eq!(payloads(&mut log), expected);
    assert_eq!((recovery.damaged.places, log.entries()), (0, 3));
    assert!((1..4).all(|seq| log.settle(seq)));
}

/// One who can choose payloads puts entries into one, so that they are found when the one around
/// them is damaged and the next is searched for.
#[test]
fn entries_inside_a_payload_are_not_taken_for_entries() {
    let forged_of = |machine: &Machine| {
        let files = machine.files();
        files[&segment(1)][HEADER..].to_vec()
    };
    // The best that can be had without reading the file: whole entries of this format, for the same
    // sequence numbers, of a log that is the attacker's own; many times, at every alignment.
    let (mut log, _) = open(machine(), LARGE);
    append(&mut log, b"before").unwrap();
    let mut payload = Vec::new();
    for copy in 0..64 {
        let (own, own_machine) = {
            let machine = machine();
            let (mut own, _) = open(machine.clone(), LARGE);
            for _ in 0..6 {
                append(&mut own, b"forged").unwrap();
            }
            (own, machine)
        };
        drop(own);
        payload.extend(vec![b'-'; copy]);
        payload.extend(forged_of(&own_machine));
    }
    let attacked = machine();
    let (mut log, _) = open(attacked.clone(), LARGE);
    for payload in [&b"before"[..], &payload, b"after"] {
        append(&mut log, payload).unwrap();
    }
    drop(log);
    let entry_at = HEADER + HEAD + b"before".len();
    // Its length, its sum, its marker; and all of its head.
    for range in [12..16, 4..8, 0..4, 0..HEAD] {
        let broken = changed(&attacked, |bytes| {
            for byte in &mut bytes[entry_at + range.start..entry_at + range.end] {
                *byte ^= 0x5a;
            }
        });
        let (found, places, ..) = found(&broken, false);
        assert_eq!(found, [b"before".to_vec(), b"after".to_vec()]);
        assert_eq!(places, 1);
    }
    // It is the secret that does it: with entries of the very same segment the attack works.
    let own = machine();
    let (mut log, _) = open(own.clone(), LARGE);
    for payload in [&b"before"[..], b"placeholder", b"forged"] {
        append(&mut log, payload).unwrap();
    }
    let bytes = own.files()[&segment(1)].clone();
    let forged = bytes[bytes.len() - HEAD - b"forged".len()..].to_vec();
    append(&mut log, &[b"around ".to_vec(), forged].concat()).unwrap();
    drop(log);
    let broken = changed(&own, |file| {
        // The original of what is forged, and the head of the one around its copy.
        let begin = bytes.len() - HEAD - b"forged".len();
        file[begin] ^= 1;
        file[bytes.len()] ^= 1;
    });
    let (found, ..) = found(&broken, false);
    assert_eq!(
        found,
        [
            b"before".to_vec(),
            b"placeholder".to_vec(),
            b"forged".to_vec()
        ]
    );
}

#[test]
fn what_is_damaged_while_it_waits_is_counted_once_and_never_returned() {
    let mut random = Random::new();
    for range in [0..4, 12..16, HEAD..HEAD + 5] {
        let folder = Temporary::new();
        let (mut log, _) = open(Folder::new(folder.path()).unwrap(), LARGE);
        for number in 0..100 {
            append(&mut log, &payload(number)).unwrap();
        }
        let broken = random.below(98) + 1;
        let at = HEADER
            + (0..broken)
                .map(|number| HEAD + payload(number).len())
                .sum::<usize>();
        let path = folder.path().join(segment(1));
        let mut bytes = std::fs::read(&path).unwrap();
        for byte in &mut bytes[at + range.start..at + range.end] {
            *byte ^= 0xff;
        }
        std::fs::write(&path, &bytes).unwrap();
        for _ in 0..3 {
            let found = payloads(&mut log);
            let expected: Vec<_> = (0..100)
                .filter(|number| *number != broken)
                .map(payload)
                .collect();
            assert_eq!(found, expected, "{broken} {range:?}");
            assert_eq!((log.damaged().places, log.entries()), (1, 99));
        }
        let copy = folder.path().join(format!("damaged-{:020}-{at}", 1));
        let entry = HEAD + payload(broken).len();
        assert_eq!(std::fs::read(copy).unwrap(), bytes[at..at + entry]);
        // It holds nothing up.
        for stored in all(&mut log) {
            assert!(log.settle(stored.seq));
        }
        assert!(!log.settle(u64::try_from(broken).unwrap() + 1));
        assert_eq!((log.entries(), log.oldest_ms()), (0, None));
    }
}

#[test]
fn a_file_of_another_version_or_another_place_is_refused_untouched() {
    let machine = written(3, true);
    let with_version = |bytes: &mut Vec<u8>, version: u32| {
        for copy in [0, 4096] {
            bytes[copy + 8..copy + 12].copy_from_slice(&version.to_le_bytes());
            let sum = crc32fast::hash(&bytes[copy..copy + 28]);
            bytes[copy + 28..copy + 32].copy_from_slice(&sum.to_le_bytes());
        }
    };
    let newer = changed(&machine, |bytes| with_version(bytes, 2));
    let before = newer.files();
    let refused = hookferry::publish::spool::log::Log::open(newer.clone(), LARGE, |_, _, _| {});
    match refused {
        Err(OpenError::Version { file, found, known }) => {
            assert_eq!((file, found, known), (segment(1), 2, 1));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(newer.files(), before);
    // The same with the version that is known is fine: it was the version.
    let (mut log, _) = open(changed(&machine, |bytes| with_version(bytes, 1)), LARGE);
    assert_eq!(all(&mut log).len(), 4);

    let moved = super::machine();
    for (name, bytes) in machine.files() {
        let name = if name == segment(1) { segment(2) } else { name };
        moved.put(&name, bytes);
    }
    let refused = hookferry::publish::spool::log::Log::open(moved, LARGE, |_, _, _| {});
    assert!(
        matches!(refused, Err(OpenError::Misplaced { first: 1, .. })),
        "{refused:?}"
    );
}

#[test]
fn after_a_failed_sync_the_file_is_read_but_never_written_again() {
    let machine = machine();
    let (mut log, _) = open(machine.clone(), LARGE);
    append(&mut log, b"kept").unwrap();
    machine.fail_next_sync();
    let failed = append(&mut log, b"failed");
    assert!(
        matches!(&failed, Err(AppendError::Io(error)) if error.raw_os_error() == Some(5)),
        "{failed:?}"
    );
    assert_eq!(payloads(&mut log), [b"kept"]);
    assert_eq!(log.bytes(), on_disk(&machine));
    let before = machine.files()[&segment(1)].clone();
    append(&mut log, b"later").unwrap();
    assert_eq!(machine.files()[&segment(1)], before);
    assert_eq!(segments(&machine).len(), 2);
    assert_eq!(payloads(&mut log), [b"kept".to_vec(), b"later".to_vec()]);
    drop(log);
    machine.power_cut();
    let found = payloads(&mut open(machine, LARGE).0);
    assert!(found.starts_with(&[b"kept".to_vec()]) && found.ends_with(&[b"later".to_vec()]));
}

#[test]
fn a_full_disk_takes_nothing_half_and_is_emptied_without_room() {
    let limits = Limits {
        segment_bytes: 6000,
        bytes_max: 1 << 20,
    };
    let machine = machine();
    let (mut log, _) = open(machine.clone(), limits);
    for number in 0..100 {
        append(&mut log, &payload(number)).unwrap();
    }
    for room in (0..60).chain([0]) {
        machine.room(Some(room));
        let before = machine.files();
        let outcome = append(&mut log, &[b'x'; 30]);
        assert!(is_full(&outcome), "{outcome:?}");
        let after = machine.files();
        assert!(
            before.iter().all(|(name, bytes)| after[name] == *bytes),
            "half is there"
        );
        assert_eq!(log.entries(), 100);
    }
    // The oldest segments go while not a byte can be written.
    let (files, bytes) = (segments(&machine).len(), log.bytes());
    for stored in log.read(0, 60, usize::MAX).unwrap() {
        assert!(log.settle(stored.seq));
    }
    log.flush().unwrap();
    assert!(segments(&machine).len() < files && log.bytes() < bytes);
    // And what is freed is used, once all is settled even that of the newest.
    for stored in all(&mut log) {
        assert!(log.settle(stored.seq));
    }
    append(&mut log, b"taken").unwrap();
    assert_eq!(segments(&machine).len(), 1);
    machine.power_cut();
    assert_eq!(payloads(&mut open(machine, limits).0), [b"taken"]);
}

#[test]
fn the_bound_is_kept_and_can_be_drained() {
    let limits = Limits {
        segment_bytes: 12_000,
        bytes_max: 60_000,
    };
    let machine = machine();
    let (mut log, _) = open(machine.clone(), limits);
    let mut taken = 0;
    let full = loop {
        match append(&mut log, &[b'x'; 60]) {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, AppendError::Full), "{full}");
    assert!(taken > 200, "{taken}");
    // Settling everything one by one, some of every segment last so that none goes before, stays
    // within it.
    let mut seqs: Vec<_> = all(&mut log).iter().map(|stored| stored.seq).collect();
    seqs.sort_by_key(|seq| seq % 30 == 0);
    for seq in seqs {
        assert!(log.settle(seq));
        log.flush().unwrap();
        assert!(log.bytes() <= limits.bytes_max, "{}", log.bytes());
    }
    assert_eq!(log.bytes(), on_disk(&machine));
    assert!(append(&mut log, &[b'x'; 60]).is_ok());
    let large = append(&mut log, &[b'x'; 12_000]);
    assert!(matches!(large, Err(AppendError::TooLarge)), "{large:?}");
}

#[test]
fn a_folder_is_one_process_only_and_a_walk_changes_nothing() {
    let folder = Temporary::new();
    let path = folder.path().join("deep/spool");
    let (mut log, _) = open(Folder::new(&path).unwrap(), LARGE);
    let other = Folder::new(&path).map(|_| ());
    assert_eq!(other.unwrap_err().kind(), std::io::ErrorKind::ResourceBusy);
    log.append(&[entry(b"one"), entry(b"two"), entry(b"three")])
        .unwrap();
    assert!(log.settle(2));
    log.flush().unwrap();
    let file = path.join(segment(1));
    let mut bytes = std::fs::read(&file).unwrap();
    let whole = bytes.clone();
    bytes.extend(b"torn");
    bytes[HEADER + HEAD] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    let mut seen = Vec::new();
    walk(&path, |walked| {
        seen.push(match walked {
            Walked::Waiting(stored) => format!("{} waits", stored.seq),
            Walked::Settled(stored) => format!("{} is settled", stored.seq),
            Walked::Damaged { offset, bytes, .. } => format!("{bytes} at {offset} are damaged"),
        });
        Ok(())
    })
    .unwrap();
    let damaged = format!("43 at {HEADER} are damaged");
    let torn = format!("4 at {} are damaged", whole.len());
    assert_eq!(seen, [&damaged, "2 is settled", "3 waits", &torn]);
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
    drop(log);
    assert!(Folder::new(&path).unwrap().list().is_ok());
}

/// A backlog as large as a long outage makes.
#[test]
fn two_hundred_thousand_records_are_settled_in_any_order_in_flat_memory() {
    const RECORDS: u64 = 200_000;
    let limits = Limits {
        segment_bytes: 8 << 20,
        bytes_max: 1 << 30,
    };
    let folder = Temporary::new();
    let mut random = Random::new();
    let (mut log, _) = open(Folder::new(folder.path()).unwrap(), limits);
    let payload = vec![b'p'; 300];
    let batch: Vec<_> = (0..1000).map(|_| entry(&payload)).collect();
    for _ in 0..RECORDS / 1000 {
        log.append(&batch).unwrap();
    }
    let before = resident_kib();
    let began = std::time::Instant::now();
    let (mut from, mut read) = (0, 0);
    while let Some(last) = log.read(from, 500, 1 << 20).unwrap().last() {
        read += 1;
        from = last.seq + 1;
    }
    assert_eq!(read, RECORDS / 500);
    // Nine of ten, out of order.
    let mut seqs: Vec<u64> = (1..=RECORDS).filter(|seq| seq % 10 != 0).collect();
    for at in (1..seqs.len()).rev() {
        seqs.swap(at, random.below(at + 1));
    }
    for (number, seq) in seqs.iter().enumerate() {
        assert!(log.settle(*seq));
        if number % 1000 == 0 {
            log.flush().unwrap();
        }
    }
    log.flush().unwrap();
    drop(log);
    let mut told = 0;
    let folder_disk = Folder::new(folder.path()).unwrap();
    let (mut log, _) =
        hookferry::publish::spool::log::Log::open(folder_disk, limits, |_, _, _| told += 1)
            .unwrap();
    assert_eq!((told, log.entries()), (RECORDS / 10, RECORDS / 10));
    let left: Vec<_> = all(&mut log).iter().map(|stored| stored.seq).collect();
    assert!(
        left.iter()
            .copied()
            .eq((1..=RECORDS / 10).map(|tenth| tenth * 10))
    );
    let grown = resident_kib().saturating_sub(before);
    println!(
        "read, settled, opened again in {:?}; {grown} KiB more",
        began.elapsed()
    );
    for seq in left {
        assert!(log.settle(seq));
    }
    log.flush().unwrap();
    assert!(
        log.bytes() < 9 << 20,
        "{} bytes are left of nothing",
        log.bytes()
    );
}

fn on_disk(machine: &Machine) -> u64 {
    let bytes: usize = machine.files().values().map(Vec::len).sum();
    u64::try_from(bytes).unwrap()
}

/// What memory the process has.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
