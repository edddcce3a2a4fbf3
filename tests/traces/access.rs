//! The access log.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::support::daemon::Daemon;
use super::support::github::{Delivery, SECRET};
use super::support::{run_id, until};
use super::{SENDER, config, send};

/// The log's lines of requests.
fn lines(daemon: &Daemon) -> Vec<Value> {
    let output = daemon.output();
    let lines = output
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok());
    lines
        .filter(|line: &Value| line["message"] == "request answered")
        .collect()
}

/// How many had none, as it says.
fn left_out(daemon: &Daemon) -> u64 {
    let output = daemon.output();
    let lines = output
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter_map(|line| line["requests"].as_u64()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accepted_requests_have_lines_by_their_share_and_each_trace_is_in_or_out() {
    let run = run_id();
    let log = json!({ "log": { "format": "json", "level": "info", "access": {
        "accepted_ratio": 0.25, "lines_per_s_max": 100_000,
    } } });
    let daemon = Daemon::start(config(&run, log), &[("GITHUB_SECRET", SECRET)]);
    daemon.ready().await;
    let client = daemon.client();
    let mut expected = BTreeSet::new();
    for number in 0..400_u64 {
        // Spread over all that there may be, by a multiplier that is odd.
        let random = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 8;
        let trace = format!("{:018x}{random:014x}", number + 1);
        let traceparent = format!("00-{trace}-{SENDER}-01");
        let id = format!("{run}-{number}");
        let reply = send(&client, &id, SECRET, &[("traceparent", &traceparent)]).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        if random >= (1 << 56) / 4 * 3 {
            expected.insert(trace);
        }
    }
    assert!((60..140).contains(&expected.len()), "{}", expected.len());
    until("the lines are there", Duration::from_secs(10), || async {
        lines(&daemon).len() >= expected.len()
    })
    .await;
    let lines = lines(&daemon);
    let found: BTreeSet<_> = lines
        .iter()
        .map(|line| line["trace"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(found, expected);
    let line = &lines[0];
    let bytes = Delivery::push(format!("{run}-0")).body.len();
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["client"], "127.0.0.1");
    assert_eq!(
        (&line["method"], &line["source"]),
        (&json!("POST"), &json!("github"))
    );
    assert_eq!(
        (&line["status"], &line["outcome"]),
        (&json!(200), &json!("accepted"))
    );
    assert!(
        line["bytes"].as_u64().unwrap().abs_diff(bytes as u64) <= 2,
        "{line}"
    );
    assert!(
        line["elapsed_ms"].is_u64() && line["request"].is_string(),
        "{line}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_forged_requests_fills_no_disk_and_no_line_holds_what_was_sent() {
    const FORGED: usize = 600;
    let run = run_id();
    let log = json!({ "log": { "format": "json", "level": "info", "access": { "lines_per_s_max": 10 } } });
    let daemon = Daemon::start(config(&run, log), &[("GITHUB_SECRET", SECRET)]);
    let client = daemon.client();
    let began = Instant::now();
    for number in 0..FORGED {
        let mut delivery = Delivery::push(format!("{run}-{number}"));
        delivery.body.extend_from_slice(b"payload-hunter2");
        let headers = delivery.headers("secret-hunter2");
        let mut headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        headers.push(("authorization", "Bearer header-hunter2"));
        let reply = client
            .post("/hooks?token=query-hunter2", &headers, delivery.body)
            .await;
        assert_eq!(reply.status, 401, "{reply:?}");
    }
    let seconds = usize::try_from(began.elapsed().as_secs()).unwrap() + 2;
    let all = || (lines(&daemon).len() as u64) + left_out(&daemon);
    until(
        "every request is accounted for",
        Duration::from_secs(10),
        || async { all() >= FORGED as u64 },
    )
    .await;
    let written = lines(&daemon).len();
    assert_eq!(all(), FORGED as u64);
    assert!(
        (10..=10 * seconds).contains(&written),
        "{written} in {seconds} s"
    );
    assert!(written < FORGED, "{written}");
    let output = daemon.output();
    assert!(!output.contains("hunter2"), "{output}");
    assert!(
        output.contains("\"reason\":\"wrong_signature\""),
        "{output}"
    );

    // A method may be long, and is not written down.
    let long = "M".repeat(5000);
    let raw = format!("{long} /hooks HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let answer = client
        .raw(raw.as_bytes(), false, Duration::from_secs(5))
        .await;
    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
    assert!(!daemon.output().contains("MMMM"));
}
