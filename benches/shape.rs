//! What shaping costs on an 8 KB payload, beside reading the same body into a `serde_json::Value`.
//!
//! ```text
//! cargo bench --bench shape
//! ```

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    missing_debug_implementations,
    unreachable_pub,
    reason = "a bench that cannot go on says so and stops"
)]

use std::hint::black_box;

use bytes::Bytes;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use hookferry::accept::Received;
use hookferry::authenticate::{Arrival, authenticate};
use hookferry::glob::Glob;
use hookferry::normalize::expression::{Expression, Purpose};
use hookferry::normalize::shape::{
    Edit, EditOptions, Filter, OnViolation, Redaction, Schema, Shape, With, required,
};
use hookferry::normalize::{self, Delivery};
use hookferry::publish::Rule;
use hookferry::settings::compile::{Operator, endpoint};
use hookferry::settings::providers;
use hookferry::time::UnixTime;
use http::{HeaderMap, HeaderValue, Method, Uri};
use serde_json::{Value, json};

/// As the daemon's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// As large as a pull request of GitHub's, and as nested.
fn body() -> Bytes {
    let repository = |name: &str| {
        let urls = (0..54).map(|at| {
            let url = format!("https://api.github.com/repos/octo/{name}/things{{/number}}/{at}");
            (format!("thing{at}_url"), json!(url))
        });
        let mut repository: serde_json::Map<String, Value> = urls.collect();
        repository.insert("full_name".into(), json!(format!("octo/{name}")));
        repository.insert("private".into(), json!(false));
        repository
    };
    let user = json!({ "login": "octocat", "id": 1, "email": "octo@example.com", "type": "User" });
    let body = json!({
        "action": "opened",
        "number": 7,
        "pull_request": {
            "title": "A change", "merged": false, "draft": false, "user": user,
            "labels": [{ "name": "bug" }, { "name": "p1" }],
            "head": { "ref": "change", "repo": repository("fork") },
            "base": { "ref": "main", "repo": {} },
        },
        "repository": repository("repo"),
        "sender": user,
    });
    let body = Bytes::from(body.to_string());
    assert!((7000..9500).contains(&body.len()), "{} bytes", body.len());
    body
}

fn delivery(body: &Bytes) -> Delivery {
    let preset = providers::load("github").expect("a preset").expect("YAML");
    let mut preset = providers::parse(preset).expect("a preset");
    preset.verify = hookferry::settings::preset::VerifyForm::None;
    let endpoint = endpoint(&preset, &Operator::default()).expect("an endpoint");
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("x-github-event", HeaderValue::from_static("pull_request"));
    let now = UnixTime::from_seconds(1_767_225_600);
    let uri = Uri::from_static("/github");
    let received = Received::new(Method::POST, uri, headers, body.clone(), now);
    match authenticate(&endpoint.scheme, received, now, &mut ()) {
        Ok(Arrival::Delivery(verified)) => normalize::events(&endpoint.mapping, verified),
        other => panic!("refused: {other:?}"),
    }
}

fn condition(text: &str) -> Expression {
    Expression::parse(text, Purpose::Condition).expect("an expression")
}

fn copy(delivery: &Delivery) -> Delivery {
    Delivery {
        events: delivery.events.clone(),
        dropped: Vec::new(),
        answer: None,
    }
}

fn shape(criterion: &mut Criterion) {
    let body = body();
    let delivery = delivery(&body);
    let mut group = criterion.benchmark_group("shape 8 KB");
    group.bench_function("serde_json::Value of the body", |bencher| {
        bencher.iter(|| serde_json::from_slice::<Value>(black_box(&body)).expect("JSON"));
    });
    let apply = |shape: Shape| {
        let delivery = &delivery;
        move |bencher: &mut criterion::Bencher<'_>| {
            bencher.iter_batched(
                || copy(delivery),
                |delivery| shape.apply(delivery).expect("no rejection"),
                BatchSize::SmallInput,
            );
        }
    };
    group.bench_function("nothing", apply(Shape::default()));
    let filter = || Filter {
        include: vec![Glob::new("pull_request.*")],
        exclude: vec![Glob::new("*.labeled")],
        when: Some(condition(
            "data.action == 'opened' && !data.pull_request.merged",
        )),
    };
    group.bench_function(
        "filter",
        apply(Shape::new(filter(), Vec::new(), Edit::default())),
    );
    let rules = [
        ("data.pull_request.base.ref == 'release'", "push"),
        ("data.repository.full_name == 'octo/repo'", "pull_request.*"),
    ];
    let rules = rules.map(|(when, types)| Rule {
        name: "rule".into(),
        types: vec![Glob::new(types)],
        when: Some(condition(when)),
        filter: Filter::default(),
    });
    let apply_and_route = |mut shape: Shape| {
        let (delivery, rules) = (&delivery, &rules);
        shape.read_once_with(rules.iter().flat_map(Rule::expressions));
        move |bencher: &mut criterion::Bencher<'_>| {
            bencher.iter_batched(
                || copy(delivery),
                |delivery| {
                    let delivery = shape.apply(delivery).expect("no rejection");
                    for rule in rules {
                        black_box(rule.fit(&delivery.events[0]));
                    }
                    delivery
                },
                BatchSize::SmallInput,
            );
        }
    };
    group.bench_function("route: two rules", apply_and_route(Shape::default()));
    let filtered = Shape::new(filter(), Vec::new(), Edit::default());
    group.bench_function("filter, route", apply_and_route(filtered));
    let fields = [
        ("action", "string"),
        ("number", "integer"),
        ("/pull_request/user/email", "email"),
        ("/pull_request/merged", "boolean"),
        ("/repository/full_name", "string"),
    ];
    let fields = fields.map(|(name, kind)| (name.to_owned(), kind.to_owned()));
    let whole = required(&fields).expect("types");
    let whole = Schema::new(Vec::new(), &whole, OnViolation::DeadLetter).expect("a schema");
    group.bench_function(
        "validate: a JSON Schema of five fields",
        apply(Shape::new(Filter::default(), vec![whole], Edit::default())),
    );
    let require = || {
        let schema = Schema::of_fields(Vec::new(), &fields, OnViolation::DeadLetter);
        vec![schema.expect("types")]
    };
    group.bench_function(
        "validate: require five fields",
        apply(Shape::new(Filter::default(), require(), Edit::default())),
    );
    let all = Shape::new(filter(), require(), Edit::default());
    group.bench_function("filter, require five fields, route", apply_and_route(all));
    let edit = Edit::new(EditOptions {
        keep: [
            "/action",
            "/number",
            "/pull_request/title",
            "/pull_request/user/login",
            "/repository/full_name",
        ]
        .map(str::to_owned)
        .to_vec(),
        redact: vec![(
            "/pull_request/user/login".to_owned(),
            Redaction::new(With::Mask, b""),
        )],
        ..EditOptions::default()
    });
    group.bench_function(
        "keep five fields, redact one",
        apply(Shape::new(Filter::default(), Vec::new(), edit)),
    );
    group.finish();
}

criterion_group!(benches, shape);
criterion_main!(benches);
