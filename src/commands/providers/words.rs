//! A preset in words.

mod check;

use std::fmt::Write as _;

use super::{canonical, confidence};
use crate::authenticate::Algorithm;
use crate::authenticate::fetched::KeysFormat;
use crate::settings::preset::{
    AcceptedForm, CertificateForm, Conditions, Confidence, EventForm, HandshakeForm, OneOrMany,
    Preset, ReplyForm, VerifyForm,
};
use crate::template::{Scope, Template};
use crate::time::TimeUnit;
use check::write_check;

/// The scheme in a few words, for the table.
pub(super) fn scheme(form: &VerifyForm) -> String {
    let joined = |forms: &[VerifyForm], word: &str| {
        let mut each: Vec<_> = forms
            .iter()
            .map(scheme)
            .filter(|text| !text.is_empty())
            .collect();
        each.dedup();
        each.sort();
        each.dedup();
        each.join(word)
    };
    match form {
        VerifyForm::Signature(form) => match &form.timestamp {
            Some(stamp) => {
                let past_s = stamp.past_s.unwrap_or(stamp.tolerance_s);
                format!("{} within {past_s} s", algorithm(form.algorithm))
            }
            None => algorithm(form.algorithm).to_owned(),
        },
        VerifyForm::Jwt(form) => {
            let names: Vec<_> = form.algorithms.iter().map(|named| named.name()).collect();
            format!("JWT {}", names.join(" or "))
        }
        VerifyForm::Rfc9421(form) => format!("RFC 9421 {}", algorithm(form.algorithm)),
        VerifyForm::Each(form) => format!("{} an item", scheme(&form.then)),
        VerifyForm::Token(_) => "shared token".into(),
        // They narrow down a signature and are no proof by themselves.
        VerifyForm::Equal(_) | VerifyForm::OneOf(_) => String::new(),
        VerifyForm::All(forms) => joined(forms, " and "),
        VerifyForm::Any(forms) => joined(forms, " or "),
        VerifyForm::When(form) => scheme(&form.then),
        VerifyForm::None => "nothing".into(),
    }
}

/// All that the preset says, for a person who sets the provider up.
pub(super) fn explained(preset: &Preset) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write_all(preset, &mut text);
    text.trim_end().to_owned()
}

