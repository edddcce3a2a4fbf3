//! Which of the instrumented places a corpus reaches: `fuzz/run reached`.

use std::arch::global_asm;
use std::fmt::Write as _;
use std::path::Path;
use std::ptr::addr_of;

use super::targets::{self, Target};

// The linker's names for where LLVM puts a counter for each place, and its address with flags. Rust must not know these
// names: LLVM's own would become others then, and libFuzzer would be told of no counters.
global_asm!(
    ".pushsection .data.rel.ro.hookferry_places,\"aw\"",
    ".balign 8",
    ".globl hookferry_places",
    "hookferry_places: .quad __start___sancov_cntrs, __stop___sancov_cntrs, __start___sancov_pcs",
    ".popsection",
);

unsafe extern "C" {
    #[link_name = "hookferry_places"]
    static PLACES: Places;
}

#[repr(C)]
struct Places {
    counters: *mut u8,
    counters_end: *mut u8,
    addresses: *const [usize; 2],
}

/// Plays the inputs in `corpora`, and writes each place's address in the program and whether it was reached to `to`.
pub fn write(target: &Target, corpora: &[&str], to: &str) {
    targets::swell_to(super::USUAL_BYTES);
    let mut inputs = (target.seeds)();
    for corpus in corpora {
        for file in std::fs::read_dir(corpus).expect("a corpus") {
            inputs.push(std::fs::read(file.expect("a file").path()).expect("an input"));
        }
    }
    // SAFETY: it is the three addresses above.
    let places = unsafe { &*addr_of!(PLACES) };
    let begin = places.counters;
    let length = places.counters_end as usize - begin as usize;
    // SAFETY: LLVM's, one behind the other, which only instrumented code counts in: none runs beside this.
    let counters = unsafe { std::slice::from_raw_parts_mut(begin, length) };
    let mut reached = vec![false; length];
    // What is made once is made the first time, which is not the inputs' doing.
    for is_first in [true, false] {
        for input in &inputs {
            counters.fill(0);
            (target.run)(input);
            for (at, count) in counters.iter().enumerate().filter(|_| !is_first) {
                reached[at] |= *count > 0;
            }
        }
    }
    let base = base();
    let mut text = String::new();
    for (at, reached) in reached.into_iter().enumerate() {
        // SAFETY: there are as many addresses as counters.
        let [pc, _] = unsafe { places.addresses.add(at).read() };
        // The linker has left out what is 0 here.
        let Some(place) = pc.checked_sub(base) else {
            continue;
        };
        let _ = writeln!(text, "{place:016x} {}", u8::from(reached));
    }
    std::fs::write(Path::new(to), text).expect("a folder");
}

/// Where the program is in memory: what else there is, as the allocator's, may be below it.
fn base() -> usize {
    let program = std::env::current_exe().expect("a program");
    let program = program.to_str().expect("its path is text");
    let maps = std::fs::read_to_string("/proc/self/maps").expect("maps");
    let line = maps.lines().find(|line| line.ends_with(program));
    let first = line.and_then(|line| line.split('-').next());
    usize::from_str_radix(first.expect("it is there"), 16).expect("an address")
}
