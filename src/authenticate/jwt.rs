//! JSON Web Tokens (RFC 7519) and detached signatures (RFC 7515 appendix F, RFC 7797). The
//! algorithms are pinned by the preset; a token only says which of those it uses.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::check::Proof;
use super::keys::same;
use super::{Algorithm, Keys, Refusal, Secret, Step, Trace, View, chain};
use crate::peek::{self, Pointers};
use crate::template::Template;
use crate::time::UnixTime;

/// The longest head of a token that is read, bytes.
const HEAD_BYTES_MAX: usize = 16_384;

/// A token's algorithm (RFC 7518 section 3.1, RFC 8037).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum JwtAlgorithm {
    HS256,
    HS384,
    HS512,
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    ES512,
    EdDSA,
}

impl JwtAlgorithm {
    /// As tokens write it.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    pub const fn algorithm(self) -> Algorithm {
        self.row().1
    }

    const fn row(self) -> (&'static str, Algorithm) {
        match self {
            Self::HS256 => ("HS256", Algorithm::HmacSha256),
            Self::HS384 => ("HS384", Algorithm::HmacSha384),
            Self::HS512 => ("HS512", Algorithm::HmacSha512),
            Self::RS256 => ("RS256", Algorithm::RsaSha256),
            Self::RS384 => ("RS384", Algorithm::RsaSha384),
            Self::RS512 => ("RS512", Algorithm::RsaSha512),
            Self::PS256 => ("PS256", Algorithm::RsaPssSha256),
            Self::PS384 => ("PS384", Algorithm::RsaPssSha384),
            Self::PS512 => ("PS512", Algorithm::RsaPssSha512),
            Self::ES256 => ("ES256", Algorithm::EcdsaP256Sha256Raw),
            Self::ES384 => ("ES384", Algorithm::EcdsaP384Sha384Raw),
            Self::ES512 => ("ES512", Algorithm::EcdsaP521Sha512Raw),
            Self::EdDSA => ("EdDSA", Algorithm::Ed25519),
        }
    }
}

/// A token that a request must carry.
#[derive(Debug, Clone)]
pub struct JwtCheck {
    pub from: Template,
    /// Each algorithm with the keys that may have been used with it, and no others.
    pub keys: Vec<(JwtAlgorithm, Keys)>,
    /// JSON Pointers into the payload, and what must be there: one of these.
    pub claims: Vec<(String, Vec<Template>)>,
    /// Claims that an operator has said more of.
    pub given: Vec<GivenClaim>,
    pub age_s: Option<u64>,
    pub leeway_s: u64,
    pub expires: bool,
    /// The payload of a token that has none.
    pub detached: Option<Template>,
    /// The certificate that the chain in the token's head must end at.
    pub root: Option<chain::Root>,
    /// Extensions that those certificates must have, the first one's first.
    pub oids: Vec<String>,
}

/// A claim, and what an operator wants of it.
#[derive(Debug, Clone)]
pub struct GivenClaim {
    /// Its JSON Pointer into the payload.
    pub pointer: String,
    /// A param of the scheme's.
    pub param: String,
    /// Whether all of the param's values must be among the words of the claim; it must be one of them else.
    pub all: bool,
}

impl GivenClaim {
    fn fits(&self, payload: &str, allowed: &[Secret]) -> bool {
        let Some(raw) = raw_claim(payload, &self.pointer) else {
            return false;
        };
        let given: Vec<String> = match peek::elements(&raw) {
            Some(items) => items.into_iter().filter_map(text).collect(),
            None => text(&raw).into_iter().collect(),
        };
        // As in the claim scope (RFC 8693, section 4.2).
        let words: Vec<&str> = given.iter().flat_map(|it| it.split(' ')).collect();
        let is_among = |wanted: &Secret| {
            if self.all {
                words.iter().any(|word| wanted.is(word.as_bytes()))
            } else {
                given.iter().any(|one| wanted.is(one.as_bytes()))
            }
        };
        if self.all {
            !allowed.is_empty() && allowed.iter().all(is_among)
        } else {
            allowed.iter().any(is_among)
        }
    }
}

