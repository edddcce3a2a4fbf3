//! From a preset and what an operator adds to it to the types that the path runs on.

mod answer;
mod check;
mod keys;
mod secrets;

use std::collections::BTreeMap;
use std::sync::Arc;

use http::Method;

use super::preset::{IdRepeats, OneOrMany, Preset, Signs, VerifyForm};
use crate::authenticate::{Integrity, Params, Scheme, Secret};
use crate::normalize::{BatchOf, Canonical, Mapping, MappingPointers, Origin};
use crate::peek::Pointers;
use crate::template::{Place, Scope, Template};
use crate::time::TimeUnit;

/// What an operator adds to a preset, read from wherever it was kept.
#[derive(Clone, Default)]
pub struct Operator {
    /// The source's name.
    pub name: String,
    /// Whose endpoint it is, where the source has tenants.
    pub tenant: Option<String>,
    /// CloudEvents `source`: the public URL and the path, or the path alone.
    pub uri: String,
    /// The public URL that the provider was given, without a query; empty when not configured.
    pub url: String,
    /// The secrets' texts, newest first.
    pub secrets: Vec<String>,
    /// The provider's public keys as text.
    pub public_keys: Vec<String>,
    /// Keys in the form that the preset fetches them in, used instead of fetching.
    pub key_sets: Vec<String>,
    /// Certificates in PEM, by the URL that the provider names.
    pub certificates: Vec<(String, String)>,
    pub params: BTreeMap<String, Vec<String>>,
    /// Seconds, instead of the preset's.
    pub tolerance_s: Option<u64>,
    /// Which events get a type across providers, where any do.
    pub canonical: Option<Arc<Canonical>>,
    /// Whether too short secrets and missing params are faults: always, but when looking at single
    /// requests by hand.
    pub strict: bool,
}

/// It holds secrets, so it does not show itself.
impl std::fmt::Debug for Operator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operator")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A source, ready to judge and read requests.
#[derive(Debug)]
pub struct Endpoint {
    pub scheme: Scheme,
    pub mapping: Mapping,
}

/// A fault of one key of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key below the source, as in `secrets[0]`.
    pub key: String,
    /// What is wrong and what to do.
    pub said: String,
}

/// Makes a source's [`Endpoint`].
///
/// # Errors
/// Every fault that was found, not only the first.
pub fn endpoint(preset: &Preset, operator: &Operator) -> Result<Endpoint, Vec<Problem>> {
    let mut compiler = Compiler {
        preset,
        operator,
        secrets: Vec::new(),
        params: Params::new(),
        problems: Vec::new(),
    };
    let params = compiler.params();
    compiler.params.clone_from(&params);
    compiler.read_secrets(&params);
    let scheme = compiler.scheme(&params);
    let mut mapping = compiler.mapping(params);
    mapping.credentials = scheme.check.credentials();
    if compiler.problems.is_empty() {
        Ok(Endpoint { scheme, mapping })
    } else {
        Err(compiler.problems)
    }
}

struct Compiler<'c> {
    preset: &'c Preset,
    operator: &'c Operator,
    secrets: Vec<Secret>,
    params: Params,
    problems: Vec<Problem>,
}

