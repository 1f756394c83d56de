//! `blacklist.toml`: callers who are rejected.

use model::Number;

use super::{lines::Lines, open};
use crate::{
    Blocked,
    folder::Folder,
    keys::{self, blocked},
    kinds,
    page::{Faults, Page, Table},
};

/// Reads the file that `lines.toml` names; the list is empty when it names none.
pub(super) fn read(folder: &Folder, faults: &Faults, lines: &Lines<'_>) -> Option<Vec<Blocked>> {
    let Some((file, named)) = &lines.blacklist else { return Some(Vec::new()) };
    let Some(text) = folder.texts.get(file) else {
        return named.wrong(
            format!("there is no file \"{file}\" here"),
            "add the file, or remove this line",
        );
    };
    let page = Page::new(folder.path(file), text, faults);
    let tables = open(&page, true)?;
    let root = Table::root(&page, &tables);
    root.report_unknown(["caller"].into_iter());
    let callers = root.tables("caller", &keys::blocked::SECTION);
    let read: Vec<Option<Blocked>> = callers.iter().map(caller).collect();
    read.into_iter().collect()
}

fn caller(t: &Table<'_>) -> Option<Blocked> {
    let number = t.read(&blocked::NUMBER, kinds::digits);
    let reason = t.read(&blocked::REASON, kinds::some_text);
    let expires = t.optional(&blocked::EXPIRES, kinds::date);
    let approver = t.read(&blocked::APPROVER, kinds::some_text);
    Some(Blocked {
        number: Number::new(&number?),
        reason: reason?,
        expires: expires?,
        approver: approver?,
    })
}
