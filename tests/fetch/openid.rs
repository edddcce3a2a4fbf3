//! Access tokens of an issuer that is known by its name alone: its configuration says where its keys are.

use super::*;
use support::{now_s, output_of, python};

const AUDIENCE: &str = "webhooks";

fn bearer(path: &str, issuer: &str) -> Value {
    json!({ "provider": "generic-oidc", "path": path, "params": {
        "issuer": issuer, "audience": AUDIENCE, "subject": ["orders", "billing"],
        "scope": ["webhooks:write", "webhooks:read"],
    } })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_of_an_issuer_are_believed_by_the_keys_that_its_configuration_names() {
    let (run, authority) = (run_id(), Authority::new());
    let server = Server::start(&authority);
    let issuer = server.url("/realm");
    let named = |path: &str| server.url(path);
    let configuration = |issuer: &str, keys: &str| json!({ "issuer": issuer, "jwks_uri": keys });
    let place = |realm: &str| format!("{realm}/.well-known/openid-configuration");
    let made = output_of(
        python("oidc_tokens.py").args([issuer.as_str(), AUDIENCE, &now_s().to_string()]),
        vec![],
    );
    let made: Value = serde_json::from_slice(&made).unwrap();
    let token = |name: &str| made["tokens"][name].as_str().unwrap().to_owned();
    let first = made["first"].to_string();

    server.hold(&place("/realm"));
    server.serve("/keys", &first);
    // Others' configurations that lead to the same keys, and an address that nobody may be asked at.
    let canary = server::Canary::start().await;
    let plain = format!("http://localhost:{}/keys", canary.port);
    for (realm, answer) in [
        ("/another", configuration(&issuer, &named("/keys"))),
        ("/plain", configuration(&named("/plain"), &plain)),
        ("/nothing", json!({ "issuer": named("/nothing") })),
    ] {
        server.serve(&place(realm), &answer.to_string());
    }
    let wrong = ["/another", "/plain", "/nothing"];
    let mut sources = json!({ "good": bearer("/good", &issuer) });
    for realm in wrong {
        sources[realm.trim_start_matches('/')] = bearer(realm, &named(realm));
    }
    let daemon = start(&run, sources, &authority).await;
    let client = daemon.client();
    let early = send(&client, "/good", &token("good"), "early").await;
    assert_pending("before the configuration is there", &early);
    let good = configuration(&issuer, &named("/keys"));
    server.serve(&place("/realm"), &good.to_string());
    until("the token is believed", BOUND, || async {
        send(&client, "/good", &token("good"), "good").await.status == 200
    })
    .await;
    for name in ["good-list", "other-client"] {
        let reply = send(&client, "/good", &token(name), name).await;
        assert_eq!(reply.status, 200, "{name}: {reply:?}");
    }
    for (name, reason) in [
        ("aud", "not_allowed"),
        ("no-aud", "not_allowed"),
        ("iss", "not_allowed"),
        ("sub", "not_allowed"),
        ("no-sub", "not_allowed"),
        ("scope", "not_allowed"),
        ("scope-part", "not_allowed"),
        ("no-scope", "not_allowed"),
        ("expired", "stale"),
        ("no-exp", "malformed_timestamp"),
        ("early", "early"),
        ("another-algorithm", "not_allowed"),
        ("strange-key", "wrong_signature"),
        ("none", "not_allowed"),
        ("confused", "not_allowed"),
    ] {
        let reply = send(&client, "/good", &token(name), name).await;
        assert_refused(name, reason, &reply);
    }
    // A key that is not known yet may come, and does. Strangers may have used up what may be asked.
    let reply = send(&client, "/good", &token("rotated"), "rotated").await;
    assert!([401, 503].contains(&reply.status), "{reply:?}");
    server.serve("/keys", &made["second"].to_string());
    until("the new key counts", BOUND, || async {
        send(&client, "/good", &token("rotated"), "rotated")
            .await
            .status
            == 200
    })
    .await;
    let reply = send(&client, "/good", &token("good"), "still-good").await;
    assert_eq!(reply.status, 200, "{reply:?}");
    for realm in wrong {
        let reply = send(&client, realm, &token("good"), realm).await;
        assert_pending(realm, &reply);
    }
    assert_eq!(canary.seen(), 0, "keys were asked for without TLS");
    assert!(fetches(&daemon, "failed").await >= 3);
    let known = ["good", "good-list", "other-client", "rotated", "still-good"];
    assert_eq!(stored(&run), known.map(str::to_owned).into());
    for record in kafka::read_all(&kafka::address(), &run) {
        assert_eq!(record.json()["integrity"], "none");
    }
}
