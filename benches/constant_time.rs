//! Whether comparing a secret takes a time that tells of it. A test by statistics, after Reparaz, Balasch,
//! Verbauwhede: "Dude, is my code constant time?" (DATE 2017, <https://eprint.iacr.org/2016/1123>): two
//! classes of forgeries in a random order, a time for each, and Welch's t-test of the two, of all times and
//! of those below each of many percentiles. A |t| beyond 4.5 would be a difference that no chance makes.
//! A control compares with `==`, and must be found out in the same run.
//!
//! ```text
//! nice -n -5 cargo bench --bench constant_time
//! ```
//!
//! `HOOKFERRY_BENCH_SAMPLES` (1000000) and `HOOKFERRY_TEST_SEED` may be set. Exits with 1 when something is
//! beyond the bound, or the control is not.

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

use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::FutureExt as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hookferry::accept::Received;
use hookferry::authenticate::{Arrival, Mac, Secret, authenticate};
use hookferry::inspect::{Asked, Inspector};
use hookferry::settings::compile::{Endpoint, Operator, endpoint};
use hookferry::settings::{Access, InspectorSettings, providers};
use hookferry::synthetic::{self, Marked};
use hookferry::time::UnixTime;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use sha2::Sha256;

/// Beyond it a difference is none of chance.
const BOUND: f64 = 4.5;
/// How many crops there are beside none, as in the authors' own program.
const CROPS: usize = 100;
/// Times of these are used to see where to crop, and for nothing else.
const WARM_UP: usize = 10_000;
/// How often a bare comparison is made in one sample, for it is shorter than a look at the clock.
const AGAIN: usize = 8;
/// Of a crop with fewer times in a class nothing is said.
const FEWEST: f64 = 10_000.0;
/// 64 letters and digits: what people use for tokens, and what HMAC-SHA-256 is in hex.
const SECRET: &str = "0f5c1e9a7b3d8264ac0e91f7d35b680247c9e1a3b5d7f9081326547a8b9cadbe";
const NOW: UnixTime = UnixTime::from_seconds(1_767_225_600);

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
}

/// Which two kinds of forgeries are told apart.
#[derive(Clone, Copy)]
enum Classes {
    /// The first letter is wrong; the last is.
    FirstOrLast,
    /// All is right but the last letter; nothing is.
    PrefixOrRandom,
}

