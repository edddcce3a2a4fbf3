//! What an expression names: metrics, and labels of them. No parser of PromQL, whose syntax promtool
//! judges; enough to hold its names to those that the daemon shows.

use std::collections::BTreeSet;

/// Words of the language that stand where a metric could.
const WORDS: &[&str] = &[
    "and",
    "or",
    "unless",
    "by",
    "on",
    "without",
    "ignoring",
    "offset",
    "bool",
    "group_left",
    "group_right",
];

/// A matcher as in `source=~"a|b"`.
#[derive(Debug)]
pub(super) struct Matcher {
    pub(super) metric: String,
    pub(super) label: String,
    pub(super) value: String,
}

/// Labels that metrics are grouped or matched by, and those metrics.
#[derive(Debug)]
pub(super) struct Grouping {
    pub(super) labels: Vec<String>,
    pub(super) metrics: BTreeSet<String>,
}

#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) metrics: BTreeSet<String>,
    pub(super) matchers: Vec<Matcher>,
    pub(super) groupings: Vec<Grouping>,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(String),
}

fn tokens(expression: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = expression.chars().peekable();
    while let Some(next) = rest.next() {
        let mut take = |first: char, goes_on: fn(char) -> bool| {
            let mut word = String::from(first);
            while let Some(more) = rest.next_if(|c| goes_on(*c)) {
                word.push(more);
            }
            word
        };
        if next.is_alphabetic() || "_:$".contains(next) {
            tokens.push(Token::Word(take(next, |c| {
                c.is_alphanumeric() || "_:".contains(c)
            })));
        } else if next.is_ascii_digit() {
            // A number or a duration.
            take(next, |c| c.is_alphanumeric() || c == '.');
        } else if next == '"' {
            let text = take(next, |c| c != '"');
            rest.next();
            tokens.push(Token::Text(text[1..].to_owned()));
        } else if "=!~<>".contains(next) {
            tokens.push(Token::Sign(take(next, |c| "=~".contains(c))));
        } else if !next.is_whitespace() {
            tokens.push(Token::Sign(next.to_string()));
        }
    }
    tokens
}

fn is(tokens: &[Token], at: usize, sign: &str) -> bool {
    tokens.get(at) == Some(&Token::Sign(sign.to_owned()))
}

/// The place behind the bracket that closes the one at `at`.
fn closed(tokens: &[Token], at: usize, open: &str, close: &str) -> usize {
    let mut depth = 0;
    for place in at..tokens.len() {
        depth += i32::from(is(tokens, place, open)) - i32::from(is(tokens, place, close));
        if depth == 0 {
            return place + 1;
        }
    }
    panic!("{open} is not closed: {tokens:?}");
}

/// Everything that `expression` names.
pub(super) fn named(expression: &str) -> Named {
    read(&tokens(expression))
}

fn read(tokens: &[Token]) -> Named {
    let mut named = Named::default();
    let mut whole = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is(tokens, at, "[") {
            at = closed(tokens, at, "[", "]");
            continue;
        }
        let Token::Word(word) = &tokens[at] else {
            at += 1;
            continue;
        };
        at += 1;
        if ["by", "on"].contains(&word.as_str()) {
            let end = closed(tokens, at, "(", ")");
            let labels = tokens[at..end].iter().filter_map(|it| match it {
                Token::Word(label) => Some(label.clone()),
                Token::Text(_) | Token::Sign(_) => None,
            });
            let labels: Vec<_> = labels.collect();
            if word == "by" {
                assert!(is(tokens, end, "("), "by (...) comes first: {tokens:?}");
                let metrics = read(&tokens[end..closed(tokens, end, "(", ")")]).metrics;
                named.groupings.push(Grouping { labels, metrics });
            } else {
                whole.push(labels);
            }
            at = end;
        } else if WORDS.contains(&word.as_str()) || word.starts_with('$') || is(tokens, at, "(") {
            // A word of the language, a dashboard's variable, a function.
        } else if !(tokens
            .get(at)
            .is_some_and(|it| matches!(it, Token::Word(by) if by == "by")))
        {
            named.metrics.insert(word.clone());
            if is(tokens, at, "{") {
                let end = closed(tokens, at, "{", "}");
                for place in at..end {
                    if let [Token::Word(label), Token::Sign(_), Token::Text(value)] =
                        &tokens[place..(place + 3).min(end)]
                    {
                        named.matchers.push(Matcher {
                            metric: word.clone(),
                            label: label.clone(),
                            value: value.clone(),
                        });
                    }
                }
                at = end;
            }
        }
    }
    for labels in whole {
        let metrics = named.metrics.clone();
        named.groupings.push(Grouping { labels, metrics });
    }
    named
}
