//! Kafka's address, and what librdkafka is told of users, TLS and else.

use std::collections::BTreeMap;

use serde_json::Value;

use super::tls;
use crate::publish::kafka;
use crate::settings::build::Build;
use crate::settings::document::{Mechanism, SaslForm, TlsForm};
use crate::settings::secrets;

/// Properties that follow from `sasl` and `tls`.
const SECURITY: [(&str, &str); 8] = [
    ("sasl.mechanism", "sasl.mechanism"),
    ("sasl.mechanisms", "sasl.mechanism"),
    ("sasl.username", "sasl.username"),
    ("sasl.password", "sasl.password"),
    ("ssl.ca.location", "tls.ca_file"),
    ("ssl.certificate.location", "tls.certificate_file"),
    ("ssl.key.location", "tls.key_file"),
    ("ssl.key.password", "tls.key_password"),
];

/// Properties whose values are secrets.
const SECRET: [&str; 6] = [
    "ssl.key.pem",
    "ssl.keystore.password",
    "sasl.oauthbearer.client.secret",
    "sasl.oauthbearer.config",
    "sasl.jaas.config",
    "https.ca.pem",
];

pub(super) fn brokers(key: &str, given: Option<&str>, build: &mut Build<'_>) -> Option<String> {
    let key = format!("{key}.brokers");
    let remedy = "write host:port, several separated by commas";
    let Some(given) = given else {
        build.notes.missing(&key, remedy);
        return None;
    };
    let is_broker = |text: &str| {
        let text = text.trim();
        !text.is_empty() && !text.contains(['/', '@']) && !text.contains(char::is_whitespace)
    };
    if !given.split(',').all(is_broker) {
        // A URL may hold a password.
        let said = if given.contains('@') {
            "it is not a list of brokers, and has a user".to_owned()
        } else {
            format!("{given:?} is not a list of brokers")
        };
        build.notes.fault(&key, said, remedy);
        return None;
    }
    Some(given.to_owned())
}

/// The librdkafka properties that `sasl` and `tls` stand for; none without either.
pub(super) fn security(
    key: &str,
    sasl: Option<&SaslForm>,
    tls: Option<&TlsForm>,
    build: &mut Build<'_>,
) -> BTreeMap<String, String> {
    let mut properties = BTreeMap::new();
    let mut set = |property: &str, value: String| {
        properties.insert(property.to_owned(), value);
    };
    match (sasl, tls) {
        (None, None) => {}
        (Some(_), None) => set("security.protocol", "sasl_plaintext".into()),
        (None, Some(_)) => set("security.protocol", "ssl".into()),
        (Some(_), Some(_)) => set("security.protocol", "sasl_ssl".into()),
    }
    if let Some(sasl) = sasl {
        let at = |field: &str| format!("{key}.sasl.{field}");
        let mechanism = sasl.mechanism.map(|mechanism| match mechanism {
            Mechanism::Plain => "PLAIN",
            Mechanism::ScramSha256 => "SCRAM-SHA-256",
            Mechanism::ScramSha512 => "SCRAM-SHA-512",
        });
        match mechanism {
            Some(mechanism) => set("sasl.mechanism", mechanism.to_owned()),
            None => build.notes.missing(
                &at("mechanism"),
                "add one of: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512",
            ),
        }
        if mechanism == Some("PLAIN") && tls.is_none() {
            let said = "the password travels unencrypted";
            build
                .notes
                .warn(&at("mechanism"), said, "add tls, or use a SCRAM mechanism");
        }
        match &sasl.username {
            Some(username) => set("sasl.username", username.clone()),
            None => build.notes.missing(&at("username"), "add the user's name"),
        }
        match &sasl.password {
            Some(kept) => {
                let password =
                    secrets::secret(kept, &at("password"), build.environment, &mut build.notes);
                set("sasl.password", password.unwrap_or_default());
            }
            None => build.notes.missing(
                &at("password"),
                "add password: { env: NAME } or { file: PATH }",
            ),
        }
    }
    if let Some(form) = tls {
        for (property, value) in tls::for_kafka(&format!("{key}.tls"), form, build) {
            set(property, value);
        }
    }
    properties
}

/// A property's value, if it may be set here.
pub(super) fn property_value(
    key: &str,
    property: &str,
    value: &Value,
    secured: bool,
    build: &mut Build<'_>,
) -> Option<String> {
    let key = format!("{key}.properties.{property}");
    if let Some((_, instead)) = SECURITY.iter().find(|(name, _)| *name == property) {
        let said = "it has a key of its own";
        build
            .notes
            .fault(&key, said, format!("set the sink's {instead} instead"));
        return None;
    }
    if property == "security.protocol" && secured {
        build
            .notes
            .fault(&key, "it follows from sasl and tls", "remove it");
        return None;
    }
    let is_secret = SECRET.contains(&property) || property.ends_with(".password");
    let read = if is_secret {
        secrets::secret
    } else {
        secrets::text
    };
    let value = read(value, &key, build.environment, &mut build.notes)?;
    if let Some(remedy) = kafka::weakens_promise(property, &value) {
        let said = "it would weaken what a 2xx promises, or contradict another key";
        build.notes.fault(&key, said, remedy);
        return None;
    }
    let unchecked = match property {
        "enable.ssl.certificate.verification" => value != "true",
        "ssl.endpoint.identification.algorithm" => value == "none",
        _ => false,
    };
    if unchecked {
        let said =
            "the broker's certificate is not checked: anyone on the way can read and take events";
        build.notes.warn(
            &key,
            said,
            "set tls.ca_file to the certificate authority instead",
        );
    }
    Some(value)
}
