//! The pauses of a clock.

use model::{Timestamp, desk::PauseCause};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A pause. Without an end it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pause {
    /// The cause.
    pub cause: PauseCause,
    /// The first moment of the pause.
    pub from: Timestamp,
    /// The first moment at which the clock ran again.
    pub to: Option<Timestamp>,
}

/// All pauses of a clock, in the order in which they began.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pauses(Vec<Pause>);

impl Pauses {
    /// Begins a pause. A pause that is open for the same cause is kept.
    pub(super) fn begin(&mut self, cause: PauseCause, at: Timestamp) {
        if self.open(cause).is_none() {
            self.0.push(Pause { cause, from: at, to: None });
        }
    }

    /// Ends the open pause for a cause, if there is one.
    pub(super) fn end(&mut self, cause: PauseCause, at: Timestamp) {
        if let Some(pause) = self.0.iter_mut().find(|p| p.cause == cause && p.to.is_none()) {
            pause.to = Some(at.max(pause.from));
        }
    }

    /// The pauses, in the order they began.
    pub fn all(&self) -> &[Pause] {
        &self.0
    }

    /// The pause that holds the clock at a moment; of several, the one that began first.
    pub fn at(&self, at: Timestamp) -> Option<Pause> {
        let holds = |p: &&Pause| p.from <= at && p.to.is_none_or(|to| at < to);
        self.0.iter().find(holds).copied()
    }

    /// The pause that began by a moment and is still open.
    pub(super) fn open_since(&self, at: Timestamp) -> Option<Pause> {
        self.0.iter().find(|p| p.from <= at && p.to.is_none()).copied()
    }

    /// The spans in which at least one pause held the clock, in order; spans that touch are joined.
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
    fn pauses_for_two_causes_hold_until_both_end() {
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
    fn adjacent_spans_are_joined_and_empty_ones_dropped() {
        let pause =
            |from, to| Pause { cause: PauseCause::ForceMajeure, from: at(from), to: Some(at(to)) };
        let pauses: Pauses =
            [pause(9, 9), pause(5, 7), pause(1, 3), pause(3, 4)].into_iter().collect();
        assert_eq!(pauses.merged(), [(at(1), Some(at(4))), (at(5), Some(at(7)))]);
    }
}
