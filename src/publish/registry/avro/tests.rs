use apache_avro::reader::datum::GenericDatumReader;
use apache_avro::types::Value as Avro;
use serde_json::{Value, json};

use super::{Data, Envelope, Schema, envelope};

/// What apache-avro's own reader makes of `data`, written by `schema`.
fn read_back(schema: &Value, data: &Value) -> Avro {
    let text = schema.to_string();
    let written = Schema::parse(&text).expect("a schema").write(data);
    let written = written.unwrap_or_else(|misfit| panic!("{data}: {misfit}"));
    let theirs = apache_avro::Schema::parse_str(&text).expect("a schema");
    let mut rest = written.as_slice();
    let reader = GenericDatumReader::builder(&theirs).build();
    let read = reader.expect("a reader").read_value(&mut rest);
    assert!(rest.is_empty(), "{} bytes are left of {data}", rest.len());
    read.expect("it can be read")
}

fn misfit(schema: &Value, data: &Value) -> String {
    let schema = Schema::parse(&schema.to_string()).expect("a schema");
    schema.write(data).expect_err("it does not fit")
}

#[test]
fn an_envelope_is_what_its_schema_says() {
    let event = Envelope {
        attributes: vec![("id".into(), "1\u{e9}".into()), ("type".into(), "t".into())],
        data: Data::Text(" {\"a\": 1.0}\n"),
    };
    let schema = apache_avro::Schema::parse_str(super::super::envelope::AVRO).expect("a schema");
    let written = envelope(&event);
    let mut rest = written.as_slice();
    let reader = GenericDatumReader::builder(&schema)
        .build()
        .expect("a reader");
    let read = reader.read_value(&mut rest).expect("it can be read");
    let Avro::Record(fields) = read else {
        panic!("{read:?}");
    };
    let data = Avro::Union(0, Box::new(Avro::Bytes(b" {\"a\": 1.0}\n".to_vec())));
    assert_eq!(fields[1], ("data".into(), data));
    let Avro::Map(attributes) = &fields[0].1 else {
        panic!("{fields:?}");
    };
    let id = Avro::Union(3, Box::new(Avro::String("1\u{e9}".into())));
    assert_eq!((attributes.len(), &attributes["id"]), (2, &id));
    assert!(rest.is_empty());

    let none = envelope(&Envelope::default());
    assert_eq!(none, [0, 2], "an empty map, and null");
}

#[test]
fn data_becomes_what_the_schema_says() {
    let schema = json!({ "type": "record", "name": "n.Order", "fields": [
        { "name": "id", "type": "long" },
        { "name": "note", "type": ["null", "string"], "default": null },
        { "name": "state", "type": { "type": "enum", "name": "State", "symbols": ["OPEN", "DONE"] } },
        { "name": "prices", "type": { "type": "array", "items": "double" } },
        { "name": "counts", "type": { "type": "map", "values": "int" } },
        { "name": "next", "type": ["null", "Order"], "default": null },
        { "name": "at", "type": { "type": "long", "logicalType": "timestamp-millis" } },
        { "name": "day", "type": { "type": "int", "logicalType": "date" } },
        { "name": "raw", "type": "bytes", "default": "\u{ff}\u{0}" },
        { "name": "four", "type": { "type": "fixed", "name": "Four", "size": 4 } },
        { "name": "yes", "type": "boolean", "default": true },
        { "name": "near", "type": "float", "default": 0.5 },
    ] });
    let order = json!({
        "id": i64::MIN, "state": "DONE", "prices": [1, -0.25], "counts": { "a": -64, "b": 2_147_483_647 },
        "at": "1969-12-31T23:59:59.9995Z", "day": "1970-01-03", "four": "abcd", "unknown": { "x": [] },
    });
    let mut outer = order.clone();
    outer["next"] = order;
    outer["note"] = json!("\u{1f980}");
    outer["at"] = json!(7);
    let Avro::Record(fields) = read_back(&schema, &outer) else {
        panic!("a record");
    };
    assert_eq!(fields[0].1, Avro::Long(i64::MIN));
    let note = Avro::String("\u{1f980}".into());
    assert_eq!(fields[1].1, Avro::Union(1, Box::new(note)));
    assert_eq!(fields[2].1, Avro::Enum(1, "DONE".into()));
    assert_eq!(
        fields[3].1,
        Avro::Array(vec![Avro::Double(1.0), Avro::Double(-0.25)])
    );
    assert_eq!(fields[6].1, Avro::TimestampMillis(7));
    assert_eq!(fields[8].1, Avro::Bytes(vec![255, 0]));
    assert_eq!(fields[9].1, Avro::Fixed(4, b"abcd".to_vec()));
    let Avro::Union(1, inner) = &fields[5].1 else {
        panic!("{:?}", fields[5]);
    };
    let Avro::Record(inner) = &**inner else {
        panic!("a record");
    };
    assert_eq!(inner[6].1, Avro::TimestampMillis(-1), "rounded down");
    assert_eq!(inner[7].1, Avro::Date(2));
    assert_eq!(inner[5].1, Avro::Union(0, Box::new(Avro::Null)));
}

