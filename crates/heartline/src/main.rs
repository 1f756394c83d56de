//! The heartline binary: the command line of the engine.

mod cli;
mod commands;
mod exit;
mod output;
mod signals;

use std::{io::IsTerminal, process::ExitCode};

use clap::Parser;
use cli::{Cli, LogFormat, Verb};
use engine::fault::{EX_USAGE, Fault};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(message) => return print_clap_message(&message),
    };
    start_tracing(matches!(cli.verb, Verb::Demo(_) | Verb::Load(_)), cli.log_format);
    match run(cli.verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            print_fault(&fault.line());
            ExitCode::from(fault.code())
        }
    }
}

fn run(verb: Verb) -> Result<(), Fault> {
    match verb {
        Verb::Serve(serve) => block_on(commands::serve::run(serve)),
        Verb::Demo(demo) => block_on(commands::demo::run(demo)),
        Verb::Load(load) => commands::load::run(load),
        Verb::Reload { moves, place } => commands::reload::run(moves, &place),
        Verb::Config { verb } => commands::config::run(verb),
        Verb::Check(check) => commands::check::run(&check),
        Verb::Sim { arguments } => commands::sim::run("sim", &arguments),
        Verb::Story { arguments } => commands::sim::run("story", &arguments),
        Verb::User { verb } => commands::user::run(verb),
        Verb::Token(token) => commands::token::run(token),
        Verb::Audit(audit) => commands::audit::run(audit),
        Verb::Report(asked) => commands::report::run(asked),
        Verb::Seat { verb } => commands::seat::run(verb),
        Verb::Secret { verb } => commands::secret::run(verb),
        Verb::Openapi => commands::openapi::run(),
        Verb::Open311Key { name } => commands::open311_key::run(&name),
        Verb::Ivr { verb } => commands::ivr::run(&verb),
        Verb::Network { verb } => commands::network::run(verb),
        Verb::Calendar { verb } => commands::calendar::run(verb),
        Verb::Knowledge { verb } => commands::knowledge::run(verb),
        Verb::Log { verb } => commands::log::run(verb),
        Verb::Store { verb } => commands::store::run(verb),
        Verb::Emergency { verb } => commands::emergency::run(verb),
        Verb::Backup { to, place } => commands::backup::run(&to, &place),
        Verb::Restore { backup, replace, place } => {
            commands::restore::run(&backup, replace, &place)
        }
        Verb::Export { out, from, to, place } => {
            commands::export::run(out.as_deref(), from, to, &place)
        }
        Verb::Import { file, place } => commands::import::run(&file, &place),
    }
}

/// Prints the help and the version, which are a success, or an error in the arguments.
fn print_clap_message(message: &clap::Error) -> ExitCode {
    // An error means that nobody reads our output.
    let _closed = message.print();
    if message.use_stderr() { ExitCode::from(EX_USAGE) } else { ExitCode::SUCCESS }
}

fn block_on(work: impl Future<Output = Result<(), Fault>>) -> Result<(), Fault> {
    // Only the console runs on tokio. Two threads leave the cores to the voice threads.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("console")
        .on_thread_start(engine::put_behind_calls)
        .enable_all()
        .build()
        .map_err(|e| format!("cannot start the console's threads: {e}"))?;
    runtime.block_on(work)
}

fn start_tracing(quiet: bool, format: LogFormat) {
    use tracing_subscriber::EnvFilter;
    let usual = if quiet { "warn" } else { "info" };
    let filter = EnvFilter::try_from_env("HEARTLINE_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let colours = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => lines.with_ansi(colours).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}

#[allow(clippy::print_stderr, reason = "the error message of the program")]
fn print_fault(line: &str) {
    eprintln!("{line}");
}
