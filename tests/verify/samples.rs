//! Presets against their own samples, signed as the provider would.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hookferry::accept::Received;
use hookferry::authenticate::{Arrival, Secret, authenticate};
use hookferry::normalize;
use hookferry::settings::compile::{Operator, endpoint};
use hookferry::settings::preset::{Preset, Sample, SecretEncoding};
use hookferry::settings::providers;
use hookferry::sign::{self, Signed, Signer};
use hookferry::template::Place;
use hookferry::time::UnixTime;

use crate::certificate::certificate;
use crate::mutations::{flipped, public_key_algorithm, signature, spots};
use crate::{OPEN, TOKENS, preset};

/// Keys of both sides of a preset's scheme.
struct Sides {
    operator: Operator,
    signer: Signer,
}

fn sides(preset: &Preset) -> Sides {
    let url = "https://hooks.example.com/webhooks/x";
    let secret = match preset.secret.as_ref().map(|form| form.encoding) {
        None => None,
        Some(SecretEncoding::Utf8) => Some("a secret of this test:1".to_owned()),
        Some(SecretEncoding::Hex) => Some(hex::encode([9; 32])),
        Some(SecretEncoding::Base64 | SecretEncoding::Whsec) => Some(STANDARD.encode([9; 32])),
    };
    let mut operator = Operator {
        name: preset.id.clone(),
        uri: url.into(),
        url: url.into(),
        secrets: secret.iter().cloned().collect(),
        strict: true,
        ..Operator::default()
    };
    let mut signer = Signer {
        secret: secret.map(Secret::new),
        url: url.into(),
        ..Signer::default()
    };
    for (name, form) in preset.params.iter().filter(|(_, form)| form.required) {
        let value = format!("value of {name}: {}", form.about.len());
        operator.params.insert(name.clone(), vec![value.clone()]);
        signer.params.push((name.clone(), value));
    }
    if let Some(algorithm) = public_key_algorithm(&preset.verify) {
        let (private, public) = sign::generate(algorithm).unwrap();
        signer.private_key = Some(private);
        let hosts = signature(&preset.verify).and_then(|form| form.certificate);
        if let Some(rule) = hosts {
            let url = format!(
                "https://{}/key.pem",
                rule.hosts[0].replace('*', "eu-west-1")
            );
            operator
                .certificates
                .push((url.clone(), certificate(&public)));
            signer.certificate_url = Some(url);
        } else {
            operator.public_keys.push(public);
        }
    }
    Sides { operator, signer }
}

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
    for id in providers::ids() {
        let preset = preset(id);
        let sides = sides(&preset);
        assert!(!preset.samples.is_empty(), "{id} has no sample");
        for sample in &preset.samples {
            let name = format!("{id} {}", sample.r#type);
            let signed = sign::sign(&preset, &sides.signer, sample, "fresh-1", NOW);
            let signed = signed.unwrap_or_else(|said| panic!("{name}: {said}"));
            let event = judged(&preset, &sides.operator, &signed);
            assert_eq!(event, Ok(Some(sample.r#type.clone())), "{name}");
            samples += 1;
            if !OPEN.contains(&id) {
                forgeries_of_sample(&preset, &sides, sample, &signed);
            }
        }
    }
    println!("{samples} samples");
    assert!(samples >= 40, "{samples}");
}

fn forgeries_of_sample(preset: &Preset, sides: &Sides, sample: &Sample, signed: &Signed) {
    let name = format!("{} {}", preset.id, sample.r#type);
    let refused = |what: &str, forged: &Signed, operator: &Operator| {
        let verdict = judged(preset, operator, forged);
        assert!(verdict.is_err(), "{name}: {what}: {verdict:?}");
    };
    if !TOKENS.contains(&preset.id.as_str()) {
        let mut forged = signed.clone();
        // What SNS signs begins with the message's text, a form with its first key.
        let at = match String::from_utf8_lossy(&signed.body).find("\"Message\":\"") {
            Some(at) => at + "\"Message\":\"".len(),
            None => 0,
        };
        forged.body[at] ^= 1;
        refused("a bit of the body", &forged, &sides.operator);
    }
    let spot = &spots(&preset.verify)[0];
    if let Place::Header(header) = &spot.place {
        let text = signed.headers[header].to_str().unwrap();
        let changed = match &spot.form {
            Some(form) => flipped(form, text, 0).unwrap(),
            None => format!("{text}x"),
        };
        let mut forged = signed.clone();
        forged.headers.insert(header, changed.parse().unwrap());
        refused("the proof changed", &forged, &sides.operator);
    }
    let mut stranger = self::sides(preset);
    for secret in &mut stranger.operator.secrets {
        *secret = STANDARD.encode(hex::encode([8; 32]));
    }
    if preset
        .secret
        .as_ref()
        .is_some_and(|form| form.encoding == SecretEncoding::Hex)
    {
        stranger.operator.secrets = vec![hex::encode([8; 32])];
    }
    refused("somebody else's key", signed, &stranger.operator);
}
