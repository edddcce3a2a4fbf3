//! Floods of HTTP/2 frames, and frames that break its rules.

use tokio::task::JoinSet;

use super::frames::*;
use super::honest::{Honest, quiet_for};
use super::support::process::{memory, scheduled};
use super::support::scale;
use super::*;

/// Honest deliveries beside each flood.
const HONEST_PER_S: u32 = 100;
/// What one in a hundred of them may wait. Of this test's own work too, for it shares the machine.
const TAIL: Duration = Duration::from_millis(100);
/// What is written of a flood beside the honest.
const LINES_MAX: usize = 300;
/// What all floods together may cost the daemon at their worst.
const GROWTH_KIB_MAX: u64 = 32 * 1024;

/// How a connection may end. How much of a flood is read at once, and so which bound it meets first, is the
/// machine's choice.
type Ends = &'static [u64];

/// It bears all that is sent, and is ended because it asks for nothing: a GOAWAY without an error.
const NONE: u64 = 0;
const PROTOCOL: u64 = 1;
const FLOW_CONTROL: u64 = 3;
const FRAME_SIZE: u64 = 6;
const CALM: u64 = 11;

struct Flood {
    name: &'static str,
    begin: Vec<u8>,
    each: fn(u32) -> Vec<u8>,
    /// At scale 1; fivefold is the full flood.
    count: u32,
    /// The errors of a GOAWAY that may come.
    end: Ends,
}

fn odd(number: u32) -> u32 {
    2 * number + 1
}

fn headers(stream: u32, flags: u8, path: &str) -> Vec<u8> {
    frame(
        HEADERS,
        END_HEADERS | flags,
        stream,
        &request("POST", path, &[]),
    )
}

fn code(error: u32) -> [u8; 4] {
    error.to_be_bytes()
}

/// An entry for the dynamic table, of 4,000 bytes.
fn entry() -> Vec<u8> {
    let mut bytes = field("x-a", &"b".repeat(3950));
    bytes[0] = 0x40;
    bytes
}

