//! Private keys, which only a sender has.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA512, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::authenticate::{Algorithm, Secret};

/// A private key, ready to sign.
#[derive(Debug)]
pub enum KeyPair {
    Ed25519(Ed25519KeyPair),
    EcdsaP256(EcdsaKeyPair),
    RsaSha256(RsaKeyPair),
    RsaSha512(RsaKeyPair),
}

/// A new key pair for `algorithm`: the private key (PKCS#8) and the public one
/// (`SubjectPublicKeyInfo`), both in base64, as `send` and `public_keys` take them.
///
/// # Errors
/// When the algorithm has no key pair, or the system gives no random bytes.
pub fn generate(algorithm: Algorithm) -> Result<(Secret, String), String> {
    let failed = |_| "no key could be generated".to_owned();
    let random = SystemRandom::new();
    let private = match algorithm {
        Algorithm::Ed25519 => Ed25519KeyPair::generate_pkcs8(&random).map_err(failed)?,
        Algorithm::EcdsaP256Sha256 => {
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random)
                .map_err(failed)?
        }
        Algorithm::RsaSha256 | Algorithm::RsaSha512 => {
            let size = aws_lc_rs::rsa::KeySize::Rsa2048;
            let pair = RsaKeyPair::generate(size).map_err(failed)?;
            let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
            let private = Secret::new(STANDARD.encode(der.as_ref()));
            let public = KeyPair::parse(algorithm, &private)?.public()?;
            return Ok((private, public));
        }
        Algorithm::RsaSha1
        | Algorithm::HmacSha1
        | Algorithm::HmacSha256
        | Algorithm::HmacSha384
        | Algorithm::HmacSha512
        | Algorithm::Sha1
        | Algorithm::Sha256
        | Algorithm::Sha512 => return Err(format!("no key pair is generated for {algorithm:?}")),
    };
    let private = Secret::new(STANDARD.encode(private.as_ref()));
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
        Ok(match algorithm {
            Algorithm::Ed25519 if der.len() == 32 => {
                Self::Ed25519(Ed25519KeyPair::from_seed_unchecked(&der).map_err(not_one)?)
            }
            Algorithm::Ed25519 => Self::Ed25519(Ed25519KeyPair::from_pkcs8(&der).map_err(not_one)?),
            Algorithm::EcdsaP256Sha256 => Self::EcdsaP256(
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &der).map_err(not_one)?,
            ),
            Algorithm::RsaSha256 => Self::RsaSha256(RsaKeyPair::from_pkcs8(&der).map_err(not_one)?),
            Algorithm::RsaSha512 => Self::RsaSha512(RsaKeyPair::from_pkcs8(&der).map_err(not_one)?),
            Algorithm::RsaSha1 => return Err("RSA with SHA-1 is only verified, never made".into()),
            Algorithm::HmacSha1
            | Algorithm::HmacSha256
            | Algorithm::HmacSha384
            | Algorithm::HmacSha512
            | Algorithm::Sha1
            | Algorithm::Sha256
            | Algorithm::Sha512 => return Err(format!("{algorithm:?} has no private key")),
        })
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
            Self::EcdsaP256(pair) => {
                let signature = pair.sign(&random, message).map_err(failed)?;
                Ok(signature.as_ref().to_vec())
            }
            Self::RsaSha256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .map_err(failed)?;
                Ok(signature)
            }
            Self::RsaSha512(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA512, &random, message, &mut signature)
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
            Self::EcdsaP256(pair) => pair.public_key().as_der().map_err(failed)?,
            Self::RsaSha256(pair) | Self::RsaSha512(pair) => {
                pair.public_key().as_der().map_err(failed)?
            }
        };
        Ok(STANDARD.encode(der.as_ref()))
    }
}

/// The bytes of PEM, hex or base64.
fn bytes(text: &Secret) -> Result<Zeroizing<Vec<u8>>, String> {
    let not_text = "the private key is neither PEM, hex nor base64";
    let text = std::str::from_utf8(text.bytes())
        .map_err(|_| not_text)?
        .trim();
    let lines = text.lines().filter(|line| !line.starts_with("-----"));
    let joined: Zeroizing<String> = Zeroizing::new(lines.map(str::trim).collect());
    let decoded = base16ct::mixed::decode_vec(joined.as_bytes())
        .or_else(|_| STANDARD.decode(joined.as_bytes()));
    decoded.map(Zeroizing::new).map_err(|_| not_text.to_owned())
}
