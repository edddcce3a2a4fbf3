//! Thousands of forgeries made of each genuine request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookferry::authenticate::Algorithm;
use hookferry::commands::verify::cases::{Case, HeaderText, Judge, Verdict};
use hookferry::settings::preset::{Preset, SecretEncoding, SignatureForm, VerifyForm};
use hookferry::settings::providers;
use hookferry::sign;
use hookferry::template::{Place, Scope, Template};

use crate::certificate::certificate;
use crate::support::random::Random;
use crate::{OPEN, TOKENS, vectors};

/// Signatures without a time: an old request is as good as a new one.
const TIMELESS: &[&str] = &[
    "generic-hmac",
    "github",
    "hubspot-v1",
    "meta",
    "shopify",
    "twilio",
];
/// Their header is a list of signatures, so that one given twice says the same as once.
const LISTS: &[&str] = &["standard-webhooks"];
/// Members of a body that Amazon SNS signs.
const SNS_SIGNED: &[&str] = &[
    "Message",
    "MessageId",
    "Subject",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
];

/// What was done to a request, and the request.
type Mutation = (String, Case);

#[test]
fn a_request_that_differs_from_what_was_signed_is_refused() {
    let mut random = Random::new();
    let mut judge = Judge::default();
    let (mut accepted, mut forged) = (0, 0);
    for file in vectors() {
        let text = std::fs::read_to_string(&file).unwrap();
        for line in text.lines().filter(|line| !line.is_empty()) {
            let case: Case = serde_json::from_str(line).unwrap();
            let is_open = OPEN.contains(&case.provider.as_str());
            if case.expected.expect != Some(Verdict::Accept) || is_open {
                continue;
            }
            accepted += 1;
            forged += attack(&mut judge, &case, &mut random);
        }
    }
    println!("{forged} forgeries of {accepted} requests");
    assert!(accepted >= 100 && forged >= 200 * accepted);
}

/// Judges every mutation of `case`; how many there were.
fn attack(judge: &mut Judge, case: &Case, random: &mut Random) -> usize {
    let name = format!(
        "{} {}",
        case.provider,
        case.case.as_deref().unwrap_or_default()
    );
    let tree = providers::load(&case.provider).unwrap().unwrap();
    let preset = providers::parse(case.config.overridden(tree).unwrap()).unwrap();
    let mut verdict = |case: &Case| judge.judge(case).map(|judgement| judgement.verdict);
    assert_eq!(verdict(case), Ok(Verdict::Accept), "{name}: as it is");
    let mut shouting = case.clone();
    let headers = std::mem::take(&mut shouting.request.headers);
    let headers = headers
        .into_iter()
        .map(|(name, value)| (name.to_ascii_uppercase(), value));
    shouting.request.headers = headers.collect();
    assert_eq!(
        verdict(&shouting),
        Ok(Verdict::Accept),
        "{name}: header names in capitals"
    );

    let mut mutations = of_proof(case, &preset);
    mutations.extend(of_keys(case, &preset));
    mutations.extend(of_time(case, &preset));
    mutations.extend(of_signed_parts(case, &preset));
    let mut count = 0;
    for (what, forged) in mutations {
        // Text that cannot stand in a request never arrives.
        if let Ok(verdict) = verdict(&forged) {
            assert_eq!(verdict, Verdict::Reject, "{name}: {what}");
            count += 1;
        }
    }
    for (what, forged) in of_body(case, random) {
        let verdict = verdict(&forged).unwrap();
        if TOKENS.contains(&case.provider.as_str()) {
            assert_eq!(
                verdict,
                Verdict::Accept,
                "{name}: a token covers no body: {what}"
            );
        } else if verdict != Verdict::Reject {
            assert!(says_the_same(case, &forged), "{name}: {what}");
        }
        count += 1;
    }
    count
}

/// Whether the signed content of both bodies is the same, though their bytes differ.
fn says_the_same(case: &Case, forged: &Case) -> bool {
    match case.provider.as_str() {
        "aws-sns" => {
            let read = |case: &Case| {
                let body: serde_json::Value = serde_json::from_slice(&body(case)).unwrap();
                SNS_SIGNED
                    .iter()
                    .map(|name| body[name].clone())
                    .collect::<Vec<_>>()
            };
            read(case) == read(forged)
        }
        "twilio" => {
            let read = |case: &Case| {
                let body = body(case);
                let mut pairs: Vec<_> = form_urlencoded::parse(&body).into_owned().collect();
                pairs.sort();
                pairs.dedup();
                pairs
                    .iter()
                    .map(|(key, value)| format!("{key}{value}"))
                    .collect::<String>()
            };
            read(case) == read(forged)
        }
        _ => false,
    }
}

