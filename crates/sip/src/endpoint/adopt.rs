//! Other trunks, proxies and seats while calls go on.

use std::collections::BTreeSet;

use primitives::TrunkId;

use super::{Endpoint, leg::Leg};
use crate::{Peers, Trunk, peer::FarEnd};

impl Endpoint {
    /// Adopts trunks, proxies and seats. Seats are added or replaced here; they are removed by
    /// [`Command::RemoveSeat`](crate::Command::RemoveSeat) once they talk no more.
    ///
    /// A trunk that is gone, or that has moved, stays known at its old addresses until its calls
    /// have ended: they could not be ended from there otherwise.
    pub(super) fn adopt(&mut self, peers: Peers) {
        let Peers { trunks, proxies, seats, trunk_voice, seat_voice } = peers;
        let before = std::mem::replace(&mut self.config.trunks, trunks);
        for trunk in before.into_iter().chain(std::mem::take(&mut self.draining_trunks)) {
            if !self.config.trunks.contains(&trunk) && !self.draining_trunks.contains(&trunk) {
                self.draining_trunks.push(trunk);
            }
        }
        self.config.proxies = proxies;
        self.config.trunk_voice = trunk_voice;
        self.config.seat_voice = seat_voice;
        for seat in seats {
            self.put_seat(seat);
        }
        self.forget_drained_trunks();
    }

    /// All trunks, those that drain last: an address that another trunk has taken over is its.
    pub(super) fn trunks(&self) -> impl Iterator<Item = &Trunk> {
        self.config.trunks.iter().chain(&self.draining_trunks)
    }

    /// Forgets trunks that drain and have no calls any more.
    pub(crate) fn forget_drained_trunks(&mut self) {
        if self.draining_trunks.is_empty() {
            return;
        }
        let with_calls: BTreeSet<TrunkId> = (self.legs.values())
            .filter_map(|leg| match leg {
                Leg::Incoming(incoming) => Some(incoming.dialog.far_end()),
                Leg::Established(established) => Some(established.dialog.far_end()),
                Leg::Outgoing(_) => None,
            })
            .filter_map(|far_end| match far_end {
                FarEnd::Trunk(trunk) => Some(trunk.clone()),
                _ => None,
            })
            .collect();
        self.draining_trunks.retain(|trunk| with_calls.contains(&trunk.id));
    }
}
