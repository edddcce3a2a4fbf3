//! Who may not look: other sites in the operator's browser, whoever has no token, and the whole Internet.

use std::time::Duration;

use serde_json::json;

use super::page::Page;
use super::support::daemon::{Daemon, config};
use super::support::github::SECRET;
use super::support::{PATIENCE, run_id};
use super::{NOBODY, TOKEN, github, unready};

const STATE: &str = "/inspector/api/state";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_sites_and_other_names_are_kept_out() {
    let inspector = json!({ "hosts": ["hookferry.internal"] });
    let daemon = unready(&run_id(), NOBODY, github(), inspector);
    let page = Page::of(&daemon);
    let bearer = format!("Bearer {TOKEN}");
    let port = daemon.admin.port();
    let own = daemon.admin.to_string();
    let ask = async |method: &str, path: &str, more: &[(&str, &str)]| {
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(more);
        page.ask(
            method,
            path,
            &headers,
            if method == "GET" { "" } else { "{}" },
        )
        .await
    };

    // A name that was made to point here; a target that names another host; two hosts.
    for host in [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.example:80",
        "user@localhost",
        "[::2]",
        "10.0.0.1",
        "",
        "hookferry.internal.",
        "xhookferry.internal",
    ] {
        let answer = ask("GET", STATE, &[("host", host)]).await;
        assert_eq!(answer.status, 421, "{host}");
        assert!(!answer.text().contains("sources"));
    }
    for path in [
        "/inspector/",
        "/inspector/app.js",
        "/_bins",
        "/inspector/api/session",
    ] {
        assert_eq!(
            ask("GET", path, &[("host", "evil.example")]).await.status,
            421,
            "{path}"
        );
    }
    // Secrets that were handed over are shown under no such name either; what machines ask is.
    for (path, host, expected) in [
        ("/learned", "evil.example", 421),
        ("/learned", "localhost.evil.example:80", 421),
        ("/learned", "", 421),
        ("/learned", "localhost:9090", 200),
        ("/learned", "127.0.0.1", 200),
        ("/learned", "[::1]:9090", 200),
        ("/metrics", "pod.example", 200),
    ] {
        let answer = ask("GET", path, &[("host", host)]).await;
        assert_eq!(answer.status, expected, "{path} of {host}");
    }
    let absolute = "http://evil.example/learned";
    assert_eq!(ask("GET", absolute, &[]).await.status, 421);
    let absolute = format!("http://evil.example{STATE}");
    assert_eq!(ask("GET", &absolute, &[]).await.status, 421);
    assert_eq!(
        ask(
            "GET",
            STATE,
            &[("host", "localhost"), ("host", "evil.example")]
        )
        .await
        .status,
        421
    );
    for host in [
        format!("localhost:{port}"),
        format!("[::1]:{port}"),
        own.clone(),
        "hookferry.internal".into(),
        "HookFerry.Internal:8443".into(),
    ] {
        assert_eq!(
            ask("GET", STATE, &[("host", &host)]).await.status,
            200,
            "{host}"
        );
    }

    // Another origin, also of this machine, and what browsers say of where it comes from.
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost:1",
        "http://127.0.0.1",
        "file://",
        "http://127.0.0.1.evil.example",
    ] {
        for method in ["GET", "POST"] {
            let path = if method == "GET" { STATE } else { "/_bins" };
            let headers = [("origin", origin), ("content-type", "application/json")];
            assert_eq!(ask(method, path, &headers).await.status, 403, "{origin}");
        }
    }
    for site in ["cross-site", "same-site"] {
        assert_eq!(
            ask("GET", STATE, &[("sec-fetch-site", site)]).await.status,
            403
        );
        assert_eq!(
            ask("GET", "/inspector/", &[("sec-fetch-site", site)])
                .await
                .status,
            403
        );
    }
    let same = format!("http://{own}");
    for headers in [
        [("origin", same.as_str()), ("sec-fetch-site", "same-origin")],
        [("origin", same.as_str()), ("sec-fetch-site", "none")],
    ] {
        assert_eq!(ask("GET", STATE, &headers).await.status, 200);
    }

    // What a form of another page could send changes nothing.
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
    ] {
        for path in [
            "/_bins",
            "/inspector/api/bins",
            "/inspector/api/session",
            "/inspector/api/exchanges/1/replay",
        ] {
            let answer = ask("POST", path, &[("content-type", content_type)]).await;
            assert_eq!(answer.status, 415, "{path} {content_type}");
        }
    }
    assert_eq!(
        ask("POST", "/_bins", &[("x-hookferry", "1")]).await.status,
        201
    );
    let bins = page.get("bins").await;
    assert_eq!(bins["bins"].as_array().unwrap().len(), 1, "{bins}");

    // No answer lets another origin read it.
    for (method, path) in [
        ("GET", STATE),
        ("OPTIONS", STATE),
        ("GET", "/inspector/"),
        ("GET", "/metrics"),
    ] {
        let headers = [
            ("access-control-request-method", "POST"),
            ("content-type", "application/json"),
        ];
        let answer = ask(method, path, &headers).await;
        let cors = answer
            .headers
            .keys()
            .find(|name| name.as_str().starts_with("access-control"));
        assert!(cors.is_none(), "{method} {path}");
    }
    let index = ask("GET", "/inspector/", &[]).await;
    let policy = index.header("content-security-policy");
    for directive in [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(directive), "{policy}");
    }
    assert!(!policy.contains("unsafe"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(index.header(name), value);
    }
    let moved = ask("GET", "/inspector", &[]).await;
    assert_eq!(
        (moved.status, moved.header("location")),
        (308, "/inspector/".into())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_looks_without_the_token() {
    let daemon = unready(&run_id(), NOBODY, github(), json!({}));
    let page = Page::of(&daemon);
    let json = ("content-type", "application/json");
    let paths = [
        "state",
        "exchanges",
        "live",
        "exchanges/1",
        "exchanges/1/raw",
        "export?format=har",
        "export?format=jsonl",
        "bins",
        "bins/x",
        "nothing",
    ];
    let nearly = format!("Bearer {}", &TOKEN[1..]);
    let longer = format!("Bearer {TOKEN}x");
    let basic = format!("Basic {TOKEN}");
    for wrong in [
        "",
        "Bearer ",
        "Bearer wrong",
        &nearly,
        &longer,
        &basic,
        TOKEN,
    ] {
        for path in paths {
            let path = format!("/inspector/api/{path}");
            let answer = page
                .ask("GET", &path, &[("authorization", wrong)], "")
                .await;
            assert_eq!(answer.status, 401, "{path} {wrong:?}");
            assert!(answer.json()["error"].is_string() && answer.json()["remedy"].is_string());
        }
        for (method, path) in [
            ("POST", "/_bins"),
            ("POST", "/inspector/api/exchanges/1/replay"),
            ("POST", "/inspector/api/exchanges/1/verify"),
            ("DELETE", "/inspector/api/bins/x"),
        ] {
            let answer = page
                .ask(method, path, &[("authorization", wrong), json], "{}")
                .await;
            assert_eq!(answer.status, 401, "{path} {wrong:?}");
        }
        let cookie = format!(
            "hookferry_inspector={}",
            wrong.trim_start_matches("Bearer ")
        );
        assert_eq!(
            page.ask("GET", STATE, &[("cookie", &cookie)], "")
                .await
                .status,
            401
        );
    }
    // The token is not taken from an address, where logs would have it.
    let in_query = format!("{STATE}?token={TOKEN}");
    assert_eq!(page.ask("GET", &in_query, &[], "").await.status, 401);
    // The page itself holds nothing, and asks for it.
    assert_eq!(page.ask("GET", "/inspector/", &[], "").await.status, 200);

    let wrong = page
        .ask(
            "POST",
            "/inspector/api/session",
            &[json],
            r#"{"token":"wrong"}"#,
        )
        .await;
    assert_eq!(
        (wrong.status, wrong.header("set-cookie")),
        (401, String::new())
    );
    let opened = page
        .ask(
            "POST",
            "/inspector/api/session",
            &[json],
            &json!({ "token": TOKEN }).to_string(),
        )
        .await;
    assert_eq!(opened.status, 204);
    let cookie = opened.header("set-cookie");
    for flag in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.split("; ").any(|known| known == flag), "{cookie}");
    }
    assert!(!cookie.contains(TOKEN) && !cookie.contains("Secure"));
    // A browser that has come by HTTPS, to a proxy in between: it sends the cookie by nothing else.
    let secure = page
        .ask(
            "POST",
            "/inspector/api/session",
            &[json, ("origin", &format!("https://{}", daemon.admin))],
            &json!({ "token": TOKEN }).to_string(),
        )
        .await;
    assert!(secure.header("set-cookie").ends_with("; Secure"));
    let pair = cookie.split(';').next().unwrap().to_owned();
    assert_eq!(
        page.ask("GET", STATE, &[("cookie", &format!("a=b; {pair}"))], "")
            .await
            .status,
        200
    );
    assert_eq!(page.get("state").await["session"], false, "by the token");
    let own = page.ask("GET", STATE, &[("cookie", &pair)], "").await;
    assert_eq!(own.json()["session"], true);
    let cross = [("cookie", pair.as_str()), ("sec-fetch-site", "cross-site")];
    assert_eq!(page.ask("GET", STATE, &cross, "").await.status, 403);
    let mut live = page.live_as(&[("cookie", &pair)]).await;
    daemon.client().get("/seen").await;
    live.next_exchange(PATIENCE).await;
    let closed = page
        .ask(
            "DELETE",
            "/inspector/api/session",
            &[("cookie", &pair), json],
            "{}",
        )
        .await;
    assert_eq!(closed.status, 204);
    assert_eq!(
        page.ask("GET", STATE, &[("cookie", &pair)], "")
            .await
            .status,
        401
    );

    // Nor does anybody read along.
    daemon.client().get("/unseen").await;
    let rest = live.rest(PATIENCE).await;
    assert!(!rest.contains("unseen"), "{rest}");

    // What is too large or no JSON is refused, and nothing that was typed is repeated.
    let odd = page
        .ask(
            "POST",
            "/inspector/api/session",
            &[json],
            r#"{"tokken":"my-typed-token"}"#,
        )
        .await;
    assert_eq!(odd.status, 400);
    assert!(!odd.text().contains("my-typed-token"));
    let long = format!(r#"{{"token":"{}"}}"#, "x".repeat(200_000));
    assert_eq!(
        page.ask("POST", "/inspector/api/session", &[json], &long)
            .await
            .status,
        413
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ingress_serves_nothing_of_it() {
    let daemon = unready(&run_id(), NOBODY, github(), json!({}));
    let client = daemon.client();
    let bearer = format!("Bearer {TOKEN}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    for path in [
        "/inspector",
        "/inspector/",
        "/inspector/app.js",
        STATE,
        "/inspector/api/exchanges",
        "/%69nspector/",
        "/inspector%2fapi/state",
        "//inspector/api/state",
        "/./inspector/api/state",
        "/x/../inspector/api/state",
        "/_bins",
        "/_bins/",
        "/%5fbins",
        "/_bins/../inspector/api/state",
        "/_bins/%2e%2e/inspector/",
        "/_bins/x",
        "/metrics",
        "/learned",
        "/readyz",
        "/livez",
        "/webhooks/github/../../inspector/",
    ] {
        for method in ["GET", "POST", "HEAD", "PUT", "OPTIONS"] {
            let method = hyper::Method::from_bytes(method.as_bytes()).unwrap();
            let reply = client.request(method, path, &headers, "{}".into()).await;
            assert_eq!(reply.status, 404, "{path}");
            let text = reply.text();
            assert!(
                !text.contains("sources") && !text.contains("<html"),
                "{path}: {text}"
            );
        }
    }
    // And the admin side no bin.
    let page = Page::of(&daemon);
    let bin = page.post("bins", &json!({})).await.json();
    let path = bin["path"].as_str().unwrap();
    assert_eq!(page.ask("GET", path, &[], "").await.status, 404);
    assert_eq!(client.get(path).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_it_is_off_nothing_of_it_is_there() {
    let sink = json!({ "kafka": { "type": "kafka", "brokers": NOBODY } });
    let config = config(json!({ "sinks": sink, "sources": github() }));
    let daemon = Daemon::start(config, &[("GITHUB_SECRET", SECRET)]);
    let page = Page::of(&daemon);
    for path in ["/inspector", "/inspector/", STATE, "/_bins"] {
        assert_eq!(page.ask("GET", path, &[], "").await.status, 404, "{path}");
        let json = ("content-type", "application/json");
        assert_eq!(
            page.ask("POST", path, &[json], "{}").await.status,
            405,
            "{path}"
        );
        assert_eq!(daemon.client().get(path).await.status, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_are_answered_while_inspectors_hang_on_every_connection_that_they_may_have() {
    let daemon = unready(&run_id(), NOBODY, github(), json!({}));
    let page = Page::of(&daemon);
    let mut readers = Vec::new();
    for _ in 0..16 {
        readers.push(page.live(None).await);
    }
    let refused = page.raw("live").await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    // Others ask for much and read nothing of it.
    let mut hanging = Vec::new();
    for _ in 0..64 {
        use tokio::io::AsyncWriteExt as _;
        let mut stream = tokio::net::TcpStream::connect(daemon.admin).await.unwrap();
        let head = format!(
            "GET /inspector/app.js HTTP/1.1\r\nhost: {}\r\n\r\n",
            daemon.admin
        );
        // Those that are too many may be closed at once.
        let _ = stream.write_all(head.repeat(50).as_bytes()).await;
        hanging.push(stream);
    }
    let began = std::time::Instant::now();
    for path in ["/metrics", "/livez"] {
        assert_eq!(daemon.admin().get(path).await.status, 200);
    }
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );
    // Those who read along go on.
    daemon.client().get("/nowhere").await;
    for reader in &mut readers {
        let event = reader.next_exchange(super::support::PATIENCE).await;
        assert_eq!(event["reason"], "not_found");
    }
    drop(hanging);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_changes_counts_without_a_restart_and_ends_what_the_old_one_opened() {
    const NEXT: &str = "the-next-token-0123456789";
    let folder = super::support::Folder::new();
    let file = folder.write("token", TOKEN);
    let inspector = json!({ "token": { "file": file } });
    let daemon = unready(&run_id(), NOBODY, github(), inspector);
    let page = Page::of(&daemon);
    let json = ("content-type", "application/json");
    let token = json!({ "token": TOKEN }).to_string();
    let opened = page
        .ask("POST", "/inspector/api/session", &[json], &token)
        .await;
    let cookie = opened.header("set-cookie");
    let pair = cookie.split(';').next().unwrap();
    assert_eq!(
        page.ask("GET", STATE, &[("cookie", pair)], "").await.status,
        200
    );
    folder.write("token", NEXT);
    let next = format!("Bearer {NEXT}");
    super::support::until("the new token counts", Duration::from_secs(20), || async {
        let answer = page
            .ask("GET", STATE, &[("authorization", &next)], "")
            .await;
        answer.status == 200
    })
    .await;
    assert_eq!(page.raw("state").await.status, 401, "the old token");
    assert_eq!(
        page.ask("GET", STATE, &[("cookie", pair)], "").await.status,
        401
    );
}
