//! Avro's binary encoding (<https://avro.apache.org/docs/1.12.0/specification/>): the whole event as the
//! CloudEvents format has it, and JSON data as a registered schema says. Only the schema is read by a
//! library; what is written follows it step by step, so that every difference has its place.

mod logical;

use std::collections::HashMap;

use apache_avro::schema::{RecordSchema, ResolvedSchema, UnionSchema};
use serde_json::Value;

use super::envelope::{Data, Envelope};

/// How deep data may go; a schema can ask for more than the data has, by its defaults.
const DEPTH_MAX: usize = 128;
/// Values that are looked at for one event: defaults and unions multiply.
const STEPS_MAX: usize = 5_000_000;

/// The place of `string` in the union of an attribute's types.
const STRING_ATTRIBUTE: i64 = 3;
/// The places of `bytes` and `null` in the union of the data's types.
const BYTES_DATA: i64 = 0;
const NO_DATA: i64 = 1;

/// The event as an `io.cloudevents.CloudEvent`; its data as bytes, so that none is changed.
pub(super) fn envelope(envelope: &Envelope<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    length(&mut out, envelope.attributes.len());
    for (name, value) in &envelope.attributes {
        bytes(&mut out, name.as_bytes());
        long(&mut out, STRING_ATTRIBUTE);
        bytes(&mut out, value.as_bytes());
    }
    if !envelope.attributes.is_empty() {
        long(&mut out, 0);
    }
    let data = match &envelope.data {
        Data::None => {
            long(&mut out, NO_DATA);
            return out;
        }
        Data::Text(text) => text.as_bytes(),
        Data::Bytes(bytes) => bytes,
    };
    long(&mut out, BYTES_DATA);
    bytes(&mut out, data);
    out
}

/// An `int` or `long`: zigzag, then seven bits a byte, the lowest first.
fn long(out: &mut Vec<u8>, number: i64) {
    let mut rest = (number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned();
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            out.push(low & 0x7f);
            return;
        }
        out.push(low | 0x80);
    }
}

fn length(out: &mut Vec<u8>, length: usize) {
    long(out, i64::try_from(length).unwrap_or(i64::MAX));
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    length(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// A registered schema.
pub(super) struct Schema {
    root: apache_avro::Schema,
    /// Its named types, by their full names.
    names: HashMap<String, apache_avro::Schema>,
}

impl Schema {
    /// # Errors
    /// What is wrong with `text`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let root = apache_avro::Schema::parse_str(text).map_err(|error| error.to_string())?;
        let resolved = ResolvedSchema::new(&root).map_err(|error| error.to_string())?;
        let names = resolved.get_names().iter();
        let names = names
            .map(|(name, schema)| (name.fullname(None), (*schema).clone()))
            .collect();
        Ok(Self { root, names })
    }

    /// `data` as the schema says. Members that it does not know are left out.
    ///
    /// # Errors
    /// Where `data` does not fit. It quotes no value.
    pub(super) fn write(&self, data: &Value) -> Result<Vec<u8>, String> {
        let mut writer = Writer {
            names: &self.names,
            out: Vec::new(),
            steps_left: STEPS_MAX,
        };
        match writer.value(&self.root, data, 0) {
            Ok(()) => Ok(writer.out),
            Err(misfit) => Err(format!("at {:?}: {}", misfit.at, misfit.said)),
        }
    }
}

/// How data differs from its schema.
#[derive(Debug)]
struct Misfit {
    /// JSON Pointer into the data.
    at: String,
    said: &'static str,
}

impl Misfit {
    const fn new(said: &'static str) -> Self {
        Self {
            at: String::new(),
            said,
        }
    }

    fn below(mut self, step: &str) -> Self {
        let step = step.replace('~', "~0").replace('/', "~1");
        self.at = format!("/{step}{}", self.at);
        self
    }
}

struct Writer<'s> {
    names: &'s HashMap<String, apache_avro::Schema>,
    out: Vec<u8>,
    steps_left: usize,
}

