//! What of an event's data goes on. Whatever is kept stays as it was written, byte for byte: numbers
//! keep their digits, texts their escapes.

use super::keep::kept;
use super::redact::Redaction;
use crate::json::write_text;
use crate::normalize::expression::Expression;
use crate::normalize::{Event, Oddity};
use crate::peek::{elements, entries, segments};

/// What an operator asks for. Paths are JSON Pointers (RFC 6901) in which `*` stands for any name or
/// place.
#[derive(Debug, Default)]
pub struct EditOptions {
    /// Nothing but these stays; everything where there are none.
    pub keep: Vec<String>,
    pub drop: Vec<String>,
    pub redact: Vec<(String, Redaction)>,
    /// What the data becomes, of what is left.
    pub map: Option<Expression>,
}

/// The edits of one source's data, in the order `keep`, `drop` and `redact`, `map`.
#[derive(Debug, Default)]
pub struct Edit {
    keep: Option<Node>,
    change: Option<Node>,
    map: Option<Expression>,
    /// For the attribute `dataedits`.
    names: String,
}

/// Paths, merged by what they begin with.
#[derive(Debug, Default)]
pub(super) struct Node {
    below: Vec<(String, Node)>,
    end: Option<Change>,
}

#[derive(Debug, Clone)]
enum Change {
    Keep,
    Drop,
    Redact(Redaction),
}

impl Edit {
    pub fn new(options: EditOptions) -> Self {
        let EditOptions {
            keep,
            drop,
            redact,
            map,
        } = options;
        let names = [
            ("keep", keep.is_empty()),
            ("drop", drop.is_empty()),
            ("redact", redact.is_empty()),
            ("map", map.is_none()),
        ];
        let names: Vec<_> = names.iter().filter(|(_, none)| !none).collect();
        let names: Vec<_> = names.into_iter().map(|(name, _)| *name).collect();
        let kept = keep.into_iter().map(|path| (path, Change::Keep));
        // A path that is both is gone: what is dropped last stands.
        let redacted = redact
            .into_iter()
            .map(|(path, how)| (path, Change::Redact(how)));
        let dropped = drop.into_iter().map(|path| (path, Change::Drop));
        Self {
            keep: Node::of(kept),
            change: Node::of(redacted.chain(dropped)),
            map,
            names: names.join(","),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Edits the data of `event`, or has it go to the dead letters as it is.
    pub(super) fn apply(&self, event: &mut Event) {
        if self.is_empty() {
            return;
        }
        if !event.is_json() {
            return event.be_odd(Oddity::EditFailed, "the data is not JSON".to_owned());
        }
        let before = event.data().clone();
        match self.paths(&before) {
            Ok(None) => {}
            Ok(Some(edited)) => event.set_data(edited),
            Err(_) => {
                let said = "a number on the way to a path is too large".to_owned();
                return event.be_odd(Oddity::EditFailed, said);
            }
        }
        if let Some(map) = &self.map {
            match map.json(event) {
                Ok(json) => event.set_data(json.to_string().into_bytes()),
                Err(undecided) => {
                    event.set_data(before);
                    return event.be_odd(Oddity::EditFailed, undecided.to_string());
                }
            }
        }
        if *event.data() != before {
            event.note_edits(&before, &self.names);
        }
    }

    /// The data once paths are kept, dropped and redacted; `None` where nothing of it is asked.
    fn paths(&self, data: &[u8]) -> Result<Option<Vec<u8>>, serde_json::Error> {
        let Ok(json) = std::str::from_utf8(data) else {
            return Ok(None);
        };
        let mut edited = None;
        if let Some(keep) = &self.keep {
            let mut out = Vec::with_capacity(json.len());
            if !kept(json, keep, &mut out)? {
                // Nothing of it stays but its kind.
                let is_array = json.trim_start().starts_with('[');
                out.extend_from_slice(if is_array { b"[]" } else { b"{}" });
            }
            edited = Some(out);
        }
        if let Some(change) = &self.change {
            let mut out = Vec::with_capacity(json.len());
            let json = match &edited {
                // Whole pieces of a text, and ASCII between them.
                Some(edited) => std::str::from_utf8(edited).unwrap_or_default(),
                None => json,
            };
            changed(json, &[change], &mut out);
            edited = Some(out);
        }
        Ok(edited)
    }
}

impl Node {
    /// Whether a path ends here.
    pub(super) fn is_end(&self) -> bool {
        self.end.is_some()
    }

    fn of(paths: impl Iterator<Item = (String, Change)>) -> Option<Self> {
        let mut root = Self::default();
        let mut is_empty = true;
        for (path, change) in paths {
            is_empty = false;
            let mut node = &mut root;
            for segment in segments(&path) {
                let at = match node.below.iter().position(|(known, _)| *known == segment) {
                    Some(at) => at,
                    None => {
                        node.below.push((segment, Self::default()));
                        node.below.len() - 1
                    }
                };
                let (_, below) = node.below.get_mut(at)?;
                node = below;
            }
            node.end = Some(change);
        }
        (!is_empty).then_some(root)
    }
}

/// The nodes below `nodes` that `name` leads to.
pub(super) fn below<'n>(nodes: &[&'n Node], name: &str) -> Vec<&'n Node> {
    let children = nodes.iter().flat_map(|node| &node.below);
    children
        .filter(|(segment, _)| segment == "*" || segment == name)
        .map(|(_, node)| node)
        .collect()
}

