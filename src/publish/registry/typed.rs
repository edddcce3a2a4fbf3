//! The schema of a topic's data, and data as it says.

use std::fmt;

use prost_reflect::MessageDescriptor;
use serde_json::Value;

use super::Format;
use super::client::{Kind, Registered};
use super::{avro, protobuf};

/// Violations of a JSON Schema that are told of one event.
const VIOLATIONS_MAX: usize = 20;

/// A registered schema, ready to be used.
pub(super) struct Typed {
    id: u32,
    schema: Schema,
}

enum Schema {
    Avro(Box<avro::Schema>),
    Protobuf(MessageDescriptor),
    Json(Box<jsonschema::Validator>),
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = &self.id;
        f.debug_struct("Typed")
            .field("id", id)
            .finish_non_exhaustive()
    }
}

impl Typed {
    /// # Errors
    /// Why the schema cannot be used.
    pub(super) fn new(format: Format, registered: Registered) -> Result<Self, String> {
        let wanted = match format {
            Format::Avro => Kind::Avro,
            Format::Protobuf => Kind::Protobuf,
            Format::JsonSchema => Kind::Json,
        };
        let kind = registered.kind.as_deref().unwrap_or(Kind::Avro.name());
        if kind != wanted.name() {
            return Err(format!(
                "its type is not {}, as the sink's format says",
                wanted.name()
            ));
        }
        if registered.references.is_some_and(|all| !all.is_empty()) {
            return Err("it refers to other schemas, which are not looked up".to_owned());
        }
        let schema = match wanted {
            Kind::Avro => Schema::Avro(Box::new(avro::Schema::parse(&registered.schema)?)),
            Kind::Protobuf => Schema::Protobuf(protobuf::first_message(registered.schema)?),
            Kind::Json => {
                let schema: Value = serde_json::from_str(&registered.schema)
                    .map_err(|_| "it is no JSON".to_owned())?;
                let validator = jsonschema::options()
                    .should_validate_formats(true)
                    // A pattern that goes back and forth without end is none: RE2's language only.
                    .with_pattern_options(jsonschema::PatternOptions::regex())
                    .build(&schema);
                Schema::Json(Box::new(validator.map_err(|error| error.to_string())?))
            }
        };
        Ok(Self {
            id: registered.id,
            schema,
        })
    }

    pub(super) const fn id(&self) -> u32 {
        self.id
    }

    /// `data` as the schema says; JSON Schema leaves it untouched.
    ///
    /// # Errors
    /// Where it does not fit. It quotes no value.
    pub(super) fn write(&self, data: &[u8]) -> Result<Vec<u8>, String> {
        let json = || serde_json::from_slice::<Value>(data).map_err(|_| "it is no JSON".to_owned());
        match &self.schema {
            Schema::Avro(schema) => schema.write(&json()?),
            Schema::Protobuf(message) => protobuf::write(message, data),
            Schema::Json(validator) => {
                let json = json()?;
                if validator.is_valid(&json) {
                    return Ok(data.to_vec());
                }
                let errors = validator.iter_errors(&json).take(VIOLATIONS_MAX);
                let violations: Vec<_> = errors
                    .map(|error| {
                        let (at, kind) = (error.instance_path(), error.kind());
                        format!("at {:?}: {}", at.as_str(), kind.keyword())
                    })
                    .collect();
                Err(violations.join("; "))
            }
        }
    }
}
