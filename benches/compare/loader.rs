//! The client: one thread, many connections, every reply read and counted.
//!
//! A request is one write and one read of the kernel's, so that the client takes less than what it loads. A request that
//! has begun is waited for, so that the 2xx counted here are all there were.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mio::{Events, Poll, Token, Waker};

use crate::connection::{Connection, Progress};
use crate::message::Messages;
use crate::process;

/// After the last request was sent, its reply is waited for so long.
const REPLY_WITHIN: Duration = Duration::from_secs(10);
/// So many broken connections in one run, and it is over.
const BROKEN_MAX: u64 = 2000;
const TICK: Token = Token(usize::MAX);

#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// Every connection sends again as soon as it has its reply.
    Closed,
    /// So many a second, whatever comes back. Times count from when a request was due.
    Open { per_s: f64 },
}

pub struct Load {
    pub address: SocketAddr,
    pub messages: Arc<Messages>,
    pub pace: Pace,
    /// How many there are; with an open pace how many there may be.
    pub connections: usize,
    pub seconds: f64,
    /// One in so many has nowhere to go, and has to be refused.
    pub unroutable_every: Option<u64>,
    /// Lets the broker and the server have the processor first.
    pub gives_way: bool,
}

/// What became of the requests.
#[derive(Default, Debug)]
pub struct Outcome {
    pub sent: u64,
    /// Answered 2xx.
    pub accepted: u64,
    /// Answered 503, as a server says that it cannot now.
    pub refused: u64,
    /// All other answers, by status.
    pub odd: BTreeMap<u16, u64>,
    /// Wrong verdicts: 2xx for what has nowhere to go.
    pub wrong: u64,
    /// Connections that ended before the reply.
    pub broken: u64,
    /// Requests without a reply at the end.
    pub unanswered: u64,
    /// Requests that were due when every connection was taken.
    pub unsent: u64,
    /// Of those accepted, in microseconds, ascending.
    pub times_us: Vec<u32>,
    pub elapsed_s: f64,
    /// What the client itself took of a processor, 0 to 1.
    pub loader_busy: f64,
}

impl Outcome {
    /// Milliseconds that the share of requests were answered within; none when nothing was.
    pub fn at_ms(&self, share: f64) -> Option<f64> {
        let last = self.times_us.len().checked_sub(1)?;
        let at = ((self.times_us.len() as f64 * share) as usize).min(last);
        Some(f64::from(self.times_us[at]) / 1000.0)
    }
}

/// Runs it, on a thread of its own.
pub fn run(load: Load) -> Outcome {
    let thread = std::thread::Builder::new().name("loader".to_owned());
    let run = thread.spawn(move || {
        if load.gives_way {
            process::give_way();
        }
        let mut loader = Loader::new(load);
        loader.run().expect("the client's own sockets");
        let mut outcome = loader.outcome;
        outcome.times_us.sort_unstable();
        outcome
    });
    run.expect("a thread").join().expect("the loader")
}

struct Loader {
    load: Load,
    poll: Poll,
    connections: Vec<Connection>,
    idle: Vec<usize>,
    in_flight: usize,
    /// Requests that have been due, with an open pace.
    due: u64,
    tick: Duration,
    began: Instant,
    sending: bool,
    outcome: Outcome,
}

impl Loader {
    fn new(load: Load) -> Self {
        let tick = match load.pace {
            Pace::Closed => Duration::from_millis(100),
            Pace::Open { per_s } => Duration::from_secs_f64(1.0 / per_s.clamp(1.0, 4000.0)),
        };
        Self {
            poll: Poll::new().expect("epoll"),
            connections: Vec::new(),
            idle: Vec::new(),
            in_flight: 0,
            due: 0,
            tick,
            began: Instant::now(),
            sending: true,
            outcome: Outcome::default(),
            load,
        }
    }

    fn run(&mut self) -> io::Result<()> {
        let me = std::fs::canonicalize("/proc/thread-self")?.join("schedstat");
        let charged = process::schedstat(&me);
        let ends = Arc::new(AtomicBool::new(false));
        let ticker = self.tick(&ends)?;
        self.began = Instant::now();
        let until = self.began + Duration::from_secs_f64(self.load.seconds);
        let mut last = self.began;
        if matches!(self.load.pace, Pace::Closed) {
            for _ in 0..self.load.connections {
                let at = self.open()?;
                self.send(at, self.began)?;
            }
        }
        let mut events = Events::with_capacity(1024);
        loop {
            let now = Instant::now();
            self.sending = now < until && self.outcome.broken < BROKEN_MAX;
            if self.sending {
                self.release(now)?;
            } else if self.in_flight == 0 || now > until + REPLY_WITHIN {
                break;
            }
            self.poll
                .poll(&mut events, Some(Duration::from_millis(100)))
                .or_else(interrupted)?;
            for event in &events {
                if event.token() != TICK {
                    self.advance(event.token().0, true, event.is_read_closed())?;
                }
            }
            last = Instant::now();
        }
        ends.store(true, Ordering::Relaxed);
        ticker.join().expect("the ticker");
        self.outcome.unanswered = self.in_flight as u64;
        self.outcome.elapsed_s = (last - self.began).as_secs_f64();
        self.outcome.loader_busy =
            (process::schedstat(&me) - charged) / 1e9 / self.outcome.elapsed_s;
        Ok(())
    }

