//! The statistics of one queue in some period, with each formula under its own name.
//!
//! Symbols as in the literature: O offered, A answered, Ab abandoned (the caller
//! left before a seat answered), F flowed out (left by rule), T the threshold.
//! A rate is a fraction from 0 to 1, or `None` when the denominator is 0.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The thresholds a queue is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Thresholds {
    /// T: an answer within this time is in time, in ms.
    pub answer_ms: u64,
    /// A caller who leaves within this time is a short abandon, in ms.
    pub short_abandon_ms: u64,
}

impl Default for Thresholds {
    fn default() -> Thresholds {
        Thresholds { answer_ms: ANSWER_MS, short_abandon_ms: SHORT_ABANDON_MS }
    }
}

/// The statistics of one queue in some period. Two successive periods are summed by
/// [`QueueStats::add`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QueueStats {
    /// Calls that waited already when the period began.
    pub carried: u64,
    /// O: entered the queue.
    pub offered: u64,
    /// A: answered by a seat.
    pub answered: u64,
    /// Ab: the caller left before a seat answered.
    pub abandoned: u64,
    /// Those of the abandoned who left within the short-abandon threshold.
    pub short_abandoned: u64,
    /// F: left by rule: maximum wait, unstaffed queue, overflow, drain, fault.
    pub flowed_out: u64,
    /// Calls that still waited when the period ended, or wait now.
    pub waiting: u64,
    /// A within T.
    pub answered_in_time: u64,
    /// Ab within T.
    pub abandoned_in_time: u64,
    /// Sum of the waits of answered calls, ringing included, in ms.
    pub answered_wait_ms: u64,
    /// Sum of the waits of abandoned calls, in ms.
    pub abandoned_wait_ms: u64,
    /// Sum of the waits of calls that flowed out, in ms.
    pub flowed_out_wait_ms: u64,
    /// The longest of all these waits, in ms.
    pub wait_ms_max: u64,
    /// Talks that ended.
    pub talks: u64,
    /// Sum of their lengths, in ms.
    pub talk_ms: u64,
}

/// The five formulas of the service level. A published figure names the one it uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceLevel {
    /// A≤T / A. Asterisk's `ServicelevelPerf`: abandoned calls do not count.
    Sl1,
    /// (A≤T + Ab≤T) / (A + Ab). Asterisk's second: a call abandoned within T counts as served.
    Sl2,
    /// A≤T / (A + Ab). The default here and in Genesys: every abandoned call lowers it. 15 秒接通率
    #[default]
    Sl3,
    /// A≤T / (A + Ab>T). Calls abandoned within T do not count.
    Sl4,
    /// A≤T / (A + Ab + F). Genesys with flow-outs: every exit counts.
    Sl5,
}

impl ServiceLevel {
    /// Every formula with its word in the API.
    pub const WORDS: [(&str, ServiceLevel); 5] = [
        ("sl1", ServiceLevel::Sl1),
        ("sl2", ServiceLevel::Sl2),
        ("sl3", ServiceLevel::Sl3),
        ("sl4", ServiceLevel::Sl4),
        ("sl5", ServiceLevel::Sl5),
    ];
}

impl QueueStats {
    /// The service level by one formula.
    pub fn service_level(&self, by: ServiceLevel) -> Option<f64> {
        let (a, ab, f) = (self.answered, self.abandoned, self.flowed_out);
        let in_time = self.answered_in_time;
        match by {
            ServiceLevel::Sl1 => ratio(in_time, a),
            ServiceLevel::Sl2 => ratio(in_time + self.abandoned_in_time, a + ab),
            ServiceLevel::Sl3 => ratio(in_time, a + ab),
            ServiceLevel::Sl4 => ratio(in_time, a + ab.saturating_sub(self.abandoned_in_time)),
            ServiceLevel::Sl5 => ratio(in_time, a + ab + f),
        }
    }

    /// Average speed of answer (ASA), in ms: Σ wait(answered) / A, ringing included. 平均应答速度
    pub fn asa_ms(&self) -> Option<u64> {
        self.answered_wait_ms.checked_div(self.answered)
    }

    /// Average time to abandon, in ms: Σ wait(abandoned) / Ab.
    pub fn abandon_ms(&self) -> Option<u64> {
        self.abandoned_wait_ms.checked_div(self.abandoned)
    }

    /// Average wait (AWT) over all exits, in ms.
    pub fn wait_ms(&self) -> Option<u64> {
        let sum = self.answered_wait_ms + self.abandoned_wait_ms + self.flowed_out_wait_ms;
        sum.checked_div(self.answered + self.abandoned + self.flowed_out)
    }

    /// Average talk time (ATT), in ms: Σ talk / talks that ended.
    pub fn talk_ms_mean(&self) -> Option<u64> {
        self.talk_ms.checked_div(self.talks)
    }

    /// Abandonment: Ab / O. Calls that waited at the beginning are in O. 放弃率
    pub fn abandonment(&self) -> Option<f64> {
        ratio(self.abandoned, self.carried + self.offered)
    }

    /// Abandonment without short abandons: (Ab - short) / (O - short).
    pub fn abandonment_without_short(&self) -> Option<f64> {
        let offered = (self.carried + self.offered).saturating_sub(self.short_abandoned);
        ratio(self.abandoned.saturating_sub(self.short_abandoned), offered)
    }

    /// Answer rate: A / O, where O is every call that asked for an agent. 人工接通率
    pub fn answer_rate(&self) -> Option<f64> {
        ratio(self.answered, self.carried + self.offered)
    }

    /// Whether each call that entered was answered, has left or waits (invariant 8 of acd.md).
    /// Refused calls never enter a queue; see `Interval::refused`.
    pub fn is_balanced(&self) -> bool {
        self.carried + self.offered
            == self.answered + self.abandoned + self.flowed_out + self.waiting
    }

