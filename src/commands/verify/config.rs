//! What a case says an operator has configured, laid over a preset.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::settings::compile::Operator;
use crate::settings::preset::{OneOrMany, Preset};
use crate::settings::providers::merge;

/// The keys of a case's `config`. Those that a preset has no use for are ignored.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Config {
    #[serde(default)]
    pub secrets: Vec<String>,
    #[serde(default)]
    pub username: Option<String>,
    #[serde(default)]
    pub password: Option<String>,
    #[serde(default)]
    pub secret_encoding: Option<String>,
    #[serde(default)]
    pub algorithm: Option<String>,
    #[serde(default)]
    pub header: Option<String>,
    /// A key, or an identifier that goes with the secret, as the preset wants it.
    #[serde(default)]
    pub public_key: Option<String>,
    #[serde(default)]
    pub public_key_pem: Option<String>,
    #[serde(default)]
    pub public_key_base64: Option<String>,
    #[serde(default)]
    pub public_key_hex: Option<String>,
    /// A JSON Web Key Set, as if it had been fetched.
    #[serde(default)]
    pub jwks: Option<Value>,
    #[serde(default)]
    pub signing_cert_pem: Option<String>,
    #[serde(default)]
    pub signing_cert_url: Option<String>,
    /// The public URL that the provider was given; the request's own where absent.
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub params: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    pub r#override: Option<Value>,
    /// All other keys: each that names a param of the preset is that param.
    #[serde(flatten)]
    pub others: Map<String, Value>,
}

impl Config {
    /// The preset with the case's changes.
    ///
    /// # Errors
    /// When a change cannot be meant.
    pub fn overridden(&self, mut preset: Value) -> Result<Value, String> {
        if let Some(encoding) = &self.secret_encoding
            && let Some(secret) = preset.get_mut("secret").and_then(Value::as_object_mut)
        {
            secret.insert("encoding".into(), encoding.to_ascii_lowercase().into());
        }
        if let Some(check) = preset.get_mut("verify") {
            self.change_check(check);
        }
        if let Some(changes) = &self.r#override {
            if !changes.is_object() {
                return Err("misconfigured: override is not an object".into());
            }
            merge(&mut preset, changes);
        }
        Ok(preset)
    }

    /// What the operator adds to `preset`.
    pub fn operator(&self, preset: &Preset, url: &str, tolerance_s: Option<u64>) -> Operator {
        let mut secrets = self.secrets.clone();
        if let (Some(username), Some(password)) = (&self.username, &self.password) {
            secrets.push(format!("{username}:{password}"));
        }
        if preset.secret.is_none() {
            secrets.clear();
        }
        let keys = [
            &self.public_key_pem,
            &self.public_key_base64,
            &self.public_key_hex,
            &self.public_key,
        ];
        let certificate = self
            .signing_cert_url
            .clone()
            .zip(self.signing_cert_pem.clone());
        Operator {
            name: preset.id.clone(),
            uri: url.to_owned(),
            url: url.to_owned(),
            secrets,
            public_keys: keys.into_iter().flatten().cloned().collect(),
            key_sets: self.jwks.iter().map(Value::to_string).collect(),
            certificates: certificate.into_iter().collect(),
            params: self.params_of(preset),
            tolerance_s,
            tenant: None,
            canonical: None,
            strict: false,
        }
    }

    fn params_of(&self, preset: &Preset) -> BTreeMap<String, Vec<String>> {
        let mut params = BTreeMap::new();
        for name in preset.params.keys() {
            let values = match (self.params.get(name), self.others.get(name)) {
                (Some(values), _) => values.all().into_iter().map(str::to_owned).collect(),
                (None, Some(value)) => texts(value),
                (None, None) if name == "public_key" => {
                    self.public_key.clone().into_iter().collect()
                }
                (None, None) => continue,
            };
            params.insert(name.clone(), values);
        }
        params
    }

    /// Applies `algorithm` and `header` to every signature and token below `check`.
    fn change_check(&self, check: &mut Value) {
        let Some(object) = check.as_object_mut() else {
            return;
        };
        for (kind, form) in object {
            match (kind.as_str(), form) {
                ("signature", Value::Object(form)) => self.change_signature(form),
                ("token", Value::Object(form)) => self.change_from(form),
                ("all" | "any", Value::Array(checks)) => {
                    checks.iter_mut().for_each(|check| self.change_check(check));
                }
                ("when", Value::Object(form)) => {
                    if let Some(then) = form.get_mut("then") {
                        self.change_check(then);
                    }
                }
                (_, _) => {}
            }
        }
    }

    fn change_signature(&self, form: &mut Map<String, Value>) {
        self.change_from(form);
        if let Some(algorithm) = &self.algorithm {
            let name = algorithm.to_ascii_lowercase().replace('_', "-");
            let old = form.get("algorithm").and_then(Value::as_str);
            let is_hmac = old.is_some_and(|old| old.starts_with("hmac-"));
            let name = if is_hmac && name.starts_with("sha") {
                format!("hmac-{name}")
            } else {
                name
            };
            form.insert("algorithm".into(), name.into());
        }
    }

    /// Puts another header into `from`, keeping the transforms behind it.
    fn change_from(&self, form: &mut Map<String, Value>) {
        let (Some(header), Some(from)) = (&self.header, form.get("from").and_then(Value::as_str))
        else {
            return;
        };
        let through = from
            .strip_prefix("{header:")
            .and_then(|rest| rest.find(['|', '}']).and_then(|at| rest.get(at..)))
            .unwrap_or("}");
        form.insert("from".into(), format!("{{header:{header}{through}").into());
    }
}

/// `url` up to its query.
pub(super) fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => vec![value.to_string()],
    }
}
