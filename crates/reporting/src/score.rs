//! The score of a unit (得分, hotline.md 2.6), with every line it is made of.
//!
//! A score is 100 points over nine figures, minus deductions, plus additions. An item whose figure
//! has an empty denominator is left out, and the others are scaled to 100, so that a unit without
//! evaluations is neither punished nor rewarded for it. Points are in hundredths, rounded half up.

use serde::Serialize;

use crate::{
    ReportRules,
    facts::NameId,
    figure::{EMPTY, Figure, FigureScope, Figures, ONE},
};
use model::desk::OrderLevel;

/// A score and its lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Hundredths of a point, 0 to 10,000; `None` when no item had a denominator.
    pub points: Option<u32>,
    /// The items, then the deductions, then the additions.
    pub lines: Vec<ScoreLine>,
    /// The assignments due. A unit with fewer than the minimum is not ranked.
    pub due: u64,
    /// Whether the unit is barred from the best: it has an open dissatisfaction item or received an
    /// order of level 2 or more (hotline.md 4.4).
    pub barred: bool,
}

/// One line of a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScoreLine {
    /// The name of the item.
    pub item: &'static str,
    /// The code of its figure, by which it can be drilled down.
    pub code: &'static str,
    /// The Chinese name of that figure; empty for a line without one.
    pub figure: &'static str,
    /// The printed value of the figure.
    pub shown: String,
    /// The numerator and the denominator of the figure.
    pub fraction: String,
    /// The maximum of hundredths of a point.
    pub weight: u32,
    /// The hundredths of a point that were given; negative for a deduction.
    pub points: i32,
    /// The explanation.
    pub why: String,
}

impl Score {
    /// `97.40`, or `—`.
    pub fn shown(&self) -> String {
        self.points.map_or_else(|| EMPTY.into(), |p| format!("{}.{:02}", p / 100, p % 100))
    }

    /// The band: 优秀, 良好, 合格 or 不合格 (V8); `—` without a score.
    pub fn band(&self, rules: &ReportRules) -> &'static str {
        let [excellent, good, pass] = rules.bands.map(|least| least.saturating_mul(100));
        match self.points {
            None => EMPTY,
            Some(points) if points >= excellent => "优秀",
            Some(points) if points >= good => "良好",
            Some(points) if points >= pass => "合格",
            Some(_) => "不合格",
        }
    }
}

/// The explanation of an item without points: its figure has an empty denominator.
pub(crate) const NO_DATA: &str = "无数据，不计";

/// An item: its name, its figure, its weight, and how the figure gives points.
type Item = (&'static str, &'static str, fn(&ReportRules) -> u32, PointsBy);

/// How a figure gives points.
#[derive(Clone, Copy)]
enum PointsBy {
    /// In proportion to the figure.
    Rate,
    /// In proportion to what the figure lacks to 100 %.
    Rest,
    /// Full points without an urge, none with one or more per assignment.
    FewUrges,
}

const ITEMS: [Item; 9] = [
    ("按时签收", "F3", |rules| rules.weights.sign, PointsBy::Rate),
    ("按时办结", "F6", |rules| rules.weights.on_time, PointsBy::Rate),
    ("满意", "F9", |rules| rules.weights.satisfied, PointsBy::Rate),
    ("解决", "F12b", |rules| rules.weights.solved, PointsBy::Rate),
    ("一次办好", "F14", |rules| rules.weights.at_once, PointsBy::Rest),
    ("退单", "F13b", |rules| rules.weights.returns, PointsBy::Rest),
    ("先行联系", "F12a", |rules| rules.weights.contact, PointsBy::Rate),
    ("催办", "F15-hub", |rules| rules.weights.urging, PointsBy::FewUrges),
    ("知识库", "F26", |rules| rules.weights.knowledge, PointsBy::Rate),
];

/// The figures behind deductions, additions and the number of due assignments.
const BESIDES: [&str; 8] =
    ["F19-opened", "F19-struck", "F19-back", "F19", "vague", "false", "thanks", "F5"];

