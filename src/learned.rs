//! Secrets that providers hand over in a handshake. One goes into the file that the operator named
//! for it; where none is named, the admin side shows it, and the operator configures it.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::json;

use crate::authenticate::Secret;
use crate::time::UnixTime;

/// How many secrets of one source are kept to be shown.
const SHOWN_MAX: usize = 8;

/// What was handed over and is in no file.
#[derive(Debug, Default)]
pub struct Learned {
    by_source: Mutex<BTreeMap<String, Vec<(UnixTime, Secret)>>>,
}

impl Learned {
    /// Takes a secret in. The first one wins: another is refused for as long as the file is there,
    /// or the daemon runs that keeps it.
    ///
    /// # Errors
    /// Why the secret was not taken.
    pub fn take(
        &self,
        source: &str,
        file: Option<&Path>,
        secret: &Secret,
        now: UnixTime,
    ) -> Result<(), String> {
        // One after the other: of two that come at once, the one in the file is the one answered.
        let mut all = self
            .by_source
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = file {
            return write(file, secret);
        }
        let shown = all.entry(source.to_owned()).or_default();
        let is_known = shown.iter().any(|(_, known)| known.is(secret.reveal()));
        if !is_known && shown.len() == SHOWN_MAX {
            return Err("too many secrets are waiting to be configured".into());
        }
        if !is_known {
            shown.push((now, secret.clone()));
        }
        Ok(())
    }

    /// For the admin side: JSON of the secrets that wait to be configured.
    pub fn text(&self) -> String {
        let all = self
            .by_source
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let secrets = all.iter().flat_map(|(source, secrets)| {
            secrets.iter().map(move |(at, secret)| {
                let secret = String::from_utf8_lossy(secret.reveal());
                json!({ "source": source, "at": at.text(), "secret": secret })
            })
        });
        json!({ "learned": secrets.collect::<Vec<_>>() }).to_string()
    }
}

/// Writes a file that is not there yet, readable by its owner alone, whole or not at all.
fn write(file: &Path, secret: &Secret) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", file.display());
    if file.exists() {
        let known = fs::read(file).map_err(failed)?;
        if secret.is(known.trim_ascii()) {
            return Ok(());
        }
        return Err(format!("{} already holds another secret", file.display()));
    }
    let partial = file.with_extension("partial");
    let _ = fs::remove_file(&partial);
    let mut options = OpenOptions::new();
    let mut out = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&partial)
        .map_err(failed)?;
    out.write_all(secret.reveal()).map_err(failed)?;
    out.sync_all().map_err(failed)?;
    // A link fails where a rename would replace what came in between.
    let linked = fs::hard_link(&partial, file).map_err(failed);
    let _ = fs::remove_file(&partial);
    linked
}

#[cfg(test)]
mod tests {
    use super::{Learned, Secret};
    use crate::time::UnixTime;

    #[test]
    fn the_first_secret_is_kept_and_another_refused() {
        let folder = std::env::temp_dir().join(format!("hookferry-learned-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("secret");
        let learned = Learned::default();
        let now = UnixTime::from_seconds(0);
        let take = |text: &str| learned.take("s", Some(&file), &Secret::new(text), now);
        take("first").unwrap();
        take("first").unwrap();
        take("second").unwrap_err();
        assert_eq!(std::fs::read(&file).unwrap(), b"first");
        std::fs::remove_dir_all(&folder).unwrap();
        for at in 0..20 {
            let taken = learned.take("t", None, &Secret::new(format!("s{at}")), now);
            assert_eq!(taken.is_ok(), at < 8);
        }
        assert!(learned.text().contains(r#""secret":"s7","source":"t""#));
    }
}
