//! The documents hold together: every link and anchor leads somewhere, every document is reached from the index, every
//! test and command that they name exists, every reason and alert has its place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use crate::support::{Folder, project_file};

const BINARY: &str = env!("CARGO_BIN_EXE_hookferry");
const INDEX: &str = "docs/README.md";

fn read(path: &str) -> String {
    fs::read_to_string(project_file(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The README, and all of docs, by their paths within the project.
fn documents() -> BTreeMap<String, String> {
    let mut found = BTreeMap::from([("README.md".to_owned(), read("README.md"))]);
    for entry in fs::read_dir(project_file("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") {
            let path = format!("docs/{name}");
            found.insert(path.clone(), read(&path));
        }
    }
    assert!(found.len() > 15, "{:?}", found.keys());
    found
}

/// Lines outside of fenced blocks, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(number, line)| {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            return None;
        }
        (!fenced).then_some((number + 1, line))
    })
}

/// Headings as GitHub makes anchors of them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for (_, line) in prose(text) {
        let heading = line.trim_start_matches('#');
        let level = line.len() - heading.len();
        let Some(heading) = heading.strip_prefix(' ').filter(|_| level > 0) else {
            continue;
        };
        // Of a link its text counts.
        let heading = heading.replace("](", "\u{0}(");
        let mut plain = String::new();
        let mut skipping = false;
        for char in heading.chars() {
            match char {
                '\u{0}' => skipping = true,
                ')' if skipping => skipping = false,
                _ if skipping => {}
                ' ' => plain.push('-'),
                _ if char.is_alphanumeric() || "-_".contains(char) => {
                    plain.extend(char.to_lowercase());
                }
                _ => {}
            }
        }
        let seen = times.entry(plain.clone()).or_default();
        found.insert(if *seen == 0 {
            plain
        } else {
            format!("{plain}-{seen}")
        });
        *seen += 1;
    }
    found
}

/// Targets of `[text](target)`, outside of code.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        // Code between backticks has no links.
        let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
        let mut rest = plain.as_str();
        while let Some((_, after)) = rest.split_once("](") {
            let (target, after) = after.split_once(')').unwrap_or((after, ""));
            found.push((number, target.to_owned()));
            rest = after;
        }
    }
    found
}

/// `target` as seen from `document`, within the project.
fn within_project(document: &str, target: &str) -> String {
    let path = Path::new(document).parent().unwrap().join(target);
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => assert!(parts.pop(), "{document}: {target} leads out"),
            part => parts.push(part),
        }
    }
    parts.display().to_string()
}

