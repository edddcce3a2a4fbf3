//! What the daemon asks of providers: keys and certificates only where the preset pins them,
//! confirmations only at addresses of its own making, and secrets only the first that is handed
//! over. Whatever goes wrong there, nothing unproven is believed, and nothing genuine is refused
//! for good.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::match_wildcard_for_single_variants,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

#[path = "fetch/authority.rs"]
mod authority;
#[path = "fetch/certificates.rs"]
mod certificates;
#[path = "fetch/chains.rs"]
mod chains;
#[path = "fetch/failures.rs"]
mod failures;
#[path = "fetch/learning.rs"]
mod learning;
#[path = "fetch/openid.rs"]
mod openid;
#[path = "fetch/server.rs"]
mod server;
#[path = "fetch/sns.rs"]
mod sns;
#[path = "fetch/subscriptions.rs"]
mod subscriptions;
mod support;
#[path = "fetch/tokens.rs"]
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hookferry::authenticate::JwtAlgorithm;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use authority::Authority;
use server::Server;
use support::client::Reply;
use support::daemon::{Daemon, config};
use support::{github, kafka, run_id, until};
use tokens::{Key, send, set, source, unsigned};

const PATH: &str = "/jwks";
/// Longer than requests can cause two fetches within, and than the pauses after a few failures.
const BOUND: Duration = Duration::from_secs(75);

/// Everything goes to one topic, of which `run` is the name.
fn settings(run: &str, sources: Value) -> Value {
    config(json!({
        "sinks": { "kafka": {
            "type": "kafka", "brokers": kafka::address(), "topic": run, "default_topic": run,
        } },
        "sources": sources,
    }))
}

/// A daemon that trusts `authority` alone.
async fn start(run: &str, sources: Value, authority: &Authority) -> Daemon {
    let daemon = Daemon::start(
        settings(run, sources),
        &[("SSL_CERT_FILE", &authority.file())],
    );
    daemon.ready().await;
    daemon
}

/// How many fetches came to this end.
async fn fetches(daemon: &Daemon, outcome: &str) -> u64 {
    let name = format!("hookferry_key_fetches_total{{outcome=\"{outcome}\"}} ");
    let metrics = daemon.metrics().await;
    let mut lines = metrics.lines();
    let value = lines.find_map(|line| line.strip_prefix(&name));
    value.map_or(0, |value| value.parse().unwrap())
}

async fn until_fetched(daemon: &Daemon, count: u64) {
    until("keys are fetched", BOUND, || async {
        fetches(daemon, "fetched").await >= count
    })
    .await;
}

/// The ids of the events in a topic.
fn stored(run: &str) -> BTreeSet<String> {
    let records = kafka::read_all(&kafka::address(), run);
    let ids = records.iter().map(|record| record.json()["id"].clone());
    ids.map(|id| id.as_str().unwrap().to_owned()).collect()
}

fn assert_pending(what: &str, reply: &Reply) {
    let said = (reply.status, reply.reason());
    assert_eq!(said, (503, "keys_pending".to_owned()), "{what}: {reply:?}");
    assert!(reply.header("retry-after").is_some(), "{what}: {reply:?}");
}

