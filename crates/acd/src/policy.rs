//! The policy: how each queue chooses a seat, what seats and agents serve, and the consequences of
//! a missed offer.

use std::{collections::BTreeMap, time::Duration};

use model::{
    AccountName, AgentProfile, NotReadyReason, QueueId, RoutingProfile, SeatId, Skill,
    event::MissedOutcome,
};

/// The policy of the dispatcher. [`crate::Dispatcher::adopt`] replaces it while calls go on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// The queues by name.
    pub queues: BTreeMap<QueueId, QueuePolicy>,
    /// The seats by number.
    pub seats: BTreeMap<SeatId, SeatPolicy>,
    /// The profiles of agents by account name, valid at whichever seat they sign in.
    pub agents: BTreeMap<AccountName, AgentProfile>,
    /// The consequences of a missed offer for the seat.
    pub missed: MissedPolicy,
    /// Whether signing in makes a seat ready at once. The default is no: agents sign in, sit down,
    /// and then press ready.
    pub ready_at_login: bool,
    /// Limits that are not configured.
    pub limits: Limits,
}

/// How one queue treats its calls.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuePolicy {
    /// The order in which ready seats are rung.
    pub strategy: Strategy,
    /// The time for which one seat is rung.
    pub ring: Duration,
    /// The time of wrap-up. With zero the seat is ready at once.
    pub wrap_up: Duration,
    /// The most calls that wait; one more is refused. `None`: up to [`Limits::waiting_max`].
    pub max_length: Option<u32>,
    /// The longest wait of a call after it was queued. A seat that rings at that moment may still
    /// answer.
    pub max_wait: Option<Duration>,
    /// Whether calls leave when no seat that serves the queue is signed in.
    pub leave_when_empty: bool,
    /// Queues whose seats may ring as well after some time. The call keeps its position here.
    pub overflow: Vec<Overflow>,
    /// The steps that lower the requirements while a call waits.
    pub widening: Vec<Widening>,
    /// The precedence at seats that serve several queues: the heavier queue's calls go first. 0 is
    /// ordinary.
    pub weight: u8,
}

impl Default for QueuePolicy {
    fn default() -> QueuePolicy {
        QueuePolicy {
            strategy: Strategy::default(),
            ring: RING,
            wrap_up: WRAP_UP,
            max_length: None,
            max_wait: None,
            leave_when_empty: false,
            overflow: Vec::new(),
            widening: Vec::new(),
            weight: 0,
        }
    }
}

/// Which ready seat is rung first. Among equals it is the longest idle, then the lower number.
///
/// Before the strategy, the queue's own seats go before those of overflow queues, and a lower tier
/// before a higher one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strategy {
    /// The longest idle. Asterisk: similar to `leastrecent`.
    #[default]
    LongestIdle,
    /// The one whose last offer was longest ago. Asterisk: `rrmemory`.
    RoundRobin,
    /// The one with the fewest calls since it signed in. Asterisk: `fewestcalls`.
    FewestCalls,
    /// The one that has talked least since it signed in.
    LeastTalk,
    /// The one with the highest sum of levels of the required skills.
    BestSkill,
    /// The lowest seat number. Asterisk: `linear`.
    Linear,
}

impl Strategy {
    /// Every strategy.
    pub const ALL: [Strategy; 6] = [
        Strategy::LongestIdle,
        Strategy::FewestCalls,
        Strategy::BestSkill,
        Strategy::RoundRobin,
        Strategy::LeastTalk,
        Strategy::Linear,
    ];

    /// The word in the config.
    pub fn as_str(self) -> &'static str {
        match self {
            Strategy::LongestIdle => "longest_idle",
            Strategy::FewestCalls => "fewest_calls",
            Strategy::BestSkill => "best_skill",
            Strategy::RoundRobin => "round_robin",
            Strategy::LeastTalk => "least_talk",
            Strategy::Linear => "linear",
        }
    }
}

/// After this wait, seats of another queue may be rung as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overflow {
    /// The wait since the call was queued.
    pub after: Duration,
    /// The other queue.
    pub to: QueueId,
}

/// After this wait, less is required of a seat. Of the steps reached, the widest holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Widening {
    /// The wait since the call was queued.
    pub after: Duration,
    /// The reduction of every required level. A skill whose level falls to 0 is not required.
    pub lower_by: u8,
    /// The number of additional tiers that may be rung: with 1, tier 2 as well.
    pub tiers: u8,
}