#[test]
fn every_link_leads_somewhere_and_every_document_is_reached() {
    let documents = documents();
    let anchors: BTreeMap<_, _> = documents
        .iter()
        .map(|(path, text)| (path.as_str(), anchors(text)))
        .collect();
    let mut reached: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut count = 0;
    for (document, text) in &documents {
        for (line, link) in links(text) {
            if link.starts_with("https://") || link.starts_with("http://") {
                continue;
            }
            let at = format!("{document}:{line}: {link}");
            let (target, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if target.is_empty() {
                document.clone()
            } else {
                within_project(document, target)
            };
            assert!(project_file(&target).exists(), "{at}: there is no {target}");
            if !anchor.is_empty() {
                let known = anchors.get(target.as_str());
                let known = known.unwrap_or_else(|| panic!("{at}: no document"));
                assert!(known.contains(anchor), "{at}: there is {known:?}");
            }
            reached.entry(document).or_default().insert(target);
            count += 1;
        }
    }
    println!("{count} links");
    assert!(count > 150, "{count} links are too few to have been read");
    let index = &reached[INDEX];
    for document in documents.keys() {
        let is_there = document == INDEX || index.contains(document);
        assert!(is_there, "{INDEX} does not lead to {document}");
    }
    assert!(reached["README.md"].contains(INDEX));
}

#[test]
fn the_reader_of_documents_reads_what_it_should() {
    let text = "# One `two` (three)\n```sh\n# no heading [a](b)\n```\n## One\n## One\nSee [a](b.md#c), `[d](e)` and [f](g).\n";
    let known: Vec<_> = anchors(text).into_iter().collect();
    assert_eq!(known, ["one", "one-1", "one-two-three"]);
    let found: Vec<_> = links(text).into_iter().map(|(_, link)| link).collect();
    assert_eq!(found, ["b.md#c", "g"]);
    assert_eq!(within_project("docs/a.md", "../b/c.md"), "b/c.md");
}

/// Every `tests/file.rs::name` in a text.
fn named_tests(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(".rs::") {
        let begin = text[..at].rfind(|c: char| !(c.is_alphanumeric() || "_/.-".contains(c)));
        let begin = begin.map_or(0, |at| at + text[at..].chars().next().unwrap().len_utf8());
        let name = text[at + 5..].chars();
        let name: String = name
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        found.push(format!("{}.rs::{name}", &text[begin..at]));
    }
    found
}

#[test]
fn every_test_that_is_named_exists() {
    let mut count = 0;
    for (document, text) in documents() {
        for named in named_tests(&text) {
            let (file, name) = named.split_once("::").unwrap();
            if !file.starts_with("tests/") {
                continue;
            }
            assert!(project_file(file).is_file(), "{document}: {named}");
            let code = read(file);
            let lines: Vec<_> = code.lines().map(str::trim).collect();
            let is_test = lines.iter().enumerate().any(|(at, line)| {
                let line = line.strip_prefix("async ").unwrap_or(line);
                let above = &lines[at.saturating_sub(3)..at];
                line.starts_with(&format!("fn {name}("))
                    && above
                        .iter()
                        .any(|it| it.starts_with("#[test]") || it.starts_with("#[tokio::test"))
            });
            assert!(is_test, "{document} names {named}, which is no test");
            count += 1;
        }
    }
    assert!(count > 50, "{count} tests are named");
}

/// Commands and their options, wherever documents and consumers' heads show them.
#[test]
fn every_command_that_is_shown_exists() {
    let help = Command::new(BINARY).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let mut count = 0;
    for (document, text) in documents() {
        for (_, after) in text
            .match_indices("hookferry ")
            .map(|(at, _)| text.split_at(at))
        {
            let mut words = after.split_whitespace().skip(1);
            let Some(command) = words.next() else {
                continue;
            };
            // A word of the text, unless it is a command and an option follows.
            let option = words.next().unwrap_or_default();
            let named = option
                .trim_start_matches('-')
                .starts_with(|c: char| c.is_ascii_alphabetic());
            if !option.starts_with('-')
                || !named
                || !command.chars().all(|c| c.is_ascii_lowercase())
            {
                continue;
            }
            assert!(
                help.contains(&format!("\n  {command} ")),
                "{document}: hookferry {command} {option}"
            );
            let option = option.trim_end_matches(['`', ',', '.', ':', ';', ')']);
            let option = option.split('=').next().unwrap();
            let of = Command::new(BINARY)
                .args([command, "--help"])
                .output()
                .unwrap();
            let of = String::from_utf8(of.stdout).unwrap();
            assert!(
                of.contains(option),
                "{document}: hookferry {command} {option}"
            );
            count += 1;
        }
    }
    assert!(count > 60, "{count} commands are too few to have been read");
}

/// The words that a `label` function gives, as in `=> "stale"`.
fn labels(file: &str) -> BTreeSet<String> {
    let code = read(file);
    let mut found = BTreeSet::new();
    for function in code.split("const fn label(").skip(1) {
        let body = function.split("\n    }\n").next().unwrap();
        for arm in body.split("=> \"").skip(1) {
            found.insert(arm.split('"').next().unwrap().to_owned());
        }
    }
    found
}

/// The table of answers in the README, and troubleshooting, have every reason that there is.
#[test]
fn every_reason_of_an_answer_is_explained() {
    let mut reasons = BTreeSet::new();
    for file in [
        "src/authenticate/mod.rs",
        "src/accept/denial.rs",
        "src/publish/mod.rs",
    ] {
        let found = labels(file);
        assert!(found.len() > 8, "{file}: {found:?}");
        reasons.extend(found);
    }
    // What is not an answer's: integrity, and whose a bound is.
    for other in ["full", "partial", "none", "all", "client", "source"] {
        reasons.remove(other);
    }
    // Those that the replies give themselves.
    let replies = read("src/accept/reply.rs");
    for own in [
        "accepted",
        "duplicate",
        "filtered",
        "handshake",
        "in_progress",
        "schema_violation",
        "unconfirmed",
    ] {
        assert!(replies.contains(&format!("\"{own}\"")), "{own}");
        reasons.insert(own.to_owned());
    }
    let readme = read("README.md");
    let (_, table) = readme.split_once("| answer | reason |").unwrap();
    let table = table.split("\n\n").next().unwrap();
    let troubleshooting = read("docs/troubleshooting.md");
    for reason in &reasons {
        let word = format!("`{reason}`");
        assert!(table.contains(&word), "README's answers lack {word}");
        assert!(
            troubleshooting.contains(&word),
            "troubleshooting lacks {word}"
        );
    }
    let known = |word: &str| reasons.contains(word);
    for row in table.lines().filter(|line| line.starts_with("| ")) {
        let of = row.split('|').nth(2).unwrap();
        let words = of.split('`').skip(1).step_by(2);
        for word in words {
            assert!(
                known(word),
                "README's answers have {word}, which none gives"
            );
        }
    }
}

/// Each alert leads to its section of the runbook, and each section is an alert's.
#[test]
fn every_alert_has_its_section_and_back() {
    let rules = read("deploy/prometheus/rules.yaml");
    let mut alerts = BTreeSet::new();
    for rule in rules.split("- alert: ").skip(1) {
        let name = rule.lines().next().unwrap().trim();
        let to = format!("docs/runbook.md#{}\n", name.to_lowercase());
        assert!(
            rule.contains(&to),
            "{name}: its runbook_url does not end in {to}"
        );
        alerts.insert(name.to_owned());
    }
    let runbook = read("docs/runbook.md");
    let mut sections = BTreeSet::new();
    for section in runbook.split("\n### ").skip(1) {
        let name = section.lines().next().unwrap();
        for part in [
            "**It means**: ",
            "**First look**: ",
            "**Do**: ",
            "**Over when** ",
        ] {
            assert!(section.contains(part), "{name} lacks {part}");
        }
        sections.insert(name.to_owned());
    }
    assert_eq!(alerts, sections);
    assert!(alerts.len() >= 32, "{alerts:?}");
}

/// What one comes to by docs/migration.md is a configuration.
#[test]
fn what_is_migrated_to_has_no_faults() {
    let text = read("docs/migration.md");
    let mut count = 0;
    // As in `After:`, and within a sentence.
    for after in text.split("fter:\n\n```yaml\n").skip(1) {
        let mut yaml = after.split("```").next().unwrap().to_owned();
        if !yaml.contains("sinks:\n") {
            yaml.push_str("sinks: { kafka: { type: kafka, brokers: 'kafka-0:9092' } }\n");
        }
        check(&yaml);
        count += 1;
    }
    assert_eq!(count, 3, "Express, svix-bridge, Vector");
}

fn check(yaml: &str) {
    let folder = Folder::new();
    let path = folder.write("config.yaml", yaml);
    let mut command = Command::new(BINARY);
    command.args(["check", "-c", &path]).env_clear();
    for secret in ["STRIPE_SECRET", "GITHUB_SECRET"] {
        command.env(secret, "whsec_0123456789abcdef0123456789abcdef");
    }
    command.env(
        "ENDPOINT_SECRET",
        "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    );
    command.env("RABBITMQ_URI", "amqp://127.0.0.1");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{yaml}\n{output:?}");
}
