//! One step of a task: it is named and timed, and the task stops when it fails.

#![allow(clippy::print_stdout, reason = "a task's output is for the person at the terminal")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// Why a step did not pass.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code the task ends with.
    pub(crate) code: u8,
    /// The fault and its remedy, in a sentence.
    pub(crate) why: String,
}

impl Failure {
    /// Something is missing that the person must install: `EX_UNAVAILABLE` of sysexits(3).
    pub(crate) fn unavailable(why: impl Into<String>) -> Failure {
        Failure { code: 69, why: why.into() }
    }
}

/// Runs a command and returns what it printed.
pub(crate) fn output_of(command: &mut Command) -> Result<String, Failure> {
    let output = command
        .output()
        .map_err(|error| Failure::unavailable(format!("{command:?} did not start: {error}")))?;
    let printed = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true => Ok(printed.into_owned()),
        false => {
            let why = format!("{command:?} ended with {}: {printed}", output.status);
            Err(Failure { code: 1, why })
        }
    }
}

/// Whether a step passed; a failure has the step's name.
pub(crate) type StepResult = Result<(), (String, Failure)>;

/// Steps done so far, for the summary at the end.
#[derive(Default)]
pub(crate) struct Summary {
    passed: Vec<(String, Duration)>,
}

impl Summary {
    /// Runs one step under its name and takes its time.
    pub(crate) fn step(
        &mut self,
        name: &str,
        work: impl FnOnce() -> Result<(), Failure>,
    ) -> StepResult {
        println!("\n==> {name}");
        let began = Instant::now();
        let result = work();
        let took = began.elapsed();
        match result {
            Ok(()) => {
                println!("==> {name}: passed in {:.1} s", took.as_secs_f64());
                self.passed.push((name.to_owned(), took));
                Ok(())
            }
            Err(failure) => {
                println!("==> {name}: FAILED after {:.1} s", took.as_secs_f64());
                Err((name.to_owned(), failure))
            }
        }
    }

    /// Prints what passed and what failed, and returns the task's exit code.
    pub(crate) fn close(self, result: StepResult) -> ExitCode {
        println!("\nSummary");
        for (name, took) in &self.passed {
            println!("  passed  {:>7.1} s  {name}", took.as_secs_f64());
        }
        let (failed, code) = match result {
            Ok(()) => (0, ExitCode::SUCCESS),
            Err((name, failure)) => {
                println!("  FAILED             {name}: {}", failure.why);
                (1, ExitCode::from(failure.code))
            }
        };
        println!("steps: {} passed, {failed} failed", self.passed.len());
        code
    }
}

/// Runs a program at the repository's root and waits for it; its output is shown as it comes.
pub(crate) fn program(name: &str, arguments: &[&str]) -> Result<(), Failure> {
    finish(Command::new(name).args(arguments).current_dir(root()))
}

/// Runs the cargo that runs this task.
pub(crate) fn cargo(arguments: &[&str], env: &[(&str, &OsStr)]) -> Result<(), Failure> {
    finish(cargo_command().args(arguments).envs(env.iter().copied()).current_dir(root()))
}

/// A cargo call without the variables that the outer `cargo run` has set for this program: they
/// would make every dependency that watches them build again.
pub(crate) fn cargo_command() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    for (key, _) in std::env::vars_os() {
        let Some(name) = key.to_str() else { continue };
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&key);
        }
    }
    command
}

/// The repository's root: the folder two above this crate.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// The folder cargo builds into, as `CARGO_TARGET_DIR` says or `target` at the root.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// Runs a command to its end; a signal counts as exit code 1.
pub(crate) fn finish(command: &mut Command) -> Result<(), Failure> {
    let shown = show(command);
    println!("    {shown}");
    let status = command
        .status()
        .map_err(|error| Failure::unavailable(format!("`{shown}` did not start: {error}")))?;
    if status.success() {
        return Ok(());
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Err(Failure { code, why: format!("`{shown}` ended with {status}") })
}

fn show(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut shown = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for argument in command.get_args() {
        shown.push(' ');
        shown.push_str(&argument.to_string_lossy());
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failing_program_gives_its_exit_code() {
        let failure = finish(Command::new("sh").args(["-c", "exit 64"])).unwrap_err();
        assert_eq!(failure.code, 64);
        assert!(failure.why.contains("sh -c exit 64"), "{}", failure.why);
    }

    #[test]
    fn missing_program_is_named() {
        let failure = finish(&mut Command::new("no-such-program-here")).unwrap_err();
        assert_eq!(failure.code, 69);
        assert!(failure.why.contains("no-such-program-here"), "{}", failure.why);
    }

    #[test]
    fn failed_step_gives_the_task_its_exit_code() {
        let mut summary = Summary::default();
        summary.step("first", || Ok(())).unwrap();
        let result = summary.step("second", || Err(Failure { code: 64, why: "no".into() }));
        assert_eq!(format!("{:?}", summary.close(result)), format!("{:?}", ExitCode::from(64)));
    }
}
