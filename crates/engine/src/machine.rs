//! The person at the command line, and the record of what they read or changed there.
//!
//! The command line needs no password: a person who may run it may read the files.
//! So the command names the person, and what was read goes on the record through the
//! keyring, as changes of accounts do: within a second beside a running
//! engine, at the next start otherwise. It is noted first and done then.

use std::path::Path;

use model::{AccountName, Event, event::Exported};
use settings::Keyring;

use crate::{Fault, keys};

/// `os:li`: who logged in, also behind `sudo` where the system keeps it (pam_loginuid(8)), and the
/// process's user otherwise. No account is called so: their names have no colon.
pub fn person() -> AccountName {
    let login = std::fs::read_to_string("/proc/self/loginuid").ok();
    let login = login.and_then(|text| text.trim().parse().ok()).filter(|uid| *uid != NOBODY_YET);
    let uid = login.unwrap_or_else(|| rustix::process::getuid().as_raw());
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = name_of(&users, uid).unwrap_or_else(|| uid.to_string());
    AccountName::from(format!("os:{name}").as_str())
}

/// Let the engine put it on the record.
pub fn note(data: &Path, event: Event) -> Result<(), Fault> {
    Keyring::modify(&keys::file_in(data), |keyring| keyring.note(event)).map_err(|e| {
        Fault::from(format!("this cannot be put on the record, so it is not done: {e}"))
    })
}

/// Somebody reads persons' data at the machine: what, and how many lines.
pub fn note_export(data: &Path, what: String, rows: u64, whole: bool) -> Result<(), Fault> {
    note(data, Event::Exported(Exported { by: person(), what, rows, whole, ids: None }))
}

/// A user's name in the format of passwd(5).
fn name_of(users: &str, uid: u32) -> Option<String> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, found) = (fields.next()?, fields.next()?, fields.next()?);
        (found.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

/// Nobody has logged in: a service, a container.
const NOBODY_YET: u32 = u32::MAX;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_a_name_or_a_number() {
        let users = "root:x:0:0:root:/:/bin/sh\nli:x:1000:1000::/:/bin/sh\nbroken\n";
        assert_eq!(name_of(users, 1_000).as_deref(), Some("li"));
        assert_eq!(name_of(users, 7), None);
        assert!(person().as_str().starts_with("os:"));
    }
}
