//! Bins: whatever is sent is taken, shown and answered as was asked, for a while.

use std::time::{Duration, Instant};

use hookferry::settings::providers;
use hookferry::time::UnixTime;
use serde_json::{Value, json};

use super::explain::{preset, send, signed};
use super::page::Page;
use super::support::daemon::Daemon;
use super::support::{run_id, until};
use super::{NOBODY, github, unready};

fn start(inspector: Value) -> (Daemon, Page) {
    let daemon = unready(&run_id(), NOBODY, github(), inspector);
    let page = Page::of(&daemon);
    (daemon, page)
}

async fn open(page: &Page, form: Value) -> Value {
    let answer = page.post("bins", &form).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bin_takes_anything_and_answers_as_it_was_told() {
    let (daemon, page) = start(json!({}));
    let client = daemon.client();
    let reply = json!({ "status": 503, "headers": { "x-mine": "yes", "content-type": "text/plain" }, "body": "not now", "delay_ms": 300 });
    let bin = open(&page, json!({ "reply": reply, "note": "what comes?" })).await;
    let path = bin["path"].as_str().unwrap().to_owned();
    assert_eq!(bin["url"], format!("https://hooks.example.com{path}"));
    let id = bin["id"].as_str().unwrap();
    assert!(
        id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "128 bits: {id}"
    );
    assert_ne!(open(&page, json!({})).await["id"], bin["id"]);

    let methods = [
        "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PROPFIND",
    ];
    for (at, method) in methods.into_iter().enumerate() {
        let began = Instant::now();
        let method = hyper::Method::from_bytes(method.as_bytes()).unwrap();
        let target = format!("{path}/more/{at}?x=y");
        let headers = [
            ("content-type", "application/octet-stream"),
            ("x-its-own", "1"),
        ];
        let answer = client
            .request(
                method.clone(),
                &target,
                &headers,
                vec![0, 159, 146, 150].into(),
            )
            .await;
        assert_eq!(answer.status, 503);
        assert_eq!(answer.header("x-mine"), Some("yes"));
        let policy = answer.header("content-security-policy");
        assert!(policy.is_some_and(|policy| policy.starts_with("sandbox")));
        assert!(
            began.elapsed() >= Duration::from_millis(300),
            "it waits before it answers"
        );
        if method != hyper::Method::HEAD {
            assert_eq!(answer.text(), "not now");
        }
        let detail = page.kept(at + 1).await;
        assert_eq!(
            (&detail["outcome"], &detail["bin"]),
            (&json!("captured"), &json!(id))
        );
        assert_eq!(detail["method"], method.as_str());
        assert_eq!(detail["path"], target);
        assert_eq!(detail["body_base64"], "AJ+Slg==");
        assert_eq!(detail["can_replay"]["request"], false);
    }
    let of_bin = page.get(&format!("exchanges?bin={id}")).await;
    assert_eq!(of_bin["exchanges"].as_array().unwrap().len(), methods.len());
    assert_eq!(
        page.get("exchanges?bin=other").await["exchanges"],
        json!([])
    );
    let shown = page.get(&format!("bins/{id}")).await;
    assert_eq!(
        (&shown["count"], &shown["note"]),
        (&json!(8), &json!("what comes?"))
    );
    // The limits of all hold for bins, too. No larger than what is read of it all the same, so that the
    // client sees the answer.
    let large = client.post(&path, &[], vec![0; 200_000]).await;
    assert_eq!(large.status, 413);

    let deleted = page
        .ask(
            "DELETE",
            &format!("/inspector/api/bins/{id}"),
            &[
                ("authorization", &format!("Bearer {}", super::TOKEN)),
                ("x-hookferry", "1"),
            ],
            "",
        )
        .await;
    assert_eq!(deleted.status, 204);
    assert_eq!(client.get(&path).await.status, 404);
    assert_eq!(page.raw(&format!("bins/{id}")).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bins_end_by_age_and_count_and_are_few() {
    let (daemon, page) = start(json!({ "bins_max": 2, "bin_entries_max": 3 }));
    let client = daemon.client();
    let counted = open(&page, json!({})).await;
    let path = counted["path"].as_str().unwrap();
    for _ in 0..3 {
        assert_eq!(client.get(path).await.status, 200);
    }
    assert_eq!(
        client.get(path).await.status,
        404,
        "it has taken what it may"
    );
    let opened = Instant::now();
    let short = open(&page, json!({ "age_s": 6 })).await;
    // The full one makes room for another, and then there is none.
    open(&page, json!({})).await;
    let gone = counted["id"].as_str().unwrap();
    assert_eq!(page.raw(&format!("bins/{gone}")).await.status, 404);
    let refused = page.post("bins", &json!({})).await;
    assert_eq!(refused.status, 400);
    assert!(
        refused.json()["error"]
            .as_str()
            .unwrap()
            .contains("2 bins already")
    );
    let path = short["path"].as_str().unwrap();
    let own = format!("bins/{}", short["id"].as_str().unwrap());
    assert_eq!(client.get(path).await.status, 200);
    assert_eq!(page.raw(&own).await.status, 200);
    until(
        "the bin ends by its age",
        Duration::from_secs(10),
        // Not by what it takes, of which there may be three.
        || async { page.raw(&own).await.status == 404 },
    )
    .await;
    assert!(opened.elapsed() >= Duration::from_millis(5900));
    assert_eq!(client.get(path).await.status, 404);
    open(&page, json!({})).await;

    for (form, said) in [
        (json!({ "reply": { "status": 199 } }), "status"),
        (json!({ "reply": { "status": 600 } }), "status"),
        (json!({ "reply": { "delay_ms": 30_001 } }), "delay_ms"),
        (json!({ "reply": { "body": "x".repeat(40_000) } }), "body"),
        (
            json!({ "reply": { "headers": { "set-cookie": "a=b" } } }),
            "set-cookie",
        ),
        (
            json!({ "reply": { "headers": { "Transfer-Encoding": "chunked" } } }),
            "Transfer-Encoding",
        ),
        (
            json!({ "reply": { "headers": { "content-length": "5" } } }),
            "content-length",
        ),
        (
            json!({ "reply": { "headers": { "x": "a\r\nset-cookie: b" } } }),
            "cannot be sent",
        ),
        (
            json!({ "reply": { "headers": { "x y": "a" } } }),
            "names no header",
        ),
        (json!({ "age_s": 0 }), "age_s"),
        (json!({ "age_s": 1_000_000_000 }), "age_s"),
        (json!({ "note": "x".repeat(500) }), "note"),
        (json!({ "other": 1 }), "not what is asked for"),
    ] {
        // Room for one, so that it is not the number that is refused.
        for bin in page.get("bins").await["bins"].as_array().unwrap() {
            let path = format!("/inspector/api/bins/{}", bin["id"].as_str().unwrap());
            let headers = [
                ("authorization", &*format!("Bearer {}", super::TOKEN)),
                ("x-hookferry", "1"),
            ];
            page.ask("DELETE", &path, &headers, "").await;
        }
        let answer = page.post("bins", &form).await;
        assert_eq!(answer.status, 400, "{form}: {}", answer.text());
        assert!(
            answer.json()["error"].as_str().unwrap().contains(said),
            "{form}: {}",
            answer.text()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_preset_of_what_comes_is_recognised_and_a_secret_tried() {
    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    let (daemon, page) = start(json!({ "bins_max": 50, "bin_entries_max": 1000 }));
    let bin = open(&page, json!({})).await;
    let path = bin["path"].as_str().unwrap();
    let url = format!("https://hooks.example.com{path}");
    let mut sent = 0_u64;
    let (mut right, mut wrong) = (Vec::new(), Vec::new());
    // Every fifth, and those that everybody knows.
    let known = [
        "stripe", "github", "shopify", "slack", "gitlab", "twilio", "mailgun", "linear", "zendesk",
        "typeform",
    ];
    let ids = providers::ids()
        .enumerate()
        .filter(|(at, id)| at % 5 == 0 || known.contains(id));
    for (_, id) in ids {
        let preset = preset(id);
        let is_generic = id == "dev" || id.starts_with("generic");
        let Some(sample) = preset.samples.first().filter(|_| !is_generic) else {
            continue;
        };
        // Some can be signed by nobody but their provider.
        let Ok(signed) = signed(&preset, sample, SECRET, &url, UnixTime::now()) else {
            continue;
        };
        assert_eq!(
            send(&daemon, path, &signed, signed.body.clone()).await,
            200,
            "{id}"
        );
        sent += 1;
        until("it is kept", Duration::from_secs(5), || async {
            let list = page.get("exchanges?limit=1").await;
            list["exchanges"][0]["seq"].as_u64() == Some(sent)
        })
        .await;
        let detail = page.get(&format!("exchanges/{sent}")).await;
        if detail["guess"] == id {
            right.push(id)
        } else {
            wrong.push((id, detail["guess"].clone()))
        }
        if known.contains(&id) {
            let tried = json!({ "provider": id, "secret": SECRET, "url": url });
            let verdict = page
                .post(&format!("exchanges/{}/verify", detail["seq"]), &tried)
                .await;
            assert_eq!(
                verdict.json()["verdict"],
                "accept",
                "{id}: {}",
                verdict.text()
            );
            let tried =
                json!({ "provider": id, "secret": "another-secret-0123456789", "url": url });
            let verdict = page
                .post(&format!("exchanges/{}/verify", detail["seq"]), &tried)
                .await
                .json();
            assert_eq!(verdict["verdict"], "reject", "{id}");
            assert!(!verdict["causes"].as_array().unwrap().is_empty());
        }
    }
    println!("{} right, wrong: {wrong:?}", right.len());
    assert!(
        right.len() >= 20 && known.iter().all(|id| right.contains(id)),
        "{wrong:?}"
    );
    assert!(wrong.len() * 10 <= right.len(), "{wrong:?}");

    let odd = json!({ "provider": "nobody", "secret": SECRET });
    assert_eq!(page.post("exchanges/1/verify", &odd).await.status, 400);
}
