//! Signatures over canonical content: finding the candidates, making the content, comparing.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::HeaderMap;
use serde::Deserialize;

use super::check::Proof;
use super::keys::Tag;
use super::{
    Algorithm, CertificateRule, Freshness, Keys, PublicKey, Refusal, Secret, Step, Trace, UrlForm,
    View,
};
use crate::template::{Absent, Template};
use crate::time::UnixTime;
use offered::Offered;

mod offered;
pub(super) mod shown;

pub use offered::Shape;

/// A provider's signature: where it is, over what, by which keys.
#[derive(Debug, Clone)]
pub struct SignatureCheck {
    /// Where signatures are; those of every place that is there count.
    pub from: Vec<Template>,
    pub shape: Shape,
    pub signed: Template,
    /// Named parts of `signed`.
    pub values: Vec<(String, Template)>,
    pub signed_headers: Option<SignedHeaders>,
    pub algorithm: Algorithm,
    pub keys: Keys,
    /// What the MAC is keyed with, where that is not the secret itself.
    pub mac_key: Option<Template>,
    /// Which of the fetched keys it is.
    pub kid: Option<Template>,
    pub freshness: Option<Freshness>,
    /// The spellings of the public URL to try; the plain one when empty.
    pub url_forms: Vec<UrlForm>,
    pub certificate: Option<CertificateRule>,
}

/// The headers that a request itself lists as signed.
#[derive(Debug, Clone)]
pub struct SignedHeaders {
    pub list: Template,
    pub split: String,
    /// One header, with `{name}` and `{value}`.
    pub form: String,
    pub join: String,
    /// Those that must be listed.
    pub at_least: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureEncoding {
    Hex,
    Base64,
    /// The URL alphabet, with or without padding.
    Base64url,
}

impl SignatureCheck {
    pub(super) fn pass<'r>(
        &'r self,
        view: &View<'r>,
        now: UnixTime,
        trace: &mut impl Trace,
    ) -> Result<Proof, Refusal> {
        let texts: Vec<_> = self
            .from
            .iter()
            .filter_map(|from| self.text(from, view))
            .filter(|text| !text.trim().is_empty())
            .collect();
        if texts.is_empty() {
            return Err(Refusal::MissingSignature);
        }
        let texts: Vec<_> = texts.iter().map(|text| text.as_ref()).collect();
        let mut last = Refusal::MalformedSignature;
        for offered in self.shape.read(&texts)? {
            match self.pass_set(offered, view, now, trace) {
                Ok(proof) => return Ok(proof),
                Err(refusal) => last = refusal,
            }
        }
        Err(last)
    }

