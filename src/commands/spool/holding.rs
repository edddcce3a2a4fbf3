//! What one sink's spool holds, read without changing it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::commands::sinks::printable;
use crate::publish::Kept;
use crate::publish::replay::{Letter, Reading, quarantined};
use crate::publish::spool::log::OpenError;
use crate::publish::spool::walk::{Walked, walk};
use crate::publish::spool::{QUARANTINE, WAITING};
use crate::time::UnixTime;

/// So often a walk is begun anew because the daemon has removed a file of it.
const WALKS_MAX: usize = 5;

/// What one sink's spool holds.
#[derive(Debug, Default)]
pub(super) struct Holding {
    sink: String,
    waiting: Part,
    /// Of what waits, by source and type.
    counts: BTreeMap<(String, String), u64>,
    quarantine: Part,
    /// The dead letters in it, as JSON objects.
    letters: Vec<Value>,
    /// Entries of either that are no records.
    unreadable: u64,
}

/// One of its logs.
#[derive(Debug, Default)]
struct Part {
    segments: u64,
    bytes: u64,
    entries: u64,
    settled: u64,
    oldest_ms: Option<u64>,
    newest_ms: Option<u64>,
    damaged: Vec<(String, u64, u64)>,
    /// At the end of the newest file: what is being written, or was when the power went.
    unfinished_bytes: u64,
    /// Copies of damage, with their sizes.
    aside: Vec<(String, u64)>,
}

impl Holding {
    /// # Errors
    /// The files cannot be read.
    pub(super) fn read(folder: &Path, sink: &str, reading: &Reading) -> Result<Self, String> {
        let mut holding = Self {
            sink: sink.to_owned(),
            ..Self::default()
        };
        let (mut counts, mut unreadable) = (BTreeMap::new(), 0);
        let count =
            |payload: Option<Vec<u8>>| match payload.map(|payload| Kept::read(payload.into())) {
                // From the beginning.
                None => {
                    counts = BTreeMap::new();
                    unreadable = 0;
                }
                Some(Some(kept)) => {
                    let of = (kept.source().to_owned(), kept.kind().to_owned());
                    *counts.entry(of).or_default() += 1;
                }
                Some(None) => unreadable += 1,
            };
        holding.waiting = Part::read(&folder.join(WAITING), count)?;
        (holding.counts, holding.unreadable) = (counts, unreadable);
        let folder = folder.join(QUARANTINE);
        holding.quarantine = Part::read(&folder, |_| {})?;
        if folder.is_dir() {
            let letters = &mut holding.letters;
            let others = quarantined(&folder, reading, |letter| letters.push(row(letter)))?;
            holding.unreadable += others;
        }
        Ok(holding)
    }

    pub(super) fn json(&self) -> Value {
        let counts = self.counts.iter().map(
            |((source, kind), count)| json!({ "source": source, "type": kind, "entries": count }),
        );
        let mut waiting = self.waiting.json();
        if let Some(waiting) = waiting.as_object_mut() {
            waiting.insert("of".into(), counts.collect());
        }
        let mut quarantine = self.quarantine.json();
        if let Some(quarantine) = quarantine.as_object_mut() {
            quarantine.insert("of".into(), self.letters.clone().into());
        }
        json!({
            "sink": self.sink,
            "waiting": waiting,
            "quarantine": quarantine,
            "unreadable": self.unreadable,
        })
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", self.sink);
        self.waiting.text("waiting", &mut text);
        for ((source, kind), count) in &self.counts {
            let (source, kind) = (printable(source), printable(kind));
            let _ = writeln!(text, "    {count:>8}  {source}  {kind}");
        }
        self.quarantine.text("quarantine", &mut text);
        for letter in &self.letters {
            let word = |name: &str| letter.get(name).and_then(Value::as_str).map(printable);
            let words = ["id", "source", "type", "reason", "received", "topic"].map(word);
            let words: Vec<_> = words.into_iter().flatten().collect();
            let bytes = letter.get("bytes").and_then(Value::as_u64).unwrap_or(0);
            let _ = writeln!(text, "    {}  {bytes} bytes", words.join("  "));
        }
        if self.unreadable > 0 {
            let _ = writeln!(text, "  {} entries are no events", self.unreadable);
        }
        text
    }
}