    /// A thread that wakes this one when requests are due: epoll's own clock knows whole milliseconds only.
    fn tick(&self, ends: &Arc<AtomicBool>) -> io::Result<std::thread::JoinHandle<()>> {
        let waker = Waker::new(self.poll.registry(), TICK)?;
        let (ends, tick, pace) = (Arc::clone(ends), self.tick, self.load.pace);
        Ok(std::thread::spawn(move || {
            let began = Instant::now();
            while matches!(pace, Pace::Open { .. }) && !ends.load(Ordering::Relaxed) {
                // Ticks that were missed are not made up for: what is due is counted by the clock.
                let ticks = (began.elapsed().as_secs_f64() / tick.as_secs_f64()) as u32 + 1;
                std::thread::sleep((tick * ticks).saturating_sub(began.elapsed()));
                waker.wake().expect("woken");
            }
        }))
    }

    /// Sends what has become due, each on a connection that is free.
    fn release(&mut self, now: Instant) -> io::Result<()> {
        let Pace::Open { per_s } = self.load.pace else {
            return Ok(());
        };
        let due = ((now - self.began).as_secs_f64() * per_s) as u64;
        while self.due < due {
            self.due += 1;
            // Each comes with the first tick after its time.
            let exact = self.due as f64 / per_s / self.tick.as_secs_f64();
            let due = self.began + self.tick.mul_f64((exact - 1e-6).ceil());
            let free = match self.idle.pop() {
                Some(at) => Some(at),
                None if self.connections.len() < self.load.connections => Some(self.open()?),
                None => None,
            };
            match free {
                Some(at) => self.send(at, due.min(now))?,
                None => self.outcome.unsent += 1,
            }
        }
        Ok(())
    }

    fn open(&mut self) -> io::Result<usize> {
        let at = self.connections.len();
        let connection = Connection::open(self.load.address, self.poll.registry(), Token(at))?;
        self.connections.push(connection);
        Ok(at)
    }

    fn send(&mut self, at: usize, due: Instant) -> io::Result<()> {
        let number = self.outcome.sent;
        self.outcome.sent += 1;
        self.in_flight += 1;
        let every = self.load.unroutable_every;
        let unroutable = every.is_some_and(|every| number.is_multiple_of(every));
        self.connections[at].begin(&self.load.messages, number, unroutable, due);
        self.advance(at, false, false)
    }

    /// Goes on with a connection as far as it goes.
    fn advance(&mut self, at: usize, told: bool, closed: bool) -> io::Result<()> {
        let connection = &mut self.connections[at];
        let busy = connection.is_busy();
        match connection.advance(&self.load.messages, told) {
            Progress::Waits if busy => Ok(()),
            Progress::Waits if !closed => Ok(()),
            Progress::Waits => self.reopen(at),
            Progress::Replied { status, closes } => {
                let (due, unroutable) = (connection.due, connection.unroutable);
                self.in_flight -= 1;
                self.count(status, unroutable, due);
                if closes || closed {
                    self.reopen(at)?;
                }
                self.next(at)
            }
            Progress::Broken => {
                if busy {
                    self.in_flight -= 1;
                    self.outcome.broken += 1;
                }
                self.reopen(at)?;
                if busy { self.next(at) } else { Ok(()) }
            }
        }
    }

    fn reopen(&mut self, at: usize) -> io::Result<()> {
        let registry = self.poll.registry();
        self.connections[at] = Connection::open(self.load.address, registry, Token(at))?;
        Ok(())
    }

    fn next(&mut self, at: usize) -> io::Result<()> {
        match self.load.pace {
            Pace::Closed if self.sending && self.outcome.broken < BROKEN_MAX => {
                self.send(at, Instant::now())
            }
            Pace::Closed => Ok(()),
            Pace::Open { .. } => {
                self.idle.push(at);
                Ok(())
            }
        }
    }

    fn count(&mut self, status: u16, unroutable: bool, due: Instant) {
        match status {
            200..=299 if unroutable => self.outcome.wrong += 1,
            200..=299 => {
                self.outcome.accepted += 1;
                let us = due.elapsed().as_micros();
                self.outcome
                    .times_us
                    .push(u32::try_from(us).unwrap_or(u32::MAX));
            }
            503 => self.outcome.refused += 1,
            other => *self.outcome.odd.entry(other).or_default() += 1,
        }
    }
}

fn interrupted(error: io::Error) -> io::Result<()> {
    if error.kind() == ErrorKind::Interrupted {
        Ok(())
    } else {
        Err(error)
    }
}
