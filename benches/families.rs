//! What it costs to judge a request of each family of schemes: the first genuine test case of a
//! preset, as it stands in tests/vectors.
//!
//! ```text
//! cargo bench --bench families
//! ```

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    missing_debug_implementations,
    unreachable_pub,
    reason = "a bench that cannot go on says so and stops"
)]

use std::hint::black_box;
use std::path::Path;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use hookferry::authenticate::{Arrival, authenticate};
use hookferry::commands::verify::cases::{Case, Judge, Verdict};
use hookferry::time::UnixTime;

/// A family, and a preset of it.
const FAMILIES: &[(&str, &str)] = &[
    ("HMAC of the body", "github"),
    ("HMAC of time and body, a list of signatures", "stripe"),
    ("Standard Webhooks", "standard-webhooks"),
    ("HMAC of URL and sorted form", "twilio"),
    ("HMAC of URL and body", "square"),
    ("HMAC of headers that the request lists", "contentful"),
    ("HMAC for each item of a batch", "adyen"),
    ("HMAC of fields in a multipart form", "dropbox-sign"),
    ("a hash with the secret in it", "hubspot-v1"),
    ("Ed25519", "discord"),
    ("ECDSA P-256", "sendgrid"),
    ("RSA, certificate by URL", "aws-sns"),
    ("JWT with a digest of the body, HS256", "livekit"),
    ("JWT with a digest of the body, ES256 by key id", "plaid"),
    ("OIDC token, RS256 by key id", "google-pubsub"),
    ("JWS with a chain of certificates", "apple-app-store"),
    ("HTTP message signature", "rfc9421"),
    ("shared token", "telegram"),
];

fn families(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("judge");
    for (family, id) in FAMILIES {
        let case = genuine(id);
        let endpoint = Judge::default().endpoint(&case).expect("a configuration");
        let now = UnixTime::from_seconds(case.now);
        let body = case.received().expect("a request").body().len();
        group.throughput(Throughput::Bytes(u64::try_from(body).expect("a size")));
        group.bench_function(format!("{family} ({id}, {body} B)"), |bencher| {
            bencher.iter_batched(
                || case.received().expect("a request"),
                |received| {
                    let judged = authenticate(&endpoint.scheme, received, now, &mut ());
                    assert!(matches!(judged, Ok(Arrival::Delivery(_))), "{judged:?}");
                    black_box(judged)
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

fn genuine(id: &str) -> Case {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/vectors/{id}.jsonl"));
    let text = std::fs::read_to_string(file).expect("the preset has test cases");
    let cases = text.lines().map(serde_json::from_str::<Case>);
    let mut cases = cases.map(|case| case.expect("a case"));
    let genuine = cases.find(|case| case.expected.expect == Some(Verdict::Accept));
    genuine.expect("a genuine one")
}

criterion_group!(benches, families);
criterion_main!(benches);
