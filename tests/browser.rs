//! The inspector's page in Debian's Chromium, by real clicks and keys, before a daemon with real brokers:
//! did it arrive, and why not?
//!
//! `HOOKFERRY_TEST_WRITE=1` writes the README's pictures, docs/images/inspector-*.png.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

mod support;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use hyper::Method;
use serde_json::{Value, json};

use support::browser::{Browser, DOWN, ENTER, ESCAPE, TAB};
use support::client::{Client, Reply};
use support::daemon::{Daemon, config};
use support::github::{Delivery, SECRET, hmac_hex};
use support::proxy::{Mode, Proxy};
use support::{kafka, now_s, output_of, project_file, run_id};

const GITHUB: &str = "/webhooks/github";
const STRIPE: &str = "/webhooks/stripe";
const TOKEN: &str = "a-token-of-the-inspector-and-of-nothing-else";
const OTHER: &str = "whsec_of-another-endpoint";

/// A daemon with an inspector, and a browser for it.
struct Desk {
    run: String,
    daemon: Daemon,
    client: Client,
    browser: Browser,
}

impl Desk {
    async fn start() -> Self {
        Self::with(json!({ "enabled": true }), json!({})).await
    }

    async fn with(inspector: Value, dedup: Value) -> Self {
        let run = run_id();
        kafka::create(&kafka::address(), &run, 1, 1, &[]).await;
        Self::publishing_to(run, inspector, dedup).await
    }

    async fn publishing_to(run: String, inspector: Value, dedup: Value) -> Self {
        let source = |provider: &str| {
            json!({
                "provider": provider, "path": format!("/webhooks/{provider}"),
                "secrets": [{ "env": "SECRET" }], "sinks": ["kafka"],
            })
        };
        let config = config(json!({
            "admin": { "listen": "127.0.0.1:0", "inspector": inspector },
            "limits": { "reply_within_ms": 10_000 },
            "dedup": dedup,
            "sinks": { "kafka": { "type": "kafka", "brokers": kafka::address(), "topic": run } },
            "sources": { "github": source("github"), "stripe": source("stripe"), "shopify": source("shopify") },
        }));
        let daemon = Daemon::start(config, &[("SECRET", SECRET), ("TOKEN", TOKEN)]);
        daemon.ready().await;
        let client = daemon.client();
        let browser = Browser::start();
        Self {
            run,
            daemon,
            client,
            browser,
        }
    }

    fn page(&self) -> String {
        page(self.daemon.admin)
    }

    /// Opens the page, and waits until it follows.
    fn open(&self) {
        self.browser.open(&self.page());
        self.browser.see_text("#connection", "Live");
    }

    async fn push(&self, id: &str) {
        let reply = Delivery::push(id).send(&self.client, GITHUB, SECRET).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }

    async fn stripe(&self, secret: &str, body: &str) -> Reply {
        let now = now_s();
        let signature = hmac_hex(secret.as_bytes(), format!("{now}.{body}").as_bytes());
        let headers = [
            ("content-type", "application/json"),
            ("user-agent", "Stripe/1.0"),
            ("stripe-signature", &format!("t={now},v1={signature}")),
        ];
        self.client.post(STRIPE, &headers, body.to_owned()).await
    }

    /// The whole run went without a fault, and nothing but its own origin was asked. `expected` are
    /// words in faults that the test means to cause.
    fn blameless(&self, expected: &[&str]) {
        let origin = format!("http://{}/", self.daemon.admin);
        blameless(&self.browser, &origin, expected);
    }
}

fn page(address: SocketAddr) -> String {
    format!("http://{address}/inspector/")
}

fn blameless(browser: &Browser, origin: &str, expected: &[&str]) {
    let console = browser.console();
    let unexpected = console
        .iter()
        .filter(|line| !expected.iter().any(|word| line.contains(word)));
    assert_eq!(unexpected.collect::<Vec<_>>(), [""; 0]);
    let requests = browser.requests();
    assert!(requests.len() > 10, "{requests:?}");
    let strangers = requests
        .iter()
        .filter(|url| !url.starts_with(origin) && !url.starts_with("data:"));
    assert_eq!(strangers.collect::<Vec<_>>(), [""; 0]);
}

