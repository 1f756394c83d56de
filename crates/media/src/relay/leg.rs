//! One side of a relay: the sources it accepts, what it receives, and the one stream it sends.

use std::{net::SocketAddr, ops::Range, time::Duration};

use primitives::{Codec, Direction, RemoteMedia, SignalledSource, Timestamp};

use super::{
    Shared,
    earlier_streams::EarlierStreams,
    early_packets::EarlyPackets,
    outgoing_stream::{ForwardedPacket, OutgoingStream},
    source_tracker::{Evidence, SourceTracker, Verdict},
};
use crate::{
    PacketSource, PromptId, Reception, Sink, codec,
    dtmf::DtmfDetector,
    mix::{self, FRAME, Frame},
    packet::{self, HEADER_LEN, Header},
    prompt::Player,
    receive_stats::{PacketStatus, ReceiveStats},
    rtcp_session::RtcpSession,
};

/// One far end of a call and everything that is kept about it: its media, what comes from it and
/// what is sent to it.
#[derive(Debug)]
pub(crate) struct Leg {
    pub(crate) rtp_port: u16,
    remote: Option<RemoteMedia>,
    sources: SourceTracker,
    /// Streams received on this port before the leg.
    earlier: EarlierStreams,
    /// Streams of this leg.
    streams: EarlierStreams,
    pub(crate) early: EarlyPackets,
    pub(crate) incoming: ReceiveStats,
    /// Boxed, because few legs ever have one.
    stray: Option<Box<StrayPacket>>,
    keys: DtmfDetector,
    out: OutgoingStream,
    /// The end of the voice passed through to it last, for a change without a click.
    passed: PassedVoice,
    pub(crate) player: Player,
    reports: RtcpSession,
    /// When the last packet came from it, or the wait began.
    heard_at: Timestamp,
    /// Whether its silence was reported.
    is_silent: bool,
    strangers: u64,
}

/// The last payload that was passed through to a leg.
#[derive(Debug)]
struct PassedVoice {
    codec: Codec,
    len: usize,
    bytes: [u8; FRAME],
    /// Whether the next packet is faded in, because it follows a mix.
    fades_in: bool,
}

impl PassedVoice {
    fn note(&mut self, codec: Codec, payload: &[u8]) {
        let newest = payload.get(payload.len().saturating_sub(FRAME)..).unwrap_or_default();
        if let Some(kept) = self.bytes.get_mut(..newest.len()) {
            kept.copy_from_slice(newest);
            (self.codec, self.len) = (codec, newest.len());
        }
    }

    /// Returns the last 20 ms in samples, with silence before a shorter packet, and forgets them.
    fn take(&mut self) -> Option<Frame> {
        let len = std::mem::take(&mut self.len);
        let (table, mut frame) = (codec::decode_table(self.codec), [0; FRAME]);
        let newest = frame.get_mut(FRAME - len..).filter(|_| len > 0)?;
        for (sample, byte) in newest.iter_mut().zip(self.bytes) {
            *sample = table[usize::from(byte)];
        }
        Some(frame)
    }
}

/// A packet of an accepted source, ready to be forwarded and recorded.
#[derive(Clone, Debug)]
pub(crate) struct AcceptedPacket {
    pub(crate) header: Header,
    pub(crate) payload: Range<usize>,
    pub(crate) epoch: u32,
    pub(crate) seq: u64,
    pub(crate) ts: u64,
    pub(crate) content: Content,
}

/// A packet far from its stream: a late one, or the first of a restart. The next packet tells (RFC
/// 3550 A.1).
#[derive(Clone, Debug)]
pub(crate) struct StrayPacket {
    pub(crate) at: Timestamp,
    pub(crate) header: Header,
    pub(crate) packet: Vec<u8>,
}

/// A change of a far end's silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// Neither RTP nor RTCP came for the configured time.
    Began,
    /// A packet came, or none is expected any more.
    Ended,
}

/// The content of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Voice(Codec),
    /// A telephone-event packet, with the digit if it is the first one received of a press.
    Event(Option<char>),
    /// Comfort noise (RFC 3389): the far end is intentionally silent until it speaks again. It is
    /// not negotiated, so it is not forwarded.
    Noise,
    /// Keep-alives and payload types that were not negotiated.
    Other,
}

