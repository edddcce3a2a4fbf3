//! TLS on our own listeners: files become an [`Identity`], with what is wrong with them named.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::build::Build;
use super::document::ListenerTlsForm;
use super::sinks::tls::{certificates, pair, private_key};
use crate::time::UnixTime;
use crate::tls::{Clients, Identity, Mistake, Parts};

/// What `listen` shows.
pub(super) fn ingress(form: Option<&ListenerTlsForm>, build: &mut Build<'_>) -> Option<Identity> {
    listener("tls", form?, &["h2", "http/1.1"], build)
}

/// What `admin.listen` shows.
pub(super) fn admin(form: Option<&ListenerTlsForm>, build: &mut Build<'_>) -> Option<Identity> {
    listener("admin.tls", form?, &["http/1.1"], build)
}

/// `None` after a fault.
fn listener(
    key: &str,
    form: &ListenerTlsForm,
    protocols: &'static [&'static str],
    build: &mut Build<'_>,
) -> Option<Identity> {
    let at = |field: &str| format!("{key}.{field}");
    let files = pair(key, &form.certificate_file, &form.key_file, build);
    if form.certificate_file.is_none() && form.key_file.is_none() {
        let remedy = "add certificate_file and key_file, or remove tls";
        build.notes.missing(&at("certificate_file"), remedy);
    }
    let client_ca = client_ca(key, form, build);
    let (file, key_file) = files?;
    let certificate = certificates(file, &at("certificate_file"), build);
    let private = private_key(key_file, &at("key_file"), build);
    guarded(key_file, &at("key_file"), build);
    let identity = Identity::new(Parts {
        file: file.clone(),
        certificate: certificate?,
        key: private?,
        client_ca: client_ca?,
        clients: form.client_certificates,
        protocols,
    });
    match identity {
        Ok(identity) => {
            timely(&identity, &at("certificate_file"), build);
            Some(identity)
        }
        Err(mistake) => {
            name(&mistake, key, form, build);
            None
        }
    }
}

/// The authorities of clients, where any are asked; `None` after a fault.
fn client_ca(key: &str, form: &ListenerTlsForm, build: &mut Build<'_>) -> Option<Option<String>> {
    let at = format!("{key}.client_ca_file");
    match (&form.client_ca_file, form.client_certificates) {
        (None, Clients::None) => Some(None),
        (Some(file), Clients::None) => {
            let said = "no client is asked for a certificate";
            let remedy = "add client_certificates: optional or required, or remove the key";
            build.notes.warn(&at, said, remedy);
            certificates(file, &at, build).map(Some)
        }
        (Some(file), Clients::Optional | Clients::Required) => {
            certificates(file, &at, build).map(Some)
        }
        (None, Clients::Optional | Clients::Required) => {
            let remedy = "add the authorities that sign clients' certificates, in PEM";
            build.notes.missing(&at, remedy);
            None
        }
    }
}

fn name(mistake: &Mistake, key: &str, form: &ListenerTlsForm, build: &mut Build<'_>) {
    let shown = |file: &Option<std::path::PathBuf>| {
        let file = file.as_ref();
        file.map_or_else(String::new, |file| file.display().to_string())
    };
    let (field, said, remedy) = match mistake {
        Mistake::Certificate(error) => (
            "certificate_file",
            format!("file {}: {error}", shown(&form.certificate_file)),
            "name a file of certificates in PEM, the listener's own first",
        ),
        Mistake::Key(error) => (
            "key_file",
            format!("file {}: {error}", shown(&form.key_file)),
            "name the certificate's private key: RSA of 2048 bits or more, ECDSA or Ed25519",
        ),
        Mistake::OtherKey => (
            "key_file",
            format!(
                "the key in {} is not that of the certificate in {}",
                shown(&form.key_file),
                shown(&form.certificate_file)
            ),
            "name the key that the certificate was made for; the file's first certificate is the listener's own",
        ),
        Mistake::ClientCa(error) => (
            "client_ca_file",
            format!("file {}: {error}", shown(&form.client_ca_file)),
            "name a file of authorities' certificates in PEM",
        ),
    };
    build.notes.fault(&format!("{key}.{field}"), said, remedy);
}

/// A warning where the certificate does not count now.
fn timely(identity: &Identity, key: &str, build: &mut Build<'_>) {
    let now = UnixTime::now();
    let shown = identity.file().display();
    if identity.expires() <= now {
        let said = format!(
            "the certificate in {shown} expired at {}: clients will not connect",
            identity.expires().text()
        );
        build
            .notes
            .warn(key, said, "renew it and put the new one there");
    } else if identity.begins() > now {
        let said = format!(
            "the certificate in {shown} counts from {} on: clients will not connect before",
            identity.begins().text()
        );
        build
            .notes
            .warn(key, said, "look at this machine's clock, or take another");
    }
}

/// A warning where everybody on the machine can read the key.
fn guarded(file: &Path, key: &str, build: &mut Build<'_>) {
    const ANYBODY_READS: u32 = 0o004;
    let mode = std::fs::metadata(file).map(|it| it.mode());
    if mode.is_ok_and(|mode| mode & ANYBODY_READS != 0) {
        let said = format!("everybody on this machine can read {}", file.display());
        let remedy = "chmod o-rwx; in Kubernetes, set the volume's defaultMode to 0440";
        build.notes.warn(key, said, remedy);
    }
}
