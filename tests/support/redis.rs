//! A Redis of a test's own, which it may kill, stop and fill. It ends with the test.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Folder, PATIENCE, free_port, output_of};

pub struct Redis {
    folder: Folder,
    port: u16,
    server: Child,
}

impl Redis {
    /// Starts one on a free port and returns when it answers.
    pub fn start() -> Self {
        let port = free_port();
        let folder = Folder::new();
        let server = serve(&folder, port);
        let redis = Self {
            folder,
            port,
            server,
        };
        redis.wait();
        redis
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn url(&self) -> String {
        format!("redis://{}/0", self.address())
    }

    /// SIGKILL; it has kept nothing on disk.
    pub fn kill(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }

    pub fn start_again(&mut self) {
        self.server = serve(&self.folder, self.port);
        self.wait();
    }

    /// SIGSTOP: its connections stay open, and nothing is answered.
    pub fn pause(&self) {
        self.signal("STOP");
    }

    pub fn resume(&self) {
        self.signal("CONT");
    }

    /// Runs a command by redis-cli and returns what it prints.
    pub fn run(&self, command: &[&str]) -> String {
        let mut cli = Command::new("redis-cli");
        cli.args(["-p", &self.port.to_string()]).args(command);
        let text = output_of(&mut cli, vec![]);
        String::from_utf8_lossy(&text).trim().to_owned()
    }

    /// The keys of events.
    pub fn keys(&self) -> Vec<String> {
        let keys = self.run(&["KEYS", "hookferry:dedup:*"]);
        let keys = keys.lines().map(str::to_owned);
        keys.filter(|key| !key.ends_with(":probe") && !key.is_empty())
            .collect()
    }

    fn signal(&self, name: &str) {
        let id = self.server.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.expect("kill can be run").success());
    }

    fn wait(&self) {
        let began = Instant::now();
        let mut ping = Command::new("redis-cli");
        ping.args(["-p", &self.port.to_string(), "PING"])
            .stderr(Stdio::null());
        while !ping
            .output()
            .is_ok_and(|said| said.stdout.starts_with(b"PONG"))
        {
            assert!(began.elapsed() < PATIENCE, "Redis does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn serve(folder: &Folder, port: u16) -> Child {
    let mut server = Command::new("redis-server");
    server
        .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
        .args(["--save", "", "--appendonly", "no"])
        .args(["--dir", &folder.path().display().to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    server.spawn().expect("redis-server is installed")
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}
