//! Where a request's proofs stand, by the preset's own word, and how to change them.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookferry::commands::verify::cases::{Case, HeaderText};
use hookferry::settings::preset::{SignatureForm, VerifyForm};
use hookferry::sign::Target;
use hookferry::template::{Lookup, Place, Scope, Template};

/// Where a proof stands in a request, and how it is written there.
#[derive(Debug, Clone)]
pub struct Spot {
    pub place: Place,
    pub form: Option<SignatureForm>,
    /// How to read it at its place, and to write it there.
    way: Option<(Template, Target)>,
    /// Whether it is a list, of which a part may be whole.
    pub is_list: bool,
}

/// One value, wherever it is asked for.
struct Value<'v>(&'v str);

impl Lookup for Value<'_> {
    fn find<'a>(&'a self, _: &Place) -> Option<Cow<'a, [u8]>> {
        Some(Cow::Borrowed(self.0.as_bytes()))
    }
}

/// The proofs of a check. Those of a group stand for one another, so that a request is forged only
/// when all of them are.
pub fn groups(form: &VerifyForm) -> Vec<Vec<Spot>> {
    let spot = |from: &str, form: Option<&SignatureForm>| {
        let template = Template::parse(from, Scope::Authenticate).unwrap();
        let target = Target::read(from).ok().filter(|_| from.contains('|'));
        Spot {
            place: template.places()[0].clone(),
            form: form.cloned(),
            way: target.map(|target| (template, target)),
            is_list: form.is_some_and(|form| form.split.is_some() || form.sets.is_some()),
        }
    };
    match form {
        VerifyForm::Signature(form) => {
            let each = form.from.all().into_iter();
            vec![each.map(|from| spot(from, Some(form))).collect()]
        }
        VerifyForm::Token(form) => vec![vec![spot(&form.from, None)]],
        VerifyForm::Jwt(form) => vec![vec![spot(&form.from, None)]],
        VerifyForm::Rfc9421(_) => vec![vec![Spot {
            is_list: true,
            ..spot("{header:signature}", None)
        }]],
        VerifyForm::All(forms) => forms.iter().flat_map(groups).collect(),
        VerifyForm::Any(forms) => vec![forms.iter().flat_map(groups).flatten().collect()],
        VerifyForm::When(form) => groups(&form.then),
        // The first item's, for all items must pass.
        VerifyForm::Each(form) => {
            let mut groups = groups(&form.then);
            for spot in groups.iter_mut().flatten() {
                if let Place::Item(pointer) = &spot.place {
                    spot.place = Place::Json(format!("{}/0{pointer}", form.batch[0]));
                }
            }
            groups
        }
        VerifyForm::Equal(_) | VerifyForm::OneOf(_) | VerifyForm::None => Vec::new(),
    }
}

/// Every template that says what is signed or compared.
pub fn signed_templates(form: &VerifyForm) -> Vec<String> {
    let each = form.all().into_iter().flat_map(own_templates);
    each.collect()
}

fn own_templates(form: &VerifyForm) -> Vec<String> {
    match form {
        VerifyForm::Signature(form) => {
            let values = form.values.values().cloned();
            values.chain([form.signed.clone()]).collect()
        }
        VerifyForm::Jwt(form) => form.detached.iter().cloned().collect(),
        VerifyForm::Equal(form) => vec![form.left.clone(), form.right.clone()],
        VerifyForm::Rfc9421(form) if form.covers.iter().any(|it| it == "content-digest") => {
            vec!["{body}".to_owned()]
        }
        _ => Vec::new(),
    }
}

/// Whether every byte of the body is covered, by itself or by a digest of it.
pub fn covers_body(form: &VerifyForm) -> bool {
    const WHOLE: &[&str] = &[
        "sha1",
        "sha256",
        "sha384",
        "sha512",
        "md5",
        "hex",
        "base64",
        "base64url",
        "crc32",
        "json_string",
    ];
    match form {
        VerifyForm::All(forms) => return forms.iter().any(covers_body),
        VerifyForm::Any(forms) => return forms.iter().all(covers_body),
        VerifyForm::When(form) => return covers_body(&form.then),
        _ => {}
    }
    own_templates(form).iter().any(|text| {
        text.match_indices("{body").any(|(at, _)| {
            let inner = text[at + 1..].split('}').next().unwrap();
            let mut steps = inner.split('|');
            steps.next() == Some("body") && steps.all(|step| WHOLE.contains(&step))
        })
    })
}

pub fn body(case: &Case) -> Vec<u8> {
    STANDARD.decode(&case.request.body_b64).unwrap()
}

impl Spot {
    pub fn at(place: &Place) -> Self {
        Self {
            place: place.clone(),
            form: None,
            way: None,
            is_list: false,
        }
    }

    /// What stands there; `None` when the request has nothing there.
    pub fn text(&self, case: &Case) -> Option<String> {
        let text = self.whole(case)?;
        match &self.way {
            None => Some(text),
            Some((template, _)) => template.text(&Value(&text)),
        }
    }

    /// The request with `new` there; `None` when it cannot be written.
    pub fn with(&self, case: &Case, new: &str) -> Option<Case> {
        let old = self.whole(case)?;
        let new = match &self.way {
            None => new.to_owned(),
            Some((_, target)) => {
                let bytes = target.disguised(Some(old.as_bytes()), new.as_bytes());
                String::from_utf8(bytes.ok()?).ok()?
            }
        };
        self.with_whole(case, &old, &new)
    }

