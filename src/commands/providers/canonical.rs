//! The types across providers, for people: docs/canonical-types.md, and a preset's own.

use std::fmt::Write as _;

use crate::settings::canonical::{CanonicalType, EventMatch, table};

const HEAD: &str = include_str!("canonical.md");

/// The whole document.
///
/// # Errors
/// Why the table cannot be read.
pub(super) fn markdown() -> Result<String, String> {
    let mut text = HEAD.to_owned();
    let types = table()?;
    for entry in types {
        // Writing to a String does not fail.
        let _ = write_type(entry, &mut text);
    }
    let events: usize = types
        .iter()
        .flat_map(|entry| entry.of.values())
        .map(|events| events.all().len())
        .sum();
    let _ = write!(text, "\n{} types of {events} events.\n", types.len());
    Ok(text)
}

fn write_type(entry: &CanonicalType, out: &mut String) -> std::fmt::Result {
    writeln!(out, "\n### {}\n\n{}\n", entry.r#type, entry.about)?;
    writeln!(out, "| provider | its events |\n|---|---|")?;
    for (provider, events) in &entry.of {
        let events: Vec<_> = events.all().iter().map(EventMatch::in_words).collect();
        writeln!(out, "| {provider} | {} |", events.join(", "))?;
    }
    Ok(())
}

/// What a preset's events are across providers.
pub(super) fn write_preset(id: &str, out: &mut String) -> std::fmt::Result {
    let types = table().unwrap_or_default().iter();
    let mut known = types
        .filter_map(|entry| Some((&entry.r#type, entry.of.get(id)?)))
        .peekable();
    if known.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "\nTypes across providers, with canonical_types: true")?;
    for (name, events) in known {
        let events: Vec<_> = events.all().iter().map(EventMatch::in_words).collect();
        writeln!(out, "  {name}  {}", events.join(", ").replace('`', ""))?;
    }
    Ok(())
}
