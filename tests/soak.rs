//! Long runs, by hand: a broker that is away for ten minutes, and an hour of accidents.
//!
//! `tests/run --test soak -- --ignored --nocapture`; `HOOKFERRY_TEST_MINUTES` makes each of them
//! longer or shorter.

#![allow(
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

mod support;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use support::brokers::{Private, Which};
use support::daemon::{Daemon, config};
use support::github::SECRET;
use support::oracle::{self, Load, Reader, Siege};
use support::proxy::{Mode, Proxy};
use support::random::Random;
use support::watched::{Sample, Watch, span};
use support::{Folder, free_port, rabbitmq, run_id};

const REPLY_WITHIN: Duration = Duration::from_secs(2);

fn minutes(default: u64) -> Duration {
    let set = std::env::var("HOOKFERRY_TEST_MINUTES").ok();
    let minutes = set.map_or(default, |text| text.parse().expect("a whole number"));
    Duration::from_secs(60 * minutes)
}

/// A broker, and the link to it.
struct Side {
    which: Which,
    broker: Private,
    proxy: Proxy,
    name: String,
    reader: Reader,
}

impl Side {
    async fn new(which: Which, broker: Private) -> Self {
        let (address, name) = (broker.address(), run_id());
        let proxy = match which {
            Which::Kafka => Proxy::before_kafka(address.clone()).await,
            Which::Rabbitmq => {
                rabbitmq::declare(&address, &name, &name, "push");
                broker.keeps_definitions();
                Proxy::start(rabbitmq::host_of(&address)).await
            }
        };
        Self {
            which,
            proxy,
            reader: Reader::new(which, &address, &name),
            broker,
            name,
        }
    }

    /// What its sink and source are called.
    const fn word(&self) -> &'static str {
        match self.which {
            Which::Kafka => "kafka",
            Which::Rabbitmq => "rabbitmq",
        }
    }

    /// Where the daemon is to find it.
    fn address(&self) -> String {
        match self.which {
            Which::Kafka => self.proxy.address().to_string(),
            Which::Rabbitmq => rabbitmq::url_at(&self.broker.address(), self.proxy.address()),
        }
    }

    fn path(&self) -> String {
        format!("/webhooks/{}", self.word())
    }

    fn siege(&self, listen: SocketAddr, keys: usize, pause: Duration) -> Siege {
        let load = Load::new(&self.path(), &run_id(), keys, pause);
        Siege::with(listen, load)
    }
}

/// A daemon's place, with a spool and a source for each broker.
struct Place {
    listen: SocketAddr,
    folder: Folder,
}

impl Place {
    fn new() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], free_port())),
            folder: Folder::new(),
        }
    }

    fn start(&self, sides: &[Side]) -> Daemon {
        let (mut sinks, mut sources, mut env) = (json!({}), json!({}), Vec::new());
        env.push(("GITHUB_SECRET", SECRET.to_owned()));
        for side in sides {
            let word = side.word();
            sinks[word] = oracle::sink(side.which, &side.address(), &side.name);
            sources[word] = json!({
                "provider": "github", "path": side.path(), "sinks": [word],
                "secrets": [{ "env": "GITHUB_SECRET" }],
            });
            if side.which == Which::Rabbitmq {
                env.push(("RABBITMQ_URL", side.address()));
            }
        }
        let reply_within_ms = u64::try_from(REPLY_WITHIN.as_millis()).unwrap();
        let config: Value = config(json!({
            "listen": self.listen.to_string(),
            "limits": { "reply_within_ms": reply_within_ms },
            "spool": { "path": self.folder.path().display().to_string(), "takeover_ms": 500 },
            "sinks": sinks,
            "sources": sources,
        }));
        let env: Vec<_> = env
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        Daemon::start(config, &env)
    }
}

fn memory(samples: &[Sample]) -> String {
    let resident = span(samples.iter().map(|it| it.resident)).unwrap();
    let descriptors = span(samples.iter().map(|it| it.descriptors as u64)).unwrap();
    format!("resident, KiB: {resident:?}; descriptors: {descriptors:?}")
}

