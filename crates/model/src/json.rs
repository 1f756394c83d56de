//! Records and events as JSON. The code that reads and writes every event is large: crates call
//! these functions, so that it is compiled once and not in each of them.

use serde_json::{Error, Value, value::RawValue};

use crate::{Event, Record, desk::DeskEvent};

impl Record {
    /// Appends it to `into`: `{"seq":7,"at":…,"event":"CallQueued","of":{…}}`.
    ///
    /// # Errors
    /// Does not fail for a record: all its keys are text.
    pub fn write_json(&self, into: &mut Vec<u8>) -> Result<(), Error> {
        serde_json::to_writer(into, self)
    }

    /// Reads a record.
    ///
    /// # Errors
    /// The JSON is not a record; the error has the position.
    pub fn from_json(json: &[u8]) -> Result<Record, Error> {
        serde_json::from_slice(json)
    }
}

impl Event {
    /// As a JSON tree: `{"event":"CallQueued","of":{…}}`.
    pub fn to_value(&self) -> Value {
        // Serialisation cannot fail: all keys are text.
        serde_json::to_value(self).unwrap_or_default()
    }
}

impl DeskEvent {
    /// As a JSON tree: `{"Ticket":[2026112200017,{"Registered":{…}}]}`.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// Events inside another document, for `#[serde(with = "model::json::events")]`.
pub mod events {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

    use super::{Event, RawValue, Record};

    /// Writes events as a list.
    ///
    /// # Errors
    /// The error of the serializer.
    pub fn serialize<S: Serializer>(events: &[Event], to: S) -> Result<S::Ok, S::Error> {
        let texts: Result<Vec<Box<RawValue>>, _> = events.iter().map(super::text).collect();
        texts.map_err(ser::Error::custom)?.serialize(to)
    }

    /// Reads a list of events.
    ///
    /// # Errors
    /// The error of the deserializer, or that an item is not an event.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Event>, D::Error> {
        let texts: Vec<Box<RawValue>> = Vec::deserialize(from)?;
        let read = |text: Box<RawValue>| {
            // Read as part of a record, so that the reader of events is compiled once.
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
    // The output of serde_json is UTF-8.
    RawValue::from_string(String::from_utf8_lossy(&json).into_owned())
}
