//! The checks that a request must pass, and how they combine.

use std::sync::Arc;

use http::HeaderName;
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};

use super::keys::same;
use super::{
    Algorithm, JwtCheck, Keys, PublicKey, Refusal, Rfc9421Check, Scheme, Secret, SignatureCheck,
    Step, Trace, View,
};
use crate::template::{Place, Template};
use crate::time::UnixTime;

/// A check, or several.
#[derive(Debug, Clone)]
pub enum Check {
    Signature(Box<SignatureCheck>),
    Jwt(Box<JwtCheck>),
    Rfc9421(Box<Rfc9421Check>),
    /// Every item of a batch must pass.
    Each {
        /// JSON Pointers, a level each.
        batch: Vec<String>,
        then: Box<Check>,
    },
    /// A shared token: what is shown must equal what one of the secrets makes.
    Token {
        shown: Template,
        expected: Template,
    },
    /// Two values that must be the same.
    Equal {
        left: Template,
        right: Template,
        /// Named parts of both.
        values: Vec<(String, Template)>,
    },
    /// A value that must be one of a param's.
    OneOf {
        value: Template,
        param: String,
    },
    All(Vec<Check>),
    Any(Vec<Check>),
    /// A check for requests of one kind; it fails for others.
    When {
        conditions: Vec<Condition>,
        then: Box<Check>,
    },
    /// Nothing is checked. The operator has said so.
    Unverified,
}

/// A template and the values that count as a match; none means any value that is not empty.
#[derive(Debug, Clone)]
pub struct Condition {
    pub value: Template,
    pub is: Vec<String>,
}

/// What a request was verified with.
#[derive(Debug, Clone, Default)]
pub(super) struct Proof {
    /// The place of the secret, where there was one.
    secret: Option<usize>,
    /// The payload of the token, where there was one.
    claims: Option<Arc<str>>,
}

impl Proof {
    pub(super) const fn by_secret(at: usize) -> Self {
        Self {
            secret: Some(at),
            claims: None,
        }
    }

    pub(super) fn with_claims(self, payload: String) -> Self {
        Self {
            claims: Some(payload.into()),
            ..self
        }
    }

    pub(super) fn claims(&self) -> Option<Arc<str>> {
        self.claims.clone()
    }

    fn and(self, other: Self) -> Self {
        Self {
            secret: self.secret.or(other.secret),
            claims: other.claims.or(self.claims),
        }
    }

    /// The secret of the proof, or the first where none was needed.
    pub(super) fn secret<'s>(&self, scheme: &'s Scheme) -> Option<&'s Secret> {
        scheme.secrets.get(self.secret.unwrap_or_default())
    }
}

impl Keys {
    /// What shows that `signature` is one of `message` by these keys; of fetched ones, by that of
    /// `kid`.
    pub(super) fn prove(
        &self,
        algorithm: Algorithm,
        kid: Option<&str>,
        message: &[u8],
        signature: &[u8],
        now: UnixTime,
    ) -> Result<Proof, Refusal> {
        let by_key = |keys: &[PublicKey]| {
            let fits = keys.iter().any(|key| key.fits(message, signature));
            fits.then(Proof::default).ok_or(Refusal::WrongSignature)
        };
        match self {
            Self::Shared(tags) => {
                let mut fitting = None;
                for (at, begun) in tags.iter().enumerate() {
                    let mut tag = begun.clone();
                    tag.update(message);
                    if tag.finish().fits(signature) {
                        fitting = Some(at);
                    }
                }
                fitting.map(Proof::by_secret).ok_or(Refusal::WrongSignature)
            }
            Self::Public(keys) => by_key(keys),
            Self::Fetched(fetched) => by_key(&fetched.keys(algorithm, kid, now)?),
            Self::Certified(..) => Err(Refusal::UnknownKey),
        }
    }
}

impl Check {
    /// The headers whose values are credentials in themselves: whoever has read one can show it
    /// again. A signature is none.
    pub fn credentials(&self) -> Vec<HeaderName> {
        const ALWAYS: [HeaderName; 3] = [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE];
        let mut names = ALWAYS.to_vec();
        self.collect_credentials(&mut names);
        names
    }

    fn collect_credentials(&self, names: &mut Vec<HeaderName>) {
        let mut add = |template: &Template| {
            let headers = template.places().into_iter().filter_map(Place::as_header);
            names.extend(headers.cloned());
        };
        match self {
            Self::Token { shown, .. } => add(shown),
            Self::Jwt(check) => add(&check.from),
            Self::Equal { left, right, .. } => [left, right].into_iter().for_each(add),
            Self::OneOf { value, .. } => add(value),
            Self::All(checks) | Self::Any(checks) => {
                for check in checks {
                    check.collect_credentials(names);
                }
            }
            Self::Each { then, .. } | Self::When { then, .. } => then.collect_credentials(names),
            Self::Signature(_) | Self::Rfc9421(_) | Self::Unverified => {}
        }
    }

