//! What a server takes of the machine: memory, time to start, and what a second core brings.

use super::{ours, rivals, shown};
use crate::machine;
use crate::measure::{Bench, Round};
use crate::report::{Spread, Table};
use crate::servers::Server;

const LARGE_BYTES: usize = 25_600;
const CROWD: usize = 256;

pub fn memory(bench: &Bench, servers: &[Server]) {
    let mut table = Table::new(&["server", "ready ms", "MiB idle", "MiB peak"]);
    let mut figures: Vec<Vec<[f64; 3]>> = servers.iter().map(|_| Vec::new()).collect();
    for round in 1..=bench.starts() {
        for (server, figures) in servers.iter().zip(&mut figures) {
            let mut up = bench.start([server], "0");
            let Some(running) = up.first_mut() else {
                continue;
            };
            let load = bench.closed(running, CROWD, LARGE_BYTES);
            if let Err(error) = bench.round(running, load) {
                bench.problem(format!("{}: {error}: {}", server.name, running.log()));
                continue;
            }
            let figure = [running.ready_ms, running.idle_mib, running.memory_mib().1];
            eprintln!(
                "memory, round {round}: {}: ready, idle, peak: {figure:.1?}",
                server.name
            );
            figures.push(figure);
        }
    }
    for (server, figures) in servers.iter().zip(&figures) {
        let of = |at: usize| Spread::show(Spread::of(figures.iter().map(|figure| figure[at])), 1);
        table.row(vec![server.name.clone(), of(0), of(1), of(2)]);
    }
    table.print(
        "Start and memory",
        "From the start of the process to its first 2xx, with the brokers up; resident memory a second later, and the most of it under \
         256 connections of 25 KB. A new process each round.",
    );
}

pub fn cores(bench: &Bench, servers: &[Server]) {
    let mut table = Table::new(&[
        "server",
        "requests/s, 1 core",
        "requests/s, 2 cores",
        "ratio",
        "CPU s/1000, 1 core",
        "CPU s/1000, 2 cores",
        "2 × CPU ratio",
    ]);
    let all = machine::cores();
    let apart = if all >= 3 {
        ours(bench, 2, all);
        "The second core is the servers' alone."
    } else {
        "Client and broker are on the second core too, so that the requests a second fall short of what two cores could do; twice the \
         ratio of the CPU seconds, one core to two, is what the server itself leaves room for."
    };
    let rivals = rivals(servers, bench);
    let mut rounds = Vec::new();
    for cores in ["0", "0,1"] {
        let mut running = bench.start(&rivals, cores);
        let its = bench.rounds(&format!("cores {cores}"), &mut running, |running| {
            let (connections, bytes) = (bench.options.connections, bench.small_bytes());
            bench.closed(running, connections, bytes)
        });
        let names = running.iter().map(|running| running.server.name.clone());
        rounds.push(names.zip(its).collect::<Vec<_>>());
    }
    if all >= 3 {
        ours(bench, 1, all);
    }
    for (name, one) in &rounds[0] {
        let Some((_, two)) = rounds[1].iter().find(|(other, _)| other == name) else {
            continue;
        };
        let pairs = |figure: &dyn Fn(&Round, &Round) -> f64| {
            let pairs = one.iter().zip(two).map(|(one, two)| figure(one, two));
            Spread::show(Spread::of(pairs), 2)
        };
        table.row(vec![
            name.clone(),
            shown(one, 0, Round::rate),
            shown(two, 0, Round::rate),
            pairs(&|one, two| two.rate() / one.rate()),
            shown(one, 4, Round::cpu_per_1000),
            shown(two, 4, Round::cpu_per_1000),
            pairs(&|one, two| 2.0 * one.cpu_per_1000() / two.cpu_per_1000()),
        ]);
    }
    table.print("One core, and two", apart);
}
