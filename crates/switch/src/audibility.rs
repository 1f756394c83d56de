//! One table of which party of a call hears which.

use media::LegRoute;
use model::{
    LegId,
    event::{LegRole, MonitorMode},
};

use crate::call::{Call, Guest, Hold, Stage};

/// A leg that is in the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Voice {
    leg: LegId,
    part: Part,
}

/// The part of a leg, as far as it decides who hears it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Caller,
    /// The caller, on hold: nobody hears the caller, and the caller hears music.
    HeldCaller,
    Agent,
    Colleague,
    /// The second leg of the agent's phone, or the colleague whom it dialled.
    Aside,
    Supervisor(MonitorMode),
}

impl Part {
    /// The table: whether this part hears `speaker`.
    ///
    /// | hears | caller | held caller | agent | colleague | aside | listens | whispers | barges in |
    /// |---|---|---|---|---|---|---|---|---|
    /// | caller | – | – | yes | yes | no | no | no | yes |
    /// | held caller | – | – | no | no | no | no | no | no |
    /// | agent | yes | no | – | yes | no | no | yes | yes |
    /// | colleague | yes | no | yes | yes | no | no | no | yes |
    /// | aside | no | no | no | no | yes | no | no | no |
    /// | supervisor | yes | no | yes | yes | yes | no | no | yes |
    fn hears(self, speaker: Part) -> bool {
        match (self, speaker) {
            (Part::HeldCaller, _) | (_, Part::HeldCaller) => false,
            (Part::Aside, speaker) => speaker == Part::Aside,
            (listener, Part::Aside) => matches!(listener, Part::Supervisor(_)),
            (_, Part::Supervisor(MonitorMode::Listen)) => false,
            (listener, Part::Supervisor(MonitorMode::Whisper)) => listener == Part::Agent,
            (_, Part::Supervisor(MonitorMode::Barge)) => true,
            (_, Part::Caller | Part::Agent | Part::Colleague) => true,
        }
    }

    /// Whether the leg hears silence and not music while it hears nobody. An agent who holds the
    /// caller hears silence, and music when the caller's own phone holds.
    fn is_silent(self, hold: Option<Hold>) -> bool {
        match self {
            Part::Caller | Part::HeldCaller => false,
            Part::Agent => hold.is_some(),
            Part::Colleague | Part::Aside | Part::Supervisor(_) => true,
        }
    }
}

/// The routes of this call.
pub(crate) fn routes(call: &Call) -> Vec<LegRoute> {
    let caller = if call.hold.is_some() { Part::HeldCaller } else { Part::Caller };
    let mut voices = vec![Voice { leg: call.leg, part: caller }];
    if let Stage::Talking { leg, .. } = call.stage {
        voices.push(Voice { leg, part: Part::Agent });
    }
    let aside = call.second.as_ref().map(|second| second.guest);
    if let Some(second) = &call.second
        && call.guest(second.guest).is_some_and(Guest::is_joined)
    {
        voices.push(Voice { leg: second.leg, part: Part::Aside });
    }
    voices.extend(call.guests.iter().filter(|guest| guest.is_joined()).map(|guest| Voice {
        leg: guest.leg,
        part: match guest.role {
            LegRole::Colleague { .. } | LegRole::External { .. } if aside == Some(guest.leg) => {
                Part::Aside
            }
            LegRole::Colleague { .. } | LegRole::External { .. } => Part::Colleague,
            LegRole::Supervisor { mode, .. } => Part::Supervisor(mode),
        },
    }));
    let route = |listener: &Voice| LegRoute {
        leg: listener.leg,
        hears: voices
            .iter()
            .filter(|speaker| speaker.leg != listener.leg && listener.part.hears(speaker.part))
            .map(|speaker| speaker.leg)
            .collect(),
        // A caller in a menu, or who leaves a message, hears the prompt and no music after it.
        is_silent: listener.part.is_silent(call.hold)
            || matches!(call.stage, Stage::Menu { .. } | Stage::Message { .. }),
    };
    voices.iter().map(route).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTENS: Part = Part::Supervisor(MonitorMode::Listen);
    const WHISPERS: Part = Part::Supervisor(MonitorMode::Whisper);
    const BARGES: Part = Part::Supervisor(MonitorMode::Barge);
    const ALL: [Part; 8] = [
        Part::Caller,
        Part::HeldCaller,
        Part::Agent,
        Part::Colleague,
        Part::Aside,
        LISTENS,
        WHISPERS,
        BARGES,
    ];

    #[test]
    fn consultation_beside_the_talk_is_heard_by_supervisors_only() {
        let listeners: Vec<Part> = ALL.into_iter().filter(|part| part.hears(Part::Aside)).collect();
        assert_eq!(listeners, [Part::Aside, LISTENS, WHISPERS, BARGES]);
    }

    #[test]
    fn listening_supervisor_is_heard_by_nobody() {
        assert!(ALL.iter().all(|part| !part.hears(LISTENS)));
    }

    #[test]
    fn whispering_supervisor_is_heard_by_the_agent_only() {
        let listeners: Vec<Part> = ALL.into_iter().filter(|part| part.hears(WHISPERS)).collect();
        assert_eq!(listeners, [Part::Agent]);
    }

    #[test]
    fn held_caller_hears_nobody_and_nobody_hears_the_caller() {
        assert!(ALL.iter().all(|part| !Part::HeldCaller.hears(*part)));
        assert!(ALL.iter().all(|part| !part.hears(Part::HeldCaller)));
    }

    #[test]
    fn caller_hears_agent_colleague_and_barging_supervisor() {
        let heard: Vec<Part> =
            ALL.into_iter().skip(2).filter(|part| Part::Caller.hears(*part)).collect();
        assert_eq!(heard, [Part::Agent, Part::Colleague, BARGES]);
    }
}
