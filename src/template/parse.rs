//! From a template's text to its parts.

use super::{Part, Scope, Template, Transform};

/// Why a template's text is not a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("template {text:?}: {reason}")]
pub struct TemplateError {
    text: String,
    reason: String,
}

pub(super) fn template(text: &str, scope: Scope) -> Result<Template, TemplateError> {
    let error = |reason: String| TemplateError {
        text: text.to_owned(),
        reason,
    };
    let mut rest = text;
    let parts = parts(&mut rest, scope, false).map_err(error)?;
    Ok(Template {
        source: text.into(),
        parts,
    })
}

fn parts(rest: &mut &str, scope: Scope, inside: bool) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let flush = |literal: &mut String, parts: &mut Vec<Part>| {
        if !literal.is_empty() {
            parts.push(Part::Literal(std::mem::take(literal).into()));
        }
    };
    while let Some(next) = rest.chars().next() {
        let after = rest.get(next.len_utf8()..).unwrap_or_default();
        let doubled = after.starts_with(next) && matches!(next, '{' | '}' | '[' | ']');
        if doubled {
            literal.push(next);
            *rest = after.get(1..).unwrap_or_default();
            continue;
        }
        *rest = after;
        match next {
            '{' => {
                flush(&mut literal, &mut parts);
                let (inner, behind) = after.split_once('}').ok_or("a { has no }")?;
                *rest = behind;
                parts.push(value(inner, scope)?);
            }
            '[' if inside => return Err("[ inside [ ]".into()),
            '[' => {
                flush(&mut literal, &mut parts);
                parts.push(Part::Optional(self::parts(rest, scope, true)?));
            }
            ']' if inside => {
                flush(&mut literal, &mut parts);
                return Ok(parts);
            }
            '}' | ']' => {
                return Err(format!(
                    "{next} has no beginning; write it twice to mean it"
                ));
            }
            other => literal.push(other),
        }
    }
    if inside {
        return Err("a [ has no ]".into());
    }
    flush(&mut literal, &mut parts);
    Ok(parts)
}

fn value(inner: &str, scope: Scope) -> Result<Part, String> {
    let mut pieces = inner.split('|');
    let place = scope.place(pieces.next().unwrap_or_default().trim())?;
    let through = pieces
        .map(Transform::parse)
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Part::Value { place, through })
}
