//! What goes in and out of the endpoint.

use std::{net::SocketAddr, time::Duration};

use crate::{Flow, SavedState, StateUpdate, Transport};
use primitives::{
    Direction, LegId, Number, RefusalCause, RemoteMedia, SeatId, SignalledSource, TrunkId,
};

/// What the endpoint is told.
#[derive(Debug)]
pub enum Input<'a> {
    /// Somebody connected to us by TCP.
    Opened {
        /// The new stream.
        flow: Flow,
    },
    /// Bytes came in: a whole datagram, or the next piece of a stream.
    Received {
        /// Over which flow.
        flow: Flow,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// A stream closed, or could not be opened, or the network says nobody is there.
    Closed {
        /// Which flow.
        flow: Flow,
    },
    /// What an endpoint before this one said by [`Output::Save`]. Before any other input. Phones
    /// are reached where they were; far ends that talked get BYE, those that rang get CANCEL.
    Restore(SavedState),
    /// The switch wants something.
    Command(Command),
    /// `poll_timeout` has come.
    Timeout,
}

/// What the endpoint wants done.
#[derive(Debug)]
pub enum Output {
    /// Send these bytes; open the stream first when there is none.
    Send {
        /// Over which flow.
        flow: Flow,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Close the stream.
    Close {
        /// Which flow.
        flow: Flow,
    },
    /// Something the switch should know.
    Event(Event),
    /// Something the next start should know.
    Save(StateUpdate),
}

/// What the switch may ask.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Answer an incoming leg 180.
    Ring {
        /// The leg.
        leg: LegId,
    },
    /// Answer an incoming leg 200 with voice at this port of the leg's local address.
    Accept {
        /// The leg.
        leg: LegId,
        /// Our RTP port.
        rtp_port: u16,
    },
    /// Turn an incoming leg away.
    Reject {
        /// The leg.
        leg: LegId,
        /// 300 to 699.
        code: u16,
        /// For 503, 486, 480: when to try again, in seconds.
        retry_after_s: Option<u32>,
    },
    /// Place a call.
    Dial(Dial),
    /// End a leg whatever its state: CANCEL, BYE, or 487 to an incoming one. Idempotent.
    HangUp {
        /// The leg.
        leg: LegId,
        /// For the Reason header (RFC 3326), e.g. "Call completed elsewhere".
        reason: Option<&'static str>,
    },
    /// Change the direction of voice by re-INVITE (hold, resume).
    SetDirection {
        /// The leg.
        leg: LegId,
        /// From our point of view.
        direction: Direction,
    },
    /// Ask the far end of an answered leg, by OPTIONS inside the dialog, whether it is still there.
    /// 481, 408 and no answer end the leg as [`LegEnd::Lost`]; any other answer is a sign of life
    /// and changes nothing. Void while an earlier question waits for its answer.
    Probe {
        /// The leg.
        leg: LegId,
    },
    /// Set or replace a seat: its secret, its fixed contact.
    PutSeat(Seat),
    /// Remove a seat: its registrations end, its password is nobody's.
    RemoveSeat(SeatId),
    /// Register with somebody else's registrar, and keep registered (a softphone's side).
    Register(Register),
    /// Take no more new calls: 503 with Retry-After.
    Drain,
}

/// A call to be placed. Answered by `Ringing`, then `Answered` or `Failed`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dial {
    /// The leg it shall be known by: even.
    pub leg: LegId,
    /// Whom.
    pub to: Target,
    /// Shown to them as the caller.
    pub caller: Number,
    /// Shown beside the number.
    pub display: String,
    /// Our RTP port.
    pub rtp_port: u16,
    /// More headers, such as `X-Heartline-Call`.
    pub headers: Vec<(&'static str, String)>,
    /// To answer a 401 or 407 with.
    pub credentials: Option<Credentials>,
}

/// Whom to call.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// All contacts of a seat at once; the first to answer wins, the others are cancelled.
    Seat(SeatId),
    /// A SIP URI, resolved by its host literal and port, over UDP unless it says `;transport=tcp`.
    Uri(String),
}

/// A user and a password, as a phone has them.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The digest username.
    pub user: String,
    /// The password; never printed.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({}, ****)", self.user)
    }
}

/// A registration to hold with somebody else's registrar.
#[derive(Clone, Debug, PartialEq)]
pub struct Register {
    /// `sip:1001@127.0.0.1`
    pub aor: String,
    /// The registrar's address.
    pub registrar: SocketAddr,
    /// Over what.
    pub transport: Transport,
    /// How long for, each time. Zero removes the registration.
    pub expires: Duration,
    /// To answer its challenge with.
    pub credentials: Credentials,
}

