//! `cargo xtask package`: the Debian package, made by cargo-deb from `[package.metadata.deb]`.

use std::path::Path;
use std::process::ExitCode;

use clap::Args;

use crate::step::{Failure, StepResult, Summary, cargo, cargo_command, finish, root};
use crate::{package_test, tools};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The cargo profile of the program in the package
    #[arg(long, default_value = "dist")]
    profile: String,
    /// Package the program as it is built already
    #[arg(long)]
    no_build: bool,
    /// Install, start, upgrade and remove the package in a root file system; as root, on Debian
    #[arg(long)]
    test: bool,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let mut summary = Summary::default();
    let result = make(arguments, &mut summary);
    summary.close(result)
}

fn make(arguments: &Arguments, summary: &mut Summary) -> StepResult {
    let profile = &arguments.profile;
    summary.step("tools", || {
        if arguments.test {
            package_test::tools()?;
        }
        install_cargo_deb()
    })?;
    if !arguments.no_build {
        summary.step("build", || {
            cargo(&["build", "--profile", profile, "--locked", "--package", "heartline"], &[])
        })?;
    }
    let package = package_test::folder().join("heartline.deb");
    summary.step("package", || cargo_deb(profile, None, &package))?;
    if !arguments.test {
        return Ok(());
    }
    let newer = package_test::folder().join("heartline-newer.deb");
    summary.step("newer package", || cargo_deb(profile, Some("99.0.0"), &newer))?;
    package_test::run(&package, &newer, summary)
}

/// Makes a package of a program that is built; `version` in place of the manifest's.
fn cargo_deb(profile: &str, version: Option<&str>, output: &Path) -> Result<(), Failure> {
    let mut command = cargo_command();
    command.args(["deb", "--no-build", "--locked", "--profile", profile, "--output"]).arg(output);
    if let Some(version) = version {
        command.args(["--deb-version", version]);
    }
    if profile == "dev" {
        // For a test only: a small file is not worth the time that it takes.
        command.arg("--fast");
    }
    command.env("PATH", path_with_tools()).current_dir(root());
    finish(&mut command)
}

/// Building it takes minutes, so it stays beside the build.
fn install_cargo_deb() -> Result<(), Failure> {
    if tools::is_there("cargo-deb") || tools::folder().join("bin/cargo-deb").is_file() {
        return Ok(());
    }
    let folder = tools::folder();
    let folder = folder.to_string_lossy();
    cargo(&["install", "--locked", "--root", &folder, "--version", CARGO_DEB, "cargo-deb"], &[])
}

fn path_with_tools() -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(tools::folder().join("bin")).chain(std::env::split_paths(&path));
    std::env::join_paths(all).unwrap_or(path)
}

/// The version of cargo-deb that `[package.metadata.deb]` was written for.
const CARGO_DEB: &str = "3.8.0";