    fn pass_set<'r>(
        &'r self,
        offered: Offered,
        view: &View<'r>,
        now: UnixTime,
        trace: &mut impl Trace,
    ) -> Result<Proof, Refusal> {
        trace.step(|| {
            let places: Vec<_> = self.from.iter().map(Template::source).collect();
            Step::fact(format!(
                "{} signature(s) found in {}",
                offered.candidates.len(),
                places.join(" and ")
            ))
        });
        trace.step(|| Step::fact(format!("what is signed is {}", self.signed.source())));
        let view = view.with_signature(offered.fields, &self.values, self.signed_headers.as_ref());
        if let Some(freshness) = &self.freshness {
            // Read first: without a readable time the content cannot be what was signed.
            freshness
                .from
                .text(&view)
                .ok_or(Refusal::MalformedTimestamp)?;
        }
        let proof = self.fits_any_url(&view, &offered.candidates, trace);
        trace.step(|| match &proof {
            Ok(_) => Step::verdict(true, "the signature fits"),
            Err(refusal) => Step::verdict(false, refusal.to_string()),
        });
        let proof = proof?;
        if let Some(freshness) = &self.freshness {
            freshness.pass(&view, now, trace)?;
        }
        Ok(proof)
    }

    /// The signature's text. A header that is a list may be given in several lines.
    fn text<'v>(&self, from: &Template, view: &'v View<'_>) -> Option<Cow<'v, str>> {
        let Some(name) = from.as_header() else {
            return from.text(view).map(Cow::Owned);
        };
        let mut values = view.received().headers().get_all(name).iter();
        let first = values.next()?.to_str().ok()?;
        match self.shape.sets.as_ref().or(self.shape.split.as_ref()) {
            None => values.next().is_none().then_some(Cow::Borrowed(first)),
            Some(split) => {
                let mut joined = Cow::Borrowed(first);
                for value in values {
                    let joined = joined.to_mut();
                    joined.push_str(split);
                    joined.push_str(value.to_str().ok()?);
                }
                Some(joined)
            }
        }
    }

    pub(super) fn templates(&self) -> Vec<&Template> {
        let mut templates: Vec<_> = self.from.iter().collect();
        templates.push(&self.signed);
        templates.extend(self.values.iter().map(|(_, template)| template));
        templates.extend(self.signed_headers.as_ref().map(|headers| &headers.list));
        templates.extend(self.freshness.as_ref().map(|freshness| &freshness.from));
        templates.extend(self.certificate.as_ref().map(|rule| &rule.url));
        templates.extend(&self.kid);
        templates.extend(&self.mac_key);
        templates
    }

    fn fits_any_url(
        &self,
        view: &View<'_>,
        candidates: &[Vec<u8>],
        trace: &mut impl Trace,
    ) -> Result<Proof, Refusal> {
        if self.url_forms.is_empty() {
            return self.fits(view, candidates, trace);
        }
        let plain = view.plain_url();
        let mut last = Refusal::WrongSignature;
        for form in &self.url_forms {
            let url = form.of(&plain);
            trace.step(|| Step::fact(format!("trying URL {url}")));
            match self.fits(&view.with_url(&url), candidates, trace) {
                Ok(proof) => return Ok(proof),
                Err(refusal) => last = refusal,
            }
        }
        Err(last)
    }

    fn fits(
        &self,
        view: &View<'_>,
        candidates: &[Vec<u8>],
        trace: &mut impl Trace,
    ) -> Result<Proof, Refusal> {
        match &self.keys {
            Keys::Shared(tags) => self.fits_secret(tags, view, candidates, trace),
            Keys::Public(keys) => self.fits_key(keys, view, candidates, trace),
            Keys::Fetched(fetched) => {
                let kid = match &self.kid {
                    None => None,
                    Some(kid) => Some(kid.text(view).ok_or(Refusal::UnknownKey)?),
                };
                let at = view.received().at();
                let keys = fetched.keys(self.algorithm, kid.as_deref(), at)?;
                self.fits_key(&keys, view, candidates, trace)
            }
            Keys::Certified(certificates, fetched) => {
                let rule = self.certificate.as_ref().ok_or(Refusal::UnknownKey)?;
                let url = rule.url.text(view).ok_or(Refusal::UnknownKey)?;
                trace.step(|| {
                    Step::verdict(rule.allows(&url), format!("the certificate is at {url}"))
                });
                if !rule.allows(&url) {
                    return Err(Refusal::UnknownKey);
                }
                let known = certificates.iter().filter(|known| known.url == url);
                let known: Vec<_> = known.map(|known| known.key.clone()).collect();
                let keys: Arc<[_]> = match fetched {
                    Some(fetched) if known.is_empty() => {
                        fetched.keys(self.algorithm, Some(&url), view.received().at())?
                    }
                    Some(_) | None => known.into(),
                };
                if keys.is_empty() {
                    return Err(Refusal::UnknownKey);
                }
                self.fits_key(&keys, view, candidates, trace)
            }
        }
    }

    fn fits_secret(
        &self,
        tags: &[Tag],
        view: &View<'_>,
        candidates: &[Vec<u8>],
        trace: &mut impl Trace,
    ) -> Result<Proof, Refusal> {
        let secrets = &view.scheme().secrets;
        let mut fitting = None;
        for (at, (begun, secret)) in tags.iter().zip(secrets).enumerate() {
            let view = view.with_secret(Some(secret));
            let mut tag = match &self.mac_key {
                None => begun.clone(),
                Some(key) => {
                    let mut made = Vec::new();
                    key.feed(&view, &mut |piece| made.extend_from_slice(piece))
                        .map_err(missing)?;
                    let tag = Tag::new(self.algorithm, &Secret::new(made));
                    tag.ok_or(Refusal::WrongSignature)?
                }
            };
            self.signed
                .feed(&view, &mut |piece| tag.update(piece))
                .map_err(missing)?;
            let expected = tag.finish();
            let quotes = trace.quotes();
            trace.step(|| self.compared(at, &view, quotes, &expected, candidates));
            // Every secret and candidate is compared, whatever fitted before, so that the time
            // taken does not tell which.
            for candidate in candidates {
                if expected.fits(candidate) {
                    fitting = Some(at);
                }
            }
        }
        let secret = fitting.ok_or(Refusal::WrongSignature)?;
        Ok(Proof::by_secret(secret))
    }

    fn fits_key(
        &self,
        keys: &[PublicKey],
        view: &View<'_>,
        candidates: &[Vec<u8>],
        trace: &mut impl Trace,
    ) -> Result<Proof, Refusal> {
        let mut message = Vec::new();
        self.signed
            .feed(view, &mut |piece| message.extend_from_slice(piece))
            .map_err(missing)?;
        let quotes = trace.quotes();
        trace.step(|| shown::content(&message, keys.len(), quotes));
        let fits = keys
            .iter()
            .any(|key| candidates.iter().any(|given| key.fits(&message, given)));
        fits.then(Proof::default).ok_or(Refusal::WrongSignature)
    }
}

