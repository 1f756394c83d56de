//! Figures: every formula of hotline.md 4.2 with numerator, denominator, exclusions and drill-down.
//!
//! [`FORMULAS`] is the table. Each row names its population and the function that says how one
//! element contributes. [`measure`] and [`measure_all`] sum the contributions; [`drill_down`] lists the
//! elements by the same contributions, so that a figure and its list cannot differ (RPT-11).

mod assignments;
mod calls;
mod count;
mod scope;
mod table;
mod tally;
mod tickets;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    OrderFact,
    facts::{AssignmentFact, CallFact, TicketFact},
};

pub use crate::facts::ONE;
pub(crate) use count::measure_tickets;
pub use count::{Figures, drill_down, measure, measure_all};
pub use scope::{FigureScope, Subject};
pub use table::FORMULAS;

/// A formula: one row of hotline.md 4.2.
#[derive(Clone, Copy)]
pub struct Formula {
    /// The code: `F5`
    pub code: &'static str,
    /// The name in Chinese.
    pub chinese: &'static str,
    /// The name in English.
    pub english: &'static str,
    /// The numerator and denominator in words.
    pub how: &'static str,
    /// The time that decides whether an element is in the period.
    pub basis: Basis,
    /// The kind of result.
    pub shape: Shape,
    /// The population, with the function that counts an element.
    pub over: Population,
}

/// The time that decides whether an element is in the period (hotline.md 4.1, rule 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// 呼入口径
    Arrived,
    /// 受理口径
    Accepted,
    /// 交办口径
    Issued,
    /// 应办结口径
    Due,
    /// 办结口径
    Closed,
    /// 回访口径
    Evaluated,
    /// 发布口径
    Released,
    /// 累计口径: from the first record to the end of the period.
    Cumulative,
}

impl Basis {
    /// The printed name.
    pub fn chinese(self) -> &'static str {
        match self {
            Basis::Arrived => "呼入口径",
            Basis::Accepted => "受理口径",
            Basis::Issued => "交办口径",
            Basis::Due => "应办结口径",
            Basis::Closed => "办结口径",
            Basis::Evaluated => "回访口径",
            Basis::Released => "发布口径",
            Basis::Cumulative => "累计口径",
        }
    }
}

/// The kind of result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A percentage.
    Rate,
    /// A count: the numerator alone.
    Count,
    /// Average seconds.
    Seconds,
    /// Average working days, with median and 90th percentile.
    Days,
}

