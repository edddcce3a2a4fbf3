//! A server that is up, and what it owes.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::brokers::{Brokers, PREFIX, Place};
use crate::loader::Outcome;
use crate::message::{Message, Messages};
use crate::options::Options;
use crate::process::{self, Killed};
use crate::servers::Server;

const START_WITHIN: Duration = Duration::from_secs(30);
/// A message that was confirmed is there; a server that answers before is given so long.
const ARRIVES_WITHIN: Duration = Duration::from_secs(3);
static STARTED: AtomicU32 = AtomicU32::new(0);

pub struct Running<'a> {
    pub server: &'a Server,
    pub address: SocketAddr,
    pub ready_ms: f64,
    pub idle_mib: f64,
    path: String,
    killed: Killed,
    place: Place,
    folder: PathBuf,
    brokers: &'a Brokers,
    /// Messages in its topics that have been accounted for.
    accounted: u64,
    /// Requests of unknown outcome: each may be stored, also later.
    doubtful: u64,
}

impl<'a> Running<'a> {
    /// Starts it, and returns when it has answered a request with 2xx.
    pub fn start(
        server: &'a Server,
        options: &Options,
        brokers: &'a Brokers,
        cores: &str,
    ) -> Result<Self, String> {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}-{}-{number}", std::process::id(), server.name);
        let folder = process::tempfile(&server.name);
        fs::create_dir(&folder).map_err(|error| error.to_string())?;
        let place = server.place(&name);
        brokers.make(&place)?;
        let port = free_port()?;
        let (address, path) = server.target(port)?;
        let address = address.to_socket_addrs();
        let address = address.map_err(|error| error.to_string())?.next();
        let address = address.ok_or("no address")?;
        let mut command = server.command(options, brokers, cores, port, &name, &folder)?;
        let log = fs::File::create(folder.join("log")).map_err(|error| error.to_string())?;
        let both = log.try_clone().map_err(|error| error.to_string())?;
        command.stdin(Stdio::null()).stdout(log).stderr(both);
        let began = Instant::now();
        let child = command.spawn().map_err(|error| error.to_string())?;
        let mut running = Self {
            server,
            address,
            ready_ms: 0.0,
            idle_mib: 0.0,
            path,
            killed: Killed(child),
            place,
            folder,
            brokers,
            accounted: 0,
            doubtful: 0,
        };
        running.ready_ms = running.await_ready(began)?;
        Ok(running)
    }

    pub fn process(&self) -> u32 {
        self.killed.0.id()
    }

    pub fn messages(&self, body_bytes: usize, plain: bool) -> Arc<Messages> {
        let scheme = self.server.scheme();
        Arc::new(Messages::new(&self.path, body_bytes, plain, scheme))
    }

    /// Milliseconds from `began` to the first 2xx.
    fn await_ready(&mut self, began: Instant) -> Result<f64, String> {
        let messages = self.messages(1024, true);
        loop {
            match self.try_once(&messages.routed[0]) {
                Ok(200..=299) => break,
                Ok(_) => self.doubtful += 1,
                Err(_) => {}
            }
            if let Ok(Some(status)) = self.killed.0.try_wait() {
                return Err(format!("it ended ({status}): {}", self.log()));
            }
            if began.elapsed() > START_WITHIN {
                return Err(format!("no 2xx within {START_WITHIN:?}: {}", self.log()));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let ready_ms = began.elapsed().as_secs_f64() * 1000.0;
        let one = Outcome {
            accepted: 1,
            ..Outcome::default()
        };
        self.account(&one)?;
        Ok(ready_ms)
    }

    fn try_once(&self, message: &Message) -> std::io::Result<u16> {
        let mut stream = TcpStream::connect_timeout(&self.address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(6)))?;
        stream.write_all(&[&message.head[..], &message.body].concat())?;
        let mut reply = [0; 12];
        stream.read_exact(&mut reply)?;
        let status = std::str::from_utf8(&reply[9..]).unwrap_or_default();
        Ok(status.parse().unwrap_or_default())
    }

    pub fn log(&self) -> String {
        process::tail(&fs::read_to_string(self.folder.join("log")).unwrap_or_default())
    }

    pub fn memory_mib(&self) -> (f64, f64) {
        process::memory(self.process())
    }

    /// Holds what was stored against what was answered. Returns how many were stored without a 2xx.
    pub fn account(&mut self, outcome: &Outcome) -> Result<u64, String> {
        if matches!(self.place, Place::Nowhere) {
            return Ok(0);
        }
        let until = Instant::now() + ARRIVES_WITHIN;
        let (mut stored, mut last) = (0, false);
        loop {
            let count = self.brokers.count(&self.place)?;
            stored += count.from_queue + (count.in_topics - self.accounted);
            self.accounted = count.in_topics;
            if stored >= outcome.accepted || last {
                break;
            }
            last = Instant::now() > until;
            std::thread::sleep(Duration::from_millis(50));
        }
        self.doubtful += outcome.sent - outcome.accepted.min(outcome.sent);
        let Some(more) = stored.checked_sub(outcome.accepted) else {
            return Err(format!(
                "LOST {} of {} that were answered 2xx",
                outcome.accepted - stored,
                outcome.accepted
            ));
        };
        self.doubtful = self.doubtful.checked_sub(more).ok_or_else(|| {
            format!("{more} messages more than 2xx, which no other answer explains")
        })?;
        Ok(more)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.killed.end();
        self.brokers.forget(&self.place);
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// One that nobody has now.
fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    Ok(address.port())
}
