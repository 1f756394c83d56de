//! The engine's own life: starts, stops, clocks, alarms.

use serde::{Deserialize, Serialize};

/// The engine began to take calls. `QUEUESTART`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EngineStarted {
    /// The program's version.
    pub version: String,
}

/// The engine drained and went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EngineStopped {
    /// Why, in a sentence.
    pub why: String,
}

/// The wall clock jumped against the monotonic one; timestamps follow the monotonic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClockStepped {
    /// By how much, in microseconds; positive is forward.
    pub by_us: i64,
}

/// Something needs a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmRaised {
    /// Which.
    pub alarm: Alarm,
    /// What is wrong and what would help, in a sentence.
    pub text: String,
}

/// An alarm's cause is gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmCleared {
    /// Which.
    pub alarm: Alarm,
}

/// What an alarm is about. At most one of each is up at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// The recordings' disk is below its free-space mark.
    RecordingDiskLow,
    /// The recordings' disk is full: calls go on, unrecorded.
    RecordingDiskFull,
    /// The log cannot be written: no new calls are taken.
    LogFailed,
    /// The log has records that cannot be read, or lost its end in a crash.
    LogDamaged,
    /// The indexed view is behind the log or damaged.
    StoreBehind,
    /// A thread does not keep up: signalling, voice or dispatch.
    Overloaded,
}
