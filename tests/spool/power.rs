//! A disk that keeps what it was told to keep, and of everything else whatever it likes: after a
//! power cut any mixture of what was written is there, and files that were made or removed are there
//! or not. It also fails, fills up and stops at any operation.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookferry::publish::spool::disk::Disk;

use crate::support::random::Random;

/// What is kept or lost as one: small, so that entries are torn in all their parts.
const SECTOR: usize = 8;

#[derive(Default)]
struct Inode {
    /// As it is seen.
    now: Vec<u8>,
    /// As it is after a power cut.
    kept: Vec<u8>,
    /// As it was after each change since the last sync.
    between: Vec<Vec<u8>>,
    /// From here on a sync has something to write.
    dirty_from: usize,
}

impl Inode {
    fn changed(&mut self, from: usize) {
        self.dirty_from = self.dirty_from.min(from);
        self.between.push(self.now.clone());
    }

    /// Any mixture of what was kept and what was written since.
    fn torn(&self, random: &mut Random) -> Vec<u8> {
        let versions: Vec<_> = std::iter::once(&self.kept).chain(&self.between).collect();
        let len = versions[random.below(versions.len())].len();
        let mut torn = vec![0; len];
        // Half of the time all is of one version, or nearly.
        let is_wild = random.below(2) == 0;
        let mut version = versions[random.below(versions.len())];
        for (number, sector) in torn.chunks_mut(SECTOR).enumerate() {
            let begin = number * SECTOR;
            if is_wild || random.below(40) == 0 {
                version = versions[random.below(versions.len())];
            }
            // What no version changed is not touched.
            let same = |from: &Vec<u8>| {
                from.get(begin..)
                    .map(|rest| rest[..rest.len().min(SECTOR)].to_vec())
            };
            let of = if versions.iter().all(|it| same(it) == same(&self.kept)) {
                &self.kept
            } else {
                version
            };
            if let Some(bytes) = of.get(begin..) {
                let count = bytes.len().min(sector.len());
                sector[..count].copy_from_slice(&bytes[..count]);
            }
        }
        torn
    }

    fn synced(&mut self) {
        let from = self.dirty_from.min(self.now.len());
        self.kept.resize(from, 0);
        self.kept.extend_from_slice(&self.now[from..]);
        self.dirty_from = self.now.len();
        self.between.clear();
    }

    /// A sync that failed: some of it was written, and the rest is taken for written ever after.
    fn sync_failed(&mut self, random: &mut Random) {
        self.kept = self.torn(random);
        self.dirty_from = self.now.len();
        self.between.clear();
    }
}

#[derive(Clone)]
enum Change {
    Made(String, usize),
    Removed(String),
}

/// How often things go wrong: once in so many operations, never for 0.
#[derive(Clone, Copy, Default)]
pub struct Faults {
    pub one_in: usize,
}

struct State {
    random: Random,
    inodes: Vec<Inode>,
    names: BTreeMap<String, usize>,
    kept: BTreeMap<String, usize>,
    changes: Vec<Change>,
    capacity: usize,
    faults: Faults,
    /// Operations left until the machine or the process stops.
    left: Option<usize>,
    /// The next sync of a file fails.
    fail_sync: bool,
}

/// A handle on the disk; clones are the same disk.
#[derive(Clone)]
pub struct Machine(Arc<Mutex<State>>);

pub struct Open(usize);

fn eio() -> io::Error {
    io::Error::from_raw_os_error(5)
}

/// Not an error of the disk: there is nobody any more to see it.
fn stop() -> io::Error {
    ErrorKind::ConnectionAborted.into()
}

fn is_stop(error: &io::Error) -> bool {
    error.kind() == ErrorKind::ConnectionAborted
}

fn enospc() -> io::Error {
    io::Error::from_raw_os_error(28)
}

impl State {
    /// What happens to the next operation.
    fn begin(&mut self) -> io::Result<()> {
        if let Some(left) = &mut self.left {
            if *left == 0 {
                return Err(stop());
            }
            *left -= 1;
        }
        let one_in = self.faults.one_in;
        if one_in > 0 && self.random.below(one_in) == 0 {
            return Err(eio());
        }
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.left == Some(0)
    }

    fn used(&self) -> usize {
        self.names
            .values()
            .map(|inode| self.inodes[*inode].now.len())
            .sum()
    }

    /// A change of the folder may have been made though an error was returned.
    fn change(&mut self, change: Change) {
        match &change {
            Change::Made(name, inode) => self.names.insert(name.clone(), *inode),
            Change::Removed(name) => self.names.remove(name),
        };
        self.changes.push(change);
    }
}

