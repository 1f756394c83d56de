//! Cells that a spreadsheet program would change or run.

use std::borrow::Cow;

/// A cell that a spreadsheet program shows as it is written: an apostrophe goes before text that
/// it would run as a formula, and before digits that it would shorten.
///
/// [`unguarded`] is the way back. Meant for text; a number that people calculate with is written
/// as it is.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if needs_guard(cell.trim_start_matches(GUARD)) {
        Cow::Owned(format!("{GUARD}{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The cell that was given to [`guarded`].
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix(GUARD) {
        Some(rest) if needs_guard(rest.trim_start_matches(GUARD)) => rest,
        _ => cell,
    }
}

/// Whether a spreadsheet program has cut a long number: `2.02612E+12`. Its last digits are lost.
pub fn is_cut_number(cell: &str) -> bool {
    let Some((digits, exponent)) = cell.trim().split_once(['E', 'e']) else { return false };
    let digits = digits.strip_prefix(['+', '-']).unwrap_or(digits);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let exponent = exponent.strip_prefix('+').unwrap_or("");
    whole.len() == 1
        && is_digits(whole)
        && part.bytes().all(|b| b.is_ascii_digit())
        && exponent.len() <= 2
        && is_digits(exponent)
}

fn needs_guard(bare: &str) -> bool {
    // A formula is run also when blanks stand before it.
    let formula = bare.starts_with(FORMULA) || bare.trim_start().starts_with(FORMULA);
    formula || loses_digits(bare)
}

/// Digits that are shown as `2.02612E+12` from twelve on, or lose a zero before them.
fn loses_digits(bare: &str) -> bool {
    is_digits(bare) && (bare.len() >= LONG_NUMBER || (bare.len() > 1 && bare.starts_with('0')))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// What marks a cell as text in Excel, LibreOffice and WPS.
const GUARD: char = '\'';
/// What a formula begins with (OWASP, CSV injection).
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// Excel's General format shows eleven digits and cuts twelve.
const LONG_NUMBER: usize = 12;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cell_that_would_run_or_shrink_is_guarded() {
        let run = ["=1+1", "+8613812345678", "-cmd", "@SUM(A1)", "\t=cmd", "\r=1", "  =1", "'=x"];
        let shrink = ["2026113000001", "037167178888", "010402", "00"];
        for cell in run.into_iter().chain(shrink) {
            assert_eq!(guarded(cell), format!("'{cell}"));
        }
        for cell in ["", "0", "13812345678", "10402", "市公安局", "'真'", "'", "a=b", "＝1", "12-3"]
        {
            assert_eq!(guarded(cell), cell);
        }
    }

    #[test]
    fn number_in_scientific_notation_is_known_as_cut() {
        for cut in ["2.02611E+12", "3.71672E+10", "1E+12", " 2.0E+13 ", "-1.5e+11"] {
            assert!(is_cut_number(cut), "{cut}");
        }
        for whole in ["", "E+12", "13812345678", "1E", "1E12", "12.5E+3", "A1E+5", "1E+123"] {
            assert!(!is_cut_number(whole), "{whole}");
        }
    }

    proptest! {
        #[test]
        fn guard_is_undone(cell in "[-'=+@0-9\t\r a水]{0,16}") {
            let written = guarded(&cell);
            prop_assert_eq!(unguarded(&written), cell.as_str());
        }

        #[test]
        fn guarded_cell_never_begins_like_a_formula(cell in "[-'=+@0-9\t\r a水]{0,16}") {
            prop_assert!(!guarded(&cell).trim_start().starts_with(['=', '+', '-', '@']));
        }
    }
}
