//! A center without the hotline's log: calls are answered, queued and recorded, and there is no desk.
//!
//! What happens meanwhile is a series of records of its own. Once the hotline's log is mended the
//! series is imported into it, and the next start opens the tickets and files the missed calls
//! that the desk owes for it.

use model::{Event, OfferId, Timestamp, event::EmergencyStarted};

use crate::{Center, Memory};

impl Center {
    /// A center for an emergency that goes on where `memory` of the same series ends; a memory
    /// that has seen no record begins the series.
    ///
    /// What was up when the engine died is ended on the record, as in [`Center::start`].
    pub fn start_emergency(
        now: Timestamp,
        mut memory: Memory,
        plan: switch::Plan,
        policy: acd::Policy,
        version: &str,
        started: EmergencyStarted,
    ) -> Center {
        memory.begin_series(started.series);
        Center::begin(now, memory, plan, policy, version, Some(started))
    }

    /// Whether this center has no desk.
    pub(crate) fn is_emergency(&self) -> bool {
        self.memory.emergency.is_some()
    }
}

impl Memory {
    /// Calls are numbered by the microsecond of their arrival, so those of a series are not those
    /// of the hotline's log. Offers are counted: the series counts on from the microsecond it
    /// began, far above any count.
    pub(crate) fn begin_series(&mut self, series: model::EmergencyId) {
        self.emergency = Some(series);
        self.last_offer = self.last_offer.max(OfferId(series.0));
    }
}

/// Whether a record of this event may be in the log of an emergency, and be imported from there.
/// What the desk, accounts and reports write is not: they have no say in an emergency.
pub fn is_of_emergency(event: &Event) -> bool {
    match event {
        Event::EngineStarted(_)
        | Event::EngineStopped(_)
        | Event::ClockStepped(_)
        | Event::AlarmRaised(_)
        | Event::AlarmCleared(_)
        | Event::EmergencyStarted(_)
        | Event::CallArrived(_)
        | Event::CallRefused(_)
        | Event::CallAccepted(_)
        | Event::CallQueued(_)
        | Event::CallConnected(_)
        | Event::CallHeld(_)
        | Event::CallResumed(_)
        | Event::CallKeyed(_)
        | Event::CallLeftQueue(_)
        | Event::VoiceSourceAssumed(_)
        | Event::VoiceMeasured(_)
        | Event::CallEnded(_)
        | Event::OfferMade(_)
        | Event::OfferAccepted(_)
        | Event::OfferMissed(_)
        | Event::OfferWithdrawn(_)
        | Event::SeatReached(_)
        | Event::SeatUnreached(_)
        | Event::SeatLoggedIn(_)
        | Event::SeatLoggedOut(_)
        | Event::SeatReady(_)
        | Event::SeatNotReady(_)
        | Event::SeatNextSet(_)
        | Event::SeatWrapUpStarted(_)
        | Event::RecordingStarted(_)
        | Event::RecordingClosed(_)
        | Event::RecordingFailed(_)
        | Event::RecordingSalvaged(_)
        | Event::RecordingHeard(_)
        | Event::PersonLoggedIn(_)
        | Event::PersonLoggedOut(_)
        | Event::PersonRefused(_)
        | Event::Exported(_)
        | Event::ExportRefused(_)
        | Event::ListSeen(_) => true,
        Event::AlarmSettled(_)
        | Event::LogRestored(_)
        | Event::RecordImported(_)
        | Event::EmergencyImported(_)
        | Event::SeatPasswordSet(_)
        | Event::TicketOpened(_)
        | Event::MissedCallFiled(_)
        | Event::MissedCallRepeated(_)
        | Event::Desk(_)
        | Event::AccountAdded(_)
        | Event::AccountChanged(_)
        | Event::AccountEnded(_)
        | Event::RoleConfirmed(_)
        | Event::PasswordChanged(_)
        | Event::TokenIssued(_)
        | Event::TokenRevoked(_)
        | Event::TicketSeen(_)
        | Event::AttachmentKept(_)
        | Event::AttachmentTaken(_)
        | Event::ReportReleased(_)
        | Event::AssessmentRuled(_)
        | Event::AssessmentAppealed(_)
        | Event::ReportInstructed(_) => false,
    }
}
