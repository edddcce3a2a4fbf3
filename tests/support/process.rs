//! What the kernel says of a process, and what it can be made to do to one.

use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{Folder, output_of};

/// Resident memory now and at most so far, in KiB.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory {
    pub now: u64,
    pub peak: u64,
}

pub fn memory(process: u32) -> Memory {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let figure = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let line = line.expect("the kernel says so").trim();
        let figure = line.trim_end_matches(" kB").parse();
        figure.expect("a number")
    };
    Memory {
        now: figure("VmRSS:"),
        peak: figure("VmHWM:"),
    }
}

/// How long its threads that run have had a processor, and have waited for one because the machine was busy.
pub fn scheduled(process: u32) -> (Duration, Duration) {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).expect("it runs");
    let (mut ran, mut waited) = (0, 0);
    for thread in threads.flatten() {
        // One that ends meanwhile is no matter.
        let text = std::fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        let mut figures = text
            .split_whitespace()
            .map_while(|it| it.parse::<u64>().ok());
        ran += figures.next().unwrap_or_default();
        waited += figures.next().unwrap_or_default();
    }
    (Duration::from_nanos(ran), Duration::from_nanos(waited))
}

/// How many files and sockets it has open.
pub fn descriptors(process: u32) -> usize {
    let files = std::fs::read_dir(format!("/proc/{process}/fd")).expect("it runs");
    files.count()
}

/// Sets its bound on open files, and returns the one before.
pub fn limit_descriptors(process: u32, bound: usize) -> usize {
    let process = process.to_string();
    let mut read = privileged("prlimit");
    read.args(["--pid", &process, "--nofile", "--noheadings", "-o", "SOFT"]);
    let before = String::from_utf8(output_of(&mut read, vec![])).expect("a number");
    let mut set = privileged("prlimit");
    // The hard bound stays, so that the old one can be had again.
    set.args(["--pid", &process, &format!("--nofile={bound}:")]);
    output_of(&mut set, vec![]);
    before.trim().parse().expect("a number")
}

/// Sets the bound on the size of its files, in bytes or `unlimited`.
pub fn limit_files(process: u32, bound: &str) {
    let (process, bound) = (process.to_string(), format!("--fsize={bound}:"));
    let mut set = privileged("prlimit");
    output_of(set.args(["--pid", &process, &bound]), vec![]);
}

/// strace on every thread of a process that is called `thread`. What it does to them ends when this is
/// dropped.
pub struct Tracer(Child);

impl Tracer {
    /// `inject` is strace's own expression: `fdatasync:error=EIO`.
    pub fn start(process: u32, thread: &str, inject: &str) -> Self {
        let tasks = std::fs::read_dir(format!("/proc/{process}/task")).expect("it runs");
        let mut command = privileged("strace");
        let calls = inject.split(':').next().expect("calls");
        command.args(["-e", &format!("trace={calls}"), "-e"]);
        command.args([&format!("inject={inject}"), "-o", "/dev/null"]);
        let mut found = 0;
        for task in tasks {
            let task = task.expect("it can be listed");
            let name = std::fs::read_to_string(task.path().join("comm"));
            if name.is_ok_and(|name| name.trim() == thread) {
                found += 1;
                command.args(["-p", &task.file_name().to_string_lossy()]);
            }
        }
        assert!(found > 0, "no thread is called {thread}");
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let mut tracer = command.stderr(Stdio::piped()).spawn().expect("strace");
        let mut says = BufReader::new(tracer.stderr.take().expect("it was piped")).lines();
        for _ in 0..found {
            let line = says.next().expect("it speaks").expect("text");
            assert!(line.contains("attached"), "strace: {line}");
        }
        // It says when it goes, and is not to die of nobody listening.
        std::thread::spawn(move || says.count());
        Self(tracer)
    }
}

impl Drop for Tracer {
    fn drop(&mut self) {
        let mut kill = privileged("kill");
        // It lets go of the threads and ends.
        let _ = kill.args(["-s", "INT", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

/// A file system in memory of a size of its own. It goes when it is dropped.
pub struct SmallDisk(Folder);

impl SmallDisk {
    pub fn new(bytes: u64) -> Self {
        let folder = Folder::new();
        let mut mount = privileged("mount");
        mount.args([
            "-t",
            "tmpfs",
            "-o",
            &format!("size={bytes},mode=777"),
            "tmpfs",
        ]);
        output_of(mount.arg(folder.path()), vec![]);
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Takes all but `left` bytes of what is free, some pages at a time, while others may write too; the
    /// file that has them.
    pub fn fill(&self, left: u64) -> PathBuf {
        static PAGES: [u8; 65536] = [0; 65536];
        let filler = self.path().join("filler");
        let mut file = std::fs::File::create(&filler).expect("a file takes no room");
        // With nothing left over, until the disk says so itself.
        while left == 0 || self.free() > left {
            match file.write_all(&PAGES) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("{error}"),
            }
        }
        filler
    }

    fn free(&self) -> u64 {
        let mut stat = Command::new("stat");
        stat.args(["-f", "-c", "%a %S"]).arg(self.path());
        let said = String::from_utf8(output_of(&mut stat, vec![])).expect("text");
        let figures: Vec<u64> = said
            .split_whitespace()
            .map(|it| it.parse().expect("digits"))
            .collect();
        figures.iter().product()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = privileged("umount").arg("-l").arg(self.path()).status();
    }
}

/// A program that only root may use so.
fn privileged(program: &str) -> Command {
    let id = output_of(Command::new("id").arg("-u"), vec![]);
    if id == b"0\n" {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", program]);
    command
}

/// The library that makes a process's clock lie.
pub fn faketime() -> String {
    let libraries = std::fs::read_dir("/usr/lib").expect("a Linux");
    let places =
        libraries.filter_map(|place| Some(place.ok()?.path().join("faketime/libfaketimeMT.so.1")));
    let mut there = places.filter(|path| path.exists());
    let found = there
        .next()
        .expect("libfaketime is installed: see tests/run");
    found.display().to_string()
}
