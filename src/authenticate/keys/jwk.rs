//! JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Algorithm, PublicKey};

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

#[derive(Deserialize)]
struct Id {
    #[serde(default)]
    kid: Option<String>,
}

#[derive(Deserialize)]
struct Set<'j> {
    #[serde(borrow)]
    keys: Vec<&'j RawValue>,
}

/// The keys of a set, or one key by itself, each with its id and as it was written.
///
/// # Errors
/// When it is neither.
pub(super) fn texts(json: &str) -> Result<Vec<(Option<String>, String)>, String> {
    let raws: Vec<&RawValue> = if let Ok(set) = serde_json::from_str::<Set<'_>>(json) {
        set.keys
    } else if let Ok(list) = serde_json::from_str(json) {
        list
    } else {
        let one = serde_json::from_str(json).map_err(|_| "it is no JSON Web Key Set".to_owned())?;
        vec![one]
    };
    let each = raws.into_iter().map(|raw| {
        let id: Id = serde_json::from_str(raw.get())
            .map_err(|_| "it holds what is no JSON Web Key".to_owned())?;
        Ok((id.kid, raw.get().to_owned()))
    });
    each.collect()
}

/// The key for `algorithm`; `None` when it is of another kind.
pub(super) fn key(algorithm: Algorithm, json: &str) -> Option<PublicKey> {
    let jwk: Jwk = serde_json::from_str(json).ok()?;
    if jwk.purpose.as_deref() == Some("enc") {
        return None;
    }
    let bytes = |text: &Option<String>| URL_SAFE_NO_PAD.decode(text.as_deref()?).ok();
    let der = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => {
            // RSAPublicKey (RFC 8017 appendix A.1.1).
            let inner = [integer(&bytes(&jwk.n)?), integer(&bytes(&jwk.e)?)].concat();
            element(0x30, &inner)
        }
        ("EC", Some("P-256" | "P-384" | "P-521")) => {
            // An uncompressed point (SEC 1 section 2.3.3).
            [vec![4], bytes(&jwk.x)?, bytes(&jwk.y)?].concat()
        }
        ("OKP", Some("Ed25519")) => bytes(&jwk.x)?,
        (_, _) => return None,
    };
    PublicKey::from_der(algorithm, &der).ok()
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let mut bytes = bytes.get(zeros..).unwrap_or_default().to_vec();
    if bytes.first().is_none_or(|first| *first >= 0x80) {
        bytes.insert(0, 0);
    }
    element(2, &bytes)
}

/// A DER element (X.690 section 8.1).
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut element = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short) if short < 0x80 => element.push(short),
        Ok(_) | Err(_) => {
            let length = content.len().to_be_bytes();
            let zeros = length.iter().take_while(|byte| **byte == 0).count();
            let length = length.get(zeros..).unwrap_or_default();
            // A usize has at most 8 bytes.
            element.push(0x80 | u8::try_from(length.len()).unwrap_or(8));
            element.extend_from_slice(length);
        }
    }
    element.extend_from_slice(content);
    element
}
