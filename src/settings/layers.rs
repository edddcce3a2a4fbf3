//! The file and the environment, one laid over the other.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;

use config::{Config, ConfigError, File, FileFormat, Map, Source};
use serde_json::Value;

use super::faults::{Fault, Faults, Place, Places, whole};
use super::locate::locate;

const PREFIX: &str = "HOOKFERRY";
const SEPARATOR: &str = "__";

/// Environment variables: those that lay values over the file's, and those that hold secrets.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, OsString>);

impl fmt::Debug for Environment {
    // The values can be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Environment").finish_non_exhaustive()
    }
}

impl Environment {
    /// The variables of this process.
    pub fn of_process() -> Self {
        let named = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value));
        Self(std::env::vars_os().filter_map(named).collect())
    }

    /// A variable that is a text and not empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text = self.get(name)?.to_str()?;
        (!text.trim().is_empty()).then(|| text.trim().to_owned())
    }

    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(name).map(OsString::as_os_str)
    }
}

impl<N: Into<String>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let own = |(name, value): (N, V)| (name.into(), value.into());
        Self(variables.into_iter().map(own).collect())
    }
}

/// The merged tree, and where each of its keys was typed.
pub(super) fn merged(
    file: Option<&Path>,
    environment: &Environment,
) -> Result<(Value, Places), Faults> {
    let (text, mut places) = match file {
        Some(file) => read(file)?,
        None => (String::new(), Places::default()),
    };
    let mut builder = Config::builder().add_source(File::from_str(&text, FileFormat::Yaml));
    let mut faults = Vec::new();
    for variable in variables(environment) {
        match variable {
            // In the order of their names, so that `..__SINKS` comes before what lies below it.
            Ok(variable) => {
                variable.locate(&mut places);
                builder = builder.add_source(variable);
            }
            Err(fault) => faults.push(fault),
        }
    }
    let name = places.file.clone();
    match built(builder) {
        Ok(tree) if faults.is_empty() => return Ok((tree, places)),
        Ok(_) => {}
        Err(said) => faults.push(unreadable(name.as_deref(), &said)),
    }
    Err(Faults::new(faults))
}

/// One YAML file alone.
pub(super) fn file_tree(file: &Path) -> Result<(Value, Places), Faults> {
    let (text, places) = read(file)?;
    let tree = tree(&text);
    let name = places.file.clone();
    let tree = tree.map_err(|said| Faults::one(unreadable(name.as_deref(), &said)))?;
    Ok((tree, places))
}

/// A YAML text as a tree.
pub(super) fn tree(text: &str) -> Result<Value, String> {
    built(Config::builder().add_source(File::from_str(text, FileFormat::Yaml)))
}

fn built(builder: config::ConfigBuilder<config::builder::DefaultState>) -> Result<Value, String> {
    let config = builder.build().map_err(quiet)?;
    config.try_deserialize().map_err(quiet)
}

/// An error without what it quotes: that may be the whole of a file which was named here by mistake, and
/// holds a secret.
fn quiet(error: ConfigError) -> String {
    let said = error.to_string();
    match said.strip_prefix("invalid type: ") {
        Some(_) => "it is no mapping of keys".to_owned(),
        None => said,
    }
}

fn unreadable(file: Option<&str>, said: &str) -> Fault {
    let place = file.map_or(Place::Nowhere, whole);
    Fault::new(place, "", said, "write one YAML mapping of keys")
}

/// A file's text and where its keys are; its syntax has been checked.
fn read(file: &Path) -> Result<(String, Places), Faults> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| {
        Faults::one(Fault::new(
            whole(&name),
            "",
            format!("it cannot be read: {error}"),
            "name a readable file with -c",
        ))
    })?;
    let located = locate(&text);
    let place = |(line, column)| Place::File {
        file: name.clone(),
        line,
        column,
    };
    if !located.faults.is_empty() {
        let faults = located.faults.into_iter();
        let faults =
            faults.map(|(spot, key, said, remedy)| Fault::new(place(spot), key, said, remedy));
        return Err(Faults::new(faults.collect()));
    }
    let known = located.spots.into_iter();
    let known = known.map(|(path, spot)| (path, place(spot))).collect();
    let places = Places {
        file: Some(name.clone()),
        known,
    };
    Ok((text, places))
}

fn variables(environment: &Environment) -> impl Iterator<Item = Result<Variable, Fault>> {
    let prefix = format!("{PREFIX}{SEPARATOR}");
    let ours = move |name: &str| {
        name.get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(&prefix))
    };
    let ours = environment.0.iter().filter(move |(name, _)| ours(name));
    ours.map(|(name, value)| match value.to_str() {
        Some(value) => Ok(Variable {
            name: name.clone(),
            value: value.to_owned(),
        }),
        None => Err(Fault::new(
            Place::Variable(name.clone()),
            "",
            "its value is not UTF-8",
            "give it a value in UTF-8",
        )),
    })
}

/// One environment variable. A value that is JSON counts as such, so that numbers, lists and
/// mappings can be given; any other is a text.
#[derive(Debug, Clone)]
struct Variable {
    name: String,
    value: String,
}

impl Source for Variable {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, config::Value>, ConfigError> {
        let only = Map::from_iter([(self.name.clone(), self.value.clone())]);
        let mut values = config::Environment::with_prefix(PREFIX)
            .separator(SEPARATOR)
            .source(Some(only))
            .collect()?;
        if let Ok(json) = serde_json::from_str::<config::Value>(&self.value) {
            for value in values.values_mut() {
                value.kind = json.kind.clone();
            }
        }
        Ok(values)
    }
}

impl Variable {
    /// Takes over the places of what the variable sets.
    fn locate(&self, places: &mut Places) {
        let key = self.name.get(PREFIX.len() + SEPARATOR.len()..);
        let key = key
            .unwrap_or_default()
            .to_lowercase()
            .replace(SEPARATOR, ".");
        let mut around = key.as_str();
        while let Some((outer, _)) = around.rsplit_once('.') {
            let place = || Place::Variable(self.name.clone());
            places.known.entry(outer.to_owned()).or_insert_with(place);
            around = outer;
        }
        let json = serde_json::from_str(&self.value).unwrap_or(Value::Null);
        self.locate_below(&key, &json, places);
    }

    fn locate_below(&self, key: &str, value: &Value, places: &mut Places) {
        let place = Place::Variable(self.name.clone());
        if let Value::Object(members) = value {
            places.known.entry(key.to_owned()).or_insert(place);
            for (name, value) in members {
                self.locate_below(&format!("{key}.{name}"), value, places);
            }
            return;
        }
        // All else replaces what the file had there.
        let below = |path: &String| {
            let rest = path.strip_prefix(key);
            rest.is_some_and(|rest| rest.starts_with(['.', '[']))
        };
        places.known.retain(|path, _| !below(path));
        places.known.insert(key.to_owned(), place);
    }
}
