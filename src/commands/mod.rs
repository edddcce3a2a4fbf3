//! The command line, one file a subcommand.

pub mod check;
pub mod dev;
mod examples;
mod message;
pub mod probe;
mod progress;
pub mod providers;
pub mod replay;
pub mod route;
pub mod send;
pub mod serve;
pub mod shell;
mod sinks;
pub mod spool;
pub mod tail;
pub mod verify;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

/// The command failed.
pub const FAILED: u8 = 1;
/// The command line cannot be meant (`EX_USAGE` of sysexits.h).
pub const USAGE: u8 = 64;
/// The configuration is faulty (`EX_CONFIG` of sysexits.h).
pub const CONFIG: u8 = 78;

/// Carries webhooks to Kafka and RabbitMQ: verified, in one envelope, and answered 2xx only once
/// the broker has confirmed them.
#[derive(Debug, Parser)]
#[command(name = "hookferry", version, arg_required_else_help = true, after_help = examples::HOOKFERRY)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything in one process, to try it: ingress, embedded broker, generated secrets
    #[command(after_help = examples::DEV)]
    Dev(dev::DevArgs),
    /// The daemon
    #[command(after_help = examples::SERVE)]
    Serve(serve::ServeArgs),
    /// All faults of a configuration at once, with file, line and remedy
    #[command(after_help = examples::CHECK)]
    Check(check::CheckArgs),
    /// The provider presets; one of them explained
    #[command(after_help = examples::PROVIDERS)]
    Providers(providers::ProvidersArgs),
    /// Why a raw request is accepted or refused, step by step
    #[command(after_help = examples::VERIFY)]
    Verify(verify::VerifyArgs),
    /// Where an event would go, and why: filters, schemas, routes, topic and key
    #[command(after_help = examples::ROUTE)]
    Route(route::RouteArgs),
    /// Send a correctly signed sample webhook
    #[command(after_help = examples::SEND)]
    Send(send::SendArgs),
    /// Run the checks of a configuration once: does a webhook get through to the broker?
    ///
    /// Each sends a signed synthetic event to the daemon, and sees it arrive. Prints a line for each; exits
    /// with 1 when one failed.
    #[command(after_help = examples::PROBE)]
    Probe(probe::ProbeArgs),
    /// Print events as they arrive at the broker
    #[command(after_help = examples::TAIL)]
    Tail(tail::TailArgs),
    /// Show dead letters; publish them again to where they were meant to go
    ///
    /// Without --publish nothing is published or taken away. What is published is the event as it came
    /// in, under the same id, without the attributes that made it a dead letter. Filters are joined:
    /// only what all of them hold for is meant. Exits with 1 when something was not confirmed, which
    /// then is where it was.
    #[command(after_help = examples::REPLAY)]
    Replay(replay::ReplayArgs),
    /// Look at what waits on disk for the broker, export or publish it
    #[command(after_help = examples::SPOOL)]
    Spool(spool::SpoolArgs),
    /// Completions for a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions(shell::CompletionsArgs),
    /// The manual pages
    #[command(after_help = examples::MAN)]
    Man(shell::ManArgs),
}

/// Runs the command that the arguments name.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are not faults.
            let code = if error.use_stderr() { USAGE } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match cli.command {
        Command::Dev(args) => dev::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Providers(args) => providers::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Route(args) => route::run(&args),
        Command::Send(args) => send::run(&args),
        Command::Probe(args) => probe::run(&args),
        Command::Tail(args) => tail::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Spool(args) => spool::run(&args),
        Command::Completions(args) => shell::completions(&args, Cli::command()),
        Command::Man(args) => shell::man(&args, Cli::command()),
    }
}
