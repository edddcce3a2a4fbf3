//! Handshakes, as clients old and new and hostile begin them.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::client::{Client, Kept, s_client};
use super::support::github::{Delivery, SECRET};
use super::support::{Folder, random, until};
use super::{Daemon, ENV, authority, config, failed, shown, tls};

const GET: &str = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_is_safe_is_spoken() {
    let (folder, authority) = (Folder::new(), authority());
    let tls = tls(&authority, json!({}));
    let daemon = Daemon::start(config(&folder, json!({ "tls": tls })), &ENV);
    let with = |words: &[&str]| s_client(daemon.ingress, &authority, words, GET);

    // OpenSSL speaks the old versions only at its lowest level.
    for version in ["-tls1", "-tls1_1"] {
        let said = with(&[version, "-cipher", "ALL:@SECLEVEL=0"]);
        assert!(said.contains("SSL alert number"), "{version}: {said}");
        assert!(!said.contains("HTTP/1.1"), "{version}: {said}");
    }
    failed(&daemon, "ingress", "version", 2).await;
    for (words, protocol) in [
        (&["-tls1_2"][..], "TLSv1.2"),
        (&["-tls1_3"], "TLSv1.3"),
        (&[], "TLSv1.3"),
    ] {
        let said = with(words);
        assert!(said.contains("HTTP/1.1 404 Not Found"), "{words:?}: {said}");
        assert!(said.contains("Verification: OK"), "{words:?}: {said}");
        assert!(
            said.contains(&format!("New, {protocol}")),
            "{words:?}: {said}"
        );
    }
    for cipher in [
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-RSA-CHACHA20-POLY1305",
    ] {
        let said = with(&["-tls1_2", "-cipher", cipher]);
        assert!(said.contains("HTTP/1.1 404 Not Found"), "{cipher}: {said}");
        assert!(said.contains(&format!("Cipher is {cipher}")), "{said}");
    }
    // No forward secrecy, CBC, no authentication, no encryption.
    let weak = [
        "AES128-GCM-SHA256",
        "AES256-SHA",
        "ECDHE-RSA-AES128-SHA",
        "ECDHE-RSA-AES256-SHA384",
        "DHE-RSA-AES128-GCM-SHA256",
        "AECDH-AES128-SHA:@SECLEVEL=0",
        "ECDHE-RSA-NULL-SHA:@SECLEVEL=0",
    ];
    for cipher in weak {
        let said = with(&["-tls1_2", "-cipher", cipher]);
        assert!(said.contains("alert handshake failure"), "{cipher}: {said}");
        assert!(!said.contains("HTTP/1.1"), "{cipher}: {said}");
    }
    failed(&daemon, "ingress", "incompatible", weak.len() as u64).await;
    for suite in [
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
    ] {
        let said = with(&["-tls1_3", "-ciphersuites", suite]);
        assert!(said.contains("HTTP/1.1 404 Not Found"), "{suite}: {said}");
        assert!(said.contains(&format!("Cipher is {suite}")), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_handshake_says_which_http_it_will_be() {
    let (folder, authority) = (Folder::new(), authority());
    let tls = tls(&authority, json!({}));
    let config = config(
        &folder,
        json!({ "tls": tls, "admin": {
        "listen": "127.0.0.1:0",
    } }),
    );
    let daemon = Daemon::start(config, &ENV);
    daemon.ready().await;
    for (offered, chosen) in [
        (&["h2", "http/1.1"][..], Some("h2")),
        (&["h2"], Some("h2")),
        (&["http/1.1"], Some("http/1.1")),
        (&["http/1.1", "h2"], Some("h2")),
        (&[], None),
    ] {
        let client = Client::new(daemon.ingress, &authority, None, offered);
        let stream = client.connect().await.unwrap();
        let got = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
        assert_eq!(got.as_deref(), chosen.map(str::as_bytes), "{offered:?}");
        let mut kept = Kept::new(stream).await.unwrap();
        // More than one request on one connection.
        for number in 0..3 {
            let delivery = Delivery::push(format!("{}{number}", offered.join("+")));
            let headers = delivery.headers(SECRET);
            let reply = kept.post("/hook", &headers, &delivery.body).await.unwrap();
            assert_eq!(reply.status, 200, "{offered:?}: {reply:?}");
            let forged = delivery.headers("another secret");
            let reply = kept.post("/hook", &forged, &delivery.body).await.unwrap();
            assert_eq!(reply.status, 401, "{offered:?}: {reply:?}");
        }
    }
    // A preface where http/1.1 was chosen, or nothing was, is no HTTP/2.
    let said = s_client(
        daemon.ingress,
        &authority,
        &["-alpn", "http/1.1"],
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    );
    assert!(said.contains("ALPN protocol: http/1.1"), "{said}");
    assert!(!said.contains("HTTP/1.1 2"), "{said}");
    let said = s_client(daemon.ingress, &authority, &["-alpn", "spdy/3"], GET);
    assert!(said.contains("alert no application protocol"), "{said}");
    failed(&daemon, "ingress", "alpn", 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_handshake_costs_nothing_that_stays() {
    let (folder, authority) = (Folder::new(), authority());
    let config = config(
        &folder,
        json!({
            "tls": tls(&authority, json!({})),
            "limits": { "header_read_ms": 2500, "connections_max": 8, "client_connections_max": 8 },
        }),
    );
    let daemon = Daemon::start(config, &ENV);
    daemon.ready().await;
    let plain = daemon.client();
    let within = super::support::PATIENCE;

    // HTTP to a port with TLS is closed without a word.
    for request in [
        GET,
        "POST /hook HTTP/1.1\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        assert_eq!(plain.raw(request.as_bytes(), false, within).await, "");
    }
    failed(&daemon, "ingress", "plain_http", 3).await;
    assert_eq!(plain.raw(b"\x80\x2e\x01\x00\x02", false, within).await, "");
    assert_eq!(plain.raw(b"\0\0\0\0\0\0", false, within).await, "");
    failed(&daemon, "ingress", "not_tls", 2).await;
    // It comes, and goes, perhaps in the middle of a record.
    plain.raw(b"", true, within).await;
    plain.raw(b"\x16\x03\x01\x02\x00\x01", true, within).await;
    failed(&daemon, "ingress", "closed", 2).await;
    // A handshake's record with rubbish in it, of every length; seeded, so that it can be done again.
    let mut random = random::Random::of(0x7115);
    println!("seed 0x7115");
    for length in 1..=64_usize {
        let mut record = vec![0x16, 3, 1, 0, u8::try_from(length).unwrap()];
        record.extend((0..length).map(|_| random.below(256).to_le_bytes()[0]));
        // Lengths inside may promise more: the end comes instead.
        plain.raw(&record, true, within).await;
    }
    let all = || async {
        let metrics = daemon.metrics().await;
        let counts = metrics.lines().filter_map(|line| {
            let rest = line.strip_prefix("hookferry_tls_handshake_failures_total{")?;
            rest.split(' ').next_back()?.parse::<u64>().ok()
        });
        counts.sum::<u64>()
    };
    until("all are counted", within, || async { all().await >= 71 }).await;
    assert_eq!(all().await, 71);

    // As many as may be there at all, silent or dripping: each is closed within its time, and others
    // are served then.
    let mut slow = Vec::new();
    for number in 0..8 {
        let mut stream = TcpStream::connect(daemon.ingress).await.unwrap();
        slow.push(tokio::spawn(async move {
            let hello = [0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3];
            for byte in hello
                .iter()
                .cycle()
                .take(if number % 2 == 0 { 0 } else { 200 })
            {
                if stream.write_all(&[*byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
            rest
        }));
    }
    let client = Client::new(daemon.ingress, &authority, None, &[]);
    let delivery = Delivery::push("behind the slow ones");
    let headers = delivery.headers(SECRET);
    let reply = client.post("/hook", &headers, &delivery.body);
    let reply = tokio::time::timeout(within, reply).await.expect("in time");
    assert_eq!(reply.unwrap().status, 200);
    for stream in slow {
        assert_eq!(stream.await.unwrap(), b"", "a silent close");
    }
    failed(&daemon, "ingress", "timeout", 8).await;
    until("nobody is left", within, || async {
        shown(&daemon, "hookferry_connections").await == 0
    })
    .await;
    let output = daemon.output();
    assert!(!output.contains("panicked"), "{output}");
}
