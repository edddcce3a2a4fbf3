//! What is fuzzed: functions from any bytes to nothing, that panic where a property does not hold.
//!
//! They are shared by the guided run (`fuzz/run`, libFuzzer) and by `tests/fuzz.rs`, which plays the committed corpora
//! through them. Each says in its module what it holds; all of them: no panic, no overflow, and no input that takes
//! longer than [`TIME_MAX`].

#![allow(
    dead_code,
    unreachable_pub,
    missing_debug_implementations,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::too_many_lines,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    reason = "a property that does not hold is a panic, as in tests"
)]

mod broker;
mod codings;
mod config;
mod envelope;
mod expression;
mod families;
mod http;
mod others;
mod peek;
mod preset;
mod signature;
mod spool;
mod template;
mod url;
mod wire;

use std::time::{Duration, Instant};

pub use wire::{project, swell_to};

/// What one input may take: beyond it is a way to hang us.
pub const TIME_MAX: Duration = Duration::from_millis(100);
/// An input that took too long is tried so many times more.
const TRIES: usize = 4;

/// A target.
pub struct Target {
    /// The corpus is in a folder of this name.
    pub name: &'static str,
    /// Panics where a property does not hold.
    pub run: fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every target.
pub const ALL: &[Target] = &[
    Target {
        name: "hmac_body",
        run: families::hmac_body,
        seeds: families::hmac_body_seeds,
    },
    Target {
        name: "hmac_time",
        run: families::hmac_time,
        seeds: families::hmac_time_seeds,
    },
    Target {
        name: "standard_webhooks",
        run: families::standard_webhooks,
        seeds: families::standard_webhooks_seeds,
    },
    Target {
        name: "url_and_form",
        run: families::url_and_form,
        seeds: families::url_and_form_seeds,
    },
    Target {
        name: "jwt",
        run: families::jwt,
        seeds: families::jwt_seeds,
    },
    Target {
        name: "rfc9421",
        run: families::rfc9421,
        seeds: families::rfc9421_seeds,
    },
    Target {
        name: "public_keys",
        run: families::public_keys,
        seeds: families::public_keys_seeds,
    },
    Target {
        name: "token",
        run: families::token,
        seeds: families::token_seeds,
    },
    Target {
        name: "batch",
        run: families::batch,
        seeds: families::batch_seeds,
    },
    Target {
        name: "other_secret",
        run: others::other_secret,
        seeds: others::seeds,
    },
    Target {
        name: "signature_header",
        run: signature::header,
        seeds: signature::seeds,
    },
    Target {
        name: "json_peek",
        run: peek::json,
        seeds: peek::json_seeds,
    },
    Target {
        name: "xml_and_form",
        run: peek::xml_and_form,
        seeds: peek::xml_and_form_seeds,
    },
    Target {
        name: "envelope",
        run: envelope::run,
        seeds: envelope::seeds,
    },
    Target {
        name: "broker_headers",
        run: broker::run,
        seeds: broker::seeds,
    },
    Target {
        name: "preset",
        run: preset::run,
        seeds: preset::seeds,
    },
    Target {
        name: "config",
        run: config::run,
        seeds: config::seeds,
    },
    Target {
        name: "spool",
        run: spool::run,
        seeds: spool::seeds,
    },
    Target {
        name: "kept",
        run: spool::kept,
        seeds: spool::kept_seeds,
    },
    Target {
        name: "template",
        run: template::run,
        seeds: template::seeds,
    },
    Target {
        name: "expression",
        run: expression::run,
        seeds: expression::seeds,
    },
    Target {
        name: "url",
        run: url::run,
        seeds: url::seeds,
    },
    Target {
        name: "time",
        run: url::time,
        seeds: url::time_seeds,
    },
    Target {
        name: "codings",
        run: codings::run,
        seeds: codings::seeds,
    },
    Target {
        name: "http",
        run: http::run,
        seeds: http::seeds,
    },
    Target {
        name: "proxied",
        run: http::proxied,
        seeds: http::proxied_seeds,
    },
];

/// The target of this name.
pub fn named(name: &str) -> Option<&'static Target> {
    ALL.iter().find(|target| target.name == name)
}

/// Runs `target` on `data`, within `time_max`.
pub fn play(target: &Target, data: &[u8], time_max: Duration) {
    let begun = Instant::now();
    (target.run)(data);
    if begun.elapsed() <= time_max {
        return;
    }
    // Others may have had the core.
    let took = || {
        let begun = (Instant::now(), on_cpu());
        (target.run)(data);
        let on_cpu = on_cpu().zip(begun.1);
        on_cpu.map_or_else(|| begun.0.elapsed(), |(now, then)| now.saturating_sub(then))
    };
    let least = (0..TRIES).map(|_| took()).min().unwrap_or_default();
    assert!(
        least <= time_max,
        "{}: {least:?} for {} bytes",
        target.name,
        data.len()
    );
}

/// How long this thread has been on a core, where the system says so.
fn on_cpu() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanos = text.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}
