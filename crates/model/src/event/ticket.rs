//! Tickets and missed-call items that a call leaves to the back office.

use serde::{Deserialize, Serialize};

use crate::{CallId, LineId, Number, SeatId, TicketId};

/// A connected call opened its ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketOpened {
    /// The ticket's number, told to the caller once this record is durable.
    pub ticket: TicketId,
    /// The call it came from.
    pub call: CallId,
    /// The caller's number.
    pub caller: Number,
    /// The line.
    pub line: LineId,
    /// The seat that answered (CALL-28).
    pub seat: SeatId,
}

/// A call was not connected: the hotline owes this caller a call back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MissedCallFiled {
    /// Numbered with the tickets of its day.
    pub ticket: TicketId,
    /// The call it came from.
    pub call: CallId,
    /// The caller's number.
    pub caller: Number,
    /// The line.
    pub line: LineId,
    /// The waiting time, in ms.
    pub wait_ms: u64,
}

/// Another missed call of a caller whose missed-call item is still open; it is counted there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MissedCallRepeated {
    /// The caller's open item.
    pub ticket: TicketId,
    /// The call.
    pub call: CallId,
    /// Whether it was refused on arrival; then there is no call record of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
    /// The waiting time, in ms.
    pub wait_ms: u64,
}
