//! Any order of appends, settlements and readings, with any faults of the disk and any number of
//! power cuts and killed processes between any two operations, against a model of what was promised.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use hookferry::publish::spool::log::{AppendError, Damaged, Entry, Limits, Log};

use super::power::{Faults, Machine};
use crate::support::random::Random;
use crate::support::scale;

/// What is known of a record, told from others by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Acknowledged: it must be there.
    Kept,
    /// Settled, and nothing acknowledged since: it may wait again.
    Settled,
    /// Settled before something that was acknowledged: it must not wait again.
    Gone,
    /// Settled as far as could be seen: it may wait again.
    Loose,
    /// Never acknowledged: it may be there, under a number that no other has.
    Unknown,
}

struct Model {
    random: Random,
    machine: Machine,
    limits: Limits,
    log: Option<Log<Machine>>,
    found_damaged: Damaged,
    /// By the number that the payload begins with.
    sent: BTreeMap<u64, (Vec<u8>, Fate)>,
    /// What waits now: sequence number to number.
    waits: BTreeMap<u64, u64>,
    /// Every acknowledged sequence number.
    given: BTreeMap<u64, u64>,
    /// Whether the disk fails now and then.
    is_faulty: bool,
    is_told: bool,
}

impl Model {
    fn new(seed: u64, is_told: bool) -> Self {
        let mut random = Random::of(seed);
        let machine = Machine::new(Random::of(random.word()));
        let header = 4096 + 32;
        let limits = Limits {
            segment_bytes: header + 200 + random.word() % 1500,
            bytes_max: 16_000 + random.word() % 50_000,
        };
        Self {
            random,
            machine,
            limits,
            log: None,
            found_damaged: Damaged::default(),
            sent: BTreeMap::new(),
            waits: BTreeMap::new(),
            given: BTreeMap::new(),
            is_faulty: false,
            is_told,
        }
    }

    fn tell(&self, what: impl FnOnce() -> String) {
        if self.is_told {
            println!("{}", what());
        }
    }

    fn run(&mut self) {
        let one_in = [0, 0, 60, 15][self.random.below(4)];
        self.is_faulty = one_in > 0;
        self.open();
        let steps = 20 + self.random.below(60);
        for _ in 0..steps {
            self.machine.faults(Faults { one_in });
            if self.random.below(12) == 0 {
                self.machine.stop_after(self.random.below(12));
            }
            match self.random.below(16) {
                0..=5 => self.append(),
                6..=9 => self.settle(),
                10 | 11 => self.flush(),
                12 | 13 => self.read(),
                14 => {
                    let room = [
                        None,
                        None,
                        Some(0),
                        Some(1),
                        Some(70),
                        Some(500),
                        Some(4300),
                    ];
                    let room = room[self.random.below(room.len())];
                    self.tell(|| format!("room {room:?}"));
                    self.machine.room(room);
                }
                _ => self.restart(),
            }
            if self.machine.is_stopped() {
                self.restart();
            }
        }
        self.end();
    }

    fn log(&mut self) -> &mut Log<Machine> {
        self.log.as_mut().unwrap()
    }

    fn append(&mut self) {
        let count = [1, 1, 1, 2, 5, 12][self.random.below(6)];
        let mut batch = Vec::new();
        for _ in 0..count {
            let number = u64::try_from(self.sent.len()).unwrap();
            let len = [0, 5, 40, 150, 900][self.random.below(if count > 2 { 4 } else { 5 })];
            let mut payload = number.to_le_bytes().to_vec();
            payload.extend(self.random.bytes(len));
            self.sent.insert(number, (payload.clone(), Fate::Unknown));
            batch.push((number, payload));
        }
        let entries: Vec<_> = batch
            .iter()
            .map(|(number, payload)| entry(*number, payload))
            .collect();
        let before = self.log().entries();
        let outcome = self.log().append(&entries);
        self.tell(|| {
            format!(
                "append {:?} -> {outcome:?}",
                batch.iter().map(|(number, _)| number).collect::<Vec<_>>()
            )
        });
        match outcome {
            Ok(first) => {
                for (seq, (number, _)) in (first..).zip(&batch) {
                    assert_eq!(
                        self.given.insert(seq, *number),
                        None,
                        "{seq} was given twice"
                    );
                    assert!(
                        self.waits
                            .last_key_value()
                            .is_none_or(|(last, _)| *last < seq),
                        "{seq} is too low"
                    );
                    self.waits.insert(seq, *number);
                    self.sent.get_mut(number).unwrap().1 = Fate::Kept;
                }
                for (_, fate) in self.sent.values_mut() {
                    if *fate == Fate::Settled {
                        *fate = Fate::Gone;
                    }
                }
                let (bytes, max) = (self.log().bytes(), self.limits.bytes_max);
                assert!(bytes <= max, "{bytes} of {max} bytes");
            }
            Err(AppendError::Full | AppendError::TooLarge | AppendError::Io(_)) => {
                assert_eq!(self.log().entries(), before, "a part of it waits");
            }
        }
    }

