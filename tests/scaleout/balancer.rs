//! One address before several replicas: connections go round, past those that do not take them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// It ends when it is dropped, with its connections.
pub(super) struct Balancer {
    address: SocketAddr,
    backends: Arc<Mutex<Backends>>,
    task: JoinHandle<()>,
}

struct Backends {
    addresses: Vec<SocketAddr>,
    /// How many connections each has taken.
    taken: Vec<usize>,
    next: usize,
}

impl Balancer {
    pub(super) async fn start(addresses: Vec<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let backends = Arc::new(Mutex::new(Backends {
            taken: vec![0; addresses.len()],
            addresses,
            next: 0,
        }));
        let own = Arc::clone(&backends);
        let task = tokio::spawn(async move {
            let mut carrying = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                carrying.spawn(carry(client, Arc::clone(&own)));
                while carrying.try_join_next().is_some() {}
            }
        });
        Self {
            address,
            backends,
            task,
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Another replica at the place of one that has gone.
    pub(super) fn put(&self, at: usize, address: SocketAddr) {
        self.backends.lock().unwrap().addresses[at] = address;
    }

    pub(super) fn taken(&self) -> Vec<usize> {
        self.backends.lock().unwrap().taken.clone()
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(mut client: TcpStream, backends: Arc<Mutex<Backends>>) {
    let count = backends.lock().unwrap().addresses.len();
    let first = {
        let mut backends = backends.lock().unwrap();
        backends.next += 1;
        backends.next
    };
    for at in (first..first + count).map(|at| at % count) {
        let address = backends.lock().unwrap().addresses[at];
        if let Ok(mut backend) = TcpStream::connect(address).await {
            backends.lock().unwrap().taken[at] += 1;
            let _ = client.set_nodelay(true);
            let _ = backend.set_nodelay(true);
            let _ = copy_bidirectional(&mut client, &mut backend).await;
            return;
        }
    }
}
