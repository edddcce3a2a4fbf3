//! What is signed, made of a sample and of what it leaves open.

use super::{Work, template};
use crate::settings::preset::SignatureForm;
use crate::template::{Lookup as _, Place};

impl Work<'_> {
    /// Takes over what the sample's signature header says beside the signature.
    pub(super) fn keep_fields(&mut self, form: &SignatureForm) -> Result<(), String> {
        let (Some(pair), Some(split)) = (&form.pair, &form.split) else {
            return Ok(());
        };
        let from = form.from.all().first().copied().unwrap_or_default();
        let text = template(from)?.text(&self.draft).unwrap_or_default();
        for element in text.split(split.as_str()) {
            let Some((key, value)) = element.trim().split_once(pair.as_str()) else {
                continue;
            };
            let is_known = self.draft.fields.iter().any(|(known, _)| known == key);
            if !is_known && !form.key.all().contains(&key) {
                self.draft.fields.push((key.to_owned(), value.to_owned()));
            }
        }
        Ok(())
    }

    /// What the last of `texts` makes of the request; the others are parts of it. A header, parameter
    /// or field that the sample leaves open gets a fresh value.
    pub(super) fn content(&mut self, texts: &[&str]) -> Result<Vec<u8>, String> {
        let mut content = Vec::new();
        for text in texts {
            let template = template(text)?;
            loop {
                content.clear();
                let fed = template.feed(&self.draft, &mut |piece| content.extend_from_slice(piece));
                let Err(absent) = fed else {
                    break;
                };
                let is_open = self.draft.find(&absent.0).is_none();
                let is_outside = matches!(
                    absent.0,
                    Place::Header(_) | Place::Query(_) | Place::Signature(_)
                );
                if !is_open || !is_outside {
                    return Err(format!("the sample cannot be signed: {absent}"));
                }
                self.draft.put(&absent.0, self.fresh.as_bytes())?;
            }
        }
        Ok(content)
    }
}
