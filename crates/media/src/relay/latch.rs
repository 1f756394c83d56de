//! Whose packets a leg takes: symmetric RTP (RFC 4961) with a lock, so that no stranger speaks into a call.

use std::net::{IpAddr, SocketAddr};

use model::Remote;

use crate::packet::Header;

/// Where a leg's voice comes from and goes to.
#[derive(Debug, Default)]
pub(crate) struct Latch {
    /// Where its SDP says it is; `None` as long as nobody said.
    said: Option<SocketAddr>,
    /// The source we believe.
    locked: Option<SocketAddr>,
    /// The SDP said the same address again: its host may take another port.
    may_move: bool,
    /// Where we send: what the SDP said, until a source proves better.
    target: Option<SocketAddr>,
    /// Where its RTCP came from.
    rtcp: Option<SocketAddr>,
    candidate: Option<Candidate>,
}

/// A source on probation.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    from: SocketAddr,
    ssrc: u32,
    seq: u16,
    packets: u8,
}

/// What to do with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// From whom it should be.
    Take,
    /// As `Take`, and from here on only from there: packets kept from it are good too.
    Latch,
    /// It may prove good: keep it a moment.
    Wait,
    /// From somebody else: count and drop.
    Drop,
}

/// What the leg knows about a packet that helps to judge it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence {
    /// The payload type is one the leg may use.
    pub(crate) known_type: bool,
    /// The payload type is the negotiated codec's.
    pub(crate) negotiated: bool,
    /// The SSRC is that of the stream we lost from the locked source.
    pub(crate) lost_stream: bool,
}

impl Latch {
    /// The SDP says where the far end is: unlock. The old way to hold (0.0.0.0) says nothing.
    ///
    /// An unchanged address (hold, resume, a session refreshed) keeps the lock, but for another
    /// port of the same host: while a held phone is silent, anybody else would be the first.
    pub(crate) fn say(&mut self, remote: &Remote) {
        if remote.rtp.ip().is_unspecified() || remote.rtp.port() == 0 {
            return;
        }
        if self.said != Some(remote.rtp) {
            *self = Latch { said: Some(remote.rtp), target: Some(remote.rtp), ..Latch::default() };
        }
        self.may_move = self.locked.is_some();
        self.candidate = None;
    }

    /// Whether to believe a packet of voice from `from`.
    pub(crate) fn judge(
        &mut self,
        from: SocketAddr,
        header: Header,
        evidence: Evidence,
    ) -> Verdict {
        if self.locked == Some(from) {
            self.may_move = false;
            return Verdict::Take;
        }
        let Some(said) = self.said else { return Verdict::Wait };
        if !evidence.known_type {
            return Verdict::Drop;
        }
        match self.locked {
            None if same_host(said.ip(), from.ip()) => self.lock(from),
            // NAT: its SDP names an address that is not the one it sends from.
            None if evidence.negotiated => self.probe(from, header),
            Some(locked) if self.may_move && same_host(locked.ip(), from.ip()) => self.lock(from),
            // NAT again: the binding of a phone that went silent moved. Who knows its SSRC is it.
            Some(_) if evidence.lost_stream => self.probe(from, header),
            None | Some(_) => Verdict::Drop,
        }
    }

    /// Whether RTCP from there may be the far end's, and if so answer there.
    pub(crate) fn judge_rtcp(&mut self, from: SocketAddr, own_port: bool) -> bool {
        let ours = [self.locked, self.said].iter().flatten().any(|a| same_host(a.ip(), from.ip()));
        if ours && own_port {
            self.rtcp = Some(from);
        }
        ours
    }

    /// Where to send voice.
    pub(crate) fn target(&self) -> Option<SocketAddr> {
        self.target
    }

    /// Where to send RTCP: where it came from, else the port above the voice (RFC 3550 11).
    pub(crate) fn rtcp_target(&self) -> Option<SocketAddr> {
        let above = |a: SocketAddr| Some(SocketAddr::new(a.ip(), a.port().checked_add(1)?));
        self.rtcp.or_else(|| self.target.and_then(above))
    }

    fn lock(&mut self, from: SocketAddr) -> Verdict {
        self.locked = Some(from);
        self.may_move = false;
        self.target = Some(from);
        self.candidate = None;
        Verdict::Latch
    }

    /// Three packets in order from one source.
    fn probe(&mut self, from: SocketAddr, header: Header) -> Verdict {
        let same = self.candidate.filter(|c| {
            let step = header.seq.wrapping_sub(c.seq);
            c.from == from && c.ssrc == header.ssrc && (1..=STEP_MAX).contains(&step)
        });
        let packets = same.map_or(1, |c| c.packets + 1);
        if packets >= PROBATION {
            return self.lock(from);
        }
        self.candidate = Some(Candidate { from, ssrc: header.ssrc, seq: header.seq, packets });
        Verdict::Wait
    }
}

/// An IPv4 address is the same host when it comes mapped into IPv6.
fn same_host(a: IpAddr, b: IpAddr) -> bool {
    a.to_canonical() == b.to_canonical()
}

/// A scanner's single packet, or two, must not take a leg.
const PROBATION: u8 = 3;
/// A few packets may be lost even there.
const STEP_MAX: u16 = 8;
