//! The streams that were heard on each port before its call, over all voice threads.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use primitives::Timestamp;

use super::earlier_streams::EarlierStreams;
use crate::packet;

/// The streams that were heard on each RTP port before its call. At most one entry per port.
///
/// All [`Relays`](crate::Relays) of a process share it, so that a port may serve a call of one voice
/// thread and the next call of another. The lock is taken when a leg begins or ends, and for packets
/// on ports without a call; never for the packets of a call.
#[derive(Clone, Debug, Default)]
pub struct PortHistory(Arc<Mutex<BTreeMap<u16, EarlierStreams>>>);

impl PortHistory {
    /// Returns the streams of a port that cannot belong to a call that begins now.
    pub(crate) fn before_call(&self, rtp_port: u16) -> EarlierStreams {
        self.ports().get(&rtp_port).copied().unwrap_or_default().before_call()
    }

    /// Sets the streams of a port whose call has ended.
    pub(crate) fn set(&self, rtp_port: u16, streams: EarlierStreams) {
        self.ports().insert(rtp_port, streams);
    }

    /// Notes a packet on a port without a call.
    pub(crate) fn note_idle(&self, now: Timestamp, rtp_port: u16, ssrc: u32) {
        self.ports().entry(rtp_port).or_default().note_idle(now, ssrc);
    }

    /// Handles a datagram that came to our `rtp_port` before signalling began, so for a call of a
    /// crashed engine: its stream is not accepted by the next call on that port.
    pub fn handle_stale_packet(&self, now: Timestamp, rtp_port: u16, packet: &[u8]) {
        if let Some(ssrc) = packet::ssrc(packet) {
            self.ports().entry(rtp_port).or_default().note_stale(now, ssrc);
        }
    }

    fn ports(&self) -> MutexGuard<'_, BTreeMap<u16, EarlierStreams>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
