//! Addresses in messages, against the presets as they are shipped: nothing but what they pin is ever
//! asked for. `tests/fetch` tries the same over sockets, with a canary that counts who comes.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use hookferry::accept::Received;
use hookferry::authenticate::fetched::FetchedKeys;
use hookferry::authenticate::{Refusal, authenticate};
use hookferry::settings::compile::{Endpoint, Operator, endpoint};
use hookferry::settings::providers;
use hookferry::time::UnixTime;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Method};
use serde_json::{Value, json};

const TOPIC: &str = "arn:aws:sns:us-west-2:123456789012:MyTopic";
const NOW: UnixTime = UnixTime::from_seconds(1_767_225_600);
/// What the provider itself would name.
const SNS: &str = "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb72.pem";
const PAYPAL: &str = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42";

fn source(provider: &str, params: &[(&str, &str)]) -> Endpoint {
    let preset = providers::parse(providers::load(provider).unwrap().unwrap()).unwrap();
    let params = params.iter();
    let operator = Operator {
        name: "hostile".into(),
        uri: "/hostile".into(),
        params: params
            .map(|(name, value)| ((*name).to_owned(), vec![(*value).to_owned()]))
            .collect(),
        strict: true,
        ..Operator::default()
    };
    endpoint(&preset, &operator).unwrap()
}

/// Why a request is refused; it must be.
fn refusal(source: &Endpoint, headers: &[(&str, &str)], body: String) -> Option<Refusal> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        // What cannot be a header's value cannot be sent.
        let value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
        map.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value);
    }
    let uri = "/hostile".parse().unwrap();
    let received = Received::new(Method::POST, uri, map, Bytes::from(body), NOW);
    match authenticate(&source.scheme, received, NOW, &mut ()) {
        Ok(arrival) => panic!("it was taken: {arrival:?}"),
        Err(refusal) => Some(refusal),
    }
}

fn sns(url: &str) -> String {
    let signature = STANDARD.encode([7; 256]);
    json!({
        "Type": "Notification", "MessageId": "1", "TopicArn": TOPIC, "Message": "hello", "SignatureVersion": "2",
        "Timestamp": NOW.text(), "Signature": signature, "SigningCertURL": url,
    })
    .to_string()
}