impl Compiler<'_> {
    fn problem(&mut self, key: impl Into<String>, said: impl Into<String>) {
        self.problems.push(Problem {
            key: key.into(),
            said: said.into(),
        });
    }

    fn template(&mut self, key: &str, text: &str, scope: Scope) -> Template {
        match Template::parse(text, scope) {
            Ok(template) => {
                self.check_places(key, &template);
                template
            }
            Err(error) => {
                self.problem(format!("override.{key}"), error.to_string());
                // Never used: the fault above keeps the source from starting.
                Template::empty()
            }
        }
    }

    fn check_places(&mut self, key: &str, template: &Template) {
        for place in template.places() {
            if *place == Place::Url && self.operator.url.is_empty() {
                let said = format!(
                    "provider {} signs the public URL; set public_url",
                    self.preset.id
                );
                self.problem("path", said);
            } else if let Place::Param(name) = place
                && !self.preset.params.contains_key(name)
            {
                let said = format!("{{param:{name}}} is not among the preset's params");
                self.problem(format!("override.{key}"), said);
            }
        }
    }

    fn templates(&mut self, key: &str, texts: &OneOrMany, scope: Scope) -> Vec<Template> {
        let texts = texts.all();
        texts
            .into_iter()
            .map(|text| self.template(key, text, scope))
            .collect()
    }

    fn scheme(&mut self, params: &Params) -> Scheme {
        let preset = self.preset;
        let check = self.check("verify", &preset.verify);
        let handshakes = preset
            .handshakes
            .iter()
            .map(|form| self.handshake(form))
            .collect();
        let accepted = match &preset.accepted {
            None => Vec::new(),
            Some(form) => self.accepted(form),
        };
        let refused = preset.refused.as_ref().map(|form| form.status);
        let refused = refused.and_then(|status| match status {
            400..=499 => http::StatusCode::from_u16(status).ok(),
            _ => {
                let said = format!("{status} does not refuse; write a status from 400 to 499");
                self.problem("override.refused.status", said);
                None
            }
        });
        let mut methods = Vec::new();
        for text in &preset.methods {
            match Method::from_bytes(text.as_bytes()) {
                Ok(method) => methods.push(method),
                Err(_) => self.problem("override.methods", format!("{text:?} is no HTTP method")),
            }
        }
        Scheme {
            methods,
            check,
            handshakes,
            integrity: if matches!(preset.verify, VerifyForm::None) {
                Integrity::None
            } else {
                preset.integrity
            },
            signs_encoded: preset.signs == Signs::Encoded,
            url: self.operator.url.clone(),
            secrets: self.secrets.clone(),
            params: params.clone(),
            accepted,
            refused,
            pointers: Pointers::default(),
        }
        .prepared()
    }

    /// Which of the ids no two events of a type have. A digest names a content, and two changes may
    /// read alike.
    fn unique(&mut self, id: &[Template]) -> Vec<bool> {
        let repeats = &self.preset.event.id_repeats;
        if let IdRepeats::These(these) = repeats {
            for text in these {
                if id.iter().all(|id| id.source() != text.as_str()) {
                    let said = format!("{text:?} is none of event.id; write one of them, or true");
                    self.problem("override.event.id_repeats", said);
                }
            }
        }
        let is_unique = |id: &Template| !id.digests() && !repeats.may(id.source());
        id.iter().map(is_unique).collect()
    }

    fn mapping(&mut self, params: Params) -> Mapping {
        let form = &self.preset.event;
        let scope = Scope::Normalize;
        let mut list = |key: &str, texts: Option<&OneOrMany>| {
            texts.map_or_else(Vec::new, |texts| self.templates(key, texts, scope))
        };
        let event = list("event.type", Some(&form.r#type));
        let id = list("event.id", form.id.as_ref());
        let time = list("event.time.from", form.time.as_ref().map(|time| &time.from));
        let subject = list("event.subject", form.subject.as_ref());
        let data = form.data.as_deref();
        let data = data.map(|text| self.template("event.data", text, scope));
        let batch_of = form.batch_of.as_ref().map(|form| BatchOf {
            from: self.template("event.batch_of.from", &form.from, scope),
            format: form.format,
            path: form.path.clone().unwrap_or_default(),
        });
        let extensions = form
            .extensions
            .iter()
            .map(|(name, text)| {
                let is_plain = name
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'));
                if name.is_empty() || !is_plain {
                    self.problem(
                        format!("override.event.extensions.{name}"),
                        "an extension's name is of lower-case letters and digits (CloudEvents)",
                    );
                } else if RESERVED.contains(&name.as_str()) {
                    self.problem(
                        format!("override.event.extensions.{name}"),
                        format!("the envelope has an attribute {name} of its own; choose another"),
                    );
                }
                (name.clone(), self.template("event.extensions", text, scope))
            })
            .collect();
        Mapping {
            origin: Arc::new(Origin {
                name: self.operator.name.clone(),
                uri: self.operator.uri.clone(),
                tenant: self.operator.tenant.clone(),
                provider: self.preset.id.clone(),
                prefix: reversed(&self.preset.domain),
            }),
            url: self.operator.url.clone(),
            params,
            event,
            codes: form.types.clone(),
            id_is_unique: self.unique(&id),
            id,
            time,
            time_unit: form.time.as_ref().map_or(TimeUnit::S, |time| time.unit),
            subject,
            extensions,
            batch: form.batch.clone(),
            batch_of,
            data,
            data_content_type: form.data_content_type.clone(),
            redact: form.redact.clone(),
            canonical: self.operator.canonical.clone(),
            credentials: Vec::new(),
            pointers: MappingPointers::default(),
        }
        .prepared()
    }
}

/// Attributes that the envelope has by itself.
const RESERVED: &[&str] = &[
    "specversion",
    "id",
    "source",
    "type",
    "subject",
    "time",
    "datacontenttype",
    "dataschema",
    "data",
    "provider",
    "tenant",
    "integrity",
    "receivedtime",
    "partitionkey",
    "batchindex",
    "batchsize",
    "canonicaltype",
    "deadletterreason",
    "deadlettertopic",
    "deadletterheaders",
    "deadletterdetail",
    "dataedits",
    "originaldigest",
    "schemaviolations",
    "synthetic",
    "traceparent",
    "tracestate",
];

fn reversed(domain: &str) -> String {
    let mut parts: Vec<_> = domain.split('.').collect();
    parts.reverse();
    parts.join(".")
}
