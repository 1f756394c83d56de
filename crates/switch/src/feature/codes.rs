//! Feature codes, which a seat dials to sign in or out, be ready or not ready, or extend wrap-up.

use acd::AgentCommand;
use model::{CallId, NotReadyReason, SeatId, Timestamp, event::SeatActor};
use sip::Incoming;

use crate::{
    Features, Switch,
    call::{FeatureCall, Owner},
    verdict,
};

impl Switch {
    pub(crate) fn arrive_from_seat(&mut self, now: Timestamp, seat: SeatId, incoming: &Incoming) {
        let Some(command) = self.plan.features.agent_command(seat, incoming.dialled.reveal())
        else {
            if self.consult_from_phone(now, seat, incoming) {
                return;
            }
            // A seat calls citizens, or colleagues outside of a talk, with a telephone of its own.
            self.sip(sip::Command::Reject { leg: incoming.leg, code: 404, retry_after_s: None });
            return;
        };
        let Some(rtp_port) = self.ports.take(now) else {
            let retry_after_s = Some(self.plan.retry_after_s);
            self.sip(sip::Command::Reject { leg: incoming.leg, code: 503, retry_after_s });
            return;
        };
        // The phone is in this call until it has heard the answer, so it must not be rung.
        self.dispatcher.handle_input(now, acd::Input::SeatBusy { seat });
        let is_accepted = self.dispatcher.handle_command(now, command).is_ok();
        let call = self.next_call(now);
        let prompts = verdict(&self.plan, is_accepted);
        // The deadline also ends calls without a prompt, and those of a phone that holds.
        self.set_deadline(self.prompt_deadline(now, &prompts), call);
        self.legs.insert(incoming.leg, Owner::Feature(call));
        self.features.insert(call, FeatureCall { leg: incoming.leg, seat });
        self.media(media::Command::Open {
            call,
            leg: incoming.leg,
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
    /// The command of a dialled number; `None` when it is not a feature code.
    fn agent_command(&self, seat: SeatId, dialled: &str) -> Option<AgentCommand> {
        let by = SeatActor::Phone;
        let is = |code: &str| !code.is_empty() && dialled == code;
        if is(&self.log_in) {
            return Some(AgentCommand::LogIn { seat, agent: None, by });
        }
        if is(&self.log_out) {
            return Some(AgentCommand::LogOut { seat, by });
        }
        if is(&self.ready) {
            return Some(AgentCommand::Ready { seat, by });
        }
        if is(&self.extend) {
            return Some(AgentCommand::ExtendWrapUp { seat, by_how_much: self.extend_by, by });
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
        Some(AgentCommand::NotReady { seat, reason, by })
    }
}