impl Classes {
    const fn name(self) -> &'static str {
        match self {
            Self::FirstOrLast => "first or last letter wrong",
            Self::PrefixOrRandom => "right but for one, or random",
        }
    }

    /// A forgery of `right`, which is of hexadecimal digits.
    fn forge(self, right: &str, is_second: bool, random: &mut Random) -> String {
        let mut forged = right.as_bytes().to_vec();
        let other = |digit: u8| if digit == b'0' { b'1' } else { b'0' };
        let wrong = |forged: &mut [u8], is_last: bool| {
            let digit = if is_last {
                forged.last_mut()
            } else {
                forged.first_mut()
            };
            let digit = digit.expect("it is not empty");
            *digit = other(*digit);
        };
        // The same work for both classes, so that what was done last is not what differs.
        let digits: Vec<u8> = forged
            .iter()
            .map(|_| {
                let digit = u8::try_from(random.word() & 15).expect("it is below 16");
                if digit < 10 {
                    b'0' + digit
                } else {
                    b'a' + digit - 10
                }
            })
            .collect();
        match self {
            Self::FirstOrLast => wrong(&mut forged, is_second),
            Self::PrefixOrRandom if is_second => forged.copy_from_slice(&digits),
            Self::PrefixOrRandom => wrong(&mut forged, true),
        }
        String::from_utf8(forged).expect("digits are text")
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

/// Takes `samples` times, and says what they tell: whether a difference was found.
fn differs<I>(
    name: &str,
    samples: usize,
    random: &mut Random,
    mut prepare: impl FnMut(bool, &mut Random) -> I,
    mut run: impl FnMut(I),
) -> bool {
    let mut take = |random: &mut Random| {
        let is_second = random.word() & 1 == 1;
        let input = prepare(is_second, random);
        let began = Instant::now();
        run(input);
        let time = began.elapsed();
        (
            is_second,
            u32::try_from(time.as_nanos()).unwrap_or(u32::MAX),
        )
    };
    let mut first: Vec<_> = (0..WARM_UP).map(|_| take(random).1).collect();
    first.sort_unstable();
    // At which percentiles to crop: close to all of it first, and ever less (dudect.h, prepare_percentiles).
    let crops = (1..=CROPS).map(|at| {
        let share = 1.0 - 0.5_f64.powf(10.0 * at as f64 / CROPS as f64);
        let at = (share * (first.len() - 1) as f64).round() as usize;
        first.get(at).copied().expect("a share is at most 1")
    });
    let crops: Vec<u32> = crops.chain([u32::MAX]).collect();
    let mut tests = vec![Welch::default(); crops.len()];
    for _ in 0..samples {
        let (is_second, time) = take(random);
        for (test, crop) in tests.iter_mut().zip(&crops) {
            if time <= *crop {
                test.add(is_second, f64::from(time));
            }
        }
    }
    let all = tests.last().expect("there is one of all times");
    let t = |test: &Welch| test.t().map_or(0.0, f64::abs);
    let most = tests.iter().map(t).fold(0.0, f64::max);
    let [first, second] = all.mean;
    println!(
        "{name:72} {first:8.1} ns {second:8.1} ns   |t| of all {:7.2}   most of all crops {most:7.2}",
        t(all)
    );
    most > BOUND
}

/// What is held against what, and how.
struct Bench {
    samples: usize,
    random: Random,
    found: Vec<String>,
}

impl Bench {
    fn compare<I>(
        &mut self,
        what: &str,
        right: &str,
        classes: Classes,
        input: impl Fn(String) -> I,
        run: impl FnMut(I),
    ) {
        let name = format!("{what}: {}", classes.name());
        let prepare =
            |is_second, random: &mut Random| input(classes.forge(right, is_second, random));
        if differs(&name, self.samples, &mut self.random, prepare, run) {
            self.found.push(name);
        }
    }

    /// A request to a source, and what is made of it.
    fn requests(
        &mut self,
        what: &str,
        source: &Endpoint,
        right: &str,
        request: impl Fn(&str) -> Received,
    ) {
        for classes in [Classes::FirstOrLast, Classes::PrefixOrRandom] {
            let input = |forged: String| request(&forged);
            self.compare(what, right, classes, input, |received| {
                let arrival = authenticate(&source.scheme, received, NOW, &mut ());
                assert!(arrival.is_err(), "{what}: a forgery was taken");
            });
        }
        let arrival = authenticate(&source.scheme, request(right), NOW, &mut ());
        assert!(
            matches!(arrival, Ok(Arrival::Delivery(_))),
            "{what}: {arrival:?}"
        );
    }
}

fn bytes_of(text: String) -> [u8; 64] {
    text.into_bytes().try_into().expect("it has 64 letters")
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

fn received(target: &str, headers: &[(&'static str, String)], body: &'static str) -> Received {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).expect("it can be sent");
        map.insert(HeaderName::from_static(name), value);
    }
    let uri = target.parse().expect("it is a target");
    Received::new(
        Method::POST,
        uri,
        map,
        Bytes::from_static(body.as_bytes()),
        NOW,
    )
}

const BODY: &str = r#"{"id":"1","type":"push","object_kind":"push","data":{"some":"thing"}}"#;

fn bare(bench: &mut Bench) {
    let secret = Secret::new(SECRET);
    for classes in [Classes::FirstOrLast, Classes::PrefixOrRandom] {
        bench.compare("a token", SECRET, classes, bytes_of, |given| {
            for _ in 0..AGAIN {
                black_box(black_box(&secret).is(black_box(&given)));
            }
        });
        let mac = Mac::new(SECRET);
        bench.compare("a MAC", SECRET, classes, bytes_of, |given| {
            for _ in 0..AGAIN {
                black_box(black_box(&mac).fits(black_box(&given)));
            }
        });
    }
}

fn sources(bench: &mut Bench) {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key is one");
    mac.update(BODY.as_bytes());
    let right = hex::encode(mac.finalize().into_bytes());
    bench.requests(
        "github's HMAC",
        &source("github", SECRET),
        &right,
        |given| {
            let headers = [
                ("x-hub-signature-256", format!("sha256={given}")),
                ("x-github-event", "push".to_owned()),
            ];
            received("/bench", &headers, BODY)
        },
    );
    bench.requests(
        "gitlab's token",
        &source("gitlab", SECRET),
        SECRET,
        |given| {
            let headers = [
                ("x-gitlab-token", given.to_owned()),
                ("x-gitlab-event", "Push Hook".to_owned()),
            ];
            received("/bench", &headers, BODY)
        },
    );
    let query = source("generic-api-key-query", SECRET);
    bench.requests("a token in the query", &query, SECRET, |given| {
        received(&format!("/bench?api_key={given}"), &[], BODY)
    });
    let bearer = source("generic-bearer", SECRET);
    bench.requests("a bearer's token", &bearer, SECRET, |given| {
        received(
            "/bench",
            &[("authorization", format!("Bearer {given}"))],
            BODY,
        )
    });
    let basic = source("generic-basic", &format!("user:{SECRET}"));
    bench.requests("basic authentication", &basic, SECRET, |given| {
        let both = STANDARD.encode(format!("user:{given}"));
        received(
            "/bench",
            &[("authorization", format!("Basic {both}"))],
            BODY,
        )
    });
}

fn check_mark(bench: &mut Bench) {
    let github = source("github", SECRET);
    let marked = Marked {
        source: "bench",
        tenant: None,
        body: BODY.as_bytes(),
    };
    let mark = synthetic::mark(&github.scheme, marked, "run-1", NOW).expect("it has a secret");
    let mark = mark.to_str().expect("it is text").to_owned();
    let (begin, right) = mark.rsplit_once('=').expect("it ends in the tag");
    let request = |given: &str| {
        received(
            "/bench",
            &[(synthetic::HEADER, format!("{begin}={given}"))],
            BODY,
        )
    };
    let run = |received: &Received| synthetic::run_of(&github.scheme, "bench", None, received);
    assert!(run(&request(right)).is_some(), "the right mark is none");
    for classes in [Classes::FirstOrLast, Classes::PrefixOrRandom] {
        let input = |forged: String| request(&forged);
        bench.compare("a check's mark", right, classes, input, |received| {
            assert!(run(&received).is_none(), "a forged mark was taken");
        });
    }
}

/// An inspector that keeps next to nothing.
fn an_inspector() -> Arc<Inspector> {
    let address = ([127, 0, 0, 1], 9090).into();
    let settings = InspectorSettings {
        access: Access {
            token: Some(Secret::new(SECRET)),
            hosts: Vec::new(),
        },
        entries_max: 1,
        bytes_max: 1_048_576,
        body_bytes_max: 0,
        bins_max: 0,
        bin_age_max: Duration::from_secs(60),
        bin_entries_max: 1,
        journal: None,
        journal_bytes_max: 0,
    };
    Inspector::start(settings, address, address).expect("it starts")
}

fn inspector(bench: &mut Bench) {
    let inspector = an_inspector();
    let asked =
        |method: Method, path: &'static str, header: (HeaderName, String), body: String| Asked {
            method,
            uri: path.parse().expect("it is a path"),
            headers: HeaderMap::from_iter([(
                header.0,
                HeaderValue::from_str(&header.1).expect("it can be sent"),
            )]),
            body: body.into(),
        };
    let status = |asked: Asked| {
        let answer = Arc::clone(&inspector);
        let answer = async move { answer.answer(asked).await }.now_or_never();
        answer.expect("it waits for nothing")
    };
    let state = "/inspector/api/state";
    let open = "/inspector/api/session";
    let token = |given: &str| {
        let header = (http::header::AUTHORIZATION, format!("Bearer {given}"));
        asked(Method::GET, state, header, String::new())
    };
    let login = |given: &str| {
        let header = (http::header::CONTENT_TYPE, "application/json".to_owned());
        asked(
            Method::POST,
            open,
            header,
            format!(r#"{{"token":"{given}"}}"#),
        )
    };
    let opened = status(login(SECRET));
    let cookie = opened
        .headers
        .iter()
        .find(|(name, _)| *name == http::header::SET_COOKIE);
    let cookie = cookie
        .expect("a session has a cookie")
        .1
        .to_str()
        .expect("it is text");
    let cookie = cookie.split(';').next().expect("it has a value").to_owned();
    let (name, right) = cookie.split_once('=').expect("it has a value");
    let session = |given: &str| {
        let header = (http::header::COOKIE, format!("{name}={given}"));
        asked(Method::GET, state, header, String::new())
    };
    assert_eq!(status(token(SECRET)).status, 200);
    assert_eq!(status(session(right)).status, 200);
    for classes in [Classes::FirstOrLast, Classes::PrefixOrRandom] {
        for (what, right, request) in [
            (
                "the inspector's token",
                SECRET,
                &token as &dyn Fn(&str) -> Asked,
            ),
            ("the inspector's token, in a form", SECRET, &login),
            ("a session's cookie", right, &session),
        ] {
            let input = |forged: String| request(&forged);
            bench.compare(what, right, classes, input, |asked| {
                assert_eq!(status(asked).status, 401, "{what}: a forgery was taken");
            });
        }
    }
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
        random: Random::seeded(),
        found: Vec::new(),
    };
    println!("{samples} samples each; the means of both classes, and Welch's t\n");
    let mut controls = 0;
    for classes in [Classes::FirstOrLast, Classes::PrefixOrRandom] {
        bench.compare(
            "control: == on slices",
            SECRET,
            classes,
            bytes_of,
            |given| {
                for _ in 0..AGAIN {
                    black_box(black_box(SECRET.as_bytes()) == black_box(&given[..]));
                }
            },
        );
        controls += std::mem::take(&mut bench.found).len();
    }
    bare(&mut bench);
    sources(&mut bench);
    check_mark(&mut bench);
    inspector(&mut bench);
    for name in &bench.found {
        println!("NOT CONSTANT: {name}");
    }
    if controls == 0 {
        println!("the control was not found out: this run shows nothing");
    }
    if bench.found.is_empty() && controls > 0 {
        println!("\nnothing is beyond {BOUND}, but {controls} of 2 controls");
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}
