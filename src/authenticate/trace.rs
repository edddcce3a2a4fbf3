//! The steps of a decision, for `hookferry verify`. The daemon passes `()`, which costs nothing.

/// Takes note of steps.
pub trait Trace {
    fn step(&mut self, step: impl FnOnce() -> Step);

    /// Whether steps may quote what was signed.
    fn quotes(&self) -> bool {
        true
    }
}

impl Trace for () {
    fn step(&mut self, _: impl FnOnce() -> Step) {}
}

impl Trace for Vec<Step> {
    fn step(&mut self, step: impl FnOnce() -> Step) {
        self.push(step());
    }
}

/// Steps that quote nothing of the request: its body has fields that are not to be spread.
#[derive(Debug, Default)]
pub struct Unquoted(pub Vec<Step>);

impl Trace for Unquoted {
    fn step(&mut self, step: impl FnOnce() -> Step) {
        self.0.push(step());
    }

    fn quotes(&self) -> bool {
        false
    }
}

/// One step of a decision, in words. It may tell of a secret's effect, never of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub passed: Option<bool>,
    pub text: String,
}

impl Step {
    pub fn fact(text: impl Into<String>) -> Self {
        Self {
            passed: None,
            text: text.into(),
        }
    }

    pub fn verdict(passed: bool, text: impl Into<String>) -> Self {
        Self {
            passed: Some(passed),
            text: text.into(),
        }
    }
}
