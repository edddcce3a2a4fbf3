//! One run of a check.

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;
use tokio::time::Instant;

use super::arrival;
use super::foresee::{self, Arriving};
use super::watch::{Told, Watch};
use super::{Check, Failure, Outcome, Report};
use crate::fetch::Fetcher;

/// How long the brokers may take to let themselves be read, before anything is sent.
const READY_WITHIN: Duration = Duration::from_secs(5);

/// Runs `check` once. It takes no longer than 5 s and its own bounds for the reply, twice, and the
/// arrival.
pub async fn run(check: &Check, fetcher: &Fetcher) -> Report {
    let mut report = Report {
        check: check.name().to_owned(),
        ..Report::default()
    };
    report.failure = attempt(check, fetcher, &mut report).await.err();
    report
}

async fn attempt(check: &Check, fetcher: &Fetcher, report: &mut Report) -> Result<(), Failure> {
    let cannot = |error: String| Failure::new(Outcome::CannotSign, "a signed request", error);
    let run = name();
    report.run.clone_from(&run);
    let looked_at = foresee::request(check, &run).map_err(cannot)?;
    let places = foresee::arriving(check, &looked_at).map_err(cannot)?;
    let expect = check.expect();
    if expect.arrives && places.iter().any(|it| it.place.is_routed()) {
        // A queue of our own would make it routable: so one goes before there is such, under another name.
        ask(check, fetcher, &name(), report).await?;
    }
    let mut watch = Watch::begin(&places, &run);
    let reading = match &mut watch {
        Ok(watch) => ready(watch, places.len()).await,
        Err(error) => Err(error.clone()),
    };
    let began = ask(check, fetcher, &run, report).await?;
    let watch = match (watch, reading) {
        (Ok(watch), Ok(())) => watch,
        (_, Err(error)) | (Err(error), Ok(())) => {
            let expected = format!("to read {}", texts(&places));
            return Err(Failure::new(Outcome::CannotRead, expected, error));
        }
    };
    let deadline = began + expect.arrives_within;
    if expect.arrives {
        arrive(check, &places, watch, (began, deadline), report).await
    } else {
        stay_away(watch, deadline, report).await
    }
}

/// A run's name, which nothing else has.
fn name() -> String {
    format!("hookferry-check-{}", uuid::Uuid::now_v7())
}

/// Waits until all of `count` readers see what is published from then on.
async fn ready(watch: &mut Watch, count: usize) -> Result<(), String> {
    let deadline = Instant::now() + READY_WITHIN;
    let mut left = count;
    while left > 0 {
        match watch.next(deadline).await {
            Some(Told::Ready) => left -= 1,
            // Nothing of this run is sent yet.
            Some(Told::Arrived(..)) => {}
            Some(Told::Ended(error)) => return Err(error),
            None => return Err(format!("no answer within {} s", READY_WITHIN.as_secs())),
        }
    }
    Ok(())
}

/// Sends the request of `run` and judges the reply; when that began.
async fn ask(
    check: &Check,
    fetcher: &Fetcher,
    run: &str,
    report: &mut Report,
) -> Result<Instant, Failure> {
    let signed = foresee::request(check, run);
    let signed =
        signed.map_err(|error| Failure::new(Outcome::CannotSign, "a signed request", error))?;
    let url = signed.aimed_at(&check.url);
    let timeout = check.settings.timeout;
    let began = Instant::now();
    let body = Bytes::from(signed.body);
    let answer = fetcher.exchange(signed.method, &url, signed.headers, body, timeout);
    let (status, body) = answer.await.map_err(|error| {
        let expected = format!("a reply of {url} within {} ms", timeout.as_millis());
        Failure::new(Outcome::SendFailed, expected, error)
    })?;
    let took = began.elapsed();
    report.status = Some(status.as_u16());
    report.reply = Some(took);
    let expect = check.expect();
    if !is_expected(&expect.status, status) {
        let got = format!("status {}{}", status.as_u16(), reason(&body));
        return Err(Failure::new(
            Outcome::WrongStatus,
            statuses(&expect.status),
            got,
        ));
    }
    match expect.within.filter(|within| took > *within) {
        None => Ok(began),
        Some(within) => {
            let expected = format!("a reply within {} ms", within.as_millis());
            let got = format!("one after {} ms", took.as_millis());
            Err(Failure::new(Outcome::TooSlow, expected, got))
        }
    }
}

