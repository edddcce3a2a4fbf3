//! Subscriptions that are confirmed by opening an address.

use super::*;
use authority::Valid;
use hookferry::sign::KeyPair;
use server::Canary;

const NAME: &str = "sns.example.com";
const CONFIRM: &str = "/us-east-1/";
const REPLY_WITHIN: Duration = Duration::from_millis(6000);
const MARGIN: Duration = Duration::from_secs(2);

struct Stage {
    run: String,
    server: Server,
    canary: Canary,
    key: KeyPair,
    daemon: Daemon,
}

impl Stage {
    /// With the certificate fetched.
    async fn start() -> Self {
        let (run, authority) = (run_id(), Authority::new());
        let (server, canary) = (Server::start(&authority), Canary::start().await);
        let key = sns::key(&authority.key("signer"));
        let pem = authority.issue("signer", "signer", &format!("DNS:{NAME}"), Valid::Now);
        server.serve("/k.pem", &pem);
        let host = format!("localhost:{}", server.port);
        let mut source = sns::source("/sns", std::slice::from_ref(&host), &[NAME], &host);
        source["reply_within_ms"] = u64::try_from(REPLY_WITHIN.as_millis()).unwrap().into();
        let daemon = start(&run, json!({ "sns": source }), &authority).await;
        let stage = Self {
            run,
            server,
            canary,
            key,
            daemon,
        };
        until("the certificate is fetched", BOUND, || async {
            let url = stage.server.url("/k.pem");
            let message = sns::message(&stage.key, &url, "warm", json!({}));
            sns::send(&stage.daemon.client(), "/sns", &message)
                .await
                .status
                == 200
        })
        .await;
        stage
    }

    /// A SubscriptionConfirmation, whose own URL is the canary's.
    fn message(&self, id: &str, token: &str, more: Value) -> Value {
        let mut all = json!({
            "Type": "SubscriptionConfirmation", "Token": token,
            "SubscribeURL": format!("https://localhost:{}/?Token={token}", self.canary.port),
        });
        all.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        sns::message(&self.key, &self.server.url("/k.pem"), id, all)
    }

    async fn send(&self, message: &Value) -> Reply {
        sns::send(&self.daemon.client(), "/sns", message).await
    }

    /// What was opened, without the certificate.
    fn opened(&self) -> Vec<String> {
        let requests = self.server.told().requests.into_iter();
        requests.filter(|target| target != "/k.pem").collect()
    }
}

