//! What an operator adds to a preset, read from wherever it is kept.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::super::build::Build;
use super::super::compile::Operator;
use super::super::document::SourceForm;
use super::super::preset::Preset;
use super::super::secrets;

/// An operator's part with the first places of what could be read, by list: `secrets[1]` stays
/// that when `secrets[0]` could not be read.
pub(super) type Read = (Operator, BTreeMap<&'static str, Vec<usize>>);

pub(super) struct Reader<'r, 'b> {
    key: &'r str,
    build: &'r mut Build<'b>,
}

impl<'r, 'b> Reader<'r, 'b> {
    pub(super) fn new(key: &'r str, build: &'r mut Build<'b>) -> Self {
        Self { key, build }
    }

    pub(super) fn operator(&mut self, form: &SourceForm, preset: Option<&Preset>) -> Read {
        let mut places = BTreeMap::new();
        let (mut secrets, kept) = self.list("secrets", form.secrets.as_ref(), true);
        secrets.extend(self.learned(form.learned_secret_file.as_deref()));
        places.insert("secrets", kept);
        let (public_keys, kept) = self.list("public_keys", form.public_keys.as_ref(), false);
        places.insert("public_keys", kept);
        let (key_sets, kept) = self.list("key_sets", form.key_sets.as_ref(), false);
        places.insert("key_sets", kept);
        let (certificates, kept) = self.certificates(form);
        places.insert("certificates", kept);
        let operator = Operator {
            secrets,
            public_keys,
            key_sets,
            certificates,
            params: self.params(form, preset),
            tolerance_s: form.tolerance_s.map(|given| {
                let key = format!("{}.tolerance_s", self.key);
                self.build.number(&key, Some(given), 300, 1..=604_800)
            }),
            strict: true,
            ..Operator::default()
        };
        (operator, places)
    }

    fn list(
        &mut self,
        field: &str,
        given: Option<&Value>,
        secret: bool,
    ) -> (Vec<String>, Vec<usize>) {
        let key = format!("{}.{field}", self.key);
        let items = match given {
            None | Some(Value::Null) => return Default::default(),
            Some(Value::Array(items)) => items,
            Some(_) => {
                let remedy =
                    format!("write a list, as in {field}: [{{ env: NAME }}, {{ file: PATH }}]");
                self.build.notes.fault(&key, "it is not a list", remedy);
                return Default::default();
            }
        };
        let read = |(at, item): (usize, &Value)| {
            Some((self.text(item, &format!("{key}[{at}]"), secret)?, at))
        };
        items.iter().enumerate().filter_map(read).unzip()
    }

    /// The secret that a provider has handed over, once it has.
    fn learned(&mut self, file: Option<&Path>) -> Option<String> {
        let file = file?;
        let notes = &mut self.build.notes;
        if !file.exists() {
            // It is looked at again and again, so that it counts as soon as it is there.
            notes.files.push(file.to_owned());
            return None;
        }
        secrets::file(file, &format!("{}.learned_secret_file", self.key), notes)
    }

    fn text(&mut self, value: &Value, key: &str, secret: bool) -> Option<String> {
        let read = if secret {
            secrets::secret
        } else {
            secrets::text
        };
        read(value, key, self.build.environment, &mut self.build.notes)
    }

    fn certificates(&mut self, form: &SourceForm) -> (Vec<(String, String)>, Vec<usize>) {
        let mut certificates = Vec::new();
        let mut places = Vec::new();
        for (at, entry) in form.certificates.iter().enumerate() {
            let key = format!("{}.certificates[{at}]", self.key);
            let notes = &mut self.build.notes;
            if entry.url.is_none() {
                notes.missing(
                    &format!("{key}.url"),
                    "add the URL that the provider names it by",
                );
            }
            match &entry.file {
                Some(path) => {
                    let pem = secrets::file(path, &format!("{key}.file"), notes);
                    if let (Some(url), Some(pem)) = (&entry.url, pem) {
                        certificates.push((url.clone(), pem));
                        places.push(at);
                    }
                }
                None => notes.missing(&format!("{key}.file"), "add the certificate's PEM file"),
            }
        }
        (certificates, places)
    }

    fn params(
        &mut self,
        form: &SourceForm,
        preset: Option<&Preset>,
    ) -> BTreeMap<String, Vec<String>> {
        let mut params = BTreeMap::new();
        for (name, value) in &form.params {
            let key = format!("{}.params.{name}", self.key);
            let known = preset.and_then(|preset| preset.params.get(name));
            let secret = known.is_some_and(|form| form.secret);
            let values: Vec<_> = if let Value::Array(items) = value {
                let items = items.iter().enumerate();
                items
                    .filter_map(|(at, item)| self.text(item, &format!("{key}[{at}]"), secret))
                    .collect()
            } else {
                self.text(value, &key, secret).into_iter().collect()
            };
            params.insert(name.clone(), values);
        }
        params
    }
}
