//! Thousands of forgeries made of each preset's genuine requests.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookferry::authenticate::{Arrival, Integrity, authenticate};
use hookferry::commands::verify::cases::{Case, HeaderText, Judge, Verdict};
use hookferry::settings::compile::Endpoint;
use hookferry::settings::preset::{Preset, SecretEncoding, VerifyForm};
use hookferry::settings::providers;
use hookferry::sign;
use hookferry::template::{Place, Scope, Template};
use hookferry::time::UnixTime;

use crate::spots::{Spot, body, covers_body, groups, signed_templates};
use crate::support::certificate::certificate;
use crate::support::random::Random;
use crate::{OPEN, vectors};

/// How many genuine requests of a preset are attacked.
const CASES: usize = 3;
/// How many forgeries of each are made at least, where something is signed.
const LEAST: usize = 200;

/// What was done to a request, and the request.
type Mutation = (String, Case);

#[test]
fn a_request_that_differs_from_what_was_signed_is_refused() {
    let mut random = Random::new();
    let mut judge = Judge::default();
    let (mut attacked, mut forged) = (0, 0);
    let mut taken = Vec::new();
    for file in vectors() {
        let text = std::fs::read_to_string(&file).unwrap();
        let cases = text.lines().filter(|line| !line.is_empty());
        let cases = cases.map(|line| serde_json::from_str::<Case>(line).unwrap());
        let genuine = cases.filter(|case| {
            let is_open = OPEN.contains(&case.provider.as_str());
            case.expected.expect == Some(Verdict::Accept) && !is_open
        });
        for case in genuine.take(CASES) {
            attacked += 1;
            forged += attack(&mut judge, &case, &mut random, &mut taken);
        }
    }
    println!("{forged} forgeries of {attacked} requests");
    assert!(taken.is_empty(), "{}", taken.join("\n"));
    assert!(attacked >= providers::ids().count(), "{attacked}");
}

/// Judges requests against one configuration.
struct Bench {
    endpoint: Endpoint,
}

impl Bench {
    fn verdict(&self, case: &Case) -> Option<Verdict> {
        // Text that cannot stand in a request never arrives.
        let received = case.received().ok()?;
        let now = UnixTime::from_seconds(case.now);
        let judged = authenticate(&self.endpoint.scheme, received, now, &mut ());
        Some(match judged {
            Ok(Arrival::Delivery(_)) => Verdict::Accept,
            Ok(Arrival::Handshake(_)) => Verdict::Handshake,
            Err(_) => Verdict::Reject,
        })
    }
}

/// Judges every mutation of `case`; how many there were. What is wrong is noted.
fn attack(judge: &mut Judge, case: &Case, random: &mut Random, wrong: &mut Vec<String>) -> usize {
    let name = case.case.as_deref().unwrap_or_default();
    let name = format!("{} {name}", case.provider);
    let tree = providers::load(&case.provider).unwrap().unwrap();
    let preset = providers::parse(case.config.overridden(tree).unwrap()).unwrap();
    let endpoint = judge.endpoint(case).unwrap();
    let bench = Bench { endpoint };
    if bench.verdict(case) != Some(Verdict::Accept) {
        wrong.push(format!("{name}: refused as it is"));
        return 0;
    }
    let mut shouting = case.clone();
    let headers = std::mem::take(&mut shouting.request.headers).into_iter();
    shouting.request.headers = headers
        .map(|(name, value)| (name.to_ascii_uppercase(), value))
        .collect();
    if bench.verdict(&shouting) != Some(Verdict::Accept) {
        wrong.push(format!("{name}: refused with headers in capitals"));
    }

    let mut count = 0;
    for (what, forged) in of_keys(case, &preset) {
        let verdict = judge.judge(&forged).map(|judgement| judgement.verdict);
        if verdict == Ok(Verdict::Accept) {
            wrong.push(format!("{name}: {what}"));
        }
        count += 1;
    }
    let mut mutations = of_proof(case, &preset);
    mutations.extend(of_time(case, &preset));
    mutations.extend(of_signed_parts(case, &preset));
    if covers_body(&preset.verify) {
        mutations.extend(of_body(case, random));
    }
    for (what, forged) in mutations {
        if let Some(verdict) = bench.verdict(&forged) {
            if verdict == Verdict::Accept {
                wrong.push(format!("{name}: {what}"));
            }
            count += 1;
        }
    }
    let is_signed = preset.integrity != Integrity::None;
    if is_signed && count < LEAST {
        wrong.push(format!("{name}: only {count} forgeries"));
    }
    count
}

