//! How a request proves where it comes from.

use std::collections::BTreeMap;

use super::Compiler;
use crate::authenticate::chain::Root;
use crate::authenticate::{
    CertificateRule, Check, Condition, Freshness, GivenClaim, JwtCheck, Keys, Rfc9421Check, Shape,
    SignatureCheck, SignedHeaders,
};
use crate::settings::preset::{Conditions, JwtForm, Rfc9421Form, SignatureForm, VerifyForm};
use crate::template::{Place, Scope, Template};

impl Compiler<'_> {
    pub(super) fn check(&mut self, key: &str, form: &VerifyForm) -> Check {
        let scope = Scope::Authenticate;
        match form {
            VerifyForm::Signature(form) => {
                Check::Signature(Box::new(self.signature(&format!("{key}.signature"), form)))
            }
            VerifyForm::Jwt(form) => Check::Jwt(Box::new(self.jwt(&format!("{key}.jwt"), form))),
            VerifyForm::Rfc9421(form) => {
                Check::Rfc9421(Box::new(self.rfc9421(&format!("{key}.rfc9421"), form)))
            }
            VerifyForm::Each(form) => Check::Each {
                batch: form.batch.clone(),
                then: Box::new(self.check(&format!("{key}.each.then"), &form.then)),
            },
            VerifyForm::Token(form) => Check::Token {
                shown: self.template(&format!("{key}.token.from"), &form.from, scope),
                expected: self.template(&format!("{key}.token.expected"), &form.expected, scope),
            },
            VerifyForm::Equal(form) => Check::Equal {
                left: self.template(&format!("{key}.equal.left"), &form.left, scope),
                right: self.template(&format!("{key}.equal.right"), &form.right, scope),
                values: self.values(&format!("{key}.equal.values"), &form.values),
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

    pub(super) fn values(
        &mut self,
        key: &str,
        form: &BTreeMap<String, String>,
    ) -> Vec<(String, Template)> {
        let each = form.iter().map(|(name, text)| {
            let key = format!("{key}.{name}");
            (name.clone(), self.template(&key, text, Scope::Authenticate))
        });
        each.collect()
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
        let certificate = form.certificate.as_ref().map(|rule| CertificateRule {
            url: self.template(&format!("{key}.certificate.url"), &rule.url, scope),
            hosts: rule.hosts.clone(),
            fetched_names: (!rule.fetch_for.is_empty()).then(|| rule.fetch_for.clone()),
        });
        let kid = form.kid.as_deref();
        let mac_key = form.mac_key.as_deref();
        let check = SignatureCheck {
            mac_key: mac_key.map(|text| self.template(&format!("{key}.mac_key"), text, scope)),
            from: self.templates(&format!("{key}.from"), &form.from, scope),
            shape: self.shape(key, form),
            algorithm: form.algorithm,
            keys: self.keys(form.algorithm, &certificate),
            kid: kid.map(|text| self.template(&format!("{key}.kid"), text, scope)),
            signed: self.template(&format!("{key}.signed"), &form.signed, scope),
            values: self.values(&format!("{key}.values"), &form.values),
            signed_headers: self.signed_headers(key, form),
            freshness: self.freshness(key, form),
            url_forms: form.url_forms.clone(),
            certificate,
        };
        let parts = reachable(&check.signed, &check.values);
        let hides = |part: &&Template| part.reads_secret();
        if let Some(made) = &check.mac_key
            && !reachable(made, &check.values).iter().any(hides)
        {
            let said = "a key proves nothing unless it is made of {secret}";
            self.problem(format!("override.{key}.mac_key"), said);
        }
        if form.algorithm.is_plain_hash() && !parts.iter().any(hides) {
            self.problem(
                format!("override.{key}.signed"),
                "a plain hash proves nothing unless {secret} is in what is hashed",
            );
        }
        let headers = check.signed_headers.as_ref();
        let headers = headers.map(|headers| headers.at_least.as_slice());
        if let Some(freshness) = &check.freshness
            && !covers(&parts, headers.unwrap_or_default(), &freshness.from)
        {
            self.problem(
                format!("override.{key}.timestamp.from"),
                "the time is not in what is signed, so it proves nothing; name a place that is",
            );
        }
        let times = check.freshness.as_ref().map(|freshness| &freshness.from);
        let read = parts.iter().copied().chain(times);
        let read = read.flat_map(signature_fields).collect();
        SignatureCheck {
            shape: Shape {
                read,
                ..check.shape
            },
            ..check
        }
    }

    fn freshness(&mut self, key: &str, form: &SignatureForm) -> Option<Freshness> {
        let stamp = form.timestamp.as_ref()?;
        let future_s = self.operator.tolerance_s.unwrap_or(stamp.tolerance_s);
        let from = format!("{key}.timestamp.from");
        Some(Freshness {
            from: self.template(&from, &stamp.from, Scope::Authenticate),
            unit: stamp.unit,
            // A provider whose retries carry the first attempt's time keeps its own bound.
            past_s: stamp.past_s.unwrap_or(future_s),
            future_s,
        })
    }

    fn shape(&mut self, key: &str, form: &SignatureForm) -> Shape {
        let keys: Vec<_> = form.key.all().into_iter().map(str::to_owned).collect();
        let has_fields = form.pair.is_some() || !form.fields.is_empty();
        if has_fields == keys.is_empty() {
            self.problem(
                format!("override.{key}"),
                "pair and key go together: pair: \"=\", key: v1; or fields: [t, v1], key: v1",
            );
        }
        Shape {
            sets: form.sets.clone(),
            split: form.split.clone(),
            pair: form.pair.clone(),
            fields: form.fields.clone(),
            keys,
            prefix: form.prefix.clone(),
            encoding: form.encoding,
            read: Vec::new(),
        }
    }

    fn signed_headers(&mut self, key: &str, form: &SignatureForm) -> Option<SignedHeaders> {
        let form = form.signed_headers.as_ref()?;
        let list = format!("{key}.signed_headers.list");
        let at_least = form.at_least.iter();
        Some(SignedHeaders {
            list: self.template(&list, &form.list, Scope::Authenticate),
            split: form.split.clone(),
            form: form.form.clone(),
            join: form.join.clone(),
            at_least: at_least.map(|name| name.to_ascii_lowercase()).collect(),
        })
    }

    fn jwt(&mut self, key: &str, form: &JwtForm) -> JwtCheck {
        let scope = Scope::Authenticate;
        if form.algorithms.is_empty() {
            let said = "name the algorithms that the provider uses; a token must not choose";
            self.problem(format!("override.{key}.algorithms"), said);
        }
        let asks_claims = !form.claims.is_empty() || form.age_s.is_some() || form.expires;
        if form.detached.is_some() && asks_claims {
            let said = "the payload is the request's own content, which makes no claims; remove \
                        claims, age_s and expires";
            self.problem(format!("override.{key}.detached"), said);
        }
        let root = form.x5c_root.as_deref().map(Root::parse);
        let root = match root {
            Some(Err(said)) => {
                self.problem(format!("override.{key}.x5c_root"), said);
                None
            }
            Some(Ok(root)) => Some(root),
            None => None,
        };
        let keys = if form.x5c_root.is_some() {
            // The chain in the token brings the key.
            let each = form.algorithms.iter();
            each.map(|named| (*named, Keys::Public(Vec::new())))
                .collect()
        } else {
            self.token_keys(form)
        };
        let claims = form.claims.iter().map(|(pointer, texts)| {
            let key = format!("{key}.claims.{pointer}");
            (pointer.clone(), self.templates(&key, texts, scope))
        });
        let claims = claims.collect();
        let mut given = Vec::new();
        for (pointer, own) in &form.where_given {
            if !self.preset.params.contains_key(&own.param) {
                let said = format!("{} is not among the preset's params", own.param);
                self.problem(format!("override.{key}.where_given.{pointer}"), said);
            }
            if self.params.contains_key(&own.param) {
                given.push(GivenClaim {
                    pointer: pointer.clone(),
                    param: own.param.clone(),
                    all: own.all,
                });
            }
        }
        let detached = form.detached.as_deref();
        JwtCheck {
            given,
            from: self.template(&format!("{key}.from"), &form.from, scope),
            keys,
            claims,
            age_s: form.age_s,
            leeway_s: form.leeway_s,
            expires: form.expires,
            detached: detached.map(|text| self.template(&format!("{key}.detached"), text, scope)),
            root,
            oids: form.x5c_oids.clone(),
        }
    }

    fn rfc9421(&mut self, key: &str, form: &Rfc9421Form) -> Rfc9421Check {
        let keyid = form.keyid.as_deref();
        Rfc9421Check {
            covers: form.covers.clone(),
            algorithm: form.algorithm,
            keys: self.keys(form.algorithm, &None),
            label: form.label.clone(),
            tag: form.tag.clone(),
            age_s: form.age_s,
            keyid: keyid
                .map(|text| self.template(&format!("{key}.keyid"), text, Scope::Authenticate)),
        }
    }
}

/// `signed` and the named parts that it is made of, directly or through others.
fn reachable<'t>(signed: &'t Template, values: &'t [(String, Template)]) -> Vec<&'t Template> {
    let mut parts = vec![signed];
    let mut at = 0;
    while let Some(part) = parts.get(at).copied() {
        for name in part.value_names() {
            let found = values.iter().find(|(known, _)| known == name);
            if let Some((_, value)) = found
                && !parts.iter().any(|part| std::ptr::eq(*part, value))
            {
                parts.push(value);
            }
        }
        at += 1;
    }
    parts
}

fn signature_fields(template: &Template) -> Vec<String> {
    let mut fields = Vec::new();
    for place in template.places() {
        if let Place::Signature(name) = place {
            fields.push(name.clone());
        }
    }
    fields
}

/// Whether every place of `part` is in what is signed, by itself or as part of the body, or among
/// the headers that have to be.
fn covers(signed: &[&Template], headers: &[String], part: &Template) -> bool {
    let signed: Vec<_> = signed
        .iter()
        .flat_map(|template| template.places())
        .collect();
    part.places().into_iter().all(|place| {
        let in_body = matches!(place, Place::Json(_) | Place::Form(_) | Place::Xml(_));
        let listed = |name: &http::HeaderName| headers.iter().any(|known| known == name.as_str());
        let in_query = matches!(place, Place::Query(_)) && signed.contains(&&Place::WholeQuery);
        let in_headers = matches!(place, Place::Header(name) if listed(name));
        signed.contains(&place)
            || (in_body && signed.contains(&&Place::Body))
            || in_query
            || in_headers
    })
}