/// The signature or token changed, gone, or given twice.
fn of_proof(case: &Case, preset: &Preset) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    for spot in spots(&preset.verify) {
        let Some(text) = spot.text(case) else {
            continue;
        };
        for (what, changed) in spot.changes(&text) {
            mutations.push((what, spot.with(case, &text, &changed)));
        }
        let Place::Header(name) = &spot.place else {
            continue;
        };
        let mut without = case.clone();
        without
            .request
            .headers
            .retain(|known, _| !known.eq_ignore_ascii_case(name.as_str()));
        mutations.push((format!("{name} removed"), without));
        if !LISTS.contains(&case.provider.as_str()) {
            let mut twice = case.clone();
            let values = HeaderText::Many(vec![text.clone(), text.clone()]);
            twice
                .request
                .headers
                .retain(|known, _| !known.eq_ignore_ascii_case(name.as_str()));
            twice.request.headers.insert(name.to_string(), values);
            mutations.push((format!("{name} twice"), twice));
        }
    }
    assert!(
        !mutations.is_empty(),
        "{}: nothing proves anything",
        case.provider
    );
    mutations
}

/// Where a proof stands in a request, and how it is written there.
pub struct Spot {
    pub place: Place,
    pub form: Option<SignatureForm>,
}

pub fn spots(form: &VerifyForm) -> Vec<Spot> {
    let place = |from: &str| {
        let template = Template::parse(from, Scope::Authenticate).unwrap();
        template.places()[0].clone()
    };
    match form {
        VerifyForm::Signature(form) => vec![Spot {
            place: place(&form.from),
            form: Some((**form).clone()),
        }],
        VerifyForm::Token(form) => vec![Spot {
            place: place(&form.from),
            form: None,
        }],
        VerifyForm::All(forms) => forms.iter().flat_map(spots).collect(),
        // The branches of the presets here differ in what is signed, not in where the proof is.
        VerifyForm::Any(forms) => forms.first().map(spots).unwrap_or_default(),
        VerifyForm::When(form) => spots(&form.then),
        VerifyForm::Equal(_) | VerifyForm::OneOf(_) | VerifyForm::None => Vec::new(),
    }
}

impl Spot {
    fn text(&self, case: &Case) -> Option<String> {
        match &self.place {
            Place::Header(name) => {
                let mut headers = case.request.headers.iter();
                let (_, value) =
                    headers.find(|(known, _)| known.eq_ignore_ascii_case(name.as_str()))?;
                Some(value.all()[0].to_owned())
            }
            Place::Json(pointer) => {
                let body: serde_json::Value = serde_json::from_slice(&body(case)).unwrap();
                Some(body.pointer(pointer)?.as_str()?.to_owned())
            }
            other => panic!("a proof in {other}"),
        }
    }

    fn with(&self, case: &Case, old: &str, new: &str) -> Case {
        let mut case = case.clone();
        match &self.place {
            Place::Header(name) => {
                case.request
                    .headers
                    .retain(|known, _| !known.eq_ignore_ascii_case(name.as_str()));
                case.request
                    .headers
                    .insert(name.to_string(), HeaderText::One(new.to_owned()));
            }
            _ => {
                let text = String::from_utf8(body(&case)).unwrap();
                assert_eq!(text.matches(old).count(), 1);
                case.request.body_b64 = STANDARD.encode(text.replace(old, new));
            }
        }
        case
    }

