//! Presets against their own samples, signed as the provider would.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hookferry::accept::Received;
use hookferry::authenticate::{Arrival, authenticate};
use hookferry::normalize;
use hookferry::settings::compile::{Operator, endpoint};
use hookferry::settings::preset::{Preset, Sample, SecretEncoding};
use hookferry::settings::providers;
use hookferry::sign::{self, Signed};
use hookferry::time::UnixTime;

use crate::spots::covers_body;
use crate::support::sides::{Sides, UNSENDABLE, sides};
use crate::{OPEN, preset};

const URL: &str = "https://hooks.example.com/webhooks/x";
const NOW: UnixTime = UnixTime::from_seconds(1_800_000_000);

/// The type of the first event, where `signed` is accepted.
fn judged(preset: &Preset, operator: &Operator, signed: &Signed) -> Result<Option<String>, String> {
    let endpoint = endpoint(preset, operator).map_err(|problems| format!("{problems:?}"))?;
    let received = Received::new(
        signed.method.clone(),
        signed.url.parse().unwrap(),
        signed.headers.clone(),
        Bytes::from(signed.body.clone()),
        NOW,
    );
    match authenticate(&endpoint.scheme, received, NOW, &mut ()) {
        Ok(Arrival::Delivery(verified)) => {
            let events = normalize::events(&endpoint.mapping, verified).events;
            Ok(events[0].event().map(str::to_owned))
        }
        Ok(Arrival::Handshake(answer)) => Err(format!("a handshake: {answer:?}")),
        Err(refusal) => Err(refusal.label().into()),
    }
}

#[test]
fn what_is_signed_as_a_preset_says_is_accepted_by_it_and_nothing_else_is() {
    let mut samples = 0;
    let mut wrong = Vec::new();
    for id in providers::ids() {
        let preset = preset(id);
        let sides = sides(&preset, URL);
        if preset.samples.is_empty() {
            wrong.push(format!("{id} has no sample"));
        }
        let unsendable = UNSENDABLE.iter().find(|(known, _)| *known == id);
        for sample in &preset.samples {
            let name = format!("{id} {}", sample.r#type);
            let signed = sign::sign(&preset, &sides.signer, sample, "fresh-1", NOW);
            let signed = match (signed, unsendable) {
                (Ok(signed), None) => signed,
                (Err(said), Some((_, why))) if said.contains(why) => continue,
                (result, _) => {
                    wrong.push(format!("{name}: {:?}", result.map(|_| "signed")));
                    continue;
                }
            };
            let event = judged(&preset, &sides.operator, &signed);
            if event != Ok(Some(sample.r#type.clone())) {
                wrong.push(format!("{name}: {event:?}"));
                continue;
            }
            samples += 1;
            if let Some(said) = long_body(&preset, &sides, sample) {
                wrong.push(format!("{name}: {said}"));
            }
            if !OPEN.contains(&id) {
                wrong.extend(forgeries_of_sample(&preset, &sides, sample, &signed));
            }
        }
    }
    println!("{samples} samples");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with the same in a body of 200 KB that ends in white space.
fn long_body(preset: &Preset, sides: &Sides, sample: &Sample) -> Option<String> {
    let is_json = sample.body.starts_with('{') || sample.body.starts_with('[');
    if !is_json || !covers_body(&preset.verify) {
        return None;
    }
    let mut long = sample.clone();
    long.body = format!("{}{}\r\n", sample.body, " ".repeat(200_000));
    let signed = sign::sign(preset, &sides.signer, &long, "fresh-1", NOW);
    let event = signed.and_then(|signed| judged(preset, &sides.operator, &signed));
    let expected = Ok(Some(sample.r#type.clone()));
    (event != expected).then(|| format!("in 200 KB: {event:?}"))
}

/// The forgeries of a signed sample that were taken.
fn forgeries_of_sample(
    preset: &Preset,
    sides: &Sides,
    sample: &Sample,
    signed: &Signed,
) -> Vec<String> {
    let name = format!("{} {}", preset.id, sample.r#type);
    let mut taken = Vec::new();
    let mut refused = |what: &str, forged: &Signed, operator: &Operator| {
        if judged(preset, operator, forged).is_ok() {
            taken.push(format!("{name}: {what} was taken"));
        }
    };
    if covers_body(&preset.verify) && !signed.body.is_empty() {
        let mut forged = signed.clone();
        forged.body[0] ^= 1;
        refused("a bit of the body", &forged, &sides.operator);
    }
    // Other keys of the same form.
    let mut stranger = self::sides(preset, URL).operator;
    stranger.params.clone_from(&sides.operator.params);
    for secret in &mut stranger.secrets {
        let encoding = preset.secret.as_ref().map(|form| form.encoding);
        *secret = if encoding == Some(SecretEncoding::Hex) {
            hex::encode([8; 32])
        } else {
            STANDARD.encode(hex::encode([8; 33]))
        };
    }
    let has_keys = !stranger.secrets.is_empty()
        || !stranger.public_keys.is_empty()
        || !stranger.certificates.is_empty();
    if has_keys {
        refused("somebody else's key", signed, &stranger);
    }
    taken
}
