//! Certificates that messages name by URL.

use super::*;
use authority::Valid;
use server::Canary;

const NAME: &str = "sns.example.com";

/// Sends the same message until it is accepted, and until then it may only have to wait.
async fn assert_accepted(daemon: &Daemon, path: &str, message: &Value) {
    let client = daemon.client();
    until(&format!("{path} accepts a message"), BOUND, || async {
        let reply = sns::send(&client, path, message).await;
        if reply.status != 200 {
            assert_pending(path, &reply);
        }
        reply.status == 200
    })
    .await;
}

/// URLs that are not of `localhost:PINNED` or `127.0.0.*:PINNED`, and where they lead; or are, and no
/// certificate's.
pub(crate) fn hostile(pinned: u16, canary: u16) -> Vec<String> {
    let (p, c) = (pinned, canary);
    let urls = [
        // Other schemes, and none.
        format!("http://localhost:{p}/k.pem"),
        format!("http://localhost:{c}/k.pem"),
        format!("HTTPS://localhost:{p}/k.pem"),
        format!("ftp://localhost:{c}/k.pem"),
        format!("//localhost:{c}/k.pem"),
        format!("localhost:{p}/k.pem"),
        format!("https:/localhost:{p}/k.pem"),
        format!("https:localhost:{c}/k.pem"),
        format!("https:///localhost:{p}/k.pem"),
        format!("https:\\\\localhost:{c}\\k.pem"),
        "file:///etc/ssl/cert.pem".into(),
        "data:application/x-pem-file,key".into(),
        "https://".into(),
        String::new(),
        // Other ports.
        format!("https://localhost:{c}/k.pem"),
        "https://localhost/k.pem".into(),
        "https://localhost:443/k.pem".into(),
        "https://localhost:/k.pem".into(),
        format!("https://localhost:0{p}/k.pem"),
        format!("https://localhost:{p}:{c}/k.pem"),
        format!("https://localhost:{c}:{p}/k.pem"),
        // Other hosts, and the same by other names.
        format!("https://127.0.0.1:{c}/k.pem"),
        format!("https://127.1:{p}/k.pem"),
        format!("https://127.1:{c}/k.pem"),
        format!("https://0:{c}/k.pem"),
        format!("https://0.0.0.0:{c}/k.pem"),
        format!("https://2130706433:{c}/k.pem"),
        format!("https://0x7f000001:{c}/k.pem"),
        format!("https://0177.0.0.1:{p}/k.pem"),
        format!("https://[::1]:{c}/k.pem"),
        format!("https://[::1]:{p}/k.pem"),
        format!("https://[::ffff:127.0.0.1]:{c}/k.pem"),
        format!("https://127.0.0.1.:{p}/k.pem"),
        format!("https://localhost.:{p}/k.pem"),
        // Prefixes and suffixes of what is pinned.
        format!("https://evil-localhost:{p}/k.pem"),
        format!("https://evil.localhost:{p}/k.pem"),
        format!("https://localhost.evil.example:{p}/k.pem"),
        format!("https://localhost:{p}.evil.example/k.pem"),
        format!("https://127.0.0.1.evil.example:{p}/k.pem"),
        format!("https://127.0.0.1.1:{p}/k.pem"),
        format!("https://127.0.0.:{p}/k.pem"),
        format!("https://evil.example:{c}/localhost:{p}/k.pem"),
        format!("https://127.0.0.1:{c}/localhost:{p}/k.pem"),
        // Users.
        format!("https://localhost:{p}@127.0.0.1:{c}/k.pem"),
        format!("https://localhost@127.0.0.1:{c}/k.pem"),
        format!("https://127.0.0.@127.0.0.1:{c}/k.pem"),
        format!("https://127.0.0.x@localhost:{p}/k.pem"),
        format!("https://user@localhost:{p}/k.pem"),
        format!("https://user:password@localhost:{p}/k.pem"),
        format!("https://127.0.0.1:{c}\\@localhost:{p}/k.pem"),
        format!("https://127.0.0.1:{c}#@localhost:{p}/k.pem"),
        format!("https://127.0.0.1:{c}?@localhost:{p}/k.pem"),
        // More than a path behind the host, or less.
        format!("https://localhost:{p}"),
        format!("https://localhost:{p}/k.pem?x=1"),
        format!("https://localhost:{p}/?u=https://localhost:{c}/k.pem"),
        format!("https://localhost:{p}/k.pem#x"),
        format!("https://localhost:{p}?x/k.pem"),
        format!("https://localhost:{p}/%6b.pem"),
        format!("https://localhost:{p}/k.pem\\..\\x"),
        // What parsers may drop or fold.
        format!(" https://localhost:{p}/k.pem"),
        format!("https://localhost:{p}/k.pem "),
        format!("\thttps://localhost:{p}/k.pem"),
        format!("https://local\nhost:{p}/k.pem"),
        format!("https://localhost:{p}\u{0}/k.pem"),
        format!("https://localhost:{p}/k.pem\r\nhost: evil.example"),
        format!("https://\u{ff4c}ocalhost:{p}/k.pem"),
        format!("https://localhost\u{3002}:{p}/k.pem"),
        format!("https://127.0.0.\u{ff11}:{p}/k.pem"),
    ];
    Vec::from(urls)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_fetched_from_no_other_place_than_the_pinned_one() {
    let (run, authority) = (run_id(), Authority::new());
    let (server, canary) = (Server::start(&authority), Canary::start().await);
    let key = sns::key(&authority.key("signer"));
    let pem = authority.issue("signer", "signer", &format!("DNS:{NAME}"), Valid::Now);
    server.serve("/k.pem", &pem);
    let hosts = ["localhost", "127.0.0.*"].map(|host| format!("{host}:{}", server.port));
    let confirm = format!("localhost:{}", server.port);
    let sources = json!({ "sns": sns::source("/sns", &hosts, &[NAME], &confirm) });
    let daemon = start(&run, sources, &authority).await;
    let client = daemon.client();

    let urls = hostile(server.port, canary.port);
    println!("{} hostile URLs", urls.len());
    assert!(urls.len() >= 60);
    let mut wrong = Vec::new();
    for (at, url) in urls.iter().enumerate() {
        let message = sns::message(&key, url, &format!("hostile-{at}"), json!({}));
        let reply = sns::send(&client, "/sns", &message).await;
        let said = (reply.status, reply.reason());
        if said != (401, "unknown_key".to_owned()) {
            wrong.push((url, said));
        }
    }
    assert!(wrong.is_empty(), "not refused at once: {wrong:#?}");
    // The pinned place is asked for nothing but this.
    let url = server.url("/k.pem");
    let good = sns::message(&key, &url, "good", json!({}));
    assert_accepted(&daemon, "/sns", &good).await;
    let told = server.told();
    assert_eq!(told.requests, ["/k.pem"]);
    assert_eq!(told.connections, 1);
    assert_eq!(canary.seen(), 0);
    assert_eq!(fetches(&daemon, "failed").await, 0);

    // What was fetched is good for its own URL and its own key.
    let stranger = sns::key(&authority.key("stranger"));
    let forged = sns::message(&stranger, &url, "forged", json!({}));
    let reply = sns::send(&client, "/sns", &forged).await;
    assert_refused("another key", "wrong_signature", &reply);
    for (at, url) in urls.iter().enumerate() {
        let message = sns::message(&key, url, &format!("again-{at}"), json!({}));
        let reply = sns::send(&client, "/sns", &message).await;
        assert_refused(url, "unknown_key", &reply);
    }
    assert_eq!(server.told().requests, ["/k.pem"]);
    assert_eq!(canary.seen(), 0);
    assert_eq!(stored(&run), BTreeSet::from(["good".to_owned()]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_counts_only_for_its_names_and_in_its_time() {
    let (run, authority, unknown) = (run_id(), Authority::new(), Authority::new());
    let server = Server::start(&authority);
    let pem = authority.key("signer");
    let key = sns::key(&pem);
    std::fs::write(unknown.path("signer.key"), &pem).unwrap();
    let issue = |name: &str, valid: Valid| {
        let names = format!("DNS:{name}.example.com,DNS:*.{name}.example.org");
        authority.issue(name, "signer", &names, valid)
    };
    let chained = issue("chained", Valid::Now) + &authority.pem();
    let names = "DNS:strange.example.com";
    let strange = unknown.issue("strange", "signer", names, Valid::Now) + &unknown.pem();
    // The authority has issued it itself: whatever else comes along changes nothing.
    let mixed = issue("mixed", Valid::Now) + &unknown.pem();
    // Each place has certificates for other names, so that what one does not delay the next.
    let cases = [
        ("lone", issue("lone", Valid::Now), true),
        ("chained", chained, true),
        ("past", issue("past", Valid::Past), false),
        ("future", issue("future", Valid::Future), false),
        ("misnamed", issue("other", Valid::Now), false),
        ("strange", strange, false),
        ("mixed", mixed, true),
        ("page", "<html>not found</html>".to_owned(), false),
        ("key", pem.clone(), false),
    ];
    let hosts = [format!("localhost:{}", server.port)];
    let mut sources = serde_json::Map::new();
    for (name, pem, _) in &cases {
        server.serve(&format!("/{name}.pem"), pem);
        let path = format!("/{name}");
        let names = format!("{name}.example.com");
        let source = sns::source(&path, &hosts, &[&names], &hosts[0]);
        sources.insert((*name).to_owned(), source);
    }
    let daemon = start(&run, sources.into(), &authority).await;
    let client = daemon.client();
    let message = |name: &str| {
        let url = server.url(&format!("/{name}.pem"));
        sns::message(&key, &url, name, json!({}))
    };
    for (name, _, _) in &cases {
        let reply = sns::send(&client, &format!("/{name}"), &message(name)).await;
        assert_pending(name, &reply);
    }
    until("every certificate was looked at", BOUND, || async {
        let [fetched, failed] = ["fetched", "failed"].map(|it| fetches(&daemon, it));
        (fetched.await + failed.await) >= cases.len() as u64
    })
    .await;
    for (name, _, good) in &cases {
        if *good {
            assert_accepted(&daemon, &format!("/{name}"), &message(name)).await;
        } else {
            assert_eq!(server.count(&format!("/{name}.pem")), 1, "{name}");
            let reply = sns::send(&client, &format!("/{name}"), &message(name)).await;
            assert!(matches!(reply.status, 401 | 503), "{name}: {reply:?}");
        }
    }
    let good = cases.iter().filter(|(_, _, good)| *good);
    assert_eq!(stored(&run), good.map(|it| it.0.to_owned()).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_who_names_other_certificates_does_not_have_the_provider_refused() {
    let (run, authority) = (run_id(), Authority::new());
    let server = Server::start(&authority);
    let key = sns::key(&authority.key("signer"));
    let stranger = sns::key(&authority.key("stranger"));
    let pem = authority.issue("signer", "signer", &format!("DNS:{NAME}"), Valid::Now);
    server.serve("/k.pem", &pem);
    let hosts = [format!("localhost:{}", server.port)];
    let sources = json!({ "sns": sns::source("/sns", &hosts, &[NAME], &hosts[0]) });
    let daemon = start(&run, sources, &authority).await;
    let client = daemon.client();
    let forge = async |at: usize| {
        let url = server.url(&format!("/stranger-{at}.pem"));
        let message = sns::message(&stranger, &url, "forged", json!({}));
        let reply = sns::send(&client, "/sns", &message).await;
        assert!(matches!(reply.status, 401 | 503), "{reply:?}");
    };
    // A 401 is final: Amazon sends such a message never again.
    let good = sns::message(&key, &server.url("/k.pem"), "good", json!({}));
    let number = std::sync::atomic::AtomicUsize::new(0);
    until("the provider is believed", BOUND, || async {
        forge(number.fetch_add(1, std::sync::atomic::Ordering::Relaxed)).await;
        let reply = sns::send(&client, "/sns", &good).await;
        if reply.status != 200 {
            assert_pending("the provider", &reply);
        }
        reply.status == 200
    })
    .await;
    assert_eq!(stored(&run), BTreeSet::from(["good".to_owned()]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_runs_out_later_counts_no_longer_then() {
    const GOOD_FOR: Duration = Duration::from_secs(30);
    let (run, authority) = (run_id(), Authority::new());
    let server = Server::start(&authority);
    let key = sns::key(&authority.key("signer"));
    let hosts = [format!("localhost:{}", server.port)];
    let sources = json!({ "sns": sns::source("/sns", &hosts, &[NAME], &hosts[0]) });
    let daemon = start(&run, sources, &authority).await;
    let valid = Valid::For(GOOD_FOR);
    let pem = authority.issue("signer", "signer", &format!("DNS:{NAME}"), valid);
    server.serve("/k.pem", &pem);
    let message = sns::message(&key, &server.url("/k.pem"), "good", json!({}));
    assert_accepted(&daemon, "/sns", &message).await;
    let client = daemon.client();
    until("the certificate has run out", GOOD_FOR * 2, || async {
        sns::send(&client, "/sns", &message).await.status != 200
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_star_of_a_pinned_host_stands_for_no_port() {
    let (run, authority) = (run_id(), Authority::new());
    let canary = Canary::start().await;
    let key = sns::key(&authority.key("signer"));
    let hosts = ["127.0.0.*:443".to_owned()];
    let sources = json!({ "sns": sns::source("/sns", &hosts, &[NAME], &hosts[0]) });
    let daemon = start(&run, sources, &authority).await;
    let url = format!("https://127.0.0.1:{}:443/k.pem", canary.port);
    let message = sns::message(&key, &url, "hostile", json!({}));
    let reply = sns::send(&daemon.client(), "/sns", &message).await;
    assert_refused(&url, "unknown_key", &reply);
    assert_eq!(fetches(&daemon, "failed").await, 0);
    assert_eq!(canary.seen(), 0);
}
