//! Whether a far end that fell silent is still there: OPTIONS inside the dialog (RFC 3261 11).
//!
//! 481, 408 and no answer within timer F end the leg. Any other answer is a sign of life, 405 and
//! 501 too: who refuses the method is there to refuse it. Where the request cannot be sent, since
//! the far end's stream is closed, it is tried again until timer F is over, for a phone may come
//! back by another stream.

use std::time::Duration;

use primitives::{LegId, Timestamp};

use super::Leg;
use crate::{
    Endpoint, LegEnd,
    endpoint::capabilities::ACCEPT,
    message::{Method, Name},
    timers,
    transaction::{TransactionOutcome, TransactionUser},
};

/// A question that waits for its answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    /// When the far end is given up.
    until: Timestamp,
    /// When the request is tried again, after it could not be sent.
    pub(super) again_at: Option<Timestamp>,
}

impl Endpoint {
    /// The switch asks whether the far end of a leg is still there.
    pub(crate) fn probe(&mut self, now: Timestamp, id: LegId) {
        // A leg without its answer or its ACK has a deadline of its own; one that is gone has
        // been told.
        if let Some(Leg::Established(established)) = self.legs.get_mut(&id)
            && established.probe.is_none()
            && !established.is_over
            && !established.is_unconfirmed()
        {
            established.probe = Some(Probe { until: now + timers::F, again_at: None });
            self.send_probe(now, id);
            self.update_timer(id);
        }
    }

    pub(super) fn send_probe(&mut self, now: Timestamp, id: LegId) {
        let Some(Leg::Established(established)) = self.legs.get_mut(&id) else { return };
        let Some(probe) = &mut established.probe else { return };
        probe.again_at = None;
        let (mut options, flow) = established.dialog.request(Method::Options, &mut self.ids);
        let contact = established.dialog.contact();
        options.headers.push(Name::Accept, ACCEPT.to_owned());
        self.add_dialog_headers(&mut options, contact);
        self.transactions.request(now, options, flow, TransactionUser::Probe(id), &mut self.out);
    }

    /// The question was answered.
    pub(crate) fn probe_answered(&mut self, now: Timestamp, id: LegId, code: u16) {
        match code {
            408 | 481 => self.lose(now, id),
            _ => {
                if let Some(Leg::Established(established)) = self.legs.get_mut(&id) {
                    established.probe = None;
                    self.update_timer(id);
                }
            }
        }
    }

    /// Nobody answered, or the request could not be sent.
    pub(crate) fn probe_unanswered(
        &mut self,
        now: Timestamp,
        id: LegId,
        outcome: TransactionOutcome,
    ) {
        let Some(Leg::Established(established)) = self.legs.get_mut(&id) else { return };
        let Some(probe) = &mut established.probe else { return };
        let again_at = now + SEND_AGAIN_AFTER;
        if outcome == TransactionOutcome::Unreachable && again_at < probe.until {
            probe.again_at = Some(again_at);
            self.update_timer(id);
        } else {
            self.lose(now, id);
        }
    }

    /// The far end is gone.
    fn lose(&mut self, now: Timestamp, id: LegId) {
        let Some(mut established) = self.take_established(id) else { return };
        if established.is_over {
            // Told already; only the BYE still waits for its ACK.
            self.legs.insert(id, Leg::Established(established));
            return;
        }
        self.bye(now, &mut established.dialog, None);
        self.end(id, Some(&established.dialog.key()), LegEnd::Lost);
    }
}

/// A request that could not be sent is tried again so often.
const SEND_AGAIN_AFTER: Duration = timers::T2;
