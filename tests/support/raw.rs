//! HTTP/1 as bytes on a socket. What comes back is read by a reader of our own, so that hyper does not judge
//! itself.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::PATIENCE;

/// What came back on one connection.
#[derive(Debug)]
pub struct Heard {
    pub answers: Vec<Answer>,
    /// What stands behind them: an answer that was cut off, or what is none.
    pub rest: Vec<u8>,
    /// How long after the connection's beginning the daemon closed it.
    pub closed: Option<Duration>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// By their names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Heard {
    fn of(text: &[u8], closed: Option<Duration>) -> Self {
        let (answers, rest) = answers(text);
        Self {
            answers,
            rest: rest.to_vec(),
            closed,
        }
    }

    /// The status of every answer. There has to be nothing else.
    pub fn statuses(&self) -> Vec<u16> {
        assert!(
            self.rest.is_empty(),
            "{:?}",
            String::from_utf8_lossy(&self.rest)
        );
        self.answers.iter().map(|answer| answer.status).collect()
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The whole answers that `text` begins with, and the rest of it.
pub fn answers(text: &[u8]) -> (Vec<Answer>, &[u8]) {
    let (mut answers, mut rest) = (Vec::new(), text);
    while rest.starts_with(b"HTTP/1.")
        && let Some(end) = rest.windows(4).position(|four| four == b"\r\n\r\n")
    {
        let head = std::str::from_utf8(&rest[..end]).expect("a head is text");
        let mut lines = head.split("\r\n");
        let first = lines.next().unwrap();
        let status = first
            .strip_prefix("HTTP/1.1 ")
            .or_else(|| first.strip_prefix("HTTP/1.0 "))
            .unwrap_or_else(|| panic!("no status line: {first:?}"));
        let headers: BTreeMap<_, _> = lines
            .map(|line| line.split_once(':').expect("a header"))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let length = headers.get("content-length");
        let length = length.map_or(0, |length| length.parse::<usize>().expect("a length"));
        let Some(body) = rest.get(end + 4..end + 4 + length) else {
            break;
        };
        answers.push(Answer {
            status: status[..3].parse().expect("a status"),
            body: String::from_utf8(body.to_vec()).expect("our bodies are text"),
            headers,
        });
        rest = &rest[end + 4 + length..];
    }
    (answers, rest)
}

/// The status of every answer in `text`, which has to be nothing else.
pub fn statuses(text: &[u8]) -> Vec<u16> {
    Heard::of(text, None).statuses()
}

/// A connection from an address of this machine.
pub async fn connect(from: IpAddr, to: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from, 0))?;
    socket.connect(to).await
}

/// Sends bytes as they are and listens until the daemon closes or `within` is over.
pub async fn exchange(address: SocketAddr, bytes: &[u8], within: Duration) -> Heard {
    let began = Instant::now();
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let (mut reading, mut writing) = stream.split();
    // The daemon may refuse and close before it has read everything.
    let write = async {
        let _ = writing.write_all(bytes).await;
        std::future::pending::<()>().await;
    };
    let mut text = Vec::new();
    // A reset ends it as well as a close.
    let read = async { while matches!(reading.read_buf(&mut text).await, Ok(1..)) {} };
    let closed = tokio::time::timeout(within, async {
        tokio::select! { () = write => {} () = read => {} }
    });
    let closed = closed.await.is_ok().then(|| began.elapsed());
    Heard::of(&text, closed)
}

/// Listens until the daemon closes or `within` is over, which began then.
pub async fn hear(stream: &mut TcpStream, began: Instant, within: Duration) -> Heard {
    let mut text = Vec::new();
    let reading = async { while matches!(stream.read_buf(&mut text).await, Ok(1..)) {} };
    let closed = tokio::time::timeout(within.saturating_sub(began.elapsed()), reading).await;
    let closed = closed.is_ok().then(|| began.elapsed());
    Heard::of(&text, closed)
}

/// Sends `bytes` one at a time, `pause` between them, and listens until the daemon closes or `within` is over.
pub async fn drip(mut stream: TcpStream, bytes: &[u8], pause: Duration, within: Duration) -> Heard {
    let began = Instant::now();
    let (mut reading, mut writing) = stream.split();
    let mut text = Vec::new();
    let write = async {
        for byte in bytes {
            tokio::time::sleep(pause).await;
            if writing.write_all(&[*byte]).await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    let read = async { while matches!(reading.read_buf(&mut text).await, Ok(1..)) {} };
    let closed = tokio::time::timeout(within, async {
        tokio::select! { () = write => {} () = read => {} }
    });
    let closed = closed.await.is_ok().then(|| began.elapsed());
    Heard::of(&text, closed)
}

/// Reads at least one whole answer from a connection that is kept; the last, if there are more.
pub async fn next_answer(stream: &mut TcpStream) -> Answer {
    let mut text = Vec::new();
    let reading = async {
        loop {
            if let Some(answer) = answers(&text).0.pop() {
                return answer;
            }
            let read = stream.read_buf(&mut text).await;
            assert!(read.unwrap() > 0, "closed without an answer");
        }
    };
    let answer = tokio::time::timeout(PATIENCE, reading).await;
    answer.expect("an answer")
}
