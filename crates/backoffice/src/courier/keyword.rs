//! What an SMS says: a grade, or words (CHAN-03).

use model::desk::Satisfaction;

/// An SMS, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keyword {
    /// A digit from 1 to 5, and why, when they said (sms.eval1: 2 and 1 are asked for a reason).
    Evaluation {
        /// The grade.
        grade: Satisfaction,
        /// What follows the digit.
        reason: String,
    },
    /// Anything else: words for a person to read.
    Text,
}

impl Keyword {
    /// Reads an SMS. A number that merely begins with such a digit is no grade:
    /// `5`, `5非常满意`, `2，没人来过` and `评价：１` are, `51路车`, `3号楼停电` and `2026` are not.
    pub fn of(text: &str) -> Keyword {
        let text = text.trim_start_matches(is_filler);
        let text = PREFIXES.iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
        let mut rest = text.trim_start_matches(is_filler).chars();
        let Some(grade) = rest.next().and_then(grade_of) else { return Keyword::Text };
        let after = rest.as_str();
        if !stands_alone(after, grade) {
            return Keyword::Text;
        }
        let reason = after.trim_start_matches(['分', '星']).trim_matches(is_filler);
        Keyword::Evaluation { grade, reason: reason.to_owned() }
    }
}

/// A digit as phones send it, half or full width.
fn grade_of(c: char) -> Option<Satisfaction> {
    let digit = match c {
        '1'..='5' => c as u32 - '0' as u32,
        '１'..='５' => c as u32 - '０' as u32,
        _ => return None,
    };
    Satisfaction::of_digit(u8::try_from(digit).ok()?)
}

/// Whether the digit before this ends there: nothing, a mark, or the grade's own words.
fn stands_alone(after: &str, grade: Satisfaction) -> bool {
    let unit = after.trim_start_matches(['分', '星']);
    let cut = unit.starts_with(is_filler) || unit.is_empty();
    cut || words_of(grade).iter().any(|word| after.starts_with(word))
}

fn words_of(grade: Satisfaction) -> &'static [&'static str] {
    match grade {
        Satisfaction::VerySatisfied => &["非常满意", "很满意"],
        Satisfaction::Satisfied => &["满意"],
        Satisfaction::Fairly => &["基本满意", "一般"],
        Satisfaction::Dissatisfied => &["不满意"],
        Satisfaction::VeryDissatisfied => &["非常不满意", "很不满意"],
    }
}

fn is_filler(c: char) -> bool {
    c.is_whitespace() || c.is_ascii_punctuation() || "，。、；：！？“”‘’（）【】《》…—·".contains(c)
}

/// What people write before the digit.
const PREFIXES: [&str; 4] = ["评价", "评分", "回复", "满意度"];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, grade: u8, reason: &str) {
        let grade = Satisfaction::of_digit(grade).unwrap();
        assert_eq!(
            Keyword::of(text),
            Keyword::Evaluation { grade, reason: reason.into() },
            "{text}"
        );
    }

    #[test]
    fn a_digit_is_a_grade() {
        check("5", 5, "");
        check(" 4 。", 4, "");
        check("３", 3, "");
        check("评价：1", 1, "");
        check("5分", 5, "");
        check("5非常满意", 5, "非常满意");
        check("【2】", 2, "");
    }

    #[test]
    fn what_follows_is_the_reason() {
        check("2，没人来过", 2, "没人来过");
        check("1 \n还是没水", 1, "还是没水");
        check("1非常不满意，没解决", 1, "非常不满意，没解决");
    }

    #[test]
    fn what_only_begins_with_a_digit_is_words() {
        for text in ["51路车不停", "3号楼停电", "2026", "6", "0", "", "谢谢", "1楼漏水", "5满意"]
        {
            assert_eq!(Keyword::of(text), Keyword::Text, "{text}");
        }
    }
}
