//! One canary a place: in every key that holds a secret, in all that may stand there by mistake, and in
//! every part of a request. None of them may sing where it should not.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookferry::settings::{Environment, load_with};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::support::client::Reply;
use super::support::daemon::{Daemon, config};
use super::support::github::hmac_hex;
use super::support::{Folder, project_file, until};

/// No word of ours, in no case: it is what is looked for.
pub(super) const CANARY: &str = "cAnary7Bird";

/// Every key that holds a secret, as a path in [`whole`], and the secret that stands there. A key that the
/// example or the code has and this has not fails `every_secret_key_has_a_canary`.
pub(super) const KEYS: &[(&str, &str)] = &[
    ("admin/inspector/token", "cAnary7Bird-inspector-token"),
    (
        "dedup/redis/url",
        "redis://user:cAnary7Bird-redis@127.0.0.1:1/0",
    ),
    ("tracing/otlp/headers/x-api-key", "cAnary7Bird-otlp"),
    ("sinks/kafka/sasl/password", "cAnary7Bird-sasl"),
    (
        "sinks/kafka/schema_registry/password",
        "cAnary7Bird-registry",
    ),
    ("sinks/kafka/tls/key_password", "cAnary7Bird-key"),
    (
        "sinks/kafka/properties/ssl.keystore.password",
        "cAnary7Bird-keystore",
    ),
    (
        "sinks/rabbit/url",
        "amqp://user:cAnary7Bird-amqp@127.0.0.1:1/%2f",
    ),
    (
        "sinks/rabbit/management_url",
        "http://user:cAnary7Bird-management@127.0.0.1:1",
    ),
    ("sources/github/secrets/0", "cAnary7Bird-github"),
    (
        "sources/github/edit/redact_key",
        "cAnary7Bird-redact-key-of-32-bytes",
    ),
    ("sources/meta/params/verify_token", "cAnary7Bird-verify"),
];

/// Keys that name a file which hookferry itself reads a private key or a secret from. What stands in the
/// file is a secret; its name is none, and may be told.
const FILES: &[&str] = &["key_file", "learned_secret_file"];

/// Where the settings' code reads what a secret stands for, and how often: the keys of [`KEYS`], and what
/// the other reads are of.
const READS: &[(&str, usize)] = &[
    ("checks.rs", 1),                // data_file: a body
    ("deduplication.rs", 1),         // dedup.redis.url
    ("inspector.rs", 1),             // admin.inspector.token
    ("observed.rs", 1),              // tracing.otlp.headers
    ("shaping.rs", 2),               // redact_key; schema_file: a schema
    ("sinks/create_topics.rs", 1),   // config: Kafka's words for a topic
    ("sinks/properties.rs", 3),      // sasl.password; a secret property; another one
    ("sinks/rabbitmq.rs", 2),        // url, management_url
    ("sinks/schema_registry.rs", 1), // password
    ("sinks/tls.rs", 3),             // key_password; ca_file; key_file
    ("sources/operator.rs", 4), // secrets and secret params; public ones; certificates; learned_secret_file
];

