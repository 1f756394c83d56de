//! `cargo xtask schema` and `cargo xtask e2e`: the page's types of the API, and the page in a browser.

#![allow(clippy::print_stdout, reason = "a task's output is for the person at the terminal")]

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::{fs, io};

use clap::Args;

use crate::step::{Failure, Summary, cargo, cargo_command, root, target};
use crate::{tested, tools};

#[derive(Args)]
pub(crate) struct E2eArguments {
    /// Write pictures of the pages into this folder
    #[arg(long, value_name = "FOLDER")]
    pictures: Option<PathBuf>,
}

/// Makes `crates/console/web/src/api/schema.d.ts` from the API's description.
pub(crate) fn schema() -> ExitCode {
    let mut summary = Summary::default();
    let result = summary.step("schema", write_schema);
    summary.close(result)
}

/// Runs every spec of the page in a browser.
pub(crate) fn e2e(arguments: &E2eArguments) -> ExitCode {
    let mut summary = Summary::default();
    let result = summary
        .step("tools", tools::check)
        .and_then(|()| summary.step("e2e", || run_e2e(arguments.pictures.as_deref())));
    summary.close(result)
}

/// Checks the page in a copy beside the build, so that npm's packages are not in the source tree. The
/// page itself is built with the console.
pub(crate) fn check(all: bool) -> Result<(), Failure> {
    let checked = tested::Checked::below("crates/console/web")?;
    if !all && checked.has_passed() {
        println!("    the page has not changed since it passed");
        return Ok(());
    }
    let page = copy_with_packages()?;
    tools::npm(&page, &["run", "check"])?;
    tools::npm(&page, &["test"])?;
    checked.remember();
    Ok(())
}

/// The jobs of the roles in a browser, with the engine as it is built for tests.
pub(crate) fn run_e2e(pictures: Option<&Path>) -> Result<(), Failure> {
    cargo(&["build", "--locked", "--package", "heartline", "--bin", "heartline"], &[])?;
    let page = copy_with_packages()?;
    let program = target().join("debug/heartline");
    let root = root();
    let mut variables: Vec<(&str, &OsStr)> =
        vec![("HEARTLINE_PROGRAM", program.as_os_str()), ("HEARTLINE_ROOT", root.as_os_str())];
    if let Some(folder) = pictures {
        fs::create_dir_all(folder)
            .map_err(|error| Failure::unavailable(format!("{}: {error}", folder.display())))?;
        variables.push(("HEARTLINE_PICTURES", folder.as_os_str()));
    }
    tools::npm_with(&page, &["run", "e2e"], &variables)
}

fn write_schema() -> Result<(), Failure> {
    let mut program = cargo_command();
    program.args(["run", "--quiet", "--locked", "--package", "heartline", "--", "openapi"]);
    let output = program.current_dir(root()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| Failure::unavailable(format!("openapi: {error}")))?;
    if !output.status.success() {
        return Err(Failure { code: 1, why: "heartline openapi has failed".to_owned() });
    }
    let page = copy_with_packages()?;
    let failed = |error: io::Error| Failure::unavailable(format!("schema.mjs: {error}"));
    let mut node = std::process::Command::new("node")
        .arg("schema.mjs")
        .current_dir(&page)
        .stdin(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    if let Some(mut input) = node.stdin.take() {
        input.write_all(&output.stdout).map_err(failed)?;
    }
    if !node.wait().map_err(failed)?.success() {
        return Err(Failure { code: 1, why: "schema.mjs has failed".to_owned() });
    }
    let made = "src/api/schema.d.ts";
    fs::copy(page.join(made), root().join("crates/console/web").join(made)).map_err(failed)?;
    Ok(())
}

/// A copy of the page's sources beside the build, with the packages of its lock file.
fn copy_with_packages() -> Result<PathBuf, Failure> {
    let page = target().join("web-check");
    copy(&root().join("crates/console/web"), &page)
        .map_err(|error| Failure::unavailable(format!("copying the page: {error}")))?;
    let lock = fs::read(page.join("package-lock.json")).unwrap_or_default();
    let stamp = page.join("node_modules/.complete");
    if fs::read(&stamp).is_ok_and(|complete| complete == lock) {
        return Ok(page);
    }
    tools::npm(&page, &["ci", "--no-audit", "--no-fund"])?;
    fs::write(stamp, lock)
        .map_err(|error| Failure::unavailable(format!("the page's packages: {error}")))?;
    Ok(page)
}

/// Copies a folder without what npm has made in it, and removes what the source no longer has.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for folder in ["src", "e2e"] {
        if to.join(folder).exists() {
            fs::remove_dir_all(to.join(folder))?;
        }
    }
    copy_all(from, to)
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        match entry.file_name().to_str() {
            Some("node_modules" | "dist") => {}
            _ if entry.file_type()?.is_dir() => copy_all(&entry.path(), &target)?,
            _ => drop(fs::copy(entry.path(), target)?),
        }
    }
    Ok(())
}
