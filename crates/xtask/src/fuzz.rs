//! `cargo xtask fuzz`: random input for the parsers and machines.
//!
//! The targets are in `fuzz/`. They need a nightly compiler; without one the same functions run from
//! proptest on stable, with many more cases than in the tests.

#![allow(clippy::print_stdout, reason = "a task's output is for the person at the terminal")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;

use crate::step::{Failure, StepResult, Summary, cargo, finish, root, target};
use crate::tools::{self, CARGO_FUZZ};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Only these targets; all without
    targets: Vec<String>,
    /// How long each target runs, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Use proptest on stable even where a nightly compiler is installed
    #[arg(long)]
    stable: bool,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut summary = Summary::default();
    let result = if arguments.stable || !has_nightly() {
        if !arguments.stable {
            println!("no nightly compiler is installed (rustup toolchain install nightly):");
            println!("the same functions run from proptest on stable, without coverage");
        }
        summary.step("proptest", on_stable)
    } else {
        on_nightly(arguments, &mut summary)
    };
    summary.close(result)
}

fn on_nightly(arguments: &Arguments, summary: &mut Summary) -> StepResult {
    let mut fuzz = PathBuf::new();
    let mut names = Vec::new();
    summary.step("tools", || {
        fuzz = tools::from_wheel(&CARGO_FUZZ)?;
        names = chosen(&arguments.targets, targets()?)?;
        Ok(())
    })?;
    summary.step("build", || finish(&mut cargo_fuzz(&fuzz, "build", None)))?;
    for name in &names {
        summary.step(name, || run_target(&fuzz, name, arguments.seconds))?;
    }
    Ok(())
}

/// The targets that were asked for, or all.
fn chosen(asked: &[String], all: Vec<String>) -> Result<Vec<String>, Failure> {
    match asked.iter().find(|name| !all.contains(name)) {
        Some(name) => {
            let why = format!("there is no target {name}; there are {}", all.join(", "));
            Err(Failure { code: 64, why })
        }
        None if asked.is_empty() => Ok(all),
        None => Ok(asked.to_vec()),
    }
}

/// Runs one target on its seeds and on what earlier runs found, which is kept beside the build.
fn run_target(fuzz: &Path, name: &str, seconds: u32) -> Result<(), Failure> {
    let found = target().join("fuzz-corpus").join(name);
    fs::create_dir_all(&found)
        .map_err(|error| Failure::unavailable(format!("{}: {error}", found.display())))?;
    let seeds = root().join("fuzz/seeds").join(name);
    let mut command = cargo_fuzz(fuzz, "run", Some(name));
    command.arg(&found).arg(&seeds).arg("--");
    command.arg(format!("-max_total_time={seconds}"));
    command.args(["-max_len=4096", "-timeout=20", "-rss_limit_mb=4096", "-print_final_stats=1"]);
    finish(&mut command).map_err(|failure| Failure {
        why: format!(
            "{}; the input is in fuzz/artifacts/{name}: mend the fault and keep the input in \
             fuzz/seeds/{name}",
            failure.why
        ),
        ..failure
    })
}

fn cargo_fuzz(program: &Path, verb: &str, name: Option<&str>) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly"]).arg(program).arg(verb);
    command.args(["--fuzz-dir", "fuzz"]).arg("--target-dir").arg(target().join("fuzz"));
    command.args(name);
    // This process was started by a stable cargo, whose variables would choose its compiler.
    for key in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN", "CARGO_TARGET_DIR"] {
        command.env_remove(key);
    }
    command.current_dir(root());
    command
}

fn on_stable() -> Result<(), Failure> {
    cargo(
        &["test", "--locked", "--package", "heartline", "--test", "fuzz"],
        &[("PROPTEST_CASES", OsStr::new("20000"))],
    )
}

/// The targets by the names of their files.
fn targets() -> Result<Vec<String>, Failure> {
    let folder = root().join("fuzz/fuzz_targets");
    let listed = fs::read_dir(&folder)
        .map_err(|error| Failure::unavailable(format!("{}: {error}", folder.display())))?;
    let stems = listed.flatten().filter_map(|file| Some(file.path().file_stem()?.to_owned()));
    let mut names: Vec<String> = stems.filter_map(|stem| stem.into_string().ok()).collect();
    names.sort();
    Ok(names)
}

fn has_nightly() -> bool {
    let listed = Command::new("rustup").args(["toolchain", "list"]).output();
    listed.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("nightly"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_target_is_refused_with_the_known_ones() {
        let all = targets().unwrap();
        assert!(all.contains(&"sip_message".to_owned()), "{all:?}");
        let failure = chosen(&["sip_mesage".to_owned()], all.clone()).unwrap_err();
        assert!(failure.why.contains("sip_message"), "{}", failure.why);
        assert_eq!(chosen(&[], all.clone()).unwrap(), all);
    }
}
