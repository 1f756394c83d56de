//! What a partner gets to read of a record: our own JSON (INT-01), told in README.md.
//!
//! This is the one file to replace for a partner that asks for another shape.
//!
//! Who is told what is decided here by the names of fields. Only fields named
//! here go out: one somebody adds to an event tomorrow stays at home until
//! somebody has thought about it.

use model::{
    Event, Record, TicketId,
    desk::{Actor, DeskEvent, DestinationId, TicketEvent, snake_case},
};
use serde_json::{Map, Value, json};

/// One record on its way to one destination.
#[derive(Clone, Debug)]
pub struct Envelope {
    kind: String,
    ticket: Option<TicketId>,
    head: Map<String, Value>,
    event: Value,
}

impl Envelope {
    /// The record as an envelope; `None` for what no partner is told of: calls, seats, people,
    /// what the courier itself put on record, and what another house did.
    pub fn of(record: &Record, destination: &DestinationId) -> Option<Envelope> {
        let Event::Desk(entry) = &record.event else { return None };
        if matches!(
            entry.event,
            DeskEvent::Messaging(_) | DeskEvent::Ticket(_, TicketEvent::TakenOver(_))
        ) {
            return None;
        }
        let written = entry.event.to_value();
        let (subject, what) = written.as_object()?.iter().next()?;
        let (id, event) = (what.get(0)?, what.get(1)?);
        let (variant, of) = match event {
            Value::String(variant) => (variant.as_str(), Value::Null),
            Value::Object(object) => {
                let (variant, of) = object.iter().next()?;
                (variant.as_str(), of.clone())
            }
            _ => return None,
        };
        let subject = snake_case(subject);
        let kind = format!("{subject}.{}", snake_case(variant));
        let mut head = Map::new();
        head.insert("seq".into(), json!(record.seq));
        head.insert("key".into(), json!(destination.key(record.seq)));
        head.insert("at".into(), json!(record.at.to_string()));
        head.insert("kind".into(), json!(kind));
        head.insert(subject, as_text(id));
        let ticket = entry.event.ticket();
        if let Some(ticket) = ticket {
            head.insert("ticket".into(), json!(ticket.to_string()));
        }
        head.insert("by".into(), doer(&entry.by));
        Some(Envelope { kind, ticket, head, event: of })
    }

    /// `ticket.registered`, as in `model::desk::event_kinds`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The ticket it belongs to.
    pub fn ticket(&self) -> Option<TicketId> {
        self.ticket
    }

    /// The body that is sent. The same record makes the same bytes.
    pub fn into_body(mut self, is_masked: bool) -> Vec<u8> {
        self.head.insert("of".into(), mask(self.event, is_masked));
        self.head.insert("masked".into(), json!(is_masked));
        Value::Object(self.head).to_string().into_bytes()
    }
}

/// Who did it: as what and for whom, not by name.
fn doer(by: &Actor) -> Value {
    match by {
        Actor::Person { role, unit, .. } => json!({ "role": role.as_str(), "unit": unit }),
        Actor::Citizen => json!("citizen"),
        Actor::Partner(name) => json!({ "partner": name }),
        Actor::Engine => json!("engine"),
    }
}

/// An event without what its reader is not to see: fields not named here are left out, those about
/// persons are `***` when `is_masked`.
pub fn mask(event: Value, is_masked: bool) -> Value {
    let Value::Object(fields) = event else { return word_or_nothing(event) };
    let mut seen = Map::new();
    for (name, value) in fields {
        if is_plain(&name) {
            seen.insert(name, plain(value, is_masked));
        } else if is_coded(&name, &value) {
            seen.insert(name, value);
        } else if is_among(PERSONAL, &name) || is_among(CODED, &name) {
            seen.insert(name, if is_masked { masked(&value) } else { value });
        }
    }
    Value::Object(seen)
}

/// A plain field goes as it is; what has fields of its own is looked through.
fn plain(value: Value, is_masked: bool) -> Value {
    match value {
        Value::Object(_) => mask(value, is_masked),
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| plain(item, is_masked)).collect())
        }
        simple => simple,
    }
}

/// An event that is one word, a grade or an office; words people wrote are more than one.
fn word_or_nothing(value: Value) -> Value {
    match &value {
        Value::String(text) if is_word(text) => value,
        Value::Number(_) | Value::Bool(_) => value,
        _ => Value::Null,
    }
}

/// Variants of enums stand as keys, in both ways of writing; they are words of the domain.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) || is_among(PLAIN, name)
}

/// Whether this field, which some events fill with a word from a list and others with a sentence,
/// has a word.
fn is_coded(name: &str, value: &Value) -> bool {
    is_among(CODED, name) && value.as_str().is_some_and(is_word)
}

fn is_among(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|word| word == name)
}

fn is_word(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// Nothing stays nothing: that a caller gave no name is no secret.
fn masked(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::String(text) if text.is_empty() => json!(""),
        Value::Array(items) if items.is_empty() => json!([]),
        _ => json!("***"),
    }
}

/// Numbers of tickets have thirteen digits and are names: as text no reader rounds them.
fn as_text(id: &Value) -> Value {
    match id {
        Value::Number(number) => json!(number.to_string()),
        other => other.clone(),
    }
}

/// What says nothing about a person; the last seven are variants that stand as keys in lower case.
const PLAIN: &str = "affected allowance amount_fen area assignment binding by_director by_unit call_at \
    caller_kind cause channel citizen_told clock clocks confidential connected \
    contacted_by_unit danger days direct dispatch due emotion_in emotion_out enough event \
    filing first_occurred foreign grade ground group importance interim issuers kept \
    knowledge late level line manifest matter method n occurred_from occurred_to outcome \
    parts policy post promise proposed public_text quick_kind reached repeat_caller \
    repeat_matter reply_by result_true role scope sensitive solved source stays substance \
    supervise system target to topic unit until valid_to verdict wording legal_case natural \
    network phone planned working written";

/// A word from a list in some events, a sentence in others.
const CODED: &str = "how kind purpose reason";

/// What may say who somebody is: names, numbers, places, and everything people wrote.
const PERSONAL: &str = "action address against answer authority basis caller change_since_last changed complex \
    contact contact_alt content document employer evidence exhausted facts feedback finding \
    handler item listener missing name note number officer payer plan proof recurrence \
    report route_told spot statement suggestion summary supervisor tags text title \
    unsatisfiable what with";
