//! What the tests over real sockets and real brokers share. `tests/run` sets up what they need.
//!
//! Tests run side by side, so each takes names of its own from [`run_id`] and a daemon of its own.
//! Use `#[tokio::test(flavor = "multi_thread", worker_threads = 2)]`: the helpers that run other
//! programs block the test's own thread, and servers and load run on the workers.

#![allow(
    dead_code,
    unreachable_pub,
    missing_debug_implementations,
    reason = "every test program uses some of it"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::new_without_default,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

pub mod brokers;
pub mod browser;
pub mod certificate;
pub mod client;
pub mod cloudevents;
pub mod daemon;
pub mod github;
pub mod kafka;
pub mod kafka_link;
pub mod ledger;
pub mod oracle;
pub mod process;
pub mod proxy;
pub mod rabbitmq;
pub mod random;
pub mod raw;
pub mod redis;
pub mod sides;
pub mod siege;
pub mod watched;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A variable that `tests/run` sets.
pub fn variable(name: &str) -> String {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => value,
        _ => panic!("{name} is not set: run the tests by tests/run, which starts the brokers"),
    }
}

/// How many times the default amount of work to do: `HOOKFERRY_TEST_SCALE`, 1 by default.
pub fn scale() -> usize {
    let set = std::env::var("HOOKFERRY_TEST_SCALE").unwrap_or_else(|_| "1".into());
    set.parse()
        .expect("HOOKFERRY_TEST_SCALE must be a whole number")
}

/// Letters and digits that no other test has, for names of topics, exchanges and queues.
pub fn run_id() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let nanos = since_epoch().as_nanos() % 1_000_000_000_000;
    format!("t{:x}x{nanos:x}x{number:x}", std::process::id())
}

/// Seconds of Unix time.
pub fn now_s() -> u64 {
    since_epoch().as_secs()
}

fn since_epoch() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the clock is past 1970")
}

/// A folder that goes when it is dropped.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("hookferry-{}", run_id()));
        std::fs::create_dir_all(&path).expect("the temporary folder can be made");
        Self(path)
    }

    pub fn path(&self) -> &std::path::Path {
        &self.0
    }

    /// Writes a file and returns its path as text.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).expect("a file can be written");
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a program to its end with `input`, and panics with its words when it cannot be run.
pub fn run(command: &mut Command, input: Vec<u8>) -> Output {
    use std::io::Write as _;
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut stdin = child.stdin.take().expect("it was piped");
    // From a thread of its own: the program may write before it has read everything.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the writer ends");
    output
}

/// The standard output of a program that must succeed.
pub fn output_of(command: &mut Command, input: Vec<u8>) -> Vec<u8> {
    let output = run(command, input);
    assert!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// A script of tests/clients under the Python that has its libraries.
pub fn python(script: &str) -> Command {
    let mut command = Command::new(variable("HOOKFERRY_TEST_PYTHON"));
    command.arg(project_file(&format!("tests/clients/{script}")));
    command
}

pub fn project_file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What waits for something to happen at all waits so long at least: a machine may be slow, or busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How much later than its deadline a reply may be seen on a busy machine: less than a deadline more.
pub const LATE: Duration = Duration::from_millis(1500);
/// How much later than usual something may happen on a busy machine that is otherwise prompt.
const BUSY: Duration = Duration::from_secs(6);

/// Panics unless each of these waits was for no longer than what is usual, but for what a busy machine makes of
/// it, and half of them were near to it: whatever is slow by itself is slow every time.
pub fn assert_prompt(what: &str, usual: Duration, waits: &[Duration]) {
    let mut sorted = waits.to_vec();
    sorted.sort();
    let (median, longest) = (sorted[sorted.len() / 2], sorted[sorted.len() - 1]);
    assert!(
        longest <= usual + BUSY && (sorted.len() < 3 || median <= 2 * usual),
        "{what}, usually within {usual:?}: {waits:?}"
    );
}

/// A port of 127.0.0.1 that nobody listens at, for whoever must know it before it is used. It is not one of
/// those that the system gives out by itself, to listeners and to every connection that is made, so that
/// it is not taken in between.
pub fn free_port() -> u16 {
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range");
    let range = range.expect("a Linux");
    let lowest = range.split_whitespace().next().expect("two numbers");
    let lowest: u64 = lowest.parse().expect("a number");
    // Below those are the brokers of tests/brokers, which looks whether somebody listens.
    let ports = 2000..lowest.min(10_000);
    loop {
        let mixed = random::Random::of(since_epoch().subsec_nanos().into()).word();
        let mixed = mixed ^ u64::from(std::process::id());
        let port = ports.start + mixed % (ports.end - ports.start);
        let port = u16::try_from(port).expect("it is below ten thousand");
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Asks until `holds`, and panics with `what` when it does not within `bound`, or [`PATIENCE`] where that is
/// less: what is to happen soon is not to fail because the machine does something else. A promise of time
/// is measured by the test itself.
pub async fn until<F: Future<Output = bool>>(
    what: &str,
    bound: Duration,
    mut holds: impl FnMut() -> F,
) {
    let bound = bound.max(PATIENCE);
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < bound, "not within {bound:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Asks until `left` says that nothing is, and panics when nothing has become less within `bound`.
pub async fn until_none_left<F: Future<Output = Option<u64>>>(
    bound: Duration,
    mut left: impl FnMut() -> F,
) {
    let (mut least, mut since) = (u64::MAX, Instant::now());
    loop {
        match left().await {
            Some(0) => return,
            Some(count) if count < least => (least, since) = (count, Instant::now()),
            _ => {}
        }
        assert!(since.elapsed() < bound, "{least} stay for {bound:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
