//! The daemon beside reference points, in one run by one command:
//!
//! ```text
//! tests/run -- cargo bench --profile dist --bench compare [-- OPTIONS]      (--help, --quick, --list)
//! ```
//!
//! Reference points are the least that answers (`bare`), the least that keeps the promise, as a good engineer writes it
//! (`*-baseline`: all ratios are to it), what most teams have (`*-express`, `*-fastapi`), and any server that is named on
//! the command line (`--other`). Each is a process of its own on the first core; the client and the brokers are on the
//! others. CPU seconds are what the kernel charged all its threads, per 1,000 requests that were answered 2xx. Every
//! figure is a median of rounds in which each server has its turn, with the least and the greatest; a ratio is taken pair by
//! pair, so that a machine that changes its speed does not change it. After every round the messages that are in the
//! broker are held against the replies: a 2xx too many fails the bench.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    clippy::match_wildcard_for_single_variants,
    missing_debug_implementations,
    unreachable_pub,
    reason = "a bench that cannot go on says so and stops"
)]

#[path = "compare/brokers.rs"]
mod brokers;
#[path = "compare/connection.rs"]
mod connection;
#[path = "compare/loader.rs"]
mod loader;
#[path = "compare/loads.rs"]
mod loads;
#[path = "compare/machine.rs"]
mod machine;
#[path = "compare/measure.rs"]
mod measure;
#[path = "compare/message.rs"]
mod message;
#[path = "compare/options.rs"]
mod options;
#[path = "compare/process.rs"]
mod process;
#[path = "compare/reference.rs"]
mod reference;
#[path = "compare/registries.rs"]
mod registries;
#[path = "compare/report.rs"]
mod report;
#[path = "compare/running.rs"]
mod running;
#[path = "compare/selfcheck.rs"]
mod selfcheck;
#[path = "compare/servers.rs"]
mod servers;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use brokers::Brokers;
use measure::{Bench, Noise};
use options::{Options, PRODUCER};
use servers::Server;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().collect();
    if let [_, first, which] = &arguments[..]
        && first == reference::ARGUMENT
    {
        reference::run(which);
        return ExitCode::SUCCESS;
    }
    let options = Options::by_arguments();
    let servers = Server::all(&options);
    if options.list {
        let names = servers.iter().map(|server| server.name.as_str());
        println!("{}\n{PRODUCER}", names.collect::<Vec<_>>().join("\n"));
        return ExitCode::SUCCESS;
    }
    let names = servers.iter().map(|server| server.name.clone());
    if let Some(word) = options.unknown(&names.collect::<Vec<_>>()) {
        eprintln!("--only: no server is called {word}: see --list");
        return ExitCode::from(2);
    }
    let cores = machine::cores();
    assert!(
        cores > 1,
        "a server and its client on one core measure each other"
    );
    let minutes = options.minutes;
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(minutes * 60));
        eprintln!("{minutes} minutes are over");
        // What was started is killed by the kernel with this process.
        std::process::exit(1);
    });
    measure(options, &servers, cores)
}

fn measure(options: Options, servers: &[Server], cores: usize) -> ExitCode {
    let began = Instant::now();
    process::raise_files_max();
    let bench = Bench {
        brokers: Brokers::new(&options.queue),
        saturated: RefCell::new(HashMap::new()),
        problems: RefCell::new(Vec::new()),
        noise: Cell::new(Noise::default()),
        options,
    };
    loads::ours(&bench, 1, cores);
    eprintln!("trying the client itself");
    selfcheck::run();
    println!("{}", machine::describe(cores, &bench.brokers));
    println!(
        "\nMedians of {} rounds of {} s in turn (least to greatest).",
        bench.options.rounds, bench.options.seconds
    );
    let wanted: Vec<_> = servers
        .iter()
        .filter(|server| bench.options.wants(&server.name))
        .cloned()
        .collect();
    for kind in bench.options.loads.clone() {
        loads::run(&bench, &wanted, kind);
    }
    println!(
        "\n{} {:.0} minutes in all.",
        bench.noise.get().describe(),
        began.elapsed().as_secs_f64() / 60.0
    );
    let problems = bench.problems.borrow();
    if problems.is_empty() {
        println!("\nAfter every round as many messages were in the broker as there were 2xx.");
        return ExitCode::SUCCESS;
    }
    println!("\nPROBLEMS:\n\n- {}", problems.join("\n- "));
    ExitCode::FAILURE
}
