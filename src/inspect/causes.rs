//! Why a request was refused: what a person would try next, tried. For `hookferry verify` and for the
//! inspector.

use bytes::Bytes;

use super::bodies::bodies;
use crate::accept::Received;
use crate::authenticate::{Refusal, Scheme, authenticate};
use crate::settings::preset::{Preset, VerifyForm};
use crate::time::UnixTime;

/// A refused request and what it was held against.
#[derive(Debug)]
pub struct Attempt<'a> {
    pub preset: &'a Preset,
    pub scheme: &'a Scheme,
    /// The same, where the secrets have white space around them, without.
    pub trimmed: Option<&'a Scheme>,
    pub received: &'a Received,
    pub now: UnixTime,
    /// How many bytes the head promises beyond those that are there.
    pub missing_bytes: usize,
    pub asked_by: AskedBy,
}

/// Who is told: some remedies are options of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedBy {
    Command,
    Inspector,
}

impl Attempt<'_> {
    /// What is likely to be wrong, the likeliest first.
    pub fn causes(&self, refusal: &Refusal) -> Vec<String> {
        let mut causes = match refusal {
            Refusal::MissingSignature | Refusal::MissingToken => self.about_headers(),
            Refusal::MalformedSignature => {
                let mut causes = self.about_headers();
                causes.push(
                    "the value is cut off, has another prefix or encoding, or comes from another \
                     scheme of the provider"
                        .into(),
                );
                causes
            }
            Refusal::WrongSignature => self.about_content(),
            Refusal::WrongToken => vec![self.about_secret()],
            Refusal::MissingPart(place) => vec![format!(
                "{place} is part of what the provider signs: it is absent, given twice, or was \
                 removed or renamed on the way"
            )],
            Refusal::MalformedTimestamp => {
                vec!["the time's header or field is absent, given twice, or in another unit".into()]
            }
            Refusal::Stale { age_s } => self.about_age(*age_s),
            Refusal::Early { ahead_s } => vec![format!(
                "this clock is {ahead_s} s behind the sender's; check its time synchronization"
            )],
            Refusal::UnknownKey => vec![
                "the request names a certificate that is not configured: after a change at the \
                 provider, configure the new one under its URL"
                    .into(),
            ],
            Refusal::KeysPending => vec![self.about_keys().into()],
            Refusal::NotAllowed => vec![self.about_params()],
            Refusal::NotApplicable => vec![
                "the request lacks a field that tells which of the provider's schemes it uses"
                    .into(),
            ],
            Refusal::WrongChallenge => vec![
                "the challenge's text is too long, has letters that are not answered, or the \
                 verify token differs from the configured one"
                    .into(),
            ],
            Refusal::NotADelivery => vec![format!(
                "the provider delivers with {}, this is a {}",
                self.preset.methods.join(", "),
                self.received.method()
            )],
        };
        let missing = self.missing_bytes;
        if missing > 0 {
            causes.insert(
                0,
                format!("the body is cut off: {missing} bytes are missing"),
            );
        }
        causes
    }

    fn about_age(&self, age_s: i64) -> Vec<String> {
        let first = match self.asked_by {
            AskedBy::Command => format!(
                "the request is a capture from earlier: judge it as of its own time with --at {}",
                self.now.seconds().saturating_sub(age_s)
            ),
            AskedBy::Inspector => "an earlier request was sent again by hand, or waited somewhere \
                                   on its way; its signature is right"
                .into(),
        };
        let second = format!("or this clock is {age_s} s ahead, or someone replays an old request");
        vec![first, second]
    }

    fn about_keys(&self) -> &'static str {
        match self.asked_by {
            AskedBy::Command => {
                "the daemon fetches the provider's keys from the place that the preset names, this \
                 command does not: give the key with --public-key or --key-set"
            }
            AskedBy::Inspector => {
                "the provider's keys have not been fetched from their place: the log says why, or \
                 they are on their way"
            }
        }
    }

    fn about_headers(&self) -> Vec<String> {
        let mut causes = Vec::new();
        for name in headers(&self.preset.verify) {
            match self.received.headers().get_all(&name).iter().count() {
                0 => causes.push(format!("the request has no header {name}")),
                1 => {}
                count => causes.push(format!(
                    "header {name} is given {count} times, which could mean one thing to us and \
                     another to a proxy"
                )),
            }
        }
        let similar = self.received.headers().keys().map(http::HeaderName::as_str);
        let similar: Vec<_> = similar
            .filter(|name| name.contains("sign") || name.contains("hmac"))
            .collect();
        if !similar.is_empty() {
            causes.push(format!(
                "its headers that sound like it: {}; is it another provider's?",
                similar.join(", ")
            ));
        }
        if causes.is_empty() {
            causes.push("a proxy removed it, or the secret is not set at the provider".into());
        }
        causes
    }

    /// Tries what commonly happens to bodies, secrets and URLs; tells what would have fitted.
    fn about_content(&self) -> Vec<String> {
        let fitting = bodies(self.received.body())
            .into_iter()
            .find_map(|(body, said)| {
                let altered = self.received.clone().with_body(Bytes::from(body));
                self.fits(self.scheme, &altered).then(|| said.to_owned())
            });
        if let Some(said) = fitting {
            return vec![said];
        }
        if let Some(trimmed) = self.trimmed
            && self.fits(trimmed, self.received)
        {
            return vec!["the secret has spaces or a line end around it; without, it fits".into()];
        }
        for url in self.urls() {
            if self.fits(&self.scheme.with_url(&url), self.received) {
                return vec![format!("the provider was given another URL: {url} fits")];
            }
        }
        let mut causes = vec![
            self.about_secret(),
            "the body is not the one that was signed: bytes count, and a body that was parsed and \
             written again, indented or converted differs"
                .into(),
        ];
        if self.signs_url() && !self.scheme.url.is_empty() {
            causes.push(format!(
                "the URL is signed, where the scheme has it: it must be what was entered at the \
                 provider, letter by letter; {} did not fit",
                self.scheme.url
            ));
        }
        causes
    }

    fn about_secret(&self) -> String {
        match (&self.preset.secret, &self.preset.public_key) {
            (Some(form), _) => format!("another secret was used; the right one is: {}", form.about),
            (None, Some(form)) => format!("another key was used; the right one is: {}", form.about),
            (None, None) => "another key was used than that of the configured certificate".into(),
        }
    }

    fn about_params(&self) -> String {
        let names = self.preset.params.iter();
        let names: Vec<_> = names
            .map(|(name, form)| match self.asked_by {
                AskedBy::Command => format!("--param {name}=... ({})", form.about),
                AskedBy::Inspector => format!("params.{name} ({})", form.about),
            })
            .collect();
        if names.is_empty() {
            "a digest in the request does not fit its body: one of both was altered".into()
        } else {
            format!("the request is for another of these: {}", names.join(", "))
        }
    }

    /// Whether the URL is part of what is signed.
    fn signs_url(&self) -> bool {
        let mut forms = self.preset.verify.all().into_iter();
        forms.any(|form| {
            let signed = form.signature().map(|form| form.signed.as_str());
            signed.is_some_and(|signed| signed.contains("{url"))
        })
    }

    /// URLs that the provider may have been given instead.
    fn urls(&self) -> Vec<String> {
        let url = self.scheme.url.as_str();
        if url.is_empty() {
            return Vec::new();
        }
        let mut urls = vec![match url.strip_suffix('/') {
            Some(rest) => rest.to_owned(),
            None => format!("{url}/"),
        }];
        let host = self.received.headers().get(http::header::HOST);
        let host = host.and_then(|host| host.to_str().ok());
        let bare = url.split_once("://").map(|(_, rest)| rest.to_owned());
        let by_host = host.map(|host| format!("{host}{}", self.received.path()));
        for rest in bare.into_iter().chain(by_host) {
            urls.extend(["https", "http"].map(|scheme| format!("{scheme}://{rest}")));
        }
        urls
    }

    /// Whether the signature would fit; the clock aside.
    fn fits(&self, scheme: &Scheme, received: &Received) -> bool {
        let verdict = authenticate(scheme, received.clone(), self.now, &mut ());
        matches!(
            verdict,
            Ok(_) | Err(Refusal::Stale { .. } | Refusal::Early { .. })
        )
    }
}

/// The headers that signatures and tokens are read from.
pub(super) fn headers(form: &VerifyForm) -> Vec<String> {
    let of = |from: &str| {
        let rest = from.strip_prefix("{header:")?;
        rest.split(['|', '}']).next().map(str::to_ascii_lowercase)
    };
    let each = form.all().into_iter().flat_map(|form| match form {
        VerifyForm::Signature(form) => form.from.all().into_iter().filter_map(of).collect(),
        VerifyForm::Token(form) => of(&form.from).into_iter().collect(),
        VerifyForm::Jwt(form) => of(&form.from).into_iter().collect(),
        VerifyForm::Rfc9421(_) => vec!["signature".to_owned(), "signature-input".to_owned()],
        VerifyForm::All(_)
        | VerifyForm::Any(_)
        | VerifyForm::When(_)
        | VerifyForm::Each(_)
        | VerifyForm::Equal(_)
        | VerifyForm::OneOf(_)
        | VerifyForm::None => Vec::new(),
    });
    let mut names: Vec<String> = each.collect();
    names.dedup();
    names
}
