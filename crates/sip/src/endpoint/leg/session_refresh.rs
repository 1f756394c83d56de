//! Refreshing the session of an answered leg, and answering the far end's refreshes (RFC 4028).

use std::time::Duration;

use primitives::{LegId, Timestamp};

use super::{
    Leg,
    established::EstablishedLeg,
    session_timer::{SessionExpires, SessionTimer},
};
use crate::{
    Endpoint, LegEnd,
    message::{Message, Method, Name},
    transaction::TransactionUser,
};

impl Endpoint {
    /// Refreshes the session: by UPDATE where the far end supports it, otherwise by re-INVITE (RFC
    /// 4028 10).
    pub(super) fn refresh(&mut self, now: Timestamp, id: LegId) {
        let Some(Leg::Established(established)) = self.legs.get_mut(&id) else { return };
        let Some(session) = established.session else { return };
        established.refreshes = true;
        if !established.takes_update {
            return self.reinvite(now, id);
        }
        let (mut update, flow) = established.dialog.request(Method::Update, &mut self.ids);
        let expires = SessionExpires { interval: session.interval, refresher_is_uac: Some(true) };
        update.headers.push(Name::SessionExpires, expires.write());
        let contact = established.dialog.contact();
        self.add_dialog_headers(&mut update, contact);
        self.transactions.request(now, update, flow, TransactionUser::Refresh(id), &mut self.out);
    }

    /// Handles the response to our UPDATE, or its timeout.
    pub(crate) fn refreshed(
        &mut self,
        now: Timestamp,
        id: LegId,
        code: u16,
        response: Option<&Message>,
    ) {
        let Some(mut established) = self.take_established(id) else { return };
        match code {
            408 | 481 if !established.is_over => {
                self.bye(now, &mut established.dialog, None);
                self.end(id, Some(&established.dialog.key()), LegEnd::Lost);
                return;
            }
            200..=299 => {
                if let Some(response) = response {
                    // RFC 3311 5.1: UPDATE is a target refresh request.
                    established.dialog.refresh_target(response);
                    established.start_session(now, response);
                }
            }
            405 | 501 => {
                established.takes_update = false;
                self.legs.insert(id, Leg::Established(established));
                self.refresh(now, id);
                return self.update_timer(id);
            }
            _ => self.refresh_refused(now, &mut established, code, response),
        }
        self.legs.insert(id, Leg::Established(established));
        self.update_timer(id);
    }

    /// Schedules a retry after our refresh failed. RFC 4028 10 leaves the session as it was, and
    /// the far end would end the call at its expiry.
    pub(super) fn refresh_refused(
        &mut self,
        now: Timestamp,
        established: &mut EstablishedLeg,
        code: u16,
        response: Option<&Message>,
    ) {
        let Some(session) = established.session.filter(|_| established.refreshes) else { return };
        let seconds = |name| Some(Duration::from_secs(response?.seconds(name)?.into()));
        let longer = seconds(&Name::MinSe).filter(|_| code == 422);
        let longer = longer.and_then(|least| session.lengthen(now, least));
        established.session = Some(longer.unwrap_or_else(|| {
            let wait = match code {
                491 => Some(self.glare_wait(established.is_dialled)),
                _ => seconds(&Name::RetryAfter),
            };
            session.retry(now, wait)
        }));
    }

    /// Answers a request that may refresh the session and starts its timer (RFC 4028 9).
    pub(super) fn answer_session(
        &self,
        now: Timestamp,
        established: &mut EstablishedLeg,
        request: &Message,
        response: &mut Message,
    ) {
        let asked = request.headers.get(&Name::SessionExpires).and_then(SessionExpires::parse);
        let least = request.seconds(&Name::MinSe).map(|s| Duration::from_secs(s.into()));
        let interval = match (asked, established.session) {
            // Never longer than our interval, because a far end may ask for years, and never
            // shorter than its Min-SE.
            (Some(asked), _) if !self.config.session_expires.is_zero() => {
                let longest = self.config.session_expires.max(least.unwrap_or_default());
                asked.interval.min(longest).max(self.config.session_expires_min)
            }
            (Some(asked), _) => asked.interval.max(self.config.session_expires_min),
            (None, Some(session)) => session.interval,
            (None, None) => self.config.session_expires,
        };
        if interval.is_zero() {
            return;
        }
        let they_can = request.lists(&Name::Supported, "timer");
        let theirs = they_can && asked.and_then(|a| a.refresher_is_uac).unwrap_or(true);
        if theirs {
            response.headers.push(Name::Require, "timer");
        }
        let agreed = SessionExpires { interval, refresher_is_uac: Some(theirs) };
        response.headers.push(Name::SessionExpires, agreed.write());
        established.refreshes = false;
        established.session = Some(SessionTimer::start(now, interval, !theirs));
    }
}
