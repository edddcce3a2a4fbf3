//! Secrets that providers hand over.

use std::os::unix::fs::PermissionsExt as _;

use super::*;
use support::Folder;
use support::client::Client;
use support::github::hmac_hex;

const EVENTS: &str = r#"{"events":[{"created_at":"2026-01-01T00:00:00.123Z","action":"changed","resource":{"gid":"1337","resource_type":"task"}}]}"#;
const JSON: (&str, &str) = ("content-type", "application/json");

async fn hand_over(client: &Client, path: &str, secret: &str) -> Reply {
    let headers = [JSON, ("x-hook-secret", secret)];
    client.post(path, &headers, "{}").await
}

async fn event(client: &Client, path: &str, secret: &str) -> Reply {
    let signature = hmac_hex(secret.as_bytes(), EVENTS.as_bytes());
    let headers = [JSON, ("x-hook-signature", &signature)];
    client.post(path, &headers, EVENTS).await
}

fn asana(path: &str) -> Value {
    json!({ "provider": "asana", "path": path })
}

/// The secrets that the admin side shows, as (source, secret).
async fn shown(daemon: &Daemon) -> Vec<(String, String)> {
    let headers = [("host", "localhost")];
    let learned = daemon.admin();
    let learned = learned.request(hyper::Method::GET, "/learned", &headers, "".into());
    let learned = learned.await.json();
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let entries = learned["learned"].as_array().unwrap().iter();
    entries
        .map(|entry| (text(entry, "source"), text(entry, "secret")))
        .collect()
}

