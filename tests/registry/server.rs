//! A real schema registry (Apicurio, asked in Confluent's way), and a link to it that counts requests.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::client::Client;
use crate::support::{Folder, free_port, output_of, project_file, python};

/// Below it is Confluent's API.
pub(crate) const API: &str = "/apis/ccompat/v7";
/// A Java program on a machine that has other things to do.
const UP_WITHIN: Duration = Duration::from_secs(120);

pub(crate) struct Registry {
    address: SocketAddr,
    folder: Folder,
    server: Mutex<Child>,
}

impl Registry {
    /// One that is shared by the tests that run at the time, and ends with the last of them.
    pub(crate) async fn shared() -> Arc<Self> {
        static SHARED: tokio::sync::Mutex<Weak<Registry>> =
            tokio::sync::Mutex::const_new(Weak::new());
        let mut shared = SHARED.lock().await;
        if let Some(there) = shared.upgrade() {
            return there;
        }
        let made = Arc::new(Self::start().await);
        *shared = Arc::downgrade(&made);
        made
    }

    /// One of the test's own.
    pub(crate) async fn start() -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let folder = Folder::new();
        let server = Mutex::new(serve(address, &folder));
        let registry = Self {
            address,
            folder,
            server,
        };
        registry.wait().await;
        registry
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// SIGKILL. It has kept nothing.
    pub(crate) fn kill(&self) {
        let mut server = self.server.lock().expect("no test panics in it");
        let _ = server.kill();
        let _ = server.wait();
    }

    pub(crate) async fn start_again(&self) {
        *self.server.lock().expect("no test panics in it") = serve(self.address, &self.folder);
        self.wait().await;
    }

    async fn wait(&self) {
        let began = Instant::now();
        let client = Client::new(self.address);
        let path = format!("{API}/subjects");
        loop {
            let none = bytes::Bytes::new();
            let asked = client.attempt(hyper::Method::GET, &path, &[], none).await;
            if asked.is_ok_and(|reply| reply.status == 200) {
                break;
            }
            let ended = self.server.lock().expect("no test panics in it").try_wait();
            let log = || std::fs::read_to_string(self.folder.path().join("log"));
            assert!(ended.expect("it was started").is_none(), "{:?}", log());
            assert!(began.elapsed() < UP_WITHIN, "{:?}", log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // A Java program's first answers take their time, which is not what is tested.
        for (kind, schema) in [
            ("AVRO", "{\"type\":\"string\"}"),
            ("PROTOBUF", "syntax = \"proto3\"; message A {}"),
            (
                "JSON",
                "{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}",
            ),
        ] {
            self.register(&format!("warm-{kind}"), kind, schema).await;
        }
    }

    /// Registers a schema as whoever owns the topic does; its id.
    pub(crate) async fn register(&self, subject: &str, kind: &str, schema: &str) -> u64 {
        let path = format!("{API}/subjects/{subject}/versions");
        let body = json!({ "schemaType": kind, "schema": schema }).to_string();
        let media = [("content-type", "application/vnd.schemaregistry.v1+json")];
        let reply = Client::new(self.address).post(&path, &media, body).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()["id"].as_u64().expect("an id")
    }

    /// What Confluent's client makes of messages of `topic`.
    pub(crate) fn read(&self, form: &str, topic: &str, messages: &[Vec<u8>]) -> Vec<Value> {
        let url = format!("http://{}{API}", self.address);
        let lines = messages
            .iter()
            .map(|message| STANDARD.encode(message) + "\n");
        let lines: String = lines.collect();
        let mut reader = python("registry_read.py");
        let read = output_of(reader.args([&url, form, topic]), lines.into_bytes());
        let read = String::from_utf8(read).expect("the reader writes ASCII");
        let values = read.lines().map(serde_json::from_str);
        values.collect::<Result<_, _>>().expect("lines of JSON")
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.kill();
    }
}

fn serve(address: SocketAddr, folder: &Folder) -> Child {
    let log = std::fs::File::create(folder.path().join("log")).expect("a file can be made");
    let mut server = Command::new(project_file("tests/schema-registry"));
    server
        .arg(address.port().to_string())
        .arg(folder.path())
        .stdin(Stdio::null())
        .stderr(log.try_clone().expect("a file can be shared"))
        .stdout(log);
    server.spawn().expect("the script can be run")
}

/// A link to a registry that counts the requests on it, and can ask for a password or carry nothing.
pub(crate) struct Link {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
    down: Arc<AtomicBool>,
    cuts: watch::Sender<()>,
    task: JoinHandle<()>,
}

impl Link {
    /// With `password`, only requests with it in their head are passed on: `user:password`.
    pub(crate) async fn start(registry: &Registry, password: Option<&str>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (requests, down) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let (cuts, cut) = watch::channel(());
        let head = password.map(|it| format!("authorization: Basic {}\r\n", STANDARD.encode(it)));
        let (count, is_down, target) = (Arc::clone(&requests), Arc::clone(&down), registry.address);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if !is_down.load(Ordering::Relaxed) {
                    let (count, head) = (Arc::clone(&count), head.clone());
                    let mut cut = cut.clone();
                    cut.mark_unchanged();
                    tokio::spawn(async move {
                        tokio::select! {
                            () = carry(client, target, &count, head) => {}
                            _ = cut.changed() => {}
                        }
                    });
                }
            }
        });
        Self {
            address,
            requests,
            down,
            cuts,
            task,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}{API}", self.address)
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// Whether every connection is closed at once.
    pub(crate) fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
        self.cuts.send_replace(());
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(
    mut client: TcpStream,
    target: SocketAddr,
    requests: &AtomicUsize,
    head: Option<String>,
) {
    let Ok(mut server) = TcpStream::connect(target).await else {
        return;
    };
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let there = async {
        let mut chunk = vec![0; 65_536];
        while let Ok(count @ 1..) = from_client.read(&mut chunk).await {
            let text = String::from_utf8_lossy(&chunk[..count]);
            // The daemon sends the next only after the answer, so that each begins a chunk.
            if text.starts_with("GET ") || text.starts_with("POST ") {
                requests.fetch_add(1, Ordering::Relaxed);
                if head.as_ref().is_some_and(|head| !text.contains(head)) {
                    return true;
                }
            }
            if to_server.write_all(&chunk[..count]).await.is_err() {
                return false;
            }
        }
        false
    };
    let is_refused = tokio::select! {
        refused = there => refused,
        _ = copy(&mut from_server, &mut to_client) => false,
    };
    if is_refused {
        let said = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let _ = to_client.write_all(said).await;
    }
}
