//! A check in words.

use std::fmt::Write as _;

use super::{algorithm, conditions, unit};
use crate::authenticate::SignatureEncoding;
use crate::settings::preset::{GivenForm, JwtForm, SignatureForm, VerifyForm};

pub(super) fn write_check(form: &VerifyForm, depth: usize, out: &mut String) -> std::fmt::Result {
    let indent = "  ".repeat(depth);
    match form {
        VerifyForm::Signature(form) => write_signature(form, &indent, out),
        VerifyForm::Jwt(form) => write_jwt(form, &indent, out),
        VerifyForm::Rfc9421(form) => writeln!(
            out,
            "{indent}an HTTP message signature (RFC 9421), {}, over {}",
            algorithm(form.algorithm),
            form.covers.join(", ")
        ),
        VerifyForm::Each(form) => {
            let batch = form.batch.join(", then ");
            writeln!(out, "{indent}for every item of {batch}:")?;
            write_check(&form.then, depth + 1, out)
        }
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
    if let Some(sets) = &form.sets {
        writeln!(out, "{indent}  of each set between {sets:?}")?;
    }
    if let Some(pair) = &form.pair {
        writeln!(out, "{indent}  each field {}{pair}... of it", form.key)?;
    }
    if !form.fields.is_empty() {
        let fields = form.fields.join(", ");
        writeln!(out, "{indent}  the field {} of its {fields}", form.key)?;
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
    for (name, value) in &form.values {
        writeln!(out, "{indent}    where {name} is {value:?}")?;
    }
    if let Some(headers) = &form.signed_headers {
        writeln!(
            out,
            "{indent}    where the signed headers are those that {} lists",
            headers.list
        )?;
    }
    if let Some(kid) = &form.kid {
        writeln!(out, "{indent}  by the fetched key that {kid} names")?;
    }
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
            "{indent}  by the {} certificate that {} names, an https URL of {}",
            if rule.fetch_for.is_empty() {
                "configured"
            } else {
                "configured or fetched"
            },
            rule.url,
            rule.hosts.join(" or ")
        )?;
    }
    Ok(())
}

fn write_jwt(form: &JwtForm, indent: &str, out: &mut String) -> std::fmt::Result {
    let names: Vec<_> = form.algorithms.iter().map(|named| named.name()).collect();
    let names = names.join(" or ");
    writeln!(
        out,
        "{indent}a JSON Web Token by {names}, from {}",
        form.from
    )?;
    for (pointer, allowed) in &form.claims {
        writeln!(out, "{indent}  its claim {pointer} is {allowed}")?;
    }
    for (pointer, GivenForm { param, all }) in &form.where_given {
        let fits = if *all {
            "its words have all of"
        } else {
            "it is one of"
        };
        writeln!(
            out,
            "{indent}  of its claim {pointer}: {fits} the param {param}, where that is given"
        )?;
    }
    if let Some(age_s) = form.age_s {
        writeln!(out, "{indent}  made at most {age_s} s ago")?;
    }
    if let Some(content) = &form.detached {
        writeln!(out, "{indent}  signed content: {content:?}")?;
    }
    if form.x5c_root.is_some() {
        writeln!(
            out,
            "{indent}  by a certificate in it whose chain ends at the provider's root"
        )?;
    }
    Ok(())
}