impl Leg {
    pub(crate) fn new(now: Timestamp, rtp_port: u16, music: PromptId, shared: &mut Shared) -> Leg {
        let earlier = shared.history.before_call(rtp_port);
        Leg {
            rtp_port,
            remote: None,
            sources: SourceTracker::default(),
            earlier,
            streams: EarlierStreams::default(),
            early: EarlyPackets::default(),
            incoming: ReceiveStats::default(),
            stray: None,
            keys: DtmfDetector::default(),
            out: OutgoingStream::new(now, &mut shared.rng),
            passed: PassedVoice { codec: Codec::Pcma, len: 0, bytes: [0; FRAME], fades_in: false },
            player: Player::new(Vec::new(), music),
            reports: RtcpSession::new(now, shared.config.rtcp_every, &mut shared.rng),
            heard_at: now,
            is_silent: false,
            strangers: 0,
        }
    }

    /// Sets the far end's media.
    pub(crate) fn set_remote(&mut self, now: Timestamp, remote: RemoteMedia) {
        self.sources.describe(&remote);
        self.remote = Some(remote);
        self.heard_at = now;
        self.out.cut();
    }

    /// Sets the expected source before the SDP is known.
    pub(crate) fn expect(&mut self, signalled: SignalledSource) {
        if self.remote.is_none() {
            self.sources.expect(signalled);
        }
    }

    /// Returns its streams, for the next call on its port.
    pub(crate) fn streams(&self) -> EarlierStreams {
        let mut streams = self.earlier;
        streams.add(self.streams);
        if let Some(ssrc) = self.incoming.ssrc() {
            streams.note(self.heard_at, ssrc);
        }
        streams
    }

    /// Starts a new speaker in the stream to this leg.
    pub(crate) fn cut(&mut self) {
        self.out.cut();
    }

    /// Returns whether it receives media from us.
    pub(crate) fn takes(&self) -> bool {
        self.remote.as_ref().is_some_and(|r| {
            matches!(r.direction, Direction::SendRecv | Direction::SendOnly) && has_address(r)
        })
    }

    /// Returns whether it should send media to us.
    fn sends(&self) -> bool {
        self.remote.as_ref().is_some_and(|r| {
            matches!(r.direction, Direction::SendRecv | Direction::RecvOnly) && has_address(r)
        })
    }

    /// Returns whether it put the others on hold: every direction except both ways is a hold.
    pub(crate) fn holds(&self) -> bool {
        self.remote.as_ref().is_some_and(|r| r.direction != Direction::SendRecv || !has_address(r))
    }

    /// Decides about a packet by its source.
    pub(crate) fn judge(
        &mut self,
        at: Timestamp,
        from: SocketAddr,
        header: Header,
        may_assume: bool,
    ) -> Verdict {
        if self.sources.is_taken_source(at, from) {
            return Verdict::Take;
        }
        let codec = self.remote.as_ref().map(|r| r.receive.codec);
        let evidence = Evidence {
            known_type: self.content(header.payload_type).is_some(),
            negotiated: codec == Some(header.payload_type),
            same_stream: self.incoming.goes_on(at, header),
            earlier_stream: self.earlier.goes_on(at, header.ssrc),
        };
        let verdict = self.sources.judge(at, from, header, evidence, may_assume);
        if matches!(verdict, Verdict::Drop | Verdict::Conflict) {
            self.strangers += 1;
        }
        verdict
    }

    /// Handles a packet of an accepted source: counts it and reads its content. `None` for a
    /// duplicate.
    pub(crate) fn take(
        &mut self,
        at: Timestamp,
        header: Header,
        payload: Range<usize>,
        packet: &[u8],
    ) -> Option<AcceptedPacket> {
        self.heard(at);
        if self.incoming.ssrc() != Some(header.ssrc) {
            self.streams.note(at, header.ssrc);
        }
        let kind = self.content(header.payload_type);
        let voice = matches!(kind, Some(Content::Voice(_)));
        let (epoch, seq, ts) = match self.incoming.on_packet(at, header, voice) {
            PacketStatus::New { epoch, seq, ts } => (epoch, seq, ts),
            PacketStatus::Duplicate => return None,
            PacketStatus::Stray => {
                // The only allocation for media: packets in order never come here.
                let packet = packet.get(..STRAY_MAX.min(packet.len()))?.to_vec();
                self.stray = Some(Box::new(StrayPacket { at, header, packet }));
                return None;
            }
        };
        let content = match kind {
            Some(Content::Voice(_)) if !(1..=PAYLOAD_MAX).contains(&payload.len()) => {
                Content::Other
            }
            Some(Content::Event(_)) => {
                let payload = packet.get(payload.clone()).unwrap_or_default();
                Content::Event(self.keys.on_packet(at, header, payload))
            }
            Some(content) => content,
            None => Content::Other,
        };
        Some(AcceptedPacket { header, payload, epoch, seq, ts, content })
    }

