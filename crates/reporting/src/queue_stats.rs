//! A queue's numbers over some time, and the formulas people argue about, each under its own name.
//!
//! Symbols as in the literature: O offered, A answered, Ab abandoned (the caller
//! left before a seat answered), F flowed out (left by rule), T the threshold.
//! A rate is a fraction from 0 to 1, or `None` where nothing can be divided:
//! no calls is not 0 % and not 100 %.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The thresholds a queue is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Thresholds {
    /// T: an answer within it is in time, in ms.
    pub answer_ms: u64,
    /// Who gives up within it did not mean it: a short abandon, in ms.
    pub short_abandon_ms: u64,
}

impl Default for Thresholds {
    fn default() -> Thresholds {
        Thresholds { answer_ms: ANSWER_MS, short_abandon_ms: SHORT_ABANDON_MS }
    }
}

/// What happened in one queue in some time. Sums add up; see [`QueueStats::add`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct QueueStats {
    /// Waited already when the time began.
    pub carried: u64,
    /// O: entered the queue.
    pub offered: u64,
    /// A: answered by a seat.
    pub answered: u64,
    /// Ab: the caller left before a seat answered.
    pub abandoned: u64,
    /// Of the abandoned: within the short-abandon threshold.
    pub short_abandoned: u64,
    /// F: left by rule: longest wait, unstaffed, overflow, drain, fault.
    pub flowed_out: u64,
    /// Still waited when the time ended, or wait now.
    pub waiting: u64,
    /// A within T.
    pub answered_in_time: u64,
    /// Ab within T.
    pub abandoned_in_time: u64,
    /// Sum of the waits of the answered, ring included, in ms.
    pub answered_wait_ms: u64,
    /// Sum of the waits of the abandoned, in ms.
    pub abandoned_wait_ms: u64,
    /// Sum of the waits of the flowed out, in ms.
    pub flowed_out_wait_ms: u64,
    /// The longest of all these waits, in ms.
    pub wait_ms_max: u64,
    /// Talks that ended.
    pub talks: u64,
    /// Sum of their lengths, in ms.
    pub talk_ms: u64,
}

/// The service level's five formulas. Whoever publishes one says which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceLevel {
    /// A≤T / A. Asterisk's `ServicelevelPerf`: who gave up does not count.
    Sl1,
    /// (A≤T + Ab≤T) / (A + Ab). Asterisk's second: giving up soon counts as served.
    Sl2,
    /// A≤T / (A + Ab). Genesys' default and ours: giving up counts against us. 15 秒接通率
    #[default]
    Sl3,
    /// A≤T / (A + Ab>T). Who gave up within T does not count.
    Sl4,
    /// A≤T / (A + Ab + F). Genesys with flow-outs: nobody is left out.
    Sl5,
}

impl ServiceLevel {
    /// All of them, by word.
    pub const WORDS: [(&str, ServiceLevel); 5] = [
        ("sl1", ServiceLevel::Sl1),
        ("sl2", ServiceLevel::Sl2),
        ("sl3", ServiceLevel::Sl3),
        ("sl4", ServiceLevel::Sl4),
        ("sl5", ServiceLevel::Sl5),
    ];
}

impl QueueStats {
    /// The service level by this formula.
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

    /// Average speed of answer, in ms: Σ wait(answered) / A, ring included. 平均应答速度
    pub fn asa_ms(&self) -> Option<u64> {
        self.answered_wait_ms.checked_div(self.answered)
    }

    /// Average time to abandon, in ms: Σ wait(abandoned) / Ab.
    pub fn abandon_ms(&self) -> Option<u64> {
        self.abandoned_wait_ms.checked_div(self.abandoned)
    }

    /// Average wait over all exits, in ms (AWT).
    pub fn wait_ms(&self) -> Option<u64> {
        let sum = self.answered_wait_ms + self.abandoned_wait_ms + self.flowed_out_wait_ms;
        sum.checked_div(self.answered + self.abandoned + self.flowed_out)
    }

    /// Average talk, in ms (ATT): Σ talk / talks that ended.
    pub fn talk_ms_mean(&self) -> Option<u64> {
        self.talk_ms.checked_div(self.talks)
    }

    /// Abandonment: Ab / O, those that waited already included in O. 放弃率
    pub fn abandonment(&self) -> Option<f64> {
        ratio(self.abandoned, self.carried + self.offered)
    }

    /// Abandonment without the short ones: (Ab - short) / (O - short).
    pub fn abandonment_without_short(&self) -> Option<f64> {
        let offered = (self.carried + self.offered).saturating_sub(self.short_abandoned);
        ratio(self.abandoned.saturating_sub(self.short_abandoned), offered)
    }

    /// Answered of those that asked for a person: A / O. 人工接通率
    pub fn answer_rate(&self) -> Option<f64> {
        ratio(self.answered, self.carried + self.offered)
    }