/// A token's head (RFC 7515 section 4.1).
#[derive(Debug, Deserialize)]
struct Head {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Vec<String>,
    /// Whether the payload is signed in base64url (RFC 7797).
    #[serde(default = "yes")]
    b64: bool,
    #[serde(default)]
    x5c: Vec<String>,
}

const fn yes() -> bool {
    true
}

impl JwtCheck {
    pub(super) fn pass(
        &self,
        view: &View<'_>,
        now: UnixTime,
        trace: &mut impl Trace,
    ) -> Result<Proof, Refusal> {
        let token = self.from.text(view).filter(|token| !token.is_empty());
        let token = token.ok_or(Refusal::MissingToken)?;
        let mut parts = token.split('.');
        let (Some(head), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refusal::MalformedSignature);
        };
        let decoded = |text: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(text);
            bytes.map_err(|_| Refusal::MalformedSignature)
        };
        if head.len() > HEAD_BYTES_MAX {
            return Err(Refusal::MalformedSignature);
        }
        let read: Head =
            serde_json::from_slice(&decoded(head)?).map_err(|_| Refusal::MalformedSignature)?;
        let signature = decoded(signature)?;
        let (signed, payload) = match &self.detached {
            None if read.b64 && read.crit.is_empty() => {
                let end = head.len() + 1 + payload.len();
                let signed = token.get(..end).unwrap_or_default().as_bytes();
                (Cow::Borrowed(signed), decoded(payload)?)
            }
            Some(content) if payload.is_empty() && read.crit.iter().all(|name| name == "b64") => {
                let content = content.render(view).ok_or(Refusal::MalformedSignature)?;
                let body = if read.b64 {
                    URL_SAFE_NO_PAD.encode(&content).into_bytes()
                } else {
                    content.clone()
                };
                (Cow::Owned([head.as_bytes(), b".", &body].concat()), content)
            }
            None | Some(_) => return Err(Refusal::MalformedSignature),
        };
        let proof = self.signed_by(&read, &signed, &signature, now, trace);
        trace.step(|| {
            let said = format!(
                "the token, by {} as it says, is signed by a known key",
                read.alg
            );
            Step::verdict(proof.is_ok(), said)
        });
        let proof = proof?;
        let payload = String::from_utf8(payload).map_err(|_| Refusal::MalformedSignature)?;
        if self.detached.is_none() {
            self.times(&payload, now)?;
            self.claims(&payload, view, trace)?;
            self.given(&payload, view, trace)?;
        }
        Ok(proof.with_claims(payload))
    }

    fn signed_by(
        &self,
        head: &Head,
        signed: &[u8],
        signature: &[u8],
        now: UnixTime,
        trace: &mut impl Trace,
    ) -> Result<Proof, Refusal> {
        let pinned = self.keys.iter().find(|(known, _)| known.name() == head.alg);
        let (algorithm, keys) = pinned.ok_or(Refusal::NotAllowed)?;
        if let Some(root) = &self.root {
            let key = root.leaf_key(algorithm.algorithm(), &head.x5c, &self.oids, now);
            trace.step(|| Step::verdict(key.is_some(), "the token's certificates end at the root"));
            let key = key.ok_or(Refusal::UnknownKey)?;
            return (key.fits(signed, signature))
                .then(Proof::default)
                .ok_or(Refusal::WrongSignature);
        }
        let kid = head.kid.as_deref();
        keys.prove(algorithm.algorithm(), kid, signed, signature, now)
    }

    /// `exp`, `nbf` and `iat` (RFC 7519 section 4.1).
    fn times(&self, payload: &str, now: UnixTime) -> Result<(), Refusal> {
        let claims = Pointers::new(["/exp", "/nbf", "/iat"]);
        let read = claims.read(payload.as_bytes());
        let read = read.map_err(|_| Refusal::MalformedSignature)?;
        let seconds = |pointer: &str| -> Result<Option<i64>, Refusal> {
            let Some(raw) = read.raw(pointer) else {
                return Ok(None);
            };
            // With an exponent the digits before the point do not say how large it is.
            if raw.contains(['e', 'E']) {
                return Err(Refusal::MalformedTimestamp);
            }
            let whole = raw.trim().split('.').next().unwrap_or_default();
            let time = whole.parse().map_err(|_| Refusal::MalformedTimestamp)?;
            Ok(Some(time))
        };
        let (exp, nbf, iat) = (seconds("/exp")?, seconds("/nbf")?, seconds("/iat")?);
        let now = now.seconds();
        let leeway = i64::try_from(self.leeway_s).unwrap_or(i64::MAX);
        if self.expires && exp.is_none() {
            return Err(Refusal::MalformedTimestamp);
        }
        if let Some(exp) = exp
            && now >= exp.saturating_add(leeway)
        {
            let age_s = now.saturating_sub(exp);
            return Err(Refusal::Stale { age_s });
        }
        let begins = nbf.into_iter().chain(iat).max();
        if let Some(begins) = begins
            && begins > now.saturating_add(leeway)
        {
            let ahead_s = begins.saturating_sub(now);
            return Err(Refusal::Early { ahead_s });
        }
        if let Some(most) = self.age_s {
            let age_s = now.saturating_sub(iat.ok_or(Refusal::MalformedTimestamp)?);
            if age_s > i64::try_from(most).unwrap_or(i64::MAX) {
                return Err(Refusal::Stale { age_s });
            }
        }
        Ok(())
    }

    fn claims(
        &self,
        payload: &str,
        view: &View<'_>,
        trace: &mut impl Trace,
    ) -> Result<(), Refusal> {
        for (pointer, allowed) in &self.claims {
            let raw = raw_claim(payload, pointer).ok_or(Refusal::NotAllowed)?;
            let given: Vec<String> = match peek::elements(&raw) {
                Some(items) => items.into_iter().filter_map(text).collect(),
                None => text(&raw).into_iter().collect(),
            };
            let fits = allowed.iter().any(|template| {
                if template.source() == "*" {
                    return !given.is_empty();
                }
                let wanted = template.text(view).filter(|text| !text.is_empty());
                wanted.is_some_and(|wanted| {
                    let mut given = given.iter();
                    given.any(|one| same(one.as_bytes(), wanted.as_bytes()))
                })
            });
            trace.step(|| Step::verdict(fits, format!("claim {pointer} is what it must be")));
            if !fits {
                return Err(Refusal::NotAllowed);
            }
        }
        Ok(())
    }

    fn given(&self, payload: &str, view: &View<'_>, trace: &mut impl Trace) -> Result<(), Refusal> {
        for claim in &self.given {
            let allowed = view.scheme().params.get(&claim.param);
            let fits = allowed.is_some_and(|allowed| claim.fits(payload, allowed));
            trace.step(|| {
                let said = format!(
                    "claim {} is as the param {} says",
                    claim.pointer, claim.param
                );
                Step::verdict(fits, said)
            });
            if !fits {
                return Err(Refusal::NotAllowed);
            }
        }
        Ok(())
    }

    pub(super) fn templates(&self) -> Vec<&Template> {
        let mut templates = vec![&self.from];
        templates.extend(&self.detached);
        templates.extend(self.claims.iter().flat_map(|(_, allowed)| allowed));
        templates
    }
}

fn raw_claim(payload: &str, pointer: &str) -> Option<String> {
    let pointers = Pointers::new([pointer]);
    let read = pointers.read(payload.as_bytes()).ok()?;
    read.raw(pointer).map(str::to_owned)
}

fn text(raw: &str) -> Option<String> {
    peek::plain(raw).map(Cow::into_owned)
}

/// The payload of a token, for those who come after its check.
pub(super) type Claims = Arc<str>;
