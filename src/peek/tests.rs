use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Malformed, Pointers, check, elements, is_json, one};

/// The texts that the scanner is held against `serde_json` with; all but the last few are JSON.
const TEXTS: &[&str] = &[
    r#"{"a":{"b":"x\ny","n":1.50,"list":[{"c":"7"},[],{}]},"z":null,"t":true,"f":false}"#,
    r#" [ 0 , -0 , 10.25e+3 , 1E-2 , "\u00e9\ud83d\ude00" , "\ud800" , "" ] "#,
    r#"{"":{"":[[[[[[[["deep"]]]]]]]]},"long":"0123456789abcdef0123456789abcdef\"x","é😀":"é😀"}"#,
    "[\"seven by\",\"eight byt\",\"\u{7f}\",{\"k\" :\t1\r\n}]",
    "[\"a\u{1f}\"]",
    "[01]",
    "[1.]",
    "[.5]",
    "[1e]",
    "[+1]",
    "[--1]",
    "[1,]",
    "{\"a\":1,}",
    "{\"a\" 1}",
    "{1:1}",
    "[}",
    "{]",
    "\u{feff}1",
    "\"\\x\"",
    "\"\\u12g4\"",
];

/// A generator of our own that repeats itself: xorshift64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }
}

/// Cuts, doubles and changes a text's bytes in a few places.
fn spoil(text: &str, random: &mut Random) -> Vec<u8> {
    const BYTES: &[u8] = b"{}[]\",:\\ u0123456789abcdefE+-.tn\n\x00\x1f\x7f\xc3\xa9\xff";
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(9)).min(bytes.len());
        match random.below(4) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            2 => bytes.insert(at, BYTES[random.below(BYTES.len())]),
            _ if at < bytes.len() => bytes[at] = BYTES[random.below(BYTES.len())],
            _ => {}
        }
    }
    bytes
}

#[test]
fn what_is_json_and_where_its_parts_are_is_as_serde_json_says() {
    let names = [
        "",
        "/a",
        "/a/b",
        "/a/list/0/c",
        "/a/list/1",
        "/1",
        "/2",
        "/long",
        "//",
        "/é😀",
    ];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    println!("seed {:#x}", random.0);
    let mut valid = 0;
    for round in 0..400_000 {
        let text = TEXTS[round % TEXTS.len()];
        let bytes = if round < TEXTS.len() {
            text.into()
        } else {
            spoil(text, &mut random)
        };
        let shown = String::from_utf8_lossy(&bytes);
        let text = std::str::from_utf8(&bytes);
        let theirs = text.is_ok_and(|text| serde_json::from_str::<IgnoredAny>(text).is_ok());
        if let Ok(text) = text {
            assert_eq!(is_json(text), theirs, "{shown}");
        }
        let pointers = Pointers::new(names);
        let ours = pointers.read(&bytes);
        // A key on the way with half a surrogate pair can be no text.
        let is_malformed = matches!(ours, Err(Malformed::NotJson));
        let is_odd_key = is_malformed && shown.contains("\\ud8");
        assert!(is_odd_key || theirs != is_malformed, "{shown}");
        // Numbers that it cannot hold, and halves of surrogate pairs, are no `Value`.
        let (Ok(ours), Ok(value)) = (ours, serde_json::from_slice::<Value>(&bytes)) else {
            continue;
        };
        valid += 1;
        for name in names {
            let found = ours
                .raw(name)
                .map(|raw| serde_json::from_str::<Value>(raw).unwrap());
            assert_eq!(found.as_ref(), value.pointer(name), "{name} of {shown}");
        }
    }
    println!("{valid} were JSON");
    assert!(valid > 10_000);
}

