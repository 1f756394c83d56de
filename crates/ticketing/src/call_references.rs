//! Calls that commands name as proof: that a caller was asked, told or connected.
//!
//! The desk has no call records. The console looks each named call up and asks
//! [`CallReference::fault`] before it gives the command.

use model::{
    AreaCode, CallId, Number, Timestamp,
    desk::{Callback, Dispatch, DispatchMethod, Reached},
};

use crate::{
    DeskCommand, Ticket, assignment::AssignmentCommand, dissatisfaction::DissatisfactionCommand,
    ticket::TicketCommand,
};
use directory::leader::LeaderCommand;
use workflow::Fault;

/// A call that a command names, and what it is to prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallReference {
    /// The field of the command that names it: `parts[0].method.phone.call`.
    pub field: String,
    /// The call.
    pub call: CallId,
    proof: Proof,
}

/// The record of a call, as far as it can prove something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedCall {
    /// The number that called.
    pub caller: Number,
    /// When it arrived.
    pub arrived: Timestamp,
    /// Whether a seat answered it.
    pub answered: bool,
    /// When it ended; `None` while it is up.
    pub ended: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// The caller was asked about the result, after they were told it.
    Asked(Reached),
    /// The caller was asked again, after a ticket was closed as unsatisfied.
    AskedAgain(Reached),
    /// The caller was told something.
    Told(Reached),
    /// A person was spoken with about the ticket.
    Spoken,
}

impl DeskCommand {
    /// The calls that the command names.
    pub fn call_references(&self) -> Vec<CallReference> {
        let (call, proof) = match self {
            DeskCommand::Ticket(_, command) => match command {
                TicketCommand::Ask(Callback { call, reached, .. }) => {
                    (*call, Proof::Asked(*reached))
                }
                TicketCommand::Reply(reply) => (reply.call, Proof::Told(reply.reached)),
                TicketCommand::Contact(contact) => (contact.call, Proof::Spoken),
                TicketCommand::Divert { call, .. } => (*call, Proof::Spoken),
                TicketCommand::Dispatch(dispatch) | TicketCommand::AddUnit(dispatch) => {
                    return references_of_dispatch(dispatch);
                }
                _ => return Vec::new(),
            },
            DeskCommand::Assignment(_, AssignmentCommand::Contact(contact)) => {
                (contact.call, Proof::Spoken)
            }
            DeskCommand::Dissatisfaction(_, DissatisfactionCommand::CallBack(callback)) => {
                (callback.call, Proof::AskedAgain(callback.reached))
            }
            DeskCommand::Leader(LeaderCommand::TakeCall { call, .. }) => {
                (Some(*call), Proof::Spoken)
            }
            _ => return Vec::new(),
        };
        call.map(|call| CallReference { field: "call".to_owned(), call, proof })
            .into_iter()
            .collect()
    }
}

/// The calls by which units were told.
fn references_of_dispatch(dispatch: &Dispatch) -> Vec<CallReference> {
    let parts = dispatch.parts.iter().enumerate();
    let named = parts.filter_map(|(n, part)| {
        let DispatchMethod::Phone { call, .. } = &part.method else { return None };
        let field = format!("parts[{n}].method.phone.call");
        Some(CallReference { field, call: *call, proof: Proof::Spoken })
    });
    named.collect()
}

impl CallReference {
    /// Why the call does not prove what it is named for; `None` when it does. `ticket` is the
    /// ticket of the command, if it is known; `found` is the call's record; `home` is the hotline's
    /// area.
    pub fn fault(
        &self,
        ticket: Option<&Ticket>,
        found: Option<&RecordedCall>,
        home: &AreaCode,
    ) -> Option<Fault> {
        self.problem(ticket, found, home).map(|what| Fault::new(self.field.clone(), what))
    }

    fn problem(
        &self,
        ticket: Option<&Ticket>,
        found: Option<&RecordedCall>,
        home: &AreaCode,
    ) -> Option<String> {
        let Some(found) = found else {
            return Some(format!("there is no call {} on record", self.call));
        };
        let ticket = ticket?;
        let (is_too_old, since) = match self.proof {
            Proof::Asked(_) => {
                let since = ticket.times.replied.unwrap_or(ticket.opened);
                (found.arrived < since, "the caller was told the result")
            }
            Proof::AskedAgain(_) => {
                let item = ticket.dissatisfaction.as_ref();
                let since = item.map_or(ticket.opened, |item| item.opened);
                (found.arrived < since, "the ticket was closed as unsatisfied")
            }
            // A conversation may be recorded after the call, so the end of the call counts.
            Proof::Told(_) | Proof::Spoken => {
                let is_over = found.ended.is_some_and(|ended| ended < ticket.opened);
                (is_over, "the ticket was opened")
            }
        };
        if is_too_old {
            return Some(format!("call {} was before {since}: name a later one", self.call));
        }
        let reached = match self.proof {
            Proof::Asked(reached) | Proof::AskedAgain(reached) | Proof::Told(reached) => reached,
            Proof::Spoken => return None,
        };
        if !is_of_caller(ticket, self.call, &found.caller, home) {
            let what = "is not by this ticket's caller: it is from another number and was not added to the ticket";
            return Some(format!("call {} {what}", self.call));
        }
        (reached == Reached::Yes && !found.answered)
            .then(|| format!("call {} reached no seat", self.call))
    }
}

