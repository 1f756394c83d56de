//! The requirement that a waiting call has at the moment, and the groups of seats that meet it.

use model::{RuledOutReason, Skill};

/// The present requirement of a call. It is lowered once the widening of its queue has begun.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CurrentRequirement {
    /// The queue the call waits in, by index.
    pub(crate) queue: usize,
    /// Each required skill with its lowest acceptable level.
    pub(crate) skills: Vec<(Skill, u8)>,
    /// The highest tier whose seats may be rung.
    pub(crate) tier_max: u8,
    /// The queues, by index, whose seats may be rung as well, in the order of preference.
    pub(crate) overflow: Vec<usize>,
}

impl CurrentRequirement {
    /// The queues whose seats may be rung, in the order of preference.
    pub(crate) fn queues(&self) -> impl Iterator<Item = usize> + '_ {
        std::iter::once(self.queue).chain(self.overflow.iter().copied())
    }
}

/// A skill group by its index. The index of a group without members is used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GroupId(pub(crate) usize);

/// Whether a skill group may serve a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Eligibility {
    Eligible(Rank),
    /// It serves one of the queues, but does not meet the requirement.
    RuledOut(RuledOutReason),
    /// It serves none of the queues.
    OtherQueues,
}

/// The rank that is compared before the queue's strategy. A lower rank is rung first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    /// 0 for the queue's own seats, n for those of its n-th overflow queue.
    pub(crate) overflow: u8,
    /// The tier in which the group serves that queue.
    pub(crate) tier: u8,
    /// For [`crate::Strategy::BestSkill`], `u16::MAX` less the sum of the required skills' levels;
    /// otherwise 0.
    pub(crate) skill_deficit: u16,
}
