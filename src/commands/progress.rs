//! How far a long command is, for whoever waits for it at a terminal.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How often it is said. The first time is after this: what is done sooner needs no words.
const EVERY: Duration = Duration::from_secs(1);

/// A line of standard error that is written anew each second until this is dropped, and then is gone. Nothing is
/// written unless standard error is a terminal.
///
/// It is plain text, without colours or escape sequences.
#[derive(Debug)]
pub(super) struct Progress(Option<(Sender<()>, JoinHandle<()>)>);

impl Progress {
    /// `said` is asked from a thread of its own.
    pub(super) fn start(said: impl Fn() -> String + Send + 'static) -> Self {
        if !io::stderr().is_terminal() {
            return Self(None);
        }
        let (stop, stopped) = channel();
        let thread = std::thread::spawn(move || {
            let mut width = 0;
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) {
                let line = said();
                write(&line, width);
                width = line.chars().count();
            }
            if width > 0 {
                write("", width);
            }
        });
        Self(Some((stop, thread)))
    }

    /// The same for a command whose results go to standard output as they come. Where that is a terminal too, they
    /// show how far it is, and nothing else is to be between them.
    pub(super) fn beside_results(said: impl Fn() -> String + Send + 'static) -> Self {
        if io::stdout().is_terminal() {
            return Self(None);
        }
        Self::start(said)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.0.take() {
            drop(stop);
            // It has nothing left to do but to clear its line.
            let _ = thread.join();
        }
    }
}

/// Over a line that was `width` characters long.
fn write(line: &str, width: usize) {
    let mut stderr = io::stderr().lock();
    // A terminal that is gone is told nothing.
    let _ = if line.is_empty() {
        write!(stderr, "\r{:width$}\r", "")
    } else {
        write!(stderr, "\r{line:width$}")
    };
    let _ = stderr.flush();
}
