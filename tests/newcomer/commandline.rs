//! The command line explains itself: examples that run, completions, manual pages, no colours where none are wanted.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::json;

use crate::support::daemon::{Daemon, config};
use crate::support::github::{Delivery, SECRET};
use crate::support::{Folder, free_port, kafka, output_of, project_file, rabbitmq};

const BINARY: &str = env!("CARGO_BIN_EXE_hookferry");
/// How long a command of an example may take.
const BOUND: Duration = Duration::from_secs(60);

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("it writes UTF-8")
}

fn hookferry(args: &[&str]) -> String {
    text(output_of(Command::new(BINARY).args(args), vec![]))
}

/// Every command by its words, those of commands too.
fn commands() -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut left = vec![Vec::<String>::new()];
    while let Some(words) = left.pop() {
        let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
        args.push("--help");
        let help = hookferry(&args);
        let below = help.split_once("\nCommands:\n").map_or("", |(_, it)| it);
        let below = below.split("\n\n").next().unwrap_or_default();
        for line in below.lines() {
            // A longer text is indented further.
            let Some(name) = line.strip_prefix("  ").filter(|it| !it.starts_with(' ')) else {
                continue;
            };
            let name = name.split(' ').next().unwrap();
            if name != "help" {
                left.push([words.clone(), vec![name.to_owned()]].concat());
            }
        }
        found.push(words);
    }
    assert!(found.len() > 14, "{found:?}");
    found
}

/// The lines below `Examples:`.
fn examples(words: &[String]) -> Vec<String> {
    let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
    args.push("--help");
    let help = hookferry(&args);
    let (_, after) = help
        .split_once("\nExamples:\n")
        .unwrap_or_else(|| panic!("{words:?} has no examples:\n{help}"));
    let lines = after.lines().take_while(|line| line.starts_with("  "));
    let lines: Vec<_> = lines.map(|line| line.trim().to_owned()).collect();
    assert!(!lines.is_empty(), "{words:?}: {help}");
    lines
}

/// A folder with all that the examples name, and a daemon that they can send to.
struct World {
    folder: Folder,
    daemon: Daemon,
}

