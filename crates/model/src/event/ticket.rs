//! What a call leaves behind for the back office.

use serde::{Deserialize, Serialize};

use crate::{CallId, LineId, Number, SeatId, TicketId};

/// A call that reached a person opened its ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketOpened {
    /// The number told to the caller once this is durable.
    pub ticket: TicketId,
    /// The call it came from.
    pub call: CallId,
    /// Who called.
    pub caller: Number,
    /// On which line.
    pub line: LineId,
    /// Who answered (CALL-28).
    pub seat: SeatId,
}

/// A call that reached nobody: somebody owes this caller a call back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MissedCallFiled {
    /// Numbered with the tickets of its day.
    pub ticket: TicketId,
    /// The call it came from.
    pub call: CallId,
    /// Who called.
    pub caller: Number,
    /// On which line.
    pub line: LineId,
    /// How long they waited, in ms.
    pub wait_ms: u64,
}

/// One more missed call of a caller whose missed-call item is still open: it is counted there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MissedCallRepeated {
    /// The caller's open item.
    pub ticket: TicketId,
    /// The call.
    pub call: CallId,
    /// It was refused on arrival: there is no call record of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
    /// How long they waited, in ms.
    pub wait_ms: u64,
}
