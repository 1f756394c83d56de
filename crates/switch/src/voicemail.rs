//! Messages of callers whom nobody could take (CALL-02, voicemail).
//!
//! A caller who leaves a queue by one of its rules, or who chooses so by key while waiting, hears what
//! to do and a tone, and speaks. The message is a part of the call's recording, so that it cannot be
//! lost apart from it; the call's missed-call item asks for a call back.

use std::time::Duration;

use model::{
    CallId, Timestamp,
    event::{CallEnd, VoicemailLeft},
};

use crate::{
    Switch,
    call::{Call, Stage},
};

impl Switch {
    /// Asks the caller for a message, if the queue has voicemail. Returns whether it does.
    pub(crate) fn begin_message(&mut self, now: Timestamp, call: CallId) -> bool {
        let Some(held) = self.calls.get(&call) else { return false };
        let Some(plan) = self.plan.voicemail.get(&held.queue) else { return false };
        let (leg, prompts) = (held.leg, plan.prompts.clone());
        let until = self.prompt_deadline(now, &prompts);
        if let Some(held) = self.calls.get_mut(&call) {
            held.stage = Stage::Message { begun: None, until };
        }
        self.set_deadline(until, call);
        self.route(call);
        self.media(media::Command::Play { call, leg, prompts });
        true
    }

    /// The prompt ended, so that the message begins; or the message is as long as it may be.
    pub(crate) fn message_due(&mut self, now: Timestamp, call: CallId) {
        let Some(held) = self.calls.get_mut(&call) else { return };
        let Stage::Message { begun, .. } = held.stage else { return };
        if begun.is_some() {
            return self.end(now, call, CallEnd::MessageLeft);
        }
        let plan = self.plan.voicemail.get(&held.queue);
        let until = now + plan.map(|plan| plan.max).unwrap_or_default();
        held.stage = Stage::Message { begun: Some(now), until };
        self.set_deadline(until, call);
    }

    /// Handles a key of the caller: while waiting the one that chooses voicemail, in a message the
    /// hash key, which ends it.
    pub(crate) fn caller_pressed(&mut self, now: Timestamp, call: CallId, key: char) {
        let Some(held) = self.calls.get(&call) else { return };
        match held.stage {
            Stage::Menu { .. } => self.menu_key(now, call, key),
            Stage::Waiting | Stage::Ringing { .. } => {
                let plan = self.plan.voicemail.get(&held.queue);
                if plan.is_some_and(|plan| plan.key == Some(key)) {
                    self.dispatcher.handle_input(now, acd::Input::ChooseVoicemail { call });
                }
            }
            Stage::Message { begun: Some(_), .. } if key == END_KEY => {
                let end = match self.has_message(now, call) {
                    true => CallEnd::MessageLeft,
                    false => CallEnd::QueueExit,
                };
                self.end(now, call, end);
            }
            _ => {}
        }
    }

    /// Whether the caller has spoken long enough for a message.
    pub(crate) fn has_message(&self, now: Timestamp, call: CallId) -> bool {
        let held = self.calls.get(&call);
        held.is_some_and(|held| message_of(held, held.stage, now).is_some())
    }
}

/// The message that a call in this stage has at `now`; `None` for one too short to be one.
pub(crate) fn message_of(held: &Call, stage: Stage, now: Timestamp) -> Option<VoicemailLeft> {
    let Stage::Message { begun: Some(begun), .. } = stage else { return None };
    (now.since(begun) >= MESSAGE_MIN).then(|| VoicemailLeft {
        call: held.id,
        queue: held.queue.clone(),
        from_ms: begun.ms_since(held.arrived),
        length_ms: now.ms_since(begun),
    })
}

/// A shorter stay is no message: the caller hung up at the tone.
const MESSAGE_MIN: Duration = Duration::from_secs(2);
/// The key that ends a message.
const END_KEY: char = '#';
