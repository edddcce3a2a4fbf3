//! Fields of form bodies, URL-encoded and multipart.

use crate::template::form_field;

/// The longest boundary of a multipart body (RFC 2046 section 5.1.1).
const BOUNDARY_BYTES_MAX: usize = 70;

/// The one value of `name` in a body of this content type; `None` when it is absent or given twice.
pub fn field(content_type: &str, body: &[u8], name: &str) -> Option<Vec<u8>> {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return form_field(body, name);
    }
    if !media_type.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    // The length is RFC 2046's. A long one would have to be looked for at each byte of the body.
    let boundary = parameter(content_type, "boundary")?;
    if !(1..=BOUNDARY_BYTES_MAX).contains(&boundary.len()) {
        return None;
    }
    let mut found = parts(body, &boundary)
        .into_iter()
        .filter(|(known, _)| known == name);
    let (_, value) = found.next()?;
    found.next().is_none().then(|| value.to_vec())
}

/// The parts of a multipart body (RFC 7578) with their names, files among them.
fn parts<'b>(body: &'b [u8], boundary: &str) -> Vec<(String, &'b [u8])> {
    let first = format!("--{boundary}");
    let between = format!("\r\n--{boundary}");
    let Some(start) = find(body, first.as_bytes()) else {
        return Vec::new();
    };
    let mut rest = body.get(start + first.len()..).unwrap_or_default();
    let mut parts = Vec::new();
    while let Some(begun) = rest.strip_prefix(b"\r\n") {
        let Some(end) = find(begun, between.as_bytes()) else {
            break;
        };
        let part = begun.get(..end).unwrap_or_default();
        rest = begun.get(end + between.len()..).unwrap_or_default();
        let Some(gap) = find(part, b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(part.get(..gap).unwrap_or_default());
        let content = part.get(gap + 4..).unwrap_or_default();
        if let Some(name) = part_name(&head) {
            parts.push((name, content));
        }
    }
    parts
}

fn part_name(head: &str) -> Option<String> {
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    })?;
    parameter(disposition, "name")
}

/// The parameter `name` of a header such as `form-data; name="a"`.
fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|piece| {
        let (key, value) = piece.trim().split_once('=')?;
        key.eq_ignore_ascii_case(name)
            .then(|| value.trim_matches('"').to_owned())
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn fields_of_both_kinds_of_form_are_found_once() {
        let form = "application/x-www-form-urlencoded; charset=utf-8";
        assert_eq!(field(form, b"a=1+2&b=3", "a").as_deref(), Some(&b"1 2"[..]));
        assert_eq!(field(form, b"a=1&a=2", "a"), None);
        let body = b"--x\r\nContent-Disposition: form-data; name=\"json\"\r\nContent-Type: text/plain\r\n\r\n{\"a\":\r\n1}\r\n--x\r\ncontent-disposition: form-data; name=b; filename=\"f\"\r\n\r\n\r\n--x--\r\n";
        let multipart = "multipart/form-data; boundary=\"x\"";
        assert_eq!(
            field(multipart, body, "json").as_deref(),
            Some(&b"{\"a\":\r\n1}"[..])
        );
        assert_eq!(field(multipart, body, "b").as_deref(), Some(&b""[..]));
        assert_eq!(field(multipart, body, "c"), None);
        assert_eq!(
            field(multipart, &[body.as_slice(), body].concat(), "zz"),
            None
        );
        for cut in 0..body.len() {
            field(multipart, body.get(..cut).unwrap_or_default(), "json");
        }
        assert_eq!(field("application/json", b"a=1", "a"), None);
    }

    #[test]
    fn a_boundary_that_is_too_long_is_not_looked_for() {
        let begun = std::time::Instant::now();
        let long = format!("multipart/form-data; boundary={}b", "a".repeat(30_000));
        assert_eq!(field(&long, &vec![b'a'; 1 << 20], "a"), None);
        let part = |boundary: &str| {
            let body = format!(
                "--{boundary}\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n--{boundary}--"
            );
            let kind = format!("multipart/form-data; boundary={boundary}");
            field(&kind, body.as_bytes(), "a")
        };
        assert_eq!(part(&"x".repeat(70)).as_deref(), Some(&b"1"[..]));
        assert_eq!(part(&"x".repeat(71)), None);
        assert_eq!(part(""), None);
        assert!(begun.elapsed().as_millis() < 1000, "{:?}", begun.elapsed());
    }
}
