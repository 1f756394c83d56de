//! Relays and recorder, at command level: prompts end, ports are freed, files are closed.

use std::{collections::BTreeMap, time::Duration};

use center::Input;
use model::{
    CallId, Event, LegId, Timestamp,
    event::{RecordingClosed, RecordingSalvaged, RecordingStarted},
};

use super::{World, WorldEvent};

/// The voice of one call.
#[derive(Debug)]
pub(super) struct Relay {
    /// The caller's leg.
    caller: LegId,
    ports: BTreeMap<LegId, u16>,
    opened: Timestamp,
    record: bool,
}

impl World {
    pub(super) fn handle_media_command(&mut self, command: media::Command) {
        let soon = self.chance.between(Duration::from_millis(1), Duration::from_millis(10));
        match command {
            media::Command::Open { call, leg, rtp_port, record, prompts, .. } => {
                let ports = [(leg, rtp_port)].into();
                let relay = Relay { caller: leg, ports, opened: self.now, record };
                self.relays.insert(call, relay);
                if record {
                    let started = RecordingStarted { call, file: file_of(call) };
                    self.unsaved.insert(call);
                    self.plan(soon, WorldEvent::Recorder(Event::RecordingStarted(started)));
                }
                self.prompts_end(call, &prompts);
            }
            media::Command::Play { call, leg, prompts } => {
                self.prompts_end(call, &prompts);
                if self.hotline.has_menus() {
                    self.perhaps_press(call, leg);
                }
            }
            media::Command::AddLeg { call, leg, rtp_port } => {
                if let Some(relay) = self.relays.get_mut(&call) {
                    relay.ports.insert(leg, rtp_port);
                }
            }
            media::Command::DropLeg { call, leg } => {
                let port = self.relays.get_mut(&call).and_then(|relay| relay.ports.remove(&leg));
                if let Some(rtp_port) = port {
                    self.plan(soon, WorldEvent::Voice(media::Event::PortFreed { rtp_port }));
                }
            }
            media::Command::Connect { .. }
            | media::Command::Route { .. }
            | media::Command::ExpectSource { .. }
            | media::Command::SetRemote { .. } => {}
            media::Command::Close { call } => self.close_relay(call, soon),
        }
    }

    pub(super) fn recorder_says(&mut self, event: Event) {
        if let Event::RecordingClosed(closed) = &event {
            self.unsaved.remove(&closed.call);
        }
        self.feed(Input::Note(event));
    }

    /// After a crash: the files on disk are closed or salvaged, as the recorder does at its start.
    pub(super) fn salvage(&mut self) {
        let saved: Vec<CallId> = std::mem::take(&mut self.unsaved).into_iter().collect();
        for call in saved {
            let salvaged = RecordingSalvaged {
                call,
                file: file_of(call),
                length_ms: 0,
                sha256: hash_of(call),
            };
            self.feed(Input::Note(Event::RecordingSalvaged(salvaged)));
        }
        // Files that were closed and whose record was lost are found on disk.
        let open = self.center.as_ref().map(|center| &center.memory().open_recordings);
        let closed: Vec<CallId> = open.into_iter().flat_map(|open| open.keys().copied()).collect();
        for call in closed {
            self.feed(Input::Note(Event::RecordingClosed(closed_at(call, 0))));
        }
    }

    fn prompts_end(&mut self, call: CallId, prompts: &[media::PromptId]) {
        if !prompts.is_empty()
            && let Some(leg) = self.relays.get(&call).map(|relay| relay.caller)
        {
            let length = Duration::from_secs(4);
            self.plan(length, WorldEvent::Voice(media::Event::PromptsEnded { call, leg }));
        }
    }

    /// A caller who hears something may press a key, before its end or after it.
    fn perhaps_press(&mut self, call: CallId, leg: LegId) {
        if self.chance.one_in(4) {
            return;
        }
        let keys = ['1', '2', '3', '4', '9', '#'];
        let key = keys.get(self.chance.below(keys.len() as u64) as usize).copied();
        let after = self.chance.about(Duration::from_secs(3));
        if let Some(key) = key {
            self.plan(after, WorldEvent::Voice(media::Event::DtmfReceived { call, leg, key }));
        }
    }

    fn close_relay(&mut self, call: CallId, soon: Duration) {
        let Some(relay) = self.relays.remove(&call) else { return };
        let quality = media::Quality::default();
        let closed =
            media::Event::Closed { call, quality, ports: relay.ports.into_values().collect() };
        self.plan(soon, WorldEvent::Voice(closed));
        if relay.record {
            let closed = closed_at(call, self.now.ms_since(relay.opened));
            self.plan(soon * 20, WorldEvent::Recorder(Event::RecordingClosed(closed)));
        }
    }
}

fn closed_at(call: CallId, length_ms: u64) -> RecordingClosed {
    RecordingClosed {
        call,
        file: file_of(call),
        length_ms,
        sha256: hash_of(call),
        caller_gap_ms: 0,
        hotline_gap_ms: 0,
    }
}

/// A recording's hash; there is no file here, but its record needs one.
fn hash_of(call: CallId) -> String {
    format!("{:064x}", call.as_u64())
}

fn file_of(call: CallId) -> String {
    format!("{call}.wav")
}
