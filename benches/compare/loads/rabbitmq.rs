//! What is RabbitMQ's alone.

use super::{median, ratio, shown};
use crate::loader::Load;
use crate::measure::{Bench, Round};
use crate::report::Table;
use crate::running::Running;
use crate::servers::{Broker, Server};

const UNROUTABLE_EVERY: u64 = 10;

/// One event in ten has no queue.
fn mixed(bench: &Bench, running: &Running<'_>, connections: usize) -> Load {
    Load {
        unroutable_every: Some(UNROUTABLE_EVERY),
        ..bench.closed(running, connections, bench.small_bytes())
    }
}

pub fn verdicts(bench: &Bench, servers: &[Server]) {
    let mut table = Table::new(&[
        "server",
        "verdicts",
        "wrong",
        "routed, but refused",
        "accepted/s",
        "CPU s/1000",
        "to the baseline",
    ]);
    let theirs = servers
        .iter()
        .filter(|server| server.broker == Broker::RabbitMq);
    let mut running = bench.start(theirs, "0");
    let rounds = bench.rounds("verdicts", &mut running, |running| {
        mixed(bench, running, bench.options.connections)
    });
    for (at, server) in running.iter().enumerate() {
        let its = &rounds[at];
        let sum = |count: &dyn Fn(&Round) -> u64| its.iter().map(count).sum::<u64>().to_string();
        table.row(vec![
            server.server.name.clone(),
            sum(&|round| round.outcome.sent),
            sum(&|round| round.outcome.wrong),
            sum(&|round| {
                let unroutable = round.outcome.sent.div_ceil(UNROUTABLE_EVERY);
                round
                    .outcome
                    .refused
                    .saturating_sub(unroutable - round.outcome.wrong)
            }),
            shown(its, 0, Round::rate),
            shown(its, 4, Round::cpu_per_1000),
            ratio(&running, &rounds, at, Round::cpu_per_1000),
        ]);
    }
    table.print(
        "RabbitMQ: each its own verdict",
        "One event in ten has no queue and has to be refused, side by side with the others. Wrong is a 2xx for such a one. CPU seconds \
         are for 1,000 accepted.",
    );
}

/// `channels` and `batch_max`, as docs/rabbitmq.md has them.
pub fn schemes(bench: &Bench) {
    let schemes = [(4, 64), (8, 64), (16, 64), (8, 1), (64, 1)];
    let servers = schemes.map(|(channels, batch_max)| {
        // Or fewer in flight would show how long they wait for each other.
        let sink = format!("coalesce_ms: 0, channels: {channels}, batch_max: {batch_max}");
        let name = format!("{channels} × {batch_max}");
        Server::daemon(&name, Broker::RabbitMq, &bench.options, &sink)
    });
    let mut columns = vec!["queue", "requests in flight"];
    columns.extend(servers.iter().map(|server| server.name.as_str()));
    let mut table = Table::new(&columns);
    let before = bench.brokers.queue.borrow().clone();
    for kind in ["classic", "quorum"] {
        kind.clone_into(&mut bench.brokers.queue.borrow_mut());
        let mut running = bench.start(&servers, "0");
        for connections in [16, 64, 256] {
            let what = format!("{kind} {connections}");
            let rounds = bench.rounds(&what, &mut running, |running| {
                mixed(bench, running, connections)
            });
            let mut row = vec![kind.to_owned(), connections.to_string()];
            row.extend(rounds.iter().map(|its| {
                let rate = median(its, 0, |round| round.per_s(round.outcome.sent));
                let cpu = |round: &Round| round.cpu_s * 1000.0 / round.outcome.sent as f64;
                format!("{rate}, {}", median(its, 3, cpu))
            }));
            table.row(row);
        }
    }
    *bench.brokers.queue.borrow_mut() = before;
    table.print(
        "RabbitMQ: channels and batches",
        "Events a second and, behind them, CPU seconds for 1,000 of them, one in ten without a queue.",
    );
}
