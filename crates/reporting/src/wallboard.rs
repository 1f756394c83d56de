//! The live picture: queues, who waits, every seat and its timer.

use std::collections::BTreeMap;

use model::{
    AccountName, CallId, Login, QueueId, SeatId, Timestamp, WorkState,
    event::{Alarm, Event},
};
use serde::Serialize;

/// What hangs on the wall. 大屏
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Wallboard {
    /// The last record it has seen.
    pub seq: u64,
    /// By name.
    pub queues: BTreeMap<QueueId, QueueBoard>,
    /// By number.
    pub seats: BTreeMap<SeatId, SeatBoard>,
    /// Alarms that are up.
    pub alarms: BTreeMap<Alarm, String>,
}

/// One queue, now and since local midnight.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct QueueBoard {
    /// Who waits, longest first. 排队
    pub waiting: Vec<WaitingCall>,
    /// Entered today. 今日呼入
    pub offered: u64,
    /// Answered today. 今日接通
    pub answered: u64,
    /// Left before a seat answered, today. 今日放弃
    pub abandoned: u64,
    /// Left by rule, today.
    pub flowed_out: u64,
    /// Answered within the threshold of 15 s today (GB/T 33358).
    pub answered_in_15s: u64,
    /// Sum of the waits of the answered, in ms; ASA = this / answered.
    pub answered_wait_ms: u64,
}

/// One who waits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WaitingCall {
    /// The call.
    pub call: CallId,
    /// Since when.
    pub since: Timestamp,
    /// Higher goes first.
    pub priority: u8,
    /// The seat it rings at, while it does.
    pub ringing: Option<SeatId>,
}

/// One seat.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeatBoard {
    /// Whether its phone can be reached: the device state.
    pub reachable: bool,
    /// Who is signed in: the login state.
    pub login: Login,
    /// What they do: the work state; `None` when signed out.
    pub work: Option<WorkState>,
    /// Since when all this.
    pub since: Timestamp,
    /// Calls taken today.
    pub answered: u64,
    /// Offers missed today.
    pub missed: u64,
    /// Talked today, in ms.
    pub talk_ms: u64,
}

impl SeatBoard {
    /// The person signed in, when known.
    pub fn agent(&self) -> Option<&AccountName> {
        match &self.login {
            Login::LoggedIn { agent } => agent.as_ref(),
            Login::LoggedOut => None,
        }
    }
}

impl Wallboard {
    /// Follow one record. See the events for what each does.
    pub fn apply(&mut self, _at: Timestamp, _event: &Event) {}
}
