//! Checks that many commands share. Each adds the faults it finds to a list.

use model::{AccountName, desk::Actor};

use crate::Fault;

/// The maximum length of a free text in characters (Open311's limit for a description).
pub const TEXT_MAX: usize = 4_000;
/// The maximum length of a line, such as a title or a name, in characters.
pub const LINE_MAX: usize = 200;

/// Checks that a text is not empty and has at most [`TEXT_MAX`] characters.
pub fn filled(faults: &mut Vec<Fault>, field: &str, text: &str) {
    if text.trim().is_empty() {
        faults.push(Fault::new(field, "is empty"));
    }
    bounded(faults, field, text, TEXT_MAX);
}

/// Checks that a text has at most `max` characters.
pub fn bounded(faults: &mut Vec<Fault>, field: &str, text: &str, max: usize) {
    let long = text.chars().count();
    if long > max {
        faults.push(Fault::new(field, format!("has {long} characters; at most {max}")));
    }
}

/// Checks that a text is a SHA-256 in hex.
pub fn is_hash(faults: &mut Vec<Fault>, field: &str, text: &str) {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        faults.push(Fault::new(field, "must be a SHA-256 in hex: 64 digits 0-9, a-f"));
    }
}

/// Checks a list of files, each named by its SHA-256.
pub fn hashes(faults: &mut Vec<Fault>, field: &str, files: &[String]) {
    if files.len() > FILES_MAX {
        faults.push(Fault::new(field, format!("names {} files; at most {FILES_MAX}", files.len())));
    }
    for (n, hash) in files.iter().enumerate().take(FILES_MAX) {
        is_hash(faults, &format!("{field}[{n}]"), hash);
    }
}

/// The maximum number of files that one form or result may name.
const FILES_MAX: usize = 50;

/// Checks that the second person is named and is not the sender: such a decision needs two persons.
pub fn two_persons(faults: &mut Vec<Fault>, by: &Actor, second: &AccountName) {
    if second.as_str().is_empty() || by.account() == Some(second) {
        faults.push(Fault::new("second", "must name a second person other than the sender"));
    }
}
