//! Embeds every preset of src/settings/providers, so that adding one is adding a file.

#![allow(
    clippy::expect_used,
    reason = "a build that cannot go on ends, and says why"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    // What instructions are counted of (tests/instructions.rs).
    let level = env::var("OPT_LEVEL").expect("cargo sets it");
    println!("cargo::rustc-env=HOOKFERRY_OPT_LEVEL={level}");
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
    embed_page(&root.join("src/inspect/page"), &out.join("page.rs"));
}

/// Writes the list of the inspector's files, by their names below `folder`.
fn embed_page(folder: &Path, list: &Path) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    walk(folder, &mut files);
    files.sort();
    let mut text = String::from("&[\n");
    for file in &files {
        let name = file.strip_prefix(folder).expect("it is below");
        let (name, path) = (name.display().to_string(), file.display().to_string());
        writeln!(text, "    ({name:?}, include_bytes!({path:?})),").expect("a String");
    }
    text.push_str("]\n");
    fs::write(list, text).expect("cargo's folder can be written");
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    const SHOWN: [&str; 6] = ["html", "css", "js", "svg", "png", "json"];
    for entry in fs::read_dir(folder).expect("the page's files can be read") {
        let path = entry.expect("the page's files can be read").path();
        if path.is_dir() {
            walk(&path, files);
        } else if path
            .extension()
            .is_some_and(|it| SHOWN.iter().any(|known| it == *known))
        {
            files.push(path);
        }
    }
}

fn stem(path: &Path) -> &str {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    stem.expect("a preset's name is plain")
}