/// Where a subscription is confirmed. `token` is percent-encoded.
fn target(token: &str) -> String {
    let topic = sns::TOPIC.replace(':', "%3A");
    format!("{CONFIRM}?Action=ConfirmSubscription&TopicArn={topic}&Token={token}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_is_answered_once_it_is_confirmed_at_an_address_of_our_own() {
    let stage = Stage::start().await;
    stage.server.hold(CONFIRM);
    let message = stage.message("held", "2336412f37", json!({}));
    let client = stage.daemon.client();
    let held = tokio::spawn(async move { sns::send(&client, "/sns", &message).await });
    until("the address is opened", REPLY_WITHIN, || async {
        stage.opened() == [target("2336412f37")]
    })
    .await;
    assert!(!held.is_finished(), "it was answered before");
    stage
        .server
        .serve(CONFIRM, "<ConfirmSubscriptionResponse/>");
    let reply = held.await.unwrap();
    assert_eq!(reply.status, 200, "{reply:?}");
    // The event is told to consumers like any other.
    let ids = ["warm", "held"].map(str::to_owned);
    assert_eq!(stored(&stage.run), BTreeSet::from(ids));

    // Whatever a token is, it stays one value of the query.
    let token = "a&TopicArn=x#y/../?%00 z\u{e9}@evil.example:1\r\nhost: e";
    let reply = stage.send(&stage.message("odd", token, json!({}))).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let encoded =
        "a%26TopicArn%3Dx%23y%2F..%2F%3F%2500%20z%C3%A9%40evil.example%3A1%0D%0Ahost%3A%20e";
    assert_eq!(stage.opened(), [target("2336412f37"), target(encoded)]);
    assert_eq!(stage.canary.seen(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscription_that_cannot_be_confirmed_is_not_answered_with_a_2xx() {
    let stage = Stage::start().await;
    let elsewhere = format!("https://localhost:{}/", stage.canary.port);
    let own = stage.server.url("/elsewhere");
    stage.server.serve("/elsewhere", "confirmed");
    for (id, answer) in [
        ("broken", json!({ "status": 500 })),
        ("forbidden", json!({ "status": 403 })),
        (
            "moved",
            json!({ "status": 302, "headers": { "location": elsewhere } }),
        ),
        (
            "moved-near",
            json!({ "status": 307, "headers": { "location": own } }),
        ),
        ("long", json!({ "pad_to": 50_000_000 })),
        ("silent", json!({ "holds": true })),
    ] {
        stage.server.answer(CONFIRM, answer);
        let reply = stage.send(&stage.message(id, id, json!({}))).await;
        let said = (reply.status, reply.reason());
        assert_eq!(said, (503, "unconfirmed".to_owned()), "{id}: {reply:?}");
        assert!(reply.header("retry-after").is_some(), "{id}: {reply:?}");
        assert!(reply.took < REPLY_WITHIN + MARGIN, "{id}: {reply:?}");
        assert!(stored(&stage.run).contains(id), "{id}");
        let said = reply.text();
        assert!(!said.contains("localhost"), "it goes to strangers: {said}");
    }
    assert_eq!(stage.server.count("/elsewhere"), 0);
    assert_eq!(stage.canary.seen(), 0);
    // The provider sends it again, and then it goes well.
    stage.server.serve(CONFIRM, "confirmed");
    let reply = stage
        .send(&stage.message("broken", "again", json!({})))
        .await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_opened_for_a_message_that_is_forged_or_of_another_topic_or_kind() {
    let stage = Stage::start().await;
    stage.server.serve(CONFIRM, "confirmed");
    let mut forged = stage.message("forged", "genuine", json!({}));
    forged["Token"] = "forged".into();
    let reply = stage.send(&forged).await;
    assert_eq!(reply.status, 401, "{reply:?}");
    let mut unsigned = stage.message("unsigned", "unsigned", json!({}));
    unsigned.as_object_mut().unwrap().remove("Signature");
    let reply = stage.send(&unsigned).await;
    assert_eq!(reply.status, 401, "{reply:?}");
    let old = json!({ "Timestamp": "2026-01-01T00:00:00.000Z" });
    let reply = stage.send(&stage.message("old", "old", old)).await;
    assert_eq!(reply.status, 401, "{reply:?}");
    for topic in [
        "arn:aws:sns:us-east-1:210987654321:orders",
        "arn:aws:sns:evil.example/:123456789012:orders",
        "arn:aws:sns:us-east-1:123456789012:orders2",
    ] {
        let more = json!({ "TopicArn": topic });
        let reply = stage.send(&stage.message("topic", "topic", more)).await;
        assert_eq!(reply.status, 401, "{topic}: {reply:?}");
    }
    let leaving = json!({ "Type": "UnsubscribeConfirmation" });
    let reply = stage.send(&stage.message("left", "left", leaving)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let url = stage.server.url("/k.pem");
    let note = json!({ "Subject": "Confirm", "Message": "SubscribeURL" });
    let note = sns::message(&stage.key, &url, "note", note);
    assert_eq!(stage.send(&note).await.status, 200);
    assert_eq!(stage.opened(), Vec::<String>::new());
    assert_eq!(stage.canary.seen(), 0);
    let ids = ["warm", "left", "note"].map(str::to_owned);
    assert_eq!(stored(&stage.run), BTreeSet::from(ids));
}

/// The addresses of certificates, as such that confirm, and those of a URL that is no address at all.
fn hostile(pinned: u16, canary: u16) -> Vec<String> {
    let mut urls = certificates::hostile(pinned, canary);
    for url in &mut urls {
        *url = url.replace("/k.pem", "/?Action=ConfirmSubscription&Token=hostile");
    }
    let (p, c) = (pinned, canary);
    urls.extend([
        format!("http://127.0.0.1:{c}/?Action=ConfirmSubscription"),
        format!("https://localhost:{p}/?next=http://127.0.0.1:{c}/"),
        format!("https://127.0.0.1:{c}/?TopicArn=arn:aws:sns:us-east-1:123456789012:orders"),
        format!("https://127.0.0.1:{c} https://localhost:{p}/"),
        format!("https://localhost:{p},127.0.0.1:{c}/"),
        format!("gopher://127.0.0.1:{c}/_GET%20/"),
        format!("127.0.0.1:{c}"),
        format!("//127.0.0.1:{c}"),
        format!("{{json:/Token}}://127.0.0.1:{c}/"),
    ]);
    urls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_message_cannot_have_us_connect_to_where_its_address_leads() {
    let (run, authority) = (run_id(), Authority::new());
    let (server, canary) = (Server::start(&authority), Canary::start().await);
    let key = sns::key(&authority.key("signer"));
    let pem = authority.issue("signer", "signer", &format!("DNS:{NAME}"), Valid::Now);
    server.serve("/k.pem", &pem);
    server.serve(CONFIRM, "confirmed");
    let (own, its) = (
        format!("localhost:{}", server.port),
        format!("localhost:{}", canary.port),
    );
    let source = |path: &str| sns::source(path, std::slice::from_ref(&own), &[NAME], &own);
    // One that opens what the message says, which no preset does, at hosts that are pinned.
    let trusting = |path: &str, host: &str| {
        let mut source = source(path);
        for form in source["override"]["accepted"].as_array_mut().unwrap() {
            form["call"] = json!({ "url": "{json:/SubscribeURL}", "hosts": [host] });
        }
        source
    };
    let sources = json!({
        "sns": source("/sns"), "pinned": trusting("/pinned", &own), "misled": trusting("/misled", &its),
    });
    let daemon = start(&run, sources, &authority).await;
    let client = daemon.client();
    let confirmation = |id: &str, url: &str| {
        let more = json!({
            "Type": "SubscriptionConfirmation", "Token": id, "SubscribeURL": url, "UnsubscribeURL": url,
        });
        sns::message(&key, &server.url("/k.pem"), id, more)
    };
    until("the certificate is fetched", BOUND, || async {
        let message = sns::message(&key, &server.url("/k.pem"), "warm", json!({}));
        sns::send(&client, "/sns", &message).await.status == 200
    })
    .await;

    let urls = hostile(server.port, canary.port);
    println!("{} hostile URLs", urls.len());
    assert!(urls.len() >= 60);
    // As the preset is: what is opened is of our own making, once for each.
    let mut expected = vec!["/k.pem".to_owned()];
    for (at, url) in urls.iter().enumerate() {
        let id = format!("hostile-{at}");
        let reply = sns::send(&client, "/sns", &confirmation(&id, url)).await;
        assert_eq!(reply.status, 200, "{url}: {reply:?}");
        expected.push(target(&id));
    }
    assert_eq!(server.told().requests, expected);
    assert_eq!(canary.seen(), 0);
    // And where the message is followed, the hosts alone keep it from elsewhere.
    let mut refused = 0;
    for (at, url) in urls.iter().enumerate() {
        let message = confirmation(&format!("pinned-{at}"), url);
        let reply = sns::send(&client, "/pinned", &message).await;
        let uri = url.parse::<hyper::Uri>().ok();
        let uri = uri.filter(|uri| uri.scheme_str() == Some("https"));
        let host = uri.and_then(|uri| Some(uri.authority()?.as_str().to_owned()));
        if host.as_ref() != Some(&own) {
            assert_eq!(reply.status, 401, "{url:?}: {reply:?}");
            refused += 1;
        }
        assert_eq!(canary.seen(), 0, "{url:?} led there: {reply:?}");
    }
    println!("{refused} of them refused");
    assert!(refused >= 50, "{refused}");
    // Whoever is allowed there does come, so that the canary shows something.
    let url = format!("https://{its}/");
    let reply = sns::send(&client, "/misled", &confirmation("misled", &url)).await;
    let said = (reply.status, reply.reason());
    assert_eq!(said, (503, "unconfirmed".to_owned()), "{reply:?}");
    assert!(canary.seen() > 0, "the canary sees nobody");
}
