//! Chores of the house: `cargo xtask test` runs every check there is.
//!
//! One file a command. This crate stands apart: it knows no other crate of
//! ours and no other knows it; it only calls programs.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod load;
mod step;
mod storm;
mod test;
mod tested;
mod tools;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Chores of the house")]
struct Chores {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Run every check: tools, format, page, lints, documentation, tests, model checking
    Test(test::Arguments),
    /// Measure what calls and voice cost on one core of this machine
    Load(load::Arguments),
    /// Flood a running engine from this machine, and see who is still served
    Storm(storm::Arguments),
}

fn main() -> ExitCode {
    match Chores::parse().chore {
        Chore::Test(arguments) => test::run(&arguments),
        Chore::Load(arguments) => load::run(&arguments),
        Chore::Storm(arguments) => storm::run(&arguments),
    }
}
