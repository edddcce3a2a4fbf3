//! What keeping a record costs beside the least that could do the same: writing its payload to a file
//! and waiting for the disk.
//!
//! ```text
//! cargo bench --bench spool
//! ```
//!
//! Sixty-four writers wait each for its own record; one thread takes what has come meanwhile, writes
//! it at once and syncs it once. That is done in turn by the spool's log and by a bare file, on the
//! same disk: the temporary folder's, or that of `HOOKFERRY_BENCH_FOLDER`. Figures are medians, the
//! ratio is taken pair by pair.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_debug_implementations,
    reason = "a bench that cannot go on says so and stops"
)]

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

use hookferry::publish::spool::disk::Folder;
use hookferry::publish::spool::log::{Entry, Limits, Log};

const WRITERS: usize = 64;
const ROUNDS: usize = 41;

fn main() {
    let folder = std::env::var_os("HOOKFERRY_BENCH_FOLDER")
        .map_or_else(std::env::temp_dir, PathBuf::from)
        .join(format!("hookferry-bench-{}", std::process::id()));
    let each = std::env::var("HOOKFERRY_BENCH_APPENDS")
        .map_or(40, |text| text.parse().expect("a whole number"));
    println!("{WRITERS} writers, {each} appends each a round, {ROUNDS} pairs of rounds");
    println!(
        "| payload | log: durable appends/s | appends a sync | bare file: appends/s | appends a sync | bare/log |"
    );
    println!("|---|---|---|---|---|---|");
    for payload_bytes in [1024, 8192] {
        compare(&folder, payload_bytes, each);
    }
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
}

fn compare(folder: &Path, payload_bytes: usize, each: usize) {
    let payload = vec![b'p'; payload_bytes];
    let mut figures: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    let mut batches: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    for round in 0..=ROUNDS {
        // Who goes first changes, so that neither has the better half of the disk's mood.
        let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
        for which in order {
            let path = folder.join(format!("{payload_bytes}-{round}-{which}"));
            let (rate, batch) = if which == 0 {
                run(log(&path), &payload, each)
            } else {
                run(bare(&path), &payload, each)
            };
            std::fs::remove_dir_all(&path).expect("it can be removed");
            // The first pair warms up.
            if round > 0 {
                figures[which].push(rate);
                batches[which].push(batch);
            }
        }
    }
    let mut ratios: Vec<_> = (0..ROUNDS)
        .map(|round| figures[1][round] / figures[0][round])
        .collect();
    let ratio = median(&mut ratios);
    let (least, most) = (ratios[0], ratios[ROUNDS - 1]);
    let [log, bare] = figures.each_mut().map(|figures| median(figures));
    let [log_batch, bare_batch] = batches.each_mut().map(|batches| median(batches));
    println!(
        "| {payload_bytes} | {log:.0} | {log_batch:.1} | {bare:.0} | {bare_batch:.1} | {ratio:.2} ({least:.2} to {most:.2}) |"
    );
}

/// Writes one batch durably.
type Commit<'a> = Box<dyn FnMut(&[&[u8]]) + Send + 'a>;

fn log(path: &Path) -> Commit<'static> {
    let limits = Limits {
        segment_bytes: 16 << 20,
        bytes_max: 8 << 30,
    };
    let disk = Folder::new(path).expect("a folder");
    let (mut log, _) = Log::open(disk, limits, |_, _, _| {}).expect("a log");
    Box::new(move |payloads| {
        let entries: Vec<_> = payloads
            .iter()
            .map(|payload| Entry {
                mark: 1,
                at_ms: 1,
                payload,
            })
            .collect();
        log.append(&entries).expect("it is kept");
    })
}

fn bare(path: &Path) -> Commit<'static> {
    std::fs::create_dir_all(path).expect("a folder");
    let mut file: File = OpenOptions::new()
        .append(true)
        .create_new(true)
        .open(path.join("bare"))
        .expect("a file");
    let mut buffer = Vec::new();
    Box::new(move |payloads| {
        buffer.clear();
        for payload in payloads {
            buffer.extend_from_slice(payload);
        }
        file.write_all(&buffer).expect("it is written");
        file.sync_data().expect("it is synced");
    })
}

/// Durable appends in a second, and how many there were for one sync.
fn run(mut commit: Commit<'_>, payload: &[u8], each: usize) -> (f64, f64) {
    // Making the file is not what is measured.
    commit(&[payload]);
    let (sender, receiver) = sync_channel::<(&[u8], SyncSender<()>)>(WRITERS);
    let began = Instant::now();
    let syncs = std::thread::scope(|scope| {
        for _ in 0..WRITERS {
            let sender = sender.clone();
            scope.spawn(move || {
                let (done, wait) = sync_channel(1);
                for _ in 0..each {
                    sender.send((payload, done.clone())).expect("it is taken");
                    wait.recv().expect("it is done");
                }
            });
        }
        drop(sender);
        serve(&receiver, &mut commit)
    });
    let appends = (WRITERS * each) as f64;
    (appends / began.elapsed().as_secs_f64(), appends / syncs)
}

fn serve(receiver: &Receiver<(&[u8], SyncSender<()>)>, commit: &mut Commit<'_>) -> f64 {
    let mut syncs = 0.0;
    while let Ok(first) = receiver.recv() {
        let mut batch = vec![first];
        batch.extend(receiver.try_iter().take(WRITERS - 1));
        let payloads: Vec<_> = batch.iter().map(|(payload, _)| *payload).collect();
        commit(&payloads);
        syncs += 1.0;
        for (_, done) in batch {
            done.send(()).expect("it waits");
        }
    }
    syncs
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
