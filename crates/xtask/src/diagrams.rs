//! `cargo xtask diagrams`: writes `docs/diagrams.md`, drawn from the tables of states.

use std::fs;
use std::process::ExitCode;

use crate::step::{Failure, Summary, cargo_command, output_of, root};

pub(crate) fn run() -> ExitCode {
    let mut summary = Summary::default();
    let result = summary.step("diagrams", draw);
    summary.close(result)
}

/// The tables are in the program, so an example of their crate prints the document.
fn draw() -> Result<(), Failure> {
    let mut example = cargo_command();
    example.args(["run", "--quiet", "--locked", "--package", "ticketing", "--example", "diagrams"]);
    let document = output_of(example.current_dir(root()))?;
    let path = root().join("docs/diagrams.md");
    fs::write(&path, document)
        .map_err(|error| Failure::unavailable(format!("{}: {error}", path.display())))
}
