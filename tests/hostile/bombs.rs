//! Bodies without end, and small ones that are large once they are decoded.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use tokio::task::JoinSet;

use super::frames::*;
use super::support::github::signature;
use super::support::process::memory;
use super::support::scale;
use super::*;

const GROWTH_KIB_MAX: u64 = 64 * 1024;
/// At scale 1; five times as much is the 10 GiB.
const BODY_BYTES: usize = 2 << 30;
/// What a client may have sent until it is cut: what the sockets hold, and what the daemon reads so that its
/// answer is not lost.
const SENT_MAX: usize = 32 << 20;

/// Sends pieces until the daemon has had enough; how much it was, and what was answered.
async fn pour(address: SocketAddr, head: Vec<u8>, piece: &[u8]) -> (usize, Vec<u16>) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&head).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let write = async {
        let mut sent = 0;
        while sent < BODY_BYTES * scale() && writing.write_all(piece).await.is_ok() {
            sent += piece.len();
        }
        sent
    };
    let mut text = Vec::new();
    let read = async { while matches!(reading.read_buf(&mut text).await, Ok(1..)) {} };
    let both = tokio::time::timeout(BOUND, async { tokio::join!(write, read) });
    let (sent, ()) = both.await.expect("it is cut");
    (sent, statuses(&text))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_gigabytes_are_cut_where_they_become_too_large() {
    let target = Target::start().await;
    target.serves("warm").await;
    let before_kib = memory(target.daemon.id()).peak;
    let piece = [&b"10000\r\n"[..], &[b' '; 0x10000], b"\r\n"].concat();
    let chunked = b"transfer-encoding: chunked\r\n\r\n".to_vec();
    // One chunk of ten times 2^30 bytes.
    let one = b"transfer-encoding: chunked\r\n\r\n280000000\r\n".to_vec();
    let announced = b"content-length: 10737418240\r\n\r\n".to_vec();
    let asks = b"expect: 100-continue\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for (what, lines, piece, answers) in [
        ("in chunks", chunked, piece.clone(), &[413][..]),
        ("in one chunk", one, vec![b' '; 0x10000], &[413]),
        ("announced", announced, vec![b' '; 0x10000], &[413]),
        ("in chunks, after asking", asks, piece, &[100, 413]),
    ] {
        let mut running = JoinSet::new();
        for number in 0..32 {
            let head = target
                .push(&format!("{what}{number}"))
                .head(PATH, SECRET, "1.1");
            let head = [head.as_bytes(), &lines].concat();
            let (address, piece) = (target.daemon.ingress, piece.clone());
            running.spawn(async move { pour(address, head, &piece).await });
        }
        let mut most = 0;
        while let Some(done) = running.join_next().await {
            let (sent, statuses) = done.unwrap();
            assert_eq!(statuses, answers, "{what}");
            assert!(sent < SENT_MAX, "{what}: {sent}");
            most = most.max(sent);
        }
        println!("{what}: cut after {most} bytes at most");
    }
    // The same over HTTP/2, whose window is a promise to take so much.
    let mut connection = Connection::open(target.daemon.ingress, &settings(&[])).await;
    let head = request("POST", PATH, &[]);
    connection
        .send(&frame(HEADERS, END_HEADERS, 1, &head))
        .await
        .unwrap();
    let data = frame(DATA, 0, 1, &[b' '; 16_384]).repeat(16);
    let mut sent = 0;
    // Until it is told, or cut for sending more than its window. How much that is says how fast the two are, not what is kept.
    let pours = async {
        while sent < BODY_BYTES * scale()
            && connection.seen.count(HEADERS) == 0
            && connection.send(&data).await.is_ok()
        {
            sent += data.len();
        }
    };
    let pours = tokio::time::timeout(BOUND, pours).await;
    pours.expect("it is told");
    println!("over HTTP/2: refused after {sent} bytes");
    assert!(sent < BODY_BYTES * scale());
    // What comes after a refusal is thrown away, for a while.
    let pours = async { while connection.send(&data).await.is_ok() {} };
    let pours = tokio::time::timeout(BOUND, pours).await;
    pours.expect("it is cut");
    assert!(connection.end(BOUND).await.is_some());
    let grown_kib = memory(target.daemon.id()).peak.saturating_sub(before_kib);
    println!("{grown_kib} KiB more");
    assert!(grown_kib < GROWTH_KIB_MAX, "{grown_kib} KiB");
    target.serves("after").await;
    assert_eq!(target.stored(), ["after", "warm"].map(str::to_owned).into());
}

fn coded(coding: &str, plain: &[u8]) -> Vec<u8> {
    match coding {
        "gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(plain).unwrap();
            let fast = encoder.finish().unwrap();
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(plain).unwrap();
            let best = encoder.finish().unwrap();
            if best.len() < fast.len() { best } else { fast }
        }
        "deflate" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap()
        }
        "zstd" => {
            let mut coded = vec![0; zstd_safe::compress_bound(plain.len())];
            let length = zstd_safe::compress(coded.as_mut_slice(), plain, 3).unwrap();
            coded.truncate(length);
            coded
        }
        "br" => {
            let mut coded = Vec::new();
            let mut encoder = brotli::CompressorWriter::new(&mut coded, 4096, 5, 22);
            encoder.write_all(plain).unwrap();
            drop(encoder);
            coded
        }
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_bombs_at_once_cost_little_memory() {
    let target = Target::start().await;
    target.serves("warm").await;
    let zeros = vec![b'0'; 96 << 20];
    for coding in ["gzip", "deflate", "zstd", "br"] {
        let bomb = coded(coding, &zeros);
        println!("{coding}: {} times as large", zeros.len() / bomb.len());
        assert!(zeros.len() / bomb.len() > 1000);
        let before_kib = memory(target.daemon.id()).peak;
        // Signed as what it decodes to, and as what it is.
        let signatures = [
            signature(SECRET, &zeros[..BODY_BYTES_MAX]),
            signature(SECRET, &bomb),
        ];
        let sent = (0..200).map(|number: usize| {
            let headers = [
                ("content-encoding", coding),
                ("x-github-event", "push"),
                ("x-hub-signature-256", signatures[number % 2].as_str()),
            ];
            let (client, bomb) = (target.client.clone(), bomb.clone());
            async move { client.post(PATH, &headers, bomb).await }
        });
        for reply in futures_util::future::join_all(sent).await {
            let reason = reply.reason();
            assert_eq!(reply.status, 413, "{coding}: {reply:?}");
            assert!(
                ["too_dense", "too_large"].contains(&reason.as_str()),
                "{reply:?}"
            );
        }
        let grown_kib = memory(target.daemon.id()).peak.saturating_sub(before_kib);
        println!("{coding}: 200 at once took {grown_kib} KiB more");
        assert!(grown_kib < GROWTH_KIB_MAX, "{coding}: {grown_kib} KiB");
    }
    target.serves("after").await;
    assert_eq!(target.stored(), ["after", "warm"].map(str::to_owned).into());
}
