//! The spool: records that are kept on this machine's disk until a broker has them.
//!
//! [`log`] is what is kept: appended, made durable, read, settled and removed, by one owner, without
//! a thread or a clock of its own. [`disk`] is all that it asks of a file system, so that tests can
//! cut its power. [`walk`] looks at a folder without changing anything in it.
//!
//! | file | what it holds |
//! |---|---|
//! | `log` | the order in which things become durable: what is acknowledged, what a failure leaves |
//! | `newest` | the file that is written to, and what is done when it fails |
//! | `remove` | which segments may go, and in which order |
//! | `recover` | opening: what was torn is cut, what is damaged is set aside and stepped over |
//! | `read` | reading what waits |
//! | `segment` | what memory knows of a file: three bits or so for each record |
//! | `scan` | from entry to entry of a file, and on over damage |
//! | `format` | the bytes |
//! | `damage` | what cannot be read is copied before it is given up |

mod damage;
pub mod disk;
mod format;
pub mod log;
mod newest;
mod read;
mod recover;
mod remove;
mod scan;
mod segment;
pub mod walk;
