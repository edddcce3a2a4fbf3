//! What the page and scripts may ask: docs/inspector.md has the table.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answer::{Answer, AnswerBody};
use super::bins::BinForm;
use super::live::{self, Live, Reader};
use super::note::now;
use super::{Inspector, page, show};
use crate::settings::{BINS, providers};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const PAGE_DEFAULT: usize = 100;
const PAGE_MAX: usize = 500;
/// What a reader that comes again is sent of what it has missed.
const MISSED_MAX: usize = 500;

/// The longest body of a request to the inspector.
pub const ASKED_BYTES_MAX: usize = 131_072;

/// A request to the inspector.
pub struct Asked {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Whether it came by TLS, to this listener.
    pub is_tls: bool,
}

/// A token may be in each of its parts.
impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked")
            .field("method", &self.method)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionForm {
    token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplayForm {
    r#as: As,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum As {
    Event,
    Request,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VerifyForm {
    provider: String,
    secret: String,
    url: Option<String>,
}

impl Asked {
    fn read<T: DeserializeOwned>(&self) -> Result<T, Answer> {
        let body: &[u8] = if self.body.is_empty() {
            b"{}"
        } else {
            &self.body
        };
        // serde's words quote what was typed, which may be a secret.
        serde_json::from_slice(body).map_err(|error| {
            let at = format!(
                "the body is not what is asked for here (line {}, column {})",
                error.line(),
                error.column()
            );
            Answer::wrong(&at)
        })
    }

    /// Whether whoever asks does so by HTTPS. A browser says so of itself where a proxy has undone the TLS,
    /// and is held to it by nobody but itself.
    fn is_https(&self) -> bool {
        let origin = self.headers.get(header::ORIGIN);
        self.is_tls || origin.is_some_and(|origin| origin.as_bytes().starts_with(b"https://"))
    }

    fn parameters(&self) -> BTreeMap<String, String> {
        let query = self.uri.query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }
}

impl Inspector {
    /// Whether `path` is the inspector's to answer.
    pub fn has(path: &str) -> bool {
        ["/inspector", BINS].iter().any(|own| {
            let rest = path.strip_prefix(own);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// Whether a request may be read at all: before its body is.
    ///
    /// # Errors
    /// The answer that it gets instead.
    pub fn admit(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Answer> {
        self.guard.admit(method, uri, headers)
    }

    /// Answers what [`Inspector::admit`] has admitted.
    pub async fn answer(self: &Arc<Self>, asked: Asked) -> Answer {
        match self.find(asked).await {
            Ok(answer) | Err(answer) => answer,
        }
    }

    async fn find(self: &Arc<Self>, asked: Asked) -> Result<Answer, Answer> {
        let path = asked.uri.path().to_owned();
        let is_get = matches!(asked.method, Method::GET | Method::HEAD);
        if path == "/inspector" && is_get {
            let moved = Answer::new(
                StatusCode::PERMANENT_REDIRECT,
                "",
                AnswerBody::Whole(Bytes::new()),
            );
            return Ok(moved.with(header::LOCATION, "/inspector/"));
        }
        let rest = match path.strip_prefix("/inspector/") {
            Some(rest) => rest,
            None if path == BINS => "api/bins",
            None => return Err(Answer::not_found("there is no such path")),
        };
        let Some(rest) = rest.strip_prefix("api/") else {
            let file = page::file(rest).filter(|_| is_get);
            return file.ok_or_else(|| Answer::not_found("there is no such file"));
        };
        if rest == "session" {
            return self.session(&asked);
        }
        self.guard.authorize(&asked.headers, now())?;
        let words: Vec<_> = rest.split('/').collect();
        let method = if is_get { "GET" } else { asked.method.as_str() };
        match (method, words.as_slice()) {
            ("GET", ["state"]) => Ok(Answer::ok(&self.state(&asked))),
            ("GET", ["exchanges"]) => self.list(&asked),
            ("GET", ["live"]) => self.live(&asked),
            ("GET", ["export"]) => {
                let parameters = asked.parameters();
                Ok(self.export(parameters.get("format").map_or("jsonl", String::as_str)))
            }
            (_, ["exchanges", seq, rest @ ..]) => self.exchange_at(method, seq, rest, &asked).await,
            (_, ["bins", rest @ ..]) => {
                self.know_marks();
                self.bin(method, rest, &asked)
            }
            (_, _) => Err(Answer::not_found("there is no such path")),
        }
    }

    fn session(&self, asked: &Asked) -> Result<Answer, Answer> {
        match asked.method {
            Method::POST => {
                let form: SessionForm = asked.read()?;
                Ok(
                    match self.guard.open(&form.token, asked.is_https(), now())? {
                        Some(cookie) => Answer::empty().with(header::SET_COOKIE, &cookie),
                        None => Answer::empty(),
                    },
                )
            }
            Method::DELETE => {
                let cookie = self.guard.close(&asked.headers, asked.is_https());
                Ok(Answer::empty().with(header::SET_COOKIE, &cookie))
            }
            _ => Err(not_allowed("POST, DELETE")),
        }
    }

    fn state(&self, asked: &Asked) -> Value {
        let facts = self.facts();
        let (sources, sinks) = facts.shown();
        let (entries, bytes) = self.kept();
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "sources": sources,
            "sinks": sinks,
            "capacity": { "entries_max": self.settings.entries_max, "bytes_max": self.settings.bytes_max },
            "kept": { "entries": entries, "bytes": bytes },
            "missed": self.missed(),
            "since": self.since.text(),
            "session": self.guard.has_session(&asked.headers, now()),
            "public_url": facts.public_url,
            "ingress": format!("http://{}", self.ingress()),
            "providers": providers::ids().collect::<Vec<_>>(),
            "bins_max": self.settings.bins_max,
        })
    }

    fn list(&self, asked: &Asked) -> Result<Answer, Answer> {
        let parameters = asked.parameters();
        let number = |name: &str, default: u64| match parameters.get(name) {
            None => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| Answer::wrong(&format!("{name} is no number"))),
        };
        let before = number("before", u64::MAX)?;
        let limit = usize::try_from(number("limit", 0)?).unwrap_or(PAGE_MAX);
        let limit = if limit == 0 {
            PAGE_DEFAULT
        } else {
            limit.min(PAGE_MAX)
        };
        let bin = parameters.get("bin");
        let (page, more) = self.page(before, limit, |exchange| {
            bin.is_none_or(|bin| exchange.whose.bin.as_deref() == Some(bin))
        });
        let shown: Vec<_> = page
            .iter()
            .map(|it| Value::Object(show::summary(it)))
            .collect();
        Ok(Answer::ok(&json!({ "exchanges": shown, "more": more })))
    }

    fn live(self: &Arc<Self>, asked: &Asked) -> Result<Answer, Answer> {
        let Ok(permit) = Arc::clone(&self.readers).try_acquire_owned() else {
            let said = "too many read along already";
            let remedy = "close a page of the inspector";
            return Err(Answer::error(StatusCode::SERVICE_UNAVAILABLE, said, remedy));
        };
        let mut seen = self.last();
        // First, so that nothing falls between what is there and what comes.
        let news = self.news.subscribe();
        // A browser that comes again has the header; a page that has just read the list says so itself.
        let last = asked
            .headers
            .get(LAST_EVENT_ID)
            .and_then(|last| last.to_str().ok()?.parse().ok());
        let last = last.or_else(|| asked.parameters().get("after")?.parse().ok());
        let mut waiting = VecDeque::from([Bytes::from_static(b"retry: 2000\n\n")]);
        if let Some(last) = last {
            let (missed, some_are_gone) = self.after(last);
            let from = missed.len().saturating_sub(MISSED_MAX);
            if some_are_gone || from > 0 {
                waiting.push_back(live::gap(u64::try_from(from).unwrap_or_default()));
            }
            for exchange in missed.iter().skip(from) {
                let json = Value::Object(show::summary(exchange)).to_string();
                waiting.push_back(live::event(exchange.seq, &json));
                seen = exchange.seq;
            }
        }
        let reader = Reader {
            inspector: Arc::downgrade(self),
            headers: asked.headers.clone(),
        };
        let live = Live::new(reader, news, waiting, seen, permit);
        let body = AnswerBody::Live(Box::new(live));
        Ok(Answer::new(StatusCode::OK, "text/event-stream", body))
    }

    async fn exchange_at(
        self: &Arc<Self>,
        method: &str,
        seq: &str,
        rest: &[&str],
        asked: &Asked,
    ) -> Result<Answer, Answer> {
        let exchange = seq.parse().ok().and_then(|seq| self.get(seq));
        let exchange =
            exchange.ok_or_else(|| Answer::not_found("it is not kept, or not any more"))?;
        match (method, rest) {
            ("GET", []) => Ok(Answer::ok(&self.detail(&exchange))),
            ("GET", ["raw"]) => {
                let body = exchange.request.body.clone();
                let why = exchange.request.body_note.unwrap_or("its body is not kept");
                let body = body.ok_or_else(|| Answer::not_found(why))?;
                let body = AnswerBody::Whole(body);
                let answer = Answer::new(StatusCode::OK, "application/octet-stream", body);
                Ok(answer.download(&format!("hookferry-{}.bin", exchange.seq)))
            }
            ("POST", ["replay"]) => {
                let form: ReplayForm = asked.read()?;
                let again = match form.r#as {
                    As::Event => self.publish_again(&exchange).await,
                    As::Request => self.judge_again(&exchange).await,
                };
                let seq = again.map_err(|why| {
                    let remedy = "see can_replay in its detail";
                    Answer::error(StatusCode::CONFLICT, &why, remedy)
                })?;
                Ok(Answer::ok(&json!({ "seq": seq })))
            }
            ("POST", ["verify"]) => {
                let form: VerifyForm = asked.read()?;
                let url = form.url.as_deref().filter(|url| !url.is_empty());
                let verdict = self.try_secret(&exchange, &form.provider, &form.secret, url);
                verdict
                    .map(|verdict| Answer::ok(&verdict))
                    .map_err(|said| Answer::wrong(&said))
            }
            (_, [] | ["raw"]) => Err(not_allowed("GET")),
            (_, ["replay" | "verify"]) => Err(not_allowed("POST")),
            (_, _) => Err(Answer::not_found("there is no such path")),
        }
    }

    fn bin(&self, method: &str, rest: &[&str], asked: &Asked) -> Result<Answer, Answer> {
        let origin = self.facts().origin(self.ingress());
        let mut bins = self.bins();
        match (method, rest) {
            ("GET", []) => Ok(Answer::ok(&json!({ "bins": bins.all(&origin, now()) }))),
            ("POST", []) => {
                let form: BinForm = asked.read()?;
                let id = bins
                    .open(form, now())
                    .map_err(|said| Answer::wrong(&said))?;
                let shown = bins.shown(&id, &origin, now()).unwrap_or_default();
                Ok(Answer::json(StatusCode::CREATED, &shown))
            }
            ("GET", [id]) => match bins.shown(id, &origin, now()) {
                Some(shown) => Ok(Answer::ok(&shown)),
                None => Err(Answer::not_found("there is no such bin, or not any more")),
            },
            ("DELETE", [id]) if bins.remove(id) => Ok(Answer::empty()),
            ("DELETE", [_]) => Err(Answer::not_found("there is no such bin, or not any more")),
            (_, []) => Err(not_allowed("GET, POST")),
            (_, [_]) => Err(not_allowed("GET, DELETE")),
            (_, _) => Err(Answer::not_found("there is no such path")),
        }
    }
}

fn not_allowed(methods: &str) -> Answer {
    let said = format!("this takes {methods}");
    let answer = Answer::error(StatusCode::METHOD_NOT_ALLOWED, &said, "use one of these");
    answer.with(header::ALLOW, methods)
}
