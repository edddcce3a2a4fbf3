//! Any bytes on a connection, through hyper and the whole first stage, over a real socket. Nothing panics, every status is one
//! of ours, what is carried on is a whole request for a path that there is, and as many are answered 2xx as were carried.
//! And the same behind a PROXY protocol header, which alone says who the client is.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use hookferry::accept::{
    AccessLog, Admission, Bin, Carry, Current, Denial, Door, Doors, Gate, Generation, Limits,
    Proxies, Received, Reply, serve,
};
use hookferry::authenticate::Answer;
use hookferry::metrics::Metrics;
use hookferry::telemetry::Ratio;
use hookferry::tls::Listeners;
use http::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

const PATH: &str = "/in";
const BODY_BYTES_MAX: usize = 4096;
const HEAD_BYTES_MAX: usize = 8192;
/// How long a client may dawdle here.
const DAWDLE: Duration = Duration::from_millis(15);
const STATUSES: [u16; 14] = [
    200, 400, 403, 404, 405, 408, 411, 413, 414, 415, 417, 431, 501, 505,
];

/// How many threads of ours have panicked: a connection's does not take the others with it.
static PANICS: AtomicUsize = AtomicUsize::new(0);

/// Writes down what is carried to it.
#[derive(Clone, Default)]
struct Witness(Arc<Mutex<Vec<Received>>>);

impl Witness {
    fn all(&self) -> Vec<Received> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Carry for Witness {
    async fn carry(&self, _: &Door, received: Received, _: Instant) -> Reply {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(received);
        Reply::answered(Answer {
            status: 200,
            content_type: None,
            headers: Vec::new(),
            body: Vec::new(),
            call: None,
            learned: None,
        })
    }

    async fn capture(&self, _: Bin, _: Received, _: Instant) -> Reply {
        Reply::denied(&Denial::NotFound)
    }
}

struct Server {
    runtime: Runtime,
    port: u16,
    witness: Witness,
    _going: watch::Sender<Option<Duration>>,
}

static PLAIN: LazyLock<Mutex<Server>> = LazyLock::new(|| Mutex::new(server(false)));
static PROXIED: LazyLock<Mutex<Server>> = LazyLock::new(|| Mutex::new(server(true)));

fn server(proxy_protocol: bool) -> Server {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        before(info);
    }));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let metrics = Arc::new(Metrics::new(&["in".to_owned()], &[]).expect("metrics"));
    let (going, gone) = watch::channel(None);
    let witness = Witness::default();
    let door = Door {
        source: 0,
        tenant: None,
        methods: vec![Method::POST, Method::GET],
        content_types: Vec::new(),
        body_bytes_max: BODY_BYTES_MAX,
        keeps_encoded: true,
        admission: Arc::new(Admission::default()),
        gate: Arc::new(Gate::new(None, None)),
    };
    let limits = Limits {
        connections_max: 64,
        client_connections_max: 64,
        in_flight_max: 64,
        room_wait: Duration::ZERO,
        header_read: DAWDLE,
        body_read: DAWDLE,
        headers_bytes_max: HEAD_BYTES_MAX,
        decoded_ratio_max: 100,
        rate: None,
        client_rate: None,
        trusted_proxies: Proxies(vec!["127.0.0.0/8".parse().expect("a network")]),
        access_log: AccessLog {
            accepted: Ratio::NONE,
            refused: Ratio::NONE,
            lines_per_s_max: 1,
        },
        proxy_protocol,
    };
    let doors = Doors::new([(PATH.to_owned(), door)]);
    let generation = Generation::new(doors, limits, witness.clone(), Arc::clone(&metrics), None);
    let port = runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let tls = Listeners::new(&metrics).ingress;
        tokio::spawn(serve(
            (listener, tls),
            Arc::new(Current::new(generation)),
            metrics,
            gone,
        ));
        port
    });
    Server {
        runtime,
        port,
        witness,
        _going: going,
    }
}

impl Server {
    /// Sends `pieces` one after the other, ends, and reads what is answered and what was carried.
    fn exchange(&self, pieces: &[&[u8]]) -> (Vec<u8>, Vec<Received>) {
        let panics = PANICS.load(Ordering::Relaxed);
        let answer = self.runtime.block_on(async {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
                .await
                .expect("a connection");
            // Nothing of it stays behind in the kernel.
            stream.set_zero_linger().expect("an option");
            stream.set_nodelay(true).expect("an option");
            let mut answer = Vec::new();
            let exchange = async {
                for piece in pieces {
                    stream.write_all(piece).await?;
                    tokio::task::yield_now().await;
                }
                stream.shutdown().await?;
                stream.read_to_end(&mut answer).await?;
                io::Result::Ok(())
            };
            // It may be cut off in the middle.
            let ended = timeout(DAWDLE * 40, exchange).await;
            assert!(ended.is_ok(), "the connection does not end");
            answer
        });
        assert_eq!(PANICS.load(Ordering::Relaxed), panics, "something panicked");
        (answer, self.witness.all())
    }
}

