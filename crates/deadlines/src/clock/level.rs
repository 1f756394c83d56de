//! Overdue levels O0 to O5, with the steps that each requires (hotline.md 2.5d).

use model::{
    Timestamp,
    desk::{OrderLevel, OverdueLevel},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Clock, Deadline, Policy, WorkingTime, late_from};

/// The color of an overdue level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LevelColor {
    /// O0
    Green,
    /// O1, the yellow card.
    Yellow,
    /// O2, the red card.
    Red,
    /// O3
    RedTwo,
    /// O4
    RedThree,
    /// O5
    Black,
}

/// A step that an overdue level requires.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EscalationStep {
    /// The system urges the handler and the liaison.
    UrgeHandlerAndLiaison,
    /// The system urges the unit's head.
    UrgeUnitHead,
    /// A reason for the delay must be given from now on (CLK-07).
    AskReason,
    /// A written urge is sent on the next working day (催办通知书).
    WrittenUrge,
    /// A supervision order of this level is proposed; people decide.
    ProposeOrder(OrderLevel),
    /// The delay is criticised in the bulletin.
    CriticiseInBulletin,
    /// A referral to the discipline office is proposed; people decide.
    ProposeDiscipline,
}

/// The color of a level.
pub fn color(level: OverdueLevel) -> LevelColor {
    match level {
        OverdueLevel::O0 => LevelColor::Green,
        OverdueLevel::O1 => LevelColor::Yellow,
        OverdueLevel::O2 => LevelColor::Red,
        OverdueLevel::O3 => LevelColor::RedTwo,
        OverdueLevel::O4 => LevelColor::RedThree,
        OverdueLevel::O5 => LevelColor::Black,
    }
}

/// The steps that a level requires.
pub fn escalation_steps(level: OverdueLevel) -> &'static [EscalationStep] {
    match level {
        OverdueLevel::O0 => &[],
        OverdueLevel::O1 => &[EscalationStep::UrgeHandlerAndLiaison],
        OverdueLevel::O2 => {
            &[EscalationStep::UrgeUnitHead, EscalationStep::AskReason, EscalationStep::WrittenUrge]
        }
        OverdueLevel::O3 => &[EscalationStep::ProposeOrder(OrderLevel::Remind)],
        OverdueLevel::O4 => {
            &[EscalationStep::ProposeOrder(OrderLevel::Warn), EscalationStep::CriticiseInBulletin]
        }
        OverdueLevel::O5 => {
            &[EscalationStep::ProposeOrder(OrderLevel::Account), EscalationStep::ProposeDiscipline]
        }
    }
}

/// The steps for a rise from one level to another, including those of the levels between them.
///
/// A fall requires no steps, for instance after an extension.
pub fn escalation_steps_between(
    before: OverdueLevel,
    after: OverdueLevel,
) -> impl Iterator<Item = EscalationStep> {
    (OverdueLevel::ALL.into_iter())
        .filter(move |level| *level > before && *level <= after)
        .flat_map(|level| escalation_steps(level).iter().copied())
}

impl Clock {
    /// The time at which each level begins, O1 first; `None` when it is not known.
    pub(super) fn level_starts(
        &self,
        working_time: WorkingTime<'_>,
        policy: &Policy,
        deadline: Deadline,
    ) -> [(OverdueLevel, Option<Timestamp>); 5] {
        let after = |days: u16| {
            let end = working_time.days_after(deadline.due?, u32::from(days), self.pauses())?;
            Some(late_from(end))
        };
        let [o3, o4, o5] = policy.overdue_days.map(after);
        // A warning that would begin no earlier than the lateness is left out.
        let red = deadline.due.map(late_from);
        let yellow = deadline.warn_at.filter(|at| red.is_none_or(|red| *at < red));
        [
            (OverdueLevel::O1, yellow),
            (OverdueLevel::O2, red),
            (OverdueLevel::O3, o3),
            (OverdueLevel::O4, o4),
            (OverdueLevel::O5, o5),
        ]
    }

    /// The level at a moment, without regard to the clock's end and to supervision orders.
    pub(super) fn level_at(
        &self,
        now: Timestamp,
        working_time: WorkingTime<'_>,
        policy: &Policy,
        deadline: Deadline,
    ) -> OverdueLevel {
        self.level_starts(working_time, policy, deadline)
            .into_iter()
            .filter(|(_, from)| from.is_some_and(|from| now >= from))
            .map(|(level, _)| level)
            .max()
            .unwrap_or_default()
    }

    /// When this level or a worse one begins without a further event; `None` when it is not known or
    /// the clock has not started.
    pub fn level_from(
        &self,
        level: OverdueLevel,
        working_time: WorkingTime<'_>,
        policy: &Policy,
    ) -> Option<Timestamp> {
        let starts = self.level_starts(working_time, policy, self.deadline(working_time)?);
        let reached = starts.into_iter().filter(|(begun, _)| *begun >= level);
        reached.filter_map(|(_, from)| from).min()
    }

    /// The next time at which the level changes without a further event. A driver waits until then.
    pub fn next_level_at(
        &self,
        now: Timestamp,
        working_time: WorkingTime<'_>,
        policy: &Policy,
    ) -> Option<Timestamp> {
        if self.end().is_some() {
            return None;
        }
        let starts = self.level_starts(working_time, policy, self.deadline(working_time)?);
        starts.into_iter().filter_map(|(_, from)| from).filter(|from| *from > now).min()
    }
}
