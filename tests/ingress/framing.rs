//! Requests that are framed oddly, so that two readers could see different ones, and plain noise.

use super::*;

/// What a request in an odd form may come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum May {
    /// Refused or cut, and nothing stored.
    Refuse,
    /// The RFC lets a server read it in one way only. Read so, it is one delivery.
    Pass,
    /// Either, but what follows it on the connection is not read as a request.
    RefuseOrPassAndClose,
}

fn odd_requests(gate: &Gate) -> Vec<(&'static str, May, Vec<u8>)> {
    let mut requests = Vec::new();
    let mut with =
        |name: &'static str, may: May, lines: &str, body: &dyn Fn(&Delivery) -> Vec<u8>| {
            let push = gate.push(name);
            let lines = lines.replace("LENGTH", &push.body.len().to_string());
            let head = format!("{}{lines}\r\n", push.head(PATH, SECRET, "1.1"));
            requests.push((name, may, [head.into_bytes(), body(&push)].concat()));
        };
    let plain = |push: &Delivery| push.body.clone();
    let framed = |push: &Delivery| chunked(&push.body);
    let sized = |size: &'static str| {
        move |push: &Delivery| [size.as_bytes(), b"\r\n", &push.body, b"\r\n0\r\n\r\n"].concat()
    };
    let te = "transfer-encoding: chunked\r\n";
    with(
        "two-lengths",
        May::Refuse,
        "content-length: LENGTH\r\ncontent-length: 3\r\n",
        &plain,
    );
    with(
        "length-list",
        May::Refuse,
        "content-length: LENGTH, 3\r\n",
        &plain,
    );
    with(
        "same-length-twice",
        May::RefuseOrPassAndClose,
        "connection: close\r\ncontent-length: LENGTH\r\ncontent-length: LENGTH\r\n",
        &plain,
    );
    for (name, length) in [
        ("plus-length", "+LENGTH"),
        ("minus-length", "-1"),
        ("hex-length", "0x20"),
        ("spaced-length", "1 2"),
        ("empty-length", ""),
        ("huge-length", "99999999999999999999999"),
        ("word-length", "many"),
    ] {
        with(
            name,
            May::Refuse,
            &format!("content-length: {length}\r\n"),
            &plain,
        );
    }
    with(
        "length-then-chunked",
        May::RefuseOrPassAndClose,
        &format!("content-length: LENGTH\r\n{te}"),
        &framed,
    );
    with(
        "chunked-then-length",
        May::RefuseOrPassAndClose,
        &format!("{te}content-length: LENGTH\r\n"),
        &framed,
    );
    with(
        "short-length-and-chunked",
        May::RefuseOrPassAndClose,
        &format!("content-length: 4\r\n{te}"),
        &framed,
    );
    for (name, coding) in [
        ("xchunked", "xchunked"),
        ("identity", "identity"),
        ("chunked-identity", "chunked, identity"),
        ("vertical-tab-chunked", "\u{b}chunked"),
        ("quoted-chunked", "\"chunked\""),
    ] {
        with(
            name,
            May::Refuse,
            &format!("transfer-encoding: {coding}\r\n"),
            &framed,
        );
        let both = format!("content-length: LENGTH\r\ntransfer-encoding: {coding}\r\n");
        with(name, May::Refuse, &both, &plain);
    }
    with(
        "blank-before-colon",
        May::Refuse,
        "transfer-encoding : chunked\r\n",
        &framed,
    );
    with(
        "folded",
        May::Refuse,
        "x-a: b\r\n transfer-encoding: chunked\r\n",
        &framed,
    );
    for (name, size) in [
        ("chunk-zz", "zz"),
        ("chunk-minus", "-1"),
        ("chunk-plus", "+5"),
        ("chunk-empty", ""),
        ("chunk-0x", "0x20"),
        ("chunk-overflow", "10000000000000001"),
        ("chunk-short", "3"),
        ("chunk-huge", "fffffffffffffff0"),
    ] {
        with(name, May::Refuse, te, &sized(size));
    }
    with("chunk-bare-lf", May::Refuse, te, &|push| {
        [
            format!("{:x}\n", push.body.len()).as_bytes(),
            &push.body,
            b"\n0\n\n",
        ]
        .concat()
    });
    with("chunk-extensions", May::Refuse, te, &|push| {
        [
            format!("{:x};{}\r\n", push.body.len(), "x".repeat(100_000)).as_bytes(),
            &push.body,
            b"\r\n0\r\n\r\n",
        ]
        .concat()
    });
    with("trailers-without-end", May::Refuse, te, &|push| {
        let trailers = "x-trailer: yes\r\n".repeat(20_000);
        [
            format!("{:x}\r\n", push.body.len()).as_bytes(),
            &push.body,
            b"\r\n0\r\n",
            trailers.as_bytes(),
        ]
        .concat()
    });
    with(
        "nul-in-value",
        May::Refuse,
        "x-a: b\0c\r\ncontent-length: LENGTH\r\n",
        &plain,
    );
    with(
        "nul-in-name",
        May::Refuse,
        "x-\0a: b\r\ncontent-length: LENGTH\r\n",
        &plain,
    );
    with(
        "bare-cr-in-value",
        May::Refuse,
        "x-a: b\rcontent-length: 3\r\ncontent-length: LENGTH\r\n",
        &plain,
    );
    with(
        "blank-in-name",
        May::Refuse,
        "x a: b\r\ncontent-length: LENGTH\r\n",
        &plain,
    );
    with(
        "no-name",
        May::Refuse,
        ": b\r\ncontent-length: LENGTH\r\n",
        &plain,
    );
    with(
        "no-colon",
        May::Refuse,
        "whatever\r\ncontent-length: LENGTH\r\n",
        &plain,
    );
    let many: String = (0..101)
        .map(|number| format!("x-{number}: b\r\n"))
        .collect();
    with(
        "101-headers",
        May::Refuse,
        &format!("{many}content-length: LENGTH\r\n"),
        &plain,
    );
    with("trailers", May::Pass, te, &|push| {
        [
            format!("{:x};a=b\r\n", push.body.len()).as_bytes(),
            &push.body,
            b"\r\n0\r\nx-hub-signature-256: no\r\n\r\n",
        ]
        .concat()
    });
    with(
        "empty-header",
        May::Pass,
        "x-a:\r\ncontent-length: LENGTH\r\n",
        &plain,
    );
    requests
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_requests_are_refused_and_nothing_is_smuggled() {
    let gate = Gate::impatient().await;
    let (address, mut expected, mut unsure) =
        (gate.daemon.ingress, BTreeSet::new(), BTreeSet::new());
    let mut wrong = Vec::new();
    let mut hold = |name: &'static str, may: May, heard: Heard| {
        let statuses: Vec<_> = heard.answers.iter().map(|answer| answer.status).collect();
        println!("{name}: {statuses:?}, closed: {:?}", heard.closed);
        let refused = statuses.is_empty()
            || matches!(statuses[..], [400 | 404 | 408 | 413 | 414 | 431 | 501]);
        let good = match may {
            May::Refuse => refused && heard.closed.is_some(),
            // The request after it is answered too.
            May::Pass => statuses == [200, 200] || statuses == [200],
            May::RefuseOrPassAndClose => (refused || statuses == [200]) && heard.closed.is_some(),
        };
        if !good {
            wrong.push(format!("{name}: {may:?}, but {statuses:?}"));
        }
        match may {
            May::Refuse => {}
            May::Pass => drop(expected.insert(name.to_owned())),
            May::RefuseOrPassAndClose => drop(unsure.insert(name.to_owned())),
        }
        for answer in heard
            .answers
            .iter()
            .filter(|answer| !answer.body.is_empty())
        {
            assert_eq!(
                answer.json()["request_id"].as_str(),
                Some(answer.headers["x-request-id"].as_str())
            );
            assert!(!answer.body.contains(SECRET));
        }
    };
    let mut odd = JoinSet::new();
    for (name, may, mut request) in odd_requests(&gate) {
        // Behind all but the lawful comes what a smuggler would have read as a request.
        if may != May::Pass {
            request.extend(gate.push(&format!("smuggled-{name}")).whole(PATH, SECRET));
        }
        odd.spawn(async move { (name, may, exchange(address, &request, BOUND).await) });
    }
    while let Some(done) = odd.join_next().await {
        let (name, may, heard) = done.unwrap();
        hold(name, may, heard);
    }
    let push = gate.push("version");
    let tail = format!("content-length: {}\r\n\r\n", push.body.len());
    let line = |line: &str| {
        let head =
            push.head(PATH, SECRET, "1.1")
                .replacen(&format!("POST {PATH} HTTP/1.1"), line, 1);
        [head.as_bytes(), tail.as_bytes(), &push.body].concat()
    };
    for (name, first) in [
        ("version-3", format!("POST {PATH} HTTP/3.0")),
        ("version-0.9", format!("POST {PATH}")),
        ("version-word", format!("POST {PATH} HTTP/one")),
        (
            "authority-form",
            "POST hooks.example.com:443 HTTP/1.1".into(),
        ),
        ("nul-in-path", format!("POST {PATH}\0 HTTP/1.1")),
        (
            "long-path",
            format!("POST /{} HTTP/1.1", "a".repeat(100_000)),
        ),
        (
            "absolute-elsewhere",
            "POST http://other.example.com/elsewhere HTTP/1.1".into(),
        ),
        ("dots", "POST /webhooks/x/../github HTTP/1.1".into()),
        ("slashes", "POST //webhooks/github HTTP/1.1".into()),
    ] {
        hold(
            name,
            May::Refuse,
            exchange(address, &line(&first), BOUND).await,
        );
    }
    // Well framed, and longer than the limit says: what follows it may be answered.
    let long = gate.push("long-head");
    let length = long.body.len();
    let lines = format!(
        "x-a: {}\r\ncontent-length: {length}\r\n\r\n",
        "a".repeat(33_000)
    );
    let long = [
        long.head(PATH, SECRET, "1.1").as_bytes(),
        lines.as_bytes(),
        &long.body,
    ]
    .concat();
    let heard = exchange(address, &long, BOUND).await;
    assert_eq!(heard.answers.len(), 1, "{heard:?}");
    heard.answers[0].assert_is_ours(431, "headers_too_large");
    // TLS where none is spoken.
    hold(
        "tls",
        May::Refuse,
        exchange(
            address,
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            BOUND,
        )
        .await,
    );
    // A server must take the absolute form (RFC 9112, 3.2.2); it names the same path.
    let absolute = line(&format!("POST http://other.example.com{PATH} HTTP/1.1"));
    let heard = exchange(address, &absolute, BOUND).await;
    assert_eq!(heard.answers.len(), 1, "{heard:?}");
    assert_eq!(heard.answers[0].status, 200, "{heard:?}");
    expected.insert("version".to_owned());
    gate.serves("good").await;
    expected.insert("good".to_owned());
    let stored = gate.stored();
    let odd: Vec<_> = stored
        .symmetric_difference(&expected)
        .filter(|name| !unsure.contains(*name))
        .collect();
    assert!(odd.is_empty(), "stored or lost: {odd:?}; {wrong:?}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn noise_neither_passes_nor_stops_the_daemon() {
    let gate = Gate::impatient().await;
    let mut random = Random::new();
    let mut noises = JoinSet::new();
    for number in 0..200 {
        let mut bytes = gate.push(&format!("noise{number}")).whole(PATH, SECRET);
        // The whole of it is signed: one byte changed is a forgery, a fault, or a header that counts for nothing.
        let from = if number % 2 == 0 { 0 } else { bytes.len() - 40 };
        let at = from + random.below(bytes.len() - from);
        bytes[at] ^= 1 << random.below(8);
        if number % 5 == 0 {
            let count = 1 + random.below(2000);
            bytes = random.bytes(count);
        }
        let address = gate.daemon.ingress;
        noises.spawn(async move { exchange(address, &bytes, BOUND).await });
    }
    while let Some(heard) = noises.join_next().await {
        let heard = heard.unwrap();
        assert!(heard.closed.is_some(), "{heard:?}");
        let panics = heard
            .answers
            .iter()
            .filter(|answer| answer.status >= 500)
            .count();
        assert_eq!(panics, 0, "{heard:?}");
    }
    gate.serves("good").await;
    // What is stored is what was signed, byte for byte.
    for record in kafka::read_all(&kafka::address(), &gate.run) {
        let event = record.json();
        // A type that is no JSON's any more is kept as text or base64.
        let data = match (&event["data"], event["data_base64"].as_str()) {
            (Value::String(text), _) => text.clone().into_bytes(),
            (_, Some(text)) => STANDARD.decode(text).unwrap(),
            (data, None) => serde_json::to_vec(data).unwrap(),
        };
        let after = serde_json::from_slice::<Value>(&data).unwrap()["after"].clone();
        let name = after.as_str().unwrap().rsplit('-').next().unwrap();
        assert_eq!(data.len(), gate.push(name).body.len(), "{event}");
    }
    assert!(
        !gate.daemon.output().contains("panicked"),
        "{}",
        gate.daemon.output()
    );
}
