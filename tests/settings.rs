//! Configurations that are wrong, and what is said about them; and the example, held against
//! the code.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "a test fails by panicking, its input is its own, and tables of cases are long"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hookferry::settings::{self, Environment, Loaded, SinkKind};
use serde_json::{Value, json};

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let name = format!("hookferry-settings-{}", uuid::Uuid::now_v7());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const SECRET: &str = "It's a Secret to Everybody";

fn environment(more: &[(&str, &str)]) -> Environment {
    let known = [("GITHUB_SECRET", SECRET)];
    known
        .iter()
        .chain(more)
        .map(|(name, value)| (*name, *value))
        .collect()
}

/// The settings of `yaml`, or its faults as text, in which the folder's path is left out.
fn load(yaml: &str, more: &[(&str, &str)]) -> Result<Loaded, String> {
    load_in(&Folder::new(), yaml, more)
}

fn load_in(folder: &Folder, yaml: &str, more: &[(&str, &str)]) -> Result<Loaded, String> {
    let file = folder.write("config.yaml", yaml);
    let root = format!("{}/", folder.0.display());
    settings::load_with(Some(&file), &environment(more))
        .map_err(|faults| faults.to_string().replace(&root, ""))
}

fn faults(yaml: &str, more: &[(&str, &str)]) -> String {
    load(yaml, more).expect_err("the configuration has no faults")
}

