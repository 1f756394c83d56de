//! Callbacks: asking the caller whether the answer helped (回访).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::form::word_enum;
use crate::CallId;

word_enum!(
    /// The way a caller was asked for satisfaction.
    CallbackChannel {
        /// 短信
        Sms,
        /// 机器人
        Robot,
        /// 人工
        Manual,
        /// 网络
        Web,
        /// 督查回访: a second body asks (CB-11).
        Second,
    }
);
word_enum!(
    /// Whether the person was reached.
    Reached {
        /// Reached.
        Yes,
        /// No answer, or none yet to an SMS.
        NoAnswer,
        /// The person did not want to speak.
        Refused,
        /// A wrong number.
        WrongNumber,
    }
);
word_enum!(
    /// Whether the matter is solved, in the caller's view.
    Solved {
        /// Yes.
        Yes,
        /// Partly.
        Partly,
        /// No.
        No,
    }
);

/// Five grades (好差评): 5 is the best.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Satisfaction {
    /// 非常不满意, 1
    VeryDissatisfied,
    /// 不满意, 2
    Dissatisfied,
    /// 基本满意, 3
    Fairly,
    /// 满意, 4
    Satisfied,
    /// 非常满意, 5
    VerySatisfied,
}

impl Satisfaction {
    /// The grade of a key pressed or a digit sent: 1 to 5.
    pub fn of_digit(digit: u8) -> Option<Satisfaction> {
        use Satisfaction::{Dissatisfied, Fairly, Satisfied, VeryDissatisfied, VerySatisfied};
        let grades = [VeryDissatisfied, Dissatisfied, Fairly, Satisfied, VerySatisfied];
        grades.get(usize::from(digit.checked_sub(1)?)).copied()
    }

    /// 1 to 5.
    pub fn digit(self) -> u8 {
        self as u8 + 1
    }

    /// Counts as satisfied: three and better (T22).
    pub fn is_satisfied(self) -> bool {
        self >= Satisfaction::Fairly
    }
}

/// One satisfaction callback. It is valid when the caller was reached and gave a grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Callback {
    /// The way.
    pub how: CallbackChannel,
    /// Whether they were reached.
    pub reached: Reached,
    /// The grade; `None` when they gave no clear answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Satisfaction>,
    /// Whether the unit has spoken with them (F12a).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacted_by_unit: Option<bool>,
    /// Whether what the unit reports is true (办理真实度).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_true: Option<bool>,
    /// Whether it is solved (F12b).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solved: Option<Solved>,
    /// The recorded call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// Their own words.
    #[serde(default)]
    pub text: String,
}

impl Callback {
    /// Whether it counts: the caller was reached and gave a grade (hotline.md 2.2).
    pub fn is_valid(&self) -> bool {
        self.reached == Reached::Yes && self.grade.is_some()
    }
}
