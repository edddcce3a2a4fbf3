//! Looking at a log without changing anything: of a daemon that runs, or that is no more.

use std::io;
use std::path::Path;

use super::disk::{Disk as _, Folder};
use super::format::{HEADER_BYTES, Kind, name};
use super::log::{OpenError, Stored};
use super::recover::Survey;
use super::scan::{Scan, Step};

/// What is found in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Walked {
    /// A record that no broker is known to have.
    Waiting(Stored),
    /// A record that need not be kept any more.
    Settled(Stored),
    /// Bytes of a file that are no whole record: damage, or what is just being written.
    Damaged {
        file: String,
        offset: u64,
        bytes: u64,
    },
}

/// Calls `each` for everything in the log in `folder`, in order. The folder may be in use: what is
/// appended meanwhile may be seen or not, and a segment that is removed meanwhile ends the walk with
/// an error.
///
/// # Errors
/// As [`Log::open`](super::log::Log::open); and what `each` says.
pub fn walk(
    folder: &Path,
    mut each: impl FnMut(Walked) -> io::Result<()>,
) -> Result<(), OpenError> {
    let disk = Folder::look(folder)?;
    let survey = Survey::new(&disk)?;
    for segment in &survey.segments {
        let file = disk.open(&name(segment.first))?;
        let len = disk.len(&file)?;
        let damaged = |offset, bytes| Walked::Damaged {
            file: name(segment.first),
            offset,
            bytes,
        };
        let Some(salt) = segment.salt else {
            if len > HEADER_BYTES {
                each(damaged(0, len))?;
            }
            continue;
        };
        let mut scan = Scan::new(&disk, &file, salt, HEADER_BYTES, len);
        while let Some(step) = scan.next()? {
            let (at, head) = match step {
                Step::Damage { at, bytes } => {
                    each(damaged(at, bytes))?;
                    continue;
                }
                Step::Entry { at, head } => (at, head),
            };
            let Some(payload) = scan.body(at, &head)? else {
                each(damaged(at, head.entry_bytes()))?;
                continue;
            };
            if head.kind == Kind::Settlement {
                continue;
            }
            let stored = Stored {
                seq: head.seq,
                mark: head.mark,
                at_ms: head.at_ms,
                payload,
            };
            // What was appended after the survey waits.
            let waits = head.seq >= segment.end || segment.waits(head.seq);
            each(if waits {
                Walked::Waiting(stored)
            } else {
                Walked::Settled(stored)
            })?;
        }
    }
    Ok(())
}
