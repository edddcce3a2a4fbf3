//! A TCP proxy that can cut its connections, refuse new ones, swallow what passes, or be slow, thin,
//! deaf or another server altogether.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

/// Bytes read at once.
const CHUNK: usize = 16 * 1024;
/// Chunks on a slow link.
const CHUNKS_MAX: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Bytes pass in both directions.
    Pass,
    /// New connections are taken and closed at once.
    Refuse,
    /// Connections stay open and nothing passes: what is sent is kept back until it passes again.
    Stall,
    /// What is sent passes, and what is answered is kept back.
    StallAnswers,
    /// New connections reach something that speaks another protocol.
    Garbage,
}

/// How a link is worse than none of these tests' machines has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Link {
    /// How long each byte is on its way, in each direction.
    pub latency: Duration,
    /// Each way.
    pub bytes_per_s: Option<u32>,
    /// Every connection is cut once so many bytes more have passed to the server.
    pub cut_after: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
struct State {
    mode: Mode,
    link: Link,
    /// From this one on `cut_after` is counted.
    link_generation: u64,
    /// Connections of an older generation are cut.
    generation: u64,
    /// Whether they are, instead, ended in good form.
    politely: bool,
}

/// It ends when it is dropped, with its connections.
pub struct Proxy {
    address: SocketAddr,
    state: watch::Sender<State>,
    cuts: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

/// Bytes in what a Kafka broker answers, and what is put in their place: its own address.
type Names = [Vec<u8>; 2];

impl Proxy {
    /// Listens on a port of its own and passes on to `target`, a `host:port`.
    pub async fn start(target: String) -> Self {
        Self::with(target, |_| None).await
    }

    /// The same before a Kafka broker, which tells its clients where it is: they are told to come
    /// here. `target` must be on 127.0.0.1.
    pub async fn before_kafka(target: String) -> Self {
        let port = target.rsplit(':').next().and_then(|port| port.parse().ok());
        let real: u16 = port.expect("a port");
        let names = move |ours: SocketAddr| {
            let name = |port: u16| {
                let port = u32::from(port).to_be_bytes();
                [b"127.0.0.1".as_slice(), &port].concat()
            };
            Some([name(real), name(ours.port())])
        };
        Self::with(target, names).await
    }

    async fn with(target: String, names: impl FnOnce(SocketAddr) -> Option<Names>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let names = names(address);
        let (state, states) = watch::channel(State {
            mode: Mode::Pass,
            link: Link::default(),
            link_generation: 0,
            generation: 0,
            politely: false,
        });
        let cuts = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&cuts);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let mode = states.borrow().mode;
                match mode {
                    Mode::Refuse => {}
                    Mode::Garbage => drop(tokio::spawn(garbage(client))),
                    Mode::Pass | Mode::Stall | Mode::StallAnswers => {
                        let (target, names) = (target.clone(), names.clone());
                        let (states, cuts) = (states.clone(), Arc::clone(&count));
                        tokio::spawn(carry(client, target, names, states, cuts));
                    }
                }
            }
        });
        Self {
            address,
            state,
            cuts,
            task,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Resets every connection there is.
    pub fn cut(&self) {
        self.state.send_modify(|state| {
            state.politely = false;
            state.generation += 1;
        });
    }

    /// Ends every connection there is as a server that goes does.
    pub fn hang_up(&self) {
        self.state.send_modify(|state| {
            state.politely = true;
            state.generation += 1;
        });
    }

    pub fn set(&self, mode: Mode) {
        self.state.send_modify(|state| state.mode = mode);
    }

    /// How many connections were cut by a link's `cut_after`.
    pub fn cuts(&self) -> usize {
        self.cuts.load(Ordering::Relaxed)
    }

    /// From now on the link is like this.
    pub fn link(&self, link: Link) {
        self.state.send_modify(|state| {
            state.link = link;
            state.link_generation += 1;
        });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.cut();
    }
}

