//! A center without the hotline's log: it answers, queues and records calls, but has no desk.
//!
//! Its events form a separate series of records. Once the hotline's log is repaired, the series is
//! imported into it, and the next start opens the tickets and files the missed calls of the series.

use model::{OfferId, Timestamp, event::EmergencyStarted};

use crate::{Center, Memory};

impl Center {
    /// A center for an emergency that continues the series of `memory`; an empty memory begins the
    /// series.
    ///
    /// Calls and offers that were up when the engine died are ended in the log, as in
    /// [`Center::start`].
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
    /// Marks this memory as that of a series, and sets its ids apart from those of the hotline's
    /// log.
    ///
    /// Call ids are the microsecond of arrival and differ already. Offer ids are counted, so the
    /// series counts from the microsecond it began at, which is far above any count.
    pub(crate) fn begin_series(&mut self, series: model::EmergencyId) {
        self.emergency = Some(series);
        self.last_offer = self.last_offer.max(OfferId(series.0));
    }
}
