//! The families of schemes. What is accepted has to be what a second, naive reading of the provider's documentation accepts;
//! of public keys, whose private halves nobody has here, only the contents that the vectors' authors have signed.
//!
//! The first byte says which preset, and whether the naive signer signs what the fuzzer has made: so what comes behind a
//! good signature is reached.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use hookferry::settings::compile::Endpoint;
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::wire::{NOW_S, Wire, delivers, endpoint, genuine, project, swell, swollen, wires};

const SIGN: u8 = 0x40;

/// One preset with the secret that its vectors are made with.
struct Known {
    endpoint: Endpoint,
    secret: String,
    requests: Vec<Wire>,
}

impl Known {
    fn new(id: &str) -> Self {
        let cases = genuine(id);
        Self {
            endpoint: endpoint(&cases[0]),
            secret: cases[0].config.secrets.first().cloned().unwrap_or_default(),
            requests: wires(&cases),
        }
    }

    /// Three genuine requests, as given and to be signed anew, and each in large.
    fn seeds(&self, choice: u8) -> Vec<Vec<u8>> {
        let mut seeds = Vec::new();
        for request in self.requests.iter().take(4) {
            let bytes = request.write();
            for first in [choice, choice | SIGN] {
                seeds.push([&[first][..], &bytes].concat());
                let mut large = [&[first][..], &bytes].concat();
                large.extend(swell(16, 14));
                seeds.push(large);
            }
        }
        seeds
    }
}

fn all_seeds(all: &[&LazyLock<Known>]) -> Vec<Vec<u8>> {
    let each = all.iter().zip(0_u8..);
    each.flat_map(|(known, choice)| known.seeds(choice))
        .collect()
}

/// The preset, whether to sign, and the request.
fn read<'k>(data: &[u8], all: &[&'k LazyLock<Known>]) -> Option<(usize, &'k Known, bool, Wire)> {
    let (first, rest) = data.split_first()?;
    let which = usize::from(first & 0x3f) % all.len();
    let wire = Wire::read(&swollen(rest))?;
    let known: &'k Known = all[which];
    Some((which, known, first & SIGN != 0, wire))
}

fn hmac_sha256(key: &[u8], content: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key");
    mac.update(content);
    mac.finalize().into_bytes().to_vec()
}

fn hmac_sha1(key: &[u8], content: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("any key");
    mac.update(content);
    mac.finalize().into_bytes().to_vec()
}

