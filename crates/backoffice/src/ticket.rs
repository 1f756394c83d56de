//! A ticket as a fold over the log.

use model::{CallId, Event, LineId, Number, SeatId, TicketId, Timestamp};
use serde::{Deserialize, Serialize};

/// What a call left for the desk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number.
    pub ticket: TicketId,
    /// A conversation's ticket, or a missed call to be called back.
    pub kind: TicketKind,
    /// The call it came from.
    pub call: CallId,
    /// Who called.
    pub caller: Number,
    /// On which line.
    pub line: LineId,
    /// When it was opened.
    pub opened: Timestamp,
    /// Who answered; nobody for a missed call.
    pub seat: Option<SeatId>,
}

/// What kind of item a call left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketKind {
    /// The caller spoke with a seat.
    Conversation,
    /// The caller reached nobody.
    MissedCall,
}

impl Ticket {
    /// The ticket an event opens, if it opens one.
    pub fn open(at: Timestamp, event: &Event) -> Option<Ticket> {
        match event {
            Event::TicketOpened(e) => Some(Ticket {
                ticket: e.ticket,
                kind: TicketKind::Conversation,
                call: e.call,
                caller: e.caller.clone(),
                line: e.line.clone(),
                opened: at,
                seat: Some(e.seat),
            }),
            Event::MissedCallFiled(e) => Some(Ticket {
                ticket: e.ticket,
                kind: TicketKind::MissedCall,
                call: e.call,
                caller: e.caller.clone(),
                line: e.line.clone(),
                opened: at,
                seat: None,
            }),
            _ => None,
        }
    }
}
