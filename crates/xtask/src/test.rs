//! `cargo xtask test`: every check there is, those that fail fastest first.

#![allow(clippy::print_stdout, reason = "a task's output is for the person at the terminal")]

use std::ffi::OsStr;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use crate::step::{Failure, Summary, cargo, target};
use crate::{deny, tested, tools, web};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Only these steps, in their usual order
    #[arg(long, value_delimiter = ',', value_name = "STEP,...")]
    only: Vec<Step>,
    /// Also run tests that have not changed since they passed
    #[arg(long)]
    all: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Step {
    /// Programs the tests call are there, or get installed
    Tools,
    /// Sources are formatted
    Fmt,
    /// Licences, duplicate versions, sources and advisories of packages are as deny.toml says
    Deny,
    /// The page's types hold and its tests pass
    Web,
    /// No lint is broken
    Clippy,
    /// Documentation builds without a warning
    Doc,
    /// The examples in the documentation run
    Examples,
    /// The lock-free intake holds under every interleaving
    Loom,
    /// Unit, property and end-to-end tests
    Tests,
    /// Each role's first job in the page, in a browser
    E2e,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut summary = Summary::default();
    let mut result = Ok(());
    for step in Step::value_variants() {
        if !arguments.only.is_empty() && !arguments.only.contains(step) {
            continue;
        }
        result = summary.step(step.name(), || step.work(arguments.all));
        if result.is_err() {
            break;
        }
    }
    summary.close(result)
}

impl Step {
    fn name(self) -> &'static str {
        match self {
            Step::Tools => "tools",
            Step::Fmt => "fmt",
            Step::Deny => "deny",
            Step::Web => "web",
            Step::Clippy => "clippy",
            Step::Doc => "doc",
            Step::Examples => "examples",
            Step::Loom => "loom",
            Step::Tests => "tests",
            Step::E2e => "e2e",
        }
    }

    fn work(self, all: bool) -> Result<(), Failure> {
        match self {
            Step::Tools => tools::check(),
            Step::Fmt => cargo(&["fmt", "--all", "--check"], &[]),
            Step::Deny => deny::check(),
            Step::Web => web::check(all),
            Step::Clippy => cargo(
                &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
                &[],
            ),
            Step::Doc => cargo(
                &["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"],
                &[("RUSTDOCFLAGS", OsStr::new("-D warnings"))],
            ),
            Step::Examples => cargo(&["test", "--workspace", "--doc", "--locked"], &[]),
            Step::Loom => loom(),
            Step::Tests => tests(all),
            Step::E2e => web::run_e2e(None),
        }
    }
}

/// Loom replaces the atomics of the intake, so it needs flags and a build folder of its own.
fn loom() -> Result<(), Failure> {
    cargo(
        &[
            "test",
            "-p",
            "queue",
            "--test",
            "loom",
            "--release",
            "--locked",
            "--config",
            "profile.release.package.loom.opt-level=3",
            "--config",
            "profile.release.package.queue.opt-level=3",
        ],
        &[
            ("RUSTFLAGS", OsStr::new("--cfg loom")),
            // Only what is tested is optimized: to optimize the rest takes longer than the test.
            ("CARGO_PROFILE_RELEASE_LTO", OsStr::new("off")),
            ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", OsStr::new("16")),
            ("CARGO_PROFILE_RELEASE_OPT_LEVEL", OsStr::new("0")),
            ("CARGO_TARGET_DIR", target().join("loom").as_os_str()),
        ],
    )
}

/// Runs the test programs that have changed since they passed, with nextest: each test in a process
/// of its own, and tests that hang are ended (`.config/nextest.toml`). Without nextest it runs all
/// with cargo's own runner, one test at a time, because nothing else keeps the end-to-end tests
/// apart.
fn tests(all: bool) -> Result<(), Failure> {
    if tools::nextest_is_there() {
        let programs = tested::build()?;
        let mut passed = tested::passed();
        passed.retain(|id, sum| !all && programs.get(id) == Some(sum));
        let changed = tested::changed(&programs, &passed);
        let (known, of) = (programs.len() - changed.len(), programs.len());
        println!("    {known} of {of} test programs have not changed since their tests passed");
        if changed.is_empty() {
            return Ok(());
        }
        // If the run fails, only these have passed.
        tested::remember(&passed);
        let filter: Vec<String> = changed.iter().map(|id| format!("binary_id(={id})")).collect();
        let filter = if known == 0 { "all()".to_owned() } else { filter.join(" + ") };
        cargo(
            &["nextest", "run", "--workspace", "--locked", "--no-tests=pass", "-E", &filter],
            &[],
        )?;
        tested::remember(&programs);
        return Ok(());
    }
    println!("    cargo-nextest is not installed: cargo test does its work");
    cargo(
        &[
            "test",
            "--workspace",
            "--all-targets",
            "--locked",
            "--no-fail-fast",
            "--",
            "--test-threads=1",
        ],
        &[],
    )
}
