//! Why a signature failed: each way of failing is told apart, and what would have fitted is named.

use hookferry::authenticate::Secret;
use hookferry::settings::preset::{Preset, Sample};
use hookferry::settings::providers;
use hookferry::sign::{Signed, Signer, sign};
use hookferry::time::UnixTime;
use serde_json::{Value, json};

use super::page::Page;
use super::support::daemon::Daemon;
use super::support::github::SECRET;
use super::support::run_id;
use super::{NOBODY, source, unready};

pub(crate) fn preset(id: &str) -> Preset {
    let tree = providers::load(id).unwrap().unwrap();
    providers::parse(tree).unwrap()
}

/// A sample of the preset's own, signed.
pub(crate) fn signed(
    preset: &Preset,
    sample: &Sample,
    secret: &str,
    url: &str,
    now: UnixTime,
) -> Result<Signed, String> {
    let signer = Signer {
        secret: Some(Secret::new(secret)),
        url: url.to_owned(),
        ..Signer::default()
    };
    sign(preset, &signer, sample, "d-1", now)
}

/// Sends it to `path` with another body than was signed.
pub(crate) async fn send(daemon: &Daemon, path: &str, signed: &Signed, body: Vec<u8>) -> u16 {
    let query = signed
        .url
        .split_once('?')
        .map(|(_, query)| format!("?{query}"));
    let target = format!("{path}{}", query.unwrap_or_default());
    let headers: Vec<_> = signed
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    let method = hyper::Method::from_bytes(signed.method.as_str().as_bytes()).unwrap();
    daemon
        .client()
        .request(method, &target, &headers, body.into())
        .await
        .status
}

struct Case {
    daemon: Daemon,
    page: Page,
    seen: usize,
}

impl Case {
    async fn start(providers: &[&str]) -> Self {
        let sources = providers
            .iter()
            .map(|id| ((*id).to_owned(), source(id, json!({}))));
        let sources = Value::Object(sources.collect());
        let daemon = unready(&run_id(), NOBODY, sources, json!({}));
        let page = Page::of(&daemon);
        Self {
            daemon,
            page,
            seen: 0,
        }
    }

    /// The detail of what became of a request.
    async fn refused(
        &mut self,
        provider: &str,
        signed: &Signed,
        body: impl Into<Vec<u8>>,
    ) -> Value {
        let path = format!("/webhooks/{provider}");
        assert_eq!(send(&self.daemon, &path, signed, body.into()).await, 401);
        self.seen += 1;
        let detail = self.page.kept(self.seen).await;
        assert_eq!(detail["outcome"], "refused", "{detail}");
        detail
    }
}

fn first_cause(detail: &Value) -> &str {
    detail["causes"][0]
        .as_str()
        .unwrap_or_else(|| panic!("no cause: {detail}"))
}