/// A configuration with all of them, each in a variable of its own; `HOME` is where its spool is.
pub(super) fn whole(folder: &Folder) -> (Value, BTreeMap<String, String>) {
    let mut whole = config(json!({
        "log": { "format": "json", "level": "trace", "access": { "accepted_ratio": 1, "lines_per_s_max": 1_000_000 } },
        "admin": { "listen": "127.0.0.1:0", "inspector": { "enabled": true } },
        "limits": { "reply_within_ms": 1000 },
        "spool": { "path": folder.path().join("spool"), "takeover_ms": 20 },
        "dedup": { "redis": { "timeout_ms": 50 } },
        "tracing": { "otlp": { "endpoint": "http://127.0.0.1:1", "headers": {} } },
        "sinks": {
            "kafka": {
                "type": "kafka", "brokers": "127.0.0.1:1",
                "sasl": { "mechanism": "PLAIN", "username": "user" }, "tls": {},
                "schema_registry": { "url": "http://127.0.0.1:1", "format": "json_schema", "user": "user" },
                "properties": {},
            },
            "rabbit": { "type": "rabbitmq", "queues": ["webhooks"] },
        },
        "sources": {
            "github": {
                "provider": "github", "path": "/github", "secrets": [null],
                "edit": { "redact": [{ "at": "/mail", "with": "hash" }] },
            },
            "meta": { "provider": "meta", "path": "/meta", "secrets": [{ "env": "OTHER" }], "params": {} },
            "gitlab": { "provider": "gitlab", "path": "/gitlab", "secrets": [{ "env": "OTHER" }], "sinks": ["rabbit"] },
            "query": { "provider": "generic-api-key-query", "path": "/query", "secrets": [{ "env": "OTHER" }], "sinks": ["rabbit"] },
            "bearer": { "provider": "generic-bearer", "path": "/bearer", "secrets": [{ "env": "OTHER" }], "sinks": ["rabbit"] },
            "basic": { "provider": "generic-basic", "path": "/basic", "secrets": [{ "env": "BASIC" }], "sinks": ["rabbit"] },
            "payfast": { "provider": "payfast", "path": "/payfast", "secrets": [{ "env": "PHRASE" }], "sinks": ["rabbit"] },
            "skrill": { "provider": "skrill", "path": "/skrill", "secrets": [{ "env": "WORD" }], "sinks": ["rabbit"] },
            "rejected": {
                "provider": "gitlab", "path": "/rejected", "secrets": [{ "env": "OTHER" }], "sinks": ["rabbit"],
                "validate": [{ "require": { "/absent": "string" }, "on_violation": "reject" }],
            },
            "dead": {
                "provider": "gitlab", "path": "/dead", "secrets": [{ "env": "OTHER" }], "sinks": ["rabbit"],
                "validate": [{ "require": { "/absent": "string" }, "on_violation": "dead_letter" }],
            },
        },
        "checks": { "through": { "source": "github" } },
    }));
    let mut env: BTreeMap<String, String> = [
        ("OTHER", "cAnary7Bird-of-other-sources"),
        ("BASIC", "user:cAnary7Bird-basic-password"),
        ("PHRASE", "cAnary7Bird pass+phrase"),
        ("WORD", WORD),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    for (at, (path, secret)) in KEYS.iter().enumerate() {
        let name = format!("CANARY_{at}");
        set(&mut whole, path, json!({ "env": name }));
        env.insert(name, (*secret).to_owned());
    }
    (whole, env)
}

/// Skrill's secret word.
const WORD: &str = "cAnary7Bir";

fn set(tree: &mut Value, path: &str, value: Value) {
    let (outer, last) = path.rsplit_once('/').unwrap();
    let outer = tree.pointer_mut(&format!("/{outer}")).expect(path);
    match last.parse::<usize>() {
        Ok(at) => outer[at] = value,
        Err(_) => outer[last] = value,
    }
}

/// `said`, in which no canary sings, whatever its case.
pub(super) fn assert_silent(what: &str, said: &str) {
    let canary = CANARY.to_lowercase();
    let line = said
        .lines()
        .find(|line| line.to_lowercase().contains(&canary));
    assert!(line.is_none(), "{what}: {line:?}");
    let coded = [STANDARD.encode(CANARY), hex::encode(CANARY)];
    for coded in coded.map(|it| it.trim_end_matches('=').to_owned()) {
        assert!(!said.contains(&coded[..coded.len() - 2]), "{what}: {said}");
    }
}

/// A command of hookferry's, both streams, with nothing in its environment but `env`.
fn command(words: &[&str], env: &BTreeMap<String, String>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    let output = command.args(words).env_clear().envs(env).output().unwrap();
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains("panicked"), "{words:?}: {said}");
    said
}