    /// Law 8: who came is answered, has left, or waits. Refused callers never
    /// entered: they are counted beside, for the house.
    pub fn is_balanced(&self) -> bool {
        self.carried + self.offered
            == self.answered + self.abandoned + self.flowed_out + self.waiting
    }

    /// This and the time that follows it directly, as one.
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

    pub(crate) fn enters(&mut self) {
        self.offered += 1;
        self.waiting += 1;
    }

    pub(crate) fn is_answered(&mut self, wait_ms: u64, by: Thresholds) {
        self.answered += 1;
        self.answered_in_time += u64::from(wait_ms <= by.answer_ms);
        self.answered_wait_ms += wait_ms;
        self.goes(wait_ms);
    }

    pub(crate) fn abandons(&mut self, wait_ms: u64, by: Thresholds) {
        self.abandoned += 1;
        self.abandoned_in_time += u64::from(wait_ms <= by.answer_ms);
        self.short_abandoned += u64::from(wait_ms <= by.short_abandon_ms);
        self.abandoned_wait_ms += wait_ms;
        self.goes(wait_ms);
    }

    pub(crate) fn flows_out(&mut self, wait_ms: u64) {
        self.flowed_out += 1;
        self.flowed_out_wait_ms += wait_ms;
        self.goes(wait_ms);
    }

    pub(crate) fn talked(&mut self, talk_ms: u64) {
        self.talks += 1;
        self.talk_ms += talk_ms;
    }

    fn goes(&mut self, wait_ms: u64) {
        self.wait_ms_max = self.wait_ms_max.max(wait_ms);
        self.waiting = self.waiting.saturating_sub(1);
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// GB/T 33358-2016: answered within 15 seconds.
const ANSWER_MS: u64 = 15_000;
/// Who gives up within 5 seconds misdialled.
const SHORT_ABANDON_MS: u64 = 5_000;

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten came: six answered (four in 15 s), three gave up (at 3, 12 and 40 s), one flowed out.
    fn ten() -> QueueStats {
        let (mut stats, by) = (QueueStats::default(), Thresholds::default());
        (0..10).for_each(|_| stats.enters());
        for wait_ms in [1_000, 5_000, 10_000, 15_000, 15_001, 60_000] {
            stats.is_answered(wait_ms, by);
        }
        [3_000, 12_000, 40_000].into_iter().for_each(|wait_ms| stats.abandons(wait_ms, by));
        stats.flows_out(90_000);
        stats
    }

    #[test]
    fn the_five_service_levels_of_the_same_ten_calls() {
        let level = |by| (ten().service_level(by).unwrap() * 1_000.0).round();
        assert_eq!(level(ServiceLevel::Sl1), 667.0); // 4 / 6
        assert_eq!(level(ServiceLevel::Sl2), 667.0); // (4 + 2) / 9
        assert_eq!(level(ServiceLevel::Sl3), 444.0); // 4 / 9
        assert_eq!(level(ServiceLevel::Sl4), 571.0); // 4 / (6 + 1)
        assert_eq!(level(ServiceLevel::Sl5), 400.0); // 4 / 10
        assert_eq!(ServiceLevel::default(), ServiceLevel::Sl3);
    }

    #[test]
    fn the_averages_of_the_same_ten_calls() {
        let stats = ten();
        assert_eq!(stats.asa_ms(), Some(106_001 / 6));
        assert_eq!(stats.abandon_ms(), Some(55_000 / 3));
        assert_eq!(stats.wait_ms(), Some((106_001 + 55_000 + 90_000) / 10));
        assert_eq!(stats.wait_ms_max, 90_000);
    }

    #[test]
    fn abandonment_with_and_without_the_short_ones() {
        let stats = ten();
        assert_eq!(stats.abandonment(), Some(0.3));
        assert_eq!(stats.abandonment_without_short(), Some(2.0 / 9.0));
        assert_eq!(stats.answer_rate(), Some(0.6));
    }

    #[test]
    fn no_calls_have_no_rates() {
        let none = QueueStats::default();
        assert_eq!(none.service_level(ServiceLevel::Sl3), None);
        assert_eq!((none.asa_ms(), none.abandonment(), none.talk_ms_mean()), (None, None, None));
    }

    #[test]
    fn two_quarters_make_a_half_hour() {
        let first = QueueStats { waiting: 3, offered: 13, ..ten() };
        let mut second = QueueStats { carried: 3, waiting: 3, ..QueueStats::default() };
        second.is_answered(70_000, Thresholds::default());
        assert!(first.is_balanced() && second.is_balanced());
        let both = first.add(&second);
        assert!(both.is_balanced());
        assert_eq!((both.offered, both.answered, both.waiting), (13, 7, 2));
    }
}