/// Spellings that are none of `good`, which begins with https://HOST/, and where some reader might see it.
fn hostile(good: &str) -> Vec<String> {
    let (host, path) = good["https://".len()..].split_once('/').unwrap();
    let (first, domain) = host.split_once('.').unwrap();
    let mut urls: Vec<String> = [
        "http://HOST/PATH",
        "HTTPS://HOST/PATH",
        "ftp://HOST/PATH",
        "file:///PATH",
        "data:,PATH",
        "//HOST/PATH",
        "HOST/PATH",
        "https:HOST/PATH",
        "https:/HOST/PATH",
        "https:///HOST/PATH",
        "https:\\\\HOST\\PATH",
        "javascript://HOST/PATH",
        "https://",
        "",
        "https://HOST",
        "https://HOST/",
        "https://HOST:443/PATH",
        "https://HOST:/PATH",
        "https://HOST:80/PATH",
        "https://HOST:443@127.0.0.1/PATH",
        "https://HOST@127.0.0.1/PATH",
        "https://user@HOST/PATH",
        "https://user:pw@HOST/PATH",
        "https://127.0.0.1#@HOST/PATH",
        "https://127.0.0.1?@HOST/PATH",
        "https://127.0.0.1\\@HOST/PATH",
        "https://127.0.0.1/HOST/PATH",
        "https://HOST./PATH",
        "https://HOST.evil.example/PATH",
        "https://HOST-evil.example/PATH",
        "https://evil-HOST/PATH",
        "https://evil.HOST/PATH",
        "https://.HOST/PATH",
        "https://HOST%2eevil.example/PATH",
        "https://HOST%00.evil.example/PATH",
        "https://HOST%2f@evil.example/PATH",
        "https://HOST\u{3002}evil.example/PATH",
        "https://HOST\u{2024}evil.example/PATH",
        "https://\u{ff53}HOST/PATH",
        "https://xn--HOST/PATH",
        "https://HOST/PATH?x=1",
        "https://HOST/PATH#x",
        "https://HOST/../PATH",
        "https://HOST/a/../PATH",
        "https://HOST/./PATH",
        "https://HOST//PATH",
        "https://HOST/%2e%2e/PATH",
        "https://HOST/%2fPATH",
        "https://HOST/..%2fPATH",
        "https://HOST/PATH%0d%0aHost:evil",
        "https://HOST/PATH\r\nHost: evil.example",
        "https://HOST/PATH\nx",
        " https://HOST/PATH",
        "https://HOST/PATH ",
        "\thttps://HOST/PATH",
        "https://HO\nST/PATH",
        "https://HOST\u{0}/PATH",
        "https://HOST/PATH;x",
        "https://HOST/PATH\\..\\x",
        "https://HOST/PATH@evil.example",
        "https://HOST,evil.example/PATH",
        "https://HOST https://evil.example/PATH",
        "https://[::1]/PATH",
        "https://[::ffff:127.0.0.1]/PATH",
        "https://[::ffff:7f00:1]/PATH",
        "https://127.0.0.1/PATH",
        "https://127.1/PATH",
        "https://2130706433/PATH",
        "https://0x7f000001/PATH",
        "https://0177.0.0.1/PATH",
        "https://0/PATH",
        "https://0.0.0.0/PATH",
        "https://localhost/PATH",
        "https://169.254.169.254/latest/meta-data",
        "https://169.254.169.254.nip.io/PATH",
        "https://metadata.google.internal/PATH",
        "https://evil.example/?https://HOST/PATH",
        "https://evil.example/#https://HOST/PATH",
    ]
    .iter()
    .map(|form| form.replace("HOST", host).replace("PATH", path))
    .collect();
    // The host with another first part, or another domain.
    urls.push(format!("https://{first}.evil.example/{path}"));
    urls.push(format!("https://{domain}/{path}"));
    urls.push(format!("https://{first}{domain}/{path}"));
    urls.push(format!("https://{first}-{domain}/{path}"));
    urls
}

/// A bucket of the name `sns`, which anybody may own, and other services of Amazon's.
const BUCKETS: &[&str] = &[
    "https://sns.s3.amazonaws.com/x.pem",
    "https://sns.s3-us-west-2.amazonaws.com/x.pem",
    "https://sns.s3-external-1.amazonaws.com/x.pem",
    "https://sns.s3-website-us-east-1.amazonaws.com/x.pem",
    "https://sns.s3.us-west-2.amazonaws.com/x.pem",
    "https://s3.amazonaws.com/sns.us-west-2.amazonaws.com/x.pem",
    "https://sns.us-west-2.s3.amazonaws.com/x.pem",
    "https://sns.us-west-2.elb.amazonaws.com/x.pem",
    "https://sns.compute-1.amazonaws.com/x.pem",
    "https://sns.us.amazonaws.com/x.pem",
    "https://sns..amazonaws.com/x.pem",
    "https://sns.amazonaws.com/x.pem",
    "https://sqs.us-west-2.amazonaws.com/x.pem",
    "https://sns.us-west-2.amazonaws.com.cn.evil.example/x.pem",
    "https://sns.us-west-2.amazonaws.co/x.pem",
];

/// What has been asked for, of any place.
fn wanted() -> Vec<String> {
    let places = FetchedKeys::all();
    places.iter().flat_map(|keys| keys.wanted()).collect()
}

