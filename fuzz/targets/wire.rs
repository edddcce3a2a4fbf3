//! Requests as the fuzzer writes them: a line with method and URL, header lines, an empty line, the body. So a byte that it
//! changes is a byte of the request.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use hookferry::accept::Received;
use hookferry::authenticate::{Arrival, authenticate};
use hookferry::commands::verify::cases::{Case, Judge};
use hookferry::settings::compile::Endpoint;
use hookferry::time::UnixTime;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use serde_json::Value;

/// When all of it happens, as in tests/vectors.
pub const NOW_S: i64 = 1_767_225_600;
/// The daemon's own bound on a head, by default.
const HEAD_BYTES_MAX: usize = 32_768;
/// What a [`swollen`] input may have.
static SWOLLEN_BYTES_MAX: AtomicUsize = AtomicUsize::new(256 * 1024);
/// What repeats what stands before it: this, how many bytes, and how often as a power of two.
const SWELL: &[u8] = b"\x1bR";

/// A request.
#[derive(Clone)]
pub struct Wire {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Wire {
    /// `None` where the bytes are no request that hyper would hand on.
    pub fn read(data: &[u8]) -> Option<Self> {
        let mut rest = data;
        let mut line = || {
            let end = rest.iter().position(|byte| *byte == b'\n')?;
            let (line, behind) = rest.split_at(end);
            rest = &behind[1..];
            Some(line)
        };
        let first = std::str::from_utf8(line()?).ok()?;
        let (method, uri) = first.split_once(' ')?;
        let mut headers = HeaderMap::new();
        let mut bytes = 0;
        loop {
            let line = line()?;
            if line.is_empty() {
                break;
            }
            bytes += line.len();
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = HeaderName::from_bytes(&line[..colon]).ok()?;
            let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
            // hyper takes 100.
            if headers.len() >= 100 || bytes > HEAD_BYTES_MAX {
                return None;
            }
            headers.append(name, value);
        }
        Some(Self {
            method: method.parse().ok()?,
            uri: uri.parse().ok()?,
            headers,
            body: rest.to_vec(),
        })
    }

    /// The same as the fuzzer's bytes.
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = format!("{} {}\n", self.method, self.uri).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend(name.as_str().bytes());
            bytes.extend(b": ");
            bytes.extend(value.as_bytes());
            bytes.push(b'\n');
        }
        bytes.push(b'\n');
        bytes.extend(&self.body);
        bytes
    }

    pub fn of(received: &Received) -> Self {
        Self {
            method: received.method().clone(),
            uri: received.uri().clone(),
            headers: received.headers().clone(),
            body: received.body().to_vec(),
        }
    }

    pub fn received(&self) -> Received {
        Received::new(
            self.method.clone(),
            self.uri.clone(),
            self.headers.clone(),
            Bytes::from(self.body.clone()),
            UnixTime::from_seconds(NOW_S),
        )
    }

    /// The text of a header that is there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let first = values.next()?;
        if values.next().is_some() {
            return None;
        }
        std::str::from_utf8(first.as_bytes()).ok()
    }

    pub fn set(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            self.headers.insert(name, value);
        }
    }

    pub fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }
}

/// Whether the request is taken for a delivery.
pub fn delivers(endpoint: &Endpoint, wire: &Wire) -> bool {
    let now = UnixTime::from_seconds(NOW_S);
    matches!(
        authenticate(&endpoint.scheme, wire.received(), now, &mut ()),
        Ok(Arrival::Delivery(_))
    )
}

/// The input with its first repetition written out, so that a few bytes can be a large request: a way to find what takes
/// more than its share of time.
pub fn swollen(data: &[u8]) -> Vec<u8> {
    let Some(at) = data.windows(SWELL.len()).position(|part| part == SWELL) else {
        return data.to_vec();
    };
    let (before, behind) = data.split_at(at);
    let Some([length, power, rest @ ..]) = behind.get(SWELL.len()..) else {
        return data.to_vec();
    };
    let length = usize::from(*length).clamp(1, before.len().max(1));
    let unit = &before[before.len().saturating_sub(length)..];
    let bytes_max = SWOLLEN_BYTES_MAX.load(Ordering::Relaxed);
    let times = (1_usize << (power % 19)).min(bytes_max / unit.len().max(1));
    let mut swollen = Vec::with_capacity(data.len() + times * unit.len());
    swollen.extend_from_slice(before);
    for _ in 0..times {
        swollen.extend_from_slice(unit);
    }
    swollen.extend_from_slice(rest);
    swollen
}

/// How large inputs may become from now on.
pub fn swell_to(bytes: usize) {
    SWOLLEN_BYTES_MAX.store(bytes, Ordering::Relaxed);
}

/// What is repeated is the last `length` bytes before it.
pub fn swell(length: u8, power: u8) -> Vec<u8> {
    [SWELL, &[length, power]].concat()
}

/// A file of the project's.
pub fn project(path: &str) -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let root = if here.join("tests/vectors").is_dir() {
        here
    } else {
        here.join("..")
    };
    root.join(path)
}

/// The genuine cases of a preset that have the configuration of the first.
pub fn genuine(id: &str) -> Vec<Case> {
    let file = project(&format!("tests/vectors/{id}.jsonl"));
    let text = std::fs::read_to_string(file).expect("test vectors");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let first = lines.iter().find(|line| line["expect"] == "accept");
    let Some(config) = first.map(|line| line["config"].clone()) else {
        return Vec::new();
    };
    let fits = |line: &&Value| line["expect"] == "accept" && line["config"] == config;
    let cases = lines.iter().filter(fits).cloned();
    cases
        .map(|line| serde_json::from_value(line).expect("a case"))
        .collect()
}

pub fn endpoint(case: &Case) -> Endpoint {
    Judge::default().endpoint(case).expect("an endpoint")
}

pub fn wires(cases: &[Case]) -> Vec<Wire> {
    cases
        .iter()
        .map(|case| Wire::of(&case.received().expect("a request")))
        .collect()
}
