//! A configuration with a GitHub and a GitLab source, the daemon and the commands on it.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, NewTopic, ResourceSpecifier, TopicReplication,
};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use serde_json::{Value, json};

use crate::support::daemon::{Daemon, config};
use crate::support::{Folder, kafka, rabbitmq};

pub(crate) const GITHUB: &str = "/webhooks/github";
pub(crate) const GITLAB: &str = "/webhooks/gitlab";
pub(crate) const GITHUB_SECRET: &str = "it-is-a-secret-to-everybody";
pub(crate) const GITLAB_TOKEN: &str = "glft-a-token-that-is-shown-0123456789";

/// How long anything in these tests may take to happen at all.
pub(crate) const BOUND: Duration = Duration::from_secs(60);

pub(crate) fn kafka_sink(run: &str) -> Value {
    json!({
        "type": "kafka",
        "brokers": kafka::address(),
        "topic": format!("{run}.{{event}}"),
        "default_topic": format!("{run}.default"),
        "dead_letter_topic": format!("{run}.dead"),
    })
}

pub(crate) fn rabbitmq_sink(exchange: &str) -> Value {
    json!({
        "type": "rabbitmq",
        "url": { "env": "RABBITMQ_URL" },
        "exchange": exchange,
        "dead_letter_routing_key": "dead",
    })
}

pub(crate) fn with(mut sink: Value, key: &str, value: impl Into<Value>) -> Value {
    sink[key] = value.into();
    sink
}

/// A configuration and a folder for it, and for a spool.
pub(crate) struct World {
    pub(crate) folder: Folder,
    config: Value,
    url: String,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) shown: String,
    /// Standard error.
    pub(crate) said: String,
}

impl Ended {
    /// Standard output as JSON, line by line.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let lines = self.shown.lines();
        lines
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect()
    }
}

impl World {
    /// `spool` is its options without the path.
    pub(crate) fn new(sinks: Value, spool: Value) -> Self {
        Self::at(sinks, spool, &rabbitmq::url())
    }

    /// With RabbitMQ at another URL.
    pub(crate) fn at(sinks: Value, mut spool: Value, url: &str) -> Self {
        let folder = Folder::new();
        let names: Vec<_> = sinks.as_object().unwrap().keys().cloned().collect();
        let mut more = json!({
            "limits": { "reply_within_ms": 10_000 },
            "sinks": sinks,
            "sources": {
                "github": {
                    "provider": "github", "path": GITHUB, "secrets": [{ "env": "GITHUB_SECRET" }],
                    "sinks": names,
                },
                "gitlab": {
                    "provider": "gitlab", "path": GITLAB, "secrets": [{ "env": "GITLAB_TOKEN" }],
                    "sinks": names,
                },
            },
        });
        if !spool.is_null() {
            spool["path"] = folder.path().join("spool").display().to_string().into();
            more["spool"] = spool;
        }
        Self {
            folder,
            config: config(more),
            url: url.to_owned(),
        }
    }

    /// Changes a key of a sink.
    pub(crate) fn set(&mut self, sink: &str, key: &str, value: impl Into<Value>) {
        self.config["sinks"][sink][key] = value.into();
    }

    /// RabbitMQ is elsewhere.
    pub(crate) fn set_url(&mut self, url: String) {
        self.url = url;
    }

    fn environment(&self) -> [(&str, &str); 3] {
        [
            ("GITHUB_SECRET", GITHUB_SECRET),
            ("GITLAB_TOKEN", GITLAB_TOKEN),
            ("RABBITMQ_URL", &self.url),
        ]
    }

    /// A daemon, whether or not its brokers are there.
    pub(crate) fn start(&self) -> Daemon {
        Daemon::start(&self.config, &self.environment())
    }

    /// A daemon whose brokers are there.
    pub(crate) async fn daemon(&self) -> Daemon {
        let daemon = self.start();
        daemon.ready().await;
        daemon
    }

    /// `hookferry replay -c ...`, to be run.
    pub(crate) fn command(&self, name: &[&str], args: &[&str]) -> Command {
        let path = self.folder.write("config.yaml", self.config.to_string());
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
        command.args(name).args(["-c", &path]).args(args);
        command.env_clear().envs(self.environment());
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn ended(&self, name: &[&str], args: &[&str]) -> Ended {
        let output = self.command(name, args).output().expect("it was built");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it writes UTF-8");
        let ended = Ended {
            code: output.status.code().expect("it exits by itself"),
            shown: text(output.stdout),
            said: text(output.stderr),
        };
        for secret in [GITHUB_SECRET, GITLAB_TOKEN, "guest:guest"] {
            assert!(!ended.said.contains(secret), "{ended:?}");
            assert!(!ended.shown.contains(secret), "{ended:?}");
        }
        ended
    }

    pub(crate) fn replay(&self, args: &[&str]) -> Ended {
        self.ended(&["replay"], args)
    }

    /// `hookferry spool inspect` and its like.
    pub(crate) fn spool(&self, what: &str, args: &[&str]) -> Ended {
        self.ended(&["spool", what], args)
    }

    /// What `hookferry spool inspect` says of one sink.
    pub(crate) fn inspect(&self, sink: &str) -> Value {
        let inspected = self.spool("inspect", &["--json", "--sink", sink]);
        assert_eq!(inspected.code, 0, "{inspected:?}");
        inspected.lines().remove(0)
    }

    pub(crate) fn spool_folder(&self) -> std::path::PathBuf {
        self.folder.path().join("spool")
    }
}

/// Every file below a folder, with its bytes.
pub(crate) fn files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).expect("a file");
            found.push((path, bytes));
        }
    }
    found.sort();
    found
}

/// Ids of `{run}-{number}`.
pub(crate) fn ids(run: &str, count: usize) -> std::collections::BTreeSet<String> {
    (0..count).map(|number| format!("{run}-{number}")).collect()
}

fn admin() -> AdminClient<DefaultClientContext> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", kafka::address());
    config.create().expect("an admin client")
}

/// Makes a topic whose records may be no larger.
pub(crate) async fn make_topic(topic: &str, bytes_max: usize) {
    let limit = bytes_max.to_string();
    let new = NewTopic::new(topic, 1, TopicReplication::Fixed(1)).set("max.message.bytes", &limit);
    let made = admin().create_topics([&new], &AdminOptions::new()).await;
    made.expect("an answer")
        .remove(0)
        .expect("the topic is made");
}

/// Changes that.
pub(crate) async fn limit_of(topic: &str, bytes_max: usize) {
    let limit = bytes_max.to_string();
    let altered =
        AlterConfig::new(ResourceSpecifier::Topic(topic)).set("max.message.bytes", &limit);
    let done = admin()
        .alter_configs([&altered], &AdminOptions::new())
        .await;
    done.expect("an answer")
        .remove(0)
        .expect("the topic is altered");
}
