//! A link to Kafka that counts what passes, and lies where it is told to: the first Produce request
//! for a topic is refused as it is while a topic is being created, and only after the request behind
//! it has been sent; or the next one is answered with an error of choice; or none is.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Notify, OwnedMutexGuard};

/// `NOT_LEADER_OR_FOLLOWER`, which clients are to try again after.
const NOT_LEADER: [u8; 2] = [0, 6];
/// Kafka's API keys of requests.
pub const METADATA: u8 = 3;
pub const CREATE_TOPICS: u8 = 19;
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
    /// Produce requests for the topic, where the first of them is refused.
    produced: Mutex<Option<usize>>,
    first_is_held: Notify,
    second_is_sent: Notify,
    /// The error that the next Produce request for the topic is answered with, and whether the
    /// broker gets it all the same.
    lie: Mutex<Option<(i16, bool)>>,
    lied: AtomicUsize,
    /// Whether Produce requests come to nothing.
    is_deaf: AtomicBool,
    /// How many requests have passed, by API key.
    passed: Mutex<BTreeMap<u8, usize>>,
}

/// How many requests of a connection are without an answer.
#[derive(Default)]
struct Open {
    count: AtomicUsize,
    none: Notify,
}

impl KafkaLink {
    /// In front of `broker`, a `host:port`; `topic` is the one whose first request is refused.
    pub async fn start(broker: String, topic: &str) -> Self {
        Self::with(broker, topic, Some(0)).await
    }

    /// One that passes everything on until it is told to lie about `topic`.
    pub async fn passing(broker: String, topic: &str) -> Self {
        Self::with(broker, topic, None).await
    }

    async fn with(broker: String, topic: &str, produced: Option<usize>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (host, port) = broker.rsplit_once(':').expect("host:port");
        let name = |port: u16| [host.as_bytes(), &i32::from(port).to_be_bytes()].concat();
        let shared = Arc::new(Shared {
            topic: topic.as_bytes().to_vec(),
            names: [name(port.parse().expect("a port")), name(address.port())],
            broker,
            produced: Mutex::new(produced),
            first_is_held: Notify::new(),
            second_is_sent: Notify::new(),
            lie: Mutex::new(None),
            lied: AtomicUsize::new(0),
            is_deaf: AtomicBool::new(false),
            passed: Mutex::default(),
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

    /// Answers the next Produce request for the topic with `error`, once all before it are answered.
    /// The broker gets the request if it `is_stored`; its own answer is kept back.
    pub async fn lie(&self, error: i16, is_stored: bool) {
        *self.shared.lie.lock().await = Some((error, is_stored));
    }

    /// Whether Produce requests for the topic reach nobody and have no answer, while all others do.
    pub fn deafen(&self, is_deaf: bool) {
        self.shared.is_deaf.store(is_deaf, Ordering::Relaxed);
    }

    /// How many lies were told.
    pub fn lied(&self) -> usize {
        self.shared.lied.load(Ordering::Relaxed)
    }

    /// How many requests of this API key have come by.
    pub async fn passed(&self, key: u8) -> usize {
        let passed = self.shared.passed.lock().await;
        passed.get(&key).copied().unwrap_or_default()
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
    let open = Open::default();
    let hidden = Mutex::default();
    tokio::join!(
        requests(
            from_client,
            to_broker,
            Arc::clone(&to_client),
            &shared,
            &open,
            &hidden
        ),
        responses(from_broker, to_client, &shared, &open, &hidden),
    );
}

async fn requests(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    back: Arc<Mutex<OwnedWriteHalf>>,
    shared: &Arc<Shared>,
    open: &Open,
    hidden: &Mutex<Option<[u8; 4]>>,
) {
    while let Some(request) = frame(&mut from).await {
        *shared.passed.lock().await.entry(request[1]).or_default() += 1;
        // The API key of Produce is 0.
        if request.starts_with(&[0, 0]) && find(&request, &shared.topic).is_some() {
            if shared.is_deaf.load(Ordering::Relaxed) {
                continue;
            }
            if let Some(produced) = shared.produced.lock().await.as_mut() {
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
            let lie = shared.lie.lock().await.take();
            if let Some((error, is_stored)) = lie {
                // A broker answers in order.
                while open.count.load(Ordering::SeqCst) > 0 {
                    open.none.notified().await;
                }
                if is_stored {
                    let correlation = request[4..8].try_into().expect("four bytes");
                    *hidden.lock().await = Some(correlation);
                    open.count.fetch_add(1, Ordering::SeqCst);
                    if send(&mut to, &request).await.is_err() {
                        return;
                    }
                    while open.count.load(Ordering::SeqCst) > 0 {
                        open.none.notified().await;
                    }
                }
                let answer = answer(&request, &shared.topic, error.to_be_bytes());
                let _ = send(&mut *back.lock().await, &answer).await;
                shared.lied.fetch_add(1, Ordering::Relaxed);
                continue;
            }
        }
        open.count.fetch_add(1, Ordering::SeqCst);
        if send(&mut to, &request).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

async fn refuse(request: Vec<u8>, mut back: OwnedMutexGuard<OwnedWriteHalf>, shared: Arc<Shared>) {
    let _ = tokio::time::timeout(NO_SECOND, shared.second_is_sent.notified()).await;
    let answer = answer(&request, &shared.topic, NOT_LEADER);
    let _ = send(&mut back, &answer).await;
}

/// An error as the answer to a Produce request of versions 9 to 10 (flexible, one topic and
/// partition).
fn answer(request: &[u8], topic: &[u8], error: [u8; 2]) -> Vec<u8> {
    assert!(
        matches!(request[3], 9 | 10),
        "Produce version {}",
        request[3]
    );
    let at = find(request, topic).expect("it was found before") + topic.len();
    let name_length = u8::try_from(topic.len() + 1).expect("a short name");
    let mut answer = request[4..8].to_vec();
    answer.extend([0, 2, name_length]);
    answer.extend(topic);
    answer.push(2);
    answer.extend(&request[at + 1..at + 5]);
    answer.extend(error);
    // No offset, append time or log start; no record errors, message or tags; no throttling.
    answer.extend([0xff; 24]);
    answer.extend([1, 0, 0, 0, 0, 0, 0, 0, 0]);
    answer
}

async fn responses(
    mut from: OwnedReadHalf,
    to: Arc<Mutex<OwnedWriteHalf>>,
    shared: &Shared,
    open: &Open,
    hidden: &Mutex<Option<[u8; 4]>>,
) {
    let [real, ours] = &shared.names;
    while let Some(mut response) = frame(&mut from).await {
        let is_hidden = {
            let mut hidden = hidden.lock().await;
            hidden.take_if(|it| response.starts_with(it)).is_some()
        };
        if let Some(at) = find(&response, real) {
            response[at..at + ours.len()].copy_from_slice(ours);
        }
        if !is_hidden && send(&mut *to.lock().await, &response).await.is_err() {
            return;
        }
        if open.count.fetch_sub(1, Ordering::SeqCst) == 1 {
            open.none.notify_one();
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