/// The score of the unit of a scope.
pub fn score(scope: &FigureScope<'_>) -> Score {
    let figures = Figures::of(scope, ITEMS.iter().map(|(_, code, ..)| *code).chain(BESIDES));
    let mut lines: Vec<ScoreLine> = Vec::new();
    let (mut earned, mut possible) = (0u64, 0u64);
    for (item, code, weight, gives) in ITEMS {
        let Some(figure) = figures.get(code) else { continue };
        let weight = weight(scope.rules).saturating_mul(100);
        let line = line(item, figure, weight, gives);
        if let Some(points) = line.1 {
            earned += points;
            possible += u64::from(weight);
        }
        lines.push(line.0);
    }
    let full = u64::from(scope.rules.weights.sum()) * 100;
    // Scaled to 100, rounded half up.
    let base = (possible > 0).then(|| (2 * earned * full + possible) / (2 * possible));
    if possible < full && possible > 0 {
        let why = format!("无数据的项目不计，其余按 {}/{} 折算", possible / 100, full / 100);
        let stretched = base.unwrap_or(0).saturating_sub(earned);
        lines.push(plain("折算", "", String::new(), signed(stretched), why));
    }
    let (off, bars) = deductions(scope, &figures, &mut lines);
    let back = given_back(scope, &figures, &mut lines);
    let added = additions(scope, &figures, &mut lines);
    let points = base.map(|base| {
        let sum = (base + back + added).saturating_sub(off).min(10_000);
        u32::try_from(sum).unwrap_or(10_000)
    });
    let due = figures.denominator("F5");
    Score { points, lines, due, barred: bars }
}

/// The line of an item, with its points when it has any.
fn line(
    item: &'static str,
    figure: &Figure,
    weight: u32,
    gives: PointsBy,
) -> (ScoreLine, Option<u64>) {
    let (above, below) = (u128::from(figure.numerator), u128::from(figure.denominator));
    let whole = below * u128::from(ONE);
    let earned = match gives {
        PointsBy::Rate => above.min(whole),
        PointsBy::Rest | PointsBy::FewUrges => whole.saturating_sub(above),
    };
    let points = (whole > 0).then(|| {
        let points = (2 * u128::from(weight) * earned + whole) / (2 * whole);
        u64::try_from(points).unwrap_or(0)
    });
    let points_of = weight / 100;
    let why = match (points, gives) {
        (None, _) => NO_DATA.to_owned(),
        (Some(_), PointsBy::Rate) => format!("{points_of} × {}", figure.chinese),
        (Some(_), PointsBy::Rest) => format!("{points_of} ×（1 − {}）", figure.chinese),
        (Some(_), PointsBy::FewUrges) => format!("{points_of} × max（0，1 − 每件热线催办次数）"),
    };
    let line = ScoreLine {
        item,
        code: figure.code,
        figure: figure.chinese,
        shown: figure.shown.clone(),
        fraction: match gives {
            PointsBy::FewUrges => format!("{}/{}", figure.fraction(), figure.denominator),
            PointsBy::Rate | PointsBy::Rest => figure.fraction(),
        },
        weight,
        points: signed(points.unwrap_or(0)),
        why,
    };
    (line, points)
}