// --- A long outage

const OUTAGE_KEYS: usize = 64;
/// Some 400 events a second.
const OUTAGE_PAUSE: Duration = Duration::from_millis(155);

/// For ten minutes every event is answered 2xx and kept, in flat memory; then all of them are
/// published in their order.
async fn a_long_outage(which: Which) {
    let away = minutes(10);
    let side = [Side::new(which, Private::start(which).await).await];
    let place = Place::new();
    let daemon = place.start(&side);
    daemon.ready().await;
    let [mut side] = side;
    let watch = Watch::start(daemon.id());
    let siege = side.siege(place.listen, OUTAGE_KEYS, OUTAGE_PAUSE);
    siege.accepts(4000).await;
    let before = watch.now();
    side.broker.kill();
    let began = Instant::now();
    let mut said = Instant::now();
    while began.elapsed() < away {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if said.elapsed() > Duration::from_secs(60) {
            said = Instant::now();
            println!(
                "{which:?}, {:?} away: {} accepted, {} refused; {:?}",
                began.elapsed(),
                siege.accepted(),
                siege.refused(),
                watch.now()
            );
        }
    }
    let during = watch.samples(daemon.id());
    let metric = async |name: &str| daemon.of_sink(name, side.word()).await.unwrap();
    let backlog = metric("hookferry_spool_entries").await;
    let bytes = metric("hookferry_spool_bytes").await;
    println!("{which:?}: backlog {backlog} events, {bytes} bytes");
    println!("{which:?}: before {before:?}; {}", memory(&during));
    side.broker.start_again();
    let back = Instant::now();
    let mut said = Instant::now();
    // Both count what is drained; what was confirmed besides went directly.
    let direct = async || {
        let drained = metric("hookferry_spool_drained_total").await;
        metric("hookferry_records_confirmed_total")
            .await
            .saturating_sub(drained)
    };
    let direct_before = direct().await;
    let mut first_direct = None;
    loop {
        let waiting = metric("hookferry_spool_entries").await;
        // What is on its way is confirmed before it is counted as drained.
        if first_direct.is_none() && direct().await > direct_before + 300 {
            first_direct = Some(back.elapsed());
        }
        if waiting == 0 {
            break;
        }
        if said.elapsed() > Duration::from_secs(5) {
            said = Instant::now();
            let (back, now) = (back.elapsed(), watch.now());
            println!("{which:?}, {back:?} back: {waiting} wait; {now:?}");
        }
        assert!(back.elapsed() < away, "it drains no faster than it gathers");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let empty = back.elapsed();
    siege.accepts(4000).await;
    let direct_after = direct().await.saturating_sub(direct_before);
    let after = watch.now();
    let all = watch.samples(daemon.id());
    let account = siege.end().await;
    daemon.drained(side.word()).await;
    let verdict = account.judge(&side.reader.more().await);
    println!(
        "{which:?}: {away:?} away; backlog {backlog} events in {bytes} bytes; back: first direct \
         after {first_direct:?}, empty after {empty:?}, so {:.0} a second, and then {direct_after} of \
         4000 direct; before {before:?}, after \
         {after:?}; all the time {}; {verdict:?}; {:?}",
        (backlog as f64) / empty.as_secs_f64(),
        memory(&all),
        account.tally()
    );
    assert_eq!(verdict.accepted, verdict.sent, "{:?}", account.tally());
    assert!(verdict.slowest < REPLY_WITHIN, "{verdict:?}");
    // From the first minute of the outage to its last.
    let minute = Duration::from_secs(60);
    let first = during.iter().filter(|it| it.at < minute * 2);
    let late = during.iter().filter(|it| it.at + minute > away);
    let first = span(first.map(|it| it.resident)).unwrap();
    let late = span(late.map(|it| it.resident)).unwrap();
    assert!(
        late.highest < first.highest + (32 << 10),
        "memory grew with the backlog: {first:?}, {late:?}"
    );
    assert!(
        after.descriptors < before.descriptors + 16,
        "{before:?}, {after:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it takes a quarter of an hour"]
async fn ten_minutes_without_kafka_cost_no_event_and_no_refusal() {
    a_long_outage(Which::Kafka).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it takes a quarter of an hour"]
async fn ten_minutes_without_rabbitmq_cost_no_event_and_no_refusal() {
    a_long_outage(Which::Rabbitmq).await;
}

// --- An hour of accidents

const SOAK_KEYS: usize = 24;
/// Some 120 events a second for each broker.
const SOAK_PAUSE: Duration = Duration::from_millis(200);
const FAULT_EVERY: Duration = Duration::from_secs(30);
/// After so many faults all is judged.
const FAULTS_A_WINDOW: usize = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// kill -9 of a broker, which is started again after a while.
    Kill(usize, Duration),
    /// SIGSTOP of a broker for a while.
    Pause(usize, Duration),
    /// Every connection is reset.
    Cut(usize),
    /// Nothing passes on the link for a while.
    Stall(usize, Duration),
    /// Cut, and no new connections for a while.
    Refuse(usize, Duration),
    /// Both brokers hang at the same time.
    PauseBoth(Duration),
    /// kill -9 of the daemon, which is started again at once.
    KillDaemon,
    /// SIGTERM of the daemon, which ends by itself and is started again.
    EndDaemon,
    /// kill -9 of a broker and the daemon at the same moment; the daemon is back first.
    KillWithDaemon(usize, Duration),
}

impl Fault {
    fn any(random: &mut Random, with_daemon: bool) -> Self {
        let kinds = if with_daemon { 13 } else { 9 };
        let side = random.below(2);
        let while_ = Duration::from_millis(u64::try_from(200 + random.below(15_000)).unwrap());
        match random.below(kinds) {
            0 | 1 => Self::Kill(side, while_),
            2 | 3 => Self::Pause(side, while_),
            4 => Self::Cut(side),
            5 | 6 => Self::Stall(side, while_),
            7 => Self::Refuse(side, while_),
            8 => Self::PauseBoth(while_),
            9 | 10 => Self::KillDaemon,
            11 => Self::EndDaemon,
            _ => Self::KillWithDaemon(side, while_),
        }
    }

    async fn happens(self, sides: &[Side], place: &Place, daemon: &mut Daemon) {
        let wait = tokio::time::sleep;
        match self {
            Self::Kill(side, while_) => {
                sides[side].broker.kill();
                wait(while_).await;
                sides[side].broker.start_again();
            }
            Self::Pause(side, while_) => {
                sides[side].broker.pause();
                wait(while_).await;
                sides[side].broker.resume();
            }
            Self::Cut(side) => sides[side].proxy.cut(),
            Self::Stall(side, while_) => {
                sides[side].proxy.set(Mode::Stall);
                wait(while_).await;
                sides[side].proxy.set(Mode::Pass);
            }
            Self::Refuse(side, while_) => {
                sides[side].proxy.set(Mode::Refuse);
                sides[side].proxy.cut();
                wait(while_).await;
                sides[side].proxy.set(Mode::Pass);
            }
            Self::PauseBoth(while_) => {
                sides.iter().for_each(|side| side.broker.pause());
                wait(while_).await;
                sides.iter().for_each(|side| side.broker.resume());
            }
            Self::KillDaemon => {
                daemon.kill();
                *daemon = place.start(sides);
            }
            Self::EndDaemon => {
                daemon.terminate();
                let ended = daemon.wait(Duration::from_secs(30));
                assert!(ended.status.success(), "{ended:?}");
                *daemon = place.start(sides);
            }
            Self::KillWithDaemon(side, while_) => {
                daemon.signal("KILL");
                sides[side].broker.kill();
                daemon.wait(Duration::from_secs(10));
                *daemon = place.start(sides);
                wait(while_).await;
                sides[side].broker.start_again();
            }
        }
    }
}

/// In the first quarter the daemon is killed and ended as well; then it lives on, so that its memory can
/// be judged: in the last third of the whole it is what it was in the third before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "it takes an hour"]
async fn an_hour_of_accidents_costs_no_event() {
    let whole = minutes(60);
    let mut random = Random::new();
    let [kafka, rabbit] = Private::both().await;
    let mut sides = [
        Side::new(Which::Kafka, kafka).await,
        Side::new(Which::Rabbitmq, rabbit).await,
    ];
    let place = Place::new();
    let mut daemon = place.start(&sides);
    daemon.ready().await;
    let watch = Watch::start(daemon.id());
    let began = Instant::now();
    let mut totals: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let mut faults: BTreeMap<String, usize> = BTreeMap::new();
    let mut at_rest: Vec<(Duration, Sample)> = Vec::new();
    while began.elapsed() < whole {
        let lives_on = began.elapsed() > whole / 4;
        let sieges = sides
            .each_ref()
            .map(|side| side.siege(place.listen, SOAK_KEYS, SOAK_PAUSE));
        for _ in 0..FAULTS_A_WINDOW {
            let next = Instant::now() + FAULT_EVERY;
            tokio::time::sleep(Duration::from_secs(2)).await;
            let fault = Fault::any(&mut random, !lives_on);
            println!("{:?}: {fault:?}; {:?}", began.elapsed(), watch.now());
            fault.happens(&sides, &place, &mut daemon).await;
            watch.turn_to(daemon.id());
            let kind = format!("{fault:?}");
            let kind = kind.split('(').next().unwrap();
            *faults.entry(kind.to_owned()).or_default() += 1;
            tokio::time::sleep_until(next.into()).await;
        }
        for (side, siege) in sides.iter_mut().zip(sieges) {
            let account = siege.end().await;
            daemon.drained(side.word()).await;
            let tally = account.tally();
            let verdict = account.judge(&side.reader.more().await);
            println!("{:?}: {verdict:?}; {tally:?}", side.which);
            let known = |status: &u16| *status == 200 || (*status == 0 && !lives_on);
            assert!(
                tally.keys().all(|(status, _)| known(status)),
                "some were refused"
            );
            let total = totals.entry(side.word()).or_default();
            let more = [
                verdict.sent,
                verdict.accepted,
                verdict.stored,
                verdict.duplicates,
            ];
            for (total, more) in total.iter_mut().zip(more) {
                *total += more;
            }
        }
        let sample = watch.now();
        println!("{:?}: at rest {sample:?}", began.elapsed());
        if lives_on {
            at_rest.push((began.elapsed(), sample));
        }
    }
    let samples = watch.samples(daemon.id());
    println!(
        "{:?} of accidents: {faults:?}; sent, accepted, stored, duplicates: {totals:?}; the last \
         daemon in {} s: {}; at rest {at_rest:?}",
        began.elapsed(),
        samples.len(),
        memory(&samples)
    );
    let third = |from: u32| {
        let within = whole * from / 3..whole * (from + 1) / 3 + 2 * FAULT_EVERY;
        let samples = at_rest.iter().filter(|(at, _)| within.contains(at));
        let samples: Vec<_> = samples.map(|(_, sample)| sample).collect();
        let resident = span(samples.iter().map(|it| it.resident));
        let descriptors = span(samples.iter().map(|it| it.descriptors as u64));
        resident.zip(descriptors)
    };
    let (Some((before, files_before)), Some((after, files_after))) = (third(1), third(2)) else {
        println!("too short to judge memory: it takes half an hour");
        return;
    };
    assert!(
        after.highest <= before.highest + (8 << 10),
        "memory grew: {before:?}, {after:?}"
    );
    assert!(
        files_after.highest <= files_before.highest + 8,
        "descriptors grew: {files_before:?}, {files_after:?}"
    );
}
