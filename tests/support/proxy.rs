//! A TCP proxy that can cut its connections, refuse new ones, or swallow what passes.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Bytes pass in both directions.
    Pass,
    /// New connections are taken and closed at once.
    Refuse,
    /// Connections stay open and nothing passes: what is sent is kept back until it passes again.
    Stall,
}

#[derive(Debug, Clone, Copy)]
struct State {
    mode: Mode,
    /// Connections of an older generation are cut.
    generation: u64,
}

/// It ends when it is dropped, with its connections.
pub struct Proxy {
    address: SocketAddr,
    state: watch::Sender<State>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Listens on a port of its own and passes on to `target`, a `host:port`.
    pub async fn start(target: String) -> Self {
        Self::with(target, false).await
    }

    /// The same in front of a Kafka broker, which tells its clients where to go: here, it says.
    pub async fn before_kafka(target: String) -> Self {
        Self::with(target, true).await
    }

    async fn with(target: String, is_kafka: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (state, states) = watch::channel(State {
            mode: Mode::Pass,
            generation: 0,
        });
        let names = is_kafka.then(|| Arc::new(Names::new(&target, address)));
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let mode = states.borrow().mode;
                if mode != Mode::Refuse {
                    tokio::spawn(carry(client, target.clone(), states.clone(), names.clone()));
                }
            }
        });
        Self {
            address,
            state,
            task,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Resets every connection there is.
    pub fn cut(&self) {
        self.state.send_modify(|state| state.generation += 1);
    }

    pub fn set(&self, mode: Mode) {
        self.state.send_modify(|state| state.mode = mode);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
        self.cut();
    }
}

/// A broker's address as a Metadata response holds it, and ours.
struct Names([Vec<u8>; 2]);

impl Names {
    fn new(target: &str, ours: SocketAddr) -> Self {
        let (host, port) = target.rsplit_once(':').expect("host:port");
        let name = |port: u16| [host.as_bytes(), &i32::from(port).to_be_bytes()].concat();
        Self([name(port.parse().expect("a port")), name(ours.port())])
    }

    /// Says our address where a frame says the broker's, which is as long.
    fn replace(&self, frame: &mut [u8]) {
        let Self([real, ours]) = self;
        let at = frame.windows(real.len()).position(|window| window == real);
        if let Some(at) = at {
            frame[at..at + ours.len()].copy_from_slice(ours);
        }
    }
}

async fn carry(
    client: TcpStream,
    target: String,
    mut states: watch::Receiver<State>,
    names: Option<Arc<Names>>,
) {
    let born = states.borrow().generation;
    let Ok(server) = TcpStream::connect(target).await else {
        return;
    };
    for stream in [&client, &server] {
        let _ = stream.set_nodelay(true);
        // Closing sends a reset, as a broken link would look to both ends.
        let _ = stream.set_zero_linger();
    }
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let there = pass(from_client, to_server, states.clone());
    let back = back(from_server, to_client, states.clone(), names);
    tokio::select! {
        () = there => {}
        () = back => {}
        _ = states.wait_for(|state| state.generation != born) => {}
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut states: watch::Receiver<State>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        if states
            .wait_for(|state| state.mode != Mode::Stall)
            .await
            .is_err()
        {
            return;
        }
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}

async fn back(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut states: watch::Receiver<State>,
    names: Option<Arc<Names>>,
) {
    let Some(names) = names else {
        return pass(from, to, states).await;
    };
    // Frame by frame, so that no name is cut in two.
    while let Ok(length) = from.read_u32().await {
        let mut frame = length.to_be_bytes().to_vec();
        frame.resize(4 + usize::try_from(length).expect("32 bits"), 0);
        if from.read_exact(&mut frame[4..]).await.is_err() {
            return;
        }
        names.replace(&mut frame);
        if states
            .wait_for(|state| state.mode != Mode::Stall)
            .await
            .is_err()
        {
            return;
        }
        if to.write_all(&frame).await.is_err() {
            return;
        }
    }
}