/// The first byte says in how many pieces the rest is sent.
pub fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    // A client that has begun with HTTP/2's preface and says no more is waited for; once is enough to know.
    if b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".starts_with(rest) {
        return;
    }
    let server = PLAIN.lock().unwrap_or_else(PoisonError::into_inner);
    let (answer, carried) = server.exchange(&pieces(*first, rest));
    judge(rest, &answer, &carried);
}

fn pieces(first: u8, data: &[u8]) -> Vec<&[u8]> {
    let count = usize::from(first % 4) + 1;
    data.chunks(data.len().div_ceil(count).max(1)).collect()
}

fn judge(sent: &[u8], answer: &[u8], carried: &[Received]) {
    for received in carried {
        assert_eq!(received.path(), PATH);
        assert!(
            matches!(*received.method(), Method::POST | Method::GET),
            "{}",
            received.method()
        );
        assert!(received.body().len() <= BODY_BYTES_MAX);
        let head: usize = received
            .headers()
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum();
        assert!(head <= HEAD_BYTES_MAX * 4, "{head} bytes of head");
        let is_http2 = sent.starts_with(b"PRI");
        let headers = received.headers();
        // A body whose length was said is in the bytes as it is. Who says it twice has said two things.
        let lengths: Vec<_> = headers.get_all("content-length").iter().collect();
        let is_chunked = headers.contains_key("transfer-encoding");
        assert!(
            lengths.windows(2).all(|two| two[0] == two[1]),
            "two lengths"
        );
        assert!(
            !is_chunked || lengths.is_empty() || is_http2,
            "two framings"
        );
        if !is_http2 && !is_chunked {
            let said = lengths.first().map_or(0, |length| {
                length.to_str().expect("digits").parse().expect("a number")
            });
            let body = received.encoded();
            assert_eq!(body.len(), said, "a body of another length");
            let is_there = body.is_empty() || sent.windows(body.len()).any(|part| part == body);
            assert!(is_there, "a body that was not sent");
        }
    }
    if sent.starts_with(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") {
        return;
    }
    let statuses = statuses(answer);
    for status in &statuses {
        assert!(
            STATUSES.contains(status) || *status == 100,
            "status {status}"
        );
    }
    let accepted = statuses.iter().filter(|status| **status == 200).count();
    // The client may have been cut off before it had read all.
    assert!(
        accepted <= carried.len(),
        "{accepted} answers for {} requests",
        carried.len()
    );
}

/// The status of each response; their bodies are ours and hold no such line.
fn statuses(answer: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(answer);
    let lines = text.split("HTTP/1.").skip(1);
    lines
        .filter_map(|line| line.split(' ').nth(1)?.parse().ok())
        .collect()
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = [
        "POST /in HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}",
        "POST /in HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nt: u\r\n\r\n",
        "GET /in?a=b HTTP/1.1\r\nHost: a\r\n\r\nPOST /in HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
        "POST /in HTTP/1.0\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\nGET / HTTP/1.0\r\n\r\n",
        "POST /in HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x",
        "POST /in HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /in HTTP/1.1\r\n\r\n",
        "POST /in HTTP/1.1\r\nhost: a\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /in HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n{}",
        "POST /in HTTP/1.1\r\nhost: a\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}",
        "POST /in HTTP/1.1\nhost: a\n\n",
        "POST /in HTTP/1.1\r\nhost: a\r\n folded: b\r\n\r\n",
        "POST http://a/in HTTP/1.1\r\nhost: b\r\ncontent-length: 99999999999999999999\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\n\r\nCONNECT a:1 HTTP/1.1\r\n\r\nTRACE /in HTTP/1.1\r\n\r\n",
        "DELETE /in HTTP/1.1\r\nhost: a\r\nupgrade: h2c\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: AAMAAABk\r\n\r\n",
        "POST /in HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 192.0.2.1, [2001:db8::1]:80\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n",
    ]
    .iter()
    .zip(0_u8..)
    .map(|(seed, at)| [&[at][..], seed.as_bytes()].concat())
    .collect();
    let preface = b"\x00PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice();
    let settings = [0_u8, 0, 0, 4, 0, 0, 0, 0, 0];
    // POST /in: method and path literal without indexing (RFC 7541).
    let block = b"\x83\x04\x03/in\x86\x41\x01a";
    let headers = [&[0, 0, block.len() as u8, 1, 5, 0, 0, 0, 1][..], block].concat();
    seeds.push([preface, &settings[..], &headers].concat());
    seeds.push(
        [
            preface,
            &settings[..],
            &headers,
            &[0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 8],
        ]
        .concat(),
    );
    seeds.push(
        [
            preface,
            &settings[..],
            &[0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8],
        ]
        .concat(),
    );
    seeds
}

