//! The built daemon as a process of its own.

use std::fmt::Display;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::Client;
use super::{Folder, PATIENCE, until, until_none_left};

/// How long the daemon may take to say that it is up.
const UP_WITHIN: Duration = PATIENCE;

/// A running daemon. It is killed when it is dropped.
pub struct Daemon {
    child: Child,
    output: Arc<Mutex<String>>,
    readers: Vec<std::thread::JoinHandle<()>>,
    pub ingress: SocketAddr,
    pub admin: SocketAddr,
    pub folder: Folder,
}

/// How a daemon ended.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    /// Everything that it wrote, both streams.
    pub output: String,
}

/// A configuration with what every test's has in common; `more` adds keys to it or replaces them.
pub fn config(more: Value) -> Value {
    let mut config = json!({
        "listen": "127.0.0.1:0",
        "public_url": "https://hooks.example.com",
        "admin": { "listen": "127.0.0.1:0" },
        "log": { "format": "json", "level": "info" },
    });
    if let (Value::Object(config), Value::Object(more)) = (&mut config, more) {
        config.extend(more);
    }
    config
}

impl Daemon {
    /// Starts `hookferry serve` with a configuration (YAML text, or JSON, which is YAML) and
    /// nothing in its environment but `env`. Returns once it listens.
    pub fn start(config: impl Display, env: &[(&str, &str)]) -> Self {
        match Self::attempt(config, env) {
            Ok(daemon) => daemon,
            Err(ended) => panic!(
                "the daemon did not start: {}\n{}",
                ended.status, ended.output
            ),
        }
    }

    /// The same for a daemon that may refuse to start.
    pub fn attempt(config: impl Display, env: &[(&str, &str)]) -> Result<Self, Ended> {
        Self::attempt_by(&[], config, env)
    }

    /// The same for a daemon that another program starts, whose words are `starter`.
    pub fn attempt_by(
        starter: &[String],
        config: impl Display,
        env: &[(&str, &str)],
    ) -> Result<Self, Ended> {
        let folder = Folder::new();
        let path = folder.write("config.yaml", config.to_string());
        let mut words = starter.to_vec();
        words.push(env!("CARGO_BIN_EXE_hookferry").to_owned());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]);
        command.args(["serve", "-c", &path]).env_clear();
        command.envs(env.iter().copied()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the daemon was built");
        let output = Arc::new(Mutex::new(String::new()));
        let (up, addresses) = channel();
        let stderr = child.stderr.take().expect("it was piped");
        let stdout = child.stdout.take().expect("it was piped");
        let (first, second) = (Arc::clone(&output), Arc::clone(&output));
        let other = up.clone();
        let readers = vec![
            std::thread::spawn(move || keep(stderr, &first, &up)),
            std::thread::spawn(move || keep(stdout, &second, &other)),
        ];
        match wait_until_up(&mut child, &addresses) {
            Some((ingress, admin)) => Ok(Self {
                child,
                output,
                readers,
                ingress,
                admin,
                folder,
            }),
            None => {
                let status = child.wait().expect("it can be waited for");
                for reader in readers {
                    reader.join().expect("the reader ends with the stream");
                }
                let output = output.lock().expect("no reader panics").clone();
                Err(Ended { status, output })
            }
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// A client of the ingress.
    pub fn client(&self) -> Client {
        Client::new(self.ingress)
    }

    /// A client of the admin listener.
    pub fn admin(&self) -> Client {
        Client::new(self.admin)
    }

    /// Waits until `/readyz` says 200.
    pub async fn ready(&self) {
        let admin = self.admin();
        until("/readyz says 200", Duration::from_secs(30), || async {
            admin.get("/readyz").await.status == 200
        })
        .await;
    }

    /// `/metrics` as text.
    pub async fn metrics(&self) -> String {
        self.admin().get("/metrics").await.text()
    }

    /// A gauge or counter without labels.
    pub async fn metric(&self, name: &str) -> i64 {
        let text = self.metrics().await;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in {text}"))
            .parse()
            .unwrap()
    }

    /// A metric whose only label is this sink's; none when it is not shown, or nobody answers.
    pub async fn of_sink(&self, metric: &str, sink: &str) -> Option<u64> {
        let none = bytes::Bytes::new();
        let asked = self
            .admin()
            .attempt(hyper::Method::GET, "/metrics", &[], none)
            .await;
        let text = asked.ok()?.text();
        let begin = format!("{metric}{{sink=\"{sink}\"}} ");
        let value = text.lines().find_map(|line| line.strip_prefix(&begin));
        value.map(|value| value.parse().expect("a whole number"))
    }

    /// Waits until nothing is left in a sink's spool, for as long as it becomes less.
    pub async fn drained(&self, sink: &str) {
        let left = || self.of_sink("hookferry_spool_entries", sink);
        until_none_left(Duration::from_secs(60), left).await;
    }

    /// What it has written so far, both streams.
    pub fn output(&self) -> String {
        self.output.lock().expect("no reader panics").clone()
    }

    /// Sends a signal by its name, as in `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.expect("kill can be run").success());
    }

    /// Sends SIGTERM; [`Daemon::wait`] tells how it ended.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// SIGKILL, as an accident would do it.
    pub fn kill(&mut self) -> Ended {
        let _ = self.child.kill();
        self.wait(Duration::from_secs(10))
    }

    /// Waits until the process has ended; panics when it has not within `bound`, or [`PATIENCE`] where that
    /// is less. That its grace was not over says its log.
    pub fn wait(&mut self, bound: Duration) -> Ended {
        let bound = bound.max(PATIENCE);
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                break status;
            }
            assert!(
                began.elapsed() < bound,
                "the daemon did not end within {bound:?}:\n{}",
                self.output()
            );
            std::thread::sleep(Duration::from_millis(5));
        };
        for reader in self.readers.drain(..) {
            reader.join().expect("the reader ends with the stream");
        }
        Ended {
            status,
            output: self.output(),
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the daemon's last words:\n{}", last_words(&self.output()));
        }
    }
}

