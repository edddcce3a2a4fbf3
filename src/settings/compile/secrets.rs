//! What the operator keeps secret, and what it must be.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::Compiler;
use crate::authenticate::{Params, Secret};
use crate::settings::preset::{SecretEncoding, SecretForm, VerifyForm};
use crate::template::{Lookup, Place, Scope, Template};

impl Compiler<'_> {
    pub(super) fn read_secrets(&mut self, params: &Params) {
        let Some(form) = &self.preset.secret else {
            if !self.operator.secrets.is_empty() {
                self.problem("secrets", "this provider has no shared secret; remove it");
            }
            return;
        };
        // One that the provider hands over comes later.
        let is_learned = self
            .preset
            .handshakes
            .iter()
            .any(|form| form.learn.is_some());
        let is_needed = needs_secret(&self.preset.verify) && !is_learned;
        if self.operator.secrets.is_empty() && is_needed {
            self.problem("secrets", format!("a secret is needed: {}", form.about));
        }
        let derive = form
            .derive
            .as_deref()
            .map(|text| self.template("secret.derive", text, Scope::Authenticate));
        for (at, text) in self.operator.secrets.iter().enumerate() {
            let read = secret(form, text, self.operator.strict);
            match read.and_then(|secret| derived(secret, derive.as_ref(), params)) {
                Ok(secret) => self.secrets.push(secret),
                Err(said) => self.problem(format!("secrets[{at}]"), said),
            }
        }
    }

    pub(super) fn params(&mut self) -> Params {
        let given = &self.operator.params;
        for name in given.keys() {
            if !self.preset.params.contains_key(name) {
                let known: Vec<_> = self.preset.params.keys().map(String::as_str).collect();
                let known = if known.is_empty() {
                    "none".to_owned()
                } else {
                    known.join(", ")
                };
                self.problem(
                    format!("params.{name}"),
                    format!(
                        "provider {} knows no such param; it has: {known}",
                        self.preset.id
                    ),
                );
            }
        }
        let missing: Vec<_> = self
            .preset
            .params
            .iter()
            .filter(|(name, form)| {
                let blank = |values: &Vec<String>| values.iter().all(|text| text.trim().is_empty());
                form.required && given.get(*name).is_none_or(blank)
            })
            .map(|(name, form)| (name.clone(), form.about.clone()))
            .collect();
        if self.operator.strict {
            for (name, about) in missing {
                self.problem(format!("params.{name}"), format!("it is needed: {about}"));
            }
        }
        given
            .iter()
            .map(|(name, values)| {
                let values = values.iter().map(|text| Secret::new(text.as_bytes()));
                (name.clone(), values.collect())
            })
            .collect()
    }
}

/// Whether the check compares with a shared secret.
fn needs_secret(form: &VerifyForm) -> bool {
    form.all().into_iter().any(|form| match form {
        VerifyForm::Signature(form) => !form.algorithm.is_public_key(),
        VerifyForm::Jwt(form) => {
            let mut algorithms = form.algorithms.iter();
            algorithms.any(|named| !named.algorithm().is_public_key())
        }
        VerifyForm::Rfc9421(form) => !form.algorithm.is_public_key(),
        VerifyForm::Token(_) => true,
        VerifyForm::Equal(_)
        | VerifyForm::OneOf(_)
        | VerifyForm::Each(_)
        | VerifyForm::All(_)
        | VerifyForm::Any(_)
        | VerifyForm::When(_)
        | VerifyForm::None => false,
    })
}

/// What templates can be made of before there is a request.
pub(super) struct Held<'h>(pub(super) Option<&'h Secret>, pub(super) &'h Params);

impl Lookup for Held<'_> {
    fn find<'a>(&'a self, place: &Place) -> Option<Cow<'a, [u8]>> {
        if *place == Place::Secret {
            return Some(Cow::Borrowed(self.0?.reveal()));
        }
        let Place::Param(name) = place else {
            return None;
        };
        Some(Cow::Borrowed(self.1.get(name)?.first()?.reveal()))
    }
}

/// The key that `derive` makes of a secret and the params.
fn derived(secret: Secret, derive: Option<&Template>, params: &Params) -> Result<Secret, String> {
    let Some(derive) = derive else {
        return Ok(secret);
    };
    let key = derive.render(&Held(Some(&secret), params));
    key.map(Secret::new)
        .ok_or_else(|| format!("no key can be derived from it by {}", derive.source()))
}

fn secret(form: &SecretForm, text: &str, strict: bool) -> Result<Secret, String> {
    if text.trim().is_empty() {
        return Err("the secret is empty; an empty secret would let everyone in".into());
    }
    let bytes = decoded(form.encoding, text)?;
    if bytes.is_empty() || (strict && bytes.len() < form.bytes_min) {
        return Err(format!(
            "the secret has {} bytes; at least {} are needed, or it can be guessed",
            bytes.len(),
            form.bytes_min
        ));
    }
    Ok(Secret::new(bytes))
}

fn decoded(encoding: SecretEncoding, text: &str) -> Result<Vec<u8>, String> {
    let base64 = |text: &str| {
        STANDARD
            .decode(text)
            .map_err(|_| "the secret is not base64, which this provider's secrets are".to_owned())
    };
    match encoding {
        SecretEncoding::Utf8 => Ok(text.as_bytes().to_vec()),
        SecretEncoding::Base64 => base64(text),
        SecretEncoding::Base64url => URL_SAFE_NO_PAD
            .decode(text.trim_end_matches('='))
            .map_err(|_| "the secret is not base64url, which this provider's secrets are".into()),
        SecretEncoding::Whsec => {
            let text = text.strip_prefix("v1,").unwrap_or(text);
            base64(text.strip_prefix("whsec_").unwrap_or(text))
        }
        SecretEncoding::Hex => base16ct::mixed::decode_vec(text)
            .map_err(|_| "the secret is not hex, which this provider's secrets are".to_owned()),
    }
}