/// A PROXY protocol header and a request behind it.
pub fn proxied(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    if rest.is_empty() {
        return;
    }
    let server = PROXIED.lock().unwrap_or_else(PoisonError::into_inner);
    let (_, carried) = server.exchange(&pieces(*first, rest));
    for received in &carried {
        let Some((client, request)) = naive_proxy(rest) else {
            panic!("carried without a header");
        };
        // Empty lines before a request are passed over (RFC 9112, section 2.2).
        let request = request.trim_ascii_start();
        assert!(
            request.starts_with(b"POST")
                || request.starts_with(b"GET")
                || request.starts_with(b"PRI"),
            "{request:?}"
        );
        if !received.headers().contains_key("x-forwarded-for") {
            let client = client
                .unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
                .to_canonical();
            assert_eq!(received.client(), Some(client));
        }
    }
}

/// Whom a header names, `None` where it is the proxy's own connection, and what stands behind it.
fn naive_proxy(data: &[u8]) -> Option<(Option<IpAddr>, &[u8])> {
    if let Some(rest) = data.strip_prefix(b"\r\n\r\n\0\r\nQUIT\n") {
        let [version, family, high, low, rest @ ..] = rest else {
            return None;
        };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let (addresses, behind) = rest.split_at_checked(length)?;
        let client = match (version & 0x0f, family >> 4) {
            (0, _) => None,
            (1, 1) => Some(IpAddr::from(<[u8; 4]>::try_from(addresses.get(..4)?).ok()?)),
            (1, 2) => Some(IpAddr::from(
                <[u8; 16]>::try_from(addresses.get(..16)?).ok()?,
            )),
            _ => return None,
        };
        return Some((client, behind));
    }
    let end = data.windows(2).position(|two| two == b"\r\n")?;
    let words: Vec<_> = std::str::from_utf8(&data[..end]).ok()?.split(' ').collect();
    let client = match words.as_slice() {
        ["PROXY", "TCP4", client, _, _, _] => IpAddr::V4(client.parse::<Ipv4Addr>().ok()?),
        ["PROXY", "TCP6", client, _, _, _] => IpAddr::V6(client.parse::<Ipv6Addr>().ok()?),
        _ => return None,
    };
    Some((Some(client), &data[end + 2..]))
}

pub fn proxied_seeds() -> Vec<Vec<u8>> {
    let request = b"POST /in HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}".as_slice();
    let second = b"\r\n\r\n\0\r\nQUIT\n".as_slice();
    let heads: BTreeMap<&str, Vec<u8>> = [
        ("v1", b"PROXY TCP4 192.0.2.7 127.0.0.1 1 2\r\n".to_vec()),
        ("v1-6", b"PROXY TCP6 2001:db8::7 ::1 1 65535\r\n".to_vec()),
        ("v1-unknown", b"PROXY UNKNOWN\r\n".to_vec()),
        (
            "v2",
            [
                second,
                b"\x21\x11\x00\x0c\xc0\x00\x02\x07\x7f\x00\x00\x01\x00\x01\x00\x02",
            ]
            .concat(),
        ),
        ("v2-6", [second, b"\x21\x21\x00\x24", &[7; 36]].concat()),
        ("v2-local", [second, b"\x20\x00\x00\x00"].concat()),
        (
            "v2-tlv",
            [
                second,
                b"\x21\x11\x00\x13\xc0\x00\x02\x07\x7f\x00\x00\x01\x00\x01\x00\x02\x20\x00\x04abcd",
            ]
            .concat(),
        ),
        (
            "v2-unix",
            [second, b"\x21\x31\x00\xd8", &[b'a'; 216]].concat(),
        ),
        ("none", Vec::new()),
    ]
    .into_iter()
    .collect();
    let each = heads.values().zip(0_u8..);
    each.map(|(head, at)| [&[at][..], head, request].concat())
        .collect()
}
