//! The JSON of a record that a partner receives (INT-01 interfaces); described in README.md.
//!
//! A partner that asks for another format needs another file in place of this one.
//!
//! Masking goes by field names: only fields named here are sent. A field added to an event later is not
//! sent until it is listed here.

use model::{
    Event, Record, TicketId,
    desk::{Actor, DeskEvent, DestinationId, TicketEvent, snake_case},
};
use serde_json::{Map, Value, json};

/// A record for one destination.
#[derive(Clone, Debug)]
pub struct Envelope {
    kind: String,
    ticket: Option<TicketId>,
    head: Map<String, Value>,
    event: Value,
}

impl Envelope {
    /// The envelope of a record; `None` for records no partner receives: calls, seats, accounts, events of
    /// the courier itself, and events of another hotline.
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
        head.insert("by".into(), actor_value(&entry.by));
        Some(Envelope { kind, ticket, head, event: of })
    }

    /// The kind: `ticket.registered`, as in `model::desk::event_kinds`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The ticket of the record.
    pub fn ticket(&self) -> Option<TicketId> {
        self.ticket
    }

    /// The body. The same record always makes the same bytes.
    pub fn into_body(mut self, is_masked: bool) -> Vec<u8> {
        self.head.insert("of".into(), mask(self.event, is_masked));
        self.head.insert("masked".into(), json!(is_masked));
        Value::Object(self.head).to_string().into_bytes()
    }
}

/// The actor as role and unit, without a name.
fn actor_value(by: &Actor) -> Value {
    match by {
        Actor::Person { role, unit, .. } => json!({ "role": role.as_str(), "unit": unit }),
        Actor::Citizen => json!("citizen"),
        Actor::Partner(name) => json!({ "partner": name }),
        Actor::Engine => json!("engine"),
    }
}

/// The event without what its reader must not see: fields not listed here are removed, and personal
/// fields are `***` when `is_masked`.
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

/// A plain field is sent as it is; nested fields are filtered.
fn plain(value: Value, is_masked: bool) -> Value {
    match value {
        Value::Object(_) => mask(value, is_masked),
        Value::Array(items) => {
            Value::Array(items.into_iter().map(|item| plain(item, is_masked)).collect())
        }
        simple => simple,
    }
}

/// A value that is one word, such as a grade or an office; free text is removed.
fn word_or_nothing(value: Value) -> Value {
    match &value {
        Value::String(text) if is_word(text) => value,
        Value::Number(_) | Value::Bool(_) => value,
        _ => Value::Null,
    }
}

/// Variants of enums appear as keys, in either case; they are words of the domain.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) || is_among(PLAIN, name)
}

/// Whether the value of a coded field is a word from a list; in some events the same field is a
/// sentence.
fn is_coded(name: &str, value: &Value) -> bool {
    is_among(CODED, name) && value.as_str().is_some_and(is_word)
}

fn is_among(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|word| word == name)
}

fn is_word(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// Empty values stay empty: that a caller gave no name is not a secret.
fn masked(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::String(text) if text.is_empty() => json!(""),
        Value::Array(items) if items.is_empty() => json!([]),
        _ => json!("***"),
    }
}

/// Ticket numbers have thirteen digits, which some readers would round: they are sent as text.
fn as_text(id: &Value) -> Value {
    match id {
        Value::Number(number) => json!(number.to_string()),
        other => other.clone(),
    }
}

/// Fields that say nothing about a person; the last seven are variants in lower case.
const PLAIN: &str = "affected allowance amount_fen area assignment binding by_director by_unit call_at \
    caller_kind cause channel citizen_told clock clocks confidential connected \
    contacted_by_unit danger days direct dispatch due emotion_in emotion_out enough event \
    filing first_occurred foreign grade ground group importance interim issuers kept \
    knowledge late level line manifest matter method n occurred_from occurred_to outcome \
    parts policy post promise proposed public_text quick_kind reached repeat_caller \
    repeat_matter reply_by result_true role scope sensitive solved source stays substance \
    supervise system target to topic unit until valid_to verdict wording legal_case natural \
    network phone planned working written";

/// Fields that hold a word from a list in some events and a sentence in others.
const CODED: &str = "how kind purpose reason";

/// Fields that may identify a person: names, numbers, places and all free text.
const PERSONAL: &str = "action address against answer authority basis caller change_since_last changed complex \
    contact contact_alt content document employer evidence exhausted facts feedback finding \
    handler item listener missing name note number officer payer plan proof recurrence \
    report route_told spot statement suggestion summary supervisor tags text title \
    unsatisfiable what with";
