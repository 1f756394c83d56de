//! Checks by OPTIONS inside the dialog whether a silent far end is still there (RFC 3261 11).
//!
//! 481, 408 and no response within timer F end the leg. Any other response proves that the far end
//! is there, 405 and 501 included. When the request cannot be sent because the connection is
//! closed, it is retried until timer F has passed, since a phone may reconnect.

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

/// A pending check.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    /// When the far end is considered gone.
    until: Timestamp,
    /// When the request is retried after it could not be sent.
    pub(super) again_at: Option<Timestamp>,
}

impl Endpoint {
    /// Starts a check for the switch.
    pub(crate) fn probe(&mut self, now: Timestamp, id: LegId) {
        // An unanswered or unacknowledged leg has its own deadline.
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
        options.headers.push(Name::Accept, ACCEPT);
        self.add_dialog_headers(&mut options, contact);
        self.transactions.request(now, options, flow, TransactionUser::Probe(id), &mut self.out);
    }

    /// Handles the response to the check.
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

    /// Handles a check without a response, or one that could not be sent.
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

    /// Ends a leg whose far end is gone.
    fn lose(&mut self, now: Timestamp, id: LegId) {
        let Some(mut established) = self.take_established(id) else { return };
        if established.is_over {
            // Its end was reported; only the BYE still waits for the ACK.
            self.legs.insert(id, Leg::Established(established));
            return;
        }
        self.bye(now, &mut established.dialog, None);
        self.end(id, Some(&established.dialog.key()), LegEnd::Lost);
    }
}

/// The pause before a request that could not be sent is retried.
const SEND_AGAIN_AFTER: Duration = timers::T2;
