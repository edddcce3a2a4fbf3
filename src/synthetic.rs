//! How the events of checks are told from providers' own.
//!
//! A check sends a header with its request, [`HEADER`], which is a MAC under a key that is made of the
//! source's own secrets: whoever cannot sign as the provider cannot make one either, and one that is
//! taken from a check fits no other body. It says nothing of whether the request is authentic; it is only
//! looked at once that is known. The events of such a request have the attribute `synthetic`.

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderValue;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::accept::Received;
use crate::authenticate::{Params, Scheme, Secret};
use crate::time::UnixTime;

/// Where the mark is.
pub const HEADER: &str = "x-hookferry-check";

/// How far the mark's time may be from our clock, seconds.
const TOLERANCE_S: i64 = 300;
/// The longest name of a run.
const RUN_BYTES_MAX: usize = 80;

/// What a mark is made for.
#[derive(Debug, Clone, Copy)]
pub struct Marked<'m> {
    /// The source's name.
    pub source: &'m str,
    pub tenant: Option<&'m str>,
    /// The body as it is sent, without a content coding.
    pub body: &'m [u8],
}

/// The mark of `run`, which is of letters, digits and `-`; `None` where the source holds no secret.
pub fn mark(scheme: &Scheme, marked: Marked<'_>, run: &str, now: UnixTime) -> Option<HeaderValue> {
    let key = keys(&scheme.secrets, &scheme.params).into_iter().next()?;
    let at = now.seconds();
    let tag = tag(&key, marked, run, at).finalize().into_bytes();
    let tag = base16ct::lower::encode_string(&tag);
    HeaderValue::from_str(&format!("t={at},run={run},v1={tag}")).ok()
}

/// The run whose mark the request has; `None` where it has none that is genuine.
pub fn run_of(
    scheme: &Scheme,
    source: &str,
    tenant: Option<&str>,
    received: &Received,
) -> Option<String> {
    let mut values = received.headers().get_all(HEADER).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (at, rest) = value.strip_prefix("t=")?.split_once(",run=")?;
    let (run, tag) = rest.split_once(",v1=")?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if run.is_empty() || run.len() > RUN_BYTES_MAX || !run.bytes().all(is_plain) {
        return None;
    }
    let at: i64 = at.parse().ok()?;
    let age = received.at().seconds().checked_sub(at)?;
    if !(-TOLERANCE_S..=TOLERANCE_S).contains(&age) {
        return None;
    }
    let given = base16ct::lower::decode_vec(tag).ok()?;
    let marked = Marked {
        source,
        tenant,
        body: received.body(),
    };
    let keys = keys(&scheme.secrets, &scheme.params);
    let mut keys = keys.iter();
    keys.any(|key| self::tag(key, marked, run, at).verify_slice(&given).is_ok())
        .then(|| run.to_owned())
}

type Key = Zeroizing<[u8; 32]>;

/// One for each secret, so that a secret may be changed while checks run elsewhere. Where all that is
/// secret are params, one is made of all of them.
fn keys(secrets: &[Secret], params: &Params) -> Vec<Key> {
    // No provider signs so, or a signature of theirs might be a key.
    let begin = || Sha256::new_with_prefix(b"hookferry check\0");
    let key = |digest: Sha256| Zeroizing::new(digest.finalize().into());
    if !secrets.is_empty() {
        let secrets = secrets.iter();
        return secrets
            .map(|secret| key(begin().chain_update(secret.reveal())))
            .collect();
    }
    if params.is_empty() {
        return Vec::new();
    }
    let mut digest = begin();
    for (name, values) in params {
        for value in values {
            for part in [name.as_bytes(), value.reveal()] {
                digest.update(part.len().to_be_bytes());
                digest.update(part);
            }
        }
    }
    vec![key(digest)]
}

