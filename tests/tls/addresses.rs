//! Sources that take requests from some addresses only.

use std::process::Command;
use std::time::Duration;

use serde_json::json;

use super::support::github::{Delivery, SECRET};
use super::support::{Folder, output_of, run_id, until};
use super::{Daemon, ENV, config, shown, source};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_takes_requests_from_the_addresses_that_it_names() {
    let folder = Folder::new();
    let sources = json!({
        "all": source("all", json!({})),
        "near": source("near", json!({ "allow_from": ["192.0.2.0/24", "127.0.0.1"] })),
        "far": source("far", json!({ "allow_from": ["192.0.2.0/24", "2001:db8::/32"],
            "rate": { "requests_per_s": 1, "burst_max": 5 } })),
    });
    for trusts in [false, true] {
        let proxies = if trusts {
            json!(["127.0.0.0/8"])
        } else {
            json!(["10.0.0.0/8"])
        };
        let more = json!({ "sources": sources, "limits": { "trusted_proxies": proxies } });
        let daemon = Daemon::start(config(&folder, more), &ENV);
        daemon.ready().await;
        let client = daemon.client();
        let send = async |path: &str, forwarded: Option<&str>| {
            let delivery = Delivery::push(run_id());
            let headers = delivery.headers(SECRET);
            let headers = headers.iter().map(|(name, value)| (*name, value.as_str()));
            let further = forwarded.map(|value| ("x-forwarded-for", value));
            let headers: Vec<_> = headers.chain(further).collect();
            let reply = client.post(path, &headers, delivery.body).await;
            (reply.status, reply.reason())
        };
        let (taken, denied) = (
            (200, "accepted".to_owned()),
            (403, "address_not_allowed".to_owned()),
        );
        let word = |counts: bool| if counts { &taken } else { &denied };
        for (path, forwarded, counts) in [
            ("/all", None, true),
            ("/near", None, true),
            ("/far", None, false),
            // The word of a proxy that is trusted counts, and of nobody else.
            ("/far", Some("192.0.2.9"), trusts),
            ("/far", Some("2001:db8::9"), trusts),
            ("/near", Some("203.0.113.9"), !trusts),
            ("/near", Some("192.0.2.9"), true),
            // What the client wrote before the proxy did is not the proxy's word.
            ("/far", Some("192.0.2.9, 203.0.113.9"), false),
            ("/far", Some("no address"), false),
        ] {
            let answer = send(path, forwarded).await;
            assert_eq!(
                &answer,
                word(counts),
                "{path} {forwarded:?}, trusted: {trusts}"
            );
        }
        // Who is not let in uses up nothing of what is there for those who are.
        for _ in 0..20 {
            assert_eq!(send("/far", None).await, denied);
        }
        let series = "hookferry_requests_denied_total{reason=\"address_not_allowed\"}";
        let least = if trusts { 24 } else { 25 };
        until("they are counted", Duration::from_secs(5), || async {
            shown(&daemon, series).await == least
        })
        .await;
        if trusts {
            assert_eq!(send("/far", Some("192.0.2.10")).await, taken);
        }
        // The operator is told which address it was; the client is not.
        let output = daemon.output();
        assert!(
            output.contains("does not take requests from this address: 127.0.0.1"),
            "{output}"
        );
        let reply = client.post("/far", &[], "").await;
        assert!(!reply.text().contains("127.0.0.1"), "{reply:?}");
    }
}

#[test]
fn a_provider_that_publishes_its_addresses_says_where() {
    for (provider, place) in [
        ("github", "https://api.github.com/meta"),
        ("stripe", "https://stripe.com/files/ips/ips_webhooks.json"),
        ("bitbucket", "https://ip-ranges.atlassian.com/"),
        ("jira", "https://ip-ranges.atlassian.com/"),
        ("trello", "https://ip-ranges.atlassian.com/"),
        ("datadog", "https://ip-ranges.datadoghq.com/"),
        (
            "pagerduty",
            "https://developer.pagerduty.com/ip-safelists/webhooks-us-service-region-json",
        ),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookferry"));
        let said = output_of(command.args(["providers", provider]), vec![]);
        let said = String::from_utf8(said).unwrap();
        let line = said.lines().find(|line| line.contains("for allow_from"));
        assert!(line.is_some_and(|line| line.ends_with(place)), "{said}");
    }
}
