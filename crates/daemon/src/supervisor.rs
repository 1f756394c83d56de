//! What systemd is told: ready, stopping, and that calls still get on (sd_notify(3)).
//!
//! Nothing of it does anything where no supervisor listens.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use sd_notify::NotifyState;

use crate::center_loop::View;

/// Calls are taken.
pub(crate) fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// No new calls are taken.
pub(crate) fn stopping(status: &str) {
    tell(&[NotifyState::Stopping, NotifyState::Status(status)]);
}

/// Keep the watchdog quiet as long as the center's thread turns; systemd ends an engine whose
/// calls hang, and starts it again. Ends with the runtime.
pub(crate) async fn watch(view: Arc<View>) {
    let Some(within) = sd_notify::watchdog_enabled() else { return };
    let mut seen = None;
    loop {
        let turns = view.turns.load(Ordering::Relaxed);
        if seen != Some(turns) {
            tell(&[NotifyState::Watchdog]);
        }
        seen = Some(turns);
        tokio::time::sleep((within / 3).max(SHORTEST)).await;
    }
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(e) = sd_notify::notify(states) {
        tracing::debug!("the supervisor is not told: {e}");
    }
}

/// The center turns five times a second with nothing to do.
const SHORTEST: Duration = Duration::from_millis(500);
