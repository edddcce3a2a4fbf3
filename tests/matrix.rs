//! The fault matrix: every fault of the table, with each broker, with a spool and without. The loss
//! oracle judges every cell; beside that each fault has its own criterion.
//!
//! ```sh
//! tests/run --test matrix                            # the part that CI runs
//! tests/run --test matrix -- --ignored --nocapture   # all of it, and a table in Markdown
//! # Those whose names begin so, with one broker:
//! HOOKFERRY_TEST_FAULTS=disk,link-cut HOOKFERRY_TEST_FAULTS_OF=Kafka tests/run --test matrix -- --ignored --nocapture
//! ```

#![allow(
    unreachable_pub,
    missing_debug_implementations,
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

#[path = "matrix/broker.rs"]
mod broker;
#[path = "matrix/cell.rs"]
mod cell;
#[path = "matrix/disk.rs"]
mod disk;
#[path = "matrix/figures.rs"]
mod figures;
#[path = "matrix/link.rs"]
mod link;
#[path = "matrix/process.rs"]
mod process;
mod support;
#[path = "matrix/table.rs"]
mod table;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;

use cell::{Cell, Fault};
use figures::Figures;
use support::brokers::{Private, Which};

/// A cell that takes longer is too expensive to be run often.
const CELL_WITHIN: Duration = Duration::from_secs(180);

async fn broker(which: Which) -> Arc<Private> {
    let private = Private::start(which).await;
    private.guard();
    Arc::new(private)
}

/// Runs these faults with one broker, without a spool and with one. A cell that fails does not keep
/// the others from being run; its name is returned.
async fn run(which: Which, faults: Vec<Fault>) -> (Vec<Figures>, Vec<String>) {
    let (mut all, mut failed) = (Vec::new(), Vec::new());
    let mut private = broker(which).await;
    for fault in faults {
        for has_spool in [false, true] {
            let mode = if has_spool { "spool" } else { "direct" };
            let name = format!("{} / {which:?} / {mode}", fault.name);
            println!("{name}: {}", fault.what);
            let began = Instant::now();
            let cell = Cell::run(fault, which, Arc::clone(&private), has_spool);
            match AssertUnwindSafe(cell).catch_unwind().await {
                Ok(figures) if began.elapsed() <= CELL_WITHIN => all.push(figures),
                Ok(_) => failed.push(format!("{name} took {:?}", began.elapsed())),
                Err(_) => {
                    println!("{name}: FAILED");
                    failed.push(name);
                    // Whatever was done to this one.
                    drop(private);
                    private = broker(which).await;
                }
            }
        }
    }
    (all, failed)
}

async fn ci(which: Which) {
    let faults = table::of(which).filter(|fault| fault.in_ci);
    let (_, failed) = run(which, faults.copied().collect()).await;
    assert!(failed.is_empty(), "these cells failed: {failed:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worst_faults_with_kafka() {
    ci(Which::Kafka).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worst_faults_with_rabbitmq() {
    ci(Which::Rabbitmq).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes half an hour: `tests/run --test matrix -- --ignored --nocapture`"]
async fn the_whole_matrix() {
    let wanted = std::env::var("HOOKFERRY_TEST_FAULTS").unwrap_or_default();
    let brokers = std::env::var("HOOKFERRY_TEST_FAULTS_OF").unwrap_or_default();
    let is_wanted = |fault: &&Fault| wanted.split(',').any(|name| fault.name.starts_with(name));
    let began = Instant::now();
    let (mut all, mut failed) = (Vec::new(), Vec::new());
    for which in [Which::Kafka, Which::Rabbitmq] {
        if !format!("{which:?}").starts_with(&brokers) {
            continue;
        }
        let faults = table::of(which).filter(is_wanted).copied().collect();
        let (figures, names) = run(which, faults).await;
        all.extend(figures);
        failed.extend(names);
    }
    println!("\n{}", figures::markdown(&all));
    println!("{} cells in {:?}", all.len(), began.elapsed());
    assert!(failed.is_empty(), "these cells failed: {failed:#?}");
}

#[test]
fn the_matrix_is_as_large_as_it_is_said_to_be() {
    for which in [Which::Kafka, Which::Rabbitmq] {
        assert!(table::of(which).count() >= 25);
    }
    let mut names: Vec<_> = table::FAULTS.iter().map(|fault| fault.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(
        names.len(),
        table::FAULTS.len(),
        "each has a name of its own"
    );
}
