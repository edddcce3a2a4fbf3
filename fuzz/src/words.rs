//! Words to put into inputs. libFuzzer sees which integers are compared, but not which texts, so that it would never come by the
//! name of a key or of a step.

use std::collections::BTreeSet;
use std::path::Path;

use super::targets::{self, Target};

/// libFuzzer's own bound is 64.
const BYTES_MAX: usize = 40;
const WORDS_MAX: usize = 4000;

/// What is not made of letters and digits.
const MARKS: &[&str] = &[
    "\r\n",
    "\r\n\r\n",
    "\0",
    "\"",
    "\\u0000",
    "\\ud800",
    "\u{feff}",
    "%00",
    "%2F",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml",
    "&amp;",
    "&#0;",
    "<!DOCTYPE",
    "{}",
    "[]",
    "null",
    "true",
    "-0",
    "1e400",
    "18446744073709551616",
    "9223372036854775807",
    "\x1bR\x08\x0c",
    "://",
    "../",
    "&&",
    "||",
    "!=",
    "<<: *a",
    "&a ",
    "- ",
    ": ",
    "sha256=",
    "t=",
    "v1=",
    ";q=0",
    "\u{130}",
    "\u{fdfa}",
];

/// Where the words of a target's language are, beside its seeds.
fn sources(target: &str) -> &'static [&'static str] {
    match target {
        "template" => &["src/template"],
        "preset" => &[
            "src/settings/preset.rs",
            "src/settings/preset",
            "src/template",
        ],
        "config" => &["src/settings/document.rs", "src/settings/checks.rs"],
        "expression" => &["src/normalize/expression.rs", "src/normalize/expression"],
        "http" | "proxied" => &["src/accept"],
        "codings" => &["src/accept/coding.rs"],
        "jwt" => &["src/authenticate/jwt.rs", "src/authenticate/keys"],
        "rfc9421" => &["src/authenticate/rfc9421.rs"],
        "signature_header" => &[
            "src/authenticate/signature.rs",
            "src/authenticate/signature",
        ],
        "kept" => &["src/publish"],
        _ => &[],
    }
}

/// A dictionary in libFuzzer's form.
pub fn dictionary(target: &Target) -> String {
    let mut words: BTreeSet<Vec<u8>> = MARKS.iter().map(|mark| mark.as_bytes().to_vec()).collect();
    for source in sources(target.name) {
        let path = targets::project(source);
        if path.is_dir() {
            for file in std::fs::read_dir(&path).expect("a folder") {
                spoken(&file.expect("a file").path(), &mut words);
            }
        } else {
            spoken(&path, &mut words);
        }
    }
    for seed in (target.seeds)() {
        let letters = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-@".contains(byte);
        // Not what is a number or a secret.
        let is_word = |word: &&[u8]| {
            word.len() > 2 && word.len() <= 24 && !word.iter().any(u8::is_ascii_digit)
        };
        let found = seed.split(|byte| !letters(byte)).filter(is_word);
        words.extend(found.map(<[u8]>::to_vec));
    }
    let lines = words.iter().take(WORDS_MAX).map(|word| {
        let escaped: String = word.iter().map(|byte| format!("\\x{byte:02x}")).collect();
        format!("\"{escaped}\"\n")
    });
    lines.collect()
}

/// The literals and the public fields of a file.
fn spoken(path: &Path, words: &mut BTreeSet<Vec<u8>>) {
    if path.extension().is_none_or(|extension| extension != "rs") {
        return;
    }
    let text = std::fs::read_to_string(path).expect("a source");
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    for line in text.lines().map(str::trim) {
        if let Some(field) = line
            .strip_prefix("pub ")
            .and_then(|rest| rest.split_once(": "))
            && field
                .0
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        {
            words.insert(field.0.as_bytes().to_vec());
        }
        let literals = line.split('"').skip(1).step_by(2);
        let plain = literals
            .filter(|it| !it.is_empty() && it.len() <= BYTES_MAX && !it.contains(['\\', '{', ' ']));
        words.extend(plain.map(|it| it.as_bytes().to_vec()));
    }
}
