//! Remarks on the wording of a result (文字质量; RPL-02, two qualities reviewed), for its reviewer.
//!
//! Nothing is refused here: only a person can say whether a word is wrong. The remarks are recorded
//! with the result, and the reviewer gives the score for wording.

use model::desk::{HandlingResult, WordingFault, WordingRemark};
use serde::{Deserialize, Serialize};

/// The words to look for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// Words that promise something without saying what or when.
    pub promise: Vec<String>,
    /// Words that say that something was done, but not what.
    pub vague: Vec<String>,
    /// Words that send the caller to another office.
    pub passing_on: Vec<String>,
}

impl Wording {
    /// The shipped words; `config/desk.toml` has the same.
    pub fn shipped() -> Wording {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        Wording {
            promise: words(&["尽快", "近期", "适时", "一定会", "保证", "力争"]),
            vague: words(&[
                "已协调",
                "已转交",
                "已反映",
                "正在处理",
                "相关部门",
                "加强监管",
                "高度重视",
            ]),
            passing_on: words(&[
                "不归我",
                "不属于我",
                "与我单位无关",
                "请向",
                "请咨询",
                "自行解决",
            ]),
        }
    }

    /// The remarks on a result: each word once in a field, in the order of the fields, at most
    /// fifty.
    pub fn remarks(&self, result: &HandlingResult) -> Vec<WordingRemark> {
        let lists = [
            (WordingFault::Promise, &self.promise),
            (WordingFault::Vague, &self.vague),
            (WordingFault::PassingOn, &self.passing_on),
        ];
        let fields = [
            ("finding", &result.finding),
            ("action", &result.action),
            ("public_text", &result.public_text),
        ];
        let mut remarks = Vec::new();
        for (field, text) in fields {
            let mut remark = |fault, words: String| {
                remarks.push(WordingRemark { fault, field: field.to_owned(), words });
            };
            for (fault, words) in lists {
                words.iter().filter(|word| text.contains(*word)).for_each(|word| {
                    remark(fault, word.clone());
                });
            }
            for digits in persons_numbers(text) {
                remark(WordingFault::Privacy, format!("{digits}位号码"));
            }
        }
        remarks.truncate(REMARKS_MAX);
        remarks
    }
}

/// The lengths of the numbers that can only be a mobile number or an identity card number.
fn persons_numbers(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.split(|c: char| !c.is_ascii_digit() && c != 'X' && c != 'x').filter_map(|run| {
        let digits = run.chars().filter(char::is_ascii_digit).count();
        let mobile = run.len() == MOBILE_DIGITS && digits == run.len() && run.starts_with('1');
        let card = run.len() == CARD_CHARS && digits >= CARD_CHARS - 1;
        (mobile || card).then_some(run.len())
    })
}

/// A result with more remarks is read from its beginning anyway.
const REMARKS_MAX: usize = 50;
/// 1xx xxxx xxxx (YD/T 1013).
const MOBILE_DIGITS: usize = 11;
/// 17 digits and a check character, which may be X (GB 11643).
const CARD_CHARS: usize = 18;

#[cfg(test)]
mod tests {
    use model::desk::{HandlingOutcome, Verdict};

    use super::*;

    fn result(finding: &str, action: &str, public_text: &str) -> HandlingResult {
        HandlingResult {
            verdict: Verdict::True,
            finding: finding.into(),
            action: action.into(),
            outcome: HandlingOutcome::Solved,
            basis: Vec::new(),
            public_text: public_text.into(),
            attachments: Vec::new(),
            evidence: Vec::new(),
        }
    }

    #[test]
    fn plain_result_has_no_remarks() {
        let plain =
            result("阀门锈死", "2月16日更换阀门，水压0.3兆帕，票号20130216123", "水压已恢复");
        assert_eq!(Wording::shipped().remarks(&plain), []);
    }

    #[test]
    fn remarks_name_each_word_and_repeat_no_number() {
        let bad = result(
            "情况属实",
            "已协调相关部门，尽快处理，联系人13800001111",
            "身份证41010519700101123X的住户请向居委会反映",
        );
        let remarks = Wording::shipped().remarks(&bad);
        let told: Vec<_> =
            remarks.iter().map(|r| (r.fault, r.field.as_str(), r.words.as_str())).collect();
        assert_eq!(
            told,
            [
                (WordingFault::Promise, "action", "尽快"),
                (WordingFault::Vague, "action", "已协调"),
                (WordingFault::Vague, "action", "相关部门"),
                (WordingFault::Privacy, "action", "11位号码"),
                (WordingFault::PassingOn, "public_text", "请向"),
                (WordingFault::Privacy, "public_text", "18位号码"),
            ]
        );
    }
}
