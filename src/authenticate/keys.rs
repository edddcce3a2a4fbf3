//! Secrets, keys, and the algorithms that a preset pins to them.

use std::fmt;

use aws_lc_rs::signature as asymmetric;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

/// A secret's bytes. It does not print itself and is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A signature algorithm. The preset fixes it; a message never chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    HmacSha1,
    HmacSha256,
    HmacSha384,
    HmacSha512,
    /// A plain hash of content that contains the secret.
    Sha1,
    Sha256,
    Sha512,
    /// RFC 8032.
    Ed25519,
    /// ECDSA on P-256 with SHA-256, the signature in ASN.1 DER.
    EcdsaP256Sha256,
    /// RSA PKCS#1 v1.5 (RFC 8017) with SHA-1; legacy, only where a provider has nothing else.
    RsaSha1,
    RsaSha256,
    RsaSha512,
}

impl Algorithm {
    /// Whether the algorithm needs the provider's public key rather than a shared secret.
    pub const fn is_public_key(self) -> bool {
        self.asymmetric().is_some()
    }

    const fn asymmetric(self) -> Option<&'static dyn asymmetric::VerificationAlgorithm> {
        match self {
            Self::HmacSha1
            | Self::HmacSha256
            | Self::HmacSha384
            | Self::HmacSha512
            | Self::Sha1
            | Self::Sha256
            | Self::Sha512 => None,
            Self::Ed25519 => Some(&asymmetric::ED25519),
            Self::EcdsaP256Sha256 => Some(&asymmetric::ECDSA_P256_SHA256_ASN1),
            Self::RsaSha1 => Some(&asymmetric::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
            Self::RsaSha256 => Some(&asymmetric::RSA_PKCS1_2048_8192_SHA256),
            Self::RsaSha512 => Some(&asymmetric::RSA_PKCS1_2048_8192_SHA512),
        }
    }
}

/// What a signature is checked with, ready for use.
#[derive(Debug, Clone)]
pub enum Keys {
    /// One MAC state or hash for each secret.
    Shared(Vec<Tag>),
    Public(Vec<PublicKey>),
    /// Keys of certificates, by the URL that the provider names.
    Certified(Vec<Certificate>),
}

impl Keys {
    /// Keys for `secrets` under a shared-secret `algorithm`.
    pub fn shared(algorithm: Algorithm, secrets: &[Secret]) -> Self {
        Self::Shared(
            secrets
                .iter()
                .filter_map(|secret| Tag::new(algorithm, secret))
                .collect(),
        )
    }
}

/// The beginning of a MAC or hash, keyed once and cloned for each request.
#[derive(Clone)]
pub enum Tag {
    HmacSha1(Hmac<Sha1>),
    HmacSha256(Hmac<Sha256>),
    HmacSha384(Hmac<Sha384>),
    HmacSha512(Hmac<Sha512>),
    Sha1(Sha1),
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Tag {
    pub(crate) fn new(algorithm: Algorithm, secret: &Secret) -> Option<Self> {
        let key = secret.bytes();
        Some(match algorithm {
            Algorithm::HmacSha1 => Self::HmacSha1(Hmac::new_from_slice(key).ok()?),
            Algorithm::HmacSha256 => Self::HmacSha256(Hmac::new_from_slice(key).ok()?),
            Algorithm::HmacSha384 => Self::HmacSha384(Hmac::new_from_slice(key).ok()?),
            Algorithm::HmacSha512 => Self::HmacSha512(Hmac::new_from_slice(key).ok()?),
            Algorithm::Sha1 => Self::Sha1(Sha1::new()),
            Algorithm::Sha256 => Self::Sha256(Sha256::new()),
            Algorithm::Sha512 => Self::Sha512(Sha512::new()),
            Algorithm::Ed25519
            | Algorithm::EcdsaP256Sha256
            | Algorithm::RsaSha1
            | Algorithm::RsaSha256
            | Algorithm::RsaSha512 => return None,
        })
    }

    pub(crate) fn update(&mut self, piece: &[u8]) {
        match self {
            Self::HmacSha1(mac) => mac.update(piece),
            Self::HmacSha256(mac) => mac.update(piece),
            Self::HmacSha384(mac) => mac.update(piece),
            Self::HmacSha512(mac) => mac.update(piece),
            Self::Sha1(hash) => Digest::update(hash, piece),
            Self::Sha256(hash) => Digest::update(hash, piece),
            Self::Sha512(hash) => Digest::update(hash, piece),
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        match self {
            Self::HmacSha1(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha256(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha384(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha512(mac) => mac.finalize().into_bytes().to_vec(),
            Self::Sha1(hash) => hash.finalize().to_vec(),
            Self::Sha256(hash) => hash.finalize().to_vec(),
            Self::Sha512(hash) => hash.finalize().to_vec(),
        }
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag(..)")
    }
}

/// A provider's public key, bound to the algorithm that the preset pins.
#[derive(Clone)]
pub struct PublicKey(asymmetric::ParsedPublicKey);

impl PublicKey {
    /// Reads a PEM or base64 `SubjectPublicKeyInfo`, a PEM certificate, or (Ed25519) 32 bytes in
    /// hex or base64.
    ///
    /// # Errors
    /// What the text is not, for the operator.
    pub fn parse(algorithm: Algorithm, text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.contains("-----BEGIN CERTIFICATE") {
            return certificate_key(algorithm, text);
        }
        let der = if let Some(rest) = text.strip_prefix("-----BEGIN PUBLIC KEY-----") {
            let inner = rest.split("-----END").next().unwrap_or_default();
            let joined: String = inner.split_whitespace().collect();
            STANDARD.decode(joined).map_err(|error| error.to_string())?
        } else if let Ok(bytes) = base16ct::mixed::decode_vec(text) {
            bytes
        } else {
            STANDARD
                .decode(text)
                .map_err(|_| "it is neither PEM, hex nor base64".to_owned())?
        };
        Self::from_der(algorithm, &der)
    }

    fn from_der(algorithm: Algorithm, der: &[u8]) -> Result<Self, String> {
        let pinned = algorithm
            .asymmetric()
            .ok_or("the scheme uses a shared secret, not a public key")?;
        asymmetric::ParsedPublicKey::new(pinned, der)
            .map(Self)
            .map_err(|_| format!("it is not a public key for {algorithm:?}"))
    }

    pub(super) fn fits(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(..)")
    }
}

/// A signer's certificate that the operator trusts, under the URL that messages name it by.
#[derive(Debug, Clone)]
pub struct Certificate {
    pub url: String,
    pub key: PublicKey,
}

/// The public key of a PEM certificate.
///
/// # Errors
/// What the text is not, for the operator.
pub fn certificate_key(algorithm: Algorithm, pem: &str) -> Result<PublicKey, String> {
    let (_, pem) = x509_parser::pem::parse_x509_pem(pem.as_bytes())
        .map_err(|_| "it is not a PEM certificate".to_owned())?;
    let certificate = pem
        .parse_x509()
        .map_err(|_| "it is not an X.509 certificate".to_owned())?;
    PublicKey::from_der(algorithm, certificate.public_key().raw)
}
