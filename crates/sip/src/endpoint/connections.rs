//! TCP connections of the endpoint: which are accepted, and which are closed and when.

use primitives::Timestamp;

use super::{
    Endpoint,
    streams::{StreamExpiry, StreamOwner},
};
use crate::{Flow, peer::Peer};

impl Endpoint {
    /// Handles a new TCP connection to us.
    pub(super) fn stream_opened(&mut self, now: Timestamp, flow: Flow) {
        if self.streams.contains(flow) {
            // The previous connection with these addresses ended unnoticed.
            self.flow_closed(now, flow);
        }
        let limits = self.config.streams;
        let peer = Peer::direct(flow);
        let is_trunk = self.trunk_at(peer).is_some() || self.is_proxy(peer.source.ip());
        let (owner, share) = match is_trunk {
            true => (StreamOwner::Trunk, limits.per_trunk),
            false if self.shield.is_known(now, flow.remote.ip()) => {
                (StreamOwner::Stranger, limits.per_known)
            }
            false => (StreamOwner::Stranger, limits.per_stranger),
        };
        self.admit_stream(now, flow, owner, share);
    }

    /// Accepts a connection, closing another one when there is no room; false when none may be
    /// closed.
    pub(super) fn admit_stream(
        &mut self,
        now: Timestamp,
        flow: Flow,
        owner: StreamOwner,
        share: usize,
    ) -> bool {
        match self.streams.stream_to_evict(flow, owner, share) {
            Ok(None) => {}
            Ok(Some(victim)) => self.drop_stream(now, victim),
            Err(()) => {
                self.out.counts.full += 1;
                self.out.close(flow);
                return false;
            }
        }
        self.streams.open(now, flow, owner);
        true
    }

    /// Closes a connection and tells everything that used it.
    pub(super) fn drop_stream(&mut self, now: Timestamp, flow: Flow) {
        self.out.counts.streams_closed += 1;
        self.out.close(flow);
        self.flow_closed(now, flow);
    }

    /// Closes connections whose deadline has passed, unless they are in use.
    pub(super) fn streams_timeout(&mut self, now: Timestamp) {
        while let Some((flow, why)) = self.streams.next_expired(now) {
            match why {
                StreamExpiry::Idle if self.is_in_use(flow) => self.streams.renew(now, flow),
                StreamExpiry::Idle | StreamExpiry::IncompleteMessage => self.drop_stream(now, flow),
            }
        }
    }

    /// Returns whether a registered phone, a call, a registration of ours or an open request uses
    /// the flow.
    fn is_in_use(&self, flow: Flow) -> bool {
        let of_leg = |leg: &primitives::LegId| {
            self.dialog_of(*leg).is_some_and(|dialog| dialog.flow() == flow)
        };
        self.seat_at(Peer::direct(flow)).is_some()
            || self.transactions.uses(flow)
            || self.registrations.uses(flow)
            || self.legs.keys().any(of_leg)
    }
}