/// Writes `json` without what is dropped, and with what is redacted in its form.
fn changed(json: &str, nodes: &[&Node], out: &mut Vec<u8>) {
    let mut redaction = None;
    for node in nodes {
        if let Some(Change::Redact(how)) = &node.end {
            redaction = Some(how);
        }
    }
    if let Some(how) = redaction {
        return how.write(json, out);
    }
    let is_plain = nodes.iter().all(|node| node.below.is_empty());
    let walked = if is_plain {
        None
    } else {
        each(json, nodes, out, &mut |value, below, out| {
            let is_dropped = |node: &&Node| matches!(node.end, Some(Change::Drop));
            if below.iter().any(is_dropped) {
                return false;
            }
            changed(value, below, out);
            true
        })
        .map(drop)
    };
    if walked.is_none() {
        out.extend_from_slice(json.as_bytes());
    }
}

/// What is done with one member or element; whether it was written.
type Write<'w> = dyn FnMut(&str, &[&Node], &mut Vec<u8>) -> bool + 'w;

/// Writes the members or elements of `json` that `write` writes; whether there was one. `None`, and
/// nothing written, where it has none by its kind.
fn each(json: &str, nodes: &[&Node], out: &mut Vec<u8>, write: &mut Write<'_>) -> Option<bool> {
    let json = json.trim_start();
    let mut any = false;
    let mut value = |name: &str, key: Option<&str>, value: &str, out: &mut Vec<u8>| {
        let before = out.len();
        if any {
            out.push(b',');
        }
        if let Some(key) = key {
            write_text(out, key);
            out.push(b':');
        }
        if write(value, &below(nodes, name), out) {
            any = true;
        } else {
            out.truncate(before);
        }
    };
    if json.starts_with('{') {
        let members = entries(json)?;
        out.push(b'{');
        for (name, raw) in members {
            value(&name, Some(&name), raw, out);
        }
        out.push(b'}');
    } else if json.starts_with('[') {
        let items = elements(json)?;
        out.push(b'[');
        for (at, raw) in items.into_iter().enumerate() {
            value(&at.to_string(), None, raw, out);
        }
        out.push(b']');
    } else {
        return None;
    }
    Some(any)
}

/// Whether `text` is a path: with a slash before each of its steps, of which it has one at least.
pub fn is_path(text: &str) -> bool {
    text.starts_with('/') && text.len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize::shape::With;

    fn edit(keep: &[&str], drop: &[&str], redact: &[(&str, With)]) -> Edit {
        let own = |list: &[&str]| list.iter().map(|path| (*path).to_owned()).collect();
        Edit::new(EditOptions {
            keep: own(keep),
            drop: own(drop),
            redact: redact
                .iter()
                .map(|(path, with)| ((*path).to_owned(), Redaction::new(*with, b"key")))
                .collect(),
            map: None,
        })
    }

    fn done(edit: &Edit, json: &str) -> String {
        let bytes = edit.paths(json.as_bytes()).expect("numbers that are read");
        String::from_utf8(bytes.expect("edits")).expect("text")
    }

    #[test]
    fn what_stays_stays_as_it_was_written() {
        let json = r#"{"a": {"n": 1.50, "t": "x\u00e9\/", "z": null}, "b": [ {"k":1e2,"l":2} , {"l":3} ], "c": 12345678901234567890}"#;
        let keep = edit(&["/a/n", "/a/t", "/b/*/k", "/c"], &[], &[]);
        assert_eq!(
            done(&keep, json),
            r#"{"a":{"n":1.50,"t":"x\u00e9\/"},"b":[{"k":1e2}],"c":12345678901234567890}"#
        );
        let drop = edit(&[], &["/a/z", "/b/*/l", "/nothing"], &[]);
        assert_eq!(
            done(&drop, json),
            r#"{"a":{"n":1.50,"t":"x\u00e9\/"},"b":[{"k":1e2},{}],"c":12345678901234567890}"#
        );
        assert_eq!(done(&edit(&["/nothing/x"], &[], &[]), json), "{}");
        assert_eq!(done(&edit(&["/x"], &[], &[]), "[1,2]"), "[]");
        assert_eq!(done(&edit(&["/1"], &[], &[]), "[1,2,3]"), "[2]");
    }

    #[test]
    fn what_cannot_be_walked_is_not_cut() {
        let keep = edit(&["/a/b", "/c"], &[], &[]);
        assert!(keep.paths(br#"{"c":1,"a":1e400}"#).is_err());
        assert_eq!(done(&keep, r#"{"c":1e400,"x":1e400}"#), r#"{"c":1e400}"#);
    }

    #[test]
    fn a_name_that_is_given_twice_is_dropped_and_redacted_twice() {
        let json = r#"{"s":"one","s":"two","k":1}"#;
        assert_eq!(done(&edit(&[], &["/s"], &[]), json), r#"{"k":1}"#);
        assert_eq!(
            done(&edit(&[], &[], &[("/s", With::Mask)]), json),
            r#"{"s":"***","s":"***","k":1}"#
        );
        // By an escape, too.
        let escaped = r#"{"\u0073":"one","k":1}"#;
        assert_eq!(done(&edit(&[], &["/s"], &[]), escaped), r#"{"k":1}"#);
    }

    #[test]
    fn redactions_have_their_forms() {
        let json = r#"{"card":"4242424242424242","pin":"1234","o":{"x":[1]},"n":12345678}"#;
        let all = edit(
            &[],
            &[],
            &[
                ("/card", With::Last4),
                ("/pin", With::Last4),
                ("/o", With::Mask),
                ("/n", With::Hash),
            ],
        );
        let out = done(&all, json);
        assert!(
            out.starts_with(r#"{"card":"***4242","pin":"***","o":"***","n":"hmac-sha256:"#),
            "{out}"
        );
        assert_eq!(done(&all, json), out);
    }
}
