//! Ranking (hotline.md 4.4): within groups, with a minimum of pieces, ties sharing a rank, bands beside.

use std::collections::BTreeMap;

use crate::{Rules, score::Scored};

/// A unit in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// The unit and its score.
    pub scored: Scored,
    /// Its rank in its group; `None` when it has too few pieces or no score.
    pub rank: Option<u32>,
    /// Among the best of its group (佳).
    pub best: bool,
    /// Among the worst of its group (差).
    pub worst: bool,
}

/// Rank each group by itself, never across (hotline.md 4.1, rule 6). Groups in the order of their names.
pub fn rank(units: Vec<Scored>, rules: &Rules) -> BTreeMap<String, Vec<Ranked>> {
    let mut groups: BTreeMap<String, Vec<Scored>> = BTreeMap::new();
    for unit in units {
        groups.entry(unit.group.clone()).or_default().push(unit);
    }
    groups.into_iter().map(|(group, units)| (group, rank_group(units, rules))).collect()
}

fn rank_group(mut units: Vec<Scored>, rules: &Rules) -> Vec<Ranked> {
    let eligible = |unit: &Scored| {
        !unit.group.is_empty()
            && unit.score.due >= u64::from(rules.due_min)
            && unit.score.points.is_some()
    };
    // Those that are ranked first; the higher score, more due pieces, then the name's number.
    units.sort_by(|a, b| {
        let key = |unit: &Scored| (eligible(unit), unit.score.points, unit.score.due);
        key(b).cmp(&key(a)).then(a.unit.cmp(&b.unit))
    });
    let ranked = units.iter().filter(|unit| eligible(unit)).count();
    let mut placed: Vec<Ranked> = Vec::with_capacity(units.len());
    for (place, unit) in units.into_iter().enumerate() {
        let rank = (place < ranked).then(|| {
            let before = placed.last().filter(|b| b.scored.score.points == unit.score.points);
            let own = u32::try_from(place).unwrap_or(u32::MAX).saturating_add(1);
            before.and_then(|before| before.rank).unwrap_or(own)
        });
        placed.push(Ranked { scored: unit, rank, best: false, worst: false });
    }
    // The first so many that nothing bars and that reach the floor; a unit that shares the last
    // one's score is as good.
    let floor = rules.best_from.saturating_mul(100);
    let may = |unit: &&mut Ranked| {
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
    // From behind, below the line; nobody is both.
    let bad = |unit: &&mut Ranked| {
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
    use crate::{facts::Name, score::Score};

    fn unit(n: usize, group: &str, points: u32, due: u64) -> Scored {
        let score = Score { points: Some(points), lines: Vec::new(), due, barred: false };
        Scored { unit: Name::at(n), group: group.into(), score }
    }

    fn rules(best: u32, worst: u32) -> Rules {
        Rules { best, worst, ..Rules::shipped() }
    }

    #[test]
    fn ties_share_a_rank_and_more_pieces_are_shown_first() {
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
    fn who_has_too_few_pieces_is_not_ranked_and_groups_never_meet() {
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
        let best = |rules: &Rules| -> Vec<usize> {
            let group = &rank(units.clone(), rules)["公用"];
            group.iter().filter(|r| r.best).map(|r| r.scored.unit.place()).collect()
        };
        assert_eq!(best(&rules(10, 0)), [1], "57.89 is graded as failed");
        assert_eq!(best(&Rules { best_from: 0, ..rules(10, 0) }), [1, 0]);
    }

    #[test]
    fn the_worst_are_below_ninety_and_never_among_the_best() {
        let mut units: Vec<Scored> =
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
