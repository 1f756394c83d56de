//! Events and records as JSON.

use model::{
    Event, Record, Timestamp,
    event::{EngineStarted, RecordingStarted},
    json::events,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Letter {
    #[serde(with = "events")]
    events: Vec<Event>,
}

#[test]
fn events_in_a_letter_are_written_as_in_the_log_and_read_again() {
    let events = vec![
        Event::EngineStarted(EngineStarted { version: "1".into() }),
        Event::RecordingStarted(RecordingStarted { call: 7.into(), file: "\"a\".wav".into() }),
    ];
    let letter = Letter { events };
    let text = serde_json::to_string_pretty(&letter).unwrap();
    assert!(text.contains(r#"{"event":"EngineStarted","of":{"version":"1"}}"#), "{text}");
    assert_eq!(serde_json::from_str::<Letter>(&text).unwrap(), letter);
    for wrong in [r#"{"events":[7]}"#, r#"{"events":[{"event":"Nothing","of":{}}]}"#] {
        assert!(serde_json::from_str::<Letter>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn record_json_reads_back_to_the_same_record() {
    let event = Event::EngineStarted(EngineStarted { version: "1".into() });
    let record = Record { seq: 7, at: Timestamp::from_micros(9), event };
    let mut json = b"x".to_vec();
    record.write_json(&mut json).unwrap();
    assert_eq!(json, br#"x{"seq":7,"at":9,"event":"EngineStarted","of":{"version":"1"}}"#);
    assert_eq!(Record::from_json(&json[1..]).unwrap(), record);
}