    fn settle(&mut self) {
        for _ in 0..self.random.below(6) {
            let seqs: Vec<_> = self.waits.keys().copied().collect();
            // Mostly in order, as they are carried.
            let at = if self.random.below(3) == 0 {
                self.random.below(seqs.len() + 1)
            } else {
                0
            };
            let seq = seqs
                .get(at)
                .copied()
                .unwrap_or_else(|| self.random.word() % 40);
            let expected = self.waits.remove(&seq);
            assert_eq!(self.log().settle(seq), expected.is_some(), "{seq}");
            self.tell(|| format!("settle {seq} {expected:?}"));
            if let Some(number) = expected {
                self.sent.get_mut(&number).unwrap().1 = Fate::Settled;
            }
        }
    }

    fn flush(&mut self) {
        let outcome = self.log().flush();
        self.tell(|| format!("flush {outcome:?}"));
    }

    fn read(&mut self) {
        let highest = self
            .waits
            .last_key_value()
            .map_or(0, |(seq, _)| usize::try_from(*seq).unwrap());
        let from = u64::try_from(self.random.below(highest + 2)).unwrap();
        let (entries_max, bytes_max) = (1 + self.random.below(9), self.random.below(2000));
        let oldest = self.log().oldest_ms();
        let Ok(stored) = self.log().read(from, entries_max, bytes_max) else {
            return;
        };
        let mut room = bytes_max;
        let mut expected = Vec::new();
        for (seq, number) in self.waits.range(from..) {
            let len = self.sent[number].0.len();
            if expected.len() == entries_max || (!expected.is_empty() && len > room) {
                break;
            }
            room = room.saturating_sub(len);
            expected.push((*seq, *number));
        }
        let found: Vec<_> = stored
            .iter()
            .map(|stored| (stored.seq, number(&stored.payload)))
            .collect();
        assert_eq!(
            found, expected,
            "from {from}, at most {entries_max} of {bytes_max} bytes"
        );
        for stored in &stored {
            self.compare(stored.mark, stored.at_ms, &stored.payload);
        }
        if !self.machine.is_faulty() {
            let expected = self.waits.values().next().map(|number| at_ms(*number));
            assert_eq!(oldest, expected, "the oldest");
        }
        assert_eq!(
            self.log().damaged(),
            self.found_damaged,
            "nothing was damaged"
        );
    }

    fn compare(&self, mark: u32, at: u64, payload: &[u8]) {
        let number = number(payload);
        assert_eq!(self.sent[&number].0, payload, "other bytes");
        assert_eq!((mark, at), (mark_of(number), at_ms(number)));
    }

    /// The process or the machine ends, if it has not yet, and begins again.
    fn restart(&mut self) {
        self.log = None;
        if self.random.below(2) == 0 {
            self.tell(|| "power cut".into());
            self.machine.power_cut();
        } else {
            self.tell(|| "killed".into());
            self.machine.restart();
            // What a file shows whose sync failed may not be on the disk: what was settled last may
            // look as if it were for good. Only duplicates come of it.
            if self.is_faulty {
                self.loosen(&[Fate::Settled]);
            }
        }
        // It may end again while it recovers.
        if self.random.below(4) == 0 {
            self.machine.stop_after(self.random.below(20));
        }
        self.open();
    }

    fn loosen(&mut self, fates: &[Fate]) {
        for (_, fate) in self.sent.values_mut() {
            if fates.contains(fate) {
                *fate = Fate::Loose;
            }
        }
    }

