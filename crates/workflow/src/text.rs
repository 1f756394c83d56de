//! Checks that many commands share: filled, bounded, a hash, two persons.

use model::{AccountName, desk::Actor};

use crate::Fault;

/// The most characters a free text may have (Open311's bound for a description).
pub const TEXT_MAX: usize = 4_000;
/// The most characters a line may have: a title, a name.
pub const LINE_MAX: usize = 200;

/// Something must be there, and not too much of it.
pub fn filled(faults: &mut Vec<Fault>, field: &str, text: &str) {
    if text.trim().is_empty() {
        faults.push(Fault::new(field, "is empty"));
    }
    bounded(faults, field, text, TEXT_MAX);
}

/// Not more than that.
pub fn bounded(faults: &mut Vec<Fault>, field: &str, text: &str, max: usize) {
    let long = text.chars().count();
    if long > max {
        faults.push(Fault::new(field, format!("has {long} characters; at most {max}")));
    }
}

/// SHA-256 in hex.
pub fn is_hash(faults: &mut Vec<Fault>, field: &str, text: &str) {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        faults.push(Fault::new(field, "is no SHA-256 in hex: 64 digits 0-9, a-f"));
    }
}

/// Files that something names by their hashes.
pub fn hashes(faults: &mut Vec<Fault>, field: &str, files: &[String]) {
    if files.len() > FILES_MAX {
        faults.push(Fault::new(field, format!("names {} files; at most {FILES_MAX}", files.len())));
    }
    for (n, hash) in files.iter().enumerate().take(FILES_MAX) {
        is_hash(faults, &format!("{field}[{n}]"), hash);
    }
}

/// Files that one form or result may name.
const FILES_MAX: usize = 50;

/// Two persons decide, and they are two.
pub fn two_persons(faults: &mut Vec<Fault>, by: &Actor, second: &AccountName) {
    if second.as_str().is_empty() || by.account() == Some(second) {
        faults.push(Fault::new("second", "names a second person, who is not the first"));
    }
}