#[test]
fn every_secret_key_has_a_canary() {
    let known: BTreeSet<&str> = KEYS
        .iter()
        .map(|(path, _)| {
            path.split('/')
                .rfind(|part| part.parse::<usize>().is_err())
                .unwrap()
        })
        .chain(FILES.iter().copied())
        .collect();
    let example = std::fs::read_to_string(project_file("config.example.yaml")).unwrap();
    let mut found = BTreeSet::new();
    let keyed = |text: &str| -> String {
        let text = text.trim_end().trim_end_matches('[').trim_end();
        let text = text.trim_end_matches(':');
        let name = text.rsplit(|c: char| !(c.is_alphanumeric() || "_.-".contains(c)));
        name.into_iter().next().unwrap().to_owned()
    };
    for line in example.lines() {
        // "{ env: NAME }" after a key, and keys of files that hold secrets.
        for (at, _) in line.match_indices("{ env: ") {
            let name = keyed(&line[..at]);
            let before = line[..at].trim_end().trim_end_matches(['[', ':', ' ']);
            let before = before
                .strip_suffix(name.as_str())
                .unwrap_or("prose")
                .trim_end();
            if before.is_empty() || before.ends_with(['#', '{', ',', '[']) {
                found.insert(name);
            }
        }
        for (at, _) in line.match_indices("_file: ") {
            let name = keyed(&line[..at + "_file".len()]);
            if name.contains("key") || name.contains("secret") || name.contains("password") {
                found.insert(name);
            }
        }
    }
    let strange: Vec<_> = found
        .iter()
        .filter(|name| !known.contains(name.as_str()))
        .collect();
    assert!(
        strange.is_empty(),
        "the example has secrets without a canary: {strange:?}"
    );
    assert!(found.len() >= 10, "{found:?}");

    let mut reads = BTreeMap::new();
    let folder = project_file("src/settings");
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&folder).unwrap().display().to_string();
            if name == "secrets.rs" || !name.ends_with(".rs") {
                continue;
            }
            let code = std::fs::read_to_string(&path).unwrap();
            let words = ["secrets::secret", "secrets::text", "secrets::file("];
            let count: usize = words.iter().map(|word| code.matches(word).count()).sum();
            if count > 0 {
                reads.insert(name, count);
            }
        }
    }
    let known: BTreeMap<_, _> = READS
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect();
    assert_eq!(
        reads, known,
        "somewhere else a secret is read: give its key a canary, here and in KEYS"
    );
}

#[test]
fn no_fault_repeats_what_stands_where_a_secret_should() {
    let folder = Folder::new();
    let (whole, env) = whole(&folder);
    let env: Environment = env
        .into_iter()
        .chain([("EMPTY".to_owned(), String::new())])
        .collect();
    let check = |config: &Value| {
        let file = folder.write("config.json", config.to_string());
        match load_with(Some(file.as_ref()), &env) {
            Ok(loaded) => {
                let warnings: Vec<_> = loaded.warnings.iter().map(ToString::to_string).collect();
                // What a panic or a log might print.
                format!("{}\n{:?}", warnings.join("\n"), loaded.settings)
            }
            Err(faults) => faults.to_string(),
        }
    };
    assert_silent("the whole of it", &check(&whole));
    let mistakes = [
        json!(CANARY),
        json!({ "env": CANARY }),
        json!({ "env": "EMPTY" }),
        json!({ "env": [CANARY] }),
        json!({ "env": { CANARY: 1 } }),
        json!({ "file": CANARY }),
        json!({ "env": "OTHER", "file": CANARY }),
        json!({ CANARY: null }),
        json!({ CANARY: CANARY }),
        json!({ "value": CANARY }),
        json!({ "env": "OTHER", CANARY: CANARY }),
        json!([CANARY]),
        json!([[{ "value": CANARY }]]),
        json!(format!("amqp://user:{CANARY}@host:5672:1/ x")),
        json!(format!("http://user:{CANARY}@host/ x")),
        json!(format!("redis://user:{CANARY}@")),
        json!(format!("https://user:{CANARY}@127.0.0.1:1")),
    ];
    let mut faults = 0;
    for (path, _) in KEYS {
        for mistake in &mistakes {
            let mut config = whole.clone();
            set(&mut config, path, mistake.clone());
            let said = check(&config);
            assert_silent(&format!("{path} = {mistake}"), &said);
            faults += usize::from(said.contains("remedy"));
        }
    }
    // A password in what is no secret by itself.
    for (path, value) in [
        (
            "sinks/kafka/brokers",
            format!("kafka://user:{CANARY}@host:9092"),
        ),
        (
            "sinks/kafka/schema_registry/url",
            format!("https://user:{CANARY}@host"),
        ),
        (
            "tracing/otlp/endpoint",
            format!("https://user:{CANARY}@host"),
        ),
        (
            "sinks/kafka/properties/ssl.key.pem",
            format!("-----BEGIN PRIVATE KEY-----\n{CANARY}\n"),
        ),
        ("sinks/kafka/properties/no.such.password", CANARY.to_owned()),
    ] {
        let mut config = whole.clone();
        set(&mut config, path, json!(value));
        let said = check(&config);
        assert!(said.contains("remedy"), "{path}: {said}");
        assert_silent(path, &said);
    }
    // Where a password is in what the command line itself says.
    let none = BTreeMap::new();
    for url in [
        format!("amqp://user:{CANARY}@host:5672:1/ x"),
        format!("amqp://user:{CANARY}@127.0.0.1:1/%2f"),
        format!("amqps://user:{CANARY}@127.0.0.1:1"),
        format!("{CANARY}://user:{CANARY}@"),
        CANARY.to_owned(),
    ] {
        let said = command(&["tail", "--rabbitmq", &url], &none);
        assert!(
            said.contains("see whether the broker is up"),
            "{url}: {said}"
        );
        assert_silent(&url, &said);
    }
    println!(
        "{faults} faults of {} mistakes",
        KEYS.len() * mistakes.len()
    );
    assert!(faults * 2 > KEYS.len() * mistakes.len());
}

