//! The center and its inputs before its thread starts.

use ::center::{Center, Input, Memory};
use model::{
    EmergencyId, Event, Timestamp,
    event::{Alarm, AlarmRaised, EmergencyStarted, RecordingFailed, RecordingSalvaged},
};
use recorder::SalvagedRecording;
use settings::Settings;

use crate::emergency;

/// The findings of the start.
pub(super) struct Findings<'a> {
    /// The voice ports.
    pub(super) ports: Vec<u16>,
    /// The alarm about a damaged log.
    pub(super) damage: Option<AlarmRaised>,
    /// The alarm about an emergency that is not imported yet.
    pub(super) pending_import: Option<String>,
    /// Recordings that were not closed when the engine died.
    pub(super) salvaged: Vec<SalvagedRecording>,
    /// Set when the engine starts without the hotline's log, with the reason.
    pub(super) emergency: Option<(EmergencyId, &'a str)>,
}

/// Builds the center from its memory, and passes it the findings.
pub(super) fn build(
    settings: &Settings,
    now: Timestamp,
    memory: Memory,
    findings: Findings<'_>,
) -> Center {
    let (plan, policy) = (settings.switch_plan(), settings.dispatch_policy());
    let version = env!("CARGO_PKG_VERSION");
    let mut center = match findings.emergency {
        None => Center::start(now, memory, plan, policy, version),
        Some((series, why)) => {
            let started = EmergencyStarted { series, why: why.to_owned() };
            Center::start_emergency(now, memory, plan, policy, version, started)
        }
    };
    let mut raise = |alarm: Alarm, text: String| {
        tracing::error!("{text}");
        let raised = Event::AlarmRaised(AlarmRaised { alarm, text });
        center.handle_input(now, Input::Note(raised));
    };
    if let Some((_, why)) = findings.emergency {
        raise(Alarm::Emergency, emergency::alarm(why, &settings.data.folder));
    }
    if let Some(text) = findings.pending_import {
        raise(Alarm::EmergencyNotImported, text);
    }
    for port in findings.ports {
        center.handle_input(now, Input::Port(port));
    }
    if let Some(alarm) = findings.damage {
        tracing::error!("the log: {}", alarm.text);
        center.handle_input(now, Input::Note(Event::AlarmRaised(alarm)));
    }
    for found in findings.salvaged {
        center.handle_input(now, Input::Note(salvaged(found)));
    }
    note_unclosed_recordings(settings, now, &mut center);
    center
}

/// Findings recordings that were closed just before the engine died and have no record in the log.
fn note_unclosed_recordings(settings: &Settings, now: Timestamp, center: &mut Center) {
    let unclosed: Vec<_> = center.memory().open_recordings.clone().into_iter().collect();
    for (call, file) in unclosed {
        let event = match recorder::read_sidecar(&settings.recording.folder, &file) {
            Some(found) => salvaged(SalvagedRecording { call, file, ..found }),
            None => {
                let why = format!("{file} was missing after a restart");
                Event::RecordingFailed(RecordingFailed { call, why })
            }
        };
        center.handle_input(now, Input::Note(event));
    }
}

fn salvaged(found: SalvagedRecording) -> Event {
    Event::RecordingSalvaged(RecordingSalvaged {
        call: found.call,
        file: found.file,
        length_ms: found.length_ms,
        sha256: found.sha256,
    })
}
