//! `sandbox`: where a process that gives up writing still has to.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Settings;

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SandboxForm {
    #[default]
    None,
    Landlock,
}

impl Settings {
    /// Fills in [`Settings::sandbox`], which all others have their part in.
    pub(super) fn confine(&mut self, form: SandboxForm) {
        self.sandbox = match form {
            SandboxForm::None => None,
            SandboxForm::Landlock => Some(self.written()),
        };
    }

    /// Every folder that the daemon writes to, once.
    fn written(&self) -> Vec<PathBuf> {
        let spool = self.spool.as_ref().map(|spool| spool.path.clone());
        let journal = self.inspector.as_ref().and_then(|it| it.journal.as_deref());
        let learned = self.sources.iter().map(|it| &it.learned_secret_file);
        let learned = learned.filter_map(Option::as_deref);
        let files = journal.into_iter().chain(learned);
        let mut folders: Vec<_> = spool.into_iter().chain(files.map(folder_of)).collect();
        folders.sort();
        folders.dedup();
        folders
    }
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
