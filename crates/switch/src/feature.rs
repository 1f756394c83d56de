//! A seat's phone dials its own engine: sign in and out, ready, not ready, more time.

use model::{CallId, NotReadyReason, SeatId, Timestamp, event::Actor};
use sip::Incoming;

use crate::{FeatureCall, Features, Owner, Switch, verdict};

impl Switch {
    pub(crate) fn arrive_from_seat(&mut self, now: Timestamp, seat: SeatId, incoming: &Incoming) {
        let Some(wish) = self.plan.features.wish(seat, incoming.dialled.reveal()) else {
            // Seats call citizens and each other from the desk, not yet from the dial pad.
            self.sip(sip::Command::Reject { leg: incoming.leg, code: 404, retry_after_s: None });
            return;
        };
        let Some(rtp_port) = self.ports.take(now) else {
            let retry_after_s = Some(self.plan.retry_after_s);
            self.sip(sip::Command::Reject { leg: incoming.leg, code: 503, retry_after_s });
            return;
        };
        // Its phone is in this call until it is told yes or no: nothing may ring there meanwhile.
        self.dispatcher.handle_input(now, acd::Input::SeatBusy { seat });
        let granted = self.dispatcher.wish(now, wish).is_ok();
        let call = self.next_call(now);
        let prompts = verdict(&self.plan, granted);
        // Also where there is nothing to play, or the phone holds and cannot be played to.
        self.set_deadline(self.prompt_deadline(now, &prompts), call);
        self.legs.insert(incoming.leg, Owner::Feature(call));
        self.features.insert(call, FeatureCall { leg: incoming.leg, seat });
        self.media(media::Command::Open {
            call,
            rtp_port,
            remote: incoming.remote.clone(),
            prompts,
            music: media::PromptId(0),
            record: false,
        });
        self.expect_caller(call, incoming);
        self.sip(sip::Command::Accept { leg: incoming.leg, rtp_port });
    }

    pub(crate) fn feature_ended(&mut self, now: Timestamp, call: CallId) {
        let Some(feature) = self.features.remove(&call) else { return };
        self.media(media::Command::Close { call });
        self.dispatcher.handle_input(now, acd::Input::SeatFree { seat: feature.seat });
    }
}

impl Features {
    /// What a seat means by dialling this; `None` when it is no code of ours.
    fn wish(&self, seat: SeatId, dialled: &str) -> Option<acd::Wish> {
        let by = Actor::Phone;
        let is = |code: &str| !code.is_empty() && dialled == code;
        if is(&self.log_in) {
            return Some(acd::Wish::LogIn { seat, agent: None, by });
        }
        if is(&self.log_out) {
            return Some(acd::Wish::LogOut { seat, by });
        }
        if is(&self.ready) {
            return Some(acd::Wish::Ready { seat, by });
        }
        if is(&self.extend) {
            return Some(acd::Wish::ExtendWrapUp { seat, by_how_much: self.extend_by, by });
        }
        if self.not_ready.is_empty() {
            return None;
        }
        let mut digits = dialled.strip_prefix(self.not_ready.as_str())?.chars();
        let reason = match (digits.next(), digits.next()) {
            (None, _) => NotReadyReason::Break,
            (Some(digit), None) => self.reasons.get(&digit)?.clone(),
            (Some(_), Some(_)) => return None,
        };
        Some(acd::Wish::NotReady { seat, reason, by })
    }
}
