//! Reading a few fields of JSON, XML and forms, against a reader of the whole.

use hookferry::peek::{self, Pointers, form, xml};
use serde_json::Value;

use super::wire::{swell, swollen};

/// The first line has JSON Pointers, a tab between them; behind it is the JSON.
pub fn json(data: &[u8]) {
    let data = swollen(data);
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let (line, json) = data.split_at(end);
    let json = &json[1..];
    let line = String::from_utf8_lossy(&line[..line.len().min(512)]).into_owned();
    let names: Vec<&str> = line
        .split('\t')
        .filter(|name| name.is_empty() || name.starts_with('/'))
        .take(8)
        .collect();
    let pointers = Pointers::new(names.iter().copied());
    let read = pointers.read(json);
    let whole = serde_json::from_slice::<Value>(json);
    let located = pointers.locate(json);
    assert_eq!(located.is_some(), read.is_ok());
    let (Ok(text), Ok(read)) = (std::str::from_utf8(json), &read) else {
        let may_be_json = matches!(
            read,
            Err(peek::Malformed::RepeatedKey | peek::Malformed::TooDeep)
        );
        assert!(may_be_json || whole.is_err(), "valid JSON is not read");
        return;
    };
    // Deeper than 128 it is JSON, and not read into a tree.
    let Ok(whole) = whole else {
        return;
    };
    assert!(peek::is_json(text));
    for name in &names {
        let raw = read.raw(name);
        let known = whole.pointer(name);
        // One reads an index with a leading zero or a plus, the other does not (RFC 6901 neither).
        if let (Some(raw), Some(known)) = (raw, known) {
            let parsed: Value = serde_json::from_str(raw).expect("JSON");
            assert_eq!(&parsed, known, "{name}");
        }
        assert!(raw.is_some() || known.is_none(), "{name} is not found");
        let located = located
            .as_ref()
            .and_then(|places| pointers.recall(places, &pointers, json));
        assert_eq!(located.and_then(|located| located.raw(name)), raw, "{name}");
        let plain = read.text(name);
        if let (Some(plain), Some(Value::String(known))) = (&plain, known) {
            assert_eq!(plain, known);
        }
        assert!(plain.is_none_or(|plain| plain.len() <= json.len()));
    }
    match &whole {
        Value::Array(items) => {
            let elements = peek::elements(text).expect("an array");
            assert_eq!(elements.len(), items.len());
            for (element, item) in elements.iter().zip(items).take(1_000) {
                assert_eq!(&serde_json::from_str::<Value>(element).expect("JSON"), item);
            }
            // No more are split.
            if items.len() <= 10_000 {
                let levels: Vec<_> = names
                    .iter()
                    .map(|name| (*name).to_owned())
                    .take(2)
                    .collect();
                let nested = peek::nested(text, &levels).expect("an array");
                assert!(nested.len() >= items.len());
                assert!(nested.iter().map(|item| item.json.len()).sum::<usize>() <= text.len());
            }
        }
        Value::Object(members) => {
            let entries = peek::entries(text).expect("an object");
            assert!(entries.len() >= members.len());
            let once = peek::members(text);
            assert_eq!(once.is_some(), entries.len() == members.len());
        }
        _ => assert!(peek::elements(text).is_none() && peek::members(text).is_none()),
    }
}

pub fn json_seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = [
        "/a/b\t/a\t/c/0/d\n{\"a\":{\"b\":\"x\\ny\",\"n\":1.50},\"c\":[{\"d\":null}],\"t\":true}",
        "/a\t\t/a~1b/~0c\n{\"a/b\":{\"~c\":\"\\ud83d\\ude00\"},\"a\":1e400}",
        "/0\t/1/x\n[1,{\"x\":[2,{}]},\"\",-0.0]",
        "/a/b\n{\"a\":{\"b\":1,\"b\":2}}",
        "/a\n{\"a\":1,\"\\u0061\":2}",
        "/items\n[{\"items\":[1,2]},{\"items\":[]},3]",
        "\n17",
        "/a\n\u{feff}{\"a\":\"\\ud800\"}",
    ]
    .map(|seed| seed.as_bytes().to_vec())
    .to_vec();
    for (begin, unit, end) in [
        ("[", "[", "]"),
        ("{\"a\":", "{\"a\":", "1"),
        ("{", "\"a\":1,", "\"b\":2}"),
        ("[", "1,", "2]"),
        ("\"", "\\u0041", "\""),
    ] {
        let bytes = unit.as_bytes();
        seeds.push(
            [
                b"/a/a/a\t/b\t/0\n",
                begin.as_bytes(),
                bytes,
                &swell(bytes.len() as u8, 15),
                end.as_bytes(),
            ]
            .concat(),
        );
    }
    seeds
}

