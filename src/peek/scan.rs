//! Finding the parts of a JSON text that somebody asks for, in one pass that checks the whole of it
//! (RFC 8259).
//!
//! Nearly every byte of a webhook belongs to a value that nobody asks for. Those are passed over here
//! eight at a time, in three fifths of the instructions that `serde_json` takes (docs/performance.md), and
//! nothing is built. What is JSON is the same for both: the tests hold one against the other.

use super::{DEPTH_MAX, Malformed, Node};

/// Where a scan is that has met something deeper than [`DEPTH_MAX`]: beyond every text.
const TOO_DEEP: usize = usize::MAX;

/// The texts that were found, by their slots.
pub(super) struct Found<'f, 'j> {
    pub(super) texts: &'f mut [Option<&'j str>],
    /// Whether a key on the way to one is given twice.
    pub(super) repeated: bool,
}

/// Finds what `root` asks for in `json`.
pub(super) fn find<'j>(
    root: &Node,
    json: &'j str,
    found: &mut Found<'_, 'j>,
) -> Result<(), Malformed> {
    let mut scan = Scan {
        json,
        at: 0,
        depth: 0,
    };
    let first = scan.token().ok_or(Malformed::NotJson)?;
    if scan.walk(first, root, found).is_none() {
        return Err(match scan.at {
            TOO_DEEP => Malformed::TooDeep,
            _ => Malformed::NotJson,
        });
    }
    match scan.token() {
        None => Ok(()),
        Some(_) => Err(Malformed::NotJson),
    }
}

/// Whether `text` is one JSON text.
pub(super) fn is_json(text: &str) -> bool {
    let mut none = Found {
        texts: &mut [],
        repeated: false,
    };
    find(&Node::default(), text, &mut none).is_ok()
}

/// A place in a text. What returns `None` has met something that is no JSON.
struct Scan<'j> {
    json: &'j str,
    at: usize,
    /// Objects and arrays around it, of those that may hold what somebody asks for.
    depth: u32,
}

impl<'j> Scan<'j> {
    /// The next byte that is no white space, which is passed over.
    fn token(&mut self) -> Option<u8> {
        token(self.json.as_bytes(), &mut self.at)
    }

    /// A value whose first byte has been passed over, of which `node` may want parts, or the whole.
    fn walk(&mut self, first: u8, node: &Node, found: &mut Found<'_, 'j>) -> Option<()> {
        let start = self.at - 1;
        match first {
            b'{' | b'[' if !node.children.is_empty() && self.depth < DEPTH_MAX => {
                self.depth += 1;
                if first == b'{' {
                    self.object(&node.children, found)?;
                } else {
                    self.array(&node.children, found)?;
                }
                self.depth -= 1;
            }
            _ => self.value(first)?,
        }
        if let Some(place) = node.slot.and_then(|slot| found.texts.get_mut(slot)) {
            *place = self.json.get(start..self.at);
        }
        Some(())
    }

    /// A value that nobody asks for.
    fn value(&mut self, first: u8) -> Option<()> {
        let room = DEPTH_MAX.saturating_sub(self.depth);
        value(self.json.as_bytes(), &mut self.at, first, room)
    }

