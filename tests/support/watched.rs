//! What a process takes of its machine, looked at every second.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_secs(1);

/// One look.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Since the watch began.
    pub at: Duration,
    pub process: u32,
    /// `VmRSS`, KiB.
    pub resident: u64,
    pub descriptors: usize,
}

/// It ends when it is dropped.
pub struct Watch {
    process: Arc<AtomicU32>,
    samples: Arc<Mutex<Vec<Sample>>>,
    stop: Arc<AtomicBool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

/// Lowest, highest and last.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub lowest: u64,
    pub highest: u64,
    pub last: u64,
}

impl Watch {
    pub fn start(process: u32) -> Self {
        let process = Arc::new(AtomicU32::new(process));
        let samples = Arc::<Mutex<Vec<Sample>>>::default();
        let stop = Arc::new(AtomicBool::new(false));
        let (whom, to, until) = (
            Arc::clone(&process),
            Arc::clone(&samples),
            Arc::clone(&stop),
        );
        let thread = std::thread::spawn(move || {
            let began = Instant::now();
            while !until.load(Ordering::Relaxed) {
                // It may just have been killed.
                if let Some(sample) = look(whom.load(Ordering::Relaxed), began.elapsed()) {
                    to.lock().expect("no test panics in it").push(sample);
                }
                std::thread::sleep(EVERY);
            }
        });
        Self {
            process,
            samples,
            stop,
            thread: Some(thread),
        }
    }

    /// From now on another process is looked at.
    pub fn turn_to(&self, process: u32) {
        self.process.store(process, Ordering::Relaxed);
    }

    /// What it takes at this moment.
    pub fn now(&self) -> Sample {
        let process = self.process.load(Ordering::Relaxed);
        look(process, Duration::ZERO).expect("it runs")
    }

    /// All of one process.
    pub fn samples(&self, process: u32) -> Vec<Sample> {
        let samples = self.samples.lock().expect("no test panics in it");
        let mine = samples.iter().filter(|sample| sample.process == process);
        mine.copied().collect()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn look(process: u32, at: Duration) -> Option<Sample> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let resident = resident.trim().trim_end_matches(" kB").parse().ok()?;
    let descriptors = std::fs::read_dir(format!("/proc/{process}/fd"))
        .ok()?
        .count();
    Some(Sample {
        at,
        process,
        resident,
        descriptors,
    })
}

/// `None` of nothing.
pub fn span(values: impl IntoIterator<Item = u64>) -> Option<Span> {
    let mut span: Option<Span> = None;
    for last in values {
        let (lowest, highest) = span.map_or((last, last), |it| (it.lowest, it.highest));
        span = Some(Span {
            lowest: lowest.min(last),
            highest: highest.max(last),
            last,
        });
    }
    span
}