/// The first line has a content type, the second a name or path; behind them is the body.
pub fn xml_and_form(data: &[u8]) {
    let data = swollen(data);
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let (Some(kind), Some(name), Some(body)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    let (kind, name) = (String::from_utf8_lossy(kind), String::from_utf8_lossy(name));
    let field = form::field(&kind, body, &name);
    let media_type = kind.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        assert_eq!(field, naive_field(body, &name), "{name:?}");
    } else if let Some(field) = &field {
        // What is in a part stands in the body as it is.
        let at = body
            .windows(field.len().max(1))
            .position(|part| part == field.as_slice());
        assert!(field.is_empty() || at.is_some());
        let mut twice = body.to_vec();
        twice.extend_from_slice(body);
        let _ = form::field(&kind, &twice, &name);
    }
    if name.len() > 512 {
        return;
    }
    let text = xml::text(body, &name);
    assert!(text.is_none_or(|text| text.len() <= body.len() * 2));
    if let Some(found) = xml::elements(body, &name, 16) {
        assert!(found.len() <= 16);
        let whole = std::str::from_utf8(body).expect("text");
        let mut from = 0;
        for element in found {
            assert!(
                element.starts_with('<') && element.ends_with('>'),
                "{element:?}"
            );
            // In order, and none inside another.
            let at = whole[from..].find(element).expect("in the text");
            from += at + element.len();
        }
    }
}

/// A form's one value of a name, by hand.
fn naive_field(body: &[u8], name: &str) -> Option<Vec<u8>> {
    let decoded = |text: &[u8]| {
        let mut bytes = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let hex = text.get(at + 1..at + 3).and_then(|hex| {
                let all = hex.iter().all(u8::is_ascii_hexdigit);
                u8::from_str_radix(std::str::from_utf8(hex).ok().filter(|_| all)?, 16).ok()
            });
            match (text[at], hex) {
                (b'%', Some(byte)) => {
                    bytes.push(byte);
                    at += 2;
                }
                (b'+', _) => bytes.push(b' '),
                (byte, _) => bytes.push(byte),
            }
            at += 1;
        }
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let pairs = body
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty());
    let mut values = pairs.filter_map(|pair| {
        let at = pair.iter().position(|byte| *byte == b'=');
        let (key, value) = at.map_or((pair, &b""[..]), |at| (&pair[..at], &pair[at + 1..]));
        (decoded(key) == name).then(|| decoded(value))
    });
    let value = values.next()?;
    values.next().is_none().then(|| value.into_bytes())
}

pub fn xml_and_form_seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = [
        "application/x-www-form-urlencoded; charset=utf-8\na\na=1+2&b=3&c=%zz%4",
        "multipart/form-data; boundary=\"x\"\njson\n--x\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n{\"a\":\r\n1}\r\n--x\r\ncontent-disposition: form-data; name=b; filename=\"f\"\r\n\r\n\r\n--x--\r\n",
        "text/xml\n/Envelope/Body/Id\n<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"x\"><s:Body><Id>1 &amp; &#50;<![CDATA[<2>]]></Id><Id/></s:Body></s:Envelope>",
        "text/xml\n/a/*/b\n<!DOCTYPE a [<!ENTITY x \"y\">]><a><c><b k='v'>&x;</b></c><!-- - --><?p i?><d><b/></d></a>",
    ]
    .map(|seed| seed.as_bytes().to_vec())
    .to_vec();
    let boundary = b"multipart/form-data; boundary=aaaaaaaaaaaaaaaa".as_slice();
    // A boundary of some thousand letters, and a body of the same.
    seeds.push([boundary, &swell(16, 10), b"b\nx\n--aaaaaaaaaaaaaaaa"].concat());
    seeds.push([boundary, b"b\nx\n--aaaaaaaaaaaaaaaa", &swell(16, 14)].concat());
    for (begin, unit) in [
        ("", "<a>"),
        ("<a>", "<a/>"),
        ("<a", " b='c'"),
        ("<a>", "&amp;"),
        ("<a><b>", "</b><b>"),
        ("", "a=1&"),
    ] {
        let bytes = unit.as_bytes();
        for kind in ["text/xml\n/a/b\n", "application/x-www-form-urlencoded\na\n"] {
            seeds.push(
                [
                    kind.as_bytes(),
                    begin.as_bytes(),
                    bytes,
                    &swell(bytes.len() as u8, 15),
                ]
                .concat(),
            );
        }
    }
    seeds
}
