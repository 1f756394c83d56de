//! Ranking of units within groups (hotline.md 4.4): a minimum of assignments, shared ranks for ties.

use std::collections::BTreeMap;

use crate::{ReportRules, score::UnitScore};

/// A ranked unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankedUnit {
    /// The unit and its score.
    pub scored: UnitScore,
    /// The rank in its group; `None` when the unit has too few assignments or no score.
    pub rank: Option<u32>,
    /// Among the best of its group (佳).
    pub best: bool,
    /// Among the worst of its group (差).
    pub worst: bool,
}

/// Ranks each group separately (hotline.md 4.1, rule 6). The map is ordered by group name.
pub fn rank(units: Vec<UnitScore>, rules: &ReportRules) -> BTreeMap<String, Vec<RankedUnit>> {
    let mut groups: BTreeMap<String, Vec<UnitScore>> = BTreeMap::new();
    for unit in units {
        groups.entry(unit.group.clone()).or_default().push(unit);
    }
    groups.into_iter().map(|(group, units)| (group, rank_group(units, rules))).collect()
}

fn rank_group(mut units: Vec<UnitScore>, rules: &ReportRules) -> Vec<RankedUnit> {
    let eligible = |unit: &UnitScore| {
        !unit.group.is_empty()
            && unit.score.due >= u64::from(rules.due_min)
            && unit.score.points.is_some()
    };
    // Ranked units first; then the higher score, more due assignments, and the order of names.
    units.sort_by(|a, b| {
        let key = |unit: &UnitScore| (eligible(unit), unit.score.points, unit.score.due);
        key(b).cmp(&key(a)).then(a.unit.cmp(&b.unit))
    });
    let ranked = units.iter().filter(|unit| eligible(unit)).count();
    let mut placed: Vec<RankedUnit> = Vec::with_capacity(units.len());
    for (place, unit) in units.into_iter().enumerate() {
        let rank = (place < ranked).then(|| {
            let before = placed.last().filter(|b| b.scored.score.points == unit.score.points);
            let own = u32::try_from(place).unwrap_or(u32::MAX).saturating_add(1);
            before.and_then(|before| before.rank).unwrap_or(own)
        });
        placed.push(RankedUnit { scored: unit, rank, best: false, worst: false });
    }
    // The best are the first `rules.best` units that are not barred and reach the floor, and every
    // unit with the same score as the last of them.
    let floor = rules.best_from.saturating_mul(100);
    let may = |unit: &&mut RankedUnit| {
        let reaches = unit.scored.score.points.is_some_and(|points| points >= floor);
        unit.rank.is_some() && reaches && !unit.scored.score.barred
    };
    let mut left = rules.best;
    let mut last = None;
    for unit in placed.iter_mut().filter(may) {
        if left == 0 && unit.scored.score.points != last {
            break;
        }
        unit.best = true;
        left = left.saturating_sub(1);
        last = unit.scored.score.points;
    }
    // The worst are counted from the end, below the limit; a unit is never both.
    let bad = |unit: &&mut RankedUnit| {
        let below =
            unit.scored.score.points.is_some_and(|p| p < rules.worst_below.saturating_mul(100));
        unit.rank.is_some() && below && !unit.best
    };
    let worst = rules.worst as usize;
    placed.iter_mut().rev().filter(bad).take(worst).for_each(|unit| unit.worst = true);
    placed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{facts::NameId, score::Score};

    fn unit(n: usize, group: &str, points: u32, due: u64) -> UnitScore {
        let score = Score { points: Some(points), lines: Vec::new(), due, barred: false };
        UnitScore { unit: NameId::at(n), group: group.into(), score }
    }

    fn rules(best: u32, worst: u32) -> ReportRules {
        ReportRules { best, worst, ..ReportRules::shipped() }
    }

    #[test]
    fn ties_share_a_rank_and_more_assignments_come_first() {
        let units = vec![
            unit(0, "县区", 9_500, 20),
            unit(1, "县区", 9_700, 15),
            unit(2, "县区", 9_500, 40),
            unit(3, "县区", 9_000, 11),
        ];
        let groups = rank(units, &rules(1, 1));
        let order: Vec<(usize, Option<u32>)> =
            groups["县区"].iter().map(|r| (r.scored.unit.place(), r.rank)).collect();
        assert_eq!(order, [(1, Some(1)), (2, Some(2)), (0, Some(2)), (3, Some(4))]);
    }

    #[test]
    fn unit_with_too_few_assignments_is_not_ranked_and_groups_are_separate() {
        let units = vec![
            unit(0, "县区", 9_999, 9),
            unit(1, "县区", 7_000, 10),
            unit(2, "公用", 6_000, 10),
            unit(3, "", 10_000, 99),
        ];
        let groups = rank(units, &rules(1, 3));
        assert_eq!(groups["县区"][0].rank, Some(1));
        assert_eq!(groups["县区"][1].rank, None);
        assert_eq!(groups["公用"][0].rank, Some(1));
        assert_eq!(groups[""][0].rank, None, "a unit of no group is compared with nobody");
    }

    #[test]
    fn units_below_the_floor_are_not_among_the_best() {
        let units = vec![unit(0, "公用", 5_789, 30), unit(1, "公用", 8_000, 30)];
        let best = |rules: &ReportRules| -> Vec<usize> {
            let group = &rank(units.clone(), rules)["公用"];
            group.iter().filter(|r| r.best).map(|r| r.scored.unit.place()).collect()
        };
        assert_eq!(best(&rules(10, 0)), [1], "57.89 is graded as failed");
        assert_eq!(best(&ReportRules { best_from: 0, ..rules(10, 0) }), [1, 0]);
    }

    #[test]
    fn worst_units_are_below_ninety_and_never_among_the_best() {
        let mut units: Vec<UnitScore> =
            (0..5).map(|n| unit(n, "县区", 9_400 - 200 * n as u32, 30)).collect();
        units[0].score.barred = true;
        let group = &rank(units, &rules(2, 3))["县区"];
        let best: Vec<usize> =
            group.iter().filter(|r| r.best).map(|r| r.scored.unit.place()).collect();
        let worst: Vec<usize> =
            group.iter().filter(|r| r.worst).map(|r| r.scored.unit.place()).collect();
        assert_eq!(best, [1, 2], "an open item bars from the best and not from the rank");
        assert_eq!(group[0].rank, Some(1));
        assert_eq!(worst, [3, 4], "only two are below 90: fewer are printed");
    }
}
