//! Where a call's voice comes from, as far as people must know of it.

use model::{
    CallId, Event,
    event::{Alarm, AlarmCleared, AlarmRaised, Party, VoiceSourceAssumed},
};
use sip::Incoming;

use crate::Switch;

impl Switch {
    /// A caller whose SDP comes only with the ACK may speak before it.
    pub(crate) fn expect_caller(&mut self, call: CallId, incoming: &Incoming) {
        if incoming.remote.is_none() {
            let (party, signalled) = (Party::Caller, incoming.signalled.clone());
            self.media(media::Command::Expect { call, party, signalled });
        }
    }

    /// A side is heard from a source that nothing vouches for: its record says so.
    pub(crate) fn source_assumed(&mut self, call: CallId, by: Party) {
        if self.calls.contains_key(&call) {
            self.emit(Event::VoiceSourceAssumed(VoiceSourceAssumed { call, by }));
        }
    }

    /// Several sources send to a side whose own address cannot be reached, and none is taken: the
    /// alarm is up while there is such a call.
    pub(crate) fn sources_rival(&mut self, call: CallId, party: Party) {
        if !self.calls.contains_key(&call) {
            return;
        }
        let is_first = self.contested.is_empty();
        self.contested.insert(call);
        if is_first {
            let side = match party {
                Party::Caller => "caller",
                Party::Seat => "seat",
            };
            let text = format!(
                "several sources send voice to the {side} of call {call}, whose own address is \
                 private: none is taken; name its network as `media` of the trunk, or let the \
                 phone reach us without address translation"
            );
            self.emit(Event::AlarmRaised(AlarmRaised { alarm: Alarm::RivalVoiceSources, text }));
        }
    }

    /// A call is over, and with it the contest for its voice.
    pub(crate) fn sources_settled(&mut self, call: CallId) {
        if self.contested.remove(&call) && self.contested.is_empty() {
            self.emit(Event::AlarmCleared(AlarmCleared { alarm: Alarm::RivalVoiceSources }));
        }
    }
}