/// Adds the lines of deductions; returns their sum, and whether the unit is barred from the best.
fn deductions(
    scope: &FigureScope<'_>,
    figures: &Figures,
    lines: &mut Vec<ScoreLine>,
) -> (u64, bool) {
    let extras = &scope.rules.extras;
    let ended = figures.numerator("F19-opened");
    let off = (ended * u64::from(extras.unsatisfied)).min(u64::from(extras.unsatisfied_max));
    if ended > 0 {
        let why = format!("不满意结案 {ended} 件，每件 {}", cents(extras.unsatisfied));
        lines.push(plain("不满意结案", "F19-opened", ended.to_string(), -signed(off), why));
    }
    let mut all = off;
    for (item, code, each) in
        [("不详退回", "vague", extras.vague), ("虚假办理", "false", extras.false_result)]
    {
        let n = figures.numerator(code);
        if n > 0 {
            let off = n * u64::from(each);
            all += off;
            let why = format!("{item} {n} 次，每次 {}", cents(each));
            lines.push(plain(item, code, n.to_string(), -signed(off), why));
        }
    }
    let mut heavy = false;
    let levels = [OrderLevel::Remind, OrderLevel::Warn, OrderLevel::Account];
    let unit = match scope.subject {
        crate::figure::Subject::Unit(unit) => scope.facts.units.text(unit),
        crate::figure::Subject::Hotline => "",
    };
    for (level, each) in levels.into_iter().zip(extras.orders) {
        let sent = scope.orders.iter().filter(|order| {
            order.order.level == level
                && order.unit.as_str() == unit
                && scope.span.has(order.issued)
        });
        let n = u64::try_from(sent.count()).unwrap_or(0);
        if n == 0 {
            continue;
        }
        heavy |= level > OrderLevel::Remind;
        let off = n * u64::from(each);
        all += off;
        let why = format!("{} 级督查令 {n} 次，每次 {}", level.place() + 1, cents(each));
        lines.push(plain("督查令", "orders", n.to_string(), -signed(off), why));
    }
    // A dissatisfaction item that was not struck off by the end of the period.
    let open_item = figures.numerator("F19") < figures.denominator("F19");
    (all, heavy || open_item)
}

/// Adds the line of the points that are given back for dissatisfaction items struck off in the
/// period; never more than was deducted.
fn given_back(scope: &FigureScope<'_>, figures: &Figures, lines: &mut Vec<ScoreLine>) -> u64 {
    let extras = &scope.rules.extras;
    let part = u64::from(extras.given_back.min(100));
    let n = |code: &str| figures.numerator(code);
    let (opened, struck, own) = (n("F19-opened"), n("F19-struck"), n("F19-back"));
    if part == 0 || struck == 0 {
        return 0;
    }
    let taken =
        |items: u64| (items * u64::from(extras.unsatisfied)).min(u64::from(extras.unsatisfied_max));
    // Items opened and struck off in this period are weighed against this period's deduction with its
    // maximum; items opened earlier were deducted earlier.
    let here = taken(opened) - taken(opened.saturating_sub(own));
    let back = (here + taken(struck.saturating_sub(own))) * part / 100;
    let why = format!("销号 {struck} 件（其中当期结案 {own} 件），返还所扣分的 {part}%");
    lines.push(plain("销号返还", "F19-struck", struck.to_string(), signed(back), why));
    back
}

fn additions(scope: &FigureScope<'_>, figures: &Figures, lines: &mut Vec<ScoreLine>) -> u64 {
    let extras = &scope.rules.extras;
    let thanks = figures.numerator("thanks");
    let added = (thanks * u64::from(extras.thanks)).min(u64::from(extras.added_max));
    if thanks > 0 {
        let why = format!("群众感谢 {thanks} 次，每次 {}", cents(extras.thanks));
        lines.push(plain("加分", "thanks", thanks.to_string(), signed(added), why));
    }
    added
}

fn plain(
    item: &'static str,
    code: &'static str,
    shown: String,
    points: i32,
    why: String,
) -> ScoreLine {
    let figure = crate::figure::formula(code).map_or("", |formula| formula.chinese);
    ScoreLine { item, code, figure, fraction: shown.clone(), shown, weight: 0, points, why }
}

fn signed(points: u64) -> i32 {
    i32::try_from(points).unwrap_or(i32::MAX)
}

fn cents(of: u32) -> String {
    format!("{}.{:02}", of / 100, of % 100)
}

/// A unit with its score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitScore {
    /// The unit.
    pub unit: NameId,
    /// The group it is compared in; empty for a unit that is not ranked.
    pub group: String,
    /// Its score.
    pub score: Score,
}
