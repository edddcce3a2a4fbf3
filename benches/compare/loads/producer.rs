//! librdkafka's own rate.

use std::time::Duration;

use crate::brokers::{PREFIX, Place};
use crate::measure::Bench;
use crate::message;
use crate::options::PRODUCER;
use crate::process::{on_cores, output};
use crate::reference::ARGUMENT;
use crate::report::{Spread, Table};

pub fn producer(bench: &Bench) {
    if !bench.options.wants(PRODUCER) {
        return;
    }
    let mut table = Table::new(&["body", "records/s", "MB/s", "CPU s/1000"]);
    for &bytes in &bench.options.bodies {
        let mut figures = Vec::new();
        for round in 1..=bench.options.rounds {
            match produce(bench, bytes) {
                Ok(figure) => {
                    let (rate, _) = figure;
                    eprintln!("producer {bytes}, round {round}: {rate:.0} records/s");
                    figures.push(figure);
                }
                Err(error) => bench.problem(format!("{PRODUCER}: {error}")),
            }
        }
        let of = |figure: &dyn Fn(&(f64, f64)) -> f64| Spread::of(figures.iter().map(figure));
        table.row(vec![
            bytes.to_string(),
            Spread::show(of(&|(rate, _)| *rate), 0),
            Spread::show(of(&|(rate, _)| *rate * bytes as f64 / 1e6), 0),
            Spread::show(of(&|(_, cpu)| *cpu), 4),
        ]);
    }
    table.print(
        "librdkafka alone",
        "No HTTP: its producer on one core, `acks=all`, idempotent, `linger.ms=1`, 1,024 records in flight over 3 partitions.",
    );
}

/// Records a second, and CPU seconds per 1,000.
fn produce(bench: &Bench, bytes: usize) -> Result<(f64, f64), String> {
    let name = format!("{PREFIX}{}-producer", uuid::Uuid::now_v7());
    let place = Place::Kafka(vec![name.clone()]);
    bench.brokers.make(&place)?;
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = on_cores("0", this);
    command
        .args([ARGUMENT, "producer"])
        .env("HOOKFERRY_BENCH_PORT", "0")
        .env("HOOKFERRY_BENCH_SECRET", message::SECRET)
        .env("HOOKFERRY_BENCH_KAFKA", &bench.brokers.kafka)
        .env("HOOKFERRY_BENCH_RABBITMQ", &bench.brokers.rabbitmq)
        .env("HOOKFERRY_BENCH_NAME", &name)
        .env("HOOKFERRY_BENCH_BODY_BYTES", bytes.to_string())
        .env("HOOKFERRY_BENCH_SECONDS", bench.seconds(bytes).to_string());
    let said = output(&mut command, Duration::from_secs(60));
    let count = bench.brokers.count(&place);
    bench.brokers.forget(&place);
    let said = said?;
    let fields: Vec<f64> = said
        .split_whitespace()
        .filter_map(|field| field.parse().ok())
        .collect();
    let [sent, all, seconds, cpu] = fields[..] else {
        return Err(format!("it said {said}"));
    };
    let stored = count?.in_topics;
    if stored as f64 != all {
        return Err(format!("{all} reports of success, {stored} records stored"));
    }
    Ok((sent / seconds, cpu * 1000.0 / sent))
}
