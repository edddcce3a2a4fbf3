//! Processes on the cores that they are given, and what the kernel charges them.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Files that one process may have open: as many connections as a load asks for, and some.
const FILES_MAX: &str = "16384";

/// `program` on `cores` (as in `0` or `0,1`), killed by the kernel when this process ends, however it ends.
pub fn on_cores(cores: &str, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "prlimit"]);
    command.arg(format!("--nofile={FILES_MAX}"));
    command.args(["taskset", "-c", cores]).arg(program);
    command
}

/// Moves all threads of a process to `cores`.
pub fn pin(process: u32, cores: &str) {
    let process = process.to_string();
    let mut said = String::new();
    // taskset fails when a thread ends while it looks at all of them.
    for _ in 0..20 {
        let mut taskset = Command::new("taskset");
        taskset.args(["-a", "-c", "-p", cores, &process]);
        match output(&mut taskset, Duration::from_secs(10)) {
            Ok(_) => return,
            Err(error) => said = error,
        }
    }
    panic!("{said}");
}

/// This process may open as many files as it needs for connections.
pub fn raise_files_max() {
    let process = std::process::id().to_string();
    run(Command::new("prlimit").args([
        "--pid",
        &process,
        &format!("--nofile={FILES_MAX}:{FILES_MAX}"),
    ]));
}

/// Makes the calling thread give way to others: a crowd of clients is on machines of its own.
pub fn give_way() {
    let link = fs::read_link("/proc/thread-self").expect("this thread");
    let thread = link.file_name().expect("its id").to_owned();
    run(Command::new("renice")
        .args(["-n", "10", "-p"])
        .arg(thread)
        .stderr(Stdio::null()));
}

fn run(command: &mut Command) {
    let done = command.stdout(Stdio::null()).status();
    let done = done.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(done.success(), "{command:?}: {done}");
}

/// What a command prints, if it ends well within the limit.
pub fn output(command: &mut Command, limit: Duration) -> Result<String, String> {
    let name = format!("{:?}", command.get_program());
    let log = tempfile("output");
    let file = fs::File::create(&log).map_err(|error| error.to_string())?;
    let both = file.try_clone().map_err(|error| error.to_string())?;
    command
        .stdin(Stdio::null())
        .stdout(Stdio::from(file))
        .stderr(Stdio::from(both));
    let child = command
        .spawn()
        .map_err(|error| format!("{name}: {error}"))?;
    let mut child = Killed(child);
    let until = Instant::now() + limit;
    let done = loop {
        if let Some(done) = child.0.try_wait().map_err(|error| error.to_string())? {
            break done;
        }
        if Instant::now() > until {
            return Err(format!("{name} took longer than {} s", limit.as_secs()));
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let text = fs::read_to_string(&log).unwrap_or_default();
    let _ = fs::remove_file(&log);
    if done.success() {
        Ok(text)
    } else {
        Err(format!("{name}: {done}: {}", tail(&text)))
    }
}

/// The last lines of a log.
pub fn tail(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(5)..].join(" / ")
}

/// A name that nothing else has, in the folder for temporary files.
pub fn tempfile(what: &str) -> std::path::PathBuf {
    let name = format!("hookferry-bench-{what}-{}", uuid::Uuid::now_v7());
    std::env::temp_dir().join(name)
}

/// A process that is ended, with what it has started, when this is dropped.
pub struct Killed(pub Child);

impl Killed {
    /// It is asked first, so that it can write down what it keeps to its end, as a profile.
    pub fn end(&mut self) {
        const ASKED_FOR: Duration = Duration::from_secs(10);
        let tree = tree(self.0.id());
        signal("-TERM", &tree[..1]);
        let asked = Instant::now();
        while matches!(self.0.try_wait(), Ok(None)) && asked.elapsed() < ASKED_FOR {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.0.kill();
        signal("-KILL", &tree[1..]);
        let _ = self.0.wait();
    }
}

fn signal(which: &str, processes: &[u32]) {
    if processes.is_empty() {
        return;
    }
    let processes = processes.iter().map(u32::to_string);
    let mut kill = Command::new("kill");
    let _ = kill
        .arg(which)
        .args(processes)
        .stderr(Stdio::null())
        .status();
}

impl Drop for Killed {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            self.end();
        }
    }
}

