//! The commands of the switch to the media thread, and the events back.

use std::time::Duration;

use primitives::{CallId, LegId, RemoteMedia, SignalledSource};

/// A command of the switch. Every call has one relay, identified by the call.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The caller was answered: open the relay, start the recording.
    Open {
        /// The call.
        call: CallId,
        /// The caller's leg.
        leg: LegId,
        /// Our RTP port towards the caller.
        rtp_port: u16,
        /// The caller's media; `None` until the answer to a late offer.
        remote: Option<RemoteMedia>,
        /// Prompts to play in sequence; music on hold follows.
        prompts: Vec<PromptId>,
        /// The music on hold.
        music: PromptId,
        /// Whether it is recorded: every call of a citizen is, a seat's feature code is not.
        record: bool,
    },
    /// Play prompts to a leg now, whatever it hears; that follows again.
    Play {
        /// The call.
        call: CallId,
        /// The leg.
        leg: LegId,
        /// The prompts, in sequence.
        prompts: Vec<PromptId>,
    },
    /// A far end is ringing: its port may receive media from now on.
    AddLeg {
        /// The call.
        call: CallId,
        /// The leg.
        leg: LegId,
        /// Our RTP port towards it.
        rtp_port: u16,
    },
    /// The leg did not answer, or left the call: release its port. The caller's leg stays until
    /// [`Command::Close`].
    DropLeg {
        /// The call.
        call: CallId,
        /// The leg.
        leg: LegId,
    },
    /// The leg answered: connect it, from its first packet.
    Connect {
        /// The call.
        call: CallId,
        /// The leg.
        leg: LegId,
        /// Its media.
        remote: RemoteMedia,
        /// The routes from now on, as for [`Command::Route`].
        routes: Vec<LegRoute>,
    },
    /// Set who hears whom from now on.
    ///
    /// A leg that hears one voice gets its packets; one that hears several gets a mix, delayed by at
    /// most 60 ms. A leg whose far end holds is not heard.
    Route {
        /// The call.
        call: CallId,
        /// The route of each leg; one that is not listed hears nobody.
        routes: Vec<LegRoute>,
    },
    /// Signalling tells where a leg's media may come from before its SDP is known. Packets from
    /// there are kept until then, so that no first word is lost.
    ExpectSource {
        /// The call.
        call: CallId,
        /// The leg.
        leg: LegId,
        /// The known source.
        signalled: SignalledSource,
    },
    /// A leg's media changed: hold, resume, new address.
    SetRemote {
        /// The call.
        call: CallId,
        /// The leg.
        leg: LegId,
        /// Its media from now on.
        remote: RemoteMedia,
    },
    /// Close the relay: flush the recording, free the ports.
    Close {
        /// The call.
        call: CallId,
    },
}

/// The voices that a leg hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegRoute {
    /// The leg.
    pub leg: LegId,
    /// The legs that it hears.
    pub hears: Vec<LegId>,
    /// Whether it hears silence and not music while it hears nobody.
    pub is_silent: bool,
}

impl Command {
    /// Returns the call that the command is about.
    pub fn call(&self) -> CallId {
        match *self {
            Command::Open { call, .. }
            | Command::Play { call, .. }
            | Command::AddLeg { call, .. }
            | Command::DropLeg { call, .. }
            | Command::Connect { call, .. }
            | Command::Route { call, .. }
            | Command::ExpectSource { call, .. }
            | Command::SetRemote { call, .. }
            | Command::Close { call } => call,
        }
    }

    /// Returns the port that the call gets by the command.
    pub fn added_port(&self) -> Option<u16> {
        match *self {
            Command::Open { rtp_port, .. } | Command::AddLeg { rtp_port, .. } => Some(rtp_port),
            _ => None,
        }
    }
}

/// A prompt, by its index in the list that the media thread was started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PromptId(pub u16);

/// An event for the switch.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A DTMF digit by RFC 4733, once per press.
    DtmfReceived {
        /// The call.
        call: CallId,
        /// The leg that pressed it.
        leg: LegId,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        key: char,
    },
    /// The prompts ended; the leg hears again what its route says.
    PromptsEnded {
        /// The call.
        call: CallId,
        /// The leg.
        leg: LegId,
    },
    /// Neither RTP nor RTCP came from a leg for the configured time, although its SDP lets it
    /// send. The side need not be gone: it may be muted, suppress silence, or hold without music.
    /// Emitted once; [`Event::VoiceReturned`] follows when the silence is over.
    VoiceLost {
        /// The call.
        call: CallId,
        /// The leg.
        leg: LegId,
    },
    /// A leg's media is accepted from a source that nothing vouches for: the address in its SDP is
    /// unreachable, and the source was the only one.
    SourceAssumed {
        /// The call.
        call: CallId,
        /// The leg.
        leg: LegId,
    },
    /// Several sources that nothing vouches for send to a leg whose SDP address is unreachable.
    /// None is accepted.
    SourcesConflict {
        /// The call.
        call: CallId,
        /// The leg.
        leg: LegId,
    },
    /// A silence reported by [`Event::VoiceLost`] is over: a packet came, or the leg's SDP changed
    /// and the wait restarts. Not emitted for a leg that has left the call.
    VoiceReturned {
        /// The call.
        call: CallId,
        /// The leg.
        leg: LegId,
    },
    /// The relay is closed and its ports are free again.
    Closed {
        /// The call.
        call: CallId,
        /// The quality of both sides.
        quality: Quality,
        /// The ports that are free again.
        ports: Vec<u16>,
    },
    /// A leg's port is free again after `DropLeg`.
    PortFreed {
        /// The port.
        rtp_port: u16,
    },
}

/// The media quality of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// Reception from the caller.
    pub caller: Reception,
    /// Reception from the legs that the caller heard.
    pub seat: Reception,
    /// The caller's reception of our stream by its RTCP reports; `None` without reports.
    pub to_caller: Option<Reception>,
    /// Their reception of our streams by their RTCP reports; `None` without reports.
    pub to_seat: Option<Reception>,
    /// Round-trip time to the caller by its last report.
    pub caller_round_trip: Option<Duration>,
    /// Round-trip time to the last seat.
    pub seat_round_trip: Option<Duration>,
}

/// Whether the sender of a packet is one that a call expects packets from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketSource {
    /// The far end of a call, as signalling or its media so far vouch for it.
    Known,
    /// Any other sender, or a port without a call.
    Unknown,
}

/// Reception statistics of one direction (RFC 3550 6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reception {
    /// Packets received.
    pub packets: u64,
    /// Packets expected and not received.
    pub lost: u64,
    /// Interarrival jitter at the end, in ms (RFC 3550 A.8).
    pub jitter_ms: f32,
}
