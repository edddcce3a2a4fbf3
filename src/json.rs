//! Writing JSON text.

/// Appends `text` to `json` as a JSON string.
pub(crate) fn write_text(json: &mut Vec<u8>, text: &str) {
    // Nearly all we write needs no escaping, and looking at eight bytes at once is much cheaper than
    // looking at one after the other for where to stop.
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let needs_escape = words
        .iter()
        .any(|word| has_special(u64::from_le_bytes(*word)))
        || rest
            .iter()
            .any(|byte| matches!(byte, 0..b' ' | b'"' | b'\\'));
    if needs_escape {
        // Writing a string to a Vec cannot fail.
        let _ = serde_json::to_writer(json, text);
    } else {
        json.push(b'"');
        json.extend_from_slice(text.as_bytes());
        json.push(b'"');
    }
}

/// Whether one of eight bytes is below a blank, a quote or a backslash
/// (<https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord>).
fn has_special(word: u64) -> bool {
    const EACH: u64 = u64::MAX / 0xff;
    let below = |word: u64, bound: u8| word.wrapping_sub(EACH * u64::from(bound)) & !word;
    let quote = below(word ^ (EACH * u64::from(b'"')), 1);
    let backslash = below(word ^ (EACH * u64::from(b'\\')), 1);
    (below(word, b' ') | quote | backslash) & (EACH << 7) != 0
}

#[cfg(test)]
mod tests {
    use super::write_text;

    #[test]
    fn what_is_written_reads_back() {
        let odd = (0..=0x2ff_u32).filter_map(char::from_u32);
        for text in odd.flat_map(|char| (0..9).map(move |at| format!("{:at$}{char} after", ""))) {
            let mut json = Vec::new();
            write_text(&mut json, &text);
            let read: String = serde_json::from_slice(&json).expect("JSON");
            assert_eq!(read, text);
            assert_eq!(json, serde_json::to_vec(&text).expect("JSON"));
        }
    }
}