/// The end of what a daemon wrote; of requests in a row that were refused for one reason, the first.
fn last_words(output: &str) -> String {
    const LINES: usize = 80;
    let reason = |line: &str| {
        let (_, rest) = line.split_once(r#""reason":""#)?;
        rest.split_once('"').map(|(reason, _)| reason.to_owned())
    };
    let mut last = None;
    let lines = output.lines().filter(|line| {
        let reason = reason(line);
        let is_new = reason.is_none() || reason != last;
        last = reason;
        is_new
    });
    let lines: Vec<_> = lines.collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

type Addresses = (SocketAddr, SocketAddr);

/// Keeps what the daemon writes, and tells the addresses once they are said.
fn keep(
    stream: impl std::io::Read,
    output: &Mutex<String>,
    up: &std::sync::mpsc::Sender<Addresses>,
) {
    let mut lines = BufReader::new(stream);
    let mut line = Vec::new();
    while lines
        .read_until(b'\n', &mut line)
        .is_ok_and(|read| read > 0)
    {
        let text = String::from_utf8_lossy(&line);
        output.lock().expect("no test panics in it").push_str(&text);
        if let Some(addresses) = said_up(&text) {
            // Whoever started the daemon has given up on it if this fails.
            let _ = up.send(addresses);
        }
        line.clear();
    }
}

fn said_up(line: &str) -> Option<Addresses> {
    let line: Value = serde_json::from_str(line).ok()?;
    if line["message"] != "hookferry is up" {
        return None;
    }
    let address = |name: &str| line[name].as_str()?.parse().ok();
    Some((address("ingress")?, address("admin")?))
}

/// `None` when the process ended instead.
fn wait_until_up(child: &mut Child, addresses: &Receiver<Addresses>) -> Option<Addresses> {
    match addresses.recv_timeout(UP_WITHIN) {
        Ok(addresses) => Some(addresses),
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => {
            let _ = child.kill();
            None
        }
    }
}