/// The population of a formula, with the function that counts an element.
#[derive(Clone, Copy)]
pub enum Population {
    /// Attempts to call.
    Calls(fn(&FigureScope<'_>, &CallFact) -> Contribution),
    /// The span of 24 hours with the lowest connect rate.
    WorstDay,
    /// Tickets.
    Tickets(fn(&FigureScope<'_>, &TicketFact) -> Contribution),
    /// Tickets since the first record, added to the opening balance.
    SinceOpening(fn(&FigureScope<'_>, &TicketFact) -> Contribution),
    /// Issues of the special report, with the instructions leaders wrote on them.
    Issues,
    /// Leading assignments.
    Assignments(fn(&FigureScope<'_>, &AssignmentFact) -> Contribution),
    /// Tickets with a dissatisfaction item, by the item's unit.
    Items(fn(&FigureScope<'_>, &TicketFact) -> Contribution),
    /// Orders.
    Orders(fn(&FigureScope<'_>, &OrderFact<'_>) -> Contribution),
    /// Filings in force at the end of the period.
    Filings,
    /// Items of the knowledge base.
    Knowledge,
    /// Not measured by the engine, with the reason.
    Unmeasured(&'static str),
}

/// How one element counts in a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contribution {
    /// Not counted: not of this period or kind.
    None,
    /// Of the period and kind, but excluded.
    Excluded(ExclusionReason),
    /// In the denominator, and with this part of [`ONE`] in the numerator.
    Counted(u64),
}

impl Contribution {
    /// In the denominator, and in the numerator when `holds`.
    fn when(holds: bool) -> Contribution {
        Contribution::Counted(if holds { ONE } else { 0 })
    }
}

/// Why an element is excluded from a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionReason {
    /// 挂断过快: the caller left within `short_abandon_s`.
    ShortAbandon,
    /// 菜单中结束: the call ended in a menu, before the caller asked for a person.
    EndedInMenu,
    /// 未接来电: counted by F1c instead.
    MissedCall,
    /// 作废或并入他件
    Aside,
    /// 退单
    Returned,
    /// 收回
    Withdrawn,
    /// 无需再办: closed without a result, for instance withdrawn by the caller.
    Stopped,
    /// 期限未到
    NotYetDue,
    /// 无此时限
    NoLimit,
    /// 认定不合理诉求
    Unreasonable,
    /// 申诉剔除
    Appeal,
    /// 未询问: the caller was not asked this question, or did not answer it.
    NotAsked,
    /// 待登记: the draft has not been judged yet.
    NotRegistered,
}

impl ExclusionReason {
    /// The printed name.
    pub fn chinese(self) -> &'static str {
        match self {
            ExclusionReason::ShortAbandon => "短时挂断",
            ExclusionReason::EndedInMenu => "菜单中结束",
            ExclusionReason::MissedCall => "未接来电",
            ExclusionReason::Aside => "作废或并入他件",
            ExclusionReason::Returned => "退单",
            ExclusionReason::Withdrawn => "收回",
            ExclusionReason::Stopped => "无需再办",
            ExclusionReason::NotYetDue => "期限未到",
            ExclusionReason::NoLimit => "无此时限",
            ExclusionReason::Unreasonable => "不合理诉求",
            ExclusionReason::Appeal => "申诉剔除",
            ExclusionReason::NotAsked => "未询问",
            ExclusionReason::NotRegistered => "待登记",
        }
    }
}

/// A figure with everything it was counted from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Figure {
    /// The code: `F5`
    pub code: &'static str,
    /// The name in Chinese.
    pub chinese: &'static str,
    /// The name in English.
    pub english: &'static str,
    /// The numerator and denominator in words.
    pub how: &'static str,
    /// The time that decides whether an element is in the period.
    pub basis: Basis,
    /// The kind of result.
    pub shape: Shape,
    /// The printed value: `96.16%`, or `—` when the denominator is 0.
    pub shown: String,
    /// The numerator, in ten-thousandths.
    pub numerator: u64,
    /// The denominator.
    pub denominator: u64,
    /// The number of excluded elements, by reason.
    pub excluded: Vec<Excluded>,
    /// Median and 90th percentile, for days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<DayPercentiles>,
    /// The part that was counted before the engine was in use. It has no drill-down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carried: Option<CarriedForward>,
    /// Why it is not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmeasured: Option<&'static str>,
}

/// Elements excluded for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Excluded {
    /// The reason.
    pub reason: ExclusionReason,
    /// The number of elements.
    pub n: u64,
}

/// The part of a running total from before the engine was in use (期初).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CarriedForward {
    /// The numerator, in ones.
    pub numerator: u64,
    /// The denominator.
    pub denominator: u64,
    /// The source of the numbers.
    pub source: String,
}

/// Percentiles of working days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DayPercentiles {
    /// The median.
    pub median: u64,
    /// The 90th percentile.
    pub p90: u64,
}

/// A part of a figure to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigurePart {
    /// Elements in the numerator, wholly or in part.
    Numerator,
    /// Elements in the denominator.
    Denominator,
    /// Elements in the denominator that are not in the numerator.
    Rest,
    /// Excluded elements.
    Excluded,
}

impl FigurePart {
    /// The part of a word of the API.
    pub fn by_word(word: &str) -> Option<FigurePart> {
        Some(match word {
            "numerator" => FigurePart::Numerator,
            "denominator" => FigurePart::Denominator,
            "rest" => FigurePart::Rest,
            "excluded" => FigurePart::Excluded,
            _ => return None,
        })
    }

    fn contains(self, contribution: Contribution) -> bool {
        match (self, contribution) {
            (FigurePart::Numerator, Contribution::Counted(n)) => n > 0,
            (FigurePart::Rest, Contribution::Counted(n)) => n == 0,
            (FigurePart::Denominator, Contribution::Counted(_))
            | (FigurePart::Excluded, Contribution::Excluded(_)) => true,
            _ => false,
        }
    }
}

/// The formula of a code, in upper or lower case.
pub fn formula(code: &str) -> Option<&'static Formula> {
    FORMULAS.iter().find(|formula| formula.code.eq_ignore_ascii_case(code))
}

impl Figure {
    /// In hundredths of a percent, rounded half up; `None` when the denominator is 0.
    pub fn basis_points(&self) -> Option<u64> {
        (self.shape == Shape::Rate).then(|| half_up(self.numerator, self.denominator)).flatten()
    }

    /// The numerator and the denominator: `23974/24932`.
    pub fn fraction(&self) -> String {
        match self.shape {
            Shape::Count => ones(self.numerator),
            Shape::Rate | Shape::Seconds | Shape::Days => {
                format!("{}/{}", ones(self.numerator), self.denominator)
            }
        }
    }

    /// The excluded elements: `退单 3，收回 1`; empty without exclusions. An opening balance is added,
    /// since it is in the figure and has no drill-down.
    pub fn left_out(&self) -> String {
        let each = self.excluded.iter().map(|out| format!("{} {}", out.reason.chinese(), out.n));
        let carried = self.carried.iter().map(|carried| {
            let CarriedForward { numerator, denominator, .. } = carried;
            format!("（已计入期初 {numerator}/{denominator}）")
        });
        each.chain(carried).collect::<Vec<_>>().join("，")
    }
}

/// The code of the special report, whose issues F27 counts.
pub(crate) const SPECIAL: &str = "R6";

/// The printed value of an empty denominator (hotline.md 4.1, rule 5).
pub const EMPTY: &str = "—";

/// A percentage with two decimals, rounded half up: 23,974 of 24,932 is `96.16%`.
fn percent(above: u64, below: u64) -> String {
    half_up(above, below)
        .map_or_else(|| EMPTY.to_owned(), |bp| format!("{}.{:02}%", bp / 100, bp % 100))
}

/// A number with two decimals, rounded half up.
fn decimal(above: u64, below: u64) -> String {
    half_up(above, below.saturating_mul(100))
        .map_or_else(|| EMPTY.to_owned(), |h| format!("{}.{:02}", h / 100, h % 100))
}

/// `above / ONE / below` in ten-thousandths, rounded half up.
fn half_up(above: u64, below: u64) -> Option<u64> {
    if below == 0 {
        return None;
    }
    let (above, below) = (u128::from(above), u128::from(below));
    u64::try_from((2 * above + below) / (2 * below)).ok()
}

/// A numerator in ones, with the decimals it needs.
fn ones(numerator: u64) -> String {
    let (whole, part) = (numerator / ONE, numerator % ONE);
    if part == 0 {
        return whole.to_string();
    }
    format!("{whole}.{part:04}").trim_end_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Figures of published bulletins that hotline.md 4.2 asks to be reproduced.
    #[test]
    fn published_rates_are_reproduced_to_the_last_digit() {
        for (above, below, shown) in [
            (23_974, 24_932, "96.16%"),
            (22_345, 24_932, "89.62%"),
            (3_700, 4_800, "77.08%"),
            (725, 967, "74.97%"),
            (124_599, 195_532, "63.72%"),
            (2_118, 2_146, "98.70%"),
            (103, 103 + 1_453, "6.62%"),
            (8, 87, "9.20%"),
            (1, 8, "12.50%"),
            (1, 3, "33.33%"),
            (2, 3, "66.67%"),
            (1, 20_000, "0.01%"),
            (0, 5, "0.00%"),
            (0, 0, "—"),
        ] {
            assert_eq!(percent(above * ONE, below), shown, "{above}/{below}");
        }
    }

    #[test]
    fn numerator_is_shown_with_its_decimals() {
        assert_eq!((ones(3 * ONE), ones(12 * ONE + 9_000)), ("3".into(), "12.9".into()));
    }
}
