//! The engine itself: starts, stops, clocks, alarms, emergencies.

use serde::{Deserialize, Serialize};

use crate::{AccountName, EmergencyId, Seq, event::Record};

/// The engine began to take calls. `QUEUESTART`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EngineStarted {
    /// The program's version.
    pub version: String,
}

/// The engine drained and stopped.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EngineStopped {
    /// The reason, in one sentence.
    pub why: String,
}

/// The machine's clock was set: it jumped against the monotonic clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClockStepped {
    /// The step in microseconds; positive is forward.
    pub by_us: i64,
    /// By how much the times of the records jump with this one, in microseconds. A clock set
    /// forward is followed at once; the log's time never runs backwards, so a clock set back is
    /// followed by running slower. Records from before clocks were followed have 0.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub jump_us: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands it in by reference")]
/// A condition needs a person's attention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmRaised {
    /// The alarm.
    pub alarm: Alarm,
    /// The fault and its remedy, in one sentence.
    pub text: String,
}

/// An alarm's cause is gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmCleared {
    /// The alarm.
    pub alarm: Alarm,
}

/// A person has settled an alarm that stays up until then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmSettled {
    /// The alarm.
    pub alarm: Alarm,
    /// The account; `os:NAME` for the operating-system user NAME at the machine itself.
    pub by: AccountName,
    /// The finding and the remedy.
    pub why: String,
}

/// The log was restored from a copy while the engine was stopped. It lacks what was recorded after
/// the copy was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogRestored {
    /// The kind of copy.
    pub from: LogCopy,
    /// The copy's last record.
    pub last: Seq,
    /// The operating-system user, as `os:NAME`.
    pub by: AccountName,
}

/// The engine began to take calls without the hotline's log: calls are answered, queued and
/// recorded, and there is no desk. The first record of each series, and of each start in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EmergencyStarted {
    /// The series. It stays the same over restarts, until it is imported.
    pub series: EmergencyId,
    /// The reason that the hotline's own log could not be used, in one sentence.
    pub why: String,
}

/// A record of an emergency, brought into the hotline's log. The record around it says when it
/// was brought in; the one inside says when it happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordImported {
    /// The emergency's series.
    pub series: EmergencyId,
    /// The record as the emergency wrote it.
    pub record: Box<Record>,
}

/// The import of an emergency is complete: every record is in the hotline's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EmergencyImported {
    /// The emergency's series.
    pub series: EmergencyId,
    /// The first of its records brought in by this import.
    pub first: Seq,
    /// The last of its records.
    pub last: Seq,
    /// The operating-system user, as `os:NAME`.
    pub by: AccountName,
}

/// The kind of copy a log can be restored from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogCopy {
    /// A backup.
    Backup,
    /// An export.
    Export,
}

/// The kind of an alarm. At most one of each is up at a time.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// The recordings' disk is below its free-space mark.
    RecordingDiskLow,
    /// The recordings' disk is full: calls go on, unrecorded.
    RecordingDiskFull,
    /// The log cannot be written: no new calls are taken.
    LogFailed,
    /// The indexed view is behind the log or damaged.
    StoreBehind,
    /// A thread does not keep up: signalling, voice or dispatch.
    Overloaded,
    /// A start found the log torn, damaged, or without records that were there: some may be lost.
    LogDamaged,
    /// The records of a partner differ from those that were delivered to it (INT-01).
    Unreconciled,
    /// No leader signs on some of the coming days.
    NobodySigns,
    /// The notice of the State Council for a year's holidays is not in the calendar yet, and due
    /// dates already reach into that year.
    HolidaysUnknown,
    /// Several sources send voice to one side of a call, and nothing vouches for any of them.
    RivalVoiceSources,
    /// The engine runs without the hotline's log: calls are taken, and there is no desk.
    Emergency,
    /// The machine's clock was wrong, and times in the log with it.
    ClockStepped,
    /// The log of an emergency waits to be imported, or it could not be checked whether one does.
    EmergencyNotImported,
    /// Voice ports ran out: callers were refused, or a ready seat could not be rung.
    VoicePortsShort,
    /// The process has no free file descriptor, or nearly none: recordings and connections fail.
    DescriptorsShort,
    /// A recording could not be begun, or broke off, for another reason than a full disk.
    RecordingFails,
    /// Too many missed-call items are open: refused callers without an item get none.
    MissedCallsFull,
    /// One side of a talk sends neither RTP nor RTCP: muted, or a fault in the network.
    VoiceLost,
}

impl Alarm {
    /// Whether it stays up over restarts until a person settles it ([`AlarmSettled`]), because its
    /// cause is in the past and is not detected again.
    pub fn stays_until_settled(self) -> bool {
        matches!(self, Alarm::LogDamaged | Alarm::ClockStepped)
    }
}
