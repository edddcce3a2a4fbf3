//! Paths that take whatever a provider sends, and answer as they are told. They end by age and count.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::accept::Reply;
use crate::settings::BINS;
use crate::time::UnixTime;

/// The longest reply that a bin gives.
const REPLY_BYTES_MAX: usize = 32_768;
const REPLY_HEADERS_MAX: usize = 32;
/// The longest that it waits before it.
const DELAY_MAX: Duration = Duration::from_secs(30);
const NOTE_BYTES_MAX: usize = 200;
/// Requests that may wait for their delay at once; beyond, bins answer at once.
const DELAYED_MAX: usize = 64;

/// Headers that are the connection's, or would act on whoever opens the bin in a browser.
const NOT_GIVEN: [HeaderName; 10] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
    header::SET_COOKIE,
    header::DATE,
    header::PROXY_AUTHENTICATE,
    header::STRICT_TRANSPORT_SECURITY,
];

/// What may be typed to make a bin.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BinForm {
    #[serde(default)]
    reply: ReplyForm,
    age_s: Option<u64>,
    #[serde(default)]
    note: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ReplyForm {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
    delay_ms: u64,
}

impl Default for ReplyForm {
    fn default() -> Self {
        Self {
            status: 200,
            headers: BTreeMap::new(),
            body: String::new(),
            delay_ms: 0,
        }
    }
}

/// A bin that is open.
#[derive(Debug, Clone)]
struct Open {
    reply: BinReply,
    shown: Value,
    note: String,
    made: UnixTime,
    ends: UnixTime,
    /// How many requests it has taken.
    count: usize,
}

/// What a bin answers.
#[derive(Debug, Clone)]
pub(super) struct BinReply {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Vec<u8>,
    pub(super) delay: Duration,
}

impl BinReply {
    pub(super) fn reply(self) -> Reply {
        Reply::captured(self.status, self.headers, self.body)
    }
}

/// All bins.
#[derive(Debug)]
pub(super) struct Bins {
    open: BTreeMap<Arc<str>, Open>,
    max: usize,
    age_max: Duration,
    entries_max: usize,
    pub(super) delayed: Arc<tokio::sync::Semaphore>,
}

impl Bins {
    pub(super) fn new(max: usize, age_max: Duration, entries_max: usize) -> Self {
        Self {
            open: BTreeMap::new(),
            max,
            age_max,
            entries_max,
            delayed: Arc::new(tokio::sync::Semaphore::new(DELAYED_MAX)),
        }
    }

    /// Opens a bin.
    ///
    /// # Errors
    /// What is wrong with the form, or that there are too many.
    pub(super) fn open(&mut self, form: BinForm, now: UnixTime) -> Result<Arc<str>, String> {
        self.expire(now);
        if self.open.len() >= self.max {
            // Those that take nothing any more are only shown while there is room.
            self.open.retain(|_, open| open.count < self.entries_max);
        }
        if self.open.len() >= self.max {
            return Err(format!(
                "there are {} bins already; delete one, or raise bins_max",
                self.max
            ));
        }
        if form.note.len() > NOTE_BYTES_MAX {
            return Err(format!("the note is longer than {NOTE_BYTES_MAX} bytes"));
        }
        let age = form.age_s.map_or(self.age_max, Duration::from_secs);
        if age > self.age_max || age.is_zero() {
            let most = self.age_max.as_secs();
            return Err(format!("age_s is not 1 to {most}, which is bin_age_max_s"));
        }
        let reply = form.reply.read()?;
        let shown = json!({
            "status": form.reply.status,
            "headers": form.reply.headers,
            "body": form.reply.body,
            "delay_ms": form.reply.delay_ms,
        });
        let mut bytes = [0_u8; 16];
        getrandom::fill(&mut bytes).map_err(|_| "the system has no randomness")?;
        let id: Arc<str> = base16ct::lower::encode_string(&bytes).into();
        let age_ms = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
        let open = Open {
            reply,
            shown,
            note: form.note,
            made: now,
            ends: UnixTime::from_millis(now.millis().saturating_add(age_ms)),
            count: 0,
        };
        self.open.insert(Arc::clone(&id), open);
        Ok(id)
    }

