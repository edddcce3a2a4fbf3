//! Writing where a template reads: its transforms undone, the last one first.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::draft::{with_member, with_pair};
use super::template;
use crate::template::Place;

/// Where a template reads from, and how what it reads is disguised there.
#[derive(Debug, Clone)]
pub struct Target {
    pub place: Place,
    steps: Vec<Step>,
}

#[derive(Debug, Clone)]
enum Step {
    After(String),
    Base64,
    Base64Url,
    Hex,
    Until(String),
    Behind(String),
    Json(String),
    Form(String),
    /// What changes nothing that is written here.
    Same,
}

impl Target {
    /// Reads `{place}` or `{place|transform}`, with transforms that can be undone.
    ///
    /// # Errors
    /// That the template is not such.
    pub fn read(from: &str) -> Result<Self, String> {
        let cannot = || format!("{from} cannot be written, only read");
        let inner = from
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let mut pieces = inner.ok_or_else(cannot)?.split('|');
        let place = template(&format!("{{{}}}", pieces.next().unwrap_or_default()))?;
        let place = place.places().first().map(|place| (*place).clone());
        let steps = pieces.map(|transform| {
            let (name, argument) = transform.split_once(':').unwrap_or((transform.trim(), ""));
            let argument = argument.to_owned();
            Ok(match name {
                "after" => Step::After(argument),
                "from_base64" => Step::Base64,
                "from_base64url" => Step::Base64Url,
                "from_hex" => Step::Hex,
                "until" => Step::Until(argument),
                "behind" => Step::Behind(argument),
                "json" => Step::Json(argument),
                "form" => Step::Form(argument),
                "trim" | "lower" | "upper" | "percent_decode" | "replace" => Step::Same,
                _ => return Err(cannot()),
            })
        });
        Ok(Self {
            steps: steps.collect::<Result<_, _>>()?,
            place: place.ok_or_else(cannot)?,
        })
    }

    /// What has to stand at the place, where `old` stands now, for `value` to be read.
    ///
    /// # Errors
    /// That what stands there has no room for it.
    pub fn disguised(&self, old: Option<&[u8]>, value: &[u8]) -> Result<Vec<u8>, String> {
        let cannot = || {
            format!(
                "the sample has no place for what belongs into {}",
                self.place
            )
        };
        written(&self.steps, old, value).ok_or_else(cannot)
    }
}

fn written(steps: &[Step], old: Option<&[u8]>, value: &[u8]) -> Option<Vec<u8>> {
    let Some((step, inner)) = steps.split_first() else {
        return Some(value.to_vec());
    };
    let text = old.and_then(|old| std::str::from_utf8(old).ok());
    let string = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
    let below = |old: Option<&str>| written(inner, old.map(str::as_bytes), value);
    Some(match step {
        Step::Same => written(inner, old, value)?,
        Step::After(prefix) => {
            let old = text.and_then(|text| text.strip_prefix(prefix.as_str()));
            [prefix.as_bytes(), &below(old)?].concat()
        }
        Step::Base64 => {
            let old = text.and_then(|text| STANDARD.decode(text).ok());
            STANDARD
                .encode(written(inner, old.as_deref(), value)?)
                .into_bytes()
        }
        Step::Base64Url => {
            let old = text.and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
            let new = written(inner, old.as_deref(), value)?;
            URL_SAFE_NO_PAD.encode(new).into_bytes()
        }
        Step::Hex => {
            let old = text.and_then(|text| base16ct::mixed::decode_vec(text).ok());
            base16ct::lower::encode_string(&written(inner, old.as_deref(), value)?).into_bytes()
        }
        Step::Until(end) => match text.and_then(|text| text.split_once(end.as_str())) {
            Some((before, after)) => {
                [&below(Some(before))?, end.as_bytes(), after.as_bytes()].concat()
            }
            None => below(text)?,
        },
        Step::Behind(start) => {
            let (before, after) = text?.split_once(start.as_str())?;
            [before.as_bytes(), start.as_bytes(), &below(Some(after))?].concat()
        }
        Step::Json(pointer) => {
            let json = text?;
            let old = crate::peek::one(json, pointer);
            let new = string(below(old.as_deref())?)?;
            with_member(json, pointer, &new)?.into_bytes()
        }
        Step::Form(name) => {
            let form = text.unwrap_or_default();
            let old = crate::template::form_field(form.as_bytes(), name);
            let new = string(written(inner, old.as_deref(), value)?)?;
            with_pair(form.as_bytes(), name, &new).into_bytes()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn what_a_template_undoes_is_done() {
        let written = |from: &str, old: Option<&str>, value: &str| {
            let target = Target::read(from).unwrap();
            let new = target.disguised(old.map(str::as_bytes), value.as_bytes());
            String::from_utf8(new.unwrap()).unwrap()
        };
        let basic = "{header:authorization|after:Basic |from_base64}";
        assert_eq!(written(basic, None, "u:p"), "Basic dTpw");
        let inside = "{header:x|behind:s=\"|until:\"}";
        assert_eq!(
            written(inside, Some("k=\"1\",s=\"\",t=2"), "9"),
            "k=\"1\",s=\"9\",t=2"
        );
        let nested = "{header:x|from_base64|json:/s}";
        assert_eq!(
            written(nested, Some("eyJhIjoxfQ=="), "9"),
            "eyJhIjoxLCJzIjoiOSJ9"
        );
        let form = "{body|form:json|json:/e/h}";
        assert_eq!(
            written(form, Some("json={\"e\":{}}"), "9"),
            "json=%7B%22e%22%3A%7B%22h%22%3A%229%22%7D%7D"
        );
        assert!(Target::read("{body|sha256}").is_err());
        assert!(Target::read("v{header:x}").is_err());
    }
}
