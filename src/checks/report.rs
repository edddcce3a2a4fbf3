//! What became of a run.

use std::time::Duration;

/// How a run ended: with the first thing that was not as expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    /// Nothing could be sent, because it could not be signed.
    CannotSign,
    /// Nothing was answered: no connection, or no reply within `timeout_ms`.
    SendFailed,
    WrongStatus,
    /// The right reply came later than `within_ms`.
    TooSlow,
    /// The broker did not let its messages be looked at.
    CannotRead,
    /// The event did not come out of the broker within `arrives_within_ms`.
    NotArrived,
    /// The event came out of the broker, and should not have.
    Unwanted,
    WrongAttributes,
}

impl Outcome {
    pub const ALL: [Self; 9] = [
        Self::Passed,
        Self::CannotSign,
        Self::SendFailed,
        Self::WrongStatus,
        Self::TooSlow,
        Self::CannotRead,
        Self::NotArrived,
        Self::Unwanted,
        Self::WrongAttributes,
    ];

    /// A word from a closed set, for metric labels and logs.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::CannotSign => "cannot_sign",
            Self::SendFailed => "send_failed",
            Self::WrongStatus => "wrong_status",
            Self::TooSlow => "too_slow",
            Self::CannotRead => "cannot_read",
            Self::NotArrived => "not_arrived",
            Self::Unwanted => "unwanted",
            Self::WrongAttributes => "wrong_attributes",
        }
    }
}

/// What was not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Never [`Outcome::Passed`].
    pub outcome: Outcome,
    pub expected: String,
    pub got: String,
}

impl Failure {
    pub(super) fn new(
        outcome: Outcome,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Self {
        Self {
            outcome,
            expected: expected.into(),
            got: got.into(),
        }
    }
}

/// A run, told.
#[derive(Debug, Clone, Default)]
pub struct Report {
    pub check: String,
    /// The run's name, which is in its events' ids and their messages' headers.
    pub run: String,
    pub failure: Option<Failure>,
    pub status: Option<u16>,
    /// From before the connection to the reply.
    pub reply: Option<Duration>,
    /// From before the connection to the last of its events.
    pub arrival: Option<Duration>,
    /// Where its events arrived, as the broker names it.
    pub places: Vec<String>,
}

impl Report {
    pub fn outcome(&self) -> Outcome {
        let failure = self.failure.as_ref();
        failure.map_or(Outcome::Passed, |failure| failure.outcome)
    }
}
