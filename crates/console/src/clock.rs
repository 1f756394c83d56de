//! The engine's clock with the hotline's time zone.

use std::sync::Arc;

use model::{Date, Timestamp, Zone};

use crate::backend::Clock;

/// The engine's clock with the hotline's time zone.
#[derive(Clone)]
pub(crate) struct HotlineClock {
    clock: Arc<dyn Clock>,
    zone: Zone,
}

impl HotlineClock {
    pub(crate) fn new(clock: Arc<dyn Clock>, zone: Zone) -> HotlineClock {
        HotlineClock { clock, zone }
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The hotline's date.
    pub(crate) fn today(&self) -> Date {
        self.zone.date(self.now())
    }
}
