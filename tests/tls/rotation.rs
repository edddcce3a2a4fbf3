//! Certificates, keys, authorities and secrets that change while webhooks come.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;

use super::client::{Client, Kept};
use super::support::github::{Delivery, SECRET};
use super::support::{Folder, run_id, until};
use super::{Authority, Daemon, ENV, SEEN_WITHIN, Valid, authority, config, shown, source, tls};

const EXPIRY: &str = "hookferry_tls_certificate_expiry_timestamp_seconds{listener=\"ingress\"}";
const ROTATIONS: u32 = 20;
const PAIRS: u32 = 4;

/// The senders' word: which secret they sign by, how often they were answered, and what went wrong.
struct Senders {
    secret: std::sync::RwLock<String>,
    stop: AtomicBool,
    answered: AtomicU64,
    wrong: std::sync::Mutex<Vec<String>>,
}

impl Senders {
    fn delivery(&self) -> (Delivery, Vec<(&'static str, String)>) {
        let delivery = Delivery::push(run_id());
        let headers = delivery.headers(&self.secret.read().unwrap());
        (delivery, headers)
    }

    fn note(&self, outcome: Result<u16, String>) {
        match outcome {
            Ok(200) => drop(self.answered.fetch_add(1, Ordering::Relaxed)),
            outcome => self.wrong.lock().unwrap().push(format!("{outcome:?}")),
        }
    }

    fn go_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }
}

/// Puts a folder's files in place of the ones before, all at once, as Kubernetes does it.
fn swap(live: &Path, number: u32, files: &[(&str, String)]) {
    let own = live.join(format!("..{number}"));
    fs::create_dir(&own).unwrap();
    for (name, content) in files {
        fs::write(own.join(name), content).unwrap();
    }
    let link = live.join("..data_tmp");
    symlink(&own, &link).unwrap();
    fs::rename(link, live.join("..data")).unwrap();
}

