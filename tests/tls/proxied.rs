//! Connections that a proxy passes on: its word by the PROXY protocol, and who may give it.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::client::{Client, Kept};
use super::support::github::{Delivery, SECRET};
use super::support::random::Random;
use super::support::{Folder, PATIENCE, run_id, until};
use super::{Daemon, ENV, authority, config, shown, source, tls};

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
const LOCAL: u8 = 0x20;
const PROXY: u8 = 0x21;
const REQUEST: &str = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// A header of version 2.
fn header(command: u8, family: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap().to_be_bytes();
    [SIGNATURE, &[command, family], &length, payload].concat()
}

/// One that says that `client` has connected, with `more` behind the addresses.
fn from(client: &str, more: &[u8]) -> Vec<u8> {
    let ports = [0xc0, 0x00, 0x01, 0xbb];
    match client.parse().unwrap() {
        IpAddr::V4(it) => {
            let payload = [&it.octets()[..], &[10, 0, 0, 1], &ports, more].concat();
            header(PROXY, 0x11, &payload)
        }
        IpAddr::V6(it) => {
            let payload = [&it.octets()[..], &[0; 16], &ports, more].concat();
            header(PROXY, 0x21, &payload)
        }
    }
}

/// A connection from an address of this machine.
async fn connect(to: SocketAddr, by: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket
        .bind(SocketAddr::new(by.parse().unwrap(), 0))
        .unwrap();
    let stream = socket.connect(to).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// What comes back until the daemon closes.
async fn raw(to: SocketAddr, by: &str, bytes: &[u8], finish: bool) -> String {
    let mut stream = connect(to, by).await;
    let _ = stream.write_all(bytes).await;
    if finish {
        let _ = stream.shutdown().await;
    }
    let mut answer = Vec::new();
    let read = async { while matches!(stream.read_buf(&mut answer).await, Ok(1..)) {} };
    let read = tokio::time::timeout(PATIENCE, read).await;
    read.expect("the daemon closes");
    String::from_utf8_lossy(&answer).into_owned()
}

fn settings(folder: &Folder, more: serde_json::Value) -> serde_json::Value {
    let mut all = json!({
        "proxy_protocol": true,
        "limits": { "trusted_proxies": ["127.0.0.1", "10.0.0.0/8"], "header_read_ms": 2500 },
        "sources": {
            "all": source("all", json!({})),
            "four": source("four", json!({ "allow_from": ["198.51.100.0/24"] })),
            "six": source("six", json!({ "allow_from": ["2001:db8:7::/48"] })),
            "own": source("own", json!({ "allow_from": ["127.0.0.0/8"] })),
        },
    });
    all.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    config(folder, all)
}

async fn closed_for(daemon: &Daemon, reason: &str) -> u64 {
    let series = format!("hookferry_proxy_protocol_failures_total{{reason=\"{reason}\"}}");
    shown(daemon, &series).await
}

/// What sources say to a delivery behind `header`, which comes in two pieces that are parted at `part`.
async fn answer(
    daemon: &Daemon,
    header: &[u8],
    part: usize,
    path: &str,
    further: &[(&'static str, String)],
) -> (u16, String) {
    let mut stream = connect(daemon.ingress, "127.0.0.1").await;
    stream.write_all(&header[..part]).await.unwrap();
    if part < header.len() {
        // The daemon is to see them apart; nothing depends on it that it does.
        tokio::time::sleep(Duration::from_millis(5)).await;
        stream.write_all(&header[part..]).await.unwrap();
    }
    let delivery = Delivery::push(run_id());
    let mut headers = delivery.headers(SECRET);
    headers.extend(further.iter().cloned());
    let mut kept = Kept::plain(stream).await.unwrap();
    let reply = kept.post(path, &headers, &delivery.body).await.unwrap();
    (reply.status, reply.reason())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trusted_proxy_says_who_the_client_is_and_nobody_else_does() {
    let folder = Folder::new();
    let daemon = Daemon::start(settings(&folder, json!({})), &ENV);
    daemon.ready().await;
    let (taken, denied) = (
        (200, "accepted".to_owned()),
        (403, "address_not_allowed".to_owned()),
    );
    // Whatever a proxy knows beside: an ALPN, a checksum, a name, TLS with what belongs to it, 3000 bytes.
    let tlvs = [
        &[0x01, 0, 2][..],
        b"h2",
        &[0x03, 0, 4, 1, 2, 3, 4],
        &[0x02, 0, 9],
        b"localhost",
        &[0x20, 0, 5, 1, 0, 0, 0, 0],
        &[0x04, 0x0b, 0xb8],
        &[0; 3000],
    ]
    .concat();
    let v1 = b"PROXY TCP4 198.51.100.7 10.0.0.1 49152 443\r\n".to_vec();
    let v1_six = b"PROXY TCP6 2001:db8:7::1 2001:db8::2 49152 443\r\n".to_vec();
    for (header, all, four, six, own) in [
        (from("198.51.100.7", b""), &taken, &taken, &denied, &denied),
        (
            from("198.51.100.7", &tlvs),
            &taken,
            &taken,
            &denied,
            &denied,
        ),
        (from("203.0.113.1", b""), &taken, &denied, &denied, &denied),
        (from("2001:db8:7::1", b""), &taken, &denied, &taken, &denied),
        (
            from("2001:db8:7::1", &tlvs),
            &taken,
            &denied,
            &taken,
            &denied,
        ),
        (
            from("::ffff:198.51.100.7", b""),
            &taken,
            &taken,
            &denied,
            &denied,
        ),
        (header(LOCAL, 0, b""), &taken, &denied, &denied, &taken),
        (
            header(LOCAL, 0, &[0x04, 0, 2, 0, 0]),
            &taken,
            &denied,
            &denied,
            &taken,
        ),
        // Whatever addresses it has, LOCAL is about the proxy itself.
        (
            header(LOCAL, 0x11, &[198, 51, 100, 7, 10, 0, 0, 1, 1, 1, 1, 1]),
            &taken,
            &denied,
            &denied,
            &taken,
        ),
        (v1, &taken, &taken, &denied, &denied),
        (v1_six, &taken, &denied, &taken, &denied),
    ] {
        for (path, expected) in [("/all", all), ("/four", four), ("/six", six), ("/own", own)] {
            for part in [header.len(), 1, 13, 17, header.len() - 1] {
                let part = part.min(header.len());
                let answer = answer(&daemon, &header, part, path, &[]).await;
                assert_eq!(&answer, expected, "{path}, parted at {part}: {header:x?}");
            }
        }
    }
    // A client writes a header as it likes; behind a proxy of a proxy, it is the proxy's word.
    let forwarded = [("x-forwarded-for", "198.51.100.7".to_owned())];
    for (client, expected) in [("203.0.113.1", &denied), ("10.1.2.3", &taken)] {
        let header = from(client, b"");
        let answer = answer(&daemon, &header, header.len(), "/four", &forwarded).await;
        assert_eq!(&answer, expected, "{client}");
    }
    let metrics = daemon.metrics().await;
    assert!(
        !metrics.contains("hookferry_proxy_protocol_failures_total{"),
        "{metrics}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_header_is_closed_and_counted() {
    let folder = Folder::new();
    let daemon = Daemon::start(settings(&folder, json!({})), &ENV);
    daemon.ready().await;
    let good = from("198.51.100.7", b"");
    let whole = [&good, REQUEST.as_bytes()].concat();
    assert!(
        raw(daemon.ingress, "127.0.0.1", &whole, false)
            .await
            .starts_with("HTTP/1.1 404")
    );

    // From elsewhere it is not even looked at, nor is a request.
    for bytes in [&whole[..], REQUEST.as_bytes()] {
        assert_eq!(raw(daemon.ingress, "127.0.0.2", bytes, false).await, "");
    }
    assert_eq!(closed_for(&daemon, "untrusted").await, 2);
    let twelve = |bytes: &[u8]| header(PROXY, 0x11, bytes);
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("missing", REQUEST.as_bytes().to_vec()),
        (
            "missing",
            b"POST /all HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec(),
        ),
        (
            "missing",
            vec![0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 1, 1, 1],
        ),
        ("missing", vec![0; 64]),
        // A version, a command, a family and a transport that are none.
        ("malformed", header(0x31, 0x11, &[0; 12])),
        ("malformed", header(0x22, 0x11, &[0; 12])),
        ("malformed", header(PROXY, 0x41, &[0; 12])),
        ("malformed", header(PROXY, 0x13, &[0; 12])),
        // Less than the addresses take, and more than any proxy says.
        ("malformed", twelve(&[0; 11])),
        ("malformed", header(PROXY, 0x21, &[0; 12])),
        ("malformed", header(PROXY, 0x11, &[0; 65_535])),
        (
            "malformed",
            b"PROXY TCP4 198.51.100.777 10.0.0.1 1 1\r\nGET / HTTP/1.1\r\n\r\n".to_vec(),
        ),
        (
            "malformed",
            [b"PROXY TCP4 ".as_slice(), &[b'1'; 200]].concat(),
        ),
        // Of a client whose address the proxy does not know nothing can be said.
        ("no_address", header(PROXY, 0x00, b"")),
        ("no_address", header(PROXY, 0x31, &[0; 216])),
        ("no_address", b"PROXY UNKNOWN\r\n".to_vec()),
    ];
    for (reason, bytes) in &cases {
        let before = closed_for(&daemon, reason).await;
        let answer = raw(daemon.ingress, "127.0.0.1", bytes, false).await;
        assert_eq!(answer, "", "{bytes:x?}");
        until("it is counted", Duration::from_secs(5), || async {
            closed_for(&daemon, reason).await == before + 1
        })
        .await;
    }
    // Cut off at every place: by the end of the stream, and by silence.
    for end in 0..good.len() {
        assert_eq!(
            raw(daemon.ingress, "127.0.0.1", &good[..end], true).await,
            ""
        );
    }
    until("all are counted", Duration::from_secs(5), || async {
        closed_for(&daemon, "closed").await == good.len() as u64
    })
    .await;
    let silent = [0, 5, 14, 27].map(|end| raw(daemon.ingress, "127.0.0.1", &good[..end], false));
    assert_eq!(futures_util::future::join_all(silent).await, [""; 4]);
    until("silence is counted", Duration::from_secs(5), || async {
        closed_for(&daemon, "timeout").await == 4
    })
    .await;
    // Rubbish behind a true beginning, whose outcome is one of those and never a request.
    let mut random = Random::new();
    for _ in 0..200 {
        let count = random.below(40);
        let bytes = [SIGNATURE, &random.bytes(count), REQUEST.as_bytes()].concat();
        let answer = raw(daemon.ingress, "127.0.0.1", &bytes, true).await;
        // One in very many is a header by chance.
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{bytes:x?}: {answer}"
        );
    }
    until("nobody is left", Duration::from_secs(10), || async {
        shown(&daemon, "hookferry_connections").await == 0
    })
    .await;
    assert!(!daemon.output().contains("panicked"), "{}", daemon.output());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_the_header_comes_tls() {
    let (folder, authority) = (Folder::new(), authority());
    let tls = json!({ "tls": tls(&authority, json!({})) });
    let daemon = Daemon::start(settings(&folder, tls), &ENV);
    daemon.ready().await;
    for protocol in ["h2", "http/1.1"] {
        let client = Client::new(daemon.ingress, &authority, None, &[protocol]);
        for (address, status) in [("198.51.100.7", 200), ("203.0.113.1", 403)] {
            let mut stream = connect(daemon.ingress, "127.0.0.1").await;
            stream.write_all(&from(address, b"")).await.unwrap();
            let mut kept = Kept::new(client.over(stream).await.unwrap()).await.unwrap();
            for _ in 0..2 {
                let delivery = Delivery::push(run_id());
                let headers = delivery.headers(SECRET);
                let reply = kept.post("/four", &headers, &delivery.body).await.unwrap();
                assert_eq!(reply.status, status, "{protocol} {address}: {reply:?}");
            }
        }
        // Without the header there is no handshake, and none inside of TLS counts.
        let refused = client
            .over(connect(daemon.ingress, "127.0.0.1").await)
            .await;
        assert!(refused.is_err());
        let refused = client
            .over(connect(daemon.ingress, "127.0.0.2").await)
            .await;
        assert!(refused.is_err());
    }
    assert_eq!(closed_for(&daemon, "missing").await, 2);
    assert_eq!(closed_for(&daemon, "untrusted").await, 2);
}