/// The signature or token changed, gone, or given twice.
fn of_proof(case: &Case, preset: &Preset) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    for group in groups(&preset.verify) {
        let mut spots: Vec<(Spot, String)> = Vec::new();
        for spot in group {
            let is_known = spots.iter().any(|(known, _)| known.place == spot.place);
            if let Some(text) = spot.text(case).filter(|_| !is_known) {
                spots.push((spot, text));
            }
        }
        let is_list = spots.iter().any(|(spot, _)| spot.is_list);
        // Every proof of the group, changed alike.
        let mut change = |what: String, change: &dyn Fn(&Spot, &str) -> Option<String>| {
            let mut changed = Some(case.clone());
            let mut any = false;
            for (spot, text) in &spots {
                // Padding that is optional says nothing.
                let bare = |text: &str| text.trim_end_matches('=').to_owned();
                if let Some(new) = change(spot, text).filter(|new| bare(new) != bare(text)) {
                    any = true;
                    changed = changed.and_then(|case| spot.with(&case, &new));
                }
            }
            let whole = changed.filter(|_| any);
            let is_there = whole.is_some();
            mutations.extend(whole.map(|case| (what, case)));
            is_there
        };
        for bit in 0..4096 {
            let turned = change(format!("bit {bit}"), &|spot, text| spot.flipped(text, bit));
            if !turned && bit % 8 == 0 {
                break;
            }
            let other = (bit + 13) % 64;
            change(format!("bits {bit} and {other}"), &|spot, text| {
                spot.flipped(&spot.flipped(text, bit)?, other)
            });
        }
        // A part of a list, and a list twice, may still hold a whole signature.
        for part in (1..64).filter(|_| !is_list) {
            change(format!("{part}/64 of it"), &|_, text| {
                let end = (0..=text.len() * part / 64).rev();
                let end = { end }.find(|end| text.is_char_boundary(*end))?;
                Some(text[..end].to_owned())
            });
        }
        change("nothing in it".into(), &|_, _| Some(String::new()));
        if !is_list {
            change("it twice in one".into(), &|_, text| {
                Some(format!("{text}{text}"))
            });
        }
        change("something else".into(), &|_, _| Some("AAAA".into()));
        let gone = spots
            .iter()
            .try_fold(case.clone(), |case, (spot, _)| spot.without(&case));
        mutations.extend(
            gone.filter(|_| !spots.is_empty())
                .map(|case| ("it gone".into(), case)),
        );
        for (spot, text) in &spots {
            if let (Place::Header(name), false, 1) = (&spot.place, is_list, spots.len()) {
                let mut twice = case.clone();
                let values = HeaderText::Many(vec![text.clone(), text.clone()]);
                let headers = &mut twice.request.headers;
                headers.retain(|known, _| !known.eq_ignore_ascii_case(name.as_str()));
                headers.insert(name.to_string(), values);
                mutations.push((format!("{name} twice"), twice));
            }
        }
    }
    mutations
}

/// Other secrets, keys and params than those it was signed with.
fn of_keys(case: &Case, preset: &Preset) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    let mut change = |what: &str, change: &dyn Fn(&mut Case)| {
        let mut changed = case.clone();
        change(&mut changed);
        mutations.push((what.to_owned(), changed));
    };
    let has_key = preset.verify.public_key_algorithm().is_some() && has_public_key(case);
    let has_secret = !has_key && !case.config.secrets.is_empty() || case.config.username.is_some();
    if let Some(form) = preset.secret.as_ref().filter(|_| has_secret) {
        let other = match form.encoding {
            SecretEncoding::Utf8 => "not the secret of this source".to_owned(),
            SecretEncoding::Hex => hex::encode([7; 32]),
            SecretEncoding::Base64 | SecretEncoding::Whsec | SecretEncoding::Base64url => {
                STANDARD.encode([7; 33])
            }
        };
        for secrets in [vec![other], vec![String::new()], Vec::new()] {
            change("another secret", &|case: &mut Case| {
                case.config.username = None;
                case.config.secrets.clone_from(&secrets);
            });
        }
    }
    let algorithm = preset.verify.public_key_algorithm();
    if let Some(algorithm) = algorithm.filter(|_| has_key)
        && let Ok((_, other)) = sign::generate(algorithm)
    {
        change("another public key", &|case: &mut Case| {
            case.config.public_key_pem = None;
            case.config.public_key_hex = None;
            case.config.public_key = None;
            case.config.jwks = None;
            case.config.public_key_base64 = Some(other.clone());
            if case.config.signing_cert_pem.is_some() {
                case.config.signing_cert_pem = Some(certificate(&other));
            }
        });
    }
    mutations
}

