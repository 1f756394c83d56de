//! Checks of texts, codes and numbers: they fit into a cell of a file and into a form.

use model::Number;

use super::{FaultCollector, Table};

impl FaultCollector {
    /// Checks a text of one line that a spreadsheet does not take for a formula.
    pub(super) fn text(
        &mut self,
        (table, row, column): (Table, &str, &'static str),
        text: &str,
        chars_max: usize,
    ) {
        if text.chars().count() > chars_max {
            let what = format!("it is longer than {chars_max} characters");
            self.add(table, row, column, what, "write less");
        }
        if text.chars().any(char::is_control) {
            self.add(table, row, column, "it contains a line break or a tab", "write one line");
        }
        if text.trim() != text {
            self.add(table, row, column, "it begins or ends with a space", "remove it");
        }
        if text.starts_with(['=', '+', '-', '@']) {
            let what = format!("{text:?} begins like a spreadsheet formula");
            self.add(table, row, column, what, "begin with something other than = + - @");
        }
    }

    /// Checks a text that must not be empty.
    pub(super) fn name(&mut self, place: (Table, &str, &'static str), text: &str) {
        if text.is_empty() {
            self.add(place.0, place.1, place.2, "it is empty", "write a name");
        }
        self.text(place, text, NAME_CHARS_MAX);
    }

    /// Checks a text that is part of a list: a person's name or post.
    pub(super) fn list_item(&mut self, place: (Table, &str, &'static str), text: &str) {
        self.text(place, text, NAME_CHARS_MAX);
        if text.contains([';', '/']) {
            let (table, row, column) = place;
            self.add(table, row, column, "a name or post contains ; or /", "remove it");
        }
    }

    /// Checks a telephone number. Faults do not show it.
    pub(super) fn number(&mut self, place: (Table, &str, &'static str), number: &Number) {
        let digits = number.reveal().strip_prefix('+').unwrap_or(number.reveal());
        let fits = (NUMBER_DIGITS_MIN..=NUMBER_DIGITS_MAX).contains(&digits.len());
        if !fits || !digits.bytes().all(|b| b.is_ascii_digit()) {
            let (table, row, column) = place;
            let right = "write 3 to 20 digits, with + before them if needed";
            self.add(table, row, column, "it is not a telephone number", right);
        }
    }

    /// Checks the length of a list.
    pub(super) fn list_length(
        &mut self,
        (table, row, column): (Table, &str, &'static str),
        count: usize,
    ) {
        if count > LIST_MAX {
            self.add(table, row, column, format!("there are {count}"), "write 20 at most");
        }
    }
}

/// `郑州市住房保障和房地产管理局` has fourteen characters.
pub(super) const NAME_CHARS_MAX: usize = 60;
/// Enough for a document's number and title.
pub(super) const BASIS_CHARS_MAX: usize = 200;
/// The most people, numbers, members or assisting units in one cell.
const LIST_MAX: usize = 20;
/// The shortest number is an emergency number such as 110.
const NUMBER_DIGITS_MIN: usize = 3;
/// E.164 allows 15 digits; an exchange may put an exit code before them.
const NUMBER_DIGITS_MAX: usize = 20;
