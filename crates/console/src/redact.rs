//! Masks what a person may not see of callers and of the log.

use model::{
    Event, Number, Record,
    event::{Audience, Role},
};
use serde_json::Value;
use stats::Cdr;
use ticketing::{
    Ticket,
    masking::{self, Confidentiality, MaskingLevel, Viewer},
    rights::{Right, has_right},
};

use crate::backend::Account;

/// A call as this person may see it, and whether they see its caller unmasked.
///
/// A contractor's people see the caller of a call they did not answer only when its ticket shows
/// that the caller did not ask for confidentiality.
pub(crate) fn call(mut cdr: Cdr, viewer: &Account, ticket: Option<&Ticket>) -> (Cdr, bool) {
    let is_open = || {
        !viewer.staff.employer.is_contractor()
            || cdr.agent.as_ref() == Some(&viewer.name)
            || ticket.is_some_and(|ticket| {
                self::masking_level(ticket, viewer, false) == MaskingLevel::Unmasked
            })
    };
    let whole = has_right(viewer.role, Right::WholeNumbers) && is_open();
    if !whole {
        cdr.caller = masking::number_at(&cdr.caller, sight_of_calls(viewer.role));
    }
    (cdr, whole)
}

/// A ticket as this person may see it, and whether they see its caller unmasked.
/// `own`: it is the person's own ticket, or they sit where its call was answered.
///
/// Texts that repeat the form are masked with it; replies and notes that people wrote later are not.
pub(crate) fn ticket(mut ticket: Ticket, viewer: &Account, own: bool) -> (Ticket, bool) {
    let level = masking_level(&ticket, viewer, own);
    if level == MaskingLevel::Unmasked {
        return (ticket, true);
    }
    ticket.caller = masking::number_at(&ticket.caller, level);
    ticket.form = masking::form_at(&ticket.form, level).form;
    ticket.query_code.clear();
    (ticket, false)
}

/// The masking of a ticket's caller for this person.
pub(crate) fn masking_level(ticket: &Ticket, viewer: &Account, own: bool) -> MaskingLevel {
    let outsourced = viewer.staff.employer.is_contractor();
    let viewer = Viewer { role: viewer.role, outsourced, own };
    masking::masking_level(viewer, Confidentiality::of(&ticket.form))
}

/// A record of a ticket with the caller masked as far as the reader may not see them: in every field
/// that holds a name, a number or a place.
pub(crate) fn ticket_record(mut step: Value, level: MaskingLevel) -> Value {
    if level == MaskingLevel::Unmasked {
        return step;
    }
    match &mut step {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                match value {
                    Value::String(text) if NUMBERS.contains(&name.as_str()) => {
                        *text = masking::number_at(&Number::new(text), level).reveal().to_owned();
                    }
                    Value::Null => {}
                    value if PERSONAL.contains(&name.as_str()) => *value = Value::from("***"),
                    value => *value = ticket_record(value.take(), level),
                }
            }
        }
        Value::Array(items) => {
            items.iter_mut().for_each(|item| *item = ticket_record(item.take(), level))
        }
        _ => {}
    }
    step
}

/// Fields with a telephone number. Some hold a service number, which is masked as well.
const NUMBERS: [&str; 4] = ["caller", "contact", "contact_alt", "number"];
/// Fields with other data that identify a person.
const PERSONAL: [&str; 7] =
    ["name", "employer", "address", "spot", "with", "query_code", "summary"];

/// A record of the log as this person may see it in the stream; `None` when they may not see it.
///
/// Desk records hold names and places: they are shown ticket by ticket, masked, and never in the
/// stream. Callers' numbers are masked for every reader, because a stream from the first record on
/// would be a list of all callers without an audit record.
pub(crate) fn record(mut record: Record, viewer: &Account) -> Option<Record> {
    if let Event::RecordImported(e) = &mut record.event {
        *e.record = self::record((*e.record).clone(), viewer)?;
        return Some(record);
    }
    let is_for_viewer = match record.event.audience() {
        Audience::All => true,
        Audience::Staff => has_right(viewer.role, Right::People),
        Audience::Audit => has_right(viewer.role, Right::Audit),
        Audience::None => false,
    };
    if let Some(caller) = record.event.caller_mut() {
        *caller = masking::number_at(caller, sight_of_calls(viewer.role));
    }
    is_for_viewer.then_some(record)
}

/// The masking of a caller's number for a role that does not see it unmasked.
fn sight_of_calls(role: Role) -> MaskingLevel {
    match has_right(role, Right::Tickets) {
        true => MaskingLevel::Masked,
        false => MaskingLevel::Hidden,
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
    fn numbers_in_the_stream_are_masked_for_every_role() {
        for role in [Role::Agent, Role::Qa, Role::Supervisor, Role::Director] {
            assert_eq!(caller_for(&person(role)), "138****5678");
        }
    }

    #[test]
    fn admin_and_auditor_see_no_number_in_the_stream() {
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
    fn only_the_auditor_sees_audit_records() {
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
    fn desk_records_are_not_in_the_stream() {
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
