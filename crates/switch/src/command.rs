//! Commands of people about a call, and why they are rejected.

use acd::SeatState;
use model::{
    CallId, LegId, Number, SeatId,
    event::{LegRole, MonitorMode, SeatActor, TransferTarget},
};

/// A person's command about a call.
#[derive(Clone, Debug, PartialEq)]
pub struct CallCommand {
    /// The call.
    pub call: CallId,
    /// The person.
    pub by: SeatActor,
    /// The action.
    pub action: CallAction,
}

/// The actions of a person in a call.
#[derive(Clone, Debug, PartialEq)]
pub enum CallAction {
    /// Put the caller on hold: the caller hears music.
    Hold,
    /// Connect the caller again: the end of a hold, or of a consultation, which becomes a conference.
    Resume,
    /// Ask a colleague, or call an outside number. The caller is held meanwhile; [`CallAction::Resume`] makes it a conference,
    /// [`CallAction::CompleteTransfer`] leaves the call to the colleague.
    Invite {
        /// The party to ask.
        whom: Guest,
    },
    /// Remove a colleague or an outside number from the call.
    Remove {
        /// The party to remove.
        whom: GuestRef,
    },
    /// Leave the call to the colleague or the outside number that was asked. While the colleague's phone still rings the
    /// caller hears music.
    CompleteTransfer,
    /// Give the call away without asking. When a seat does not take it, it comes back.
    Transfer {
        /// The new party.
        to: TransferTarget,
    },
    /// Connect a supervisor's phone to the call, or change what the supervisor's voice does.
    Monitor {
        /// The seat at whose phone the supervisor is.
        seat: SeatId,
        /// Whether the supervisor listens, whispers or speaks.
        mode: MonitorMode,
    },
    /// Disconnect a supervisor's phone from the call.
    StopMonitoring {
        /// The seat at whose phone the supervisor is.
        seat: SeatId,
    },
    /// The supervisor who is in the call takes it over from the agent.
    TakeOver {
        /// The seat at whose phone the supervisor is.
        seat: SeatId,
    },
}

/// A party that an agent asks into a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guest {
    /// A colleague, at the phone of this seat.
    Seat(SeatId),
    /// An outside number.
    Number(Number),
}

/// The name of a party that was asked into a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GuestRef {
    /// The colleague or the outside number.
    Party(Guest),
    /// The leg of the wallboard, where numbers are masked.
    Leg(LegId),
}

impl From<Guest> for LegRole {
    fn from(guest: Guest) -> LegRole {
        match guest {
            Guest::Seat(seat) => LegRole::Colleague { seat },
            Guest::Number(number) => LegRole::External { number },
        }
    }
}

/// The reason why a command about a call was rejected. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallRejected {
    /// There is no such call, or it is over.
    NoSuchCall,
    /// No seat talks with the caller.
    NotTalking,
    /// The caller is on hold already.
    HeldAlready,
    /// The caller is not on hold.
    NotHeld,
    /// The agent's phone holds the caller; only the phone can resume.
    HeldByPhone,
    /// The config has no such seat.
    NoSuchSeat,
    /// The seat's phone is not registered.
    SeatUnreachable,
    /// The seat's phone rings or is in a call.
    SeatBusy,
    /// The config has no such queue.
    NoSuchQueue,
    /// The queue takes no more calls.
    QueueFull,
    /// The number plan does not allow the number.
    NumberNotAllowed,
    /// No trunk calls outside numbers, or all its channels are in use.
    NoTrunk,
    /// No voice port is free.
    NoPort,
    /// The call has as many parties as it may have.
    TooManyParties,
    /// No colleague was asked, or the colleague has left.
    NobodyAsked,
    /// The supervisor is not in the call, or the phone still rings.
    NotInCall,
    /// The engine takes no new calls because it stops.
    Draining,
}

impl CallRejected {
    /// All reasons.
    pub const ALL: [CallRejected; 17] = [
        CallRejected::NoSuchCall,
        CallRejected::NotTalking,
        CallRejected::HeldAlready,
        CallRejected::NotHeld,
        CallRejected::HeldByPhone,
        CallRejected::NoSuchSeat,
        CallRejected::SeatUnreachable,
        CallRejected::SeatBusy,
        CallRejected::NoSuchQueue,
        CallRejected::QueueFull,
        CallRejected::NumberNotAllowed,
        CallRejected::NoTrunk,
        CallRejected::NoPort,
        CallRejected::TooManyParties,
        CallRejected::NobodyAsked,
        CallRejected::NotInCall,
        CallRejected::Draining,
    ];

    /// The word in the API.
    pub fn as_str(&self) -> &'static str {
        match self {
            CallRejected::NoSuchCall => "no_such_call",
            CallRejected::NotTalking => "not_talking",
            CallRejected::HeldAlready => "held_already",
            CallRejected::NotHeld => "not_held",
            CallRejected::HeldByPhone => "held_by_phone",
            CallRejected::NoSuchSeat => "no_such_seat",
            CallRejected::SeatUnreachable => "seat_unreachable",
            CallRejected::SeatBusy => "seat_busy",
            CallRejected::NoSuchQueue => "no_such_queue",
            CallRejected::QueueFull => "queue_full",
            CallRejected::NumberNotAllowed => "number_not_allowed",
            CallRejected::NoTrunk => "no_trunk",
            CallRejected::NoPort => "no_port",
            CallRejected::TooManyParties => "too_many_parties",
            CallRejected::NobodyAsked => "nobody_asked",
            CallRejected::NotInCall => "not_in_call",
            CallRejected::Draining => "draining",
        }
    }
}

impl std::fmt::Display for CallRejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            CallRejected::NoSuchCall => "there is no such call, or it has ended",
            CallRejected::NotTalking => "no seat talks with the caller",
            CallRejected::HeldAlready => "the caller is on hold already",
            CallRejected::NotHeld => "the caller is not on hold",
            CallRejected::HeldByPhone => "the agent's phone holds the caller; resume there",
            CallRejected::NoSuchSeat => "the config has no such seat",
            CallRejected::SeatUnreachable => "the phone of the seat is not registered",
            CallRejected::SeatBusy => "the phone of the seat rings or is in a call",
            CallRejected::NoSuchQueue => "the config has no such queue",
            CallRejected::QueueFull => "the queue takes no more calls",
            CallRejected::NumberNotAllowed => {
                "the number plan ([outbound] in trunks.toml) does not allow the number"
            }
            CallRejected::NoTrunk => {
                "no trunk calls outside numbers, or all its outbound channels are in use"
            }
            CallRejected::NoPort => "no voice port is free; try again in a moment",
            CallRejected::TooManyParties => "the call has as many parties as it may have",
            CallRejected::NobodyAsked => "no colleague was asked, or the colleague has left",
            CallRejected::NotInCall => "the supervisor is not in the call",
            CallRejected::Draining => "the engine stops and takes no new calls",
        })
    }
}

impl std::error::Error for CallRejected {}

/// Whether the phone of a seat can be called now.
pub(crate) fn check_phone(seat: Option<&SeatState>) -> Result<(), CallRejected> {
    let seat = seat.ok_or(CallRejected::NoSuchSeat)?;
    let is_in_call = matches!(seat.work, acd::Work::Alerting { .. } | acd::Work::Talking { .. });
    if !seat.device.reachable {
        return Err(CallRejected::SeatUnreachable);
    }
    if seat.device.in_own_call || is_in_call {
        return Err(CallRejected::SeatBusy);
    }
    Ok(())
}
