//! libFuzzer's side: one program for all targets, of which `HOOKFERRY_FUZZ_TARGET` names one. `fuzz/run` sets it; with
//! `HOOKFERRY_FUZZ_SEEDS` the inputs to begin with are written to that folder first.
#![no_main]

#[path = "../targets/mod.rs"]
mod targets;

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use targets::Target;

static TARGET: OnceLock<&'static Target> = OnceLock::new();

fuzz_target!(
    init: {
        let name = std::env::var("HOOKFERRY_FUZZ_TARGET").expect("HOOKFERRY_FUZZ_TARGET names a target");
        let target = targets::named(&name).unwrap_or_else(|| panic!("there is no target {name}"));
        if let Ok(folder) = std::env::var("HOOKFERRY_FUZZ_SEEDS") {
            for (at, seed) in (target.seeds)().iter().enumerate() {
                std::fs::write(format!("{folder}/seed-{at:03}"), seed).expect("a folder for seeds");
            }
        }
        TARGET.set(target).unwrap_or_default();
    },
    |data: &[u8]| {
        if let Some(target) = TARGET.get() {
            targets::play(target, data, targets::TIME_MAX);
        }
    }
);
