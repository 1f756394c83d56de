//! Decides which calls get an item at the desk: an answered call opens a ticket, and a caller who
//! reached nobody is owed a call back.

use model::{
    CallId, Event, LineId, Number, SeatId, TicketId,
    event::{CallRefused, MissedCallFiled, MissedCallRepeated, RefusalCause, TicketOpened},
};
use serde::{Deserialize, Serialize};

use super::{Desk, MISSED_CALLS_MAX};

/// A call that needs an item at the desk, with what the item says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallToFile {
    /// The caller's number.
    pub caller: Number,
    /// The line that was called.
    pub line: LineId,
    /// How long the caller waited, in milliseconds.
    pub wait_ms: u64,
    /// The seat that answered; `None` when the caller reached nobody and is owed a call back.
    #[serde(default)]
    pub seat: Option<SeatId>,
    /// Whether the call was refused on arrival.
    #[serde(default)]
    pub refused: bool,
}

impl CallToFile {
    /// A refused call whose caller is owed a call back; `None` where the caller is not owed one.
    pub fn of_refused(refused: &CallRefused) -> Option<CallToFile> {
        owes_call_back(refused).then(|| CallToFile {
            caller: refused.caller.clone(),
            line: LineId::from(refused.dialled.reveal()),
            wait_ms: 0,
            seat: None,
            refused: true,
        })
    }
}

impl Desk {
    /// Whether the call gets an item of its own or is counted in its caller's open one. Past
    /// [`MISSED_CALLS_MAX`] open items, refused callers get an item only if they have one already.
    pub fn accepts_call(&self, call: &CallToFile) -> bool {
        !call.refused
            || self.missed_calls.len() < MISSED_CALLS_MAX
            || self.open_missed_call(&call.caller).is_some()
    }

    /// The ticket a call belongs to, and the event that files it there. `next` is the number of a
    /// new ticket; a caller with an open missed-call item gets no second one.
    pub fn file_call(&self, call: CallId, filed: CallToFile, next: TicketId) -> (TicketId, Event) {
        let CallToFile { caller, line, wait_ms, seat, refused } = filed;
        if let Some(seat) = seat {
            let opened = TicketOpened { ticket: next, call, caller, line, seat };
            return (next, Event::TicketOpened(opened));
        }
        match self.open_missed_call(&caller) {
            Some(ticket) => {
                let repeated = MissedCallRepeated { ticket, call, refused, wait_ms };
                (ticket, Event::MissedCallRepeated(repeated))
            }
            None => {
                let missed = MissedCallFiled { ticket: next, call, caller, line, wait_ms };
                (next, Event::MissedCallFiled(missed))
            }
        }
    }

    /// Whether so few missed-call items are open that refused callers get their own again: nine
    /// tenths of [`MISSED_CALLS_MAX`], so that the alarm does not flicker.
    pub fn has_room_for_missed_calls(&self) -> bool {
        self.missed_calls.len() <= MISSED_CALLS_MAX / 10 * 9
    }
}

/// Whether the caller of a refused call is owed a call back: a citizen who was refused for a reason
/// that is not their own.
fn owes_call_back(refused: &CallRefused) -> bool {
    // A call without a trunk comes from a seat, not from a citizen.
    refused.trunk.is_some()
        && match refused.cause {
            RefusalCause::IntakeFull
            | RefusalCause::EngineFull
            | RefusalCause::NoPorts
            | RefusalCause::TrunkFull
            | RefusalCause::QueueFull
            | RefusalCause::Draining
            | RefusalCause::LogFailed
            // The carrier's equipment sent something wrong; the citizen could not know.
            | RefusalCause::NoCodec
            | RefusalCause::BadRequest
            | RefusalCause::UnsupportedBody
            | RefusalCause::UnsupportedUri
            | RefusalCause::UnsupportedExtension
            | RefusalCause::TooManyHops => true,
            // A wrong number, or a blocked caller.
            RefusalCause::NoSuchLine | RefusalCause::Blacklisted => false,
        }
}
