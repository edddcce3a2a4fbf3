//! Certificates that a token brings along, up to a root that is configured.

use super::*;
use authority::Valid;
use base64::engine::general_purpose::STANDARD;
use hookferry::authenticate::Secret;

const MARK: &str = "1.3.6.1.4.1.99999.6.11.1";

/// The DER of a PEM certificate in base64, as in `x5c`.
fn der(pem: &str) -> String {
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    lines.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_brings_its_certificate_is_believed_under_the_configured_root_alone() {
    let (run, root, unknown) = (run_id(), Authority::new(), Authority::new());
    let pem = root.key("signer");
    std::fs::write(unknown.path("signer.key"), &pem).unwrap();
    let key = Key::of("signer", JwtAlgorithm::RS256, &Secret::new(pem));
    let (other, short) = (Key::rsa("other"), Key::new("ec", JwtAlgorithm::ES256));
    let marked = format!("DNS:signer.example\n{MARK} = ASN1:NULL");
    let issue = |name: &str, names: &str, valid: Valid| {
        let pem = root.issue(name, "signer", names, valid);
        der(&pem)
    };
    let good = issue("good", &marked, Valid::Now);
    let unmarked = issue("unmarked", "DNS:signer.example", Valid::Now);
    let mismarked = format!("DNS:signer.example\n{MARK}.1 = ASN1:NULL");
    let mismarked = issue("mismarked", &mismarked, Valid::Now);
    let past = issue("past", &marked, Valid::Past);
    let future = issue("future", &marked, Valid::Future);
    let strange = der(&unknown.issue("strange", "signer", &marked, Valid::Now));
    let [own_root, strange_root] = [&root, &unknown].map(|it| der(&it.pem()));

    let server = Server::start(&root);
    let mut source = source("/chain", &server.url("/unused"));
    source["override"] = json!({ "verify": { "jwt": {
        "algorithms": ["RS256", "ES256"], "x5c_root": root.pem(), "x5c_oids": [MARK],
    } } });
    let daemon = start(&run, json!({ "chain": source }), &root).await;
    let client = daemon.client();
    let token = |key: &Key, chain: &[&str]| {
        let name = key.algorithm.name();
        key.token_of(&json!({ "alg": name, "kid": key.kid, "x5c": chain }))
    };
    for (id, chain) in [
        ("lone", vec![good.as_str()]),
        ("chain", vec![&good, &own_root]),
        ("more", vec![&good, &strange_root]),
    ] {
        let reply = send(&client, "/chain", &token(&key, &chain), id).await;
        assert_eq!(reply.status, 200, "{id}: {reply:?}");
    }
    let refused = [
        ("none", vec![]),
        ("unmarked", vec![unmarked.as_str()]),
        ("mismarked", vec![&mismarked]),
        ("past", vec![&past]),
        ("future", vec![&future]),
        ("strange", vec![&strange]),
        ("strange chain", vec![&strange, &strange_root]),
        ("own root behind it", vec![&strange, &own_root]),
        ("the good one behind it", vec![&strange, &good, &own_root]),
        ("the root itself", vec![&own_root]),
        ("in the wrong order", vec![&own_root, &good]),
        ("too many", vec![&good; 7]),
        ("no certificate", vec!["AAAA"]),
        ("no base64", vec!["-----BEGIN CERTIFICATE-----"]),
    ];
    for (what, chain) in &refused {
        let reply = send(&client, "/chain", &token(&key, chain), what).await;
        assert_refused(what, "unknown_key", &reply);
    }
    // Somebody else's key beside a genuine certificate.
    let reply = send(&client, "/chain", &token(&other, &[&good]), "other").await;
    assert_refused("another key", "wrong_signature", &reply);
    let reply = send(&client, "/chain", &token(&short, &[&good]), "kind").await;
    assert_refused("another kind of key", "unknown_key", &reply);
    // A key that the token itself shows counts for nothing.
    let mut head = json!({ "alg": "RS256", "jwk": other.jwk(), "jku": server.url("/unused") });
    let reply = send(&client, "/chain", &other.token_of(&head), "shown").await;
    assert_refused("a key in the token", "unknown_key", &reply);
    head["x5u"] = server.url("/unused").into();
    let reply = send(&client, "/chain", &other.token_of(&head), "shown").await;
    assert_refused("a URL in the token", "unknown_key", &reply);

    let der = STANDARD.decode(&good).unwrap();
    for at in [der.len() / 2, der.len() - 1] {
        let mut changed = der.clone();
        changed[at] ^= 1;
        let chain = STANDARD.encode(&changed);
        let reply = send(&client, "/chain", &token(&key, &[&chain]), "changed").await;
        assert_eq!(reply.status, 401, "byte {at}: {reply:?}");
    }
    assert_eq!(server.told().connections, 0);
    let ids = ["lone", "chain", "more"].map(str::to_owned);
    assert_eq!(stored(&run), BTreeSet::from(ids));
}