/// A process and all below it, itself first.
pub fn tree(root: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").expect("/proc").flatten() {
        let name = entry.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The command's name, in parentheses, may hold anything: the fields are counted after it.
        let parent = stat
            .rsplit_once(") ")
            .and_then(|(_, rest)| rest.split(' ').nth(1))
            .and_then(|parent| parent.parse::<u32>().ok());
        parents.push((process, parent));
    }
    let mut tree = vec![root];
    let mut next = 0;
    while let Some(&parent) = tree.get(next) {
        tree.extend(
            parents
                .iter()
                .filter_map(|(process, its)| (*its == Some(parent)).then_some(*process)),
        );
        next += 1;
    }
    tree
}

/// What the kernel has charged each thread of a process and of all below it (`schedstat`), in nanoseconds.
pub struct Cpu(HashMap<(u32, String), f64>);

impl Cpu {
    pub fn of(root: u32) -> Self {
        let mut threads = HashMap::new();
        for process in tree(root) {
            let Ok(tasks) = fs::read_dir(format!("/proc/{process}/task")) else {
                continue;
            };
            for task in tasks.flatten() {
                let charged = schedstat(&task.path().join("schedstat"));
                let thread = task.file_name().to_string_lossy().into_owned();
                threads.insert((process, thread), charged);
            }
        }
        Self(threads)
    }

    /// CPU seconds since then. A thread that has ended in between is left out.
    pub fn since(&self, before: &Self) -> f64 {
        let charged = self.0.iter().map(|(thread, now)| {
            let before = before.0.get(thread).copied().unwrap_or_default();
            now - before
        });
        charged.sum::<f64>() / 1e9
    }
}

/// Nanoseconds that one thread ran.
pub fn schedstat(path: &std::path::Path) -> f64 {
    let text = fs::read_to_string(path).unwrap_or_default();
    let first = text.split_whitespace().next();
    first
        .and_then(|first| first.parse().ok())
        .unwrap_or_default()
}

/// Resident memory of a process and all below it, in MiB: now, and the most that it was.
pub fn memory(root: u32) -> (f64, f64) {
    let mut both = [0.0; 2];
    for process in tree(root) {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        for (sum, name) in both.iter_mut().zip(["VmRSS:", "VmHWM:"]) {
            let kib = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = kib.and_then(|rest| rest.split_whitespace().next());
            *sum += kib
                .and_then(|kib| kib.parse::<f64>().ok())
                .unwrap_or_default()
                / 1024.0;
        }
    }
    (both[0], both[1])
}

/// Seconds that a core was not idle, by all.
pub fn core_busy(core: usize) -> f64 {
    let stat = fs::read_to_string("/proc/stat").expect("/proc/stat");
    let name = format!("cpu{core} ");
    let line = stat.lines().find_map(|line| line.strip_prefix(&name));
    let ticks: Vec<f64> = line
        .unwrap_or_default()
        .split_whitespace()
        .map(|field| field.parse().unwrap_or_default())
        .collect();
    // user, nice, system, idle, iowait, irq, softirq, steal. Ticks are hundredths of a second on every Linux of today.
    let idle = |at: &usize| matches!(at, 3 | 4);
    let busy = (0..ticks.len().min(8)).filter(|at| !idle(at));
    busy.map(|at| ticks[at]).sum::<f64>() / 100.0
}

/// The process that listens on a port of this machine.
pub fn listener(port: u16) -> Option<u32> {
    let hex = format!(":{port:04X}");
    let mut sockets = Vec::new();
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        for line in fs::read_to_string(table).unwrap_or_default().lines() {
            let fields: Vec<_> = line.split_whitespace().collect();
            if fields.len() > 9 && fields[1].ends_with(&hex) && fields[3] == "0A" {
                sockets.push(format!("socket:[{}]", fields[9]));
            }
        }
    }
    let processes = fs::read_dir("/proc").ok()?.flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .find(|process| {
            let files = fs::read_dir(format!("/proc/{process}/fd"));
            let files = files.into_iter().flatten().flatten();
            let mut links = files.filter_map(|file| fs::read_link(file.path()).ok());
            links.any(|link| sockets.iter().any(|socket| link.as_os_str() == &**socket))
        })
}