#[test]
fn no_address_in_a_message_is_asked_for_but_those_that_the_presets_pin() {
    let amazon = source("aws-sns", &[("topic_arns", TOPIC)]);
    let paypal = source("paypal", &[("webhook_id", "WH-1")]);
    let signature = STANDARD.encode([7; 256]);
    let time = NOW.text();
    let pay = |urls: &[&str]| {
        let mut headers = vec![
            ("paypal-transmission-id", "1"),
            ("paypal-transmission-time", time.as_str()),
            ("paypal-transmission-sig", signature.as_str()),
        ];
        headers.extend(urls.iter().map(|url| ("paypal-cert-url", *url)));
        refusal(&paypal, &headers, "{}".to_owned())
    };
    let mut forms = hostile(SNS);
    forms.extend(BUCKETS.iter().map(|url| (*url).to_owned()));
    println!("{} forms for Amazon", forms.len());
    assert!(forms.len() >= 60);
    let mut wrong = Vec::new();
    for url in &forms {
        let said = refusal(&amazon, &[], sns(url));
        if said != Some(Refusal::UnknownKey) {
            wrong.push(format!("{url:?}: {said:?}"));
        }
    }
    let forms = hostile(PAYPAL);
    println!("{} forms for PayPal", forms.len());
    let mut sent = 0;
    for url in &forms {
        match pay(&[url]) {
            // Some of these no header can hold.
            None => {}
            Some(Refusal::UnknownKey) => sent += 1,
            said => wrong.push(format!("{url:?}: {said:?}")),
        }
    }
    assert!(sent >= 60, "{sent} could be sent");
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Two of them are none, whichever is the right one.
    for urls in [
        [PAYPAL, "https://127.0.0.1/x"],
        ["https://127.0.0.1/x", PAYPAL],
        [PAYPAL, PAYPAL],
    ] {
        assert_eq!(pay(&urls), Some(Refusal::UnknownKey), "{urls:?}");
    }
    let twice = sns(SNS).replacen('{', "{\"SigningCertURL\":\"https://127.0.0.1/x\",", 1);
    assert_ne!(
        refusal(&amazon, &[], twice.clone()),
        Some(Refusal::KeysPending),
        "{twice}"
    );
    assert_eq!(wanted(), Vec::<String>::new());

    // A token says where its key is in vain.
    let url = "https://keys.example/jwks";
    let jwks = source(
        "generic-jwks",
        &[("jwks_url", url), ("issuer", "i"), ("audience", "a")],
    );
    for url in hostile("https://keys.example/jwks").iter().chain(&forms) {
        for member in ["jku", "x5u", "jwk", "x5c", "iss", "url"] {
            let mut head = json!({ "alg": "RS256", "kid": "known" });
            head[member] = match member {
                "x5c" => json!([url]),
                "jwk" => json!({ "kty": "RSA", "x5u": url }),
                _ => json!(url),
            };
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let payload = json!({ "iss": url, "aud": "a", "jku": url });
            let token = format!(
                "{}.{}.{}",
                part(&head),
                part(&payload),
                URL_SAFE_NO_PAD.encode([7; 256])
            );
            let bearer = format!("Bearer {token}");
            let said = refusal(&jwks, &[("authorization", &bearer)], "{}".to_owned());
            assert_eq!(said, Some(Refusal::KeysPending), "{member}: {url:?}");
        }
    }
    assert_eq!(wanted(), ["known"]);
    let places = FetchedKeys::all();
    let asked: Vec<_> = places
        .iter()
        .filter(|keys| !keys.wanted().is_empty())
        .collect();
    assert!(
        asked.iter().all(|keys| keys.place().url == url),
        "{asked:?}"
    );

    // And these would be, so that the rest shows something.
    assert_eq!(refusal(&amazon, &[], sns(SNS)), Some(Refusal::KeysPending));
    assert_eq!(pay(&[PAYPAL]), Some(Refusal::KeysPending));
    let mut asked = wanted();
    asked.sort();
    assert_eq!(asked, [PAYPAL, SNS, "known"]);
}
