//! The examples of docs/shaping.md, run as they stand there.

use std::process::Command;

use crate::support::Folder;

const TEXT: &str = include_str!("../../docs/shaping.md");

/// Blocks in fences: what stands on the line before, the language, the text.
fn blocks() -> Vec<(String, String, String)> {
    let mut blocks = Vec::new();
    let mut before = String::new();
    let mut open: Option<(String, String)> = None;
    for line in TEXT.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language.to_owned(), String::new())),
            (Some(_), Some(_)) => {
                let (language, text) = open.take().expect("it is open");
                blocks.push((before.clone(), language, text));
            }
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) if !line.is_empty() => before = line.to_owned(),
            (None, None) => {}
        }
    }
    blocks
}

/// A file's block has its name in backquotes on the line before; a block of `console` has commands
/// and what they say.
#[test]
fn the_examples_of_the_document_do_what_it_says() {
    let folder = Folder::new();
    let mut ran = 0;
    for (before, language, text) in blocks() {
        if language != "console" {
            let name = before.trim_end_matches(':').rsplit('`').nth(1);
            let name = name.unwrap_or_else(|| panic!("a block without a name: {before}"));
            folder.write(name, &text);
            continue;
        }
        for command in text.split("$ ").skip(1) {
            let (line, expected) = command.split_once('\n').expect("a line");
            let words: Vec<_> = line.split_whitespace().collect();
            assert_eq!(words[0], "hookferry", "{line}");
            let output = Command::new(env!("CARGO_BIN_EXE_hookferry"))
                .args(&words[1..])
                .current_dir(folder.path())
                .env_clear()
                .env("GITHUB_SECRET", super::SECRET)
                .env("STRIPE_SECRET", "whsec_0123456789abcdef0123456789abcdef")
                .env("SHOPIFY_SECRET", super::SECRET)
                .env("REDACT_KEY", super::KEY)
                .output()
                .expect("it runs");
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8(said).expect("text");
            assert_eq!(said.trim_end(), expected.trim_end(), "{line}");
            ran += 1;
        }
    }
    assert!(ran >= 5, "{ran} commands");
}
