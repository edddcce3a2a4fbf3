//! What is read once for several rules says the same as what each reads for itself.

use hookferry::normalize::Delivery;
use hookferry::normalize::expression::{Expression, Purpose};
use hookferry::normalize::shape::{
    Edit, EditOptions, Filter, OnViolation, Schema, Shape, required,
};
use hookferry::publish::{Fit, Rule};
use serde_json::json;

use crate::bounds::event;
use crate::support::random::Random;

fn delivery(body: &str) -> Delivery {
    Delivery {
        events: vec![event(body.to_owned())],
        dropped: Vec::new(),
        answer: None,
    }
}

/// JSON of a few names, so that rules find what they name, and now and then a key twice.
fn body(random: &mut Random, depth: usize) -> String {
    let text = |words: &[&str], at: usize| words[at].to_owned();
    match random.below(if depth == 0 { 6 } else { 9 }) {
        0 => "null".to_owned(),
        1 => "true".to_owned(),
        2 => text(&["0", "7", "-1.5", "1e3"], random.below(4)),
        3 | 4 => text(
            &["\"x\"", "\"\"", "\"a@b.example\"", "\"\\u0078\""],
            random.below(4),
        ),
        5 => "[]".to_owned(),
        6 => {
            let items: Vec<_> = (0..random.below(3))
                .map(|_| body(random, depth - 1))
                .collect();
            format!("[{}]", items.join(","))
        }
        _ => object(random, depth),
    }
}

fn object(random: &mut Random, depth: usize) -> String {
    let names = ["a", "b", "c", "0", "x/y", "\\u0061"];
    let members: Vec<_> = (0..random.below(5))
        .map(|_| {
            let name = names[random.below(names.len())];
            format!("\"{name}\":{}", body(random, depth - 1))
        })
        .collect();
    format!("{{{}}}", members.join(","))
}

const CONDITIONS: [&str; 7] = [
    "data.a == 'x'",
    "has(data.a.b)",
    "data.a.b.c == 7",
    "data['x/y'] == 'x' || data.b == true",
    "data.b.exists(it, it == 7)",
    "size(data.c) > 1",
    "data.a.b == data.c",
];

fn rules() -> Vec<Rule> {
    let rule = |text: &&str| Rule {
        when: Some(Expression::parse(text, Purpose::Condition).unwrap()),
        ..Rule::all("rule")
    };
    CONDITIONS.iter().map(rule).collect()
}

#[test]
fn rules_say_the_same_alone_and_together() {
    let mut random = Random::new();
    let rules = rules();
    let alone = Shape::default();
    let mut together = Shape::default();
    together.read_once_with(rules.iter().flat_map(Rule::expressions));
    // The data is another after an edit: what was read before counts no more.
    let edited = || {
        let edit = Edit::new(EditOptions {
            drop: vec!["/a/b".to_owned()],
            ..EditOptions::default()
        });
        let filter = Filter {
            when: Some(Expression::parse("data.a != 'no' || true", Purpose::Condition).unwrap()),
            ..Filter::default()
        };
        Shape::new(filter, Vec::new(), edit)
    };
    let edited_alone = edited();
    let mut edited_together = edited();
    edited_together.read_once_with(rules.iter().flat_map(Rule::expressions));
    let (mut fits, mut undecided) = (0, 0);
    for _ in 0..5_000 {
        let body = object(&mut random, 3);
        for (alone, together) in [(&alone, &together), (&edited_alone, &edited_together)] {
            let alone = alone.apply(delivery(&body)).unwrap();
            let together = together.apply(delivery(&body)).unwrap();
            let (alone, together) = (&alone.events[0], &together.events[0]);
            assert_eq!(alone.oddity(), together.oddity(), "{body}");
            assert_eq!(alone.data(), together.data(), "{body}");
            for (rule, text) in rules.iter().zip(CONDITIONS) {
                let fit = rule.fit(alone);
                assert_eq!(fit, rule.fit(together), "{text} of {body}");
                fits += usize::from(fit == Fit::Fits);
                undecided += usize::from(matches!(fit, Fit::Undecided(_)));
            }
        }
    }
    assert!(fits > 250 && undecided > 250, "{fits} {undecided}");
}

#[test]
fn required_fields_are_judged_as_by_the_schema_that_they_stand_for() {
    let mut random = Random::new();
    let tables: [&[(&str, &str)]; 6] = [
        &[("a", "string")],
        &[("/a/b", "any"), ("c", "array")],
        &[("/a", "object"), ("/a/b", "email")],
        &[("/a/b", "null"), ("/a/b/c", "string")],
        &[("/a/0", "string")],
        &[("x/y", "boolean"), ("b", "number")],
    ];
    let (mut valid, mut violated) = (0, 0);
    for fields in tables {
        let owned = fields
            .iter()
            .map(|(name, kind)| ((*name).to_owned(), (*kind).to_owned()));
        let owned: Vec<_> = owned.collect();
        let whole = Schema::new(Vec::new(), &required(&owned).unwrap(), OnViolation::Tag).unwrap();
        let quick = Schema::of_fields(Vec::new(), &owned, OnViolation::Tag).unwrap();
        let shape = |schema| Shape::new(Filter::default(), vec![schema], Edit::default());
        let (whole, mut quick) = (shape(whole), shape(quick));
        quick.read_once_with(rules().iter().flat_map(Rule::expressions));
        for _ in 0..2_000 {
            let body = if random.below(20) == 0 {
                body(&mut random, 3)
            } else {
                object(&mut random, 3)
            };
            let extensions = |shape: &Shape| {
                let shaped = shape.apply(delivery(&body)).unwrap();
                shaped.events[0].extensions().to_vec()
            };
            let told = extensions(&whole);
            assert_eq!(told, extensions(&quick), "{fields:?} of {body}");
            let is_valid = told.iter().all(|(name, _)| name != "schemaviolations");
            valid += usize::from(is_valid);
            violated += usize::from(!is_valid);
        }
    }
    assert!(valid > 40 && violated > 400, "{}", json!([valid, violated]));
}
