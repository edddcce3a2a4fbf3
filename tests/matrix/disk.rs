//! Faults of the spool's disk. Without a spool they are none: the same is done, as far as it can be.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::cell::{Cell, KEYS};
use crate::support::daemon::Daemon;
use crate::support::github::SECRET;
use crate::support::process::{self, SmallDisk, Tracer};
use crate::support::random::Random;

const SOME: usize = 300;

/// The broker hangs, so that the disk is what matters.
fn away(cell: &Cell) {
    if cell.has_spool {
        cell.broker.pause();
    }
}

fn back(cell: &mut Cell) {
    if cell.has_spool {
        cell.broker.resume();
        cell.over();
    }
}

/// A disk that is full, and has room again.
pub async fn full(cell: &mut Cell) {
    let disk = SmallDisk::new(24 << 20);
    cell.spool_path = Some(disk.path().join("spool").display().to_string());
    cell.begin().await;
    away(cell);
    cell.accepts(SOME).await;
    let filler = disk.fill(128 << 10);
    if cell.has_spool {
        cell.siege().refuses(KEYS).await;
    } else {
        cell.accepts(SOME).await;
    }
    fs::remove_file(&filler).expect("it can be removed");
    cell.over();
    cell.accepts(SOME).await;
    // To the last byte, and the broker is back: what waits can leave all the same.
    disk.fill(0);
    back(cell);
    if cell.has_spool {
        cell.drained().await;
    }
    fs::remove_file(&filler).expect("it can be removed");
    cell.disk = Some(disk);
}

/// The spool takes no more than it may.
pub async fn no_room_left(cell: &mut Cell) {
    cell.broker.pause();
    cell.siege().refuses(4 * KEYS).await;
    cell.broker.resume();
    cell.over();
}

/// Before [`no_room_left`] and [`segment_removed`].
pub fn with_little_room(cell: &Cell, config: &mut Value) {
    if cell.has_spool {
        config["spool"]["bytes_max"] = (4 << 20).into();
    }
}

/// A write beyond what the process may write.
pub async fn file_size(cell: &mut Cell) {
    away(cell);
    cell.accepts(SOME).await;
    let daemon = cell.daemon().id();
    process::limit_files(daemon, "1000000");
    if cell.has_spool {
        cell.siege().refuses(KEYS).await;
    } else {
        cell.accepts(SOME).await;
    }
    process::limit_files(daemon, "unlimited");
    cell.accepts(SOME).await;
    back(cell);
}

/// A sync that fails: nothing that was in it is promised, and what is promised later survives.
pub async fn sync_fails(cell: &mut Cell) {
    away(cell);
    if cell.has_spool {
        cell.accepts(SOME).await;
        for when in ["", ":when=1..1000+2"] {
            let tracer = Tracer::start(
                cell.daemon().id(),
                "spool",
                &format!("fdatasync:error=EIO{when}"),
            );
            cell.siege().refuses(KEYS).await;
            drop(tracer);
            cell.over();
            cell.accepts(SOME).await;
        }
    }
    cell.kill();
    cell.start();
    cell.accepts(SOME).await;
    back(cell);
    cell.measure().await;
}

/// A disk that takes its time, and then more than there is.
pub async fn slow(cell: &mut Cell) {
    away(cell);
    if cell.has_spool {
        for ms in [300, 3000] {
            let delay = format!("fdatasync:delay_enter={}", ms * 1000);
            let tracer = Tracer::start(cell.daemon().id(), "spool", &delay);
            if ms == 300 {
                cell.accepts(SOME).await;
            } else {
                cell.siege().refuses(KEYS).await;
            }
            drop(tracer);
            cell.accepts(KEYS).await;
        }
    }
    cell.accepts(SOME).await;
    back(cell);
}

/// The files of what waits, the newest last.
fn segments(cell: &Cell) -> Vec<PathBuf> {
    let folder = PathBuf::from(cell.spool_path()).join("broker/waiting");
    let files = fs::read_dir(folder).expect("there is a spool");
    let paths = files.map(|file| file.expect("it can be listed").path());
    let is_segment = |path: &PathBuf| {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let number = name.as_deref().and_then(|name| name.strip_suffix(".log"));
        number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut segments: Vec<_> = paths.filter(is_segment).collect();
    segments.sort();
    assert!(!segments.is_empty(), "nothing was spooled");
    segments
}

/// Fills the spool, kills the daemon, does `harm` to the spool's files and starts it again.
async fn harmed(cell: &mut Cell, events: usize, harm: impl FnOnce(&mut Cell)) {
    away(cell);
    cell.accepts(events).await;
    cell.kill();
    if cell.has_spool {
        harm(cell);
    }
    cell.start();
    cell.accepts(SOME).await;
    back(cell);
    cell.accepts(KEYS).await;
    cell.measure().await;
}

/// One byte of a file is another.
pub async fn byte_flipped(cell: &mut Cell) {
    harmed(cell, 2 * SOME, |cell| {
        let path = segments(cell).swap_remove(0);
        let mut bytes = fs::read(&path).expect("it can be read");
        let at = 16_384 + Random::new().below(bytes.len() - 16_384);
        bytes[at] ^= 0x40;
        println!("    byte {at} of {}", bytes.len());
        fs::write(&path, &bytes).expect("it can be written");
        let near = &bytes[at.saturating_sub(4096)..(at + 4096).min(bytes.len())];
        let near = String::from_utf8_lossy(near).into_owned();
        cell.excuse(1, move |id| near.contains(id));
    })
    .await;
    if cell.has_spool {
        let damaged = cell
            .metric("hookferry_spool_damaged_total{sink=\"broker\"}")
            .await;
        assert!(damaged > 0, "nobody was told");
    }
}

/// The end of the newest file is what a crash leaves of a write.
pub async fn torn(cell: &mut Cell) {
    harmed(cell, 2 * SOME, |cell| {
        let path = segments(cell).pop().expect("there is one");
        let mut bytes = fs::read(&path).expect("it can be read");
        // The beginning of what could be a record, then what was never written.
        let again = bytes[bytes.len() - 700..bytes.len() - 300].to_vec();
        bytes.extend(again);
        bytes.extend([0; 333]);
        fs::write(&path, bytes).expect("it can be written");
    })
    .await;
}

/// A whole file is gone: what was in it is lost, and nothing else.
pub async fn segment_removed(cell: &mut Cell) {
    harmed(cell, 2200, |cell| {
        let segments = segments(cell);
        assert!(segments.len() > 1, "one file holds all");
        let path = &segments[segments.len() / 2 - 1];
        let lost = String::from_utf8_lossy(&fs::read(path).expect("it can be read")).into_owned();
        fs::remove_file(path).expect("it can be removed");
        cell.excuse(usize::MAX, move |id| lost.contains(&format!("\"{id}\"")));
    })
    .await;
}

/// A second daemon is pointed at the same folder.
pub async fn second_daemon(cell: &mut Cell) {
    let mut config = cell.config();
    config["listen"] = "127.0.0.1:0".into();
    let address = cell.broker.address();
    let env = [("GITHUB_SECRET", SECRET), ("RABBITMQ_URL", &address)];
    away(cell);
    cell.accepts(SOME).await;
    match Daemon::attempt(config, &env) {
        Ok(_) => assert!(!cell.has_spool, "two use one folder"),
        Err(ended) => assert!(
            cell.has_spool && ended.output.contains("another hookferry uses"),
            "{}",
            ended.output
        ),
    }
    cell.accepts(SOME).await;
    back(cell);
}
