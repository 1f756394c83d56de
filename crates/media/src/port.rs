//! What the switch asks of the voice thread, and what it hears back.

use std::time::Duration;

use primitives::{CallId, RemoteMedia, SignalledSource};

pub use primitives::Party;

/// What the switch may ask. Every call has one relay, known by its call.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The caller was answered: open the relay, start the recording.
    Open {
        /// The call.
        call: CallId,
        /// Our RTP port towards the caller.
        rtp_port: u16,
        /// The caller's voice; `None` until the answer to a late offer.
        remote: Option<RemoteMedia>,
        /// Prompts to play in turn; music on hold follows.
        prompts: Vec<PromptId>,
        /// The music.
        music: PromptId,
        /// Whether it is recorded: every citizen's call is, a seat's feature code is not.
        record: bool,
    },
    /// Play prompts to a waiting caller now; music follows again.
    Play {
        /// The call.
        call: CallId,
        /// In turn.
        prompts: Vec<PromptId>,
    },
    /// A seat is being rung: its port may hear voice from here on.
    AddSeat {
        /// The call.
        call: CallId,
        /// Our RTP port towards the seat.
        rtp_port: u16,
    },
    /// The seat did not answer: forget its port.
    DropSeat {
        /// The call.
        call: CallId,
    },
    /// The seat answered: both hear each other, from the seat's very first packet.
    Bridge {
        /// The call.
        call: CallId,
        /// The seat's voice.
        remote: RemoteMedia,
    },
    /// Signalling says where a side's voice may come from before its SDP is known. Only packets
    /// from there are kept until then, so that no first word is lost.
    ExpectSource {
        /// The call.
        call: CallId,
        /// Which side.
        party: Party,
        /// What is known of its source.
        signalled: SignalledSource,
    },
    /// A side's voice changed: hold, resume, new address.
    SetRemote {
        /// The call.
        call: CallId,
        /// Which side.
        party: Party,
        /// Its voice from now on.
        remote: RemoteMedia,
    },
    /// Close the relay: flush the recording, free the ports.
    Close {
        /// The call.
        call: CallId,
    },
}

/// A prompt, by its place in the list the voice thread was started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PromptId(pub u16);

/// What the switch hears.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A key by RFC 4733, once per press.
    DtmfReceived {
        /// The call.
        call: CallId,
        /// Who pressed.
        party: Party,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        key: char,
    },
    /// The prompts ended; music plays.
    PromptsEnded {
        /// The call.
        call: CallId,
    },
    /// Neither RTP nor RTCP came from a side for the configured time, while its SDP lets it send.
    /// It need not send: it may be muted, suppress silence, or hold without music. Sent once,
    /// then [`Event::VoiceReturned`] follows when the silence is over.
    VoiceLost {
        /// The call.
        call: CallId,
        /// Which side.
        party: Party,
    },
    /// A side's voice is taken from a source that nothing vouches for: its SDP's address cannot be
    /// reached, and the source was alone.
    SourceAssumed {
        /// The call.
        call: CallId,
        /// Which side.
        party: Party,
    },
    /// Several sources that nothing vouches for send to a side whose SDP's address cannot be
    /// reached. None is taken.
    SourcesConflict {
        /// The call.
        call: CallId,
        /// Which side.
        party: Party,
    },
    /// A silence reported by [`Event::VoiceLost`] is over: something came, or the side's SDP
    /// changed and the wait begins anew. Not sent for a seat that has left the call.
    VoiceReturned {
        /// The call.
        call: CallId,
        /// Which side.
        party: Party,
    },
    /// The relay is closed and its ports are free again.
    Closed {
        /// The call.
        call: CallId,
        /// What the voice was like.
        quality: Quality,
        /// Ports to put back into the pool.
        ports: Vec<u16>,
    },
    /// A seat's port is free again after `DropSeat`.
    PortFreed {
        /// The port.
        rtp_port: u16,
    },
}

/// What each side's voice was like.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// From the caller.
    pub caller: Reception,
    /// From the seat or seats.
    pub seat: Reception,
    /// What the caller received from us, as its reports say; `None` when it sent none.
    pub to_caller: Option<Reception>,
    /// What the seat or seats received from us.
    pub to_seat: Option<Reception>,
    /// There and back to the caller, as of its last report.
    pub caller_round_trip: Option<Duration>,
    /// There and back to the last seat.
    pub seat_round_trip: Option<Duration>,
}

/// What was received in one direction (RFC 3550 6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reception {
    /// Packets that came.
    pub packets: u64,
    /// Packets that should have come and did not.
    pub lost: u64,
    /// Interarrival jitter at the end, in ms (RFC 3550 A.8).
    pub jitter_ms: f32,
}
