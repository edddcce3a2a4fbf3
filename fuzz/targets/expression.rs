//! Filters and conditions in CEL: any text is one or is refused, and what is one comes to an end on any event.

use hookferry::normalize::expression::{Expression, Purpose};

use super::envelope::events;
use super::wire::{Wire, swell, swollen};

/// The first line is the expression; behind it is the data, JSON.
pub fn run(data: &[u8]) {
    let data = swollen(data);
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let (text, json) = data.split_at(end);
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    // They are written by the operator, and read once.
    if text.len() > 16 * 1024 {
        return;
    }
    for purpose in [Purpose::Condition, Purpose::Data] {
        let expression = match Expression::parse(text, purpose) {
            Ok(expression) => expression,
            Err(said) => {
                assert!(said.len() < 10_000, "{} bytes of fault", said.len());
                continue;
            }
        };
        assert_eq!(expression.text(), text);
        let request = [
            b"POST /open?q=1\ncontent-type: application/json\nx-a: b\n\n",
            &json[1..],
        ]
        .concat();
        let Some(wire) = Wire::read(&request) else {
            return;
        };
        for event in events(0, &wire) {
            let holds = expression.holds(&event);
            if let Ok(json) = expression.json(&event)
                && let Ok(holds) = holds
            {
                assert_eq!(json, holds);
            }
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let data = r#"{"action":"opened","n":1.5,"big":9223372036854775807,"items":[{"price":1,"name":"x"},{"price":200}],"at":"2026-01-01T00:00:00Z","d":"1h","s":"aaaa"}"#;
    let mut seeds = Vec::new();
    for text in [
        "data.action == 'opened' && data.n > 1",
        "event.type.startsWith('com.') || has(data.a)",
        "data.items.exists(i, i.price > 100)",
        "data.items.map(l, l.name).filter(n, n.startsWith('x')).size() > 0",
        "headers['x-a'] in ['b', 'c'] ? query.q == '1' : source == 'open'",
        "type(data.n) == double && string(data.big).matches('^[0-9]+$')",
        "data.big + 1 > 0 || -data.big < 0",
        "timestamp(data.at) > timestamp('2020-01-01T00:00:00Z') && duration(data.d) < duration('2h')",
        "int(data.n) / 0 == 1 || data.big % -1 == 0 || int('-9223372036854775808') / -1 == 1",
        "data.s.size() == 4 && data.s.contains('a') && data.s.endsWith('a')",
        "[1, 2, 3].all(x, x > 0) && {'a': 1}.a == 1",
        "data.items[0].price == 1u || bytes(data.s) == b'aaaa'",
        "double(data.s) == 1.0 || uint(data.n) == 1u || dyn(data) == data",
        "timestamp(data.at) + duration('9223372036s') > timestamp(0)",
        "data.items.exists_one(i, data.items.exists_one(j, i == j))",
    ] {
        seeds.push(format!("{text}\n{data}").into_bytes());
    }
    for text in [
        "data.all(x, x > 0)",
        "data.all(x, data.all(y, x == y))",
        "size(string(data)) > 1",
        "data.matches('(a*)*b')",
    ] {
        seeds.push([text.as_bytes(), b"\n[1,", &swell(2, 15), b"2]"].concat());
        seeds.push([text.as_bytes(), b"\n\"aaaaaaaa", &swell(8, 15), b"\""].concat());
    }
    for unit in ["(", "!", "-", "[", "1+", "a.", "x?", "{1:"] {
        seeds.push([unit.as_bytes(), &swell(unit.len() as u8, 11), b"1\n{}"].concat());
    }
    seeds
}
