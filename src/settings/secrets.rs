//! Secrets: named in the configuration, kept in environment variables or files.

use std::io::Read as _;
use std::path::Path;

use serde_json::Value;

use super::document::KeptForm;
use super::faults::{Notes, suggestion};
use super::layers::Environment;
use super::read::read;

/// More than any key, certificate chain or token.
const FILE_BYTES_MAX: u64 = 65_536;
const UNREADABLE: &str = "create it, or let the user that hookferry runs as read it";
const KEPT: &str = "write { env: NAME } or { file: PATH }";

/// The text that `value`, an `{env: NAME}` or `{file: PATH}`, stands for. `None` after a fault.
pub(super) fn secret(
    value: &Value,
    key: &str,
    environment: &Environment,
    notes: &mut Notes,
) -> Option<String> {
    if !value.is_object() {
        notes.fault(
            key,
            "a secret stands in the configuration itself, where it leaks into copies and logs",
            format!("put it in an environment variable or a file, and {KEPT}"),
        );
        return None;
    }
    let mut names = value
        .as_object()
        .into_iter()
        .flat_map(serde_json::Map::keys);
    if names.any(|name| suggestion(name, ["env", "file"]).is_empty()) {
        // What stands there may be the secret itself: it is not repeated.
        let said = "it has a key beside env and file";
        notes.fault(key, said, format!("{KEPT}; known keys: env, file"));
        return None;
    }
    let kept: KeptForm = read(value, key, notes)?;
    match (kept.env, kept.file) {
        (Some(name), None) => variable(&name, key, environment, notes),
        (None, Some(path)) => file(&path, key, notes),
        (None, None) | (Some(_), Some(_)) => {
            // An unknown key or wrong type has been named already.
            let named = notes.faults.iter().any(|fault| is_below(fault.key(), key));
            if !named {
                notes.fault(
                    key,
                    "it names not exactly one place where the secret is kept",
                    KEPT,
                );
            }
            None
        }
    }
}

/// The same, or a text that may stand in the configuration itself.
pub(super) fn text(
    value: &Value,
    key: &str,
    environment: &Environment,
    notes: &mut Notes,
) -> Option<String> {
    let text = match value {
        Value::Object(_) => return secret(value, key, environment, notes),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Null | Value::Array(_) => {
            notes.fault(key, "it is not a text", format!("write a text, or {KEPT}"));
            return None;
        }
    };
    if text.trim().is_empty() {
        notes.fault(key, "it is empty", format!("write a text, or {KEPT}"));
        return None;
    }
    Some(text)
}

/// A file's text, without one newline at its end. `None` after a fault.
pub(super) fn file(path: &Path, key: &str, notes: &mut Notes) -> Option<String> {
    let shown = shown(path);
    notes.files.push(path.to_owned());
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(path);
    let read = opened.and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        notes.fault(key, format!("{shown} cannot be read: {error}"), UNREADABLE);
        return None;
    }
    let remedy = "name the file that holds the text and nothing else";
    let Ok(mut text) = String::from_utf8(bytes) else {
        notes.fault(key, format!("{shown} does not hold UTF-8"), remedy);
        return None;
    };
    if u64::try_from(text.len()).is_ok_and(|length| length > FILE_BYTES_MAX) {
        let said = format!("{shown} is larger than {FILE_BYTES_MAX} bytes");
        notes.fault(key, said, remedy);
        return None;
    }
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    if text.trim().is_empty() {
        notes.fault(key, format!("{shown} is empty"), remedy);
        return None;
    }
    Some(text)
}

/// A fault unless the file, which someone else will read, can be opened.
pub(super) fn readable(path: &Path, key: &str, notes: &mut Notes) {
    if let Err(error) = std::fs::File::open(path) {
        let said = format!("{} cannot be read: {error}", shown(path));
        notes.fault(key, said, UNREADABLE);
    }
}

/// A file as faults name it. What has no slash in it may be no path but the secret, in the wrong place.
fn shown(path: &Path) -> String {
    if path.components().count() > 1 {
        format!("file {}", path.display())
    } else {
        "the file of that name".to_owned()
    }
}

/// A variable as faults name it, and again: by its name, if it is one as people give them, and not what
/// should be in it.
fn named(name: &str) -> (String, &str) {
    let is_usual = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if name.bytes().all(is_usual) {
        (format!("environment variable {name}"), name)
    } else {
        ("the environment variable of that name".to_owned(), "it")
    }
}

fn variable(name: &str, key: &str, environment: &Environment, notes: &mut Notes) -> Option<String> {
    let (named, again) = named(name);
    let Some(value) = environment.get(name) else {
        let said = format!("{named} is not set");
        let remedy = format!("set {again}, or name another place: {KEPT}");
        notes.fault(key, said, remedy);
        return None;
    };
    let Some(value) = value.to_str() else {
        let said = format!("{named} does not hold UTF-8");
        notes.fault(key, said, format!("set {again} to a text"));
        return None;
    };
    if value.trim().is_empty() {
        let said = format!("{named} is empty");
        notes.fault(key, said, format!("set {again} to the secret"));
        return None;
    }
    Some(value.to_owned())
}

fn is_below(key: &str, outer: &str) -> bool {
    key.strip_prefix(outer).is_some_and(|rest| !rest.is_empty())
}
