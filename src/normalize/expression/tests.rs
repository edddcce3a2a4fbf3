use super::{Expression, Purpose};

#[test]
fn what_is_wrong_is_found_without_an_event() {
    let parse = |text: &str| Expression::parse(text, Purpose::Condition);
    for (text, said) in [
        ("data.a ==", "column 10: mismatched input"),
        ("body.a == 1", "there is no body"),
        ("event.type == 5", "never true"),
        ("source.name == 'x'", "a text has no .name"),
        ("event.type", "not to true or false"),
        ("size(data.a)", "not to true or false"),
        ("data.a.lower() == 'x'", "there is no function lower"),
        ("event.type.startsWith(1)", "startsWith takes a text"),
        ("headers['X-Event'] == 'x'", "lower case"),
        ("data.a && 5", "&& takes true or false"),
        ("!event.type", "! takes true or false"),
        ("event.type.matches(data.pattern)", "in quotes"),
        ("event.type.matches('(')", "no pattern"),
        ("event.type.matches('(a{1000}){1000}')", "no pattern"),
        ("event.type - 1 == 2", "- takes a number"),
        (
            "[1].all(x, [1].all(y, [1].all(z, [1].all(u, true))))",
            "4 loops",
        ),
        ("source.all(x, x)", "no elements"),
        ("X{a: 1}.a == 1", "no type X"),
        ("", ""),
    ] {
        let error = parse(text).expect_err(text);
        assert!(error.contains(said), "{text}: {error}");
    }
    let long = format!("data.a == '{}'", "x".repeat(5000));
    assert!(parse(&long).is_err());
    let wide = vec!["data.a == 1"; 200].join(" || ");
    assert!(parse(&wide).is_err());
    let deep = format!("{}true{}", "(".repeat(2000), ")".repeat(2000));
    let _ = parse(&deep);
    for text in [
        "data.action == 'opened' && data.pull_request.merged",
        "event.type.startsWith('com.github.')",
        "has(data.a) && data.a > 1.5",
        "data.items.exists(i, i.price > 100)",
        "data.labels.map(l, l.name).filter(n, n.startsWith('x')).size() > 0",
        "headers['x-github-event'] in ['push', 'create']",
        "data['a b'] != null && query.a == 'x' || source == 'github'",
        "type(data.a) == int && string(data.a).matches('^[0-9]+$')",
    ] {
        if let Err(error) = parse(text) {
            panic!("{text}: {error}");
        }
    }
}
