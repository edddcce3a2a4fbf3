//! What a body may have been before somebody on its way wrote it anew.

/// Bodies that this one may have been, and what then happened to it.
pub(super) fn bodies(body: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let with = |end: &[u8]| [body, end].concat();
    let mut bodies = vec![
        (
            with(b"\n"),
            "the body lost its last line end; with one, it fits",
        ),
        (
            with(b"\r\n"),
            "the body lost its last CRLF; with one, it fits",
        ),
    ];
    let said = "the body got a line end at its end, perhaps from an editor; without, it fits";
    for end in [b"\r\n".as_slice(), b"\n"] {
        if let Some(rest) = body.strip_suffix(end) {
            bodies.push((rest.to_vec(), said));
        }
    }
    if let Ok(text) = std::str::from_utf8(body) {
        let said = "the body's line ends were changed; with those of before, it fits";
        bodies.push((text.replace("\r\n", "\n").into_bytes(), said));
        bodies.push((text.replace('\n', "\r\n").into_bytes(), said));
        bodies.extend(rewritten(text));
    }
    bodies
}

/// JSON as other writers write it.
fn rewritten(text: &str) -> Vec<(Vec<u8>, &'static str)> {
    let compact = compact(text);
    if !compact.starts_with(['{', '[']) {
        return Vec::new();
    }
    let mut bodies = vec![(
        compact.clone().into_bytes(),
        "the body was indented on the way; without spaces between its values, it fits",
    )];
    let mut other = |text: String, said: &'static str| bodies.push((text.into_bytes(), said));
    other(
        spaced(&compact),
        "the JSON was read and written again on the way: the spaces behind its commas and colons are \
         gone; with them, it fits",
    );
    for step in [2, 4] {
        other(
            indented(&compact, step),
            "the JSON was read and written again on the way: its indentation is gone; with it, it fits",
        );
    }
    let said = "the JSON was read and written again on the way: letters beyond ASCII were escaped or \
                unescaped; as they were before, it fits";
    let escaped = escaped(&compact);
    other(spaced(&escaped), said);
    other(escaped, said);
    let said = "the JSON was read and written again on the way: its slashes lost their backslashes; with \
                them, it fits";
    other(compact.replace('/', "\\/"), said);
    other(
        compact.replace("\\/", "/"),
        "the JSON was read and written again on the way: its slashes got backslashes; without them, it fits",
    );
    bodies
}

/// Calls `write` for each character of a JSON text, with whether it is inside a string.
fn walk(json: &str, mut write: impl FnMut(char, bool)) {
    let (mut inside, mut escaped) = (false, false);
    for char in json.chars() {
        let was_inside = inside;
        if inside {
            if char == '"' && !escaped {
                inside = false;
            }
            escaped = char == '\\' && !escaped;
        } else {
            inside = char == '"';
        }
        write(char, was_inside || inside);
    }
}

/// A JSON text without the white space between its values.
fn compact(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    walk(json, |char, inside| {
        if inside || !char.is_ascii_whitespace() {
            out.push(char);
        }
    });
    out
}

/// A compact JSON text with a space behind each comma and colon.
fn spaced(compact: &str) -> String {
    let mut out = String::with_capacity(compact.len() + compact.len() / 8);
    walk(compact, |char, inside| {
        out.push(char);
        if !inside && matches!(char, ',' | ':') {
            out.push(' ');
        }
    });
    out
}

/// A compact JSON text with each value on a line of its own.
fn indented(compact: &str, step: usize) -> String {
    let mut out = String::with_capacity(compact.len() * 2);
    let mut depth = 0_usize;
    let mut opened = false;
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', depth * step));
    };
    walk(compact, |char, inside| {
        let closes = !inside && matches!(char, '}' | ']');
        if closes {
            depth = depth.saturating_sub(1);
        }
        // What is empty stays on its line.
        if (opened && !closes) || (closes && !opened) {
            line(&mut out, depth);
        }
        out.push(char);
        opened = !inside && matches!(char, '{' | '[');
        if opened {
            depth += 1;
        }
        if !inside && char == ',' {
            line(&mut out, depth);
        }
        if !inside && char == ':' {
            out.push(' ');
        }
    });
    out
}

/// A JSON text of which all beyond ASCII is escaped, as many writers do.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for char in json.chars() {
        if char.is_ascii() {
            out.push(char);
            continue;
        }
        let mut units = [0; 2];
        for unit in char.encode_utf16(&mut units) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{compact, escaped, indented, spaced};

    #[test]
    fn only_white_space_between_values_goes() {
        assert_eq!(
            compact("{\n  \"a b\": [1, \"x \\\" y\"]\r\n}"),
            r#"{"a b":[1,"x \" y"]}"#
        );
    }

    #[test]
    fn json_is_written_as_others_write_it() {
        let json = r#"{"a":[1,{"b, c":"d:e"}],"f":{},"g":[],"h":"\\"}"#;
        let value: serde_json::Value = serde_json::from_str(json).expect("JSON");
        let pretty = serde_json::to_string_pretty(&value).expect("JSON");
        assert_eq!(indented(json, 2), pretty);
        assert_eq!(compact(&pretty), json);
        assert_eq!(
            spaced(json),
            r#"{"a": [1, {"b, c": "d:e"}], "f": {}, "g": [], "h": "\\"}"#
        );
        assert_eq!(escaped("\"\u{e9}\u{1f600}\""), r#""\u00e9\ud83d\ude00""#);
    }
}
