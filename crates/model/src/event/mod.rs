//! Events: each is appended in one place; counters and displays are folds over them.
//!
//! An event names its subject and a past verb. Where Asterisk's `queue_log` has a word for it, the
//! doc comment gives the word. There is one file for each subject; the table in this file states
//! the properties of each event.
//!
//! To add an event: define its payload in the file of its subject, add a row to the table below,
//! and follow it in the fold and the view that show it.

mod agent;
mod call;
mod config;
mod engine;
mod offer;
mod people;
mod recording;
mod report;
mod seat;
mod subject;
mod ticket;

pub use agent::*;
pub use call::*;
pub use config::*;
pub use engine::*;
pub use offer::*;
pub use people::*;
pub use recording::*;
pub use report::*;
pub use seat::*;
pub use subject::Subject;
pub use ticket::*;

use serde::{Deserialize, Serialize};

use crate::{Number, Seq, Timestamp, desk::DeskEntry};
use subject::{is_in_emergency, set_subject, take_caller};

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its position: one more than that of the record before.
    pub seq: Seq,
    /// The time it happened.
    pub at: Timestamp,
    /// The event.
    #[serde(flatten)]
    pub event: Event,
}

impl Record {
    /// The record as it was first written: the record inside an imported record, otherwise itself.
    pub fn original(&self) -> &Record {
        match &self.event {
            Event::RecordImported(imported) => &imported.record,
            _ => self,
        }
    }
}

/// The accounts that may read an event in the live stream, among those that may follow the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every account that may follow the log.
    All,
    /// Accounts that may see what the hotline's people did outside of calls.
    Staff,
    /// Accounts that may read the audit.
    Audit,
    /// None: the event is not shown in the stream.
    None,
}

/// Defines [`Event`] from one row for each event: its name and payload, the fields of its subject,
/// its audience, and whether it may be in the log of an emergency (`emergency`) or only in the
/// hotline's own (`hotline`).
macro_rules! events {
    ($($name:ident($payload:ty) [$($field:ident)*] $audience:ident $log:ident;)*) => {
        /// Everything that can happen.
        ///
        /// In JSON: `{"seq":7,"at":1795334592123456,"event":"CallQueued","of":{…}}`.
        /// A variant is read for ever once it was written: add fields with `#[serde(default)]`,
        /// never rename or remove one.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "event", content = "of")]
        #[allow(missing_docs, reason = "each payload's own documentation says what happened")]
        pub enum Event {
            $($name($payload),)*
        }

        impl Event {
            /// The names of all events, as they are written in the log, in the order of the table.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// The name, as it is written in the log.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Event::$name(_) => stringify!($name),)*
                }
            }

            /// The accounts that may read it in the live stream.
            pub fn audience(&self) -> Audience {
                match self {
                    $(Event::$name(_) => Audience::$audience,)*
                }
            }

            /// Whether it may be in the log of an emergency, and be imported from there. The desk,
            /// accounts and reports write nothing in an emergency.
            pub fn is_of_emergency(&self) -> bool {
                match self {
                    $(Event::$name(_) => is_in_emergency!($log),)*
                }
            }

            /// The subject of the event: the call, the seat, the ticket and the accounts that it
            /// names.
            #[allow(unused_variables, reason = "some events are about none of these")]
            pub fn subject(&self) -> Subject<'_> {
                let mut subject = Subject::default();
                match self {
                    $(Event::$name(e) => { $(set_subject!(subject, e, $field);)* })*
                }
                subject
            }

            /// The telephone number in an event about a call, of the caller or of an outside party, to
            /// be masked before it is shown.
            #[allow(
                unused_variables, unreachable_code,
                reason = "an arm returns at the field `caller`, where its event has one"
            )]
            pub fn caller_mut(&mut self) -> Option<&mut Number> {
                match self {
                    $(Event::$name(e) => { $(take_caller!(e, $field);)* None })*
                }
            }
        }
    };
}

