//! HTTP/2 frames by hand, for no client of good manners sends what is sent here (RFC 9113, section 4).

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::task::JoinHandle;

pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const PRIORITY: u8 = 2;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PUSH_PROMISE: u8 = 5;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

/// Also an acknowledgement, on SETTINGS and PING.
pub(super) const END_STREAM: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;
pub(super) const PADDED: u8 = 8;

pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a frame is short");
    let mut bytes = length.to_be_bytes()[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

pub(super) fn settings(pairs: &[(u16, u32)]) -> Vec<u8> {
    let mut payload = Vec::new();
    for (name, value) in pairs {
        payload.extend(name.to_be_bytes());
        payload.extend(value.to_be_bytes());
    }
    frame(SETTINGS, 0, 0, &payload)
}

/// A field that no table keeps (RFC 7541, section 6.2.2), its texts not Huffman coded.
pub(super) fn field(name: &str, value: &str) -> Vec<u8> {
    let mut bytes = vec![0];
    for text in [name, value] {
        integer(&mut bytes, text.len());
        bytes.extend(text.bytes());
    }
    bytes
}

/// Seven bits, then as many as it takes (RFC 7541, section 5.1).
fn integer(bytes: &mut Vec<u8>, mut value: usize) {
    if value < 127 {
        bytes.push(u8::try_from(value).expect("below 127"));
        return;
    }
    bytes.push(127);
    value -= 127;
    while value >= 128 {
        bytes.push(u8::try_from(value % 128).expect("below 128") | 128);
        value /= 128;
    }
    bytes.push(u8::try_from(value).expect("below 128"));
}

/// The fields of a request's head.
pub(super) fn request(method: &str, path: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let lines = [
        (":method", method),
        (":scheme", "http"),
        (":path", path),
        (":authority", "hooks.example.com"),
    ];
    let all = lines.iter().chain(more);
    all.flat_map(|(name, value)| field(name, value)).collect()
}

/// What a connection's reader has seen.
pub(super) struct Seen {
    /// Frames by their kind.
    pub(super) frames: [AtomicU64; 256],
    /// The error of the last GOAWAY, plus one.
    goaway: AtomicU64,
    ended: AtomicBool,
    pings: Mutex<Vec<Vec<u8>>>,
}

impl Seen {
    fn new() -> Self {
        Self {
            frames: [const { AtomicU64::new(0) }; 256],
            goaway: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            pings: Mutex::default(),
        }
    }

    /// What it has been asked since the last time.
    pub(super) fn pings(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.pings.lock().expect("nobody panics in it"))
    }

    pub(super) fn count(&self, kind: u8) -> u64 {
        self.frames[usize::from(kind)].load(Ordering::Relaxed)
    }

    /// The error code of the connection's end, if it was told.
    pub(super) fn goaway(&self) -> Option<u64> {
        self.goaway.load(Ordering::Relaxed).checked_sub(1)
    }

    pub(super) fn ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }
}

/// A connection that has begun with the preface.
pub(super) struct Connection {
    writing: OwnedWriteHalf,
    pub(super) seen: Arc<Seen>,
    pub(super) began: Instant,
    reader: JoinHandle<()>,
}

impl Connection {
    /// Everything that comes back is read and counted.
    pub(super) async fn open(address: SocketAddr, first: &[u8]) -> Self {
        let stream = TcpStream::connect(address).await.expect("it listens");
        stream.set_nodelay(true).expect("a socket");
        let (reading, mut writing) = stream.into_split();
        writing.write_all(PREFACE).await.expect("it is taken");
        writing.write_all(first).await.expect("it is taken");
        let seen = Arc::new(Seen::new());
        Self {
            writing,
            began: Instant::now(),
            reader: tokio::spawn(read(reading, Arc::clone(&seen))),
            seen,
        }
    }

    /// Sends, unless the daemon has ended it.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.seen.ended() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.writing.write_all(bytes).await
    }

    /// Waits for the daemon to end it, and says after how long; `None` when it has not within `bound`.
    pub(super) async fn end(&mut self, bound: Duration) -> Option<Duration> {
        let ended = tokio::time::timeout(bound, &mut self.reader).await;
        ended.ok().map(|_| self.began.elapsed())
    }
}

async fn read(reading: OwnedReadHalf, seen: Arc<Seen>) {
    let mut reading = BufReader::with_capacity(64 * 1024, reading);
    let mut head = [0; 9];
    let mut payload = Vec::new();
    while reading.read_exact(&mut head).await.is_ok() {
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        payload.resize(usize::try_from(length).expect("24 bits"), 0);
        if reading.read_exact(&mut payload).await.is_err() {
            break;
        }
        if head[3] == GOAWAY && payload.len() >= 8 {
            let error = u32::from_be_bytes([payload[4], payload[5], payload[6], payload[7]]);
            seen.goaway.store(u64::from(error) + 1, Ordering::Relaxed);
        }
        if head[3] == PING && head[4] & 1 == 0 {
            let mut pings = seen.pings.lock().expect("nobody panics in it");
            pings.push(payload.clone());
        }
        seen.frames[usize::from(head[3])].fetch_add(1, Ordering::Relaxed);
    }
    seen.ended.store(true, Ordering::Relaxed);
}
