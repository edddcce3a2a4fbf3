//! Stage 2: forged stays out. Pure: no socket, no clock; `now` is an argument.
//!
//! This folder is the one to review by hand. What leaves it as [`Verified`] is believed by all
//! that follows, and nothing else can make one.

pub mod chain;
mod check;
mod freshness;
mod handshake;
mod jwt;
mod keys;
mod rfc9421;
mod signature;
mod trace;
mod url;
mod variant;
mod view;

use std::cell::OnceCell;
use std::sync::Arc;

use http::{Method, StatusCode};
use serde::Deserialize;

pub use check::{Check, Condition};
pub use freshness::Freshness;
pub use handshake::{
    Accepted, Answer, AnswerBody, AnswerForm, Call, Challenge, Handshake, JsonForm, Learn,
};
pub use jwt::{GivenClaim, JwtAlgorithm, JwtCheck};
pub use keys::{Algorithm, Certificate, Keys, Mac, PublicKey, Secret, certificate_key, fetched};
pub use rfc9421::Rfc9421Check;
pub use signature::{Shape, SignatureCheck, SignatureEncoding, SignedHeaders};
pub use trace::{Step, Trace, Unquoted};
pub use url::{CertificateRule, UrlForm, host_matches};
pub use view::{Params, View};

use crate::accept::Received;
use crate::peek::Pointers;
use crate::template::{Place, Template};
use crate::time::UnixTime;

/// How one source's requests are told from forged ones. There is no scheme without a check:
/// [`Check::Unverified`] has to be said.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// Methods that deliver events.
    pub methods: Vec<Method>,
    pub check: Check,
    pub handshakes: Vec<Handshake>,
    pub integrity: Integrity,
    /// Whether the body is signed as it was sent, with its content coding.
    pub signs_encoded: bool,
    /// The public URL without a query, as the provider was given it.
    pub url: String,
    pub secrets: Vec<Secret>,
    pub params: Params,
    /// What a published event is answered with, where the provider wants something of its own.
    pub accepted: Vec<Accepted>,
    /// The status of a refusal, where the provider wants something else than 401.
    pub refused: Option<StatusCode>,
    /// Every JSON Pointer that the templates above name.
    pub pointers: Pointers,
}

/// How much of what a consumer reads is covered by the provider's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Integrity {
    /// The whole body.
    Full,
    /// Some of it, or the body but not the header that the type is taken from.
    Partial,
    /// Nothing: a shared token only, or no check at all.
    None,
}

impl Integrity {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Partial => "partial",
            Self::None => "none",
        }
    }
}

/// Proof that a request came from someone who holds the source's secret. Only
/// [`authenticate`] makes one.
///
/// ```compile_fail
/// fn forge(received: hookferry::accept::Received) -> hookferry::authenticate::Verified {
///     hookferry::authenticate::Verified { received, integrity: todo!(), claims: None, answer: None }
/// }
/// ```
#[derive(Debug)]
pub struct Verified {
    received: Received,
    integrity: Integrity,
    claims: Option<jwt::Claims>,
    answer: Option<Answer>,
}

impl Verified {
    /// The request that was verified.
    pub(crate) fn received(&self) -> &Received {
        &self.received
    }

    /// The request that was verified, how far, what its token claims, and what the provider wants
    /// to hear once it is stored.
    pub(crate) fn into_parts(self) -> (Received, Integrity, Option<Arc<str>>, Option<Answer>) {
        (self.received, self.integrity, self.claims, self.answer)
    }
}

/// What an authentic request turned out to be.
#[expect(
    clippy::large_enum_variant,
    reason = "it is made once a request and taken apart at once; a box would cost more than the copy"
)]
#[derive(Debug)]
pub enum Arrival {
    /// An event to publish.
    Delivery(Verified),
    /// A handshake, already answered; it is never published.
    Handshake(Answer),
}