fn tag(key: &Key, marked: Marked<'_>, run: &str, at: i64) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(key.as_slice());
    // A key of any length is one.
    let mut mac = mac.unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()));
    for part in [marked.source, marked.tenant.unwrap_or_default(), run] {
        mac.update(part.as_bytes());
        mac.update(b"\0");
    }
    mac.update(&at.to_be_bytes());
    mac.update(&Sha256::digest(marked.body));
    mac
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, Method};

    use super::{HEADER, Marked, mark, run_of};
    use crate::accept::Received;
    use crate::authenticate::{Params, Scheme, Secret};
    use crate::settings::compile::{Operator, endpoint};
    use crate::settings::providers;
    use crate::time::UnixTime;

    fn scheme(secrets: &[&str]) -> Scheme {
        let preset = providers::parse(providers::load("github").unwrap().unwrap()).unwrap();
        let operator = Operator {
            secrets: secrets.iter().map(|it| (*it).to_owned()).collect(),
            ..Operator::default()
        };
        endpoint(&preset, &operator).unwrap().scheme
    }

    fn received(value: &HeaderValue, body: &str, at: i64) -> Received {
        let mut headers = HeaderMap::new();
        headers.append(HEADER, value.clone());
        let body = Bytes::from(body.to_owned());
        let at = UnixTime::from_seconds(at);
        Received::new(Method::POST, "/in".parse().unwrap(), headers, body, at)
    }

    #[test]
    fn a_mark_is_good_for_its_body_source_tenant_and_time_only() {
        let own = scheme(&["a secret of this test"]);
        let marked = Marked {
            source: "github",
            tenant: Some("acme"),
            body: b"{}",
        };
        let mark = mark(&own, marked, "run-1", UnixTime::from_seconds(1000)).unwrap();
        let found = |scheme: &Scheme, source, tenant, body, at| {
            run_of(scheme, source, tenant, &received(&mark, body, at))
        };
        let acme = Some("acme");
        assert_eq!(found(&own, "github", acme, "{}", 1000).unwrap(), "run-1");
        assert_eq!(found(&own, "github", acme, "{}", 1300).unwrap(), "run-1");
        for (source, tenant, body, at) in [
            ("github", acme, "{ }", 1000),
            ("gitlab", acme, "{}", 1000),
            ("github", None, "{}", 1000),
            ("github", Some("acm"), "{}", 1000),
            ("github", acme, "{}", 1301),
            ("github", acme, "{}", 699),
        ] {
            assert_eq!(
                found(&own, source, tenant, body, at),
                None,
                "{source} {tenant:?} {body} {at}"
            );
        }
        let rotated = scheme(&["another secret of it", "a secret of this test"]);
        assert_eq!(
            found(&rotated, "github", acme, "{}", 1000).unwrap(),
            "run-1"
        );
        let other = scheme(&["another secret of it"]);
        assert_eq!(found(&other, "github", acme, "{}", 1000), None);

        let mut twice = received(&mark, "{}", 1000);
        assert!(run_of(&own, "github", acme, &twice).is_some());
        let text = mark.to_str().unwrap();
        for wrong in [
            "".to_owned(),
            "t=1000,run=run-1".to_owned(),
            text.replace("run-1", "run-2"),
            text.replace("run-1", "run 1"),
            text.replace("t=1000", "t=1001"),
            text.replace("t=1000", "t=-9223372036854775808"),
            format!("{text}00"),
            text.split_once("v1=").unwrap().0.to_owned() + "v1=",
        ] {
            twice = received(&HeaderValue::from_str(&wrong).unwrap(), "{}", 1000);
            assert_eq!(run_of(&own, "github", acme, &twice), None, "{wrong}");
        }
    }

    #[test]
    fn a_source_without_any_secret_makes_no_mark() {
        let mut bare = scheme(&["a secret of this test"]);
        bare.secrets.clear();
        let marked = Marked {
            source: "x",
            tenant: None,
            body: b"",
        };
        let now = UnixTime::from_seconds(1);
        assert!(mark(&bare, marked, "r", now).is_none());
        bare.params = Params::from([("user".to_owned(), vec![Secret::new("p")])]);
        assert!(mark(&bare, marked, "r", now).is_some());
    }
}
