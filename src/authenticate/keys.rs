//! Secrets, keys, and the algorithms that a preset pins to them.

pub mod fetched;
mod jwk;
mod pace;

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::{constant_time, signature as asymmetric};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac as _};
use md5::Md5;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::pkcs8::DecodePublicKey as _;
use serde::Deserialize;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use sha3::Keccak256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use fetched::FetchedKeys;

/// A secret's bytes. It does not print itself, is wiped when dropped, and is compared in constant time
/// only: `==` is no word of it.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The bytes, for whoever has to hand them on. They are not for comparing: that is [`Secret::is`].
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// Whether it is `given`, in a time that tells neither where they differ nor whether their lengths
    /// do: it grows with their lengths alone, by a step for each 64 bytes.
    pub fn is(&self, given: &[u8]) -> bool {
        same(&self.0, given)
    }
}

/// Equality that takes the same time wherever the values differ. Values of unequal lengths take as long
/// as those of equal ones, for their digests are compared.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    Sha256::digest(left).ct_eq(&Sha256::digest(right)).into()
}

/// What a key makes of a message: with it a forgery would be complete. It does not print itself, and is
/// compared in constant time only.
pub struct Mac(Vec<u8>);

impl Mac {
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// Whether it is `given`. The time does not tell where they differ; how long it is is no secret.
    pub fn fits(&self, given: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.0, given).is_ok()
    }

    /// What is shown of it: too little to forge with.
    pub(super) fn start(&self) -> String {
        super::signature::shown::start(&self.0)
    }

    /// The bytes, for a signer.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mac(..)")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// A signature algorithm. The preset fixes it; a message never chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Algorithm {
    /// Legacy, only where a provider has nothing else.
    HmacMd5,
    HmacSha1,
    HmacSha256,
    HmacSha384,
    HmacSha512,
    /// A plain hash of content that contains the secret.
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
    /// The hash of Ethereum, which is not SHA3-256.
    #[serde(rename = "keccak256")]
    Keccak256,
    /// RFC 8032.
    Ed25519,
    /// ECDSA on P-256 with SHA-256, the signature in ASN.1 DER.
    EcdsaP256Sha256,
    /// The same with r and s in a row, 64 bytes (RFC 7518 section 3.4).
    EcdsaP256Sha256Raw,
    /// ECDSA on P-256 with SHA-1 in ASN.1 DER; legacy.
    EcdsaP256Sha1,
    EcdsaP384Sha384,
    EcdsaP384Sha384Raw,
    EcdsaP521Sha512Raw,
    RsaPssSha256,
    RsaPssSha384,
    RsaPssSha512,
    /// RSA PKCS#1 v1.5 (RFC 8017) with SHA-1; legacy, only where a provider has nothing else.
    RsaSha1,
    RsaSha256,
    RsaSha384,
    RsaSha512,
}

impl Algorithm {
    /// Whether the algorithm needs the provider's public key rather than a shared secret.
    pub const fn is_public_key(self) -> bool {
        self.asymmetric().is_some() || matches!(self, Self::EcdsaP256Sha1)
    }

    /// Whether it is a hash without a key, which proves nothing unless the secret is hashed too.
    pub const fn is_plain_hash(self) -> bool {
        matches!(
            self,
            Self::Md5 | Self::Sha1 | Self::Sha256 | Self::Sha384 | Self::Sha512 | Self::Keccak256
        )
    }

