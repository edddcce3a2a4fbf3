//! Whether comparing a secret takes a time that tells of it. A test by statistics, after Reparaz, Balasch,
//! Verbauwhede: "Dude, is my code constant time?" (DATE 2017, <https://eprint.iacr.org/2016/1123>): two
//! classes of forgeries in a random order, a time for each, and Welch's t-test of the two, of all times and
//! of those below each of many percentiles. A |t| beyond 4.5 would be a difference that no chance makes.
//!
//! What is to be seen is what a forgery has to do with the secret, and nothing else that one class might
//! have and the other not:
//!
//! - Every sample has a secret of its own, so that both classes' forgeries are digits that chance has
//!   drawn. A class whose forgeries are all the same text, beside one whose are not, differs in how well
//!   the processor foresees the reading of that text.
//! - A batch of requests is made before the first of it is looked at, by the same steps for both classes,
//!   so that neither the order of allocations nor the branches just taken tell the class.
//! - Two classes of forgeries of nobody's secret, made in the same way, have to be within the bound, or the
//!   run shows nothing. Controls compare with `==`, and have to be beyond it.
//!
//! ```text
//! nice -n -5 taskset -c 1 cargo bench --bench constant_time
//! ```
//!
//! `HOOKFERRY_BENCH_SAMPLES` (1000000), `HOOKFERRY_BENCH_ONLY`, a part of names, and `HOOKFERRY_TEST_SEED`
//! may be set. Exits with 1 when something is beyond the bound that should not be, or a control is not.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    missing_debug_implementations,
    unreachable_pub,
    reason = "a bench that cannot go on says so and stops"
)]

use std::cell::{Cell, RefCell};
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::FutureExt as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hookferry::accept::Received;
use hookferry::authenticate::{Arrival, Mac, Secret, authenticate};
use hookferry::inspect::{Asked, Facts, Inspector, Onlooker};
use hookferry::settings::compile::{Endpoint, Operator, endpoint};
use hookferry::settings::{Settings, load_with, providers};
use hookferry::synthetic::{self, Marked};
use hookferry::time::UnixTime;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use sha2::Sha256;

/// Beyond it a difference is none of chance.
const BOUND: f64 = 4.5;
/// How many crops there are beside none, as in the authors' own program.
const CROPS: usize = 100;
/// Times of these are used to see where to crop, and for nothing else.
const WARM_UP: usize = 10_000;
/// How many inputs are made before the first of them is used: fewer than the inspector keeps sessions.
const BATCH: usize = 50;
/// How often a bare comparison is made in one sample, for it is shorter than a look at the clock.
const AGAIN: usize = 8;
/// Of a crop with fewer times in a class nothing is said.
const FEWEST: f64 = 10_000.0;
const NOW: UnixTime = UnixTime::from_seconds(1_767_225_600);

/// 64 hexadecimal digits: what people use for tokens, and what HMAC-SHA-256 is in hex.
type Digits = [u8; 64];

/// SplitMix64 (<https://prng.di.unimi.it/splitmix64.c> describes it).
struct Random(u64);

impl Random {
    fn seeded() -> Self {
        let seed = std::env::var("HOOKFERRY_TEST_SEED").ok();
        let seed = seed.map(|text| text.parse().expect("HOOKFERRY_TEST_SEED is a number"));
        let clock = SystemTime::now().duration_since(UNIX_EPOCH);
        let clock = clock.expect("the clock is past 1970").subsec_nanos();
        let seed = seed.unwrap_or(u64::from(clock));
        println!("HOOKFERRY_TEST_SEED={seed}");
        Self(seed)
    }

    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn digits(&mut self) -> Digits {
        let words: [u64; 4] = std::array::from_fn(|_| self.word());
        std::array::from_fn(|at| digit(words[at / 16] >> (at % 16 * 4)))
    }
}

/// The lowest four bits of a word as a digit.
fn digit(word: u64) -> u8 {
    b"0123456789abcdef"[usize::try_from(word & 15).expect("it is below 16")]
}