#[test]
fn numbers_survive_at_every_size() {
    for shift in 0..63 {
        for number in [
            1_i64 << shift,
            (1 << shift) - 1,
            -(1 << shift),
            !(1 << shift),
        ] {
            assert_eq!(
                read_back(&json!("long"), &json!(number)),
                Avro::Long(number)
            );
        }
    }
    assert_eq!(read_back(&json!("int"), &json!(3.0)), Avro::Int(3));
    let union = json!(["int", "double", "string"]);
    for (data, place) in [(json!(1), 0), (json!(1.5), 1), (json!("1"), 2)] {
        let Avro::Union(at, _) = read_back(&union, &data) else {
            panic!("a union");
        };
        assert_eq!(at, place, "{data}");
    }
}

#[test]
fn what_does_not_fit_has_its_place_and_quotes_nothing() {
    let inner =
        json!({ "type": "record", "name": "I", "fields": [{ "name": "b/c", "type": "int" }] });
    // A slash is no letter of a name in Avro, so that the pointer's escape is shown by a map.
    assert!(Schema::parse(&inner.to_string()).is_err());
    let schema = json!({ "type": "map", "values": ["null", { "type": "array", "items": "int" }] });
    for (data, at) in [
        (json!({ "a/b": [1, "secret"] }), "/a~1b/1"),
        (json!({ "a": "secret" }), "/a"),
        (json!("secret"), "\"\""),
    ] {
        let said = misfit(&schema, &data);
        assert!(said.contains(at) && !said.contains("secret"), "{said}");
    }
    for (kind, data) in [
        ("null", json!(0)),
        ("boolean", json!("true")),
        ("int", json!(2_147_483_648_i64)),
        ("int", json!(1.5)),
        ("long", json!(9_223_372_036_854_775_808_u64)),
        ("long", json!("1")),
        ("float", json!(1e300)),
        ("double", json!(null)),
        ("string", json!(1)),
        ("bytes", json!("\u{100}")),
    ] {
        misfit(&json!(kind), &data);
    }
    let record =
        json!({ "type": "record", "name": "R", "fields": [{ "name": "x", "type": "int" }] });
    let said = misfit(&record, &json!({ "X": 1 }));
    assert!(
        said.contains("\"/x\"") && said.contains("missing"),
        "{said}"
    );
    let stamp = json!({ "type": "long", "logicalType": "timestamp-micros" });
    misfit(&stamp, &json!("yesterday"));
    let uuid = json!({ "type": "string", "logicalType": "uuid" });
    misfit(&uuid, &json!("1-2-3"));
    let decimal = json!({ "type": "bytes", "logicalType": "decimal", "precision": 4 });
    misfit(&decimal, &json!("\u{1}"));
}

#[test]
fn a_schema_without_end_is_given_up() {
    let endless = json!({ "type": "record", "name": "E", "fields": [{ "name": "e", "type": "E", "default": {} }] });
    let Ok(schema) = Schema::parse(&endless.to_string()) else {
        return;
    };
    let said = schema.write(&json!({})).expect_err("it has no end");
    assert!(said.contains("too much"), "{said}");
}
