//! Hostile expressions and hostile data: what is not refused outright ends soon, in little memory.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Uri};

use hookferry::accept::Received;
use hookferry::authenticate::{Arrival, authenticate};
use hookferry::normalize::expression::{Expression, Purpose};
use hookferry::normalize::{self, Event};
use hookferry::settings::compile::{Operator, endpoint};
use hookferry::settings::providers;
use hookferry::time::UnixTime;

/// No evaluation may take longer, in time on the processor: the machine may be busy.
const LIMIT: Duration = Duration::from_millis(10);

/// An event of the provider that verifies nothing.
pub(crate) fn event(body: impl Into<Bytes>) -> Event {
    let preset = providers::parse(providers::load("dev").unwrap().unwrap()).unwrap();
    let endpoint = endpoint(&preset, &Operator::default()).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    let now = UnixTime::now();
    let received = Received::new(
        Method::POST,
        Uri::from_static("/x?a=1"),
        headers,
        body.into(),
        now,
    );
    let Ok(Arrival::Delivery(verified)) = authenticate(&endpoint.scheme, received, now, &mut ())
    else {
        panic!("the provider dev takes everything");
    };
    normalize::events(&endpoint.mapping, verified)
        .events
        .remove(0)
}

/// What this thread has spent on a processor.
fn spent() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    let nanos = text
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .expect("nanoseconds");
    Duration::from_nanos(nanos)
}

fn resident_kib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = text
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn hostile_data() -> Vec<(&'static str, String)> {
    let deep =
        |open: &str, close: &str, depth: usize| open.repeat(depth) + "1" + &close.repeat(depth);
    let many = |item: &str, count: usize| vec![item; count].join(",");
    vec![
        (
            "deep lists",
            format!("{{\"a\":{},\"s\":\"x\"}}", deep("[", "]", 100)),
        ),
        (
            "deeper than JSON is read",
            format!("{{\"a\":{}}}", deep("[", "]", 100_000)),
        ),
        (
            "deep objects",
            format!("{{\"a\":{}}}", deep("{\"a\":", "}", 100)),
        ),
        ("a long list", format!("{{\"a\":[{}]}}", many("1", 100_000))),
        (
            "lists in a list",
            format!("{{\"a\":[{}]}}", many("[1,2,3]", 5000)),
        ),
        (
            "a list of the bound",
            format!("{{\"a\":[{}],\"s\":\"x\"}}", many("1", 900)),
        ),
        (
            "a small list",
            format!("{{\"a\":[{}],\"s\":\"x\"}}", many("1", 20)),
        ),
        (
            "a long text",
            format!("{{\"a\":[1],\"s\":\"{}\"}}", "a".repeat(900_000)),
        ),
        (
            "many keys",
            format!(
                "{{\"a\":{{{}}}}}",
                (0..5000)
                    .map(|at| format!("\"k{at}\":{at}"))
                    .collect::<Vec<_>>()
                    .join(",")
            ),
        ),
        ("one name twice", "{\"a\":[1],\"a\":[2]}".to_owned()),
        (
            "names that look alike",
            "{\"a\":[1],\"\\u0061\":[2]}".to_owned(),
        ),
        (
            "large numbers",
            "{\"a\":[1e308,-1e308,18446744073709551615]}".to_owned(),
        ),
    ]
}

const HOSTILE: &[&str] = &[
    "data.a.all(x, data.a.all(y, data.a.all(z, x == y || z == y || true)))",
    "data.a.exists(x, data.a.exists(y, x != y && false))",
    "data.a.map(x, data.a.map(y, [x, y, data.a])).size() > 0",
    "data.a.map(x, x).map(x, x).map(x, x).size() > 0",
    "[data.s].map(x, x + x + x + x).map(x, x + x + x + x).map(x, x + x + x + x)[0].size() > 0",
    "data.a.map(x, data.s + data.s).size() > 0",
    "data.s.matches('(a+)+$')",
    "data.s.matches('^(a|a|a|a|a|a)*b$')",
    "data.a.all(x, data.s.matches('(a*)*b'))",
    "data.a.all(x, data.s.contains('ab'))",
    "data == data",
    "data.a == [data.a]",
    "string(data.a[0]) == data.s",
    "data.a.filter(x, x == data.a).size() == 0",
    "{'a': data.a, 'b': {'c': data.a}}.size() == 2",
];

#[test]
fn hostile_expressions_on_hostile_data_end_soon_in_little_memory() {
    let data: Vec<_> = hostile_data()
        .into_iter()
        .map(|(name, body)| (name, event(body)))
        .collect();
    let expressions: Vec<_> = HOSTILE
        .iter()
        .map(|text| {
            let parsed = Expression::parse(text, Purpose::Condition);
            parsed.unwrap_or_else(|said| panic!("{text}: {said}"))
        })
        .collect();
    let before = resident_kib();
    let mut slowest = (Duration::ZERO, "", "");
    let (mut decided, mut late) = (0, Vec::new());
    for (text, expression) in HOSTILE.iter().zip(&expressions) {
        for (name, event) in &data {
            let (mut is_decided, mut took) = (false, Duration::MAX);
            // The best of three: what an interrupt or another machine on this one takes is counted here, too.
            for _ in 0..3 {
                let began = spent();
                is_decided = expression.holds(event).is_ok();
                took = took.min(spent().saturating_sub(began));
            }
            decided += usize::from(is_decided);
            if took > slowest.0 {
                slowest = (took, text, name);
            }
            if took > LIMIT {
                late.push(format!("{text} on {name}: {took:?}"));
            }
        }
    }
    let grown = resident_kib() - before;
    println!("{decided} decided, the slowest {slowest:?}, memory grew by {grown} KiB");
    assert!(late.is_empty(), "{late:#?}");
    assert!(decided > 20, "{decided}");
    assert!(grown < 64 << 10, "{grown} KiB");
}
