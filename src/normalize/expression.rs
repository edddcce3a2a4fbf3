//! CEL expressions over an event (<https://github.com/google/cel-spec>): what a filter, a route or a
//! projection asks. Checked when the configuration is read, bounded when an event is judged.
//!
//! | name | what it is |
//! |---|---|
//! | `event` | the envelope's attributes by name: `event.type`, `event.subject`; and `event.event`, the provider's own type |
//! | `data` | the data, of JSON or a form |
//! | `headers` | the request's headers by lower-case name, without credentials |
//! | `query` | the request's query parameters by name |
//! | `source` | the source's name in the configuration |
//!
//! Only what an expression names is read of the data: reading 8 KB whole costs fifty times as much.

mod bounds;
mod check;
mod reads;
mod values;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use cel::objects::{Key, Map};
use cel::{Context, Env, ExecutionError, Program, Value};
use regex::Regex;

use super::Event;
use crate::peek::Pointers;
use bounds::Cost;
use check::Kind;
use reads::Reads;

/// What a text may have at most, in bytes.
const TEXT_BYTES_MAX: usize = 4096;

/// The standard functions and macros. The same for all, and never changed.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// What an expression is for, which says what it must come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// True or false.
    Condition,
    /// Any JSON.
    Data,
}

/// A checked expression.
pub struct Expression {
    text: Box<str>,
    program: Program,
    reads: Reads,
    cost: Cost,
    /// The patterns of `matches`, which stand in the text.
    patterns: Option<Arc<HashMap<String, Regex>>>,
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

/// Why an expression said nothing about an event. Its text quotes the expression's names and never
/// the event's values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undecided {
    #[error("there is no {0}")]
    Absent(String),
    #[error("the data is neither JSON nor a form")]
    NotData,
    #[error("a key that it names is given twice")]
    RepeatedKey,
    #[error("it would cost too much on this event")]
    TooCostly,
    #[error("it comes to {0}, not to true or false")]
    NotABool(String),
    #[error("{0}")]
    Mismatch(String),
}

impl Expression {
    /// Compiles and checks `text`.
    ///
    /// # Errors
    /// What is wrong with it, in a line.
    pub fn parse(text: &str, purpose: Purpose) -> Result<Self, String> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(format!("it is longer than {TEXT_BYTES_MAX} bytes"));
        }
        let program = ENV.compile(text).map_err(|errors| first_line(&errors))?;
        let root = program.expression();
        let cost = Cost::of(root)?;
        let (kind, patterns) = check::check(root)?;
        if purpose == Purpose::Condition && !matches!(kind, Kind::Bool | Kind::Any) {
            return Err(format!("it comes to {}, not to true or false", kind.word()));
        }
        Ok(Self {
            text: text.into(),
            reads: Reads::of(root),
            cost,
            patterns: (!patterns.is_empty()).then(|| Arc::new(patterns)),
            program,
        })
    }

    /// The text it was written as.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it asks of the data; `None` where that is nothing, or all of it.
    pub(super) fn pointers(&self) -> Option<&Pointers> {
        (!self.reads.whole && !self.reads.pointers.is_empty()).then_some(&self.reads.pointers)
    }

    /// Whether it is true of `event`.
    ///
    /// # Errors
    /// It says neither: something that it names is absent or of another type.
    pub fn holds(&self, event: &Event) -> Result<bool, Undecided> {
        let value = self.value(event)?;
        if let Value::Bool(holds) = value {
            return Ok(holds);
        }
        Err(Undecided::NotABool(value.type_of().to_string()))
    }

    /// The JSON that it comes to.
    ///
    /// # Errors
    /// As [`Expression::holds`].
    pub fn json(&self, event: &Event) -> Result<serde_json::Value, Undecided> {
        let value = self.value(event)?;
        let json = value.json();
        json.map_err(|_| Undecided::Mismatch("it comes to what JSON cannot say".to_owned()))
    }

    fn value(&self, event: &Event) -> Result<Value, Undecided> {
        let read = values::read(&self.reads, event)?;
        self.cost.admit(&read)?;
        let mut context = Context::with_env(Arc::clone(&ENV));
        for (name, value) in read.roots {
            context.add_variable_from_value(name, value);
        }
        if let Some(patterns) = &self.patterns {
            let patterns = Arc::clone(patterns);
            let matches = move |cel::extractors::This(this): cel::extractors::This<Arc<String>>,
                                pattern: Arc<String>| {
                let pattern = patterns.get(pattern.as_str());
                pattern.is_some_and(|pattern| pattern.is_match(&this))
            };
            // Nothing else declares it.
            let _ = context.add_function("matches", matches);
        }
        self.program.execute(&context).map_err(undecided)
    }
}

/// A map with texts as keys.
fn map(entries: HashMap<Key, Value>) -> Value {
    Value::Map(Map {
        map: Arc::new(entries),
    })
}

/// The parser's first complaint, as `column 10: mismatched input '<EOF>'`.
fn first_line(error: &impl fmt::Display) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    let line = line.trim_start_matches("ERROR: ");
    let line = line.split(" expecting ").next().unwrap_or_default();
    let complaint = line.strip_prefix("<input>:").and_then(|rest| {
        let (place, said) = rest.split_once(": ")?;
        let (_, column) = place.split_once(':')?;
        let said = said.trim_start_matches("Syntax error: ");
        Some(format!("column {column}: {said}"))
    });
    complaint.unwrap_or_else(|| line.to_owned())
}

/// Without the values, which are the event's.
fn undecided(error: ExecutionError) -> Undecided {
    let mismatch = |said: String| Undecided::Mismatch(said);
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library's errors are not ours to list, and many quote values"
    )]
    match error {
        ExecutionError::NoSuchKey(key) => Undecided::Absent(key.to_string()),
        ExecutionError::NoSuchOverload(error) => mismatch(error.to_string()),
        ExecutionError::IndexOutOfBounds(_) => mismatch("an index is out of bounds".to_owned()),
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => {
            mismatch("it divides by zero".to_owned())
        }
        ExecutionError::Overflow(..) => mismatch("a number is too large".to_owned()),
        ExecutionError::UnexpectedType { want, .. } => {
            mismatch(format!("a value is not of the type {want}"))
        }
        ExecutionError::FunctionError { function, .. } => {
            mismatch(format!("{function} cannot read its argument"))
        }
        _ => mismatch("its values are of types that do not go together".to_owned()),
    }
}

#[cfg(test)]
mod tests;
