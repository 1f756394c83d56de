//! The error of a command, for the person at the command line.

/// The command or the config is wrong; nothing was done.
pub const EX_USAGE: u8 = 64;
/// Data is damaged or incomplete, or the auditor found a violation.
pub const EX_DATAERR: u8 = 65;
/// It failed for another reason.
pub const EX_SOFTWARE: u8 = 70;

/// The error a program ends with, and its exit code (sysexits.h).
#[derive(Debug)]
pub struct Fault {
    text: String,
    code: u8,
    /// Whether the text is a list whose lines name their files; the program's name is then not
    /// printed.
    is_list: bool,
}

impl Fault {
    /// A fault with one of the codes above.
    pub fn new(code: u8, text: impl Into<String>) -> Fault {
        Fault { code, text: text.into(), is_list: false }
    }

    /// Faults of the config, one in each line.
    pub fn list(text: impl Into<String>) -> Fault {
        Fault { code: EX_USAGE, text: text.into(), is_list: true }
    }

    /// All faults of a config folder as one.
    pub fn of_config(faults: &[settings::Fault]) -> Fault {
        let mut text = String::new();
        for fault in faults {
            text.push_str(&fault.to_string());
            text.push('\n');
        }
        let plural = if faults.len() == 1 { "fault" } else { "faults" };
        text.push_str(&format!("{} {plural} in the config", faults.len()));
        Fault::list(text)
    }

    /// The same fault with another code.
    pub fn with_code(self, code: u8) -> Fault {
        Fault { code, ..self }
    }

    /// The text that is printed.
    pub fn line(&self) -> String {
        if self.is_list { self.text.clone() } else { format!("heartline: {}", self.text) }
    }

    /// The exit code of the program.
    pub fn code(&self) -> u8 {
        self.code
    }
}

impl From<String> for Fault {
    fn from(text: String) -> Fault {
        Fault::new(EX_SOFTWARE, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fault_list_is_printed_without_program_name() {
        assert_eq!(Fault::new(EX_USAGE, "no such seat").line(), "heartline: no such seat");
        let faults = Fault::list("config/a.toml:1:1: x\n1 fault in the config");
        assert!(faults.line().starts_with("config/a.toml"));
    }
}