    pub(super) fn pass<'r>(
        &'r self,
        view: &View<'r>,
        now: UnixTime,
        trace: &mut impl Trace,
    ) -> Result<Proof, Refusal> {
        match self {
            Self::Signature(check) => check.pass(view, now, trace),
            Self::Jwt(check) => check.pass(view, now, trace),
            Self::Rfc9421(check) => check.pass(view, now, trace),
            Self::Each { batch, then } => {
                let items = view.items(batch).ok_or(Refusal::NotApplicable)?;
                let mut proof = Proof::default();
                for item in items {
                    proof = then.pass(&view.with_item(item), now, trace)?;
                }
                Ok(proof)
            }
            Self::Token { shown, expected } => token(shown, expected, view, trace),
            Self::Equal {
                left,
                right,
                values,
            } => {
                let view = view.with_values(values);
                let fits = match (left.render(&view), right.render(&view)) {
                    (Some(left), Some(right)) => same(&left, &right),
                    (Some(_) | None, _) => false,
                };
                trace.step(|| {
                    Step::verdict(fits, format!("{} = {}", left.source(), right.source()))
                });
                fits.then(Proof::default).ok_or(Refusal::NotAllowed)
            }
            Self::OneOf { value, param } => {
                let given = value.render(view).ok_or(Refusal::NotAllowed)?;
                let allowed = view.scheme().params.get(param);
                let fits = allowed
                    .into_iter()
                    .flatten()
                    .any(|allowed| allowed.is(&given));
                trace.step(|| Step::verdict(fits, format!("{} is one of {param}", value.source())));
                fits.then(Proof::default).ok_or(Refusal::NotAllowed)
            }
            Self::All(checks) => {
                let mut proof = Proof::default();
                for check in checks {
                    let view = view.with_claims(proof.claims());
                    proof = proof.and(check.pass(&view, now, trace)?);
                }
                Ok(proof)
            }
            Self::Any(checks) => any(checks, view, now, trace),
            Self::When { conditions, then } => {
                if Condition::all_hold(conditions, view) {
                    then.pass(view, now, trace)
                } else {
                    Err(Refusal::NotApplicable)
                }
            }
            Self::Unverified => {
                trace.step(|| Step::fact("nothing is checked: the source says verify: none"));
                Ok(Proof::default())
            }
        }
    }

    /// Every template in the check.
    pub(super) fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Signature(check) => check.templates(),
            Self::Jwt(check) => check.templates(),
            Self::Rfc9421(check) => check.templates(),
            Self::Each { then, .. } => then.templates(),
            Self::Token { shown, expected } => vec![shown, expected],
            Self::Equal {
                left,
                right,
                values,
            } => {
                let mut templates = vec![left, right];
                templates.extend(values.iter().map(|(_, value)| value));
                templates
            }
            Self::OneOf { value, .. } => vec![value],
            Self::All(checks) | Self::Any(checks) => {
                checks.iter().flat_map(Self::templates).collect()
            }
            Self::When { conditions, then } => {
                let mut templates = then.templates();
                templates.extend(conditions.iter().map(|condition| &condition.value));
                templates
            }
            Self::Unverified => Vec::new(),
        }
    }
}

impl Condition {
    pub(super) fn all_hold(conditions: &[Self], view: &View<'_>) -> bool {
        conditions.iter().all(|condition| condition.holds(view))
    }

    fn holds(&self, view: &View<'_>) -> bool {
        let Some(value) = self.value.text(view) else {
            return false;
        };
        if self.is.is_empty() {
            !value.is_empty()
        } else {
            self.is.contains(&value)
        }
    }
}

fn any<'r>(
    checks: &'r [Check],
    view: &View<'r>,
    now: UnixTime,
    trace: &mut impl Trace,
) -> Result<Proof, Refusal> {
    let mut told = Refusal::NotApplicable;
    for check in checks {
        match check.pass(view, now, trace) {
            Ok(proof) => return Ok(proof),
            Err(Refusal::NotApplicable) => {}
            Err(refusal) => told = refusal,
        }
    }
    Err(told)
}

fn token(
    shown: &Template,
    expected: &Template,
    view: &View<'_>,
    trace: &mut impl Trace,
) -> Result<Proof, Refusal> {
    let given = shown
        .render(view)
        .filter(|given| !given.is_empty())
        .ok_or(Refusal::MissingToken)?;
    let mut fitting = None;
    for (at, secret) in view.scheme().secrets.iter().enumerate() {
        let expected = expected.render(&view.with_secret(Some(secret)));
        if expected.is_some_and(|expected| same(&expected, &given)) {
            fitting = Some(at);
        }
    }
    trace.step(|| {
        Step::verdict(
            fitting.is_some(),
            format!("the token in {} is a configured one", shown.source()),
        )
    });
    fitting.map(Proof::by_secret).ok_or(Refusal::WrongToken)
}