/// A daemon that learns, and its configuration.
fn learning(run: &str, sources: Value) -> (Value, Daemon) {
    let settings = settings(run, sources);
    let daemon = Daemon::start(&settings, &[]);
    (settings, daemon)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_without_a_file_is_shown_to_the_operator_and_used_for_nothing() {
    let run = run_id();
    let (_, daemon) = learning(&run, json!({ "asana": asana("/asana") }));
    daemon.ready().await;
    let client = daemon.client();
    assert_eq!(shown(&daemon).await, []);
    let secret = format!("handed-over-{run}");
    let reply = hand_over(&client, "/asana", &secret).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("x-hook-secret"), Some(secret.as_str()));
    let expected = vec![("asana".to_owned(), secret.clone())];
    assert_eq!(shown(&daemon).await, expected);
    let again = hand_over(&client, "/asana", &secret).await;
    assert_eq!(again.status, 200, "{again:?}");
    assert_eq!(shown(&daemon).await, expected);

    let reply = event(&client, "/asana", &secret).await;
    assert_refused("an event", "wrong_signature", &reply);
    // A text that is no token is not answered, nor kept.
    for text in ["<script>alert(1)</script>", "two words", &"x".repeat(300)] {
        let reply = hand_over(&client, "/asana", text).await;
        assert_eq!(reply.status, 403, "{text}: {reply:?}");
    }
    assert_eq!(shown(&daemon).await, expected);
    // Memory is finite.
    for at in 0..30 {
        let reply = hand_over(&client, "/asana", &format!("{secret}-{at}")).await;
        assert!(matches!(reply.status, 200 | 403), "{reply:?}");
    }
    assert_eq!(shown(&daemon).await.len(), 8);
    // The way to the ingress shows nothing of it, and neither does the log.
    assert_eq!(client.get("/learned").await.status, 404);
    let output = daemon.output();
    assert!(!output.contains(&secret), "{output}");
    assert_eq!(stored(&run), BTreeSet::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_secret_goes_into_its_file_and_counts_from_then_on() {
    let (run, folder) = (run_id(), Folder::new());
    let file = folder.path().join("secret");
    let mut source = asana("/asana");
    source["learned_secret_file"] = file.display().to_string().into();
    let (settings, daemon) = learning(&run, json!({ "asana": source }));
    daemon.ready().await;
    let client = daemon.client();
    let (first, second) = (
        format!("the-first-of-{run}"),
        format!("the-second-of-{run}"),
    );
    let early = event(&client, "/asana", &first).await;
    assert_eq!(early.status, 401, "{early:?}");
    assert!(!file.exists());

    let reply = hand_over(&client, "/asana", &first).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(reply.header("x-hook-secret"), Some(first.as_str()));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), first);
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 1, "something else was left beside it");
    until("the secret counts", Duration::from_secs(20), || async {
        event(&client, "/asana", &first).await.status == 200
    })
    .await;

    for text in [second.as_str(), "the", &format!("{first}x")] {
        let reply = hand_over(&client, "/asana", text).await;
        let said = (reply.status, reply.reason());
        assert_eq!(said, (403, "wrong_challenge".to_owned()), "{reply:?}");
        assert_eq!(reply.header("x-hook-secret"), None);
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), first);
    let reply = hand_over(&client, "/asana", &first).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(event(&client, "/asana", &second).await.status, 401);
    assert_eq!(event(&client, "/asana", &first).await.status, 200);
    assert_eq!(shown(&daemon).await, []);
    let output = daemon.output();
    assert!(
        !output.contains(&first) && !output.contains(&second),
        "{output}"
    );

    // It is there from the start the next time.
    drop(daemon);
    let daemon = Daemon::start(&settings, &[]);
    daemon.ready().await;
    let client = daemon.client();
    assert_eq!(event(&client, "/asana", &first).await.status, 200);
    assert_eq!(hand_over(&client, "/asana", &second).await.status, 403);
    let records = kafka::read_all(&kafka::address(), &run);
    assert!(records.len() >= 3, "{records:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_secrets_that_are_handed_over_at_once_the_one_in_the_file_was_answered() {
    const SOURCES: usize = 20;
    const SENDERS: usize = 8;
    let (run, folder) = (run_id(), Folder::new());
    let file = |at: usize| folder.path().join(format!("secret-{at}"));
    let sources = (0..SOURCES).map(|at| {
        let mut source = asana(&format!("/{at}"));
        source["learned_secret_file"] = file(at).display().to_string().into();
        (format!("s{at}"), source)
    });
    let (_, daemon) = learning(&run, Value::Object(sources.collect()));
    let client = daemon.client();
    for at in 0..SOURCES {
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            let (client, secret) = (client.clone(), format!("secret-of-sender-{sender}"));
            senders.spawn(async move {
                let reply = hand_over(&client, &format!("/{at}"), &secret).await;
                (secret, reply.status)
            });
        }
        let answers: BTreeMap<_, _> = senders.join_all().await.into_iter().collect();
        let kept = std::fs::read_to_string(file(at)).unwrap();
        let answered = answers.iter().filter(|(_, status)| **status == 200);
        let answered: Vec<_> = answered.map(|(secret, _)| secret).collect();
        assert_eq!(answered, [&kept], "{answers:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_is_handed_over_keeps_the_daemon_from_starting_again() {
    let (run, folder) = (run_id(), Folder::new());
    let long = "x".repeat(100_000);
    // (provider, what is handed over): Gusto's is any text of the body.
    let cases = [
        ("asana", "x"),
        ("asana", "0123456789abcde"),
        ("gusto", "x"),
        ("gusto", "      \n  "),
        ("gusto", "\u{feff}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}"),
        ("gusto", &long),
    ];
    let mut sources = serde_json::Map::new();
    for (at, (provider, _)) in cases.iter().enumerate() {
        let file = folder.path().join(format!("secret-{at}"));
        let source = json!({
            "provider": provider, "path": format!("/{at}"), "learned_secret_file": file,
        });
        sources.insert(format!("s{at}"), source);
    }
    let (settings, mut daemon) = learning(&run, sources.into());
    let client = daemon.client();
    let mut answers = Vec::new();
    for (at, (provider, secret)) in cases.iter().enumerate() {
        let path = format!("/{at}");
        let reply = if *provider == "asana" {
            hand_over(&client, &path, secret).await
        } else {
            let body = json!({ "verification_token": secret }).to_string();
            client.post(&path, &[JSON], body).await
        };
        answers.push((at, reply.status));
    }
    println!("{answers:?}");
    daemon.kill();
    if let Err(ended) = Daemon::attempt(&settings, &[]) {
        panic!("{answers:?}: {}", ended.output);
    }
}

/// A strange thing to write to: where the secret is to be kept leads elsewhere by now.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_a_sandbox_nothing_is_written_where_no_key_of_the_configuration_said() {
    for sandbox in ["landlock", "none"] {
        let (run, folder) = (run_id(), Folder::new());
        let [kept, moved, elsewhere] =
            ["kept", "moved", "elsewhere"].map(|it| folder.path().join(it));
        for made in [&kept, &elsewhere] {
            std::fs::create_dir(made).unwrap();
        }
        let mut source = asana("/asana");
        source["learned_secret_file"] = kept.join("secret").display().to_string().into();
        let mut other = asana("/other");
        other["learned_secret_file"] = kept.join("other").display().to_string().into();
        let mut settings = settings(&run, json!({ "asana": source, "other": other }));
        settings["sandbox"] = sandbox.into();
        let daemon = Daemon::start(&settings, &[]);
        daemon.ready().await;
        let is_confined = sandbox == "landlock";
        assert_eq!(daemon.output().contains("given up"), is_confined);
        // No thread was there before, librdkafka's and the runtime's among them.
        let threads = std::fs::read_dir(format!("/proc/{}/task", daemon.id())).unwrap();
        let threads: Vec<_> = threads
            .map(|it| std::fs::read_to_string(it.unwrap().path().join("status")).unwrap())
            .collect();
        assert!(threads.len() > 2, "{threads:?}");
        let privileges = format!("NoNewPrivs:\t{}", u8::from(is_confined));
        assert!(
            threads.iter().all(|it| it.contains(&privileges)),
            "{threads:?}"
        );

        let client = daemon.client();
        let secret = format!("handed-over-{run}");
        let reply = hand_over(&client, "/other", &secret).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(std::fs::read_to_string(kept.join("other")).unwrap(), secret);
        std::fs::rename(&kept, &moved).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &kept).unwrap();
        let reply = hand_over(&client, "/asana", &secret).await;
        let there = std::fs::read_dir(&elsewhere).unwrap().count();
        if is_confined {
            assert_ne!(reply.status, 200, "{reply:?}");
            assert_eq!(there, 0);
            until("the log says why", Duration::from_secs(10), || async {
                daemon.output().contains("Permission denied")
            })
            .await;
        } else {
            // Without it, it would have been.
            assert_eq!(reply.status, 200, "{reply:?}");
            assert_eq!(there, 1);
        }
    }
}
