//! From entry to entry of a file, and on over what is damaged.

use std::io;

use super::disk::Disk;
use super::format::{HEAD_BYTES, HEAD_LEN, Head, Salt};

/// How much is read at once.
pub(super) const CHUNK: usize = 64 << 10;

/// What is found next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A whole head; its body may not be.
    Entry { at: u64, head: Head },
    /// No entry begins here.
    Damage { at: u64, bytes: u64 },
}

/// Reads a segment's entries between two offsets.
pub(super) struct Scan<'a, D: Disk> {
    disk: &'a D,
    file: &'a D::File,
    salt: Salt,
    at: u64,
    end: u64,
    buffer: Vec<u8>,
    /// The offset of the buffer's first byte.
    begin: u64,
}

impl<'a, D: Disk> Scan<'a, D> {
    pub(super) const fn new(
        disk: &'a D,
        file: &'a D::File,
        salt: Salt,
        from: u64,
        end: u64,
    ) -> Self {
        Self {
            disk,
            file,
            salt,
            at: from,
            end,
            buffer: Vec::new(),
            begin: 0,
        }
    }

    /// The next step; none at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Step>> {
        let at = self.at;
        if at >= self.end {
            return Ok(None);
        }
        if let Some(head) = self.head(at)? {
            self.at = at.saturating_add(head.entry_bytes());
            return Ok(Some(Step::Entry { at, head }));
        }
        self.at = self.search(at.saturating_add(1))?;
        let bytes = self.at.saturating_sub(at);
        Ok(Some(Step::Damage { at, bytes }))
    }

    /// Goes on from a later offset.
    pub(super) fn skip_to(&mut self, at: u64) {
        self.at = self.at.max(at);
    }

    /// Whether the body of the entry at `at` is as it was written.
    pub(super) fn is_whole(&mut self, at: u64, head: &Head) -> io::Result<bool> {
        let mut sum = self.salt.sum();
        let mut at = at.saturating_add(HEAD_BYTES);
        let mut left = u64::from(head.len);
        while left > 0 {
            let part = self.peek(at, 1)?;
            let part = usize::try_from(left)
                .ok()
                .and_then(|left| part.get(..left))
                .unwrap_or(part);
            if part.is_empty() {
                return Ok(false);
            }
            sum.update(part);
            let count = u64::try_from(part.len()).unwrap_or(u64::MAX);
            at = at.saturating_add(count);
            left = left.saturating_sub(count);
        }
        Ok(sum.finalize() == head.sum)
    }

    /// The body of the entry at `at`, when it is as it was written.
    pub(super) fn body(&self, at: u64, head: &Head) -> io::Result<Option<Vec<u8>>> {
        let from = at.saturating_add(HEAD_BYTES);
        // The head is whole, so this is what was once written.
        let mut body = vec![0; usize::try_from(head.len).unwrap_or(usize::MAX)];
        let buffered = from.checked_sub(self.begin).and_then(|skip| {
            let skip = usize::try_from(skip).ok()?;
            self.buffer.get(skip..skip.checked_add(body.len())?)
        });
        let read = match buffered {
            Some(buffered) => {
                body.copy_from_slice(buffered);
                body.len()
            }
            None => self.disk.read_at(self.file, from, &mut body)?,
        };
        let mut sum = self.salt.sum();
        sum.update(&body);
        Ok((read == body.len() && sum.finalize() == head.sum).then_some(body))
    }

    /// A whole head at `at` whose body ends within bounds.
    fn head(&mut self, at: u64) -> io::Result<Option<Head>> {
        let salt = self.salt;
        let head = Head::read(salt, self.peek(at, HEAD_LEN)?);
        let end = self.end;
        Ok(head.filter(|head| at.saturating_add(head.entry_bytes()) <= end))
    }

    /// The offset of the next whole head, or the end.
    fn search(&mut self, from: u64) -> io::Result<u64> {
        let marker = self.salt.marker.to_le_bytes();
        let mut at = from;
        while at.saturating_add(HEAD_BYTES) <= self.end {
            let part = self.peek(at, HEAD_LEN)?;
            let Some(skip) = part.windows(marker.len()).position(|four| four == marker) else {
                // The marker may begin in the last three bytes.
                let skip = part.len().saturating_sub(marker.len() - 1);
                if skip == 0 {
                    break;
                }
                at = at.saturating_add(u64::try_from(skip).unwrap_or(u64::MAX));
                continue;
            };
            at = at.saturating_add(u64::try_from(skip).unwrap_or(u64::MAX));
            if self.head(at)?.is_some() {
                return Ok(at);
            }
            at = at.saturating_add(1);
        }
        Ok(self.end)
    }

    /// What is known from `at` on: at least `len` bytes, or less at the end.
    fn peek(&mut self, at: u64, len: usize) -> io::Result<&[u8]> {
        let skip = at
            .checked_sub(self.begin)
            .and_then(|skip| usize::try_from(skip).ok());
        let has = skip
            .and_then(|skip| skip.checked_add(len))
            .is_some_and(|end| end <= self.buffer.len());
        let skip = if has {
            skip.unwrap_or(0)
        } else {
            let most = usize::try_from(self.end.saturating_sub(at)).unwrap_or(usize::MAX);
            self.begin = at;
            self.buffer.resize(CHUNK.min(most), 0);
            let read = match self.disk.read_at(self.file, at, &mut self.buffer) {
                Ok(read) => read,
                Err(error) => {
                    self.buffer.clear();
                    return Err(error);
                }
            };
            self.buffer.truncate(read);
            0
        };
        Ok(self.buffer.get(skip..).unwrap_or_default())
    }
}
