//! One connection of the client: a request at a time, written from two parts, and its reply.

use std::io::{ErrorKind, IoSlice, Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use crate::message::{Message, Messages};

/// The number of the next delivery, of all runs: no two are the same.
static DELIVERIES: AtomicU64 = AtomicU64::new(1);

pub enum Progress {
    /// For the socket, or with nothing to do.
    Waits,
    Replied {
        status: u16,
        /// The server ends the connection with it.
        closes: bool,
    },
    Broken,
}

#[derive(PartialEq, Eq)]
enum State {
    Idle,
    Writing,
    Reading,
}

pub struct Connection {
    stream: TcpStream,
    state: State,
    head: Vec<u8>,
    /// Which of the messages that can be routed.
    variant: usize,
    written: usize,
    reply: Vec<u8>,
    filled: usize,
    /// When its request should have been sent.
    pub due: Instant,
    /// Its request has nowhere to go.
    pub unroutable: bool,
}

impl Connection {
    /// The connection is there when it is first written to.
    pub fn open(address: SocketAddr, registry: &Registry, token: Token) -> std::io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self {
            stream,
            state: State::Idle,
            head: Vec::new(),
            variant: 0,
            written: 0,
            reply: vec![0; 4096],
            filled: 0,
            due: Instant::now(),
            unroutable: false,
        })
    }

    pub fn is_busy(&self) -> bool {
        self.state != State::Idle
    }

    /// Takes up a request; [`Self::advance`] sends it.
    pub fn begin(&mut self, messages: &Messages, number: u64, unroutable: bool, due: Instant) {
        self.variant = number as usize % messages.routed.len();
        self.unroutable = unroutable;
        self.due = due;
        self.written = 0;
        self.filled = 0;
        self.state = State::Writing;
        let message = self.message(messages);
        self.head.clone_from(&message.head);
        let mut delivery = DELIVERIES.fetch_add(1, Ordering::Relaxed);
        for digit in self.head[message.id_at.clone()].iter_mut().rev() {
            *digit = b"0123456789abcdef"[delivery as usize % 16];
            delivery /= 16;
        }
    }

    fn message<'a>(&self, messages: &'a Messages) -> &'a Message {
        if self.unroutable {
            &messages.unroutable
        } else {
            &messages.routed[self.variant]
        }
    }

    /// Goes on as far as it can. Only when the socket has said something a reply may be there: a server may refuse a
    /// request before it has read it whole.
    pub fn advance(&mut self, messages: &Messages, told: bool) -> Progress {
        let mut broken = false;
        if self.state == State::Writing {
            broken = !self.write(messages);
        }
        if !told && !broken {
            return Progress::Waits;
        }
        match self.read() {
            Progress::Waits if broken => Progress::Broken,
            progress => progress,
        }
    }

    /// False when the connection is broken.
    fn write(&mut self, messages: &Messages) -> bool {
        let body = &self.message(messages).body;
        let all = self.head.len() + body.len();
        while self.written < all {
            let head = &self.head[self.written.min(self.head.len())..];
            let body = &body[self.written.saturating_sub(self.head.len())..];
            match self
                .stream
                .write_vectored(&[IoSlice::new(head), IoSlice::new(body)])
            {
                Ok(count) => self.written += count,
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock | ErrorKind::NotConnected => return true,
                    ErrorKind::Interrupted => {}
                    _ => return false,
                },
            }
        }
        self.state = State::Reading;
        true
    }

    fn read(&mut self) -> Progress {
        loop {
            if self.filled == self.reply.len() {
                self.reply.resize(self.filled * 2, 0);
            }
            let room = self.reply.len() - self.filled;
            match self.stream.read(&mut self.reply[self.filled..]) {
                Ok(0) => return Progress::Broken,
                Ok(count) => {
                    // Nothing was asked.
                    if self.state == State::Idle {
                        return Progress::Broken;
                    }
                    self.filled += count;
                    if let Some((status, closes)) = reply(&self.reply[..self.filled]) {
                        let closes = closes || self.state == State::Writing;
                        self.state = State::Idle;
                        return Progress::Replied { status, closes };
                    }
                    if count < room {
                        return Progress::Waits;
                    }
                }
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock | ErrorKind::NotConnected => return Progress::Waits,
                    ErrorKind::Interrupted => {}
                    _ => return Progress::Broken,
                },
            }
        }
    }
}

/// The status of a reply that is whole, and whether the connection ends with it.
fn reply(bytes: &[u8]) -> Option<(u16, bool)> {
    let head_bytes = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..head_bytes]).unwrap_or_default();
    let status = head.get(9..12).and_then(|status| status.parse().ok());
    let (mut length, mut chunked, mut closes) = (0, false, false);
    for line in head.lines().skip(1) {
        let (name, value) = line.split_once(':').unwrap_or_default();
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().unwrap_or_default();
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            chunked = true;
        } else if name.eq_ignore_ascii_case("connection") {
            closes = value.eq_ignore_ascii_case("close");
        }
    }
    let whole = if chunked {
        bytes.ends_with(b"0\r\n\r\n")
    } else {
        bytes.len() >= head_bytes + length
    };
    // What is no HTTP counts as an odd answer.
    whole.then_some((status.unwrap_or_default(), closes))
}
