//! When a clock stood still, and why.

use model::{Timestamp, desk::PauseCause};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// From when to when; without an end it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pause {
    /// Why.
    pub cause: PauseCause,
    /// The first moment it stood still.
    pub from: Timestamp,
    /// The first moment it ran again.
    pub to: Option<Timestamp>,
}

/// All the pauses of a clock, in the order they began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pauses(Vec<Pause>);

impl Pauses {
    /// It stands still from `at`. Twice for one cause is once.
    pub(super) fn begin(&mut self, cause: PauseCause, at: Timestamp) {
        if self.open(cause).is_none() {
            self.0.push(Pause { cause, from: at, to: None });
        }
    }

    /// That cause is gone. One that was not there changes nothing.
    pub(super) fn end(&mut self, cause: PauseCause, at: Timestamp) {
        if let Some(pause) = self.0.iter_mut().find(|p| p.cause == cause && p.to.is_none()) {
            pause.to = Some(at.max(pause.from));
        }
    }

    /// The pauses, in the order they began.
    pub fn all(&self) -> &[Pause] {
        &self.0
    }

    /// What holds the clock at a moment; the one that began first.
    pub fn at(&self, at: Timestamp) -> Option<Pause> {
        let holds = |p: &&Pause| p.from <= at && p.to.is_none_or(|to| at < to);
        self.0.iter().find(holds).copied()
    }

    /// What has not ended at a moment and by its own record never does.
    pub(super) fn forever_from(&self, at: Timestamp) -> Option<Pause> {
        self.0.iter().find(|p| p.from <= at && p.to.is_none()).copied()
    }

    /// Spans in which at least one pause held, in order, none touching another.
    pub(super) fn merged(&self) -> Vec<(Timestamp, Option<Timestamp>)> {
        let mut spans: Vec<(Timestamp, Option<Timestamp>)> =
            self.0.iter().map(|p| (p.from, p.to)).filter(|(from, to)| *to != Some(*from)).collect();
        spans.sort();
        let mut merged: Vec<(Timestamp, Option<Timestamp>)> = Vec::with_capacity(spans.len());
        for (from, to) in spans {
            match merged.last_mut() {
                Some((_, None)) => break,
                Some((_, Some(end))) if from <= *end => {
                    let later = to.map(|to| to.max(*end));
                    if let Some(last) = merged.last_mut() {
                        last.1 = later;
                    }
                }
                _ => merged.push((from, to)),
            }
        }
        merged
    }

    fn open(&self, cause: PauseCause) -> Option<&Pause> {
        self.0.iter().find(|p| p.cause == cause && p.to.is_none())
    }
}

impl FromIterator<Pause> for Pauses {
    fn from_iter<I: IntoIterator<Item = Pause>>(pauses: I) -> Pauses {
        let mut pauses = Pauses(pauses.into_iter().collect());
        pauses.0.sort_by_key(|pause| pause.from);
        pauses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: u64) -> Timestamp {
        Timestamp::from_micros(s * 1_000_000)
    }

    #[test]
    fn pauses_for_two_reasons_hold_until_both_are_gone() {
        let mut pauses = Pauses::default();
        pauses.begin(PauseCause::AwaitInfo, at(10));
        pauses.begin(PauseCause::Arbitrating, at(15));
        pauses.begin(PauseCause::AwaitInfo, at(16));
        pauses.end(PauseCause::AwaitInfo, at(20));
        pauses.end(PauseCause::LegalCase, at(21));
        assert_eq!(pauses.at(at(19)).map(|p| p.cause), Some(PauseCause::AwaitInfo));
        assert_eq!(pauses.at(at(20)).map(|p| p.cause), Some(PauseCause::Arbitrating));
        assert_eq!(pauses.merged(), [(at(10), None)]);
        pauses.end(PauseCause::Arbitrating, at(30));
        assert_eq!(pauses.merged(), [(at(10), Some(at(30)))]);
        assert_eq!(pauses.at(at(30)), None);
        assert_eq!(pauses.at(at(9)), None);
    }

    #[test]
    fn spans_that_touch_become_one_and_empty_ones_none() {
        let pause =
            |from, to| Pause { cause: PauseCause::ForceMajeure, from: at(from), to: Some(at(to)) };
        let pauses: Pauses =
            [pause(9, 9), pause(5, 7), pause(1, 3), pause(3, 4)].into_iter().collect();
        assert_eq!(pauses.merged(), [(at(1), Some(at(4))), (at(5), Some(at(7)))]);
    }
}