/// Digits alone.
fn seconds(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn is_fresh(text: &str, tolerance_s: i64) -> bool {
    seconds(text).is_some_and(|at| at.abs_diff(NOW_S) <= tolerance_s.unsigned_abs())
}

// --- HMAC of the body

static GITHUB: LazyLock<Known> = LazyLock::new(|| Known::new("github"));
static SHOPIFY: LazyLock<Known> = LazyLock::new(|| Known::new("shopify"));

pub fn hmac_body(data: &[u8]) {
    let Some((which, known, sign, mut wire)) = read(data, &[&GITHUB, &SHOPIFY]) else {
        return;
    };
    let mac = hmac_sha256(known.secret.as_bytes(), &wire.body);
    let is_github = which == 0;
    let name = if is_github {
        "x-hub-signature-256"
    } else {
        "x-shopify-hmac-sha256"
    };
    if sign {
        let text = if is_github {
            format!("sha256={}", hex::encode(&mac))
        } else {
            STANDARD.encode(&mac)
        };
        wire.set(name, &text);
    }
    let given = wire.header(name);
    let bytes = given.and_then(|text| {
        if is_github {
            hex::decode(text.strip_prefix("sha256=")?).ok()
        } else {
            STANDARD.decode(text).ok()
        }
    });
    let expected = bytes.is_some_and(|bytes| bytes == mac) && wire.method == "POST";
    assert_eq!(
        delivers(&known.endpoint, &wire),
        expected,
        "{name}: {given:?}"
    );
}

pub fn hmac_body_seeds() -> Vec<Vec<u8>> {
    all_seeds(&[&GITHUB, &SHOPIFY])
}

// --- HMAC of time and body

static STRIPE: LazyLock<Known> = LazyLock::new(|| Known::new("stripe"));
static SLACK: LazyLock<Known> = LazyLock::new(|| Known::new("slack"));

pub fn hmac_time(data: &[u8]) {
    let Some((which, known, sign, mut wire)) = read(data, &[&STRIPE, &SLACK]) else {
        return;
    };
    let key = known.secret.as_bytes();
    let mac = |content: &[&[u8]]| hmac_sha256(key, &content.concat());
    if which == 0 {
        if sign {
            let time = wire.header("x-time").unwrap_or("1767225600").to_owned();
            let good = hex::encode(mac(&[time.as_bytes(), b".", &wire.body]));
            // What the fuzzer has written around it stays.
            let text = match wire.header("stripe-signature") {
                Some(text) if text.contains('$') => text.replace('$', &good),
                _ => format!("t={time},v1={good}"),
            };
            wire.set("stripe-signature", &text);
        }
        let accepted = delivers(&known.endpoint, &wire);
        let lines = wire.headers.get_all("stripe-signature").iter();
        let lines: Vec<_> = lines
            .map(|line| String::from_utf8_lossy(line.as_bytes()))
            .collect();
        let joined = lines.join(",");
        let fields = joined
            .split(',')
            .filter_map(|field| field.trim().split_once('='));
        let fields: Vec<_> = fields
            .map(|(key, value)| (key, value.trim_matches('"')))
            .collect();
        let values = |wanted: &'static str| {
            fields
                .iter()
                .filter(move |(key, _)| *key == wanted)
                .map(|(_, value)| *value)
        };
        // With two times it is refused, however many signatures there are to compare.
        let has_one_time = values("t").count() == 1;
        let fits = has_one_time
            && values("t").any(|time| {
                let content = mac(&[time.as_bytes(), b".", &wire.body]);
                let fits = values("v1")
                    .any(|given| hex::decode(given).is_ok_and(|given| given == content));
                fits && is_fresh(time, 300)
            });
        assert!(!accepted || fits, "{joined:?}");
        let is_text = joined.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let plain = is_text
            && wire.method == "POST"
            && lines.len() == 1
            && fields.len() == 2
            && values("v1").count() == 1;
        assert!(accepted || !(plain && fits), "{joined:?} is refused");
        return;
    }
    let time = wire
        .header("x-slack-request-timestamp")
        .unwrap_or_default()
        .to_owned();
    let good = mac(&[b"v0:", time.as_bytes(), b":", &wire.body]);
    if sign {
        wire.set("x-slack-signature", &format!("v0={}", hex::encode(&good)));
    }
    let given = wire
        .header("x-slack-signature")
        .and_then(|text| text.strip_prefix("v0="));
    let fits = given.is_some_and(|text| hex::decode(text).is_ok_and(|given| given == good));
    let accepted = delivers(&known.endpoint, &wire);
    assert!(
        !accepted || (fits && is_fresh(&time, 300)),
        "{time:?} {given:?}"
    );
}

pub fn hmac_time_seeds() -> Vec<Vec<u8>> {
    let mut seeds = all_seeds(&[&STRIPE, &SLACK]);
    for header in [
        "t=1767225600,v1=$",
        "t=1767225600,t=1,v1=$",
        "v1=$,t=1767225600,v0=6f",
        "t=\"1767225600\", v1=\"$\"",
    ] {
        seeds.push(format!("\u{40}POST /\nstripe-signature: {header}\n\n{{}}").into_bytes());
        // Many fields.
        let head = format!("\u{40}POST /\nstripe-signature: {header},a=b");
        seeds.push([head.as_bytes(), &swell(4, 12), b"\n\n{}"].concat());
    }
    seeds
}

// --- Standard Webhooks

static STANDARD_WEBHOOKS: LazyLock<Known> = LazyLock::new(|| Known::new("standard-webhooks"));

