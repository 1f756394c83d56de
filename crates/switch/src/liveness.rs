//! Far ends that fall silent, and whether they are still there.
//!
//! Silence ends no call: a far end may be muted, suppress silence, or hold without music. In a
//! talk nobody holds it is an alarm for the supervisor, and everywhere it is a question: OPTIONS
//! inside the dialog, asked by `sip`, which ends the leg at 481, at 408 and where no answer comes.
//! Everything else is a sign of life. A proxy may answer for a dead phone, so the session timer
//! (RFC 4028) stays the last resort.

use std::{collections::BTreeMap, time::Duration};

use model::{
    CallId, Event, LegId, Timestamp,
    event::{Alarm, AlarmCleared, AlarmRaised, Party},
};

use crate::{
    Switch,
    call::{Call, Stage},
};

/// All far ends that are silent now.
#[derive(Debug, Default)]
pub(crate) struct Silences {
    /// When each is asked again whether it is still there.
    ask_at: BTreeMap<(CallId, Party), Timestamp>,
    /// The text of the alarm that is up.
    alarm: Option<String>,
}

impl Switch {
    /// The voice thread hears nothing from a side any more.
    pub(crate) fn voice_lost(&mut self, now: Timestamp, call: CallId, party: Party) {
        // The call, or this seat's part in it, crossed its end.
        if self.leg_of(call, party).is_some() {
            self.silences.ask_at.insert((call, party), now);
            self.ask_the_silent(now);
            self.update_silence_alarm();
        }
    }

    /// It hears that side again, or expects nothing of it.
    pub(crate) fn voice_returned(&mut self, call: CallId, party: Party) {
        self.silences.ask_at.remove(&(call, party));
        self.update_silence_alarm();
    }

    /// The call is over, or its seat left: its silences do not matter any more.
    pub(crate) fn forget_silence(&mut self, call: CallId) {
        for party in [Party::Caller, Party::Seat] {
            self.silences.ask_at.remove(&(call, party));
        }
        self.update_silence_alarm();
    }

    /// Asks each silent far end whose turn it is.
    pub(crate) fn ask_the_silent(&mut self, now: Timestamp) {
        let due: Vec<(CallId, Party)> = self
            .silences
            .ask_at
            .iter()
            .filter(|(_, at)| **at <= now)
            .map(|(silent, _)| *silent)
            .collect();
        for (call, party) in due {
            match self.leg_of(call, party) {
                Some(leg) => {
                    self.silences.ask_at.insert((call, party), now + ASK_AGAIN_AFTER);
                    self.sip(sip::Command::Probe { leg });
                }
                None => drop(self.silences.ask_at.remove(&(call, party))),
            }
        }
    }

    /// When the next silent far end is asked.
    pub(crate) fn next_question(&self) -> Option<Timestamp> {
        self.silences.ask_at.values().min().copied()
    }

    /// Raises, rewords or clears the alarm after a silence or a hold began or ended.
    pub(crate) fn update_silence_alarm(&mut self) {
        let alarming = self.silences.ask_at.keys().filter_map(|(call, party)| {
            let held = self.calls.get(call)?;
            held.owes_voice().then(|| describe(*call, held, *party))
        });
        let text = sentence(alarming);
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

    fn leg_of(&self, call: CallId, party: Party) -> Option<LegId> {
        let held = self.calls.get(&call)?;
        match (party, held.stage) {
            (_, Stage::Closing { .. }) => None,
            (Party::Caller, _) => Some(held.leg),
            (Party::Seat, _) => held.seat_leg(),
        }
    }
}

impl Call {
    /// Whether both sides talk, so that the silence of one is worth a supervisor's look. Who
    /// waits only listens, and who holds, or is held, owes nothing.
    fn owes_voice(&self) -> bool {
        let is_held = self.holding.caller || self.holding.seat;
        matches!(self.stage, Stage::Talking { .. }) && !is_held
    }
}

fn describe(call: CallId, held: &Call, party: Party) -> String {
    let side = match party {
        Party::Caller => "the caller",
        Party::Seat => "the seat",
    };
    match held.talked_with {
        Some(seat) => format!("{side} of call {call} at seat {seat}"),
        None => format!("{side} of call {call}"),
    }
}

/// The alarm's text; `None` when nobody is silent.
fn sentence(silent: impl Iterator<Item = String>) -> Option<String> {
    let mut silent: Vec<String> = silent.collect();
    let more = silent.len().saturating_sub(NAMED_MAX);
    silent.truncate(NAMED_MAX);
    if silent.is_empty() {
        return None;
    }
    let mut text = format!("no voice comes from {}", silent.join(", "));
    if more > 0 {
        text.push_str(&format!(", and {more} more"));
    }
    text.push_str("; listen in or ask the seat: muted, or a network fault");
    Some(text)
}

/// A far end that stays silent is asked again so often. Longer than an unanswered question takes
/// to be given up (timer F, 32 s), so that two are never under way.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(60);
/// So many silent sides an alarm names; the others it counts.
const NAMED_MAX: usize = 5;