fn text(digits: &Digits) -> &str {
    std::str::from_utf8(digits).expect("digits are text")
}

/// Which two kinds of forgeries are told apart.
#[derive(Clone, Copy, PartialEq)]
enum Classes {
    /// The first letter is wrong; the last is.
    FirstOrLast,
    /// All is right but the last letter; that of another secret.
    OwnOrOther,
    /// That of another secret; that of a third one. There is nothing to tell.
    Null,
}

impl Classes {
    const ALL: [Self; 3] = [Self::FirstOrLast, Self::OwnOrOther, Self::Null];

    const fn name(self) -> &'static str {
        match self {
            Self::FirstOrLast => "first or last letter wrong",
            Self::OwnOrOther => "right but for one, or another's",
            Self::Null => "nobody's either way",
        }
    }

    /// A forgery of `own`. Whatever the classes, it is 64 digits drawn at random, and made in the same steps.
    fn forge(self, own: &Digits, is_second: bool, random: &mut Random) -> Digits {
        let (other, third) = (random.digits(), random.digits());
        let (bases, wrong) = match self {
            Self::FirstOrLast => ([own, own], [0, 63]),
            Self::OwnOrOther => ([own, &other], [63, 63]),
            Self::Null => ([&other, &third], [63, 63]),
        };
        let mut forged = *bases[usize::from(is_second)];
        let place = &mut forged[wrong[usize::from(is_second)]];
        let value = (*place & 15) + 9 * (*place >> 6);
        *place = digit(u64::from(value) + 1 + random.word() % 15);
        forged
    }
}

/// Welch's t of what is added.
#[derive(Clone, Copy, Default)]
struct Welch {
    count: [f64; 2],
    mean: [f64; 2],
    squares: [f64; 2],
}

impl Welch {
    /// Welford's way to add one.
    fn add(&mut self, is_second: bool, time: f64) {
        let [count, mean, squares] =
            [&mut self.count, &mut self.mean, &mut self.squares].map(|both| {
                if is_second {
                    &mut both[1]
                } else {
                    &mut both[0]
                }
            });
        *count += 1.0;
        let before = time - *mean;
        *mean += before / *count;
        *squares += before * (time - *mean);
    }

    fn t(&self) -> Option<f64> {
        if self.count.iter().any(|count| *count < FEWEST) {
            return None;
        }
        let [first, second] =
            [0, 1].map(|at| self.squares[at] / (self.count[at] - 1.0) / self.count[at]);
        let spread = (first + second).sqrt();
        (spread > 0.0).then(|| (self.mean[0] - self.mean[1]) / spread)
    }
}

/// How a sample's forgery is made of what would be right.
#[derive(Clone, Copy)]
enum Forge {
    /// Not at all, to see that it would be taken.
    Right,
    As(Classes, bool),
}

impl Forge {
    fn of(self, own: &Digits, random: &mut Random) -> Digits {
        match self {
            Self::Right => *own,
            Self::As(classes, is_second) => classes.forge(own, is_second, random),
        }
    }
}

/// What is looked at: what one side is made to hold, what a stranger sends to it, and whether it is taken.
struct Subject<'s, H, I> {
    name: &'s str,
    /// Both, of a secret that is new each time.
    make: &'s dyn Fn(&mut Random, Forge) -> (H, I),
    hold: &'s mut dyn FnMut(H),
    /// This alone is timed.
    takes: &'s mut dyn FnMut(I) -> bool,
}

impl<H, I> Subject<'_, H, I> {
    /// Appends a batch of times, each with its class.
    fn time(&mut self, classes: Classes, random: &mut Random, times: &mut Vec<(bool, u32)>) {
        let made: Vec<_> = (0..BATCH)
            .map(|_| {
                let is_second = random.word() & 1 == 1;
                let (held, input) = (self.make)(random, Forge::As(classes, is_second));
                (is_second, held, input)
            })
            .collect();
        for (is_second, held, input) in made {
            (self.hold)(held);
            let began = Instant::now();
            let taken = (self.takes)(input);
            let time = began.elapsed();
            assert!(!taken, "{}: a forgery was taken", self.name);
            let time = u32::try_from(time.as_nanos()).unwrap_or(u32::MAX);
            times.push((is_second, time));
        }
    }
}

