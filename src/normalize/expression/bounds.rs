//! What an expression may cost: in its text when it is read, and on one event when it is evaluated.
//! CEL ends always, and may take its time: six loops within each other over ten items took 0.3 s.

use cel::IdedExpr;
use cel::common::ast::{EntryExpr, Expr, operators};

use super::Undecided;
use super::values::Read;

/// Operators, names, literals in one expression.
const SIZE_MAX: usize = 400;
/// Loops (`all`, `exists`, `map`, ...) within or after each other.
const LEVELS_MAX: u32 = 3;
/// Steps on one event; one takes some 0.1 to 0.3 µs.
const STEPS_MAX: usize = 20_000;
/// So many values are copied in the time of a step.
const COPIES_A_STEP: usize = 4;
/// What may be written together, in bytes.
const BYTES_MAX: usize = 4 << 20;

/// The size of an expression.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cost {
    size: usize,
    /// Loops within or after each other, at the most.
    levels: u32,
    /// Places where values are put together.
    growth: usize,
}

impl Cost {
    /// # Errors
    /// It is more than any event is worth.
    pub(super) fn of(root: &IdedExpr) -> Result<Self, String> {
        let mut cost = Self::default();
        cost.levels = cost.add(root);
        if cost.size > SIZE_MAX {
            return Err(format!(
                "it has {} operators, names and literals, more than {SIZE_MAX}",
                cost.size
            ));
        }
        if cost.levels > LEVELS_MAX {
            return Err(format!(
                "it has {} loops (all, exists, map, filter) within or after each other, more than \
                 {LEVELS_MAX}",
                cost.levels
            ));
        }
        Ok(cost)
    }

    /// # Errors
    /// On what was read it might take too long, or too much memory.
    pub(super) fn admit(&self, read: &Read) -> Result<(), Undecided> {
        // A loop goes over the values at most, or over what is written in the expression itself.
        let turns = read.nodes.max(1).saturating_add(self.growth);
        let in_a_turn = self.size.saturating_add(read.looped / COPIES_A_STEP);
        let steps = match self.levels {
            0 => self.size,
            levels => in_a_turn.saturating_mul(turns.saturating_pow(levels)),
        };
        let factor = (self.growth + 1).saturating_pow(self.levels + 1);
        let written = read.bytes.max(64).saturating_mul(factor);
        if steps > STEPS_MAX || (self.growth > 0 && written > BYTES_MAX) {
            return Err(Undecided::TooCostly);
        }
        Ok(())
    }

    /// Adds `expr`, and says how many loops it has within or after each other.
    fn add(&mut self, expr: &IdedExpr) -> u32 {
        self.size += 1;
        match &expr.expr {
            Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => 0,
            Expr::Call(call) => {
                self.growth += usize::from(call.func_name == operators::ADD);
                let parts = call.target.iter().map(|it| &**it).chain(&call.args);
                parts.map(|it| self.add(it)).max().unwrap_or(0)
            }
            Expr::Comprehension(it) => {
                // What loops over the outcome of a loop may have as many turns again.
                let range = self.add(&it.iter_range);
                let parts = [&it.accu_init, &it.loop_cond, &it.loop_step, &it.result];
                let body = parts.into_iter().map(|it| self.add(it)).max();
                range + 1 + body.unwrap_or(0)
            }
            Expr::List(list) => {
                self.growth += list.elements.len();
                let parts = list.elements.iter();
                parts.map(|it| self.add(it)).max().unwrap_or(0)
            }
            Expr::Map(map) => {
                self.growth += map.entries.len();
                let entries = map.entries.iter();
                let levels = entries.map(|entry| self.entry(&entry.expr));
                levels.max().unwrap_or(0)
            }
            Expr::Struct(it) => {
                let entries = it.entries.iter();
                let levels = entries.map(|entry| self.entry(&entry.expr));
                levels.max().unwrap_or(0)
            }
            Expr::Select(select) => self.add(&select.operand),
        }
    }

    fn entry(&mut self, entry: &EntryExpr) -> u32 {
        match entry {
            EntryExpr::StructField(field) => self.add(&field.value),
            EntryExpr::MapEntry(entry) => {
                let key = self.add(&entry.key);
                key.max(self.add(&entry.value))
            }
        }
    }
}