    /// Returns the kept packet when the packet with `header`, just handled, shows that it was the
    /// first of a restart; otherwise drops it.
    pub(crate) fn stray_before(&mut self, header: Header) -> Option<Box<StrayPacket>> {
        let stray = self.stray.take()?;
        let is_next = stray.header.seq.wrapping_add(1) == header.seq;
        (is_next && stray.header.ssrc == header.ssrc).then_some(stray)
    }

    /// Forwards a packet of the only voice that this leg hears, rewritten in place.
    pub(crate) fn pass(
        &mut self,
        now: Timestamp,
        accepted: &AcceptedPacket,
        packet: &mut [u8],
        out: &mut dyn Sink,
    ) {
        let (Some(remote), Some(to)) = (&self.remote, self.sources.target()) else { return };
        let payload_type = match accepted.content {
            Content::Voice(_) => Some(remote.send.codec),
            Content::Event(_) => remote.send.telephone_event,
            Content::Noise | Content::Other => None,
        };
        let Some(payload_type) = payload_type else {
            self.out.skip(accepted.epoch, accepted.seq);
            return;
        };
        let samples = match accepted.content {
            Content::Voice(_) => accepted.payload.len() as u64,
            Content::Event(_) | Content::Noise | Content::Other => 0,
        };
        let AcceptedPacket { epoch, seq, ts, header: Header { marker, .. }, .. } = *accepted;
        let passing = ForwardedPacket { epoch, seq, ts, marker, payload_type, samples };
        let Some(header) = self.out.pass(now, passing) else { return };
        if let (Content::Voice(codec), Some(payload)) =
            (accepted.content, packet.get_mut(accepted.payload.clone()))
        {
            codec::convert(codec, remote.codec, payload);
            if std::mem::take(&mut self.passed.fades_in) {
                fade_in(remote.codec, payload);
            }
            self.passed.note(remote.codec, payload);
        }
        let Some(begin) = packet::rewrite(packet, accepted.payload.start, header) else { return };
        if let Some(bytes) = packet.get(begin..accepted.payload.end) {
            out.send(self.rtp_port, false, to, bytes);
        }
    }

    /// Sends the next frame of prompts or music and copies its samples to `samples`. Returns
    /// whether the last prompt ended with it; `None` while the far end receives nothing, and
    /// playback pauses.
    pub(crate) fn play(
        &mut self,
        tick: Timestamp,
        shared: &Shared,
        samples: &mut [i16; FRAME],
        out: &mut dyn Sink,
    ) -> Option<bool> {
        if !self.takes() {
            return None;
        }
        let (remote, to) = (self.remote.as_ref()?, self.sources.target()?);
        let (codec, payload_type) = (remote.codec, remote.send.codec);
        let mut packet = [0; HEADER_LEN + FRAME];
        let payload = packet.get_mut(HEADER_LEN..)?;
        let ended = self.player.next_frame(&shared.prompts, codec, samples, payload);
        let header = self.out.play(tick, payload_type, FRAME as u64);
        packet::write(&mut packet, header);
        out.send(self.rtp_port, false, to, &packet);
        Some(ended)
    }

    /// Sends a mixed frame.
    pub(crate) fn send_mixed(&mut self, tick: Timestamp, frame: &Frame, out: &mut dyn Sink) {
        if !self.takes() {
            return;
        }
        let (Some(remote), Some(to)) = (&self.remote, self.sources.target()) else { return };
        let mut packet = [0; HEADER_LEN + FRAME];
        for (byte, sample) in packet.iter_mut().skip(HEADER_LEN).zip(frame) {
            *byte = codec::encode_by_table(remote.codec, *sample);
        }
        packet::write(&mut packet, self.out.play(tick, remote.send.codec, FRAME as u64));
        out.send(self.rtp_port, false, to, &packet);
    }

    /// Begins a mix: returns the fade of the voice that was passed through until now.
    pub(crate) fn begin_mix(&mut self) -> Option<Frame> {
        self.passed.fades_in = false;
        self.passed.take().map(|last| mix::fade_out_of(&last))
    }

    /// Ends a mix whose last frame was `last`: it is faded out, and a voice that is passed through
    /// from now on is faded in.
    pub(crate) fn end_mix(&mut self, now: Timestamp, last: &Frame, out: &mut dyn Sink) {
        self.send_mixed(now, &mix::fade_out_of(last), out);
        self.passed.fades_in = true;
    }

    /// Handles RTCP. The same sources are trusted as for RTP.
    pub(crate) fn handle_rtcp(
        &mut self,
        now: Timestamp,
        from: SocketAddr,
        own_port: bool,
        packet: &[u8],
    ) -> PacketSource {
        let own_ssrc = self.out.ssrc();
        // RTP on this port does not show where reports are received.
        let is_report = packet::is_rtcp(packet);
        if !self.sources.judge_rtcp(from, own_port && is_report) {
            self.strangers += 1;
            return PacketSource::Unknown;
        }
        if is_report && self.reports.handle_packet(now, own_ssrc, packet) {
            self.heard(now);
        }
        PacketSource::Known
    }

