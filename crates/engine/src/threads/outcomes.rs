//! The recorder's reports, as events of the log.

use std::{sync::Arc, time::Duration};

use crossbeam_channel::Receiver;
use model::{
    Event,
    event::{Alarm, AlarmCleared, AlarmRaised, RecordingClosed, RecordingFailed, RecordingStarted},
};
use recorder::RecorderEvent;

use crate::mailbox::{Mailbox, MailboxWriter};

/// Passes the recorder's reports to the center until the recorder has ended.
pub(crate) fn follow(outcomes: &Receiver<RecorderEvent>, center: &Arc<Mailbox<center::Input>>) {
    let mut post = MailboxWriter::new(center);
    while let Ok(first) = outcomes.recv() {
        // Reports are not urgent: several together wake the center once.
        std::thread::sleep(GATHER);
        for event in std::iter::once(first).chain(outcomes.try_iter()).flat_map(events_of) {
            post.send(center::Input::Note(event));
        }
    }
}

fn events_of(outcome: RecorderEvent) -> Vec<Event> {
    vec![match outcome {
        RecorderEvent::DiskOk => {
            let cleared = |alarm| Event::AlarmCleared(AlarmCleared { alarm });
            return vec![cleared(Alarm::RecordingDiskFull), cleared(Alarm::RecordingDiskLow)];
        }
        RecorderEvent::Working => {
            Event::AlarmCleared(AlarmCleared { alarm: Alarm::RecordingFails })
        }
        RecorderEvent::Failing { why } => Event::AlarmRaised(AlarmRaised {
            alarm: Alarm::RecordingFails,
            text: format!("recordings fail: {why}"),
        }),
        RecorderEvent::Started { call, file } => {
            Event::RecordingStarted(RecordingStarted { call, file })
        }
        RecorderEvent::Closed { call, file, length_ms, sha256, caller_gap_ms, hotline_gap_ms } => {
            let closed =
                RecordingClosed { call, file, length_ms, sha256, caller_gap_ms, hotline_gap_ms };
            Event::RecordingClosed(closed)
        }
        RecorderEvent::Failed { call, why } => {
            Event::RecordingFailed(RecordingFailed { call, why })
        }
        RecorderEvent::DiskLow { free } => Event::AlarmRaised(AlarmRaised {
            alarm: Alarm::RecordingDiskLow,
            text: format!("only {} MB are free for recordings; free some space", free / 1_000_000),
        }),
        RecorderEvent::DiskFull { free } => Event::AlarmRaised(AlarmRaised {
            alarm: Alarm::RecordingDiskFull,
            text: format!(
                "only {} MB are free for recordings; new calls are not recorded until more space \
                 is free",
                free / 1_000_000
            ),
        }),
    }]
}

/// How long reports are collected.
const GATHER: Duration = Duration::from_millis(20);
