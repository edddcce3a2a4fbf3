//! A provider's HTTPS server, and a listener that nobody may come to.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::authority::{Authority, Valid};
use crate::support::python;

/// tests/clients/https_server.py. It ends when it is dropped.
pub(crate) struct Server {
    child: Child,
    pipe: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    pub(crate) port: u16,
}

/// What a server was asked.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) requests: Vec<String>,
    pub(crate) connections: u64,
    pub(crate) failed_handshakes: u64,
}

impl Server {
    /// One whose certificate `authority` has issued for localhost and 127.0.0.1.
    pub(crate) fn start(authority: &Authority) -> Self {
        Self::named(authority, "DNS:localhost,IP:127.0.0.1", Valid::Now)
    }

    /// The same with other names.
    pub(crate) fn named(authority: &Authority, names: &str, valid: Valid) -> Self {
        authority.key("server");
        authority.issue("server", "server", names, valid);
        let mut command = python("https_server.py");
        command.args([authority.path("server.pem"), authority.path("server.key")]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdin = child.stdin.take().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        Self {
            child,
            pipe: Mutex::new((stdin, stdout)),
            port: line.trim().parse().expect("it says its port"),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// What `path` answers from now on.
    pub(crate) fn answer(&self, path: &str, answer: Value) {
        self.say(&json!({ "at": path, "answer": answer }));
    }

    /// 200 with this body.
    pub(crate) fn serve(&self, path: &str, body: &str) {
        self.answer(path, json!({ "body": body }));
    }

    /// Nothing, until there is another answer.
    pub(crate) fn hold(&self, path: &str) {
        self.answer(path, json!({ "holds": true }));
    }

    pub(crate) fn told(&self) -> Told {
        let told = self.say(&json!({ "told": true }));
        let requests = told["requests"].as_array().unwrap().iter();
        Told {
            requests: requests
                .map(|target| target.as_str().unwrap().to_owned())
                .collect(),
            connections: told["connections"].as_u64().unwrap(),
            failed_handshakes: told["failed_handshakes"].as_u64().unwrap(),
        }
    }

    /// How often exactly this was asked for.
    pub(crate) fn count(&self, target: &str) -> usize {
        let told = self.told();
        told.requests.iter().filter(|it| *it == target).count()
    }

    /// Nobody answers at its port any more.
    pub(crate) fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn say(&self, order: &Value) -> Value {
        let mut pipe = self.pipe.lock().unwrap();
        writeln!(pipe.0, "{order}").unwrap();
        let mut line = String::new();
        pipe.1.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Counts who comes, and lets nobody in. It stops with the test's runtime.
pub(crate) struct Canary {
    pub(crate) port: u16,
    seen: Arc<AtomicUsize>,
}

impl Canary {
    /// Listens on the same port of 127.0.0.1 and, where there is one, of `::1`.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(AtomicUsize::new(0));
        let six = TcpListener::bind(SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], port))).await;
        for listener in std::iter::once(listener).chain(six.ok()) {
            let seen = Arc::clone(&seen);
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    seen.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Self { port, seen }
    }

    pub(crate) fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}
