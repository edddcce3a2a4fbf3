//! Private keys, which only a sender has.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING,
    ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair,
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
    RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::authenticate::{Algorithm, Secret};

/// A private key, ready to sign.
#[derive(Debug)]
pub enum KeyPair {
    Ed25519(Ed25519KeyPair),
    Ecdsa(EcdsaKeyPair),
    Rsa(RsaKeyPair, &'static dyn RsaEncoding),
}

const ECDSA: [(Algorithm, &EcdsaSigningAlgorithm); 5] = [
    (Algorithm::EcdsaP256Sha256, &ECDSA_P256_SHA256_ASN1_SIGNING),
    (
        Algorithm::EcdsaP256Sha256Raw,
        &ECDSA_P256_SHA256_FIXED_SIGNING,
    ),
    (Algorithm::EcdsaP384Sha384, &ECDSA_P384_SHA384_ASN1_SIGNING),
    (
        Algorithm::EcdsaP384Sha384Raw,
        &ECDSA_P384_SHA384_FIXED_SIGNING,
    ),
    (
        Algorithm::EcdsaP521Sha512Raw,
        &ECDSA_P521_SHA512_FIXED_SIGNING,
    ),
];

const RSA: [(Algorithm, &dyn RsaEncoding); 6] = [
    (Algorithm::RsaSha256, &RSA_PKCS1_SHA256),
    (Algorithm::RsaSha384, &RSA_PKCS1_SHA384),
    (Algorithm::RsaSha512, &RSA_PKCS1_SHA512),
    (Algorithm::RsaPssSha256, &RSA_PSS_SHA256),
    (Algorithm::RsaPssSha384, &RSA_PSS_SHA384),
    (Algorithm::RsaPssSha512, &RSA_PSS_SHA512),
];

fn ecdsa(algorithm: Algorithm) -> Option<&'static EcdsaSigningAlgorithm> {
    let found = ECDSA.iter().find(|(known, _)| *known == algorithm);
    found.map(|(_, signing)| *signing)
}

fn rsa(algorithm: Algorithm) -> Option<&'static dyn RsaEncoding> {
    let found = RSA.iter().find(|(known, _)| *known == algorithm);
    found.map(|(_, encoding)| *encoding)
}

/// Whether signatures can be made with `algorithm`.
pub(super) fn signable(algorithm: Algorithm) -> Result<(), String> {
    let is_known =
        algorithm == Algorithm::Ed25519 || ecdsa(algorithm).is_some() || rsa(algorithm).is_some();
    is_known.then_some(()).ok_or_else(|| unsignable(algorithm))
}

fn unsignable(algorithm: Algorithm) -> String {
    format!("{algorithm:?} is only verified here, never made")
}

/// A new key pair for `algorithm`: the private key (PKCS#8) and the public one
/// (`SubjectPublicKeyInfo`), both in base64, as `send` and `public_keys` take them.
///
/// # Errors
/// When the algorithm has no key pair, or the system gives no random bytes.
pub fn generate(algorithm: Algorithm) -> Result<(Secret, String), String> {
    let failed = |_| "no key could be generated".to_owned();
    let random = SystemRandom::new();
    let private = if algorithm == Algorithm::Ed25519 {
        let pair = Ed25519KeyPair::generate_pkcs8(&random).map_err(failed)?;
        STANDARD.encode(pair.as_ref())
    } else if let Some(curve) = ecdsa(algorithm) {
        let pair = EcdsaKeyPair::generate_pkcs8(curve, &random).map_err(failed)?;
        STANDARD.encode(pair.as_ref())
    } else if rsa(algorithm).is_some() {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(failed)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
        STANDARD.encode(der.as_ref())
    } else {
        return Err(unsignable(algorithm));
    };
    let private = Secret::new(private);
    let public = KeyPair::parse(algorithm, &private)?.public()?;
    Ok((private, public))
}

impl KeyPair {
    /// Reads PKCS#8 in PEM or base64, or for Ed25519 a seed of 32 bytes in hex.
    ///
    /// # Errors
    /// What the text is not. The text itself is not told.
    pub fn parse(algorithm: Algorithm, text: &Secret) -> Result<Self, String> {
        let not_one = |_| format!("it is not a private key (PKCS#8) for {algorithm:?}");
        let der = bytes(text)?;
        if algorithm == Algorithm::Ed25519 {
            let pair = if der.len() == 32 {
                Ed25519KeyPair::from_seed_unchecked(&der)
            } else {
                Ed25519KeyPair::from_pkcs8(&der)
            };
            return pair.map(Self::Ed25519).map_err(not_one);
        }
        if let Some(curve) = ecdsa(algorithm) {
            let pair = EcdsaKeyPair::from_pkcs8(curve, &der);
            return pair.map(Self::Ecdsa).map_err(not_one);
        }
        let encoding = rsa(algorithm).ok_or_else(|| unsignable(algorithm))?;
        let pair = RsaKeyPair::from_pkcs8(&der).map_err(not_one)?;
        Ok(Self::Rsa(pair, encoding))
    }

    /// The signature of `message`.
    ///
    /// # Errors
    /// When the library refuses the key.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        let failed = |_| "the key cannot sign".to_owned();
        let random = SystemRandom::new();
        match self {
            Self::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Self::Ecdsa(pair) => {
                let signature = pair.sign(&random, message).map_err(failed)?;
                Ok(signature.as_ref().to_vec())
            }
            Self::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &random, message, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
        }
    }

    /// The public key as base64 of its `SubjectPublicKeyInfo`, which `public_keys` takes.
    ///
    /// # Errors
    /// When the library cannot write it.
    pub fn public(&self) -> Result<String, String> {
        let failed = |_| "the public key cannot be written".to_owned();
        let der: PublicKeyX509Der<'_> = match self {
            Self::Ed25519(pair) => pair.public_key().as_der().map_err(failed)?,
            Self::Ecdsa(pair) => pair.public_key().as_der().map_err(failed)?,
            Self::Rsa(pair, _) => pair.public_key().as_der().map_err(failed)?,
        };
        Ok(STANDARD.encode(der.as_ref()))
    }
}

/// The bytes of PEM, hex or base64.
fn bytes(text: &Secret) -> Result<Zeroizing<Vec<u8>>, String> {
    let not_text = "the private key is neither PEM, hex nor base64";
    let text = std::str::from_utf8(text.reveal())
        .map_err(|_| not_text)?
        .trim();
    let lines = text.lines().filter(|line| !line.starts_with("-----"));
    let joined: Zeroizing<String> = Zeroizing::new(lines.map(str::trim).collect());
    let decoded = base16ct::mixed::decode_vec(joined.as_bytes())
        .or_else(|_| STANDARD.decode(joined.as_bytes()));
    decoded.map(Zeroizing::new).map_err(|_| not_text.to_owned())
}
