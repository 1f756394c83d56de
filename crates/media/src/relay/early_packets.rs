//! Packets that came before we knew whether to believe them: kept a moment, so that no first word is clipped.

use std::{collections::VecDeque, net::SocketAddr, time::Duration};

use primitives::Timestamp;

/// The newest packets from sources that may soon be taken. Full: the oldest goes.
#[derive(Debug, Default)]
pub(crate) struct EarlyPackets {
    kept: VecDeque<EarlyPacket>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct EarlyPacket {
    pub(crate) at: Timestamp,
    pub(crate) from: SocketAddr,
    len: usize,
    bytes: [u8; PACKET_MAX],
}

impl EarlyPacket {
    pub(crate) fn bytes(&mut self) -> &mut [u8] {
        self.bytes.get_mut(..self.len).unwrap_or_default()
    }
}

impl EarlyPackets {
    /// Keep a packet. One that is larger than any we would pass on is not kept.
    pub(crate) fn keep(&mut self, at: Timestamp, from: SocketAddr, packet: &[u8]) {
        let mut bytes = [0; PACKET_MAX];
        let Some(room) = bytes.get_mut(..packet.len()) else { return };
        room.copy_from_slice(packet);
        if self.kept.capacity() == 0 {
            self.kept.reserve_exact(PACKETS_MAX);
        }
        if self.kept.len() >= PACKETS_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back(EarlyPacket { at, from, len: packet.len(), bytes });
    }

    /// All that are not too old at `now`, oldest first; nothing is kept afterwards.
    pub(crate) fn take(&mut self, now: Timestamp) -> impl Iterator<Item = EarlyPacket> + use<> {
        let kept = std::mem::take(&mut self.kept);
        kept.into_iter().filter(move |packet| now.since(packet.at) <= AGE_MAX)
    }
}

/// 200 ms at 20 ms a packet, and a few for strangers.
const PACKETS_MAX: usize = 16;
/// What is older was said to nobody.
const AGE_MAX: Duration = Duration::from_millis(200);
/// 60 ms of G.711 with header and a little extension.
const PACKET_MAX: usize = 536;
