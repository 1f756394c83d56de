//! A unit's score (得分, hotline.md 2.6), each line of which can be opened.
//!
//! 100 points over nine figures, minus deductions, plus additions. An item
//! whose figure has nothing to divide by is left out, and the others are
//! stretched to 100: a unit nobody has evaluated is neither punished nor
//! rewarded for it. Points are hundredths, half up.

use serde::Serialize;

use crate::{
    Rules,
    facts::Name,
    figure::{EMPTY, Figure, Figures, Lens, ONE},
};
use model::desk::OrderLevel;

/// A score and all it is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Hundredths of a point, 0 to 10,000; nothing when no item had anything to divide by.
    pub points: Option<u32>,
    /// Its lines: items, then what is taken off, then what is added.
    pub lines: Vec<Line>,
    /// Pieces due: fewer than the minimum are not ranked.
    pub due: u64,
    /// An item after an unsatisfied end that is not struck off, or an order of level 2 or more:
    /// such a unit is not among the best (hotline.md 4.4).
    pub barred: bool,
}

/// One line of a score.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What.
    pub item: &'static str,
    /// The figure it comes from, to be opened; its code.
    pub code: &'static str,
    /// That figure's name in Chinese: what `shown` is a value of. Empty for a line without a figure.
    pub figure: &'static str,
    /// The figure as it was.
    pub shown: String,
    /// What is above the line and below it.
    pub fraction: String,
    /// At most so many hundredths of a point.
    pub weight: u32,
    /// So many hundredths were given; negative when taken off.
    pub points: i32,
    /// Why, in words.
    pub why: String,
}

impl Score {
    /// `97.40`, or `—`.
    pub fn shown(&self) -> String {
        self.points.map_or_else(|| EMPTY.into(), |p| format!("{}.{:02}", p / 100, p % 100))
    }

