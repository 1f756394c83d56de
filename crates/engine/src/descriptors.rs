//! Watches the number of free file descriptors. Recordings, connections and the log need new ones
//! all the time, and each fails differently when there is none.

use std::{io, sync::Arc, time::Duration};

use model::{
    Event,
    event::{Alarm, AlarmCleared, AlarmRaised},
};
use rustix::{
    io::Errno,
    process::{Resource, getrlimit},
};

use crate::backend::Engine;

/// The most descriptors that this process may open; `None` without a limit.
pub fn limit() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// Checks every few seconds until the runtime ends, and raises or clears the alarm.
pub(crate) async fn watch(engine: Arc<Engine>) {
    let mut watch = Watch::default();
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(limit) = limit() else { return };
        let Some(used) = used(limit) else { return };
        let Some(event) = watch.look(used, limit) else { continue };
        let mut input = center::Input::Note(event);
        while let Err(back) = engine.center.try_send(input) {
            input = back;
            tokio::time::sleep(RETRY).await;
        }
    }
}

/// The number of open descriptors; `None` where the system does not tell.
///
/// Counting needs a descriptor itself: when it fails for want of one, all are in use.
fn used(limit: u64) -> Option<u64> {
    match std::fs::read_dir("/proc/self/fd") {
        Ok(open) => Some(open.count() as u64),
        Err(error) if is_out_of_descriptors(&error) => Some(limit),
        Err(error) => {
            tracing::warn!("cannot count open files: {error}; their number is not monitored");
            None
        }
    }
}

/// Whether a call failed because this process, or the system, has no free descriptor.
pub(crate) fn is_out_of_descriptors(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE))
}

/// The state of the alarm.
#[derive(Debug, Default)]
struct Watch {
    is_raised: bool,
}

impl Watch {
    /// The event to write to the log when `used` of `limit` descriptors are open, if any.
    fn look(&mut self, used: u64, limit: u64) -> Option<Event> {
        let alarm = Alarm::DescriptorsShort;
        let percent = used.saturating_mul(100) / limit.max(1);
        match self.is_raised {
            false if percent >= RAISE_PERCENT => {
                self.is_raised = true;
                let text = format!(
                    "{used} of {limit} file descriptors are open: recordings and connections \
                     fail when the limit is reached; raise LimitNOFILE (heartline check says how \
                     many are needed), or find out which clients keep connections open"
                );
                Some(Event::AlarmRaised(AlarmRaised { alarm, text }))
            }
            true if percent < CLEAR_PERCENT => {
                self.is_raised = false;
                Some(Event::AlarmCleared(AlarmCleared { alarm }))
            }
            _ => None,
        }
    }
}

/// A burst of connections needs longer than this to use a tenth of the descriptors.
const EVERY: Duration = Duration::from_secs(2);
/// How soon to try again when the center's mailbox is full.
const RETRY: Duration = Duration::from_millis(100);
const RAISE_PERCENT: u64 = 90;
const CLEAR_PERCENT: u64 = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarm_is_raised_before_the_last_descriptor_and_cleared_with_room() {
        let mut watch = Watch::default();
        assert_eq!(watch.look(89, 100), None);
        assert!(matches!(watch.look(90, 100), Some(Event::AlarmRaised(_))));
        assert_eq!(watch.look(100, 100), None);
        assert_eq!(watch.look(85, 100), None);
        assert!(matches!(watch.look(79, 100), Some(Event::AlarmCleared(_))));
        assert_eq!(watch.look(79, 100), None);
    }

    #[test]
    fn open_descriptors_are_counted() {
        let before = used(1_024).expect("this system says");
        let files: Vec<_> =
            (0..50).map(|_| std::fs::File::open("/dev/null").expect("a file")).collect();
        // Other tests of this process open and close files too.
        assert!(used(1_024).expect("this system says") + 20 >= before + files.len() as u64);
    }
}
