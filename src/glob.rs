//! Patterns of event types, as in `pull_request.*`: `*` stands for any text, all else for itself.

use std::fmt;

/// A pattern with any number of `*`.
#[derive(Clone, PartialEq, Eq)]
pub struct Glob(Box<str>);

impl fmt::Debug for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl Glob {
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether the whole of `text` fits, in time that grows with the product of the lengths at most.
    pub fn fits(&self, text: &str) -> bool {
        let (pattern, text) = (self.0.as_bytes(), text.as_bytes());
        let (mut at, mut read) = (0, 0);
        // Where the last `*` was, and how far it reaches by now.
        let mut star: Option<(usize, usize)> = None;
        while read < text.len() {
            match pattern.get(at) {
                Some(b'*') => {
                    star = Some((at, read));
                    at += 1;
                }
                Some(byte) if text.get(read) == Some(byte) => {
                    at += 1;
                    read += 1;
                }
                Some(_) | None => {
                    let Some((star_at, reached)) = star else {
                        return false;
                    };
                    star = Some((star_at, reached + 1));
                    at = star_at + 1;
                    read = reached + 1;
                }
            }
        }
        pattern
            .get(at..)
            .unwrap_or_default()
            .iter()
            .all(|byte| *byte == b'*')
    }

    /// Whether whatever fits `other` fits this too. It may say no where a closer look would say yes.
    pub fn covers(&self, other: &Self) -> bool {
        // A `*` of the other is met by one of ours only, as long as no plain character stands for it.
        self.fits(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, text, fits) in [
            ("push", "push", true),
            ("push", "push2", false),
            ("*", "", true),
            ("*", "a.b", true),
            ("pull_request.*", "pull_request.opened", true),
            ("pull_request.*", "pull_request", false),
            ("*.created", "orders.created", true),
            ("*.created", "orders.created.x", false),
            ("a*b*c", "a--b--b--c", true),
            ("a*b*c", "a--c--b", false),
            ("", "", true),
            ("", "a", false),
            ("**", "x", true),
            ("*.user.create", "scim.user.create", true),
            ("*.user.create", "user.create", false),
            ("a*c*e", "acce", true),
            ("a*c*e", "aec", false),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(Glob::new(pattern).fits(text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn what_fits_a_covered_pattern_fits_the_covering_one() {
        let covers = |one: &str, other: &str| Glob::new(one).covers(&Glob::new(other));
        assert!(covers("*", "a.*") && covers("a.*", "a.b") && covers("a.*", "a.b.*"));
        assert!(!covers("a.b", "a.*") && !covers("a.*", "*"));
    }
}
