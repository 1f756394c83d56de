//! Cells that a spreadsheet program would change or run as a formula.

use std::borrow::Cow;

/// A cell that a spreadsheet program shows unchanged: an apostrophe is put before text that it would
/// run as a formula and before digits that it would shorten.
///
/// [`unescape_cell`] is the inverse. Meant for text; numbers for calculations are written as they are.
pub fn escape_cell(cell: &str) -> Cow<'_, str> {
    if needs_escape(cell.trim_start_matches(ESCAPE)) {
        Cow::Owned(format!("{ESCAPE}{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The cell that was given to [`escape_cell`].
pub fn unescape_cell(cell: &str) -> &str {
    match cell.strip_prefix(ESCAPE) {
        Some(rest) if needs_escape(rest.trim_start_matches(ESCAPE)) => rest,
        _ => cell,
    }
}

/// Whether a spreadsheet program has shortened a long number: `2.02612E+12`. Its last digits are lost.
pub fn is_truncated_number(cell: &str) -> bool {
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

fn needs_escape(bare: &str) -> bool {
    // Spaces before a formula do not prevent it from being run.
    let formula = bare.starts_with(FORMULA) || bare.trim_start().starts_with(FORMULA);
    formula || loses_digits(bare)
}

/// Numbers that are shown as `2.02612E+12` from twelve digits on, or lose a leading zero.
fn loses_digits(bare: &str) -> bool {
    is_digits(bare) && (bare.len() >= LONG_NUMBER || (bare.len() > 1 && bare.starts_with('0')))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Marks a cell as text in Excel, LibreOffice and WPS.
const ESCAPE: char = '\'';
/// The first characters of a formula (OWASP, CSV injection).
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];
/// Excel's General format shows eleven digits and shortens twelve.
const LONG_NUMBER: usize = 12;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cell_that_would_run_or_shrink_is_escaped() {
        let run = ["=1+1", "+8613812345678", "-cmd", "@SUM(A1)", "\t=cmd", "\r=1", "  =1", "'=x"];
        let shrink = ["2026113000001", "037167178888", "010402", "00"];
        for cell in run.into_iter().chain(shrink) {
            assert_eq!(escape_cell(cell), format!("'{cell}"));
        }
        for cell in ["", "0", "13812345678", "10402", "市公安局", "'真'", "'", "a=b", "＝1", "12-3"]
        {
            assert_eq!(escape_cell(cell), cell);
        }
    }

    #[test]
    fn number_in_scientific_notation_is_truncated() {
        for cut in ["2.02611E+12", "3.71672E+10", "1E+12", " 2.0E+13 ", "-1.5e+11"] {
            assert!(is_truncated_number(cut), "{cut}");
        }
        for whole in ["", "E+12", "13812345678", "1E", "1E12", "12.5E+3", "A1E+5", "1E+123"] {
            assert!(!is_truncated_number(whole), "{whole}");
        }
    }

    proptest! {
        #[test]
        fn escaping_is_reversible(cell in "[-'=+@0-9\t\r a水]{0,16}") {
            let written = escape_cell(&cell);
            prop_assert_eq!(unescape_cell(&written), cell.as_str());
        }

        #[test]
        fn escaped_cell_never_begins_like_a_formula(cell in "[-'=+@0-9\t\r a水]{0,16}") {
            prop_assert!(!escape_cell(&cell).trim_start().starts_with(['=', '+', '-', '@']));
        }
    }
}