    fn object(&mut self, children: &[(String, Node)], found: &mut Found<'_, 'j>) -> Option<()> {
        let mut quote = self.token()?;
        if quote == b'}' {
            return Some(());
        }
        let mut seen = Seen::default();
        loop {
            let child = self.key(quote, children)?;
            let first = self.token()?;
            match child.and_then(|at| Some((at, children.get(at)?))) {
                Some((at, (_, node))) => {
                    found.repeated |= seen.again(at);
                    self.walk(first, node, found)?;
                }
                None => self.value(first)?,
            }
            match self.token()? {
                b',' => quote = self.token()?,
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    /// A key and its colon; which of `children` it is.
    fn key(&mut self, quote: u8, children: &[(String, Node)]) -> Option<Option<usize>> {
        let (bytes, start) = (self.json.as_bytes(), self.at);
        if quote != b'"' {
            return None;
        }
        let is_escaped = string(bytes, &mut self.at)?;
        let place = |key: &str| children.iter().position(|(name, _)| name == key);
        let child = if is_escaped {
            let key: String = serde_json::from_str(self.json.get(start - 1..self.at)?).ok()?;
            place(&key)
        } else {
            place(self.json.get(start..self.at - 1)?)
        };
        (self.token()? == b':').then_some(child)
    }

    fn array(&mut self, children: &[(String, Node)], found: &mut Found<'_, 'j>) -> Option<()> {
        let mut first = self.token()?;
        if first == b']' {
            return Some(());
        }
        let wanted: Vec<(usize, &Node)> = children
            .iter()
            .filter_map(|(key, node)| Some((index(key)?, node)))
            .collect();
        for at in 0_usize.. {
            match wanted.iter().find(|(index, _)| *index == at) {
                Some((_, node)) => self.walk(first, node, found)?,
                None => self.value(first)?,
            }
            match self.token()? {
                b',' => first = self.token()?,
                b']' => return Some(()),
                _ => return None,
            }
        }
        None
    }
}

// What follows is where the time goes. The place is a local variable all the way, so that it stays in
// a register: hence functions of their own, inlined.

#[inline(always)]
fn next(bytes: &[u8], at: &mut usize) -> Option<u8> {
    let byte = *bytes.get(*at)?;
    *at += 1;
    Some(byte)
}

/// The next byte that is no white space, which is passed over.
#[inline(always)]
fn token(bytes: &[u8], at: &mut usize) -> Option<u8> {
    loop {
        let byte = next(bytes, at)?;
        if !matches!(byte, b' ' | b'\n' | b'\t' | b'\r') {
            return Some(byte);
        }
    }
}

/// A value that nobody asks for, whose first byte has been passed over, of `room` levels at most. It takes no
/// stack: a stranger chooses how deep it is.
fn value(bytes: &[u8], place: &mut usize, first: u8, room: u32) -> Option<()> {
    let (mut at, mut first) = (*place, first);
    let mut open = Open::default();
    'values: loop {
        match first {
            b'"' => drop(string(bytes, &mut at)?),
            b'{' | b'[' if open.depth == room => {
                *place = TOO_DEEP;
                return None;
            }
            b'{' => {
                let quote = token(bytes, &mut at)?;
                if quote != b'}' {
                    open.push(true);
                    first = key(bytes, &mut at, quote)?;
                    continue;
                }
            }
            b'[' => {
                first = token(bytes, &mut at)?;
                if first != b']' {
                    open.push(false);
                    continue;
                }
            }
            b't' => rest_of(bytes, &mut at, b"rue")?,
            b'f' => rest_of(bytes, &mut at, b"alse")?,
            b'n' => rest_of(bytes, &mut at, b"ull")?,
            _ => number(bytes, &mut at, first)?,
        }
        while let Some(is_object) = open.last() {
            match (token(bytes, &mut at)?, is_object) {
                (b',', true) => {
                    let quote = token(bytes, &mut at)?;
                    first = key(bytes, &mut at, quote)?;
                    continue 'values;
                }
                (b',', false) => {
                    first = token(bytes, &mut at)?;
                    continue 'values;
                }
                (b'}', true) | (b']', false) => open.pop(),
                _ => return None,
            }
        }
        *place = at;
        return Some(());
    }
}

/// A key, its colon, and the first byte of its value.
#[inline(always)]
fn key(bytes: &[u8], at: &mut usize, quote: u8) -> Option<u8> {
    if quote != b'"' {
        return None;
    }
    string(bytes, at)?;
    if token(bytes, at)? != b':' {
        return None;
    }
    token(bytes, at)
}

#[inline(always)]
fn rest_of<const N: usize>(bytes: &[u8], at: &mut usize, word: &[u8; N]) -> Option<()> {
    let is_there = bytes.get(*at..)?.first_chunk::<N>()? == word;
    *at += N;
    is_there.then_some(())
}

/// The rest of a string; whether anything in it is escaped.
#[inline(always)]
fn string(bytes: &[u8], at: &mut usize) -> Option<bool> {
    let mut is_escaped = false;
    loop {
        while let Some(eight) = bytes.get(*at..).and_then(<[u8]>::first_chunk::<8>) {
            let special = special(u64::from_le_bytes(*eight));
            if special != 0 {
                // At most 7.
                *at += (special.trailing_zeros() / 8) as usize;
                break;
            }
            *at += 8;
        }
        match next(bytes, at)? {
            b'"' => return Some(is_escaped),
            b'\\' => {
                is_escaped = true;
                escape(bytes, at)?;
            }
            0..=0x1f => return None,
            _ => {}
        }
    }
}

fn escape(bytes: &[u8], at: &mut usize) -> Option<()> {
    match next(bytes, at)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
        b'u' => {
            let digits = bytes.get(*at..)?.first_chunk::<4>()?;
            *at += 4;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(())
        }
        _ => None,
    }
}

#[inline(always)]
fn number(bytes: &[u8], at: &mut usize, first: u8) -> Option<()> {
    let first = if first == b'-' {
        next(bytes, at)?
    } else {
        first
    };
    match first {
        b'0' => {}
        b'1'..=b'9' => digits(bytes, at),
        _ => return None,
    }
    if bytes.get(*at) == Some(&b'.') {
        *at += 1;
        some_digits(bytes, at)?;
    }
    if let Some(b'e' | b'E') = bytes.get(*at) {
        *at += 1;
        if let Some(b'+' | b'-') = bytes.get(*at) {
            *at += 1;
        }
        some_digits(bytes, at)?;
    }
    Some(())
}

#[inline(always)]
fn digits(bytes: &[u8], at: &mut usize) {
    while let Some(b'0'..=b'9') = bytes.get(*at) {
        *at += 1;
    }
}

fn some_digits(bytes: &[u8], at: &mut usize) -> Option<()> {
    let before = *at;
    digits(bytes, at);
    (*at > before).then_some(())
}

/// Marks the bytes that end a run of plain ones in a string: the quote, the backslash, and what is no
/// character. The lowest mark is exact; those above it may not be.
fn special(eight: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGHS: u64 = ONES << 7;
    let quote = eight ^ (ONES * u64::from(b'"'));
    let backslash = eight ^ (ONES * u64::from(b'\\'));
    let zero_of = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes;
    let control = eight.wrapping_sub(ONES * 0x20) & !eight;
    (zero_of(quote) | zero_of(backslash) | control) & HIGHS
}

/// The place in an array that a step of a pointer names (RFC 6901 section 4).
fn index(step: &str) -> Option<usize> {
    let is_plain = step == "0" || step.starts_with(|first| matches!(first, '1'..='9'));
    step.parse().ok().filter(|_| is_plain)
}

/// What is open around a value: an object or an array each, a bit each. [`DEPTH_MAX`] of them.
#[derive(Default)]
struct Open {
    depth: u32,
    bits: u128,
}

impl Open {
    fn push(&mut self, is_object: bool) {
        self.bits = self.bits << 1 | u128::from(is_object);
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.bits >>= 1;
        self.depth = self.depth.saturating_sub(1);
    }

    fn last(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.bits & 1 == 1)
    }
}

/// Which children of a node an object has had: in bits, for there are few.
#[derive(Default)]
struct Seen {
    first: u64,
    others: Vec<usize>,
}

impl Seen {
    /// Notes the child at `at`; whether it was there before.
    fn again(&mut self, at: usize) -> bool {
        if at < 64 {
            let bit = 1_u64 << at;
            let again = self.first & bit != 0;
            self.first |= bit;
            return again;
        }
        let again = self.others.contains(&at);
        self.others.push(at);
        again
    }
}