const SINKS: &str = "\
sinks:
  kafka: { type: kafka, brokers: \"127.0.0.1:9092\" }
";

const SOURCES: &str = "\
sources:
  github: { provider: github, path: /github, secrets: [{ env: GITHUB_SECRET }] }
";

fn with_sources(sources: &str) -> String {
    format!("{SINKS}{sources}")
}

fn with_sinks(sinks: &str) -> String {
    format!("{sinks}{SOURCES}")
}

#[test]
fn the_least_configuration_has_every_default() {
    let loaded = load(&with_sources(SOURCES), &[]).unwrap();
    assert!(loaded.warnings.is_empty());
    let settings = loaded.settings;
    assert_eq!(settings.listen.to_string(), "0.0.0.0:8080");
    assert_eq!(settings.limits.in_flight_max, 1024);
    assert_eq!(settings.log.level, "info");
    let source = &settings.sources[0];
    assert_eq!(
        (source.path.as_str(), source.reaches(0), source.reaches(1)),
        ("/github", true, false)
    );
    assert_eq!(source.reply_within, Duration::from_secs(5));
    assert!(!source.unverified);
    assert!(!format!("{settings:?}").contains(SECRET));
}

#[test]
fn several_faults_of_one_file_are_all_reported_in_order() {
    let yaml = "\
listen: localhost:8080
public_url: hooks.example.com/
limits:
  body_bytes_max: 1 MiB
  in_flight_max: 0
  inflight: 3
log: { level: loud }
sinks:
  kafka:
    type: kafka
    topic: \"{sauce}\"
    key: [\"{subject\", \"{id}\"]
    default_topic: \"web hooks\"
  Rabbit: { type: rabbitmq, url: \"http://127.0.0.1\" }
sources:
  github:
    provider: githb
    path: github
    secrets: [{ env: UNSET }, { env: GITHUB_SECRET, file: /x }, hunter2]
    sinks: [kafak]
  gitlab:
    path: /gitlab?x=1
    secret: hunter2
  slack: { provider: slack, path: /slack }
";
    let expected = "\
config.yaml:1:1: listen: \"localhost:8080\" is not an IP address and a port
  remedy: write it as in 0.0.0.0:8080 or [::1]:8080
config.yaml:2:1: public_url: it does not begin with https:// or http://
  remedy: write what providers are given, up to a source's path, as in https://hooks.example.com
config.yaml:4:3: limits.body_bytes_max: the text \"1 MiB\" stands where a whole number is expected
  remedy: write a whole number
config.yaml:5:3: limits.in_flight_max: 0 is out of bounds
  remedy: write 1 to 100000
config.yaml:6:3: limits.inflight: there is no key inflight here
  remedy: known keys: body_bytes_max, headers_bytes_max, decoded_ratio_max, connections_max, client_connections_max, in_flight_max, room_wait_ms, header_read_ms, body_read_ms
config.yaml:7:8: log.level: there is no loud here
  remedy: write one of: error, warn, info, debug, trace
config.yaml:9:3: sinks.kafka.brokers: it is missing
  remedy: write host:port, several separated by commas
config.yaml:11:5: sinks.kafka.topic: template \"{sauce}\": {sauce} cannot stand here; what can: source, provider, tenant, event, type, canonical, subject, id, json: (into the event's data)
  remedy: correct the template, as in {source}.{event}
config.yaml:12:11: sinks.kafka.key[0]: template \"{subject\": a { has no }
  remedy: correct the template, as in {source}.{event}
config.yaml:13:5: sinks.kafka.default_topic: \"web hooks\" is not a topic
  remedy: write up to 200 letters, digits, -, _ and single dots between them
config.yaml:14:3: sinks.Rabbit: \"Rabbit\" is not a name
  remedy: write 1 to 64 lower-case letters, digits, - and _
config.yaml:14:29: sinks.Rabbit.url: it is not the URL of a RabbitMQ broker
  remedy: write amqp://user:password@host:port/vhost or amqps://..., where the vhost / is %2f
config.yaml:17:5: sources.github.provider: there is no provider githb
  remedy: did you mean github? hookferry providers lists those there are; another can be described in a file of providers_dir
config.yaml:18:5: sources.github.path: it does not begin with a slash
  remedy: write where requests arrive, as in /webhooks/github
config.yaml:19:15: sources.github.secrets[0]: environment variable UNSET is not set
  remedy: set UNSET, or name another place: write { env: NAME } or { file: PATH }
config.yaml:19:31: sources.github.secrets[1]: it names not exactly one place where the secret is kept
  remedy: write { env: NAME } or { file: PATH }
config.yaml:19:65: sources.github.secrets[2]: a secret stands in the configuration itself, where it leaks into copies and logs
  remedy: put it in an environment variable or a file, and write { env: NAME } or { file: PATH }
config.yaml:20:13: sources.github.sinks[0]: there is no sink kafak
  remedy: did you mean kafka? known sinks: Rabbit, kafka
config.yaml:21:3: sources.gitlab.provider: it is missing
  remedy: name a preset; hookferry providers lists them
config.yaml:22:5: sources.gitlab.path: it has a query or fragment; providers may add one by themselves
  remedy: write where requests arrive, as in /webhooks/gitlab
config.yaml:23:5: sources.gitlab.secret: there is no key secret here
  remedy: did you mean secrets? known keys: provider, path, secrets, public_keys, certificates, params, sinks, tolerance_s, content_types, verify, override, topic, key, reply_within_ms, body_bytes_max
config.yaml:24:3: sources.slack.secrets: a secret is needed: ";
    let said = faults(yaml, &[]);
    for (said, expected) in said.lines().zip(expected.lines()) {
        assert!(
            said.starts_with(expected),
            "\n     said: {said}\n expected: {expected}"
        );
    }
    assert!(said.ends_with("22 faults"), "{said}");
    assert!(!said.contains("hunter2"));
}

/// Each configuration has one fault, which is this one.
#[test]
fn every_fault_names_its_line_and_what_is_wrong() {
    let cases = [
        ("listen: [\n", "config.yaml:2:1: it is not YAML: "),
        (
            "listen: 1\nlisten: 2\n",
            "config.yaml:2:1: listen: the key is given twice, first in line 1",
        ),
        (
            "---\na: 1\n---\nb: 1\n",
            "config.yaml:3:1: a second document begins here",
        ),
        ("- a\n", "config.yaml: "),
    ];
    for (yaml, expected) in cases {
        one_fault(yaml, expected);
    }
    let sinks = [
        ("sinks: {}\n", "config.yaml:1:1: sinks: none is configured"),
        (
            "sinks:\n  k: { brokers: \"h:1\" }\n",
            "config.yaml:2:3: sinks.k.type: it is missing",
        ),
        (
            "sinks:\n  k: { type: kafak }\n",
            "config.yaml:2:8: sinks.k.type: there is no sink of type kafak\n  remedy: did you mean kafka? ",
        ),
        (
            "sinks:\n  k:\n    type: kafka\n    brokers: h\n    properties:\n      acks: 1\n",
            "config.yaml:6:7: sinks.k.properties.acks: it would weaken what a 2xx promises, or contradict another key\n  remedy: must be all: ",
        ),
        (
            "sinks:\n  k: { type: kafka, brokers: h, properties: { enable.idempotence: false } }\n",
            "config.yaml:2:47: sinks.k.properties.enable.idempotence: it would weaken",
        ),
        (
            "sinks:\n  k: { type: kafka, brokers: h, properties: { sasl.password: hunter2 } }\n",
            "config.yaml:2:47: sinks.k.properties.sasl.password: it has a key of its own",
        ),
        (
            "sinks:\n  k: { type: kafka, brokers: h, sasl: { mechanism: SCRAM-SHA-512, username: u, password: hunter2 } }\n",
            "config.yaml:2:80: sinks.k.sasl.password: a secret stands in the configuration",
        ),
        (
            "sinks:\n  k: { type: kafka, brokers: h, sasl: { mechanism: PLAIM, username: u, password: { env: GITHUB_SECRET } } }\n",
            "config.yaml:2:41: sinks.k.sasl.mechanism: there is no PLAIM here\n  remedy: did you mean PLAIN? ",
        ),
        (
            "sinks:\n  k: { type: kafka, brokers: h, sasl: hunter2 }\n",
            "config.yaml:2:33: sinks.k.sasl: a text stands where a mapping of keys is expected",
        ),
        (
            "sinks:\n  k: { type: kafka, brokers: h, tls: { ca_file: /nowhere/ca.pem } }\n",
            "config.yaml:2:40: sinks.k.tls.ca_file: file /nowhere/ca.pem cannot be read",
        ),
        (
            "sinks:\n  k: { type: kafka, brokers: h, topics_max: -1 }\n",
            "config.yaml:2:33: sinks.k.topics_max: -1 stands where a whole number is expected",
        ),
        (
            "sinks:\n  k: { type: kafka, brokers: h, create_topics: { partitions: 6 } }\n",
            "config.yaml:2:33: sinks.k.create_topics.replication_factor: it is missing",
        ),
        (
            "sinks:\n  k: { type: kafka, brokers: h, create_topics: { partitions: 1, replication_factor: 1, config: { min.insync.replicas: 2 } } }\n",
            "config.yaml:2:98: sinks.k.create_topics.config.min.insync.replicas: 2 replicas can never be in sync of 1",
        ),
        (
            "sinks:\n  r: { type: rabbitmq, url: { env: UNSET } }\n",
            "config.yaml:2:24: sinks.r.url: environment variable UNSET is not set",
        ),
        (
            "sinks:\n  r: { type: rabbitmq, url: \"amqp://h\", tls: {} }\n",
            "config.yaml:2:41: sinks.r.tls: the URL asks for no TLS\n  remedy: begin the URL with amqps://",
        ),
        (
            "sinks:\n  r: { type: rabbitmq, url: \"amqps://h\", tls: { ca_file: /nowhere/ca.pem } }\n",
            "config.yaml:2:49: sinks.r.tls.ca_file: file /nowhere/ca.pem cannot be read",
        ),
        (
            "sinks:\n  r: { type: rabbitmq, url: \"amqps://h\", tls: { ca_file: /proc/version } }\n",
            "config.yaml:2:49: sinks.r.tls.ca_file: file /proc/version does not hold certificates in PEM",
        ),
        (
            "sinks:\n  r: { type: rabbitmq, url: \"amqps://h\", tls: { certificate_file: /proc/version } }\n",
            "config.yaml:2:42: sinks.r.tls.key_file: it is missing",
        ),
        (
            "sinks:\n  r: { type: rabbitmq, url: \"amqp://h\", exchange: amq.topic }\n",
            "config.yaml:2:41: sinks.r.exchange: \"amq.topic\" is not the name",
        ),
        (
            "sinks:\n  r: { type: rabbitmq, url: \"amqp://h\", management_url: \"ftp://guest:hunter2@h\" }\n",
            "config.yaml:2:41: sinks.r.management_url: it is not of the form http(s)://",
        ),
        (
            "sinks:\n  r: { type: rabbitmq, url: \"amqp://h\", management_url: \"http://guest:guest%zz@h\" }\n",
            "config.yaml:2:41: sinks.r.management_url: it is not of the form http(s)://",
        ),
        (
            "sinks:\n  r: { type: rabbitmq, url: \"amqp://h\", queues: [a, \"\"] }\n",
            "config.yaml:2:53: sinks.r.queues[1]: \"\" is not the name of a queue",
        ),
        (
            "listen: 0.0.0.0:9090\nsinks:\n  k: { type: kafka, brokers: h }\n",
            "config.yaml: admin.listen: 127.0.0.1:9090 is taken by listen, 0.0.0.0:9090",
        ),
    ];
    for (yaml, expected) in sinks {
        one_fault(&with_sinks(yaml), expected);
    }
}

#[test]
fn every_fault_of_a_source_names_its_line_and_what_is_wrong() {
    let folder = Folder::new();
    let empty = folder.write("empty", "\n");
    let empty = format!(
        "sources:\n  g:\n    provider: github\n    path: /g\n    secrets: [{{ file: {} }}]\n",
        empty.display()
    );
    let cases = [
        (
            "sources: {}\n",
            "config.yaml:3:1: sources: none is configured",
        ),
        (
            empty.as_str(),
            "config.yaml:7:15: sources.g.secrets[0]: file ",
        ),
        (
            "sources:\n  g: { provider: github, path: /g }\n",
            "config.yaml:4:3: sources.g.secrets: a secret is needed: ",
        ),
        (
            "sources:\n  g: { provider: github, path: /g, secrets: hunter2 }\n",
            "config.yaml:4:36: sources.g.secrets: it is not a list",
        ),
        (
            "sources:\n  g: { provider: github, path: /g, secrets: [{ env: GITHUB_SECRET }, { env: WEAK }] }\n",
            "config.yaml:4:70: sources.g.secrets[1]: the secret has 4 bytes",
        ),
        (
            "sources:\n  g: { provider: github, path: /g, secrets: [{ env: BLANK }] }\n",
            "config.yaml:4:46: sources.g.secrets[0]: environment variable BLANK is empty",
        ),
        (
            "sources:\n  g: { provider: github, path: /g, secrets: [{ envy: X }] }\n",
            "config.yaml:4:48: sources.g.secrets[0].envy: there is no key envy here\n  remedy: did you mean env? ",
        ),
        (
            "sources:\n  g: { provider: github, path: /g, secrets: [{ env: GITHUB_SECRET }] }\n  h: { provider: github, path: /g, secrets: [{ env: GITHUB_SECRET }] }\n",
            "config.yaml:5:26: sources.h.path: source g has the same path",
        ),
        (
            "sources:\n  g: { provider: github, path: /g, secrets: [{ env: GITHUB_SECRET }], sinks: [] }\n",
            "config.yaml:4:71: sources.g.sinks: it names no sink",
        ),
        (
            "sources:\n  g: { provider: github, path: /g, verify: no, secrets: [{ env: GITHUB_SECRET }] }\n",
            "config.yaml:4:36: sources.g.verify: there is no no here\n  remedy: write one of: none",
        ),
        (
            "sources:\n  g: { provider: github, path: /g, override: { verify: none } }\n",
            "config.yaml:4:3: sources.g: the preset or its override verifies nothing",
        ),
        (
            "sources:\n  g: { provider: github, path: /g, secrets: [{ env: GITHUB_SECRET }], override: { verify: { signature: { algorithm: md4 } } } }\n",
            "config.yaml:4:106: sources.g.override.verify.signature.algorithm: there is no md4 here",
        ),
        (
            "sources:\n  g: { provider: github, path: /g, secrets: [{ env: GITHUB_SECRET }], override: { verify: { signature: { signed: \"{bdy}\" } } } }\n",
            "config.yaml:4:106: sources.g.override.verify.signature.signed: template \"{bdy}\": ",
        ),
        (
            "sources:\n  t: { provider: twilio, path: /t, secrets: [{ env: GITHUB_SECRET }] }\n",
            "config.yaml:4:26: sources.t.path: provider twilio signs the public URL\n  remedy: set public_url",
        ),
        (
            "sources:\n  d: { provider: dev, path: /d }\n",
            "config.yaml:4:8: sources.d.provider: the provider dev verifies nothing",
        ),
        (
            "sources:\n  m: { provider: meta, path: /m, secrets: [{ env: GITHUB_SECRET }], params: { verify_token: hunter2 } }\n",
            "config.yaml:4:79: sources.m.params.verify_token: a secret stands in the configuration",
        ),
        (
            "sources:\n  m: { provider: meta, path: /m, secrets: [{ env: GITHUB_SECRET }] }\n",
            "config.yaml:4:3: sources.m.params.verify_token: it is needed: ",
        ),
        (
            "sources:\n  d: { provider: discord, path: /d, public_keys: [abc] }\n",
            "config.yaml:4:51: sources.d.public_keys[0]: ",
        ),
        (
            "sources:\n  p: { provider: paypal, path: /p, params: { webhook_id: W }, certificates: [{ url: \"https://evil.example/x\" }] }\n",
            "config.yaml:4:78: sources.p.certificates[0].file: it is missing",
        ),
    ];
    for (yaml, expected) in cases {
        one_fault(&with_sources(yaml), expected);
    }
}

fn one_fault(yaml: &str, expected: &str) {
    let said = faults(yaml, &[("WEAK", "weak"), ("BLANK", " \n")]);
    assert!(
        said.starts_with(expected) && said.ends_with("\n1 fault"),
        "\n{yaml}\n said: {said}\n expected: {expected}"
    );
    assert!(!said.contains("hunter2"), "{said}");
    assert!(said.contains("\n  remedy: "), "{said}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let said = settings::load_with(Some(Path::new("/nowhere/config.yaml")), &environment(&[]));
    let said = said.unwrap_err().to_string();
    assert!(
        said.starts_with("/nowhere/config.yaml: it cannot be read: "),
        "{said}"
    );
}

#[test]
fn nothing_at_all_lacks_sinks_and_sources() {
    let said = settings::load_with(None, &environment(&[]))
        .unwrap_err()
        .to_string();
    assert!(
        said.starts_with("configuration: sinks: none is configured\n"),
        "{said}"
    );
    assert!(
        said.contains("configuration: sources: none is configured\n"),
        "{said}"
    );
    assert!(said.ends_with("2 faults"), "{said}");
}

#[test]
fn the_environment_is_laid_over_the_file() {
    let yaml = with_sources(SOURCES);
    let more = [
        ("HOOKFERRY__LISTEN", "127.0.0.1:1"),
        ("HOOKFERRY__LIMITS__IN_FLIGHT_MAX", "7"),
        ("HOOKFERRY__SOURCES__GITHUB__TOPIC", "{event}"),
        ("HOOKFERRY__SOURCES__TRY__PROVIDER", "dev"),
        ("HOOKFERRY__SOURCES__TRY__PATH", "/try"),
        (
            "HOOKFERRY__SINKS__KAFKA__PROPERTIES",
            "{\"compression.type\": \"zstd\"}",
        ),
        ("HOOKFERRY_LISTEN", "ignored"),
        ("OTHER__LISTEN", "ignored"),
    ];
    let loaded = load(&yaml, &more).unwrap();
    let settings = loaded.settings;
    assert_eq!(settings.listen.to_string(), "127.0.0.1:1");
    assert_eq!(settings.limits.in_flight_max, 7);
    let target = &settings.sources[0].routes[0].to[0];
    assert_eq!(target.topic.as_ref().unwrap().source(), "{event}");
    let tried = &settings.sources[1];
    assert_eq!(
        (tried.name.as_str(), tried.path.as_str(), tried.unverified),
        ("try", "/try", true)
    );
    let SinkKind::Kafka(options) = &settings.sinks[0].kind else {
        panic!("not Kafka");
    };
    assert_eq!(options.properties["compression.type"], "zstd");
    assert_eq!(options.brokers, "127.0.0.1:9092");
    let warnings: Vec<_> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].starts_with("HOOKFERRY__SOURCES__TRY__PROVIDER: sources.try.provider: "));
}

#[test]
fn a_whole_configuration_fits_in_the_environment() {
    let more = [
        (
            "HOOKFERRY__SINKS__K",
            "{\"type\": \"kafka\", \"brokers\": \"h:1\"}",
        ),
        ("HOOKFERRY__SOURCES__G__PROVIDER", "github"),
        ("HOOKFERRY__SOURCES__G__PATH", "/g"),
        (
            "HOOKFERRY__SOURCES__G__SECRETS",
            "[{\"env\": \"GITHUB_SECRET\"}]",
        ),
    ];
    let loaded = settings::load_with(None, &environment(&more)).unwrap();
    assert_eq!(loaded.settings.sources[0].preset.id, "github");
}

/// A sink with a schema registry as `registry` says.
fn with_registry(registry: &str) -> String {
    let sink = "kafka: { type: kafka, brokers: \"127.0.0.1:9092\", schema_registry:";
    with_sinks(&format!("sinks:\n  {sink} {registry} }}\n"))
}

#[cfg(not(feature = "schema-registry"))]
#[test]
fn a_build_without_schema_registries_says_so() {
    let said = faults(
        &with_registry("{ url: \"http://registry\", format: avro }"),
        &[],
    );
    assert!(said.contains("sinks.kafka.schema_registry: "), "{said}");
    assert!(said.contains("--features schema-registry"), "{said}");
}

#[cfg(feature = "schema-registry")]
#[test]
fn a_schema_registry_has_a_place_a_format_and_a_whole_login() {
    let password = [("REGISTRY_PASSWORD", "pass")];
    for (registry, said) in [
        ("{}", "schema_registry.url"),
        (
            "{ url: \"http://r\" }",
            "add one of: avro, protobuf, json_schema",
        ),
        ("{ url: \"http://r\", format: xml }", "there is no xml here"),
        (
            "{ url: \"registry:8081\", format: avro }",
            "https:// or http://",
        ),
        (
            "{ url: \"http://u:p@r\", format: avro }",
            "write user and password",
        ),
        ("{ url: \"http://r?x=1\", format: avro }", "a query"),
        (
            "{ url: \"http://r\", format: avro, user: u }",
            "schema_registry.password",
        ),
        (
            "{ url: \"http://r\", format: avro, password: { env: REGISTRY_PASSWORD } }",
            "schema_registry.user",
        ),
        (
            "{ url: \"http://r\", format: avro, user: u, password: pass }",
            "a secret stands in the configuration itself",
        ),
        (
            "{ url: \"https://r\", format: avro, ca_file: /nowhere/ca.pem }",
            "schema_registry.ca_file",
        ),
    ] {
        let found = faults(&with_registry(registry), &password);
        assert!(found.contains(said), "{registry}: {found}");
        assert!(!found.contains(SECRET), "{found}");
    }
    let whole =
        "{ url: \"http://r/\", format: avro, user: u, password: { env: REGISTRY_PASSWORD } }";
    let loaded = load(&with_registry(whole), &password).unwrap();
    let warnings: Vec<_> = loaded.warnings.iter().map(|it| it.key()).collect();
    assert_eq!(
        warnings,
        ["sinks.kafka.schema_registry.url"],
        "the password is unencrypted"
    );
    let shown = format!("{:?}", loaded.settings);
    assert!(shown.contains("\"http://r\""), "{shown}");
    assert!(
        !shown.contains("pass\"") && !shown.contains("dTpwYXNz"),
        "{shown}"
    );
}

#[test]
fn a_fault_from_the_environment_names_the_variable() {
    let yaml = with_sources(SOURCES);
    let cases = [
        (
            "HOOKFERRY__LISTEN",
            "nowhere",
            "HOOKFERRY__LISTEN: listen: \"nowhere\" is not an IP",
        ),
        (
            "HOOKFERRY__LIMITS__IN_FLIGHT_MAX",
            "many",
            "HOOKFERRY__LIMITS__IN_FLIGHT_MAX: limits.in_flight_max: the text \"many\" stands",
        ),
        (
            "HOOKFERRY__LIMTS__X",
            "1",
            "HOOKFERRY__LIMTS__X: limts: there is no key limts here\n  remedy: did you mean limits? ",
        ),
        (
            "HOOKFERRY__SOURCES__GITHUB__SECRETS",
            "[{\"env\": \"UNSET\"}]",
            "HOOKFERRY__SOURCES__GITHUB__SECRETS: sources.github.secrets[0]: environment variable UNSET is not set",
        ),
        (
            "HOOKFERRY__SOURCES__NEW__PATH",
            "/new",
            "HOOKFERRY__SOURCES__NEW__PATH: sources.new.provider: it is missing",
        ),
    ];
    for (name, value, expected) in cases {
        let said = faults(&yaml, &[(name, value)]);
        assert!(
            said.starts_with(expected),
            "\n said: {said}\n expected: {expected}"
        );
        assert!(said.ends_with("\n1 fault"), "{said}");
    }
}

/// What is said of a source's `key: value` and of routes, each with a part of the fault.
#[test]
fn what_shapes_events_is_checked_before_any_comes() {
    let source = |more: &str| {
        with_sources(&format!(
            "sources:\n  g: {{ provider: github, path: /g, secrets: [{{ env: GITHUB_SECRET }}], {more} }}\n"
        ))
    };
    for (more, said) in [
        (
            "filter: \"data.a ==\"",
            "sources.g.filter: column 10: mismatched input",
        ),
        (
            "filter: { when: \"dat.a == 1\" }",
            "sources.g.filter.when: there is no dat",
        ),
        ("filter: \"event.type == 5\"", "never true"),
        ("filter: {}", "sources.g.filter: it filters nothing"),
        (
            "filter: { include: [] }",
            "sources.g.filter.include: it names no event type",
        ),
        (
            "filter: { when: \"data.x.map(y, y)\" }",
            "it comes to a list, not to true or false",
        ),
        (
            "validate: [{ require: { a: strin } }]",
            "sources.g.validate[0].require: there is no type strin",
        ),
        (
            "validate: [{ schema: { type: 5 } }]",
            "sources.g.validate[0].schema: ",
        ),
        (
            "validate: [{ schema: { $ref: \"https://example.com/x\" } }]",
            "sources.g.validate[0].schema: ",
        ),
        (
            "validate: [{ schema_file: /nowhere }]",
            "sources.g.validate[0].schema_file: file /nowhere cannot be read",
        ),
        ("validate: [{}]", "it has not exactly one schema"),
        (
            "validate: [{ require: { a: any }, on_violation: drop }]",
            "on_violation",
        ),
        (
            "edit: { keep: [a] }",
            "sources.g.edit.keep: \"a\" is not a path",
        ),
        (
            "edit: { redact: [{ at: /a, with: hash }] }",
            "sources.g.edit.redact_key: it is missing",
        ),
        (
            "edit: { redact: [{ with: mask }] }",
            "sources.g.edit.redact[0].at: it is missing",
        ),
        (
            "edit: { redact: [{ at: /a, with: hash }], redact_key: { env: SHORT } }",
            "fewer than 16 bytes",
        ),
        (
            "edit: { map: \"{'a': data.b\" }",
            "sources.g.edit.map: column ",
        ),
    ] {
        let all = faults(&source(more), &[("SHORT", "short")]);
        assert!(all.contains(said), "{more}: {all}");
    }
    for (routes, said) in [
        ("[]", "source g has events that no route is for"),
        (
            "[{ name: a, types: push }]",
            "source g has events that no route is for",
        ),
        (
            "[{ types: push }, { name: rest }]",
            "routes[0].name: it is missing",
        ),
        (
            "[{ name: a, types: push }, { name: a }]",
            "another route has the same name",
        ),
        (
            "[{ name: a, sources: [h] }, { name: rest }]",
            "routes[0].sources[0]: there is no source h",
        ),
        (
            "[{ name: a, to: [{ sink: kafk }] }]",
            "routes[0].to[0].sink: there is no sink kafk\n  remedy: did you mean kafka?",
        ),
        ("[{ name: a, to: [] }]", "routes[0].to: it names no sink"),
        (
            "[{ name: a, to: [{ sink: kafka, headers: { ce_id: x } }] }]",
            "the envelope has this header itself",
        ),
        (
            "[{ name: a, when: \"data\", types: x }, { name: b, when: \"1 < 'a'\" }, { name: c }]",
            "routes[1].when: it compares a number with a text",
        ),
    ] {
        let yaml = format!("{}routes: {routes}\n", source("body_bytes_max: 1024"));
        let all = faults(&yaml, &[]);
        assert!(all.contains(said), "{routes}: {all}");
    }
    for (routes, said) in [
        (
            "[{ name: a }, { name: b, types: push }, { name: c }]",
            "routes[1]: no event reaches it: route a is first",
        ),
        (
            "[{ name: a, types: \"pull_request.*\" }, { name: b, types: pull_request.opened, when: \"data.x\" }, { name: c }]",
            "routes[1]: no event reaches it",
        ),
        (
            "[{ name: a, to: [{ sink: kafka, key: fixed }] }]",
            "routes[0].to[0].key: every event of a source has the same key",
        ),
    ] {
        let yaml = format!("{}routes: {routes}\n", source("body_bytes_max: 1024"));
        let loaded = load(&yaml, &[]).unwrap();
        let warnings: Vec<_> = loaded.warnings.iter().map(ToString::to_string).collect();
        assert!(
            warnings.iter().any(|it| it.contains(said)),
            "{routes}: {warnings:?}"
        );
    }
}

#[test]
fn a_secret_file_loses_one_newline_and_no_more() {
    let folder = Folder::new();
    let exact = folder.write("exact", "0123456789abcdef\n");
    let short = folder.write("short", "0123456789abcde\r\n");
    let yaml = |path: &Path| {
        let path = path.display();
        with_sources(&format!(
            "sources:\n  g: {{ provider: github, path: /g, secrets: [{{ file: {path} }}] }}\n"
        ))
    };
    load(&yaml(&exact), &[]).unwrap();
    assert!(faults(&yaml(&short), &[]).contains("the secret has 15 bytes"));
}

#[test]
fn turning_verification_off_is_warned_of() {
    let loaded = load(
        &with_sources("sources:\n  g: { provider: github, path: /g, verify: none }\n"),
        &[],
    )
    .unwrap();
    assert!(loaded.settings.sources[0].unverified);
    let warning = loaded.warnings[0].to_string();
    assert!(
        warning.contains(":4:36: sources.g.verify: nothing is verified"),
        "{warning}"
    );
}

#[test]
fn the_provider_waits_no_longer_than_its_preset_says() {
    let yaml = with_sources(
        "sources:
  a: { provider: slack, path: /a, secrets: [{ env: GITHUB_SECRET }] }
  b: { provider: slack, path: /b, secrets: [{ env: GITHUB_SECRET }], reply_within_ms: 1000 }
  c: { provider: slack, path: /c, secrets: [{ env: GITHUB_SECRET }], reply_within_ms: 4000 }
",
    );
    let loaded = load(&yaml, &[]).unwrap();
    let sources = &loaded.settings.sources;
    let within: Vec<_> = sources
        .iter()
        .map(|source| source.reply_within.as_millis())
        .collect();
    let slack = u128::from(sources[0].preset.reply_within_ms);
    assert!(slack < 5000);
    assert_eq!(within, [slack, 1000, slack]);
    assert_eq!(loaded.warnings.len(), 1);
    let SinkKind::Kafka(options) = &loaded.settings.sinks[0].kind else {
        panic!("not Kafka");
    };
    assert_eq!(u128::from(options.message_timeout_ms), slack);
}

#[test]
fn presets_of_a_directory_are_read_with_their_lines() {
    let folder = Folder::new();
    let own = "\
id: shop
name: Shop
domain: shop.example
docs: https://shop.example/docs
confidence: unverified
integrity: full
reply_within_ms: 3000
secret: { about: the secret }
verify:
  token: { from: '{header:x-token}' }
event: { type: '{json:/type}' }
";
    folder.write("own/shop.yaml", own);
    let yaml = |provider: &str| {
        format!(
            "providers_dir: {}/own\n{SINKS}sources:\n  s: {{ provider: {provider}, path: /s, secrets: [{{ env: GITHUB_SECRET }}] }}\n",
            folder.0.display()
        )
    };
    let loaded = load_in(&folder, &yaml("shop"), &[]).unwrap();
    assert_eq!(loaded.settings.sources[0].preset.domain, "shop.example");
    let said = load_in(&folder, &yaml("shopp"), &[]).unwrap_err();
    assert!(said.contains("did you mean shop? "), "{said}");

    let broken = own
        .replace("integrity: full", "integrity: whole")
        .replace("domain", "domian");
    folder.write("own/shop.yaml", &broken);
    let said = load_in(&folder, &yaml("shop"), &[]).unwrap_err();
    assert!(
        said.starts_with("own/shop.yaml: domain: it is missing\n"),
        "{said}"
    );
    assert!(
        said.contains("own/shop.yaml:3:1: domian: there is no key domian here\n"),
        "{said}"
    );
    assert!(
        said.contains("own/shop.yaml:6:1: integrity: there is no whole here\n"),
        "{said}"
    );

    folder.write("own/github.yaml", &own.replace("id: shop", "id: github"));
    folder.write("own/shop.yaml", own);
    let loaded = load_in(&folder, &yaml("github"), &[]).unwrap();
    assert_eq!(loaded.settings.sources[0].preset.domain, "shop.example");
    assert!(
        loaded.warnings[0]
            .said()
            .contains("replaces the embedded preset github")
    );
}

#[test]
fn items_at_fault_keep_their_places_in_a_list() {
    let yaml = with_sinks("sinks:\n  k: { type: kafka, brokers: h, key: [\"{id}\"] }\n").replace(
        "path: /github",
        "path: /github, content_types: [a/b, {c: d}, e/f, [g]]",
    );
    let said = faults(&yaml, &[]);
    assert!(
        said.contains("sources.github.content_types[1]: a mapping stands where"),
        "{said}"
    );
    assert!(
        said.contains("sources.github.content_types[3]: a list stands where"),
        "{said}"
    );
    assert!(said.ends_with("2 faults"), "{said}");
}

// The example.

#[test]
fn limits_of_rates_and_proxies_name_their_mistakes() {
    let yaml = with_sources(SOURCES)
        + "\
limits:
  rate: { burst_max: 5 }
  client_rate: { requests_per_s: 0 }
  trusted_proxies: [10.0.0.0/8, \"10.0.0.0/99\", proxy.example]
";
    let said = faults(&yaml, &[]);
    for expected in [
        "limits.rate.requests_per_s: it is missing",
        "limits.client_rate.requests_per_s: 0 is out of bounds",
        "limits.trusted_proxies[1]: \"10.0.0.0/99\" is no address and no network",
        "limits.trusted_proxies[2]: \"proxy.example\" is no address and no network",
    ] {
        assert!(
            said.contains(expected),
            "\n said: {said}\n expected: {expected}"
        );
    }
    let yaml = with_sources(SOURCES) + "limits: { rate: { requests_per_s: 7 } }\n";
    let rate = load(&yaml, &[]).unwrap().settings.limits.rate.unwrap();
    assert_eq!((rate.requests_per_s.get(), rate.burst_max.get()), (7, 7));
}

#[test]
fn what_is_told_of_requests_names_its_mistakes() {
    let yaml = with_sources(SOURCES)
        + "\
log: { access: { accepted_ratio: 1.5, refused_ratio: -0.1, lines_per_s_max: 2000000 } }
tracing:
  otlp:
    endpoint: otel-collector:4318
    headers: { x-api-key: plain, \"a b\": { env: GITHUB_SECRET }, x-line: { env: LINES } }
    sample_ratio: 2
    timeout_ms: 1
";
    let said = faults(&yaml, &[("LINES", "a\nb")]);
    for expected in [
        "log.access.accepted_ratio: 1.5 is out of bounds",
        "log.access.refused_ratio: -0.1 is out of bounds",
        "log.access.lines_per_s_max: 2000000 is out of bounds",
        "tracing.otlp.endpoint: it does not begin with http",
        "tracing.otlp.headers.x-api-key: a secret stands in the configuration itself",
        "tracing.otlp.headers.a b: it cannot be sent",
        "tracing.otlp.headers.x-line: it cannot be sent",
        "tracing.otlp.sample_ratio: 2 is out of bounds",
        "tracing.otlp.timeout_ms: 1 is out of bounds",
    ] {
        assert!(
            said.contains(expected),
            "\n said: {said}\n expected: {expected}"
        );
    }
    // OpenTelemetry's own variables say what the configuration leaves out, and nothing else.
    let of = |yaml: &str, more: &[(&str, &str)]| {
        let yaml = with_sources(SOURCES) + yaml;
        load(&yaml, more).unwrap().settings.tracing
    };
    let base = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://base:4318/");
    let whole = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://whole/own");
    assert_eq!(of("", &[base, whole]), None);
    let asked = "tracing: { otlp: {} }\n";
    assert_eq!(
        of(asked, &[base]).unwrap().url,
        "http://base:4318/v1/traces"
    );
    assert_eq!(of(asked, &[base, whole]).unwrap().url, "http://whole/own");
    let own = "tracing: { otlp: { endpoint: \"https://own/v1/traces\", service_name: mine } }\n";
    let options = of(own, &[base, whole, ("OTEL_SERVICE_NAME", "other")]).unwrap();
    assert_eq!(options.url, "https://own/v1/traces");
    let named = |name: &str| {
        let mut resource = options.resource.iter();
        resource
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(named("service.name"), Some("mine"));
    let said = faults(&(with_sources(SOURCES) + asked), &[]);
    assert!(
        said.contains("tracing.otlp.endpoint: it is missing"),
        "{said}"
    );
}

#[test]
fn checks_name_their_mistakes() {
    let sources = "\
sources:
  github: { provider: github, path: /github, secrets: [{ env: GITHUB_SECRET }] }
  discord: { provider: discord, path: /discord, public_keys: [\"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\"] }
  open: { provider: github, path: /open, verify: none }
";
    let with = |checks: &str| with_sources(sources) + "checks:\n" + checks;
    let yaml = with(
        "  none: {}
  far: { source: githab }
  key: { source: discord }
  open: { source: open }
  Name: { source: github }
  tenant: { source: github, tenant: acme }
  event: { source: github, event: pash }
  often: { source: github, every_s: 1, timeout_ms: 10 }
  url: { source: github, url: \"hooks.example.com\" }
  data: { source: github, data_file: /nowhere/check.json }
  expect:
    source: github
    expect: { status: [200, 99], within_ms: 60000, topic: \"a b\", arrives: false, attributes: { \"Ty-pe\": \"*\" } }
",
    );
    let said = faults(&yaml, &[]);
    for expected in [
        "checks.none.source: it is missing",
        "checks.far.source: there is no source githab\n  remedy: did you mean github?",
        "checks.key.source: only the provider can sign for source discord",
        "checks.open.source: source open holds no secret",
        "checks.Name: \"Name\" is not a name",
        "checks.tenant.tenant: source github has no tenants",
        "checks.event.event: preset github has no sample of type pash",
        "checks.often.every_s: 1 is out of bounds",
        "checks.often.timeout_ms: 10 is out of bounds",
        "checks.url.url: \"hooks.example.com\" is no http:// or https:// URL",
        "checks.data.data_file: file /nowhere/check.json cannot be read",
        "checks.expect.expect.status: 99 is no status",
        "checks.expect.expect.within_ms: 60000 is out of bounds",
        "checks.expect.expect.topic: \"a b\" is not a topic",
        "checks.expect.expect.attributes: what must not arrive has no attributes",
        "checks.expect.expect.attributes: \"Ty-pe\" is no name of an attribute",
    ] {
        assert!(
            said.contains(expected),
            "\n said: {said}\n expected: {expected}"
        );
    }
    let checks = load(&with("  a: { source: github }\n"), &[]).unwrap();
    let check = &checks.settings.checks[0];
    let expect = &check.expect;
    let ms = |it: std::time::Duration| it.as_millis();
    assert_eq!((ms(check.every), ms(check.timeout)), (60_000, 10_000));
    assert_eq!((expect.arrives, ms(expect.arrives_within)), (true, 10_000));
    assert!(expect.status.is_empty() && expect.within.is_none());
}

/// An id in the body, which no run could make anew, would have the second run be a duplicate.
#[test]
fn a_check_needs_an_id_that_can_be_made_anew() {
    let yaml = |id: &str| {
        with_sources(&format!(
            "sources:\n  h: {{ provider: generic-hmac, path: /h, secrets: [{{ env: GITHUB_SECRET }}], \
             override: {{ event: {{ id: \"{id}\", id_repeats: false }} }} }}\n"
        )) + "checks: { h: { source: h, data_file: BODY } }\n"
    };
    let folder = Folder::new();
    folder.write("body.json", r#"{"id":"a","number":5,"fixed":true}"#);
    let body = folder.0.join("body.json").display().to_string();
    for (id, is_good) in [
        ("{json:/id}", true),
        ("{json:/number}", true),
        ("{header:x-id}", true),
        ("{json:/fixed}", false),
        ("{json:/absent}", false),
    ] {
        let yaml = yaml(id).replace("BODY", &body);
        match load_in(&folder, &yaml, &[]) {
            Ok(_) => assert!(is_good, "{id}"),
            Err(said) => {
                let expected = "checks.h.source: the id of its event cannot be made anew";
                assert!(!is_good && said.contains(expected), "{id}: {said}");
            }
        }
    }
}

#[test]
fn tenants_are_those_who_have_a_file_and_a_mistake_is_named() {
    let source = |more: &str| {
        format!(
            "{SINKS}sources:\n  shops: {{ provider: github, path: \"/hooks/{{tenant}}/github\", {more} }}\n"
        )
    };
    for (more, expected) in [
        (
            "secrets: [{ env: GITHUB_SECRET }]",
            "sources.shops.path: its path has {tenant}, and no file of a secret",
        ),
        (
            "secrets: [{ file: \"nowhere/{tenant}\" }]",
            "sources.shops.secrets: folder nowhere cannot be read",
        ),
        (
            "secrets: [{ file: \"/nowhere/{tenant}\" }], learned_secret_file: /nowhere/secret",
            "sources.shops.learned_secret_file: a secret that the provider hands over is not kept by tenant",
        ),
    ] {
        let said = faults(&source(more), &[]);
        assert!(
            said.contains(expected),
            "\n said: {said}\n expected: {expected}"
        );
    }
    for (path, expected) in [
        ("/{tenant}/{tenant}", "it has {tenant} more than once"),
        (
            "/x{tenant}/github",
            "more than {tenant} between two slashes",
        ),
        (
            "/{customer}/github",
            "more than {tenant} between two slashes",
        ),
    ] {
        let yaml = source("secrets: [{ file: \"/nowhere/{tenant}\" }]");
        let said = faults(&yaml.replace("/hooks/{tenant}/github", path), &[]);
        assert!(
            said.contains(expected),
            "\n said: {said}\n expected: {expected}"
        );
    }
    // A tenant named lab would have the path of the other source.
    let other =
        "  lab: { provider: github, path: /hooks/lab/github, secrets: [{ env: GITHUB_SECRET }] }\n";
    let yaml = source("secrets: [{ file: \"/nowhere/{tenant}\" }]") + other;
    let said = faults(&yaml, &[]);
    let expected = "sources.shops.path: source lab has the same path";
    assert!(
        said.contains(expected),
        "\n said: {said}\n expected: {expected}"
    );

    let folder = Folder::new();
    folder.write("tenants/acme", SECRET);
    folder.write("tenants/globex", "short");
    let files = folder.0.join("tenants/{tenant}").display().to_string();
    let yaml = source(&format!("secrets: [{{ file: \"{files}\" }}]"));
    let loaded = load_in(&folder, &yaml, &[]).unwrap();
    assert_eq!(loaded.settings.sources[0].endpoints.count(), Some((1, 1)));
    let warnings: Vec<_> = loaded.warnings.iter().map(|it| it.said()).collect();
    assert!(
        warnings
            .iter()
            .any(|said| said.starts_with("tenant globex cannot be read: ")),
        "{warnings:?}"
    );
    // Where nobody is right it is not the tenants' mistake.
    folder.write("tenants/acme", "");
    let said = load_in(&folder, &yaml, &[]).unwrap_err();
    assert!(said.contains("acme is empty"), "{said}");
}

const EXAMPLE: &str = include_str!("../config.example.yaml");
const SECRETS: [(&str, &str); 9] = [
    ("INSPECTOR_TOKEN", "0123456789abcdef0123456789abcdef"),
    ("REDACT_KEY", "0123456789abcdef0123456789abcdef"),
    ("RABBITMQ_URL", "amqps://guest:guest@127.0.0.1:5671/%2f"),
    ("REDIS_URL", "redis://127.0.0.1:6379"),
    ("RABBITMQ_MANAGEMENT_URL", "https://127.0.0.1:15671"),
    ("STRIPE_SECRET", "whsec_0123456789abcdef0123456789abcdef"),
    ("KAFKA_PASSWORD", "password"),
    ("KAFKA_KEY_PASSWORD", "password"),
    ("OTLP_API_KEY", "key"),
];

/// A build without schema registries faults a sink that has one.
fn is_of_this_build(key: &str) -> bool {
    cfg!(feature = "schema-registry") || !key.trim_start().starts_with("schema_registry")
}

/// The example with every `#key` uncommented, and files where it says that they are.
fn whole_example(folder: &Folder) -> String {
    let vector = include_str!("vectors/paypal.jsonl").lines().next().unwrap();
    let vector: Value = serde_json::from_str(vector).unwrap();
    folder.write(
        "etc/paypal.pem",
        vector["config"]["signing_cert_pem"].as_str().unwrap(),
    );
    for name in ["etc/ca.pem", "etc/client.pem"] {
        folder.write(name, vector["config"]["signing_cert_pem"].as_str().unwrap());
    }
    folder.write(
        "etc/google-keys.json",
        r#"{"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]}"#,
    );
    folder.write("etc/check.json", r#"{"ref":"refs/heads/main"}"#);
    folder.write("etc/push.schema.json", r#"{"type":"object"}"#);
    folder.write("etc/client.key", "-----BEGIN PRIVATE KEY-----\n");
    // A listener's key has to fit its certificate.
    let made = std::process::Command::new("openssl")
        .args("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30".split(' '))
        .args("-subj /CN=localhost -keyout tls.key -out tls.crt".split(' '))
        .current_dir(folder.0.join("etc"))
        .output();
    assert!(
        made.as_ref().is_ok_and(|it| it.status.success()),
        "{made:?}"
    );
    for name in ["clients.pem", "operators.pem"] {
        let etc = folder.0.join("etc");
        std::fs::copy(etc.join("tls.crt"), etc.join(name)).unwrap();
    }
    folder.write("etc/tenants/acme/shopify", SECRET);
    folder.write("run/stripe-old", "whsec_0123456789abcdef0123456789abcdef\n");
    std::fs::create_dir_all(folder.0.join("etc/providers")).unwrap();
    let uncommented = |line: &str| {
        let text = line.trim_start();
        let is_prose = text == "#" || text.starts_with("# ");
        match text.strip_prefix('#') {
            Some(key) if !is_prose || text.starts_with("#  ") => {
                format!("{}{key}", &line[..line.len() - text.len()])
            }
            Some(_) | None => line.to_owned(),
        }
    };
    let lines = EXAMPLE.lines().map(uncommented);
    let lines: Vec<_> = lines.filter(|line| is_of_this_build(line)).collect();
    let root = folder.0.display().to_string();
    lines
        .join("\n")
        .replace("/etc/hookferry", &format!("{root}/etc"))
        .replace("/run/secrets", &format!("{root}/run"))
        .replace("/var/lib/hookferry", &format!("{root}/run"))
}

#[test]
fn the_example_has_no_faults_with_and_without_its_optional_keys() {
    let plain = load(EXAMPLE, &SECRETS).unwrap();
    assert!(plain.warnings.is_empty(), "{:?}", plain.warnings);
    let folder = Folder::new();
    let whole = load_in(&folder, &whole_example(&folder), &SECRETS).unwrap();
    let names: Vec<_> = whole
        .settings
        .sources
        .iter()
        .map(|source| source.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "asana", "discord", "github", "open", "paypal", "pubsub", "shops", "stripe"
        ]
    );
    assert_eq!(
        whole.settings.public_url.as_deref(),
        Some("https://hooks.example.com")
    );
    let warnings: Vec<_> = whole.warnings.iter().map(|warning| warning.key()).collect();
    let unverified = ["sources.asana.provider", "sources.paypal.provider"];
    let said = [unverified.as_slice(), &["sources.open.verify"]].concat();
    let said: std::collections::BTreeSet<_> = said.into_iter().collect();
    assert_eq!(
        warnings
            .into_iter()
            .collect::<std::collections::BTreeSet<_>>(),
        said
    );
}

#[test]
fn what_the_example_shows_as_defaults_are_the_defaults() {
    let least = "\
sinks:
  kafka: { type: kafka, brokers: \"127.0.0.1:9092\" }
  rabbit: { type: rabbitmq, url: { env: RABBITMQ_URL } }
sources:
  github: { provider: github, path: /webhooks/github, secrets: [{ env: GITHUB_SECRET }] }
";
    let least = load(least, &SECRETS).unwrap().settings;
    let mut example = load(EXAMPLE, &SECRETS).unwrap().settings;
    // Where and when it was read is no key.
    example.files.clone_from(&least.files);
    example.read_at = least.read_at;
    assert_eq!(format!("{least:#?}"), format!("{example:#?}"));
}

#[test]
fn the_example_has_every_key_and_no_other() {
    let folder = Folder::new();
    let yaml = whole_example(&folder);
    let tree: Value = config::Config::builder()
        .add_source(config::File::from_str(&yaml, config::FileFormat::Yaml))
        .build()
        .unwrap()
        .try_deserialize()
        .unwrap();
    let certificate = json!({ "certificates": [{ "zz": 1 }] }).to_string();
    let secret = json!({ "secrets": [{ "zz": 1 }] }).to_string();
    let kafka = ["/sinks/kafka"].as_slice();
    let sources: Vec<_> = tree["sources"].as_object().unwrap().keys().collect();
    let sources: Vec<_> = sources
        .iter()
        .map(|name| format!("/sources/{name}"))
        .collect();
    let sources: Vec<_> = sources.iter().map(String::as_str).collect();
    let of_source = |variable: &str, json: &str, shown: &[&str]| {
        let known = known_keys(&yaml, &folder, variable, json);
        assert_eq!(shown_keys(&tree, shown), known, "{variable}");
    };
    let zz = r#"{"zz": 1}"#;
    of_source("HOOKFERRY__ZZ", "1", &[""]);
    of_source("HOOKFERRY__ADMIN", zz, &["/admin"]);
    of_source("HOOKFERRY__ADMIN__INSPECTOR", zz, &["/admin/inspector"]);
    of_source("HOOKFERRY__LOG", zz, &["/log"]);
    of_source("HOOKFERRY__LIMITS", zz, &["/limits"]);
    of_source("HOOKFERRY__SHUTDOWN", zz, &["/shutdown"]);
    of_source("HOOKFERRY__SINKS__KAFKA", zz, kafka);
    of_source(
        "HOOKFERRY__SINKS__KAFKA__CREATE_TOPICS",
        zz,
        &["/sinks/kafka/create_topics"],
    );
    of_source("HOOKFERRY__SINKS__KAFKA__SASL", zz, &["/sinks/kafka/sasl"]);
    of_source("HOOKFERRY__SINKS__KAFKA__TLS", zz, &["/sinks/kafka/tls"]);
    if cfg!(feature = "schema-registry") {
        of_source(
            "HOOKFERRY__SINKS__KAFKA__SCHEMA_REGISTRY",
            zz,
            &["/sinks/kafka/schema_registry"],
        );
    }
    of_source("HOOKFERRY__SINKS__RABBIT", zz, &["/sinks/rabbit"]);
    of_source("HOOKFERRY__SOURCES__GITHUB", zz, &sources);
    of_source(
        "HOOKFERRY__SOURCES__GITHUB__FILTER",
        zz,
        &["/sources/github/filter"],
    );
    of_source(
        "HOOKFERRY__SOURCES__GITHUB__VALIDATE",
        r#"[{"zz": 1}]"#,
        &[
            "/sources/github/validate/0",
            "/sources/github/validate/1",
            "/sources/github/validate/2",
        ],
    );
    of_source(
        "HOOKFERRY__SOURCES__GITHUB__EDIT",
        zz,
        &["/sources/github/edit"],
    );
    of_source(
        "HOOKFERRY__ROUTES",
        r#"[{"zz": 1}]"#,
        &["/routes/0", "/routes/1"],
    );
    let checks = ["/checks/github", "/checks/shop"].as_slice();
    of_source("HOOKFERRY__CHECKS__GITHUB", zz, checks);
    of_source(
        "HOOKFERRY__CHECKS__GITHUB__EXPECT",
        zz,
        &["/checks/github/expect"],
    );
    of_source(
        "HOOKFERRY__SOURCES__PAYPAL",
        &certificate,
        &["/sources/paypal/certificates/0"],
    );
    let secrets = ["/sources/stripe/secrets/0", "/sources/stripe/secrets/1"];
    of_source("HOOKFERRY__SOURCES__STRIPE", &secret, &secrets);
}

/// The keys that the code knows where `variable` puts one that it does not know.
fn known_keys(yaml: &str, folder: &Folder, variable: &str, json: &str) -> BTreeSet<String> {
    let mut more: BTreeMap<_, _> = SECRETS.into_iter().collect();
    more.insert(variable, json);
    let more: Vec<_> = more.into_iter().collect();
    let said = load_in(folder, yaml, &more).expect_err("zz is a key");
    let known = said
        .split("known keys: ")
        .nth(1)
        .unwrap_or_else(|| panic!("{said}"));
    known
        .lines()
        .next()
        .unwrap()
        .split(", ")
        .filter(|key| is_of_this_build(key))
        .map(str::to_owned)
        .collect()
}

fn shown_keys(tree: &Value, pointers: &[&str]) -> BTreeSet<String> {
    let members = pointers
        .iter()
        .flat_map(|at| tree.pointer(at).unwrap().as_object().unwrap());
    members.map(|(name, _)| name.clone()).collect()
}

// The inspector.

#[test]
fn an_inspector_that_anyone_could_open_is_a_fault() {
    let with = |inspector: &str, listen: &str| {
        let yaml =
            format!("admin: {{ listen: \"{listen}\", inspector: {inspector} }}\n{SINKS}{SOURCES}");
        let token = [
            ("TOKEN", "0123456789abcdef01"),
            ("SHORT", "0123456789"),
            ("BLANK", "0123456789 abcdef01"),
        ];
        load(&yaml, &token).map(|loaded| loaded.settings.inspector)
    };
    let (near, far) = ("127.0.0.1:9090", "0.0.0.0:9090");
    assert!(with("{ enabled: true }", near).unwrap().is_some());
    assert!(with("{ enabled: false }", far).unwrap().is_none());
    assert!(with("{ token: { env: TOKEN } }", far).unwrap().is_none());
    let held = with("{ enabled: true, token: { env: TOKEN } }", far).unwrap();
    assert!(!format!("{held:?}").contains("0123456789"));
    for (inspector, listen, said) in [
        (
            "{ enabled: true }",
            far,
            "admin.inspector.token: it is missing",
        ),
        (
            "{ enabled: true }",
            "[::]:9090",
            "admin.inspector.token: it is missing",
        ),
        (
            "{ enabled: true, token: { env: SHORT } }",
            near,
            "admin.inspector.token: it is shorter than 16 bytes",
        ),
        (
            "{ enabled: true, token: { env: BLANK } }",
            near,
            "has blanks in it",
        ),
        (
            "{ enabled: true, token: 0123456789abcdef01 }",
            near,
            "stands in the configuration itself",
        ),
        (
            "{ enabled: true, hosts: [\"https://a.example\"] }",
            near,
            "admin.inspector.hosts[0]",
        ),
        (
            "{ enabled: true, hosts: [a.example, \"b.example:80\"] }",
            near,
            "admin.inspector.hosts[1]",
        ),
        (
            "{ enabled: true, bins_max: 1001 }",
            near,
            "admin.inspector.bins_max: 1001 is out of bounds",
        ),
        ("{ enabled: true, entries: 3 }", near, "known keys"),
    ] {
        let faults = with(inspector, listen).expect_err(inspector);
        assert!(faults.contains(said), "{inspector}: {faults}");
        assert!(faults.contains("remedy: "));
    }
    for path in ["/_bins", "/_bins/x", "/_bins/{tenant}"] {
        let sources = format!(
            "sources:\n  github: {{ provider: github, path: \"{path}\", secrets: [{{ env: GITHUB_SECRET }}] }}\n"
        );
        let faults = faults(&with_sources(&sources), &[]);
        assert!(
            faults.contains("config.yaml:4:") && faults.contains("sources.github.path"),
            "{faults}"
        );
        assert!(faults.contains("/_bins are the inspector's"), "{faults}");
    }
}