#[test]
fn what_is_deeper_than_it_may_be_is_told_from_what_is_no_json_and_takes_no_stack() {
    // As far as the pointers lead, and beyond; to an empty object or array, which is a level as well.
    let names = ["/a", "/a/b", "/0/a/0/a", "/0/0/0/0/0", "/a/a/a/a/a/a/a/a"];
    let alone: Vec<Pointers> = names.iter().map(|name| Pointers::new([*name])).collect();
    for depth in [
        1, 2, 3, 63, 64, 65, 126, 127, 128, 129, 130, 1000, 1_000_001,
    ] {
        let level = |at: usize, odd: &'static str, even: &'static str| {
            if at.is_multiple_of(2) { even } else { odd }
        };
        let build =
            |odd: (&'static str, &'static str), even: (&'static str, &'static str), core: &str| {
                let begin: String = (0..depth).map(|at| level(at, odd.0, even.0)).collect();
                let end: String = (0..depth)
                    .rev()
                    .map(|at| level(at, odd.1, even.1))
                    .collect();
                [&begin, core, &end].concat()
            };
        let (array, object) = (("[", "]"), ("{\"a\":", "}"));
        let within = if depth <= 128 {
            Ok(())
        } else {
            Err(Malformed::TooDeep)
        };
        let inside = if depth < 128 {
            Ok(())
        } else {
            Err(Malformed::TooDeep)
        };
        for (odd, even) in [
            (array, array),
            (object, object),
            (array, object),
            (object, array),
        ] {
            for (core, expected) in [
                ("1", within),
                ("\"]}\"", within),
                ("[]", inside),
                ("{}", inside),
            ] {
                let text = build(odd, even, core);
                // Beside it there may be what is not deep.
                let rest = text.get(1..).unwrap_or_default();
                let beside = if even == array {
                    format!("[[],{rest}")
                } else {
                    text.clone()
                };
                for text in [&text, &beside] {
                    assert_eq!(check(text.as_bytes()), expected, "{depth} {core}");
                    assert_eq!(is_json(text), expected.is_ok(), "{depth}");
                    for pointers in &alone {
                        let read = pointers.read(text.as_bytes()).map(|_| ());
                        assert_eq!(read, expected, "{depth} {core} {pointers:?}");
                    }
                    let theirs = serde_json::from_str::<IgnoredAny>(text);
                    assert!(theirs.is_ok(), "{depth}");
                }
                if depth <= 128 {
                    assert_eq!(check(rest.as_bytes()), Err(Malformed::NotJson), "{depth}");
                }
            }
        }
        let crossed = build(("[", "}"), ("{\"a\":", "]"), "1");
        assert!(!is_json(&crossed), "{depth}");
    }
}

#[test]
fn fields_are_read_as_written() {
    let json = r#"{"a":{"b":"x\ny","n":1.50,"list":[{"c":"7"}]},"z":null,"t":true}"#;
    let pointers = Pointers::new(["/a/b", "/a/n", "/a/list/0/c", "/a", "/z", "/t", "/no"]);
    let peeked = pointers.read(json.as_bytes()).expect("valid");
    assert_eq!(peeked.text("/a/b").as_deref(), Some("x\ny"));
    assert_eq!(peeked.text("/a/n").as_deref(), Some("1.50"));
    assert_eq!(peeked.text("/a/list/0/c").as_deref(), Some("7"));
    assert!(peeked.raw("/a").expect("raw").starts_with(r#"{"b""#));
    assert_eq!(peeked.text("/z"), None);
    assert_eq!(peeked.text("/t").as_deref(), Some("true"));
    assert_eq!(peeked.text("/no"), None);
}

#[test]
fn a_repeated_key_on_the_way_is_refused_and_elsewhere_is_not_ours() {
    let pointers = Pointers::new(["/a/b"]);
    let read = |json: &str| pointers.read(json.as_bytes()).map(|_| ());
    assert_eq!(read(r#"{"a":{"b":1,"b":2}}"#), Err(Malformed::RepeatedKey));
    assert_eq!(read(r#"{"a":1,"a":{"b":2}}"#), Err(Malformed::RepeatedKey));
    assert_eq!(read(r#"{"a":{"b":1},"x":1,"x":2}"#), Ok(()));
}

#[test]
fn what_is_not_json_is_malformed() {
    let pointers = Pointers::new(["/a"]);
    for text in ["", "{", "{\"a\":1}x", "nul", "{\"a\":tru}"] {
        assert_eq!(
            pointers.read(text.as_bytes()).map(|_| ()),
            Err(Malformed::NotJson),
            "{text:?}"
        );
    }
    assert_eq!(
        pointers.read(b"{\"b\":\"\xff\"}").map(|_| ()),
        Err(Malformed::NotJson)
    );
    assert!(pointers.read(b"17").is_ok());
}

#[test]
fn elements_keep_their_bytes() {
    assert_eq!(
        elements(r#"[ {"a": 1} , 2]"#),
        Some(vec![r#"{"a": 1}"#, "2"])
    );
    assert_eq!(elements(r#"{"a":1}"#), None);
    assert_eq!(one(r#"{"type":"x"}"#, "/type").as_deref(), Some("x"));
}
