//! TLS towards the brokers: whom to trust, and who we are.

use std::path::{Path, PathBuf};

use x509_parser::pem::Pem;
use zeroize::Zeroizing;

use crate::publish::rabbitmq::Tls;
use crate::settings::build::Build;
use crate::settings::document::{RabbitmqTlsForm, TlsForm};
use crate::settings::secrets;

/// What librdkafka is told; it reads the files itself.
pub(super) fn for_kafka(
    key: &str,
    form: &TlsForm,
    build: &mut Build<'_>,
) -> Vec<(&'static str, String)> {
    let files = [
        ("ca_file", "ssl.ca.location", &form.ca_file),
        (
            "certificate_file",
            "ssl.certificate.location",
            &form.certificate_file,
        ),
        ("key_file", "ssl.key.location", &form.key_file),
    ];
    let mut properties = Vec::new();
    for (field, property, path) in files {
        if let Some(path) = path {
            secrets::readable(path, &format!("{key}.{field}"), &mut build.notes);
            properties.push((property, path.display().to_string()));
        }
    }
    pair(key, &form.certificate_file, &form.key_file, build);
    if let Some(kept) = &form.key_password {
        let key = format!("{key}.key_password");
        let password = secrets::secret(kept, &key, build.environment, &mut build.notes);
        properties.push(("ssl.key.password", password.unwrap_or_default()));
    }
    properties
}

/// What lapin is told: the files' texts. It looks at them only when it connects, so we do here.
pub(super) fn for_rabbitmq(key: &str, form: &RabbitmqTlsForm, build: &mut Build<'_>) -> Tls {
    let at = |field: &str| format!("{key}.{field}");
    let ca = form.ca_file.as_ref();
    let ca = ca.and_then(|path| certificates(path, &at("ca_file"), build));
    let files = pair(key, &form.certificate_file, &form.key_file, build);
    let identity = files.and_then(|(certificate, private)| {
        let certificate = certificates(certificate, &at("certificate_file"), build);
        let private = private_key(private, &at("key_file"), build);
        Some((certificate?, private?))
    });
    Tls { ca, identity }
}

pub(in crate::settings) fn certificates(
    path: &Path,
    key: &str,
    build: &mut Build<'_>,
) -> Option<String> {
    let text = secrets::file(path, key, &mut build.notes)?;
    let mut count = 0;
    let sound = Pem::iter_from_buffer(text.as_bytes()).all(|pem| {
        count += 1;
        pem.is_ok_and(|pem| pem.label == "CERTIFICATE" && pem.parse_x509().is_ok())
    });
    if count == 0 || !sound {
        let said = format!("file {} does not hold certificates in PEM", path.display());
        let remedy = "name a file of -----BEGIN CERTIFICATE----- blocks and nothing else";
        build.notes.fault(key, said, remedy);
        return None;
    }
    Some(text)
}

pub(in crate::settings) fn private_key(
    path: &Path,
    key: &str,
    build: &mut Build<'_>,
) -> Option<Zeroizing<String>> {
    let text = Zeroizing::new(secrets::file(path, key, &mut build.notes)?);
    let plain = ["", "RSA ", "EC "];
    if plain
        .iter()
        .any(|kind| text.contains(&format!("-----BEGIN {kind}PRIVATE KEY-----")))
    {
        return Some(text);
    }
    let said = format!(
        "file {} does not hold an unencrypted private key in PEM",
        path.display()
    );
    let remedy = "convert it: openssl pkey -in OLD -out NEW";
    build.notes.fault(key, said, remedy);
    None
}

/// A certificate and its key, which are of no use without each other.
pub(in crate::settings) fn pair<'f>(
    key: &str,
    certificate: &'f Option<PathBuf>,
    private: &'f Option<PathBuf>,
    build: &mut Build<'_>,
) -> Option<(&'f PathBuf, &'f PathBuf)> {
    match (certificate, private) {
        (Some(certificate), Some(private)) => return Some((certificate, private)),
        (Some(_), None) => build.notes.missing(
            &format!("{key}.key_file"),
            "add the certificate's key, or remove certificate_file",
        ),
        (None, Some(_)) => build.notes.missing(
            &format!("{key}.certificate_file"),
            "add the key's certificate, or remove key_file",
        ),
        (None, None) => {}
    }
    None
}
