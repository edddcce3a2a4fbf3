//! The rules that keep the code reviewable, held against the sources themselves.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What every stage may use beside itself and the stage before it.
const SUPPORT: &[&str] = &[
    "template",
    "peek",
    "json",
    "glob",
    "time",
    "metrics",
    "scheduling",
    "telemetry",
    "tls",
];

/// The stages in their order.
const STAGES: &[&str] = &["accept", "authenticate", "normalize", "publish"];

/// Names that a stage may use against the order, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("accept/reply.rs", "authenticate", "Answer Refusal"), // the table of statuses
    ("accept/reply.rs", "publish", "PublishError Unpublished"), // the table of statuses
    ("accept/reply.rs", "dedup", "Stored"),                // what a 2xx is made of
    ("accept/reply.rs", "normalize", "Dropped Rejected"),  // what else a filter and a schema answer
    ("publish/registry/client.rs", "fetch", "Fetcher"),    // asked while a record waits
    ("normalize/mod.rs", "accept", "Received"),            // what a Verified is around
    ("normalize/mapping.rs", "accept", "Received"),
];

/// Longer than a file should be.
const LINES_MAX: usize = 400;
const LONG_FILES: &[&str] = &[];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
    {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|it| it == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Every file of src, by its path below it, without comments, texts and tests.
fn sources() -> BTreeMap<String, String> {
    let src = root().join("src");
    let sources: BTreeMap<_, _> = files_below(&src, "rs")
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&src).unwrap().display().to_string();
            let code = code_only(&fs::read_to_string(&path).unwrap());
            // A file's tests stand at its end, and may use what they like.
            let code = code
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap()
                .to_owned();
            (name, code)
        })
        .collect();
    for stage in STAGES {
        assert!(
            sources.contains_key(&format!("{stage}/mod.rs")),
            "{stage} is gone"
        );
    }
    sources
}

/// Rust without its comments and with its texts emptied, line by line as it was.
fn code_only(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(length) = raw_text(rest) {
            length
        } else if next == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            end.unwrap() + 2
        } else {
            char_literal(rest).unwrap_or_default()
        };
        if skipped == 0 {
            code.push(next);
            rest = &rest[next.len_utf8()..];
            // A raw text begins a word; the r of `for` does not.
            if next.is_alphanumeric() || next == '_' {
                let word = rest
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                code.push_str(&rest[..word]);
                rest = &rest[word..];
            }
        } else {
            code.extend(rest[..skipped].chars().filter(|c| *c == '\n'));
            if next == '"' || next == 'r' || next == 'b' {
                code.push_str("\"\"");
            }
            rest = &rest[skipped..];
        }
    }
    code
}

/// The length of an `r#"..."#` or `br"..."`.
fn raw_text(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('b').unwrap_or(text).strip_prefix('r')?;
    let hashes = inside.len() - inside.trim_start_matches('#').len();
    let inside = inside[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(text.len() - inside.len() + inside.find(&end)? + end.len())
}

/// The length of a `'c'`, which a lifetime is not.
fn char_literal(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    if let Some(escape) = inside.strip_prefix('\\') {
        return Some(3 + escape.char_indices().skip(1).find(|(_, c)| *c == '\'')?.0);
    }
    let first = inside.chars().next()?;
    inside[first.len_utf8()..]
        .starts_with('\'')
        .then(|| first.len_utf8() + 2)
}

/// Every path into the crate that `code` names, as (top module, what of it).
fn crate_paths(file: &str, code: &str) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    // `pub(in crate::publish)` says who may see, not what is used.
    let code = code.replace("(in crate::", "(in ");
    for (at, _) in code.match_indices("crate::") {
        assert!(
            !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'),
            "{file}"
        );
        paths.extend(tree(&code[at + "crate::".len()..]));
    }
    // `super::super::` from a folder's file leads out of the folder, past these rules.
    let depth = file.matches('/').count() + usize::from(!file.ends_with("mod.rs"));
    assert!(
        !code.contains(&"super::".repeat(depth + 1)),
        "{file} leaves src by super::"
    );
    for (at, _) in code.match_indices(&"super::".repeat(depth)) {
        if depth > 0 && !code[..at].ends_with("super::") {
            paths.extend(tree(&code[at + "super::".len() * depth..]));
        }
    }
    paths
}