#[test]
fn a_secrets_own_file_that_is_named_as_the_configuration_is_not_repeated() {
    let folder = Folder::new();
    for (name, text) in [
        ("token", CANARY.to_owned()),
        ("variables", format!("PASSWORD={CANARY}\nOTHER={CANARY}\n")),
        (
            "key",
            format!("-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n"),
        ),
        ("list", format!("- {CANARY}\n- {CANARY}\n")),
        ("number", "17".to_owned()),
        ("open", format!("- [{CANARY}")),
        ("quoted", format!("\"{CANARY}")),
        ("escaped", format!("\"{CANARY}\\q\"")),
        ("alias", format!("*{CANARY}")),
        ("tagged", format!("!{CANARY} x")),
        ("bytes", format!("\u{0}{CANARY}")),
    ] {
        let file = folder.write(name, text);
        let empty = BTreeMap::new();
        for words in [
            &["check", "-c", &file][..],
            &["serve", "-c", &file],
            &["probe", "-c", &file],
            &["spool", "inspect", "-c", &file],
        ] {
            let said = command(words, &empty);
            assert!(said.contains("remedy"), "{name}: {said}");
            assert_silent(&format!("{words:?}"), &said);
        }
    }
}

/// Everything that has been said, by what it was about.
#[derive(Default)]
struct Said(Vec<(String, String)>);

impl Said {
    fn reply(&mut self, what: &str, reply: &Reply) {
        let text = format!("{} {:?} {}", reply.status, reply.headers, reply.text());
        self.0.push((what.to_owned(), text));
    }
}