// A row: event(payload) [fields of its subject] audience log
events! {
    EngineStarted(EngineStarted) [] All emergency;
    EngineStopped(EngineStopped) [] All emergency;
    ClockStepped(ClockStepped) [] Staff emergency;
    AlarmRaised(AlarmRaised) [] All emergency;
    AlarmCleared(AlarmCleared) [] All emergency;
    AlarmSettled(AlarmSettled) [by] All hotline;
    LogRestored(LogRestored) [by] Staff hotline;
    // The files may have callers' numbers and are shown to nobody in the stream.
    ConfigAdopted(ConfigAdopted) [by] None hotline;
    EmergencyStarted(EmergencyStarted) [] All emergency;
    // The audience is that of the record inside.
    RecordImported(RecordImported) [] None hotline;
    EmergencyImported(EmergencyImported) [by] All hotline;

    CallArrived(CallArrived) [call caller] All emergency;
    CallRefused(CallRefused) [call caller] All emergency;
    CallAccepted(CallAccepted) [call] All emergency;
    CallQueued(CallQueued) [call] All emergency;
    CallConnected(CallConnected) [call seat] All emergency;
    CallTransferred(CallTransferred) [call seat by to] All emergency;
    TransferFailed(TransferFailed) [call] All emergency;
    TalkTaken(TalkTaken) [call seat] All emergency;
    // Agents are not told who listens to them.
    LegDialled(LegDialled) [call by role] Staff emergency;
    LegJoined(LegJoined) [call role] Staff emergency;
    MonitorModeSet(MonitorModeSet) [call seat by] Staff emergency;
    LegLeft(LegLeft) [call role] Staff emergency;
    CallHeld(CallHeld) [call] All emergency;
    CallResumed(CallResumed) [call] All emergency;
    // The keys pressed may be those of a card number.
    CallKeyed(CallKeyed) [call] Staff emergency;
    MenuEntered(MenuEntered) [call] All emergency;
    // The digits typed may be those of an account.
    MenuVisited(MenuVisited) [call] Staff emergency;
    MenuLeft(MenuLeft) [call] All emergency;
    VoiceSourceAssumed(VoiceSourceAssumed) [call] All emergency;
    CallMoved(CallMoved) [call] All emergency;
    CallLeftQueue(CallLeftQueue) [call] All emergency;
    VoicemailLeft(VoicemailLeft) [call] All emergency;
    CallEnded(CallEnded) [call] All emergency;
    VoiceMeasured(VoiceMeasured) [call] All emergency;

    OfferMade(OfferMade) [call seat] All emergency;
    OfferAccepted(OfferAccepted) [call seat] All emergency;
    OfferMissed(OfferMissed) [call seat] All emergency;
    OfferWithdrawn(OfferWithdrawn) [call seat] All emergency;

    SeatReached(SeatReached) [seat] All emergency;
    SeatUnreached(SeatUnreached) [seat] All emergency;
    SeatLoggedIn(SeatLoggedIn) [seat by] All emergency;
    SeatLoggedOut(SeatLoggedOut) [seat by] All emergency;
    SeatReady(SeatReady) [seat by] All emergency;
    SeatNotReady(SeatNotReady) [seat by] All emergency;
    SeatNextSet(SeatNextSet) [seat by] All emergency;
    SeatWrapUpStarted(SeatWrapUpStarted) [call seat] All emergency;
    SeatPasswordSet(SeatPasswordSet) [seat] Staff hotline;

    AgentProfileChanged(AgentProfileChanged) [agent by] All emergency;
    AgentProfileRestored(AgentProfileRestored) [agent by] All emergency;

    RecordingStarted(RecordingStarted) [call] All emergency;
    RecordingClosed(RecordingClosed) [call] All emergency;
    RecordingFailed(RecordingFailed) [call] All emergency;
    RecordingSalvaged(RecordingSalvaged) [call] Staff emergency;
    RecordingHeard(RecordingHeard) [call by] Audit emergency;

    TicketOpened(TicketOpened) [ticket call seat caller] All hotline;
    MissedCallFiled(MissedCallFiled) [ticket call caller] All hotline;
    MissedCallRepeated(MissedCallRepeated) [ticket call] All hotline;

    // The desk's records name persons and places; they are shown ticket by ticket, masked.
    Desk(Box<DeskEntry>) [desk] None hotline;

    AccountAdded(AccountAdded) [account by] Audit hotline;
    AccountChanged(AccountChanged) [account by] Audit hotline;
    AccountEnded(AccountEnded) [account by] Audit hotline;
    RoleConfirmed(RoleConfirmed) [account by] Audit hotline;
    PasswordChanged(PasswordChanged) [account by] Audit hotline;
    TokenIssued(TokenIssued) [account] Audit hotline;
    TokenRevoked(TokenRevoked) [account] Audit hotline;
    PersonLoggedIn(PersonLoggedIn) [account] Audit emergency;
    PersonLoggedOut(PersonLoggedOut) [account] Audit emergency;
    PersonRefused(PersonRefused) [account] Audit emergency;
    TicketSeen(TicketSeen) [ticket by] Audit hotline;
    Exported(Exported) [by] Audit emergency;
    ListSeen(ListSeen) [by] Audit emergency;
    ExportRefused(ExportRefused) [by] Audit emergency;
    AttachmentKept(AttachmentKept) [by] Staff hotline;
    AttachmentTaken(AttachmentTaken) [ticket by] Audit hotline;
    ReportReleased(ReportReleased) [by] Staff hotline;
    AssessmentRuled(AssessmentRuled) [assignment by] Staff hotline;
    AssessmentAppealed(AssessmentAppealed) [assignment by] Staff hotline;
    ReportInstructed(ReportInstructed) [leader] Staff hotline;
}

/// Whether a field is left out of a record because it says nothing.
fn is_zero(n: &u64) -> bool {
    *n == 0
}
