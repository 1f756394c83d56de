//! Masks what identifies a person inside free text: words that the form says of its caller, and
//! long numbers.

use model::{
    Number,
    desk::Form,
    number::{digit, is_invisible, masked},
};

use super::{HIDDEN, name};

/// The words of a form that its texts must not repeat, each with its masked form.
pub(super) struct HiddenWords {
    /// Name, address and employer.
    words: Vec<(String, String)>,
    /// Telephone numbers. They are replaced last, because long numbers are masked with their prefix
    /// and separators first, as in `+86 138-1234-5678`.
    numbers: Vec<(String, String)>,
}

impl HiddenWords {
    pub(super) fn of(form: &Form) -> HiddenWords {
        let (mut words, mut numbers) = (Vec::new(), Vec::new());
        let hide = |hidden: &mut Vec<_>, whole: &str, shown: String| {
            // A single character would match in almost every sentence.
            if whole.chars().count() >= 2 {
                hidden.push((whole.to_owned(), shown));
            }
        };
        if let Some(whole) = &form.name {
            hide(&mut words, whole.reveal(), name(whole.reveal()));
        }
        for whole in [&form.address, &form.employer].into_iter().flatten() {
            hide(&mut words, whole.reveal(), HIDDEN.into());
        }
        for whole in [&form.contact, &form.contact_alt].into_iter().flatten() {
            hide(&mut numbers, whole.reveal(), whole.masked());
        }
        // The longest first, because an address may contain a name.
        words.sort_by_key(|(whole, _)| std::cmp::Reverse(whole.len()));
        HiddenWords { words, numbers }
    }

    /// The text with these words and all long numbers masked.
    pub(super) fn scrub(&self, text: &str) -> String {
        let replace = |text: String, hidden: &[(String, String)]| {
            hidden.iter().fold(text, |text, (whole, shown)| replaced(&text, whole, shown))
        };
        let text = replace(text.to_owned(), &self.words);
        replace(long_numbers(&text), &self.numbers)
    }
}

/// Replaces every occurrence of a word in a text, ignoring blanks in both.
fn replaced(text: &str, word: &str, by: &str) -> String {
    let word: Vec<char> = word.chars().filter(|c| !is_invisible(*c)).collect();
    let chars: Vec<char> = text.chars().collect();
    let seen: Vec<usize> = (0..chars.len()).filter(|at| !is_invisible(chars[*at])).collect();
    let mut shown = String::with_capacity(text.len());
    let (mut next, mut from) = (0, 0);
    while next + word.len() <= seen.len() && !word.is_empty() {
        let here = &seen[next..next + word.len()];
        if here.iter().map(|at| chars[*at]).eq(word.iter().copied()) {
            shown.extend(&chars[from..here[0]]);
            shown.push_str(by);
            from = here[word.len() - 1] + 1;
            next += word.len();
        } else {
            next += 1;
        }
    }
    shown.extend(&chars[from..]);
    shown
}

/// Masks telephone, identity card and account numbers in a text: any run of seven digits or more,
/// in ASCII, full-width or Chinese digits, and a telephone number in parts (`138-1234-5678`).
fn long_numbers(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let is_abroad = PLUS.contains(&chars[at]);
        let first = at + usize::from(is_abroad);
        if chars.get(first).is_none_or(|c| digit(*c).is_none()) {
            shown.push(chars[at]);
            at += 1;
            continue;
        }
        let parts = parts_from(&chars, first);
        let end = match telephone_in(&chars, &parts, is_abroad) {
            Some((end, masked)) => {
                shown.push_str(&masked);
                end
            }
            None => {
                let (from, to) = parts[0];
                if is_abroad {
                    shown.push(chars[at]);
                }
                let run: String = chars[from..to].iter().filter_map(|c| digit(*c)).collect();
                // The last character of an identity card number may be an X.
                let check = chars
                    .get(to)
                    .filter(|c| to - from == ID_CARD_DIGITS && c.eq_ignore_ascii_case(&'x'));
                match (to - from >= LONG_DIGITS, check) {
                    (true, Some(check)) => {
                        let card = masked(&format!("{run}0"));
                        shown.push_str(card.strip_suffix('0').unwrap_or(&card));
                        shown.push(*check);
                        to + 1
                    }
                    (true, None) => {
                        shown.push_str(&masked(&run));
                        to
                    }
                    (false, _) => {
                        shown.extend(&chars[from..to]);
                        to
                    }
                }
            }
        };
        at = end;
    }
    shown
}

