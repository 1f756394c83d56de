//! Decides which source of RTP is the far end of a leg.
//!
//! Anyone can send to an RTP port, so a source is ranked by what vouches for it ([`Trust`]). A
//! better source replaces a lesser one; the exact address of the SDP takes the leg back at any
//! time. Packets of all other sources are counted and never forwarded, recorded or kept.
//!
//! | rank | source | takes the leg |
//! |---|---|---|
//! | 1 | proves who it is (SRTP, ICE) | reserved: we speak neither yet |
//! | 2 | the exact address of the SDP in force | at once, or from another after 3 packets in order |
//! | 3 | another port of that host | after 3 packets in order |
//! | 4 | a host that signalling names | after 3 packets in order |
//! | 5 | goes on with the leg's own stream after 500 ms of silence | after 3 packets in order |
//! | 6 | nothing vouches for it, and the SDP's address cannot be reached | alone for 25 packets in pace |
//!
//! A stream received on the port before the call takes the leg only from the exact address of the
//! SDP.
//!
//! `now` is the time at which a packet was received.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use primitives::{RemoteMedia, SignalledSource, SymmetricRtp, Timestamp};

use super::outgoing_stream::samples_in;
use crate::packet::Header;

/// The evidence that a source is the far end; the lesser value is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trust {
    /// Rank 2: it is the address of the SDP in force.
    Sdp,
    /// Rank 3: another port of the SDP's host.
    SdpHost,
    /// Rank 4: signalling names the host ([`SignalledSource::names`]).
    NamedHost,
    /// Rank 5: it goes on with the SSRC, sequence number and timestamp of the leg's stream.
    SameStream,
    /// Rank 6: only that it was the sole source.
    Assumed,
}

/// The decision about a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Its source is the far end.
    Take,
    /// Its source is the far end from this packet on; packets kept from it are accepted too.
    TakeOver(Trust),
    /// Its source may be accepted soon: keep the packet until then.
    Keep,
    /// Its source may be assumed later: the packet is neither kept nor counted.
    Watch,
    /// A second source competes and nothing vouches for either: none is assumed for this SDP.
    Conflict,
    /// An unknown source: count and drop.
    Drop,
}

/// The properties of a packet that the leg knows, besides its source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence {
    /// The payload type is one the leg may use.
    pub(crate) known_type: bool,
    /// The payload type is the negotiated codec's.
    pub(crate) negotiated: bool,
    /// It continues the SSRC, sequence number and timestamp of the leg's last stream.
    pub(crate) same_stream: bool,
    /// It belongs to a stream received on this port before the call whose sender has not stopped.
    pub(crate) earlier_stream: bool,
}

/// The sources of a leg: which are trusted, which one is accepted, and where our media goes.
#[derive(Debug, Default)]
pub(crate) struct SourceTracker {
    /// The address of the SDP in force; `None` until there is one.
    sdp: Option<SocketAddr>,
    signalled: SignalledSource,
    /// The accepted source.
    taken: Option<Taken>,
    /// A vouched-for source that is not accepted yet.
    candidate: Option<Candidate>,
    /// Sources that nothing vouches for, with their progress.
    unvouched: [Option<Candidate>; 2],
    /// Whether two of them competed: none is assumed for this SDP.
    contested: bool,
    /// The source of its RTCP.
    rtcp: Option<(Trust, SocketAddr)>,
}

/// The accepted source.
#[derive(Clone, Copy, Debug)]
struct Taken {
    from: SocketAddr,
    trust: Trust,
    heard_at: Timestamp,
    /// Whether a new SDP came since: the far end may continue from another source at once.
    is_released: bool,
}

/// A source on probation.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    from: SocketAddr,
    trust: Trust,
    first: Header,
    first_at: Timestamp,
    seq: u16,
    heard_at: Timestamp,
    /// Packets in order, including the first.
    packets: u8,
}

impl SourceTracker {
    /// Sets what signalling tells before the SDP is known.
    pub(crate) fn expect(&mut self, signalled: SignalledSource) {
        self.signalled = signalled;
    }

    /// Sets the far end's SDP. 0.0.0.0 and port 0, the old form of hold (RFC 3264 8.4), leave the
    /// address unchanged.
    pub(crate) fn describe(&mut self, remote: &RemoteMedia) {
        self.signalled = remote.signalled.clone();
        if remote.rtp.ip().is_unspecified() || remote.rtp.port() == 0 {
            return;
        }
        let sdp = SocketAddr::new(remote.rtp.ip().to_canonical(), remote.rtp.port());
        let is_same = self.sdp.replace(sdp) == Some(sdp);
        if !is_same {
            self.unvouched = [None; 2];
            self.contested = false;
            self.rtcp = None;
        }
        self.candidate = None;
        self.taken = self.taken.and_then(|taken| {
            let stays = is_same || self.signalled.sdp_unreachable;
            let unvouched = (stays && taken.trust >= Trust::SameStream).then_some(taken.trust);
            let trust = self.vouched(taken.from).or(unvouched)?;
            Some(Taken { trust, is_released: true, ..taken })
        });
    }