    const fn asymmetric(self) -> Option<&'static dyn asymmetric::VerificationAlgorithm> {
        match self {
            Self::HmacMd5
            | Self::HmacSha1
            | Self::HmacSha256
            | Self::HmacSha384
            | Self::HmacSha512
            | Self::Md5
            | Self::Sha1
            | Self::Sha256
            | Self::Sha384
            | Self::Sha512
            | Self::Keccak256
            | Self::EcdsaP256Sha1 => None,
            Self::Ed25519 => Some(&asymmetric::ED25519),
            Self::EcdsaP256Sha256 => Some(&asymmetric::ECDSA_P256_SHA256_ASN1),
            Self::EcdsaP256Sha256Raw => Some(&asymmetric::ECDSA_P256_SHA256_FIXED),
            Self::EcdsaP384Sha384 => Some(&asymmetric::ECDSA_P384_SHA384_ASN1),
            Self::EcdsaP384Sha384Raw => Some(&asymmetric::ECDSA_P384_SHA384_FIXED),
            Self::EcdsaP521Sha512Raw => Some(&asymmetric::ECDSA_P521_SHA512_FIXED),
            Self::RsaPssSha256 => Some(&asymmetric::RSA_PSS_2048_8192_SHA256),
            Self::RsaPssSha384 => Some(&asymmetric::RSA_PSS_2048_8192_SHA384),
            Self::RsaPssSha512 => Some(&asymmetric::RSA_PSS_2048_8192_SHA512),
            Self::RsaSha1 => Some(&asymmetric::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
            Self::RsaSha256 => Some(&asymmetric::RSA_PKCS1_2048_8192_SHA256),
            Self::RsaSha384 => Some(&asymmetric::RSA_PKCS1_2048_8192_SHA384),
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
    /// Keys of certificates, by the URL that the provider names: those that the operator has
    /// configured, and where the preset allows it those that are fetched.
    Certified(Vec<Certificate>, Option<Arc<FetchedKeys>>),
    /// Keys that are fetched in the background.
    Fetched(Arc<FetchedKeys>),
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
    HmacMd5(Hmac<Md5>),
    HmacSha1(Hmac<Sha1>),
    HmacSha256(Hmac<Sha256>),
    HmacSha384(Hmac<Sha384>),
    HmacSha512(Hmac<Sha512>),
    Md5(Md5),
    Sha1(Sha1),
    Sha256(Sha256),
    Sha384(Sha384),
    Sha512(Sha512),
    Keccak256(Keccak256),
}

impl Tag {
    pub(crate) fn new(algorithm: Algorithm, secret: &Secret) -> Option<Self> {
        let key = secret.reveal();
        Some(match algorithm {
            Algorithm::HmacMd5 => Self::HmacMd5(Hmac::new_from_slice(key).ok()?),
            Algorithm::HmacSha1 => Self::HmacSha1(Hmac::new_from_slice(key).ok()?),
            Algorithm::HmacSha256 => Self::HmacSha256(Hmac::new_from_slice(key).ok()?),
            Algorithm::HmacSha384 => Self::HmacSha384(Hmac::new_from_slice(key).ok()?),
            Algorithm::HmacSha512 => Self::HmacSha512(Hmac::new_from_slice(key).ok()?),
            Algorithm::Md5 => Self::Md5(Md5::new()),
            Algorithm::Sha1 => Self::Sha1(Sha1::new()),
            Algorithm::Sha256 => Self::Sha256(Sha256::new()),
            Algorithm::Sha384 => Self::Sha384(Sha384::new()),
            Algorithm::Sha512 => Self::Sha512(Sha512::new()),
            Algorithm::Keccak256 => Self::Keccak256(Keccak256::new()),
            Algorithm::Ed25519
            | Algorithm::EcdsaP256Sha256
            | Algorithm::EcdsaP256Sha256Raw
            | Algorithm::EcdsaP256Sha1
            | Algorithm::EcdsaP384Sha384
            | Algorithm::EcdsaP384Sha384Raw
            | Algorithm::EcdsaP521Sha512Raw
            | Algorithm::RsaPssSha256
            | Algorithm::RsaPssSha384
            | Algorithm::RsaPssSha512
            | Algorithm::RsaSha1
            | Algorithm::RsaSha256
            | Algorithm::RsaSha384
            | Algorithm::RsaSha512 => return None,
        })
    }

    pub(crate) fn update(&mut self, piece: &[u8]) {
        match self {
            Self::HmacMd5(mac) => mac.update(piece),
            Self::HmacSha1(mac) => mac.update(piece),
            Self::HmacSha256(mac) => mac.update(piece),
            Self::HmacSha384(mac) => mac.update(piece),
            Self::HmacSha512(mac) => mac.update(piece),
            Self::Md5(hash) => Digest::update(hash, piece),
            Self::Sha1(hash) => Digest::update(hash, piece),
            Self::Sha256(hash) => Digest::update(hash, piece),
            Self::Sha384(hash) => Digest::update(hash, piece),
            Self::Sha512(hash) => Digest::update(hash, piece),
            Self::Keccak256(hash) => Digest::update(hash, piece),
        }
    }

    pub(crate) fn finish(self) -> Mac {
        Mac::new(match self {
            Self::HmacMd5(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha1(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha256(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha384(mac) => mac.finalize().into_bytes().to_vec(),
            Self::HmacSha512(mac) => mac.finalize().into_bytes().to_vec(),
            Self::Md5(hash) => hash.finalize().to_vec(),
            Self::Sha1(hash) => hash.finalize().to_vec(),
            Self::Sha256(hash) => hash.finalize().to_vec(),
            Self::Sha384(hash) => hash.finalize().to_vec(),
            Self::Sha512(hash) => hash.finalize().to_vec(),
            Self::Keccak256(hash) => hash.finalize().to_vec(),
        })
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag(..)")
    }
}

/// A provider's public key, bound to the algorithm that the preset pins.
#[derive(Clone)]
pub struct PublicKey(Kind);

#[derive(Clone)]
enum Kind {
    Parsed(asymmetric::ParsedPublicKey),
    /// ECDSA with SHA-1, which aws-lc-rs has no name for.
    P256Sha1(p256::ecdsa::VerifyingKey),
}

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
        let not_one = || format!("it is not a public key for {algorithm:?}");
        if algorithm == Algorithm::EcdsaP256Sha1 {
            let key = p256::ecdsa::VerifyingKey::from_public_key_der(der);
            let key = key.or_else(|_| p256::ecdsa::VerifyingKey::from_sec1_bytes(der));
            return key.map(Kind::P256Sha1).map(Self).map_err(|_| not_one());
        }
        let pinned = algorithm
            .asymmetric()
            .ok_or("the scheme uses a shared secret, not a public key")?;
        asymmetric::ParsedPublicKey::new(pinned, der)
            .map(Kind::Parsed)
            .map(Self)
            .map_err(|_| not_one())
    }

    /// The key of a certificate in DER.
    pub(super) fn of_certificate(algorithm: Algorithm, der: &[u8]) -> Result<Self, String> {
        let (_, certificate) = x509_parser::parse_x509_certificate(der)
            .map_err(|_| "it is not an X.509 certificate".to_owned())?;
        Self::from_der(algorithm, certificate.public_key().raw)
    }

    pub(super) fn fits(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Kind::Parsed(key) => key.verify_sig(message, signature).is_ok(),
            Kind::P256Sha1(key) => {
                p256::ecdsa::Signature::from_der(signature).is_ok_and(|signature| {
                    key.verify_prehash(&Sha1::digest(message), &signature)
                        .is_ok()
                })
            }
        }
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
    PublicKey::of_certificate(algorithm, &super::chain::first_der(pem)?)
}
