//! Sums of contributions, and the figure they make.

use std::collections::BTreeMap;

use super::{
    Contribution, DayPercentiles, EMPTY, Excluded, ExclusionReason, Figure, Formula, ONE,
    Population, Shape, decimal, percent,
};

/// Sums of contributions.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) numerator: u64,
    pub(super) denominator: u64,
    pub(super) excluded: BTreeMap<ExclusionReason, u64>,
}

impl Tally {
    pub(super) fn add(&mut self, mark: Contribution) {
        match mark {
            Contribution::None => {}
            Contribution::Excluded(reason) => *self.excluded.entry(reason).or_default() += 1,
            Contribution::Counted(n) => {
                self.denominator += 1;
                self.numerator += n;
            }
        }
    }

    pub(super) fn figure(self, formula: &Formula, spread: Option<DayPercentiles>) -> Figure {
        let unmeasured = match formula.over {
            Population::Unmeasured(why) => Some(why),
            _ => None,
        };
        let (above, below) = (self.numerator, self.denominator);
        let shown = match (unmeasured, formula.shape) {
            (Some(_), _) => EMPTY.to_owned(),
            (None, Shape::Rate) => percent(above, below),
            (None, Shape::Count) => (above / ONE).to_string(),
            (None, Shape::Seconds | Shape::Days) => decimal(above, below),
        };
        let excluded = self.excluded.into_iter().map(|(reason, n)| Excluded { reason, n });
        Figure {
            code: formula.code,
            chinese: formula.chinese,
            english: formula.english,
            how: formula.how,
            basis: formula.basis,
            shape: formula.shape,
            shown,
            numerator: above,
            denominator: below,
            excluded: excluded.collect(),
            spread,
            carried: None,
            unmeasured,
        }
    }
}
