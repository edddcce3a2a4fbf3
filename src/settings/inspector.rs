//! `admin.inspector`: who may look at what comes, and how much of it is kept.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::build::{Build, size};
use super::document::ListenerTlsForm;
use super::secrets;
use crate::authenticate::Secret;
use crate::tls::Clients;

/// Paths that are the inspector's own on the ingress.
pub const BINS: &str = "/_bins";

/// A shorter token could be tried out.
const TOKEN_BYTES_MIN: usize = 16;

/// What operators and their machines ask.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AdminForm {
    pub(super) listen: Option<String>,
    pub(super) tls: Option<ListenerTlsForm>,
    pub(super) inspector: Option<InspectorForm>,
}

/// Who may look at what comes.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InspectorForm {
    pub(super) enabled: Option<bool>,
    pub(super) token: Option<Value>,
    pub(super) entries_max: Option<u64>,
    pub(super) bytes_max: Option<u64>,
    pub(super) body_bytes_max: Option<u64>,
    pub(super) hosts: Option<Vec<String>>,
    pub(super) bins_max: Option<u64>,
    pub(super) bin_age_max_s: Option<u64>,
    pub(super) bin_entries_max: Option<u64>,
    pub(super) journal: Option<PathBuf>,
    pub(super) journal_bytes_max: Option<u64>,
}

/// What the inspector is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectorSettings {
    pub access: Access,
    pub entries_max: usize,
    pub bytes_max: usize,
    /// Of one body.
    pub body_bytes_max: usize,
    pub bins_max: usize,
    pub bin_age_max: Duration,
    pub bin_entries_max: usize,
    /// Where what has come is written to, a line each.
    pub journal: Option<PathBuf>,
    pub journal_bytes_max: u64,
}

/// Who may look.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Who shows it may; whoever reaches the listener where there is none.
    pub token: Option<Secret>,
    /// Names by which the admin listener may be asked, beside loopback's and its own address.
    pub hosts: Vec<String>,
}

impl Access {
    /// Whether both want the same token, or none.
    pub fn has_token_of(&self, other: &Self) -> bool {
        match (&self.token, &other.token) {
            (None, None) => true,
            (Some(one), Some(another)) => one.is(another.reveal()),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }
}

impl PartialEq for Access {
    fn eq(&self, other: &Self) -> bool {
        self.has_token_of(other) && self.hosts == other.hosts
    }
}

impl Eq for Access {}

impl InspectorSettings {
    /// What a running daemon cannot change: all but who may look.
    pub(super) fn fixed(&self) -> Self {
        Self {
            access: Access::default(),
            ..self.clone()
        }
    }
}

/// `None` where it is off, or after a fault.
pub(super) fn inspector(
    admin: &AdminForm,
    listen: Option<SocketAddr>,
    build: &mut Build<'_>,
) -> Option<InspectorSettings> {
    let form = admin.inspector.as_ref()?;
    let key = |field: &str| format!("admin.inspector.{field}");
    let mut number =
        |field: &str, given, default, bounds| build.number(&key(field), given, default, bounds);
    let mib = 1_048_576;
    let entries_max = number("entries_max", form.entries_max, 1000, 1..=100_000);
    let bytes_max = number("bytes_max", form.bytes_max, 32 * mib, mib..=4096 * mib);
    let body = number("body_bytes_max", form.body_bytes_max, 262_144, 0..=64 * mib);
    let bins_max = number("bins_max", form.bins_max, 20, 0..=1000);
    let age = number("bin_age_max_s", form.bin_age_max_s, 86_400, 60..=2_592_000);
    let of_bin = number("bin_entries_max", form.bin_entries_max, 200, 1..=10_000);
    let journal = number(
        "journal_bytes_max",
        form.journal_bytes_max,
        64 * mib,
        mib..=1024 * mib,
    );
    let by_certificate = admin
        .tls
        .as_ref()
        .is_some_and(|tls| tls.client_certificates == Clients::Required);
    let token = token(form, listen, by_certificate, build);
    let hosts = hosts(form, build);
    if form.enabled != Some(true) {
        return None;
    }
    Some(InspectorSettings {
        access: Access {
            token: token?,
            hosts,
        },
        entries_max: size(entries_max),
        bytes_max: size(bytes_max),
        body_bytes_max: size(body),
        bins_max: size(bins_max),
        bin_age_max: Duration::from_secs(age),
        bin_entries_max: size(of_bin),
        journal: form.journal.clone(),
        journal_bytes_max: journal,
    })
}

/// The token, or that none is needed; `None` after a fault.
fn token(
    form: &InspectorForm,
    listen: Option<SocketAddr>,
    by_certificate: bool,
    build: &mut Build<'_>,
) -> Option<Option<Secret>> {
    let key = "admin.inspector.token";
    let Some(given) = &form.token else {
        let is_loopback = listen.is_none_or(|listen| listen.ip().is_loopback());
        if form.enabled == Some(true) && !is_loopback && !by_certificate {
            let remedy = "write { env: NAME } or { file: PATH }, let admin.listen be on loopback, or have admin.tls ask clients for certificates: required";
            build.notes.missing(key, remedy);
            return None;
        }
        return Some(None);
    };
    let text = secrets::secret(given, key, build.environment, &mut build.notes)?;
    let text = text.trim();
    if text.len() < TOKEN_BYTES_MIN || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let said = format!("it is shorter than {TOKEN_BYTES_MIN} bytes, or has blanks in it");
        let remedy = "make one by: openssl rand -hex 24";
        build.notes.fault(key, said, remedy);
        return None;
    }
    Some(Some(Secret::new(text.as_bytes())))
}

fn hosts(form: &InspectorForm, build: &mut Build<'_>) -> Vec<String> {
    let mut hosts = Vec::new();
    for (at, host) in form.hosts.iter().flatten().enumerate() {
        let is_name = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']')
        };
        let has_port = host.rsplit_once(':').is_some() && !host.starts_with('[');
        if host.is_empty() || has_port || !host.bytes().all(is_name) {
            let said = format!("{host:?} is no host name");
            let remedy =
                "write the name alone, as in hookferry.internal, without scheme, port or path";
            build
                .notes
                .fault(&format!("admin.inspector.hosts[{at}]"), said, remedy);
        }
        hosts.push(host.to_ascii_lowercase());
    }
    hosts
}
