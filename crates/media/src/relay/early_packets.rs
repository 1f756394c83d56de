//! Packets received before their source was accepted: kept briefly, so that no first word is lost.

use std::{collections::VecDeque, net::SocketAddr, time::Duration};

use primitives::Timestamp;

/// The newest packets of sources that may be accepted soon. When full, the oldest is dropped.
#[derive(Debug, Default)]
pub(crate) struct EarlyPackets {
    kept: VecDeque<EarlyPacket>,
}

/// A kept packet.
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
    /// Keeps a packet. One that is too large to be forwarded is not kept.
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

    /// Removes and returns all packets that are not too old at `now`, oldest first.
    pub(crate) fn take(&mut self, now: Timestamp) -> impl Iterator<Item = EarlyPacket> + use<> {
        let kept = std::mem::take(&mut self.kept);
        kept.into_iter().filter(move |packet| now.since(packet.at) <= AGE_MAX)
    }
}

/// 200 ms at 20 ms a packet, and a few of other sources.
const PACKETS_MAX: usize = 16;
/// Older packets are useless to the listener.
const AGE_MAX: Duration = Duration::from_millis(200);
/// 60 ms of G.711 with a header and a short extension.
const PACKET_MAX: usize = 536;