/// What the switch is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Somebody allowed to calls us. 100 is already sent.
    Incoming(Incoming),
    /// The ACK to our 200 came. For a late offer it carried the answer.
    Confirmed {
        /// The leg.
        leg: LegId,
        /// The far end's voice, when it was not known before.
        remote: Option<RemoteMedia>,
    },
    /// Where the voice of a leg we dialled may come from, as far as it is known before the answer:
    /// said when it is dialled, and again when an early dialog brings an SDP.
    VoiceExpected {
        /// The leg.
        leg: LegId,
        /// What is known, of all places that were called.
        signalled: SignalledSource,
    },
    /// A leg we dialled rings.
    Ringing {
        /// The leg.
        leg: LegId,
    },
    /// A leg we dialled was answered.
    Answered {
        /// The leg.
        leg: LegId,
        /// The far end's voice.
        remote: RemoteMedia,
    },
    /// A leg we dialled was not answered; it is gone.
    Failed {
        /// The leg.
        leg: LegId,
        /// The far end's code; 408 when nobody spoke, 487 after our cancel, 480 when a seat has no contact.
        code: u16,
    },
    /// The far end changed its voice by re-INVITE or UPDATE: hold, resume, new address.
    RemoteChanged {
        /// The leg.
        leg: LegId,
        /// Its voice from now on.
        remote: RemoteMedia,
    },
    /// A key arrived by INFO (`application/dtmf-relay`, `application/dtmf`).
    DtmfReceived {
        /// The leg.
        leg: LegId,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        key: char,
    },
    /// A leg is over. Exactly one of `Failed` and `Ended` comes for each leg, and nothing after it.
    Ended {
        /// The leg.
        leg: LegId,
        /// How.
        end: LegEnd,
    },
    /// An INVITE outside a dialog was refused before the switch heard of it. Those of strangers are
    /// counted only; 401, 407 and 422 invite the sender to try again and are no refusal.
    Refused {
        /// Who called.
        caller: Number,
        /// What they dialled.
        dialled: Number,
        /// On which trunk; `None`: a seat's own call.
        trunk: Option<TrunkId>,
        /// The answer we gave.
        code: u16,
        /// Why.
        cause: RefusalCause,
    },
    /// A seat's first contact came, its fixed contact was set, or a phone of it registered anew: with
    /// another Call-ID, contact or flow than before, as after a restart. A refresh says nothing.
    SeatReached {
        /// The seat.
        seat: SeatId,
    },
    /// A seat's last contact went.
    SeatUnreached {
        /// The seat.
        seat: SeatId,
    },
    /// Our registration elsewhere holds, or was refused with this code (408: nobody spoke).
    Registered {
        /// Which.
        aor: String,
        /// 200 when it holds.
        code: u16,
    },
    /// Less is taken from a source than it sends. Told once in ten minutes for each.
    RateLimited {
        /// The source.
        source: std::net::IpAddr,
        /// What is limited.
        limit: RateLimit,
    },
}

/// What is limited of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimit {
    /// It sends faster than allowed; what is too much is dropped.
    Messages,
    /// Wrong passwords for one user; further ones are looked at slowly.
    Passwords,
}

/// A call to us.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    /// The leg: odd.
    pub leg: LegId,
    /// Who is it, as far as we know them.
    pub origin: Origin,
    /// The caller's number: P-Asserted-Identity from a trunk, else From.
    pub caller: Number,
    /// The caller's display name, decoded (UTF-8, GB18030, Latin-1).
    pub display: String,
    /// The user part of the Request-URI.
    pub dialled: Number,
    /// The far end's voice; `None` for a late offer.
    pub remote: Option<RemoteMedia>,
    /// What is known of its source without an SDP.
    pub signalled: SignalledSource,
}

/// Where a call comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A trunk, by its source address.
    Trunk(TrunkId),
    /// A seat, by its password.
    Seat(SeatId),
}

/// How a leg ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegEnd {
    /// The far end sent BYE.
    ByeReceived,
    /// The far end cancelled before we answered.
    Cancelled,
    /// We hung up or rejected.
    HungUp,
    /// Our 200 was never ACKed (64 T1); a BYE was sent.
    NoAck,
    /// A request of ours inside the dialog got no answer or 481/408.
    Lost,
    /// The session timer ran out (RFC 4028).
    Expired,
}

/// A seat as the registrar knows it.
#[derive(Clone, PartialEq)]
pub struct Seat {
    /// The number its phone registers with.
    pub seat: SeatId,
    /// What its password hashes to; `None`: no phone may register.
    pub secret: Option<Secret>,
    /// A contact that needs no registration: `sip:…`.
    pub fixed: Option<String>,
}

impl std::fmt::Debug for Seat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Seat({}, fixed: {:?})", self.seat, self.fixed)
    }
}

/// H(A1) for each algorithm (RFC 7616 3.4.2), in lower-case hex; as good as the password, so never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// MD5(user:realm:password)
    pub md5: String,
    /// SHA-256(user:realm:password)
    pub sha256: String,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(****)")
    }
}