/// `a::{B, c::D}` as [(a, B), (a, c)]; `{a::B, c}` as [(a, B), (c, "")].
fn tree(text: &str) -> Vec<(String, String)> {
    let word = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    if let Some(inside) = text.strip_prefix('{') {
        return branches(inside)
            .iter()
            .flat_map(|branch| tree(branch.trim()))
            .collect();
    }
    let top = word(text);
    match text[top.len()..].strip_prefix("::") {
        None => vec![(top, String::new())],
        Some(rest) => match rest.strip_prefix('{') {
            None => vec![(top, word(rest))],
            Some(inside) => branches(inside)
                .iter()
                .map(|branch| (top.clone(), word(branch)))
                .collect(),
        },
    }
}

/// What stands between `{`, which is gone, and its `}`, parted at the commas of that level.
fn branches(inside: &str) -> Vec<String> {
    let mut depth = 0;
    let mut found = vec![String::new()];
    for c in inside.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => {
                found.push(String::new());
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        found.last_mut().unwrap().push(c);
    }
    found.retain(|branch| !branch.trim().is_empty());
    found
}

#[test]
fn the_reader_of_sources_reads_what_it_should() {
    let code = code_only(
        "use a; // crate::b\nlet x = \"crate::c \\\" //\"; /* crate::d */ let y = '\"'; r#\"crate::e\"# 'a'",
    );
    assert_eq!(code, "use a; \nlet x = \"\";  let y = ; \"\" ");
    let pair = |top: &str, what: &str| (top.to_owned(), what.to_owned());
    assert_eq!(
        crate_paths(
            "x.rs",
            "use crate::a::{B, c::D}; crate::e::f(); use crate::{g::H, i};"
        ),
        [
            pair("a", "B"),
            pair("a", "c"),
            pair("e", "f"),
            pair("g", "H"),
            pair("i", "")
        ]
    );
    assert_eq!(
        crate_paths("a/b.rs", "super::X super::super::c::D"),
        [pair("c", "D")]
    );
}