pub fn standard_webhooks(data: &[u8]) {
    let Some((_, known, sign, mut wire)) = read(data, &[&STANDARD_WEBHOOKS]) else {
        return;
    };
    let key = STANDARD
        .decode(known.secret.trim_start_matches("whsec_"))
        .expect("a secret");
    let once = |wire: &Wire, name: &str| wire.header(name).unwrap_or_default().to_owned();
    let (id, time) = (once(&wire, "webhook-id"), once(&wire, "webhook-timestamp"));
    let good = hmac_sha256(
        &key,
        &[id.as_bytes(), b".", time.as_bytes(), b".", &wire.body].concat(),
    );
    if sign {
        let good = format!("v1,{}", STANDARD.encode(&good));
        let text = match wire.header("webhook-signature") {
            Some(text) if text.contains('$') => text.replace('$', &good),
            _ => good,
        };
        wire.set("webhook-signature", &text);
    }
    let lines = wire.headers.get_all("webhook-signature").iter();
    let fits = lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()))
        .any(|line| {
            let mut given = line
                .split(' ')
                .filter_map(|one| one.trim().strip_prefix("v1,"));
            given.any(|given| STANDARD.decode(given).is_ok_and(|given| given == good))
        });
    let accepted = delivers(&known.endpoint, &wire);
    assert!(
        !accepted || (fits && is_fresh(&time, 300)),
        "{id:?} {time:?}"
    );
}

pub fn standard_webhooks_seeds() -> Vec<Vec<u8>> {
    let mut seeds = all_seeds(&[&STANDARD_WEBHOOKS]);
    for list in ["v1,AAAA $ v1a,xyz", "$ $", "v1,$", "$"] {
        let head = format!(
            "\u{40}POST /\nwebhook-id: m\nwebhook-timestamp: 1767225600\nwebhook-signature: {list}"
        );
        seeds.push([head.as_bytes(), b"\n\n{}"].concat());
        seeds.push([head.as_bytes(), b" v1,AA", &swell(6, 12), b"\n\n{}"].concat());
    }
    seeds
}

// --- HMAC of URL, form and body

static TWILIO: LazyLock<Known> = LazyLock::new(|| Known::new("twilio"));
static SQUARE: LazyLock<Known> = LazyLock::new(|| Known::new("square"));

pub fn url_and_form(data: &[u8]) {
    let Some((which, known, sign, mut wire)) = read(data, &[&TWILIO, &SQUARE]) else {
        return;
    };
    let key = known.secret.as_bytes();
    let (base, with_port) = if which == 0 {
        (
            "https://hooks.example.com/in/twilio",
            "https://hooks.example.com:443/in/twilio",
        )
    } else {
        ("https://hooks.example.com/in/square", "")
    };
    let query = wire.query().to_owned();
    let whole = |base: &str| {
        if query.is_empty() {
            base.to_owned()
        } else {
            format!("{base}?{query}")
        }
    };
    if which == 1 {
        let good = hmac_sha256(key, &[whole(base).as_bytes(), &wire.body].concat());
        if sign {
            wire.set("x-square-hmacsha256-signature", &STANDARD.encode(&good));
        }
        let given = wire.header("x-square-hmacsha256-signature");
        let fits = given.and_then(|text| STANDARD.decode(text).ok()) == Some(good);
        assert_eq!(
            delivers(&known.endpoint, &wire),
            fits && wire.method == "POST",
            "{query:?}"
        );
        return;
    }
    let mut digests =
        form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "bodySHA256");
    let digest = digests.next().map(|(_, value)| value.into_owned());
    let digest = if digests.next().is_some() {
        None
    } else {
        digest
    };
    let digest = digest.unwrap_or_default();
    let pairs: BTreeSet<_> = form_urlencoded::parse(&wire.body).into_owned().collect();
    let mut form = String::new();
    if digest.is_empty() {
        for (name, value) in pairs {
            form.push_str(&name);
            form.push_str(&value);
        }
    }
    let good = |base: &str| hmac_sha1(key, format!("{}{form}", whole(base)).as_bytes());
    if sign {
        wire.set("x-twilio-signature", &STANDARD.encode(good(base)));
    }
    let given = wire
        .header("x-twilio-signature")
        .and_then(|text| STANDARD.decode(text).ok());
    let fits = given.is_some_and(|given| given == good(base) || given == good(with_port));
    let whole_body = digest.is_empty() || digest == hex::encode(Sha256::digest(&wire.body));
    let expected = fits && whole_body && wire.method == "POST";
    assert_eq!(delivers(&known.endpoint, &wire), expected, "{query:?}");
}