fn steps(detail: &Value) -> String {
    let steps = detail["steps"].as_array().unwrap();
    steps.iter().map(|step| format!("{step}\n")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_way_of_failing_is_told_apart() {
    let mut case = Case::start(&["stripe", "github", "twilio"]).await;
    let now = UnixTime::now();
    let url = |id: &str| format!("https://hooks.example.com/webhooks/{id}");

    // Another secret.
    let stripe = preset("stripe");
    let sample = &stripe.samples[0];
    let by_other = signed(
        &stripe,
        sample,
        "whsec_another_secret_of_some_length",
        &url("stripe"),
        now,
    )
    .unwrap();
    let detail = case
        .refused("stripe", &by_other, by_other.body.clone())
        .await;
    assert!(
        first_cause(&detail).contains("another secret was used"),
        "{detail}"
    );
    let said = steps(&detail);
    assert!(
        said.contains("secret 1: signed content") && said.contains("received"),
        "{said}"
    );
    assert!(said.contains("what is signed is"), "{said}");
    let right = signed(&stripe, sample, SECRET, &url("stripe"), now).unwrap();
    let expected = right.headers["stripe-signature"].to_str().unwrap();
    let expected = expected.split("v1=").nth(1).unwrap();
    assert!(
        said.contains(&format!("gives {}...", &expected[..8])),
        "{said}"
    );
    assert!(
        !detail.to_string().contains(&expected[..16]),
        "no more than its beginning is told"
    );

    // JSON that a proxy has read and written again, in four ways.
    let github = preset("github");
    let text = r#"{"ref": "refs/heads/main", "n": [1, 2], "name": "J\u00f6rg"}"#;
    let sample = Sample {
        body: text.to_owned(),
        ..github.samples[0].clone()
    };
    let spaced = signed(&github, &sample, SECRET, &url("github"), now).unwrap();
    let compact = r#"{"ref":"refs/heads/main","n":[1,2],"name":"J\u00f6rg"}"#;
    let detail = case.refused("github", &spaced, compact).await;
    assert!(
        first_cause(&detail).contains("the spaces behind its commas"),
        "{detail}"
    );
    let sample = Sample {
        body: compact.to_owned(),
        ..sample
    };
    let tight = signed(&github, &sample, SECRET, &url("github"), now).unwrap();
    let detail = case.refused("github", &tight, text).await;
    assert!(
        first_cause(&detail).contains("indented on the way"),
        "{detail}"
    );
    let detail = case
        .refused("github", &tight, compact.replace("\\u00f6", "\u{f6}"))
        .await;
    assert!(first_cause(&detail).contains("beyond ASCII"), "{detail}");
    let value: Value = serde_json::from_str(r#"{"a":{"b":[1]},"c":2}"#).unwrap();
    let pretty = serde_json::to_string_pretty(&value).unwrap();
    let sample = Sample {
        body: pretty,
        ..sample
    };
    let wide = signed(&github, &sample, SECRET, &url("github"), now).unwrap();
    let detail = case.refused("github", &wide, value.to_string()).await;
    assert!(
        first_cause(&detail).contains("its indentation is gone"),
        "{detail}"
    );
    let detail = case
        .refused("github", &wide, [wide.body.as_slice(), b"\n"].concat())
        .await;
    assert!(
        first_cause(&detail).contains("line end at its end"),
        "{detail}"
    );

    // A body that says something else.
    let detail = case
        .refused("github", &wide, r#"{"a":{"b":[2]},"c":2}"#)
        .await;
    assert!(
        detail["causes"]
            .to_string()
            .contains("not the one that was signed"),
        "{detail}"
    );

    // A scheme that signs the URL, which was entered with a slash at its end.
    let twilio = preset("twilio");
    let slashed = format!("{}/", url("twilio"));
    let by_url = signed(&twilio, &twilio.samples[0], SECRET, &slashed, now).unwrap();
    let detail = case.refused("twilio", &by_url, by_url.body.clone()).await;
    assert_eq!(
        first_cause(&detail),
        format!("the provider was given another URL: {slashed} fits")
    );

    // An old one.
    let past = UnixTime::from_millis(now.millis() - 3_600_000);
    let old = signed(&stripe, &stripe.samples[0], SECRET, &url("stripe"), past).unwrap();
    let detail = case.refused("stripe", &old, old.body.clone()).await;
    assert_eq!(detail["reason"], "stale");
    assert!(
        first_cause(&detail).contains("sent again by hand, or waited"),
        "{detail}"
    );
    assert!(
        !detail["causes"].to_string().contains("--"),
        "no options of the command line"
    );
    // As of its arrival, which may be a second or more after `now`.
    let arrived: jiff::Timestamp = detail["at"].as_str().unwrap().parse().unwrap();
    let apart = format!("{} s apart", arrived.as_second() - past.seconds());
    assert!(steps(&detail).contains(&apart), "{detail}");

    // Its own header is missing; another's is there.
    let mut bare = signed(&github, &sample_of(&github), SECRET, &url("github"), now).unwrap();
    let value = bare.headers.remove("x-hub-signature-256").unwrap();
    bare.headers.insert("x-other-signature", value);
    let detail = case.refused("github", &bare, bare.body.clone()).await;
    let causes = detail["causes"].to_string();
    assert!(
        causes.contains("no header x-hub-signature-256") && causes.contains("x-other-signature"),
        "{causes}"
    );
}

fn sample_of(preset: &Preset) -> Sample {
    preset.samples[0].clone()
}