fn is_expected(expected: &[u16], status: StatusCode) -> bool {
    if expected.is_empty() {
        return status.is_success();
    }
    expected.contains(&status.as_u16())
}

fn statuses(expected: &[u16]) -> String {
    let mut text = "status".to_owned();
    for (at, status) in expected.iter().enumerate() {
        let between = if at == 0 { " " } else { " or " };
        // Writing to a String cannot fail.
        let _ = write!(text, "{between}{status}");
    }
    if expected.is_empty() {
        text.push_str(" 2xx");
    }
    text
}

/// The daemon's word for it. Whatever else was answered may be anything, and is not shown.
fn reason(body: &[u8]) -> String {
    let reply: Option<Value> = serde_json::from_slice(body).ok();
    let reason = reply
        .as_ref()
        .and_then(|reply| reply.get("reason")?.as_str());
    let is_word = |text: &&str| {
        text.len() <= 40 && text.bytes().all(|it| it.is_ascii_lowercase() || it == b'_')
    };
    let reason = reason.filter(is_word);
    reason.map_or_else(String::new, |reason| format!(" {reason}"))
}

/// Waits for all events of the run.
async fn arrive(
    check: &Check,
    places: &[Arriving],
    mut watch: Watch,
    (began, deadline): (Instant, Instant),
    report: &mut Report,
) -> Result<(), Failure> {
    let mut left: Vec<usize> = places.iter().map(|it| it.count).collect();
    while left.iter().any(|left| *left > 0) {
        match watch.next(deadline).await {
            Some(Told::Ready) => {}
            Some(Told::Arrived(at, seen, when)) => {
                if let Some(left) = left.get_mut(at) {
                    *left = left.saturating_sub(1);
                }
                report.arrival = Some(when.saturating_duration_since(began));
                report.places.push(seen.place.clone());
                let expected = &check.expect().attributes;
                if let Some((expected, got)) = arrival::differs(expected, &seen) {
                    return Err(Failure::new(Outcome::WrongAttributes, expected, got));
                }
            }
            Some(Told::Ended(error)) => {
                let expected = format!("to read {}", texts(places));
                return Err(Failure::new(Outcome::CannotRead, expected, error));
            }
            None => {
                let missing = places.iter().zip(&left).filter(|(_, left)| **left > 0);
                let missing: Vec<_> = missing.map(|(it, _)| it.place.text()).collect();
                let bound = check.expect().arrives_within.as_millis();
                let expected = format!("its event at {} within {bound} ms", missing.join(", "));
                let got = match report.places.as_slice() {
                    [] => "nothing".to_owned(),
                    places => places.join(", "),
                };
                return Err(Failure::new(Outcome::NotArrived, expected, got));
            }
        }
    }
    Ok(())
}

/// Waits for no event of the run.
async fn stay_away(
    mut watch: Watch,
    deadline: Instant,
    report: &mut Report,
) -> Result<(), Failure> {
    loop {
        match watch.next(deadline).await {
            Some(Told::Ready) => {}
            Some(Told::Arrived(_, seen, _)) => {
                report.places.push(seen.place.clone());
                let got = format!("one at {}", seen.place);
                return Err(Failure::new(Outcome::Unwanted, "no event", got));
            }
            Some(Told::Ended(error)) => {
                return Err(Failure::new(Outcome::CannotRead, "no event", error));
            }
            None => return Ok(()),
        }
    }
}

fn texts(places: &[Arriving]) -> String {
    let places: Vec<_> = places.iter().map(|it| it.place.text()).collect();
    places.join(", ")
}
