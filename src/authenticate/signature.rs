//! Signatures over canonical content: finding the candidates, making the content, comparing.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use super::check::Proof;
use super::{CertificateRule, Freshness, Keys, Refusal, Secret, Step, Trace, UrlForm, View};
use crate::template::{Absent, Template};
use crate::time::UnixTime;

/// How many signatures one request may offer.
const CANDIDATES_MAX: usize = 16;

/// A provider's signature: where it is, over what, by which keys.
#[derive(Debug, Clone)]
pub struct SignatureCheck {
    pub from: Template,
    /// Separates several signatures or fields in one value.
    pub split: Option<String>,
    /// Separates a field's key from its value.
    pub pair: Option<String>,
    /// The key of the fields that are signatures.
    pub key: Option<String>,
    /// What a signature begins with; others are passed over.
    pub prefix: Option<String>,
    pub encoding: SignatureEncoding,
    pub signed: Template,
    pub keys: Keys,
    pub freshness: Option<Freshness>,
    /// The spellings of the public URL to try; the plain one when empty.
    pub url_forms: Vec<UrlForm>,
    pub certificate: Option<CertificateRule>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureEncoding {
    Hex,
    Base64,
    /// The URL alphabet, with or without padding.
    Base64url,
}

/// The signatures that a request offers, and the other fields of their header.
struct Offered {
    candidates: Vec<Vec<u8>>,
    fields: Vec<(String, String)>,
}

impl SignatureCheck {
    pub(super) fn pass(
        &self,
        view: &View<'_>,
        now: UnixTime,
        trace: &mut impl Trace,
    ) -> Result<Proof, Refusal> {
        let offered = self.offered(view)?;
        trace.step(|| {
            Step::fact(format!(
                "{} signature(s) found in {}",
                offered.candidates.len(),
                self.from.source()
            ))
        });
        let view = view.with_fields(offered.fields);
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

    fn offered(&self, view: &View<'_>) -> Result<Offered, Refusal> {
        let text = self.text(view).ok_or(Refusal::MissingSignature)?;
        if text.trim().is_empty() {
            return Err(Refusal::MissingSignature);
        }
        let mut offered = Offered {
            candidates: Vec::new(),
            fields: Vec::new(),
        };
        match &self.split {
            None => self.take(&text, &mut offered)?,
            Some(split) => {
                for element in text.split(split.as_str()) {
                    self.take(element.trim(), &mut offered)?;
                }
            }
        }
        if offered.candidates.is_empty() || offered.candidates.len() > CANDIDATES_MAX {
            return Err(Refusal::MalformedSignature);
        }
        Ok(offered)
    }

    /// The signature's text. A header that is a list may be given in several lines.
    fn text<'v>(&self, view: &'v View<'_>) -> Option<Cow<'v, str>> {
        let Some(name) = self.from.as_header() else {
            return self.from.text(view).map(Cow::Owned);
        };
        let mut values = view.received().headers().get_all(name).iter();
        let first = values.next()?.to_str().ok()?;
        match &self.split {
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

    fn take(&self, element: &str, offered: &mut Offered) -> Result<(), Refusal> {
        let text = match &self.pair {
            None => element,
            Some(pair) => {
                let Some((key, value)) = element.split_once(pair.as_str()) else {
                    return Ok(());
                };
                if self.key.as_deref() != Some(key) {
                    // Of two times in one header the sender and we could each believe another.
                    if offered.fields.iter().any(|(known, _)| known == key) && self.reads_field(key)
                    {
                        return Err(Refusal::MalformedSignature);
                    }
                    offered.fields.push((key.to_owned(), value.to_owned()));
                    return Ok(());
                }
                value
            }
        };
        let text = match &self.prefix {
            None => text,
            Some(prefix) => match text.strip_prefix(prefix.as_str()) {
                Some(rest) => rest,
                None => return Ok(()),
            },
        };
        if let Some(bytes) = self.encoding.decode(text) {
            offered.candidates.push(bytes);
        }
        Ok(())
    }

    fn reads_field(&self, key: &str) -> bool {
        let freshness = self.freshness.as_ref().map(|freshness| &freshness.from);
        let templates = std::iter::once(&self.signed).chain(freshness);
        templates
            .flat_map(Template::places)
            .any(|place| matches!(place, crate::template::Place::Signature(name) if name == key))
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
            match self.fits(&view.with_url(url), candidates, trace) {
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
        let missing = |Absent(place): Absent| Refusal::MissingPart(place);
        match &self.keys {
            Keys::Shared(tags) => {
                let secrets = &view.scheme().secrets;
                let mut fitting = None;
                for (at, (begun, secret)) in tags.iter().zip(secrets).enumerate() {
                    let view = view.with_secret(Some(secret));
                    let mut tag = begun.clone();
                    self.signed
                        .feed(&view, &mut |piece| tag.update(piece))
                        .map_err(missing)?;
                    let expected = tag.finish();
                    trace.step(|| self.compared(at, &view, secret, &expected, candidates));
                    // Every secret and candidate is compared, whatever fitted before, so that
                    // the time taken does not tell which.
                    for candidate in candidates {
                        if bool::from(expected.ct_eq(candidate)) {
                            fitting = Some(at);
                        }
                    }
                }
                let secret = fitting.ok_or(Refusal::WrongSignature)?;
                Ok(Proof::by_secret(secret))
            }
            Keys::Public(keys) => {
                let mut message = Vec::new();
                self.signed
                    .feed(view, &mut |piece| message.extend_from_slice(piece))
                    .map_err(missing)?;
                let fits = keys
                    .iter()
                    .any(|key| candidates.iter().any(|given| key.fits(&message, given)));
                fits.then(Proof::default).ok_or(Refusal::WrongSignature)
            }
            Keys::Certified(certificates) => {
                let rule = self.certificate.as_ref().ok_or(Refusal::UnknownKey)?;
                let url = rule.url.text(view).ok_or(Refusal::UnknownKey)?;
                trace.step(|| {
                    Step::verdict(rule.allows(&url), format!("the certificate is at {url}"))
                });
                if !rule.allows(&url) {
                    return Err(Refusal::UnknownKey);
                }
                let mut message = Vec::new();
                self.signed
                    .feed(view, &mut |piece| message.extend_from_slice(piece))
                    .map_err(missing)?;
                let mut known = certificates
                    .iter()
                    .filter(|known| known.url == url)
                    .peekable();
                if known.peek().is_none() {
                    return Err(Refusal::UnknownKey);
                }
                let fits = known.any(|known| {
                    candidates
                        .iter()
                        .any(|given| known.key.fits(&message, given))
                });
                fits.then(Proof::default).ok_or(Refusal::WrongSignature)
            }
        }
    }

    fn compared(
        &self,
        at: usize,
        view: &View<'_>,
        secret: &Secret,
        expected: &[u8],
        candidates: &[Vec<u8>],
    ) -> Step {
        let signed = self.signed.render(view).unwrap_or_default();
        let shown = if contains(&signed, secret.bytes()) {
            "content with the secret in it".to_owned()
        } else {
            excerpt(&signed)
        };
        let fits = candidates
            .iter()
            .any(|given| bool::from(expected.ct_eq(given)));
        let given = candidates.first().map(|given| start(given));
        Step::verdict(
            fits,
            format!(
                "secret {}: signed content {shown} ({} bytes) gives {}..., received {}...",
                at + 1,
                signed.len(),
                start(expected),
                given.unwrap_or_default()
            ),
        )
    }
}

impl SignatureEncoding {
    /// The signature's bytes; `None` when the text is not strictly of this encoding.
    pub fn decode(self, text: &str) -> Option<Vec<u8>> {
        let lenient =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        match self {
            Self::Hex => base16ct::mixed::decode_vec(text).ok(),
            Self::Base64 => GeneralPurpose::new(&alphabet::STANDARD, lenient)
                .decode(text)
                .ok(),
            Self::Base64url => GeneralPurpose::new(&alphabet::URL_SAFE, lenient)
                .decode(text)
                .ok(),
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

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && haystack.windows(needle.len()).any(|part| part == needle)
}

fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let start: String = text.chars().take(60).collect();
    if start.len() < text.len() {
        format!("{start:?}...")
    } else {
        format!("{start:?}")
    }
}

fn start(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes.get(..4).unwrap_or(bytes))
}
