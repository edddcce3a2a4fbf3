//! Whether a signed time is near enough to ours, in both directions.

use super::{Refusal, Step, Trace, View};
use crate::template::Template;
use crate::time::{TimeUnit, UnixTime};

/// The window around our clock in which a signed time must lie.
#[derive(Debug, Clone)]
pub struct Freshness {
    pub from: Template,
    pub unit: TimeUnit,
    /// How old it may be, seconds.
    pub past_s: u64,
    /// How far ahead of our clock it may be, seconds.
    pub future_s: u64,
}

impl Freshness {
    pub(super) fn pass(
        &self,
        view: &View<'_>,
        now: UnixTime,
        trace: &mut impl Trace,
    ) -> Result<(), Refusal> {
        let text = self.from.text(view).ok_or(Refusal::MalformedTimestamp)?;
        let stamp = self.unit.read(&text).ok_or(Refusal::MalformedTimestamp)?;
        let age_ms = now.millis().saturating_sub(stamp.millis());
        let past_ms = millis(self.past_s);
        let future_ms = millis(self.future_s);
        trace.step(|| {
            Step::verdict(
                age_ms <= past_ms && -age_ms <= future_ms,
                format!(
                    "signed at {stamp}, our clock says {now}: {} s apart; allowed are {} s old to {} s ahead",
                    age_ms.abs() / 1000, self.past_s, self.future_s
                ),
            )
        });
        if age_ms > past_ms {
            return Err(Refusal::Stale {
                age_s: age_ms / 1000,
            });
        }
        if -age_ms > future_ms {
            return Err(Refusal::Early {
                ahead_s: -age_ms / 1000,
            });
        }
        Ok(())
    }
}

fn millis(seconds: u64) -> i64 {
    i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX)
}