pub fn url_and_form_seeds() -> Vec<Vec<u8>> {
    let mut seeds = all_seeds(&[&TWILIO, &SQUARE]);
    let digest = hex::encode(Sha256::digest(b"{}"));
    seeds.push(format!("\u{40}POST /in/twilio?bodySHA256={digest}\n\n{{}}").into_bytes());
    seeds.push(b"\x40POST /in/twilio?a=%20+&b\n\na=1&a=1&c=%zz&=&&b=%C3%A9".to_vec());
    seeds.push([b"\x40POST /in/twilio\n\na=1&b=2&".as_slice(), &swell(4, 16)].concat());
    seeds
}

// --- JSON Web Tokens

static LIVEKIT: LazyLock<Known> = LazyLock::new(|| Known::new("livekit"));
static PUBSUB: LazyLock<Known> = LazyLock::new(|| Known::new("google-pubsub"));
static PLAID: LazyLock<Known> = LazyLock::new(|| Known::new("plaid"));
static APPLE: LazyLock<Known> = LazyLock::new(|| Known::new("apple-app-store"));

/// Where a request has its token.
fn token_of(which: usize, wire: &Wire) -> Option<String> {
    let plain = |text: &str| Some(text.to_owned());
    match which {
        0 => plain(wire.header("authorization")?),
        1 => plain(wire.header("authorization")?.strip_prefix("Bearer ")?),
        2 => plain(wire.header("plaid-verification")?),
        _ => {
            let body: Value = serde_json::from_slice(&wire.body).ok()?;
            plain(body.get("signedPayload")?.as_str()?)
        }
    }
}

/// What of a token is signed.
fn signed_part(token: &str) -> Option<&str> {
    token.rsplit_once('.').map(|(signed, _)| signed)
}

