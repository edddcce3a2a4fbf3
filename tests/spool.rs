//! The spool's log: what it acknowledged is there after power cuts, failing and full disks and
//! damaged bytes, and nothing else is taken for it.

#![allow(
    unreachable_pub,
    missing_debug_implementations,
    reason = "its parts are modules"
)]
#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

#[path = "spool/accidents.rs"]
mod accidents;
#[path = "spool/damage.rs"]
mod damage;
#[path = "spool/power.rs"]
mod power;
mod support;

use std::io::ErrorKind;

use hookferry::publish::spool::disk::Disk;
use hookferry::publish::spool::log::{AppendError, Entry, Limits, Log, Recovery, Stored};

use power::Machine;
use support::random::Random;

/// Segments that hold all a test writes.
const LARGE: Limits = Limits {
    segment_bytes: 64 << 20,
    bytes_max: 1 << 30,
};

fn machine() -> Machine {
    Machine::new(Random::of(7))
}

fn open<D: Disk>(disk: D, limits: Limits) -> (Log<D>, Recovery) {
    Log::open(disk, limits, |_, _, _| {}).unwrap()
}

fn entry(payload: &[u8]) -> Entry<'_> {
    Entry {
        mark: u32::try_from(payload.len()).unwrap(),
        at_ms: u64::from(payload.first().copied().unwrap_or(0)),
        payload,
    }
}

fn append<D: Disk>(log: &mut Log<D>, payload: &[u8]) -> Result<u64, AppendError> {
    log.append(&[entry(payload)])
}

fn all<D: Disk>(log: &mut Log<D>) -> Vec<Stored> {
    log.read(0, usize::MAX, usize::MAX).unwrap()
}

fn payloads<D: Disk>(log: &mut Log<D>) -> Vec<Vec<u8>> {
    all(log).into_iter().map(|stored| stored.payload).collect()
}

fn segments(machine: &Machine) -> Vec<String> {
    let files = machine.files().into_keys();
    files.filter(|name| name.ends_with(".log")).collect()
}

fn is_full(outcome: &Result<u64, AppendError>) -> bool {
    matches!(outcome, Err(AppendError::Io(error)) if error.kind() == ErrorKind::StorageFull)
}
