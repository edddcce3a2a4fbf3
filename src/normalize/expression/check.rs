//! What can be known to be wrong before any event is seen: names, functions, types.

use std::collections::HashMap;

use cel::IdedExpr;
use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, LiteralValue, operators};
use regex::{Regex, RegexBuilder};

use super::reads::{ROOTS, chain};

/// A compiled pattern at most, in bytes: it is made once, and matched in time that grows with the
/// text alone.
const PATTERN_BYTES_MAX: usize = 256 << 10;

/// What is known of a value's type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Number,
    Text,
    Bytes,
    Null,
    List,
    Map,
    Type,
    /// It depends on the event.
    Any,
}

impl Kind {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Bytes => "bytes",
            Self::Null => "null",
            Self::List => "a list",
            Self::Map => "a map",
            Self::Type => "a type",
            Self::Any => "anything",
        }
    }

    fn is(self, other: Self) -> bool {
        self == Self::Any || self == other
    }

    /// Whether a comparison of the two can be true.
    fn meets(self, other: Self) -> bool {
        self == Self::Any || other == Self::Any || self == other
    }

    fn or(self, other: Self) -> Self {
        if self == other { self } else { Self::Any }
    }
}

/// The functions there are: the name, the kinds of receiver or first argument and of the others,
/// and what they come to.
const FUNCTIONS: &[(&str, &[Kind], Kind)] = &[
    ("size", &[Kind::Any], Kind::Number),
    ("contains", &[Kind::Text, Kind::Text], Kind::Bool),
    ("startsWith", &[Kind::Text, Kind::Text], Kind::Bool),
    ("endsWith", &[Kind::Text, Kind::Text], Kind::Bool),
    ("matches", &[Kind::Text, Kind::Text], Kind::Bool),
    ("int", &[Kind::Any], Kind::Number),
    ("uint", &[Kind::Any], Kind::Number),
    ("double", &[Kind::Any], Kind::Number),
    ("string", &[Kind::Any], Kind::Text),
    ("bool", &[Kind::Any], Kind::Bool),
    ("bytes", &[Kind::Any], Kind::Bytes),
    ("type", &[Kind::Any], Kind::Type),
    ("dyn", &[Kind::Any], Kind::Any),
];

/// Names of types, for comparisons with `type(x)`.
const TYPES: [&str; 9] = [
    "bool",
    "int",
    "uint",
    "double",
    "string",
    "bytes",
    "list",
    "map",
    "null_type",
];

type Checked = Result<Kind, String>;

/// The kind of `root`, and the patterns of its `matches`.
pub(super) fn check(root: &IdedExpr) -> Result<(Kind, HashMap<String, Regex>), String> {
    let mut check = Check::default();
    let kind = check.kind(root)?;
    Ok((kind, check.patterns))
}

#[derive(Default)]
struct Check {
    bound: Vec<(String, Kind)>,
    patterns: HashMap<String, Regex>,
}