impl Machine {
    pub fn new(random: Random) -> Self {
        Self(Arc::new(Mutex::new(State {
            random,
            inodes: Vec::new(),
            names: BTreeMap::new(),
            kept: BTreeMap::new(),
            changes: Vec::new(),
            capacity: usize::MAX,
            faults: Faults::default(),
            left: None,
            fail_sync: false,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn faults(&self, faults: Faults) {
        self.state().faults = faults;
    }

    /// Does something while nothing goes wrong.
    pub fn in_peace<T>(&self, act: impl FnOnce() -> T) -> T {
        let mut state = self.state();
        let before = (std::mem::take(&mut state.faults), state.left.take());
        drop(state);
        let done = act();
        let mut state = self.state();
        (state.faults, state.left) = before;
        done
    }

    pub fn is_faulty(&self) -> bool {
        let state = self.state();
        state.faults.one_in > 0 || state.left.is_some()
    }

    pub fn fail_next_sync(&self) {
        self.state().fail_sync = true;
    }

    /// Room for so many bytes more; none for as many as one likes.
    pub fn room(&self, bytes: Option<usize>) {
        let mut state = self.state();
        state.capacity = bytes.map_or(usize::MAX, |bytes| state.used() + bytes);
    }

    /// After so many operations more, nothing works any longer.
    pub fn stop_after(&self, operations: usize) {
        self.state().left = Some(operations);
    }

    pub fn is_stopped(&self) -> bool {
        self.state().is_stopped()
    }

    /// The process is started again; nothing is lost that had been written.
    pub fn restart(&self) {
        self.state().left = None;
    }

    /// The machine is started again after its power was cut.
    pub fn power_cut(&self) {
        let state = &mut *self.state();
        state.left = None;
        let mut kept = state.kept.clone();
        for change in std::mem::take(&mut state.changes) {
            if state.random.below(2) == 0 {
                match change {
                    Change::Made(name, inode) => kept.insert(name, inode),
                    Change::Removed(name) => kept.remove(&name),
                };
            }
        }
        for inode in &mut state.inodes {
            let torn = inode.torn(&mut state.random);
            inode.dirty_from = torn.len();
            (inode.now, inode.kept) = (torn.clone(), torn);
            inode.between.clear();
        }
        (state.names, state.kept) = (kept.clone(), kept);
    }

    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        let files = state.names.iter();
        files
            .map(|(name, inode)| (name.clone(), state.inodes[*inode].now.clone()))
            .collect()
    }

    /// Puts a file there, durably.
    pub fn put(&self, name: &str, bytes: Vec<u8>) {
        let mut state = self.state();
        let inode = state.inodes.len();
        state.inodes.push(Inode {
            dirty_from: bytes.len(),
            now: bytes.clone(),
            kept: bytes,
            between: Vec::new(),
        });
        state.names.insert(name.to_owned(), inode);
        state.kept.insert(name.to_owned(), inode);
    }
}

impl Disk for Machine {
    type File = Open;

    fn list(&self) -> io::Result<Vec<String>> {
        let mut state = self.state();
        state.begin()?;
        Ok(state.names.keys().cloned().collect())
    }

    fn create(&self, name: &str) -> io::Result<Open> {
        let mut state = self.state();
        let outcome = state.begin();
        let is_made = outcome.is_ok() || (!state.is_stopped() && state.random.below(2) == 0);
        if state.names.contains_key(name) {
            return Err(ErrorKind::AlreadyExists.into());
        }
        let inode = state.inodes.len();
        if is_made {
            state.inodes.push(Inode::default());
            state.change(Change::Made(name.to_owned(), inode));
        }
        outcome.map(|()| Open(inode))
    }

    fn open(&self, name: &str) -> io::Result<Open> {
        let mut state = self.state();
        state.begin()?;
        state
            .names
            .get(name)
            .map(|inode| Open(*inode))
            .ok_or(ErrorKind::NotFound.into())
    }

    fn append(&self, file: &Open, bytes: &[u8]) -> io::Result<()> {
        let state = &mut *self.state();
        let outcome = state.begin();
        let is_stopped = state.left == Some(0);
        if outcome.as_ref().is_err_and(is_stop) {
            return outcome;
        }
        let room = state.capacity.saturating_sub(state.used());
        let count = if outcome.is_err() || is_stopped {
            state.random.below(bytes.len() + 1)
        } else {
            bytes.len()
        };
        let inode = &mut state.inodes[file.0];
        let from = inode.now.len();
        inode.now.extend_from_slice(&bytes[..count.min(room)]);
        inode.changed(from);
        outcome?;
        if count < bytes.len() {
            return Err(stop());
        }
        if room < count { Err(enospc()) } else { Ok(()) }
    }

    fn read_at(&self, file: &Open, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state();
        state.begin()?;
        let from = &state.inodes[file.0].now;
        let begin = usize::try_from(offset).unwrap().min(from.len());
        let count = into.len().min(from.len() - begin);
        into[..count].copy_from_slice(&from[begin..begin + count]);
        Ok(count)
    }

    fn len(&self, file: &Open) -> io::Result<u64> {
        let mut state = self.state();
        state.begin()?;
        Ok(u64::try_from(state.inodes[file.0].now.len()).unwrap())
    }

    fn sync(&self, file: &Open) -> io::Result<()> {
        let state = &mut *self.state();
        let outcome = state.begin();
        let inode = &mut state.inodes[file.0];
        if std::mem::take(&mut state.fail_sync) {
            inode.sync_failed(&mut state.random);
            return Err(eio());
        }
        match &outcome {
            Ok(()) => inode.synced(),
            Err(error) if is_stop(error) => {}
            Err(_) => inode.sync_failed(&mut state.random),
        }
        outcome
    }

    fn truncate(&self, file: &Open, len: u64) -> io::Result<()> {
        let mut state = self.state();
        state.begin()?;
        let inode = &mut state.inodes[file.0];
        let len = usize::try_from(len).unwrap();
        inode.now.resize(len, 0);
        inode.changed(len);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        let outcome = state.begin();
        if !state.names.contains_key(name) {
            return Err(ErrorKind::NotFound.into());
        }
        if outcome.is_ok() {
            state.change(Change::Removed(name.to_owned()));
        }
        outcome
    }

    fn sync_folder(&self) -> io::Result<()> {
        let mut state = self.state();
        state.begin()?;
        state.kept = state.names.clone();
        state.changes.clear();
        Ok(())
    }
}
