//! What a role sees of a caller's number, and of the log.

use backoffice::{
    Ticket,
    masking::{self, Secrecy, Sight, Viewer},
};
use model::{Event, Number, Record, event::Role};
use reporting::Cdr;
use serde_json::Value;

use crate::{
    port::Account,
    rights::{Right, may},
};

/// A call as this role may see it.
pub(crate) fn call(mut cdr: Cdr, role: Role) -> Cdr {
    if !may(role, Right::WholeNumbers) {
        cdr.caller = redacted(&cdr.caller);
    }
    cdr
}

/// A ticket as this person may see it, and whether they see its caller whole.
/// `own`: they talk with the caller now, or sit where the call was answered.
///
/// Known texts that repeat the form are masked with it; what people wrote later,
/// in replies and notes, is as they wrote it.
pub(crate) fn ticket(mut ticket: Ticket, viewer: &Account, own: bool) -> (Ticket, bool) {
    let sight = sight(&ticket, viewer, own);
    if sight == Sight::Whole {
        return (ticket, true);
    }
    ticket.caller = masking::number_at(&ticket.caller, sight);
    ticket.form = masking::form_at(&ticket.form, sight).form;
    ticket.query_code.clear();
    (ticket, false)
}

/// How much of a ticket's caller this person may see.
pub(crate) fn sight(ticket: &Ticket, viewer: &Account, own: bool) -> Sight {
    let outsourced = viewer.staff.employer.is_contractor();
    let viewer = Viewer { role: viewer.role, outsourced, own };
    masking::sight(viewer, Secrecy::of(&ticket.form))
}

/// A step of a ticket as it was written, without the person in it where the reader must not see
/// them: fields that hold a name, a number or a place, wherever they are.
pub(crate) fn told(mut step: Value, sight: Sight) -> Value {
    if sight == Sight::Whole {
        return step;
    }
    match &mut step {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match value {
                    Value::String(text) if NUMBERS.contains(&name.as_str()) => {
                        *text = masking::number_at(&Number::new(text), sight).reveal().to_owned();
                    }
                    Value::Null => {}
                    value if PERSONAL.contains(&name.as_str()) => *value = Value::from("***"),
                    value => *value = told(value.take(), sight),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = told(item.take(), sight)),
        _ => {}
    }
    step
}

/// Fields with the number of a person; a service number's field is called so too, and is masked with it.
const NUMBERS: [&str; 4] = ["caller", "contact", "contact_alt", "number"];
/// Fields with other things by which a person is known.
const PERSONAL: [&str; 7] =
    ["name", "employer", "address", "spot", "with", "query_code", "summary"];

/// A record of the log as this role may see it; `None` when it is not for them.
///
/// The desk's own records hold names and places; they are shown ticket by
/// ticket, masked, and here only to the admin, who has the disk. Who may see
/// people's coming and going sees all the rest. The others see what is named
/// here and nothing else: an event somebody adds tomorrow stays unseen until
/// somebody has thought about it.
pub(crate) fn record(mut record: Record, role: Role) -> Option<Record> {
    if matches!(record.event, Event::Desk(_)) {
        return may(role, Right::Accounts).then_some(record);
    }
    if may(role, Right::People) {
        return Some(record);
    }
    match &mut record.event {
        Event::RecordImported(e) => {
            *e.record = self::record((*e.record).clone(), role)?;
        }
        Event::CallArrived(e) => e.caller = redacted(&e.caller),
        Event::CallRefused(e) => e.caller = redacted(&e.caller),
        Event::TicketOpened(e) => e.caller = redacted(&e.caller),
        Event::MissedCallFiled(e) => e.caller = redacted(&e.caller),
        Event::MissedCallRepeated(_)
        | Event::EngineStarted(_)
        | Event::EngineStopped(_)
        | Event::EmergencyStarted(_)
        | Event::EmergencyImported(_)
        | Event::AlarmRaised(_)
        | Event::AlarmCleared(_)
        | Event::AlarmSettled(_)
        | Event::CallAccepted(_)
        | Event::VoiceSourceAssumed(_)
        | Event::CallQueued(_)
        | Event::CallConnected(_)
        | Event::CallHeld(_)
        | Event::CallResumed(_)
        | Event::CallLeftQueue(_)
        | Event::CallEnded(_)
        | Event::VoiceMeasured(_)
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
    fn who_heard_what_is_not_for_everybody() {
        let heard = record_of(Event::RecordingHeard(RecordingHeard {
            call: CallId::from(1),
            by: "qa1".into(),
        }));
        assert_eq!(record(heard.clone(), Role::Agent), None);
        assert_eq!(record(heard.clone(), Role::Qa), None);
        assert_eq!(record(heard.clone(), Role::Admin), Some(heard));
        let seen = TicketSeen { ticket: model::TicketId(1), by: "qa1".into(), whole: true };
        let seen = record_of(Event::TicketSeen(seen));
        assert_eq!(record(seen.clone(), Role::Agent), None);
        assert_eq!(record(seen.clone(), Role::Supervisor), Some(seen));
    }

    #[test]
    fn what_the_desk_wrote_down_is_not_in_the_stream() {
        let entry = model::desk::Entry {
            by: model::desk::Doer::Engine,
            key: None,
            deed: model::desk::Deed::Ticket(
                model::TicketId(1),
                model::desk::TicketDeed::Noted { text: "王小明".into() },
            ),
        };
        let written = record_of(Event::Desk(Box::new(entry)));
        for role in Role::ALL {
            let seen = record(written.clone(), *role).is_some();
            assert_eq!(seen, *role == Role::Admin, "{role:?}");
        }
    }
}
