//! Hookferry carries webhooks to a message broker: it verifies them, puts them into one envelope
//! (CloudEvents), and answers 2xx only once a broker has confirmed them.
//!
//! # The path of a webhook, which is also the order of the folders
//!
//! | stage | folder | takes | gives |
//! |---|---|---|---|
//! | 1 | [`accept`] | a connection | [`accept::Received`], and in the end a [`accept::Reply`] |
//! | 2 | [`authenticate`] | `Received` | [`authenticate::Verified`], or a handshake's answer |
//! | 3 | [`normalize`] | `Verified` | [`normalize::Event`]s |
//! | 4 | [`publish`] | `Event`s | a [`publish::Receipt`]: the brokers' word |
//!
//! Each stage consumes what it is given and returns the next proof; the proofs cannot be made
//! elsewhere. [`pipeline`] is the whole journey on one screen. [`settings`] is what the path is
//! told. What stands beside the path: [`template`] (the language of presets), [`peek`] (reading a
//! few fields of JSON), `json` (writing it), [`glob`] (patterns of event types), [`time`], [`sign`] (what providers do, for
//! `hookferry send`), [`admin`], [`metrics`], [`telemetry`] (traces), [`otlp`] (their collector), [`logging`], [`reload`] (secrets that change),
//! [`fetch`] (providers' public keys), [`queues`] (those that would lose events), [`checks`] (synthetic events that are sent through it all), [`synthetic`] (how those are told from others), [`learned`] (secrets that providers hand over), [`dedup`]
//! (between the third stage and the fourth: what was stored before), [`inspect`] (what came, for whoever looks on), [`tls`] (on the daemon's own listeners), [`service`] (what systemd is told), [`sandbox`] (what the process may still do to the machine), [`scheduling`] (how its threads share a processor), [`daemon`] (putting it together) and [`commands`].
//!
//! docs/architecture.md has the invariants and the tests that hold them.

pub mod accept;
pub mod admin;
pub mod authenticate;
pub mod checks;
pub mod commands;
pub mod daemon;
pub mod dedup;
pub mod fetch;
pub mod glob;
pub mod inspect;
mod json;
pub mod learned;
pub mod logging;
pub mod metrics;
pub mod normalize;
pub mod otlp;
pub mod peek;
pub mod pipeline;
pub mod publish;
pub mod queues;
pub mod reload;
pub mod sandbox;
pub mod scheduling;
pub mod service;
pub mod settings;
pub mod sign;
pub mod synthetic;
pub mod telemetry;
pub mod template;
pub mod time;
pub mod tls;
