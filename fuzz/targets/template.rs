//! The language of presets: any text is a template or is refused with a reason, and what it makes of a request is bounded.

use hookferry::template::{Scope, Template};

use super::wire::{Wire, swell, swollen};

/// The first line is the template, the second its steps' places in the scope; behind it is a request.
pub fn run(data: &[u8]) {
    let data = swollen(data);
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let (text, request) = data.split_at(end);
    let text = String::from_utf8_lossy(text);
    let Some(wire) = Wire::read(&request[1..]) else {
        return;
    };
    // Each step may make its text some times longer, so the operator's own words bound what comes of it.
    if text.matches("replace").count() > 1
        || text.matches('|').count() > 4
        || text.matches('{').count() > 4
        || text.len() > 256
    {
        return;
    }
    for scope in [Scope::Authenticate, Scope::Normalize, Scope::Publish] {
        let template = match Template::parse(&text, scope) {
            Ok(template) => template,
            Err(error) => {
                assert!(error.to_string().len() > text.len());
                continue;
            }
        };
        assert_eq!(template.source(), text);
        let _ = (
            template.places(),
            template.value_names(),
            template.reads_secret(),
            template.digests(),
        );
        let received = wire.received();
        let rendered = template.render(&received);
        let mut pieces = Vec::new();
        let fed = template.feed(&received, &mut |piece| pieces.extend_from_slice(piece));
        assert_eq!(fed.is_ok(), rendered.is_some());
        let Some(rendered) = rendered else {
            continue;
        };
        assert_eq!(rendered, pieces);
        let plain = !text.contains(['{', '[', '}', ']']);
        assert!(!plain || rendered == text.as_bytes());
        if text == "{body|base64|from_base64}"
            || text == "{body|hex|from_hex}"
            || text == "{body|percent_encode|percent_decode}"
        {
            assert_eq!(rendered, wire.body);
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let request = "POST /p/a%20b?x=1&y=%C3%A9&x2=+\nx-a: v1=ab\ncontent-type: application/x-www-form-urlencoded\n\n";
    let mut seeds = Vec::new();
    for (template, body) in [
        ("{header:x-a|after:v1=|from_hex|base64}.{body}", "a=1"),
        ("[id:{query:x|lower};]ts:{query:y}{{}}[[]]", ""),
        ("{method}{path}{body|sorted_pairs:=,&,_}", "b=2&a=1&a=1"),
        (
            "{body|sorted_json:=,%0A}{json:/a/b}",
            "{\"b\":{\"c\":1.0},\"a\":{\"b\":\"x\"}}",
        ),
        ("{body|php_json}{body|json_string}", "{\"a\":\"/\u{e9}\"}"),
        ("{body|php_serialize|md5|hex|upper}", "a=1&b"),
        (
            "{body|percent_decode:%3A%2F}{body|percent_decode|form_encode}",
            "%3a%2F%zz%",
        ),
        (
            "{body|canonical_query}{query|without:x,y}{query|only:x}",
            "b=1&a=~*",
        ),
        ("{body|decimals:2}", "-12.5"),
        (
            "{body|nfkd|until:.|behind:%20|replace:a,bb|trim}",
            "\u{fdfa} a.b",
        ),
        ("{body|base64|from_base64}", "any"),
        ("{body|hex|from_hex}", "any"),
        ("{body|percent_encode|percent_decode}", "any"),
        (
            "{xml:/a/b|as:x}{form:a|crc32}{body|json:/x}{body|form:a}",
            "<a><b>1</b></a>",
        ),
        (
            "{source}.{event}.{type}-{json:/a|sha256|base64url}",
            "{\"a\":1}",
        ),
        ("{body|decimals:99999999}", "1"),
    ] {
        seeds.push(format!("{template}\n{request}{body}").into_bytes());
        if !body.is_empty() {
            let unit = body.len().min(200);
            seeds.push(
                [
                    format!("{template}\n{request}{body}").as_bytes(),
                    &swell(unit as u8, 12),
                ]
                .concat(),
            );
        }
    }
    seeds
}
