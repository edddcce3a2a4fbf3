//! Broken configurations, of each kind of fault one or more: `hookferry check` and a running daemon name
//! the same file, line, key and remedy, and the daemon goes on as if nothing were.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::support::github::SECRET;
use super::support::{Folder, kafka, run_id, until};
use super::{How, WAIT, World, change, generation, metric, preset, send};

/// What is broken.
enum Break {
    /// Of the configuration's text, the first in place of the second.
    Text(&'static str, &'static str),
    /// A file beside it has this content.
    File(&'static str, &'static str),
    /// A file beside it is gone.
    Gone(&'static str),
}

/// The fault that is named.
struct Fault {
    /// The file, and a piece of its text in the line that is named; nothing where no line is.
    at: (&'static str, &'static str),
    key: &'static str,
    /// What it begins with.
    said: &'static str,
    /// What is in it.
    remedy: &'static str,
}

const CONFIG: &str = "config.yaml";

fn text(folder: &Path, run: &str) -> String {
    let (folder, brokers) = (folder.display(), kafka::address());
    format!(
        r#"listen: "127.0.0.1:0"
public_url: https://hooks.example.com
admin:
  listen: "127.0.0.1:0"
log:
  format: json
limits:
  body_bytes_max: 65536
  reply_within_ms: 5000
  trusted_proxies:
    - 10.0.0.0/8
  client_rate:
    requests_per_s: 100000
shutdown:
  grace_ms: 10000
providers_dir: {folder}/presets
sinks:
  kafka:
    type: kafka
    brokers: "{brokers}"
    topic: "{run}"
    default_topic: {run}
    dead_letter_topic: {run}.dead
    key: "{{subject}}"
    properties:
      client.id: hookferry
sources:
  github:
    provider: github
    path: /github
    secrets:
      - file: {folder}/secret
    filter: event.type != "com.github.nothing"
    validate:
      - types: never.*
        schema_file: {folder}/schema.json
    edit:
      drop: /nothing/at/all
    tolerance_s: 300
  own:
    provider: acme
    path: /own
    secrets:
      - env: GITHUB_SECRET
    sinks:
      - kafka
routes:
  - name: pushes
    sources:
      - github
    types: push
    when: event.type != "com.github.never"
    to:
      - sink: kafka
        encoding: structured
  - name: rest
    to:
      - sink: kafka
"#
    )
}

/// Every kind of fault.
fn cases() -> Vec<(Break, Fault)> {
    let case = |broken: Break, at: &'static str, key, said, remedy| {
        let at = (CONFIG, at);
        (
            broken,
            Fault {
                at,
                key,
                said,
                remedy,
            },
        )
    };
    use Break::{File, Gone, Text};
    let mut cases = vec![
        // What is no YAML, or not one mapping.
        case(
            Text("admin:\n", "admin: [\n"),
            "log:",
            "",
            "it is not YAML: ",
            "correct the syntax",
        ),
        case(
            Text("log:\n", "\tlog:\n"),
            "\tlog:",
            "",
            "it is not YAML: ",
            "correct the syntax",
        ),
        case(
            Text("log:\n", "listen: \"127.0.0.1:1\"\nlog:\n"),
            "127.0.0.1:1",
            "listen",
            "the key is given twice, first in line 1",
            "",
        ),
        case(
            Text("routes:", "---\nroutes:"),
            "---",
            "",
            "a second document begins here",
            "keep one document",
        ),
        // Keys that there are not.
        case(
            Text("limits:", "limit:"),
            "limit:",
            "limit",
            "there is no key limit here",
            "did you mean limits?",
        ),
        case(
            Text("    path: /own", "    paths: /own"),
            "paths: /own",
            "sources.own.paths",
            "there is no key paths here",
            "did you mean path?",
        ),
        // Values of another type, and out of bounds.
        case(
            Text("body_bytes_max: 65536", "body_bytes_max: 64 KiB"),
            "64 KiB",
            "limits.body_bytes_max",
            "the text \"64 KiB\" stands where a whole number is expected",
            "write a whole number",
        ),
        case(
            Text("body_bytes_max: 65536", "body_bytes_max: 12"),
            "body_bytes_max: 12",
            "limits.body_bytes_max",
            "12 is out of bounds",
            "write 1024 to 67108864",
        ),
        case(
            Text("grace_ms: 10000", "grace_ms: -1"),
            "grace_ms: -1",
            "shutdown.grace_ms",
            "-1 stands where a whole number is expected",
            "write a whole number",
        ),
        case(
            Text("tolerance_s: 300", "tolerance_s: 0"),
            "tolerance_s: 0",
            "sources.github.tolerance_s",
            "0 is out of bounds",
            "write 1 to 604800",
        ),
        case(
            Text("requests_per_s: 100000", "burst_max: 5"),
            "client_rate:",
            "limits.client_rate.requests_per_s",
            "it is missing",
            "add requests_per_s",
        ),
        case(
            Text("format: json", "format: yaml"),
            "format: yaml",
            "log.format",
            "there is no yaml here",
            "write one of: text, json",
        ),
        case(
            Text("- 10.0.0.0/8", "- 10.0.0.0/33"),
            "10.0.0.0/33",
            "limits.trusted_proxies[0]",
            "\"10.0.0.0/33\" is no address",
            "write it as in 10.0.0.0/8",
        ),
        case(
            Text("https://hooks", "hooks"),
            "public_url",
            "public_url",
            "it does not begin with https:// or http://",
            "https://hooks.example.com",
        ),
        case(
            Text("\"127.0.0.1:0\"\npublic", "localhost:80\npublic"),
            "localhost:80",
            "listen",
            "\"localhost:80\" is not an IP address and a port",
            "write it as in 0.0.0.0:8080",
        ),
        // Secrets.
        case(
            Gone("secret"),
            "/secret",
            "sources.github.secrets[0]",
            "file FOLDER/secret cannot be read: ",
            "create it",
        ),
        case(
            File("secret", "\n"),
            "/secret",
            "sources.github.secrets[0]",
            "file FOLDER/secret is empty",
            "name the file",
        ),
        case(
            File("secret", "short"),
            "/secret",
            "sources.github.secrets[0]",
            "the secret has 5 bytes",
            "",
        ),
        case(
            Text("- env: GITHUB_SECRET", "- env: UNSET"),
            "env: UNSET",
            "sources.own.secrets[0]",
            "environment variable UNSET is not set",
            "set UNSET",
        ),
        case(
            Text("- env: GITHUB_SECRET", "- hunter2-hunter2"),
            "hunter2",
            "sources.own.secrets[0]",
            "a secret stands in the configuration itself",
            "put it in an environment variable or a file",
        ),
        // Presets.
        case(
            Text("provider: github", "provider: githb"),
            "provider: githb",
            "sources.github.provider",
            "there is no provider githb",
            "did you mean github?",
        ),
        case(
            Text("FOLDER/presets", "/nowhere/presets"),
            "providers_dir",
            "providers_dir",
            "/nowhere/presets cannot be read: ",
            "name a readable directory",
        ),
        case(
            Text(
                "provider: acme\n",
                "provider: acme\n    override: { verify: { signature: { algorithm: md4 } } }\n",
            ),
            "md4",
            "sources.own.override.verify.signature.algorithm",
            "there is no md4 here",
            "write one of: ",
        ),
        // Expressions, templates, schemas, paths.
        case(
            Text("event.type != \"com.github.nothing\"", "event.type !!"),
            "event.type !!",
            "sources.github.filter",
            "",
            "correct the expression",
        ),
        case(
            Text("when: event.type !=", "when: evnt.type !="),
            "evnt.type",
            "routes[0].when",
            "",
            "correct the expression",
        ),
        case(
            Text("key: \"{subject}\"", "key: \"{subjct}\""),
            "{subjct}",
            "sinks.kafka.key",
            "",
            "correct the template",
        ),
        case(
            Gone("schema.json"),
            "/schema.json",
            "sources.github.validate[0].schema_file",
            "file FOLDER/schema.json cannot be read: ",
            "create it",
        ),
        case(
            File("schema.json", "{ \"type\": "),
            "/schema.json",
            "sources.github.validate[0].schema_file",
            "file FOLDER/schema.json is not JSON: ",
            "write a JSON Schema",
        ),
        case(
            File("schema.json", "{ \"type\": \"integr\" }"),
            "/schema.json",
            "sources.github.validate[0].schema_file",
            "",
            "https://json-schema.org",
        ),
        case(
            Text("drop: /nothing/at/all", "drop: nothing"),
            "drop: nothing",
            "sources.github.edit.drop",
            "\"nothing\" is not a path",
            "write JSON Pointers",
        ),
        // What does not fit together.
        case(
            Text("path: /own", "path: /github"),
            "path: /github\n    secrets:\n      - env",
            "sources.own.path",
            "source github has the same path",
            "give each source a path of its own",
        ),
        case(
            Text("path: /own", "path: own"),
            "path: own",
            "sources.own.path",
            "it does not begin with a slash",
            "write where requests arrive",
        ),
        case(
            Text("- kafka\n", "- kafak\n"),
            "- kafak",
            "sources.own.sinks[0]",
            "there is no sink kafak",
            "did you mean kafka?",
        ),
        case(
            Text("- sink: kafka", "- sink: rabbit"),
            "sink: rabbit",
            "routes[0].to[0].sink",
            "there is no sink rabbit",
            "known sinks: kafka",
        ),
        case(
            Text("- github\n", "- gitlab\n"),
            "- gitlab",
            "routes[0].sources[0]",
            "there is no source gitlab",
            "",
        ),
        // Sinks.
        case(
            Text("type: kafka", "type: kafak"),
            "type: kafak",
            "sinks.kafka.type",
            "there is no sink of type kafak",
            "did you mean kafka?",
        ),
        case(
            Text("client.id: hookferry", "acks: 1"),
            "acks: 1",
            "sinks.kafka.properties.acks",
            "it would weaken what a 2xx promises",
            "must be all",
        ),
        case(
            Text("client.id: hookferry", "client.idd: hookferry"),
            "client.idd",
            "sinks.kafka.properties.client.idd",
            "",
            "CONFIGURATION.md",
        ),
        case(
            Text("default_topic: RUN", "default_topic: web hooks"),
            "web hooks",
            "sinks.kafka.default_topic",
            "\"web hooks\" is not a topic",
            "letters, digits",
        ),
    ];
    let of_preset = |content, at, key, said, remedy| {
        let at = ("presets/acme.yaml", at);
        (
            File("presets/acme.yaml", content),
            Fault {
                at,
                key,
                said,
                remedy,
            },
        )
    };
    cases.push(of_preset(
        "id: acme\nname: [\n",
        "",
        "",
        "it is not YAML: ",
        "correct the syntax",
    ));
    cases.push(of_preset(
        "id: acme\nname: Acme\ndomian: acme.example\n",
        "domian",
        "domian",
        "there is no key domian here",
        "did you mean domain?",
    ));
    cases
}

