//! A preset in words.

use std::fmt::Write as _;

use super::confidence;
use crate::authenticate::{Algorithm, SignatureEncoding};
use crate::settings::preset::{
    Conditions, Confidence, HandshakeForm, OneOrMany, Preset, SignatureForm, VerifyForm,
};
use crate::time::TimeUnit;

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
    writeln!(out, "{} ({})", preset.name, preset.id)?;
    writeln!(out, "  {}", preset.docs)?;
    let proof = match preset.confidence {
        Confidence::Verified => "requests made or accepted by somebody else's code agree with it",
        Confidence::Unverified => "written after the documents; no foreign code has confirmed it",
    };
    writeln!(out, "  {}: {proof}", confidence(preset.confidence))?;
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
    write_event(preset, out)?;
    writeln!(out, "\nPatience")?;
    writeln!(out, "  waits {} ms for an answer", preset.reply_within_ms)?;
    if let Some(retries) = &preset.retries {
        writeln!(out, "  repeats: {retries}")?;
    }
    writeln!(out, "\nSetup")?;
    for (at, step) in preset.setup.iter().enumerate() {
        writeln!(out, "  {}. {step}", at + 1)?;
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

fn write_check(form: &VerifyForm, depth: usize, out: &mut String) -> std::fmt::Result {
    let indent = "  ".repeat(depth);
    match form {
        VerifyForm::Signature(form) => write_signature(form, &indent, out),
        VerifyForm::Token(form) => {
            writeln!(
                out,
                "{indent}the token in {} equals {}",
                form.from, form.expected
            )
        }
        VerifyForm::Equal(form) => writeln!(out, "{indent}{} equals {}", form.left, form.right),
        VerifyForm::OneOf(form) => {
            writeln!(
                out,
                "{indent}{} is one of the param {}",
                form.value, form.param
            )
        }
        VerifyForm::All(forms) => {
            writeln!(out, "{indent}all of")?;
            forms
                .iter()
                .try_for_each(|form| write_check(form, depth + 1, out))
        }
        VerifyForm::Any(forms) => {
            writeln!(out, "{indent}one of")?;
            forms
                .iter()
                .try_for_each(|form| write_check(form, depth + 1, out))
        }
        VerifyForm::When(form) => {
            writeln!(out, "{indent}where {}", conditions(&form.conditions))?;
            write_check(&form.then, depth + 1, out)
        }
        VerifyForm::None => writeln!(out, "{indent}nothing: everything is let in"),
    }
}

fn write_signature(form: &SignatureForm, indent: &str, out: &mut String) -> std::fmt::Result {
    let encoding = match form.encoding {
        SignatureEncoding::Hex => "hex",
        SignatureEncoding::Base64 => "base64",
        SignatureEncoding::Base64url => "base64url",
    };
    writeln!(
        out,
        "{indent}{} in {encoding}, from {}",
        algorithm(form.algorithm),
        form.from
    )?;
    if let (Some(pair), Some(key)) = (&form.pair, &form.key) {
        writeln!(out, "{indent}  each field {key}{pair}... of it")?;
    }
    if let Some(split) = &form.split {
        writeln!(
            out,
            "{indent}  several may be there, with {split:?} between them"
        )?;
    }
    if let Some(prefix) = &form.prefix {
        writeln!(out, "{indent}  behind {prefix:?}")?;
    }
    writeln!(out, "{indent}  signed content: {:?}", form.signed)?;
    if let Some(stamp) = &form.timestamp {
        writeln!(
            out,
            "{indent}  signed time: {} in {}, at most {} s old and {} s ahead",
            stamp.from,
            unit(stamp.unit),
            stamp.past_s.unwrap_or(stamp.tolerance_s),
            stamp.tolerance_s
        )?;
    }
    if let Some(rule) = &form.certificate {
        writeln!(
            out,
            "{indent}  by the configured certificate that {} names, an https URL of {}",
            rule.url,
            rule.hosts.join(" or ")
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
    let status = form.reply.status;
    match (&form.reply.body, &form.reply.json) {
        (Some(body), _) => writeln!(out, "    answer: {status} {body}"),
        (None, Some(json)) => writeln!(out, "    answer: {status} {json}"),
        (None, None) => writeln!(out, "    answer: {status}"),
    }
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
        lines.push(format!("    public_keys: [{{ env: {name}_PUBLIC_KEY }}]"));
    }
    if let Some(rule) = certificate_hosts(&preset.verify) {
        lines.push("    certificates:".into());
        lines.push(format!(
            "      - {{ url: 'https://...', file: /etc/hookferry/{id}.pem }} # of {}",
            rule.join(" or ")
        ));
    }
    if !preset.params.is_empty() {
        lines.push("    params:".into());
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

fn certificate_hosts(form: &VerifyForm) -> Option<&[String]> {
    match form {
        VerifyForm::Signature(form) => form.certificate.as_ref().map(|rule| rule.hosts.as_slice()),
        VerifyForm::All(forms) | VerifyForm::Any(forms) => forms.iter().find_map(certificate_hosts),
        VerifyForm::When(form) => certificate_hosts(&form.then),
        VerifyForm::Token(_) | VerifyForm::Equal(_) | VerifyForm::OneOf(_) | VerifyForm::None => {
            None
        }
    }
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
        Algorithm::HmacSha1 => "HMAC-SHA1",
        Algorithm::HmacSha256 => "HMAC-SHA256",
        Algorithm::HmacSha384 => "HMAC-SHA384",
        Algorithm::HmacSha512 => "HMAC-SHA512",
        Algorithm::Sha1 => "SHA-1 with the secret",
        Algorithm::Sha256 => "SHA-256 with the secret",
        Algorithm::Sha512 => "SHA-512 with the secret",
        Algorithm::Ed25519 => "Ed25519",
        Algorithm::EcdsaP256Sha256 => "ECDSA P-256",
        Algorithm::RsaSha1 => "RSA-SHA1",
        Algorithm::RsaSha256 => "RSA-SHA256",
        Algorithm::RsaSha512 => "RSA-SHA512",
    }
}

const fn unit(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::S => "Unix seconds",
        TimeUnit::Ms => "Unix milliseconds",
        TimeUnit::Rfc3339 => "RFC 3339",
    }
}
