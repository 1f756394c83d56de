//! The subject of an event, and the macros that read it from the rows of the table of events.

use crate::{AccountName, CallId, Number, SeatId, TicketId, event::SeatActor};

/// The subject of an event. A field is `None` where the event names no such thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The call.
    pub call: Option<CallId>,
    /// The seat.
    pub seat: Option<SeatId>,
    /// The ticket or missed-call item.
    pub ticket: Option<TicketId>,
    /// The caller's number.
    pub caller: Option<&'a Number>,
    /// The account that did it.
    pub by: Option<&'a AccountName>,
    /// The account it was done to.
    pub account: Option<&'a AccountName>,
}

/// A field that names the account that acted.
pub(super) trait By {
    /// The account; `None` when no person with an account acted.
    fn by(&self) -> Option<&AccountName>;
}

impl By for AccountName {
    fn by(&self) -> Option<&AccountName> {
        Some(self)
    }
}

impl By for Option<AccountName> {
    fn by(&self) -> Option<&AccountName> {
        self.as_ref()
    }
}

impl By for SeatActor {
    fn by(&self) -> Option<&AccountName> {
        match self {
            SeatActor::Person(account) => Some(account),
            SeatActor::Phone | SeatActor::Engine => None,
        }
    }
}

/// Reads one field of a row into a [`Subject`].
macro_rules! set_subject {
    ($subject:ident, $event:ident, call) => {
        $subject.call = Some($event.call)
    };
    ($subject:ident, $event:ident, seat) => {
        $subject.seat = Some($event.seat)
    };
    ($subject:ident, $event:ident, ticket) => {
        $subject.ticket = Some($event.ticket)
    };
    ($subject:ident, $event:ident, assignment) => {
        $subject.ticket = Some($event.assignment.ticket)
    };
    ($subject:ident, $event:ident, caller) => {
        $subject.caller = Some(&$event.caller)
    };
    ($subject:ident, $event:ident, account) => {
        $subject.account = Some(&$event.account)
    };
    ($subject:ident, $event:ident, agent) => {
        $subject.account = Some(&$event.agent)
    };
    ($subject:ident, $event:ident, by) => {
        $subject.by = $crate::event::subject::By::by(&$event.by)
    };
    // Only the telephone number in it is read, by `take_caller`.
    ($subject:ident, $event:ident, role) => {};
    ($subject:ident, $event:ident, to) => {};
    ($subject:ident, $event:ident, leader) => {
        $subject.by = Some(&$event.leader)
    };
    ($subject:ident, $event:ident, desk) => {{
        $subject.by = $event.by.account();
        $subject.ticket = $event.event.ticket();
    }};
}

/// Returns the caller's number from [`Event::caller_mut`](super::Event::caller_mut) where a row has
/// it.
macro_rules! take_caller {
    ($event:ident, caller) => {
        return Some(&mut $event.caller)
    };
    ($event:ident, role) => {
        return $event.role.number_mut()
    };
    ($event:ident, to) => {
        return $event.to.number_mut()
    };
    ($event:ident, $other:ident) => {};
}

/// The last column of a row.
macro_rules! is_in_emergency {
    (emergency) => {
        true
    };
    (hotline) => {
        false
    };
}

pub(super) use {is_in_emergency, set_subject, take_caller};