impl Check {
    fn kind(&mut self, expr: &IdedExpr) -> Checked {
        if let Some((root, segments, is_tested)) = chain(expr)
            && !self.bound.iter().any(|(name, _)| name == root)
        {
            return path(root, &segments, is_tested);
        }
        match &expr.expr {
            Expr::Unspecified => Err("it is empty".to_owned()),
            Expr::Ident(name) => Ok(self.bound_kind(name)),
            Expr::Literal(literal) => Ok(match literal {
                LiteralValue::Boolean(_) => Kind::Bool,
                LiteralValue::Bytes(_) => Kind::Bytes,
                LiteralValue::Double(_) | LiteralValue::Int(_) | LiteralValue::UInt(_) => {
                    Kind::Number
                }
                LiteralValue::Null => Kind::Null,
                LiteralValue::String(_) => Kind::Text,
            }),
            Expr::Select(select) => {
                let operand = self.kind(&select.operand)?;
                if !operand.is(Kind::Map) {
                    return Err(format!("{} has no .{}", operand.word(), select.field));
                }
                Ok(if select.test { Kind::Bool } else { Kind::Any })
            }
            Expr::List(list) => {
                for element in &list.elements {
                    self.kind(element)?;
                }
                Ok(Kind::List)
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.kind(&entry.key)?;
                        self.kind(&entry.value)?;
                    }
                }
                Ok(Kind::Map)
            }
            Expr::Struct(it) => Err(format!("there is no type {} to make", it.type_name)),
            Expr::Comprehension(it) => self.comprehension(it),
            Expr::Call(call) => self.call(call),
        }
    }

    fn bound_kind(&self, name: &str) -> Kind {
        let bound = self.bound.iter().rev().find(|(bound, _)| bound == name);
        bound.map_or(Kind::Any, |(_, kind)| *kind)
    }

    fn comprehension(&mut self, it: &ComprehensionExpr) -> Checked {
        let range = self.kind(&it.iter_range)?;
        if !range.is(Kind::List) && !range.is(Kind::Map) {
            return Err(format!("{} has no elements to go through", range.word()));
        }
        let accu = self.kind(&it.accu_init)?;
        let before = self.bound.len();
        self.bound.push((it.iter_var.clone(), Kind::Any));
        if let Some(second) = &it.iter_var2 {
            self.bound.push((second.clone(), Kind::Any));
        }
        self.bound.push((it.accu_var.clone(), accu));
        self.kind(&it.loop_cond)?;
        self.kind(&it.loop_step)?;
        let kind = self.kind(&it.result)?;
        self.bound.truncate(before);
        Ok(kind)
    }

    fn call(&mut self, call: &CallExpr) -> Checked {
        let target = call.target.iter().map(|it| &**it);
        let parts: Vec<_> = target.chain(&call.args).collect();
        let mut kinds = Vec::with_capacity(parts.len());
        for part in &parts {
            kinds.push(self.kind(part)?);
        }
        let name = call.func_name.as_str();
        match (name, kinds.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, [left, right]) => {
                wants(name, Kind::Bool, &[*left, *right]).map(|()| Kind::Bool)
            }
            (operators::LOGICAL_NOT | operators::NOT_STRICTLY_FALSE, [one]) => {
                wants(name, Kind::Bool, &[*one]).map(|()| Kind::Bool)
            }
            (operators::CONDITIONAL, [condition, yes, no]) => {
                wants(name, Kind::Bool, &[*condition]).map(|()| yes.or(*no))
            }
            (operators::EQUALS | operators::NOT_EQUALS, [left, right]) => {
                let with_null = *left == Kind::Null || *right == Kind::Null;
                compares(*left, *right, with_null)
            }
            (
                operators::LESS
                | operators::LESS_EQUALS
                | operators::GREATER
                | operators::GREATER_EQUALS,
                [left, right],
            ) => compares(*left, *right, false),
            (operators::IN, [_, within]) if within.is(Kind::List) || within.is(Kind::Map) => {
                Ok(Kind::Bool)
            }
            (operators::ADD, [left, right]) if left.meets(*right) => Ok(left.or(*right)),
            (
                operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO,
                [left, right],
            ) => wants(name, Kind::Number, &[*left, *right]).map(|()| Kind::Number),
            (operators::NEGATE, [one]) => wants(name, Kind::Number, &[*one]).map(|()| Kind::Number),
            (operators::INDEX, [of, _]) if of.is(Kind::List) || of.is(Kind::Map) => Ok(Kind::Any),
            _ => self.function(name, &parts, &kinds),
        }
    }

    fn function(&mut self, name: &str, parts: &[&IdedExpr], kinds: &[Kind]) -> Checked {
        let Some((_, wanted, made)) = FUNCTIONS.iter().find(|(known, ..)| *known == name) else {
            let operator = name.trim_matches(['_', '@', '?', ':']);
            if operator.bytes().any(|byte| byte.is_ascii_alphabetic()) && operator != "in" {
                let known: Vec<_> = FUNCTIONS.iter().map(|(name, ..)| *name).collect();
                return Err(format!(
                    "there is no function {name}; there are has, all, exists, exists_one, map, \
                     filter, {}",
                    known.join(", ")
                ));
            }
            let words: Vec<_> = kinds.iter().map(|kind| kind.word()).collect();
            return Err(format!("{operator} does not take {}", words.join(" and ")));
        };
        if kinds.len() != wanted.len() {
            return Err(format!("{name} takes {} values", wanted.len()));
        }
        for (kind, wanted) in kinds.iter().zip(*wanted) {
            if *wanted != Kind::Any && !kind.is(*wanted) {
                return Err(format!(
                    "{name} takes {}, not {}",
                    wanted.word(),
                    kind.word()
                ));
            }
        }
        if name == "matches" {
            self.pattern(parts.last())?;
        }
        Ok(*made)
    }

    /// Patterns stand in the expression, so that none is compiled while a request waits.
    fn pattern(&mut self, expr: Option<&&IdedExpr>) -> Result<(), String> {
        let Some(Expr::Literal(LiteralValue::String(text))) = expr.map(|expr| &expr.expr) else {
            return Err("matches takes a pattern in quotes".to_owned());
        };
        let text = text.inner().to_string();
        let mut builder = RegexBuilder::new(&text);
        let built = builder.size_limit(PATTERN_BYTES_MAX).build();
        let pattern = built.map_err(|_| format!("{text:?} is no pattern, or too large a one"))?;
        self.patterns.insert(text, pattern);
        Ok(())
    }
}

fn path(root: &str, segments: &[String], is_tested: bool) -> Checked {
    if segments.is_empty() && TYPES.contains(&root) {
        return Ok(Kind::Type);
    }
    if !ROOTS.contains(&root) {
        return Err(format!(
            "there is no {root}; there are {}",
            ROOTS.join(", ")
        ));
    }
    if is_tested {
        return Ok(Kind::Bool);
    }
    match (root, segments) {
        ("source", []) => Ok(Kind::Text),
        ("data", _) => Ok(Kind::Any),
        (_, []) => Ok(Kind::Map),
        ("headers", [name]) if name.bytes().any(|byte| byte.is_ascii_uppercase()) => Err(format!(
            "headers are by their names in lower case: {}",
            name.to_ascii_lowercase()
        )),
        ("event" | "headers" | "query", [_]) => Ok(Kind::Text),
        _ => Err(format!(
            "a text has no .{}",
            segments.last().map_or("", |it| it)
        )),
    }
}

fn wants(operator: &str, wanted: Kind, kinds: &[Kind]) -> Result<(), String> {
    let operator = operator.trim_matches(['_', '@']).replace('_', " ");
    match kinds.iter().find(|kind| !kind.is(wanted)) {
        None => Ok(()),
        Some(kind) => Err(format!(
            "{operator} takes {}, not {}",
            wanted.word(),
            kind.word()
        )),
    }
}

fn compares(left: Kind, right: Kind, with_null: bool) -> Checked {
    if with_null || left.meets(right) {
        return Ok(Kind::Bool);
    }
    let (left, right) = (left.word(), right.word());
    Err(format!(
        "it compares {left} with {right}, which is never true"
    ))
}
