//! Signature headers of every shape that presets can describe: lists, pairs, positions, sets, prefixes, encodings. The header
//! is the fuzzer's, `$` in it is the good MAC. What is accepted has the MAC in its header.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use hookferry::settings::compile::{Endpoint, Operator, endpoint};
use hookferry::settings::providers;
use serde_json::{Value, json};
use sha2::Sha256;

use super::wire::{Wire, delivers, swell, swollen};

const SECRET: &str = "a secret that only this target knows";

static SHAPES: LazyLock<Vec<(Endpoint, &str)>> = LazyLock::new(|| {
    let forms = [
        (json!({}), "hex"),
        (json!({ "prefix": "sha256=" }), "hex"),
        (json!({ "split": ",", "pair": "=", "key": "v1" }), "hex"),
        (json!({ "split": " ", "prefix": "v1," }), "base64"),
        (
            json!({ "split": ";", "pair": "=", "key": ["h", "h1"] }),
            "base64url",
        ),
        (
            json!({ "split": ".", "fields": ["t", "v1"], "key": "v1" }),
            "base64url",
        ),
        (
            json!({ "sets": " ", "split": ",", "pair": "=", "key": "s" }),
            "hex",
        ),
        (
            json!({ "split": "&", "pair": ":", "key": "v1", "prefix": "x" }),
            "base64",
        ),
    ];
    let each = forms
        .into_iter()
        .filter_map(|(form, encoding)| Some((shape(form, encoding)?, encoding)));
    let shapes: Vec<_> = each.collect();
    assert!(shapes.len() >= 7, "{} shapes", shapes.len());
    shapes
});

fn shape(form: Value, encoding: &str) -> Option<Endpoint> {
    let mut tree = providers::load("generic-hmac")?.ok()?;
    let signature = tree["verify"]["signature"].as_object_mut()?;
    signature.extend(form.as_object()?.clone());
    signature.insert("encoding".into(), encoding.into());
    let preset = providers::parse(tree).ok()?;
    let operator = Operator {
        name: "fuzzed".into(),
        uri: "https://hooks.example.com/in".into(),
        url: "https://hooks.example.com/in".into(),
        secrets: vec![SECRET.into()],
        ..Operator::default()
    };
    endpoint(&preset, &operator).ok()
}

pub fn header(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let (endpoint, encoding) = &SHAPES[usize::from(*first) % SHAPES.len()];
    let body = b"{}";
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(body);
    let mac = mac.finalize().into_bytes();
    let good = match *encoding {
        "hex" => hex::encode(mac),
        "base64" => STANDARD.encode(mac),
        _ => URL_SAFE_NO_PAD.encode(mac),
    };
    let text = swollen(rest);
    let lines = String::from_utf8_lossy(&text).replace('$', &good);
    let lines: Vec<_> = lines
        .split('\n')
        .map(|line| format!("x-signature: {line}"))
        .collect();
    let request = format!("POST /in\n{}\n\n{{}}", lines.join("\n"));
    let Some(wire) = Wire::read(request.as_bytes()) else {
        return;
    };
    if delivers(endpoint, &wire) {
        let shown = if *encoding == "hex" {
            request.to_ascii_lowercase()
        } else {
            request
        };
        assert!(shown.contains(&good), "{shown:?}");
    } else {
        assert!(
            *first != 0 || lines != ["x-signature: ".to_owned() + &good],
            "the plain form is refused"
        );
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "$",
        "sha256=$",
        "t=1,v1=$",
        "v1,$ v1,AAAA",
        "h=$;h1=00",
        "1.$",
        "t=1,s=$ t=2,s=00",
        "v1:x$&a:b",
        "sha1=ab,sha256=$",
        "$\n$",
        "v1=\"$\"",
        " $ ",
        "t=1,t=2,v1=$",
        "",
    ];
    let mut seeds: Vec<Vec<u8>> = Vec::new();
    for shape in 0..8_u8 {
        for text in texts {
            seeds.push([&[shape][..], text.as_bytes()].concat());
        }
        for unit in ["a=b,", "v1=00,", "v1,AA== ", "s=00 ", "a:b&", "h=AA;"] {
            seeds.push(
                [
                    &[shape][..],
                    unit.as_bytes(),
                    &swell(unit.len() as u8, 13),
                    b"$",
                ]
                .concat(),
            );
        }
    }
    seeds
}