impl SignedHeaders {
    /// The headers in `list`, each in its form; `None` when one is absent, given or listed twice, or a
    /// demanded one is not listed.
    pub(crate) fn render(&self, list: &str, headers: &HeaderMap) -> Option<String> {
        let names = list.split(self.split.as_str());
        let names: Vec<_> = names.map(|name| name.trim().to_ascii_lowercase()).collect();
        if !self.at_least.iter().all(|name| names.contains(name)) {
            return None;
        }
        // A few bytes of list could make megabytes of a header's value otherwise.
        let once: HashSet<_> = names.iter().collect();
        if once.len() != names.len() {
            return None;
        }
        let each = names.iter().map(|name| {
            let mut values = headers.get_all(name).iter();
            let value = values.next()?.to_str().ok()?;
            if values.next().is_some() {
                return None;
            }
            let form = self.form.replace("{name}", name);
            Some(form.replace("{value}", value))
        });
        Some(each.collect::<Option<Vec<_>>>()?.join(&self.join))
    }
}

impl SignatureEncoding {
    /// The signature's bytes; `None` when the text is not strictly of this encoding.
    pub fn decode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Hex => base16ct::mixed::decode_vec(text).ok(),
            Self::Base64 => STANDARD.decode(text).ok(),
            Self::Base64url => {
                let lenient = GeneralPurposeConfig::new()
                    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
                GeneralPurpose::new(&alphabet::URL_SAFE, lenient)
                    .decode(text)
                    .ok()
            }
        }
        .filter(|bytes| !bytes.is_empty())
    }

    /// A signature as the provider writes it.
    pub fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => base16ct::lower::encode_string(bytes),
            Self::Base64 => base64::engine::general_purpose::STANDARD.encode(bytes),
            Self::Base64url => base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes),
        }
    }
}

fn missing(Absent(place): Absent) -> Refusal {
    Refusal::MissingPart(place)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::SignedHeaders;

    #[test]
    fn a_header_is_signed_once_however_often_it_is_listed() {
        let signed = SignedHeaders {
            list: crate::template::Template::empty(),
            split: ",".into(),
            form: "{name}:{value}".into(),
            join: ";".into(),
            at_least: vec!["b".into()],
        };
        let mut headers = HeaderMap::new();
        headers.insert("a", HeaderValue::from_static("1"));
        headers.insert("b", HeaderValue::from_static("2"));
        assert_eq!(signed.render("b, A", &headers).as_deref(), Some("b:2;a:1"));
        assert_eq!(signed.render("a", &headers), None);
        // 30 KB of list and header were 100 MB of signed text.
        assert_eq!(signed.render("b,a,A", &headers), None);
    }
}