fn write_all(preset: &Preset, out: &mut String) -> std::fmt::Result {
    write_head(preset, out)?;
    writeln!(out, "\nVerified by")?;
    write_check(&preset.verify, 1, out)?;
    let integrity = super::super::verify::integrity(preset.integrity);
    writeln!(out, "  integrity {integrity}")?;
    if let Some(form) = &preset.secret {
        writeln!(out, "  the secret: {}", form.about)?;
    }
    if let Some(form) = &preset.public_key {
        writeln!(out, "  the public key: {}", form.about)?;
    }
    if let Some(form) = &preset.keys {
        writeln!(
            out,
            "  the provider's keys are fetched from {}{}; key_sets or public_keys replace them",
            form.url,
            if form.format == KeysFormat::Openid {
                " by its OpenID configuration"
            } else {
                ""
            }
        )?;
    }
    for (name, form) in &preset.params {
        let needed = if form.required { "" } else { " (optional)" };
        writeln!(out, "  the param {name}{needed}: {}", form.about)?;
    }
    if !preset.handshakes.is_empty() {
        writeln!(out, "\nAnswered and not published")?;
        for form in &preset.handshakes {
            write_handshake(form, out)?;
        }
    }
    write_accepted(preset, out)?;
    write_event(preset, out)?;
    canonical::write_preset(&preset.id, out)?;
    writeln!(out, "\nPatience")?;
    writeln!(out, "  waits {} ms for an answer", preset.reply_within_ms)?;
    if let Some(retries) = &preset.retries {
        writeln!(out, "  repeats: {retries}")?;
    }
    writeln!(out, "\nSetup")?;
    for (at, step) in preset.setup.iter().enumerate() {
        writeln!(out, "  {}. {step}", at + 1)?;
    }
    if let Some(url) = &preset.published_addresses {
        writeln!(
            out,
            "  It publishes the addresses that it sends from, for allow_from: {url}"
        )?;
    }
    writeln!(out, "\nConfiguration\n{}", snippet(preset))?;
    let samples: Vec<_> = preset
        .samples
        .iter()
        .map(|sample| sample.r#type.as_str())
        .collect();
    if !samples.is_empty() {
        writeln!(
            out,
            "\nSamples for hookferry send\n  {}",
            samples.join(", ")
        )?;
    }
    Ok(())
}

fn write_head(preset: &Preset, out: &mut String) -> std::fmt::Result {
    writeln!(out, "{} ({})", preset.name, preset.id)?;
    writeln!(out, "  {}", preset.docs)?;
    let proof = match (&preset.verified_by, preset.confidence) {
        (Some(by), _) => format!("its test cases come from {by}"),
        (None, Confidence::Verified) => "somebody else's code agrees with it".to_owned(),
        (None, Confidence::Unverified) => {
            "written after the documents; no foreign code has confirmed it".to_owned()
        }
    };
    writeln!(out, "  {}: {proof}", confidence(preset.confidence))?;
    if let Some(legacy) = &preset.legacy {
        writeln!(out, "  weak: {legacy}")?;
    }
    if let Some(wants) = &preset.synchronous {
        writeln!(out, "  the answer decides something: {wants}")?;
        writeln!(
            out,
            "  so a fixed answer has to be configured: override: {{ accepted: ... }}"
        )?;
    }
    Ok(())
}

fn write_handshake(form: &HandshakeForm, out: &mut String) -> std::fmt::Result {
    let proof = if form.signed {
        "signed like an event"
    } else {
        "not signed"
    };
    writeln!(out, "  where {}; {proof}", conditions(&form.when))?;
    for check in &form.require {
        write_check(check, 2, out)?;
    }
    if let Some(secret) = &form.learn {
        writeln!(
            out,
            "    it hands over the secret, {secret}: learned_secret_file keeps it"
        )?;
    }
    writeln!(out, "    answer: {}", answer(&form.reply))
}

fn answer(form: &ReplyForm) -> String {
    let status = form.status.unwrap_or(200);
    match (&form.body, &form.json) {
        (Some(body), _) => format!("{status} {body}"),
        (None, Some(json)) => format!("{status} {json}"),
        (None, None) => status.to_string(),
    }
}

/// What the provider hears of events that are stored, and of requests that are refused.
fn write_accepted(preset: &Preset, out: &mut String) -> std::fmt::Result {
    if preset.accepted.is_some() || preset.refused.is_some() {
        writeln!(out, "\nAnswers")?;
    }
    match &preset.accepted {
        None => {}
        Some(AcceptedForm::One(form)) => writeln!(out, "  stored: {}", answer(form))?,
        Some(AcceptedForm::Some(forms)) => {
            for form in forms {
                if form.when.is_empty() {
                    writeln!(out, "  else")?;
                } else {
                    writeln!(out, "  where {}", conditions(&form.when))?;
                }
                if let Some(call) = &form.call {
                    writeln!(out, "    {} is opened first", call.url)?;
                }
                writeln!(out, "    stored: {}", answer(&form.reply))?;
            }
        }
    }
    if let Some(form) = &preset.refused {
        writeln!(out, "  refused: {}", form.status)?;
    }
    Ok(())
}

fn write_event(preset: &Preset, out: &mut String) -> std::fmt::Result {
    let event = &preset.event;
    let first = |texts: &OneOrMany| texts.all().join(", else ");
    let prefix: Vec<_> = preset.domain.rsplit('.').collect();
    writeln!(out, "\nEvent")?;
    writeln!(
        out,
        "  type     {}.TYPE, where TYPE is {}",
        prefix.join("."),
        first(&event.r#type)
    )?;
    match &event.id {
        Some(id) => writeln!(out, "  id       {}", first(id))?,
        None => writeln!(out, "  id       a digest of what arrived")?,
    }
    writeln!(out, "  repeats  {}", repeats(event))?;
    if let Some(time) = &event.time {
        writeln!(
            out,
            "  time     {} in {}",
            first(&time.from),
            unit(time.unit)
        )?;
    }
    if let Some(subject) = &event.subject {
        writeln!(out, "  subject  {}", first(subject))?;
    }
    if !event.batch.is_empty() {
        let at = event.batch.iter().map(|pointer| match pointer.as_str() {
            "" => "the body",
            pointer => pointer,
        });
        let at: Vec<_> = at.collect();
        writeln!(out, "  batch    the items of {}", at.join(", then of "))?;
    }
    Ok(())
}

/// Which deliveries are known again.
fn repeats(event: &EventForm) -> String {
    let all = event.id.as_ref().map(OneOrMany::all).unwrap_or_default();
    let is_unique = |text: &&str| {
        let template = Template::parse(text, Scope::Normalize);
        template.is_ok_and(|template| !template.digests()) && !event.id_repeats.may(text)
    };
    let unique: Vec<_> = all.iter().copied().filter(is_unique).collect();
    if unique.is_empty() {
        "the id may repeat, so what is sent again is stored again".to_owned()
    } else if unique.len() == all.len() {
        "what is sent again is known by its id, and not stored again".to_owned()
    } else {
        format!("not stored again is what has {}", unique.join(" or "))
    }
}

/// What to paste below `sources`.
pub(super) fn snippet(preset: &Preset) -> String {
    let id = &preset.id;
    let name = id.to_ascii_uppercase().replace('-', "_");
    let mut lines = vec![
        "sources:".to_owned(),
        format!("  {id}:"),
        format!("    provider: {id}"),
        format!("    path: /webhooks/{id}"),
    ];
    if preset.secret.is_some() {
        lines.push(format!("    secrets: [{{ env: {name}_SECRET }}]"));
    }
    if preset.public_key.is_some() {
        // What is fetched by itself need not be given.
        let off = if preset.keys.is_some() { "# " } else { "" };
        lines.push(format!(
            "    {off}public_keys: [{{ env: {name}_PUBLIC_KEY }}]"
        ));
    }
    if let Some(rule) = certificate_rule(&preset.verify) {
        let off = if rule.fetch_for.is_empty() { "" } else { "# " };
        lines.push(format!("    {off}certificates:"));
        lines.push(format!(
            "    {off}  - {{ url: 'https://...', file: /etc/hookferry/{id}.pem }} # of {}",
            rule.hosts.join(" or ")
        ));
    }
    if !preset.params.is_empty() {
        let is_needed = preset.params.values().any(|form| form.required);
        lines.push(
            if is_needed {
                "    params:"
            } else {
                "    # params:"
            }
            .into(),
        );
        for (param, form) in &preset.params {
            let off = if form.required { "" } else { "# " };
            let value = if form.secret {
                format!("{{ env: {name}_{} }}", param.to_ascii_uppercase())
            } else {
                "'...'".into()
            };
            lines.push(format!("      {off}{param}: {value} # {}", form.about));
        }
    }
    lines.join("\n")
}

fn certificate_rule(form: &VerifyForm) -> Option<&CertificateForm> {
    let mut forms = form.all().into_iter();
    forms.find_map(|form| form.signature()?.certificate.as_ref())
}

fn conditions(form: &Conditions) -> String {
    let each = form
        .iter()
        .map(|(text, values)| match values.all().as_slice() {
            ["*"] => format!("{text} is there"),
            [""] => format!("{text} is absent"),
            values => format!("{text} is {}", values.join(" or ")),
        });
    each.collect::<Vec<_>>().join(" and ")
}

const fn algorithm(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::HmacMd5 => "HMAC-MD5",
        Algorithm::HmacSha1 => "HMAC-SHA1",
        Algorithm::HmacSha256 => "HMAC-SHA256",
        Algorithm::HmacSha384 => "HMAC-SHA384",
        Algorithm::HmacSha512 => "HMAC-SHA512",
        Algorithm::Md5 => "MD5 with the secret",
        Algorithm::Sha1 => "SHA-1 with the secret",
        Algorithm::Sha256 => "SHA-256 with the secret",
        Algorithm::Sha384 => "SHA-384 with the secret",
        Algorithm::Sha512 => "SHA-512 with the secret",
        Algorithm::Keccak256 => "Keccak-256 with the secret",
        Algorithm::Ed25519 => "Ed25519",
        Algorithm::EcdsaP256Sha256 | Algorithm::EcdsaP256Sha256Raw => "ECDSA P-256",
        Algorithm::EcdsaP256Sha1 => "ECDSA P-256 with SHA-1",
        Algorithm::EcdsaP384Sha384 | Algorithm::EcdsaP384Sha384Raw => "ECDSA P-384",
        Algorithm::EcdsaP521Sha512Raw => "ECDSA P-521",
        Algorithm::RsaPssSha256 => "RSA-PSS-SHA256",
        Algorithm::RsaPssSha384 => "RSA-PSS-SHA384",
        Algorithm::RsaPssSha512 => "RSA-PSS-SHA512",
        Algorithm::RsaSha1 => "RSA-SHA1",
        Algorithm::RsaSha256 => "RSA-SHA256",
        Algorithm::RsaSha384 => "RSA-SHA384",
        Algorithm::RsaSha512 => "RSA-SHA512",
    }
}

const fn unit(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::S => "Unix seconds",
        TimeUnit::Ms => "Unix milliseconds",
        TimeUnit::Us => "Unix microseconds",
        TimeUnit::Ns => "Unix nanoseconds",
        TimeUnit::Rfc3339 => "RFC 3339",
        TimeUnit::HttpDate => "HTTP's form",
    }
}
