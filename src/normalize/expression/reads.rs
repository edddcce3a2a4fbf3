//! Which values an expression names.

use std::collections::BTreeSet;

use cel::IdedExpr;
use cel::common::ast::{EntryExpr, Expr, LiteralValue, operators};

use crate::peek::Pointers;

/// The roots that an expression may name.
pub(super) const ROOTS: [&str; 5] = ["event", "data", "headers", "query", "source"];

/// A path into the data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Path {
    pub(super) segments: Vec<String>,
    pub(super) pointer: String,
    /// Whether only its presence counts.
    pub(super) is_tested: bool,
    /// Whether a loop names it anew in each turn, which copies it.
    pub(super) is_looped: bool,
}

/// What is read of an event before the expression is evaluated.
#[derive(Debug, Default)]
pub(super) struct Reads {
    pub(super) event: bool,
    pub(super) headers: bool,
    pub(super) query: bool,
    pub(super) source: bool,
    /// The data as a whole.
    pub(super) whole: bool,
    /// Whether a loop names a whole root.
    pub(super) is_looped: bool,
    /// Parts of it, shorter paths first; those below another that is read whole are left out.
    pub(super) paths: Vec<Path>,
    pub(super) pointers: Pointers,
}

impl Reads {
    pub(super) fn of(root: &IdedExpr) -> Self {
        let mut found = Found::default();
        found.walk(root);
        let mut reads = found.reads;
        if reads.whole {
            return reads;
        }
        let mut paths: Vec<_> = found.paths.into_iter().collect();
        paths.sort_by_key(|path| (path.segments.len(), path.is_tested));
        for path in paths {
            let covering = reads.paths.iter_mut().find(|other| {
                let is_same = other.segments == path.segments;
                is_same || (!other.is_tested && path.segments.starts_with(&other.segments))
            });
            match covering {
                Some(other) => other.is_looped |= path.is_looped,
                None => {
                    reads.pointers.add(&path.pointer);
                    reads.paths.push(path);
                }
            }
        }
        reads
    }

    pub(super) fn data(&self) -> bool {
        self.whole || !self.paths.is_empty()
    }
}

#[derive(Default)]
struct Found {
    reads: Reads,
    paths: BTreeSet<Path>,
    /// Names that comprehensions have bound.
    bound: Vec<String>,
}

impl Found {
    fn walk(&mut self, expr: &IdedExpr) {
        if let Some((root, segments, is_tested)) = chain(expr)
            && !self.bound.iter().any(|name| name == root)
        {
            self.root(root, segments, is_tested);
            return;
        }
        match &expr.expr {
            Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
            Expr::Call(call) => {
                for part in call.target.iter().map(|it| &**it).chain(&call.args) {
                    self.walk(part);
                }
            }
            Expr::Comprehension(it) => {
                self.walk(&it.iter_range);
                self.walk(&it.accu_init);
                let before = self.bound.len();
                self.bound.push(it.iter_var.clone());
                self.bound.extend(it.iter_var2.clone());
                self.bound.push(it.accu_var.clone());
                for part in [&it.loop_cond, &it.loop_step, &it.result] {
                    self.walk(part);
                }
                self.bound.truncate(before);
            }
            Expr::List(list) => list.elements.iter().for_each(|part| self.walk(part)),
            Expr::Map(map) => map.entries.iter().for_each(|entry| self.entry(&entry.expr)),
            Expr::Struct(it) => it.entries.iter().for_each(|entry| self.entry(&entry.expr)),
            Expr::Select(select) => self.walk(&select.operand),
        }
    }

    fn entry(&mut self, entry: &EntryExpr) {
        match entry {
            EntryExpr::StructField(field) => self.walk(&field.value),
            EntryExpr::MapEntry(entry) => {
                self.walk(&entry.key);
                self.walk(&entry.value);
            }
        }
    }

    fn root(&mut self, root: &str, segments: Vec<String>, is_tested: bool) {
        let is_looped = !self.bound.is_empty();
        if root != "data" || segments.is_empty() {
            self.reads.is_looped |= is_looped;
        }
        match root {
            "event" => self.reads.event = true,
            "headers" => self.reads.headers = true,
            "query" => self.reads.query = true,
            "source" => self.reads.source = true,
            "data" if segments.is_empty() => self.reads.whole = true,
            "data" => {
                let escaped = |segment: &String| segment.replace('~', "~0").replace('/', "~1");
                let escaped: Vec<_> = segments.iter().map(escaped).collect();
                self.paths.insert(Path {
                    pointer: format!("/{}", escaped.join("/")),
                    segments,
                    is_tested,
                    is_looped,
                });
            }
            _ => {}
        }
    }
}

/// `a.b["c"]` as `a` and its segments, and whether it is only asked for with `has`.
pub(super) fn chain(expr: &IdedExpr) -> Option<(&str, Vec<String>, bool)> {
    let mut segments = Vec::new();
    let mut at = expr;
    let mut is_tested = false;
    loop {
        match &at.expr {
            Expr::Ident(name) => {
                segments.reverse();
                return Some((name.trim_start_matches('.'), segments, is_tested));
            }
            Expr::Select(select) => {
                is_tested |= select.test;
                segments.push(select.field.clone());
                at = &select.operand;
            }
            Expr::Call(call) if call.func_name == operators::INDEX => {
                let [operand, index] = call.args.as_slice() else {
                    return None;
                };
                let Expr::Literal(LiteralValue::String(key)) = &index.expr else {
                    return None;
                };
                segments.push(key.inner().to_string());
                at = operand;
            }
            Expr::Unspecified
            | Expr::Call(_)
            | Expr::Comprehension(_)
            | Expr::List(_)
            | Expr::Literal(_)
            | Expr::Map(_)
            | Expr::Struct(_) => return None,
        }
    }
}