/// Why a request is not believed. Its words are metric labels and the reasons in replies.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("no signature was given")]
    MissingSignature,
    #[error("the signature is not of the form that the provider writes")]
    MalformedSignature,
    #[error("the signature fits none of the configured secrets or keys")]
    WrongSignature,
    #[error("{0} is signed, but absent or unreadable")]
    MissingPart(Place),
    #[error("the signed time cannot be read")]
    MalformedTimestamp,
    #[error("the signed time is {age_s} s old")]
    Stale { age_s: i64 },
    #[error("the signed time is {ahead_s} s ahead of our clock")]
    Early { ahead_s: i64 },
    #[error("the signer's key is not one of those configured")]
    UnknownKey,
    #[error("the provider's keys have not been fetched yet")]
    KeysPending,
    #[error("no token was given")]
    MissingToken,
    #[error("the token fits none of those configured")]
    WrongToken,
    #[error("a value is not one of those allowed by the configuration")]
    NotAllowed,
    #[error("the request is of no kind that this provider signs")]
    NotApplicable,
    #[error("the handshake's challenge is not one that may be answered")]
    WrongChallenge,
    #[error("the request is neither a delivery nor a handshake")]
    NotADelivery,
}

impl Refusal {
    /// A word from a closed set, for metric labels and replies.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::MissingSignature => "missing_signature",
            Self::MalformedSignature => "malformed_signature",
            Self::WrongSignature => "wrong_signature",
            Self::MissingPart(_) => "missing_part",
            Self::MalformedTimestamp => "malformed_timestamp",
            Self::Stale { .. } => "stale",
            Self::Early { .. } => "early",
            Self::UnknownKey => "unknown_key",
            Self::KeysPending => "keys_pending",
            Self::MissingToken => "missing_token",
            Self::WrongToken => "wrong_token",
            Self::NotAllowed => "not_allowed",
            Self::NotApplicable => "not_applicable",
            Self::WrongChallenge => "wrong_challenge",
            Self::NotADelivery => "not_a_delivery",
        }
    }
}

/// Decides whether `received` is authentic at `now`, and what it is.
///
/// # Errors
/// The [`Refusal`]; nothing of the request may then go on.
pub fn authenticate(
    scheme: &Scheme,
    received: Received,
    now: UnixTime,
    trace: &mut impl Trace,
) -> Result<Arrival, Refusal> {
    match decide(scheme, &received, now, trace)? {
        Decision::Handshake(answer) => Ok(Arrival::Handshake(answer)),
        Decision::Delivery(claims, answer) => Ok(Arrival::Delivery(Verified {
            received,
            integrity: scheme.integrity,
            claims,
            answer,
        })),
    }
}

enum Decision {
    Delivery(Option<jwt::Claims>, Option<Answer>),
    Handshake(Answer),
}

fn decide(
    scheme: &Scheme,
    received: &Received,
    now: UnixTime,
    trace: &mut impl Trace,
) -> Result<Decision, Refusal> {
    let json = OnceCell::new();
    let view = View::new(scheme, received, &json);
    let handshake = scheme.handshakes.iter().find(|shake| shake.is_meant(&view));
    if let Some(shake) = handshake {
        trace.step(|| Step::fact("the request is a handshake"));
        let proof = if shake.signed {
            scheme.check.pass(&view, now, trace)?
        } else {
            check::Proof::default()
        };
        let answer = shake.answer(&view, &proof, now, trace)?;
        return Ok(Decision::Handshake(answer));
    }
    if !scheme.methods.contains(received.method()) {
        return Err(Refusal::NotADelivery);
    }
    let proof = scheme.check.pass(&view, now, trace)?;
    let view = view
        .with_secret(proof.secret(scheme))
        .with_claims(proof.claims());
    let answer = match scheme.accepted.iter().find(|form| form.is_meant(&view)) {
        Some(form) => Some(form.render(&view).ok_or(Refusal::NotApplicable)?),
        None => None,
    };
    Ok(Decision::Delivery(proof.claims(), answer))
}

impl Scheme {
    /// Gathers the JSON Pointers of every template, so that a body is read once.
    #[must_use]
    pub fn prepared(mut self) -> Self {
        let mut templates = self.check.templates();
        for shake in &self.handshakes {
            templates.extend(shake.templates());
        }
        for form in &self.accepted {
            templates.extend(form.templates());
        }
        self.pointers = pointers(&templates);
        self
    }
}

fn pointers(templates: &[&Template]) -> Pointers {
    let mut pointers = Pointers::default();
    for place in templates.iter().flat_map(|template| template.places()) {
        if let Place::Json(pointer) | Place::JsonRaw(pointer) = place {
            pointers.add(pointer);
        }
    }
    pointers
}