/// Whether the call is from a number that the ticket has of its caller, or is the ticket's first
/// call or one added to it, which is the only proof when the number is withheld.
fn is_of_caller(ticket: &Ticket, call: CallId, number: &Number, home: &AreaCode) -> bool {
    let form = &ticket.form;
    let numbers = [Some(&ticket.caller), form.contact.as_ref(), form.contact_alt.as_ref()];
    ticket.call == Some(call)
        || ticket.more_calls.contains(&call)
        || numbers.into_iter().flatten().any(|known| known.is_same(number, home))
}

#[cfg(test)]
mod tests {
    use model::{
        Event, TicketId,
        desk::{
            Actor, CallbackChannel, DeskEntry, DeskEvent, Form, ReplyBy, ReplyMade, TicketEvent,
        },
        event::TicketOpened,
    };
    use proptest::prelude::*;

    use super::*;

    const CALLER: &str = "13812345678";
    const OTHER: &str = "13900001111";

    fn home() -> AreaCode {
        "0371".parse().unwrap()
    }

    fn minute(n: u64) -> Timestamp {
        Timestamp::from_micros(n * 60_000_000)
    }

    /// A ticket opened by call 1 in minute 10, whose caller was told the result in minute 100.
    fn ticket() -> Ticket {
        let id = TicketId(2_026_112_200_001);
        let opened = TicketOpened {
            ticket: id,
            call: CallId::from(1),
            caller: Number::new(CALLER),
            line: "12345".into(),
            seat: model::SeatId(1001),
        };
        let mut ticket = Ticket::open(1, minute(10), &Event::TicketOpened(opened)).unwrap();
        ticket.form = Form { contact: Some(Number::new("037167178888")), ..Form::default() };
        ticket.times.replied = Some(minute(100));
        ticket
    }

    fn call(caller: &str, arrived: u64, length: u64) -> RecordedCall {
        RecordedCall {
            caller: Number::new(caller),
            arrived: minute(arrived),
            answered: true,
            ended: Some(minute(arrived + length)),
        }
    }

    fn asked(call: u64, reached: Reached) -> CallReference {
        let callback = Callback {
            how: CallbackChannel::Manual,
            reached,
            grade: None,
            contacted_by_unit: None,
            result_true: None,
            solved: None,
            call: Some(CallId::from(call)),
            text: String::new(),
        };
        let id = TicketId(2_026_112_200_001);
        let command = DeskCommand::Ticket(id, TicketCommand::Ask(callback));
        command.call_references().remove(0)
    }

    fn told(call: u64) -> CallReference {
        let reply = ReplyMade {
            how: ReplyBy::Phone,
            by_unit: None,
            text: "已修复".into(),
            interim: false,
            call: Some(CallId::from(call)),
            reached: Reached::Yes,
        };
        let id = TicketId(2_026_112_200_001);
        DeskCommand::Ticket(id, TicketCommand::Reply(reply)).call_references().remove(0)
    }

    #[test]
    fn callback_is_proven_by_a_later_answered_call_of_the_caller() {
        let ticket = ticket();
        let ask = asked(7, Reached::Yes);
        for caller in [CALLER, "0371-67178888", "67178888"] {
            assert_eq!(ask.fault(Some(&ticket), Some(&call(caller, 101, 3)), &home()), None);
        }
        let up = RecordedCall { ended: None, ..call(CALLER, 101, 0) };
        assert_eq!(ask.fault(Some(&ticket), Some(&up), &home()), None, "a call that is up");
        let what =
            |found: Option<&RecordedCall>| ask.fault(Some(&ticket), found, &home()).unwrap().what;
        assert!(what(None).contains("no call"));
        assert!(what(Some(&call(OTHER, 101, 3))).contains("not by this ticket's caller"));
        assert!(what(Some(&call("anonymous", 101, 3))).contains("not by this ticket's caller"));
        assert!(what(Some(&call(CALLER, 99, 3))).contains("told the result"));
        let unanswered = RecordedCall { answered: false, ..call(CALLER, 101, 3) };
        assert!(what(Some(&unanswered)).contains("reached no seat"));
        assert_eq!(
            asked(7, Reached::NoAnswer).fault(Some(&ticket), Some(&unanswered), &home()),
            None
        );
    }

    #[test]
    fn call_the_ticket_came_from_proves_an_answer_and_no_callback() {
        let ticket = ticket();
        let first = call("anonymous", 9, 5);
        assert_eq!(told(1).fault(Some(&ticket), Some(&first), &home()), None);
        assert!(asked(1, Reached::Yes).fault(Some(&ticket), Some(&first), &home()).is_some());
    }

    #[test]
    fn call_added_to_the_ticket_is_of_its_caller() {
        let mut ticket = ticket();
        let added = TicketEvent::CallAdded { call: CallId::from(7), seat: None };
        let event = DeskEvent::Ticket(ticket.ticket, added);
        ticket.apply_entry(2, minute(101), &DeskEntry { by: Actor::Engine, key: None, event });
        let ask = asked(7, Reached::Yes);
        assert_eq!(ask.fault(Some(&ticket), Some(&call("anonymous", 101, 3)), &home()), None);
    }

    proptest! {
        #[test]
        fn call_that_passes_is_of_the_caller_answered_and_late_enough(
            who in 0..3_usize, arrived in 0..200_u64, length in 0..20_u64, answered: bool, id in 1..4_u64,
        ) {
            let caller = [CALLER, OTHER, ""][who];
            let found = RecordedCall { answered, ..call(caller, arrived, length) };
            let passes = asked(id, Reached::Yes).fault(Some(&ticket()), Some(&found), &home()).is_none();
            let is_right = arrived >= 100 && answered && (caller == CALLER || id == 1);
            prop_assert_eq!(passes, is_right);
        }
    }
}