/// What the times of two classes tell.
struct Found {
    means: [f64; 2],
    /// |t| of all times.
    all: f64,
    /// The largest |t| of all crops, and of how many nanoseconds that crop is.
    most: (f64, u32),
}

fn compare<H, I>(
    subject: &mut Subject<'_, H, I>,
    classes: Classes,
    samples: usize,
    random: &mut Random,
) -> Found {
    let mut times = Vec::with_capacity(WARM_UP.max(BATCH));
    while times.len() < WARM_UP {
        subject.time(classes, random, &mut times);
    }
    let mut first: Vec<_> = times.drain(..).map(|(_, time)| time).collect();
    first.sort_unstable();
    // At which percentiles to crop: close to all of it first, and ever less (dudect.h, prepare_percentiles).
    let crops = (1..=CROPS).map(|at| {
        let share = 1.0 - 0.5_f64.powf(10.0 * at as f64 / CROPS as f64);
        let at = (share * (first.len() - 1) as f64).round() as usize;
        first.get(at).copied().expect("a share is at most 1")
    });
    let crops: Vec<u32> = crops.chain([u32::MAX]).collect();
    let mut tests = vec![Welch::default(); crops.len()];
    for _ in 0..samples.div_ceil(BATCH) {
        subject.time(classes, random, &mut times);
        for (is_second, time) in times.drain(..) {
            for (test, crop) in tests.iter_mut().zip(&crops) {
                if time <= *crop {
                    test.add(is_second, f64::from(time));
                }
            }
        }
    }
    let t = |test: &Welch| test.t().map_or(0.0, f64::abs);
    let all = tests.last().expect("there is one of all times");
    let most =
        tests.iter().map(t).zip(crops).fold(
            (0.0, 0),
            |most, next| {
                if next.0 > most.0 { next } else { most }
            },
        );
    Found {
        means: all.mean,
        all: t(all),
        most,
    }
}

/// What is held against what, and how.
struct Bench {
    samples: usize,
    only: String,
    random: Random,
    /// What should have been within the bound and is not, or the other way round.
    wrong: Vec<String>,
}

impl Bench {
    fn look_at<H, I>(&mut self, subject: Subject<'_, H, I>) {
        self.look(subject, false);
    }

    /// `==` is in it, and has to be found.
    fn control<H, I>(&mut self, subject: Subject<'_, H, I>) {
        self.look(subject, true);
    }

    fn look<H, I>(&mut self, mut subject: Subject<'_, H, I>, tells: bool) {
        if !subject.name.contains(&self.only) {
            return;
        }
        let (held, input) = (subject.make)(&mut self.random, Forge::Right);
        (subject.hold)(held);
        let taken = (subject.takes)(input);
        assert!(taken, "{}: the right one is not taken", subject.name);
        for classes in Classes::ALL {
            let found = compare(&mut subject, classes, self.samples, &mut self.random);
            let name = format!("{}: {}", subject.name, classes.name());
            let ([first, second], (most, crop)) = (found.means, found.most);
            println!(
                "{name:72} {first:8.1} ns {second:8.1} ns   |t| of all {:7.2}   most of all crops {most:7.2} (to {crop} ns)",
                found.all
            );
            if (most > BOUND) != (tells && classes != Classes::Null) {
                self.wrong.push(name);
            }
        }
    }

