//! What systemd is told by a unit of `Type=notify` with `WatchdogSec`, at a socket like its own.

use std::time::Duration;

use tokio::net::UnixDatagram;

use super::support::daemon::{Daemon, config};
use super::support::github::{Delivery, SECRET};
use super::support::{Folder, run_id};
use serde_json::json;

/// What the unit of most of these tests allows. Long enough for a machine that is busy with other tests.
const WITHIN: Duration = Duration::from_secs(6);
const PATIENCE: Duration = Duration::from_secs(20);

/// The service manager's end of the conversation.
struct Manager {
    socket: UnixDatagram,
    path: String,
    _folder: Folder,
}

impl Manager {
    fn new() -> Self {
        let folder = Folder::new();
        let path = folder.path().join("notify").to_str().unwrap().to_owned();
        let socket = UnixDatagram::bind(&path).unwrap();
        Self {
            socket,
            path,
            _folder: folder,
        }
    }

    /// The next word, its assignments joined by blanks; none when none comes `within`.
    async fn hear(&self, within: Duration) -> Option<String> {
        let mut buffer = [0; 4096];
        let heard = tokio::time::timeout(within, self.socket.recv(&mut buffer));
        let length = heard.await.ok()?.unwrap();
        let text = std::str::from_utf8(&buffer[..length]).unwrap();
        Some(text.trim_end().replace('\n', " "))
    }

    /// The same, without those about a reload: a file that was written just before the start may be read again after it.
    async fn hear_beside_reloads(&self, within: Duration) -> Option<String> {
        loop {
            let heard = self.hear(within).await?;
            if !heard.contains("RELOADING=1") && !heard.contains("the configuration is") {
                return Some(heard);
            }
        }
    }

    async fn expect(&self) -> String {
        self.hear(PATIENCE).await.expect("a word from the daemon")
    }
}

fn to_nowhere(more: serde_json::Value) -> serde_json::Value {
    let mut all = json!({
        "sinks": { "kafka": { "type": "kafka", "brokers": "127.0.0.1:1" } },
        "sources": { "github": {
            "provider": "github", "path": "/webhooks/github", "secrets": [{ "env": "GITHUB_SECRET" }],
        } },
    });
    let more = more.as_object().unwrap().clone();
    all.as_object_mut().unwrap().extend(more);
    config(all)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn systemd_hears_ready_then_signs_of_life_then_stopping() {
    let manager = Manager::new();
    let usec = WITHIN.as_micros().to_string();
    let env = [
        ("GITHUB_SECRET", SECRET),
        ("NOTIFY_SOCKET", manager.path.as_str()),
        ("WATCHDOG_USEC", usec.as_str()),
    ];
    let drains = json!({ "shutdown": { "delay_ms": 4000, "grace_ms": 1000 } });
    let mut daemon = Daemon::start(to_nowhere(drains), &env);
    assert_eq!(
        manager.expect().await,
        format!("READY=1 STATUS=listening on {}", daemon.ingress)
    );
    // It does listen, by the time that it says so: a broker that is away is no reason not to.
    let push = Delivery::push(run_id());
    let reply = push
        .send(&daemon.client(), "/webhooks/github", SECRET)
        .await;
    assert_eq!(reply.status, 503, "{reply:?}");
    // Each sign comes within the time that is allowed: what systemd would kill for does not happen.
    for _ in 0..2 {
        let sign = manager.hear_beside_reloads(WITHIN).await;
        assert_eq!(sign.as_deref(), Some("WATCHDOG=1"));
    }
    daemon.terminate();
    let mut told = manager.hear_beside_reloads(PATIENCE).await;
    while told.as_deref() == Some("WATCHDOG=1") {
        told = manager.hear_beside_reloads(PATIENCE).await;
    }
    assert_eq!(told.as_deref(), Some("STOPPING=1 STATUS=draining"));
    // While it drains it lives.
    let sign = manager.hear_beside_reloads(WITHIN).await;
    assert_eq!(sign.as_deref(), Some("WATCHDOG=1"));
    let ended = daemon.wait(PATIENCE);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.output);
}

/// A process that is stuck is silent: the signs come from the runtime, not from a thread of their own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_stands_still_gives_no_sign_of_life_and_resumes() {
    let manager = Manager::new();
    let within = Duration::from_millis(500);
    let usec = within.as_micros().to_string();
    let env = [
        ("GITHUB_SECRET", SECRET),
        ("NOTIFY_SOCKET", manager.path.as_str()),
        ("WATCHDOG_USEC", usec.as_str()),
    ];
    let daemon = Daemon::start(to_nowhere(json!({})), &env);
    assert!(manager.expect().await.starts_with("READY=1"));
    daemon.signal("STOP");
    // What was sent before it stood still.
    while manager.hear(within).await.is_some() {}
    assert_eq!(manager.hear(4 * within).await, None);
    daemon.signal("CONT");
    let sign = manager.hear_beside_reloads(PATIENCE).await;
    assert_eq!(sign.as_deref(), Some("WATCHDOG=1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_daemon_that_does_not_start_is_never_called_ready() {
    let manager = Manager::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let env = [
        ("GITHUB_SECRET", SECRET),
        ("NOTIFY_SOCKET", manager.path.as_str()),
        ("HOOKFERRY__LISTEN", address.as_str()),
    ];
    let ended = Daemon::attempt(to_nowhere(json!({})), &env);
    let ended = ended.err().expect("its address is taken");
    assert_eq!(ended.status.code(), Some(1), "{}", ended.output);
    assert_eq!(manager.hear(Duration::from_millis(100)).await, None);
}

/// `systemctl reload` sends SIGHUP: what comes of it is what `systemctl status` shows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn systemd_hears_of_a_reload_and_what_came_of_it() {
    let manager = Manager::new();
    let env = [
        ("GITHUB_SECRET", SECRET),
        ("NOTIFY_SOCKET", manager.path.as_str()),
    ];
    let daemon = Daemon::start(to_nowhere(json!({})), &env);
    assert!(manager.expect().await.starts_with("READY=1"));
    // What was written just before the start may be read again by itself.
    while manager.hear(Duration::from_secs(2)).await.is_some() {}
    daemon.signal("HUP");
    let told = manager.expect().await;
    let since = told.strip_prefix("RELOADING=1 MONOTONIC_USEC=");
    let since = since.unwrap_or_else(|| panic!("{told}")).parse::<u64>();
    assert!(since.is_ok_and(|it| it > 0), "{told}");
    assert_eq!(
        manager.expect().await,
        "READY=1 STATUS=the configuration is the new one"
    );
    daemon.folder.write("config.yaml", "sinks: {}");
    daemon.signal("HUP");
    let mut told = manager.expect().await;
    // The file's change may be seen before the signal: then it is looked at twice.
    while !told.contains("faulty") {
        assert!(
            !told.contains("new one") || told.contains("old one"),
            "{told}"
        );
        told = manager.expect().await;
    }
    assert_eq!(
        told,
        "READY=1 STATUS=the configuration is the old one: the new one is faulty"
    );
    assert_eq!(daemon.admin().get("/livez").await.status, 200);
}

/// The service manager going away, or never having been there, is nothing to fail for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manager_that_is_gone_is_no_trouble() {
    let env = [
        ("GITHUB_SECRET", SECRET),
        ("NOTIFY_SOCKET", "/nonexistent/notify"),
        ("WATCHDOG_USEC", "1"),
    ];
    let mut daemon = Daemon::start(to_nowhere(json!({})), &env);
    assert_eq!(daemon.admin().get("/livez").await.status, 200);
    daemon.terminate();
    let ended = daemon.wait(PATIENCE);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.output);
}
