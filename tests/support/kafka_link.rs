//! A link to Kafka that delays one thing: the first Produce request for a topic is refused as it is
//! while a topic is being created, and only after the request behind it has been sent.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Notify, OwnedMutexGuard};

/// `NOT_LEADER_OR_FOLLOWER`, which clients are to try again after.
const NOT_LEADER: [u8; 2] = [0, 6];
/// A client that sends one request at a time sends no second one before it has its answer.
const NO_SECOND: Duration = Duration::from_millis(500);

/// It ends when it is dropped.
pub struct KafkaLink {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

struct Shared {
    topic: Vec<u8>,
    broker: String,
    /// The address as a Metadata response holds it, real and ours: a client dials what that says.
    names: [Vec<u8>; 2],
    produced: Mutex<usize>,
    first_is_held: Notify,
    second_is_sent: Notify,
}

impl KafkaLink {
    /// In front of `broker`, a `host:port`; `topic` is the one whose first request is refused.
    pub async fn start(broker: String, topic: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (host, port) = broker.rsplit_once(':').expect("host:port");
        let name = |port: u16| [host.as_bytes(), &i32::from(port).to_be_bytes()].concat();
        let shared = Arc::new(Shared {
            topic: topic.as_bytes().to_vec(),
            names: [name(port.parse().expect("a port")), name(address.port())],
            broker,
            produced: Mutex::new(0),
            first_is_held: Notify::new(),
            second_is_sent: Notify::new(),
        });
        let carried = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, Arc::clone(&carried)));
            }
        });
        Self {
            address,
            shared,
            task,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until the first request is in our hands.
    pub async fn first_is_held(&self) {
        self.shared.first_is_held.notified().await;
    }
}

impl Drop for KafkaLink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(client: TcpStream, shared: Arc<Shared>) {
    let Ok(broker) = TcpStream::connect(&shared.broker).await else {
        return;
    };
    let (from_client, to_client) = client.into_split();
    let (from_broker, to_broker) = broker.into_split();
    let to_client = Arc::new(Mutex::new(to_client));
    tokio::join!(
        requests(from_client, to_broker, Arc::clone(&to_client), &shared),
        responses(from_broker, to_client, &shared),
    );
}

async fn requests(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    back: Arc<Mutex<OwnedWriteHalf>>,
    shared: &Arc<Shared>,
) {
    while let Some(request) = frame(&mut from).await {
        // The API key of Produce is 0.
        if request.starts_with(&[0, 0]) && find(&request, &shared.topic).is_some() {
            let mut produced = shared.produced.lock().await;
            *produced += 1;
            if *produced == 1 {
                let held = Arc::clone(&back).lock_owned().await;
                tokio::spawn(refuse(request, held, Arc::clone(shared)));
                shared.first_is_held.notify_one();
                continue;
            }
            if *produced == 2 {
                shared.second_is_sent.notify_one();
                // The refusal goes out first: a broker answers in order.
                drop(back.lock().await);
            }
        }
        if send(&mut to, &request).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

/// Answers a Produce request of versions 9 to 10 (flexible, one topic and partition).
async fn refuse(request: Vec<u8>, mut back: OwnedMutexGuard<OwnedWriteHalf>, shared: Arc<Shared>) {
    assert!(
        matches!(request[3], 9 | 10),
        "Produce version {}",
        request[3]
    );
    let _ = tokio::time::timeout(NO_SECOND, shared.second_is_sent.notified()).await;
    let topic = &shared.topic;
    let at = find(&request, topic).expect("it was found before") + topic.len();
    let name_length = u8::try_from(topic.len() + 1).expect("a short name");
    let mut answer = request[4..8].to_vec();
    answer.extend([0, 2, name_length]);
    answer.extend(topic);
    answer.push(2);
    answer.extend(&request[at + 1..at + 5]);
    answer.extend(NOT_LEADER);
    // No offset, append time or log start; no record errors, message or tags; no throttling.
    answer.extend([0xff; 24]);
    answer.extend([1, 0, 0, 0, 0, 0, 0, 0, 0]);
    let _ = send(&mut back, &answer).await;
}

async fn responses(mut from: OwnedReadHalf, to: Arc<Mutex<OwnedWriteHalf>>, shared: &Shared) {
    let [real, ours] = &shared.names;
    while let Some(mut response) = frame(&mut from).await {
        if let Some(at) = find(&response, real) {
            response[at..at + ours.len()].copy_from_slice(ours);
        }
        if send(&mut *to.lock().await, &response).await.is_err() {
            return;
        }
    }
    let _ = to.lock().await.shutdown().await;
}

async fn frame(from: &mut OwnedReadHalf) -> Option<Vec<u8>> {
    let length = from.read_u32().await.ok()?;
    let mut frame = vec![0; usize::try_from(length).ok()?];
    from.read_exact(&mut frame).await.ok()?;
    Some(frame)
}

async fn send(to: &mut OwnedWriteHalf, frame: &[u8]) -> std::io::Result<()> {
    let length = u32::try_from(frame.len()).expect("it was read with such a length");
    to.write_all(&[&length.to_be_bytes(), frame].concat()).await
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}
