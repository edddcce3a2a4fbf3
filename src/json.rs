//! Writing JSON text.

/// Appends `text` to `json` as a JSON string.
pub(crate) fn write_text(json: &mut Vec<u8>, text: &str) {
    // Nearly all we write needs no escaping, and looking at all bytes at once is much cheaper than
    // looking at one after the other for where to stop.
    let needs_escape = text.bytes().fold(false, |found, byte| {
        found | (byte < b' ') | (byte == b'"') | (byte == b'\\')
    });
    if needs_escape {
        // Writing a string to a Vec cannot fail.
        let _ = serde_json::to_writer(json, text);
    } else {
        json.push(b'"');
        json.extend_from_slice(text.as_bytes());
        json.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::write_text;

    #[test]
    fn what_is_written_reads_back() {
        let odd = (0..=0x2ff_u32).filter_map(char::from_u32);
        for text in odd.map(|char| format!("before {char} after")) {
            let mut json = Vec::new();
            write_text(&mut json, &text);
            let read: String = serde_json::from_slice(&json).expect("JSON");
            assert_eq!(read, text);
            assert_eq!(json, serde_json::to_vec(&text).expect("JSON"));
        }
    }
}
