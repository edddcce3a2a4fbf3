//! What a source makes of its events: filter, schemas, edits.

use std::path::Path;

use serde_json::Value;

use super::build::Build;
use super::document::{EditForm, FilterForm, SchemaForm, SourceForm};
use super::preset::OneOrMany;
use super::read::read;
use super::secrets;
use crate::glob::Glob;
use crate::normalize::Shape;
use crate::normalize::expression::{Expression, Purpose};
use crate::normalize::shape::{Edit, EditOptions, Filter, Redaction, Schema, With, is_path};

/// A key for hashes is at least as long, in bytes: a shorter one is guessed.
const KEY_BYTES_MIN: usize = 16;

/// The shape of the source at `key`. `None` after a fault.
pub(super) fn shape(key: &str, form: &SourceForm, build: &mut Build<'_>) -> Option<Shape> {
    let faults = build.notes.faults.len();
    let at = |field: &str| format!("{key}.{field}");
    let filter = form.filter.as_ref();
    let filter = filter.map(|form| self::filter(&at("filter"), form, build));
    let mut schemas = Vec::new();
    for (place, form) in form.validate.iter().enumerate() {
        schemas.extend(schema(&format!("{}[{place}]", at("validate")), form, build));
    }
    let edit = form.edit.as_ref();
    let edit = edit.map(|form| self::edit(&at("edit"), form, build));
    let filter = filter.flatten().unwrap_or_default();
    let edit = edit.unwrap_or_default();
    (build.notes.faults.len() == faults).then(|| Shape::new(filter, schemas, edit))
}

/// A filter: a mapping, or an expression alone.
pub(super) fn filter(key: &str, form: &Value, build: &mut Build<'_>) -> Option<Filter> {
    if let Value::String(when) = form {
        let when = expression(key, when, Purpose::Condition, build)?;
        return Some(Filter {
            when: Some(when),
            ..Filter::default()
        });
    }
    let form: FilterForm = read(form, key, &mut build.notes)?;
    let when = form.when.as_ref();
    let when = when.map(|when| expression(&format!("{key}.when"), when, Purpose::Condition, build));
    let filter = Filter {
        include: types(&format!("{key}.include"), form.include.as_ref(), build),
        exclude: types(&format!("{key}.exclude"), form.exclude.as_ref(), build),
        when: when.flatten(),
    };
    if filter.is_empty() {
        let remedy = "write include, exclude or when, or remove it";
        build.notes.fault(key, "it filters nothing", remedy);
    }
    Some(filter)
}

/// Patterns of event types.
pub(super) fn types(key: &str, given: Option<&OneOrMany>, build: &mut Build<'_>) -> Vec<Glob> {
    let texts = given.map(OneOrMany::all).unwrap_or_default();
    if given.is_some() && texts.is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
        let remedy =
            "name event types, as in pull_request.*; or remove the key: then all are meant";
        build.notes.fault(key, "it names no event type", remedy);
    }
    texts.into_iter().map(Glob::new).collect()
}

/// A checked expression. `None` after a fault.
pub(super) fn expression(
    key: &str,
    text: &str,
    purpose: Purpose,
    build: &mut Build<'_>,
) -> Option<Expression> {
    match Expression::parse(text, purpose) {
        Ok(expression) => Some(expression),
        Err(said) => {
            let remedy = "correct the expression, as in data.action == \"opened\" && \
                          event.type.startsWith(\"com.github.\"); docs/shaping.md explains them";
            build.notes.fault(key, said, remedy);
            None
        }
    }
}

fn schema(key: &str, form: &SchemaForm, build: &mut Build<'_>) -> Option<Schema> {
    let types = types(&format!("{key}.types"), form.types.as_ref(), build);
    let on_violation = form.on_violation.unwrap_or_default();
    let (at, schema) = match (&form.require, &form.schema, &form.schema_file) {
        (Some(fields), None, None) => {
            let fields: Vec<_> = fields.clone().into_iter().collect();
            let schema = Schema::of_fields(types, &fields, on_violation);
            (format!("{key}.require"), schema)
        }
        (None, Some(schema), None) => {
            let schema = Schema::new(types, schema, on_violation);
            (format!("{key}.schema"), schema)
        }
        (None, None, Some(path)) => {
            let key = format!("{key}.schema_file");
            let schema = schema_file(&key, path, build)?;
            (key, Schema::new(types, &schema, on_violation))
        }
        _ => {
            let remedy =
                "write one of require: { FIELD: TYPE }, schema: { ... } and schema_file: PATH";
            let said = "it has not exactly one schema";
            build.notes.fault(key, said, remedy);
            return None;
        }
    };
    match schema {
        Ok(schema) => Some(schema),
        Err(said) => {
            let remedy = "correct it: https://json-schema.org/draft/2020-12";
            build.notes.fault(&at, said, remedy);
            None
        }
    }
}

fn schema_file(key: &str, path: &Path, build: &mut Build<'_>) -> Option<Value> {
    let text = secrets::file(path, key, &mut build.notes)?;
    match serde_json::from_str(&text) {
        Ok(schema) => Some(schema),
        Err(error) => {
            let said = format!("file {} is not JSON: {error}", path.display());
            build.notes.fault(key, said, "write a JSON Schema");
            None
        }
    }
}

fn edit(key: &str, form: &EditForm, build: &mut Build<'_>) -> Edit {
    let at = |field: &str| format!("{key}.{field}");
    let secret = form.redact_key.as_ref().and_then(|kept| {
        secrets::secret(kept, &at("redact_key"), build.environment, &mut build.notes)
    });
    if secret
        .as_ref()
        .is_some_and(|secret| secret.len() < KEY_BYTES_MIN)
    {
        let said = format!("it has fewer than {KEY_BYTES_MIN} bytes");
        let remedy = "make a random one: openssl rand -hex 32";
        build.notes.fault(&at("redact_key"), said, remedy);
    }
    let mut redact = Vec::new();
    for (place, form) in form.redact.iter().enumerate() {
        let key = format!("{}[{place}]", at("redact"));
        let with = form.with.unwrap_or(With::Mask);
        if with == With::Hash && secret.is_none() && !build.notes.is_faulty(&at("redact_key")) {
            let remedy = "add redact_key: { env: NAME } to edit; without a key a hash is guessed";
            build.notes.missing(&at("redact_key"), remedy.to_owned());
        }
        let redaction = Redaction::new(with, secret.as_deref().unwrap_or_default().as_bytes());
        let paths = paths(&format!("{key}.at"), form.at.as_ref(), build);
        if form.at.is_none() {
            build.notes.missing(&format!("{key}.at"), PATHS.to_owned());
        }
        redact.extend(paths.into_iter().map(|path| (path, redaction.clone())));
    }
    let map = form.map.as_ref();
    let map = map.and_then(|map| expression(&at("map"), map, Purpose::Data, build));
    Edit::new(EditOptions {
        keep: paths(&at("keep"), form.keep.as_ref(), build),
        drop: paths(&at("drop"), form.drop.as_ref(), build),
        redact,
        map,
    })
}

const PATHS: &str = "write JSON Pointers, as in /customer/email or /items/*/price";

fn paths(key: &str, given: Option<&OneOrMany>, build: &mut Build<'_>) -> Vec<String> {
    let texts = given.map(OneOrMany::all).unwrap_or_default();
    for text in texts.iter().filter(|text| !is_path(text)) {
        build
            .notes
            .fault(key, format!("{text:?} is not a path"), PATHS);
    }
    texts.into_iter().map(str::to_owned).collect()
}
