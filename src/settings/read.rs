//! From a tree to a typed form, with every fault on the way rather than only the first.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use super::faults::{Notes, suggestion};

/// Reads a `T` from the tree at `key`. What is at fault is noted, taken out of the tree, and the
/// rest is read again. `None` when nothing is left to read.
pub(super) fn read<T: DeserializeOwned>(tree: &Value, key: &str, notes: &mut Notes) -> Option<T> {
    let mut tree = tree.clone();
    if tree.is_null() {
        // `key:` with nothing behind it.
        tree = Value::Object(serde_json::Map::new());
    }
    let mut taken = Taken::default();
    loop {
        let error = match serde_path_to_error::deserialize(&tree) {
            Ok(read) => return Some(read),
            Err(error) => error,
        };
        let path = steps(error.path());
        let message = error.inner().to_string();
        if let Some(field) = message.strip_prefix("missing field `") {
            let field = field.trim_end_matches('`');
            let full = join(&taken.original(key, &path), &[Step::Key(field.to_owned())]);
            if !taken.paths.contains(&full) {
                notes.missing(&full, format!("add {field}"));
            }
            taken.take(&mut tree, key, &path)?;
            continue;
        }
        let is_blank = find(&mut tree, &path).is_some_and(|value| value.is_null());
        let full = taken.original(key, &path);
        if !is_blank && !taken.is_below(&full) {
            let (said, remedy) = reworded(&message);
            notes.fault(&full, said, remedy);
        }
        taken.take(&mut tree, key, &path)?;
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Key(String),
    Item(usize),
}

fn steps(path: &Path) -> Vec<Step> {
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => Some(Step::Item(*index)),
        Segment::Map { key } => Some(Step::Key(key.clone())),
        Segment::Enum { variant } => Some(Step::Key(variant.clone())),
        Segment::Unknown => None,
    };
    path.iter().filter_map(step).collect()
}

fn join(key: &str, steps: &[Step]) -> String {
    let mut path = key.to_owned();
    for step in steps {
        match step {
            Step::Key(name) if path.is_empty() => path.push_str(name),
            Step::Key(name) => {
                path.push('.');
                path.push_str(name);
            }
            Step::Item(at) => path.push_str(&format!("[{at}]")),
        }
    }
    path
}

fn find<'t>(tree: &'t mut Value, path: &[Step]) -> Option<&'t mut Value> {
    path.iter().try_fold(tree, |value, step| match step {
        Step::Key(name) => value.get_mut(name),
        Step::Item(at) => value.get_mut(at),
    })
}

/// What was taken out of a tree, so that what is left keeps its first names.
#[derive(Default)]
struct Taken {
    paths: BTreeSet<String>,
    /// The first places of a list's items, by the list's path, for lists that lost some.
    items: BTreeMap<String, Vec<usize>>,
}

impl Taken {
    fn take(&mut self, tree: &mut Value, key: &str, path: &[Step]) -> Option<()> {
        let (last, outer) = path.split_last()?;
        let original = self.original(key, path);
        let list = self.original(key, outer);
        match (find(tree, outer)?, last) {
            (Value::Object(members), Step::Key(name)) => {
                members.remove(name)?;
            }
            (Value::Array(items), Step::Item(at)) if *at < items.len() => {
                let all = (0..items.len()).collect();
                self.items.entry(list).or_insert(all).remove(*at);
                items.remove(*at);
            }
            // The form wants something else than what is there: take that whole.
            (_, Step::Key(_) | Step::Item(_)) => return self.take(tree, key, outer),
        }
        self.paths.insert(original);
        Some(())
    }

    /// Whether something below `path` was taken: then a fault of `path` itself may follow from that.
    fn is_below(&self, path: &str) -> bool {
        let below = |taken: &String| {
            let rest = taken.strip_prefix(path);
            rest.is_some_and(|rest| rest.starts_with(['.', '[']))
        };
        self.paths.iter().any(below)
    }

    fn original(&self, key: &str, path: &[Step]) -> String {
        path.iter().fold(key.to_owned(), |before, step| match step {
            Step::Key(_) => join(&before, std::slice::from_ref(step)),
            Step::Item(at) => {
                let first = self.items.get(&before).and_then(|items| items.get(*at));
                join(&before, &[Step::Item(*first.unwrap_or(at))])
            }
        })
    }
}

/// serde's message in the words of someone who writes a configuration, and the remedy.
fn reworded(message: &str) -> (String, String) {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let given = quoted.next().unwrap_or_default();
    let known: Vec<_> = quoted.collect();
    if message.starts_with("unknown field") {
        let near = suggestion(given, known.iter().copied());
        let said = format!("there is no key {given} here");
        return (said, format!("{near}known keys: {}", known.join(", ")));
    }
    if message.starts_with("unknown variant") {
        let near = suggestion(given, known.iter().copied());
        let said = format!("there is no {given} here");
        return (said, format!("{near}write one of: {}", known.join(", ")));
    }
    let typed = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))
        .and_then(|rest| rest.rsplit_once(", expected "));
    match typed {
        Some((found, expected)) => mistyped(found, expected),
        None => (message.to_owned(), "correct it".to_owned()),
    }
}

fn mistyped(found: &str, expected: &str) -> (String, String) {
    let wanted = match expected {
        "u16" | "u32" | "u64" | "usize" => "a whole number",
        "f64" => "a number",
        "a boolean" => "true or false",
        "a string" => "a text",
        "path string" => "a path",
        "a sequence" => "a list",
        "a map" => "a mapping of keys",
        "map with a single key" => "a mapping with one key",
        other if other.starts_with("struct") || other.starts_with("enum") => "a mapping of keys",
        other => other,
    };
    let is_simple = !wanted.contains("mapping") && wanted != "a list";
    let found = match found.split(' ').next().unwrap_or_default() {
        "map" => "a mapping".to_owned(),
        "sequence" => "a list".to_owned(),
        "null" | "unit" => "nothing".to_owned(),
        "boolean" | "integer" | "floating" if is_simple => {
            let quoted = found.split('`').nth(1);
            quoted.unwrap_or(found).to_owned()
        }
        "string" if is_simple => found.replacen("string", "the text", 1),
        // What stands where keys or a list should may be a secret: it is not repeated.
        "string" => "a text".to_owned(),
        _ => "a single value".to_owned(),
    };
    let remedy = match wanted {
        "a text" => "write a text; in quotes, if it looks like a number".to_owned(),
        wanted => format!("write {wanted}"),
    };
    (format!("{found} stands where {wanted} is expected"), remedy)
}