    /// The bin at `path` or above it.
    pub(super) fn at(&self, path: &str, now: UnixTime) -> Option<Arc<str>> {
        let rest = path.strip_prefix(BINS)?.strip_prefix('/')?;
        let id = rest.split('/').next()?;
        let (id, open) = self.open.get_key_value(id)?;
        let is_open = now < open.ends && open.count < self.entries_max;
        is_open.then(|| Arc::clone(id))
    }

    /// Counts a request, and says what it is answered.
    pub(super) fn take(&mut self, id: &str) -> Option<BinReply> {
        let open = self.open.get_mut(id)?;
        open.count += 1;
        Some(open.reply.clone())
    }

    pub(super) fn remove(&mut self, id: &str) -> bool {
        self.open.remove(id).is_some()
    }

    /// One bin as it is shown; its URL begins with `origin`.
    pub(super) fn shown(&mut self, id: &str, origin: &str, now: UnixTime) -> Option<Value> {
        self.expire(now);
        let open = self.open.get(id)?;
        Some(self.show(id, open, origin))
    }

    pub(super) fn all(&mut self, origin: &str, now: UnixTime) -> Vec<Value> {
        self.expire(now);
        let mut all: Vec<_> = self.open.iter().collect();
        all.sort_by_key(|(_, open)| std::cmp::Reverse(open.made));
        let all = all.into_iter();
        all.map(|(id, open)| self.show(id, open, origin)).collect()
    }

    fn show(&self, id: &str, open: &Open, origin: &str) -> Value {
        let path = format!("{BINS}/{id}");
        json!({
            "id": id,
            "url": format!("{origin}{path}"),
            "path": path,
            "made": open.made.text(),
            "expires": open.ends.text(),
            "reply": open.shown,
            "note": open.note,
            "count": open.count,
            "left": self.entries_max.saturating_sub(open.count),
        })
    }

    fn expire(&mut self, now: UnixTime) {
        self.open.retain(|_, open| now < open.ends);
    }
}

impl ReplyForm {
    fn read(&self) -> Result<BinReply, String> {
        if !(200..=599).contains(&self.status) {
            return Err(format!("reply.status {} is not 200 to 599", self.status));
        }
        let status = StatusCode::from_u16(self.status).map_err(|error| error.to_string())?;
        if self.body.len() > REPLY_BYTES_MAX {
            return Err(format!("reply.body is longer than {REPLY_BYTES_MAX} bytes"));
        }
        if self.headers.len() > REPLY_HEADERS_MAX {
            return Err(format!("reply.headers are more than {REPLY_HEADERS_MAX}"));
        }
        let delay = Duration::from_millis(self.delay_ms);
        if delay > DELAY_MAX {
            return Err(format!(
                "reply.delay_ms is more than {}",
                DELAY_MAX.as_millis()
            ));
        }
        let read = |(name, value): (&String, &String)| {
            let known = HeaderName::from_bytes(name.as_bytes());
            let known = known.map_err(|_| format!("reply.headers: {name:?} names no header"))?;
            if NOT_GIVEN.contains(&known)
                || matches!(known.as_str(), "keep-alive" | "proxy-connection")
            {
                return Err(format!("reply.headers: {name} is not for a bin to give"));
            }
            let value = HeaderValue::from_str(value);
            let value = value
                .map_err(|_| format!("reply.headers: {name} has a value that cannot be sent"))?;
            Ok((known, value))
        };
        let mut headers = self
            .headers
            .iter()
            .map(read)
            .collect::<Result<Vec<_>, String>>()?;
        let has_policy = |(name, _): &(HeaderName, _)| *name == header::CONTENT_SECURITY_POLICY;
        if !headers.iter().any(has_policy) {
            // Whoever opens a bin in a browser is to run nothing of it.
            let value = HeaderValue::from_static("sandbox; default-src 'none'");
            headers.push((header::CONTENT_SECURITY_POLICY, value));
        }
        Ok(BinReply {
            status,
            headers,
            body: self.body.clone().into_bytes(),
            delay,
        })
    }
}