fn invoice(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","object":"event","type":"invoice.paid","created":1764331200,"livemode":false,"data":{{"object":{{"id":"in_1Q","amount_paid":12345678901234567890,"currency":"eur","metadata":{{}}}}}}}}"#
    )
}

fn row(text: &str) -> String {
    let wanted = json!(text);
    format!("[...document.querySelectorAll('.row')].find((it) => it.innerText.includes({wanted}))")
}

/// Clicks the row that holds this text.
fn open_row(browser: &Browser, text: &str) {
    let found = row(text);
    browser.wait(text, &found);
    let id = browser.script(&format!("return {found}.id"));
    browser.click(&format!("#{}", id.as_str().expect("a row has an id")));
    browser.see("#detail-title");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_arrives_by_itself_and_its_failure_is_explained() {
    let desk = Desk::start().await;
    let browser = &desk.browser;
    desk.open();
    browser.see_text(".empty", "Waiting for the first request");
    browser.see_text(
        ".empty .command",
        &format!("http://{}{GITHUB}", desk.daemon.ingress),
    );
    browser.script("window.sameDocument = true");

    let id = format!("{}-first", desk.run);
    desk.push(&id).await;
    browser.see_text(".row", &id);
    let text = browser.text(".row");
    for word in ["Accepted", "200", "push", "github", &desk.run] {
        assert!(text.contains(word), "{word} is not in {text}");
    }
    open_row(browser, &id);
    browser.see_text("#verdict", "It arrived, and is stored in kafka.");
    browser.see_text(".where", &format!("{} [0]@0", desk.run));
    browser.see(".timeline rect.stage-3");
    browser.see(".step.tone-good");

    // A secret of another endpoint, as after a copy from the wrong place.
    let reply = desk.stripe(OTHER, &invoice("evt_1")).await;
    assert_eq!(reply.status, 401, "{reply:?}");
    open_row(browser, "wrong signature");
    browser.see_text(".row.selected", "Refused");
    browser.see_text("#verdict", "nother secret was used");
    browser.see_text("#verdict", "What to do");
    browser.see(".step.tone-bad");
    browser.see_text(".facts", "wrong signature");
    assert!(!browser.text("body").contains(SECRET));

    // The captured request itself is judged by the secrets that are tried.
    browser.click("#verdict .link");
    browser.see("#trial");
    assert_eq!(
        browser.script("return document.querySelector('#trial select').value"),
        "stripe"
    );
    browser.fill("#trial [name=secret]", SECRET);
    browser.click("#trial [type=submit]");
    browser.see_text("#trial-said", "It does not verify");
    browser.refill("#trial [name=secret]", OTHER);
    browser.click("#trial [type=submit]");
    browser.see_text("#trial-said", "It verifies with this secret");

    browser.click("#tab-body");
    // A number that JavaScript cannot hold is shown as it was written.
    browser.see_text(".json", "12345678901234567890");
    let raw = browser.script(
        "return fetch(document.getElementById('download-raw').href).then((it) => it.text())",
    );
    assert_eq!(raw, json!(invoice("evt_1")));
    browser.click("#tab-headers");
    browser.see_text(".headers", "stripe-signature");
    // Judged again from the start, it is what deduplication knows.
    open_row(browser, &id);
    browser.click("#replay-request");
    browser.see_text(".toast", "Replayed: accepted 200, duplicate");
    browser.click(".toast a");
    browser.see_text("#verdict", "It arrived before");
    assert_eq!(browser.script("return window.sameDocument"), json!(true));
    desk.blameless(&[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_looked_for_is_found() {
    let desk = Desk::start().await;
    let browser = &desk.browser;
    desk.open();
    for number in 0..3 {
        desk.push(&format!("push-{number}")).await;
    }
    desk.stripe(SECRET, &invoice("evt_paid")).await;
    desk.stripe(OTHER, &invoice("evt_forged")).await;
    desk.client.get("/nowhere").await;
    browser.wait("six rows", "document.querySelectorAll('.row').length === 6");
    let shown = |count: usize| {
        browser.wait(
            "rows",
            &format!("document.querySelectorAll('.row').length === {count}"),
        )
    };

    browser.fill("#search", "PUSH-1 github");
    shown(1);
    browser.keys(ESCAPE);
    shown(6);
    browser.fill("#search", &desk.run);
    shown(4);
    browser.click("#search");
    browser.keys(ESCAPE);
    browser.click("[data-outcome=refused]");
    shown(1);
    browser.see_text(".row", "wrong signature");
    browser.click("[data-outcome=all]");
    browser.choose("#filter-source", "stripe");
    shown(2);
    browser.click("[data-outcome=accepted]");
    shown(1);
    browser.fill("#search", "nothing-has-this");
    browser.see_text(".empty", "Nothing fits");
    browser.click(".empty button");
    shown(6);
    assert_eq!(
        browser.script("return document.querySelector('#filter-source').value"),
        ""
    );

    // All of it can be taken away.
    browser.click("#export summary");
    let exported = |format: &str| {
        let link = json!(format!("#export a[href$='{format}']"));
        browser.wait(
            "the menu",
            &format!("document.querySelector({link}).checkVisibility()"),
        );
        let taken = browser.script(&format!(
            "return fetch(document.querySelector({link}).href).then((it) => it.text())"
        ));
        taken.as_str().expect("a text").to_owned()
    };
    let har: Value = serde_json::from_str(&exported("har")).expect("HAR is JSON");
    assert_eq!(har["log"]["entries"].as_array().map(Vec::len), Some(6));
    assert_eq!(exported("jsonl").lines().count(), 6);
    browser.click("#export summary");

    // Whoever pauses is not disturbed, and misses nothing.
    browser.click("#pause");
    browser.see_text("#connection", "Paused");
    desk.push("while-paused").await;
    browser.see_text("#held", "1 new request");
    shown(6);
    browser.click("#held");
    shown(7);
    browser.see_text("#connection", "Live");

    // Nor whoever reads further down.
    for number in 0..12 {
        desk.push(&format!("more-{number}")).await;
    }
    shown(19);
    browser.script("document.getElementById('scroller').scrollTop = 200");
    desk.push("while-reading").await;
    browser.see("#held");
    assert_eq!(
        browser.script("return document.getElementById('scroller').scrollTop"),
        json!(200)
    );
    shown(19);
    browser.click("#held");
    shown(20);
    desk.blameless(&["/nowhere"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_replayed_to_the_broker_and_from_raw() {
    let desk = Desk::with(json!({ "enabled": true }), json!({ "window_s": 0 })).await;
    let browser = &desk.browser;
    desk.open();
    let id = format!("{}-again", desk.run);
    desk.push(&id).await;
    open_row(browser, &id);
    let ids = || {
        let records = kafka::read(&kafka::address(), &desk.run);
        let each = records
            .iter()
            .map(|record| record.json()["id"].as_str().map(str::to_owned));
        each.collect::<Vec<_>>()
    };
    assert_eq!(ids(), vec![Some(id.clone())]);

    browser.click("#replay-event");
    browser.see_text(".toast", "Replayed: accepted 200");
    assert_eq!(
        ids(),
        vec![Some(id.clone()); 2],
        "it lies in the broker twice"
    );
    browser.click(".toast a");
    browser.see_text(".detail-sub", "replay of #");
    browser.see_text(".where", "@1");
    browser.click(".detail-sub a");
    browser.see_text(".where", "@0");

    browser.click(".toast button");
    browser.wait("no toast", "!document.querySelector('.toast')");
    browser.click("#replay-request");
    browser.see_text(".toast", "Replayed: accepted 200");
    assert_eq!(ids(), vec![Some(id.clone()); 3]);

    // A forged one stays out however often it is replayed.
    desk.stripe(OTHER, &invoice("evt_forged")).await;
    open_row(browser, "wrong signature");
    browser.wait(
        "it has come",
        "document.querySelector('#replay-request:not(:disabled)')",
    );
    assert_eq!(
        browser.script("return document.querySelector('#replay-event').disabled"),
        json!(true)
    );
    browser.click("#replay-request");
    browser.see_text(".toast", "Replayed: refused 401, wrong signature");
    assert_eq!(ids().len(), 3);

    // What is copied is a command that a shell takes.
    browser.devtools(
        "Browser.grantPermissions",
        &json!({ "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"] }),
    );
    browser.click("#copy-curl");
    browser.see_text(".toast", "curl command copied");
    let copied = browser.script("return navigator.clipboard.readText()");
    let copied = copied.as_str().expect("a text");
    assert!(
        copied.starts_with("curl ") && copied.contains(STRIPE),
        "{copied}"
    );
    desk.blameless(&[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bin_shows_what_is_sent_to_it() {
    let desk = Desk::start().await;
    let browser = &desk.browser;
    desk.open();
    browser.click(".top nav a:nth-child(2)");
    browser.see_text(".empty", "No bin yet");
    browser.click("#new-bin");
    browser.fill("#bin-form [name=note]", "Stripe, tried out");
    browser.refill("#bin-form [name=status]", "202");
    browser.fill("#bin-form [name=headers]", "no header");
    browser.click("#bin-form [type=submit]");
    browser.see_text("[role=alert]", "is no header");
    browser.refill("#bin-form [name=headers]", "x-made-by: a form");
    browser.fill("#bin-form [name=body]", "thank you");
    browser.click("#bin-form [type=submit]");
    browser.see_text(".bin-name", "Stripe, tried out");
    let url = browser.text("#bin-url");
    assert!(url.starts_with("https://hooks.example.com/_bins/"), "{url}");
    let path = url
        .trim_start_matches("https://hooks.example.com")
        .to_owned();

    let (now, body) = (now_s(), invoice("evt_bin"));
    let signature = hmac_hex(OTHER.as_bytes(), format!("{now}.{body}").as_bytes());
    let signed = format!("t={now},v1={signature}");
    let headers = [
        ("content-type", "application/json"),
        ("stripe-signature", signed.as_str()),
    ];
    let reply = desk.client.post(&path, &headers, body).await;
    assert_eq!((reply.status, reply.text().as_str()), (202, "thank you"));
    assert_eq!(reply.header("x-made-by"), Some("a form"));
    browser.see_text(".row", "looks like stripe");
    open_row(browser, "looks like stripe");
    browser.see_text(".json", "evt_bin");
    browser.click("#tab-secret");
    browser.fill("#trial [name=secret]", OTHER);
    browser.click("#trial [type=submit]");
    browser.see_text("#trial-said", "It verifies with this secret as stripe");

    let odd = desk
        .client
        .request(
            Method::PUT,
            &format!("{path}/below?x=y"),
            &[("content-type", "application/x-odd")],
            bytes::Bytes::from_static(b"\x00\xff\x10odd"),
        )
        .await;
    assert_eq!(odd.status, 202);
    open_row(browser, "PUT");
    browser.see_text(".raw", "00 ff 10 6f 64 64");

    // It is among all requests, too, and can be had alone there.
    desk.push("not-of-a-bin").await;
    browser.keys("g");
    browser.see_text(".row", "not-of-a-bin");
    let id = path.trim_start_matches("/_bins/");
    browser.choose("#filter-bin", &id[..8]);
    browser.wait(
        "the bin's two",
        "document.querySelectorAll('.row').length === 2",
    );
    browser.script(&format!("location.hash = '#/bins/{id}'"));

    browser.click("#drop-bin");
    browser.see_text(".empty", "No bin yet");
    assert_eq!(desk.client.get(&path).await.status, 404);
    desk.blameless(&[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_strangers_send_is_shown_and_never_run() {
    let desk = Desk::start().await;
    let browser = &desk.browser;
    desk.open();
    let attacks = [
        "<script>window.owned=1</script>",
        "<img src=x onerror=window.owned=1>",
        "\"><svg onload=alert(1)>",
        "</code></pre><iframe srcdoc='<script>parent.owned=1</script>'></iframe>",
        "${window.owned=1}",
        "javascript:alert(1)",
    ];
    for (number, attack) in attacks.iter().enumerate() {
        let mut delivery = Delivery::push(format!("{attack}{number}"));
        delivery.event = (*attack).to_owned();
        delivery.body =
            serde_json::to_vec(&json!({ (*attack): attack, "list": [attack] })).unwrap();
        let signed = delivery.headers(SECRET);
        let mut headers: Vec<_> = signed
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        headers.push(("x-attack", attack));
        let reply = desk
            .client
            .post(GITHUB, &headers, delivery.body.clone())
            .await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let html = [
            ("content-type", "text/html"),
            ("user-agent", attack),
            ("x-github-event", attack),
        ];
        desk.client.post(GITHUB, &html, *attack).await;
        let path = attack.replace([' ', '<', '>', '"', '{', '}'], "%3C");
        desk.client
            .get(&format!("/{path}?q='onload=alert(1)'"))
            .await;
    }
    let wanted = json!({
        "note": attacks[1],
        "reply": { "status": 200, "headers": { "content-type": "text/html" }, "body": attacks[0] },
    });
    let made = browser.script_with(
        "const headers = { 'content-type': 'application/json' }; \
         return fetch('/_bins', { method: 'POST', headers, body: JSON.stringify(arguments[0]) }).then((it) => it.json())",
        &[wanted],
    );
    let bin = made["id"].as_str().expect("an id");

    let entries = attacks.len() * 3;
    browser.wait(
        "all rows",
        &format!("document.querySelectorAll('.row').length === {entries}"),
    );
    let clean = || {
        assert_eq!(browser.dialog(), None);
        let found = browser.script(
            "return [typeof window.owned, document.querySelectorAll('#app script, #app iframe, #app [onload], #app [onerror], #app [href^=javascript]').length]",
        );
        assert_eq!(found, json!(["undefined", 0]));
    };
    clean();
    browser.click("#rows .row");
    for step in 0..entries {
        for tab in 1..=5 {
            browser.keys(&tab.to_string());
            browser.see(&format!(
                "[role=tab][aria-keyshortcuts='{tab}'][aria-selected=true]"
            ));
            browser.wait(
                "it is here",
                "document.querySelector('.panel').innerText.trim() !== 'Loading.'",
            );
            clean();
        }
        browser.keys("1");
        if step + 1 < entries {
            let before = browser.script("return location.hash");
            browser.keys("j");
            browser.wait("the next", &format!("location.hash !== {before}"));
        }
    }
    // And it is shown, letter by letter.
    browser.open(&desk.page());
    browser.see_text(".row-title", attacks[1]);
    browser.open(&format!("{}#/bins/{bin}", desk.page()));
    browser.see_text(".bin-name", attacks[1]);
    clean();
    desk.blameless(&[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_looks_in_without_the_token() {
    let desk = Desk::with(
        json!({ "enabled": true, "token": { "env": "TOKEN" } }),
        json!({}),
    )
    .await;
    let browser = &desk.browser;
    desk.push("a-secret-push").await;
    browser.open(&desk.page());
    browser.see("#sign-in");
    assert!(!browser.text("body").contains("a-secret-push"));
    browser.fill("#sign-in [name=token]", "a guess");
    browser.keys(ENTER);
    browser.see("#sign-in [role=alert]");
    browser.refill("#sign-in [name=token]", TOKEN);
    browser.keys(ENTER);
    browser.see_text(".row", "a-secret-push");
    browser.see_text("#connection", "Live");
    assert_eq!(
        browser.script("return document.cookie"),
        "",
        "scripts cannot read the session"
    );

    desk.push("and-another").await;
    browser.see_text(".row", "and-another");
    browser.open(&desk.page());
    browser.see_text(".row", "a-secret-push");

    // Whoever signs out, by the keyboard alone, takes all of it along.
    let cookies = || browser.devtools("Network.getCookies", &json!({}))["cookies"].clone();
    let known = cookies();
    let cookie = format!(
        "{}={}",
        known[0]["name"].as_str().unwrap(),
        known[0]["value"].as_str().unwrap()
    );
    let state = async || {
        let headers = [("host", "localhost"), ("cookie", cookie.as_str())];
        let admin = desk.daemon.admin();
        let asked = admin.request(Method::GET, "/inspector/api/state", &headers, "".into());
        asked.await.status
    };
    assert_eq!(state().await, 200);
    for _ in 0..12 {
        browser.keys(TAB);
        if browser.script("return document.activeElement.id") == "sign-out" {
            break;
        }
    }
    browser.keys(ENTER);
    browser.see("#sign-in");
    assert!(!browser.text("body").contains("a-secret-push"));
    assert_eq!(cookies(), json!([]));
    assert_eq!(state().await, 401, "the daemon knows the session no more");
    browser.open(&desk.page());
    browser.see("#sign-in");
    desk.blameless(&["401 (Unauthorized)"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_enough() {
    let desk = Desk::start().await;
    let browser = &desk.browser;
    for number in 0..3 {
        desk.push(&format!("key-{number}")).await;
    }
    desk.open();
    browser.see_text(".row", "key-2");
    let focused = |css: &str| {
        let css = json!(css);
        browser.wait(
            "the focus",
            &format!("document.activeElement.matches({css})"),
        );
    };
    // Every stop of the Tab key can be seen.
    for stop in 0..24 {
        browser.keys(TAB);
        let seen = browser.script(
            "const it = document.activeElement; const style = getComputedStyle(it); \
             return it === document.body || (style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2)",
        );
        let what = browser.script("return document.activeElement.outerHTML.slice(0, 200)");
        assert_eq!(seen, json!(true), "stop {stop}: {what}");
    }
    browser.open(&desk.page());
    browser.see_text(".row", "key-2");

    browser.keys("/");
    focused("#search");
    browser.keys("key-");
    browser.keys(ENTER);
    focused("#rows");
    // The list is drawn a frame after it has the focus.
    browser.wait(
        "the first that fits is the current one",
        "document.getElementById(document.getElementById('rows').getAttribute('aria-activedescendant'))?.innerText.includes('key-2')",
    );
    browser.keys("j");
    browser.keys(DOWN);
    browser.keys("k");
    browser.keys(ENTER);
    focused("#detail-title");
    browser.see_text(".row.selected", "key-1");
    browser.keys("2");
    browser.see_text("#tab-body[aria-selected=true]", "Body");
    browser.see(".json");
    browser.keys("j");
    browser.see_text(".row.selected", "key-0");
    browser.see(".json");
    browser.keys(ESCAPE);
    focused("#rows");
    browser.wait("it is closed", "location.hash === '#/'");

    browser.keys("?");
    browser.see("#help-box[open]");
    browser.keys(ESCAPE);
    browser.wait(
        "the help is closed",
        "!document.querySelector('#help-box[open]')",
    );
    browser.keys("p");
    browser.see_text("#connection", "Paused");
    browser.keys("p");
    browser.see_text("#connection", "Live");

    browser.keys("b");
    browser.see("#new-bin");
    for _ in 0..20 {
        if browser.script("return document.activeElement.id") == "new-bin" {
            break;
        }
        browser.keys(TAB);
    }
    focused("#new-bin");
    browser.keys(ENTER);
    focused("#bin-form [name=note]");
    browser.keys("made by keys");
    browser.keys(ENTER);
    browser.see_text(".bin-name", "made by keys");
    browser.keys("g");
    browser.see("#search");
    desk.blameless(&[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_can_be_read_by_day_by_night_and_on_a_phone() {
    let desk = Desk::start().await;
    let browser = &desk.browser;
    let script = std::fs::read_to_string(project_file("tests/browser/contrast.js")).unwrap();
    let long = "a".repeat(90);
    desk.push(&format!("fine-{long}")).await;
    desk.stripe(OTHER, &invoice(&long)).await;
    desk.client.get(&format!("/{long}")).await;
    desk.open();
    browser.wait(
        "three rows",
        "document.querySelectorAll('.row').length === 3",
    );
    let legible = |place: &str| assert_eq!(browser.script(&script), json!([]), "{place}");
    let narrow = |place: &str| {
        let wide = browser.script(
            "return [...document.querySelectorAll('html, body, #app, .top, .panes, .pane, .toolbar, .rows, .panel')] \
             .filter((it) => it.checkVisibility() && (it.scrollWidth > it.clientWidth || it.getBoundingClientRect().right > innerWidth)) \
             .map((it) => `${it.className || it.id}: ${it.scrollWidth} > ${it.clientWidth}`)",
        );
        assert_eq!(wide, json!([]), "{place}");
    };
    let walk = |visit: &dyn Fn(&str)| {
        for place in ["", "bins", "bins/new"] {
            browser.script(&format!("location.hash = '#/{place}'"));
            browser.see(match place {
                "" => "#search",
                "bins" => "#new-bin",
                _ => "#bin-form",
            });
            visit(place);
        }
        for text in ["fine-", "wrong signature", "not found"] {
            browser.script("location.hash = '#/'");
            browser.wait("the list", "!document.querySelector('#detail-title')");
            open_row(browser, text);
            browser.wait("it is here", "document.querySelector('.verdict')");
            for tab in ["overview", "body", "headers", "event", "secret"] {
                browser.click(&format!("#tab-{tab}"));
                browser.see(&format!("#tab-{tab}[aria-selected=true]"));
                visit(&format!("{text} {tab}"));
            }
        }
    };
    let mut grounds = Vec::new();
    for scheme in ["light", "dark"] {
        browser.scheme(scheme);
        walk(&|place| legible(&format!("{scheme} {place}")));
        grounds.push(browser.script("return getComputedStyle(document.body).backgroundColor"));
    }
    assert_ne!(grounds[0], grounds[1]);

    browser.viewport(390, 844);
    browser.open(&desk.page());
    browser.see_text(".row", "wrong signature");
    walk(&|place| narrow(place));
    // The list, then one request as a screen of its own, and back.
    browser.script("location.hash = '#/'");
    browser.wait("the list", "!document.querySelector('#detail-title')");
    open_row(browser, "wrong signature");
    browser.wait(
        "the list is away",
        "!document.querySelector('#rows').checkVisibility()",
    );
    browser.click(".back");
    browser.wait(
        "the list is back",
        "document.querySelector('#rows').checkVisibility()",
    );

    browser.media("prefers-reduced-motion", "reduce");
    let moving = browser.script("return document.getAnimations().length");
    assert_eq!(moving, json!(0));
    desk.blameless(&[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_is_said_and_mended() {
    let desk = Desk::start().await;
    let browser = &desk.browser;
    let proxy = Proxy::start(desk.daemon.admin.to_string()).await;
    browser.open(&page(proxy.address()));
    browser.see_text("#connection", "Live");
    desk.push("before").await;
    browser.see_text(".row", "before");
    proxy.set(Mode::Refuse);
    proxy.cut();
    browser.see_text(".lost", "does not answer");
    browser.see_text("#connection", "Reconnecting");
    browser.viewport(390, 844);
    let wide = browser.script("return document.documentElement.scrollWidth");
    assert_eq!(wide, json!(390), "it is said on a phone, too");
    desk.push("meanwhile").await;
    proxy.set(Mode::Pass);
    browser.see_text(".row", "meanwhile");
    browser.see_text("#connection", "Live");
    desk.push("after").await;
    browser.see_text(".row", "after");
    assert_eq!(browser.count(".row"), 3, "nothing twice, nothing lost");
    let origin = format!("http://{}/", proxy.address());
    blameless(browser, &origin, &["net::ERR_", "api/live"]);
}

/// Fewer colours, which nobody sees, make a PNG a third as large.
fn shrink(path: &Path) {
    let mut quantize = Command::new("pngquant");
    quantize.args(["--force", "--ext", ".png", "--skip-if-larger", "--strip"]);
    output_of(quantize.arg(path), vec![]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pictures_are_of_this_very_page() {
    // Topics with names as an operator's; nobody else's test reads them.
    let topics = "webhooks.{source}".to_owned();
    let desk = Desk::publishing_to(topics, json!({ "enabled": true }), json!({})).await;
    let browser = &desk.browser;
    let written = std::env::var("HOOKFERRY_TEST_WRITE").is_ok_and(|wanted| wanted == "1");
    let folder = if written {
        project_file("docs/images")
    } else {
        desk.daemon.folder.path().to_owned()
    };
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let picture = |name: &str| {
        let path: PathBuf = folder.join(format!("inspector-{name}.png"));
        browser.wait("the fonts are here", "document.fonts.status === 'loaded'");
        browser.screenshot(&path);
        if written {
            shrink(&path);
        }
        let size = std::fs::metadata(&path).expect("it was written").len();
        let most = if written { 150_000 } else { 500_000 };
        assert!((5_000..most).contains(&size), "{name}: {size} bytes");
    };
    let send = |provider: &str, secret: &str, count: &str, event: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
        let to = format!("http://{}/webhooks/{provider}", desk.daemon.ingress);
        let url = format!("https://hooks.example.com/webhooks/{provider}");
        command.args([
            "send",
            "--provider",
            provider,
            "--secret",
            secret,
            "--to",
            &to,
        ]);
        command.args(["--url", &url, "--count", count]);
        if let Some(event) = event {
            command.args(["--event", event]);
        }
        // It fails where the daemon refuses, as it is meant to.
        let _ = command.output().expect("hookferry runs");
    };
    send("github", SECRET, "2", Some("push"));
    send("shopify", SECRET, "2", None);
    send("stripe", SECRET, "2", None);
    send("github", SECRET, "1", Some("issues.opened"));
    send("shopify", OTHER, "1", None);
    desk.client.get("/wp-login.php").await;
    send("github", SECRET, "1", Some("pull_request.opened"));
    send("stripe", SECRET, "1", None);
    send("stripe", OTHER, "1", None);
    send("github", SECRET, "1", Some("push"));
    desk.open();
    browser.wait(
        "all rows",
        "document.querySelectorAll('.row').length === 13",
    );

    browser.scheme("light");
    picture("list");
    browser.script("location.hash = '#/'");
    open_row(browser, "stripe\nwrong signature");
    browser.see(".step.tone-bad");
    picture("refused");
    browser.scheme("dark");
    browser.script("location.hash = '#/'");
    browser.wait("the list", "!document.querySelector('#detail-title')");
    open_row(browser, "issues.opened");
    browser.click("#tab-body");
    browser.see(".json");
    picture("body-dark");
    // A bin, and what Stripe would send to it.
    let wanted = json!({ "note": "What does Stripe send?", "reply": { "status": 200 } });
    let made = browser.script_with(
        "const headers = { 'content-type': 'application/json' }; \
         return fetch('/_bins', { method: 'POST', headers, body: JSON.stringify(arguments[0]) }).then((it) => it.json())",
        &[wanted],
    );
    let path = made["path"].as_str().expect("a path");
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
    let to = format!("http://{}{path}", desk.daemon.ingress);
    command.args([
        "send",
        "--provider",
        "stripe",
        "--secret",
        OTHER,
        "--to",
        &to,
    ]);
    assert!(command.output().expect("hookferry runs").status.success());
    browser.script(&format!(
        "location.hash = '#/bins/{}'",
        path.trim_start_matches("/_bins/")
    ));
    browser.see_text(".bin-name", "What does Stripe send?");
    open_row(browser, "looks like stripe");
    browser.click("#tab-secret");
    browser.fill("#trial [name=secret]", OTHER);
    browser.click("#trial [type=submit]");
    browser.see_text("#trial-said", "It verifies with this secret as stripe");
    picture("bin-dark");
    browser.scheme("light");
    browser.screen(390, 780, 1);
    browser.script("location.hash = '#/'");
    browser.wait("the list", "!document.querySelector('#detail-title')");
    open_row(browser, "stripe\nwrong signature");
    browser.see(".step.tone-bad");
    picture("phone");
    desk.blameless(&[]);
}