fn floods() -> Vec<Flood> {
    let open = || [settings(&[]), headers(1, 0, PATH)].concat();
    let flood = |name, begin, each, count, end| Flood {
        name,
        begin,
        each,
        count,
        end,
    };
    vec![
        flood(
            "rapid reset",
            settings(&[]),
            |number| {
                let stream = odd(number);
                [
                    headers(stream, 0, PATH),
                    frame(RST_STREAM, 0, stream, &code(8)),
                ]
                .concat()
            },
            20_000,
            &[CALM],
        ),
        flood(
            "rapid reset of whole requests",
            settings(&[]),
            |number| {
                let stream = odd(number);
                let whole = headers(stream, END_STREAM, "/nowhere");
                [whole, frame(RST_STREAM, 0, stream, &code(8))].concat()
            },
            20_000,
            &[CALM],
        ),
        flood(
            "resets that we are made to send",
            settings(&[]),
            |number| {
                let stream = odd(number);
                let nothing = frame(WINDOW_UPDATE, 0, stream, &code(0));
                [headers(stream, 0, PATH), nothing].concat()
            },
            20_000,
            &[CALM, PROTOCOL],
        ),
        flood(
            "CONTINUATION",
            [
                settings(&[]),
                frame(HEADERS, 0, 1, &request("POST", PATH, &[])),
            ]
            .concat(),
            |_| frame(CONTINUATION, 0, 1, &field("x-a", "b")),
            20_000,
            &[CALM],
        ),
        flood(
            "empty CONTINUATION",
            [
                settings(&[]),
                frame(HEADERS, 0, 1, &request("POST", PATH, &[])),
            ]
            .concat(),
            |_| frame(CONTINUATION, 0, 1, &[]),
            20_000,
            &[CALM],
        ),
        flood(
            "empty DATA",
            open(),
            |_| frame(DATA, 0, 1, &[]),
            20_000,
            &[NONE, CALM],
        ),
        flood(
            "DATA that is all padding",
            open(),
            |_| frame(DATA, PADDED, 1, &[&[255][..], &[0; 255]].concat()),
            4_000,
            &[NONE, CALM],
        ),
        flood(
            "SETTINGS",
            settings(&[]),
            |number| settings(&[(4, 65_535 + number % 2)]),
            20_000,
            &[NONE],
        ),
        flood(
            "SETTINGS with many of them",
            settings(&[]),
            |number| settings(&[(4, 65_535 + number % 2); 500]),
            2_000,
            &[NONE],
        ),
        flood(
            "acknowledgements of no SETTINGS",
            settings(&[]),
            |_| frame(SETTINGS, END_STREAM, 0, &[]),
            20_000,
            &[PROTOCOL],
        ),
        flood(
            "PING",
            settings(&[]),
            |_| frame(PING, 0, 0, b"12345678"),
            20_000,
            &[NONE],
        ),
        flood(
            "acknowledgements of no PING",
            settings(&[]),
            |_| frame(PING, END_STREAM, 0, b"12345678"),
            20_000,
            &[NONE],
        ),
        flood(
            "PRIORITY",
            settings(&[]),
            |number| frame(PRIORITY, 0, odd(number), &[0, 0, 0, 0, 15]),
            20_000,
            &[NONE],
        ),
        flood(
            "unknown frames",
            settings(&[]),
            |_| frame(0xfa, 0xff, 0, b"whatever"),
            20_000,
            &[NONE],
        ),
        flood(
            "WINDOW_UPDATE",
            settings(&[]),
            |_| frame(WINDOW_UPDATE, 0, 0, &code(1)),
            20_000,
            &[NONE],
        ),
        flood(
            "streams beyond the limit",
            settings(&[]),
            |number| headers(odd(number), 0, PATH),
            20_000,
            &[CALM],
        ),
        flood(
            "requests that nobody may answer",
            settings(&[(4, 0)]),
            |number| headers(odd(number), END_STREAM, "/nowhere"),
            5_000,
            &[CALM],
        ),
        flood(
            "lists of headers that grow when they are read",
            [
                settings(&[]),
                frame(
                    HEADERS,
                    END_HEADERS | END_STREAM,
                    1,
                    &[request("GET", "/", &[]), entry()].concat(),
                ),
            ]
            .concat(),
            |number| {
                // Each byte is the entry again.
                let bomb = [request("GET", "/", &[]), vec![0x80 | 62; 15_000]].concat();
                frame(HEADERS, END_HEADERS | END_STREAM, odd(number + 1), &bomb)
            },
            400,
            &[NONE, CALM],
        ),
        flood(
            "tables that are made large and small",
            settings(&[]),
            |number| {
                let resize = [&[0x20][..], &[0x3f, 0xe1, 0x1f], &request("GET", "/", &[])].concat();
                frame(HEADERS, END_HEADERS | END_STREAM, odd(number), &resize)
            },
            5_000,
            &[NONE, CALM],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn floods_of_frames_are_ended_or_borne_and_cost_others_nothing() {
    let target = Target::start().await;
    target.serves("warm").await;
    let before_kib = memory(target.daemon.id()).peak;
    let quiet = quiet_for(&target, "quiet", Duration::from_secs(1)).await;
    let (mut waited, tail) = (Vec::new(), TAIL.max(quiet.allowance()));
    let mut expected: BTreeSet<_> = quiet.names.into_iter().collect();
    expected.insert("warm".to_owned());
    let times = u32::try_from(scale()).unwrap();
    let mut ends = JoinSet::new();
    for flood in floods() {
        let lines = target.daemon.output().lines().count();
        let (before, _) = scheduled(target.daemon.id());
        let honest = Honest::start(&target, &format!("beside {} ", flood.name), HONEST_PER_S);
        let mut connection = Connection::open(target.daemon.ingress, &flood.begin).await;
        let (count, began) = (flood.count * times, Instant::now());
        let mut sent = 0;
        while sent < count {
            let next = (sent + 250).min(count);
            let bytes: Vec<u8> = (sent..next).flat_map(flood.each).collect();
            let within = tokio::time::timeout(BOUND, connection.send(&bytes)).await;
            if within.expect("it neither reads nor ends").is_err() {
                break;
            }
            sent = next;
        }
        let took = began.elapsed();
        // The last of them is looked at as well.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let waits = honest.end().await;
        let worked = scheduled(target.daemon.id()).0 - before;
        let kib = memory(target.daemon.id()).peak.saturating_sub(before_kib);
        println!(
            "{}: {sent} of {count} in {took:?}, {worked:?} of work with the honest, so far {kib} KiB more",
            flood.name
        );
        waits.assert(flood.name, BOUND);
        let lines = target.daemon.output().lines().count() - lines;
        assert!(
            lines < waits.names.len() + LINES_MAX,
            "{}: {lines} lines in the log",
            flood.name
        );
        waited.push(waits.at(0.99));
        expected.extend(waits.names);
        ends.spawn(async move {
            let ended = connection.end(BOUND).await;
            let seen = connection.seen;
            // Who is cut off while he sends may lose what he was told.
            let told = seen.goaway();
            let is_right = match told {
                Some(error) => flood.end.contains(&error),
                None => sent < count || flood.end.contains(&NONE),
            };
            let is_right = ended.is_some() && is_right;
            let (name, end) = (flood.name, flood.end);
            (!is_right).then(|| format!("{name}: {end:?} expected, {told:?} after {ended:?}"))
        });
    }
    let quiet = quiet_for(&target, "quiet again", Duration::from_secs(1)).await;
    let tail = tail.max(quiet.allowance());
    expected.extend(quiet.names);
    // A pause of the machine falls on one flood or another: what most of them do is judged.
    waited.sort();
    let typical = waited[waited.len() / 2];
    println!("p99 of honest deliveries beside the median flood: {typical:?}, of {tail:?}");
    assert!(typical < tail, "{waited:?}");
    let mut wrong = Vec::new();
    while let Some(done) = ends.join_next().await {
        wrong.extend(done.unwrap());
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let grown_kib = memory(target.daemon.id()).peak.saturating_sub(before_kib);
    assert!(grown_kib < GROWTH_KIB_MAX, "{grown_kib} KiB");
    assert_eq!(target.stored(), expected);
    target.has_kept_calm();
}

/// What a broken rule comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The connection's end, with this error.
    Connection(u64),
    /// The stream's, or an answer that refuses it.
    Stream,
}

/// A delivery whose signature is right: only what is wrong with its frames keeps it out.
fn signed(target: &Target, name: &str, more: &[(&str, &str)]) -> (Vec<u8>, Vec<u8>) {
    let push = target.push(name);
    let headers = push.headers(SECRET);
    let mut all: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    all.extend(more);
    (request("POST", PATH, &all), push.body)
}

fn broken(target: &Target) -> Vec<(&'static str, Fault, Vec<u8>)> {
    let (good, body) = signed(target, "plain", &[]);
    let start = settings(&[]);
    let open = frame(HEADERS, END_HEADERS, 1, &good);
    let mut rows: Vec<(&'static str, Fault, Vec<u8>)> = Vec::new();
    let mut row = |name, fault, parts: &[&[u8]]| rows.push((name, fault, parts.concat()));
    // h2 says PROTOCOL_ERROR for most, where RFC 9113 has a word of its own for some.
    let connection = Fault::Connection;
    row(
        "DATA on stream 0",
        connection(PROTOCOL),
        &[&start, &frame(DATA, 0, 0, b"x")],
    );
    row(
        "HEADERS on stream 0",
        connection(PROTOCOL),
        &[&start, &frame(HEADERS, END_HEADERS, 0, &good)],
    );
    row(
        "a stream of the server's",
        connection(PROTOCOL),
        &[&start, &frame(HEADERS, END_HEADERS, 2, &good)],
    );
    row(
        "DATA on a stream that is not open",
        connection(PROTOCOL),
        &[&start, &frame(DATA, 0, 5, b"x")],
    );
    row(
        "RST_STREAM on a stream that is not open",
        connection(PROTOCOL),
        &[&start, &frame(RST_STREAM, 0, 5, &code(8))],
    );
    row(
        "WINDOW_UPDATE on a stream that is not open",
        connection(PROTOCOL),
        &[&start, &frame(WINDOW_UPDATE, 0, 5, &code(1))],
    );
    row(
        "a stream with a lower number",
        connection(PROTOCOL),
        &[
            &start,
            &frame(
                HEADERS,
                END_HEADERS | END_STREAM,
                7,
                &request("GET", "/", &[]),
            ),
            &frame(HEADERS, END_HEADERS, 3, &good),
            &frame(DATA, END_STREAM, 3, &body),
        ],
    );
    row(
        "PUSH_PROMISE from a client",
        connection(PROTOCOL),
        &[
            &start,
            &open,
            &frame(
                PUSH_PROMISE,
                END_HEADERS,
                1,
                &[&code(2)[..], &good].concat(),
            ),
        ],
    );
    row(
        "CONTINUATION of nothing",
        connection(PROTOCOL),
        &[&start, &frame(CONTINUATION, END_HEADERS, 1, &good)],
    );
    row(
        "a frame between HEADERS and CONTINUATION",
        connection(PROTOCOL),
        &[
            &start,
            &frame(HEADERS, 0, 1, &good),
            &frame(PING, 0, 0, b"12345678"),
        ],
    );
    row(
        "CONTINUATION of another stream",
        connection(PROTOCOL),
        &[
            &start,
            &frame(HEADERS, 0, 1, &good),
            &frame(CONTINUATION, END_HEADERS, 3, &[]),
        ],
    );
    row(
        "a frame of 16,385 bytes",
        connection(FRAME_SIZE),
        &[&start, &open, &frame(DATA, 0, 1, &[b'x'; 16_385])],
    );
    row(
        "a frame of 16 MiB",
        connection(FRAME_SIZE),
        &[&start, &open, &frame(DATA, 0, 1, &vec![b'x'; 0xff_ffff])],
    );
    row(
        "PING of 7 bytes",
        connection(PROTOCOL),
        &[&start, &frame(PING, 0, 0, b"1234567")],
    );
    row(
        "PING on a stream",
        connection(PROTOCOL),
        &[&start, &frame(PING, 0, 1, b"12345678")],
    );
    row(
        "SETTINGS of 5 bytes",
        connection(PROTOCOL),
        &[&frame(SETTINGS, 0, 0, b"12345")],
    );
    row(
        "SETTINGS on a stream",
        connection(PROTOCOL),
        &[&start, &frame(SETTINGS, 0, 1, &[])],
    );
    row(
        "an acknowledgement with SETTINGS in it",
        connection(PROTOCOL),
        &[&start, &frame(SETTINGS, 1, 0, b"123456")],
    );
    row(
        "a window of 2^31",
        connection(PROTOCOL),
        &[&settings(&[(4, 1 << 31)])],
    );
    row(
        "frames of 1 byte at most",
        connection(PROTOCOL),
        &[&settings(&[(5, 1)])],
    );
    row(
        "frames of 16 MiB and more",
        connection(PROTOCOL),
        &[&settings(&[(5, 1 << 24)])],
    );
    row(
        "push that is neither on nor off",
        connection(PROTOCOL),
        &[&settings(&[(2, 2)])],
    );
    row(
        "WINDOW_UPDATE by nothing",
        connection(PROTOCOL),
        &[&start, &frame(WINDOW_UPDATE, 0, 0, &code(0))],
    );
    row(
        "WINDOW_UPDATE of 3 bytes",
        connection(PROTOCOL),
        &[&start, &frame(WINDOW_UPDATE, 0, 0, &[0, 0, 1])],
    );
    row(
        "a window that overflows",
        connection(FLOW_CONTROL),
        &[&start, &frame(WINDOW_UPDATE, 0, 0, &code(0x7fff_ffff))],
    );
    row(
        "RST_STREAM of 3 bytes",
        connection(PROTOCOL),
        &[&start, &open, &frame(RST_STREAM, 0, 1, &[0; 3])],
    );
    row(
        "padding longer than the frame",
        connection(PROTOCOL),
        &[&start, &open, &frame(DATA, PADDED, 1, &[9, 0, 0])],
    );
    row(
        "a field that no table has",
        connection(PROTOCOL),
        &[
            &start,
            &frame(
                HEADERS,
                END_HEADERS,
                1,
                &[good.clone(), vec![0xff, 0xff, 0x7f]].concat(),
            ),
        ],
    );
    row(
        "field 0",
        connection(PROTOCOL),
        &[
            &start,
            &frame(
                HEADERS,
                END_HEADERS,
                1,
                &[good.clone(), vec![0x80]].concat(),
            ),
        ],
    );
    row(
        "a field that is cut off",
        connection(PROTOCOL),
        &[
            &start,
            &frame(HEADERS, END_HEADERS, 1, &good[..good.len() - 1]),
        ],
    );
    row(
        "a table that is too large",
        connection(PROTOCOL),
        &[
            &start,
            &frame(
                HEADERS,
                END_HEADERS,
                1,
                &[&[0x3f, 0xff, 0xff, 0x7f], &good[..]].concat(),
            ),
        ],
    );
    row(
        "a number without end",
        connection(PROTOCOL),
        &[
            &start,
            &frame(
                HEADERS,
                END_HEADERS,
                1,
                &[good.clone(), vec![0xff; 20]].concat(),
            ),
        ],
    );
    row(
        "more DATA than the window",
        connection(FLOW_CONTROL),
        &[
            &start,
            &frame(HEADERS, END_HEADERS, 1, &good),
            &frame(DATA, 0, 1, &[b' '; 16_384]).repeat(200),
        ],
    );

    let streams: &[(&'static str, &[(&str, &str)])] = &[
        ("chunked", &[("transfer-encoding", "chunked")]),
        ("kept alive", &[("connection", "keep-alive")]),
        ("upgraded", &[("upgrade", "h2c")]),
        ("te of gzip", &[("te", "gzip")]),
        ("a name in capitals", &[("X-A", "b")]),
        ("a name with a blank", &[("x a", "b")]),
        ("a name with a line break", &[("x-a\r\nx-b", "c")]),
        ("a name with a colon", &[("x:a", "b")]),
        ("an empty name", &[("", "b")]),
        (
            "a value with a line break",
            &[("x-a", "b\r\ntransfer-encoding: chunked")],
        ),
        ("a value with a line feed", &[("x-a", "b\nc")]),
        ("a value with NUL", &[("x-a", "b\0c")]),
        ("a pseudo-header behind headers", &[(":path", PATH)]),
        ("an unknown pseudo-header", &[(":whatever", "a")]),
        ("a status in a request", &[(":status", "200")]),
        ("a length that is too short", &[("content-length", "3")]),
        ("a length that is too long", &[("content-length", "99999")]),
        ("a length that is none", &[("content-length", "+50")]),
        (
            "a length beyond what there is",
            &[("content-length", "262145")],
        ),
        (
            "two lengths",
            &[("content-length", "3"), ("content-length", "4")],
        ),
        (
            "the signature twice",
            &[("x-hub-signature-256", "sha256=00")],
        ),
    ];
    for (name, more) in streams {
        let (head, body) = signed(target, name, more);
        rows.push((
            name,
            Fault::Stream,
            [
                start.clone(),
                frame(HEADERS, END_HEADERS, 1, &head),
                frame(DATA, END_STREAM, 1, &body),
            ]
            .concat(),
        ));
    }
    let lines = |lines: &[(&str, &str)]| -> Vec<u8> {
        let fields = lines.iter().flat_map(|(name, value)| field(name, value));
        let (rest, _) = signed(target, "plain", &[]);
        // All of it but the four lines that begin it.
        let own = request("POST", PATH, &[]).len();
        fields.chain(rest[own..].iter().copied()).collect()
    };
    let pseudo: &[(&'static str, &[(&str, &str)])] = &[
        (
            "no path",
            &[
                (":method", "POST"),
                (":scheme", "http"),
                (":authority", "a"),
            ],
        ),
        (
            "an empty path",
            &[
                (":method", "POST"),
                (":scheme", "http"),
                (":path", ""),
                (":authority", "a"),
            ],
        ),
        (
            "no method",
            &[(":scheme", "http"), (":path", PATH), (":authority", "a")],
        ),
        (
            "no scheme",
            &[(":method", "POST"), (":path", PATH), (":authority", "a")],
        ),
        (
            "two paths",
            &[
                (":method", "POST"),
                (":scheme", "http"),
                (":path", PATH),
                (":path", PATH),
                (":authority", "a"),
            ],
        ),
        (
            "two methods",
            &[
                (":method", "POST"),
                (":method", "GET"),
                (":scheme", "http"),
                (":path", PATH),
                (":authority", "a"),
            ],
        ),
        (
            "a method with a blank",
            &[
                (":method", "POST /x"),
                (":scheme", "http"),
                (":path", PATH),
                (":authority", "a"),
            ],
        ),
        (
            "a path with a line break",
            &[
                (":method", "POST"),
                (":scheme", "http"),
                (":path", "/webhooks/github HTTP/1.1\r\nx: y"),
                (":authority", "a"),
            ],
        ),
        (
            "a path without a slash",
            &[
                (":method", "POST"),
                (":scheme", "http"),
                (":path", "webhooks/github"),
                (":authority", "a"),
            ],
        ),
        (
            "an authority with a blank",
            &[
                (":method", "POST"),
                (":scheme", "http"),
                (":path", PATH),
                (":authority", "a b"),
            ],
        ),
        (
            "CONNECT with a path",
            &[
                (":method", "CONNECT"),
                (":scheme", "http"),
                (":path", PATH),
                (":authority", "a:1"),
            ],
        ),
        ("CONNECT", &[(":method", "CONNECT"), (":authority", "a:1")]),
    ];
    for (name, more) in pseudo {
        rows.push((
            name,
            Fault::Stream,
            [
                start.clone(),
                frame(HEADERS, END_HEADERS, 1, &lines(more)),
                frame(DATA, END_STREAM, 1, &body),
            ]
            .concat(),
        ));
    }
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_that_break_the_rules_end_their_stream_or_connection() {
    let target = Target::start().await;
    let mut running = JoinSet::new();
    for (name, fault, bytes) in broken(&target) {
        let address = target.daemon.ingress;
        running.spawn(async move {
            let mut connection = Connection::open(address, &[]).await;
            let _ = connection.send(&bytes).await;
            let ended = connection.end(BOUND).await;
            let seen = connection.seen;
            let is_right = ended.is_some()
                && match fault {
                    Fault::Connection(error) => seen.goaway() == Some(error),
                    // No 2xx can be among the answers: nothing is stored.
                    Fault::Stream => {
                        seen.count(RST_STREAM) + seen.count(HEADERS) >= 1
                            || seen.goaway() == Some(PROTOCOL)
                    }
                };
            let counts = [GOAWAY, RST_STREAM, HEADERS].map(|kind| seen.count(kind));
            (!is_right).then(|| {
                format!(
                    "{name}: {fault:?} expected, {:?}, {counts:?} after {ended:?}",
                    seen.goaway()
                )
            })
        });
    }
    let mut wrong = Vec::new();
    while let Some(done) = running.join_next().await {
        wrong.extend(done.unwrap());
    }
    target.serves("good").await;
    let stored = target.stored();
    assert!(wrong.is_empty(), "{wrong:#?}; {stored:?}");
    assert_eq!(stored, BTreeSet::from(["good".to_owned()]));
    target.has_kept_calm();
}
