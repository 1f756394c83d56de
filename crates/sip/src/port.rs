//! The endpoint's inputs and outputs: what the driver hands in, the switch's commands, and the
//! events the switch gets.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use crate::{Flow, SavedState, StateUpdate, Transport, Trunk, VoicePolicy};
use primitives::{
    Direction, IpNetwork, LegId, Number, RefusalCause, RemoteMedia, SeatId, SignalledSource,
    TrunkId,
};

/// An input of the endpoint.
#[derive(Debug)]
pub enum Input<'a> {
    /// A TCP connection to us was accepted.
    Opened {
        /// The new connection.
        flow: Flow,
    },
    /// Bytes were received: a whole datagram, or the next piece of a stream.
    Received {
        /// The flow they came over.
        flow: Flow,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// A connection closed or could not be opened, or the network reported the destination
    /// unreachable.
    Closed {
        /// Which flow.
        flow: Flow,
    },
    /// State that an earlier endpoint emitted by [`Output::Save`]. It must come before any other
    /// input. Registered phones are reachable again; the far end of an answered call gets BYE, one
    /// that was ringing gets CANCEL.
    Restore(SavedState),
    /// A command from the switch.
    Command(Command),
    /// The time that `poll_timeout` returned has come.
    Timeout,
}

/// An action for the driver, in order.
#[derive(Debug)]
pub enum Output {
    /// Send these bytes; open the TCP connection first when there is none.
    Send {
        /// The flow they came over.
        flow: Flow,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Close the connection.
    Close {
        /// Which flow.
        flow: Flow,
    },
    /// An event for the switch.
    Event(Event),
    /// State to keep on disk for the next start.
    Save(StateUpdate),
}

/// A command of the switch. A command for a leg that is gone has crossed the leg's end and does
/// nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Answer an incoming leg 180.
    Ring {
        /// The leg.
        leg: LegId,
    },
    /// Answer an incoming leg with 200 and receive RTP at this port of the leg's local address.
    Accept {
        /// The leg.
        leg: LegId,
        /// Our RTP port.
        rtp_port: u16,
    },
    /// Refuse an incoming leg.
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
    /// End a leg in any state: CANCEL, BYE, or 487 to an incoming one. Doing it twice has no
    /// further effect.
    HangUp {
        /// The leg.
        leg: LegId,
        /// For the Reason header (RFC 3326), e.g. "Call completed elsewhere".
        reason: Option<&'static str>,
    },
    /// Change the media direction by re-INVITE (hold, resume).
    SetDirection {
        /// The leg.
        leg: LegId,
        /// The direction as we see it: `SendOnly` holds the far end.
        direction: Direction,
    },
    /// Check by OPTIONS inside the dialog whether the far end of an answered leg is still there.
    /// 481, 408 and no answer end the leg as [`LegEnd::Lost`]; any other answer proves that it is
    /// there and changes nothing. A second probe while one is pending is ignored.
    Probe {
        /// The leg.
        leg: LegId,
    },
    /// Tell a phone what became of its REFER, by NOTIFY (RFC 3515 2.4.5).
    AnswerRefer {
        /// The leg.
        leg: LegId,
        /// The SIP code of the outcome: 200 when the transfer was done.
        code: u16,
    },
    /// Add or replace a seat: its secret and its fixed contact.
    PutSeat(Seat),
    /// Remove a seat: its registrations end and its password is no longer accepted.
    RemoveSeat(SeatId),
    /// Adopt other trunks, proxies and seats while calls go on.
    Adopt(Box<Peers>),
    /// Register with another registrar and keep the registration (the phone's side).
    Register(Register),
    /// Refuse new calls with 503 and Retry-After.
    Drain,
}

/// The part of a [`Config`](crate::Config) that may change while calls go on.
#[derive(Clone, Debug, PartialEq)]
pub struct Peers {
    /// Trunks, which may call without a password.
    pub trunks: Vec<Trunk>,
    /// The networks of our proxies. One that calls go through must stay.
    pub proxies: Vec<IpNetwork>,
    /// The seats to add or to replace. Contacts registered with another password are removed.
    pub seats: Vec<Seat>,
    /// The media policy of each trunk.
    pub trunk_voice: BTreeMap<TrunkId, VoicePolicy>,
    /// The media policy of each seat.
    pub seat_voice: BTreeMap<SeatId, VoicePolicy>,
}

/// A call to place. The endpoint reports `Ringing`, then `Answered` or `Failed`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dial {
    /// The leg's id, chosen by the switch: even.
    pub leg: LegId,
    /// The destination.
    pub to: Target,
    /// The number the callee sees as the caller.
    pub caller: Number,
    /// The display name beside the number.
    pub display: String,
    /// Our RTP port.
    pub rtp_port: u16,
    /// Additional headers, such as `X-Heartline-Call`.
    pub headers: Vec<(&'static str, String)>,
    /// Credentials for a 401 or 407.
    pub credentials: Option<Credentials>,
}

/// The destination of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// All contacts of a seat at once; the first to answer wins, the others are cancelled.
    Seat(SeatId),
    /// A SIP URI, resolved by its host literal and port, over UDP unless it says `;transport=tcp`.
    Uri(String),
}

/// A digest username and password.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The digest username.
    pub user: String,
    /// The password; `Debug` hides it.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Credentials({}, ****)", self.user)
    }
}

/// A registration to keep with another registrar.
#[derive(Clone, Debug, PartialEq)]
pub struct Register {
    /// The address of record, such as `sip:1001@127.0.0.1`.
    pub aor: String,
    /// The registrar's address.
    pub registrar: SocketAddr,
    /// The transport to it.
    pub transport: Transport,
    /// The expiry of each REGISTER. Zero removes the registration.
    pub expires: Duration,
    /// Credentials for its challenge.
    pub credentials: Credentials,
}

