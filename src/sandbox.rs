//! What the process may still do to the machine, by Linux' Landlock: write below the folders that its configuration names, and
//! start no program, whoever has taken it over.
//!
//! Reading stays free, because a reload may name files anywhere; connecting too, because a broker says by itself at which
//! ports its others are. Those are for the unit, the container and the network's own rules.

use std::path::PathBuf;

use landlock::{
    ABI, AccessFs, BitFlags, CompatLevel, Compatible as _, PathBeneath, PathFd, Ruleset,
    RulesetAttr as _, RulesetCreatedAttr as _, RulesetStatus, Scope,
};

/// What is kept from the process everywhere, and given back below its folders but for programs and devices.
const KNOWN: ABI = ABI::V6;

/// Gives up, for good, all writing that is not below `folders`, starting programs, and signals to other processes. It holds for
/// this thread and those that it starts from now on, so it comes before all others.
///
/// # Errors
/// The kernel knows no Landlock, or a folder cannot be opened.
pub fn enter(folders: &[PathBuf]) -> Result<(), String> {
    let status = restrict(folders)?;
    if status == RulesetStatus::NotEnforced {
        return Err(
            "sandbox: this kernel has no Landlock; write `sandbox: none` to do without".into(),
        );
    }
    // Truncating came with Linux 6.2, signals with 6.12.
    let whole = status == RulesetStatus::FullyEnforced;
    tracing::info!(
        whole,
        ?folders,
        "the process has given up all other writing"
    );
    Ok(())
}

fn restrict(folders: &[PathBuf]) -> Result<RulesetStatus, String> {
    let failed = |error: landlock::RulesetError| format!("sandbox: {error}");
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_write(KNOWN) | AccessFs::Execute)
        .and_then(|rules| rules.scope(Scope::Signal))
        .and_then(Ruleset::create)
        .map_err(failed)?;
    for folder in folders {
        let place = PathFd::new(folder).map_err(|error| format!("sandbox: {error}"))?;
        rules = rules
            .add_rule(PathBeneath::new(place, files()))
            .map_err(failed)?;
    }
    Ok(rules.restrict_self().map_err(failed)?.ruleset)
}

/// What a spool, a journal and a kept secret need.
fn files() -> BitFlags<AccessFs> {
    AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir
        | AccessFs::Refer
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::ErrorKind;
    use std::process::Command;

    use super::restrict;

    /// Of this thread alone: the other tests go on as before.
    #[test]
    fn nothing_is_written_or_started_outside() {
        let root = std::env::temp_dir().join(format!("hookferry-sandbox-{}", std::process::id()));
        let (inside, outside) = (root.join("inside"), root.join("outside"));
        for folder in [&inside, &outside] {
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join("before"), "1").unwrap();
        }
        std::os::unix::fs::symlink(&outside, inside.join("way-out")).unwrap();
        let folders = [inside.clone()];
        let (within, without) = (inside.clone(), outside.clone());
        std::thread::spawn(move || {
            assert!(Command::new("/bin/true").status().unwrap().success());
            restrict(&folders).unwrap();
            let is_denied = |result: std::io::Result<()>| {
                assert_eq!(result.unwrap_err().kind(), ErrorKind::PermissionDenied);
            };
            is_denied(fs::write(without.join("new"), "2"));
            is_denied(fs::write(without.join("before"), "2"));
            is_denied(fs::remove_file(without.join("before")));
            is_denied(fs::write(within.join("way-out/new"), "2"));
            is_denied(fs::rename(within.join("before"), without.join("moved")));
            is_denied(Command::new("/bin/true").status().map(drop));
            // What it is for goes on.
            fs::write(within.join("new"), "2").unwrap();
            fs::create_dir(within.join("folder")).unwrap();
            fs::rename(within.join("new"), within.join("folder/new")).unwrap();
            fs::hard_link(within.join("folder/new"), within.join("folder/linked")).unwrap();
            fs::remove_dir_all(within.join("folder")).unwrap();
            assert_eq!(fs::read_to_string(without.join("before")).unwrap(), "1");
        })
        .join()
        .unwrap();
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
        fs::write(outside.join("of-another-thread"), "3").unwrap();
        fs::remove_dir_all(root).unwrap();
    }
}
