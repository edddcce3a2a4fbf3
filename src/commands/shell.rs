//! `hookferry completions` and `hookferry man`: what a shell and a reader are told of the command line, made
//! from the command line itself.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap_complete::Shell;
use clap_mangen::Man;

use super::FAILED;

#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell that is to complete
    shell: Shell,
}

#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// Where every page is put, one for each command; it is made where it is missing. Without it, hookferry's
    /// own page goes to standard output
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Prints the completions of the shell that is asked for.
pub fn completions(args: &CompletionsArgs, mut command: clap::Command) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, "hookferry", &mut script);
    ended(io::stdout().lock().write_all(&script), "standard output")
}

/// Prints the manual page, or writes all of them.
pub fn man(args: &ManArgs, command: clap::Command) -> ExitCode {
    match &args.folder {
        Some(folder) => ended(pages(folder, command), &folder.display().to_string()),
        None => {
            let mut page = Vec::new();
            let made = Man::new(command).render(&mut page);
            let made = made.and_then(|()| io::stdout().lock().write_all(&page));
            ended(made, "standard output")
        }
    }
}

fn pages(folder: &Path, command: clap::Command) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command, folder)
}

fn ended(done: io::Result<()>, place: &str) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads us has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{place}: {error}");
            ExitCode::from(FAILED)
        }
    }
}
