//! How the program ends: every exit code, in one place. The codes are those of sysexits.h.

use engine::fault::{EX_DATAERR, EX_SOFTWARE, EX_USAGE};

/// Each code with its condition, as in README.md and `heartline --help`.
const TABLE: [(u8, &str); 4] = [
    (0, "success"),
    (
        EX_USAGE,
        "the command or the config is wrong, or another engine runs in that folder; nothing was changed",
    ),
    (
        EX_DATAERR,
        "data is damaged, incomplete or contradictory; in the simulator, an invariant was broken",
    ),
    (EX_SOFTWARE, "the machine failed: a disk, a port, a thread, or a second stop signal"),
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
    fn readme_lists_every_exit_code() {
        let readme = include_str!("../../../README.md");
        for (code, when) in TABLE {
            let row = format!("| {code} | {when} |");
            assert!(readme.contains(&row), "README.md lacks: {row}");
        }
    }
}
