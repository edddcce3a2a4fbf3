//! The schema registry of a Kafka sink.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::tls;
use crate::publish::registry::{self, Options};
use crate::settings::build::{Build, if_given, size};
use crate::settings::document::SchemaRegistryForm;
use crate::settings::{secrets, url};

/// What `form` says. `None` after a fault.
pub(super) fn options(
    sink: &str,
    key: &str,
    form: &SchemaRegistryForm,
    topics_max: u64,
    build: &mut Build<'_>,
) -> Option<Options> {
    let key = format!("{key}.schema_registry");
    if !registry::IS_BUILT_IN {
        let said = "this hookferry was built without schema registries";
        let remedy = "build it with: cargo build --release --features schema-registry";
        build.notes.fault(&key, said, remedy);
        return None;
    }
    let at = |field: &str| format!("{key}.{field}");
    let url = server(&at("url"), form.url.as_deref(), build);
    if form.format.is_none() {
        let remedy = "add one of: avro, protobuf, json_schema";
        build.notes.missing(&at("format"), remedy);
    }
    let authorization = authorization(&key, form, url.as_deref(), build);
    let ca = form.ca_file.as_ref();
    let ca = ca.map(|path| tls::certificates(path, &at("ca_file"), build));
    Some(Options {
        sink: sink.to_owned(),
        url: url?,
        authorization: if_given(authorization)?,
        ca: if_given(ca)?,
        format: form.format?,
        register: form.register.unwrap_or(true),
        // One is for the default topic.
        subjects_max: size(topics_max) + 1,
    })
}

fn server(key: &str, given: Option<&str>, build: &mut Build<'_>) -> Option<String> {
    let remedy =
        "write http://host:8081 or https://host, with the path of its API where it has one";
    let Some(given) = given else {
        build.notes.missing(key, remedy);
        return None;
    };
    let given = given.trim_end_matches('/');
    match url::fault_of_http(given, "it has a user: write user and password") {
        None => Some(given.to_owned()),
        Some(said) => {
            build.notes.fault(key, said, remedy);
            None
        }
    }
}

/// The header for `user` and `password`, if there are any; `Some(None)` after a fault.
#[expect(
    clippy::option_option,
    reason = "nothing is said, and nothing can be made of it"
)]
fn authorization(
    key: &str,
    form: &SchemaRegistryForm,
    url: Option<&str>,
    build: &mut Build<'_>,
) -> Option<Option<Zeroizing<String>>> {
    let at = |field: &str| format!("{key}.{field}");
    match (&form.user, &form.password) {
        (None, None) => None,
        (Some(_), None) => {
            let remedy = "add password: { env: NAME } or { file: PATH }";
            build.notes.missing(&at("password"), remedy);
            Some(None)
        }
        (None, Some(_)) => {
            build.notes.missing(&at("user"), "add the user's name");
            Some(None)
        }
        (Some(user), Some(kept)) => {
            let password = &at("password");
            let password = secrets::secret(kept, password, build.environment, &mut build.notes);
            if url.is_some_and(|url| url.starts_with("http://")) {
                let said = "the password travels unencrypted";
                build
                    .notes
                    .warn(&at("url"), said, "begin the URL with https://");
            }
            Some(password.map(|password| {
                let password = Zeroizing::new(password);
                let both = Zeroizing::new(format!("{user}:{}", *password));
                Zeroizing::new(format!("Basic {}", STANDARD.encode(&*both)))
            }))
        }
    }
}
