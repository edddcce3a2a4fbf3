//! What must not be kept is in no answer, and what strangers write stays data.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::page::Page;
use super::support::github::{Delivery, SECRET, signature};
use super::support::run_id;
use super::{NOBODY, TOKEN, source, start, unready};

/// Every answer of the API as one text.
async fn dump(page: &Page) -> String {
    let mut all = String::new();
    let list = page.get("exchanges?limit=500").await;
    all.push_str(&list.to_string());
    for exchange in list["exchanges"].as_array().unwrap() {
        let seq = &exchange["seq"];
        for path in [format!("exchanges/{seq}"), format!("exchanges/{seq}/raw")] {
            all.push_str(&page.raw(&path).await.text());
        }
    }
    for path in ["state", "bins", "export?format=har", "export?format=jsonl"] {
        all.push_str(&page.raw(path).await.text());
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_tokens_and_redacted_fields_are_in_no_answer() {
    let run = run_id();
    let own = "the-operators-own-secret-value";
    let folder = super::support::Folder::new();
    let kept = json!([{ "file": folder.write("own", own) }]);
    let of = |provider: &str, path: &str, more: Value| {
        let mut source = source(provider, json!({ "path": path, "secrets": kept }));
        for (name, value) in more.as_object().unwrap() {
            source[name] = value.clone();
        }
        source
    };
    let sources = json!({
        "github": of("github", "/github", json!({})),
        "gitlab": of("gitlab", "/gitlab", json!({})),
        "query": of("generic-api-key-query", "/query", json!({})),
        "bearer": of("generic-bearer", "/bearer", json!({})),
        "basic": of("generic-basic", "/basic", json!({ "secrets": [{ "file": folder.write("basic", "user:the-operators-password") }] })),
        "body": of("gitlab", "/body", json!({ "override": { "verify": { "token": { "from": "{json:/token}" } } } })),
        "edited": of("github", "/edited", json!({
            "edit": { "drop": ["/card"], "redact": [{ "at": "/mail", "with": "mask" }] },
        })),
    });
    let (daemon, page) = start(&run, sources, json!({})).await;
    let client = daemon.client();
    let json = ("content-type", "application/json");
    let body = r#"{"object_kind":"push","event":"x","event_id":"1"}"#;
    let mut sent = 0;
    let mut send = async |path: &str, headers: &[(&str, &str)], body: &str, status: u16| {
        let mut all = vec![json];
        all.extend(headers);
        let reply = client.post(path, &all, body.to_owned()).await;
        assert_eq!(reply.status, status, "{path}: {reply:?}");
        sent += 1;
        page.kept(sent).await
    };

    // Tokens, right and wrong, wherever they are shown.
    for (token, status) in [(own, 200), ("a-token-of-somebody-else", 401)] {
        let detail = send(
            "/gitlab",
            &[("x-gitlab-token", token), ("x-gitlab-event", "Push Hook")],
            body,
            status,
        )
        .await;
        assert!(
            detail["headers"]
                .to_string()
                .contains(r#"["x-gitlab-token","[redacted]"]"#),
            "{detail}"
        );
        assert_eq!(detail["can_replay"]["request"], false, "{detail}");
        assert!(!detail["steps"].as_array().unwrap().is_empty());
        let path = format!("/query?a=1&api_key={token}");
        let detail = send(&path, &[], body, status).await;
        assert_eq!(detail["query"], "a=1&api_key=[redacted]");
        send(
            "/bearer",
            &[("authorization", &format!("Bearer {token}"))],
            body,
            status,
        )
        .await;
        let body = format!(r#"{{"object_kind":"push","token":"{token}"}}"#);
        let detail = send("/body", &[("x-gitlab-event", "Push Hook")], &body, status).await;
        assert_eq!(detail["body"], Value::Null);
        assert!(
            detail["body_note"].as_str().unwrap().contains("token"),
            "{detail}"
        );
    }
    let basic = STANDARD.encode("user:the-operators-password");
    send(
        "/basic",
        &[("authorization", &format!("Basic {basic}"))],
        body,
        200,
    )
    .await;

    // Credentials that no preset knows of.
    let signed = signature(own, body.as_bytes());
    let headers = [
        ("x-hub-signature-256", signed.as_str()),
        ("x-github-event", "push"),
        ("cookie", "sid=somebodys-cookie"),
        ("x-api-key", "somebodys-key-value"),
        ("x-odd", "it holds the-operators-own-secret-value here"),
    ];
    let detail = send("/github?access_token=somebodys-access", &headers, body, 200).await;
    assert!(
        detail["headers"].to_string().contains("sha256="),
        "a signature is no credential"
    );
    // A body that holds the source's secret, and nobody's path.
    let leaking = format!(r#"{{"copy":"{own}"}}"#);
    let signed = signature(own, leaking.as_bytes());
    let detail = send(
        "/github",
        &[("x-hub-signature-256", &signed), ("x-github-event", "push")],
        &leaking,
        200,
    )
    .await;
    assert_eq!(detail["body"], Value::Null);
    assert_eq!(detail["can_replay"]["event"], false);
    send(
        "/nowhere?secret=somebodys-access",
        &[("authorization", "Bearer somebodys-key-value")],
        "{}",
        404,
    )
    .await;

    // Fields that are taken out before anything is published.
    let card = r#"{"card":"4242424242424242","mail":"somebody@example.com","rest":1}"#;
    let signed = signature(own, card.as_bytes());
    let detail = send(
        "/edited",
        &[("x-hub-signature-256", &signed), ("x-github-event", "push")],
        card,
        200,
    )
    .await;
    assert_eq!(detail["body"], r#"{"mail":"***","rest":1}"#);
    assert!(
        detail["body_note"]
            .as_str()
            .unwrap()
            .contains("takes fields out")
    );
    assert_eq!(
        (
            &detail["can_replay"]["event"],
            &detail["can_replay"]["request"]
        ),
        (&json!(true), &json!(false))
    );
    let wrong = signature("not the secret", card.as_bytes());
    let detail = send(
        "/edited",
        &[("x-hub-signature-256", &wrong), ("x-github-event", "push")],
        card,
        401,
    )
    .await;
    assert_eq!(detail["body"], Value::Null);
    assert!(
        detail["causes"].to_string().contains("another secret"),
        "{detail}"
    );

    // A secret that is only tried.
    let list = page.get("exchanges?limit=500").await;
    let last = &list["exchanges"][0]["seq"];
    let tried = json!({ "provider": "github", "secret": "a-secret-that-was-tried-once" });
    let answer = page
        .post(&format!("exchanges/{last}/verify"), &tried)
        .await
        .text();

    let all = dump(&page).await + &answer + &daemon.output();
    for secret in [
        own,
        "a-token-of-somebody-else",
        "the-operators-password",
        &basic,
        TOKEN,
        "somebodys-cookie",
        "somebodys-key-value",
        "somebodys-access",
        "4242424242424242",
        "somebody@example.com",
        "a-secret-that-was-tried-once",
    ] {
        assert!(!all.contains(secret), "{secret} is in an answer");
    }
    assert!(all.contains("object_kind"), "the dump holds what is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_strangers_write_stays_data() {
    const SCRIPT: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)>";
    let daemon = unready(&run_id(), NOBODY, super::github(), json!({}));
    let page = Page::of(&daemon);
    let client = daemon.client();
    let mut delivery = Delivery::push(SCRIPT);
    delivery.body = SCRIPT.into();
    delivery.event = SCRIPT.into();
    let mut headers: Vec<_> = delivery.headers(SECRET);
    headers.push(("x-odd", SCRIPT.to_owned()));
    headers.push(("content-type", "text/html".to_owned()));
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    client
        .post(
            "/webhooks/github?q=%3Cscript%3Ealert(1)%3C/script%3E",
            &headers,
            SCRIPT,
        )
        .await;
    client
        .post(
            "/%3Cscript%3Ealert(1)%3C/script%3E?a='%22%3E%3Cb%3E",
            &headers[..0],
            SCRIPT,
        )
        .await;
    let bin = page
        .post(
            "bins",
            &json!({ "note": SCRIPT, "reply": { "body": SCRIPT } }),
        )
        .await;
    assert_eq!(bin.status, 201);
    page.kept(2).await;
    for path in [
        "exchanges",
        "exchanges/1",
        "exchanges/2",
        "exchanges/1/raw",
        "bins",
        "state",
        "export?format=har",
        "export?format=jsonl",
    ] {
        let answer = page.raw(path).await;
        let media_type = answer.header("content-type");
        assert!(
            [
                "application/json",
                "application/jsonl",
                "application/octet-stream"
            ]
            .contains(&media_type.as_str())
                || answer.status == 404,
            "{path}: {media_type}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        if answer.status == 200 && !path.ends_with("raw") && !path.contains("jsonl") {
            answer.json();
        }
        if path.ends_with("raw") && answer.status == 200 {
            assert!(
                answer
                    .header("content-disposition")
                    .starts_with("attachment")
            );
        }
    }
    // One line an event, whatever stands in it.
    let mut live = page.live(Some(0)).await;
    for _ in 0..2 {
        let event = live.next_exchange(super::support::PATIENCE).await;
        assert!(event["seq"].is_u64());
    }
}
