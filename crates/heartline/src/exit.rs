//! How the program ends: every exit code, in one place. The codes are those of sysexits.h.

use engine::fault::{EX_DATAERR, EX_SOFTWARE, EX_USAGE};

/// Each code and when it comes, as README.md and `heartline --help` tell it.
const TABLE: [(u8, &str); 4] = [
    (0, "it is done"),
    (
        EX_USAGE,
        "the command or the config is wrong, or another engine runs there; nothing was done",
    ),
    (EX_DATAERR, "data is damaged, not whole or clashes; a law of the auditor was broken"),
    (
        EX_SOFTWARE,
        "it could not be done here and now: a disk, a port, a second signal, a thread that failed",
    ),
];

/// The table for `heartline --help`.
pub(crate) fn help() -> String {
    let rows = TABLE.iter().map(|(code, when)| format!("  {code:<3} {when}"));
    format!("Exit codes:\n{}", rows.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_tells_every_exit_code() {
        let readme = include_str!("../../../README.md");
        for (code, when) in TABLE {
            let row = format!("| {code} | {when} |");
            assert!(readme.contains(&row), "README.md lacks: {row}");
        }
    }
}
