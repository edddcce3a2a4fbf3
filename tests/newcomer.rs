//! The first hour: what a newcomer reads is true. Each command and example that is printed runs, and each link leads
//! somewhere.

#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its input is its own"
)]

#[path = "newcomer/commandline.rs"]
mod commandline;
#[path = "newcomer/consumers.rs"]
mod consumers;
#[path = "newcomer/documents.rs"]
mod documents;
mod support;
#[path = "newcomer/walk.rs"]
mod walk;
