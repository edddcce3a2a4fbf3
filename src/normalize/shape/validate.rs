//! Whether an event's data is what its consumers rely on: JSON Schema, draft 2020-12
//! (<https://json-schema.org/draft/2020-12>).

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::filter::fits_any;
use crate::glob::Glob;
use crate::normalize::{Event, Oddity};
use crate::peek::{Pointers, segments};

/// Violations that are told of one event.
const VIOLATIONS_MAX: usize = 20;

/// What becomes of an event that violates a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnViolation {
    /// It goes to the dead letters, with the violations.
    #[default]
    DeadLetter,
    /// The provider is answered 422 with them, and nothing of the delivery is published.
    Reject,
    /// It is published with them in its attribute `schemaviolations`.
    Tag,
}

/// One way in which data differs from its schema. It quotes no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// JSON Pointer into the data.
    pub at: String,
    /// The schema's keyword that is violated, as in `required`.
    pub keyword: String,
}

/// A schema for some event types.
pub struct Schema {
    /// Event types that it is for; all where there are none.
    types: Vec<Glob>,
    validator: jsonschema::Validator,
    on_violation: OnViolation,
    /// All that it looks at, where that is known: reading no more of the data costs a third.
    fields: Option<Pointers>,
}

impl fmt::Debug for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schema")
            .field("types", &self.types)
            .field("on_violation", &self.on_violation)
            .finish_non_exhaustive()
    }
}

impl Schema {
    /// # Errors
    /// What is wrong with `schema`.
    pub fn new(
        types: Vec<Glob>,
        schema: &Value,
        on_violation: OnViolation,
    ) -> Result<Self, String> {
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            // A pattern that goes back and forth without end is none: RE2's language only.
            .with_pattern_options(jsonschema::PatternOptions::regex())
            .build(schema)
            .map_err(|error| format!("{} (at {})", error, error.instance_path()))?;
        Ok(Self {
            types,
            validator,
            on_violation,
            fields: None,
        })
    }

    /// One that has `fields` of their types: names or JSON Pointers, and words as in [`required`].
    ///
    /// # Errors
    /// A type that there is not.
    pub fn of_fields(
        types: Vec<Glob>,
        fields: &[(String, String)],
        on_violation: OnViolation,
    ) -> Result<Self, String> {
        let schema = Self::new(types, &required(fields)?, on_violation)?;
        let pointers: Vec<_> = fields.iter().map(|(field, _)| pointer(field)).collect();
        // A number may be an array's index, which no field is.
        let is_index = |segment: String| segment.bytes().all(|byte| byte.is_ascii_digit());
        let mut all = pointers.iter().flat_map(|pointer| segments(pointer));
        let is_known = !fields.is_empty() && !all.any(is_index);
        Ok(Self {
            fields: is_known.then(|| Pointers::new(pointers.iter().map(String::as_str))),
            ..schema
        })
    }

    /// What it asks of the data; `None` where that is not known beforehand.
    pub(super) fn pointers(&self) -> Option<&Pointers> {
        self.fields.as_ref()
    }

    /// Whether the fields are there and of their types. What it says no to may yet be valid.
    fn has_fields(&self, event: &Event) -> bool {
        let Some(fields) = &self.fields else {
            return false;
        };
        let Ok(peeked) = event.peek(fields) else {
            return false;
        };
        let mut part = Value::Object(Map::new());
        for (pointer, raw) in peeked.all() {
            let Some(value) = raw.and_then(|raw| serde_json::from_str(raw).ok()) else {
                return false;
            };
            put(&mut part, pointer, value);
        }
        self.validator.is_valid(&part)
    }

    fn is_for(&self, event: &Event) -> bool {
        self.types.is_empty() || fits_any(&self.types, event)
    }

