//! The return leg: the one table from what happened to what the provider is told.

use std::borrow::Cow;

use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Bytes;

use super::Denial;
use crate::authenticate::{Answer, Refusal};
use crate::dedup::Stored;
use crate::json::write_text;
use crate::normalize::{Dropped, Rejected};
use crate::publish::{PublishError, Unpublished};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// An answer to one request. Its status is private: only [`Reply::accepted`] makes a 2xx for an
/// event, and only of [`Stored`].
///
/// ```compile_fail
/// let lie = hookferry::accept::Reply { status: http::StatusCode::OK };
/// ```
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    outcome: Outcome,
    /// A word from a closed set.
    reason: &'static str,
    message: Cow<'static, str>,
    /// What the log says beyond the message; it goes to no stranger.
    detail: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The provider's own form of answer, instead of ours.
    body: Option<(Option<String>, Vec<u8>)>,
}

/// What became of a request, for metrics and logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Accepted,
    /// All of it was dropped by a filter.
    Filtered,
    Handshake,
    Refused,
    /// It violates a schema.
    Rejected,
    Unavailable,
    Denied,
    /// A bin has it: nothing of it goes to a broker.
    Captured,
}

impl Outcome {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Filtered => "filtered",
            Self::Handshake => "handshake",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
            Self::Unavailable => "unavailable",
            Self::Denied => "denied",
            Self::Captured => "captured",
        }
    }
}

const fn refusal_status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::MissingSignature
        | Refusal::MalformedSignature
        | Refusal::WrongSignature
        | Refusal::MissingPart(_)
        | Refusal::MalformedTimestamp
        | Refusal::Stale { .. }
        | Refusal::Early { .. }
        | Refusal::UnknownKey
        | Refusal::MissingToken
        | Refusal::WrongToken
        | Refusal::NotAllowed
        | Refusal::NotApplicable => StatusCode::UNAUTHORIZED,
        // The provider is to send it again: its keys may be here by then.
        Refusal::KeysPending => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::WrongChallenge => StatusCode::FORBIDDEN,
        Refusal::NotADelivery => StatusCode::METHOD_NOT_ALLOWED,
    }
}

/// Every failure but a record that is too large may pass, so the provider is to try again.
const fn publish_status(error: &PublishError) -> StatusCode {
    match error {
        PublishError::Timeout
        | PublishError::Unreachable
        | PublishError::CircuitOpen
        | PublishError::Blocked
        | PublishError::Overloaded
        | PublishError::Declined(_)
        | PublishError::Unroutable(_)
        | PublishError::Refused(_)
        | PublishError::Registry(_)
        | PublishError::SchemaMismatch { .. }
        | PublishError::SpoolFull
        | PublishError::SpoolFailed(_) => StatusCode::SERVICE_UNAVAILABLE,
        PublishError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
    }
}

impl Reply {
    /// The only 2xx for an event.
    pub fn accepted(stored: Stored, answer: Option<Answer>) -> Self {
        let (reason, message) = if stored.is_duplicate() {
            ("duplicate", "stored before")
        } else {
            ("accepted", "stored")
        };
        let mut reply = Self::plain(StatusCode::OK, Outcome::Accepted, reason, message);
        if let Some(answer) = answer {
            reply.speak(answer);
        }
        reply
    }

    /// The answer to a delivery of which nothing is wanted: all of it was dropped, by the operator's
    /// word. Also 2xx, or the provider would send it again.
    pub fn filtered(dropped: &Dropped, answer: Option<Answer>) -> Self {
        let message = "not wanted here";
        let mut reply = Self::plain(StatusCode::OK, Outcome::Filtered, "filtered", message);
        reply.detail = Some(dropped.rule().to_owned());
        if let Some(answer) = answer {
            reply.speak(answer);
        }
        reply
    }

    /// A delivery that violates a schema whose violations are rejected. They name places in the data and
    /// words of the schema, and quote nothing.
    pub fn rejected(rejected: &Rejected) -> Self {
        let violations = rejected.violations.iter();
        let words: Vec<_> = violations
            .map(|it| {
                format!(
                    "{} {}",
                    if it.at.is_empty() { "/" } else { &it.at },
                    it.keyword
                )
            })
            .collect();
        let message = format!("the data violates its schema: {}", words.join(", "));
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Self::plain(status, Outcome::Rejected, "schema_violation", message)
    }

    /// The answer to a handshake.
    pub fn answered(answer: Answer) -> Self {
        let mut reply = Self::plain(StatusCode::OK, Outcome::Handshake, "handshake", "answered");
        reply.speak(answer);
        reply
    }