fn has_public_key(case: &Case) -> bool {
    let config = &case.config;
    let keys = [
        &config.public_key_pem,
        &config.public_key_base64,
        &config.public_key_hex,
        &config.public_key,
        &config.signing_cert_pem,
    ];
    keys.iter().any(|key| key.is_some()) || config.jwks.is_some()
}

/// Clocks outside the window.
fn of_time(case: &Case, preset: &Preset) -> Vec<Mutation> {
    let mut windows = Vec::new();
    for form in preset.verify.all() {
        match form {
            VerifyForm::Signature(form) => {
                windows.push(form.timestamp.as_ref().map(|stamp| {
                    let past_s = stamp.past_s.or(case.tolerance_s);
                    past_s.unwrap_or(stamp.tolerance_s)
                        + case.tolerance_s.unwrap_or(stamp.tolerance_s)
                }));
            }
            VerifyForm::Jwt(form) => windows.push(form.age_s.map(|age_s| age_s + form.leeway_s)),
            VerifyForm::Rfc9421(form) => windows.push(form.age_s.map(|age_s| 2 * age_s)),
            VerifyForm::Token(_) => windows.push(None),
            _ => {}
        }
    }
    // A check without a time in it may be the one that the request passes.
    let Some(windows) = windows.into_iter().collect::<Option<Vec<_>>>() else {
        return Vec::new();
    };
    let Some(window) = windows.into_iter().max() else {
        return Vec::new();
    };
    let window = i64::try_from(window).unwrap() + 1;
    [window, -window, 10 * window, -10 * window]
        .map(|shift| {
            let mut shifted = case.clone();
            shifted.now += shift;
            (format!("the clock {shift} s off"), shifted)
        })
        .into()
}

/// Other values in whatever beside the whole body is signed: headers, URL, method, fields.
fn of_signed_parts(case: &Case, preset: &Preset) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    if preset.methods == ["POST"] {
        let mut put = case.clone();
        put.request.method = "PUT".into();
        mutations.push(("PUT".to_owned(), put));
    }
    // Of several checks, another than the one with this template may have passed.
    if preset
        .verify
        .all()
        .iter()
        .any(|form| matches!(form, VerifyForm::Any(_)))
    {
        return mutations;
    }
    for text in signed_templates(&preset.verify) {
        // What changes what it is given may give the same for two of them.
        if text.contains("|lower") || text.contains("|only") || text.contains("|until") {
            continue;
        }
        let template = Template::parse(&text, Scope::Authenticate).unwrap();
        for place in template.places() {
            mutations.extend(of_place(case, place));
        }
    }
    mutations
}

fn of_place(case: &Case, place: &Place) -> Vec<Mutation> {
    let spot = Spot::at(place);
    match place {
        Place::Header(name) => {
            let Some(text) = spot.text(case) else {
                return Vec::new();
            };
            let changed = ["0", "x", " x"].iter().filter_map(|end| {
                let case = spot.with(case, &format!("{text}{end}"))?;
                Some((format!("{name} with {end:?} behind"), case))
            });
            changed.collect()
        }
        Place::Query(_) | Place::Form(_) | Place::Json(_) => {
            let Some(text) = spot.text(case).filter(|text| !text.is_empty()) else {
                return Vec::new();
            };
            let changed = spot.with(case, &format!("{text}1"));
            changed
                .map(|case| (format!("{place} changed"), case))
                .into_iter()
                .collect()
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
            vec![("a longer query".into(), queried)]
        }
        _ => Vec::new(),
    }
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
        let shorter = body[..body.len() - 1].to_vec();
        mutations.push(("the last byte gone".into(), with(shorter)));
        mutations.push(("no body".into(), with(Vec::new())));
    }
    mutations
}
