//! What is wrong with a configuration, where, and what to do about it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

/// Where a value was typed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A file as it was named; line and column count from 1, and are 0 where the whole file is meant.
    File {
        file: String,
        line: usize,
        column: usize,
    },
    /// An environment variable.
    Variable(String),
    /// Nothing was typed anywhere.
    Nowhere,
}

/// One thing that is wrong, or worth a warning.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    place: Place,
    key: String,
    said: String,
    remedy: String,
}

impl Fault {
    pub(super) fn new(
        place: Place,
        key: impl Into<String>,
        said: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            place,
            key: key.into(),
            said: said.into(),
            remedy: remedy.into(),
        }
    }

    /// The same, told of one tenant.
    pub(super) fn of_tenant(&self, tenant: &str) -> Self {
        Self {
            said: format!("tenant {tenant} cannot be read: {}", self.said),
            ..self.clone()
        }
    }

    /// The path of the key, as in `sources.github.secrets[0]`; empty for a whole file.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is wrong. It never holds a secret.
    pub fn said(&self) -> &str {
        &self.said
    }

    /// What to do about it.
    pub fn remedy(&self) -> &str {
        &self.remedy
    }

    /// Where it was typed, as in `config.yaml:3:5`; the variable's name, or `configuration`.
    pub fn place(&self) -> String {
        self.place.to_string()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line: 0, .. } => f.write_str(file),
            Self::File { file, line, column } => write!(f, "{file}:{line}:{column}"),
            Self::Variable(name) => f.write_str(name),
            Self::Nowhere => f.write_str("configuration"),
        }
    }
}

/// Two lines: place, key and what is wrong; then the remedy.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}\n  remedy: {}", self.said, self.remedy)
    }
}

/// Everything that is wrong with a configuration: at least one fault, sorted by place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    faults: Vec<Fault>,
    files: Vec<PathBuf>,
}

impl Faults {
    pub(super) fn new(mut faults: Vec<Fault>) -> Self {
        faults.sort();
        faults.dedup();
        let files = Vec::new();
        Self { faults, files }
    }

    pub(super) fn one(fault: Fault) -> Self {
        Self::new(vec![fault])
    }

    /// The same, found after `files` had been read.
    pub(super) fn among(self, files: Vec<PathBuf>) -> Self {
        Self { files, ..self }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter()
    }

    /// What was read on the way, as far as that went: a change there may be the remedy.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.faults {
            writeln!(f, "{fault}")?;
        }
        match self.faults.len() {
            1 => f.write_str("1 fault"),
            count => write!(f, "{count} faults"),
        }
    }
}

impl std::error::Error for Faults {}

/// Where every key was typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    /// The file as a whole, for keys that are missing altogether.
    pub(super) file: Option<String>,
    pub(super) known: BTreeMap<String, Place>,
}

impl Places {
    /// The place of `key`, or of the nearest key around it.
    pub(super) fn find(&self, key: &str) -> Place {
        let mut key = key;
        while !key.is_empty() {
            if let Some(place) = self.known.get(key) {
                return place.clone();
            }
            let end = key.rfind(['.', '[']).unwrap_or_default();
            key = key.get(..end).unwrap_or_default();
        }
        match &self.file {
            Some(file) => whole(file),
            None => Place::Nowhere,
        }
    }
}

pub(super) fn whole(file: &str) -> Place {
    Place::File {
        file: file.to_owned(),
        line: 0,
        column: 0,
    }
}

/// Takes note of faults and warnings while a configuration is being read.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) places: Places,
    faulty: BTreeSet<String>,
    pub(super) faults: Vec<Fault>,
    pub(super) warnings: Vec<Fault>,
    /// The files and folders that were read.
    pub(super) files: Vec<PathBuf>,
}

impl Notes {
    pub(super) fn new(places: Places) -> Self {
        Self {
            places,
            ..Self::default()
        }
    }

    pub(super) fn fault(&mut self, key: &str, said: impl Into<String>, remedy: impl Into<String>) {
        self.faulty.insert(key.to_owned());
        let place = self.places.find(key);
        self.faults.push(Fault::new(place, key, said, remedy));
    }

    pub(super) fn warn(&mut self, key: &str, said: impl Into<String>, remedy: impl Into<String>) {
        let place = self.places.find(key);
        self.warnings.push(Fault::new(place, key, said, remedy));
    }

    /// A fault for a key that is not there, unless it was there and is itself at fault.
    pub(super) fn missing(&mut self, key: &str, remedy: impl Into<String>) {
        if !self.is_faulty(key) {
            self.fault(key, "it is missing", remedy);
        }
    }

    pub(super) fn is_faulty(&self, key: &str) -> bool {
        self.faulty.contains(key)
    }

    pub(super) fn take(&mut self, other: Self) {
        self.faults.extend(other.faults);
        self.warnings.extend(other.warnings);
    }
}

/// `did you mean X? ` for the nearest of `known`, if one is near enough.
pub(crate) fn suggestion<'k>(given: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let near = (given.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (distance(given, name), name))
        .filter(|(distance, _)| *distance <= near)
        .min()
        .map(|(_, name)| format!("did you mean {name}? "))
        .unwrap_or_default()
}

/// Letters to insert, remove or replace, or neighbours to swap (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<_> = right.chars().collect();
    let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
    let mut before: (Vec<usize>, Option<char>) = (Vec::new(), None);
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, char) in left.chars().enumerate() {
        let mut current = vec![row + 1];
        let mut last = None;
        for (at, other) in right.iter().enumerate() {
            let replaced = cell(&above, at) + usize::from(char != *other);
            let mut least = replaced
                .min(cell(&above, at + 1) + 1)
                .min(cell(&current, at) + 1);
            if at > 0 && last == Some(char) && before.1 == Some(*other) {
                least = least.min(cell(&before.0, at - 1) + 1);
            }
            current.push(least);
            last = Some(*other);
        }
        before = (std::mem::replace(&mut above, current), Some(char));
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, suggestion};

    #[test]
    fn distances_count_insertions_removals_replacements_and_swaps() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("same", "same"), 0);
        assert_eq!(distance("kafak", "kafka"), 1);
        assert_eq!(distance("ca", "abc"), 3);
    }

    #[test]
    fn only_what_is_near_is_suggested() {
        let known = ["github", "gitlab", "stripe"];
        assert_eq!(suggestion("githb", known), "did you mean github? ");
        assert_eq!(suggestion("paypal", known), "");
    }
}
