//! Logical types: times and UUIDs, which JSON has as texts or numbers.

use apache_avro::schema::{SchemaKind, UuidSchema};
use jiff::civil;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Misfit, bytes, text, whole};

/// What a text says, in nanoseconds.
type Reads = fn(&str) -> Option<i128>;

/// The types of times: how their texts are read, their units in nanoseconds, and whether they are `int`.
const TIMES: [(SchemaKind, Reads, i128, bool); 9] = [
    (SchemaKind::Date, date, 86_400_000_000_000, true),
    (SchemaKind::TimeMillis, of_day, 1_000_000, true),
    (SchemaKind::TimeMicros, of_day, 1000, false),
    (SchemaKind::TimestampMillis, stamp, 1_000_000, false),
    (SchemaKind::TimestampMicros, stamp, 1000, false),
    (SchemaKind::TimestampNanos, stamp, 1, false),
    (SchemaKind::LocalTimestampMillis, local, 1_000_000, false),
    (SchemaKind::LocalTimestampMicros, local, 1000, false),
    (SchemaKind::LocalTimestampNanos, local, 1, false),
];

/// A number as it is, in the type's own unit; a text as ISO 8601 has it.
pub(super) fn time(schema: &apache_avro::Schema, value: &Value) -> Result<i64, Misfit> {
    let kind = SchemaKind::from(schema);
    let known = TIMES.iter().find(|(known, ..)| *known == kind);
    let (_, reads, unit, is_int) = known.ok_or(Misfit::new("it is no type of time"))?;
    let fits = |number: &i64| !is_int || i32::try_from(*number).is_ok();
    if value.is_number() {
        let number = whole(value).filter(fits);
        return number.ok_or(Misfit::new("it is no whole number of the type's size"));
    }
    let nanos = reads(text(value)?).ok_or(Misfit::new("it is no time as the type wants it"))?;
    let number = i64::try_from(nanos.div_euclid(*unit)).ok().filter(fits);
    number.ok_or(Misfit::new("it is too far from 1970"))
}

fn date(text: &str) -> Option<i128> {
    let date = text.parse::<civil::Date>().ok()?;
    since_epoch(date.at(0, 0, 0, 0))
}

fn of_day(text: &str) -> Option<i128> {
    let time = text.parse::<civil::Time>().ok()?;
    Some(time.duration_since(civil::Time::midnight()).as_nanos())
}

fn stamp(text: &str) -> Option<i128> {
    let stamp = text.parse::<jiff::Timestamp>().ok()?;
    Some(stamp.as_nanosecond())
}

fn local(text: &str) -> Option<i128> {
    since_epoch(text.parse().ok()?)
}

fn since_epoch(moment: civil::DateTime) -> Option<i128> {
    let stamp = TimeZone::UTC.to_timestamp(moment).ok()?;
    Some(stamp.as_nanosecond())
}

pub(super) fn uuid(kind: &UuidSchema, text: &str, out: &mut Vec<u8>) -> Result<(), Misfit> {
    let uuid = uuid::Uuid::try_parse(text).map_err(|_| Misfit::new("it is no UUID"))?;
    match kind {
        UuidSchema::String => bytes(out, text.as_bytes()),
        UuidSchema::Bytes => bytes(out, uuid.as_bytes()),
        UuidSchema::Fixed(_) => out.extend_from_slice(uuid.as_bytes()),
    }
    Ok(())
}
