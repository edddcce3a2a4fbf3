//! What is measured, each with its table.

#[path = "loads/machine.rs"]
mod of_the_machine;
#[path = "loads/producer.rs"]
mod producer;
#[path = "loads/rabbitmq.rs"]
mod rabbitmq;

use crate::loader::Load;
use crate::measure::{Bench, Round};
use crate::options::Kind;
use crate::process;
use crate::report::{Spread, Table};
use crate::running::Running;
use crate::servers::{Broker, Server};

pub fn run(bench: &Bench, servers: &[Server], kind: Kind) {
    match kind {
        Kind::Producer => producer::producer(bench),
        Kind::Saturated => saturated(bench, servers),
        Kind::Thousand => thousand(bench, servers),
        Kind::Half => half(bench, servers),
        Kind::Overload => overload(bench, servers),
        Kind::Memory => of_the_machine::memory(bench, servers),
        Kind::Cores => of_the_machine::cores(bench, servers),
        Kind::Verdicts => rabbitmq::verdicts(bench, servers),
        Kind::Schemes => rabbitmq::schemes(bench),
    }
}

/// One figure of several rounds.
fn spread(rounds: &[Round], figure: impl Fn(&Round) -> f64) -> Option<Spread> {
    Spread::of(rounds.iter().map(figure))
}

fn shown(rounds: &[Round], digits: usize, figure: impl Fn(&Round) -> f64) -> String {
    Spread::show(spread(rounds, figure), digits)
}

/// The median alone.
fn median(rounds: &[Round], digits: usize, figure: impl Fn(&Round) -> f64) -> String {
    spread(rounds, figure).map_or(String::new(), |spread| {
        format!("{:.digits$}", spread.median)
    })
}

/// A figure's ratio to the baseline's, pair by pair.
fn ratio(
    running: &[Running<'_>],
    rounds: &[Vec<Round>],
    at: usize,
    figure: impl Fn(&Round) -> f64,
) -> String {
    let baseline = running[at].server.baseline();
    let theirs = running
        .iter()
        .position(|running| running.server.name == baseline);
    match theirs {
        Some(theirs) if theirs != at => {
            let pairs = rounds[at].iter().zip(&rounds[theirs]);
            Spread::show(Spread::of(pairs.map(|(a, b)| figure(a) / figure(b))), 2)
        }
        _ => String::new(),
    }
}

fn rivals(servers: &[Server], bench: &Bench) -> Vec<Server> {
    let named = |server: &Server| server.is_a_rival() || !bench.options.only.is_empty();
    let rivals = servers
        .iter()
        .filter(|server| server.broker != Broker::None && named(server));
    rivals.cloned().collect()
}

fn saturated(bench: &Bench, servers: &[Server]) {
    let mut table = Table::new(&[
        "body",
        "server",
        "CPU s/1000",
        "to the baseline",
        "requests/s",
        "to the baseline",
        "p50 ms",
        "p99 ms",
        "p99.9 ms",
        "of its core",
        "MiB idle",
        "MiB peak",
    ]);
    for &bytes in &bench.options.bodies {
        let mut running = bench.start(servers, "0");
        let rounds = bench.rounds(&format!("saturated {bytes}"), &mut running, |running| {
            bench.closed(running, bench.options.connections, bytes)
        });
        for (at, server) in running.iter().enumerate() {
            let its = &rounds[at];
            if let Some(rate) = spread(its, Round::rate)
                && bytes == bench.small_bytes()
            {
                let mut known = bench.saturated.borrow_mut();
                known.insert(server.server.name.clone(), rate.median);
            }
            table.row(vec![
                bytes.to_string(),
                server.server.name.clone(),
                shown(its, 4, Round::cpu_per_1000),
                ratio(&running, &rounds, at, Round::cpu_per_1000),
                shown(its, 0, Round::rate),
                ratio(&running, &rounds, at, Round::rate),
                median(its, 2, |round| round.p50_ms),
                median(its, 2, |round| round.p99_ms),
                median(its, 2, |round| round.p999_ms),
                median(its, 2, Round::busy),
                format!("{:.1}", server.idle_mib),
                format!("{:.1}", server.memory_mib().1),
            ]);
        }
    }
    table.print(
        "Saturated",
        &format!(
            "{} connections that send again as soon as they have their reply. `of its core` near 1 says that the server is the limit; \
             far below it the broker is.",
            bench.options.connections
        ),
    );
}

/// The table of open loads at which nobody should be at their limit.
fn paced(
    bench: &Bench,
    title: &str,
    about: &str,
    servers: &[Server],
    rate: impl Fn(&Server) -> Option<f64>,
) {
    let mut table = Table::new(&[
        "server",
        "offered/s",
        "accepted/s",
        "CPU s/1000",
        "to the baseline",
        "p50 ms",
        "p99 ms",
        "p99 to the baseline",
        "p99.9 ms",
        "refused",
    ]);
    let rated: Vec<_> = servers
        .iter()
        .filter_map(|server| Some((server, rate(server)?)))
        .collect();
    let mut running = bench.start(rated.iter().map(|(server, _)| *server), "0");
    let rate = |running: &Running<'_>| {
        let mut rated = rated.iter();
        let found = rated.find(|(server, _)| server.name == running.server.name);
        found.map_or(0.0, |(_, rate)| *rate)
    };
    let title_small = title.to_lowercase();
    let rounds = bench.rounds(&title_small, &mut running, |running| {
        bench.open(running, rate(running))
    });
    for (at, server) in running.iter().enumerate() {
        let its = &rounds[at];
        table.row(vec![
            server.server.name.clone(),
            format!("{:.0}", rate(server)),
            median(its, 0, Round::rate),
            shown(its, 4, Round::cpu_per_1000),
            ratio(&running, &rounds, at, Round::cpu_per_1000),
            median(its, 2, |round| round.p50_ms),
            shown(its, 2, |round| round.p99_ms),
            ratio(&running, &rounds, at, |round| round.p99_ms),
            median(its, 2, |round| round.p999_ms),
            median(its, 0, |round| {
                (round.outcome.refused + round.outcome.unsent) as f64
            }),
        ]);
    }
    table.print(title, about);
}

