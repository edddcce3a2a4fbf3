//! The same scheme with one thing different, to find out why a request did not fit; and what in a
//! request is worth stealing.

use std::cell::OnceCell;

use super::{Check, Keys, Scheme, Secret, View};
use crate::accept::Received;
use crate::template::{Place, Template};

impl Scheme {
    /// The same for another public URL.
    #[must_use]
    pub fn with_url(&self, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            ..self.clone()
        }
    }

    /// The same without white space around its secrets; `None` where there is none.
    #[must_use]
    pub fn trimmed(&self) -> Option<Self> {
        let trim = |secret: &Secret| Secret::new(secret.reveal().trim_ascii());
        let secrets: Vec<_> = self.secrets.iter().map(trim).collect();
        let mut both = secrets.iter().zip(&self.secrets);
        if both.all(|(trimmed, secret)| secret.is(trimmed.reveal())) {
            return None;
        }
        let mut scheme = self.clone();
        scheme.check.rekey(&secrets);
        scheme.secrets = secrets;
        Some(scheme)
    }

    /// The tokens that a request shows, configured ones or not: whoever has read one can show it again.
    pub fn tokens_in(&self, received: &Received) -> Vec<Vec<u8>> {
        let json = OnceCell::new();
        let view = View::new(self, received, &json);
        let mut shown = self.check.shown();
        // And a secret that the provider hands over.
        let learns = self
            .handshakes
            .iter()
            .filter_map(|shake| shake.learn.as_ref());
        shown.extend(learns.map(|learn| &learn.from));
        let tokens = shown.iter().filter_map(|shown| shown.render(&view));
        tokens.filter(|token| !token.is_empty()).collect()
    }

    /// The query parameters that tokens are shown in.
    pub fn token_parameters(&self) -> Vec<String> {
        let shown = self.check.shown();
        let places = shown.iter().flat_map(|shown| shown.places());
        let names = places.filter_map(|place| {
            if let Place::Query(name) = place {
                Some(name.clone())
            } else {
                None
            }
        });
        names.collect()
    }
}

/// Whether `template` reads a request's head.
fn is_in_head(template: &Template) -> bool {
    let mut places = template.places().into_iter();
    places.any(|place| {
        matches!(
            place,
            Place::Header(_) | Place::Query(_) | Place::WholeQuery
        )
    })
}

impl Check {
    /// Where tokens are shown.
    fn shown(&self) -> Vec<&Template> {
        match self {
            Self::Token { shown, .. } => vec![shown],
            // What is detached is a signature, and shows nothing that another request could use; what
            // stands in the body is the message.
            Self::Jwt(check) if check.detached.is_none() && is_in_head(&check.from) => {
                vec![&check.from]
            }
            Self::All(checks) | Self::Any(checks) => checks.iter().flat_map(Self::shown).collect(),
            Self::Each { then, .. } | Self::When { then, .. } => then.shown(),
            Self::Jwt(_)
            | Self::Signature(_)
            | Self::Rfc9421(_)
            | Self::Equal { .. }
            | Self::OneOf { .. }
            | Self::Unverified => Vec::new(),
        }
    }

    fn rekey(&mut self, secrets: &[Secret]) {
        let again = |keys: &mut Keys, algorithm| {
            if matches!(keys, Keys::Shared(_)) {
                *keys = Keys::shared(algorithm, secrets);
            }
        };
        match self {
            Self::Signature(check) => again(&mut check.keys, check.algorithm),
            Self::Rfc9421(check) => again(&mut check.keys, check.algorithm),
            Self::Jwt(check) => {
                for (algorithm, keys) in &mut check.keys {
                    again(keys, algorithm.algorithm());
                }
            }
            Self::All(checks) | Self::Any(checks) => {
                checks.iter_mut().for_each(|check| check.rekey(secrets));
            }
            Self::Each { then, .. } | Self::When { then, .. } => then.rekey(secrets),
            Self::Token { .. } | Self::Equal { .. } | Self::OneOf { .. } | Self::Unverified => {}
        }
    }
}

impl Scheme {
    /// Whether its verdict depends on the header `name`.
    pub fn reads_header(&self, name: &http::HeaderName) -> bool {
        let mut templates = self.check.templates();
        for shake in &self.handshakes {
            templates.extend(shake.templates());
        }
        let mut places = templates.iter().flat_map(|template| template.places());
        places.any(|place| place.as_header() == Some(name))
    }
}