    /// Sends an RTCP report when it is due.
    pub(crate) fn report(&mut self, now: Timestamp, shared: &mut Shared, out: &mut dyn Sink) {
        if self.reports.is_due(now, shared.config.rtcp_every, &mut shared.rng) {
            self.send_report(now, false, out);
        }
    }

    /// Sends RTCP BYE.
    pub(crate) fn leave(&mut self, now: Timestamp, out: &mut dyn Sink) {
        self.send_report(now, true, out);
    }

    /// Returns whether the far end has just been silent for `limit`, or a reported silence is over;
    /// `None` when neither changed. A limit of zero reports nothing.
    pub(crate) fn silence(&mut self, now: Timestamp, limit: Duration) -> Option<Silence> {
        if !self.sends() {
            // No media is expected now; the wait begins when it is.
            self.heard_at = self.heard_at.max(now);
        }
        let is_silent = !limit.is_zero() && now.since(self.heard_at) >= limit;
        match (std::mem::replace(&mut self.is_silent, is_silent), is_silent) {
            (false, true) => Some(Silence::Began),
            (true, false) => Some(Silence::Ended),
            (false, false) | (true, true) => None,
        }
    }

    /// Restarts the wait for its media.
    pub(crate) fn expect_voice(&mut self, now: Timestamp) {
        self.heard_at = self.heard_at.max(now);
    }

    pub(crate) fn round_trip(&self) -> Option<Duration> {
        self.reports.round_trip()
    }

    /// Returns its reception of our stream by its reports.
    pub(crate) fn delivery(&self) -> Option<Reception> {
        self.reports.delivery(self.out.totals().0)
    }

    pub(crate) fn strangers(&self) -> u64 {
        self.strangers
    }

    fn heard(&mut self, at: Timestamp) {
        self.heard_at = self.heard_at.max(at);
    }

    fn send_report(&mut self, now: Timestamp, bye: bool, out: &mut dyn Sink) {
        let Some(to) = self.sources.rtcp_target() else { return };
        let block = self.incoming.report();
        let mut buffer = [0; REPORT_MAX];
        let len = self.reports.write(now, &self.out, block, bye, &mut buffer);
        if let Some(bytes) = buffer.get(..len).filter(|b| !b.is_empty()) {
            out.send(self.rtp_port, true, to, bytes);
        }
    }

    /// Returns the meaning of a payload type on this leg. Both laws are accepted at their static
    /// payload types whatever was negotiated, because some gateways switch without asking.
    fn content(&self, payload_type: u8) -> Option<Content> {
        match codec::of_payload_type(payload_type) {
            Some(codec) => Some(Content::Voice(codec)),
            None => self.agreed(payload_type),
        }
    }

    /// Returns the meaning of a dynamic payload type: by ours (RFC 3264 5.1), otherwise by the far
    /// end's own, with which some phones send.
    fn agreed(&self, payload_type: u8) -> Option<Content> {
        let remote = self.remote.as_ref()?;
        for types in [remote.receive, remote.send] {
            if types.telephone_event == Some(payload_type) {
                return Some(Content::Event(None));
            }
            if types.codec == payload_type {
                return Some(Content::Voice(remote.codec));
            }
        }
        (payload_type == COMFORT_NOISE).then_some(Content::Noise)
    }
}

/// Fades in an encoded payload.
#[cold]
fn fade_in(codec: Codec, payload: &mut [u8]) {
    let table = codec::decode_table(codec);
    let mut samples: Vec<i16> = payload.iter().map(|byte| table[usize::from(*byte)]).collect();
    mix::fade_in(&mut samples);
    for (byte, sample) in payload.iter_mut().zip(samples) {
        *byte = codec::encode_by_table(codec, sample);
    }
}

/// `c=IN IP4 0.0.0.0` is the old form of hold (RFC 3264 8.4); port 0 disables the stream.
fn has_address(remote: &RemoteMedia) -> bool {
    !remote.rtp.ip().is_unspecified() && remote.rtp.port() != 0
}

/// 120 ms of G.711: twice the longest packet we negotiate.
const PAYLOAD_MAX: usize = 960;
/// The longest packet on Ethernet.
const STRAY_MAX: usize = 1_500;
/// The payload type of comfort noise (RFC 3389 4).
const COMFORT_NOISE: u8 = 13;
/// A report with one block, CNAME and BYE takes about a hundred bytes.
const REPORT_MAX: usize = 256;
