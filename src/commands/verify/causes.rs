//! Why a request was refused: what a person would try next, tried.

use crate::authenticate::{Refusal, authenticate};
use crate::settings::compile::{Operator, endpoint};
use crate::settings::preset::{Preset, VerifyForm};
use crate::time::UnixTime;

use super::request::RawRequest;

/// A refused request and what it was held against.
pub(super) struct Attempt<'a> {
    pub(super) preset: &'a Preset,
    pub(super) operator: &'a Operator,
    pub(super) request: &'a RawRequest,
    pub(super) now: UnixTime,
}

impl Attempt<'_> {
    /// What is likely to be wrong, the likeliest first.
    pub(super) fn causes(&self, refusal: &Refusal) -> Vec<String> {
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
            Refusal::Stale { age_s } => vec![
                format!(
                    "the request is a capture from earlier: judge it as of its own time with \
                     --at {}",
                    self.now.seconds().saturating_sub(*age_s)
                ),
                format!("or this clock is {age_s} s ahead, or someone replays an old request"),
            ],
            Refusal::Early { ahead_s } => vec![format!(
                "this clock is {ahead_s} s behind the sender's; check its time synchronization"
            )],
            Refusal::UnknownKey => vec![
                "the request names a certificate that is not configured: after a change at the \
                 provider, configure the new one under its URL"
                    .into(),
            ],
            Refusal::KeysPending => vec![
                "the daemon fetches the provider's keys from the place that the preset names, this \
                 command does not: give the key with --public-key or --key-set"
                    .into(),
            ],
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
                self.request.method
            )],
        };
        if self.request.missing_bytes > 0 {
            let missing = self.request.missing_bytes;
            causes.insert(
                0,
                format!("the body is cut off: {missing} bytes are missing"),
            );
        }
        causes
    }

    fn about_headers(&self) -> Vec<String> {
        let mut causes = Vec::new();
        for name in headers(&self.preset.verify) {
            match self.request.headers.get_all(&name).iter().count() {
                0 => causes.push(format!("the request has no header {name}")),
                1 => {}
                count => causes.push(format!(
                    "header {name} is given {count} times, which could mean one thing to us and \
                     another to a proxy"
                )),
            }
        }
        let similar = self.request.headers.keys().map(http::HeaderName::as_str);
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
        let body = self.bodies().into_iter().find_map(|(body, said)| {
            let mut request = self.request.clone();
            request.body = body;
            self.fits(self.operator, &request).then(|| said.to_owned())
        });
        if let Some(said) = body {
            return vec![said];
        }
        let trimmed = Operator {
            secrets: self
                .operator
                .secrets
                .iter()
                .map(|text| text.trim().into())
                .collect(),
            ..self.operator.clone()
        };
        if self.fits(&trimmed, self.request) {
            return vec!["the secret has spaces or a line end around it; without, it fits".into()];
        }
        for url in self.urls() {
            let other = Operator {
                url: url.clone(),
                ..self.operator.clone()
            };
            if self.fits(&other, self.request) {
                return vec![format!("the provider was given another URL: {url} fits")];
            }
        }
        let mut causes = vec![
            self.about_secret(),
            "the body is not the one that was signed: bytes count, and a body that was parsed and \
             written again, indented or converted differs"
                .into(),
        ];
        if !self.operator.url.is_empty() {
            causes.push(format!(
                "the URL is signed, where the scheme has it: it must be what was entered at the \
                 provider, letter by letter; {} did not fit",
                self.operator.url
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
            .map(|(name, form)| format!("--param {name}=... ({})", form.about))
            .collect();
        if names.is_empty() {
            "a digest in the request does not fit its body: one of both was altered".into()
        } else {
            format!("the request is for another of these: {}", names.join(", "))
        }
    }

    /// Bodies that this one may have been, and what then happened to it.
    fn bodies(&self) -> Vec<(Vec<u8>, &'static str)> {
        let body = &self.request.body;
        let with = |end: &[u8]| [body.as_slice(), end].concat();
        let mut bodies = vec![
            (
                with(b"\n"),
                "the body lost its last line end; with one, it fits",
            ),
            (
                with(b"\r\n"),
                "the body lost its last CRLF; with one, it fits",
            ),
        ];
        let said = "the body got a line end at its end, perhaps from an editor; without, it fits";
        for end in [b"\r\n".as_slice(), b"\n"] {
            if let Some(rest) = body.strip_suffix(end) {
                bodies.push((rest.to_vec(), said));
            }
        }
        if let Ok(text) = std::str::from_utf8(body) {
            let said = "the body's line ends were changed; with those of before, it fits";
            bodies.push((text.replace("\r\n", "\n").into_bytes(), said));
            bodies.push((text.replace('\n', "\r\n").into_bytes(), said));
            bodies.push((
                compact(text).into_bytes(),
                "the body was indented on the way; without spaces between its values, it fits",
            ));
        }
        bodies
    }

    /// URLs that the provider may have been given instead.
    fn urls(&self) -> Vec<String> {
        let url = self.operator.url.as_str();
        if url.is_empty() {
            return Vec::new();
        }
        let mut urls = vec![match url.strip_suffix('/') {
            Some(rest) => rest.to_owned(),
            None => format!("{url}/"),
        }];
        let host = self.request.headers.get(http::header::HOST);
        let host = host.and_then(|host| host.to_str().ok());
        let bare = url.split_once("://").map(|(_, rest)| rest.to_owned());
        let by_host = host.map(|host| format!("{host}{}", self.request.uri.path()));
        for rest in bare.into_iter().chain(by_host) {
            urls.extend(["https", "http"].map(|scheme| format!("{scheme}://{rest}")));
        }
        urls
    }

    /// Whether the signature would fit; the clock aside.
    fn fits(&self, operator: &Operator, request: &RawRequest) -> bool {
        let Ok(endpoint) = endpoint(self.preset, operator) else {
            return false;
        };
        let verdict = authenticate(
            &endpoint.scheme,
            request.received(self.now),
            self.now,
            &mut (),
        );
        matches!(
            verdict,
            Ok(_) | Err(Refusal::Stale { .. } | Refusal::Early { .. })
        )
    }
}

/// The headers that signatures and tokens are read from.
fn headers(form: &VerifyForm) -> Vec<String> {
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

/// A JSON text without the white space between its values.
fn compact(json: &str) -> String {
    let mut inside = false;
    let mut escaped = false;
    let kept = json.chars().filter(|char| {
        if inside {
            if *char == '"' && !escaped {
                inside = false;
            }
            escaped = *char == '\\' && !escaped;
            return true;
        }
        inside = *char == '"';
        !char.is_ascii_whitespace()
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn only_white_space_between_values_goes() {
        assert_eq!(
            compact("{\n  \"a b\": [1, \"x \\\" y\"]\r\n}"),
            r#"{"a b":[1,"x \" y"]}"#
        );
    }
}