/// The faults that `hookferry check` names: place, key and what is said, remedy.
fn checked(config: &Path) -> Vec<(String, String)> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    command.env_clear().env("GITHUB_SECRET", SECRET);
    let output = command.arg("check").arg("-c").arg(config).output().unwrap();
    assert_eq!(output.status.code(), Some(78), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    let mut faults = Vec::new();
    for line in said.lines() {
        match line.strip_prefix("  remedy: ") {
            Some(remedy) => {
                let last: &mut (String, String) = faults.last_mut().unwrap();
                remedy.clone_into(&mut last.1);
            }
            None => faults.push((line.to_owned(), String::new())),
        }
    }
    // How many there are.
    faults.pop();
    faults
}

/// The faults that a running daemon has logged since `from`, in the same form.
fn logged(output: &str) -> Vec<(String, String)> {
    let mut faults = Vec::new();
    for line in output.lines() {
        let Ok(line) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let text = |name: &str| line[name].as_str().map(str::to_owned);
        let (Some(place), Some(remedy)) = (text("place"), text("remedy")) else {
            continue;
        };
        assert_eq!(line["level"], "ERROR");
        let (key, said) = (text("key").unwrap(), text("message").unwrap());
        let key = if key.is_empty() {
            key
        } else {
            format!("{key}: ")
        };
        faults.push((format!("{place}: {key}{said}"), remedy));
    }
    faults
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_broken_configurations_are_explained_and_change_nothing() {
    let (run, folder) = (run_id(), Folder::new());
    let root = folder.path().to_owned();
    let files = [
        ("secret", SECRET.to_owned()),
        ("schema.json", "{}".to_owned()),
        ("presets/acme.yaml", preset("x-acme")),
    ];
    fs::create_dir(root.join("presets")).unwrap();
    for (name, content) in &files {
        fs::write(root.join(name), content).unwrap();
    }
    let good = text(&root, &run);
    let env = [("GITHUB_SECRET", SECRET)];
    let world = World::start_text(run, folder, &good, &env).await;
    let client = world.daemon.client();
    let successful = "hookferry_config_last_reload_successful ";
    let faulty = "hookferry_config_reloads_total{result=\"faulty\"} ";
    let config = &world.config;
    let resolved = |text: &str| {
        let text = text.replace("FOLDER", &root.display().to_string());
        text.replace("RUN", &world.run)
    };
    let cases = cases();
    assert!(cases.len() >= 40, "{}", cases.len());
    for (number, (broken, fault)) in cases.iter().enumerate() {
        let before = generation(&world.daemon).await;
        let from = world.daemon.output().len();
        let count = metric(&world.daemon, faulty).await;
        let mut text = good.clone();
        let how = if number % 2 == 0 {
            How::Over
        } else {
            How::Plain
        };
        match broken {
            Break::Text(was, is) => {
                let (was, is) = (resolved(was), resolved(is));
                assert!(text.contains(&was), "{was:?} is not there");
                text = text.replacen(&was, &is, 1);
                change(config, &text, how);
            }
            Break::File(name, content) => change(&root.join(name), content, how),
            Break::Gone(name) => fs::remove_file(root.join(name)).unwrap(),
        }
        let what = format!("{}: {} is refused", fault.at.1, fault.key);
        until(&what, WAIT, || async {
            metric(&world.daemon, faulty).await > count
        })
        .await;
        assert_eq!(generation(&world.daemon).await, before, "{what}");
        assert_eq!(metric(&world.daemon, successful).await, 0, "{what}");
        assert_eq!(send(&client, "/github", SECRET).await, 200, "{what}");

        let told = checked(config);
        let (file, needle) = fault.at;
        let file = match file {
            CONFIG => config.clone(),
            beside => root.join(beside),
        };
        let content = fs::read_to_string(&file).unwrap();
        let mut place = file.display().to_string();
        if !needle.is_empty() {
            let at = content.find(needle);
            let at = at.unwrap_or_else(|| panic!("{needle:?} is not in\n{content}"));
            let line = content[..at].matches('\n').count() + 1;
            place = format!("{place}:{line}:");
        }
        let said = resolved(fault.said);
        let key = match fault.key {
            "" => String::new(),
            key => format!("{key}: "),
        };
        let is_named = told.iter().any(|(line, remedy)| {
            line.starts_with(&place)
                && line.contains(&format!(" {key}{said}"))
                && remedy.contains(fault.remedy)
                && !remedy.is_empty()
        });
        assert!(
            is_named,
            "{place} {key}{said} ({}) is not among\n{told:#?}",
            fault.remedy
        );
        let output = world.daemon.output();
        let logged = logged(&output[from..]);
        assert_eq!(logged, told, "{what}");
        assert!(output[from..].contains("the old one stays"), "{what}");
        assert!(!output.contains("hunter2") && !output.contains(SECRET));

        // A fault follows upon a fault as well as upon what is right.
        if number % 4 == 3 || number + 1 == cases.len() || !matches!(broken, Break::Text(..)) {
            let repair = || {
                for (name, content) in &files {
                    if fs::read_to_string(root.join(name)).ok().as_ref() != Some(content) {
                        change(&root.join(name), content, How::Over);
                    }
                }
                if fs::read_to_string(config).unwrap() != good {
                    change(config, &good, How::Over);
                }
            };
            world.next("the good one", repair).await;
        }
    }
    eprintln!("{} broken configurations", cases.len());
}
