//! What is never kept: credentials, tokens, and whatever holds a secret of the source's.

use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderName, HeaderValue};
use zeroize::Zeroizing;

use super::exchange::REDACTED;
use crate::accept::Received;
use crate::settings::compile::Endpoint;
use crate::settings::preset::Preset;

/// Shorter ones are found everywhere, and are no secret.
const BYTES_MIN: usize = 6;
/// Parts of the names of headers and parameters whose values are credentials, where no preset says so.
const NAMES: [&str; 11] = [
    "token",
    "secret",
    "password",
    "passwd",
    "api-key",
    "apikey",
    "api_key",
    "cookie",
    "credential",
    "authorization",
    "session",
];

/// The values that one request must not leave behind.
#[derive(Debug, Default)]
pub(super) struct Scrub {
    values: Vec<Zeroizing<Vec<u8>>>,
    headers: Vec<HeaderName>,
    parameters: Vec<String>,
}

impl Scrub {
    /// For a request that is judged by `endpoint`, if by any.
    pub(super) fn of(received: &Received, held: Option<(&Endpoint, &Preset)>) -> Self {
        let mut scrub = Self {
            headers: vec![AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE],
            ..Self::default()
        };
        scrub.values = credentials(received);
        if let Some((endpoint, preset)) = held {
            let scheme = &endpoint.scheme;
            let tokens = scheme.tokens_in(received).into_iter();
            scrub.values.extend(tokens.map(Zeroizing::new));
            let secrets = scheme.secrets.iter();
            scrub
                .values
                .extend(secrets.map(|secret| Zeroizing::new(secret.reveal().to_vec())));
            for (name, values) in &scheme.params {
                let is_secret = preset.params.get(name).is_some_and(|form| form.secret);
                let values = values.iter().filter(|_| is_secret);
                scrub
                    .values
                    .extend(values.map(|value| Zeroizing::new(value.reveal().to_vec())));
            }
            scrub
                .headers
                .extend(endpoint.mapping.credentials.iter().cloned());
            scrub.parameters = scheme.token_parameters();
        }
        scrub.values.retain(|value| value.len() >= BYTES_MIN);
        scrub
            .values
            .sort_by_key(|value| std::cmp::Reverse(value.len()));
        scrub
    }

    /// For a secret that was given to try it.
    pub(super) fn of_secret(secret: &str) -> Self {
        Self {
            values: vec![Zeroizing::new(secret.as_bytes().to_vec())],
            ..Self::default()
        }
    }

    /// Whether one of the values stands in `bytes`.
    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        let mut values = self.values.iter();
        values.any(|value| {
            bytes
                .windows(value.len())
                .any(|part| part == value.as_slice())
        })
    }

    /// A text without the values.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for value in self
            .values
            .iter()
            .filter_map(|value| std::str::from_utf8(value).ok())
        {
            if text.contains(value) {
                text = text.replace(value, REDACTED);
            }
            // As they are quoted in steps.
            let quoted = value.escape_debug().to_string();
            if quoted != value && text.contains(&quoted) {
                text = text.replace(&quoted, REDACTED);
            }
        }
        text
    }

    /// The headers without their credentials, and which these were.
    pub(super) fn headers(
        &self,
        headers: &HeaderMap,
    ) -> (HeaderMap, Vec<(HeaderName, HeaderValue)>) {
        let mut kept = HeaderMap::with_capacity(headers.len());
        let mut gone = Vec::new();
        for (name, value) in headers {
            let is_credential = self.headers.contains(name)
                || names_credential(name.as_str())
                || self.is_in(value.as_bytes());
            if is_credential {
                gone.push((name.clone(), value.clone()));
                kept.append(name, HeaderValue::from_static(REDACTED));
            } else {
                kept.append(name, value.clone());
            }
        }
        (kept, gone)
    }

    /// The query without its credentials.
    pub(super) fn query(&self, query: &str) -> String {
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let read = |text: &str| {
                let mut read = form_urlencoded::parse(text.as_bytes());
                read.next()
                    .map(|(text, _)| text.into_owned())
                    .unwrap_or_default()
            };
            let (known, shown) = (read(name), read(value));
            let is_credential = self.parameters.contains(&known)
                || names_credential(&known)
                || self.is_in(shown.as_bytes())
                || self.is_in(pair.as_bytes());
            if is_credential && !value.is_empty() {
                format!("{name}={REDACTED}")
            } else {
                pair.to_owned()
            }
        };
        let pairs = query.split('&').map(pair);
        self.text(&pairs.collect::<Vec<_>>().join("&"))
    }
}

/// What credentials by their names are worth, as steps may quote them: of headers and of the query, there
/// as it was sent, too.
fn credentials(received: &Received) -> Vec<Zeroizing<Vec<u8>>> {
    let headers = received.headers().iter();
    let headers = headers.filter(|(name, _)| names_credential(name.as_str()));
    let mut values: Vec<_> = headers
        .map(|(_, value)| Zeroizing::new(value.as_bytes().to_vec()))
        .collect();
    for pair in received.query().split('&') {
        let mut read = form_urlencoded::parse(pair.as_bytes());
        if let Some((name, value)) = read.next()
            && names_credential(&name)
        {
            let sent = pair.split_once('=').map_or("", |(_, sent)| sent);
            values.push(Zeroizing::new(value.into_owned().into_bytes()));
            values.push(Zeroizing::new(sent.as_bytes().to_vec()));
        }
    }
    values
}

fn names_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // A signature of that name is none: it is of one request, and shows nothing of its key.
    !name.contains("signature") && NAMES.iter().any(|part| name.contains(part))
}
