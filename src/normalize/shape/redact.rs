//! What stands in the place of a value that is not to go on.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;

use crate::json::write_text;
use crate::peek::plain;

/// What is seen of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum With {
    /// Nothing: `***`.
    Mask,
    /// Whether it is the same as another: HMAC-SHA256 under the operator's key, in hexadecimal.
    Hash,
    /// The last four characters, of eight and more.
    Last4,
}

/// A redaction and its key.
#[derive(Clone)]
pub struct Redaction {
    with: With,
    key: Hmac<Sha256>,
}

impl fmt::Debug for Redaction {
    // The key is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.with)
    }
}

impl Redaction {
    /// `key` counts for [`With::Hash`] alone.
    pub fn new(with: With, key: &[u8]) -> Self {
        // Of HMAC-SHA256 any length is a key: a longer one is hashed.
        let key = Hmac::new_from_slice(key);
        Self {
            with,
            key: key.unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default())),
        }
    }

    /// Writes what stands for `json`.
    pub(super) fn write(&self, json: &str, out: &mut Vec<u8>) {
        let json = json.trim();
        let is_scalar = !json.starts_with(['{', '[']);
        let text = plain(json).unwrap_or_default();
        let shown = match self.with {
            With::Hash => {
                let mut mac = self.key.clone();
                mac.update(text.as_bytes());
                let digest = base16ct::lower::encode_string(&mac.finalize().into_bytes());
                format!("hmac-sha256:{digest}")
            }
            With::Last4 if is_scalar && text.chars().count() >= 8 => {
                let from = text.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
                format!("***{}", text.get(from..).unwrap_or_default())
            }
            With::Mask | With::Last4 => "***".to_owned(),
        };
        write_text(out, &shown);
    }
}
