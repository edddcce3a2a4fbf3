//! What is wrong with files and keys of TLS is named with its place and what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::{Value, json};

use super::support::{Folder, run};
use super::{Authority, Valid, authority, config, source, tls};

/// What `hookferry check` says, and whether it is content.
fn check(folder: &Folder, config: &Value) -> (bool, String) {
    let text = serde_json::to_string_pretty(config).unwrap();
    let file = folder.write("config.yaml", text);
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    command.args(["check", "-c", &file]).env_clear();
    command.env("GITHUB_SECRET", "a secret that is long enough");
    let output = run(&mut command, vec![]);
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    (output.status.success(), text)
}

#[test]
fn every_mistake_is_named_with_its_place_and_a_remedy() {
    let (folder, authority) = (Folder::new(), authority());
    let key = fs::read_to_string(authority.path("server.key")).unwrap();
    let other = Authority::new();
    other.key("other");
    let encrypted = key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let [text, encrypted, cut] = [
        folder.write("text.pem", "hello"),
        folder.write("encrypted.key", encrypted),
        folder.write("cut.key", key.replace('A', "")),
    ];
    let missing = folder.path().join("nowhere.pem").display().to_string();
    let with = |more: Value| json!({ "tls": tls(&authority, more) });
    let hook = |more: Value| json!({ "sources": { "hook": source("hook", more) } });
    for (more, key, said) in [
        (json!({ "tls": {} }), "tls.certificate_file", "missing"),
        (
            json!({ "tls": { "certificate_file": authority.path("server.pem") } }),
            "tls.key_file",
            "missing",
        ),
        (
            json!({ "tls": { "key_file": authority.path("server.key") } }),
            "tls.certificate_file",
            "missing",
        ),
        (
            with(json!({ "certificate_file": missing })),
            "tls.certificate_file",
            "cannot be read",
        ),
        (
            with(json!({ "certificate_file": text })),
            "tls.certificate_file",
            "does not hold certificates in PEM",
        ),
        (
            with(json!({ "key_file": text })),
            "tls.key_file",
            "does not hold an unencrypted private key",
        ),
        (
            with(json!({ "key_file": encrypted })),
            "tls.key_file",
            "does not hold an unencrypted private key",
        ),
        (with(json!({ "key_file": cut })), "tls.key_file", "cut.key"),
        (
            with(json!({ "key_file": other.path("other.key") })),
            "tls.key_file",
            "is not that of the certificate",
        ),
        (
            with(json!({ "client_certificates": "required" })),
            "tls.client_ca_file",
            "missing",
        ),
        (
            with(json!({ "client_certificates": "optional", "client_ca_file": text })),
            "tls.client_ca_file",
            "PEM",
        ),
        (
            with(json!({ "client_certificates": "maybe" })),
            "tls.client_certificates",
            "maybe",
        ),
        (
            with(json!({ "min_version": "1.0" })),
            "tls.min_version",
            "there is no key",
        ),
        (
            json!({ "admin": { "tls": { "certificate_file": text, "key_file": text } } }),
            "admin.tls.key_file",
            "PEM",
        ),
        (
            json!({ "proxy_protocol": true }),
            "proxy_protocol",
            "no proxy is trusted",
        ),
        (
            hook(json!({ "allow_from": [] })),
            "sources.hook.allow_from",
            "names no address",
        ),
        (
            hook(json!({ "allow_from": ["10.0.0.0/33"] })),
            "sources.hook.allow_from[0]",
            "no network",
        ),
        (
            hook(json!({ "client_certificate": {} })),
            "sources.hook.client_certificate",
            "no client is asked",
        ),
        (
            hook(json!({ "client_certificate": { "subject_names": ["*.example"] } })),
            "sources.hook.client_certificate.subject_names[0]",
            "no name of one client",
        ),
    ] {
        let (content, text) = check(&folder, &config(&folder, more));
        assert!(!content, "{key}: {text}");
        let named = text.lines().any(|line| {
            let place = line.contains("config.yaml:") && !line.contains("config.yaml: ");
            place && line.contains(&format!(": {key}: ")) && line.contains(said)
        });
        assert!(named, "{key}, {said}: {text}");
        assert!(text.contains("remedy: "), "{text}");
        assert!(!text.contains("PRIVATE KEY-----\nM"), "{text}");
    }
}

#[test]
fn what_works_and_deserves_a_look_is_a_warning() {
    let (folder, authority) = (Folder::new(), authority());
    authority.issue("late", "server", "DNS:localhost", Valid::Past);
    authority.issue("early", "server", "DNS:localhost", Valid::Future);
    let key = authority.path("server.key");
    for (certificate, mode, said) in [
        ("server", 0o600, None),
        ("server", 0o440, None),
        ("server", 0o644, Some("everybody on this machine can read")),
        ("late", 0o600, Some("expired at 2025-01-02T00:00:00")),
        ("early", 0o600, Some("counts from 2048-12-31T00:00:00")),
    ] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        let file = authority.path(&format!("{certificate}.pem"));
        let tls = tls(&authority, json!({ "certificate_file": file }));
        let (content, text) = check(&folder, &config(&folder, json!({ "tls": tls })));
        assert!(content, "{text}");
        let warning = text
            .lines()
            .find(|line| line.starts_with("warning: ") && line.contains("tls."));
        match said {
            None => assert_eq!(warning, None, "{text}"),
            Some(said) => {
                let warning = warning.unwrap_or_else(|| panic!("{text}"));
                assert!(
                    warning.contains(said) && warning.contains("config.yaml:"),
                    "{warning}"
                );
            }
        }
    }
}
