//! A request that has arrived whole: under its size limit and inside its time.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};

use crate::telemetry::{Context, Trace};
use crate::time::UnixTime;

/// One webhook request, read to its last byte. It says nothing about who sent it: only
/// [`crate::authenticate`] turns it into something that may go on.
#[derive(Clone)]
pub struct Received {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    /// The body as it came, where it was coded.
    encoded: Option<Bytes>,
    media_type: String,
    sender: Option<Context>,
    trace: Option<Arc<Trace>>,
    at: UnixTime,
    client: Option<IpAddr>,
}

/// Its credentials and its content are in no text that is made of it.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received")
            .field("method", &self.method)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Received {
    /// A request from its parts. The caller has read the body under its limits.
    pub fn new(method: Method, uri: Uri, headers: HeaderMap, body: Bytes, at: UnixTime) -> Self {
        Self {
            media_type: media_type(&headers),
            sender: Context::of(&headers),
            trace: None,
            method,
            uri,
            headers,
            body,
            encoded: None,
            at,
            client: None,
        }
    }

    /// The same with whose it is, by the address.
    #[must_use]
    pub fn sent_by(mut self, client: IpAddr) -> Self {
        self.client = Some(client);
        self
    }

    /// The same with another body, which has no coding.
    #[must_use]
    pub fn with_body(mut self, body: Bytes) -> Self {
        self.body = body;
        self.encoded = None;
        self
    }

    /// The same of which the body has been decoded. `encoded` is what it came as; empty where nobody asks.
    #[must_use]
    pub fn decoded_from(mut self, encoded: Bytes) -> Self {
        self.encoded = Some(encoded);
        self
    }

    /// The client's address, where it is known.
    pub fn client(&self) -> Option<IpAddr> {
        self.client
    }

    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path as it stood on the request line, still percent-encoded.
    pub fn path(&self) -> &str {
        self.uri.path()
    }

    /// The query as it stood on the request line, without `?`; empty when there was none.
    pub fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The headers alone, once all else has been read. Without those that are about a coding which the
    /// body has no longer.
    pub(crate) fn into_headers(mut self) -> HeaderMap {
        if self.encoded.is_some() {
            self.headers.remove(http::header::CONTENT_ENCODING);
            self.headers.remove(http::header::CONTENT_LENGTH);
        }
        self.headers
    }

    /// The body's bytes as they came, before its content coding was undone.
    pub fn encoded(&self) -> &Bytes {
        self.encoded.as_ref().unwrap_or(&self.body)
    }

    /// Whether the body came with a content coding.
    pub fn was_encoded(&self) -> bool {
        self.encoded.is_some()
    }

    /// The body's bytes as the provider sent them, without their content coding.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The trace that the sender says it is part of.
    pub fn sender(&self) -> Option<&Context> {
        self.sender.as_ref()
    }

    /// The same as a part of `trace`.
    #[must_use]
    pub fn part_of(mut self, trace: Option<Arc<Trace>>) -> Self {
        self.trace = trace;
        self
    }

    /// What is told of it, where anybody listens.
    pub fn trace(&self) -> Option<&Arc<Trace>> {
        self.trace.as_ref()
    }

    /// When the request arrived, by the wall clock.
    pub fn at(&self) -> UnixTime {
        self.at
    }

    /// The `content-type` as it was sent; empty when absent or not text.
    pub fn content_type(&self) -> &str {
        let value = self.headers.get(http::header::CONTENT_TYPE);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The `content-type` without its parameters, lower case; empty when absent or not text.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }
}

/// The `content-type` of `headers` without its parameters, lower case; empty when absent.
pub fn media_type(headers: &HeaderMap) -> String {
    headers
        .get(http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|value| value.trim().to_ascii_lowercase())
        .unwrap_or_default()
}
