//! How the program ends: every exit code, in one place. The codes are those of sysexits.h.

use std::process::ExitCode;

/// The command or the config is wrong; nothing was done.
pub(crate) const EX_USAGE: u8 = 64;
/// Data is damaged or not whole, or a law was broken.
pub(crate) const EX_DATAERR: u8 = 65;
/// It could not be done here and now.
pub(crate) const EX_SOFTWARE: u8 = 70;

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

/// Why the program ends without having done what was asked.
#[derive(Debug)]
pub(crate) struct Fault {
    text: String,
    code: u8,
    /// Each line names its file: the program's name before the first would be in the way of
    /// whoever reads them.
    is_list: bool,
}

impl Fault {
    /// With one of the codes above.
    pub(crate) fn new(code: u8, text: impl Into<String>) -> Fault {
        Fault { code, text: text.into(), is_list: false }
    }

    /// Faults of the config, one a line.
    pub(crate) fn list(text: impl Into<String>) -> Fault {
        Fault { code: EX_USAGE, text: text.into(), is_list: true }
    }

    /// The same with another code.
    pub(crate) fn with_code(self, code: u8) -> Fault {
        Fault { code, ..self }
    }

    /// What is printed.
    pub(crate) fn line(&self) -> String {
        if self.is_list { self.text.clone() } else { format!("heartline: {}", self.text) }
    }

    /// What the program ends with.
    pub(crate) fn exit(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl From<String> for Fault {
    fn from(text: String) -> Fault {
        Fault::new(EX_SOFTWARE, text)
    }
}

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

    #[test]
    fn only_a_list_of_faults_is_printed_without_the_programs_name() {
        assert_eq!(Fault::new(EX_USAGE, "no such seat").line(), "heartline: no such seat");
        let faults = Fault::list("config/a.toml:1:1: x\n1 fault in the config");
        assert!(faults.line().starts_with("config/a.toml"));
    }
}