    /// Other texts that prove nothing.
    fn changes(&self, text: &str) -> Vec<(String, String)> {
        let Some(form) = &self.form else {
            return token_changes(text);
        };
        let mut changes: Vec<_> = (0..)
            .map_while(|bit| {
                Some((
                    format!("bit {bit} of the signature"),
                    flipped(form, text, bit)?,
                ))
            })
            .collect();
        assert!(changes.len() >= 160, "{text}: only {} bits", changes.len());
        changes.push(("an empty signature".into(), String::new()));
        if let Some(prefix) = &form.prefix {
            for other in [String::new(), prefix.to_uppercase(), format!("x{prefix}")] {
                if other != *prefix {
                    changes.push((format!("prefix {other:?}"), text.replace(prefix, &other)));
                }
            }
        }
        if let (Some(key), Some(pair)) = (&form.key, &form.pair) {
            let old = format!("{key}{pair}");
            for other in [format!("{key}0{pair}"), format!("v0{pair}"), key.clone()] {
                changes.push((format!("field {other:?}"), text.replace(&old, &other)));
            }
        }
        changes
    }
}

/// `text` with one bit of every signature in it turned; `None` when they have no such bit.
pub fn flipped(form: &SignatureForm, text: &str, bit: usize) -> Option<String> {
    let split = form.split.as_deref();
    let elements: Vec<_> = match split {
        Some(split) => text.split(split).collect(),
        None => vec![text],
    };
    let mut any = false;
    let mut turn = |element: &str| {
        let before = match (&form.key, &form.pair) {
            (Some(key), Some(pair)) => format!("{key}{pair}"),
            _ => String::new(),
        };
        let before = format!("{before}{}", form.prefix.as_deref().unwrap_or_default());
        let spaces = element.len() - element.trim_start().len();
        let (space, trimmed) = element.split_at(spaces);
        let bytes = trimmed
            .strip_prefix(&before)
            .and_then(|rest| form.encoding.decode(rest));
        match bytes {
            Some(mut bytes) if bit / 8 < bytes.len() => {
                bytes[bit / 8] ^= 1 << (bit % 8);
                any = true;
                format!("{space}{before}{}", form.encoding.encode(&bytes))
            }
            _ => element.to_owned(),
        }
    };
    let turned: Vec<_> = elements.into_iter().map(&mut turn).collect();
    any.then(|| turned.join(split.unwrap_or_default()))
}

fn token_changes(text: &str) -> Vec<(String, String)> {
    let mut changes = Vec::new();
    for at in 0..text.len() * 8 {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at / 8] ^= 1 << (at % 8);
        if let Ok(changed) = String::from_utf8(bytes)
            && changed.trim() == changed
        {
            changes.push((format!("bit {at} of the token"), changed));
        }
    }
    for end in 0..text.len() {
        changes.push((format!("{end} bytes of the token"), text[..end].to_owned()));
        let doubled = format!("{}{}", &text[..=end], &text[end..]);
        changes.push((format!("byte {end} of the token twice"), doubled));
    }
    changes.push(("the token twice".into(), format!("{text}{text}")));
    changes
}

/// Other secrets, keys and params than those it was signed with.
fn of_keys(case: &Case, preset: &Preset) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    let mut change = |what: &str, change: &dyn Fn(&mut Case)| {
        let mut changed = case.clone();
        change(&mut changed);
        mutations.push((what.to_owned(), changed));
    };
    if let Some(form) = &preset.secret {
        let other = match form.encoding {
            SecretEncoding::Utf8 => "not the secret of this source".to_owned(),
            SecretEncoding::Hex => hex::encode([7; 32]),
            SecretEncoding::Base64 | SecretEncoding::Whsec => STANDARD.encode([7; 32]),
        };
        for secrets in [vec![other], vec![String::new()], Vec::new()] {
            change("another secret", &|case: &mut Case| {
                case.config.username = None;
                case.config.secrets.clone_from(&secrets);
            });
        }
    }
    if let Some(algorithm) = public_key_algorithm(&preset.verify) {
        let (_, other) = sign::generate(algorithm).unwrap();
        change("another public key", &|case: &mut Case| {
            case.config.public_key_pem = None;
            case.config.public_key_hex = None;
            case.config.public_key_base64 = Some(other.clone());
            if case.config.signing_cert_pem.is_some() {
                case.config.signing_cert_pem = Some(certificate(&other));
            }
        });
    }
    for param in preset
        .params
        .iter()
        .filter(|(_, form)| form.required && !form.secret)
    {
        change("another param", &|case: &mut Case| {
            case.config.params.clear();
            case.config.others.insert(param.0.clone(), "another".into());
        });
    }
    assert!(!mutations.is_empty());
    mutations
}