    fn whole(&self, case: &Case) -> Option<String> {
        match &self.place {
            Place::Header(name) => {
                let mut headers = case.request.headers.iter();
                let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name.as_str()));
                Some(found?.1.all()[0].to_owned())
            }
            Place::Query(name) => {
                let (_, query) = case.request.url.split_once('?')?;
                pair(query.as_bytes(), name)
            }
            Place::Form(name) => {
                let received = case.received().ok()?;
                let found = received.find(&Place::Form(name.clone()))?;
                String::from_utf8(found.into_owned()).ok()
            }
            Place::Json(pointer) => self
                .json(case)
                .pointer(pointer)?
                .as_str()
                .map(str::to_owned),
            Place::Body => String::from_utf8(body(case)).ok(),
            other => panic!("a proof in {other}"),
        }
    }

    fn json(&self, case: &Case) -> serde_json::Value {
        serde_json::from_slice(&body(case)).unwrap_or_default()
    }

    fn with_whole(&self, case: &Case, old: &str, new: &str) -> Option<Case> {
        let mut case = case.clone();
        match &self.place {
            Place::Header(name) => {
                for (known, value) in &mut case.request.headers {
                    if known.eq_ignore_ascii_case(name.as_str()) {
                        *value = HeaderText::One(new.to_owned());
                    }
                }
            }
            Place::Query(name) => {
                let (base, query) = case.request.url.split_once('?')?;
                let query = with_pair(query.as_bytes(), name, new);
                case.request.url = format!("{base}?{query}");
            }
            Place::Form(name) => {
                let body = body(&case);
                let changed = match pair(&body, name) {
                    Some(_) => with_pair(&body, name, new),
                    // A part of a multipart body.
                    None => {
                        let text = String::from_utf8(body).ok()?;
                        let (before, after) = text.split_once(old)?;
                        format!("{before}{new}{after}")
                    }
                };
                case.request.body_b64 = STANDARD.encode(changed);
            }
            Place::Body => case.request.body_b64 = STANDARD.encode(new),
            _ => {
                let text = String::from_utf8(body(&case)).ok()?;
                let quoted = |text: &str| serde_json::Value::from(text).to_string();
                let (old, new) = (quoted(old), quoted(new));
                if text.matches(&old).count() != 1 {
                    return None;
                }
                case.request.body_b64 = STANDARD.encode(text.replace(&old, &new));
            }
        }
        Some(case)
    }

    /// The request without it.
    pub fn without(&self, case: &Case) -> Option<Case> {
        let Place::Header(name) = &self.place else {
            return self.with(case, "");
        };
        let mut case = case.clone();
        case.request
            .headers
            .retain(|known, _| !known.eq_ignore_ascii_case(name.as_str()));
        Some(case)
    }

    /// The text with the bit `bit` of every signature in it turned; of a token, of its letters.
    pub fn flipped(&self, text: &str, bit: usize) -> Option<String> {
        let Some(form) = &self.form else {
            let mut bytes = text.as_bytes().to_vec();
            *bytes.get_mut(bit / 8)? ^= 1 << (bit % 8);
            return Some(String::from_utf8(bytes).unwrap_or_else(|_| format!("{text}x")));
        };
        flipped(form, text, bit)
    }
}

fn pair(form: &[u8], name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(form);
    let (_, value) = pairs.find(|(key, _)| key == name)?;
    Some(value.into_owned())
}

fn with_pair(form: &[u8], name: &str, new: &str) -> String {
    let mut written = form_urlencoded::Serializer::new(String::new());
    for (key, value) in form_urlencoded::parse(form) {
        let value = if key == name { new } else { &value };
        written.append_pair(&key, value);
    }
    written.finish()
}

/// `text` with one bit of every signature in it turned; `None` when they have no such bit.
fn flipped(form: &SignatureForm, text: &str, bit: usize) -> Option<String> {
    let mut any = false;
    let mut turn = |element: &str, before: &str| {
        let spaces = element.len() - element.trim_start().len();
        let (space, trimmed) = element.split_at(spaces);
        let inner = trimmed.strip_prefix(before)?;
        let inner = inner.trim_matches('"');
        let mut bytes = form.encoding.decode(inner)?;
        if bit / 8 >= bytes.len() {
            return None;
        }
        bytes[bit / 8] ^= 1 << (bit % 8);
        any = true;
        Some(format!("{space}{before}{}", form.encoding.encode(&bytes)))
    };
    let prefix = form.prefix.as_deref().unwrap_or_default();
    let befores: Vec<String> = match &form.pair {
        Some(pair) => {
            let keys = form.key.all().into_iter();
            keys.map(|key| format!("{key}{pair}{prefix}")).collect()
        }
        None => vec![prefix.to_owned()],
    };
    let mut set = |text: &str| match &form.split {
        None => turned(text, &befores, &mut turn),
        Some(split) if form.fields.is_empty() => {
            let each = text.split(split.as_str());
            let each: Vec<_> = each.map(|text| turned(text, &befores, &mut turn)).collect();
            each.join(split)
        }
        Some(split) => {
            let each = text.split(split.as_str()).zip(&form.fields);
            let each: Vec<_> = each
                .map(
                    |(text, name)| match form.key.all().contains(&name.as_str()) {
                        true => turned(text, &befores, &mut turn),
                        false => text.to_owned(),
                    },
                )
                .collect();
            each.join(split)
        }
    };
    let whole = match &form.sets {
        None => set(text),
        Some(sets) => {
            let each: Vec<_> = text.split(sets.as_str()).map(&mut set).collect();
            each.join(sets)
        }
    };
    any.then_some(whole)
}

fn turned(
    element: &str,
    befores: &[String],
    turn: &mut dyn FnMut(&str, &str) -> Option<String>,
) -> String {
    let found = befores.iter().find_map(|before| turn(element, before));
    found.unwrap_or_else(|| element.to_owned())
}