fn assert_refused(what: &str, reason: &str, reply: &Reply) {
    let said = (reply.status, reply.reason());
    assert_eq!(said, (401, reason.to_owned()), "{what}: {reply:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_waits_for_the_keys_and_strangers_cause_few_fetches() {
    let (run, authority) = (run_id(), Authority::new());
    let server = Server::start(&authority);
    let (key, other) = (Key::rsa("known"), Key::rsa("known"));
    server.hold(PATH);
    // Two presets, one place.
    let mut pubsub = json!({
        "provider": "google-pubsub", "path": "/pubsub",
        "params": { "service_account": "push@project.iam.gserviceaccount.com", "audience": tokens::AUDIENCE },
    });
    pubsub["override"] = json!({ "keys": { "url": server.url(PATH) } });
    let sources = json!({ "any": source("/any", &server.url(PATH)), "pubsub": pubsub });
    let daemon = start(&run, sources, &authority).await;
    let client = daemon.client();

    let early = send(&client, "/any", &key.token(), "early").await;
    assert_pending("before the keys are there", &early);
    let forged = send(&client, "/any", &other.token(), "forged-early").await;
    assert_pending("a forgery then", &forged);
    server.serve(PATH, &set(&[&key]));
    until("the token is believed", BOUND, || async {
        let reply = send(&client, "/any", &key.token(), "good").await;
        if reply.status != 200 {
            assert_pending("until the keys are there", &reply);
        }
        reply.status == 200
    })
    .await;
    let unnamed = send(&client, "/any", &key.token_as(None), "unnamed").await;
    assert_eq!(unnamed.status, 200, "{unnamed:?}");
    assert_eq!(server.count(PATH), 1);

    let forged = send(&client, "/any", &other.token(), "forged").await;
    assert_refused("another key by the same id", "wrong_signature", &forged);
    let claims = send(&client, "/pubsub", &key.token(), "claims").await;
    assert_refused("somebody else's token", "not_allowed", &claims);
    for (what, head) in [
        ("none", json!({ "alg": "none", "kid": "known" })),
        ("HS256", json!({ "alg": "HS256", "kid": "known" })),
        ("ES256", json!({ "alg": "ES256", "kid": "known" })),
    ] {
        let unsigned = unsigned(&head);
        // The public key as if it were a secret.
        let tag = github::hmac(&key.public, unsigned.as_bytes());
        let token = format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(tag));
        let reply = send(&client, "/any", &token, what).await;
        assert_refused(what, "not_allowed", &reply);
    }

    // Strangers, by one id or by many.
    let began = Instant::now();
    let mut strangers = JoinSet::new();
    for at in 0..200 {
        let kid = format!("stranger-{}", if at % 2 == 0 { 0 } else { at });
        let (client, token) = (client.clone(), other.token_as(Some(&kid)));
        strangers.spawn(async move { send(&client, "/any", &token, &kid).await });
    }
    let mut tally = BTreeMap::<_, usize>::new();
    while let Some(reply) = strangers.join_next().await {
        let reply = reply.unwrap();
        *tally.entry((reply.status, reply.reason())).or_default() += 1;
    }
    println!("{tally:?}");
    for (status, reason) in tally.keys() {
        let said = (*status, reason.as_str());
        let allowed = [(401, "unknown_key"), (503, "keys_pending")];
        assert!(allowed.contains(&said), "{tally:?}");
    }
    until("strangers are refused in the end", BOUND, || async {
        let token = other.token_as(Some("stranger-0"));
        let reply = send(&client, "/any", &token, "stranger-0").await;
        reply.status == 401
    })
    .await;
    // Three at once, and another one after each ten seconds.
    let fetches = server.count(PATH) - 1;
    let most = 3 + began.elapsed().as_secs() / 10;
    assert!(
        (1..=most).contains(&(fetches as u64)),
        "{:?}",
        server.told()
    );
    let last = send(&client, "/any", &key.token(), "last").await;
    assert_eq!(last.status, 200, "{last:?}");
    let good = ["good", "unnamed", "last"].map(str::to_owned);
    assert_eq!(stored(&run), BTreeSet::from(good));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_who_asks_first_does_not_have_the_provider_refused() {
    let (run, authority) = (run_id(), Authority::new());
    let server = Server::start(&authority);
    let (key, other) = (Key::rsa("known"), Key::rsa("stranger"));
    server.hold(PATH);
    let sources = json!({ "any": source("/any", &server.url(PATH)) });
    let daemon = start(&run, sources, &authority).await;
    let client = daemon.client();
    let stranger = send(&client, "/any", &other.token(), "stranger").await;
    assert_pending("the stranger", &stranger);
    // Nothing has been fetched: nobody can know yet that this key is not the provider's.
    let reply = send(&client, "/any", &key.token(), "first").await;
    assert_pending("the provider", &reply);
    server.serve(PATH, &set(&[&key]));
    until("the provider is believed", BOUND, || async {
        let reply = send(&client, "/any", &key.token(), "good").await;
        if reply.status != 200 {
            assert_pending("the provider", &reply);
        }
        reply.status == 200
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_key_in_a_set_is_understood_and_the_others_spoil_nothing() {
    let (run, authority) = (run_id(), Authority::new());
    let server = Server::start(&authority);
    let algorithms = [
        JwtAlgorithm::RS256,
        JwtAlgorithm::RS512,
        JwtAlgorithm::PS256,
        JwtAlgorithm::ES256,
        JwtAlgorithm::ES384,
        JwtAlgorithm::ES512,
        JwtAlgorithm::EdDSA,
    ];
    let keys = algorithms.map(|algorithm| Key::new(algorithm.name(), algorithm));
    let mut jwks: Vec<_> = keys.iter().map(Key::jwk).collect();
    jwks.extend([
        json!({ "kty": "oct", "kid": "shared", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQ" }),
        json!({ "kty": "EC", "crv": "secp256k1", "kid": "curve", "x": "AQ", "y": "AQ" }),
        json!({ "kty": "RSA", "kid": "short", "n": "AQAB", "e": "AQAB" }),
        json!({ "kty": "EC", "crv": "P-256", "kid": "off-curve", "x": "AQ", "y": "AQ" }),
        json!({ "kty": "new", "kid": "new" }),
        json!({ "kty": "RSA" }),
    ]);
    server.serve(PATH, &json!({ "keys": jwks }).to_string());
    let mut any = source("/any", &server.url(PATH));
    let names = algorithms.map(JwtAlgorithm::name);
    any["override"] = json!({ "verify": { "jwt": { "algorithms": names } } });
    let daemon = start(&run, json!({ "any": any }), &authority).await;
    let client = daemon.client();
    until_fetched(&daemon, 1).await;
    for key in &keys {
        let name = key.algorithm.name();
        until(name, BOUND, || async {
            let reply = send(&client, "/any", &key.token(), name).await;
            if reply.status != 200 {
                assert_pending(name, &reply);
            }
            reply.status == 200
        })
        .await;
    }
    // By its own id, a key is for nobody else's token.
    for (key, other) in keys.iter().zip(keys.iter().skip(1)) {
        let token = key.token_as(Some(&other.kid));
        let reply = send(&client, "/any", &token, "mixed").await;
        assert_ne!(reply.status, 200, "{}: {reply:?}", key.kid);
    }
    for kid in ["shared", "curve", "short", "off-curve", "new", ""] {
        let token = Key::rsa(kid).token();
        let reply = send(&client, "/any", &token, "useless").await;
        assert_ne!(reply.status, 200, "{kid}: {reply:?}");
    }
    let expected = names.map(str::to_owned);
    assert_eq!(stored(&run), BTreeSet::from(expected));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_picked_up_when_they_change_and_stay_when_their_place_is_gone() {
    let (run, authority) = (run_id(), Authority::new());
    let mut server = Server::start(&authority);
    let (old, new, stranger) = (Key::rsa("old"), Key::rsa("new"), Key::rsa("stranger"));
    server.serve(PATH, &set(&[&old]));
    let sources = json!({ "any": source("/any", &server.url(PATH)) });
    let daemon = start(&run, sources, &authority).await;
    let client = daemon.client();
    until_fetched(&daemon, 1).await;
    until("the old key counts", BOUND, || async {
        send(&client, "/any", &old.token(), "before").await.status == 200
    })
    .await;

    // A stranger has the set asked for just before, in vain.
    let asked = send(&client, "/any", &stranger.token(), "stranger").await;
    assert_pending("a stranger", &asked);
    until_fetched(&daemon, 2).await;
    server.serve(PATH, &set(&[&new]));
    let statuses = std::sync::Mutex::new(Vec::new());
    until("the new key counts", BOUND, || async {
        let reply = send(&client, "/any", &new.token(), "after").await;
        let mut statuses = statuses.lock().unwrap();
        if statuses.last() != Some(&reply.status) {
            statuses.push(reply.status);
        }
        reply.status == 200
    })
    .await;
    let statuses = statuses.into_inner().unwrap();
    println!("the new key: {statuses:?}");
    assert_eq!(statuses, [503, 200], "it is never refused");
    // It is asked for once more: it might be new.
    until(
        "a key that is no longer published is refused",
        BOUND,
        || async {
            let gone = send(&client, "/any", &old.token(), "gone").await;
            assert_ne!(gone.status, 200, "{gone:?}");
            gone.reason() == "unknown_key"
        },
    )
    .await;

    server.stop();
    let failed = fetches(&daemon, "failed").await;
    until("a fetch fails", BOUND, || async {
        let asked = send(&client, "/any", &stranger.token(), "stranger").await;
        assert_ne!(asked.status, 200, "{asked:?}");
        fetches(&daemon, "failed").await > failed
    })
    .await;
    let kept = send(&client, "/any", &new.token(), "kept").await;
    assert_eq!(kept.status, 200, "{kept:?}");
    let expected = ["before", "after", "kept"].map(str::to_owned);
    assert_eq!(stored(&run), BTreeSet::from(expected));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_id_of_a_key_stays_within_its_part_of_the_address() {
    let (run, authority) = (run_id(), Authority::new());
    let server = Server::start(&authority);
    let (good, evil) = (Key::rsa("3f2c6d1e-7b53"), Key::rsa("evil"));
    let kid = "3f2c6d1e-7b53";
    server.serve(&format!("/keys/{kid}"), &good.jwk().to_string());
    let hostile = [
        "../evil",
        "..",
        "a/../../evil",
        "/evil",
        "evil/../../evil",
        "..%2fevil",
        "evil?x=1",
        "evil#x",
        "evil\\..",
        " ",
        "evil\r\nhost: evil",
        &"e".repeat(300),
    ];
    // Whatever else is asked for has a key of the attacker's.
    for path in ["/evil", "/keys/../evil", "/keys//evil", "/keys/", "/"] {
        server.serve(path, &evil.jwk().to_string());
    }
    let mut sources = serde_json::Map::new();
    // A source each: requests may ask for few ids of one place.
    for (at, _) in hostile.iter().enumerate() {
        let mut one = source(&format!("/{at}"), &server.url("/unused"));
        let url = server.url(&format!("/keys/{{kid}}?place={at}"));
        one["override"] = json!({ "keys": { "url": url } });
        sources.insert(format!("s{at}"), one);
    }
    let daemon = start(&run, sources.into(), &authority).await;
    let client = daemon.client();
    for (at, kid) in hostile.iter().enumerate() {
        let token = evil.token_as(Some(kid));
        let reply = send(&client, &format!("/{at}"), &token, "evil").await;
        assert_ne!(reply.status, 200, "{kid:?}: {reply:?}");
    }
    // The other ids of these places have all been asked for once a later one has.
    for at in 0..hostile.len() {
        until("the key is fetched by its id", BOUND, || async {
            let path = format!("/{at}");
            send(&client, &path, &good.token(), &path).await.status == 200
        })
        .await;
    }
    for target in server.told().requests {
        let (path, _) = target.split_once('?').expect(&target);
        let id = path.strip_prefix("/keys/").expect(&target);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        assert!(!id.is_empty() && id.bytes().all(plain), "{target}");
    }
    for (at, kid) in hostile.iter().enumerate() {
        let token = evil.token_as(Some(kid));
        let reply = send(&client, &format!("/{at}"), &token, "evil").await;
        assert_ne!(reply.status, 200, "{kid:?}: {reply:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_keys_have_places_of_their_own_a_token_without_an_id_asks_for_none() {
    let (run, authority) = (run_id(), Authority::new());
    let server = Server::start(&authority);
    let (key, other) = (Key::rsa("known"), Key::rsa(""));
    server.serve("/keys/known", &key.jwk().to_string());
    // What many such places answer: a list, or some key.
    server.serve("/keys/", &set(&[&other]));
    server.serve("/keys/.", &set(&[&other]));
    for (path, kid) in [("/empty", Some("")), ("/none", None), ("/dot", Some("."))] {
        let mut source = source(path, &server.url("/unused"));
        let url = server.url(&format!("/keys/{{kid}}?source={}", &path[1..]));
        source["override"] = json!({ "keys": { "url": url } });
        let daemon = start(&run, json!({ "any": source }), &authority).await;
        let client = daemon.client();
        let stranger = Key::rsa("stranger").token_as(kid);
        let reply = send(&client, path, &stranger, "stranger").await;
        assert_refused(path, "unknown_key", &reply);
        until("the provider is believed", BOUND, || async {
            let reply = send(&client, path, &key.token(), path).await;
            if reply.status != 200 {
                assert_pending(path, &reply);
            }
            reply.status == 200
        })
        .await;
    }
    let told = server.told();
    let known = |target: &String| target.starts_with("/keys/known?");
    assert!(told.requests.iter().all(known), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_that_strangers_make_up_take_no_memory() {
    const REQUESTS: usize = 2000;
    const ID_BYTES: usize = 5000;
    let (run, authority) = (run_id(), Authority::new());
    let server = Server::start(&authority);
    let (key, stranger) = (Key::rsa("known"), Key::rsa("stranger"));
    // Sets of one key often have no id.
    let mut jwk = key.jwk();
    jwk.as_object_mut().unwrap().remove("kid");
    server.serve(PATH, &json!({ "keys": [jwk] }).to_string());
    let sources = json!({ "any": source("/any", &server.url(PATH)) });
    let daemon = start(&run, sources, &authority).await;
    let client = daemon.client();
    let flood = async |from: usize| {
        for at in from..from + REQUESTS {
            let kid = format!("{at:0>ID_BYTES$}");
            let token = stranger.token_as(Some(&kid));
            let reply = send(&client, "/any", &token, "stranger").await;
            assert!(matches!(reply.status, 401 | 503), "{reply:?}");
        }
    };
    until("the key counts", BOUND, || async {
        send(&client, "/any", &key.token_as(None), "good")
            .await
            .status
            == 200
    })
    .await;
    flood(0).await;
    // What an allocator takes for itself it takes once; what is kept is kept of each flood.
    let (mut before, mut grown) = (resident(&daemon), Vec::new());
    for number in 1..=2 {
        flood(number * REQUESTS).await;
        let after = resident(&daemon);
        grown.push(after.saturating_sub(before));
        before = after;
    }
    println!("to {before} bytes by {grown:?}");
    let least = grown.iter().min().unwrap();
    assert!(*least < REQUESTS * ID_BYTES / 4, "{grown:?} bytes more");
}

/// The daemon's resident memory, bytes.
fn resident(daemon: &Daemon) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.unwrap().trim().trim_end_matches(" kB");
    kilobytes.parse::<usize>().unwrap() * 1024
}
