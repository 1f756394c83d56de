//! Parsing a received SMS: an evaluation or free text (CHAN-03 SMS).

use model::desk::Satisfaction;

/// A parsed SMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsReply {
    /// A grade as a digit from 1 to 5 or in words, with the reason if there is one (the template
    /// sms.eval1 asks for a reason of 2 and 1).
    Evaluation {
        /// The grade.
        grade: Satisfaction,
        /// The text after the grade.
        reason: String,
    },
    /// Free text for a person to read.
    Text,
}

impl SmsReply {
    /// Parses an SMS. A number that only begins with such a digit is not a grade, nor is a sentence
    /// that only begins with such a word:
    /// `5`, `五`, `5👍`, `我给5分`, `评价：１`, `满意` and `不满意，没人来` are grades, `51路车`,
    /// `3-5号楼`, `5分钟`, `满意度怎么评` and `5，不满意` are not.
    pub fn parse(text: &str) -> SmsReply {
        match read(past_preface(past_signature(text))) {
            Some((grade, reason)) => SmsReply::Evaluation { grade, reason: reason.to_owned() },
            None => SmsReply::Text,
        }
    }
}

/// The grade a reply begins with, and the rest.
fn read(text: &str) -> Option<(Satisfaction, &str)> {
    let (grade, after) = match spelled(text) {
        Some((grade, after)) => (grade, stands_alone(after).then_some(after)?),
        None => {
            let mut rest = text.chars();
            let grade = grade_of(rest.next()?)?;
            (grade, past_digit(rest.as_str(), grade)?)
        }
    };
    let reason = after.trim_matches(is_filler);
    // `5，不满意` contradicts itself and is left to a person. `5 满意` does not; the digit counts.
    let contradicts = spelled(reason)
        .is_some_and(|(other, after)| side(other) != side(grade) && stands_alone(after));
    (!contradicts).then_some((grade, reason))
}

/// Whether a grade praises (1), blames (-1) or neither (0).
fn side(grade: Satisfaction) -> i8 {
    match grade {
        Satisfaction::VerySatisfied | Satisfaction::Satisfied => 1,
        Satisfaction::Fairly => 0,
        Satisfaction::Dissatisfied | Satisfaction::VeryDissatisfied => -1,
    }
}

/// The grade of a digit: half or full width, circled, or in Chinese.
fn grade_of(c: char) -> Option<Satisfaction> {
    let digit = match c {
        '1'..='5' => c as u32 - '0' as u32,
        '１'..='５' => c as u32 - '０' as u32,
        '①'..='⑤' => c as u32 - '①' as u32 + 1,
        '一' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        _ => return None,
    };
    Satisfaction::of_digit(u8::try_from(digit).ok()?)
}

/// The grade in words at the beginning of a text, and the rest.
fn spelled(text: &str) -> Option<(Satisfaction, &str)> {
    GRADES.iter().find_map(|(word, grade)| Some((*grade, text.strip_prefix(word)?)))
}

/// The text after a digit; `None` when the digit is not a grade because something else follows than
/// punctuation, the same grade in words, or thanks.
fn past_digit(after: &str, grade: Satisfaction) -> Option<&str> {
    let mut next = after.chars();
    // `3-5号楼`, `5:30`.
    let is_range = next.next().is_some_and(|c| ".-:/~：—－～".contains(c))
        && next.next().is_some_and(char::is_numeric);
    if is_range {
        return None;
    }
    let rest = after.trim_start().strip_prefix(['分', '星']).unwrap_or(after);
    let is_grade_again = spelled(rest).is_some_and(|(again, _)| side(again) == side(grade));
    let is_praise = side(grade) == 1 && rest.trim_end_matches(is_filler) == "好";
    (stands_alone(rest) || is_grade_again || is_praise).then_some(rest)
}

/// Whether a grade may end before this text.
fn stands_alone(after: &str) -> bool {
    after.chars().next().is_none_or(is_filler) || THANKS.iter().any(|word| after.starts_with(word))
}

/// The text after the signature that some carriers put first: `【12345】5`.
fn past_signature(text: &str) -> &str {
    let text = text.trim_start_matches(|c: char| c != '【' && is_filler(c));
    let behind = text.strip_prefix('【').and_then(|text| text.split_once('】'));
    behind.map(|(_, text)| text).filter(|text| text.chars().any(|c| !is_filler(c))).unwrap_or(text)
}

