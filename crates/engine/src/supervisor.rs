//! Tells systemd that the engine is ready, that it stops, and that it still works (sd_notify(3)).
//!
//! Without a supervisor nothing is sent.

use std::{sync::Arc, time::Duration};

use sd_notify::NotifyState;

use crate::live::LiveState;

/// The engine takes calls.
pub fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// The engine reads its config again. [`ready`] follows.
pub fn reloading() {
    tell(&[NotifyState::Status("the config is being reloaded")]);
}

/// The engine takes no new calls.
pub fn stopping(status: &str) {
    tell(&[NotifyState::Stopping, NotifyState::Status(status)]);
}

/// Tells systemd's watchdog that the engine works, as long as every thread that a call needs
/// completes its loop. systemd kills and restarts an engine that does not report within
/// `WatchdogSec=`. Ends with the runtime.
pub(crate) async fn watch(live: Arc<LiveState>) {
    let Some(within) = sd_notify::watchdog_enabled() else { return };
    let mut seen: Option<Vec<u64>> = None;
    loop {
        let loops = live.loops.now();
        if seen.as_ref().is_none_or(|seen| all_moved(seen, &loops)) {
            tell(&[NotifyState::Watchdog]);
            seen = Some(loops);
        }
        tokio::time::sleep((within / 3).max(SHORTEST)).await;
    }
}

fn all_moved(before: &[u64], now: &[u64]) -> bool {
    before.iter().zip(now).all(|(before, now)| before != now)
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(e) = sd_notify::notify(states) {
        tracing::debug!("cannot notify systemd: {e}");
    }
}

/// Each thread completes its loop at least twice in this time.
const SHORTEST: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::{LoopCounters, count};

    #[test]
    fn watchdog_is_told_only_when_every_thread_has_moved() {
        let loops = LoopCounters::new(2);
        let before = loops.now();
        count(&loops.center);
        count(&loops.signalling);
        loops.count_voice(0);
        assert!(!all_moved(&before, &loops.now()), "the second voice thread stands still");
        loops.count_voice(1);
        assert!(all_moved(&before, &loops.now()));
    }
}
