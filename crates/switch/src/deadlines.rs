//! Deadlines of stages that wait for another component, for the case that it does not answer.
//!
//! Every waiting state of a call has a deadline. Other limits are elsewhere: a waiting call is
//! limited by the dispatcher (`max_wait`) and the caller's session timer, a ringing seat by the
//! offer's lease, a talk by the session timers of both legs, and a leg by the timers of RFC 3261.

use std::time::Duration;

use media::PromptId;
use model::{
    CallId, Event, Timestamp,
    event::{Alarm, AlarmCleared, AlarmRaised},
};

use crate::{
    Plan, Switch, TIMERS_A_TURN,
    call::{Call, Stage},
};

impl Switch {
    /// The latest end of these prompts, whether or not they can be played: a far end that holds
    /// receives no voice, and its prompt never ends.
    pub(crate) fn prompt_deadline(&self, now: Timestamp, prompts: &[PromptId]) -> Timestamp {
        now + self.plan.length_of(prompts) + PROMPT_MARGIN
    }

    /// Sets the deadline of a call's stage, or of a feature call.
    pub(crate) fn set_deadline(&mut self, at: Timestamp, call: CallId) {
        self.stage_deadlines.insert((at, call));
    }

    /// Ends the stages whose deadline has come, up to the limits of one turn. A deadline whose stage
    /// has passed has no effect.
    pub(crate) fn end_overdue_stages(&mut self, now: Timestamp) {
        let full = self.outputs.len() + OUTPUTS_A_TURN;
        for _ in 0..TIMERS_A_TURN {
            let Some((at, call)) = self.stage_deadlines.first().copied() else { return };
            if at > now || self.outputs.len() >= full {
                return;
            }
            self.stage_deadlines.pop_first();
            if let Some(feature) = self.features.get(&call) {
                let leg = feature.leg;
                self.sip(sip::Command::HangUp { leg, reason: None });
                continue;
            }
            self.end_overdue_guests(now, call);
            match self.calls.get(&call).map(|held| held.stage) {
                Some(Stage::Transferring { leg, until, .. }) if until <= now => {
                    self.sip(sip::Command::HangUp { leg, reason: None });
                    self.transfer_failed(now, call, None);
                }
                Some(Stage::Message { until, .. }) if until <= now => {
                    self.message_due(now, call);
                }
                Some(Stage::Menu { until, .. }) if until <= now => self.menu_due(now, call),
                Some(Stage::Leaving { end, until }) if until <= now => {
                    self.end(now, call, end);
                }
                Some(Stage::Closing { until }) if until <= now => self.give_up_closing(call),
                Some(
                    Stage::Menu { .. }
                    | Stage::Waiting
                    | Stage::Ringing { .. }
                    | Stage::Talking { .. }
                    | Stage::Transferring { .. }
                    | Stage::Outside { .. }
                    | Stage::Message { .. }
                    | Stage::Leaving { .. }
                    | Stage::Closing { .. },
                )
                | None => {}
            }
        }
    }

    /// Forgets a call whose relay the voice thread has not closed, so that a drain ends. The ports
    /// become free when the thread answers later.
    fn give_up_closing(&mut self, call: CallId) {
        self.calls.remove(&call);
        self.sources_settled(call);
        if self.unclosed.is_empty() {
            let text = format!(
                "the voice thread has not closed call {call} within {} s; its ports are missing",
                CLOSING_MAX.as_secs()
            );
            self.emit(Event::AlarmRaised(AlarmRaised { alarm: Alarm::Overloaded, text }));
        }
        self.unclosed.insert(call);
    }

    /// Takes note that the voice thread closed a relay. Returns the call, unless it was forgotten.
    pub(crate) fn relay_closed(&mut self, call: CallId) -> Option<Call> {
        let held = self.calls.remove(&call);
        if let Some(Stage::Closing { until }) = held.as_ref().map(|held| held.stage) {
            self.stage_deadlines.remove(&(until, call));
        }
        if self.unclosed.remove(&call) && self.unclosed.is_empty() {
            self.emit(Event::AlarmCleared(AlarmCleared { alarm: Alarm::Overloaded }));
        }
        held
    }
}

impl Plan {
    /// The playing time of these prompts; one of unknown length counts as [`PROMPT_USUAL`].
    pub(crate) fn length_of(&self, prompts: &[PromptId]) -> Duration {
        let length = |id: &PromptId| self.prompt_lengths.get(usize::from(id.0)).copied();
        prompts.iter().map(|id| length(id).unwrap_or(PROMPT_USUAL)).sum()
    }
}

/// The additional time for a prompt: to the voice thread and back on a busy machine.
const PROMPT_MARGIN: Duration = Duration::from_secs(2);
/// The playing time of a prompt whose length is not known.
const PROMPT_USUAL: Duration = Duration::from_secs(10);
/// Outputs after which a turn ends no further stage: each call that ends makes several records.
pub(crate) const OUTPUTS_A_TURN: usize = 64;
/// The time for closing a relay, which usually takes some milliseconds.
pub(crate) const CLOSING_MAX: Duration = Duration::from_secs(30);