    fn violations(&self, event: &Event) -> Vec<Violation> {
        if event.is_json() && self.has_fields(event) {
            return Vec::new();
        }
        let value: Option<Value> = event
            .is_json()
            .then(|| serde_json::from_slice(event.data()).ok())
            .flatten();
        let Some(value) = value else {
            return vec![Violation {
                at: String::new(),
                keyword: "json".to_owned(),
            }];
        };
        if self.validator.is_valid(&value) {
            return Vec::new();
        }
        let errors = self.validator.iter_errors(&value).take(VIOLATIONS_MAX);
        errors
            .map(|error| Violation {
                at: error.instance_path().as_str().to_owned(),
                keyword: error.kind().keyword().to_owned(),
            })
            .collect()
    }
}

/// Holds `schema` against `event`.
///
/// # Errors
/// The violations, where they are to be rejected.
pub(super) fn judge(schema: &Schema, event: &mut Event) -> Result<(), Vec<Violation>> {
    if event.oddity.is_some() || !schema.is_for(event) {
        return Ok(());
    }
    let violations = schema.violations(event);
    if violations.is_empty() {
        return Ok(());
    }
    let text = json!(violations).to_string();
    match schema.on_violation {
        OnViolation::Reject => return Err(violations),
        OnViolation::DeadLetter => event.be_odd(Oddity::SchemaViolation, text),
        OnViolation::Tag => event.extend("schemaviolations", text),
    }
    Ok(())
}

/// Puts `value` where `pointer` is, in objects.
fn put(root: &mut Value, pointer: &str, value: Value) {
    let mut place = root;
    for segment in segments(pointer) {
        // A shorter pointer may have found something else there: the schema will not have it.
        let Some(object) = place.as_object_mut() else {
            return;
        };
        let below = object.entry(segment);
        place = below.or_insert_with(|| Value::Object(Map::new()));
    }
    *place = value;
}

/// A field's JSON Pointer.
fn pointer(field: &str) -> String {
    if field.starts_with('/') {
        return field.to_owned();
    }
    format!("/{}", field.replace('~', "~0").replace('/', "~1"))
}

/// Compiles `require: { FIELD: TYPE }` to a schema. A field is a name or a JSON Pointer.
///
/// # Errors
/// A type that there is not.
pub fn required(fields: &[(String, String)]) -> Result<Value, String> {
    let mut root = json!({ "type": "object" });
    for (field, kind) in fields {
        let kind = simple(kind)?;
        let segments: Vec<_> = segments(&pointer(field)).collect();
        insert(&mut root, &segments, kind);
    }
    Ok(root)
}

fn insert(schema: &mut Value, segments: &[String], kind: Value) {
    let Some((first, rest)) = segments.split_first() else {
        return;
    };
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    object.insert("type".to_owned(), json!("object"));
    let required = object.entry("required").or_insert_with(|| json!([]));
    if let Some(names) = required.as_array_mut()
        && !names.iter().any(|name| name == first)
    {
        names.push(json!(first));
    }
    let properties = object.entry("properties").or_insert_with(|| json!({}));
    let Some(properties) = properties.as_object_mut() else {
        return;
    };
    if rest.is_empty() {
        properties.insert(first.clone(), kind);
    } else {
        let below = properties.entry(first.clone()).or_insert_with(|| json!({}));
        insert(below, rest, kind);
    }
}

/// The words that a type may be: those of JSON Schema, and its formats.
const TYPES: [&str; 7] = [
    "string", "number", "integer", "boolean", "object", "array", "null",
];
const FORMATS: [&str; 11] = [
    "date-time",
    "date",
    "time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uuid",
    "regex",
];

fn simple(kind: &str) -> Result<Value, String> {
    if kind == "any" {
        return Ok(json!({}));
    }
    if TYPES.contains(&kind) {
        return Ok(json!({ "type": kind }));
    }
    if FORMATS.contains(&kind) {
        return Ok(json!({ "type": "string", "format": kind }));
    }
    Err(format!(
        "there is no type {kind}; there are any, {}, {}",
        TYPES.join(", "),
        FORMATS.join(", ")
    ))
}
