//! Places that answer what they should not.

use std::process::Command;

use super::*;
use authority::Valid;
use support::{Folder, run};

/// The longest answer that is read.
const ANSWER_BYTES_MAX: usize = 262_144;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_that_is_not_the_pinned_places_own_makes_a_token_good() {
    let (run, authority, unknown) = (run_id(), Authority::new(), Authority::new());
    let server = Server::start(&authority);
    let strange = Server::start(&unknown);
    let misnamed = Server::named(&authority, "DNS:other.example", Valid::Now);
    let expired = Server::named(&authority, "DNS:localhost", Valid::Past);
    let key = Key::rsa("known");
    let keys = set(&[&key]);
    // The right keys everywhere: only how they are answered is wrong.
    for (path, answer) in [
        (
            "/moved",
            json!({ "status": 302, "headers": { "location": server.url("/elsewhere") }, "body": keys }),
        ),
        (
            "/moved-well",
            json!({ "status": 308, "headers": { "location": "/elsewhere" }, "body": keys }),
        ),
        ("/elsewhere", json!({ "body": keys })),
        ("/broken", json!({ "status": 500, "body": keys })),
        ("/absent", json!({ "status": 404, "body": keys })),
        (
            "/long",
            json!({ "body": keys, "pad_to": ANSWER_BYTES_MAX + 1 }),
        ),
        ("/endless", json!({ "body": keys, "pad_to": 50_000_000 })),
        (
            "/longest",
            json!({ "body": keys, "pad_to": ANSWER_BYTES_MAX }),
        ),
        ("/page", json!({ "body": format!("<html>{keys}</html>") })),
        ("/twice", json!({ "body": format!("{keys}{keys}") })),
        ("/none", json!({ "body": r#"{"keys":[]}"# })),
        ("/empty", json!({ "body": "" })),
        ("/silent", json!({ "holds": true })),
    ] {
        server.answer(path, answer);
    }
    for other in [&strange, &misnamed, &expired] {
        other.serve(PATH, &keys);
    }
    let bad = [
        "moved",
        "moved-well",
        "broken",
        "absent",
        "long",
        "endless",
        "page",
        "twice",
        "none",
        "empty",
        "silent",
    ];
    let mut places: Vec<_> = bad
        .iter()
        .map(|name| (*name, server.url(&format!("/{name}"))))
        .collect();
    places.push(("strange", strange.url(PATH)));
    places.push(("misnamed", misnamed.url(PATH)));
    places.push(("expired", expired.url(PATH)));
    let good = [("longest", server.url("/longest"))];
    let sources = places.iter().chain(&good);
    let sources = sources.map(|(name, url)| {
        let path = format!("/{name}");
        ((*name).to_owned(), source(&path, url))
    });
    let daemon = start(&run, Value::Object(sources.collect()), &authority).await;
    let (client, token) = (daemon.client(), key.token());

    until("every place was asked", BOUND, || async {
        for (name, _) in &places {
            let reply = send(&client, &format!("/{name}"), &token, name).await;
            assert_pending(name, &reply);
        }
        let asked = bad.iter().all(|name| server.count(&format!("/{name}")) > 0);
        let shaken = [&strange, &misnamed, &expired];
        let shaken = shaken.iter().all(|it| it.told().failed_handshakes > 0);
        assert_eq!(daemon.admin().get("/livez").await.status, 200);
        asked && shaken && fetches(&daemon, "failed").await >= places.len() as u64
    })
    .await;
    for (name, _) in &places {
        let reply = send(&client, &format!("/{name}"), &token, name).await;
        assert_pending(name, &reply);
    }
    until("the longest answer is read", BOUND, || async {
        send(&client, "/longest", &token, "longest").await.status == 200
    })
    .await;
    for other in [&strange, &misnamed, &expired] {
        assert_eq!(other.told().requests, Vec::<String>::new());
    }
    assert_eq!(server.count("/elsewhere"), 0);

    // A place that recovers is asked again by itself.
    server.serve("/broken", &keys);
    until("the place has recovered", BOUND, || async {
        send(&client, "/broken", &token, "broken").await.status == 200
    })
    .await;
    let expected = ["longest", "broken"].map(str::to_owned);
    assert_eq!(stored(&run), BTreeSet::from(expected));
    let output = daemon.output();
    assert!(output.contains("keys could not be fetched"), "{output}");
    assert!(!output.contains(&token), "{output}");
}

/// Neither `check` nor `serve` takes these places.
fn assert_faulty(cases: &[(&str, Value)]) {
    let folder = Folder::new();
    for (what, one) in cases {
        let settings = settings("unused", json!({ "any": one }));
        let path = folder.write("config.yaml", settings.to_string());
        let mut check = Command::new(env!("CARGO_BIN_EXE_hookferry"));
        check.env_clear().args(["check", "-c", &path]);
        let output = run(&mut check, vec![]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{what}: {said}");
        assert!(
            said.contains("keys are fetched from https"),
            "{what}: {said}"
        );
        assert!(Daemon::attempt(&settings, &[]).is_err(), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_without_tls_is_refused_before_anything_starts() {
    let mut overridden = source("/a", "https://issuer.example/keys");
    overridden["override"] = json!({ "keys": { "url": "http://issuer.example/keys" } });
    assert_faulty(&[
        ("param", source("/a", "http://issuer.example/keys")),
        ("override", overridden),
        ("no scheme", source("/a", "issuer.example/keys")),
        ("a file", source("/a", "file:///etc/keys")),
    ]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_that_cannot_be_asked_is_refused_before_anything_starts() {
    assert_faulty(&[
        ("no host", source("/a", "https:///keys")),
        ("no URL", source("/a", "https://issuer example/keys")),
    ]);
}
