//! Whom a source takes requests from: addresses and client certificates.

use super::build::Build;
use super::document::SourceForm;
use super::rates;
use crate::accept::{Admission, CertificateRule};
use crate::tls::Clients;

/// What the source at `key` says of its clients.
pub(super) fn admission(key: &str, form: &SourceForm, build: &mut Build<'_>) -> Admission {
    let at = |field: &str| format!("{key}.{field}");
    let given = form.allow_from.as_deref();
    let networks = rates::networks(&at("allow_from"), given, build);
    if given.is_some_and(<[_]>::is_empty) {
        let remedy = "name networks; or remove the key, then all addresses are let in";
        let said = "it names no address";
        build.notes.fault(&at("allow_from"), said, remedy);
    }
    Admission {
        allow_from: networks,
        certificate: certificate(&at("client_certificate"), form, build),
    }
}

fn certificate(key: &str, form: &SourceForm, build: &mut Build<'_>) -> Option<CertificateRule> {
    let form = form.client_certificate.as_ref()?;
    let rule = CertificateRule {
        is_required: form.required.unwrap_or(true),
        subject_names: form.subject_names.clone(),
    };
    if matches!(build.clients, None | Some(Clients::None)) {
        let said = "no client is asked for a certificate";
        let remedy = "add tls with client_certificates: optional and client_ca_file";
        build.notes.fault(key, said, remedy);
    }
    for (at, name) in rule.subject_names.iter().enumerate() {
        if name.trim().is_empty() || name.contains('*') {
            let said = format!("{name:?} is no name of one client");
            let remedy = "write a DNS name, URI or common name as it is in the certificate";
            let key = format!("{key}.subject_names[{at}]");
            build.notes.fault(&key, said, remedy);
        }
    }
    if !rule.is_required && rule.subject_names.is_empty() {
        let said = "it is not required, and any will do: this says nothing";
        let remedy = "write required: true, add subject_names, or remove the key";
        build.notes.fault(key, said, remedy);
    }
    Some(rule)
}