    /// 优秀, 良好, 合格, 不合格 (V8); nothing without a score.
    pub fn band(&self, rules: &Rules) -> &'static str {
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

/// Why an item gives no points: its figure has nothing to divide by.
pub(crate) const NO_DATA: &str = "无数据，不计";

/// The nine items: what it is called, its figure, and how the figure gives points.
type Item = (&'static str, &'static str, fn(&Rules) -> u32, Gives);

/// How a figure gives points.
#[derive(Clone, Copy)]
enum Gives {
    /// In its proportion.
    Rate,
    /// In the proportion that is missing to 100 %.
    Rest,
    /// Full without an urge; none with one or more a piece.
    FewUrges,
}

const ITEMS: [Item; 9] = [
    ("按时签收", "F3", |rules| rules.weights.sign, Gives::Rate),
    ("按时办结", "F6", |rules| rules.weights.on_time, Gives::Rate),
    ("满意", "F9", |rules| rules.weights.satisfied, Gives::Rate),
    ("解决", "F12b", |rules| rules.weights.solved, Gives::Rate),
    ("一次办好", "F14", |rules| rules.weights.at_once, Gives::Rest),
    ("退单", "F13b", |rules| rules.weights.returns, Gives::Rest),
    ("先行联系", "F12a", |rules| rules.weights.contact, Gives::Rate),
    ("催办", "F15-hub", |rules| rules.weights.urging, Gives::FewUrges),
    ("知识库", "F26", |rules| rules.weights.knowledge, Gives::Rate),
];

/// What points are taken off, given back and added for, and how many pieces were due.
const BESIDES: [&str; 8] =
    ["F19-opened", "F19-struck", "F19-back", "F19", "vague", "false", "thanks", "F5"];

/// The score of the unit the lens looks at.
pub fn score(lens: &Lens<'_>) -> Score {
    let figures = Figures::of(lens, ITEMS.iter().map(|(_, code, ..)| *code).chain(BESIDES));
    let mut lines: Vec<Line> = Vec::new();
    let (mut earned, mut possible) = (0u64, 0u64);
    for (item, code, weight, gives) in ITEMS {
        let Some(figure) = figures.get(code) else { continue };
        let weight = weight(lens.rules).saturating_mul(100);
        let line = line(item, figure, weight, gives);
        if let Some(points) = line.1 {
            earned += points;
            possible += u64::from(weight);
        }
        lines.push(line.0);
    }
    let full = u64::from(lens.rules.weights.sum()) * 100;
    // Stretched to the full hundred, half up.
    let base = (possible > 0).then(|| (2 * earned * full + possible) / (2 * possible));
    if possible < full && possible > 0 {
        let why = format!("无数据的项目不计，其余按 {}/{} 折算", possible / 100, full / 100);
        let stretched = base.unwrap_or(0).saturating_sub(earned);
        lines.push(plain("折算", "", String::new(), signed(stretched), why));
    }
    let (off, bars) = deductions(lens, &figures, &mut lines);
    let back = given_back(lens, &figures, &mut lines);
    let added = additions(lens, &figures, &mut lines);
    let points = base.map(|base| {
        let sum = (base + back + added).saturating_sub(off).min(10_000);
        u32::try_from(sum).unwrap_or(10_000)
    });
    let due = figures.below("F5");
    Score { points, lines, due, barred: bars }
}

/// A line of an item, and its points when it has any.
fn line(item: &'static str, figure: &Figure, weight: u32, gives: Gives) -> (Line, Option<u64>) {
    let (above, below) = (u128::from(figure.numerator), u128::from(figure.denominator));
    let whole = below * u128::from(ONE);
    let kept = match gives {
        Gives::Rate => above.min(whole),
        Gives::Rest | Gives::FewUrges => whole.saturating_sub(above),
    };
    let points = (whole > 0).then(|| {
        let points = (2 * u128::from(weight) * kept + whole) / (2 * whole);
        u64::try_from(points).unwrap_or(0)
    });
    let points_of = weight / 100;
    let why = match (points, gives) {
        (None, _) => NO_DATA.to_owned(),
        (Some(_), Gives::Rate) => format!("{points_of} × {}", figure.chinese),
        (Some(_), Gives::Rest) => format!("{points_of} ×（1 − {}）", figure.chinese),
        (Some(_), Gives::FewUrges) => format!("{points_of} × max（0，1 − 每件热线催办次数）"),
    };
    let line = Line {
        item,
        code: figure.code,
        figure: figure.chinese,
        shown: figure.shown.clone(),
        fraction: match gives {
            Gives::FewUrges => format!("{}/{}", figure.fraction(), figure.denominator),
            Gives::Rate | Gives::Rest => figure.fraction(),
        },
        weight,
        points: signed(points.unwrap_or(0)),
        why,
    };
    (line, points)
}

/// What is taken off, and whether something keeps the unit from being among the best.
fn deductions(lens: &Lens<'_>, figures: &Figures, lines: &mut Vec<Line>) -> (u64, bool) {
    let extras = &lens.rules.extras;
    let ended = figures.above("F19-opened");
    let off = (ended * u64::from(extras.unsatisfied)).min(u64::from(extras.unsatisfied_max));
    if ended > 0 {
        let why = format!("不满意结案 {ended} 件，每件 {}", cents(extras.unsatisfied));
        lines.push(plain("不满意结案", "F19-opened", ended.to_string(), -signed(off), why));
    }
    let mut all = off;
    for (item, code, each) in
        [("不详退回", "vague", extras.vague), ("虚假办理", "false", extras.false_result)]
    {
        let n = figures.above(code);
        if n > 0 {
            let off = n * u64::from(each);
            all += off;
            let why = format!("{item} {n} 次，每次 {}", cents(each));
            lines.push(plain(item, code, n.to_string(), -signed(off), why));
        }
    }
    let mut heavy = false;
    let levels = [OrderLevel::Remind, OrderLevel::Warn, OrderLevel::Account];
    let unit = match lens.scope {
        crate::figure::Scope::Unit(unit) => lens.facts.units.text(unit),
        crate::figure::Scope::House => "",
    };
    for (level, each) in levels.into_iter().zip(extras.orders) {
        let sent = lens.orders.iter().filter(|order| {
            order.order.level == level && order.unit.as_str() == unit && lens.span.has(order.issued)
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
    // An item after an unsatisfied end that was not struck off by the end of the period.
    let open_item = figures.above("F19") < figures.below("F19");
    (all, heavy || open_item)
}

/// What a city gives back of the points for an unsatisfied end when the item is struck off: in the
/// period in which it is, and never more than was taken.
fn given_back(lens: &Lens<'_>, figures: &Figures, lines: &mut Vec<Line>) -> u64 {
    let extras = &lens.rules.extras;
    let part = u64::from(extras.given_back.min(100));
    let n = |code: &str| figures.above(code);
    let (opened, struck, own) = (n("F19-opened"), n("F19-struck"), n("F19-back"));
    if part == 0 || struck == 0 {
        return 0;
    }
    let taken =
        |items: u64| (items * u64::from(extras.unsatisfied)).min(u64::from(extras.unsatisfied_max));
    // What is opened and struck off in one period is weighed against what was taken in it, ceiling
    // and all; what was opened earlier was taken earlier.
    let here = taken(opened) - taken(opened.saturating_sub(own));
    let back = (here + taken(struck.saturating_sub(own))) * part / 100;
    let why = format!("销号 {struck} 件（其中当期结案 {own} 件），返还所扣分的 {part}%");
    lines.push(plain("销号返还", "F19-struck", struck.to_string(), signed(back), why));
    back
}

fn additions(lens: &Lens<'_>, figures: &Figures, lines: &mut Vec<Line>) -> u64 {
    let extras = &lens.rules.extras;
    let thanks = figures.above("thanks");
    let added = (thanks * u64::from(extras.thanks)).min(u64::from(extras.added_max));
    if thanks > 0 {
        let why = format!("群众感谢 {thanks} 次，每次 {}", cents(extras.thanks));
        lines.push(plain("加分", "thanks", thanks.to_string(), signed(added), why));
    }
    added
}

fn plain(item: &'static str, code: &'static str, shown: String, points: i32, why: String) -> Line {
    let figure = crate::figure::formula(code).map_or("", |formula| formula.chinese);
    Line { item, code, figure, fraction: shown.clone(), shown, weight: 0, points, why }
}

fn signed(points: u64) -> i32 {
    i32::try_from(points).unwrap_or(i32::MAX)
}

fn cents(of: u32) -> String {
    format!("{}.{:02}", of / 100, of % 100)
}

/// A unit with its score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scored {
    /// The unit.
    pub unit: Name,
    /// With whom it is compared; empty: it is not ranked.
    pub group: String,
    /// Its score.
    pub score: Score,
}