impl Part {
    /// Hands what waits to `each`, or `None` when it begins anew.
    fn read(folder: &Path, mut each: impl FnMut(Option<Vec<u8>>)) -> Result<Self, String> {
        if !folder.is_dir() {
            return Ok(Self::default());
        }
        let mut walks = 0;
        loop {
            walks += 1;
            each(None);
            match Self::walked(folder, &mut each) {
                // The daemon has published what is in a file, and removed it.
                Err(error) if is_gone(&error) && walks < WALKS_MAX => {}
                Err(error) => return Err(format!("spool: {}: {error}", folder.display())),
                Ok(part) => return Ok(part),
            }
        }
    }

    fn walked(folder: &Path, each: &mut impl FnMut(Option<Vec<u8>>)) -> Result<Self, OpenError> {
        let mut part = Self::default();
        let mut newest = String::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let (name, bytes) = (entry.file_name(), entry.metadata()?.len());
            let name = name.to_string_lossy().into_owned();
            if name.ends_with(".log") {
                part.segments += 1;
                part.bytes += bytes;
                newest = newest.max(name);
            } else if name.starts_with("damaged-") {
                part.aside.push((name, bytes));
            }
        }
        part.aside.sort();
        walk(folder, |walked| {
            // What is damaged and has a whole entry after it is no unfinished write.
            if part.unfinished_bytes > 0 && !matches!(walked, Walked::Damaged { .. }) {
                part.unfinished_bytes = 0;
            }
            match walked {
                Walked::Waiting(stored) => {
                    part.entries += 1;
                    part.oldest_ms.get_or_insert(stored.at_ms);
                    part.newest_ms = Some(stored.at_ms);
                    each(Some(stored.payload));
                }
                Walked::Settled(_) => part.settled += 1,
                Walked::Damaged {
                    file,
                    offset,
                    bytes,
                } => {
                    if file == newest {
                        part.unfinished_bytes += bytes;
                    }
                    part.damaged.push((file, offset, bytes));
                }
            }
            Ok(())
        })?;
        if part.unfinished_bytes > 0 {
            let mut bytes = 0;
            while bytes < part.unfinished_bytes
                && let Some((_, _, damaged)) = part.damaged.pop()
            {
                bytes += damaged;
            }
        }
        Ok(part)
    }

    fn json(&self) -> Value {
        let time = |ms: Option<u64>| ms.map(|ms| moment(ms).text());
        let damaged = self
            .damaged
            .iter()
            .map(|(file, offset, bytes)| json!({ "file": file, "offset": offset, "bytes": bytes }));
        let aside = self.aside.iter();
        let aside = aside.map(|(file, bytes)| json!({ "file": file, "bytes": bytes }));
        json!({
            "segments": self.segments,
            "bytes": self.bytes,
            "entries": self.entries,
            "settled": self.settled,
            "oldest": time(self.oldest_ms),
            "newest": time(self.newest_ms),
            "damaged": damaged.collect::<Vec<_>>(),
            "unfinished_bytes": self.unfinished_bytes,
            "set_aside": aside.collect::<Vec<_>>(),
        })
    }

    fn text(&self, name: &str, text: &mut String) {
        // Writing to a String cannot fail.
        let _ = write!(text, "  {name}: {} events", self.entries);
        if let (Some(oldest), Some(newest)) = (self.oldest_ms, self.newest_ms) {
            let _ = write!(text, " from {} to {}", moment(oldest), moment(newest));
        }
        let _ = writeln!(
            text,
            "; {} settled; {} segments of {} bytes",
            self.settled, self.segments, self.bytes
        );
        for (file, offset, bytes) in &self.damaged {
            let _ = writeln!(text, "    DAMAGED: {file} at {offset}, {bytes} bytes");
        }
        for (file, bytes) in &self.aside {
            let _ = writeln!(text, "    set aside: {file}, {bytes} bytes");
        }
        if self.unfinished_bytes > 0 {
            let bytes = self.unfinished_bytes;
            let _ = writeln!(
                text,
                "    {bytes} bytes at the end are being written, or were torn"
            );
        }
    }
}

fn row(letter: &Letter) -> Value {
    json!({
        "id": letter.id(),
        "source": letter.source(),
        "type": letter.kind(),
        "reason": letter.reason(),
        "topic": letter.topic(),
        "received": letter.received().text(),
        "bytes": letter.bytes(),
    })
}

fn moment(ms: u64) -> UnixTime {
    UnixTime::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))
}

fn is_gone(error: &OpenError) -> bool {
    match error {
        OpenError::Folder(error) | OpenError::File { error, .. } => {
            error.kind() == io::ErrorKind::NotFound
        }
        OpenError::Version { .. } | OpenError::Misplaced { .. } => false,
    }
}
