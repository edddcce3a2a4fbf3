//! Tenants: `{tenant}` in a source's path, and in the names of the files that its secrets are in.
//! Who has such a file is a tenant.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::endpoints::TENANT;
use super::super::faults::Notes;

/// Tenants of one source. Each has an endpoint in memory, some 8 KB.
const TENANTS_MAX: usize = 10_000;
/// A name stands in paths, topics and headers.
const NAME_BYTES_MAX: usize = 64;

/// The parts of a source that can name files.
const PARTS: [&str; 5] = [
    "secrets",
    "public_keys",
    "key_sets",
    "certificates",
    "params",
];

/// Who has a file that the source's `form` names.
pub(super) fn names(form: &Value, key: &str, notes: &mut Notes) -> BTreeSet<String> {
    let mut files = Vec::new();
    each_file(&mut form.clone(), &mut |file| {
        if file.contains(TENANT) {
            files.push(PathBuf::from(&*file));
        }
    });
    let mut names = BTreeSet::new();
    if files.is_empty() {
        let said = "its path has {tenant}, and no file of a secret: nobody knows who they are";
        let remedy = "write secrets: [{ file: /etc/hookferry/tenants/{tenant}/NAME }]";
        notes.fault(&format!("{key}.path"), said, remedy);
    }
    for file in &files {
        owners(file, key, notes, &mut names);
    }
    if names.len() > TENANTS_MAX {
        let said = format!("it has more than {TENANTS_MAX} tenants");
        let remedy = "share them between several daemons";
        notes.fault(&format!("{key}.path"), said, remedy);
    }
    names
}

/// The same form, with the files of one tenant.
pub(super) fn of(tenant: &str, form: &Value) -> Value {
    let mut form = form.clone();
    each_file(&mut form, &mut |file| *file = file.replace(TENANT, tenant));
    form
}

/// Whether some request has both paths.
pub(super) fn meet(one: &str, other: &str) -> bool {
    let (ones, others) = (one.split('/'), other.split('/'));
    ones.clone().count() == others.clone().count()
        && ones.zip(others).all(|(one, other)| {
            one == other
                || (one == TENANT && is_name(other))
                || (other == TENANT && is_name(one))
                || (one == TENANT && other == TENANT)
        })
}

fn is_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(is_plain)
}

/// Adds those for whom `file`, which has `{tenant}` in it, is there.
fn owners(file: &Path, key: &str, notes: &mut Notes, names: &mut BTreeSet<String>) {
    let mut folder = PathBuf::new();
    let mut parts = file.components();
    let found = parts.by_ref().find_map(|part| {
        let text = part.as_os_str().to_str().unwrap_or_default();
        match text.split_once(TENANT) {
            Some((before, after)) => Some((before.to_owned(), after.to_owned())),
            None => {
                folder.push(part);
                None
            }
        }
    });
    let Some((before, after)) = found else {
        return;
    };
    let is_whole = parts.as_path().as_os_str().is_empty();
    if folder.as_os_str().is_empty() {
        folder.push(".");
    }
    // It is looked at again and again: a tenant who comes is let in without a restart.
    notes.files.push(folder.clone());
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) => {
            let said = format!("folder {} cannot be read: {error}", folder.display());
            let remedy = "create it, or let the user that hookferry runs as read it";
            return notes.fault(&format!("{key}.secrets"), said, remedy);
        }
    };
    for entry in entries.flatten() {
        let entry = entry.file_name();
        let Some(name) = entry.to_str() else { continue };
        let name = name.strip_prefix(&*before);
        let Some(name) = name.and_then(|name| name.strip_suffix(&*after)) else {
            continue;
        };
        // Kubernetes keeps its own below names with a dot.
        if name.starts_with('.') {
            continue;
        }
        if !is_name(name) {
            let said = format!("{name:?} in {} is no tenant's name", folder.display());
            let remedy = "name tenants by 1 to 64 letters, digits, - and _";
            notes.warn(&format!("{key}.secrets"), said, remedy);
            continue;
        }
        if !is_whole {
            notes.files.push(folder.join(&entry));
        }
        let own = file.to_string_lossy().replace(TENANT, name);
        if is_whole || Path::new(&own).exists() {
            names.insert(name.to_owned());
        }
    }
}

/// Hands the name of every file of a source's secrets to `each`.
fn each_file(form: &mut Value, each: &mut dyn FnMut(&mut String)) {
    for part in PARTS {
        if let Some(part) = form.get_mut(part) {
            each_below(part, each);
        }
    }
}

fn each_below(value: &mut Value, each: &mut dyn FnMut(&mut String)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each_below(item, each)),
        Value::Object(members) => {
            for (name, member) in members {
                if let (Value::String(text), "file") = (&mut *member, name.as_str()) {
                    each(text);
                } else {
                    each_below(member, each);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::meet;

    #[test]
    fn paths_meet_where_one_request_has_both() {
        for (one, other, met) in [
            ("/a", "/a", true),
            ("/a", "/b", false),
            ("/{tenant}/x", "/acme/x", true),
            ("/{tenant}/x", "/acme/y", false),
            ("/{tenant}/x", "/a/{tenant}", true),
            ("/{tenant}/x", "/{tenant}/x", true),
            ("/{tenant}", "/a/b", false),
            ("/{tenant}/x", "/no.name/x", false),
        ] {
            assert_eq!(meet(one, other), met, "{one} {other}");
            assert_eq!(meet(other, one), met, "{other} {one}");
        }
    }
}
