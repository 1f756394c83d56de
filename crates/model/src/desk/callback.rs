//! Asking the caller whether it helped (回访).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::form::words;
use crate::CallId;

words!(
    /// How a caller was asked.
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
words!(
    /// Whether somebody was reached.
    Reached {
        /// Reached.
        Yes,
        /// No answer, or none yet to an SMS.
        NoAnswer,
        /// Did not want to speak.
        Refused,
        /// Not their number.
        WrongNumber,
    }
);
words!(
    /// Whether it is solved, says the caller.
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

/// One callback. Valid when somebody was reached and said how it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Callback {
    /// How.
    pub how: CallbackChannel,
    /// Whether they were reached.
    pub reached: Reached,
    /// How satisfied; `None` when they said nothing clear.
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
    /// In their words.
    #[serde(default)]
    pub text: String,
}

impl Callback {
    /// Somebody was reached and said how it is: what counts (hotline.md 2.2).
    pub fn is_valid(&self) -> bool {
        self.reached == Reached::Yes && self.grade.is_some()
    }
}
