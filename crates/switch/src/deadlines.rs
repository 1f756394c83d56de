//! Stages that wait for another component, and what ends them when it does not answer.
//!
//! Every waiting state of a call has a deadline. Beside those below: a call that waits is the
//! dispatcher's (`max_wait`) and its caller's (session timer); a ringing seat has the offer's
//! lease; a talk has the session timers of both legs; a leg has the timers of RFC 3261.

use std::time::Duration;

use media::PromptId;
use model::{
    CallId, Event, Timestamp,
    event::{Alarm, AlarmCleared, AlarmRaised},
};

use crate::{
    Plan, Switch,
    call::{Call, Stage},
};

impl Switch {
    /// By when something that is played to a far end must be over, whether or not it can be
    /// played: a far end that holds takes no voice, and its prompt never ends.
    pub(crate) fn prompt_deadline(&self, now: Timestamp, prompts: &[PromptId]) -> Timestamp {
        now + self.plan.length_of(prompts) + PROMPT_MARGIN
    }

    /// Sets the deadline of a call's stage, or of a feature call.
    pub(crate) fn set_deadline(&mut self, at: Timestamp, call: CallId) {
        self.stage_deadlines.insert((at, call));
    }

    /// Ends the stages whose deadline has come. A deadline whose stage has passed is void.
    pub(crate) fn end_overdue_stages(&mut self, now: Timestamp) {
        while let Some((at, call)) = self.stage_deadlines.first().copied() {
            if at > now {
                return;
            }
            self.stage_deadlines.pop_first();
            if let Some(feature) = self.features.get(&call) {
                let leg = feature.leg;
                self.sip(sip::Command::HangUp { leg, reason: None });
                continue;
            }
            match self.calls.get(&call).map(|held| held.stage) {
                Some(Stage::Leaving { end, until }) if until <= now => {
                    self.end(now, call, end);
                }
                Some(Stage::Closing { until }) if until <= now => self.give_up_closing(call),
                Some(
                    Stage::Waiting
                    | Stage::Ringing { .. }
                    | Stage::Talking { .. }
                    | Stage::Leaving { .. }
                    | Stage::Closing { .. },
                )
                | None => {}
            }
        }
    }

    /// The voice thread has not closed a relay: the call is forgotten, so that a drain ends. Its
    /// ports come back when the thread answers after all.
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

    /// The voice thread closed a relay, perhaps late; gives the call when it was not forgotten
    /// meanwhile.
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
    /// How long these prompts play; one whose length is not known counts as [`PROMPT_USUAL`].
    pub(crate) fn length_of(&self, prompts: &[PromptId]) -> Duration {
        let length = |id: &PromptId| self.prompt_lengths.get(usize::from(id.0)).copied();
        prompts.iter().map(|id| length(id).unwrap_or(PROMPT_USUAL)).sum()
    }
}

/// What a prompt may take beyond its length: to the voice thread and back, on a busy machine.
const PROMPT_MARGIN: Duration = Duration::from_secs(2);
/// A prompt whose length nobody told.
const PROMPT_USUAL: Duration = Duration::from_secs(10);
/// A relay is closed within a turn of the voice thread, some milliseconds.
pub(crate) const CLOSING_MAX: Duration = Duration::from_secs(30);
