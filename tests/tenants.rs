//! Many tenants at one source: each with secrets of its own, and none with another's.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

mod support;

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use support::client::{Client, Reply};
use support::daemon::{self, Daemon};
use support::github::Delivery;
use support::{Folder, kafka, run_id, until};

const WAIT: Duration = Duration::from_secs(10);

fn secret(tenant: &str) -> String {
    format!("the secret of {tenant} and nobody else")
}

fn config(run: &str, files: &str) -> Value {
    daemon::config(json!({
        "sinks": { "kafka": {
            "type": "kafka", "brokers": kafka::address(), "default_topic": run, "topic": format!("{run}.{{tenant}}"),
        } },
        "sources": {
            "shops": { "provider": "github", "path": "/hooks/{tenant}/github", "secrets": [{ "file": files }] },
        },
    }))
}

async fn send(client: &Client, tenant: &str, id: &str, secret: &str) -> u16 {
    let path = format!("/hooks/{tenant}/github");
    Delivery::push(id).send(client, &path, secret).await.status
}

/// Of a reply what is the same for all requests: not its id, and not the time.
fn shape(reply: &Reply) -> String {
    let mut body = reply.json();
    body["request_id"] = Value::Null;
    let mut headers: Vec<_> = reply.headers.iter().collect();
    headers.retain(|(name, _)| *name != "date" && *name != "x-request-id");
    format!("{} {headers:?} {body}", reply.status)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_tenant_is_judged_by_its_own_secret_and_known_in_the_envelope() {
    let (run, folder) = (run_id(), Folder::new());
    for tenant in ["acme", "globex"] {
        fs::create_dir(folder.path().join(tenant)).unwrap();
        folder.write(&format!("{tenant}/github"), secret(tenant));
    }
    // What is no tenant: a folder without the file, a name that is none, and what Kubernetes keeps there.
    fs::create_dir(folder.path().join("empty")).unwrap();
    for hidden in ["..data", "bad name"] {
        fs::create_dir(folder.path().join(hidden)).unwrap();
        folder.write(&format!("{hidden}/github"), secret(hidden));
    }
    let files = folder.path().join("{tenant}/github").display().to_string();
    let daemon = Daemon::start(config(&run, &files), &[]);
    daemon.ready().await;
    let client = daemon.client();
    // One id for both, for they know nothing of each other.
    let id = run_id();
    assert_eq!(send(&client, "acme", &id, &secret("acme")).await, 200);
    assert_eq!(send(&client, "globex", &id, &secret("globex")).await, 200);
    assert_eq!(
        send(&client, "acme", &run_id(), &secret("globex")).await,
        401
    );
    assert_eq!(
        send(&client, "globex", &run_id(), &secret("acme")).await,
        401
    );
    for tenant in ["acme", "globex"] {
        let records = kafka::read(&kafka::address(), &format!("{run}.{tenant}"));
        assert_eq!(records.len(), 1, "{tenant}");
        let envelope = records[0].json();
        assert_eq!(envelope["tenant"], tenant);
        assert_eq!(envelope["id"], json!(id));
        let address = format!("https://hooks.example.com/hooks/{tenant}/github");
        assert_eq!(envelope["source"], address);
    }
    // Who is unknown is like a path that is not there, whatever it is signed with.
    let delivery = Delivery::push(run_id());
    let nowhere = delivery.send(&client, "/nowhere", &secret("acme")).await;
    assert_eq!(nowhere.status, 404);
    for tenant in [
        "empty",
        "..data",
        "bad%20name",
        "initech",
        "ACME",
        "%61cme",
        "acme/..",
        "..",
        "",
        "{tenant}",
    ] {
        let path = format!("/hooks/{tenant}/github");
        let reply = delivery.send(&client, &path, &secret("acme")).await;
        assert_eq!(shape(&reply), shape(&nowhere), "{path}");
    }
    let metrics = daemon.metrics().await;
    for line in [
        "hookferry_tenants{source=\"shops\",state=\"known\"} 2",
        "hookferry_tenants{source=\"shops\",state=\"faulty\"} 0",
    ] {
        assert!(metrics.contains(line), "{line} is not among\n{metrics}");
    }
    assert!(!metrics.contains("acme"), "{metrics}");
    let output = daemon.output();
    assert!(output.contains("bad name"), "{output}");
    assert!(!output.contains("nobody else"), "{output}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenants_come_and_go_and_one_that_is_broken_costs_the_others_nothing() {
    let (run, folder) = (run_id(), Folder::new());
    // As Kubernetes mounts a Secret: links through ..data, which is replaced whole.
    let root = folder.path().to_owned();
    let swap = |version: &str, tenants: &[(&str, &str)]| {
        fs::create_dir(root.join(version)).unwrap();
        for (tenant, secret) in tenants {
            fs::write(root.join(version).join(tenant), secret).unwrap();
        }
        std::os::unix::fs::symlink(version, root.join("..new")).unwrap();
        fs::rename(root.join("..new"), root.join("..data")).unwrap();
        // Afterwards, so that no link leads nowhere for a moment.
        for (tenant, _) in tenants {
            let link = root.join(tenant);
            if fs::symlink_metadata(&link).is_err() {
                std::os::unix::fs::symlink(Path::new("..data").join(tenant), link).unwrap();
            }
        }
        for entry in fs::read_dir(&root).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if !name.starts_with('.') && !tenants.iter().any(|(tenant, _)| *tenant == name) {
                fs::remove_file(entry.path()).unwrap();
            }
        }
    };
    let (acme, globex) = (secret("acme"), secret("globex"));
    swap("..1", &[("acme", &acme)]);
    let files = root.join("{tenant}").display().to_string();
    let daemon = Daemon::start(config(&run, &files), &[]);
    daemon.ready().await;
    let client = daemon.client();
    assert_eq!(send(&client, "acme", "1", &acme).await, 200);
    assert_eq!(send(&client, "globex", "1", &globex).await, 404);

    swap("..2", &[("acme", &acme), ("globex", &globex)]);
    until("a tenant that comes is let in", WAIT, || async {
        send(&client, "globex", "2", &globex).await == 200
    })
    .await;
    assert_eq!(send(&client, "acme", "2", &acme).await, 200);

    // Its secret is changed, and another's file is broken: that one keeps what it had.
    let changed = secret("globex, changed");
    swap("..3", &[("acme", "\n"), ("globex", &changed), ("late", "")]);
    until("a changed secret counts", WAIT, || async {
        send(&client, "globex", "3", &changed).await == 200
    })
    .await;
    assert_eq!(send(&client, "globex", "4", &globex).await, 401);
    assert_eq!(send(&client, "acme", "3", &acme).await, 200);
    assert_eq!(send(&client, "late", "3", &acme).await, 404);
    let output = daemon.output();
    for tenant in ["acme", "late"] {
        let said = format!("tenant {tenant} cannot be read: ");
        assert_eq!(output.matches(&said).count(), 1, "{output}");
    }
    let metrics = daemon.metrics().await;
    for line in [
        "hookferry_tenants{source=\"shops\",state=\"known\"} 1",
        "hookferry_tenants{source=\"shops\",state=\"faulty\"} 2",
    ] {
        assert!(metrics.contains(line), "{line} is not among\n{metrics}");
    }

    swap("..4", &[("acme", &acme)]);
    until("a tenant that goes is 404", WAIT, || async {
        send(&client, "globex", "5", &changed).await == 404
    })
    .await;
    assert_eq!(send(&client, "acme", "4", &acme).await, 200);
    // The folder itself goes: whoever was let in still is.
    fs::rename(&root, root.with_extension("away")).unwrap();
    until("the fault is told", WAIT, || async {
        daemon.output().contains("the old one stays")
    })
    .await;
    assert_eq!(send(&client, "acme", "5", &acme).await, 200);
    fs::rename(root.with_extension("away"), &root).unwrap();
    let stored = kafka::read(&kafka::address(), &format!("{run}.acme"));
    assert_eq!(stored.len(), 5);
    assert!(!daemon.output().contains("nobody else"));
}
