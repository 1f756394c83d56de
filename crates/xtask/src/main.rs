//! Development tasks: `cargo xtask test` runs every check there is.
//!
//! One file per task. This crate depends on no other crate of the workspace and none depends on it;
//! it only runs programs.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod deny;
mod diagrams;
mod fuzz;
mod load;
mod package;
mod package_test;
mod soak;
mod step;
mod storm;
mod test;
mod tested;
mod tools;
mod web;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Development tasks")]
struct Xtask {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every check: tools, format, dependencies, page, lints, documentation, tests, model checking
    Test(test::Arguments),
    /// Measure what calls and voice cost on one core of this machine
    Load(load::Arguments),
    /// Relay voice and do nothing else, to compare the engine with; `load` starts it
    #[command(hide = true)]
    Relay(load::relay::Arguments),
    /// Flood a running engine from this machine, and see who is still served
    Storm(storm::Arguments),
    /// Take calls for hours, and see that memory, descriptors, files and answer times stay flat
    Soak(soak::Arguments),
    /// Send random input to the parsers and machines, a minute for each target
    Fuzz(fuzz::Arguments),
    /// Draw the state diagrams from the tables of states into docs/diagrams.md
    Diagrams,
    /// Make the page's types of the API (crates/console/web/src/api/schema.d.ts) from its description
    Schema,
    /// Do each role's jobs in the page, in a browser with a real engine and telephones
    E2e(web::E2eArguments),
    /// Make the Debian package; with --test, install, upgrade and remove it in a root file system
    Package(package::Arguments),
}

fn main() -> ExitCode {
    match Xtask::parse().task {
        Task::Test(arguments) => test::run(&arguments),
        Task::Load(arguments) => load::run(&arguments),
        Task::Relay(arguments) => load::relay::run(&arguments),
        Task::Storm(arguments) => storm::run(&arguments),
        Task::Soak(arguments) => soak::run(&arguments),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::Diagrams => diagrams::run(),
        Task::Schema => web::schema(),
        Task::E2e(arguments) => web::e2e(&arguments),
        Task::Package(arguments) => package::run(&arguments),
    }
}