/// The runs of digits that begin at an index, with one or two separators between two runs.
fn parts_from(chars: &[char], at: usize) -> Vec<(usize, usize)> {
    let run_end = |from: usize| {
        (from..chars.len()).find(|at| digit(chars[*at]).is_none()).unwrap_or(chars.len())
    };
    let mut parts = vec![(at, run_end(at))];
    while parts.len() < PARTS_MAX {
        let (_, end) = parts[parts.len() - 1];
        let gap = chars[end..].iter().take_while(|c| PARTED_BY.contains(c)).count();
        let next = end + gap;
        let goes_on =
            (1..=2).contains(&gap) && chars.get(next).is_some_and(|c| digit(*c).is_some());
        if !goes_on {
            break;
        }
        parts.push((next, run_end(next)));
    }
    parts
}

/// The longest telephone number that the first parts make together: its end and its mask.
/// `is_abroad`: a plus sign stands before it.
fn telephone_in(
    chars: &[char],
    parts: &[(usize, usize)],
    is_abroad: bool,
) -> Option<(usize, String)> {
    let plus = if is_abroad { "+" } else { "" };
    (1..=parts.len()).rev().find_map(|n| {
        let digits = parts[..n].iter().flat_map(|(from, to)| &chars[*from..*to]);
        let digits: String = digits.filter_map(|c| digit(*c)).collect();
        let number = Number::new(&format!("{plus}{digits}"));
        let whole = number.reveal();
        let is_landline = whole.starts_with('0') && matches!(whole.len(), 10..=12);
        // E.164: at most fifteen digits.
        let is_foreign = is_abroad && whole.starts_with('+') && matches!(whole.len(), 9..=16);
        let is_telephone = number.is_chinese_mobile() || is_landline || is_foreign;
        is_telephone.then(|| (parts[n - 1].1, number.masked()))
    })
}
/// The separators that people write between the parts of a number.
const PARTED_BY: [char; 9] = ['-', ' ', '－', '—', '　', '.', '(', ')', '）'];
/// The sign before a country code, half and full width.
const PLUS: [char; 2] = ['+', '＋'];
/// Country, carrier, area and three parts of a number.
const PARTS_MAX: usize = 6;
/// A landline number without its area code has seven digits or more.
const LONG_DIGITS: usize = 7;
/// The digits of an identity card number before its check character.
const ID_CARD_DIGITS: usize = 17;

#[cfg(test)]
mod tests {
    use model::desk::Private;

    use super::*;

    #[test]
    fn numbers_in_texts_are_masked_however_they_are_written() {
        for (text, shown) in [
            ("回电138-1234-5678", "回电138****5678"),
            ("回电 138 1234 5678，谢谢", "回电 138****5678，谢谢"),
            ("１３８１２３４５６７８", "138****5678"),
            ("一三八一二三四五六七八", "138****5678"),
            ("+86 138-1234-5678", "138****5678"),
            ("电话+8613812345678或＋8613812345678。", "电话138****5678或138****5678。"),
            ("8613812345678", "138****5678"),
            ("+1 212-555-0123", "+12****0123"),
            ("1+1=2，+5 分，+12345678", "1+1=2，+5 分，****78"),
            ("0371-6717 8888 转 801", "037****8888 转 801"),
            ("身份证41010119900101123X", "身份证410****123X"),
            (
                "2026-11-22 16:03 三点 3 号楼 5 单元 1203",
                "2026-11-22 16:03 三点 3 号楼 5 单元 1203",
            ),
            ("拨打12345或110", "拨打12345或110"),
        ] {
            assert_eq!(long_numbers(text), shown, "{text}");
        }
    }

    #[test]
    fn number_of_the_form_is_hidden_with_its_prefix() {
        let demand = Form { contact: Some(Number::new("13812345678")), ..Form::default() };
        let hidden = HiddenWords::of(&demand);
        assert_eq!(hidden.scrub("请回电+8613812345678"), "请回电138****5678");
        let far = Form { address: Some(Private::new("园区1234567号")), ..Form::default() };
        assert_eq!(HiddenWords::of(&far).scrub("园区1234567号停电"), "***停电");
    }

    #[test]
    fn hidden_word_is_found_despite_blanks() {
        assert_eq!(
            replaced("住棉纺路3号院，棉纺路 3 号 院旁", "棉纺路 3 号院", HIDDEN),
            "住***，***旁"
        );
        assert_eq!(replaced("无此词", "棉纺路", HIDDEN), "无此词");
    }
}
