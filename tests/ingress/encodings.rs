//! Bodies with a content coding: whole and damaged, small ones that grow, signed before and after.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use zstd_safe::{CCtx, CParameter, InBuffer, OutBuffer};

use super::bodies::memory_kib;
use super::*;
use support::github::signature;

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zlib(plain: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn raw_deflate(plain: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zstd(plain: &[u8]) -> Vec<u8> {
    let mut coded = vec![0; zstd_safe::compress_bound(plain.len())];
    let length = zstd_safe::compress(coded.as_mut_slice(), plain, 9).unwrap();
    coded.truncate(length);
    coded
}

/// A frame whose decoder needs a window of 2^27 bytes.
fn zstd_of_a_wide_window(plain: &[u8]) -> Vec<u8> {
    let mut context = CCtx::create();
    context.set_parameter(CParameter::WindowLog(27)).unwrap();
    let mut coded = vec![0; zstd_safe::compress_bound(plain.len()) + 64];
    let mut output = OutBuffer::around(coded.as_mut_slice());
    let mut input = InBuffer::around(plain);
    // Its length is not known when it begins.
    context.compress_stream(&mut output, &mut input).unwrap();
    assert_eq!(context.end_stream(&mut output).unwrap(), 0);
    let length = output.pos();
    coded.truncate(length);
    coded
}

fn brotli(plain: &[u8]) -> Vec<u8> {
    let mut coded = Vec::new();
    brotli::CompressorWriter::new(&mut coded, 4096, 9, 22)
        .write_all(plain)
        .unwrap();
    coded
}

type Coder = fn(&[u8]) -> Vec<u8>;
/// Values of `content-encoding`, and what makes a body that is coded so.
type Way<'w> = (&'w [&'w str], &'w dyn Fn(&[u8]) -> Vec<u8>);

const CODERS: &[(&str, Coder)] = &[
    ("gzip", gzip),
    ("deflate", zlib),
    ("deflate", raw_deflate),
    ("zstd", zstd),
    ("br", brotli),
];

/// A push with some more in it, so that there is something to compress.
fn push(gate: &Gate, name: &str) -> Delivery {
    let mut push = gate.push(name);
    let text = String::from_utf8(push.body).unwrap();
    let more = "\"pages\":[\"one\",\"two\",\"one\",\"two\"],";
    push.body = text.replacen('{', &format!("{{{more}"), 1).into_bytes();
    push
}

/// Sends `body` with the headers of `delivery` and these codings, signed over `signed`.
async fn send(
    gate: &Gate,
    path: &str,
    delivery: &Delivery,
    codings: &[&str],
    body: &[u8],
    signed: &[u8],
) -> Reply {
    let signature = signature(SECRET, signed);
    let mut headers = delivery.headers(SECRET);
    headers.retain(|(name, _)| *name != "x-hub-signature-256");
    headers.push(("x-hub-signature-256", signature));
    for coding in codings {
        headers.push(("content-encoding", (*coding).to_owned()));
    }
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    gate.client.post(path, &headers, body.to_vec()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_coded_body_arrives_as_it_was_before_byte_for_byte() {
    let gate = Gate::start().await;
    let twice = |plain: &[u8]| brotli(&gzip(plain));
    let members = |plain: &[u8]| [gzip(&plain[..20]), gzip(&plain[20..])].concat();
    let frames = |plain: &[u8]| [zstd(&plain[..20]), zstd(&plain[20..])].concat();
    let same = |plain: &[u8]| plain.to_vec();
    let ways: Vec<Way<'_>> = vec![
        (&["gzip"], &gzip),
        (&["x-gzip"], &gzip),
        (&["GZip"], &gzip),
        (&["gzip"], &members),
        (&["deflate"], &zlib),
        (&["deflate"], &raw_deflate),
        (&["zstd"], &zstd),
        (&["zstd"], &frames),
        (&["br"], &brotli),
        (&["gzip, br"], &twice),
        (&["gzip", "br"], &twice),
        (&["identity, gzip , ,br"], &twice),
        (&["identity"], &same),
        (&["UTF-8"], &same),
        (&[""], &same),
        (&[], &same),
    ];
    let mut expected = BTreeMap::new();
    for (number, (codings, code)) in ways.iter().enumerate() {
        let delivery = push(&gate, &format!("announced{number}"));
        let coded = code(&delivery.body);
        let reply = send(&gate, PATH, &delivery, codings, &coded, &delivery.body).await;
        assert_eq!(reply.status, 200, "{codings:?}: {reply:?}");
        expected.insert(delivery.id.clone(), delivery.body);

        let delivery = push(&gate, &format!("chunked{number}"));
        let lines: String = codings
            .iter()
            .map(|coding| format!("content-encoding: {coding}\r\n"))
            .collect();
        let head = delivery.head(PATH, SECRET, "1.1");
        let head = format!("{head}{lines}transfer-encoding: chunked\r\nconnection: close\r\n\r\n");
        let request = [head.into_bytes(), chunked(&code(&delivery.body))].concat();
        let heard = exchange(gate.daemon.ingress, &request, BOUND).await;
        assert_eq!(heard.answers.len(), 1, "{codings:?}: {heard:?}");
        assert_eq!(heard.answers[0].status, 200, "{codings:?}: {heard:?}");
        expected.insert(delivery.id.clone(), delivery.body);
    }
    let records = kafka::read_all(&kafka::address(), &gate.run);
    assert_eq!(records.len(), expected.len());
    for record in &records {
        let event = record.json();
        let body = &expected[event["id"].as_str().unwrap()];
        let data = format!("\"data\":{}", std::str::from_utf8(body).unwrap());
        assert!(record.payload.contains(&data), "{}", record.payload);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_cut_off_or_goes_on_is_refused_whatever_its_signature() {
    let gate = Gate::start().await;
    for (coding, code) in CODERS {
        let delivery = push(&gate, coding);
        let coded = code(&delivery.body);
        let mut wrong: Vec<Vec<u8>> = (1..coded.len()).map(|end| coded[..end].to_vec()).collect();
        for behind in [&b"x"[..], b"\0", b"\x1f\x8b", b"\0\0\0\0\0\0\0\0\0\0\0\0"] {
            wrong.push([&coded, behind].concat());
        }
        wrong.push(delivery.body.clone());
        for body in &wrong {
            let reply = send(&gate, PATH, &delivery, &[coding], body, &delivery.body).await;
            assert_is_ours(&reply, 400, "broken_encoding");
        }
    }
    // What has a checksum is held to it.
    for (coding, code) in [("gzip", gzip as Coder), ("deflate", zlib)] {
        let delivery = push(&gate, coding);
        let mut coded = code(&delivery.body);
        let last = coded.len() - 5;
        coded[last] ^= 1;
        let reply = send(&gate, PATH, &delivery, &[coding], &coded, &delivery.body).await;
        assert_is_ours(&reply, 400, "broken_encoding");
    }
    gate.serves("good").await;
    assert_eq!(gate.stored(), BTreeSet::from(["good".to_owned()]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_is_of_what_the_preset_says_and_of_nothing_else() {
    let gate = Gate::start().await;
    for (number, (coding, code)) in CODERS.iter().enumerate() {
        let delivery = push(&gate, &number.to_string());
        let (plain, coded) = (&delivery.body, code(&delivery.body));
        for (path, right, wrong) in [(PATH, plain, &coded), (WIRE, &coded, plain)] {
            let reply = send(&gate, path, &delivery, &[coding], &coded, wrong).await;
            assert_is_ours(&reply, 401, "wrong_signature");
            let reply = send(&gate, path, &delivery, &[coding], &coded, right).await;
            assert_eq!(reply.status, 200, "{path} {coding}: {reply:?}");
        }
        // Another coding of the same is not what was signed.
        let other = gzip(&[plain.as_slice(), b" "].concat());
        for path in [PATH, WIRE] {
            let reply = send(&gate, path, &delivery, &["gzip"], &other, &coded).await;
            assert_is_ours(&reply, 401, "wrong_signature");
        }
    }
    let records = kafka::read_all(&kafka::address(), &gate.run);
    assert_eq!(records.len(), 2 * CODERS.len());
    for record in records {
        assert_eq!(
            record.json()["data"]["pages"][1],
            "two",
            "{}",
            record.payload
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_bombs_at_once_cost_little_memory() {
    let gate = Gate::start().await;
    gate.serves("warm").await;
    let zeros = vec![b'0'; 64 * 1024 * 1024];
    let mut bombs: Vec<_> = CODERS
        .iter()
        .map(|(coding, code)| (*coding, code(&zeros)))
        .collect();
    // A bomb in a bomb: a few hundred bytes.
    bombs.push(("gzip, gzip", gzip(&gzip(&zeros))));
    bombs.push(("br, br", brotli(&brotli(&zeros))));
    let sizes: Vec<_> = bombs
        .iter()
        .map(|(coding, body)| (coding, body.len()))
        .collect();
    println!("64 MiB as {sizes:?}");
    drop(zeros);
    let before_kib = memory_kib(&gate.daemon, "VmHWM");
    let delivery = gate.push("bomb");
    let bombs = bombs.iter().cycle().take(100);
    let sent = bombs.map(|(coding, body)| {
        send(
            &gate,
            PATH,
            &delivery,
            std::slice::from_ref(coding),
            body,
            body,
        )
    });
    for reply in futures_util::future::join_all(sent).await {
        assert_eq!(reply.status, 413, "{reply:?}");
        let reason = reply.reason();
        assert!(reason == "too_large" || reason == "too_dense", "{reason}");
    }
    let grown_kib = memory_kib(&gate.daemon, "VmHWM") - before_kib;
    println!("100 bombs of 64 MiB took {grown_kib} KiB more");
    // A body and twice what it may become are 75 MiB at most, a window on each worker is 16; they would be 6.4 GiB.
    assert!(grown_kib < 128 * 1024, "{grown_kib} KiB");

    // What asks for a window beyond what is ever needed: 128 MiB, and 1 GiB.
    let wide = zstd_of_a_wide_window(&delivery.body);
    for (coding, body) in [
        ("zstd", wide),
        ("br", vec![0x11, 0x1e, 0x00, 0x00, 0x00, 0x00]),
    ] {
        let reply = send(&gate, PATH, &delivery, &[coding], &body, &delivery.body).await;
        assert_is_ours(&reply, 400, "broken_encoding");
    }
    gate.serves("good").await;
    let expected = ["good", "warm"].map(str::to_owned);
    assert_eq!(gate.stored(), BTreeSet::from(expected));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_may_grow_so_many_times_and_no_more() {
    let gate = Gate::limited(json!({ "decoded_ratio_max": 3 })).await;
    for (name, blanks, answer) in [
        ("small", 60 * 1024, None),
        ("dense", 66 * 1024, Some("too_dense")),
        ("large", BODY_BYTES_MAX + 1, Some("too_dense")),
    ] {
        let mut delivery = gate.push(name);
        delivery.body.resize(blanks, b' ');
        let coded = gzip(&delivery.body);
        assert!(coded.len() * 100 < blanks);
        let reply = send(&gate, PATH, &delivery, &["gzip"], &coded, &delivery.body).await;
        match answer {
            None => assert_eq!(reply.status, 200, "{reply:?}"),
            Some(reason) => assert_is_ours(&reply, 413, reason),
        }
    }
    // What hardly shrinks may be as large as any body.
    let mut random = Random::of(17);
    for (name, length, status) in [
        ("full", BODY_BYTES_MAX, 200),
        ("beyond", BODY_BYTES_MAX + 1, 413),
    ] {
        let mut delivery = gate.push(name);
        let text = String::from_utf8(delivery.body).unwrap();
        let text = text.strip_suffix('}').unwrap();
        let filler = (0..length - text.len() - 12)
            .map(|_| char::from(b"abcdefghijklmnopqrstuvwxyz"[random.below(26)]));
        let filler: String = filler.collect();
        delivery.body = format!("{text},\"filler\":\"{filler}\"}}").into_bytes();
        delivery.body.resize(length, b' ');
        let coded = gzip(&delivery.body);
        let reply = send(&gate, PATH, &delivery, &["gzip"], &coded, &delivery.body).await;
        assert_eq!(reply.status, status, "{name}: {reply:?}");
        if status == 413 {
            assert_is_ours(&reply, 413, "too_large");
        }
    }
    let expected = ["full", "small"].map(str::to_owned);
    assert_eq!(gate.stored(), BTreeSet::from(expected));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_codings_are_told_what_is_taken() {
    let gate = Gate::start().await;
    let delivery = gate.push("other");
    for codings in [
        &["compress"][..],
        &["snappy"],
        &["gzip;q=1"],
        &["*"],
        &["aws-chunked"],
        &["gzip, gzip, gzip"],
        &["gzip", "br", "zstd"],
        &["gzip, exotic"],
        &["dcb"],
    ] {
        let reply = send(
            &gate,
            PATH,
            &delivery,
            codings,
            &delivery.body,
            &delivery.body,
        )
        .await;
        assert_is_ours(&reply, 415, "unsupported_encoding");
        assert_eq!(
            reply.header("accept-encoding"),
            Some("gzip, deflate, zstd, br"),
            "{codings:?}"
        );
    }
    let typed = gate
        .client
        .post(TYPED, &[("content-type", "text/plain")], Bytes::new())
        .await;
    assert_eq!((typed.status, typed.header("accept-encoding")), (415, None));
    assert!(gate.stored().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_letter_of_a_coded_body_says_nothing_of_a_coding() {
    let gate = Gate::start().await;
    let mut delivery = gate.push("dead");
    delivery.body = b"no json, and signed all the same".to_vec();
    let coded = gzip(&delivery.body);
    let reply = send(&gate, PATH, &delivery, &["gzip"], &coded, &delivery.body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let records = kafka::read_all(&kafka::address(), &gate.run);
    assert_eq!(records.len(), 1);
    let event = records[0].json();
    assert_eq!(event["deadletterreason"], "not_json", "{event}");
    let headers = event["deadletterheaders"].as_str().unwrap();
    assert!(headers.contains("x-github-event"), "{headers}");
    assert!(!headers.contains("content-encoding"), "{headers}");
    assert!(!headers.contains("content-length"), "{headers}");
    let base64 = event["data_base64"].as_str().unwrap();
    assert_eq!(STANDARD.decode(base64).unwrap(), delivery.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_anywhere_is_refused_and_never_a_failure_of_ours() {
    let gate = Gate::start().await;
    let mut random = Random::new();
    let mut answers: BTreeMap<(u16, String), usize> = BTreeMap::new();
    for number in 0..1500 {
        let (coding, code) = CODERS[number % CODERS.len()];
        let delivery = push(&gate, &number.to_string());
        let mut coded = code(&delivery.body);
        for _ in 0..=random.below(3) {
            let at = random.below(coded.len());
            coded[at] = random.bytes(1)[0];
        }
        let reply = send(&gate, PATH, &delivery, &[coding], &coded, &delivery.body).await;
        assert!(
            [200, 400, 401, 413].contains(&reply.status),
            "{coding}: {reply:?}"
        );
        *answers.entry((reply.status, reply.reason())).or_default() += 1;
    }
    println!("{answers:?}");
    gate.serves("good").await;
    // What was stored is what was signed.
    for record in kafka::read_all(&kafka::address(), &gate.run) {
        let event = record.json();
        let id = event["id"].as_str().unwrap();
        assert_eq!(event["data"]["after"], id, "{event}");
    }
}
