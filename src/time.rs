//! Wall-clock time as a value that is handed in, so that every stage can be tested at any hour.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::fmt::temporal::DateTimePrinter;

const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixTime(i64);

impl UnixTime {
    /// The time now, by the system's wall clock.
    pub fn now() -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    pub const fn millis(self) -> i64 {
        self.0
    }

    /// RFC 3339 in UTC with milliseconds, as CloudEvents wants it: `2026-01-01T00:00:00.000Z`.
    pub fn text(self) -> String {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(stamp) => PRINTER.timestamp_to_string(&stamp),
            Err(_) => "9999-12-31T23:59:59.999Z".to_owned(),
        }
    }

    /// Reads RFC 3339 text such as `2026-01-01T00:00:00.5Z`; without a zone it is taken as UTC.
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        if let Ok(stamp) = text.parse::<jiff::Timestamp>() {
            return Some(Self(stamp.as_millisecond()));
        }
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        let stamp = jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()?;
        Some(Self(stamp.as_millisecond()))
    }
}

/// As [`UnixTime::text`].
impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

/// How a provider writes a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// Unix seconds.
    S,
    /// Unix milliseconds.
    Ms,
    /// Unix microseconds.
    Us,
    /// Unix nanoseconds.
    Ns,
    /// RFC 3339 text.
    Rfc3339,
    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7, RFC 5322 section 3.3).
    HttpDate,
}

impl TimeUnit {
    /// Reads `text`, all of which must be the time: digits only for Unix times.
    pub fn read(self, text: &str) -> Option<UnixTime> {
        let digits = || {
            let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse::<i64>().ok()).flatten()
        };
        match self {
            Self::S => digits().map(UnixTime::from_seconds),
            Self::Ms => digits().map(UnixTime::from_millis),
            Self::Us => digits().map(|micros| UnixTime::from_millis(micros / 1000)),
            Self::Ns => digits().map(|nanos| UnixTime::from_millis(nanos / 1_000_000)),
            Self::Rfc3339 => UnixTime::from_rfc3339(text),
            Self::HttpDate => {
                let zoned = jiff::fmt::rfc2822::parse(text).ok()?;
                Some(UnixTime::from_millis(zoned.timestamp().as_millisecond()))
            }
        }
    }

    /// Writes `time` as the provider would.
    pub fn write(self, time: UnixTime) -> String {
        match self {
            Self::S => time.seconds().to_string(),
            Self::Ms => time.millis().to_string(),
            Self::Us => time.millis().saturating_mul(1000).to_string(),
            Self::Ns => time.millis().saturating_mul(1_000_000).to_string(),
            Self::Rfc3339 => time.text(),
            Self::HttpDate => jiff::Timestamp::from_millisecond(time.millis())
                .ok()
                .and_then(|stamp| {
                    let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
                    printer.timestamp_to_rfc9110_string(&stamp).ok()
                })
                .unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::UnixTime;

    #[test]
    fn times_read_and_write_as_rfc3339() {
        let at = UnixTime::from_rfc3339("2026-01-01T00:00:00.5Z").expect("a time");
        assert_eq!(at.millis(), 1_767_225_600_500);
        assert_eq!(at.to_string(), "2026-01-01T00:00:00.500Z");
        assert_eq!(
            UnixTime::from_rfc3339("2026-01-01T01:00:00+01:00"),
            UnixTime::from_rfc3339("2026-01-01T00:00:00")
        );
        assert_eq!(UnixTime::from_rfc3339("soon"), None);
    }
}
