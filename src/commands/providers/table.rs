//! All presets as a table for people who choose: docs/providers.md.

use super::words::scheme;
use crate::settings::preset::{AcceptedForm, Confidence, HandshakeForm, Preset};

const HEAD: &str = "# Providers

<!-- Made by `hookferry providers --markdown`; a test holds it against the presets. -->

`hookferry providers ID` explains one, with what to do at the provider; [presets.md](presets.md) says how they are written.

- **Integrity** is what the signature covers: `full`, the whole body, and type and id come from it or from signed headers; `partial`,
  not all of that; `none`, a shared token only.
- **Waits** is how long the provider waits for an answer. Hookferry answers before.
- **Verified by** names the package that made or accepted the preset's test cases, or the documents that publish one. Where it says
  `unverified`, the preset follows the documents alone, and a source that uses it warns at start.

| id | provider | scheme | integrity | handshake | waits | verified by |
|---|---|---|---|---|---|---|
";

/// The whole document.
pub(super) fn markdown(presets: &[Preset]) -> String {
    let verified = presets.iter().filter(|preset| is_verified(preset)).count();
    let rows: String = presets.iter().map(row).collect();
    format!(
        "{HEAD}{rows}\n{} presets, {verified} of them verified.\n",
        presets.len()
    )
}

fn is_verified(preset: &Preset) -> bool {
    preset.confidence == Confidence::Verified
}

fn row(preset: &Preset) -> String {
    let verified = match &preset.verified_by {
        Some(by) => by.clone(),
        None => "unverified".to_owned(),
    };
    let weak = if preset.legacy.is_some() {
        " (weak)"
    } else {
        ""
    };
    let cells = [
        format!("`{}`", preset.id),
        format!("[{}]({})", cell(&preset.name), preset.docs),
        format!("{}{weak}", cell(&scheme(&preset.verify))),
        preset.integrity.label().to_owned(),
        handshakes(preset),
        seconds(preset.reply_within_ms),
        cell(&verified),
    ];
    format!("| {} |\n", cells.join(" | "))
}

fn handshakes(preset: &Preset) -> String {
    let mut kinds: Vec<_> = preset.handshakes.iter().map(kind).collect();
    if let Some(AcceptedForm::Some(forms)) = &preset.accepted
        && forms.iter().any(|form| form.call.is_some())
    {
        kinds.push("confirmed by a call");
    }
    if preset.synchronous.is_some() {
        kinds.push("answer decides");
    }
    kinds.sort_unstable();
    kinds.dedup();
    kinds.join(", ")
}

const fn kind(form: &HandshakeForm) -> &'static str {
    match (&form.learn, &form.challenge, form.signed) {
        (Some(_), _, _) => "secret handed over",
        (None, Some(_), true) => "signed challenge",
        (None, Some(_), false) => "challenge",
        (None, None, true) => "signed ping",
        (None, None, false) => "ping",
    }
}

fn seconds(ms: u64) -> String {
    if ms.is_multiple_of(1000) {
        format!("{} s", ms / 1000)
    } else {
        format!("{ms} ms")
    }
}

/// A text that stays within its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
