//! Prints the key tables of `config/README.md`, to paste after a key has changed.

use std::io::{self, Write};

use settings::keys::{Default, SECTIONS};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let mut file = "";
    for section in SECTIONS {
        if section.file != file {
            file = section.file;
            writeln!(out, "\n## {file}")?;
        }
        let heading = if section.heading.is_empty() { file } else { section.heading };
        writeln!(out, "\n### `{heading}`\n\n| key | write | default | why |\n|---|---|---|---|")?;
        for key in section.keys {
            let default = match key.default {
                Default::Required => "required".into(),
                Default::Absent(meaning) => meaning.into(),
                Default::Value(value) => format!("`{value}`"),
            };
            writeln!(out, "| `{}` | {} | {default} | {} |", key.name, key.unit, key.reason)?;
        }
    }
    Ok(())
}
