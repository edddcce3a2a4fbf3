//! Addresses and times in messages: which certificates may be named, which hosts, and what is a time.

use hookferry::authenticate::{CertificateRule, host_matches};
use hookferry::glob::Glob;
use hookferry::telemetry::Context;
use hookferry::template::Template;
use hookferry::time::{TimeUnit, UnixTime};
use http::{HeaderMap, HeaderValue, Uri};

use super::wire::{swell, swollen};

const HOSTS: [&str; 3] = [
    "sns.*.amazonaws.com",
    "sns.*.amazonaws.com.cn",
    "*.paypal.com",
];

/// The first line is an address, the second a pattern.
pub fn run(data: &[u8]) {
    let data = swollen(data);
    let text = String::from_utf8_lossy(&data);
    let (url, pattern) = text.split_once('\n').unwrap_or((&text, ""));
    let rule = CertificateRule {
        url: Template::empty(),
        hosts: HOSTS.map(str::to_owned).to_vec(),
        fetched_names: None,
    };
    // That reader takes 64 KB.
    if rule.allows(url) && url.len() < 60_000 {
        // Another reader of addresses sees the same host, and nothing but a path.
        let uri: Uri = url.parse().expect("an address");
        assert_eq!(uri.scheme_str(), Some("https"), "{url}");
        let host = uri.host().expect("a host").to_ascii_lowercase();
        let labels: Vec<_> = host.split('.').collect();
        let is_known = match labels.as_slice() {
            ["sns", region, "amazonaws", "com"] | ["sns", region, "amazonaws", "com", "cn"] => {
                !region.is_empty()
            }
            [name, "paypal", "com"] => !name.is_empty(),
            _ => false,
        };
        assert!(is_known, "{url}");
        assert!(
            uri.port().is_none() && uri.query().is_none() && !url.contains(['@', '#', '%', '\\']),
            "{url}"
        );
        let mut parts = uri.path().split('/').skip(1);
        assert!(parts.all(|part| !matches!(part, "" | "." | "..")), "{url}");
        assert!(host.len() <= 253, "{} bytes of host", host.len());
    }
    if pattern.len() < 256 {
        let host = url;
        if host_matches(pattern, host) && !pattern.contains(['*', '?']) {
            assert!(pattern.eq_ignore_ascii_case(host));
        }
        if host.len() < 2000 {
            assert_eq!(
                Glob::new(pattern).fits(host),
                naive_glob(pattern.as_bytes(), host.as_bytes())
            );
        }
    }
}

/// Whether `*` can stand for something so that all fits, by the table of all prefixes; small ones only.
fn naive_glob(pattern: &[u8], text: &[u8]) -> bool {
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for byte in pattern {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = if *byte == b'*' {
                row[at] || (at > 0 && next[at - 1])
            } else {
                at > 0 && row[at - 1] && text[at - 1] == *byte
            };
        }
        row = next;
    }
    row[text.len()]
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = [
        "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ec.pem\nsns.*.amazonaws.com",
        "https://sns.us-west-2.amazonaws.com.cn/a/b.pem\n*",
        "https://api.paypal.com/v1/notifications/certs/CERT-360caa42\n*.paypal.com",
        "https://sns.a.amazonaws.com@evil.example/x\n*.*",
        "https://sns.a.amazonaws.com:443/x\na*b*c*",
        "https://sns.a.amazonaws.com/../x\nhttps://*",
        "http://sns.a.amazonaws.com/x\n",
        "https://sns.a\u{130}.amazonaws.com/x\n**",
    ]
    .map(|seed| seed.as_bytes().to_vec())
    .to_vec();
    seeds.push(
        [
            b"https://sns.aaaaaaaa".as_slice(),
            &swell(8, 15),
            b".amazonaws.com/x\nsns.*.amazonaws.com",
        ]
        .concat(),
    );
    seeds.push(
        [
            b"https://aaaaaaaa".as_slice(),
            &swell(8, 15),
            b"/x\n*a*a*a*a*a*a*b",
        ]
        .concat(),
    );
    seeds.push(
        [
            b"https://sns.a.amazonaws.com/aaaaaaaa".as_slice(),
            &swell(2, 16),
            b"\n*.*.*.*.*.*.*.*.*",
        ]
        .concat(),
    );
    seeds
}

const UNITS: [TimeUnit; 6] = [
    TimeUnit::S,
    TimeUnit::Ms,
    TimeUnit::Us,
    TimeUnit::Ns,
    TimeUnit::Rfc3339,
    TimeUnit::HttpDate,
];

/// Times, and the trace that a sender is part of.
pub fn time(data: &[u8]) {
    let data = swollen(data);
    let text = String::from_utf8_lossy(&data);
    for unit in UNITS {
        let Some(time) = unit.read(&text) else {
            continue;
        };
        let written = time.text();
        assert!(written.len() <= 40, "{written}");
        // What can be written as a year of four digits reads back.
        if (0..=253_402_300_799).contains(&time.seconds()) {
            assert_eq!(UnixTime::from_rfc3339(&written), Some(time), "{text:?}");
            let again = unit.read(&unit.write(time)).expect("a time");
            assert_eq!(again.seconds(), time.seconds(), "{text:?}");
        }
        if !matches!(unit, TimeUnit::Rfc3339 | TimeUnit::HttpDate) {
            assert!(text.bytes().all(|byte| byte.is_ascii_digit()), "{text:?}");
        }
    }
    let mut headers = HeaderMap::new();
    for (name, line) in ["traceparent", "tracestate"]
        .into_iter()
        .zip(text.split('\n'))
    {
        if let Ok(value) = HeaderValue::from_str(line) {
            headers.append(name, value);
        }
    }
    if let Some(context) = Context::of(&headers) {
        let parent = context.parent();
        assert_eq!(parent.len(), 55, "{parent}");
        assert!(
            !parent.contains("00000000000000000000000000000000"),
            "{parent}"
        );
        assert!(
            parent
                .bytes()
                .all(|byte| byte == b'-' || byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        );
        assert!(context.state.len() <= 32_768 && !context.state.contains(['\r', '\n']));
    }
}

pub fn time_seeds() -> Vec<Vec<u8>> {
    [
        "1767225600",
        "1767225600000",
        "2026-01-01T00:00:00.5+01:00",
        "2026-01-01T00:00:00",
        "-009999-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "2026-06-30T23:59:60Z",
        "2026-01-01T00:00:00[Europe/Berlin]",
        "20260101T000000Z",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "6 Nov 94 08:49 +0200",
        "9223372036854775807",
        "99999999999999999999",
        "+1",
        "",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\na=b,c@d=e",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
        "00-00000000000000000000000000000000-b7ad6b7169203331-00\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}