    /// A refusal, with `instead` of 401 where the provider wants another status.
    pub fn refused(refusal: &Refusal, instead: Option<StatusCode>) -> Self {
        let status = match refusal_status(refusal) {
            StatusCode::UNAUTHORIZED => instead.unwrap_or(StatusCode::UNAUTHORIZED),
            status => status,
        };
        let message = refusal.to_string();
        Self::plain(status, Outcome::Refused, refusal.label(), message)
    }

    pub fn unavailable(unpublished: &Unpublished) -> Self {
        // The message names no topic, queue or broker: it goes to a stranger.
        let message = "the event could not be stored; send it again";
        let error = &unpublished.error;
        let mut reply = Self::plain(
            publish_status(error),
            Outcome::Unavailable,
            error.label(),
            message,
        );
        reply.detail = Some(unpublished.to_string());
        reply
    }

    /// The same event is being stored for another request, which was not done in time.
    pub fn in_progress() -> Self {
        let message = "the same event is being stored; send it again";
        let status = StatusCode::SERVICE_UNAVAILABLE;
        Self::plain(status, Outcome::Unavailable, "in_progress", message)
    }

    /// A subscription that could not be confirmed; the provider is to ask again.
    pub fn unconfirmed(error: String) -> Self {
        let message = "the subscription could not be confirmed; send it again";
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let mut reply = Self::plain(status, Outcome::Unavailable, "unconfirmed", message);
        reply.detail = Some(error);
        reply
    }

    pub fn denied(denial: &Denial) -> Self {
        let status = denial.status();
        let message = denial.to_string();
        let mut reply = Self::plain(status, Outcome::Denied, denial.label(), message);
        reply.headers = denial.headers();
        reply.detail = denial.detail();
        reply
    }

    /// What a bin answers: its own words.
    pub fn captured(
        status: StatusCode,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Vec<u8>,
    ) -> Self {
        let mut reply = Self::plain(status, Outcome::Captured, "captured", "kept in a bin");
        reply.headers = headers;
        reply.body = Some((None, body));
        reply
    }

    fn plain(
        status: StatusCode,
        outcome: Outcome,
        reason: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            outcome,
            reason,
            message: message.into(),
            detail: None,
            headers: Vec::new(),
            body: None,
        }
    }

    fn speak(&mut self, answer: Answer) {
        self.status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
        self.headers = answer.headers;
        self.body = Some((answer.content_type, answer.body));
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    pub fn reason(&self) -> &'static str {
        self.reason
    }

    /// Whether what follows on the connection cannot be trusted to be a request.
    pub(super) fn ends_connection(&self) -> bool {
        matches!(
            self.status,
            StatusCode::PAYLOAD_TOO_LARGE
                | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
                | StatusCode::REQUEST_TIMEOUT
                | StatusCode::BAD_REQUEST
        )
    }

    /// What the provider is told, where it gets our form of answer.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What the operator is told beyond the reason.
    pub fn detail(&self) -> &str {
        self.detail.as_deref().unwrap_or(&self.message)
    }

    /// The response, which names the request so that a log line can be found by it.
    pub(super) fn into_response(self, id: &str) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::default());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.extend(self.headers);
        if let Ok(value) = HeaderValue::from_str(id) {
            headers.insert(X_REQUEST_ID, value);
        }
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            // Spread by the id's random end, so that providers do not all come back at once.
            let spread = id.bytes().last().map_or(0, |byte| byte % 5);
            headers.insert(
                header::RETRY_AFTER,
                HeaderValue::from(u16::from(spread) + 1),
            );
        }
        let (content_type, body) = match self.body {
            Some(own) => own,
            None => {
                let mut json = Vec::with_capacity(256);
                // Words of ours and the id need no escaping; a message may quote the configuration.
                for piece in [
                    "{\"status\":\"",
                    self.outcome.label(),
                    "\",\"reason\":\"",
                    self.reason,
                ] {
                    json.extend_from_slice(piece.as_bytes());
                }
                json.extend_from_slice(b"\",\"message\":");
                write_text(&mut json, &self.message);
                for piece in [",\"request_id\":\"", id, "\"}\n"] {
                    json.extend_from_slice(piece.as_bytes());
                }
                headers.insert(
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("application/json"),
                );
                (None, json)
            }
        };
        let content_type = content_type.and_then(|text| HeaderValue::from_str(&text).ok());
        if let Some(value) = content_type {
            headers.insert(header::CONTENT_TYPE, value);
        }
        *response.body_mut() = Full::new(Bytes::from(body));
        response
    }
}
