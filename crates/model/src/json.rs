//! Records and events as JSON, in one place. What reads and writes every word of the log is large:
//! whoever needs it calls these, so that it is compiled once and not with each crate.

use serde_json::{Error, Value, value::RawValue};

use crate::{Event, Record, desk::DeskEvent};

impl Record {
    /// Append it to `into`: `{"seq":7,"at":…,"event":"CallQueued","of":{…}}`.
    ///
    /// # Errors
    /// None that a record of ours can raise: its keys are text.
    pub fn write_json(&self, into: &mut Vec<u8>) -> Result<(), Error> {
        serde_json::to_writer(into, self)
    }

    /// Read what was written.
    ///
    /// # Errors
    /// It is no record, with the place in it.
    pub fn from_json(json: &[u8]) -> Result<Record, Error> {
        serde_json::from_slice(json)
    }
}

impl Event {
    /// As a tree, to be looked at: `{"event":"CallQueued","of":{…}}`.
    pub fn to_value(&self) -> Value {
        // Its keys are text: nothing in it can fail to be written.
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl DeskEvent {
    /// As a tree, to be looked at: `{"Ticket":[2026112200017,{"Registered":{…}}]}`.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// Events inside another document, for `#[serde(with = "model::json::events")]`.
pub mod events {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

    use super::{Event, RawValue, Record};

    /// Write them as a list.
    ///
    /// # Errors
    /// What the serializer says.
    pub fn serialize<S: Serializer>(events: &[Event], to: S) -> Result<S::Ok, S::Error> {
        let texts: Result<Vec<Box<RawValue>>, _> = events.iter().map(super::text).collect();
        texts.map_err(ser::Error::custom)?.serialize(to)
    }

    /// Read a list of them.
    ///
    /// # Errors
    /// What the deserializer says, or that something is no event.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Event>, D::Error> {
        let texts: Vec<Box<RawValue>> = Vec::deserialize(from)?;
        let read = |text: Box<RawValue>| {
            // As part of a record, so that there is one reader of events.
            let rest = text.get().trim_start().strip_prefix('{').unwrap_or_default();
            let record = Record::from_json(format!("{{\"seq\":0,\"at\":0,{rest}").as_bytes());
            record.map(|record| record.event).map_err(de::Error::custom)
        };
        texts.into_iter().map(read).collect()
    }
}

fn text(event: &Event) -> Result<Box<RawValue>, Error> {
    let mut json = Vec::new();
    serde_json::to_writer(&mut json, event)?;
    // What serde_json wrote is UTF-8.
    RawValue::from_string(String::from_utf8_lossy(&json).into_owned())
}
