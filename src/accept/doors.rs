//! The paths that requests are taken at.

use std::collections::HashMap;
use std::sync::Arc;

use http::Method;

use super::{Admission, Gate};

/// A path that requests are taken at, and which.
#[derive(Debug, Clone)]
pub struct Door {
    /// The source's place in the settings.
    pub source: usize,
    /// Whose path it is, where the source has tenants.
    pub tenant: Option<Arc<str>>,
    /// Methods that deliver events or are handshakes.
    pub methods: Vec<Method>,
    /// Media types that are taken; any when empty.
    pub content_types: Vec<String>,
    pub body_bytes_max: usize,
    /// Whether a coded body is kept as it came beside what it says: its provider signs that.
    pub keeps_encoded: bool,
    /// Whom its source takes requests from.
    pub admission: Arc<Admission>,
    /// What its source may have of the daemon.
    pub gate: Arc<Gate>,
}

/// The doors by path. A tenant's path is one among the others, so that one that nobody has is looked
/// up, answered and timed like any other path that is not there.
#[derive(Debug, Default)]
pub struct Doors(HashMap<String, Door>);

impl Doors {
    pub fn new(doors: impl IntoIterator<Item = (String, Door)>) -> Self {
        Self(doors.into_iter().collect())
    }

    /// The door at `path`.
    pub fn at(&self, path: &str) -> Option<&Door> {
        self.0.get(path)
    }
}
