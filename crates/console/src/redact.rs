//! What a role sees of a caller's number, and of the log.

use backoffice::Ticket;
use model::{Event, Number, Record, desk::Private, event::Role};
use reporting::Cdr;

use crate::rights::{Right, may};

/// A call as this role may see it.
pub(crate) fn call(mut cdr: Cdr, role: Role) -> Cdr {
    if !may(role, Right::WholeNumbers) {
        cdr.caller = redacted(&cdr.caller);
    }
    cdr
}

/// A ticket as this role may see it.
pub(crate) fn ticket(mut ticket: Ticket, role: Role) -> Ticket {
    if !may(role, Right::WholeNumbers) {
        ticket.caller = redacted(&ticket.caller);
        let form = &mut ticket.form;
        for number in [&mut form.contact, &mut form.contact_alt].into_iter().flatten() {
            *number = redacted(number);
        }
        let private = [&mut form.name, &mut form.employer, &mut form.address];
        for text in private.into_iter().flatten().filter(|text| !text.is_empty()) {
            *text = Private::new("***");
        }
        ticket.query_code.clear();
    }
    ticket
}

/// A record of the log as this role may see it; `None` when it is not for them.
///
/// Who may see the audit sees all. The others see what is named here and
/// nothing else: an event somebody adds tomorrow stays unseen until somebody
/// has thought about it.
pub(crate) fn record(mut record: Record, role: Role) -> Option<Record> {
    if may(role, Right::Audit) {
        return Some(record);
    }
    match &mut record.event {
        Event::CallArrived(e) => e.caller = redacted(&e.caller),
        Event::CallRefused(e) => e.caller = redacted(&e.caller),
        Event::TicketOpened(e) => e.caller = redacted(&e.caller),
        Event::MissedCallFiled(e) => e.caller = redacted(&e.caller),
        Event::EngineStarted(_)
        | Event::EngineStopped(_)
        | Event::AlarmRaised(_)
        | Event::AlarmCleared(_)
        | Event::CallAccepted(_)
        | Event::CallQueued(_)
        | Event::CallConnected(_)
        | Event::CallHeld(_)
        | Event::CallResumed(_)
        | Event::CallLeftQueue(_)
        | Event::CallEnded(_)
        | Event::OfferMade(_)
        | Event::OfferAccepted(_)
        | Event::OfferMissed(_)
        | Event::OfferWithdrawn(_)
        | Event::SeatReached(_)
        | Event::SeatUnreached(_)
        | Event::SeatLoggedIn(_)
        | Event::SeatLoggedOut(_)
        | Event::SeatReady(_)
        | Event::SeatNotReady(_)
        | Event::SeatNextSet(_)
        | Event::SeatWrapUpStarted(_)
        | Event::RecordingStarted(_)
        | Event::RecordingClosed(_)
        | Event::RecordingFailed(_) => {}
        // Keys may be a card number; people, passwords and listenings are the audit's.
        _ => return None,
    }
    Some(record)
}

/// `138****5678` as a number, so that views keep their shape.
fn redacted(number: &Number) -> Number {
    if number.is_withheld() { number.clone() } else { Number::new(&number.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{CallId, Timestamp, event::*};

    fn record_of(event: Event) -> Record {
        Record { seq: 1, at: Timestamp::default(), event }
    }

    fn arrived(caller: &str) -> Record {
        record_of(Event::CallArrived(CallArrived {
            call: CallId::from(1),
            caller: Number::new(caller),
            dialled: Number::new("12345"),
            line: "12345".into(),
            trunk: "telecom".into(),
        }))
    }

    #[test]
    fn agents_and_qa_read_the_log_without_numbers() {
        for role in [Role::Agent, Role::Qa] {
            let seen = record(arrived("13812345678"), role).map(|r| r.event);
            let Some(Event::CallArrived(seen)) = seen else { panic!("an arrival is for all") };
            assert_eq!(seen.caller.reveal(), "138****5678");
        }
    }

    #[test]
    fn supervisors_read_the_log_whole() {
        assert_eq!(record(arrived("13812345678"), Role::Supervisor), Some(arrived("13812345678")));
    }

    #[test]
    fn a_withheld_number_stays_withheld() {
        assert_eq!(record(arrived("anonymous"), Role::Qa), Some(arrived("anonymous")));
    }

    #[test]
    fn the_audit_is_for_supervisors() {
        let heard = record_of(Event::RecordingHeard(RecordingHeard {
            call: CallId::from(1),
            by: "qa1".into(),
        }));
        assert_eq!(record(heard.clone(), Role::Agent), None);
        assert_eq!(record(heard.clone(), Role::Qa), None);
        assert_eq!(record(heard.clone(), Role::Admin), Some(heard));
    }
}