fn thousand(bench: &Bench, servers: &[Server]) {
    paced(
        bench,
        "1,000 requests a second",
        "Evenly spread, whatever is answered, on as few connections as that takes; times count from when a request was due.",
        servers,
        |_| Some(1000.0),
    );
}

fn half(bench: &Bench, servers: &[Server]) {
    let all = Server::all(&bench.options);
    let rate = |server: &Server| {
        let baseline = all.iter().find(|other| other.name == server.baseline())?;
        Some(bench.rate_of(baseline)? / 2.0)
    };
    paced(
        bench,
        "Half load",
        "Half of what the baseline for the same broker took when it was saturated, offered in bursts of 250 µs.",
        &rivals(servers, bench),
        rate,
    );
}

fn overload(bench: &Bench, servers: &[Server]) {
    let mut table = Table::new(&[
        "server",
        "offered",
        "offered/s",
        "sent/s",
        "accepted/s",
        "to 1×",
        "503/s",
        "broken",
        "stored, but not 2xx",
        "p99 ms of accepted",
        "CPU s/1000",
        "MiB peak",
    ]);
    let rivals = rivals(servers, bench);
    let rates: Vec<_> = rivals
        .iter()
        .filter_map(|server| Some((server, bench.rate_of(server)?)))
        .collect();
    let mut running = bench.start(rates.iter().map(|(server, _)| *server), "0");
    let mut once: Vec<Vec<Round>> = Vec::new();
    for times in [1.0, 2.0, 4.0] {
        let rate = |running: &Running<'_>| {
            let mut rates = rates.iter();
            let found = rates.find(|(server, _)| server.name == running.server.name);
            found.map_or(0.0, |(_, rate)| rate * times)
        };
        let rounds = bench.rounds(&format!("offered {times}x"), &mut running, |running| Load {
            gives_way: true,
            ..bench.open(running, rate(running))
        });
        for (at, (server, its)) in running.iter().zip(&rounds).enumerate() {
            let pairs = once.get(at).into_iter().flatten().zip(its);
            let to_once = pairs.map(|(once, now)| now.rate() / once.rate());
            let sent = |round: &Round| round.per_s(round.outcome.sent);
            table.row(vec![
                server.server.name.clone(),
                format!("{times:.0}×"),
                format!("{:.0}", rate(server)),
                median(its, 0, sent),
                shown(its, 0, Round::rate),
                Spread::show(Spread::of(to_once), 2),
                median(its, 0, |round| round.per_s(round.outcome.refused)),
                median(its, 0, |round| {
                    (round.outcome.broken + round.outcome.unanswered) as f64
                }),
                median(its, 0, |round| round.stored_more as f64),
                median(its, 1, |round| round.p99_ms),
                median(its, 4, Round::cpu_per_1000),
                format!("{:.1}", server.memory_mib().1),
            ]);
        }
        if once.is_empty() {
            once = rounds;
        }
    }
    table.print(
        "Overload",
        "Multiples of what the server itself took when it was saturated, offered whatever it answers on up to 2,048 connections; \
         where all are waiting, a request is not sent. The client yields to server and broker, so that on few cores it sends less than \
         is offered.",
    );
}

/// This process and the brokers are on the cores from `first`.
pub fn ours(bench: &Bench, first: usize, all: usize) {
    let cores = format!("{first}-{}", all - 1);
    process::pin(std::process::id(), &cores);
    bench.brokers.pin(&cores);
}
