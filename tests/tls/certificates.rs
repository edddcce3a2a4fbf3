//! Clients that are asked who they are: by a listener, and by one source and not by another.

use serde_json::{Value, json};

use super::client::{Client, s_client};
use super::support::Folder;
use super::support::github::{Delivery, SECRET};
use super::{Authority, Daemon, ENV, Valid, authority, config, failed, shown, source, tls};

const GET: &str = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Certificates of clients, by their files' names.
fn clients(authority: &Authority) {
    authority.key("client");
    for (name, names) in [
        (
            "named",
            "DNS:hooks.provider.example,URI:spiffe://provider/hooks",
        ),
        ("other", "DNS:hooks.other.example"),
        ("common", "email:copy"),
    ] {
        authority.issue(name, "client", names, Valid::Now);
    }
    authority.issue("late", "client", "DNS:hooks.provider.example", Valid::Past);
    authority.issue(
        "early",
        "client",
        "DNS:hooks.provider.example",
        Valid::Future,
    );
    for name in ["named", "other", "common", "late", "early"] {
        let key = std::fs::read(authority.path("client.key")).unwrap();
        std::fs::write(authority.path(&format!("{name}.key")), key).unwrap();
    }
}

async fn answers(client: &Client, path: &str) -> (u16, String) {
    let delivery = Delivery::push(super::support::run_id());
    let headers = delivery.headers(SECRET);
    let reply = client.post(path, &headers, &delivery.body).await.unwrap();
    (reply.status, reply.reason())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_may_want_a_certificate_that_another_does_not() {
    let (folder, authority, of_clients) = (Folder::new(), authority(), Authority::new());
    clients(&of_clients);
    let asked = json!({ "client_certificates": "optional", "client_ca_file": of_clients.file() });
    let wants = |rule: Value| json!({ "client_certificate": rule });
    let named = ["HOOKS.provider.example", "spiffe://nobody/else"];
    let config = config(
        &folder,
        json!({
            "tls": tls(&authority, asked),
            "sources": {
                "open": source("open", json!({})),
                "any": source("any", wants(json!({ "required": true }))),
                "named": source("named", wants(json!({ "required": true, "subject_names": named }))),
                "uri": source("uri", wants(json!({ "subject_names": ["spiffe://provider/hooks"] }))),
                "common": source("common", wants(json!({ "subject_names": ["common"] }))),
                "cn": source("cn", wants(json!({ "subject_names": ["named"] }))),
                "sole": source("sole", json!({
                    "provider": "generic-mtls", "verify": "none", "secrets": null,
                    "client_certificate": { "subject_names": named },
                })),
                "if": source("if", wants(json!({ "required": false, "subject_names": named }))),
            },
        }),
    );
    let daemon = Daemon::start(config, &ENV);
    daemon.ready().await;
    let as_client = |name: Option<&str>| {
        let identity = name.map(|name| (&of_clients, name));
        Client::new(daemon.ingress, &authority, identity, &["h2", "http/1.1"])
    };
    let (nobody, named) = (as_client(None), as_client(Some("named")));
    let (other, common) = (as_client(Some("other")), as_client(Some("common")));
    let (accepted, missing) = ((200, "accepted"), (401, "no_client_certificate"));
    let wrong = (403, "client_certificate_not_allowed");
    for (path, expected) in [
        // Without one, with the right name, with another name, with a common name alone.
        ("/open", [accepted, accepted, accepted, accepted]),
        ("/any", [missing, accepted, accepted, accepted]),
        ("/named", [missing, accepted, wrong, wrong]),
        ("/uri", [missing, accepted, wrong, wrong]),
        ("/common", [missing, wrong, wrong, accepted]),
        // A common name beside other names counts for nothing.
        ("/cn", [missing, wrong, wrong, wrong]),
        ("/sole", [missing, accepted, wrong, wrong]),
        ("/if", [accepted, accepted, wrong, wrong]),
    ] {
        for (client, (status, reason)) in [&nobody, &named, &other, &common].iter().zip(expected) {
            let answer = answers(client, path).await;
            assert_eq!(answer, (status, reason.to_owned()), "{path}");
        }
    }
    let denied = "hookferry_requests_denied_total{reason=\"no_client_certificate\"}";
    assert_eq!(shown(&daemon, denied).await, 6);
    // A certificate with a name is a proof.
    assert_eq!(shown(&daemon, "hookferry_unverified_sources").await, 0);

    // A certificate that does not count is worse than none: out of its time, or signed by whoever.
    let strangers = Authority::new();
    clients(&strangers);
    for (identity, count) in [
        ((&of_clients, "late"), 1),
        ((&of_clients, "early"), 2),
        ((&strangers, "named"), 3),
    ] {
        let client = Client::new(daemon.ingress, &authority, Some(identity), &[]);
        let delivery = Delivery::push("with a bad certificate");
        let reply = client
            .post("/open", &delivery.headers(SECRET), &delivery.body)
            .await;
        assert!(reply.is_err(), "{reply:?}");
        failed(&daemon, "ingress", "bad_certificate", count).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_may_want_certificates_of_all() {
    let (folder, authority, of_clients) = (Folder::new(), authority(), Authority::new());
    clients(&of_clients);
    let asked = json!({ "client_certificates": "required", "client_ca_file": of_clients.file() });
    let tls = tls(&authority, asked);
    let config = config(
        &folder,
        json!({ "admin": {
            "listen": "127.0.0.1:0", "tls": tls.clone(),
            "inspector": { "enabled": true, "token": { "env": "GITHUB_SECRET" } },
        }, "tls": tls }),
    );
    let daemon = Daemon::start(config, &ENV);
    let [certificate, key] = ["named.pem", "client.key"].map(|file| of_clients.path(file));
    let with = ["-cert", certificate.as_str(), "-key", key.as_str()];
    for address in [daemon.ingress, daemon.admin] {
        for version in ["-tls1_2", "-tls1_3"] {
            let said = s_client(address, &authority, &[version], GET);
            assert!(!said.contains("HTTP/1.1"), "{version}: {said}");
            // TLS 1.2 has no alert of its own for that.
            let alert = ["alert certificate required", "alert handshake failure"];
            assert!(
                alert.iter().any(|alert| said.contains(alert)),
                "{version}: {said}"
            );
            let words = [&[version][..], &with].concat();
            let said = s_client(address, &authority, &words, GET);
            let status = if address == daemon.admin {
                "200 OK"
            } else {
                "404 Not Found"
            };
            assert!(
                said.contains(&format!("HTTP/1.1 {status}")),
                "{version}: {said}"
            );
        }
    }
    // The inspector's session is of this listener, and goes over nothing but TLS.
    let client = Client::new(daemon.admin, &authority, Some((&of_clients, "named")), &[]);
    let headers = [("content-type", "application/json".to_owned())];
    let token = json!({ "token": SECRET }).to_string();
    let opened = client.post("/inspector/api/session", &headers, token.as_bytes());
    let opened = opened.await.unwrap();
    let cookie = opened.header("set-cookie").unwrap_or_default();
    assert!(cookie.ends_with("; Secure"), "{opened:?}");

    let metrics = s_client(daemon.admin, &authority, &with, GET);
    for listener in ["ingress", "admin"] {
        let counted = format!(
            "hookferry_tls_handshake_failures_total{{listener=\"{listener}\",reason=\"no_certificate\"}} 2"
        );
        assert!(metrics.contains(&counted), "{metrics}");
        // 2049-01-01, as the authority of tests makes them.
        let expiry = format!(
            "hookferry_tls_certificate_expiry_timestamp_seconds{{listener=\"{listener}\"}} 2493072000"
        );
        assert!(metrics.contains(&expiry), "{metrics}");
    }
}
