//! A raw HTTP/1.1 request, as a capture or an editor left it.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};

use crate::accept::{Codings, Received};
use crate::time::UnixTime;

/// A body that a source takes is no larger.
const DECODED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A request read from its bytes, and what was odd about them.
#[derive(Debug, Clone)]
pub(super) struct RawRequest {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    /// The body without its content coding, where it has one that can be undone.
    plain: Option<Bytes>,
    /// What a reader of the verdict should know about the bytes.
    pub(super) notes: Vec<String>,
    /// How many bytes the head promises beyond those that are there.
    pub(super) missing_bytes: usize,
}

impl RawRequest {
    /// Reads a head, an empty line and a body. Lines of the head end in LF or CRLF.
    ///
    /// # Errors
    /// Which line is not HTTP/1.1 (RFC 9112), and why.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        let (head, body) = split_head(bytes);
        let head = std::str::from_utf8(head)
            .map_err(|_| "the head is not text; is this a raw HTTP/1.1 request?".to_owned())?;
        let mut lines = head.lines();
        let (method, uri) = request_line(lines.next().unwrap_or_default())?;
        let mut headers = HeaderMap::new();
        for (at, line) in lines.enumerate() {
            let (name, value) =
                field(line).map_err(|said| format!("line {}: {said}: {line:?}", at + 2))?;
            headers.append(name, value);
        }
        let mut request = Self {
            method,
            uri,
            headers,
            body: body.to_vec(),
            plain: None,
            notes: Vec::new(),
            missing_bytes: 0,
        };
        request.frame()?;
        request.decode();
        Ok(request)
    }

    /// The request as the daemon would hold it.
    pub(super) fn received(&self, at: UnixTime) -> Received {
        let sent = Bytes::copy_from_slice(&self.body);
        let received = |body| {
            let (method, uri) = (self.method.clone(), self.uri.clone());
            Received::new(method, uri, self.headers.clone(), body, at)
        };
        match &self.plain {
            Some(plain) => received(plain.clone()).decoded_from(sent),
            // What the daemon would turn away for its coding may still be looked at here.
            None => received(sent),
        }
    }

    /// Undoes the body's content coding, where there is one.
    fn decode(&mut self) {
        let said = match Codings::of(&self.headers) {
            Ok(codings) if codings.is_empty() => return,
            Ok(codings) => {
                let sent = Bytes::copy_from_slice(&self.body);
                match codings.decode(&sent, DECODED_BYTES_MAX, usize::MAX) {
                    Ok(plain) => {
                        self.plain = Some(plain);
                        return;
                    }
                    Err(_) => {
                        "the body is not what content-encoding says; it is looked at as it is"
                    }
                }
            }
            Err(_) => "the daemon does not take its content-encoding; it is looked at as it is",
        };
        self.notes.push(said.into());
    }

    /// Ends the body where the head says.
    fn frame(&mut self) -> Result<(), String> {
        let coding = self.headers.get(header::TRANSFER_ENCODING);
        if coding.is_some_and(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked")) {
            match unchunked(&self.body) {
                Some(body) => self.body = body,
                None => self
                    .notes
                    .push("the head says chunked and the body is not; it is taken as it is".into()),
            }
            return Ok(());
        }
        let Some(said) = self.headers.get(header::CONTENT_LENGTH) else {
            return Ok(());
        };
        let said: usize = said
            .to_str()
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or("the content-length is not a number")?;
        let had = self.body.len();
        if had < said {
            self.missing_bytes = said - had;
            self.notes.push(format!(
                "the head promises {said} bytes of body, and {had} are there"
            ));
        } else if had > said {
            self.body.truncate(said);
            self.notes.push(format!(
                "{} bytes behind the {said} that the content-length names are left out",
                had - said
            ));
        }
        Ok(())
    }
}

/// The head without its empty line, and what follows that.
fn split_head(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut from = 0;
    while let Some(at) = position(bytes, from, b'\n') {
        let rest = bytes.get(at + 1..).unwrap_or_default();
        let head = bytes.get(..at).unwrap_or_default();
        if let Some(body) = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))
        {
            return (head.strip_suffix(b"\r").unwrap_or(head), body);
        }
        from = at + 1;
    }
    (bytes, &[])
}

fn position(bytes: &[u8], from: usize, byte: u8) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter()
        .position(|found| *found == byte)
        .map(|at| from + at)
}

fn request_line(line: &str) -> Result<(Method, Uri), String> {
    let wrong =
        || format!("line 1 is no request line such as `POST /webhooks/x HTTP/1.1`: {line:?}");
    let mut words = line.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(wrong());
    };
    if !version.starts_with("HTTP/") {
        return Err(wrong());
    }
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| wrong())?;
    let uri = target.parse().map_err(|_| wrong())?;
    Ok((method, uri))
}

fn field(line: &str) -> Result<(HeaderName, HeaderValue), &'static str> {
    let (name, value) = line.split_once(':').ok_or("a header has no colon")?;
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| "this names no header")?;
    let value = value.trim_matches([' ', '\t']);
    let value = HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| "the header's value has control characters")?;
    Ok((name, value))
}

/// The body of the chunked coding (RFC 9112 section 7.1); `None` when it is not whole.
fn unchunked(mut coded: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::with_capacity(coded.len());
    loop {
        let end = position(coded, 0, b'\n')?;
        let line = std::str::from_utf8(coded.get(..end)?).ok()?;
        let size = line.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        coded = coded.get(end + 1..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(coded.get(..size)?);
        coded = coded.get(size..)?;
        coded = coded
            .strip_prefix(b"\r\n")
            .or_else(|| coded.strip_prefix(b"\n"))?;
    }
}

#[cfg(test)]
mod tests {
    use super::RawRequest;

    fn parse(text: &str) -> RawRequest {
        RawRequest::parse(text.as_bytes()).expect("a request")
    }

    #[test]
    fn lf_and_crlf_heads_read_the_same_and_the_body_stays() {
        for end in ["\n", "\r\n"] {
            let head = ["POST /in/x?a=1 HTTP/1.1", "X-A: 1", "x-a:2 "].join(end);
            let request = parse(&format!("{head}{end}{end}{{}}\r\n\n"));
            assert_eq!(request.uri.path(), "/in/x");
            assert_eq!(request.uri.query(), Some("a=1"));
            let values: Vec<_> = request.headers.get_all("x-a").iter().collect();
            assert_eq!(values, ["1", "2"]);
            assert_eq!(request.body, b"{}\r\n\n");
        }
    }

    #[test]
    fn the_body_ends_where_the_head_says() {
        let request = parse("POST / HTTP/1.1\ncontent-length: 2\n\n{}\n");
        assert_eq!(request.body, b"{}");
        assert_eq!(request.notes.len(), 1);
        let request = parse("POST / HTTP/1.1\ncontent-length: 9\n\n{}");
        assert_eq!(request.missing_bytes, 7);
        let request =
            parse("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
        assert_eq!(request.body, b"{}");
    }

    #[test]
    fn what_is_not_http_is_named() {
        for (text, says) in [
            ("", "line 1"),
            ("{\"a\":1}", "line 1"),
            ("POST /\n\n", "line 1"),
            ("POST / HTTP/1.1\nx a: 1\n\n", "line 2"),
            ("POST / HTTP/1.1\nx-a: 1\n folded\n\n", "line 3"),
            ("POST / HTTP/1.1\ncontent-length: two\n\n", "content-length"),
        ] {
            let error = RawRequest::parse(text.as_bytes()).expect_err(text);
            assert!(error.contains(says), "{text:?}: {error}");
        }
    }
}
