//! What is told of a signature: enough to see why it does not fit, and never one that would.

use subtle::ConstantTimeEq as _;

use super::{Secret, SignatureCheck, Step, View};

impl SignatureCheck {
    /// What one secret makes of the request. Quoted is what is signed, but for the secret where that is
    /// part of it; nothing where that is `None`.
    pub(super) fn compared(
        &self,
        at: usize,
        view: &View<'_>,
        quoted_but: Option<&Secret>,
        expected: &[u8],
        candidates: &[Vec<u8>],
    ) -> Step {
        let signed = self.signed.render(view).unwrap_or_default();
        let shown = match quoted_but {
            None => "that is not quoted".to_owned(),
            Some(secret) if contains(&signed, secret.bytes()) => {
                "content with the secret in it".to_owned()
            }
            Some(_) => excerpt(&signed),
        };
        let fits = candidates
            .iter()
            .any(|given| bool::from(expected.ct_eq(given)));
        let given = candidates.first().map(|given| start(given));
        Step::verdict(
            fits,
            format!(
                "secret {}: signed content {shown} ({} bytes) gives {}..., received {}...",
                at + 1,
                signed.len(),
                start(expected),
                given.unwrap_or_default()
            ),
        )
    }
}

/// What keys are held against.
pub(super) fn content(message: &[u8], keys: usize, quotes: bool) -> Step {
    let shown = if quotes {
        excerpt(message)
    } else {
        "that is not quoted".to_owned()
    };
    let bytes = message.len();
    Step::fact(format!(
        "signed content {shown} ({bytes} bytes), for {keys} key(s)"
    ))
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    !needle.is_empty() && haystack.windows(needle.len()).any(|part| part == needle)
}

fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let start: String = text.chars().take(60).collect();
    if start.len() < text.len() {
        format!("{start:?}...")
    } else {
        format!("{start:?}")
    }
}

fn start(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes.get(..4).unwrap_or(bytes))
}
