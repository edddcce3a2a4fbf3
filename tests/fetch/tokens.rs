//! Keys of a provider's, the set that they are published in, and tokens that they sign.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hookferry::authenticate::{JwtAlgorithm, Secret};
use hookferry::sign::{KeyPair, generate};
use serde_json::{Value, json};

use crate::support::client::{Client, Reply};
use crate::support::now_s;

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "hookferry-of-a-test";

pub(crate) struct Key {
    pub(crate) kid: String,
    pub(crate) algorithm: JwtAlgorithm,
    pair: KeyPair,
    /// `SubjectPublicKeyInfo`.
    pub(crate) public: Vec<u8>,
}

impl Key {
    pub(crate) fn new(kid: &str, algorithm: JwtAlgorithm) -> Self {
        let (private, _) = generate(algorithm.algorithm()).unwrap();
        Self::of(kid, algorithm, &private)
    }

    /// One that is there already, in PEM.
    pub(crate) fn of(kid: &str, algorithm: JwtAlgorithm, private: &Secret) -> Self {
        let pair = KeyPair::parse(algorithm.algorithm(), private).unwrap();
        Self {
            kid: kid.to_owned(),
            algorithm,
            public: STANDARD.decode(pair.public().unwrap()).unwrap(),
            pair,
        }
    }

    /// An RS256 key.
    pub(crate) fn rsa(kid: &str) -> Self {
        Self::new(kid, JwtAlgorithm::RS256)
    }

    /// As a JSON Web Key (RFC 7518 section 6, RFC 8037 section 2), read off the end of the DER.
    pub(crate) fn jwk(&self) -> Value {
        let last = |count: usize| &self.public[self.public.len() - count..];
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let point = |curve: &str, width: usize| {
            let (x, y) = last(2 * width).split_at(width);
            json!({ "kty": "EC", "crv": curve, "x": text(x), "y": text(y) })
        };
        let mut jwk = match self.algorithm {
            JwtAlgorithm::ES256 => point("P-256", 32),
            JwtAlgorithm::ES384 => point("P-384", 48),
            JwtAlgorithm::ES512 => point("P-521", 66),
            JwtAlgorithm::EdDSA => json!({ "kty": "OKP", "crv": "Ed25519", "x": text(last(32)) }),
            // 2048 bits, and 65537 behind them.
            _ => {
                assert_eq!(last(5), [2, 3, 1, 0, 1]);
                json!({ "kty": "RSA", "n": text(&last(261)[..256]), "e": "AQAB" })
            }
        };
        jwk["kid"] = self.kid.as_str().into();
        jwk["alg"] = self.algorithm.name().into();
        jwk["use"] = "sig".into();
        jwk
    }

    /// A good token.
    pub(crate) fn token(&self) -> String {
        self.token_as(Some(&self.kid))
    }

    /// The same under another name, or none.
    pub(crate) fn token_as(&self, kid: Option<&str>) -> String {
        let mut head = json!({ "alg": self.algorithm.name(), "typ": "JWT" });
        if let Some(kid) = kid {
            head["kid"] = kid.into();
        }
        self.token_of(&head)
    }

    /// A token with this head.
    pub(crate) fn token_of(&self, head: &Value) -> String {
        let unsigned = unsigned(head);
        let signature = self.pair.sign(unsigned.as_bytes()).unwrap();
        format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// A token's head and payload.
pub(crate) fn unsigned(head: &Value) -> String {
    let (iat, exp) = (now_s(), now_s() + 300);
    let claims = json!({ "iss": ISSUER, "aud": AUDIENCE, "iat": iat, "exp": exp });
    let text = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    format!("{}.{}", text(head), text(&claims))
}

/// The set of these keys.
pub(crate) fn set(keys: &[&Key]) -> String {
    let keys: Vec<_> = keys.iter().map(|key| key.jwk()).collect();
    json!({ "keys": keys }).to_string()
}

/// A source of the preset generic-jwks.
pub(crate) fn source(path: &str, url: &str) -> Value {
    let params = json!({ "jwks_url": url, "issuer": ISSUER, "audience": AUDIENCE });
    json!({ "provider": "generic-jwks", "path": path, "params": params })
}

/// Sends an event with this token.
pub(crate) async fn send(client: &Client, path: &str, token: &str, id: &str) -> Reply {
    let headers = [
        ("content-type", "application/json"),
        ("authorization", &format!("Bearer {token}")),
    ];
    let body = json!({ "type": "order.created", "event_id": id }).to_string();
    client.post(path, &headers, body).await
}
