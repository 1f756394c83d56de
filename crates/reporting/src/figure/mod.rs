//! Figures: every formula of hotline.md 4.2, with numerator, denominator, exclusions and drill-down.
//!
//! [`FORMULAS`] is the table; one row says what is looked at and how each thing
//! marks. [`measure`] and [`measure_all`] count, [`drill`] names what was
//! counted, by the same marks, so that a figure and its list cannot differ
//! (RPT-11).

mod calls;
mod count;
mod lens;
mod pieces;
mod table;
mod tickets;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    OrderFact,
    facts::{CallFact, Piece, TicketFact},
};

pub(crate) use count::measure_of;
pub use count::{Figures, drill, measure, measure_all};
pub use lens::{Lens, Scope};
pub use table::FORMULAS;

/// What one counts in a numerator: fractions, such as "fairly satisfied", are parts of it.
pub const ONE: u64 = 10_000;

/// One row of 4.2.
#[derive(Clone, Copy)]
pub struct Formula {
    /// `F5`
    pub code: &'static str,
    /// Its name, in Chinese.
    pub chinese: &'static str,
    /// Its name, in English.
    pub english: &'static str,
    /// Numerator and denominator in words.
    pub how: &'static str,
    /// Which time decides whether something is in the period.
    pub basis: Basis,
    /// What comes out.
    pub shape: Shape,
    /// What is looked at.
    pub over: Over,
}

/// Which time decides (hotline.md 4.1, rule 2).
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
    /// As it is printed.
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

/// What comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Per cent.
    Rate,
    /// How many: the numerator alone.
    Count,
    /// Seconds, on average.
    Seconds,
    /// Working days, on average; with median and 90th percentile.
    Days,
}