    /// Returns whether `from` is the accepted source, and notes its activity.
    pub(crate) fn is_taken_source(&mut self, now: Timestamp, from: SocketAddr) -> bool {
        let Some(taken) = self.taken.as_mut().filter(|taken| taken.from == from) else {
            return false;
        };
        taken.heard_at = now;
        taken.is_released = false;
        true
    }

    /// Decides about a packet from a source that is not the accepted one. `may_assume` allows rank
    /// 6.
    pub(crate) fn judge(
        &mut self,
        now: Timestamp,
        from: SocketAddr,
        header: Header,
        evidence: Evidence,
        may_assume: bool,
    ) -> Verdict {
        if self.sdp.is_none() {
            // Until the SDP is known, only packets that it could vouch for are kept.
            return if self.signalled.names(from.ip()) { Verdict::Keep } else { Verdict::Drop };
        }
        if !evidence.known_type || self.is_superseded(from) {
            return Verdict::Drop;
        }
        let same_stream = (evidence.same_stream && self.taken.is_some_and(|t| t.is_silent(now)))
            .then_some(Trust::SameStream);
        let trust = self.vouched(from).or(same_stream);
        if evidence.earlier_stream && trust != Some(Trust::Sdp) {
            return Verdict::Drop;
        }
        match trust {
            Some(trust) => self.challenge(now, from, header, trust),
            None if may_assume && evidence.negotiated => self.watch(now, from, header),
            None => Verdict::Drop,
        }
    }

    /// Returns whether RTCP from `from` is the far end's, by the same ranks as for RTP. Notes the
    /// source when it came to the RTCP port.
    pub(crate) fn judge_rtcp(&mut self, from: SocketAddr, own_port: bool) -> bool {
        let by_taken = self.taken.filter(|taken| same_host(taken.from, from)).map(|t| t.trust);
        let is_sdp = self.sdp.is_some_and(|sdp| above(sdp) == Some(from));
        let vouched = if is_sdp { Some(Trust::Sdp) } else { self.vouched(from) };
        let Some(trust) = vouched.or(by_taken).filter(|_| !self.is_superseded(from)) else {
            return false;
        };
        if own_port && self.rtcp.is_none_or(|(best, _)| trust <= best) {
            self.rtcp = Some((trust, from));
        }
        true
    }

    /// Returns where to send RTP: the SDP address, or the source when that address cannot be right.
    pub(crate) fn target(&self) -> Option<SocketAddr> {
        match self.taken {
            Some(taken) if self.answers_source(taken.trust) => Some(taken.from),
            Some(_) | None => self.sdp,
        }
    }

    /// Returns where to send RTCP: the port above RTP (RFC 3550 11), or where theirs came from.
    pub(crate) fn rtcp_target(&self) -> Option<SocketAddr> {
        match self.rtcp {
            // The SDP's host usually sends its reports from where it receives ours.
            Some((trust, from)) if trust <= Trust::SdpHost || self.answers_source(trust) => {
                Some(from)
            }
            Some(_) | None => self.target().and_then(above),
        }
    }

    /// Symmetric RTP (RFC 4961): returns whether we send to a source of this trust.
    fn answers_source(&self, trust: Trust) -> bool {
        match self.signalled.symmetric {
            SymmetricRtp::Always => true,
            SymmetricRtp::Never => false,
            SymmetricRtp::Auto => trust >= Trust::SameStream || self.signalled.behind_nat,
        }
    }

    /// Returns the rank of a source by signalling, ranks 2 to 4.
    fn vouched(&self, from: SocketAddr) -> Option<Trust> {
        let sdp = self.sdp?;
        if from == sdp {
            Some(Trust::Sdp)
        } else if same_host(from, sdp) {
            Some(Trust::SdpHost)
        } else {
            self.signalled.names(from.ip()).then_some(Trust::NamedHost)
        }
    }

    /// Returns whether the SDP of another early dialog named this address.
    fn is_superseded(&self, from: SocketAddr) -> bool {
        self.sdp != Some(from) && self.signalled.superseded.contains(&from)
    }

    /// Handles a vouched-for source that is not accepted yet.
    fn challenge(
        &mut self,
        now: Timestamp,
        from: SocketAddr,
        header: Header,
        trust: Trust,
    ) -> Verdict {
        let may_take = self.taken.is_none_or(|taken| trust < taken.trust || taken.is_silent(now));
        if !may_take {
            return Verdict::Drop;
        }
        if self.taken.is_none() && trust == Trust::Sdp {
            return self.take(now, from, trust);
        }
        let candidate = match self.candidate {
            Some(candidate) if candidate.from == from => candidate.follow(now, header, trust),
            Some(other) if other.trust <= trust && now.since(other.heard_at) < STALE => {
                return Verdict::Drop;
            }
            Some(_) | None => Candidate::new(now, from, header, trust),
        };
        self.candidate = Some(candidate);
        match candidate.packets >= PROBATION {
            true => self.take(now, from, trust),
            false => Verdict::Keep,
        }
    }

