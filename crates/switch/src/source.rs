//! Events and alarms about the source of a call's voice.

use model::{
    CallId, Event, LegId,
    event::{Alarm, AlarmCleared, AlarmRaised, Party, VoiceSourceAssumed},
};
use sip::Incoming;

use crate::Switch;

impl Switch {
    /// Expects early voice from a caller whose SDP comes only with the ACK.
    pub(crate) fn expect_caller(&mut self, call: CallId, incoming: &Incoming) {
        if incoming.remote.is_none() {
            let (leg, signalled) = (incoming.leg, incoming.signalled.clone());
            self.media(media::Command::ExpectSource { call, leg, signalled });
        }
    }

    /// Logs that a party's voice comes from a source that nothing vouches for.
    pub(crate) fn source_assumed(&mut self, call: CallId, leg: LegId) {
        if let Some(by) = self.calls.get(&call).and_then(|held| held.party(leg)) {
            self.emit(Event::VoiceSourceAssumed(VoiceSourceAssumed { call, by }));
        }
    }

    /// Takes note that several sources send to a party whose own address cannot be reached, and that
    /// none is accepted. The alarm is active while there is such a call.
    pub(crate) fn sources_rival(&mut self, call: CallId, leg: LegId) {
        let Some(party) = self.calls.get(&call).and_then(|held| held.party(leg)) else { return };
        let is_first = self.contested.is_empty();
        self.contested.insert(call);
        if is_first {
            let side = party_name(party);
            let text = format!(
                "several sources send voice to the {side} of call {call}, whose own address is \
                 private: none is taken; name its network as `media` of the trunk, or let the \
                 phone reach us without address translation"
            );
            self.emit(Event::AlarmRaised(AlarmRaised { alarm: Alarm::RivalVoiceSources, text }));
        }
    }

    /// Takes note that a call is over, so that no source competes for its voice any more.
    pub(crate) fn sources_settled(&mut self, call: CallId) {
        if self.contested.remove(&call) && self.contested.is_empty() {
            self.emit(Event::AlarmCleared(AlarmCleared { alarm: Alarm::RivalVoiceSources }));
        }
    }
}

/// The party of a call in an alarm's text.
pub(crate) fn party_name(party: Party) -> &'static str {
    match party {
        Party::Caller => "caller",
        Party::Seat => "seat",
        Party::Guest => "colleague",
        Party::Supervisor => "supervisor",
    }
}

#[cfg(test)]
mod tests {
    use acd::{Dispatcher, Policy, QueuePolicy};
    use media::PromptId;
    use model::{LineId, Number, OfferId, SignalledSource, Timestamp, TrunkId};
    use sip::Origin;

    use super::*;
    use crate::{Announcements, Input, LinePlan, Output, Plan, TrunkPlan};

    const NOW: Timestamp = Timestamp::from_micros(1_795_334_592_000_000);

    fn switch() -> Switch {
        let line = LinePlan {
            name: String::new(),
            numbers: vec!["12345".to_owned()],
            trunks: Vec::new(),
            queue: "citizens".into(),
            menu: None,
            skills: Default::default(),
            priority: 0,
            greeting: Vec::new(),
            music: PromptId(0),
            announcements: Announcements::default(),
        };
        let plan = Plan {
            trunks: [(TrunkId::from("telecom"), TrunkPlan::default())].into(),
            lines: [(LineId::from("12345"), line)].into(),
            ..Plan::default()
        };
        let queues = [("citizens".into(), QueuePolicy::default())].into();
        let policy = Policy { queues, ..Policy::default() };
        let dispatcher = Dispatcher::new(policy, OfferId(0));
        let mut switch = Switch::new(plan, dispatcher, CallId::from(0));
        [20_000, 20_002].into_iter().for_each(|p| switch.handle_input(NOW, Input::Port(p)));
        switch
    }

    /// A caller whose SDP has not arrived yet.
    fn arrive(switch: &mut Switch, leg: u64) -> CallId {
        switch.handle_input(
            NOW,
            Input::Arrival(Incoming {
                leg: LegId(leg),
                origin: Origin::Trunk("telecom".into()),
                caller: Number::new("13800001111"),
                display: String::new(),
                dialled: Number::new("12345"),
                remote: None,
                signalled: SignalledSource { behind_nat: true, ..SignalledSource::default() },
            }),
        );
        let arrived = outputs(switch).into_iter().find_map(|output| match output {
            Output::Media(media::Command::ExpectSource { call, leg: _, signalled }) => {
                assert!(signalled.behind_nat);
                Some(call)
            }
            _ => None,
        });
        arrived.expect("the voice thread is told where the caller's voice may come from")
    }

    fn outputs(switch: &mut Switch) -> Vec<Output> {
        std::iter::from_fn(|| switch.poll_output()).collect()
    }

    fn events(switch: &mut Switch, input: media::Event) -> Vec<Event> {
        switch.handle_input(NOW, Input::Media(input));
        let events = outputs(switch).into_iter().filter_map(|output| match output {
            // The quality of the voice is not tested here.
            Output::Event(Event::VoiceMeasured(_)) => None,
            Output::Event(event) => Some(event),
            Output::Sip(_) | Output::Media(_) => None,
        });
        events.collect()
    }

    #[test]
    fn rival_sources_raise_one_alarm_until_the_last_call_ends() {
        let mut switch = switch();
        let calls = [1, 3].map(|leg| arrive(&mut switch, leg));
        let rival = |(call, leg)| media::Event::SourcesConflict { call, leg: LegId(leg) };
        let closed = |call| {
            let quality = media::Quality::default();
            media::Event::Closed { call, quality, ports: Vec::new() }
        };
        let alarm = Alarm::RivalVoiceSources;
        let raised = events(&mut switch, rival((calls[0], 1)));
        assert!(
            matches!(&raised[..], [Event::AlarmRaised(raised)] if raised.alarm == alarm),
            "{raised:?}"
        );
        assert_eq!(events(&mut switch, rival((calls[1], 3))), []);
        assert_eq!(events(&mut switch, closed(calls[0])), []);
        let cleared = Event::AlarmCleared(AlarmCleared { alarm });
        assert_eq!(events(&mut switch, closed(calls[1])), [cleared]);
        // A message about a call that has ended raises no alarm.
        assert_eq!(events(&mut switch, rival((calls[1], 3))), []);
    }

    #[test]
    fn assumed_source_is_logged_for_its_call() {
        let mut switch = switch();
        let call = arrive(&mut switch, 1);
        let assumed = media::Event::SourceAssumed { call, leg: LegId(1) };
        let by = Party::Caller;
        let expected = Event::VoiceSourceAssumed(VoiceSourceAssumed { call, by });
        assert_eq!(events(&mut switch, assumed), [expected]);
        let unknown = media::Event::SourceAssumed { call: CallId::from(9), leg: LegId(1) };
        assert_eq!(events(&mut switch, unknown), []);
    }
}
