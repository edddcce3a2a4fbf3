//! W3C Trace Context (<https://www.w3.org/TR/trace-context/>): which trace a request is part of.

use http::{HeaderMap, HeaderName};

/// The header, and the CloudEvents attribute, that names trace and parent.
pub const TRACEPARENT: &str = "traceparent";
/// The one with what tracing systems say beside it.
pub const TRACESTATE: &str = "tracestate";

/// The same as names that need not be read for every request.
static PARENT: HeaderName = HeaderName::from_static(TRACEPARENT);
static STATE: HeaderName = HeaderName::from_static(TRACESTATE);

/// The bit of the flags that says that the trace is recorded.
const SAMPLED: u8 = 1;
/// The length of a `traceparent` of version 00.
const PARENT_BYTES: usize = 55;
/// What a `tracestate` may hold (section 3.3.1.1) and what of it everybody has to pass on.
const MEMBERS_MAX: usize = 32;
const STATE_BYTES_MAX: usize = 512;

/// A place in a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    pub trace_id: [u8; 16],
    pub span_id: [u8; 8],
    pub flags: u8,
    /// As it was sent; empty for none.
    pub state: String,
}

impl Context {
    /// What the request says; `None` where it says nothing, or nothing that can be understood: such a
    /// header is as none, and a `tracestate` without the other says nothing.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let mut given = headers.get_all(&PARENT).iter();
        let (Some(parent), None) = (given.next(), given.next()) else {
            return None;
        };
        let mut context = Self::read(parent.to_str().ok()?)?;
        context.state = state(headers).unwrap_or_default();
        Some(context)
    }

    /// Reads a `traceparent`. A later version is read as far as this one knows it (section 4.3).
    fn read(text: &str) -> Option<Self> {
        let (known, rest) = text.split_at_checked(PARENT_BYTES)?;
        let mut parts = known.split('-');
        let [version] = hex(parts.next()?)?;
        let (trace_id, span_id) = (hex(parts.next()?)?, hex(parts.next()?)?);
        let [flags] = hex(parts.next()?)?;
        let is_well_ended = match version {
            0 => rest.is_empty(),
            0xff => false,
            _ => rest.is_empty() || rest.starts_with('-'),
        };
        let is_whole = is_well_ended && parts.next().is_none();
        (is_whole && trace_id != [0; 16] && span_id != [0; 8]).then(|| Self {
            trace_id,
            span_id,
            flags: if version == 0 { flags } else { flags & SAMPLED },
            state: String::new(),
        })
    }

    pub const fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// The trace's id, in hexadecimal.
    pub fn trace(&self) -> String {
        base16ct::lower::encode_string(&self.trace_id)
    }

    /// The `traceparent` of whoever follows.
    pub fn parent(&self) -> String {
        let span = base16ct::lower::encode_string(&self.span_id);
        format!("00-{}-{span}-{:02x}", self.trace(), self.flags)
    }
}

/// Exactly so many bytes in lower-case hexadecimal.
fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let written = base16ct::lower::decode(text, &mut bytes).ok()?;
    (written.len() == N).then_some(bytes)
}

/// All `tracestate` headers as one; `None` where one of its members is none, for then all of it is
/// nothing.
fn state(headers: &HeaderMap) -> Option<String> {
    let mut state = String::new();
    let mut members = 0;
    for header in headers.get_all(&STATE) {
        for member in header.to_str().ok()?.split(',') {
            let member = member.trim_matches([' ', '\t']);
            if member.is_empty() {
                continue;
            }
            let (key, value) = member.split_once('=')?;
            members += 1;
            if !is_key(key) || !is_value(value) || members > MEMBERS_MAX {
                return None;
            }
            if !state.is_empty() {
                state.push(',');
            }
            state.push_str(member);
        }
    }
    // What is too long is cut from its end, where the oldest are, whole members at a time.
    while state.len() > STATE_BYTES_MAX {
        state.truncate(state.rfind(',').unwrap_or_default());
    }
    Some(state)
}

fn is_key(key: &str) -> bool {
    let is_plain =
        |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@');
    let begins =
        key.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit());
    begins && key.len() <= 256 && key.bytes().all(is_plain)
}

fn is_value(value: &str) -> bool {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b',' | b'=');
    (1..=256).contains(&value.len()) && value.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::Context;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn of(headers: &[(&'static str, &str)]) -> Option<Context> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).ok()?);
        }
        Context::of(&map)
    }

    #[test]
    fn a_traceparent_is_read_as_the_specification_says() {
        let own = format!("00-{TRACE}-00f067aa0ba902b7-01");
        let read = |text: &str| of(&[("traceparent", text)]).map(|context| context.parent());
        assert_eq!(read(&own), Some(own.clone()));
        let unsampled = format!("00-{TRACE}-00f067aa0ba902b7-00");
        assert_eq!(read(&unsampled), Some(unsampled));
        // A version to come is understood, and passed on as what is known of it.
        let later = format!("cc-{TRACE}-00f067aa0ba902b7-ff-what-the-future-will-be-like");
        assert_eq!(read(&later), Some(own.clone()));
        for wrong in [
            String::new(),
            own.to_uppercase(),
            format!("{own}-"),
            format!("{own}x"),
            own.replace("00-", "ff-"),
            own.replace("00-", "0-"),
            own.replace(TRACE, &"0".repeat(32)),
            own.replace("00f067aa0ba902b7", &"0".repeat(16)),
            own.replace("2b7-", "2b7_"),
            own.replace("00f067aa0ba902b7-01", "00f067aa0ba902b-001"),
            format!("cc-{TRACE}-00f067aa0ba902b7-01.what"),
            own.replace("4bf9", "4bg9"),
        ] {
            assert_eq!(read(&wrong), None, "{wrong}");
        }
        assert_eq!(of(&[("traceparent", &own), ("traceparent", &own)]), None);
    }

    #[test]
    fn a_tracestate_is_whole_or_nothing() {
        let own = format!("00-{TRACE}-00f067aa0ba902b7-01");
        let read = |states: &[&str]| {
            let mut headers = vec![("traceparent", own.as_str())];
            headers.extend(states.iter().map(|state| ("tracestate", *state)));
            of(&headers).map(|context| context.state)
        };
        assert_eq!(read(&[]).as_deref(), Some(""));
        let both = read(&["rojo=00f067aa0ba902b7 ,, ", "t61@x=a:b/c"]);
        assert_eq!(both.as_deref(), Some("rojo=00f067aa0ba902b7,t61@x=a:b/c"));
        let many: Vec<_> = (0..33).map(|number| format!("k{number}=v")).collect();
        let overlong = format!("k={}", "v".repeat(257));
        for wrong in [
            "rojo",
            "Rojo=1",
            "a=1,b",
            "=1",
            "a=",
            "a=b=c",
            &many.join(","),
            &overlong,
        ] {
            assert_eq!(read(&[wrong]).as_deref(), Some(""), "{wrong}");
        }
        let long: Vec<_> = (0..10)
            .map(|at| format!("k{at}={}", "v".repeat(97)))
            .collect();
        let kept = read(&[&long.join(",")]).unwrap_or_default();
        assert_eq!(kept, long[..5].join(","));
        assert_eq!(of(&[("tracestate", "a=1")]), None);
    }
}
