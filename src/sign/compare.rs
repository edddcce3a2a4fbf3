//! Values that a check compares, written so that they fit.

use super::target::Target;
use super::{Draft, Work, named, template};
use crate::settings::preset::{Conditions, EqualForm, OneOfForm};
use crate::template::Place;

impl Work<'_> {
    /// Makes two values the same, by writing the one that can be written.
    pub(super) fn equal(&mut self, form: &EqualForm) -> Result<(), String> {
        self.draft.values = named(&form.values)?;
        let value = |text: &str, draft: &Draft| Ok::<_, String>(template(text)?.render(draft));
        let left = value(&form.left, &self.draft)?;
        let right = value(&form.right, &self.draft)?;
        match (left, right) {
            (Some(left), Some(right)) if left == right => Ok(()),
            (_, Some(right)) if Target::read(&form.left).is_ok() => self.write(&form.left, &right),
            (Some(left), _) => self.write(&form.right, &left),
            // A value that only has to be there.
            (None, _) if form.left == form.right => self.write(&form.left, b"hookferry"),
            (None, _) => Err(format!("{} cannot be made {}", form.left, form.right)),
        }
    }

    pub(super) fn one_of(&mut self, form: &OneOfForm) -> Result<(), String> {
        let given = template(&form.value)?.render(&self.draft);
        let allowed = self
            .draft
            .params
            .get(&form.param)
            .cloned()
            .unwrap_or_default();
        let fits = given.is_some_and(|given| allowed.iter().any(|one| one.is(&given)));
        if fits {
            return Ok(());
        }
        let first = allowed
            .first()
            .ok_or_else(|| format!("the param {} is needed", form.param))?;
        self.write(&form.value, first.reveal())
    }

    /// Writes what the sample lacks for the conditions to hold, where that is a header's or
    /// parameter's one value.
    pub(super) fn fulfil(&mut self, conditions: &Conditions) -> Result<(), String> {
        for (text, values) in conditions {
            let values = values.all();
            let Some(value) = values.first().filter(|value| **value != "*") else {
                continue;
            };
            let is_open = template(text)?.render(&self.draft).is_none();
            let target = Target::read(text);
            let is_outside = target
                .is_ok_and(|target| matches!(target.place, Place::Header(_) | Place::Query(_)));
            if is_open && is_outside {
                self.write(text, value.as_bytes())?;
            }
        }
        Ok(())
    }

    pub(super) fn holds(&self, conditions: &Conditions) -> Result<bool, String> {
        for (text, values) in conditions {
            let value = template(text)?.text(&self.draft);
            let values = values.all();
            let holds = value.is_some_and(|value| {
                let any = values == ["*"] && !value.is_empty();
                any || values.contains(&value.as_str())
            });
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
