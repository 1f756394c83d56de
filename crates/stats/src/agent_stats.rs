//! The statistics of one agent in some period: counts, times, and the rates made of them.

use std::collections::BTreeMap;

use model::{NotReadyReason, event::MissedOutcome};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The statistics of one agent in some period. Two periods are summed by [`AgentStats::add`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AgentStats {
    /// Offers made.
    pub offered: u64,
    /// Offers accepted.
    pub answered: u64,
    /// Offers missed, by outcome.
    pub missed: BTreeMap<MissedOutcome, u64>,
    /// Offers withdrawn before they were accepted or missed.
    pub withdrawn: u64,
    /// Talks that ended. AHT is divided by it.
    pub handled: u64,
    /// Calls that the agent gave to someone else. 转接
    #[serde(default)]
    pub transferred: u64,
    /// Ringing, in ms. 振铃
    pub alerting_ms: u64,
    /// Talking with callers, without hold, in ms. 通话
    pub talk_ms: u64,
    /// Callers on hold, put there by the agent, in ms. 保持
    pub hold_ms: u64,
    /// After-call work, in ms (ACW). 话后
    pub wrap_up_ms: u64,
    /// Ready and without a call, in ms. 示闲
    pub ready_ms: u64,
    /// Not ready, in ms, by reason. 示忙
    pub not_ready_ms: BTreeMap<NotReadyReason, u64>,
}

impl AgentStats {
    /// Adds the statistics of another period.
    pub fn add(&mut self, other: &AgentStats) {
        self.offered += other.offered;
        self.answered += other.answered;
        self.withdrawn += other.withdrawn;
        self.handled += other.handled;
        self.transferred += other.transferred;
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

    /// Time signed in, in ms: the sum of all other times. 签入时长
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

    /// Utilisation: (alerting + talk + hold + ACW) / time signed in. 工时利用率
    pub fn utilisation(&self) -> Option<f64> {
        ratio(self.busy_ms(), self.logged_in_ms())
    }

    /// RONA rate: offers that rang until their deadline / all offers.
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