    /// The sum of this period and the one that follows it directly.
    #[must_use]
    pub fn add(&self, next: &QueueStats) -> QueueStats {
        QueueStats {
            carried: self.carried,
            waiting: next.waiting,
            offered: self.offered + next.offered,
            answered: self.answered + next.answered,
            abandoned: self.abandoned + next.abandoned,
            short_abandoned: self.short_abandoned + next.short_abandoned,
            flowed_out: self.flowed_out + next.flowed_out,
            answered_in_time: self.answered_in_time + next.answered_in_time,
            abandoned_in_time: self.abandoned_in_time + next.abandoned_in_time,
            answered_wait_ms: self.answered_wait_ms + next.answered_wait_ms,
            abandoned_wait_ms: self.abandoned_wait_ms + next.abandoned_wait_ms,
            flowed_out_wait_ms: self.flowed_out_wait_ms + next.flowed_out_wait_ms,
            wait_ms_max: self.wait_ms_max.max(next.wait_ms_max),
            talks: self.talks + next.talks,
            talk_ms: self.talk_ms + next.talk_ms,
        }
    }

    pub(crate) fn count_offered(&mut self) {
        self.offered += 1;
        self.waiting += 1;
    }

    pub(crate) fn count_answered(&mut self, wait_ms: u64, by: Thresholds) {
        self.answered += 1;
        self.answered_in_time += u64::from(wait_ms <= by.answer_ms);
        self.answered_wait_ms += wait_ms;
        self.count_exit(wait_ms);
    }

    pub(crate) fn count_abandoned(&mut self, wait_ms: u64, by: Thresholds) {
        self.abandoned += 1;
        self.abandoned_in_time += u64::from(wait_ms <= by.answer_ms);
        self.short_abandoned += u64::from(wait_ms <= by.short_abandon_ms);
        self.abandoned_wait_ms += wait_ms;
        self.count_exit(wait_ms);
    }

    pub(crate) fn count_flow_out(&mut self, wait_ms: u64) {
        self.flowed_out += 1;
        self.flowed_out_wait_ms += wait_ms;
        self.count_exit(wait_ms);
    }

    pub(crate) fn count_talk(&mut self, talk_ms: u64) {
        self.talks += 1;
        self.talk_ms += talk_ms;
    }

    fn count_exit(&mut self, wait_ms: u64) {
        self.wait_ms_max = self.wait_ms_max.max(wait_ms);
        self.waiting = self.waiting.saturating_sub(1);
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// An answer within 15 seconds is in time (GB/T 33358-2016).
const ANSWER_MS: u64 = 15_000;
/// A caller who leaves within 5 seconds probably misdialled.
const SHORT_ABANDON_MS: u64 = 5_000;

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten calls: six answered (four within 15 s), three abandoned (after 3, 12 and 40 s), one
    /// flowed out.
    fn ten() -> QueueStats {
        let (mut stats, by) = (QueueStats::default(), Thresholds::default());
        (0..10).for_each(|_| stats.count_offered());
        for wait_ms in [1_000, 5_000, 10_000, 15_000, 15_001, 60_000] {
            stats.count_answered(wait_ms, by);
        }
        [3_000, 12_000, 40_000].into_iter().for_each(|wait_ms| stats.count_abandoned(wait_ms, by));
        stats.count_flow_out(90_000);
        stats
    }

    #[test]
    fn service_level_differs_by_formula_for_the_same_calls() {
        let level = |by| (ten().service_level(by).unwrap() * 1_000.0).round();
        assert_eq!(level(ServiceLevel::Sl1), 667.0); // 4 / 6
        assert_eq!(level(ServiceLevel::Sl2), 667.0); // (4 + 2) / 9
        assert_eq!(level(ServiceLevel::Sl3), 444.0); // 4 / 9
        assert_eq!(level(ServiceLevel::Sl4), 571.0); // 4 / (6 + 1)
        assert_eq!(level(ServiceLevel::Sl5), 400.0); // 4 / 10
        assert_eq!(ServiceLevel::default(), ServiceLevel::Sl3);
    }

    #[test]
    fn averages_divide_by_the_calls_they_name() {
        let stats = ten();
        assert_eq!(stats.asa_ms(), Some(106_001 / 6));
        assert_eq!(stats.abandon_ms(), Some(55_000 / 3));
        assert_eq!(stats.wait_ms(), Some((106_001 + 55_000 + 90_000) / 10));
        assert_eq!(stats.wait_ms_max, 90_000);
    }

    #[test]
    fn abandonment_is_given_with_and_without_short_abandons() {
        let stats = ten();
        assert_eq!(stats.abandonment(), Some(0.3));
        assert_eq!(stats.abandonment_without_short(), Some(2.0 / 9.0));
        assert_eq!(stats.answer_rate(), Some(0.6));
    }

    #[test]
    fn rates_of_no_calls_are_none() {
        let none = QueueStats::default();
        assert_eq!(none.service_level(ServiceLevel::Sl3), None);
        assert_eq!((none.asa_ms(), none.abandonment(), none.talk_ms_mean()), (None, None, None));
    }

    #[test]
    fn successive_periods_are_summed_and_stay_balanced() {
        let first = QueueStats { waiting: 3, offered: 13, ..ten() };
        let mut second = QueueStats { carried: 3, waiting: 3, ..QueueStats::default() };
        second.count_answered(70_000, Thresholds::default());
        assert!(first.is_balanced() && second.is_balanced());
        let both = first.add(&second);
        assert!(both.is_balanced());
        assert_eq!((both.offered, both.answered, both.waiting), (13, 7, 2));
    }
}