#[test]
fn a_stage_uses_only_itself_and_the_stage_before_it() {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for (file, code) in sources() {
        let Some(at) = STAGES.iter().position(|stage| {
            file.starts_with(&format!("{stage}/")) || file == format!("{stage}.rs")
        }) else {
            continue;
        };
        for (top, what) in crate_paths(&file, &code) {
            let before = at.checked_sub(1).map(|before| STAGES[before]);
            let in_order = top == STAGES[at]
                || before == Some(top.as_str())
                || SUPPORT.contains(&top.as_str());
            let exception = EXCEPTIONS.iter().position(|(path, module, names)| {
                *path == file && *module == top && names.split(' ').any(|name| name == what)
            });
            if let Some(exception) = exception {
                used.insert(exception);
            } else if !in_order {
                wrong.push(format!("{file} uses {top}::{what}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(
        used.len(),
        EXCEPTIONS.len(),
        "an exception that nothing needs: {used:?}"
    );
}

#[test]
fn what_stands_beside_the_path_knows_nothing_of_it() {
    // Settings hold what the stages are told, so they name the stages' types; nothing runs there.
    let allowed = |file: &str, top: &str| match file.split(['/', '.']).next().unwrap() {
        "template" | "peek" | "json" | "glob" | "time" | "metrics" | "telemetry" | "tls"
        | "logging" => SUPPORT.contains(&top),
        "settings" => {
            STAGES.contains(&top)
                || SUPPORT.contains(&top)
                || ["settings", "logging", "dedup", "otlp"].contains(&top)
                // That a check can be signed is known when it is read.
                || (file == "settings/checks.rs" && top == "sign")
        }
        "admin" => ["admin", "inspect", "learned", "metrics", "publish", "tls"].contains(&top),
        _ => true,
    };
    let mut wrong = Vec::new();
    for (file, code) in sources() {
        for (top, what) in crate_paths(&file, &code) {
            if !allowed(&file, &top) {
                wrong.push(format!("{file} uses {top}::{what}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether `code` names the crate `name`: as a path's beginning, in `use` or in passing.
fn names_crate(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + name.len()..];
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '.')
            && (after.starts_with("::") || after.starts_with(';') || after.starts_with(" as "))
    })
}

#[test]
fn libraries_are_named_only_where_they_belong() {
    let all = sources();
    for (library, places) in [
        ("rdkafka", &["publish/"][..]),
        ("lapin", &["publish/"]),
        ("redis", &["dedup/"]),
        ("cel", &["normalize/expression"]),
        (
            "jsonschema",
            &["normalize/shape/validate.rs", "publish/registry/typed.rs"],
        ),
        ("apache_avro", &["publish/registry/avro"]),
        ("prost", &["otlp/", "publish/registry/protobuf.rs"]),
        ("protox", &["publish/registry/protobuf.rs"]),
        ("tokio_rustls", &["tls/"]),
        ("ppp", &["accept/proxied.rs"]),
        ("inotify", &["reload/"]),
        ("hyper", &["accept/", "admin/", "fetch.rs"]),
        ("yaml_rust2", &["settings/"]),
        ("clap", &["commands/"]),
    ] {
        let naming: Vec<_> = all
            .iter()
            .filter(|(_, code)| names_crate(code, library))
            .map(|(file, _)| file)
            .collect();
        assert!(
            !naming.is_empty(),
            "{library} is named nowhere: is this test still right?"
        );
        let strays: Vec<_> = naming
            .iter()
            .filter(|file| !places.iter().any(|place| file.starts_with(place)))
            .collect();
        assert!(strays.is_empty(), "{library} is named in {strays:?}");
    }
}

/// Types that hold what a forger wants, where each is, and what may be derived or written for it: what
/// prints nothing and compares nothing. `==` on one of them does not compile.
const SECRET_TYPES: &[(&str, &str, &[&str])] = &[
    ("Secret", "authenticate/keys.rs", &["Clone", "Debug"]),
    ("Mac", "authenticate/keys.rs", &["Debug"]),
    ("Tag", "authenticate/keys.rs", &["Clone", "Debug"]),
];

/// Statements in which a secret's bytes are taken out under a name, from where they could be compared.
const REVEALED: &[(&str, &str)] = &[("authenticate/keys.rs", "let key = secret.reveal()")]; // of a MAC

/// What compares, or looks up, and stops at the first byte that differs.
const COMPARISONS: &[&str] = &[
    " == ",
    " != ",
    ".eq(",
    ".ne(",
    ".cmp(",
    ".partial_cmp(",
    ".eq_ignore_ascii_case(",
    ".starts_with(",
    ".ends_with(",
    ".strip_prefix(",
    ".strip_suffix(",
    ".contains(",
    ".contains_key(",
    ".get(",
    ".find(",
    ".position(",
    ".binary_search",
    "memcmp",
];

#[test]
fn what_is_secret_cannot_be_compared_by_its_type() {
    let all = sources();
    for (name, file, allowed) in SECRET_TYPES {
        let code = &all[*file];
        let declared = ["struct", "enum"].map(|kind| format!("pub {kind} {name}"));
        let at = declared
            .iter()
            .find_map(|declared| {
                let (at, _) = code.match_indices(declared.as_str()).find(|(at, found)| {
                    !code[at + found.len()..].starts_with(|c: char| c.is_alphanumeric())
                })?;
                Some(at)
            })
            .unwrap_or_else(|| panic!("{name} is not in {file}"));
        let before = code[..at].rsplit(['}', ';']).next().unwrap();
        let derived = before
            .split_once("derive(")
            .map_or("", |(_, rest)| rest.split(')').next().unwrap());
        let mut has: BTreeSet<String> = derived
            .split(',')
            .map(|it| it.trim().to_owned())
            .filter(|it| !it.is_empty())
            .collect();
        for code in all.values() {
            for (at, _) in code.match_indices(&format!(" for {name} {{")) {
                let line = code[..at].rsplit('\n').next().unwrap();
                let implemented = line.trim_start().trim_start_matches("impl ");
                has.insert(implemented.rsplit("::").next().unwrap().to_owned());
            }
        }
        let allowed: BTreeSet<_> = allowed.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(has, allowed, "{name}: what is derived or implemented");
    }
}

/// Words that stand for secret or computed bytes where requests are judged.
const SECRET_WORDS: &[&str] = &[
    "mac",
    "tag",
    "digest",
    "signature",
    "expected",
    "computed",
    "secret",
    "token",
    "bytes",
    "given",
    "shown",
    "password",
    "cookie",
    "reveal",
];

/// Where requests are judged.
const JUDGES: &[&str] = &[
    "authenticate/",
    "synthetic.rs",
    "learned.rs",
    "inspect/guard.rs",
    "admin/",
    "tls/",
];

/// What is compared or looked up there by these words, and is no secret.
const PLAIN: &[(&str, &str)] = &[
    // Of a digest, in which nearness says nothing.
    ("inspect/guard.rs", ".get(&digest)"),
    // By a place among them, and of a length.
    (
        "authenticate/check.rs",
        "scheme.secrets.get(self.secret.unwrap_or_default())",
    ),
    ("authenticate/handshake.rs", ".contains(&secret.len())"),
];

/// Whether a name of a secret stands at one side of a comparison; how long it is, is none.
fn is_secret(side: &str) -> bool {
    let last = side.trim_end_matches(['(', ')']).rsplit(['.', ':']);
    let last = last.into_iter().next().unwrap_or_default();
    let plain = ["len", "is_empty", "count", "is_none", "is_some", "status"];
    let words: Vec<_> = side.split(|c: char| !c.is_alphanumeric()).collect();
    // Constants are in capitals.
    !plain.contains(&last)
        && words.iter().any(|word| {
            SECRET_WORDS.contains(&word.to_lowercase().as_str()) && **word != word.to_uppercase()
        })
}

/// The comparisons in a file that could tell of a secret by their time.
fn telling(file: &str, code: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    // Wherever it is: the bytes of a secret are handed on, and never held against anything.
    for statement in code.split([';', '{', '}']) {
        let text = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_out = text.starts_with("let ") && text.ends_with(".reveal()");
        let is_known = REVEALED.contains(&(file, text.as_str()));
        // A param is looked up by its name.
        let mut words = COMPARISONS.iter().filter(|word| **word != ".get(");
        let compares = text.contains(".reveal()")
            && words.any(|word| text.contains(word))
            && !text.contains(".is(");
        if (is_out && !is_known) || compares {
            wrong.push(format!("{file}: {text}"));
        }
    }
    if !JUDGES.iter().any(|judge| file.starts_with(judge)) {
        return wrong;
    }
    for (number, line) in code.lines().enumerate() {
        for operator in COMPARISONS {
            for (at, _) in line.match_indices(operator) {
                let left = line[..at].rsplit([' ', '(', '!', '&', '*']).next();
                let right = line[at + operator.len()..]
                    .split([' ', ')', ';', '{'])
                    .next();
                // An item of a list of them is got by its place.
                let left = left.filter(|_| *operator != ".get(").unwrap_or_default();
                let is_plain = PLAIN
                    .iter()
                    .any(|(known, text)| *known == file && line.contains(text));
                if !is_plain && (is_secret(left) || is_secret(right.unwrap_or_default())) {
                    wrong.push(format!("{file}:{}: {}", number + 1, line.trim()));
                }
            }
        }
    }
    wrong
}

#[test]
fn secrets_are_compared_in_constant_time() {
    let mut wrong = Vec::new();
    let mut constant = 0;
    for (file, code) in sources() {
        for word in [".ct_eq(", "verify_slice(", "verify_slices_are_equal("] {
            constant += code.matches(word).count();
        }
        wrong.extend(telling(&file, &code));
    }
    assert!(constant > 2, "nothing is compared in constant time");
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Each of these has been somebody's hole.
    for (file, code) in [
        ("authenticate/x.rs", "if expected == given {"),
        ("authenticate/x.rs", "if self.token != shown {"),
        ("authenticate/x.rs", "expected.eq(&given)"),
        ("authenticate/x.rs", "expected.starts_with(&given)"),
        ("authenticate/x.rs", "tokens.contains(&token)"),
        ("authenticate/x.rs", "by_token.get(token)"),
        ("authenticate/x.rs", "known.contains_key(&secret)"),
        ("admin/x.rs", "password.cmp(&given)"),
        ("publish/x.rs", "if one.reveal() == other {"),
        ("settings/x.rs", "let bytes = secret.reveal();"),
        (
            "inspect/x.rs",
            "list.iter().any(|it| it.reveal().starts_with(start))",
        ),
        ("learned.rs", "if known.trim_ascii() == secret.reveal() {"),
    ] {
        assert!(!telling(file, code).is_empty(), "{file}: {code}");
    }
}

#[test]
fn nothing_is_unbounded_and_nothing_is_unsafe() {
    for (file, code) in sources() {
        for word in [
            "unbounded",
            "mpsc::channel()",
            "unsafe ",
            "env::set_var",
            "process::exit",
            "thread::sleep",
            "static mut",
            "lazy_static",
            "todo!",
            "unimplemented!",
            "dbg!",
        ] {
            assert!(!code.contains(word), "{file} says {word}");
        }
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""));
}

#[test]
fn files_fit_their_bound() {
    let src = root().join("src");
    let mut long = BTreeSet::new();
    for path in files_below(&src, "rs") {
        let name = path.strip_prefix(&src).unwrap().display().to_string();
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        if lines > LINES_MAX {
            long.insert(format!("{name}: {lines}"));
        }
    }
    let unexpected: Vec<_> = long
        .iter()
        .filter(|file| !LONG_FILES.iter().any(|known| file.starts_with(known)))
        .collect();
    assert!(
        unexpected.is_empty(),
        "longer than {LINES_MAX} lines: {unexpected:?}"
    );
    for known in LONG_FILES {
        assert!(
            long.iter().any(|file| file.starts_with(known)),
            "{known} is no longer long"
        );
    }
}

#[test]
fn every_preset_is_embedded_and_has_vectors() {
    let stems = |folder: &str, extension: &str| -> BTreeSet<String> {
        let files = files_below(&root().join(folder), extension);
        files
            .iter()
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    let presets = stems("src/settings/providers", "yaml");
    let embedded: BTreeSet<_> = hookferry::settings::providers::ids()
        .map(str::to_owned)
        .collect();
    assert_eq!(presets, embedded);
    assert_eq!(presets, stems("tests/vectors", "jsonl"));
    for id in &presets {
        let vectors = fs::read_to_string(root().join(format!("tests/vectors/{id}.jsonl"))).unwrap();
        let mut expected = BTreeSet::new();
        for line in vectors.lines() {
            let case: serde_json::Value =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{id}: {error}"));
            expected.insert(
                case["expect"]
                    .as_str()
                    .unwrap_or_else(|| panic!("{id}: {line}"))
                    .to_owned(),
            );
        }
        // One that is taken and, where something is verified, one that is not.
        assert!(
            expected.contains("accept"),
            "{id} has no vector that is accepted: {expected:?}"
        );
        assert!(
            expected.contains("reject") || id == "dev",
            "{id} has no vector that is refused"
        );
    }
}

/// The names of all tests, as `tests/x.rs::name` or `src/x.rs::name`.
fn tests() -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    for folder in ["tests", "src"] {
        for path in files_below(&root().join(folder), "rs") {
            let file = path.strip_prefix(root()).unwrap().display().to_string();
            let code = code_only(&fs::read_to_string(&path).unwrap());
            let mut is_test = false;
            for line in code.lines().map(str::trim) {
                if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                    is_test = true;
                } else if let Some(at) = line.find("fn ").filter(|_| is_test) {
                    let name: String = line[at + 3..]
                        .chars()
                        .take_while(|c| c.is_alphanumeric() || *c == '_')
                        .collect();
                    tests.insert(format!("{file}::{name}"));
                    is_test = false;
                }
            }
        }
    }
    tests
}

#[test]
fn every_invariant_names_tests_that_exist() {
    let text =
        fs::read_to_string(root().join("docs/architecture.md")).expect("docs/architecture.md");
    let tests = tests();
    let (_, section) = text
        .split_once("as invariants\n")
        .expect("a section of invariants");
    let section = section.split("\n## ").next().unwrap();
    let mut invariants: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let mut current = 0;
    for line in section.lines() {
        if let Some((number, _)) = line.split_once(". **") {
            current = number
                .parse()
                .unwrap_or_else(|_| panic!("no invariant: {line}"));
        }
        for (at, _) in line.match_indices(".rs::") {
            let begin = line[..at].rfind(|c: char| !(c.is_alphanumeric() || "_/.-".contains(c)));
            let begin = begin.map_or(0, |at| at + 1);
            let name = line[at + 5..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_');
            let named = format!("{}.rs::{}", &line[begin..at], name.collect::<String>());
            assert!(
                tests.contains(&named),
                "docs/architecture.md names {named}, which is no test"
            );
            invariants.entry(current).or_default().push(named);
        }
    }
    let numbers: Vec<_> = invariants.keys().copied().collect();
    assert_eq!(
        numbers,
        [1, 2, 3, 4, 5, 6],
        "each invariant names its tests: {invariants:#?}"
    );
}

/// docs/dependencies.md has a row for each direct dependency, and none for what is gone.
#[test]
fn every_dependency_is_reviewed() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut direct = BTreeSet::new();
    let mut counts = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            counts = line.ends_with("dependencies]");
        } else if counts && line.starts_with(|c: char| c.is_ascii_lowercase()) {
            direct.insert(line.split(' ').next().unwrap());
        }
    }
    assert!(direct.len() > 50, "{direct:?}");
    let review = fs::read_to_string(root().join("docs/dependencies.md")).unwrap();
    let table = review.split("## Every direct one").nth(1).unwrap();
    let table = table.split("\n## ").next().unwrap();
    let rows: Vec<_> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .collect();
    for row in &rows {
        // What for, why, kept, brings, unsafe and home: something in each.
        let cells: Vec<_> = row.trim_end_matches(" |").split(" | ").collect();
        assert!(
            cells.len() == 7 && cells.iter().all(|it| !it.trim().is_empty()),
            "{row}"
        );
    }
    let reviewed: BTreeSet<_> = rows
        .iter()
        .map(|row| row.split('`').next().unwrap())
        .collect();
    assert_eq!(reviewed, direct);
}