    /// Handles a source that nothing vouches for. It is assumed only when the SDP address is
    /// unreachable, no better source sends, and it is the only one.
    fn watch(&mut self, now: Timestamp, from: SocketAddr, header: Header) -> Verdict {
        let may_take = self.taken.is_none_or(|taken| {
            // Its own host may continue from another port, as behind a restarted NAT.
            taken.trust == Trust::Assumed && same_host(taken.from, from) && taken.is_silent(now)
        });
        if !self.signalled.sdp_unreachable || self.contested || !may_take {
            return Verdict::Drop;
        }
        let known = self.unvouched.iter().position(|c| c.is_some_and(|c| c.from == from));
        let place = known.unwrap_or_else(|| self.least_advanced(now));
        let Some(slot) = self.unvouched.get_mut(place) else { return Verdict::Drop };
        let candidate = match *slot {
            Some(before) if before.from == from && before.is_in_pace(now, header) => {
                before.follow(now, header, Trust::Assumed)
            }
            Some(_) | None => Candidate::new(now, from, header, Trust::Assumed),
        };
        *slot = Some(candidate);
        let speaking = |c: &Option<Candidate>| {
            c.is_some_and(|c| c.packets >= PROBATION && now.since(c.heard_at) < CONFLICT_FOR)
        };
        if self.unvouched.iter().all(speaking) {
            self.contested = true;
            return Verdict::Conflict;
        }
        match candidate.packets >= ALONE {
            true => self.take(now, from, Trust::Assumed),
            false => Verdict::Watch,
        }
    }

    /// Returns the index of the unvouched source to replace: an empty one, or the one with the
    /// least progress.
    fn least_advanced(&self, now: Timestamp) -> usize {
        let progress = |c: &Option<Candidate>| match c {
            Some(c) if now.since(c.heard_at) < CONFLICT_FOR => u8::max(c.packets, 1),
            Some(_) | None => 0,
        };
        let all = self.unvouched.iter().map(progress).enumerate();
        all.min_by_key(|(_, packets)| *packets).map_or(0, |(place, _)| place)
    }

    fn take(&mut self, now: Timestamp, from: SocketAddr, trust: Trust) -> Verdict {
        self.taken = Some(Taken { from, trust, heard_at: now, is_released: false });
        self.candidate = None;
        self.unvouched = [None; 2];
        // RTCP of another host is no longer its.
        self.rtcp = self.rtcp.filter(|(_, rtcp)| same_host(*rtcp, from));
        Verdict::TakeOver(trust)
    }
}

impl Taken {
    /// Returns whether another source may replace it: it is silent, or was released.
    fn is_silent(&self, now: Timestamp) -> bool {
        self.is_released || now.since(self.heard_at) >= SILENCE
    }
}

impl Candidate {
    fn new(now: Timestamp, from: SocketAddr, header: Header, trust: Trust) -> Candidate {
        Candidate {
            from,
            trust,
            first: header,
            first_at: now,
            seq: header.seq,
            heard_at: now,
            packets: 1,
        }
    }

    /// Counts the next packet of its source; a packet out of order restarts the count.
    fn follow(self, now: Timestamp, header: Header, trust: Trust) -> Candidate {
        let step = header.seq.wrapping_sub(self.seq);
        if self.first.ssrc != header.ssrc || !(1..=STEP_MAX).contains(&step) {
            return Candidate::new(now, self.from, header, trust);
        }
        let packets = self.packets.saturating_add(1);
        Candidate { trust, seq: header.seq, heard_at: now, packets, ..self }
    }

    /// Returns whether its timestamps advance with the clock.
    fn is_in_pace(&self, now: Timestamp, header: Header) -> bool {
        let by_stamp = u64::from(header.ts.wrapping_sub(self.first.ts));
        by_stamp.abs_diff(samples_in(now.since(self.first_at))) <= samples_in(OFF_PACE_MAX)
    }
}

/// Compares hosts; an IPv4-mapped IPv6 address is the IPv4 address.
fn same_host(a: SocketAddr, b: SocketAddr) -> bool {
    canonical(a) == canonical(b)
}

fn canonical(a: SocketAddr) -> IpAddr {
    a.ip().to_canonical()
}

/// The port above.
fn above(a: SocketAddr) -> Option<SocketAddr> {
    Some(SocketAddr::new(a.ip(), a.port().checked_add(1)?))
}

/// Packets in order before a vouched-for source is accepted, so that one or two stray packets have
/// no effect.
const PROBATION: u8 = 3;
/// Packets in order and in pace before a source is assumed: half a second of voice.
const ALONE: u8 = 25;
/// A few packets may be lost even then.
const STEP_MAX: u16 = 8;
/// The silence after which another source may replace the accepted one: a far end with a new
/// address is silent at first, and network jitter is shorter.
const SILENCE: Duration = Duration::from_millis(500);
/// The silence after which a candidate is replaced by another of the same trust.
const STALE: Duration = Duration::from_millis(200);
/// How long after its last packet an unvouched source still competes.
const CONFLICT_FOR: Duration = Duration::from_secs(1);
/// How far the timestamps of an unvouched source may differ from the clock: more than any jitter.
const OFF_PACE_MAX: Duration = Duration::from_millis(200);