impl World {
    async fn new() -> Self {
        let url = rabbitmq::url();
        rabbitmq::declare(&url, "webhooks", "dead-letters", "#");
        let folder = Folder::new();
        let settings = |spool: &str| {
            config(json!({
                "limits": { "reply_within_ms": 10_000 },
                "spool": { "path": folder.path().join(spool).display().to_string() },
                "sinks": {
                    "kafka": { "type": "kafka", "brokers": kafka::address() },
                    "rabbit": { "type": "rabbitmq", "url": { "env": "RABBITMQ_URL" } },
                },
                "sources": { "github": {
                    "provider": "github", "path": "/webhooks/github",
                    "secrets": [{ "env": "GITHUB_SECRET" }], "sinks": ["kafka", "rabbit"],
                } },
            }))
        };
        // Of its own, so that the commands may have theirs to themselves.
        let env = [("GITHUB_SECRET", SECRET), ("RABBITMQ_URL", &url)];
        let daemon = Daemon::start(settings("daemons"), &env);
        daemon.ready().await;
        let mut of_commands = settings("spool");
        let url = format!("http://{}/webhooks/github", daemon.ingress);
        of_commands["checks"] = json!({ "github": { "source": "github", "url": url } });
        folder.write("config.yaml", of_commands.to_string());
        let delivery = Delivery::push("72d3162e-cc78-11e3-81ab-4c9367dc0958");
        let mut dead = delivery.clone();
        dead.body = b"no JSON".to_vec();
        let client = daemon.client();
        for delivery in [&delivery, &dead] {
            let reply = delivery.send(&client, "/webhooks/github", SECRET).await;
            assert_eq!(reply.status, 200, "{reply:?}");
        }
        let mut request =
            String::from("POST /webhooks/github HTTP/1.1\r\nHost: hooks.example.com\r\n");
        for (name, value) in delivery.headers(SECRET) {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        request.push_str(&String::from_utf8(delivery.body.clone()).unwrap());
        folder.write("request.http", request);
        folder.write("body.json", &delivery.body);
        let preset = std::fs::read_to_string(project_file("src/settings/providers/gitlab.yaml"));
        let preset = preset.unwrap().replacen("id: gitlab", "id: acme", 1);
        folder.write("acme.yaml", preset);
        let cases = std::fs::read(project_file("tests/vectors/gitlab.jsonl")).unwrap();
        folder.write("acme.jsonl", cases);
        for below in [
            ".local/share/bash-completion/completions",
            ".zfunc",
            ".config/fish/completions",
        ] {
            std::fs::create_dir_all(folder.path().join(below)).unwrap();
        }
        let world = Self { folder, daemon };
        world.start_from_nothing();
        world
    }

    /// What a daemon leaves behind, as `spool` expects it.
    fn start_from_nothing(&self) {
        let mut serve = self.shell("hookferry serve -c config.yaml");
        let said = until_said(&mut serve, "hookferry is up");
        assert!(said.is_ok(), "{said:?}");
    }

    /// `line` in a shell, in the folder, with a home of its own.
    fn shell(&self, line: &str) -> Command {
        let mut command = Command::new("bash");
        let folders = format!(
            "{}:{}",
            std::path::Path::new(BINARY).parent().unwrap().display(),
            std::env::var("PATH").unwrap()
        );
        command.args(["-c", line]).current_dir(self.folder.path());
        command.env_clear().env("PATH", folders);
        command.env("HOME", self.folder.path());
        command.env("GITHUB_SECRET", SECRET);
        command.env("RABBITMQ_URL", rabbitmq::url());
        command.stdin(Stdio::null());
        command
    }

    /// An example's line, for the brokers and ports that there are.
    fn here(&self, line: &str) -> String {
        let line = line.replace("127.0.0.1:8080", &self.daemon.ingress.to_string());
        let public = format!("http://{}", self.daemon.ingress);
        let line = line.replace("https://hooks.example.com", &public);
        let line = line.replace("kafka-0:9092", &kafka::address());
        let line = line.replace("amqp://rabbit-0", &rabbitmq::url());
        // Its own ports may be somebody else's here.
        line.replace(
            "hookferry dev",
            "hookferry dev --listen 127.0.0.1:0 --admin 127.0.0.1:0",
        )
    }
}

/// Runs a command that does not end by itself until it says `words`, and ends it; what it said else.
fn until_said(command: &mut Command, words: &str) -> Result<(), String> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.process_group(0).spawn().expect("bash");
    let (sender, lines) = channel();
    let streams: [Box<dyn std::io::Read + Send>; 2] = [
        Box::new(child.stdout.take().unwrap()),
        Box::new(child.stderr.take().unwrap()),
    ];
    for stream in streams {
        let sender = sender.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
    }
    drop(sender);
    let mut said = String::new();
    let found = loop {
        match lines.recv_timeout(BOUND) {
            Ok(line) if line.contains(words) => break Ok(()),
            Ok(line) => said.push_str(&format!("{line}\n")),
            Err(_) => break Err(said),
        }
    };
    // All of its group, because bash may have started it and not become it.
    let group = format!("-{}", child.id());
    let _ = Command::new("kill")
        .args(["-s", "KILL", "--", &group])
        .status();
    let _ = child.wait();
    found
}

/// What a command that runs until it is ended says first, by how it begins.
fn endless(line: &str) -> Option<&'static str> {
    let line = line.replacen("HOOKFERRY__LOG__LEVEL=debug ", "", 1);
    if line.starts_with("hookferry dev") {
        Some("Ctrl-C ends it")
    } else if line.starts_with("hookferry serve") {
        Some("hookferry is up")
    } else if line.starts_with("hookferry tail") && !line.contains("--count") {
        Some("what arrives from now on is shown")
    } else {
        None
    }
}