/// What is looked at, and how each marks.
#[derive(Clone, Copy)]
pub enum Over {
    /// Attempts to call.
    Calls(fn(&Lens<'_>, &CallFact) -> Mark),
    /// The worst stretch of 24 hours.
    WorstDay,
    /// Tickets.
    Tickets(fn(&Lens<'_>, &TicketFact) -> Mark),
    /// Tickets since the first record, after what was counted before the engine.
    SinceOpening(fn(&Lens<'_>, &TicketFact) -> Mark),
    /// Issues of the special report, by what leaders wrote on them.
    Issues,
    /// Leading pieces.
    Pieces(fn(&Lens<'_>, &Piece) -> Mark),
    /// Items after an unsatisfied end, by their own unit.
    Items(fn(&Lens<'_>, &TicketFact) -> Mark),
    /// Orders.
    Orders(fn(&Lens<'_>, &OrderFact<'_>) -> Mark),
    /// Filings in force at the period's end.
    Filings,
    /// Items of the knowledge base.
    Knowledge,
    /// Not in the house yet: why.
    Unmeasured(&'static str),
}

/// How one thing counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Not at all: not of this period, not of this kind.
    Out,
    /// It would, and is left out.
    Excluded(Reason),
    /// In the denominator, and with so much of [`ONE`] in the numerator.
    In(u64),
}

impl Mark {
    /// In the denominator; in the numerator when it holds.
    fn when(holds: bool) -> Mark {
        Mark::In(if holds { ONE } else { 0 })
    }
}

/// Why something is left out of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// 挂断过快: the caller left within the seconds set for it.
    ShortAbandon,
    /// 未接来电, which count with F1c.
    MissedCall,
    /// 作废或并入他件
    Aside,
    /// 退单
    Returned,
    /// 收回
    Withdrawn,
    /// 无需再办: closed without a result, taken back by the caller for instance.
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
    /// 待登记: nobody has judged the draft yet.
    NotRegistered,
}

impl Reason {
    /// As it is printed.
    pub fn chinese(self) -> &'static str {
        match self {
            Reason::ShortAbandon => "短时挂断",
            Reason::MissedCall => "未接来电",
            Reason::Aside => "作废或并入他件",
            Reason::Returned => "退单",
            Reason::Withdrawn => "收回",
            Reason::Stopped => "无需再办",
            Reason::NotYetDue => "期限未到",
            Reason::NoLimit => "无此时限",
            Reason::Unreasonable => "不合理诉求",
            Reason::Appeal => "申诉剔除",
            Reason::NotAsked => "未询问",
            Reason::NotRegistered => "待登记",
        }
    }
}

/// A figure, with all it was counted from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Figure {
    /// `F5`
    pub code: &'static str,
    /// Its name, in Chinese.
    pub chinese: &'static str,
    /// Its name, in English.
    pub english: &'static str,
    /// Numerator and denominator in words.
    pub how: &'static str,
    /// Which time decides.
    pub basis: Basis,
    /// What comes out.
    pub shape: Shape,
    /// As it is printed: `96.16%`, `—` when there is nothing to divide by.
    pub shown: String,
    /// What is above the line, in ten-thousandths of one.
    pub numerator: u64,
    /// What is below it.
    pub denominator: u64,
    /// What was left out, and why.
    pub excluded: Vec<Excluded>,
    /// Median and 90th percentile, of days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<Spread>,
    /// What of it was counted before the engine, and cannot be opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carried: Option<Carried>,
    /// Why it is not measured here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmeasured: Option<&'static str>,
}

/// Left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Excluded {
    /// Why.
    pub reason: Reason,
    /// How many.
    pub n: u64,
}

/// Counted before the engine (期初).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Carried {
    /// Above the line, in ones.
    pub numerator: u64,
    /// Below it.
    pub denominator: u64,
    /// Where it is from.
    pub source: String,
}

/// How days are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Spread {
    /// Half of them took no more.
    pub median: u64,
    /// Nine of ten took no more.
    pub p90: u64,
}

/// Which part of a figure to name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What is in the numerator, wholly or in part.
    Numerator,
    /// What is in the denominator.
    Denominator,
    /// What is in the denominator and not in the numerator.
    Rest,
    /// What was left out.
    Excluded,
}

impl Part {
    /// By its word.
    pub fn by_word(word: &str) -> Option<Part> {
        Some(match word {
            "numerator" => Part::Numerator,
            "denominator" => Part::Denominator,
            "rest" => Part::Rest,
            "excluded" => Part::Excluded,
            _ => return None,
        })
    }

    fn takes(self, mark: Mark) -> bool {
        match (self, mark) {
            (Part::Numerator, Mark::In(n)) => n > 0,
            (Part::Rest, Mark::In(n)) => n == 0,
            (Part::Denominator, Mark::In(_)) | (Part::Excluded, Mark::Excluded(_)) => true,
            _ => false,
        }
    }
}

/// The formula of a code.
pub fn formula(code: &str) -> Option<&'static Formula> {
    FORMULAS.iter().find(|formula| formula.code.eq_ignore_ascii_case(code))
}

impl Figure {
    /// In hundredths of a per cent, half up; `None` when there is nothing to divide by.
    pub fn basis_points(&self) -> Option<u64> {
        (self.shape == Shape::Rate).then(|| half_up(self.numerator, self.denominator)).flatten()
    }

    /// `23974/24932`: what is above the line and below it.
    pub fn fraction(&self) -> String {
        match self.shape {
            Shape::Count => ones(self.numerator),
            Shape::Rate | Shape::Seconds | Shape::Days => {
                format!("{}/{}", ones(self.numerator), self.denominator)
            }
        }
    }

    /// `退单 3，收回 1`; empty when nothing was left out. What was counted before the engine is said
    /// with it: it is in the figure and cannot be opened.
    pub fn left_out(&self) -> String {
        let each = self.excluded.iter().map(|out| format!("{} {}", out.reason.chinese(), out.n));
        let carried = self.carried.iter().map(|carried| {
            let Carried { numerator, denominator, .. } = carried;
            format!("（已计入期初 {numerator}/{denominator}）")
        });
        each.chain(carried).collect::<Vec<_>>().join("，")
    }
}

/// The special report, whose issues F27 counts.
pub(crate) const SPECIAL: &str = "R6";

/// What an empty denominator prints (hotline.md 4.1, rule 5).
pub const EMPTY: &str = "—";

/// Two decimals, half up: 23,974 of 24,932 is `96.16%`.
fn percent(above: u64, below: u64) -> String {
    half_up(above, below)
        .map_or_else(|| EMPTY.to_owned(), |bp| format!("{}.{:02}%", bp / 100, bp % 100))
}

/// Two decimals, half up.
fn decimal(above: u64, below: u64) -> String {
    half_up(above, below.saturating_mul(100))
        .map_or_else(|| EMPTY.to_owned(), |h| format!("{}.{:02}", h / 100, h % 100))
}

/// `above / ONE / below`, in ten-thousandths, half up.
fn half_up(above: u64, below: u64) -> Option<u64> {
    if below == 0 {
        return None;
    }
    let (above, below) = (u128::from(above), u128::from(below));
    u64::try_from((2 * above + below) / (2 * below)).ok()
}

/// A numerator in ones, with as many decimals as it has.
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

    /// The figures of published bulletins that hotline.md 4.2 says must come out.
    #[test]
    fn published_rates_come_out_to_the_last_digit() {
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
    fn a_numerator_shows_its_fractions() {
        assert_eq!((ones(3 * ONE), ones(12 * ONE + 9_000)), ("3".into(), "12.9".into()));
    }
}