/// One seat. Its skills and queues hold while no person with a profile of their own is signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeatPolicy {
    /// The level of each skill, 1 to 10.
    pub skills: BTreeMap<Skill, u8>,
    /// The tier in each queue; tier 1 is rung first.
    pub queues: BTreeMap<QueueId, u8>,
    /// Whether it is signed in and ready when its phone is first reached.
    pub starts_ready: bool,
    /// Whether it stays not ready after wrap-up until the agent is ready.
    pub waits_after_wrap_up: bool,
}

/// The consequences of a missed offer for the seat, by the kind of miss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissedPolicy {
    /// It rang to the deadline. `NotReady{rona}`
    pub no_answer: Consequence,
    /// The agent pressed the reject key. `NotReady{rejected}`
    pub rejected: Consequence,
    /// 486: the phone is in another call, and the seat stays signed in. `NotReady{busy}`
    pub busy: Consequence,
    /// The phone is unreachable. The seat is ready again when the phone registers, or after the
    /// back-off. `NotReady{unreachable}`
    pub unreachable: Consequence,
    /// A fault of phone or configuration. `NotReady{system}`
    pub failed: Consequence,
    /// The time for which a call does not ring the seat that missed it.
    pub same_call: Duration,
}

impl MissedPolicy {
    /// The reason and the consequence of this outcome.
    pub fn consequence(&self, outcome: MissedOutcome) -> (NotReadyReason, Consequence) {
        match outcome {
            MissedOutcome::NoAnswer => (NotReadyReason::Rona, self.no_answer),
            MissedOutcome::Rejected => (NotReadyReason::Rejected, self.rejected),
            MissedOutcome::Busy => (NotReadyReason::Busy, self.busy),
            MissedOutcome::Unreachable => (NotReadyReason::Unreachable, self.unreachable),
            MissedOutcome::Failed => (NotReadyReason::System, self.failed),
        }
    }
}

impl Default for MissedPolicy {
    fn default() -> MissedPolicy {
        MissedPolicy {
            no_answer: Consequence::UntilReady,
            rejected: Consequence::BackOff(REJECTED_BACK_OFF),
            busy: Consequence::BackOff(BUSY_BACK_OFF),
            unreachable: Consequence::BackOff(UNREACHABLE_BACK_OFF),
            failed: Consequence::BackOff(FAILED_BACK_OFF),
            same_call: SAME_CALL_BACK_OFF,
        }
    }
}

/// The way in which a seat becomes ready again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// When the agent, or a supervisor, makes it ready.
    UntilReady,
    /// By itself after this time.
    BackOff(Duration),
}

impl SeatPolicy {
    /// The profile that the seat has while no person with a profile of their own is signed in.
    pub fn profile(&self) -> RoutingProfile {
        RoutingProfile { skills: self.skills.clone(), queues: self.queues.clone() }
    }
}

/// Limits that keep memory bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most calls that wait in the whole center; one more is refused as `QueueFull`.
    pub waiting_max: usize,
    /// The longest time of one wrap-up, including extensions.
    pub wrap_up_max: Duration,
    /// The most temporary profiles at one time; one more is rejected.
    pub temporary_profiles_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            waiting_max: WAITING_MAX,
            wrap_up_max: WRAP_UP_MAX,
            temporary_profiles_max: TEMPORARY_PROFILES_MAX,
        }
    }
}

/// Four cycles of the Chinese ringing tone (1 s on, 4 s off).
const RING: Duration = Duration::from_secs(20);
/// The time to finish a ticket; agents extend it for a long one.
const WRAP_UP: Duration = Duration::from_secs(20);
/// An agent who rejects a call needs a moment, not the end of the shift.
const REJECTED_BACK_OFF: Duration = Duration::from_secs(15);
/// A busy phone is soon free. With FreeSWITCH's fixed 5 s, repeated offers became too many.
const BUSY_BACK_OFF: Duration = Duration::from_secs(10);
/// Phones register about once a minute; a phone with a fixed contact never does, so its back-off
/// has to end by itself.
const UNREACHABLE_BACK_OFF: Duration = Duration::from_secs(60);
/// A fault of phone or configuration rarely ends within seconds, but one failed call need not
/// repeat.
const FAILED_BACK_OFF: Duration = Duration::from_secs(30);
/// Other seats are rung first; the only seat gets the call again after this time.
const SAME_CALL_BACK_OFF: Duration = Duration::from_secs(30);
/// Ten times the busiest moment of a province's hotline.
const WAITING_MAX: usize = 100_000;
/// More than the agents of the largest hotline.
const TEMPORARY_PROFILES_MAX: usize = 10_000;
/// A ticket that needs longer is done in `NotReady{admin}`.
const WRAP_UP_MAX: Duration = Duration::from_secs(30 * 60);
