//! Types that events have across providers: `payment.succeeded`, whoever took the payment.

use crate::glob::Glob;
use crate::peek::{Malformed, Peeked, Pointers};

/// The extension attribute that holds an event's canonical type.
pub const CANONICAL_TYPE: &str = "canonicaltype";

/// Which of one provider's events have which canonical type. Of several rules the first that fits
/// counts.
#[derive(Debug, Clone, Default)]
pub struct Canonical {
    rules: Vec<CanonicalRule>,
    /// What the rules' conditions look at, so that the data is read once.
    pointers: Pointers,
}

/// One canonical type, and the events that have it.
#[derive(Debug, Clone)]
pub struct CanonicalRule {
    /// As in `commerce.order.created`.
    pub name: String,
    /// The provider's own event type.
    pub event: Glob,
    /// JSON Pointers into the event's data, and the values of which each must have one. A value
    /// `*` means present and neither null nor empty.
    pub when: Vec<(String, Vec<Glob>)>,
}

impl Canonical {
    pub fn new(rules: Vec<CanonicalRule>) -> Self {
        let conditions = rules.iter().flat_map(|rule| &rule.when);
        let pointers = Pointers::new(conditions.map(|(pointer, _)| pointer.as_str()));
        Self { rules, pointers }
    }

    /// The canonical type of an event; `None` where no rule fits.
    ///
    /// # Errors
    /// [`Malformed::RepeatedKey`] when conditions look at a key that the data gives twice: two
    /// readers could then believe different ones. [`Malformed::TooDeep`] when they look at what cannot be read.
    pub fn name(&self, event: &str, data: &[u8]) -> Result<Option<&str>, Malformed> {
        let mut read = None;
        for rule in self.rules.iter().filter(|rule| rule.event.fits(event)) {
            if rule.when.is_empty() {
                return Ok(Some(&rule.name));
            }
            match read.get_or_insert_with(|| self.pointers.read(data)) {
                Ok(peeked) if rule.holds(peeked) => return Ok(Some(&rule.name)),
                // What is not JSON has nothing at a pointer.
                Ok(_) | Err(Malformed::NotJson) => {}
                Err(error @ (Malformed::RepeatedKey | Malformed::TooDeep)) => return Err(*error),
            }
        }
        Ok(None)
    }
}

impl CanonicalRule {
    fn holds(&self, data: &Peeked<'_, '_>) -> bool {
        self.when.iter().all(|(pointer, values)| {
            let text = data.text(pointer).filter(|text| !text.is_empty());
            text.is_some_and(|text| values.iter().any(|value| value.fits(&text)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Canonical, CanonicalRule};
    use crate::glob::Glob;
    use crate::peek::Malformed;

    fn rule(name: &str, event: &str, when: &[(&str, &[&str])]) -> CanonicalRule {
        let when = when.iter().map(|(pointer, values)| {
            let values = values.iter().map(|value| Glob::new(value));
            ((*pointer).to_owned(), values.collect())
        });
        CanonicalRule {
            name: name.to_owned(),
            event: Glob::new(event),
            when: when.collect(),
        }
    }

    #[test]
    fn the_first_rule_that_fits_counts_and_nothing_fits_by_accident() {
        let canonical = Canonical::new(vec![
            rule("a.yes", "AUTH", &[("/ok", &["true", "y*"]), ("/n", &["1"])]),
            rule("a.given", "AUTH", &[("/given", &["*"])]),
            rule("a.any", "AUTH*", &[]),
        ]);
        let name = |event, data: &str| canonical.name(event, data.as_bytes());
        assert_eq!(name("AUTH", r#"{"ok":true,"n":1}"#), Ok(Some("a.yes")));
        assert_eq!(name("AUTH", r#"{"ok":"yes","n":"1"}"#), Ok(Some("a.yes")));
        assert_eq!(name("AUTH", r#"{"ok":true,"n":10}"#), Ok(Some("a.any")));
        assert_eq!(name("AUTH", r#"{"given":null}"#), Ok(Some("a.any")));
        assert_eq!(name("AUTH", r#"{"given":""}"#), Ok(Some("a.any")));
        assert_eq!(name("AUTH", r#"{"given":0}"#), Ok(Some("a.given")));
        assert_eq!(name("AUTH", "ok=true&n=1"), Ok(Some("a.any")));
        assert_eq!(name("AUTHOR", ""), Ok(Some("a.any")));
        assert_eq!(name("auth", r#"{"ok":true,"n":1}"#), Ok(None));
        assert_eq!(
            name("AUTH", r#"{"ok":false,"ok":true,"n":1}"#),
            Err(Malformed::RepeatedKey)
        );
    }
}
