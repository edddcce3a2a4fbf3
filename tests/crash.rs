//! SIGKILL at every call by which the spool's files are changed: before the call, and after it. What
//! was answered 2xx is published by the next daemon, once and in order.
//!
//! A few points, drawn anew each time, are tried in every run; all of them by
//! `tests/run --test crash -- --ignored --nocapture`.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use support::brokers::Which;
use support::daemon::{Daemon, Ended, config};
use support::github::SECRET;
use support::oracle::{self, Account, BOUND, Load, PATH, Siege, Verdict};
use support::proxy::{Mode, Proxy};
use support::random::Random;
use support::{Folder, free_port, kafka, rabbitmq, run_id, until};

/// All by which the spool changes a disk. It renames nothing.
const CALLS: [&str; 7] = [
    "write",
    "fdatasync",
    "fsync",
    "openat",
    "unlink",
    "ftruncate",
    "mkdir",
];
const KEYS: usize = 4;
/// While the broker is away, and while the spool is emptied; each key.
const AWAY: usize = 16;
const DRAINING: usize = 6;
/// By the next daemon.
const AFTER: usize = 1;
/// Some bodies are as large, so that there are several segments of the 1 MiB that this spool's
/// have.
const FILLER_MAX: usize = 200_000;
const SPOOL_BYTES: u64 = 4 << 20;
/// No record of these runs has a higher number: their segments' names are known beforehand.
const NUMBERS_MAX: usize = 4 * KEYS * (AWAY + DRAINING + AFTER);
/// Longer than a test waits for anything.
const STOPPED_US: u64 = 600_000_000;

/// When the daemon is killed.
#[derive(Debug, Clone, Copy)]
struct Point {
    call: &'static str,
    /// From 1.
    number: usize,
    /// The call is made, and nothing after it.
    after: bool,
}

impl Point {
    /// What strace does at this point. A signal that is sent at the entry of a call comes before it;
    /// for the other side, the thread is stopped when the call is done.
    fn inject(self) -> String {
        let Self { call, number, .. } = self;
        if self.after {
            format!("inject={call}:delay_exit={STOPPED_US}:when={number}")
        } else {
            format!("inject={call}:signal=SIGKILL:when={number}")
        }
    }
}

struct Place {
    which: Which,
    /// Where the broker is for us.
    broker: String,
    proxy: Proxy,
    run: String,
    listen: SocketAddr,
    folder: Folder,
}

impl Place {
    async fn new(which: Which) -> Self {
        let run = run_id();
        let (broker, proxy) = match which {
            Which::Kafka => {
                let broker = kafka::address();
                (broker.clone(), Proxy::before_kafka(broker).await)
            }
            Which::Rabbitmq => {
                let broker = rabbitmq::url();
                rabbitmq::declare(&broker, &run, &run, "push");
                let proxy = Proxy::start(rabbitmq::host_of(&broker)).await;
                (broker, proxy)
            }
        };
        proxy.set(Mode::Refuse);
        Self {
            which,
            broker,
            proxy,
            run,
            listen: SocketAddr::from(([127, 0, 0, 1], free_port())),
            folder: Folder::new(),
        }
    }

