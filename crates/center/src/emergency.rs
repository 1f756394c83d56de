//! A center without the hotline's log: calls are answered, queued and recorded, and there is no desk.
//!
//! What happens meanwhile is a series of records of its own. Once the hotline's log is mended the
//! series is imported into it, and the next start opens the tickets and files the missed calls
//! that the desk owes for it.

use model::{OfferId, Timestamp, event::EmergencyStarted};

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