/// Every line of every command's examples does what it says: it ends with 0, or is up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_of_help_runs() {
    let world = World::new().await;
    let mut run = 0;
    for words in commands() {
        for line in examples(&words) {
            let here = world.here(&line);
            if let Some(words) = endless(&line) {
                let said = until_said(&mut world.shell(&here), words);
                assert!(said.is_ok(), "{line}: {said:?}");
            } else {
                let mut command = Command::new("timeout");
                let shell = world.shell(&here);
                command
                    .arg(BOUND.as_secs().to_string())
                    .arg(shell.get_program());
                command.args(shell.get_args()).env_clear();
                command.envs(shell.get_envs().map(|(name, value)| (name, value.unwrap())));
                command
                    .current_dir(world.folder.path())
                    .stdin(Stdio::null());
                let output = command.output().unwrap();
                assert!(output.status.success(), "{line}: {output:?}");
            }
            run += 1;
        }
    }
    println!("{run} examples were run");
    assert!(run >= 40, "{run} examples are fewer than there were");
}

/// The completions know the commands, and bash completes by them.
#[test]
fn shells_complete_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = hookferry(&["completions", shell]);
        for command in commands() {
            for word in &command {
                assert!(script.contains(word), "{shell} does not know {word}");
            }
        }
    }
    let folder = Folder::new();
    let script = folder.write("hookferry.bash", hookferry(&["completions", "bash"]));
    let completed = |words: &str, last: usize| {
        let line = format!(
            "source {script}; COMP_WORDS=({words}); COMP_CWORD={last}; \
             _hookferry hookferry \"${{COMP_WORDS[{last}]}}\" \"${{COMP_WORDS[{}]}}\"; echo \"${{COMPREPLY[@]}}\"",
            last - 1
        );
        text(output_of(Command::new("bash").args(["-c", &line]), vec![]))
    };
    assert_eq!(completed("hookferry re", 1).trim(), "replay");
    assert_eq!(completed("hookferry spool dr", 2).trim(), "drain");
    assert!(completed("hookferry send --prov", 2).contains("--provider"));
    let wrong = Command::new(BINARY).args(["completions", "csh"]).output();
    let wrong = wrong.unwrap();
    assert_eq!(wrong.status.code(), Some(64));
    let said = text(wrong.stderr);
    assert!(said.contains("bash") && said.contains("fish"), "{said}");
}

/// There is a page for each command, with its options and examples.
#[test]
fn every_command_has_a_manual_page() {
    let folder = Folder::new();
    let pages = folder.path().join("new/man1");
    hookferry(&["man", &pages.display().to_string()]);
    let listed = std::fs::read_dir(&pages).unwrap();
    let listed: BTreeSet<_> = listed
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for words in commands() {
        let name = [vec!["hookferry".to_owned()], words.clone()].concat();
        let name = format!("{}.1", name.join("-"));
        assert!(listed.contains(&name), "{name} is not in {listed:?}");
        let page = std::fs::read_to_string(pages.join(&name)).unwrap();
        assert!(page.contains(".TH "), "{name} is no manual page: {page}");
        let example = &examples(&words)[0];
        let example = example.split("  ").next().unwrap().replace('-', "\\-");
        let is_there = page.contains(&example) || page.contains(&example.replace('\'', "\\*(Aq"));
        assert!(is_there, "{name} has no {example:?}: {page}");
    }
    assert!(hookferry(&["man"]).contains(".TH hookferry 1"));
    let file = folder.write("file", "");
    let nowhere = Command::new(BINARY).args(["man", &file]).output().unwrap();
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(text(nowhere.stderr).contains(&file));
}

/// What a command writes to a terminal.
fn at_a_terminal(line: &str, env: &[(&str, &str)]) -> String {
    let mut command = Command::new("script");
    command.args(["-qec", line, "/dev/null"]);
    command.env("TERM", "xterm-256color").env_remove("NO_COLOR");
    command.envs(env.iter().copied()).stdin(Stdio::null());
    String::from_utf8_lossy(&command.output().expect("script").stdout).into_owned()
}

/// A terminal gets them, NO_COLOR and a pipe do not.
#[test]
fn colours_are_for_terminals_that_want_them() {
    let escape = '\u{1b}';
    let line = format!("{BINARY} --help");
    assert!(
        at_a_terminal(&line, &[]).contains(escape),
        "no style at all"
    );
    assert!(!at_a_terminal(&line, &[("NO_COLOR", "1")]).contains(escape));
    assert!(!hookferry(&["--help"]).contains(escape));
    let wrong = Command::new(BINARY).arg("--wrong").output().unwrap();
    assert!(!text(wrong.stderr).contains(escape));
    // Nothing else has any, wherever it is written to.
    for args in [
        "providers github",
        "check -c missing.yaml",
        "verify --provider github --secret 0123456789abcdef",
    ] {
        let said = at_a_terminal(&format!("{BINARY} {args} < /dev/null"), &[]);
        assert!(!said.contains(escape), "{args}: {said}");
    }
}

