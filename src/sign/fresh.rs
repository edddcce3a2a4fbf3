//! A delivery of its own each time: what its id is read from is written anew.

use super::{Signed, Signer, Work, header_value};
use crate::authenticate::Scheme;
use crate::peek;
use crate::settings::preset::{OneOrMany, Preset, Sample};
use crate::template::{Lookup as _, Place, Scope, Template};
use crate::time::UnixTime;

/// Ids that are numbers begin here: beyond any provider's, and within what JSON readers keep whole.
const NUMBERS: u128 = 8_000_000_000_000_000;

/// Signs `sample` with what the source itself holds, sent to `url`. `fresh` is in its id, wherever that
/// is; whether it could be written there is told too.
///
/// # Errors
/// That only the provider can sign so, or which part of the scheme cannot be written.
pub fn sign_held(
    preset: &Preset,
    scheme: &Scheme,
    sample: &Sample,
    url: &str,
    (fresh, now): (&str, UnixTime),
) -> Result<(Signed, bool), String> {
    let signer = Signer {
        url: if scheme.url.is_empty() {
            url.to_owned()
        } else {
            scheme.url.clone()
        },
        ..Signer::default()
    };
    let held = (scheme.secrets.first().cloned(), scheme.params.clone());
    let mut work = Work::begin(preset, &signer, sample, held)?;
    work.fresh = fresh;
    work.now = now;
    let is_fresh = work.freshen(preset)?;
    Ok((work.finish(preset)?, is_fresh))
}

impl Work<'_> {
    /// A new delivery has a new id, where that is in a header.
    pub(super) fn freshen_id(&mut self, preset: &Preset, fresh_id: &str) -> Result<(), String> {
        for template in ids(preset) {
            if let Some(name) = template.as_header() {
                let value = header_value(fresh_id)?;
                self.draft.headers.insert(name.clone(), value);
                return Ok(());
            }
        }
        Ok(())
    }

    /// Writes a new id wherever the event's is read from, in the body too; whether that could be done.
    /// An id that is a digest of the content stays.
    pub(super) fn freshen(&mut self, preset: &Preset) -> Result<bool, String> {
        for template in ids(preset) {
            if let Some(name) = template.as_header() {
                let value = header_value(self.fresh)?;
                self.draft.headers.insert(name.clone(), value);
                return Ok(true);
            }
            let places: Vec<Place> = template.places().into_iter().cloned().collect();
            if places.iter().any(|place| matches!(place, Place::Item(_))) {
                if let [batch] = preset.event.batch.as_slice()
                    && self.freshen_items(batch, &places)?
                {
                    return Ok(true);
                }
                continue;
            }
            let value = template.text(&self.draft);
            if value.is_none_or(|value| value.is_empty()) {
                continue;
            }
            return Ok(!template.digests() && self.freshen_one_of(&places, "")?);
        }
        Ok(false)
    }

    /// Whether every item of the batch could be given an id of its own.
    fn freshen_items(&mut self, batch: &str, places: &[Place]) -> Result<bool, String> {
        let text = self.draft.find(&Place::JsonRaw(batch.to_owned()));
        let text = text.map(|text| String::from_utf8_lossy(&text).into_owned());
        let count = text.as_deref().and_then(peek::elements);
        let count = count.map_or(0, |items| items.len());
        let mut all = count > 0;
        for at in 0..count {
            self.draft.item = format!("{batch}/{at}");
            all &= self.freshen_one_of(places, &format!("-{at}"))?;
        }
        self.draft.item.clear();
        Ok(all)
    }

    /// Writes the first of the places that can be written.
    fn freshen_one_of(&mut self, places: &[Place], end: &str) -> Result<bool, String> {
        for place in places {
            let text = format!("{}{end}", self.fresh);
            let value = match place {
                Place::Header(_) | Place::Query(_) | Place::Form(_) | Place::Claim(_) => text,
                Place::Json(pointer) => match self.kind(pointer) {
                    Some(Kind::Text) => text,
                    Some(Kind::Number) => number(&text),
                    None => continue,
                },
                Place::Item(pointer) => match self.kind(&format!("{}{pointer}", self.draft.item)) {
                    Some(Kind::Text) => text,
                    Some(Kind::Number) => number(&text),
                    None => continue,
                },
                Place::Body
                | Place::Method
                | Place::Url
                | Place::Path
                | Place::WholeQuery
                | Place::JsonRaw(_)
                | Place::Xml(_)
                | Place::Parent(_)
                | Place::Secret
                | Place::Param(_)
                | Place::Signature(_)
                | Place::Value(_)
                | Place::SignedHeaders
                | Place::Event(_) => continue,
            };
            self.draft.put(place, value.as_bytes())?;
            return Ok(true);
        }
        Ok(false)
    }

    fn kind(&self, pointer: &str) -> Option<Kind> {
        let raw = self.draft.find(&Place::JsonRaw(pointer.to_owned()))?;
        match raw.first()? {
            b'"' => Some(Kind::Text),
            b'-' | b'0'..=b'9' => Some(Kind::Number),
            _ => None,
        }
    }
}

enum Kind {
    Text,
    Number,
}

/// A number that differs wherever `text` does, but for one chance in 10^15.
fn number(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(text.as_bytes());
    let low = digest
        .iter()
        .take(15)
        .fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
    (NUMBERS + low % 1_000_000_000_000_000).to_string()
}

/// Where the event's id may be.
fn ids(preset: &Preset) -> impl Iterator<Item = Template> {
    let sources = preset.event.id.as_ref().map(OneOrMany::all);
    let sources = sources.unwrap_or_default().into_iter();
    sources.filter_map(|source| Template::parse(source, Scope::Normalize).ok())
}
