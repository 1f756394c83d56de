//! All timers of the dispatcher, and how much one timeout does.

use model::{CallId, SeatId, Timestamp};

use super::Dispatcher;

/// All timers of the dispatcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Timer {
    /// The end of an offer's lease, a wrap-up or a back-off, depending on the seat's state.
    Seat(SeatId),
    /// The next widening or overflow, the longest wait, or the moment a seat may be rung again.
    Call(CallId),
    /// The first end of a temporary profile.
    Profiles,
    /// The end of draining.
    Drain,
    /// Calls of a queue without a signed-in seat leave; the queue by index.
    Unstaffed(usize),
    /// Seats and calls that the last dispatch left are matched.
    Dispatch,
}

impl Dispatcher {
    /// Handles the timers that are due, in the order of their deadlines, up to the limits of one
    /// turn. The others stay due.
    pub(super) fn timeout(&mut self, now: Timestamp) {
        self.backlog.take_compared();
        let mut compared = 0;
        for _ in 0..TIMERS_A_TURN {
            if self.has_full_turn() || compared > COMPARED_A_TURN {
                return;
            }
            let Some(timer) = self.pop_due_timer(now) else { return };
            match timer {
                Timer::Seat(seat) => self.seat_due(now, seat),
                Timer::Call(call) => self.call_due(now, call),
                Timer::Profiles => self.profile_due(now),
                Timer::Drain => self.drained(now),
                Timer::Unstaffed(queue) => self.leave_unstaffed(now, queue),
                // Every input ends with a dispatch.
                Timer::Dispatch => {}
            }
            compared += self.backlog.take_compared();
        }
    }

    /// Whether this turn has so many outputs that the rest of its work waits for the next one.
    pub(super) fn has_full_turn(&self) -> bool {
        self.outputs.len() >= OUTPUTS_A_TURN
    }

    fn pop_due_timer(&mut self, now: Timestamp) -> Option<Timer> {
        if self.timers.first()?.0 > now {
            return None;
        }
        self.timers.pop_first().map(|(_, timer)| timer)
    }
}

/// The most timers of one turn: those of calls whose requirement is lowered cost a microsecond each.
const TIMERS_A_TURN: usize = 256;
/// Outputs after which a turn takes no further timer: each becomes a record or a command, and costs
/// some microseconds on its way.
const OUTPUTS_A_TURN: usize = 64;
/// Comparisons of skill groups with new requirements after which a turn takes no further timer.
const COMPARED_A_TURN: usize = 2_048;