/// A request in its own bytes; what came back until the connection ended.
pub(super) async fn raw(address: std::net::SocketAddr, request: String) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let _ = tokio::time::timeout(Duration::from_secs(15), read).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// A stranger's canary in each part of a request, whose body ends in trailers.
pub(super) fn sung(path: &str, more: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: {CANARY}.example\r\nconnection: close\r\n\
         authorization: Bearer {CANARY}-a\r\nproxy-authorization: Basic {CANARY}\r\ncookie: sid={CANARY}\r\n\
         x-api-key: {CANARY}\r\nx-{CANARY}: {CANARY}\r\nuser-agent: {CANARY}\r\nreferer: https://x/{CANARY}\r\n\
         x-forwarded-for: {CANARY}\r\ntraceparent: 00-{CANARY}\r\ntracestate: {CANARY}=1\r\nbaggage: {CANARY}=1\r\n\
         x-hookferry-check: t=1,run={CANARY},v1=00\r\nx-request-id: {CANARY}\r\nexpect: {CANARY}\r\n\
         transfer-encoding: chunked\r\ntrailer: x-{CANARY}\r\n{more}\r\n\
         {:x}\r\n{body}\r\n0\r\nx-{CANARY}: {CANARY}\r\nauthorization: {CANARY}\r\n\r\n",
        body.len()
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_part_of_a_request_and_no_secret_is_in_what_is_said() {
    let folder = Folder::new();
    let (mut whole, env) = whole(&folder);
    // Keys that no broker gives a use for here; their faults are looked at above.
    for (path, key) in [("/sinks/kafka", "tls"), ("/sinks/kafka", "properties")] {
        whole
            .pointer_mut(path)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove(key);
    }
    let pairs: Vec<_> = env
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut daemon = Daemon::start(whole.to_string(), &pairs);
    let (client, admin, ingress) = (daemon.client(), daemon.admin(), daemon.ingress);
    let mut said = Said::default();
    let secret = |path: &str| KEYS.iter().find(|(key, _)| *key == path).unwrap().1;
    let other = env["OTHER"].clone();
    let json = ("content-type", "application/json");
    let body = format!(r#"{{"object_kind":"push","type":"t","id":"{CANARY}","mail":"{CANARY}"}}"#);

    // Refused: each part of a request sings, at every source, at no source, and at the admin.
    for path in [
        "/github",
        "/meta",
        "/gitlab",
        "/query",
        "/bearer",
        "/basic",
        "/payfast",
        "/skrill",
        "/rejected",
        "/dead",
        "/nowhere",
    ] {
        for (target, more) in [
            (
                path.to_owned(),
                format!(
                    "content-type: application/json\r\nx-hub-signature-256: sha256={CANARY}\r\nx-gitlab-token: {CANARY}\r\nx-github-event: {CANARY}\r\n"
                ),
            ),
            (
                format!("{path}?api_key={CANARY}&hub.verify_token={CANARY}&{CANARY}={CANARY}"),
                format!("content-type: {CANARY}/{CANARY}\r\n"),
            ),
            (
                format!("{path}/{CANARY}"),
                format!("content-encoding: {CANARY}\r\n"),
            ),
            (path.to_owned(), format!("content-length: {CANARY}\r\n")),
            (path.to_owned(), format!("{CANARY} : {CANARY}\r\n")),
        ] {
            let answer = raw(ingress, sung(&target, &more, &body)).await;
            assert!(!answer.starts_with("HTTP/1.1 2"), "{target}: {answer}");
            said.0.push((format!("refused at {target}"), answer));
        }
    }
    for request in [
        format!("{CANARY} / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"),
        format!("GET /{CANARY} HTTP/{CANARY}\r\n\r\n"),
        format!("{CANARY}\r\n\r\n"),
        sung(&format!("/inspector/api/{CANARY}"), "", &body),
        sung(
            "/inspector/api/session",
            "content-type: application/json\r\n",
            &format!(r#"{{"token":"{CANARY}"}}"#),
        ),
        sung("/learned", "", &body),
        sung("/metrics", "", &body),
    ] {
        for address in [ingress, daemon.admin] {
            let answer = raw(address, request.clone()).await;
            said.0.push((request.clone(), answer));
        }
    }

    // Right ones, which go to the spool, to the dead letters there, or are rejected.
    let signature = format!(
        "sha256={}",
        hmac_hex(
            secret("sources/github/secrets/0").as_bytes(),
            body.as_bytes()
        )
    );
    let mut taken = 0;
    let basic = format!("Basic {}", STANDARD.encode(&env["BASIC"]));
    let bearer = format!("Bearer {other}");
    let gitlab = [
        json,
        ("x-gitlab-token", &other),
        ("x-gitlab-event", "Push Hook"),
    ];
    for (path, headers) in [
        (
            "/github".to_owned(),
            vec![
                json,
                ("x-github-event", "push"),
                ("x-hub-signature-256", &signature),
            ],
        ),
        ("/gitlab".to_owned(), gitlab.to_vec()),
        ("/rejected".to_owned(), gitlab.to_vec()),
        ("/dead".to_owned(), gitlab.to_vec()),
        (format!("/query?api_key={other}"), vec![json]),
        (
            "/bearer".to_owned(),
            vec![json, ("authorization", bearer.as_str())],
        ),
        (
            "/basic".to_owned(),
            vec![json, ("authorization", basic.as_str())],
        ),
    ] {
        let reply = client.post(&path, &headers, body.clone()).await;
        assert_ne!(reply.status, 401, "{path}: {reply:?}");
        taken += usize::from(reply.status < 300);
        said.reply(&path, &reply);
    }
    assert!(taken >= 4, "{taken} were taken");
    let token = secret("sources/meta/params/verify_token");
    let shake =
        |token: &str| format!("/meta?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=17");
    let reply = client.get(&shake(token)).await;
    assert_eq!((reply.status, reply.text().as_str()), (200, "17"));
    said.reply("a handshake", &reply);
    said.reply("a wrong handshake", &client.get(&shake(CANARY)).await);
    // Secrets that are part of what is signed, as they are or in some form.
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (path, body) in [
        ("/payfast", "a=1&signature=d41d8cd98f00b204e9800998ecf8427e"),
        (
            "/skrill",
            "merchant_id=1&md5sig=d41d8cd98f00b204e9800998ecf8427e&mb_amount=1&mb_currency=EUR&status=2",
        ),
    ] {
        let reply = client.post(path, &[form], body.to_owned()).await;
        assert_eq!(reply.status, 401, "{path}: {reply:?}");
        said.reply(path, &reply);
    }

    // Reloads of what is wrong.
    let path = daemon.folder.path().join("config.yaml");
    let mut wrong = whole.clone();
    for (path, _) in KEYS {
        if wrong.pointer(&format!("/{path}")).is_some() {
            set(&mut wrong, path, json!(CANARY));
        }
    }
    for (text, fault) in [
        (
            wrong.to_string(),
            "a secret stands in the configuration itself",
        ),
        (format!("{CANARY}\n{CANARY}"), "it is no mapping of keys"),
    ] {
        std::fs::write(&path, text).unwrap();
        daemon.signal("HUP");
        until(fault, Duration::from_secs(20), || async {
            daemon.output().contains(fault)
        })
        .await;
    }
    std::fs::write(&path, whole.to_string()).unwrap();

    // What the admin tells, and the inspector to who may look.
    for path in [
        "/",
        "/metrics",
        "/readyz",
        "/livez",
        "/learned",
        "/config",
        "/debug",
        "/inspector/",
        "/inspector/api/state",
    ] {
        said.reply(path, &admin.get(path).await);
    }
    let bearer = format!("Bearer {}", secret("admin/inspector/token"));
    let look = async |path: String| {
        let none = bytes::Bytes::new();
        admin
            .request(
                hyper::Method::GET,
                &path,
                &[("authorization", bearer.as_str()), ("host", "localhost")],
                none,
            )
            .await
    };
    until(
        "the inspector has caught up",
        Duration::from_secs(20),
        || async {
            let state = look("/inspector/api/state".to_owned()).await.json();
            state["kept"]["entries"].as_u64().unwrap() >= 50
        },
    )
    .await;
    let list = look("/inspector/api/exchanges?limit=500".to_owned())
        .await
        .json();
    let mut shown = String::new();
    for exchange in list["exchanges"].as_array().unwrap() {
        shown.push_str(
            &look(format!("/inspector/api/exchanges/{}", exchange["seq"]))
                .await
                .text(),
        );
        shown.push('\n');
    }
    said.reply(
        "the inspector's state",
        &look("/inspector/api/state".to_owned()).await,
    );

    // Commands, with the same configuration.
    let file = daemon
        .folder
        .path()
        .join("config.yaml")
        .display()
        .to_string();
    for words in [
        &["check", "-c", &file][..],
        &["route", "-c", &file, "--source", "github", "--explain"],
        &["spool", "inspect", "-c", &file],
        &["spool", "inspect", "-c", &file, "--json"],
        &["probe", "-c", &file],
        &["tail", "-c", &file, "--sink", "rabbit"],
    ] {
        said.0.push((format!("{words:?}"), command(words, &env)));
    }
    let raw_request = folder.write(
        "request",
        format!(
            "POST /payfast HTTP/1.1\r\nhost: x\r\ncontent-type: {}\r\n\r\na=1&signature=00",
            form.1
        ),
    );
    for provider in ["payfast", "skrill", "github"] {
        let words = [
            "verify",
            "--provider",
            provider,
            "--secret",
            &env["PHRASE"],
            &raw_request,
        ];
        said.0.push((format!("{words:?}"), command(&words, &env)));
    }

    daemon.terminate();
    let ended = daemon.wait(Duration::from_secs(40));
    assert!(
        ended.output.contains("request answered"),
        "{}",
        ended.output
    );
    said.0.push(("the log".to_owned(), ended.output));
    for (what, text) in &said.0 {
        assert_silent(what, text);
    }
    // The inspector shows what strangers send, but for credentials; and of secrets nothing.
    let hidden = env.values().cloned().chain([
        format!("Bearer {CANARY}"),
        format!("Basic {CANARY}"),
        format!("sid={CANARY}"),
        format!("api_key={CANARY}"),
        format!("verify_token={CANARY}"),
        basic,
        form_urlencoded::byte_serialize(env["PHRASE"].as_bytes()).collect(),
        md5_hex(WORD).to_uppercase(),
        md5_hex(WORD),
    ]);
    for hidden in hidden {
        // A part of this one is in all that strangers send.
        let line = shown
            .lines()
            .find(|line| line.contains(&hidden) && hidden != WORD);
        assert!(line.is_none(), "the inspector shows {hidden:?}: {line:?}");
    }
    assert!(shown.contains("content with the secret in it"), "{shown}");
}

fn md5_hex(text: &str) -> String {
    use md5::{Digest as _, Md5};
    hex::encode(Md5::digest(text))
}
