//! Bodies that are too large, too slow or not whole.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_announces_too_much_is_refused_unread() {
    let gate = Gate::impatient().await;
    let push = gate.push("announced");
    for length in ["262145", "10485760", "9223372036854775807"] {
        let head = format!(
            "{}content-length: {length}\r\n\r\n",
            push.head(PATH, SECRET, "1.1")
        );
        let began = Instant::now();
        let heard = exchange(gate.daemon.ingress, head.as_bytes(), BOUND).await;
        assert_eq!(heard.answers.len(), 1, "{length}: {heard:?}");
        heard.answers[0].assert_is_ours(413, "too_large");
        // Not a byte of it was sent; had the daemon waited for it, this would be a 408.
        assert!(began.elapsed() < BODY_READ + MARGIN, "{heard:?}");
        assert!(
            heard.closed.is_some(),
            "{length}: the rest of it would be read as a request"
        );
    }
    // Who asks first is not told to go on.
    let head = format!(
        "{}expect: 100-continue\r\ncontent-length: 10485760\r\n\r\n",
        push.head(PATH, SECRET, "1.1")
    );
    let heard = exchange(gate.daemon.ingress, head.as_bytes(), BOUND).await;
    let statuses: Vec<_> = heard.answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [413], "{heard:?}");
    gate.serves("good").await;
    assert_eq!(gate.stored(), BTreeSet::from(["good".to_owned()]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_without_a_length_is_refused_where_it_becomes_too_large() {
    let gate = Gate::start().await;
    let mut stream = TcpStream::connect(gate.daemon.ingress).await.unwrap();
    let began = Instant::now();
    let head = format!(
        "{}transfer-encoding: chunked\r\n\r\n",
        gate.push("endless").head(PATH, SECRET, "1.1")
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    let piece = [b"10000\r\n".as_slice(), &[b'x'; 0x10000], b"\r\n"].concat();
    // It would never end by itself.
    let write = async {
        let mut sent = 0_usize;
        while writing.write_all(&piece).await.is_ok() {
            sent += 0x10000;
            assert!(sent < 1 << 30, "the daemon reads without end");
        }
        sent
    };
    let mut text = Vec::new();
    let read = async { while matches!(reading.read_buf(&mut text).await, Ok(1..)) {} };
    let (sent, ()) = tokio::time::timeout(BOUND, async { tokio::join!(write, read) })
        .await
        .unwrap();
    println!("cut after {sent} bytes and {:?}", began.elapsed());
    let (answers, _) = answers(&text);
    assert!(answers.len() <= 1, "{answers:?}");
    // Who goes on sending may be overtaken by the reset that it asks for.
    for answer in &answers {
        answer.assert_is_ours(413, "too_large");
    }
    until("the daemon has answered", BOUND, || async {
        let denied = "hookferry_requests_denied_total{reason=\"too_large\"} 1\n";
        gate.daemon.metrics().await.contains(denied)
    })
    .await;
    assert!(gate.stored().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_exactly_at_the_limit_passes_and_a_byte_more_does_not() {
    let gate = Gate::start().await;
    for (extra, status) in [(0, 200), (1, 413)] {
        for lengths in ["announced", "chunked"] {
            let mut push = gate.push(&format!("{lengths}{extra}"));
            // JSON may end in blanks.
            push.body.resize(BODY_BYTES_MAX + extra, b' ');
            let request = if lengths == "announced" {
                push.whole(PATH, SECRET)
            } else {
                let head = format!(
                    "{}transfer-encoding: chunked\r\n\r\n",
                    push.head(PATH, SECRET, "1.1")
                );
                let (one, two) = push.body.split_at(1000);
                let first = [format!("{:x}\r\n", one.len()).as_bytes(), one, b"\r\n"].concat();
                [head.into_bytes(), first, chunked(two)].concat()
            };
            let heard = exchange(gate.daemon.ingress, &request, BOUND).await;
            assert_eq!(heard.answers.len(), 1, "{lengths} {extra}: {heard:?}");
            assert_eq!(
                heard.answers[0].status, status,
                "{lengths} {extra}: {heard:?}"
            );
        }
    }
    let expected = ["announced0", "chunked0"].map(str::to_owned);
    assert_eq!(gate.stored(), BTreeSet::from(expected));
    let topic = kafka::read_all(&kafka::address(), &gate.run);
    assert!(
        topic
            .iter()
            .all(|record| record.payload.len() > BODY_BYTES_MAX),
        "a body was cut"
    );
}

pub(super) fn memory_kib(daemon: &Daemon, key: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.id())).unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(key))
        .unwrap();
    line.trim_matches([':', ' ', '\t', 'k', 'B'])
        .parse()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_oversized_bodies_at_once_cost_little_memory() {
    // Each may hold what is not yet too large, and a copy of it while it grows.
    let gate = Gate::limited(json!({ "body_bytes_max": 128 * 1024 })).await;
    gate.serves("warm").await;
    let before_kib = memory_kib(&gate.daemon, "VmRSS");
    let piece = Bytes::from([b"10000\r\n".as_slice(), &[b'x'; 0x10000], b"\r\n"].concat());
    let mut senders = JoinSet::new();
    for number in 0..100 {
        let (piece, address) = (piece.clone(), gate.daemon.ingress);
        let head = format!(
            "{}transfer-encoding: chunked\r\n\r\n",
            gate.push(&number.to_string()).head(PATH, SECRET, "1.1")
        );
        senders.spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(head.as_bytes()).await.unwrap();
            let (mut reading, mut writing) = stream.split();
            let write = async {
                for _ in 0..160 {
                    if writing.write_all(&piece).await.is_err() {
                        return;
                    }
                }
            };
            let mut text = Vec::new();
            let read = async { while matches!(reading.read_buf(&mut text).await, Ok(1..)) {} };
            tokio::join!(write, read);
            answers(&text).0
        });
    }
    let mut answered = 0;
    while let Some(answers) = tokio::time::timeout(BOUND, senders.join_next())
        .await
        .unwrap()
    {
        let answers = answers.unwrap();
        assert!(answers.len() <= 1, "{answers:?}");
        // Who goes on sending may be overtaken by the reset that it asks for.
        for answer in &answers {
            answer.assert_is_ours(413, "too_large");
            answered += 1;
        }
    }
    assert!(answered >= 50, "{answered} of 100 were answered");
    // The highest that it ever was.
    let growth_kib = memory_kib(&gate.daemon, "VmHWM").saturating_sub(before_kib);
    println!("{before_kib} KiB before, at most {growth_kib} KiB more");
    assert!(growth_kib < 64 * 1024, "{growth_kib} KiB");
    gate.serves("after").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_body_is_answered_408_and_a_broken_one_400() {
    let gate = Gate::impatient().await;
    let push = gate.push("slow");
    let address = gate.daemon.ingress;
    let began = Instant::now();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "{}content-length: {}\r\n\r\n",
        push.head(PATH, SECRET, "1.1"),
        push.body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reading, mut writing) = stream.split();
    // It keeps coming, and would take minutes.
    let write = async {
        for byte in &push.body {
            if writing.write_all(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    };
    let mut text = Vec::new();
    let read = async { while matches!(reading.read_buf(&mut text).await, Ok(1..)) {} };
    tokio::time::timeout(BOUND, async {
        tokio::select! { () = write => {} () = read => {} }
    })
    .await
    .expect("a slow body is never ended");
    let took = began.elapsed();
    let (heard, _) = answers(&text);
    assert_eq!(heard.len(), 1, "{heard:?}");
    heard[0].assert_is_ours(408, "too_slow");
    assert!((BODY_READ..=BODY_READ + MARGIN).contains(&took), "{took:?}");

    // It ends before its announced length.
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(&[head.as_bytes(), &push.body[..10]].concat())
        .await
        .unwrap();
    stream.shutdown().await.unwrap();
    let heard = hear(&mut stream, Instant::now(), BOUND).await;
    assert!(
        heard.closed.is_some() && heard.answers.iter().all(|answer| answer.status == 400),
        "{heard:?}"
    );
    gate.serves("good").await;
    assert_eq!(gate.stored(), BTreeSet::from(["good".to_owned()]));
}
