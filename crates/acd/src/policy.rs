//! The rules of the floor: what each queue asks, what each seat offers, what a missed call costs.

use std::{collections::BTreeMap, time::Duration};

use model::{NotReadyReason, QueueId, SeatId, Skill, event::MissedOutcome};

/// Everything the dispatcher decides by. Given once; a new one needs a new dispatcher.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// By name.
    pub queues: BTreeMap<QueueId, QueuePolicy>,
    /// By number.
    pub seats: BTreeMap<SeatId, SeatPolicy>,
    /// What a missed offer costs the seat.
    pub missed: MissedPolicy,
    /// Whether signing in makes a seat ready at once. The default is no: people
    /// sign in, sit down, and then say that they are ready.
    pub ready_at_login: bool,
    /// The limits nobody sets by hand.
    pub limits: Limits,
}

/// What one queue asks.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuePolicy {
    /// Which ready seat is rung.
    pub strategy: Strategy,
    /// How long one seat is rung.
    pub ring: Duration,
    /// After-call work. Zero: none, the seat is ready at once.
    pub wrap_up: Duration,
    /// Calls that may wait; one more is refused. `None`: as many as the house takes.
    pub max_length: Option<u32>,
    /// How long a call may wait since it was queued; a seat that rings by then may still answer.
    pub max_wait: Option<Duration>,
    /// Whether calls leave, and new ones do not stay, when nobody who serves it is signed in.
    pub leave_when_empty: bool,
    /// Queues whose seats count too after a while. The call keeps its place in this one.
    pub overflow: Vec<Overflow>,
    /// What is asked less of a seat as a call waits.
    pub widening: Vec<Widening>,
    /// For shared seats: all calls of a heavier queue go before those of a lighter. Ordinary is 0.
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

/// Which ready seat is rung first. Ties fall to the longest idle, then to the lower number.
///
/// Before any strategy speaks, a lower tier goes before a higher one, and the
/// queue's own seats before those that overflow brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strategy {
    /// The one ready longest. The fair one. Asterisk: near to `leastrecent`.
    #[default]
    LongestIdle,
    /// By turn: the one offered a call longest ago. Asterisk: `rrmemory`.
    RoundRobin,
    /// The one with the fewest calls since it signed in. Asterisk: `fewestcalls`.
    FewestCalls,
    /// The one that has talked least since it signed in.
    LeastTalk,
    /// The one that knows best what is asked.
    BestSkill,
    /// By seat number: the first that is ready. Asterisk: `linear`.
    Linear,
}

/// After this long, seats of another queue count too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overflow {
    /// Since the call was queued.
    pub after: Duration,
    /// The other queue.
    pub to: QueueId,
}

/// After this long, less is asked of a seat. Of all steps reached, the widest holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Widening {
    /// Since the call was queued.
    pub after: Duration,
    /// How much lower every level asked for is; a level that falls to 0 is asked no more.
    pub lower_by: u8,
    /// How many more tiers of seats count: 1 rings those of tier 2 too.
    pub tiers: u8,
}

/// What one seat offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeatPolicy {
    /// What it knows, and how well: 1 to 10.
    pub skills: BTreeMap<Skill, u8>,
    /// The queues it serves, and in which tier: 1 is rung first.
    pub queues: BTreeMap<QueueId, u8>,
    /// Whether it signs itself in and is ready when its phone is first reached.
    pub starts_ready: bool,
    /// Whether it stays not ready after wrap-up until somebody says ready.
    pub waits_after_wrap_up: bool,
}

/// What a missed offer costs the seat, by how it was missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissedPolicy {
    /// Rang to the deadline: nobody sits there. `NotReady{rona}`
    pub no_answer: Consequence,
    /// The reject key: a moment's peace. `NotReady{rejected}`
    pub rejected: Consequence,
    /// 486: the phone is in another call, and the seat stays signed in. `NotReady{busy}`
    pub busy: Consequence,
    /// The phone is away; sooner than after the back-off it returns when its phone is
    /// reached again. `NotReady{unreachable}`
    pub unreachable: Consequence,
    /// A fault of phone or configuration. `NotReady{system}`
    pub failed: Consequence,
    /// How long a call does not ring a seat again that missed it.
    pub same_call: Duration,
}

impl MissedPolicy {
    /// What this outcome costs, and by which word.
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

/// How a seat comes back from not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// When somebody says ready.
    UntilReady,
    /// By itself after this long.
    BackOff(Duration),
}

/// What keeps everything bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Calls waiting in the whole house; one more is refused as `QueueFull`.
    pub waiting_max: usize,
    /// How long one wrap-up may be in all, extensions included.
    pub wrap_up_max: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { waiting_max: WAITING_MAX, wrap_up_max: WRAP_UP_MAX }
    }
}

/// Seven rings: long enough to put a cup down.
const RING: Duration = Duration::from_secs(20);
/// To finish the ticket; people extend it when it is a long one.
const WRAP_UP: Duration = Duration::from_secs(20);
/// Who rejects wants a moment, not an end of the shift.
const REJECTED_BACK_OFF: Duration = Duration::from_secs(15);
/// A phone that is busy is soon free; FreeSWITCH's hard-coded 5 s taught that less is a storm.
const BUSY_BACK_OFF: Duration = Duration::from_secs(10);
/// Phones register every minute or so; a fixed contact never does and must come back by itself.
const UNREACHABLE_BACK_OFF: Duration = Duration::from_secs(60);
/// A wrong codec does not mend itself in seconds, but one bad answer is not for ever.
const FAILED_BACK_OFF: Duration = Duration::from_secs(30);
/// Other seats get their turn first; the only seat gets the call again after this.
const SAME_CALL_BACK_OFF: Duration = Duration::from_secs(30);
/// Ten times the worst storm a province has seen.
const WAITING_MAX: usize = 100_000;
/// A ticket that needs longer is work for `NotReady{admin}`.
const WRAP_UP_MAX: Duration = Duration::from_secs(30 * 60);