    /// A source whose secret is `secret` of the digits.
    fn tokens(
        &mut self,
        name: &str,
        provider: &str,
        secret: impl Fn(&str) -> String,
        request: impl Fn(&str) -> Received,
    ) {
        let source = RefCell::new(source(provider, &secret(text(&self.random.digits()))));
        self.look_at(Subject {
            name,
            make: &|random, forge| {
                let own = random.digits();
                let held = Secret::new(secret(text(&own)));
                (held, request(text(&forge.of(&own, random))))
            },
            hold: &mut |held| source.borrow_mut().scheme.secrets[0] = held,
            takes: &mut |received| delivers(&source.borrow(), received),
        });
    }
}

fn delivers(source: &Endpoint, received: Received) -> bool {
    let arrival = authenticate(&source.scheme, received, NOW, &mut ());
    matches!(arrival, Ok(Arrival::Delivery(_)))
}

fn source(provider: &str, secret: &str) -> Endpoint {
    let preset = providers::load(provider)
        .expect("it is embedded")
        .expect("it is YAML");
    let preset = providers::parse(preset).expect("it is a preset");
    let operator = Operator {
        name: "bench".to_owned(),
        uri: "/bench".to_owned(),
        secrets: vec![secret.to_owned()],
        strict: true,
        ..Operator::default()
    };
    endpoint(&preset, &operator).expect("it is whole")
}