pub fn jwt(data: &[u8]) {
    let all = [&LIVEKIT, &PUBSUB, &PLAID, &APPLE];
    let Some((which, known, sign, mut wire)) = read(data, &all) else {
        return;
    };
    if which != 0 {
        if !delivers(&known.endpoint, &wire) {
            return;
        }
        // Only what the authors of the vectors have signed.
        let token = token_of(which, &wire).expect("a token");
        let genuine = known.requests.iter().any(|request| {
            let known = token_of(which, request).unwrap_or_default();
            signed_part(&known) == signed_part(&token) && (which != 2 || request.body == wire.body)
        });
        assert!(genuine, "{token}");
        return;
    }
    let key = known.secret.as_bytes();
    if sign {
        let part = |name: &str, or: &str| URL_SAFE_NO_PAD.encode(wire.header(name).unwrap_or(or));
        let digest = STANDARD.encode(Sha256::digest(&wire.body));
        let usual = format!(r#"{{"iss":"APIrkxjPgUqV4hv","exp":1767225900,"sha256":"{digest}"}}"#);
        let signed = format!(
            "{}.{}",
            part("x-head", r#"{"alg":"HS256"}"#),
            part("x-claims", &usual)
        );
        let mac = URL_SAFE_NO_PAD.encode(hmac_sha256(key, signed.as_bytes()));
        wire.set("authorization", &format!("{signed}.{mac}"));
    }
    if !delivers(&known.endpoint, &wire) {
        return;
    }
    let token = token_of(0, &wire).expect("a token");
    let parts: Vec<_> = token.split('.').collect();
    let decoded: Vec<_> = parts
        .iter()
        .map(|part| URL_SAFE_NO_PAD.decode(part).expect("base64"))
        .collect();
    assert_eq!(decoded.len(), 3);
    assert_eq!(
        decoded[2],
        hmac_sha256(key, format!("{}.{}", parts[0], parts[1]).as_bytes())
    );
    let read = |json: &[u8]| {
        let read = serde_json::from_slice::<Value>(json);
        read.or_else(|_| serde_json::from_slice(&without_surrogates(json)))
    };
    let head = read(&decoded[0]).expect("a head");
    let claims = read(&decoded[1]).expect("claims");
    assert_eq!(head["alg"], "HS256");
    let list = |value: &Value| match value {
        Value::Array(items) => items.clone(),
        other => vec![other.clone()],
    };
    assert!(
        list(&claims["iss"]).contains(&Value::from("APIrkxjPgUqV4hv")),
        "{claims}"
    );
    assert_eq!(
        claims["sha256"],
        STANDARD.encode(Sha256::digest(&wire.body))
    );
    let number = |name: &str| claims[name].as_f64().unwrap_or_default();
    assert!(number("exp") > 1_767_225_600.0 - 302.0, "{claims}");
    assert!(number("nbf") < 1_767_225_600.0 + 302.0, "{claims}");
}

pub fn jwt_seeds() -> Vec<Vec<u8>> {
    let mut seeds = all_seeds(&[&LIVEKIT, &PUBSUB, &PLAID, &APPLE]);
    let digest = STANDARD.encode(Sha256::digest(b"{}"));
    for (head, claims) in [
        (
            r#"{"alg":"none"}"#,
            r#"{"iss":"APIrkxjPgUqV4hv","exp":1767225900}"#,
        ),
        (
            r#"{"alg":"HS256","crit":["b64"],"b64":false}"#,
            r#"{"iss":"APIrkxjPgUqV4hv","exp":1767225900}"#,
        ),
        (
            r#"{"alg":"HS256","kid":"a","x5c":["MIIB"]}"#,
            r#"{"iss":["a","APIrkxjPgUqV4hv"],"exp":1767225900.5,"nbf":1,"iat":2}"#,
        ),
        (
            r#"{"alg":"HS256","alg":"RS256"}"#,
            r#"{"iss":"APIrkxjPgUqV4hv","iss":"b","exp":1e99}"#,
        ),
    ] {
        let claims = claims.replace('}', &format!(r#","sha256":"{digest}"}}"#));
        seeds
            .push(format!("\u{40}POST /\nx-head: {head}\nx-claims: {claims}\n\n{{}}").into_bytes());
    }
    seeds
}

// --- HTTP message signatures

static RFC9421: LazyLock<Known> = LazyLock::new(|| Known::new("rfc9421"));
const RFC9421_URL: &str = "https://hooks.example.com/in/rfc9421";

pub fn rfc9421(data: &[u8]) {
    let Some((_, known, sign, mut wire)) = read(data, &[&RFC9421]) else {
        return;
    };
    let digest = |body: &[u8]| format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)));
    if !sign {
        if delivers(&known.endpoint, &wire) {
            let genuine = known.requests.iter().any(|request| {
                request.body == wire.body
                    && request.method == wire.method
                    && request.query() == wire.query()
            });
            assert!(genuine, "a forgery");
        }
        return;
    }
    // Which components, in the fuzzer's order and with its parameters: x-covers lists them, x-params what stands behind.
    let url = match wire.query() {
        "" => RFC9421_URL.to_owned(),
        query => format!("{RFC9421_URL}?{query}"),
    };
    let covers = wire
        .header("x-covers")
        .unwrap_or("@method,@target-uri,content-digest")
        .to_owned();
    let params = wire
        .header("x-params")
        .unwrap_or(";created=1767225600")
        .to_owned();
    if wire.header("content-digest").is_none() {
        let digest = digest(&wire.body);
        wire.set("content-digest", &digest);
    }
    let covered: Vec<&str> = covers.split(',').map(str::trim).collect();
    let mut base = String::new();
    for name in &covered {
        let value = match *name {
            "@method" => wire.method.to_string(),
            "@target-uri" => url.clone(),
            "@authority" => "hooks.example.com".to_owned(),
            "@path" => "/in/rfc9421".to_owned(),
            "@query" => format!("?{}", wire.query()),
            name => wire.header(name).unwrap_or_default().trim().to_owned(),
        };
        base.push_str(&format!("\"{name}\": {value}\n"));
    }
    let list: Vec<_> = covered.iter().map(|name| format!("\"{name}\"")).collect();
    let input = format!("({}){params}", list.join(" "));
    base.push_str(&format!("\"@signature-params\": {input}"));
    let mac = STANDARD.encode(hmac_sha256(known.secret.as_bytes(), base.as_bytes()));
    wire.set("signature-input", &format!("sig1={input}"));
    wire.set("signature", &format!("sig1=:{mac}:"));
    if !delivers(&known.endpoint, &wire) {
        let is_usual = wire.headers.len() == 3 && covers == "@method,@target-uri,content-digest";
        let is_usual = is_usual && params == ";created=1767225600" && wire.method == "POST";
        assert!(
            !is_usual || wire.header("content-digest") != Some(digest(&wire.body).as_str()),
            "{base} is refused"
        );
        return;
    }
    for needed in ["@method", "@target-uri", "content-digest"] {
        assert!(covered.contains(&needed), "{covers}");
    }
    let said = wire.header("content-digest").unwrap_or_default();
    let sha256 = STANDARD.encode(Sha256::digest(&wire.body));
    let sha512 = STANDARD.encode(sha2::Sha512::digest(&wire.body));
    // The last letter has bits that say nothing.
    assert!(
        said.contains(&sha256[..42]) || said.contains(&sha512[..85]),
        "{said}"
    );
    assert!(params.contains("created=17672"), "{params}");
}

pub fn rfc9421_seeds() -> Vec<Vec<u8>> {
    let mut seeds = all_seeds(&[&RFC9421]);
    for (covers, params) in [
        (
            "@method,@target-uri,content-digest",
            ";created=1767225600;keyid=\"a\";tag=\"b\";expires=1767225700",
        ),
        (
            "content-digest,@target-uri,@method,@path,@query,@authority",
            ";created=1767225600",
        ),
        (
            "@method,@target-uri,content-digest,content-type",
            ";created=-1;alg=\"none\"",
        ),
    ] {
        seeds.push(
            format!("\u{40}POST /in/rfc9421?a=b\ncontent-type: a/b\nx-covers: {covers}\nx-params: {params}\n\n{{}}")
                .into_bytes(),
        );
    }
    let many = [
        b"\x00POST /\ncontent-digest: sha-256=:AA==:\nsignature: sig1=:AA==:\nsignature-input: sig1=(\"@method\"".as_slice(),
        &swell(10, 11),
        b");created=1767225600\n\n{}",
    ];
    seeds.push(many.concat());
    seeds
}

// --- Public keys

static DISCORD: LazyLock<Known> = LazyLock::new(|| Known::new("discord"));
static SENDGRID: LazyLock<Known> = LazyLock::new(|| Known::new("sendgrid"));
static SNS: LazyLock<Known> = LazyLock::new(|| Known::new("aws-sns"));

/// What the provider signs of a request.
fn content(which: usize, wire: &Wire) -> Option<Vec<u8>> {
    let time = match which {
        0 => wire.header("x-signature-timestamp")?,
        1 => wire.header("x-twilio-email-event-webhook-timestamp")?,
        _ => {
            let body: Value = serde_json::from_slice(&wire.body).ok()?;
            let fields = [
                "Message",
                "MessageId",
                "Subject",
                "Timestamp",
                "TopicArn",
                "Type",
                "Token",
                "SubscribeURL",
            ];
            let texts = fields.map(|field| {
                body.get(field)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            });
            return Some(texts.join("\n").into_bytes());
        }
    };
    Some([time.as_bytes(), b"\n", &wire.body].concat())
}

pub fn public_keys(data: &[u8]) {
    let Some((which, known, _, wire)) = read(data, &[&DISCORD, &SENDGRID, &SNS]) else {
        return;
    };
    if delivers(&known.endpoint, &wire) {
        let content = content(which, &wire);
        let genuine = known
            .requests
            .iter()
            .any(|request| self::content(which, request) == content);
        assert!(genuine, "a forgery");
    }
}

pub fn public_keys_seeds() -> Vec<Vec<u8>> {
    let mut seeds = all_seeds(&[&DISCORD, &SENDGRID, &SNS]);
    // A long address of a certificate.
    let sns = String::from_utf8(SNS.requests[0].write()).expect("text");
    let (before, behind) = sns
        .split_once("us-west-2.amazonaws.com/Simple")
        .expect("an address");
    let long = [
        b"\x02".as_slice(),
        before.as_bytes(),
        b"aaaaaaaa",
        &swell(8, 15),
        b".amazonaws.com/x",
        behind.as_bytes(),
    ];
    seeds.push(long.concat());
    seeds
}

// --- Shared tokens

static TELEGRAM: LazyLock<Known> = LazyLock::new(|| Known::new("telegram"));
static GITLAB: LazyLock<Known> = LazyLock::new(|| Known::new("gitlab"));
static BASIC: LazyLock<Known> = LazyLock::new(|| Known::new("generic-basic"));
static QUERY: LazyLock<Known> = LazyLock::new(|| Known::new("generic-api-key-query"));

pub fn token(data: &[u8]) {
    let Some((which, known, sign, mut wire)) = read(data, &[&TELEGRAM, &GITLAB, &BASIC, &QUERY])
    else {
        return;
    };
    let name = ["x-telegram-bot-api-secret-token", "x-gitlab-token"].get(which);
    if let Some(name) = name {
        if sign {
            wire.set(name, &known.secret);
        }
        let fits = wire.header(name) == Some(known.secret.as_str()) && wire.method == "POST";
        assert_eq!(delivers(&known.endpoint, &wire), fits, "{name}");
        return;
    }
    if delivers(&known.endpoint, &wire) {
        let same = |request: &Wire| match which {
            2 => {
                let scheme = |wire: &Wire| {
                    let text = wire.header("authorization").unwrap_or_default();
                    let (_, credentials) = text.split_once(' ').unwrap_or_default();
                    STANDARD.decode(credentials.trim()).ok()
                };
                scheme(request).is_some() && scheme(request) == scheme(&wire)
            }
            _ => {
                let values = |wire: &Wire| {
                    let pairs = form_urlencoded::parse(wire.query().as_bytes());
                    pairs
                        .map(|(_, value)| value.into_owned())
                        .collect::<BTreeSet<_>>()
                };
                values(request).is_subset(&values(&wire)) && !values(request).is_empty()
            }
        };
        assert!(
            known.requests.iter().any(same),
            "a token that is none: {}",
            wire.uri
        );
    }
}

pub fn token_seeds() -> Vec<Vec<u8>> {
    all_seeds(&[&TELEGRAM, &GITLAB, &BASIC, &QUERY])
}

// --- Batches and multipart forms

static ADYEN: LazyLock<Known> = LazyLock::new(|| Known::new("adyen"));
static DROPBOX_SIGN: LazyLock<Known> = LazyLock::new(|| Known::new("dropbox-sign"));

/// What Adyen signs of an item.
fn adyen_content(item: &Value) -> String {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let fields = [
        "pspReference",
        "originalReference",
        "merchantAccountCode",
        "merchantReference",
    ];
    let mut texts: Vec<_> = fields.iter().map(|field| text(&item[*field])).collect();
    texts.extend(["value", "currency"].map(|field| text(&item["amount"][field])));
    texts.extend(["eventCode", "success"].map(|field| text(&item[field])));
    texts.join(":")
}

/// The JSON texts in `body` that begin with a brace.
fn objects(body: &[u8]) -> impl Iterator<Item = Value> + '_ {
    let begins = body.iter().enumerate().filter(|(_, byte)| **byte == b'{');
    begins.take(64).filter_map(|(at, _)| {
        let read = |text: &[u8]| {
            let mut read = serde_json::Deserializer::from_slice(text).into_iter::<Value>();
            read.next()?.ok()
        };
        // Half a surrogate pair is JSON, and this reader cannot make a text of it.
        read(&body[at..]).or_else(|| read(&without_surrogates(&body[at..])))
    })
}

