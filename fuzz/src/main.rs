//! libFuzzer's side: one program for all targets, of which `HOOKFERRY_FUZZ_TARGET` names one. `fuzz/run` sets it; with
//! `HOOKFERRY_FUZZ_SEEDS` the inputs to begin with are written to that folder first, and a dictionary beside it.
//!
//! An input that repeats a part of itself comes to [`USUAL_BYTES`] most times, for that takes another way through the code as
//! well as the largest does, and to [`LARGE_BYTES`] once in [`LARGE_EVERY`] executions, which is for what takes too long.
//! The first execution is both, so that an input alone is played both ways.
#![no_main]

mod reached;
#[path = "../targets/mod.rs"]
mod targets;
mod words;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use libfuzzer_sys::fuzz_target;
use targets::Target;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USUAL_BYTES: usize = 8 * 1024;
const LARGE_BYTES: usize = 256 * 1024;
const LARGE_EVERY: u32 = 64;

static EXECUTIONS: AtomicU32 = AtomicU32::new(0);
static TARGET: OnceLock<&'static Target> = OnceLock::new();

fuzz_target!(
    init: {
        let name = std::env::var("HOOKFERRY_FUZZ_TARGET").expect("HOOKFERRY_FUZZ_TARGET names a target");
        let target = targets::named(&name).unwrap_or_else(|| panic!("there is no target {name}"));
        if let Ok(folder) = std::env::var("HOOKFERRY_FUZZ_SEEDS") {
            // Before libFuzzer reads its own arguments, of which the dictionary is one.
            let words = words::dictionary(target);
            std::fs::write(format!("{folder}.words"), words).expect("a folder for seeds");
            for (at, seed) in (target.seeds)().iter().enumerate() {
                std::fs::write(format!("{folder}/seed-{at:03}"), seed).expect("a folder for seeds");
            }
        }
        if let Ok(to) = std::env::var("HOOKFERRY_FUZZ_REACHED") {
            let corpora: Vec<_> = std::env::args().skip(1).collect();
            let corpora: Vec<_> = corpora.iter().map(String::as_str).filter(|it| !it.starts_with('-')).collect();
            reached::write(target, &corpora, &to);
            std::process::exit(0);
        }
        TARGET.set(target).unwrap_or_default();
    },
    |data: &[u8]| {
        if let Some(target) = TARGET.get() {
            if EXECUTIONS.fetch_add(1, Ordering::Relaxed).is_multiple_of(LARGE_EVERY) {
                targets::swell_to(LARGE_BYTES);
                targets::play(target, data, targets::TIME_MAX);
                targets::swell_to(USUAL_BYTES);
            }
            targets::play(target, data, targets::TIME_MAX);
        }
    }
);
