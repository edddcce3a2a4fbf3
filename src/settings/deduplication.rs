//! `dedup`: how what a provider sends again is told.

use std::time::Duration;

use super::build::{Build, size};
use super::document::{DedupForm, RedisForm};
use super::secrets;
use crate::dedup::{Options, SharedOptions};

pub(super) fn dedup(form: &DedupForm, build: &mut Build<'_>) -> Options {
    let window_s = build.number("dedup.window_s", form.window_s, 600, 0..=86_400);
    let entries_max = build.number(
        "dedup.entries_max",
        form.entries_max,
        100_000,
        1..=10_000_000,
    );
    if window_s == 0 && form.redis.is_some() {
        let said = "it is used for nothing: dedup.window_s is 0";
        build.notes.warn("dedup.redis", said, "remove it");
    }
    Options {
        window: Duration::from_secs(window_s),
        entries_max: size(entries_max),
        shared: form.redis.as_ref().and_then(|form| shared(form, build)),
    }
}

/// The Redis. Messages hold no part of its URL: it may hold a password.
fn shared(form: &RedisForm, build: &mut Build<'_>) -> Option<SharedOptions> {
    let key = "dedup.redis.url";
    let timeout_ms = build.number("dedup.redis.timeout_ms", form.timeout_ms, 50, 1..=5000);
    let remedy = "write redis://user:password@host:port/0, rediss://... or unix:///path; or \
                  { env: NAME }, { file: PATH }";
    let Some(given) = &form.url else {
        build.notes.missing(key, remedy);
        return None;
    };
    let url = secrets::text(given, key, build.environment, &mut build.notes)?;
    match SharedOptions::new(&url, Duration::from_millis(timeout_ms)) {
        Ok(options) => Some(options),
        Err(said) => {
            build.notes.fault(key, said, remedy);
            None
        }
    }
}