fn without_surrogates(json: &[u8]) -> Vec<u8> {
    let mut json = json.to_vec();
    for at in 2..json.len() {
        if json[at - 2..at] == *br"\u" && json[at].eq_ignore_ascii_case(&b'd') {
            json[at] = b'0';
        }
    }
    json
}

pub fn batch(data: &[u8]) {
    let Some((which, known, sign, mut wire)) = read(data, &[&ADYEN, &DROPBOX_SIGN]) else {
        return;
    };
    if which == 1 {
        if sign && wire.body.starts_with(b"{") {
            // The fuzzer's JSON in a form of its own.
            let mut event: Value = match serde_json::from_slice(&wire.body) {
                Ok(event) => event,
                Err(_) => return,
            };
            let part = |name: &str| event["event"][name].as_str().unwrap_or_default().to_owned();
            let mac = hmac_sha256(
                known.secret.as_bytes(),
                format!("{}{}", part("event_time"), part("event_type")).as_bytes(),
            );
            if let Some(event) = event.get_mut("event").and_then(Value::as_object_mut) {
                event.insert("event_hash".into(), hex::encode(mac).into());
            }
            wire.set("content-type", "multipart/form-data; boundary=xyz");
            let form = format!(
                "--xyz\r\ncontent-disposition: form-data; name=\"json\"\r\n\r\n{event}\r\n--xyz--\r\n"
            );
            wire.body = form.into_bytes();
        }
        if delivers(&known.endpoint, &wire) {
            let decoded: Vec<u8> = form_urlencoded::parse(&wire.body)
                .flat_map(|(_, value)| value.into_owned().into_bytes())
                .collect();
            let fits = objects(&wire.body).chain(objects(&decoded)).any(|object| {
                let part = |name: &str| match &object["event"][name] {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                let content = format!("{}{}", part("event_time"), part("event_type"));
                let mac = hmac_sha256(known.secret.as_bytes(), content.as_bytes());
                hex::decode(part("event_hash")).is_ok_and(|given| given == mac)
            });
            assert!(fits, "a forgery");
        }
        return;
    }
    let key = hex::decode(&known.secret).expect("a secret");
    let Ok(mut body) = serde_json::from_slice::<Value>(&wire.body) else {
        // What our own reader takes and this one does not is too deep for it.
        let _ = delivers(&known.endpoint, &wire);
        return;
    };
    if sign {
        let items = body
            .get_mut("notificationItems")
            .and_then(Value::as_array_mut);
        for item in items.into_iter().flatten() {
            let Some(item) = item.get_mut("NotificationRequestItem") else {
                continue;
            };
            let mac = STANDARD.encode(hmac_sha256(&key, adyen_content(item).as_bytes()));
            if let Some(data) = item
                .get_mut("additionalData")
                .and_then(Value::as_object_mut)
            {
                data.insert("hmacSignature".into(), mac.into());
            }
        }
        wire.body = body.to_string().into_bytes();
    }
    if delivers(&known.endpoint, &wire) {
        let items = body["notificationItems"].as_array().expect("items");
        assert!(!items.is_empty());
        for item in items {
            let item = &item["NotificationRequestItem"];
            let mac = STANDARD.encode(hmac_sha256(&key, adyen_content(item).as_bytes()));
            assert_eq!(
                item["additionalData"]["hmacSignature"], mac,
                "an item that is not signed"
            );
        }
    }
}

pub fn batch_seeds() -> Vec<Vec<u8>> {
    let mut seeds = all_seeds(&[&ADYEN, &DROPBOX_SIGN]);
    seeds.push(
        b"\x41POST /\n\n{\"event\":{\"event_time\":\"1767225600\",\"event_type\":\"a\"}}".to_vec(),
    );
    // A long boundary that nearly fits everywhere.
    let long = [
        b"\x01POST /\ncontent-type: multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\n\n--aaaa".as_slice(),
        &swell(4, 16),
    ];
    seeds.push(long.concat());
    let sample = project("tests/vectors/adyen.jsonl");
    assert!(sample.exists());
    seeds
}
