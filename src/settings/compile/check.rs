//! How a request proves where it comes from.

use super::Compiler;
use crate::authenticate::{
    Algorithm, Certificate, CertificateRule, Check, Condition, Freshness, Keys, PublicKey,
    SignatureCheck, certificate_key,
};
use crate::settings::preset::{Conditions, SignatureForm, VerifyForm};
use crate::template::{Place, Scope, Template};

impl Compiler<'_> {
    pub(super) fn check(&mut self, key: &str, form: &VerifyForm) -> Check {
        let scope = Scope::Authenticate;
        match form {
            VerifyForm::Signature(form) => {
                Check::Signature(Box::new(self.signature(&format!("{key}.signature"), form)))
            }
            VerifyForm::Token(form) => Check::Token {
                shown: self.template(&format!("{key}.token.from"), &form.from, scope),
                expected: self.template(&format!("{key}.token.expected"), &form.expected, scope),
            },
            VerifyForm::Equal(form) => Check::Equal {
                left: self.template(&format!("{key}.equal.left"), &form.left, scope),
                right: self.template(&format!("{key}.equal.right"), &form.right, scope),
            },
            VerifyForm::OneOf(form) => Check::OneOf {
                value: self.template(&format!("{key}.one_of.value"), &form.value, scope),
                param: form.param.clone(),
            },
            VerifyForm::All(forms) => Check::All(self.checks(&format!("{key}.all"), forms)),
            VerifyForm::Any(forms) => Check::Any(self.checks(&format!("{key}.any"), forms)),
            VerifyForm::When(form) => Check::When {
                conditions: self.conditions(&format!("{key}.when.if"), &form.conditions),
                then: Box::new(self.check(&format!("{key}.when.then"), &form.then)),
            },
            VerifyForm::None => Check::Unverified,
        }
    }

    fn checks(&mut self, key: &str, forms: &[VerifyForm]) -> Vec<Check> {
        if forms.is_empty() {
            self.problem(
                format!("override.{key}"),
                "an empty list of checks would let everything pass; name one",
            );
        }
        let each = forms.iter().enumerate();
        each.map(|(at, form)| self.check(&format!("{key}[{at}]"), form))
            .collect()
    }

    pub(super) fn conditions(&mut self, key: &str, form: &Conditions) -> Vec<Condition> {
        form.iter()
            .map(|(text, values)| {
                let values = values.all();
                let any = values == ["*"];
                Condition {
                    value: self.template(key, text, Scope::Authenticate),
                    is: values
                        .into_iter()
                        .filter(|_| !any)
                        .map(str::to_owned)
                        .collect(),
                }
            })
            .collect()
    }

    fn signature(&mut self, key: &str, form: &SignatureForm) -> SignatureCheck {
        let scope = Scope::Authenticate;
        let freshness = form.timestamp.as_ref().map(|stamp| {
            let future_s = self.operator.tolerance_s.unwrap_or(stamp.tolerance_s);
            Freshness {
                from: self.template(&format!("{key}.timestamp.from"), &stamp.from, scope),
                unit: stamp.unit,
                // A provider whose retries carry the first attempt's time keeps its own bound.
                past_s: stamp.past_s.unwrap_or(future_s),
                future_s,
            }
        });
        if form.pair.is_some() != form.key.is_some() {
            self.problem(
                format!("override.{key}"),
                "pair and key go together: pair: \"=\", key: v1",
            );
        }
        let certificate = form.certificate.as_ref().map(|rule| CertificateRule {
            url: self.template(&format!("{key}.certificate.url"), &rule.url, scope),
            hosts: rule.hosts.clone(),
        });
        let signed = self.template(&format!("{key}.signed"), &form.signed, scope);
        if let Some(freshness) = &freshness
            && !covers(&signed, &freshness.from)
        {
            self.problem(
                format!("override.{key}.timestamp.from"),
                "the time is not in what is signed, so it proves nothing; name a place that is",
            );
        }
        let hashed = matches!(
            form.algorithm,
            Algorithm::Sha1 | Algorithm::Sha256 | Algorithm::Sha512
        );
        if hashed && !signed.places().contains(&&Place::Secret) {
            self.problem(
                format!("override.{key}.signed"),
                "a plain hash proves nothing unless {secret} is in what is hashed",
            );
        }
        SignatureCheck {
            from: self.template(&format!("{key}.from"), &form.from, scope),
            split: form.split.clone(),
            pair: form.pair.clone(),
            key: form.key.clone(),
            prefix: form.prefix.clone(),
            encoding: form.encoding,
            signed,
            keys: self.keys(form.algorithm, &certificate),
            freshness,
            url_forms: form.url_forms.clone(),
            certificate,
        }
    }

    fn keys(&mut self, algorithm: Algorithm, rule: &Option<CertificateRule>) -> Keys {
        if !algorithm.is_public_key() {
            return Keys::shared(algorithm, &self.secrets);
        }
        if let Some(rule) = rule {
            return self.certified(algorithm, rule);
        }
        let operator = self.operator;
        if operator.public_keys.is_empty() {
            let about = self.preset.public_key.as_ref();
            let about = about.map_or("the provider's public key", |form| form.about.as_str());
            self.problem("public_keys", format!("a public key is needed: {about}"));
        }
        let mut keys = Vec::new();
        for (at, text) in operator.public_keys.iter().enumerate() {
            match PublicKey::parse(algorithm, text) {
                Ok(key) => keys.push(key),
                Err(said) => self.problem(format!("public_keys[{at}]"), said),
            }
        }
        Keys::Public(keys)
    }

    fn certified(&mut self, algorithm: Algorithm, rule: &CertificateRule) -> Keys {
        let operator = self.operator;
        if operator.certificates.is_empty() {
            self.problem(
                "certificates",
                "the provider's signing certificate is needed: certificates: [{url: the URL the \
                 provider names, file: the certificate in PEM}]",
            );
        }
        let mut certificates = Vec::new();
        for (at, (url, pem)) in operator.certificates.iter().enumerate() {
            if !rule.allows(url) {
                self.problem(
                    format!("certificates[{at}].url"),
                    format!("{url:?} is not an https URL of {}", rule.hosts.join(" or ")),
                );
            }
            match certificate_key(algorithm, pem) {
                Ok(key) => certificates.push(Certificate {
                    url: url.clone(),
                    key,
                }),
                Err(said) => self.problem(format!("certificates[{at}].file"), said),
            }
        }
        Keys::Certified(certificates)
    }
}

/// Whether every place of `part` is in what is signed, by itself or as part of the body.
fn covers(signed: &Template, part: &Template) -> bool {
    let signed = signed.places();
    part.places().into_iter().all(|place| {
        let in_body = matches!(place, Place::Json(_) | Place::Form(_));
        signed.contains(&place) || (in_body && signed.contains(&&Place::Body))
    })
}
