//! Signing as a provider would: the inverse of [`crate::authenticate`], for `send`, `dev` and tests.
//!
//! A preset says where a signature, a time or a token is read from. Each such place is written
//! here, and what is signed is then rendered from the same template that verification uses.

mod compare;
mod content;
mod draft;
mod fresh;
mod jwt;
mod keys;
mod message;
mod target;

pub use draft::Draft;
pub use fresh::sign_held;
pub use keys::{KeyPair, generate};
pub use std::borrow::Cow;
use std::collections::BTreeMap;
pub use target::Target;

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};

use crate::authenticate::{Algorithm, Keys, Params, Secret, SignedHeaders, UrlForm};
use crate::peek;
use crate::settings::compile::{Operator, endpoint};
use crate::settings::preset::{EachForm, Preset, Sample, SignatureForm, TokenForm, VerifyForm};
use crate::template::{Lookup as _, Scope, Template};
use crate::time::UnixTime;

/// What a sender holds.
#[derive(Debug, Clone, Default)]
pub struct Signer {
    /// The shared secret as its provider shows it.
    pub secret: Option<Secret>,
    /// The provider's private key: PKCS#8 in PEM or base64; for Ed25519 also a seed of 32 bytes in
    /// hex.
    pub private_key: Option<Secret>,
    /// Where the request says that the signer's certificate is.
    pub certificate_url: Option<String>,
    pub params: Vec<(String, String)>,
    /// The public URL that the provider was given, with its query if it has one.
    pub url: String,
}

/// A request that carries its proof.
#[derive(Debug, Clone)]
pub struct Signed {
    pub method: Method,
    /// The public URL, with whatever the scheme adds to its query.
    pub url: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Signed {
    /// The address `to` with the query that was signed, which is where it is sent.
    pub fn aimed_at(&self, to: &str) -> String {
        let to = to.split('?').next().unwrap_or_default();
        match self.url.split_once('?') {
            Some((_, query)) => format!("{to}?{query}"),
            None => to.to_owned(),
        }
    }
}

/// Signs `sample` by the preset's scheme, as of `now`. `fresh_id` goes where the preset reads the
/// delivery's id from a header.
///
/// # Errors
/// What is missing, or which part of the scheme cannot be written by anyone but the provider.
pub fn sign(
    preset: &Preset,
    signer: &Signer,
    sample: &Sample,
    fresh_id: &str,
    now: UnixTime,
) -> Result<Signed, String> {
    let (secrets, params) = held(preset, signer)?;
    let mut work = Work::begin(preset, signer, sample, (secrets.into_iter().next(), params))?;
    work.fresh = fresh_id;
    work.now = now;
    work.freshen_id(preset, fresh_id)?;
    work.finish(preset)
}

/// The decoded secret and the params, by the very code that a source reads its own with.
fn held(preset: &Preset, signer: &Signer) -> Result<(Vec<Secret>, Params), String> {
    let text = |secret: &Secret| String::from_utf8_lossy(secret.reveal()).into_owned();
    let mut params = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in &signer.params {
        params.entry(name.clone()).or_default().push(value.clone());
    }
    let operator = Operator {
        name: preset.id.clone(),
        url: signer.url.clone(),
        uri: signer.url.clone(),
        secrets: signer.secret.iter().map(text).collect(),
        params,
        ..Operator::default()
    };
    // Keys and certificates are the receiver's, and no matter to the sender.
    let mut bare = preset.clone();
    bare.verify = without_keys(&preset.verify);
    let endpoint = endpoint(&bare, &operator).map_err(|problems| {
        let said = problems
            .iter()
            .map(|problem| format!("{}: {}", problem.key, problem.said));
        said.collect::<Vec<_>>().join("\n")
    })?;
    Ok((endpoint.scheme.secrets, endpoint.scheme.params))
}

/// The same scheme without its public-key signatures.
fn without_keys(form: &VerifyForm) -> VerifyForm {
    match form {
        VerifyForm::Signature(form) if form.algorithm.is_public_key() => VerifyForm::None,
        VerifyForm::All(forms) => VerifyForm::All(forms.iter().map(without_keys).collect()),
        VerifyForm::Any(forms) => VerifyForm::Any(forms.iter().map(without_keys).collect()),
        VerifyForm::When(form) => {
            let mut form = form.clone();
            form.then = Box::new(without_keys(&form.then));
            VerifyForm::When(form)
        }
        VerifyForm::Each(form) => {
            let mut form = form.clone();
            form.then = Box::new(without_keys(&form.then));
            VerifyForm::Each(form)
        }
        VerifyForm::Jwt(form)
            if form
                .algorithms
                .iter()
                .any(|named| named.algorithm().is_public_key()) =>
        {
            VerifyForm::None
        }
        VerifyForm::Rfc9421(form) if form.algorithm.is_public_key() => VerifyForm::None,
        VerifyForm::Signature(_)
        | VerifyForm::Jwt(_)
        | VerifyForm::Rfc9421(_)
        | VerifyForm::Token(_)
        | VerifyForm::Equal(_)
        | VerifyForm::OneOf(_)
        | VerifyForm::None => form.clone(),
    }
}

/// A request on its way to being signed.
struct Work<'s> {
    draft: Draft,
    signer: &'s Signer,
    /// For what a sample leaves open.
    fresh: &'s str,
    now: UnixTime,
}