pub fn public_key_algorithm(form: &VerifyForm) -> Option<Algorithm> {
    match form {
        VerifyForm::Signature(form) => form.algorithm.is_public_key().then_some(form.algorithm),
        VerifyForm::All(forms) | VerifyForm::Any(forms) => {
            forms.iter().find_map(public_key_algorithm)
        }
        VerifyForm::When(form) => public_key_algorithm(&form.then),
        VerifyForm::Token(_) | VerifyForm::Equal(_) | VerifyForm::OneOf(_) | VerifyForm::None => {
            None
        }
    }
}

/// Clocks outside the window.
fn of_time(case: &Case, preset: &Preset) -> Vec<Mutation> {
    let id = case.provider.as_str();
    let form = signature(&preset.verify);
    let stamp = form.as_ref().and_then(|form| form.timestamp.as_ref());
    let is_timeless = TIMELESS.contains(&id) || TOKENS.contains(&id);
    assert_eq!(stamp.is_none(), is_timeless, "{id}");
    let Some(stamp) = stamp else {
        return Vec::new();
    };
    let future_s = case.tolerance_s.unwrap_or(stamp.tolerance_s);
    let past_s = case
        .tolerance_s
        .or(stamp.past_s)
        .unwrap_or(stamp.tolerance_s);
    let window = i64::try_from(future_s + past_s).unwrap() + 1;
    let shifts = [window, -window, 10 * window, -10 * window];
    shifts
        .map(|shift| {
            let mut shifted = case.clone();
            shifted.now += shift;
            (format!("the clock {shift} s off"), shifted)
        })
        .into()
}

pub fn signature(form: &VerifyForm) -> Option<SignatureForm> {
    spots(form).into_iter().find_map(|spot| spot.form)
}

/// Other values in whatever beside the body is signed: headers, URL, method.
fn of_signed_parts(case: &Case, preset: &Preset) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    let mut put = case.clone();
    put.request.method = "PUT".into();
    mutations.push(("PUT".to_owned(), put));
    let Some(form) = signature(&preset.verify) else {
        return mutations;
    };
    let signed = Template::parse(&form.signed, Scope::Authenticate).unwrap();
    for place in signed.places() {
        match place {
            Place::Header(name) => {
                for end in ["0", "x", " x"] {
                    let mut changed = case.clone();
                    for (known, value) in &mut changed.request.headers {
                        if known.eq_ignore_ascii_case(name.as_str()) {
                            *value = HeaderText::One(format!("{}{end}", value.all()[0]));
                        }
                    }
                    mutations.push((format!("{name} with {end:?} behind"), changed));
                }
            }
            Place::Url => {
                let mut queried = case.clone();
                let sign = if queried.request.url.contains('?') {
                    '&'
                } else {
                    '?'
                };
                queried.request.url.push(sign);
                queried.request.url.push_str("x=1");
                mutations.push(("a longer query".into(), queried));
                let mut elsewhere = case.clone();
                let url = case.config.url.as_ref().unwrap_or(&case.request.url);
                elsewhere.config.url = Some(url.replace("://", "://x"));
                mutations.push(("another host".into(), elsewhere));
            }
            _ => {}
        }
    }
    mutations
}

/// Other bodies.
fn of_body(case: &Case, random: &mut Random) -> Vec<Mutation> {
    let body = body(case);
    let with = |new: Vec<u8>| {
        let mut changed = case.clone();
        changed.request.body_b64 = STANDARD.encode(new);
        changed
    };
    let mut mutations = Vec::new();
    for _ in 0..64 {
        let at = random.below(body.len() + 1);
        let byte = random.bytes(1)[0];
        let longer = [&body[..at], &[byte], &body[at..]].concat();
        mutations.push((format!("byte {byte:#x} put in at {at}"), with(longer)));
        if at < body.len() {
            let mut flipped = body.clone();
            let bit = random.below(8);
            flipped[at] ^= 1 << bit;
            mutations.push((format!("bit {bit} of byte {at}"), with(flipped)));
        }
    }
    if !body.is_empty() {
        mutations.push((
            "the last byte gone".into(),
            with(body[..body.len() - 1].to_vec()),
        ));
        mutations.push(("no body".into(), with(Vec::new())));
    }
    mutations
}

fn body(case: &Case) -> Vec<u8> {
    STANDARD.decode(&case.request.body_b64).unwrap()
}
