//! What the servers in other languages need, from their registries: once, by their lock files, below
//! `${XDG_CACHE_HOME:-~/.cache}/hookferry`, where `tests/run` keeps its own downloads.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process::output;

const LIMIT: Duration = Duration::from_secs(300);

/// A folder with the servers of Express and `node_modules`.
pub fn express() -> Result<PathBuf, String> {
    cached("express", |from, home| {
        for name in ["kafka.js", "rabbitmq.js", "verify.js"] {
            copy(from, home, name)?;
        }
        copy(from, home, "package.json")?;
        copy(from, home, "package-lock.json")?;
        let mut npm = Command::new("npm");
        npm.args(["ci", "--silent", "--no-audit", "--no-fund"])
            .current_dir(home);
        output(&mut npm, LIMIT).map(drop)
    })
}

/// A folder with the servers of FastAPI and a Python that has what they need, `bin/python`.
pub fn fastapi() -> Result<PathBuf, String> {
    cached("fastapi", |from, home| {
        let python = std::env::var("HOOKFERRY_TEST_PYTHON");
        let python = python.unwrap_or_else(|_| "python3".to_owned());
        output(Command::new(python).args(["-m", "venv"]).arg(home), LIMIT)?;
        for name in ["kafka.py", "rabbitmq.py", "verify.py"] {
            copy(from, home, name)?;
        }
        let mut pip = Command::new(home.join("bin/python"));
        pip.args(["-m", "pip", "install", "-q", "--disable-pip-version-check"]);
        output(pip.arg("-r").arg(from.join("requirements.txt")), LIMIT).map(drop)
    })
}

fn copy(from: &Path, to: &Path, name: &str) -> Result<(), String> {
    let copied = fs::copy(from.join(name), to.join(name));
    copied.map(drop).map_err(|error| format!("{name}: {error}"))
}

/// A virtual environment cannot be moved, so a mark says that the folder is whole.
fn cached(
    name: &str,
    make: impl Fn(&Path, &Path) -> Result<(), String>,
) -> Result<PathBuf, String> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("benches/compare")
        .join(name);
    let mut sum = crc32fast::Hasher::new();
    let mut files: Vec<_> = fs::read_dir(&from)
        .map_err(|error| error.to_string())?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    for file in files {
        sum.update(&fs::read(file).map_err(|error| error.to_string())?);
    }
    let cache = std::env::var("XDG_CACHE_HOME")
        .or_else(|_| std::env::var("HOME").map(|home| format!("{home}/.cache")))
        .map_err(|error| error.to_string())?;
    let name = format!("hookferry/bench-{name}-{:08x}", sum.finalize());
    let home = Path::new(&cache).join(name);
    let whole = home.join("whole");
    if !whole.exists() {
        eprintln!("downloading what {} needs", home.display());
        let _ = fs::remove_dir_all(&home);
        fs::create_dir_all(&home).map_err(|error| error.to_string())?;
        make(&from, &home)?;
        fs::write(&whole, "").map_err(|error| error.to_string())?;
    }
    Ok(home)
}
