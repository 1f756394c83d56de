//! What happened: one event, appended in one place; everything that counts or shows is a fold over it.
//!
//! An event names its subject and a past verb. Where Asterisk's `queue_log`
//! has a word for it, the doc comment gives the word. One file a subject.

mod call;
mod engine;
mod offer;
mod people;
mod recording;
mod report;
mod seat;
mod ticket;

pub use call::*;
pub use engine::*;
pub use offer::*;
pub use people::*;
pub use recording::*;
pub use report::*;
pub use seat::*;
pub use ticket::*;

use serde::{Deserialize, Serialize};

use crate::{Seq, Timestamp};

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its place: one more than the record before.
    pub seq: Seq,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

impl Record {
    /// What happened, with the moment it happened: of a record that was imported, the one inside.
    pub fn as_it_happened(&self) -> &Record {
        match &self.event {
            Event::RecordImported(imported) => &imported.record,
            _ => self,
        }
    }
}

/// Everything that can happen.
///
/// In JSON: `{"seq":7,"at":1795334592123456,"event":"CallQueued","of":{…}}`.
/// A variant once written is read for ever: add fields with `#[serde(default)]`,
/// never rename or remove.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", content = "of")]
#[allow(missing_docs, reason = "each payload's own documentation says what happened")]
pub enum Event {
    EngineStarted(EngineStarted),
    EngineStopped(EngineStopped),
    ClockStepped(ClockStepped),
    AlarmRaised(AlarmRaised),
    AlarmCleared(AlarmCleared),
    AlarmSettled(AlarmSettled),
    LogRestored(LogRestored),
    EmergencyStarted(EmergencyStarted),
    RecordImported(RecordImported),
    EmergencyImported(EmergencyImported),

    CallArrived(CallArrived),
    CallRefused(CallRefused),
    CallAccepted(CallAccepted),
    CallQueued(CallQueued),
    CallConnected(CallConnected),
    CallHeld(CallHeld),
    CallResumed(CallResumed),
    CallKeyed(CallKeyed),
    VoiceSourceAssumed(VoiceSourceAssumed),
    CallLeftQueue(CallLeftQueue),
    CallEnded(CallEnded),
    VoiceMeasured(VoiceMeasured),

    OfferMade(OfferMade),
    OfferAccepted(OfferAccepted),
    OfferMissed(OfferMissed),
    OfferWithdrawn(OfferWithdrawn),

    SeatReached(SeatReached),
    SeatUnreached(SeatUnreached),
    SeatLoggedIn(SeatLoggedIn),
    SeatLoggedOut(SeatLoggedOut),
    SeatReady(SeatReady),
    SeatNotReady(SeatNotReady),
    SeatNextSet(SeatNextSet),
    SeatWrapUpStarted(SeatWrapUpStarted),
    SeatPasswordSet(SeatPasswordSet),

    RecordingStarted(RecordingStarted),
    RecordingClosed(RecordingClosed),
    RecordingFailed(RecordingFailed),
    RecordingSalvaged(RecordingSalvaged),
    RecordingHeard(RecordingHeard),

    TicketOpened(TicketOpened),
    MissedCallFiled(MissedCallFiled),
    MissedCallRepeated(MissedCallRepeated),

    Desk(Box<crate::desk::DeskEntry>),

    AccountAdded(AccountAdded),
    AccountChanged(AccountChanged),
    AccountEnded(AccountEnded),
    RoleConfirmed(RoleConfirmed),
    PasswordChanged(PasswordChanged),
    TokenIssued(TokenIssued),
    TokenRevoked(TokenRevoked),
    PersonLoggedIn(PersonLoggedIn),
    PersonLoggedOut(PersonLoggedOut),
    PersonRefused(PersonRefused),
    TicketSeen(TicketSeen),
    Exported(Exported),
    ListSeen(ListSeen),
    ExportRefused(ExportRefused),
    AttachmentKept(AttachmentKept),
    AttachmentTaken(AttachmentTaken),
    ReportReleased(ReportReleased),
    AssessmentRuled(AssessmentRuled),
    AssessmentAppealed(AssessmentAppealed),
    ReportInstructed(ReportInstructed),
}
