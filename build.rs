//! Embeds every preset of src/settings/providers, so that adding one is adding a file.

#![allow(
    clippy::expect_used,
    reason = "a build that cannot go on ends, and says why"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let folder = root.join("src/settings/providers");
    println!("cargo::rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(&folder).expect("the presets can be read");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the presets can be read").path())
        .filter(|path| path.extension().is_some_and(|it| it == "yaml"))
        .collect();
    files.sort_by(|one, other| stem(one).cmp(stem(other)));
    let mut list = String::from("&[\n");
    for file in &files {
        let path = file.display().to_string();
        writeln!(list, "    ({:?}, include_str!({path:?})),", stem(file)).expect("a String");
    }
    list.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("presets.rs"), list).expect("cargo's folder can be written");
}

fn stem(path: &Path) -> &str {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    stem.expect("a preset's name is plain")
}
