//! From a source's form to what its requests are judged by: once, or for each tenant.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::super::Fault;
use super::super::build::Build;
use super::super::compile::{self, Endpoint, Problem};
use super::super::document::SourceForm;
use super::super::endpoints::{Endpoints, TENANT};
use super::super::preset::Preset;
use super::super::read::read;
use super::operator::Reader;
use super::tenants;
use crate::normalize::Canonical;

/// A source's own part of its endpoints.
pub(super) struct Own<'o> {
    pub(super) name: &'o str,
    /// Its key in the configuration.
    pub(super) key: &'o str,
    pub(super) path: &'o str,
    /// As it was typed.
    pub(super) form: &'o Value,
    pub(super) preset: &'o Preset,
    pub(super) canonical: Option<Arc<Canonical>>,
}

impl Own<'_> {
    /// `None` after a fault.
    pub(super) fn endpoints(&self, form: &SourceForm, build: &mut Build<'_>) -> Option<Endpoints> {
        if !self.path.contains(TENANT) {
            return self
                .one(None, form, build)
                .map(Arc::new)
                .map(Endpoints::One);
        }
        if form.learned_secret_file.is_some() {
            let key = format!("{}.learned_secret_file", self.key);
            let said = "a secret that the provider hands over is not kept by tenant";
            let remedy = "give each of these tenants a source of their own";
            build.notes.fault(&key, said, remedy);
        }
        let names = tenants::names(self.form, self.key, &mut build.notes);
        self.tenants(names, build)
    }

    /// One tenant's mistake is a warning, so that it does not keep the others out.
    fn tenants(&self, names: BTreeSet<String>, build: &mut Build<'_>) -> Option<Endpoints> {
        let (mut known, mut faulty) = (BTreeMap::new(), BTreeMap::new());
        let before = build.notes.faults.len();
        for name in names {
            let form = tenants::of(&name, self.form);
            let form: Option<SourceForm> = read(&form, self.key, &mut build.notes);
            let endpoint = form.and_then(|form| self.one(Some(&name), &form, build));
            let faults = build.notes.faults.split_off(before);
            match endpoint.filter(|_| faults.is_empty()) {
                Some(endpoint) => {
                    known.insert(Arc::from(name), Arc::new(endpoint));
                }
                None => {
                    faulty.insert(Arc::from(name), faults);
                }
            }
        }
        if known.is_empty() && !faulty.is_empty() {
            // Nobody is right: it is not the tenants' mistake.
            build.notes.faults.extend(faulty.into_values().flatten());
            return None;
        }
        let told = faulty.iter().flat_map(|(name, faults)| {
            let of = move |fault: &Fault| fault.of_tenant(name);
            faults.iter().map(of)
        });
        build.notes.warnings.extend(told);
        Some(Endpoints::Tenants {
            known,
            faulty: faulty.into_keys().collect(),
        })
    }

    fn one(
        &self,
        tenant: Option<&str>,
        form: &SourceForm,
        build: &mut Build<'_>,
    ) -> Option<Endpoint> {
        let path = self.path.replace(TENANT, tenant.unwrap_or_default());
        let (mut operator, places) = Reader::new(self.key, build).operator(form, Some(self.preset));
        operator.name = self.name.to_owned();
        operator.tenant = tenant.map(str::to_owned);
        operator.uri = format!("{}{path}", build.public_url.as_deref().unwrap_or_default());
        if build.public_url.is_some() {
            operator.url.clone_from(&operator.uri);
        }
        operator.canonical.clone_from(&self.canonical);
        let problems = match compile::endpoint(self.preset, &operator) {
            Ok(endpoint) => return Some(endpoint),
            Err(problems) => problems,
        };
        self.tell(problems, &places, build);
        None
    }

    fn tell(
        &self,
        problems: Vec<Problem>,
        places: &BTreeMap<&'static str, Vec<usize>>,
        build: &mut Build<'_>,
    ) {
        for Problem { key: field, said } in problems {
            let full = format!("{}.{}", self.key, first_place(&field, places));
            // "A secret is needed" says nothing new where one could not be read.
            let below = |fault: &Fault| {
                let rest = fault.key().strip_prefix(full.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            let is_known = build.notes.faults.iter().any(below);
            if is_known {
                continue;
            }
            let (said, remedy) = match said.split_once("; ") {
                Some((said, remedy)) => (said.to_owned(), remedy.to_owned()),
                None => (said, remedy_for(&field)),
            };
            build.notes.fault(&full, said, remedy);
        }
    }
}

/// `secrets[0]` among those that could be read as it was typed, perhaps `secrets[1]`.
fn first_place(field: &str, places: &BTreeMap<&'static str, Vec<usize>>) -> String {
    let translated = || {
        let (list, rest) = field.split_once('[')?;
        let (at, rest) = rest.split_once(']')?;
        let first = places.get(list)?.get(at.parse::<usize>().ok()?)?;
        Some(format!("{list}[{first}]{rest}"))
    };
    translated().unwrap_or_else(|| field.to_owned())
}

fn remedy_for(field: &str) -> String {
    let list = field.split(['.', '[']).next().unwrap_or_default();
    match list {
        "secrets" => "write secrets: [{ env: NAME }] or [{ file: PATH }]",
        "public_keys" => "write public_keys: [KEY], [{ env: NAME }] or [{ file: PATH }]",
        "certificates" => "write certificates: [{ url: URL, file: PATH }]",
        "params" => {
            "write params: { NAME: VALUE }, { NAME: { env: VARIABLE } } or { NAME: { file: PATH } }"
        }
        _ => "correct it; hookferry providers explains the preset",
    }
    .to_owned()
}
