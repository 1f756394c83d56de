//! Commands to the center, and their replies.

use acd::NotNowReason;
use model::{
    Event, Seq,
    desk::{Actor, InboundMessage},
};
use ticketing::{CommandReceipt, DeskCommand, Ticket, channels::ChannelsCommand};

use crate::control::{ControlRequest, Forbidden};

/// A command to the center.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// About a seat or a call.
    Control(ControlRequest),
    /// A command to the desk.
    Desk(Box<DeskRequest>),
    /// A command to the desk with the archived tickets that it needs
    /// ([`DeskCommand::archived_tickets_needed`]); the driver has read them from the view.
    DeskRecalling(Box<DeskRequest>, Vec<Ticket>),
    /// A command about messages or the knowledge base.
    Channels(Box<ChannelsRequest>),
    /// Record a message that a webhook received, unless it was recorded before.
    Receive(Box<InboundMessage>),
    /// Record an event that happened outside the center, such as an audit event.
    Note(Event),
}

/// A command to the desk with its sender.
#[derive(Clone, Debug, PartialEq)]
pub struct DeskRequest {
    /// The sender and their role.
    pub by: Actor,
    /// The command.
    pub command: DeskCommand,
    /// The last record of the ticket that the sender has seen. The command is refused when there is
    /// a newer one.
    pub expected: Option<Seq>,
    /// The Idempotency-Key: a command that is sent twice with the same key is done once.
    pub key: Option<String>,
}

/// A command about messages or the knowledge base with its sender.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelsRequest {
    /// The sender and their role.
    pub by: Actor,
    /// The command.
    pub command: ChannelsCommand,
    /// The last record of the item that the sender has seen. The command is refused when there is a
    /// newer one.
    pub expected: Option<Seq>,
    /// The Idempotency-Key: a command that is sent twice with the same key is done once.
    pub key: Option<String>,
}

/// The reply to a command. `Ok` is sent only when the command's records are durable.
pub type Reply = Result<CommandReceipt, Refusal>;

/// The reason why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such seat in the config.
    NoSuchSeat,
    /// No such call, or it is over.
    NoSuchCall,
    /// The state of the seat does not allow the command.
    NotNow {
        /// The reason for programs.
        reason: NotNowReason,
        /// The state for people, as a sentence.
        state: String,
        /// The commands that are allowed in this state.
        allowed: Vec<&'static str>,
    },
    /// The person may not give this command, for this reason.
    Forbidden(String),
    /// The state of the call, or of a phone, does not allow the command.
    Call(switch::CallRejected),
    /// The change of an agent's profile was rejected.
    Profile(acd::ProfileRejected),
    /// The desk, the channels or the knowledge base refused the command.
    Desk(workflow::Refusal),
    /// The log cannot be written; nothing was done.
    LogFailed,
    /// The engine's queue of commands is full; nothing was done.
    Busy,
    /// The config cannot be adopted now, for these reasons; nothing was changed.
    Config(Vec<String>),
    /// The engine is stopping.
    Stopping,
    /// The engine runs in an emergency, without the hotline's log and its desk.
    Emergency,
}

impl From<Forbidden> for Refusal {
    fn from(Forbidden(why): Forbidden) -> Refusal {
        Refusal::Forbidden(why)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::NoSuchSeat => f.write_str("the config has no such seat"),
            Refusal::NoSuchCall => f.write_str("there is no such call, or it has ended"),
            Refusal::NotNow { state, allowed, .. } => {
                write!(f, "not now: {state}; possible now: {}", allowed.join(", "))
            }
            Refusal::Forbidden(why) => f.write_str(why),
            Refusal::Call(rejected) => write!(f, "{rejected}"),
            Refusal::Profile(rejected) => write!(f, "{rejected}"),
            Refusal::Desk(no) => write!(f, "{no}"),
            Refusal::LogFailed => f.write_str("the log cannot be written; nothing was done"),
            Refusal::Busy => {
                f.write_str("the engine is overloaded; nothing was done, try again in a moment")
            }
            Refusal::Config(why) => f.write_str(&why.join("; ")),
            Refusal::Stopping => f.write_str("the engine is stopping"),
            Refusal::Emergency => f.write_str(
                "the engine runs in emergency mode, without its log: calls are taken and \
                 recorded, but the desk is not available; try again after the log is repaired",
            ),
        }
    }
}