impl<'s> Work<'s> {
    /// The sample as it is before anything proves it.
    fn begin(
        preset: &Preset,
        signer: &'s Signer,
        sample: &Sample,
        (secret, params): (Option<Secret>, Params),
    ) -> Result<Self, String> {
        let mut headers = HeaderMap::new();
        for (name, value) in &sample.headers {
            headers.insert(header_name(name)?, header_value(value)?);
        }
        if !sample.content_type.is_empty() {
            let value = header_value(&sample.content_type)?;
            headers.insert(http::header::CONTENT_TYPE, value);
        }
        let method = preset.methods.first().map_or("POST", String::as_str);
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| format!("{method:?} is no HTTP method"))?;
        let url = signer.url.as_str();
        let url_is_whole = url.parse::<Uri>().is_ok_and(|uri| uri.host().is_some());
        if !url_is_whole {
            return Err(format!("{url:?} is no absolute URL"));
        }
        let url = match &sample.query {
            None => url.to_owned(),
            Some(query) if url.contains('?') => format!("{url}&{query}"),
            Some(query) => format!("{url}?{query}"),
        };
        Ok(Self {
            draft: Draft {
                secret,
                params,
                ..Draft::new(method, &url, headers, sample.body.clone().into_bytes())
            },
            signer,
            fresh: "",
            now: UnixTime::from_seconds(0),
        })
    }

    /// Proves it, and lets it go.
    fn finish(mut self, preset: &Preset) -> Result<Signed, String> {
        self.prove(&preset.verify)?;
        Ok(Signed {
            method: self.draft.method,
            url: self.draft.url,
            headers: self.draft.headers,
            body: self.draft.body,
        })
    }
}

