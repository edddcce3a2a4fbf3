//! What the operator keeps secret, and what it must be.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Compiler;
use crate::authenticate::{Params, Secret};
use crate::settings::preset::{SecretEncoding, SecretForm, VerifyForm};

impl Compiler<'_> {
    pub(super) fn read_secrets(&mut self) {
        let Some(form) = &self.preset.secret else {
            if !self.operator.secrets.is_empty() {
                self.problem("secrets", "this provider has no shared secret; remove it");
            }
            return;
        };
        if self.operator.secrets.is_empty() && needs_secret(&self.preset.verify) {
            self.problem("secrets", format!("a secret is needed: {}", form.about));
        }
        for (at, text) in self.operator.secrets.iter().enumerate() {
            match secret(form, text, self.operator.strict) {
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
    match form {
        VerifyForm::Signature(form) => !form.algorithm.is_public_key(),
        VerifyForm::Token(_) => true,
        VerifyForm::Equal(_) | VerifyForm::OneOf(_) | VerifyForm::None => false,
        VerifyForm::All(forms) | VerifyForm::Any(forms) => forms.iter().any(needs_secret),
        VerifyForm::When(form) => needs_secret(&form.then),
    }
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
        SecretEncoding::Whsec => base64(text.strip_prefix("whsec_").unwrap_or(text)),
        SecretEncoding::Hex => base16ct::mixed::decode_vec(text)
            .map_err(|_| "the secret is not hex, which this provider's secrets are".to_owned()),
    }
}
