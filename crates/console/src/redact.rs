//! What a role sees of a caller's number, and of the log.

use model::{
    Event, Number, Record,
    event::{Audience, Role},
};
use serde_json::Value;
use stats::Cdr;
use ticketing::{
    Ticket,
    masking::{self, Secrecy, Sight, Viewer},
};

use crate::{
    port::Account,
    rights::{Right, may},
};

/// A call as this person may see it, and whether they see its caller whole.
///
/// A contractor's people see the callers of calls they did not answer as far as its ticket tells
/// that the caller asked for no confidence; before there is a ticket nobody knows.
pub(crate) fn call(mut cdr: Cdr, viewer: &Account, ticket: Option<&Ticket>) -> (Cdr, bool) {
    let is_open = || {
        !viewer.staff.employer.is_contractor()
            || cdr.agent.as_ref() == Some(&viewer.name)
            || ticket.is_some_and(|ticket| self::sight(ticket, viewer, false) == Sight::Whole)
    };
    let whole = may(viewer.role, Right::WholeNumbers) && is_open();
    if !whole {
        cdr.caller = masking::number_at(&cdr.caller, sight_of_calls(viewer.role));
    }
    (cdr, whole)
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

/// A record of the log as this person may see it in the stream; `None` when it is not for them.
///
/// The desk's own records hold names and places. They are shown ticket by ticket, masked, and never
/// here. Callers' numbers are masked for every reader: a stream from the first record on would be a list
/// of all callers, and no record would say who read it.
pub(crate) fn record(mut record: Record, viewer: &Account) -> Option<Record> {
    if let Event::RecordImported(e) = &mut record.event {
        *e.record = self::record((*e.record).clone(), viewer)?;
        return Some(record);
    }
    let is_for_viewer = match record.event.audience() {
        Audience::All => true,
        Audience::Staff => may(viewer.role, Right::People),
        Audience::Audit => may(viewer.role, Right::Audit),
        Audience::None => false,
    };
    if let Some(caller) = record.event.caller_mut() {
        *caller = masking::number_at(caller, sight_of_calls(viewer.role));
    }
    is_for_viewer.then_some(record)
}

/// How much of a caller's number a role sees that does not see it whole.
fn sight_of_calls(role: Role) -> Sight {
    match may(role, Right::Tickets) {
        true => Sight::Masked,
        false => Sight::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{CallId, Staff, Timestamp, event::*};

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

    fn person(role: Role) -> Account {
        Account {
            name: "li".into(),
            role,
            staff: Staff::default(),
            password_no: 1,
            role_asked: None,
        }
    }

    fn caller_for(viewer: &Account) -> String {
        let seen = record(arrived("13812345678"), viewer).map(|r| r.event);
        let Some(Event::CallArrived(seen)) = seen else { panic!("an arrival is for all") };
        seen.caller.reveal().to_owned()
    }

    #[test]
    fn nobody_reads_whole_numbers_in_the_log() {
        for role in [Role::Agent, Role::Qa, Role::Supervisor, Role::Director] {
            assert_eq!(caller_for(&person(role)), "138****5678");
        }
    }

    #[test]
    fn admin_and_auditor_read_no_number_in_the_log() {
        for role in [Role::Admin, Role::Auditor] {
            assert_eq!(caller_for(&person(role)), "");
        }
    }

    #[test]
    fn imported_record_is_redacted_like_any_other() {
        let imported = RecordImported {
            series: model::EmergencyId(1),
            record: Box::new(arrived("13812345678")),
        };
        let seen = record(record_of(Event::RecordImported(imported)), &person(Role::Supervisor));
        assert!(format!("{:?}", seen.map(|r| r.event.to_value())).contains("138****5678"));
        let imported = RecordImported {
            series: model::EmergencyId(1),
            record: Box::new(arrived("13812345678")),
        };
        let seen = record(record_of(Event::RecordImported(imported)), &person(Role::Admin));
        assert!(!format!("{:?}", seen.map(|r| r.event.to_value())).contains("138"));
    }

    #[test]
    fn withheld_number_stays_withheld() {
        let seen = record(arrived("anonymous"), &person(Role::Qa));
        assert_eq!(seen, Some(arrived("anonymous")));
    }

    #[test]
    fn audit_records_are_for_the_auditor_alone() {
        let seen = TicketSeen { ticket: model::TicketId(1), by: "qa1".into(), whole: true };
        let heard = RecordingHeard { call: CallId::from(1), by: "qa1".into() };
        for event in [Event::RecordingHeard(heard), Event::TicketSeen(seen)] {
            for role in Role::ALL {
                let is_seen = record(record_of(event.clone()), &person(*role)).is_some();
                assert_eq!(is_seen, *role == Role::Auditor, "{role:?}");
            }
        }
    }

    #[test]
    fn records_of_the_desk_are_in_no_stream() {
        let entry = model::desk::DeskEntry {
            by: model::desk::Actor::Engine,
            key: None,
            event: model::desk::DeskEvent::Ticket(
                model::TicketId(1),
                model::desk::TicketEvent::Noted { text: "王小明".into() },
            ),
        };
        let written = record_of(Event::Desk(Box::new(entry)));
        for role in Role::ALL {
            assert_eq!(record(written.clone(), &person(*role)), None, "{role:?}");
        }
    }
}