fn der(pem: &str) -> Vec<u8> {
    let (_, pem) = x509_parser::pem::parse_x509_pem(pem.as_bytes()).unwrap();
    pem.contents
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_rotations_under_load_cost_no_request() {
    let (folder, authority, of_clients) = (Folder::new(), Authority::new(), Authority::new());
    let pairs: Vec<_> = (0..PAIRS)
        .map(|number| {
            let name = format!("server{number}");
            let key = authority.key(&name);
            (
                authority.issue(&name, &name, "DNS:localhost", Valid::Now),
                key,
            )
        })
        .collect();
    of_clients.key("client");
    of_clients.issue("client", "client", "DNS:provider.example", Valid::Now);
    let further = Authority::new().pem();
    let live = folder.path().join("live");
    fs::create_dir(&live).unwrap();
    let state = |number: u32, secrets: [&str; 2]| {
        let (certificate, key) = pairs[(number % PAIRS) as usize].clone();
        // The authority of the clients is one of those that come and go around it.
        let clients = match number % 3 {
            0 => of_clients.pem(),
            1 => format!("{further}{}", of_clients.pem()),
            _ => format!("{}{further}", of_clients.pem()),
        };
        let [new, old] = secrets.map(str::to_owned);
        swap(
            &live,
            number,
            &[
                ("tls.crt", certificate),
                ("tls.key", key),
                ("ca.crt", clients),
                ("new", new),
                ("old", old),
            ],
        );
    };
    state(
        0,
        [
            "secret number 0 of the webhook",
            "secret number 0 of the webhook",
        ],
    );
    for name in ["tls.crt", "tls.key", "ca.crt", "new", "old"] {
        symlink(format!("..data/{name}"), live.join(name)).unwrap();
    }
    let file = |name: &str| live.join(name).display().to_string();
    let config = config(
        &folder,
        json!({
            "tls": {
                "certificate_file": file("tls.crt"), "key_file": file("tls.key"),
                "client_ca_file": file("ca.crt"), "client_certificates": "required",
            },
            "sources": { "hook": source("hook", json!({
                "secrets": [{ "file": file("new") }, { "file": file("old") }],
                "client_certificate": { "subject_names": ["provider.example"] },
            })) },
        }),
    );
    let daemon = Daemon::start(config, &[]);
    daemon.ready().await;
    let identity = Some((&of_clients, "client"));
    let client = |protocol| Client::new(daemon.ingress, &authority, identity, &[protocol]);
    let senders = Arc::new(Senders {
        secret: std::sync::RwLock::new("secret number 0 of the webhook".into()),
        stop: AtomicBool::new(false),
        answered: AtomicU64::new(0),
        wrong: std::sync::Mutex::default(),
    });
    let mut tasks = Vec::new();
    for protocol in ["h2", "http/1.1"] {
        let (own, senders) = (client(protocol), Arc::clone(&senders));
        // One that makes a connection for each request.
        tasks.push(tokio::spawn({
            let (own, senders) = (own.clone(), Arc::clone(&senders));
            async move {
                while senders.go_on() {
                    let (delivery, headers) = senders.delivery();
                    let reply = own.post("/hook", &headers, &delivery.body).await;
                    senders.note(reply.map(|reply| reply.status));
                }
            }
        }));
        // And one that keeps its first through all of it.
        tasks.push(tokio::spawn(async move {
            let mut kept = Kept::new(own.connect().await.unwrap()).await.unwrap();
            while senders.go_on() {
                let (delivery, headers) = senders.delivery();
                let reply = kept.post("/hook", &headers, &delivery.body).await;
                senders.note(reply.map(|reply| reply.status));
            }
        }));
    }
    let looks = client("http/1.1");
    for number in 1..=ROTATIONS {
        let (old, new) = (
            format!("secret number {} of the webhook", number - 1),
            format!("secret number {number} of the webhook"),
        );
        state(number, [&new, &old]);
        let expected = der(&pairs[(number % PAIRS) as usize].0);
        until("the new certificate is shown", SEEN_WITHIN, || async {
            looks.shown().await == expected
        })
        .await;
        // Certificates and secrets are renewed together, but not at one instant.
        until("the new secret counts", SEEN_WITHIN, || async {
            let delivery = Delivery::push(run_id());
            let headers = delivery.headers(&new);
            let reply = looks.post("/hook", &headers, &delivery.body).await;
            reply.unwrap().status == 200
        })
        .await;
        *senders.secret.write().unwrap() = new;
    }
    senders.stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.unwrap();
    }
    let answered = senders.answered.load(Ordering::Relaxed);
    println!("{answered} requests answered 200 while {ROTATIONS} rotations went on");
    let wrong = senders.wrong.lock().unwrap();
    assert!(wrong.is_empty(), "{} of {answered}: {wrong:?}", wrong.len());
    assert!(answered > 200, "{answered}: that is no load");
    let output = daemon.output();
    assert!(!output.contains("panicked"), "{output}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_broken_keeps_what_was_there() {
    let (folder, authority) = (Folder::new(), authority());
    let month = Duration::from_secs(30 * 86_400);
    let certificate = authority.issue("month", "server", "DNS:localhost", Valid::For(month));
    let key = fs::read_to_string(authority.path("server.key")).unwrap();
    let [crt, private, secret] = [
        folder.write("tls.crt", &certificate),
        folder.write("tls.key", &key),
        folder.write("secret", SECRET),
    ];
    let tls = tls(
        &authority,
        json!({ "certificate_file": crt, "key_file": private }),
    );
    let sources = json!({ "hook": source("hook", json!({ "secrets": [{ "file": secret }] })) });
    let daemon = Daemon::start(
        config(&folder, json!({ "tls": tls, "sources": sources })),
        &[],
    );
    daemon.ready().await;
    let client = Client::new(daemon.ingress, &authority, None, &[]);
    let expiry = shown(&daemon, EXPIRY).await;
    let expected = super::support::now_s() + month.as_secs();
    assert!(expiry.abs_diff(expected) < 120, "{expiry} {expected}");

    let other_key = authority.key("other");
    let other = authority.issue("other", "other", "DNS:localhost", Valid::Now);
    let late = authority.issue("late", "server", "DNS:localhost", Valid::Past);
    let (kept, counts) = ("the old one stays", "read anew and counts");
    let since = |at: usize| daemon.output()[at..].to_owned();
    for (file, content, word) in [
        // A key that does not fit, a certificate that does not, one of the past, and no text at all.
        (
            "tls.key",
            other_key.as_str(),
            "is not that of the certificate",
        ),
        ("tls.key", "", "tls.key is empty"),
        (
            "tls.key",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "private key",
        ),
        ("tls.crt", &other, "is not that of the certificate"),
        ("tls.crt", &late, "expired at 2025-01-02"),
        (
            "tls.crt",
            "not a certificate",
            "does not hold certificates in PEM",
        ),
    ] {
        let at = daemon.output().len();
        folder.write(file, content);
        until(word, SEEN_WITHIN, || async {
            let new = since(at);
            let mut lines = new.lines();
            lines.any(|line| line.contains(word) && line.contains(file)) && new.contains(kept)
        })
        .await;
        assert_eq!(client.shown().await, der(&certificate), "{word}");
        assert_eq!(shown(&daemon, EXPIRY).await, expiry, "{word}");
        // All or nothing: a secret that comes with it does not count either.
        let at = daemon.output().len();
        folder.write("secret", "a secret that came with a broken file");
        until("it is looked at", SEEN_WITHIN, || async {
            since(at).contains(kept)
        })
        .await;
        let delivery = Delivery::push(run_id());
        let reply = client
            .post("/hook", &delivery.headers(SECRET), &delivery.body)
            .await;
        assert_eq!(reply.unwrap().status, 200, "{word}");
        folder.write("secret", SECRET);
        folder.write("tls.crt", &certificate);
        folder.write("tls.key", &key);
        until("it is whole again", SEEN_WITHIN, || async {
            let output = daemon.output();
            let is_last = |line: &&str| line.contains(kept) || line.contains(counts);
            let last = output.lines().rfind(is_last);
            last.is_some_and(|line| line.contains(counts))
        })
        .await;
    }
    // And the key before its certificate, as by hand: the pair counts once it is one.
    let at = daemon.output().len();
    folder.write("tls.key", &other_key);
    until("it is told", SEEN_WITHIN, || async {
        since(at).contains(kept)
    })
    .await;
    folder.write("tls.crt", &other);
    until("the pair counts", SEEN_WITHIN, || async {
        client.shown().await == der(&other)
    })
    .await;
    assert_eq!(shown(&daemon, EXPIRY).await, 2_493_072_000);
    let output = daemon.output();
    assert!(
        !output.contains("PRIVATE KEY") && !output.contains("panicked"),
        "{output}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_whose_authority_went_makes_no_connection_any_more() {
    let (folder, authority) = (Folder::new(), authority());
    let [gone, stays] = [Authority::new(), Authority::new()];
    for of_clients in [&gone, &stays] {
        of_clients.key("client");
        of_clients.issue("client", "client", "DNS:provider.example", Valid::Now);
    }
    let ca = folder.write("ca.crt", gone.pem());
    let asked = json!({ "client_certificates": "required", "client_ca_file": ca });
    let tls = tls(&authority, asked);
    let daemon = Daemon::start(config(&folder, json!({ "tls": tls })), &ENV);
    daemon.ready().await;
    let [old, new] = [&gone, &stays].map(|it| {
        Client::new(
            daemon.ingress,
            &authority,
            Some((it, "client")),
            &["http/1.1"],
        )
    });
    let send = async |client: &Client| {
        let delivery = Delivery::push(run_id());
        let reply = client
            .post("/hook", &delivery.headers(SECRET), &delivery.body)
            .await;
        reply.map(|reply| reply.status)
    };
    // More than one, so that the client has tickets to come back by.
    for _ in 0..3 {
        assert_eq!(send(&old).await, Ok(200));
    }
    assert!(send(&new).await.is_err());
    folder.write("ca.crt", stays.pem());
    until("the new authority counts", SEEN_WITHIN, || async {
        send(&new).await == Ok(200)
    })
    .await;
    // A session of before is no way in.
    assert!(send(&old).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_goes_over_to_tls_and_back() {
    let (folder, authority) = (Folder::new(), authority());
    let plain = config(&folder, json!({}));
    let with_tls = config(&folder, json!({ "tls": tls(&authority, json!({})) }));
    let daemon = Daemon::start(&plain, &ENV);
    daemon.ready().await;
    let stream = tokio::net::TcpStream::connect(daemon.ingress).await;
    let mut kept = Kept::plain(stream.unwrap()).await.unwrap();
    let send = async |kept: &mut Kept| {
        let delivery = Delivery::push(run_id());
        let headers = delivery.headers(SECRET);
        let reply = kept.post("/hook", &headers, &delivery.body).await;
        reply.map(|reply| reply.status)
    };
    assert_eq!(send(&mut kept).await, Ok(200));
    daemon.folder.write("config.yaml", with_tls.to_string());
    let client = Client::new(daemon.ingress, &authority, None, &["h2"]);
    until("it speaks TLS", SEEN_WITHIN, || async {
        client.connect().await.is_ok()
    })
    .await;
    assert_eq!(shown(&daemon, EXPIRY).await, 2_493_072_000);
    let mut secure = Kept::new(client.connect().await.unwrap()).await.unwrap();
    assert_eq!(send(&mut secure).await, Ok(200));
    let strangers = daemon.client();
    let refused = strangers.raw(b"GET / HTTP/1.1\r\n\r\n", false, SEEN_WITHIN);
    assert_eq!(refused.await, "");
    // A connection is as it was opened.
    assert_eq!(send(&mut kept).await, Ok(200));
    daemon.folder.write("config.yaml", plain.to_string());
    until("it speaks plainly", SEEN_WITHIN, || async {
        let request = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        let said = daemon.client().raw(request, false, SEEN_WITHIN).await;
        said.starts_with("HTTP/1.1 404")
    })
    .await;
    assert_eq!(send(&mut secure).await, Ok(200));
    assert!(!daemon.metrics().await.contains(EXPIRY));
}
