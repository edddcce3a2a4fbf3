//! A table: how a source is configured, what comes, and where that ends.

use serde_json::{Value, json};

use super::{delivery, start};
use crate::support::github::SECRET;
use crate::support::{kafka, run_id};

/// Where an event ends, and what of it is looked at there.
enum Ends {
    /// With the data as it came.
    Whole,
    /// With this data, and these edits.
    As(&'static str, &'static str),
    Tagged(&'static str),
    Filtered,
    /// As a dead letter for this reason, with this in its detail.
    Dead(&'static str, &'static str),
    /// Answered 422, with this in the message.
    Rejected(&'static str),
}
use Ends::{As, Dead, Filtered, Rejected, Tagged, Whole};

type Case = (&'static str, &'static str, &'static str, &'static str, Ends);

const PULL: &str = r#"{"action":"opened","number":7,"pull_request":{"merged":false,"title":"A \u00e9","labels":[{"name":"bug"},{"name":"p1"}],"user":{"login":"octo","email":"octo@example.com"}},"repository":{"full_name":"octo/repo","stars":1.50}}"#;

/// Name, the source's keys in JSON, event, body, end.
const CASES: &[Case] = &[
    // Types.
    (
        "include",
        r#"{"filter":{"include":["pull_request.*"]}}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "include-own-type",
        r#"{"filter":{"include":["pull_request.opened"]}}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "include-whole-type",
        r#"{"filter":{"include":["com.github.pull_request.*"]}}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "include-one-text",
        r#"{"filter":{"include":"*.opened"}}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "include-other",
        r#"{"filter":{"include":["push"]}}"#,
        "pull_request",
        PULL,
        Filtered,
    ),
    (
        "include-is-exact",
        r#"{"filter":{"include":["pull_request"]}}"#,
        "pull_request",
        PULL,
        Filtered,
    ),
    (
        "exclude",
        r#"{"filter":{"exclude":["*.opened"]}}"#,
        "pull_request",
        PULL,
        Filtered,
    ),
    (
        "exclude-other",
        r#"{"filter":{"exclude":["push"]}}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "exclude-wins",
        r#"{"filter":{"include":["*"],"exclude":["pull_request.*"]}}"#,
        "pull_request",
        PULL,
        Filtered,
    ),
    (
        "regex-is-no-glob",
        r#"{"filter":{"include":["pull_request.(opened|closed)"]}}"#,
        "pull_request",
        PULL,
        Filtered,
    ),
    // Expressions.
    (
        "cel-equal",
        r#"{"filter":"data.action == 'opened'"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-unequal",
        r#"{"filter":"data.action == 'closed'"}"#,
        "pull_request",
        PULL,
        Filtered,
    ),
    (
        "cel-bool-field",
        r#"{"filter":"data.pull_request.merged"}"#,
        "pull_request",
        PULL,
        Filtered,
    ),
    (
        "cel-not",
        r#"{"filter":"!data.pull_request.merged"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-number",
        r#"{"filter":"data.number > 6 && data.number < 8"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-float",
        r#"{"filter":"data.repository.stars >= 1.5"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-int-to-float",
        r#"{"filter":"data.repository.stars > 1"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-unicode",
        r#"{"filter":"data.pull_request.title == 'A é'"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-exists",
        r#"{"filter":"data.pull_request.labels.exists(l, l.name == 'p1')"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-all",
        r#"{"filter":"data.pull_request.labels.all(l, l.name == 'p1')"}"#,
        "pull_request",
        PULL,
        Filtered,
    ),
    (
        "cel-index",
        r#"{"filter":"data.pull_request.labels[1].name == 'p1'"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-size",
        r#"{"filter":"size(data.pull_request.labels) == 2"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-quoted-key",
        r#"{"filter":"data['repository']['full_name'].startsWith('octo/')"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-matches",
        r#"{"filter":"data.repository.full_name.matches('^octo/[a-z]+$')"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-in",
        r#"{"filter":"data.action in ['opened', 'closed']"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-has",
        r#"{"filter":"has(data.pull_request) && !has(data.issue)"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-has-deep",
        r#"{"filter":"has(data.pull_request.user.login) && !has(data.pull_request.user.name)"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-type",
        r#"{"filter":"event.type == 'com.github.pull_request.opened'"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-own-type",
        r#"{"filter":"event.event == 'pull_request.opened'"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-subject",
        r#"{"filter":"event.subject == 'octo/repo'"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-provider",
        r#"{"filter":"event.provider == 'github' && event.integrity == 'partial' || event.provider == 'github'"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-header",
        r#"{"filter":"headers['x-github-event'] == 'pull_request'"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-source",
        r#"{"filter":"source == 'cel-source'"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-query",
        r#"{"filter":"size(query) == 0"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-whole-data",
        r#"{"filter":"size(data) == 4 && 'action' in data"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-after-types",
        r#"{"filter":{"include":["push"],"when":"data.nothing"}}"#,
        "pull_request",
        PULL,
        Filtered,
    ),
    (
        "cel-absent",
        r#"{"filter":"data.nothing == 1"}"#,
        "pull_request",
        PULL,
        Dead("filter_failed", "there is no nothing"),
    ),
    (
        "cel-absent-or-true",
        r#"{"filter":"data.nothing == 1 || data.number == 7"}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "cel-absent-header",
        r#"{"filter":"headers['x-none'] == 'x'"}"#,
        "pull_request",
        PULL,
        Dead("filter_failed", "there is no x-none"),
    ),
    (
        "cel-other-type",
        r#"{"filter":"data.action > 5"}"#,
        "pull_request",
        PULL,
        Dead("filter_failed", ""),
    ),
    (
        "cel-no-bool",
        r#"{"filter":"data.number"}"#,
        "pull_request",
        PULL,
        Dead("filter_failed", "int"),
    ),
    (
        "cel-out-of-bounds",
        r#"{"filter":"data.pull_request.labels[9].name == 'x'"}"#,
        "pull_request",
        PULL,
        Dead("filter_failed", ""),
    ),
    (
        "cel-by-zero",
        r#"{"filter":"data.number / 0 == 1"}"#,
        "pull_request",
        PULL,
        Dead("filter_failed", "zero"),
    ),
    (
        "cel-twice",
        r#"{"filter":"data.x == 1"}"#,
        "push",
        r#"{"x":1,"x":2}"#,
        Dead("filter_failed", "given twice"),
    ),
    (
        "not-json",
        r#"{"filter":"data.x == 1"}"#,
        "push",
        "no json",
        Dead("not_json", ""),
    ),
    // Schemas.
    (
        "require",
        r#"{"validate":[{"require":{"number":"integer","/repository/full_name":"string"}}]}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "require-missing",
        r#"{"validate":[{"require":{"order_id":"string"}}]}"#,
        "pull_request",
        PULL,
        Dead("schema_violation", r#"[{"at":"","keyword":"required"}]"#),
    ),
    (
        "require-other-type",
        r#"{"validate":[{"require":{"/pull_request/user/login":"integer"}}]}"#,
        "pull_request",
        PULL,
        Dead(
            "schema_violation",
            r#"[{"at":"/pull_request/user/login","keyword":"type"}]"#,
        ),
    ),
    (
        "require-format",
        r#"{"validate":[{"require":{"/pull_request/user/email":"email","/pull_request/user/login":"date-time"}}]}"#,
        "pull_request",
        PULL,
        Dead(
            "schema_violation",
            r#"[{"at":"/pull_request/user/login","keyword":"format"}]"#,
        ),
    ),
    (
        "require-case",
        r#"{"validate":[{"require":{"orderId":"string"}}]}"#,
        "push",
        r#"{"orderId":"1"}"#,
        Whole,
    ),
    (
        "schema-of-other-type",
        r#"{"validate":[{"types":["push"],"require":{"x":"string"}}]}"#,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "schema-inline",
        r#"{"validate":[{"schema":{"properties":{"number":{"maximum":5}},"additionalProperties":true}}]}"#,
        "pull_request",
        PULL,
        Dead("schema_violation", "maximum"),
    ),
    (
        "schema-ref",
        r##"{"validate":[{"schema":{"$defs":{"n":{"minimum":5}},"properties":{"number":{"$ref":"#/$defs/n"}}}}]}"##,
        "pull_request",
        PULL,
        Whole,
    ),
    (
        "schema-rejects",
        r#"{"validate":[{"require":{"order_id":"string"},"on_violation":"reject"}]}"#,
        "pull_request",
        PULL,
        Rejected("/ required"),
    ),
    (
        "schema-tags",
        r#"{"validate":[{"require":{"order_id":"string"},"on_violation":"tag"}]}"#,
        "pull_request",
        PULL,
        Tagged(r#"[{"at":"","keyword":"required"}]"#),
    ),
    (
        "schema-first-of-two",
        r#"{"validate":[{"require":{"a":"any"},"on_violation":"tag"},{"require":{"b":"any"},"on_violation":"reject"}]}"#,
        "pull_request",
        PULL,
        Rejected("required"),
    ),
    (
        "filter-before-schema",
        r#"{"filter":{"exclude":["*"]},"validate":[{"require":{"a":"any"},"on_violation":"reject"}]}"#,
        "pull_request",
        PULL,
        Filtered,
    ),
    // Edits.
    (
        "keep",
        r#"{"edit":{"keep":["/number","/repository/stars","/pull_request/labels/*/name"]}}"#,
        "pull_request",
        PULL,
        As(
            r#"{"number":7,"pull_request":{"labels":[{"name":"bug"},{"name":"p1"}]},"repository":{"stars":1.50}}"#,
            "keep",
        ),
    ),
    (
        "keep-nothing",
        r#"{"edit":{"keep":["/nothing"]}}"#,
        "pull_request",
        PULL,
        As("{}", "keep"),
    ),
    (
        "drop",
        r#"{"edit":{"drop":["/pull_request","/repository/stars"]}}"#,
        "pull_request",
        PULL,
        As(
            r#"{"action":"opened","number":7,"repository":{"full_name":"octo/repo"}}"#,
            "drop",
        ),
    ),
    (
        "drop-wildcard",
        r#"{"edit":{"keep":["/pull_request/labels"],"drop":["/*/labels/0"]}}"#,
        "pull_request",
        PULL,
        As(
            r#"{"pull_request":{"labels":[{"name":"p1"}]}}"#,
            "keep,drop",
        ),
    ),
    (
        "redact-mask",
        r#"{"edit":{"keep":["/pull_request/user"],"redact":[{"at":"/pull_request/user/email"}]}}"#,
        "pull_request",
        PULL,
        As(
            r#"{"pull_request":{"user":{"login":"octo","email":"***"}}}"#,
            "keep,redact",
        ),
    ),
    (
        "redact-last4",
        r#"{"edit":{"keep":["/card"],"redact":[{"at":["/card"],"with":"last4"}]}}"#,
        "push",
        r#"{"card":"4242424242424242"}"#,
        As(r#"{"card":"***4242"}"#, "keep,redact"),
    ),
    // echo -n octo | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
    (
        "redact-hash",
        r#"{"edit":{"keep":["/pull_request/user/login"],"redact":[{"at":"/pull_request/user/login","with":"hash"}],"redact_key":{"env":"REDACT_KEY"}}}"#,
        "pull_request",
        PULL,
        As(
            r#"{"pull_request":{"user":{"login":"hmac-sha256:HASH"}}}"#,
            "keep,redact",
        ),
    ),
    (
        "map",
        r#"{"edit":{"map":"{'repo': data.repository.full_name, 'labels': data.pull_request.labels.map(l, l.name)}"}}"#,
        "pull_request",
        PULL,
        As(r#"{"labels":["bug","p1"],"repo":"octo/repo"}"#, "map"),
    ),
    (
        "map-after-redact",
        r#"{"edit":{"redact":[{"at":"/action"}],"map":"{'a': data.action}"}}"#,
        "pull_request",
        PULL,
        As(r#"{"a":"***"}"#, "redact,map"),
    ),
    (
        "map-fails",
        r#"{"edit":{"drop":["/action"],"map":"{'a': data.action}"}}"#,
        "pull_request",
        PULL,
        Dead("edit_failed", "there is no action"),
    ),
    (
        "edit-nothing",
        r#"{"edit":{"drop":["/nothing"]}}"#,
        "push",
        r#"{"a":1}"#,
        Whole,
    ),
    (
        "edit-after-schema",
        r#"{"validate":[{"require":{"number":"integer"}}],"edit":{"keep":["/action"]}}"#,
        "pull_request",
        PULL,
        As(r#"{"action":"opened"}"#, "keep"),
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_ends_where_the_table_says() {
    assert!(CASES.len() >= 60, "{} cases", CASES.len());
    let run = run_id();
    let sources: Vec<_> = CASES
        .iter()
        .map(|(name, own, ..)| ((*name).to_owned(), serde_json::from_str(own).expect(name)))
        .collect();
    let daemon = start(&run, &sources, json!({})).await;
    let client = daemon.client();
    let mut replies = Vec::new();
    for (name, _, event, body, ends) in CASES {
        let path = format!("/{name}");
        let reply = delivery(event, body).send(&client, &path, SECRET).await;
        let expected = match ends {
            Whole | As(..) | Tagged(_) | Dead(..) => (200, "accepted"),
            Filtered => (200, "filtered"),
            Rejected(_) => (422, "schema_violation"),
        };
        assert_eq!(
            (reply.status, reply.reason().as_str()),
            expected,
            "{name}: {reply:?}"
        );
        replies.push(reply);
    }
    let records = kafka::read_all(&kafka::address(), &format!("{run}."));
    let mut counts = (0, 0);
    for ((name, _, _, body, ends), reply) in CASES.iter().zip(replies) {
        let source = format!("https://hooks.example.com/{name}");
        let mut found = records
            .iter()
            .filter(|it| it.json()["source"] == json!(source));
        let found = (found.next(), found.next());
        let topic = |topic: &str| format!("{run}.{topic}");
        match (ends, found) {
            (Filtered, (None, None)) => {}
            (Rejected(said), (None, None)) => {
                let message = reply.json()["message"].as_str().unwrap().to_owned();
                assert!(message.contains(said), "{name}: {message}");
            }
            (Whole, (Some(record), None)) => {
                assert_eq!(record.topic, topic("events"), "{name}");
                assert!(record.payload.contains(body), "{name}: {}", record.payload);
                assert_eq!(record.json()["dataedits"], Value::Null, "{name}");
                counts.0 += 1;
            }
            (Tagged(violations), (Some(record), None)) => {
                assert_eq!(record.topic, topic("events"), "{name}");
                assert_eq!(
                    record.json()["schemaviolations"],
                    json!(violations),
                    "{name}"
                );
                assert!(record.payload.contains(body), "{name}: {}", record.payload);
                counts.0 += 1;
            }
            (As(data, edits), (Some(record), None)) => {
                assert_eq!(record.topic, topic("events"), "{name}");
                let json = record.json();
                let hash = crate::support::github::hmac_hex(super::KEY.as_bytes(), b"octo");
                let data = data.replace("HASH", &hash);
                let written = format!("\"data\":{data}}}");
                assert!(
                    record.payload.ends_with(&written),
                    "{name}: {}",
                    record.payload
                );
                assert_eq!(json["dataedits"], json!(edits), "{name}");
                assert_eq!(json["originaldigest"], json!(digest(body)), "{name}");
                counts.0 += 1;
            }
            (Dead(reason, detail), (Some(record), None)) => {
                assert_eq!(record.topic, topic("dead"), "{name}");
                let json = record.json();
                assert_eq!(json["deadletterreason"], json!(reason), "{name}");
                let said = json["deadletterdetail"].as_str().unwrap_or_default();
                assert!(said.contains(detail), "{name}: {said}");
                // Its data is what came in, edited or not.
                if *reason != "not_json" {
                    let written = format!("\"data\":{body}");
                    assert!(
                        record.payload.contains(&written),
                        "{name}: {}",
                        record.payload
                    );
                }
                counts.1 += 1;
            }
            (_, found) => panic!("{name}: {found:?}"),
        }
    }
    assert_eq!(records.len(), counts.0 + counts.1);
}

/// RFC 9530's form.
fn digest(body: &str) -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(body.as_bytes());
    let digest = base64::engine::general_purpose::STANDARD.encode(digest);
    format!("sha-256=:{digest}:")
}