    fn spool(&self) -> PathBuf {
        self.folder.path().join("spool")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start_by(&self, starter: &[String]) -> Result<Daemon, Ended> {
        let proxied = match self.which {
            Which::Kafka => self.proxy.address().to_string(),
            Which::Rabbitmq => rabbitmq::url_at(&self.broker, self.proxy.address()),
        };
        let config: Value = config(json!({
            "listen": self.listen.to_string(),
            "limits": { "reply_within_ms": 5000 },
            "spool": {
                "path": self.spool().display().to_string(),
                "bytes_max": SPOOL_BYTES,
                "takeover_ms": 300,
            },
            "sinks": { "broker": oracle::sink(self.which, &proxied, &self.run) },
            "sources": { "github": {
                "provider": "github", "path": PATH, "secrets": [{ "env": "GITHUB_SECRET" }],
            } },
        }));
        let env = [("GITHUB_SECRET", SECRET), ("RABBITMQ_URL", &proxied)];
        Daemon::attempt_by(starter, config, &env)
    }

    fn start(&self) -> Daemon {
        match self.start_by(&[]) {
            Ok(daemon) => daemon,
            Err(ended) => panic!("the daemon does not start any more: {ended:?}"),
        }
    }

    fn siege(&self, first: usize, count: usize) -> Siege {
        let load = Load {
            filler_max: FILLER_MAX,
            first,
            count,
            ..Load::new(PATH, &self.run, KEYS, Duration::ZERO)
        };
        Siege::with(self.listen, load)
    }

    /// Every path that the spool may touch.
    fn paths(&self) -> Vec<PathBuf> {
        let spool = self.spool();
        let sink = spool.join("broker");
        let mut paths = vec![
            self.folder.path().to_owned(),
            spool.join("lock"),
            spool,
            sink.clone(),
        ];
        // Nothing goes to the quarantine here.
        for (name, most) in [("waiting", NUMBERS_MAX), ("quarantine", 1)] {
            let folder = sink.join(name);
            paths.push(folder.join("lock"));
            let numbers = 1..=most;
            paths.extend(numbers.map(|number| folder.join(format!("{number:020}.log"))));
            paths.push(folder);
        }
        paths
    }

    /// strace's arguments for one point.
    fn strace(&self, point: Point) -> Vec<String> {
        let log = self.file("strace.log").display().to_string();
        let mut arguments: Vec<_> = ["strace", "-y", "-s", "0", "-o", &log]
            .map(str::to_owned)
            .into();
        for path in self.paths() {
            arguments.extend(["-P".to_owned(), path.display().to_string()]);
        }
        let trace = format!("trace={}", CALLS.join(","));
        arguments.extend(["-e".to_owned(), trace, "-e".to_owned(), point.inject()]);
        arguments
    }

    /// Starts the daemon and lets strace watch the thread that owns the spool, from when it is open.
    async fn start_watched(&self, point: Point) -> Daemon {
        let strace = self.strace(point).join(" ");
        let process = self.file("process").display().to_string();
        // The parent of a process may always trace it.
        let script = format!(
            r#"
            "$@" & process=$!
            echo $process >{process}
            until [ "$thread" ]; do
                for name in /proc/$process/task/*/comm; do
                    if read -r it <$name && [ "$it" = spool ]; then
                        thread=${{name%/comm}}
                    fi
                done
                kill -0 $process || exit 1
                sleep 0.01
            done
            exec {strace} -p ${{thread##*/}}"#
        );
        let starter = ["/bin/sh", "-c", &script, "sh"].map(str::to_owned);
        let daemon = match self.start_by(&starter) {
            Ok(daemon) => daemon,
            Err(ended) => panic!("the daemon did not start: {ended:?}"),
        };
        until("strace watches", BOUND, || async {
            daemon.output().contains(" attached")
        })
        .await;
        daemon
    }

    /// Starts the daemon under strace from its first breath; it may die of it.
    fn start_traced(&self, point: Point) -> Result<Daemon, Ended> {
        let mut starter = self.strace(point);
        starter.insert(1, "-f".to_owned());
        let process = self.file("process").display().to_string();
        let script = format!(r#"echo $$ >{process}; exec "$@""#);
        starter.extend(["/bin/sh", "-c", &script, "sh"].map(str::to_owned));
        self.start_by(&starter)
    }

    /// The daemon itself, behind its starter.
    fn process(&self) -> String {
        let process = fs::read_to_string(self.file("process")).unwrap();
        process.trim().to_owned()
    }

    fn signal(&self, name: &str) {
        let mut kill = Command::new("kill");
        // It may be gone by now.
        let _ = kill.args(["-s", name, &self.process()]).output();
    }

    fn runs(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process()));
        let state = stat.as_deref().ok().and_then(|it| it.rsplit_once(") "));
        state.is_some_and(|(_, state)| !state.starts_with(['Z', 'X']))
    }

    fn log(&self) -> String {
        fs::read_to_string(self.file("strace.log")).unwrap_or_default()
    }

    /// Waits until the daemon is dead, or `over`; once it has stopped behind the call, it is killed.
    async fn strike<F: Future<Output = bool>>(&self, daemon: &Daemon, over: impl Fn() -> F) {
        let began = Instant::now();
        loop {
            if self.log().contains("(DELAYED)") && self.runs() {
                self.signal("KILL");
                // strace looks at what it holds only when the time is over.
                daemon.signal("KILL");
            }
            if !self.runs() || over().await {
                return;
            }
            assert!(began.elapsed() < BOUND, "it neither goes on nor dies");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// A daemon that nobody disturbs publishes all that was promised.
    async fn judge(&self, account: &mut Account, first: usize) -> Verdict {
        self.proxy.set(Mode::Pass);
        let mut daemon = self.start();
        account.append(self.siege(first, AFTER).finish().await);
        daemon.drained("broker").await;
        daemon.terminate();
        let ended = daemon.wait(Duration::from_secs(20));
        assert!(ended.status.success(), "{ended:?}");
        for word in ["damaged", "panicked", "set aside"] {
            assert!(!ended.output.contains(word), "{ended:?}");
        }
        let stored = oracle::stored(self.which, &self.broker, &self.run).await;
        account.judge(&stored)
    }

    /// What the daemon was doing when it was killed; none if it was not.
    fn killed_at(&self) -> Option<String> {
        let log = self.log();
        let killed = log.contains("+++ killed by SIGKILL") || log.contains("(DELAYED)");
        let lines = log.lines().rev();
        let last = lines.skip_while(|line| line.starts_with("+++") || line.contains(" +++ "));
        killed.then(|| last.take(1).collect())
    }
}

/// Events while the broker is away, and while it is back and the spool is emptied; the daemon is
/// killed at `point`. `None` when it never got there, which costs nothing either.
async fn killed_at(which: Which, point: Point) -> (Option<String>, Verdict) {
    let place = Place::new(which).await;
    let mut daemon = place.start_watched(point).await;
    let keeping = place.siege(0, AWAY);
    place
        .strike(&daemon, || async { keeping.answered() == KEYS * AWAY })
        .await;
    let mut account = keeping.finish().await;
    place.proxy.set(Mode::Pass);
    let more = place.siege(AWAY, DRAINING);
    place
        .strike(&daemon, || async { more.answered() == KEYS * DRAINING })
        .await;
    account.append(more.finish().await);
    let waiting = || daemon.of_sink("hookferry_spool_entries", "broker");
    let none_waits = || async { waiting().await == Some(0) };
    place.strike(&daemon, none_waits).await;
    place.signal("TERM");
    place.strike(&daemon, || async { false }).await;
    // strace ends with the thread.
    daemon.wait(Duration::from_secs(20));
    let died = place.killed_at();
    let verdict = place.judge(&mut account, AWAY + DRAINING).await;
    (died, verdict)
}

/// What a number of runs came to.
#[derive(Debug, Default)]
struct Tally {
    killed: usize,
    accepted: usize,
    duplicates: usize,
    unasked: usize,
}

impl Tally {
    fn add(&mut self, verdict: &Verdict) {
        self.killed += 1;
        self.accepted += verdict.accepted;
        self.duplicates += verdict.duplicates;
        self.unasked += verdict.unasked;
    }
}

async fn a_few_points(which: Which) {
    let mut random = Random::new();
    // How often a whole run calls each, roughly.
    let known = [
        ("write", 90),
        ("fdatasync", 60),
        ("fsync", 6),
        ("openat", 4),
        ("unlink", 2),
    ];
    let began = Instant::now();
    let mut tally = Tally::default();
    for round in 0..8 {
        let (call, most) = known[(round + random.below(2)) % known.len()];
        let point = Point {
            call,
            number: 1 + random.below(most),
            after: random.below(2) == 1,
        };
        let (died, verdict) = killed_at(which, point).await;
        println!("{point:?}: {died:?}: {verdict:?}");
        if died.is_some() {
            tally.add(&verdict);
        }
    }
    println!("{which:?}: {tally:?} in {:?}", began.elapsed());
    assert!(tally.killed > 0, "no point was reached");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_a_few_calls_of_the_spool_loses_nothing_before_kafka() {
    a_few_points(Which::Kafka).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_a_few_calls_of_the_spool_loses_nothing_before_rabbitmq() {
    a_few_points(Which::Rabbitmq).await;
}

/// Each call's numbers from 1 on, until two runs in a row end by themselves: what is written
/// together differs a little from run to run.
async fn every_point(which: Which) {
    let began = Instant::now();
    for call in CALLS {
        for after in [false, true] {
            let mut tally = Tally::default();
            let mut survived = 0;
            for number in 1.. {
                let point = Point {
                    call,
                    number,
                    after,
                };
                let (died, verdict) = killed_at(which, point).await;
                if let Some(died) = died {
                    println!("{which:?}: {number} {died}: {verdict:?}");
                    tally.add(&verdict);
                    survived = 0;
                } else {
                    survived += 1;
                }
                if survived == 2 {
                    break;
                }
            }
            let side = if after { "after" } else { "before" };
            println!("{which:?}: {side} {call}: {tally:?}; {:?}", began.elapsed());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it takes a quarter of an hour"]
async fn a_kill_at_any_call_of_the_spool_loses_nothing_before_kafka() {
    every_point(Which::Kafka).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it takes a quarter of an hour"]
async fn a_kill_at_any_call_of_the_spool_loses_nothing_before_rabbitmq() {
    every_point(Which::Rabbitmq).await;
}

// --- Opening

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A daemon that is killed while it opens what another left, with a write that was cut short at its
/// end, leaves it to the next. Each call is tried, or one in so many.
async fn opening(one_in: usize) {
    let began = Instant::now();
    let mut random = Random::new();
    let mut reached: BTreeMap<&str, usize> = BTreeMap::new();
    for is_new in [true, false] {
        let place = Place::new(Which::Rabbitmq).await;
        let kept = place.file("kept");
        fs::create_dir(&kept).unwrap();
        let account = if is_new {
            place.siege(0, 0).finish().await
        } else {
            let mut daemon = place.start();
            let account = place.siege(0, AWAY).finish().await;
            daemon.kill();
            copy(&place.spool(), &kept);
            let waiting = kept.join("broker/waiting");
            let files = fs::read_dir(&waiting).unwrap();
            let newest = files
                .map(|file| file.unwrap().path())
                .filter(|path| path.extension().is_some_and(|it| it == "log"))
                .max()
                .unwrap();
            let mut bytes = fs::read(&newest).unwrap();
            bytes.extend([7; 777]);
            fs::write(&newest, bytes).unwrap();
            account
        };
        for call in CALLS {
            let mut number = 0;
            loop {
                number += 1 + random.below(one_in);
                let _ = fs::remove_dir_all(place.spool());
                if !is_new {
                    copy(&kept, &place.spool());
                }
                let point = Point {
                    call,
                    number,
                    after: false,
                };
                let started = place.start_traced(point);
                let died = started.is_err();
                if let Ok(mut daemon) = started {
                    place.signal("KILL");
                    daemon.wait(Duration::from_secs(20));
                }
                let verdict = place.judge(&mut account.clone(), AWAY).await;
                // For the next one.
                place.proxy.set(Mode::Refuse);
                if !died {
                    break;
                }
                println!("{point:?}, {:?}: {verdict:?}", place.killed_at());
                *reached.entry(call).or_default() += 1;
            }
        }
    }
    println!("{reached:?} in {:?}", began.elapsed());
    assert!(!reached.is_empty(), "no point was reached");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_a_few_calls_of_the_opening_loses_nothing() {
    opening(7).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it takes a minute or two"]
async fn a_kill_at_any_call_of_the_opening_loses_nothing() {
    opening(1).await;
}

/// A kill cannot show what a power cut would take. The folders are synced before anything in them is
/// promised, those of a daemon that was killed before it could do so as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_to_the_spool_is_made_durable_whoever_made_it() {
    for killed_at in 0..=4 {
        let place = Place::new(Which::Rabbitmq).await;
        let sync = |number| Point {
            call: "fsync",
            number,
            after: false,
        };
        if killed_at > 0 {
            let started = place.start_traced(sync(killed_at));
            assert!(started.is_err(), "it was not killed");
        }
        let started = place.start_traced(sync(usize::from(u16::MAX)));
        let mut daemon = started.unwrap_or_else(|ended| panic!("{ended:?}"));
        place.signal("KILL");
        daemon.wait(Duration::from_secs(20));
        let (log, spool) = (place.log(), place.spool());
        for folder in [place.folder.path(), &spool, &spool.join("broker")] {
            let name = format!("<{}>", folder.display());
            let mut lines = log.lines();
            let synced = lines.any(|line| line.contains("fsync(") && line.contains(&name));
            assert!(
                synced,
                "killed at {killed_at}: {name} is not synced:\n{log}"
            );
        }
    }
}