/// The text after common words before a grade.
fn past_preface(text: &str) -> &str {
    let mut text = text.trim_start_matches(is_filler);
    while let Some(behind) = PREFACES.iter().find_map(|word| text.strip_prefix(word)) {
        text = behind.trim_start_matches(is_filler);
    }
    text
}

/// Spaces, punctuation, emoji and invisible characters.
fn is_filler(c: char) -> bool {
    !c.is_alphanumeric()
}

/// The grades in words. A longer word comes before its prefix.
const GRADES: [(&str, Satisfaction); 16] = [
    ("非常不满意", Satisfaction::VeryDissatisfied),
    ("很不满意", Satisfaction::VeryDissatisfied),
    ("十分不满意", Satisfaction::VeryDissatisfied),
    ("极不满意", Satisfaction::VeryDissatisfied),
    ("不太满意", Satisfaction::Dissatisfied),
    ("不满意", Satisfaction::Dissatisfied),
    ("不满", Satisfaction::Dissatisfied),
    ("基本满意", Satisfaction::Fairly),
    ("比较满意", Satisfaction::Fairly),
    ("一般般", Satisfaction::Fairly),
    ("一般", Satisfaction::Fairly),
    ("非常满意", Satisfaction::VerySatisfied),
    ("十分满意", Satisfaction::VerySatisfied),
    ("很满意", Satisfaction::VerySatisfied),
    ("满意", Satisfaction::Satisfied),
    ("滿意", Satisfaction::Satisfied),
];

/// Common words before a grade.
const PREFACES: [&str; 10] =
    ["评价", "评分", "回复", "满意度", "我给", "我打", "我选", "给", "打", "选"];

/// Thanks after a grade.
const THANKS: [&str; 5] = ["谢谢", "多谢", "感谢", "辛苦", "谢了"];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, grade: u8, reason: &str) {
        let grade = Satisfaction::of_digit(grade).unwrap();
        assert_eq!(
            SmsReply::parse(text),
            SmsReply::Evaluation { grade, reason: reason.into() },
            "{text}"
        );
    }

    #[test]
    fn digit_is_a_grade() {
        check("5", 5, "");
        check(" 4 。", 4, "");
        check("３", 3, "");
        check("五", 5, "");
        check("5\u{200b}", 5, "");
        check("5👍", 5, "");
        check("5谢谢", 5, "谢谢");
        check("评价：1", 1, "");
        check("5分", 5, "");
        check("我给5分", 5, "");
        check("5 分", 5, "");
        check("5非常满意", 5, "非常满意");
        check("【2】", 2, "");
        check("【12345】5", 5, "");
        check("选5", 5, "");
        check("①", 1, "");
        check("5 满意", 5, "满意");
        check("5满意", 5, "满意");
        check("5好", 5, "好");
        check("2，很不满意", 2, "很不满意");
    }

    #[test]
    fn grade_in_words_is_parsed() {
        check("满意", 4, "");
        check("非常满意！", 5, "");
        check("满意度：满意", 4, "");
        check("满意，谢谢", 4, "谢谢");
        check("一般", 3, "");
        check("不满意，没人来", 2, "没人来");
        check("很不满意", 1, "");
    }

    #[test]
    fn text_after_a_grade_is_the_reason() {
        check("2，没人来过", 2, "没人来过");
        check("2，3天没人来", 2, "3天没人来");
        check("1 \n还是没水", 1, "还是没水");
        check("1非常不满意，没解决", 1, "非常不满意，没解决");
    }

    #[test]
    fn text_that_only_begins_like_a_grade_is_free_text() {
        for text in [
            "51路车不停",
            "3号楼停电",
            "3-5号楼停电",
            "5:30停电",
            "5分钟没人接",
            "5 分钟没人接",
            "五一路停电",
            "2026",
            "6",
            "0",
            "",
            "谢谢",
            "1楼漏水",
            "5好吃的店",
            "5，不满意",
            "5不满意",
            "满意度怎么评",
            "不满意的话找谁",
        ] {
            assert_eq!(SmsReply::parse(text), SmsReply::Text, "{text}");
        }
    }
}
