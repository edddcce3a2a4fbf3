//! A TCP proxy that can cut its connections, refuse new ones, or swallow what passes.

use std::net::SocketAddr;

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
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (state, states) = watch::channel(State {
            mode: Mode::Pass,
            generation: 0,
        });
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let mode = states.borrow().mode;
                if mode != Mode::Refuse {
                    tokio::spawn(carry(client, target.clone(), states.clone()));
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

async fn carry(client: TcpStream, target: String, mut states: watch::Receiver<State>) {
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
    let back = pass(from_server, to_client, states.clone());
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
