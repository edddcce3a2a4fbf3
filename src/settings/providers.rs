//! Provider presets: those in the binary, and those in a directory of the operator's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::faults::{Faults, Notes, suggestion};
use super::layers;
use super::preset::Preset;
use super::read::read;

/// Every file of the folder `providers` by its name, sorted; build.rs writes the list.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/presets.rs"));

/// The embedded presets' ids, sorted.
pub fn ids() -> impl Iterator<Item = &'static str> {
    EMBEDDED.iter().map(|(id, _)| *id)
}

/// The YAML of an embedded preset.
pub fn text(id: &str) -> Option<&'static str> {
    let found = EMBEDDED.iter().find(|(known, _)| *known == id);
    found.map(|(_, text)| *text)
}

/// An embedded preset as a tree.
///
/// `None` for an unknown id; an error says why the YAML cannot be read.
pub fn load(id: &str) -> Option<Result<Value, String>> {
    text(id).map(layers::tree)
}

/// A preset's YAML as a tree.
///
/// # Errors
/// Why it cannot be read.
pub fn read_text(text: &str) -> Result<Value, String> {
    layers::tree(text)
}

/// A preset from a tree.
///
/// # Errors
/// The path of the key at fault, and what is wrong with it.
pub fn parse(tree: Value) -> Result<Preset, (String, String)> {
    serde_path_to_error::deserialize(tree)
        .map_err(|error| (error.path().to_string(), error.into_inner().to_string()))
}

/// The presets of a file, or of every `*.yaml` in a folder, by id.
///
/// # Errors
/// Every fault, with line, key and remedy.
pub fn own(path: &Path) -> Result<BTreeMap<String, Value>, Faults> {
    let mut notes = Notes::default();
    let mut presets = BTreeMap::new();
    for path in files(path, &mut notes) {
        let id = stem(&path);
        if let Some(tree) = own_preset(&path, &id, &mut notes) {
            presets.insert(id, tree);
        }
    }
    if notes.faults.is_empty() {
        Ok(presets)
    } else {
        Err(Faults::new(notes.faults))
    }
}

/// The embedded presets with the operator's laid over them.
#[derive(Debug, Default)]
pub(super) struct Library {
    /// By id; `None` for those that have faults.
    own: BTreeMap<String, Option<Value>>,
}

impl Library {
    /// Reads every `*.yaml` in `folder`, the value of `providers_dir`.
    pub(super) fn of(folder: Option<&Path>, notes: &mut Notes) -> Self {
        let mut library = Self::default();
        let Some(folder) = folder else {
            return library;
        };
        notes.files.push(folder.to_owned());
        for path in files(folder, notes) {
            notes.files.push(path.clone());
            let id = stem(&path);
            if text(&id).is_some() {
                let said = format!("{} replaces the embedded preset {id}", path.display());
                notes.warn("providers_dir", said, "rename it, if that is not meant");
            }
            let tree = own_preset(&path, &id, notes);
            library.own.insert(id, tree);
        }
        library
    }

    /// The preset's tree. `None` after a fault: at `key` where there is no such preset.
    pub(super) fn get(&self, id: &str, key: &str, notes: &mut Notes) -> Option<Value> {
        if let Some(own) = self.own.get(id) {
            return own.clone();
        }
        match load(id) {
            Some(Ok(tree)) => Some(tree),
            Some(Err(said)) => {
                notes.fault(
                    key,
                    said,
                    "report it: an embedded preset should be readable",
                );
                None
            }
            None => {
                let embedded = EMBEDDED.iter().map(|(id, _)| *id);
                let own = self.own.keys().map(String::as_str);
                let near = suggestion(id, embedded.chain(own));
                let said = format!("there is no provider {id}");
                let remedy = format!(
                    "{near}hookferry providers lists those there are; another can be described in a \
                     file of providers_dir"
                );
                notes.fault(key, said, remedy);
                None
            }
        }
    }
}

/// Lays the operator's `over` over a preset: mappings are merged, null takes a key away (RFC 7396),
/// and all else replaces what was there.
pub(crate) fn merge(preset: &mut Value, over: &Value) {
    let Value::Object(over) = over else {
        *preset = over.clone();
        return;
    };
    if !preset.is_object() {
        *preset = Value::Object(serde_json::Map::new());
    }
    let Value::Object(preset) = preset else {
        return;
    };
    for (name, value) in over {
        if value.is_null() {
            preset.remove(name);
            continue;
        }
        let before = preset.entry(name.clone()).or_insert(Value::Null);
        // A check of another kind replaces the preset's: the two side by side would be neither.
        if is_check(name) && kind(before) != kind(value) {
            *before = Value::Null;
        }
        merge(before, value);
    }
}

fn is_check(name: &str) -> bool {
    matches!(name, "verify" | "then")
}

fn kind(check: &Value) -> Option<&String> {
    check.as_object()?.keys().next()
}

/// `path` itself, or the `*.yaml` files in it, sorted.
fn files(path: &Path, notes: &mut Notes) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) => {
            let said = format!("{} cannot be read: {error}", path.display());
            let remedy = "name a readable directory, or remove the key";
            notes.fault("providers_dir", said, remedy);
            return Vec::new();
        }
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "yaml")
    });
    paths.sort();
    paths
}

fn stem(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

fn own_preset(path: &Path, id: &str, notes: &mut Notes) -> Option<Value> {
    let (tree, places) = match layers::file_tree(path) {
        Ok(read) => read,
        Err(faults) => {
            notes.faults.extend(faults.iter().cloned());
            return None;
        }
    };
    let mut own = Notes::new(places);
    if let Some(preset) = read::<Preset>(&tree, "", &mut own)
        && preset.id != id
    {
        let said = format!("the id is {}, but the file is named {id}.yaml", preset.id);
        own.fault("id", said, "name the file after the id");
    }
    let is_whole = own.faults.is_empty();
    notes.take(own);
    is_whole.then_some(tree)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::preset::Confidence;
    use super::{ids, load, merge, parse};

    #[test]
    fn every_embedded_preset_is_a_preset_and_named_as_its_file() {
        for id in ids() {
            let preset = parse(load(id).unwrap().unwrap());
            let preset = preset.unwrap_or_else(|(path, said)| panic!("{id}: {path}: {said}"));
            assert_eq!(preset.id, id);
            let is_verified = preset.confidence == Confidence::Verified;
            assert_eq!(
                is_verified,
                preset.verified_by.is_some(),
                "{id}: verified_by"
            );
        }
    }

    #[test]
    fn an_override_changes_what_it_names_and_nothing_else() {
        let mut preset = json!({
            "verify": {"signature": {"from": "a", "prefix": "b"}},
            "methods": ["POST"],
            "event": {"id": "x", "type": "y"},
        });
        let over = json!({
            "verify": {"signature": {"from": "c"}},
            "methods": ["PUT"],
            "event": {"id": null},
        });
        merge(&mut preset, &over);
        assert_eq!(
            preset,
            json!({
                "verify": {"signature": {"from": "c", "prefix": "b"}},
                "methods": ["PUT"],
                "event": {"type": "y"},
            })
        );
    }

    #[test]
    fn a_check_of_another_kind_replaces_the_whole_check() {
        let mut preset = json!({"verify": {"signature": {"from": "a"}}});
        merge(&mut preset, &json!({"verify": {"token": {"from": "b"}}}));
        assert_eq!(preset, json!({"verify": {"token": {"from": "b"}}}));
    }
}