/// A long command says at a terminal how far it is, and nowhere else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_command_says_at_a_terminal_how_far_it_is() {
    let folder = Folder::new();
    // Nobody is there.
    let address = format!("127.0.0.1:{}", free_port());
    let config = config(json!({
        "log": { "level": "error" },
        "spool": { "path": folder.path().join("spool").display().to_string() },
        "sinks": { "kafka": { "type": "kafka", "brokers": address } },
        "sources": { "github": {
            "provider": "github", "path": "/webhooks/github", "secrets": [{ "env": "GITHUB_SECRET" }],
        } },
    }));
    let path = folder.write("config.yaml", config.to_string());
    let mut config = config;
    config["log"] = json!({ "format": "json", "level": "info" });
    let mut daemon = Daemon::start(config, &[("GITHUB_SECRET", SECRET)]);
    let client = daemon.client();
    for number in 0..3 {
        let delivery = Delivery::push(format!("push-{number}"));
        let reply = delivery.send(&client, "/webhooks/github", SECRET).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    daemon.kill();
    let line = format!("{BINARY} spool drain -c {path} --within 3");
    let env = [("GITHUB_SECRET", SECRET)];
    let said = at_a_terminal(&line, &env);
    assert!(said.contains("\rkafka: 3 events wait"), "{said:?}");
    assert!(said.contains("kafka: 3 events are left"), "{said:?}");
    assert!(!said.contains('\u{1b}'), "{said:?}");
    let mut piped = Command::new("bash");
    let output = piped.args(["-c", &line]).envs(env).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(output.stdout), "kafka: 3 events are left\n");
    let said = text(output.stderr);
    assert!(!said.contains("events wait"), "{said:?}");
}

/// What goes wrong says what to do about it.
#[test]
fn failures_say_what_to_do_next() {
    // Nobody is there.
    let address = format!("127.0.0.1:{}", free_port());
    let folder = Folder::new();
    let missing = folder.path().join("missing").display().to_string();
    let to = format!("http://{address}/webhooks/github");
    let secret = [
        "--provider",
        "github",
        "--secret",
        "0123456789abcdef",
        "--to",
    ];
    let rabbitmq = format!("amqp://{address}");
    let failures: [(Vec<&str>, i32, &str); 9] = [
        (vec!["serv"], 64, "similar subcommands exist"),
        (
            vec!["check", "-c", &missing],
            78,
            "remedy: name a readable file with -c",
        ),
        (vec!["tail"], 64, "--kafka HOST:PORT"),
        (
            vec!["tail", "--rabbitmq", &rabbitmq],
            1,
            "see whether the broker is up",
        ),
        (vec!["providers", "strip"], 64, "did you mean stripe?"),
        (
            [&secret[..], &[&to]].concat(),
            1,
            "`hookferry serve` say where they listen",
        ),
        (
            vec!["send", "--provider", "github", "--to", &to],
            1,
            "--secret: a secret is needed",
        ),
        (
            vec!["send", "--provider", "githb", "--to", &to],
            64,
            "did you mean github?",
        ),
        (vec!["man", "/dev/null/pages"], 1, "/dev/null/pages: "),
    ];
    for (mut args, code, words) in failures {
        if args[0] == "--provider" {
            args.insert(0, "send");
        }
        let output = Command::new(BINARY).args(&args).output().unwrap();
        let said = text(output.stderr);
        assert!(said.contains(words), "{args:?}: {said}");
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    }
    // Kafka's client waits without end, and so does tail; but not in silence.
    let mut tail = Command::new(BINARY);
    tail.args(["tail", "--kafka", &address]);
    let said = until_said(&mut tail, "the broker has not answered yet");
    assert!(said.is_ok(), "{said:?}");
}
