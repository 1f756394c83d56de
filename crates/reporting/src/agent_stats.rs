//! A person's numbers over some time, by the formulas of the field.

use std::collections::BTreeMap;

use model::{NotReadyReason, event::MissedOutcome};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one agent did in some time. Sums add up; see [`AgentStats::add`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AgentStats {
    /// Rung for a call.
    pub offered: u64,
    /// Offers taken.
    pub answered: u64,
    /// Offers not taken, by how.
    pub missed: BTreeMap<MissedOutcome, u64>,
    /// Offers taken back before they were either.
    pub withdrawn: u64,
    /// Talks that ended: what AHT divides by.
    pub handled: u64,
    /// Rung, in ms.
    pub alerting_ms: u64,
    /// With callers, holds not counted, in ms. 通话
    pub talk_ms: u64,
    /// With callers put on hold by the agent, in ms.
    pub hold_ms: u64,
    /// After-call work, in ms (ACW). 话后
    pub wrap_up_ms: u64,
    /// Could take a call and had none, in ms. 示闲
    pub ready_ms: u64,
    /// Took no calls, in ms, by reason. 示忙
    pub not_ready_ms: BTreeMap<NotReadyReason, u64>,
}

impl AgentStats {
    /// This and what happened at another time.
    pub fn add(&mut self, other: &AgentStats) {
        self.offered += other.offered;
        self.answered += other.answered;
        self.withdrawn += other.withdrawn;
        self.handled += other.handled;
        self.alerting_ms += other.alerting_ms;
        self.talk_ms += other.talk_ms;
        self.hold_ms += other.hold_ms;
        self.wrap_up_ms += other.wrap_up_ms;
        self.ready_ms += other.ready_ms;
        for (outcome, n) in &other.missed {
            *self.missed.entry(*outcome).or_default() += n;
        }
        for (reason, ms) in &other.not_ready_ms {
            *self.not_ready_ms.entry(reason.clone()).or_default() += ms;
        }
    }

    /// Signed in, in ms: everything else is a part of it. 签入时长
    pub fn logged_in_ms(&self) -> u64 {
        self.busy_ms() + self.ready_ms + self.not_ready_ms.values().sum::<u64>()
    }

    /// AHT in ms: (talk + hold + ACW) / handled. 平均处理时长
    pub fn aht_ms(&self) -> Option<u64> {
        (self.talk_ms + self.hold_ms + self.wrap_up_ms).checked_div(self.handled)
    }

    /// Occupancy: (alerting + talk + hold + ACW) / (that + ready). Breaks do not count. 占用率
    pub fn occupancy(&self) -> Option<f64> {
        ratio(self.busy_ms(), self.busy_ms() + self.ready_ms)
    }

    /// Utilisation: the same of all the time signed in. 工时利用率
    pub fn utilisation(&self) -> Option<f64> {
        ratio(self.busy_ms(), self.logged_in_ms())
    }

    /// RONA rate: offers that rang to their end, of all offers.
    pub fn no_answer_rate(&self) -> Option<f64> {
        let no_answer = self.missed.get(&MissedOutcome::NoAnswer).copied().unwrap_or(0);
        ratio(no_answer, self.offered)
    }

    fn busy_ms(&self) -> u64 {
        self.alerting_ms + self.talk_ms + self.hold_ms + self.wrap_up_ms
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