    fn open(&mut self) {
        let mut told = Vec::new();
        let mut tries = 0;
        let (mut log, recovery) = loop {
            told.clear();
            let waiting = |seq, mark, at| told.push((seq, mark, at));
            match Log::open(self.machine.clone(), self.limits, waiting) {
                Ok(opened) if !self.machine.is_stopped() => break opened,
                Ok(_) => {}
                Err(error) => self.tell(|| format!("open {error}")),
            }
            tries += 1;
            assert!(tries < 100, "it cannot be opened");
            if self.machine.is_stopped() {
                if self.random.below(2) == 0 {
                    self.machine.power_cut();
                } else {
                    self.machine.restart();
                }
            } else {
                // Nor may settlements that a killed process had not synced, after a sync that failed
                // here.
                self.loosen(&[Fate::Settled, Fate::Gone]);
            }
            if tries > 5 {
                self.machine.faults(Faults::default());
            }
        };
        self.tell(|| format!("open {recovery:?}"));
        let read = || log.read(0, usize::MAX, usize::MAX);
        let stored = self.machine.in_peace(read).unwrap();
        let read: Vec<_> = stored
            .iter()
            .map(|it| (it.seq, it.mark, it.at_ms))
            .collect();
        assert_eq!(told, read, "what is said to wait is not what waits");
        assert!(read.is_sorted_by_key(|(seq, ..)| *seq), "{read:?}");
        self.waits.clear();
        let mut there = BTreeSet::new();
        for stored in &stored {
            let number = number(&stored.payload);
            self.compare(stored.mark, stored.at_ms, &stored.payload);
            assert!(there.insert(number), "{number} is there twice");
            let fate = &mut self.sent.get_mut(&number).unwrap().1;
            assert_ne!(
                *fate,
                Fate::Gone,
                "{number} was settled for good and waits again"
            );
            let given = self.given.get(&stored.seq);
            assert!(
                given.is_none_or(|given| *given == number),
                "{} was given to another",
                stored.seq
            );
            assert!(given.is_some() || *fate != Fate::Kept, "not its number");
            if matches!(fate, Fate::Settled | Fate::Loose) {
                // What was never acknowledged may go as it came.
                *fate = given.map_or(Fate::Unknown, |_| Fate::Kept);
            }
            self.waits.insert(stored.seq, number);
        }
        for (number, (_, fate)) in &self.sent {
            assert!(
                *fate != Fate::Kept || there.contains(number),
                "{number} is lost"
            );
        }
        assert_eq!(log.entries(), u64::try_from(there.len()).unwrap());
        self.found_damaged = recovery.damaged;
        self.log = Some(log);
    }

    /// When all is well again, all is carried, and one more is taken; after that nothing is left but
    /// that one.
    fn end(&mut self) {
        self.machine.faults(Faults::default());
        self.machine.room(None);
        self.machine.restart();
        let seqs: Vec<_> = self.waits.keys().copied().collect();
        for seq in seqs {
            let number = self.waits.remove(&seq).unwrap();
            assert!(self.log().settle(seq));
            self.sent.get_mut(&number).unwrap().1 = Fate::Settled;
        }
        if self.random.below(2) == 0 {
            self.log().flush().unwrap();
        }
        let number = u64::try_from(self.sent.len()).unwrap();
        let payload = number.to_le_bytes().to_vec();
        let seq = self.log().append(&[entry(number, &payload)]).unwrap();
        assert_eq!(self.given.insert(seq, number), None);
        for (_, fate) in self.sent.values_mut() {
            if *fate == Fate::Settled {
                *fate = Fate::Gone;
            }
        }
        self.sent.insert(number, (payload, Fate::Kept));
        // What was never acknowledged, or settled without a word, may be found by the next opening.
        let loose = |(number, (_, fate)): (&u64, &(Vec<u8>, Fate))| {
            matches!(fate, Fate::Loose | Fate::Unknown).then_some(*number)
        };
        let loose: BTreeSet<_> = self.sent.iter().filter_map(loose).collect();
        self.log = None;
        self.machine.power_cut();
        self.open();
        let found: Vec<_> = self.waits.iter().map(|(seq, it)| (*seq, *it)).collect();
        let (back, rest): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|(_, it)| loose.contains(it));
        assert_eq!(rest.iter().map(|(_, it)| *it).collect::<Vec<_>>(), [number]);
        for (seq, _) in back {
            assert!(self.log().settle(seq));
        }
        self.log().flush().unwrap();
        let left = super::segments(&self.machine);
        assert_eq!(left.len(), 1, "{left:?}");
    }
}

fn number(payload: &[u8]) -> u64 {
    u64::from_le_bytes(*payload.first_chunk().unwrap())
}

fn mark_of(number: u64) -> u32 {
    u32::try_from(number * 7 % 13).unwrap()
}

fn at_ms(number: u64) -> u64 {
    1_700_000_000_000 + number
}

fn entry(number: u64, payload: &[u8]) -> Entry<'_> {
    Entry {
        mark: mark_of(number),
        at_ms: at_ms(number),
        payload,
    }
}

/// `HOOKFERRY_TEST_SEED` plays one again, and tells it.
#[test]
fn nothing_acknowledged_is_lost_whatever_the_disk_does() {
    if let Ok(seed) = std::env::var("HOOKFERRY_TEST_SEED") {
        Model::new(seed.parse().expect("a whole number"), true).run();
        return;
    }
    let began = Instant::now();
    let seeds = 6000 * u64::try_from(scale()).unwrap();
    for seed in 0..seeds {
        let outcome = std::panic::catch_unwind(|| Model::new(seed, false).run());
        assert!(outcome.is_ok(), "HOOKFERRY_TEST_SEED={seed}");
    }
    println!("{seeds} seeds in {:.1} s", began.elapsed().as_secs_f64());
}
