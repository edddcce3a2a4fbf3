//! How the program is linked, and by what flags the one that is shipped is built.

use std::fs;
use std::process::Command;

use super::support::{Folder, output_of, project_file, run};
use super::text;

fn hardened(arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(project_file("tests/hardened"));
    let output = run(command.args(arguments), vec![]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        !said.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    (output.status.success(), said)
}

#[test]
fn the_program_is_linked_so_that_what_is_overwritten_is_not_run() {
    let built = env!("CARGO_BIN_EXE_hookferry");
    let (is, said) = hardened(&[built]);
    assert!(is, "{said}");
    assert_eq!(said.lines().count(), 8, "{said}");

    // The measure sees what is taken away: each flag of a program that was made for it.
    let folder = Folder::new();
    let source = folder.write("program.c", "int main(void) { return 0; }");
    let program = folder.path().join("program");
    for (flags, missed) in [
        ("-no-pie", "position-independent"),
        ("-pie -Wl,-z,norelro", "relocations read-only"),
        ("-pie -Wl,-z,lazy", "all of them, at the start"),
        ("-pie -Wl,-z,execstack", "a stack that is not run"),
        ("-pie -Wl,-rpath,/tmp", "no path to look for libraries"),
        (
            "-pie -Wl,-z,now -fno-stack-protector",
            "canaries on stacks of C",
        ),
    ] {
        let mut compiler = Command::new("cc");
        compiler.args(flags.split(' ')).arg("-o").arg(&program);
        output_of(compiler.arg(&source), vec![]);
        let (is, said) = hardened(&["--shipped", program.to_str().unwrap()]);
        assert!(!is && said.contains(&format!("NO   {missed}")), "{said}");
    }
}

/// What only costly flags give is given to what is shipped; tests/hardened looks at that in the release's workflow.
#[test]
fn what_is_shipped_is_built_by_one_script_with_hardening_flags() {
    let build = text("deploy/build");
    let flags = build
        .lines()
        .find_map(|line| line.strip_prefix("export CFLAGS="));
    let flags = flags.expect("deploy/build sets them");
    for built in ["deploy/Dockerfile", "deploy/debian/build"] {
        let text = text(built);
        assert!(
            text.contains("    deploy/build ") || text.contains("\ndeploy/build "),
            "{built}"
        );
        assert!(
            !text.contains("cargo auditable build"),
            "{built} builds by itself"
        );
    }
    let flags: Vec<_> = flags.trim_matches('"').split(' ').collect();
    for needed in ["-fstack-protector-strong", "-D_FORTIFY_SOURCE=2"] {
        assert!(flags.contains(&needed), "{flags:?}");
    }
    // The compiler that is here takes them, and the script finds what they give.
    let folder = Folder::new();
    let source = folder.write(
        "program.c",
        "#include <stdio.h>\n#include <string.h>\nint main(int n, char **v) { char b[64]; memcpy(b, v[0], n); puts(b); return 0; }",
    );
    let program = folder.path().join("program");
    let mut compiler = Command::new("cc");
    compiler
        .args(&flags)
        .args(["-O2", "-pie", "-Wl,-z,now", "-o"]);
    output_of(compiler.arg(&program).arg(&source), vec![]);
    let (is, said) = hardened(&["--shipped", program.to_str().unwrap()]);
    assert!(is, "{said}");

    let workflow = text(".github/workflows/release.yaml");
    for step in [
        "tests/hardened --shipped target/dist/hookferry",
        "tests/sbom target/debian/assets/sbom.cdx.json",
        "tests/deny licenses bans sources advisories",
    ] {
        assert!(workflow.contains(&format!("- run: {step}\n")), "{step}");
    }
    assert!(
        fs::read_to_string(project_file(".ci/run"))
            .unwrap()
            .contains("tests/deny\n")
    );
}
