//! The person at the command line, and the records of what they read or changed there.
//!
//! The command line needs no password, because a person who may run it may read the files. The
//! command therefore names the person, and the action is recorded through the keyring, as changes
//! of accounts are: within a second beside a running engine, at the next start otherwise. The
//! action is noted first and done after that.
//! engine, at the next start otherwise. It is noted first and done then.

use std::path::Path;

use model::{AccountName, Event, event::Exported};
use settings::Keyring;

use crate::{Fault, keys};

/// `os:li`: the person who logged in, also behind `sudo` where the system keeps it
/// (pam_loginuid(8)), otherwise the process's user. No account can have this name, because account
/// names have no colon.
pub fn person() -> AccountName {
    let login = std::fs::read_to_string("/proc/self/loginuid").ok();
    let login = login.and_then(|text| text.trim().parse().ok()).filter(|uid| *uid != NOBODY_YET);
    let uid = login.unwrap_or_else(|| rustix::process::getuid().as_raw());
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = name_of(&users, uid).unwrap_or_else(|| uid.to_string());
    AccountName::from(format!("os:{name}").as_str())
}

/// Leaves an event for the engine to write to the log.
pub fn note(data: &Path, event: Event) -> Result<(), Fault> {
    Keyring::modify(&keys::file_in(data), |keyring| keyring.note(event)).map_err(|e| {
        Fault::from(format!("cannot record this action in the audit log, so it was not done: {e}"))
    })
}

/// Notes that a person exports personal data on the command line: what, and how many rows.
pub fn note_export(data: &Path, what: String, rows: u64, whole: bool) -> Result<(), Fault> {
    note(data, Event::Exported(Exported { by: person(), what, rows, whole, ids: None }))
}

/// A user's name, from the text of passwd(5).
fn name_of(users: &str, uid: u32) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, found) = (fields.next()?, fields.next()?, fields.next()?);
        (found.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

/// The login uid of a process without a login: a service, a container.
const NOBODY_YET: u32 = u32::MAX;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_has_name_or_number() {
        let users = "root:x:0:0:root:/:/bin/sh\nli:x:1000:1000::/:/bin/sh\nbroken\n";
        assert_eq!(name_of(users, 1_000).as_deref(), Some("li"));
        assert_eq!(name_of(users, 7), None);
        assert!(person().as_str().starts_with("os:"));
    }
}
