//! Far ends that fall silent, and the check whether they are still there.
//!
//! Silence ends no call: a far end may be muted, suppress silence, or hold without music. In a talk
//! that nobody holds, silence raises an alarm for the supervisor. In every call it is probed by
//! OPTIONS inside the dialog; `sip` ends the leg at 481, at 408 and when no answer arrives. Any
//! other answer is a sign of life. A proxy may answer for a dead phone, so the session timer
//! (RFC 4028) remains the last resort.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use model::{
    CallId, Event, LegId, Timestamp,
    event::{Alarm, AlarmCleared, AlarmRaised, Party},
};

use crate::{Switch, TIMERS_A_TURN, call::Call, source::party_name};

/// All far ends that are silent now.
#[derive(Debug, Default)]
pub(crate) struct Silences {
    /// The time of the next probe of each.
    ask_at: BTreeMap<(CallId, LegId), Timestamp>,
    /// The same in the order of time.
    in_order: BTreeSet<(Timestamp, CallId, LegId)>,
    /// Those that owe voice, which the alarm names. A far end is judged when its own call changes,
    /// so that a change costs the same whatever the number of silent far ends.
    alarming: BTreeSet<(CallId, LegId)>,
    /// The text of the active alarm.
    alarm: Option<String>,
}

impl Silences {
    fn set(&mut self, call: CallId, leg: LegId, at: Timestamp) {
        if let Some(before) = self.ask_at.insert((call, leg), at) {
            self.in_order.remove(&(before, call, leg));
        }
        self.in_order.insert((at, call, leg));
    }

    /// The silent legs of a call.
    fn legs_of(&self, call: CallId) -> Vec<LegId> {
        let legs = (call, LegId(0))..=(call, LegId(u64::MAX));
        self.ask_at.range(legs).map(|((_, leg), _)| *leg).collect()
    }

    /// Returns whether the side was silent.
    fn remove(&mut self, call: CallId, leg: LegId) -> bool {
        self.alarming.remove(&(call, leg));
        let Some(at) = self.ask_at.remove(&(call, leg)) else { return false };
        self.in_order.remove(&(at, call, leg))
    }
}

impl Switch {
    /// The voice thread hears nothing from a side any more.
    pub(crate) fn voice_lost(&mut self, now: Timestamp, call: CallId, leg: LegId) {
        // The message may cross the end of the call, or of this seat's part in it.
        if self.is_present(call, leg) {
            self.silences.set(call, leg, now);
            self.ask_the_silent(now);
            self.update_silence_alarm(call);
        }
    }

    /// The voice thread hears the side again, or does not expect voice from it.
    pub(crate) fn voice_returned(&mut self, call: CallId, leg: LegId) {
        self.silences.remove(call, leg);
        self.update_silence_alarm(call);
    }

    /// Forgets the silences of a call that is over.
    pub(crate) fn forget_silence(&mut self, call: CallId) {
        for leg in self.silences.legs_of(call) {
            self.forget_silence_of(call, leg);
        }
    }

    /// Forgets the silence of a leg that left its call.
    pub(crate) fn forget_silence_of(&mut self, call: CallId, leg: LegId) {
        if self.silences.remove(call, leg) {
            self.update_silence_alarm(call);
        }
    }

    /// Probes the silent far ends that are due, at most [`TIMERS_A_TURN`]. A caller who was silent
    /// while waiting and still is in the talk raises the alarm now.
    pub(crate) fn ask_the_silent(&mut self, now: Timestamp) {
        let mut owing = None;
        for _ in 0..TIMERS_A_TURN {
            let Some((at, call, leg)) = self.silences.in_order.first().copied() else { break };
            if at > now {
                break;
            }
            if !self.is_present(call, leg) {
                self.silences.remove(call, leg);
                continue;
            }
            if self.calls.get(&call).is_some_and(|held| held.owes_voice(leg)) {
                owing = Some(call);
            }
            self.silences.set(call, leg, now + ASK_AGAIN_AFTER);
            self.judge_silences(call);
            self.sip(sip::Command::Probe { leg });
        }
        if let Some(call) = owing {
            self.update_silence_alarm(call);
        }
    }

    /// The time of the next probe.
    pub(crate) fn next_question(&self) -> Option<Timestamp> {
        self.silences.in_order.first().map(|(at, ..)| *at)
    }

    /// Raises, changes or clears the alarm after a silence or a hold of this call began or ended.
    pub(crate) fn update_silence_alarm(&mut self, call: CallId) {
        self.judge_silences(call);
        let named = self.silences.alarming.iter().take(NAMED_MAX).filter_map(|(call, leg)| {
            let held = self.calls.get(call)?;
            Some(describe(*call, held, held.party(*leg)?))
        });
        let text = sentence(named.collect(), self.silences.alarming.len());
        if text == self.silences.alarm {
            return;
        }
        self.silences.alarm = text.clone();
        let alarm = Alarm::VoiceLost;
        self.emit(match text {
            Some(text) => Event::AlarmRaised(AlarmRaised { alarm, text }),
            None => Event::AlarmCleared(AlarmCleared { alarm }),
        });
    }

    /// Notes which silent legs of a call owe voice.
    fn judge_silences(&mut self, call: CallId) {
        for leg in self.silences.legs_of(call) {
            match self.calls.get(&call).is_some_and(|held| held.owes_voice(leg)) {
                true => self.silences.alarming.insert((call, leg)),
                false => self.silences.alarming.remove(&(call, leg)),
            };
        }
    }

    /// Whether the leg is in the call, and the call is not over.
    fn is_present(&self, call: CallId, leg: LegId) -> bool {
        self.calls.get(&call).is_some_and(|held| held.is_up() && held.party(leg).is_some())
    }
}

impl Call {
    /// Whether this leg talks, so that its silence is worth a supervisor's attention. A waiting
    /// caller and a supervisor only listen, and who holds or is held need not send voice.
    fn owes_voice(&self, leg: LegId) -> bool {
        let is_held = !self.holding.is_empty() || self.hold.is_some();
        self.is_talking() && !is_held && self.party(leg) != Some(Party::Supervisor)
    }
}

fn describe(call: CallId, held: &Call, party: Party) -> String {
    let side = party_name(party);
    match held.talked_with {
        Some(seat) => format!("the {side} of call {call} at seat {seat}"),
        None => format!("the {side} of call {call}"),
    }
}

/// The alarm's text about `all` silent sides, of which some are named; `None` when no side is silent.
fn sentence(named: Vec<String>, all: usize) -> Option<String> {
    if named.is_empty() {
        return None;
    }
    let more = all.saturating_sub(named.len());
    let mut text = format!("no voice comes from {}", named.join(", "));
    if more > 0 {
        text.push_str(&format!(", and {more} more"));
    }
    text.push_str("; listen in or ask the seat: a side may be muted, or the network faulty");
    Some(text)
}

/// The time between two probes of a silent far end. It is longer than an unanswered probe lasts
/// (timer F, 32 s), so that there is only one at a time.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(60);
/// The number of silent sides that the alarm names; the others are only counted.
const NAMED_MAX: usize = 5;