impl Writer<'_> {
    fn value(
        &mut self,
        schema: &apache_avro::Schema,
        value: &Value,
        depth: usize,
    ) -> Result<(), Misfit> {
        use apache_avro::Schema as Type;
        self.steps_left = self.steps_left.saturating_sub(1);
        if depth > DEPTH_MAX || self.steps_left == 0 {
            return Err(Misfit::new("the schema asks for too much"));
        }
        let out = &mut self.out;
        match schema {
            Type::Null if value.is_null() => {}
            Type::Null => return Err(Misfit::new("it is not null")),
            Type::Boolean => {
                let yes = value.as_bool().ok_or(Misfit::new("it is no boolean"))?;
                out.push(u8::from(yes));
            }
            Type::Int => long(out, int(value)?.into()),
            Type::Long => {
                let number = whole(value);
                let number = number.ok_or(Misfit::new("it is no whole number of 64 bits"))?;
                long(out, number);
            }
            Type::Float => out.extend_from_slice(&float(value)?.to_le_bytes()),
            Type::Double => out.extend_from_slice(&double(value)?.to_le_bytes()),
            Type::String => bytes(out, text(value)?.as_bytes()),
            Type::Bytes => bytes(out, &latin(value)?),
            Type::Fixed(fixed) => {
                let bytes = latin(value)?;
                if bytes.len() != fixed.size {
                    return Err(Misfit::new("it is of another length than the fixed type"));
                }
                out.extend_from_slice(&bytes);
            }
            Type::Enum(kind) => {
                let given = text(value)?;
                let place = kind.symbols.iter().position(|known| known == given);
                let place = place.ok_or(Misfit::new("it is no symbol of the enum"))?;
                length(out, place);
            }
            Type::Array(array) => self.array(&array.items, value, depth)?,
            Type::Map(map) => self.map(&map.types, value, depth)?,
            Type::Union(union) => self.union(union, value, depth)?,
            Type::Record(record) => self.record(record, value, depth)?,
            Type::Ref { name } => {
                let named = self.names.get(&name.fullname(None));
                let named = named.ok_or(Misfit::new("the schema names a type that it lacks"))?;
                self.value(named, value, depth + 1)?;
            }
            Type::Date
            | Type::TimeMillis
            | Type::TimeMicros
            | Type::TimestampMillis
            | Type::TimestampMicros
            | Type::TimestampNanos
            | Type::LocalTimestampMillis
            | Type::LocalTimestampMicros
            | Type::LocalTimestampNanos => long(out, logical::time(schema, value)?),
            Type::Uuid(kind) => logical::uuid(kind, text(value)?, out)?,
            Type::Decimal(_) | Type::BigDecimal | Type::Duration(_) => {
                return Err(Misfit::new("decimals and durations are not written"));
            }
        }
        Ok(())
    }

    fn array(
        &mut self,
        items: &apache_avro::Schema,
        value: &Value,
        depth: usize,
    ) -> Result<(), Misfit> {
        let values = value.as_array().ok_or(Misfit::new("it is no array"))?;
        if !values.is_empty() {
            length(&mut self.out, values.len());
            for (at, value) in values.iter().enumerate() {
                let written = self.value(items, value, depth + 1);
                written.map_err(|misfit| misfit.below(&at.to_string()))?;
            }
        }
        long(&mut self.out, 0);
        Ok(())
    }

    fn map(
        &mut self,
        types: &apache_avro::Schema,
        value: &Value,
        depth: usize,
    ) -> Result<(), Misfit> {
        let members = value.as_object().ok_or(Misfit::new("it is no object"))?;
        if !members.is_empty() {
            length(&mut self.out, members.len());
            for (name, value) in members {
                bytes(&mut self.out, name.as_bytes());
                let written = self.value(types, value, depth + 1);
                written.map_err(|misfit| misfit.below(name))?;
            }
        }
        long(&mut self.out, 0);
        Ok(())
    }

    fn record(&mut self, record: &RecordSchema, value: &Value, depth: usize) -> Result<(), Misfit> {
        let members = value.as_object().ok_or(Misfit::new("it is no object"))?;
        for field in &record.fields {
            let missing = Misfit::new("it is missing, and has no default");
            let given = members.get(&field.name).or(field.default.as_ref());
            let written = given
                .ok_or(missing)
                .and_then(|value| self.value(&field.schema, value, depth + 1));
            written.map_err(|misfit| misfit.below(&field.name))?;
        }
        Ok(())
    }

    /// The first type that the value fits.
    fn union(&mut self, union: &UnionSchema, value: &Value, depth: usize) -> Result<(), Misfit> {
        let begin = self.out.len();
        let mut nearest = None;
        for (at, variant) in union.variants().iter().enumerate() {
            length(&mut self.out, at);
            match self.value(variant, value, depth + 1) {
                Ok(()) => return Ok(()),
                Err(misfit) => {
                    self.out.truncate(begin);
                    // The one that was followed furthest tells most.
                    let is_nearer = nearest
                        .as_ref()
                        .is_none_or(|other: &Misfit| misfit.at.len() > other.at.len());
                    if is_nearer {
                        nearest = Some(misfit);
                    }
                }
            }
        }
        let nearest = nearest.filter(|misfit| !misfit.at.is_empty() || self.steps_left == 0);
        Err(nearest.unwrap_or(Misfit::new("it fits no type of the union")))
    }
}

/// A whole number, also one that is written as `1.0` or `1e3`.
fn whole(value: &Value) -> Option<i64> {
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is whole, and within bounds"
    )]
    (number.abs() <= EXACT_MAX).then_some(number as i64)
}

fn int(value: &Value) -> Result<i32, Misfit> {
    let number = whole(value).and_then(|number| i32::try_from(number).ok());
    number.ok_or(Misfit::new("it is no whole number of 32 bits"))
}

fn float(value: &Value) -> Result<f32, Misfit> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float has fewer digits than JSON"
    )]
    let number = double(value)? as f32;
    if number.is_infinite() {
        return Err(Misfit::new("it is too large for a float"));
    }
    Ok(number)
}

fn double(value: &Value) -> Result<f64, Misfit> {
    let number = value.as_f64().filter(|number| number.is_finite());
    number.ok_or(Misfit::new("it is no number"))
}

fn text(value: &Value) -> Result<&str, Misfit> {
    value.as_str().ok_or(Misfit::new("it is no text"))
}

/// Bytes as Avro writes them in JSON: a character for each, up to U+00FF.
fn latin(value: &Value) -> Result<Vec<u8>, Misfit> {
    let bytes = text(value)?.chars().map(u8::try_from);
    let bytes: Result<_, _> = bytes.collect();
    bytes.map_err(|_| Misfit::new("a character of it is no byte"))
}

#[cfg(test)]
#[path = "avro/tests.rs"]
mod tests;
