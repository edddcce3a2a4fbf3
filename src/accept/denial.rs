//! What turns a request away at the door, and what it is told.

use std::net::IpAddr;

use http::{HeaderName, HeaderValue, Method, StatusCode, header};

use super::coding::TAKEN;
use super::rates::{TooMany, Whose};

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Why a request was turned away before its signature was looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    #[error("the request is malformed: {0}")]
    Malformed(&'static str),
    #[error("no source has this path")]
    NotFound,
    #[error("this source does not take requests from this address")]
    AddressNotAllowed(IpAddr),
    #[error("this source wants a client certificate")]
    NoCertificate,
    #[error("this source does not take requests by this client certificate")]
    CertificateNotAllowed,
    #[error("this source takes other methods")]
    MethodNotAllowed(Vec<Method>),
    #[error("this source takes other content types: {}", .0.join(", "))]
    UnsupportedMediaType(Vec<String>),
    #[error("a content coding that is not taken, or more than two; taken are {TAKEN}")]
    UnsupportedEncoding,
    #[error("the body is not what its content coding says, or not whole")]
    BrokenEncoding,
    #[error("the body becomes more than {0} times larger when it is decoded")]
    TooDense(usize),
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    #[error("the request's head is larger than {0} bytes")]
    HeadersTooLarge(usize),
    #[error("the body did not arrive in time")]
    TooSlow,
    #[error("the body ended before it was whole")]
    Broken,
    #[error("too many requests are in flight")]
    Overloaded,
    #[error("too many requests of this source are in flight")]
    SourceBusy,
    #[error("too many requests; {} a second are taken", .0.rate.requests_per_s)]
    TooMany(TooMany),
}

impl From<TooMany> for Denial {
    fn from(too_many: TooMany) -> Self {
        Self::TooMany(too_many)
    }
}

impl Denial {
    /// A word from a closed set, for metric labels and replies.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::NotFound => "not_found",
            Self::AddressNotAllowed(_) => "address_not_allowed",
            Self::NoCertificate => "no_client_certificate",
            Self::CertificateNotAllowed => "client_certificate_not_allowed",
            Self::MethodNotAllowed(_) => "method_not_allowed",
            Self::UnsupportedMediaType(_) => "unsupported_media_type",
            Self::UnsupportedEncoding => "unsupported_encoding",
            Self::BrokenEncoding => "broken_encoding",
            Self::TooDense(_) => "too_dense",
            Self::TooLarge(_) => "too_large",
            Self::HeadersTooLarge(_) => "headers_too_large",
            Self::TooSlow => "too_slow",
            Self::Broken => "broken",
            Self::Overloaded => "overloaded",
            Self::SourceBusy => "source_busy",
            Self::TooMany(too_many) => match too_many.whose {
                Whose::All => "too_many",
                Whose::Client => "client_too_many",
                Whose::Source => "source_too_many",
            },
        }
    }

    /// Whether it is for the source's own limits.
    pub(super) fn is_of_source(&self) -> bool {
        matches!(
            self,
            Self::SourceBusy
                | Self::TooMany(TooMany {
                    whose: Whose::Source,
                    ..
                })
        )
    }

    /// What the log says beyond the message: an allow-list that is wrong is put right by it.
    pub(super) fn detail(&self) -> Option<String> {
        if let Self::AddressNotAllowed(address) = self {
            Some(format!("{self}: {address}"))
        } else {
            None
        }
    }

    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::AddressNotAllowed(_) | Self::CertificateNotAllowed => StatusCode::FORBIDDEN,
            Self::NoCertificate => StatusCode::UNAUTHORIZED,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::UnsupportedMediaType(_) | Self::UnsupportedEncoding => {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
            Self::TooLarge(_) | Self::TooDense(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::HeadersTooLarge(_) => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Malformed(_) | Self::Broken | Self::BrokenEncoding => StatusCode::BAD_REQUEST,
            Self::Overloaded | Self::SourceBusy => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// What the answer says beside its status.
    pub(super) fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let one = |name, text: &str| HeaderValue::from_str(text).ok().map(|value| (name, value));
        match self {
            Self::UnsupportedEncoding => one(header::ACCEPT_ENCODING, TAKEN).into_iter().collect(),
            Self::MethodNotAllowed(methods) => {
                let names: Vec<_> = methods.iter().map(Method::as_str).collect();
                one(header::ALLOW, &names.join(", ")).into_iter().collect()
            }
            Self::TooMany(too_many) => {
                let texts = limits(too_many).into_iter();
                texts.filter_map(|(name, text)| one(name, &text)).collect()
            }
            Self::Malformed(_)
            | Self::NotFound
            | Self::AddressNotAllowed(_)
            | Self::NoCertificate
            | Self::CertificateNotAllowed
            | Self::UnsupportedMediaType(_)
            | Self::BrokenEncoding
            | Self::TooDense(_)
            | Self::TooLarge(_)
            | Self::HeadersTooLarge(_)
            | Self::TooSlow
            | Self::Broken
            | Self::Overloaded
            | Self::SourceBusy => Vec::new(),
        }
    }
}

/// When to come again (RFC 9110, section 10.2.3), and what is let in at all
/// (draft-ietf-httpapi-ratelimit-headers-10).
fn limits(too_many: &TooMany) -> [(HeaderName, String); 3] {
    let name = match too_many.whose {
        Whose::All => "all",
        Whose::Client => "client",
        Whose::Source => "source",
    };
    let seconds = too_many.wait.as_secs() + u64::from(too_many.wait.subsec_nanos() > 0);
    let (rate, burst) = (too_many.rate.requests_per_s, too_many.rate.burst_max);
    // The policy's window is the time in which a whole burst is given back.
    let window = burst.get().div_ceil(rate.get());
    [
        (header::RETRY_AFTER, seconds.to_string()),
        (RATE_LIMIT, format!("\"{name}\";r=0;t={seconds}")),
        (
            RATE_LIMIT_POLICY,
            format!("\"{name}\";q={burst};w={window}"),
        ),
    ]
}
