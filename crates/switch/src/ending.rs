//! The end of a call, whatever its stage.

use model::{
    CallId, Event, Timestamp,
    event::{CallEnd, CallEnded, MenuExit},
};

use crate::{Switch, call::Stage, deadlines::CLOSING_MAX, voicemail::message_of};

impl Switch {
    pub(crate) fn end(&mut self, now: Timestamp, call: CallId, end: CallEnd) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        if let Stage::Closing { .. } = held.stage {
            return;
        }
        let until = now + CLOSING_MAX;
        let stage = std::mem::replace(&mut held.stage, Stage::Closing { until });
        match stage {
            Stage::Waiting | Stage::Ringing { .. } => held.wait += now.since(held.queued),
            Stage::Talking { since, .. } => held.talk += now.since(since),
            Stage::Menu { .. }
            | Stage::Transferring { .. }
            | Stage::Outside { .. }
            | Stage::Message { .. }
            | Stage::Leaving { .. }
            | Stage::Closing { .. } => {}
        }
        let message = message_of(held, stage, now).filter(|_| end == CallEnd::MessageLeft);
        let ended = CallEnded {
            call,
            end,
            seat: held.talked_with,
            total_ms: now.ms_since(held.arrived),
            wait_ms: held.wait.as_millis() as u64,
            talk_ms: held.talk.as_millis() as u64,
        };
        let caller_leg = held.leg;
        if let Some(up) = self.trunk_calls.get_mut(&held.trunk) {
            *up = up.saturating_sub(1);
        }
        // This event is logged before its consequences: the dispatcher may offer the freed seat to
        // the next caller at once.
        self.release_guests(now, call);
        let exit = match end {
            CallEnd::MenuEnded => MenuExit::HungUp,
            CallEnd::LeftInMenu => MenuExit::CallerHungUp,
            _ => MenuExit::CallEnded,
        };
        self.end_menu(now, call, exit);
        if let Some(message) = message {
            self.emit(Event::VoicemailLeft(message));
        }
        self.emit(Event::CallEnded(ended));
        if self.legs.contains_key(&caller_leg) {
            self.sip(sip::Command::HangUp { leg: caller_leg, reason: None });
        }
        match stage {
            Stage::Ringing { leg, .. } => {
                self.sip(sip::Command::HangUp { leg, reason: None });
                self.dispatcher.handle_input(now, acd::Input::Leave { call });
            }
            Stage::Talking { leg, .. } => {
                if self.legs.contains_key(&leg) {
                    self.sip(sip::Command::HangUp { leg, reason: None });
                }
                self.dispatcher.handle_input(now, acd::Input::TalkEnded { call });
            }
            Stage::Transferring { to, leg, .. } => {
                self.sip(sip::Command::HangUp { leg, reason: None });
                self.dispatcher.handle_input(now, acd::Input::SeatFree { seat: to });
            }
            Stage::Waiting => self.dispatcher.handle_input(now, acd::Input::Leave { call }),
            // The outside number is a guest.
            Stage::Menu { .. }
            | Stage::Outside { .. }
            | Stage::Message { .. }
            | Stage::Leaving { .. }
            | Stage::Closing { .. } => {}
        }
        self.forget_silence(call);
        self.set_deadline(until, call);
        self.media(media::Command::Close { call });
        self.handle_dispatcher_outputs(now);
    }
}