/// An event for the switch.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An accepted caller calls us. 100 was sent already.
    Incoming(Incoming),
    /// The ACK to our 200 arrived. For a late offer (RFC 3261 13.2.1) it carried the answer.
    Confirmed {
        /// The leg.
        leg: LegId,
        /// The far end's media, when it was not known before.
        remote: Option<RemoteMedia>,
    },
    /// Where the media of a dialled leg may come from, as far as it is known before the answer.
    /// Emitted when the leg is dialled and again when an early dialog brings an SDP.
    VoiceExpected {
        /// The leg.
        leg: LegId,
        /// The possible sources over all contacts that were called.
        signalled: SignalledSource,
    },
    /// A dialled leg is ringing.
    Ringing {
        /// The leg.
        leg: LegId,
    },
    /// A dialled leg was answered.
    Answered {
        /// The leg.
        leg: LegId,
        /// The far end's media.
        remote: RemoteMedia,
    },
    /// A dialled leg was not answered; the leg is gone.
    Failed {
        /// The leg.
        leg: LegId,
        /// The far end's status code; 408 without any answer, 487 after our CANCEL, 480 when the
        /// seat has no contact.
        code: u16,
    },
    /// The far end changed its media by re-INVITE or UPDATE: hold, resume, new address.
    RemoteChanged {
        /// The leg.
        leg: LegId,
        /// Its media from now on.
        remote: RemoteMedia,
    },
    /// A DTMF digit arrived by INFO (`application/dtmf-relay`, `application/dtmf`).
    DtmfReceived {
        /// The leg.
        leg: LegId,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        key: char,
    },
    /// A phone transfers its call by REFER (RFC 3515). It was answered 202; the switch answers with
    /// [`Command::AnswerRefer`].
    Referred {
        /// The leg of the phone.
        leg: LegId,
        /// The number to transfer to: the user part of Refer-To.
        to: Number,
        /// The other leg of the phone that it wants to connect to, by Replaces (RFC 3891).
        replaces: Option<LegId>,
    },
    /// A leg ended. Each leg gets exactly one of `Failed` and `Ended`, and no event after it.
    Ended {
        /// The leg.
        leg: LegId,
        /// The reason.
        end: LegEnd,
    },
    /// An INVITE outside a dialog was refused before the switch heard of it. INVITEs of strangers
    /// are only counted; 401, 407 and 422 ask the sender to try again and are not reported.
    Refused {
        /// The calling number.
        caller: Number,
        /// The dialled number.
        dialled: Number,
        /// The trunk it came over; `None` for a call of a seat.
        trunk: Option<TrunkId>,
        /// The status code of our answer.
        code: u16,
        /// The cause.
        cause: RefusalCause,
    },
    /// A seat became reachable: its first contact registered, its fixed contact was set, or one of
    /// its phones registered anew with another Call-ID, contact or flow, as after a restart. A
    /// refresh emits no event.
    SeatReached {
        /// The seat.
        seat: SeatId,
    },
    /// A seat's last contact is gone.
    SeatUnreached {
        /// The seat.
        seat: SeatId,
    },
    /// Our registration with another registrar succeeded, or was refused with this code (408
    /// without any answer).
    Registered {
        /// The address of record.
        aor: String,
        /// 200 when it is registered.
        code: u16,
    },
    /// Messages of a source are dropped because it sends too many. Emitted at most once in ten
    /// minutes for each source.
    RateLimited {
        /// The source.
        source: std::net::IpAddr,
        /// The limit that it exceeds.
        limit: RateLimit,
    },
}

/// A rate limit that a source exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimit {
    /// It sends messages faster than allowed; the excess is dropped.
    Messages,
    /// It sends wrong passwords for one user; further attempts are checked slowly.
    Passwords,
}

/// An incoming call.
#[derive(Clone, Debug, PartialEq)]
pub struct Incoming {
    /// The leg: odd.
    pub leg: LegId,
    /// The authenticated origin of the call.
    pub origin: Origin,
    /// The caller's number: P-Asserted-Identity from a trunk, else From.
    pub caller: Number,
    /// The caller's display name, decoded (UTF-8, GB18030 or Latin-1).
    pub display: String,
    /// The user part of the Request-URI.
    pub dialled: Number,
    /// The far end's media; `None` for a late offer.
    pub remote: Option<RemoteMedia>,
    /// Where its media may come from, as far as signalling tells.
    pub signalled: SignalledSource,
}

/// The origin of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A trunk, identified by its source address.
    Trunk(TrunkId),
    /// A seat, identified by its password.
    Seat(SeatId),
}

/// The reason why a leg ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegEnd {
    /// The far end sent BYE.
    ByeReceived,
    /// The far end cancelled before we answered.
    Cancelled,
    /// We hung up or rejected.
    HungUp,
    /// Our 200 got no ACK within 64 T1 (RFC 3261 13.3.1.4); a BYE was sent.
    NoAck,
    /// A request of ours inside the dialog got no answer, 408 or 481 (RFC 3261 12.2.1.2).
    Lost,
    /// The session timer ran out (RFC 4028).
    Expired,
}

/// A seat as the registrar knows it.
#[derive(Clone, PartialEq)]
pub struct Seat {
    /// The number that its phones register with.
    pub seat: SeatId,
    /// The hash of its password; `None` when no phone may register.
    pub secret: Option<Secret>,
    /// A contact that needs no registration, such as `sip:…`.
    pub fixed: Option<String>,
}

impl std::fmt::Debug for Seat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Seat({}, fixed: {:?})", self.seat, self.fixed)
    }
}

/// H(A1) for each algorithm (RFC 7616 3.4.2), in lower-case hex. It is as good as the password, so
/// `Debug` hides it.
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