fn received(target: &str, headers: &[(&'static str, String)], body: impl Into<Bytes>) -> Received {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).expect("it can be sent");
        map.insert(HeaderName::from_static(name), value);
    }
    let uri = target.parse().expect("it is a target");
    Received::new(Method::POST, uri, map, body.into(), NOW)
}

const BODY: &[u8] = br#"{"id":"1","type":"push","object_kind":"push","data":{"some":"thing"}}"#;

/// A body that nobody has sent before, so that its MAC is one that nobody knows.
fn body(random: &mut Random) -> String {
    let thing = random.digits();
    format!(
        r#"{{"id":"1","type":"push","data":{{"some":"{}"}}}}"#,
        text(&thing)
    )
}

fn bearer(given: &str) -> Received {
    let token = format!("Bearer {given}");
    received("/bench", &[("authorization", token)], BODY)
}

fn controls(bench: &mut Bench) {
    let own = Cell::new([0; 64]);
    bench.control(Subject {
        name: "control: == on slices",
        make: &|random, forge| {
            let own = random.digits();
            (own, forge.of(&own, random))
        },
        hold: &mut |held| own.set(held),
        takes: &mut |given: Digits| {
            let own = own.get();
            (0..AGAIN).fold(true, |all, _| {
                all & (black_box(&own[..]) == black_box(&given[..]))
            })
        },
    });
    // In a whole request, to see how small a difference shows there.
    let source = RefCell::new(source("generic-bearer", text(&bench.random.digits())));
    bench.control(Subject {
        name: "control: a bearer's token, and == byte by byte",
        make: &|random, forge| {
            let own = random.digits();
            let given = forge.of(&own, random);
            ((Secret::new(own), own), (bearer(text(&given)), given))
        },
        hold: &mut |(secret, digits)| {
            source.borrow_mut().scheme.secrets[0] = secret;
            own.set(digits);
        },
        takes: &mut |(received, given): (Received, Digits)| {
            let equal = black_box(&own.get()).iter().eq(black_box(&given).iter());
            delivers(&source.borrow(), received) & equal
        },
    });
}

fn bare(bench: &mut Bench) {
    let held = RefCell::new(Secret::new(""));
    bench.look_at(Subject {
        name: "a token",
        make: &|random, forge| {
            let own = random.digits();
            (Secret::new(own), forge.of(&own, random))
        },
        hold: &mut |own| *held.borrow_mut() = own,
        takes: &mut |given: Digits| {
            let own = held.borrow();
            (0..AGAIN).fold(true, |all, _| all & black_box(&*own).is(black_box(&given)))
        },
    });
    let held = RefCell::new(Mac::new(""));
    bench.look_at(Subject {
        name: "a MAC",
        make: &|random, forge| {
            let own = random.digits();
            (Mac::new(own), forge.of(&own, random))
        },
        hold: &mut |own| *held.borrow_mut() = own,
        takes: &mut |given: Digits| {
            let own = held.borrow();
            (0..AGAIN).fold(true, |all, _| {
                all & black_box(&*own).fits(black_box(&given))
            })
        },
    });
}

fn sources(bench: &mut Bench) {
    let github = source("github", text(&bench.random.digits()));
    let secret = github.scheme.secrets[0].clone();
    bench.look_at(Subject {
        name: "github's HMAC",
        make: &|random, forge| {
            let body = body(random);
            let mac = Hmac::<Sha256>::new_from_slice(secret.reveal()).expect("any key is one");
            let mac = mac.chain_update(&body).finalize().into_bytes();
            let given = forge.of(&digits(&hex::encode(mac)), random);
            let headers = [
                ("x-hub-signature-256", format!("sha256={}", text(&given))),
                ("x-github-event", "push".to_owned()),
            ];
            ((), received("/bench", &headers, body))
        },
        hold: &mut |()| {},
        takes: &mut |received| delivers(&github, received),
    });
    bench.tokens("gitlab's token", "gitlab", str::to_owned, |given| {
        let headers = [
            ("x-gitlab-token", given.to_owned()),
            ("x-gitlab-event", "Push Hook".to_owned()),
        ];
        received("/bench", &headers, BODY)
    });
    bench.tokens(
        "a token in the query",
        "generic-api-key-query",
        str::to_owned,
        |given| received(&format!("/bench?api_key={given}"), &[], BODY),
    );
    bench.tokens("a bearer's token", "generic-bearer", str::to_owned, bearer);
    let pair = |given: &str| format!("user:{given}");
    bench.tokens("basic authentication", "generic-basic", pair, |given| {
        let both = STANDARD.encode(pair(given));
        received(
            "/bench",
            &[("authorization", format!("Basic {both}"))],
            BODY,
        )
    });
}

fn digits(text: &str) -> Digits {
    text.as_bytes().try_into().expect("it has 64 digits")
}

fn check_mark(bench: &mut Bench) {
    let github = source("github", text(&bench.random.digits()));
    bench.look_at(Subject {
        name: "a check's mark",
        make: &|random, forge| {
            let body = body(random);
            let marked = Marked {
                source: "bench",
                tenant: None,
                body: body.as_bytes(),
            };
            let mark = synthetic::mark(&github.scheme, marked, "run-1", NOW);
            let mark = mark.expect("it has a secret");
            let mark = mark.to_str().expect("it is text");
            let (begin, right) = mark.rsplit_once('=').expect("it ends in the tag");
            let given = forge.of(&digits(right), random);
            let given = format!("{begin}={}", text(&given));
            ((), received("/bench", &[(synthetic::HEADER, given)], body))
        },
        hold: &mut |()| {},
        takes: &mut |received| {
            synthetic::run_of(&github.scheme, "bench", None, &received).is_some()
        },
    });
}

const CONFIG: &str = r#"{
    "listen": "127.0.0.1:0",
    "admin": { "listen": "127.0.0.1:9090", "inspector": { "enabled": true, "token": { "env": "TOKEN" } } },
    "sinks": { "kafka": { "type": "kafka", "brokers": "127.0.0.1:1" } },
    "sources": { "bench": { "provider": "gitlab", "path": "/bench", "secrets": [{ "env": "TOKEN" }] } }
}"#;

/// Settings with an inspector.
fn settings() -> Settings {
    let name = format!("hookferry-constant-time-{}.json", std::process::id());
    let file = std::env::temp_dir().join(name);
    std::fs::write(&file, CONFIG).expect("the temporary folder takes a file");
    let token = "0123456789abcdef0123456789abcdef";
    let environment = [("TOKEN".to_owned(), token.to_owned())];
    let loaded = load_with(Some(&file), &environment.into_iter().collect());
    let _ = std::fs::remove_file(&file);
    loaded.expect("it is whole").settings
}

