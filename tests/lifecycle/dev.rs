//! `hookferry dev`: what it prints works, as it is printed.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::client::Client;
use crate::support::{Folder, PATIENCE, free_port, kafka, rabbitmq, run_id};

/// Two addresses of loopback with ports that nobody has.
pub(crate) fn free_addresses() -> [String; 2] {
    let first = free_port();
    let others = std::iter::repeat_with(free_port);
    let second = others.filter(|port| *port != first).take(1).next();
    [first, second.expect("it goes on")].map(|port| format!("127.0.0.1:{port}"))
}

/// A running program, and what it says. It is killed when it is dropped.
pub(crate) struct Spawned {
    child: Child,
    said: Arc<Mutex<String>>,
    readers: Vec<std::thread::JoinHandle<()>>,
}

impl Spawned {
    /// `hookferry` with nothing in its environment but `env`.
    pub(crate) fn start(arguments: &[&str], env: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
        command
            .args(arguments)
            .env_clear()
            .envs(env.iter().copied());
        Self::of(&mut command)
    }

    /// A line as one would paste it into a terminal.
    fn line(line: &str) -> Self {
        // `exec`, so that the program itself is what is ended.
        Self::of(Command::new("sh").args(["-c", &format!("exec {line}")]))
    }

    fn of(command: &mut Command) -> Self {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let said = Arc::new(Mutex::new(String::new()));
        let streams: [Box<dyn Read + Send>; 2] = [
            Box::new(child.stdout.take().unwrap()),
            Box::new(child.stderr.take().unwrap()),
        ];
        let readers = streams.map(|stream| {
            let said = Arc::clone(&said);
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    said.lock().unwrap().push_str(&format!("{line}\n"));
                }
            })
        });
        Self {
            child,
            said,
            readers: readers.into(),
        }
    }

    fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    async fn says(&self, word: &str) {
        let began = Instant::now();
        while !self.said().contains(word) {
            assert!(
                began.elapsed() < PATIENCE,
                "{word:?} was not said: {}",
                self.said()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Sends a signal, sees it end with 0 and returns all that it said.
    pub(crate) fn end(mut self, signal: &str) -> String {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", signal, &id])
                .status()
                .unwrap()
                .success()
        );
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "it does not end: {}",
                self.said()
            );
            std::thread::sleep(Duration::from_millis(5));
        };
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        assert_eq!(status.code(), Some(0), "{}", self.said());
        self.said()
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a printed line to its end and returns what it wrote.
fn paste(line: &str) -> String {
    let output = Command::new("sh")
        .args(["-c", line])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{line}: {said}");
    said
}

/// A running `hookferry dev`, and the lines that it prints to be pasted.
struct Dev {
    process: Spawned,
    temporary: Folder,
    tails: Vec<String>,
    curl: String,
    sends: Vec<String>,
    asks: Vec<String>,
    url: String,
}

impl Dev {
    async fn start(more: &[&str]) -> Self {
        let temporary = Folder::new();
        let arguments = [
            &["dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"],
            more,
        ]
        .concat();
        let process = Spawned::start(
            &arguments,
            &[("TMPDIR", temporary.path().to_str().unwrap())],
        );
        process.says("Ctrl-C ends it.").await;
        let said = process.said();
        let pasted = |word: &str| -> Vec<String> {
            let lines = said
                .lines()
                .filter(|line| line.starts_with("  ") && line.contains(word));
            lines.map(|line| line.trim().to_owned()).collect()
        };
        let asks = said.lines().find(|line| line.contains("/readyz")).unwrap();
        let asks = asks
            .split("curl ")
            .skip(1)
            .map(|rest| rest.split(' ').next().unwrap());
        let at = "hookferry takes webhooks at ";
        Self {
            tails: pasted(" tail "),
            curl: pasted("curl -X POST").concat(),
            sends: pasted(" send "),
            asks: asks.map(str::to_owned).collect(),
            url: said
                .lines()
                .find_map(|line| line.strip_prefix(at))
                .unwrap()
                .to_owned(),
            process,
            temporary,
        }
    }

    fn client(&self) -> Client {
        Client::new(self.url.strip_prefix("http://").unwrap().parse().unwrap())
    }

    /// Sends plain webhooks with ids of their own: the two that everybody tries first.
    async fn send_plain(&self, run: &str) {
        for (number, body) in [
            json!({ "event": "test_event", "data": { "key": "value" } }),
            json!({ "event_type": "order_created", "timestamp": "2023-10-01T12:00:00Z", "order_id": "12345" }),
        ]
        .iter_mut()
        .enumerate()
        {
            body["event_id"] = json!(format!("{run}-{number}"));
            let headers = [("content-type", "application/json")];
            let reply = self.client().post("/dev", &headers, body.to_string()).await;
            assert_eq!(reply.status, 200, "{reply:?}");
        }
    }

    /// Runs every printed `send`; the providers that were sent as.
    fn run_sends(&self) -> BTreeSet<String> {
        let provider = |line: &String| {
            let said = paste(line);
            assert!(said.contains(" -> 200 OK"), "{line}: {said}");
            said.split(' ').next().unwrap().to_owned()
        };
        self.sends.iter().map(provider).collect()
    }

    fn end(self) {
        let said = self.process.end("INT");
        assert!(said.contains("hookferry is down"), "{said}");
        let left: Vec<_> = std::fs::read_dir(self.temporary.path()).unwrap().collect();
        assert!(left.is_empty(), "it has left {left:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dev_needs_nothing_and_every_line_that_it_prints_works() {
    let run = run_id();
    let dev = Dev::start(&[]).await;
    assert_eq!(dev.tails.len(), 1, "{:?}", dev.tails);
    let tail = Spawned::line(&dev.tails[0]);
    let said = paste(&dev.curl);
    assert!(
        said.contains(r#""reason":"accepted""#),
        "{}: {said}",
        dev.curl
    );
    dev.send_plain(&run).await;
    let providers = dev.run_sends();
    assert!(
        providers.len() >= 5 && providers.len() == dev.sends.len(),
        "{providers:?}"
    );
    for url in &dev.asks {
        assert!(!paste(&format!("curl -sf {url}")).is_empty());
    }
    assert_eq!(dev.asks.len(), 2);

    // By kcat, which is not ours: three plain ones, and one of every provider.
    let broker = dev.tails[0]
        .split_whitespace()
        .skip_while(|word| *word != "--kafka")
        .nth(1)
        .unwrap();
    let records = kafka::read_all(broker, "webhooks");
    assert_eq!(records.len(), 3 + dev.sends.len(), "{records:#?}");
    let of = |source: &str| {
        let prefix = format!("webhooks.{source}.");
        records
            .iter()
            .filter(move |record| record.topic.starts_with(&prefix))
            .count()
    };
    assert!(
        providers.iter().all(|provider| of(provider) == 1),
        "{records:#?}"
    );
    let plain = |event: &str| {
        let topic = format!("webhooks.dev.{event}");
        let of_it = records.iter().filter(|record| record.topic == topic);
        of_it
            .map(|record| record.json()["type"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(plain("test_event"), ["dev.hookferry.test_event"; 2]);
    assert_eq!(plain("order_created"), ["dev.hookferry.order_created"]);
    // By the tail that has run all the while.
    for record in &records {
        tail.says(&record.payload).await;
    }
    drop(tail);
    // And by one that comes later.
    let late = Spawned::line(&dev.tails[0]);
    for record in &records {
        late.says(&record.payload).await;
    }
    drop(late);
    dev.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dev_takes_real_brokers() {
    let (run, brokers, url) = (run_id(), kafka::address(), rabbitmq::url());
    let dev = Dev::start(&["--kafka", &brokers, "--rabbitmq", &url]).await;
    assert_eq!(dev.tails.len(), 2, "{:?}", dev.tails);
    let tails: Vec<_> = dev.tails.iter().map(|line| Spawned::line(line)).collect();
    for tail in &tails {
        tail.says("reading; what arrives from now on is shown")
            .await;
    }
    dev.send_plain(&run).await;
    assert!(dev.run_sends().len() >= 5);
    let expected = [("test_event", 0), ("order_created", 1)];
    for (event, number) in expected {
        let id = format!("{run}-{number}");
        let records = kafka::read(&brokers, &format!("webhooks.dev.{event}"));
        assert_eq!(
            records
                .iter()
                .filter(|record| record.json()["id"] == id.as_str())
                .count(),
            1,
            "{event}"
        );
        for tail in &tails {
            tail.says(&id).await;
        }
    }
    let messages = rabbitmq::read_all(&url, "hookferry-dev").await;
    let mine: Vec<_> = messages
        .iter()
        .filter(|message| {
            message
                .message_id
                .as_deref()
                .is_some_and(|id| id.starts_with(&run))
        })
        .map(|message| message.routing_key.as_str())
        .collect();
    assert_eq!(mine, ["dev.test_event", "dev.order_created"]);
    assert!(
        messages.len() >= 2 + dev.sends.len(),
        "{} messages",
        messages.len()
    );
    drop(tails);
    dev.end();
    rabbitmq::delete(&url, "webhooks", "hookferry-dev");
}
