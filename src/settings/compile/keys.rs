//! The keys that a check is made with: the operator's, or from the place that the preset pins.

use std::collections::BTreeMap;

use super::Compiler;
use super::secrets::Held;
use crate::authenticate::fetched::{self, FetchedKeys, KeysFormat};
use crate::authenticate::{
    Algorithm, Certificate, CertificateRule, JwtAlgorithm, Keys, PublicKey, certificate_key,
};
use crate::settings::preset::{FetchedKeysForm, JwtForm};
use crate::template::Scope;

impl Compiler<'_> {
    /// The keys of each algorithm that has any: of several, a pasted key is of one.
    pub(super) fn token_keys(&mut self, form: &JwtForm) -> Vec<(JwtAlgorithm, Keys)> {
        let [one] = form.algorithms.as_slice() else {
            let before = self.problems.len();
            let each = form.algorithms.iter();
            let all: Vec<_> = each
                .map(|named| (*named, self.keys(named.algorithm(), &None)))
                .collect();
            let has_keys = |keys: &Keys| match keys {
                Keys::Shared(tags) => !tags.is_empty(),
                Keys::Public(keys) => !keys.is_empty(),
                Keys::Fetched(_) => true,
                Keys::Certified(..) => false,
            };
            let held: Vec<_> = all.into_iter().filter(|(_, keys)| has_keys(keys)).collect();
            if !held.is_empty() {
                self.problems.truncate(before);
            }
            return held;
        };
        vec![(*one, self.keys(one.algorithm(), &None))]
    }

    pub(super) fn keys(&mut self, algorithm: Algorithm, rule: &Option<CertificateRule>) -> Keys {
        if !algorithm.is_public_key() {
            return Keys::shared(algorithm, &self.secrets);
        }
        if let Some(rule) = rule {
            return self.certified(algorithm, rule);
        }
        let operator = self.operator;
        if operator.public_keys.is_empty()
            && let Some(form) = &self.preset.keys
        {
            return self.fetched(form);
        }
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

    /// Keys from the place that the preset pins, or those that the operator gave instead.
    fn fetched(&mut self, form: &FetchedKeysForm) -> Keys {
        let is_given = !self.operator.key_sets.is_empty();
        let mut filled = |key: &str, text: &str| {
            let kid = text.replace("{kid}", "\u{0}");
            let template = self.template(&format!("keys.{key}"), &kid, Scope::Authenticate);
            let params = &self.params;
            let text = template.text(&Held(None, params));
            if text.is_none() && !is_given {
                self.problem(
                    "params",
                    format!("keys.{key} needs params that are not given"),
                );
            }
            text.unwrap_or_default().replace('\u{0}', "{kid}")
        };
        let mut url = filled("url", &form.url);
        if form.format == KeysFormat::Openid {
            url = format!("{}{}", url.trim_end_matches('/'), fetched::OPENID);
        }
        let place = fetched::Place {
            url,
            format: form.format,
            pointer: form.pointer.clone(),
            authorization: form
                .authorization
                .as_deref()
                .map(|text| filled("authorization", text)),
            body: form.body.as_deref().map(|text| filled("body", text)),
            names: Vec::new(),
        };
        let uri = place.url.replace("{kid}", "id").parse::<http::Uri>();
        let has_host = uri.is_ok_and(|uri| {
            uri.scheme_str() == Some("https") && uri.host().is_some_and(|host| !host.is_empty())
        });
        if !has_host {
            self.problem(
                "override.keys.url",
                format!(
                    "keys are fetched from https URLs; {:?} is none, or has no host",
                    form.url
                ),
            );
        }
        if self.operator.key_sets.is_empty() {
            return Keys::Fetched(FetchedKeys::of(place));
        }
        let mut keys = BTreeMap::<_, Vec<_>>::new();
        for (at, text) in self.operator.key_sets.iter().enumerate() {
            // Given whole, or as the place answers.
            let whole = fetched::Place {
                pointer: String::new(),
                ..place.clone()
            };
            let read = fetched::parse(&place, None, text);
            match read.or_else(|_| fetched::parse(&whole, None, text)) {
                Ok(found) => {
                    for (kid, texts) in found {
                        keys.entry(kid).or_default().extend(texts);
                    }
                }
                Err(said) => self.problem(format!("key_sets[{at}]"), said),
            }
        }
        Keys::Fetched(FetchedKeys::given(place, keys))
    }

    fn certified(&mut self, algorithm: Algorithm, rule: &CertificateRule) -> Keys {
        let operator = self.operator;
        if operator.certificates.is_empty() && rule.fetched_names.is_none() {
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
        let fetched = rule.fetched_names.as_ref().map(|names| {
            FetchedKeys::of(fetched::Place {
                url: "{kid}".into(),
                format: KeysFormat::Certificate,
                pointer: String::new(),
                authorization: None,
                body: None,
                names: names.clone(),
            })
        });
        Keys::Certified(certificates, fetched)
    }
}
