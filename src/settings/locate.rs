//! Where in a YAML text each key stands.

use std::collections::BTreeMap;

use yaml_rust2::Event;
use yaml_rust2::parser::{MarkedEventReceiver, Parser};
use yaml_rust2::scanner::Marker;

/// Line and column, both from 1.
pub(super) type Spot = (usize, usize);

/// What a text holds, or why it is not YAML.
pub(super) struct Located {
    /// By path, as in `sources.github.secrets[0]`.
    pub(super) spots: BTreeMap<String, Spot>,
    /// What YAML or the configuration forbids: where, the path, what is wrong, the remedy.
    pub(super) faults: Vec<(Spot, String, String, &'static str)>,
}

pub(super) fn locate(text: &str) -> Located {
    let mut reader = Reader::default();
    if let Err(error) = Parser::new_from_str(text).load(&mut reader, true) {
        reader.faults.push((
            spot(*error.marker()),
            String::new(),
            format!("it is not YAML: {}", error.info()),
            "correct the syntax; what was meant may stand in the lines before",
        ));
    }
    Located {
        spots: reader.spots,
        faults: reader.faults,
    }
}

#[derive(Default)]
struct Reader {
    stack: Vec<Frame>,
    documents: usize,
    spots: BTreeMap<String, Spot>,
    faults: Vec<(Spot, String, String, &'static str)>,
}

/// A mapping or list that has begun and not ended.
enum Frame {
    Mapping {
        path: String,
        key: Option<String>,
    },
    List {
        path: String,
        next: usize,
    },
    /// A mapping or list that is itself a key.
    Key,
}

impl MarkedEventReceiver for Reader {
    fn on_event(&mut self, event: Event, marker: Marker) {
        match event {
            Event::DocumentStart => {
                self.documents += 1;
                if self.documents == 2 {
                    self.faults.push((
                        spot(marker),
                        String::new(),
                        "a second document begins here".to_owned(),
                        "keep one document in the file",
                    ));
                }
            }
            Event::Scalar(text, ..) => {
                if !self.key(&text, marker) {
                    self.value(marker);
                }
            }
            Event::Alias(_) => {
                self.value(marker);
            }
            Event::MappingStart(..) => {
                let path = self.value(marker);
                self.stack.push(match path {
                    Some(path) => Frame::Mapping { path, key: None },
                    None => Frame::Key,
                });
            }
            Event::SequenceStart(..) => {
                let path = self.value(marker);
                self.stack.push(match path {
                    Some(path) => Frame::List { path, next: 0 },
                    None => Frame::Key,
                });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                if let Some(Frame::Key) = self.stack.pop() {
                    self.key("?", marker);
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }
}

impl Reader {
    /// Takes a text as a mapping's next key, if one is due.
    fn key(&mut self, text: &str, marker: Marker) -> bool {
        let Some(Frame::Mapping { path, key }) = self.stack.last_mut() else {
            return false;
        };
        if key.is_some() {
            return false;
        }
        let full = match path.as_str() {
            "" => text.to_owned(),
            path => format!("{path}.{text}"),
        };
        *key = Some(full.clone());
        // A mapping that is a list's item begins, for YAML, behind its first key; for people, at it.
        if let Some(item) = self
            .spots
            .get_mut(path.as_str())
            .filter(|_| path.ends_with(']'))
        {
            *item = spot(marker).min(*item);
        }
        if let Some((line, _)) = self.spots.insert(full.clone(), spot(marker)) {
            self.faults.push((
                spot(marker),
                full,
                format!("the key is given twice, first in line {line}"),
                "keep one of them",
            ));
        }
        true
    }

    /// The path of the value that begins; `None` where it is a key.
    fn value(&mut self, marker: Marker) -> Option<String> {
        match self.stack.last_mut() {
            None => Some(String::new()),
            Some(Frame::Mapping { key, .. }) => key.take(),
            Some(Frame::List { path, next }) => {
                let path = format!("{path}[{next}]");
                *next += 1;
                self.spots.insert(path.clone(), spot(marker));
                Some(path)
            }
            Some(Frame::Key) => None,
        }
    }
}

fn spot(marker: Marker) -> Spot {
    (marker.line(), marker.col() + 1)
}

#[cfg(test)]
mod tests {
    use super::locate;

    #[test]
    fn keys_and_items_are_found_in_every_style() {
        let text = "\
a: 1
b:
  c: { d: [x, {e: f}] }
  g:
    - h: 1
      i: 2
    - plain
? [complex]
: j
k: 5
";
        let located = locate(text);
        assert!(located.faults.is_empty());
        let at = |path: &str| located.spots.get(path).copied();
        assert_eq!(at("a"), Some((1, 1)));
        assert_eq!(at("b.c"), Some((3, 3)));
        assert_eq!(at("b.c.d[0]"), Some((3, 12)));
        assert_eq!(at("b.c.d[1].e"), Some((3, 16)));
        assert_eq!(at("b.g[0]"), Some((5, 7)));
        assert_eq!(at("b.g[0].i"), Some((6, 7)));
        assert_eq!(at("b.g[1]"), Some((7, 7)));
        assert_eq!(at("k"), Some((10, 1)));
    }
}