/// The name and the value of the cookie that an answer sets.
fn cookie(headers: &HeaderMap) -> (String, Digits) {
    let cookie = headers.get(SET_COOKIE).expect("a session has a cookie");
    let cookie = cookie.to_str().expect("it is text").split(';').next();
    let pair = cookie.and_then(|it| it.split_once('='));
    let (name, value) = pair.expect("it has a value");
    (name.to_owned(), digits(value))
}

fn inspector(bench: &mut Bench) {
    let settings = RefCell::new(settings());
    let own = settings.borrow().inspector.clone();
    let admin = ([127, 0, 0, 1], 9090).into();
    let inspector = Inspector::start(own.expect("it is on"), admin, admin).expect("it starts");
    let ask = |asked: Asked| {
        let inspector = Arc::clone(&inspector);
        let answer = async move { inspector.answer(asked).await }.now_or_never();
        answer.expect("it waits for nothing")
    };
    let asked = |method, path: &'static str, name, value: &str, body: String| Asked {
        method,
        uri: path.parse().expect("it is a path"),
        headers: HeaderMap::from_iter([(name, HeaderValue::from_str(value).expect("it is text"))]),
        body: body.into(),
        is_tls: false,
    };
    let state = "/inspector/api/state";
    let bearer = |given: &str| {
        let given = format!("Bearer {given}");
        asked(Method::GET, state, AUTHORIZATION, &given, String::new())
    };
    let form = |given: &str| {
        let form = format!(r#"{{"token":"{given}"}}"#);
        let path = "/inspector/api/session";
        asked(Method::POST, path, CONTENT_TYPE, "application/json", form)
    };
    let hold = |token: &Digits| {
        let mut settings = settings.borrow_mut();
        let own = settings.inspector.as_mut().expect("it is on");
        own.access.token = Some(Secret::new(*token));
        Onlooker::new(&inspector, Facts::of(&settings)).takes_over();
    };
    for (name, request) in [
        ("the inspector's token", &bearer as &dyn Fn(&str) -> Asked),
        ("the inspector's token, in a form", &form),
    ] {
        bench.look_at(Subject {
            name,
            make: &|random, forge| {
                let own = random.digits();
                (own, request(text(&forge.of(&own, random))))
            },
            hold: &mut |own| hold(&own),
            takes: &mut |asked| ask(asked).status != 401,
        });
    }
    let token = bench.random.digits();
    hold(&token);
    let before = Cell::new(None);
    bench.look_at(Subject {
        name: "a session's cookie",
        make: &|random, forge| {
            let (name, own) = cookie(&ask(form(text(&token))).headers);
            let shown = |value: &Digits| format!("{name}={}", text(value));
            let path = "/inspector/api/session";
            let end = asked(Method::DELETE, path, COOKIE, &shown(&own), String::new());
            let given = shown(&forge.of(&own, random));
            (
                end,
                asked(Method::GET, state, COOKIE, &given, String::new()),
            )
        },
        // A session is there already; the one before it ends, for no more than 64 are kept.
        hold: &mut |end| drop(before.replace(Some(end)).map(&ask)),
        takes: &mut |asked| ask(asked).status == 200,
    });
}

fn main() -> ExitCode {
    // `cargo test --benches` runs it too, and wants no figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let samples = std::env::var("HOOKFERRY_BENCH_SAMPLES").ok();
    let samples = samples.map_or(1_000_000, |text| text.parse().expect("a number of samples"));
    let mut bench = Bench {
        samples,
        only: std::env::var("HOOKFERRY_BENCH_ONLY").unwrap_or_default(),
        random: Random::seeded(),
        wrong: Vec::new(),
    };
    println!("{samples} samples each; the means of both classes, and Welch's t\n");
    controls(&mut bench);
    bare(&mut bench);
    sources(&mut bench);
    check_mark(&mut bench);
    inspector(&mut bench);
    for name in &bench.wrong {
        println!("NOT AS IT SHOULD BE: {name}");
    }
    if bench.wrong.is_empty() {
        println!("\nnothing is beyond {BOUND} but what compares with ==");
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}
