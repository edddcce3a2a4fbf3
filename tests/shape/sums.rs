//! Whatever the configuration and the body, a verified event ends in one way, and the counters add up.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{delivery, start};
use crate::support::github::SECRET;
use crate::support::random::Random;
use crate::support::{kafka, run_id, scale};

const EXPRESSIONS: &[&str] = &[
    "data.a == 1",
    "data.a",
    "has(data.a) && data.a == data.b",
    "data.list.exists(x, x > 1)",
    "data.list.all(x, x.y)",
    "size(data) > 1",
    "data.o.p.q == 'x'",
    "event.subject != ''",
    "headers['user-agent'].contains('Git')",
    "data.b in data.list",
    "string(data.a) == '1'",
    "data.a / data.b > 0",
];

const BODIES: &[&str] = &[
    "{}",
    "[]",
    "null",
    "5",
    "\"text\"",
    "no json",
    "",
    "{\"a\":1}",
    "{\"a\":1,\"b\":0}",
    "{\"a\":true,\"b\":1,\"list\":[1,2,3]}",
    "{\"a\":\"1\",\"o\":{\"p\":{\"q\":\"x\"}}}",
    "{\"a\":1,\"a\":2,\"b\":1}",
    "{\"list\":[{\"y\":true},{\"y\":1}],\"repository\":{\"full_name\":\"o/r\"}}",
    "{\"a\":18446744073709551615,\"b\":-9223372036854775808}",
    "{\"a\":1e400}",
    "{\"\\u0061\":1,\"b\":null}",
];

fn one<'t>(random: &mut Random, of: &[&'t str]) -> &'t str {
    of[random.below(of.len())]
}

/// A shape that is valid, of pieces that mostly do not go with what comes.
fn shape(random: &mut Random) -> Value {
    let mut shape = json!({});
    if random.below(2) == 0 {
        let mut filter = json!({ "when": one(random, EXPRESSIONS) });
        match random.below(3) {
            0 => filter["include"] = json!(["push", "*.opened"]),
            1 => filter["exclude"] = json!(["issues*"]),
            _ => {}
        }
        shape["filter"] = filter;
    }
    if random.below(2) == 0 {
        let fields = ["a", "b", "list", "/o/p", "/list/0"];
        let kinds = ["integer", "string", "any", "array", "boolean"];
        let on_violation = ["dead_letter", "reject", "tag"];
        shape["validate"] = json!([{
            "require": { one(random, &fields): one(random, &kinds) },
            "on_violation": one(random, &on_violation),
        }]);
    }
    if random.below(2) == 0 {
        let paths = ["/a", "/list/*", "/o/p/q", "/*/p", "/b"];
        let key = one(random, &["keep", "drop"]);
        let mut edit = json!({ key: [one(random, &paths)] });
        if random.below(2) == 0 {
            let with = one(random, &["mask", "hash", "last4"]);
            edit["redact"] = json!([{ "at": one(random, &paths), "with": with }]);
            edit["redact_key"] = json!({ "env": "REDACT_KEY" });
        }
        if random.below(3) == 0 {
            edit["map"] = json!(one(
                random,
                &["{'a': data.a}", "data", "[data.list]", "size(data)"]
            ));
        }
        shape["edit"] = edit;
    }
    shape
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_verified_event_ends_in_exactly_one_way() {
    let mut random = Random::new();
    let run = run_id();
    let sources: Vec<_> = (0..48)
        .map(|at| (format!("s{at}"), shape(&mut random)))
        .collect();
    let routes = json!([
        { "name": "few", "types": ["push"], "when": one(&mut random, EXPRESSIONS), "filter": one(&mut random, EXPRESSIONS),
          "to": [{ "sink": "kafka", "topic": format!("{run}.few") }] },
        { "name": "rest" },
    ]);
    let daemon = start(&run, &sources, json!({ "routes": routes })).await;
    let client = daemon.client();
    let mut said: BTreeMap<(String, String), u64> = BTreeMap::new();
    let mut sent = 0_u64;
    for _ in 0..scale() {
        for (name, _) in &sources {
            for body in BODIES {
                let event = one(&mut random, &["push", "issues", "pull_request"]);
                let reply = delivery(event, body)
                    .send(&client, &format!("/{name}"), SECRET)
                    .await;
                let reason = reply.reason();
                let expected = if reason == "schema_violation" {
                    422
                } else {
                    200
                };
                assert_eq!(reply.status, expected, "{name} {body}: {reply:?}");
                *said.entry((name.clone(), reason)).or_default() += 1;
                sent += 1;
            }
        }
    }
    let records = kafka::read_all(&kafka::address(), &format!("{run}."));
    let metrics = daemon.metrics().await;
    let metric = |name: &str| -> u64 {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.map_or(0, |value| value.trim().parse().expect("a number"))
    };
    let mut totals = BTreeMap::new();
    for (name, _) in &sources {
        let count = |fate: &str| {
            metric(&format!(
                "hookferry_events_total{{fate=\"{fate}\",source=\"{name}\"}}"
            ))
        };
        let of = |reason: &str| {
            said.get(&(name.clone(), reason.to_owned()))
                .copied()
                .unwrap_or(0)
        };
        // As text: not every number that came is one that this reader takes.
        let source = format!("\"source\":\"https://hooks.example.com/{name}\"");
        let here = records.iter().filter(|it| it.payload.contains(&source));
        let (dead, live): (Vec<_>, Vec<_>) =
            here.partition(|it| it.payload.contains("\"deadletterreason\":"));
        assert_eq!(
            of("accepted"),
            count("stored") + count("dead_letter"),
            "{name}"
        );
        assert_eq!(
            u64::try_from(live.len()).unwrap(),
            count("stored"),
            "{name}"
        );
        assert_eq!(
            u64::try_from(dead.len()).unwrap(),
            count("dead_letter"),
            "{name}"
        );
        assert_eq!(of("filtered"), count("filtered"), "{name}");
        assert_eq!(of("schema_violation"), count("rejected"), "{name}");
        assert_eq!(count("failed") + count("duplicate"), 0, "{name}");
        for fate in ["stored", "dead_letter", "filtered", "rejected"] {
            *totals.entry(fate).or_insert(0) += count(fate);
        }
    }
    println!("{sent} events: {totals:?}");
    assert_eq!(totals.values().sum::<u64>(), sent);
    assert!(totals.values().all(|count| *count > 0), "{totals:?}");
}
