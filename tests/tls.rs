//! The way in: TLS as strangers and providers try it, certificates that change while webhooks come, for
//! whom a proxy speaks, and whom a source takes requests from. No broker is needed: what is authentic
//! is kept in the spool, which is a 200 as well.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

#[path = "tls/addresses.rs"]
mod addresses;
#[path = "fetch/authority.rs"]
mod authority;
#[path = "tls/certificates.rs"]
mod certificates;
#[path = "tls/client.rs"]
mod client;
#[path = "tls/faults.rs"]
mod faults;
#[path = "tls/handshakes.rs"]
mod handshakes;
#[path = "tls/proxied.rs"]
mod proxied;
#[path = "tls/rotation.rs"]
mod rotation;
mod support;

use std::time::Duration;

use serde_json::{Value, json};

use authority::{Authority, Valid};
use support::Folder;
use support::daemon::{self, Daemon};
use support::github::SECRET;

/// Where no broker listens.
const NOBODY: &str = "127.0.0.1:1";
const ENV: [(&str, &str); 1] = [("GITHUB_SECRET", SECRET)];
/// Longer than two looks at the files.
const SEEN_WITHIN: Duration = Duration::from_secs(15);

/// A GitHub source at `/NAME`, with `more` keys.
fn source(name: &str, more: Value) -> Value {
    let mut source = json!({
        "provider": "github", "path": format!("/{name}"), "secrets": [{ "env": "GITHUB_SECRET" }],
    });
    let more = more.as_object().expect("keys of a source").clone();
    source.as_object_mut().unwrap().extend(more);
    source
}

/// A configuration whose events are kept below `folder`.
fn config(folder: &Folder, more: Value) -> Value {
    let mut config = daemon::config(json!({
        "sinks": { "kafka": { "type": "kafka", "brokers": NOBODY } },
        "spool": { "path": folder.path().join("spool"), "takeover_ms": 10 },
        "sources": { "hook": source("hook", json!({})) },
    }));
    let more = more.as_object().expect("keys").clone();
    config.as_object_mut().unwrap().extend(more);
    config
}

/// An authority, and a certificate of it for localhost in `server.pem` and `server.key`.
fn authority() -> Authority {
    let authority = Authority::new();
    authority.key("server");
    authority.issue("server", "server", "DNS:localhost,IP:127.0.0.1", Valid::Now);
    authority
}

/// The key `tls` for what [`authority`] has made, with `more` keys.
fn tls(authority: &Authority, more: Value) -> Value {
    let mut tls = json!({
        "certificate_file": authority.path("server.pem"), "key_file": authority.path("server.key"),
    });
    let more = more.as_object().expect("keys of tls").clone();
    tls.as_object_mut().unwrap().extend(more);
    tls
}

/// A counter or gauge by its whole name with labels as they are shown; 0 while it is not there.
async fn shown(daemon: &Daemon, series: &str) -> u64 {
    let metrics = daemon.metrics().await;
    let value = metrics
        .lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    value.map_or(0, |value| value.parse().expect("a whole number"))
}

/// Waits until so many handshakes have failed for `reason`.
async fn failed(daemon: &Daemon, listener: &str, reason: &str, count: u64) {
    let series = format!(
        "hookferry_tls_handshake_failures_total{{listener=\"{listener}\",reason=\"{reason}\"}}"
    );
    let what = format!("{count} of {series}");
    support::until(&what, Duration::from_secs(10), || async {
        shown(daemon, &series).await >= count
    })
    .await;
    assert_eq!(shown(daemon, &series).await, count, "{series}");
}