async fn garbage(mut client: TcpStream) {
    let _ = client
        .write_all(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")
        .await;
    let _ = client.write_all(&[0xff; 4096]).await;
}

async fn carry(
    mut client: TcpStream,
    target: String,
    names: Option<Names>,
    mut states: watch::Receiver<State>,
    cuts: Arc<AtomicUsize>,
) {
    let born = states.borrow().generation;
    let Ok(mut server) = TcpStream::connect(target).await else {
        return;
    };
    for stream in [&client, &server] {
        let _ = stream.set_nodelay(true);
    }
    {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let there = pass(from_client, to_server, Way::There(&cuts), states.clone());
        let back = pass(from_server, to_client, Way::Back(names), states.clone());
        tokio::select! {
            () = there => {}
            () = back => {}
            _ = states.wait_for(|state| state.generation != born) => {}
        }
    }
    if !states.borrow().politely {
        for stream in [&client, &server] {
            // Closing sends a reset, as a broken link would look to both ends.
            let _ = stream.set_zero_linger();
        }
    }
}

/// Which way bytes go.
enum Way<'a> {
    /// To the server; connections that are cut by it are counted.
    There(&'a AtomicUsize),
    Back(Option<Names>),
}

async fn pass(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    way: Way<'_>,
    mut states: watch::Receiver<State>,
) {
    let (is_there, names) = match &way {
        Way::There(_) => (true, None),
        Way::Back(names) => (false, names.as_ref()),
    };
    let (queue, mut queued) = mpsc::channel::<(Instant, Vec<u8>)>(CHUNKS_MAX);
    let way = &way;
    let read = async move {
        let (mut passed, mut counted_for) = (0, states.borrow().link_generation);
        loop {
            let link = states.borrow().link;
            let Some(mut chunk) = next(&mut from, names, link).await else {
                return;
            };
            let flows = |state: &State| match state.mode {
                Mode::Stall => false,
                Mode::StallAnswers => is_there,
                Mode::Pass | Mode::Refuse | Mode::Garbage => true,
            };
            let Ok(state) = states.wait_for(flows).await.map(|state| *state) else {
                return;
            };
            if state.link_generation != counted_for {
                (passed, counted_for) = (0, state.link_generation);
            }
            let end = state.link.cut_after.filter(|_| is_there);
            let is_last = end.is_some_and(|end| passed + chunk.len() >= end);
            chunk.truncate(end.map_or(chunk.len(), |end| end.saturating_sub(passed)));
            passed += chunk.len();
            if let Some(rate) = state.link.bytes_per_s {
                let bytes = u32::try_from(chunk.len()).expect("a chunk is short");
                sleep(Duration::from_secs(1) * bytes / rate).await;
            }
            if let (true, Way::There(cuts)) = (is_last, &way) {
                cuts.fetch_add(1, Ordering::Relaxed);
            }
            let due = Instant::now() + state.link.latency;
            if queue.send((due, chunk)).await.is_err() || is_last {
                return;
            }
        }
    };
    let write = async {
        while let Some((due, chunk)) = queued.recv().await {
            sleep_until(due).await;
            if to.write_all(&chunk).await.is_err() {
                return;
            }
        }
    };
    // The writer goes when the reader has ended and all is written, or the peer is gone.
    tokio::pin!(read);
    tokio::pin!(write);
    tokio::select! {
        () = &mut write => {}
        () = &mut read => write.await,
    }
}

/// What comes next: with `names`, a whole frame of Kafka's, the broker's address replaced.
async fn next(from: &mut ReadHalf<'_>, names: Option<&Names>, link: Link) -> Option<Vec<u8>> {
    let Some([real, ours]) = names else {
        // On a thin link in small pieces, so that it flows.
        let most = link.bytes_per_s.map_or(CHUNK, |rate| rate as usize / 20);
        let mut chunk = vec![0; most.clamp(1, CHUNK)];
        let count = from.read(&mut chunk).await.ok()?;
        chunk.truncate(count);
        return Some(chunk).filter(|chunk| !chunk.is_empty());
    };
    let length = from.read_u32().await.ok()?;
    let mut frame = length.to_be_bytes().to_vec();
    frame.resize(4 + usize::try_from(length).ok()?, 0);
    from.read_exact(&mut frame[4..]).await.ok()?;
    let mut at = 0;
    while let Some(found) = frame[at..].windows(real.len()).position(|it| it == real) {
        frame[at + found..at + found + ours.len()].copy_from_slice(ours);
        at += found + ours.len();
    }
    Some(frame)
}