impl Work<'_> {
    /// Writes whatever lets the request pass the check.
    fn prove(&mut self, form: &VerifyForm) -> Result<(), String> {
        match form {
            VerifyForm::Signature(form) => self.signature(form),
            VerifyForm::Jwt(form) => self.token_of_claims(form),
            VerifyForm::Rfc9421(form) => self.message(form),
            VerifyForm::Each(form) => self.each(form),
            VerifyForm::Token(form) => self.token(form),
            VerifyForm::Equal(form) => self.equal(form),
            VerifyForm::OneOf(form) => self.one_of(form),
            VerifyForm::All(forms) => {
                // A signature comes last: what the others write may be part of what it covers.
                let is_signature = |form: &&VerifyForm| {
                    matches!(
                        form,
                        VerifyForm::Signature(_) | VerifyForm::Jwt(_) | VerifyForm::Rfc9421(_)
                    )
                };
                let others = forms.iter().filter(|form| !is_signature(form));
                let signatures = forms.iter().filter(is_signature);
                others
                    .chain(signatures)
                    .try_for_each(|form| self.prove(form))
            }
            VerifyForm::Any(forms) => {
                let mut said = "the preset has no check".to_owned();
                for form in forms {
                    let before = self.draft.clone();
                    match self.prove(form) {
                        Ok(()) => return Ok(()),
                        Err(error) => said = error,
                    }
                    self.draft = before;
                }
                Err(said)
            }
            VerifyForm::When(form) => {
                self.fulfil(&form.conditions)?;
                if !self.holds(&form.conditions)? {
                    return Err("the sample is of no kind that this provider signs".into());
                }
                self.prove(&form.then)
            }
            VerifyForm::None => Ok(()),
        }
    }

    fn signature(&mut self, form: &SignatureForm) -> Result<(), String> {
        if !form.url_forms.is_empty() && !form.url_forms.contains(&UrlForm::Plain) {
            return Err(
                "the scheme signs a spelling of the URL that cannot be written here".into(),
            );
        }
        if let Some(stamp) = &form.timestamp {
            self.write(&stamp.from, stamp.unit.write(self.now).as_bytes())?;
        }
        if let Some(rule) = &form.certificate {
            let url = self.signer.certificate_url.clone();
            let url = url.ok_or("the URL of the signer's certificate is needed")?;
            self.write(&rule.url, url.as_bytes())?;
        }
        self.draft.values = named(&form.values)?;
        self.draft.signed_headers = match &form.signed_headers {
            None => None,
            Some(form) => {
                self.write(&form.list, form.at_least.join(&form.split).as_bytes())?;
                Some(SignedHeaders {
                    list: template(&form.list)?,
                    split: form.split.clone(),
                    form: form.form.clone(),
                    join: form.join.clone(),
                    at_least: form.at_least.clone(),
                })
            }
        };
        self.keep_fields(form)?;
        let mut named: Vec<_> = form.values.values().map(String::as_str).collect();
        named.push(&form.signed);
        let message = self.content(&named)?;
        let signature = match &form.mac_key {
            None => self.tag(form.algorithm, &message)?,
            Some(key) => {
                let key = Secret::new(self.content(&[key])?);
                mac(form.algorithm, key, &message)?
            }
        };
        let prefix = form.prefix.as_deref().unwrap_or_default();
        let one = format!("{prefix}{}", form.encoding.encode(&signature));
        let split = form.split.as_deref().unwrap_or_default();
        let key = form.key.all().first().copied().unwrap_or_default();
        let fields = std::mem::take(&mut self.draft.fields);
        let mut fields = fields.into_iter().chain([(key.to_owned(), one.clone())]);
        let value = match &form.pair {
            Some(pair) => {
                let fields: Vec<_> = fields
                    .map(|(key, value)| format!("{key}{pair}{value}"))
                    .collect();
                fields.join(split)
            }
            None if form.fields.is_empty() => one,
            None => {
                let fields: BTreeMap<_, _> = fields.by_ref().collect();
                let each = form.fields.iter();
                let each: Vec<_> = each
                    .map(|name| fields.get(name).map_or("-", String::as_str))
                    .collect();
                each.join(split)
            }
        };
        let from = form.from.all().first().copied().unwrap_or_default();
        self.write(from, value.as_bytes())
    }

    fn tag(&self, algorithm: Algorithm, message: &[u8]) -> Result<Vec<u8>, String> {
        if algorithm.is_public_key() {
            keys::signable(algorithm)?;
            let key = self.signer.private_key.as_ref();
            let key = key.ok_or("this provider signs with its private key: give one")?;
            return KeyPair::parse(algorithm, key)?.sign(message);
        }
        let secret = self.draft.secret.clone().ok_or("a secret is needed")?;
        mac(algorithm, secret, message)
    }

    /// Signs every item of a batch for itself.
    fn each(&mut self, form: &EachForm) -> Result<(), String> {
        let [array] = form.batch.as_slice() else {
            return Err("a batch of several levels cannot be signed here".into());
        };
        let text = template(&format!("{{json:{array}}}"))?.text(&self.draft);
        let items = text.as_deref().and_then(peek::elements);
        let count = items.ok_or("the sample is no batch")?.len();
        for at in 0..count {
            self.draft.item = format!("{array}/{at}");
            self.prove(&form.then)?;
        }
        Ok(())
    }

    fn token(&mut self, form: &TokenForm) -> Result<(), String> {
        let expected = template(&form.expected)?.render(&self.draft);
        let expected = expected.ok_or("a secret is needed")?;
        self.write(&form.from, &expected)
    }

    fn write(&mut self, from: &str, value: &[u8]) -> Result<(), String> {
        let target = Target::read(from)?;
        let old = self.draft.find(&target.place).map(Cow::into_owned);
        let value = target.disguised(old.as_deref(), value)?;
        self.draft.put(&target.place, &value)
    }
}

fn mac(algorithm: Algorithm, key: Secret, message: &[u8]) -> Result<Vec<u8>, String> {
    let Keys::Shared(tags) = Keys::shared(algorithm, &[key]) else {
        return Err("the algorithm has no shared secret".into());
    };
    let mut tag = tags.into_iter().next().ok_or("the secret cannot be used")?;
    tag.update(message);
    Ok(tag.finish().into_bytes())
}

fn template(text: &str) -> Result<Template, String> {
    Template::parse(text, Scope::Authenticate).map_err(|error| error.to_string())
}

/// The templates of named parts.
fn named(forms: &BTreeMap<String, String>) -> Result<Vec<(String, Template)>, String> {
    let each = forms.iter();
    each.map(|(name, text)| Ok((name.clone(), template(text)?)))
        .collect()
}

fn header_name(name: &str) -> Result<HeaderName, String> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("{name:?} names no header"))
}

fn header_value(value: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_str(value).map_err(|_| format!("{value:?} is no header value"))
}
