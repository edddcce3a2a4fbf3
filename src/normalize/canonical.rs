//! Types that events have across providers: `payment.succeeded`, whoever took the payment.

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

/// A text in which each `*` stands for any characters, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(Vec<String>);

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
    /// readers could then believe different ones.
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
                Err(Malformed::RepeatedKey) => return Err(Malformed::RepeatedKey),
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

impl Glob {
    pub fn new(text: &str) -> Self {
        Self(text.split('*').map(str::to_owned).collect())
    }

    /// Whether all of `text` is as the pattern says.
    pub fn fits(&self, text: &str) -> bool {
        let (Some((first, rest)), last) = (self.0.split_first(), self.0.last()) else {
            return false;
        };
        let Some((last, middle)) = last.zip(rest.split_last().map(|(_, middle)| middle)) else {
            return text == first;
        };
        let Some(text) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        let Some(mut text) = text.strip_suffix(last.as_str()) else {
            return false;
        };
        // The first place of each part leaves the most room for those behind it.
        for part in middle {
            match text.split_once(part.as_str()) {
                Some((_, behind)) => text = behind,
                None => return false,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{Canonical, CanonicalRule, Glob};
    use crate::peek::Malformed;

    #[test]
    fn a_star_stands_for_any_characters_or_none() {
        for (pattern, fitting, other) in [
            ("a.b", &["a.b"][..], &["a.bc", "a", "", "xa.b"][..]),
            ("a*", &["a", "ab"], &["", "ba"]),
            ("*.user.create", &["scim.user.create"], &["user.create"]),
            ("a*c*e", &["ace", "abcde", "acce"], &["ae", "ac", "aec"]),
            ("ab*ba", &["abba", "abxba"], &["aba"]),
            ("*", &["", "x"], &[]),
        ] {
            let glob = Glob::new(pattern);
            for text in fitting {
                assert!(glob.fits(text), "{pattern} {text}");
            }
            for text in other {
                assert!(!glob.fits(text), "{pattern} {text}");
            }
        }
    }

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
