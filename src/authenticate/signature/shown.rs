//! What is told of a signature: enough to see why it does not fit, and never one that would.

use super::super::keys::Mac;
use super::{SignatureCheck, Step, View};
use crate::template::{Place, Template};

impl SignatureCheck {
    /// What one secret makes of the request. Quoted is what is signed, unless a secret is part of it.
    pub(super) fn compared(
        &self,
        at: usize,
        view: &View<'_>,
        quotes: bool,
        expected: &Mac,
        candidates: &[Vec<u8>],
    ) -> Step {
        let signed = self.signed.render(view).unwrap_or_default();
        let shown = if !quotes {
            "that is not quoted".to_owned()
        } else if self.holds_secret() {
            "content with the secret in it".to_owned()
        } else {
            excerpt(&signed)
        };
        let fits = candidates.iter().any(|given| expected.fits(given));
        let given = candidates.first().map(|given| start(given));
        Step::verdict(
            fits,
            format!(
                "secret {}: signed content {shown} ({} bytes) gives {}..., received {}...",
                at + 1,
                signed.len(),
                expected.start(),
                given.unwrap_or_default()
            ),
        )
    }

    /// Whether a secret may stand in what is signed, as it is or in any form: its digest is as good to a
    /// forger. A param may be one, too.
    fn holds_secret(&self) -> bool {
        let reads = |template: &Template| {
            let mut places = template.places().into_iter();
            template.reads_secret() || places.any(|place| matches!(place, Place::Param(_)))
        };
        reads(&self.signed) || self.values.iter().any(|(_, value)| reads(value))
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

fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let start: String = text.chars().take(60).collect();
    if start.len() < text.len() {
        format!("{start:?}...")
    } else {
        format!("{start:?}")
    }
}

/// The first bytes, in hex.
pub(in super::super) fn start(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes.get(..4).unwrap_or(bytes))
}
