//! What the inspector answers, before it is HTTP's.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::live::Live;

/// Scripts and styles are the page's own files, and nothing is fetched from anywhere else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    /// Boxed, for most of what returns an answer returns it as its error.
    pub headers: Box<HeaderMap>,
    pub body: AnswerBody,
}

/// What it consists of.
pub enum AnswerBody {
    Whole(Bytes),
    /// Made while it is sent.
    Pieces(Box<dyn Iterator<Item = Bytes> + Send>),
    Live(Box<Live>),
}

impl std::fmt::Debug for AnswerBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Pieces(_) => f.write_str("pieces"),
            Self::Live(_) => f.write_str("live"),
        }
    }
}

impl Answer {
    pub(super) fn new(status: StatusCode, content_type: &'static str, body: AnswerBody) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            (header::CONTENT_TYPE, content_type),
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::CACHE_CONTROL, "no-store"),
            (
                HeaderName::from_static("cross-origin-resource-policy"),
                "same-origin",
            ),
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                "same-origin",
            ),
        ] {
            if !value.is_empty() {
                headers.insert(name, HeaderValue::from_static(value));
            }
        }
        Self {
            status,
            headers: Box::new(headers),
            body,
        }
    }

    pub(super) fn json(status: StatusCode, value: &Value) -> Self {
        let text = format!("{value}\n");
        Self::new(status, "application/json", AnswerBody::Whole(text.into()))
    }

    pub(super) fn ok(value: &Value) -> Self {
        Self::json(StatusCode::OK, value)
    }

    pub(super) fn empty() -> Self {
        Self::new(StatusCode::NO_CONTENT, "", AnswerBody::Whole(Bytes::new()))
    }

    /// What is wrong, and what to do.
    pub fn error(status: StatusCode, said: &str, remedy: &str) -> Self {
        Self::json(status, &json!({ "error": said, "remedy": remedy }))
    }

    pub(super) fn not_found(said: &str) -> Self {
        Self::error(StatusCode::NOT_FOUND, said, "see docs/inspector.md")
    }

    pub(super) fn wrong(said: &str) -> Self {
        Self::error(
            StatusCode::BAD_REQUEST,
            said,
            "correct it, and send it again",
        )
    }

    #[must_use]
    pub(super) fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    /// The same as a file of this name.
    #[must_use]
    pub(super) fn download(self, name: &str) -> Self {
        self.with(
            header::CONTENT_DISPOSITION,
            &format!("attachment; filename=\"{name}\""),
        )
    }
}
