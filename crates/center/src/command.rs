//! What people may ask of the center, and what it answers.

use acd::NotNowReason;
use model::{
    Event, Seq,
    desk::{Actor, InboundMessage},
};
use ticketing::{DeskCommand, Done, Ticket, channels::ChannelsCommand};

use crate::control::{ControlRequest, Forbidden};

/// A command to the center.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// About a seat or a call.
    Control(ControlRequest),
    /// Something at the desk.
    Desk(Box<DeskRequest>),
    /// The same, with tickets that were put away and that somebody looked up for it
    /// ([`DeskCommand::recalls`]).
    DeskRecalling(Box<DeskRequest>, Vec<Ticket>),
    /// Something about messages or the knowledge base.
    Channels(Box<ChannelsRequest>),
    /// Put on record what somebody sent to a webhook, unless it is there already.
    Receive(Box<InboundMessage>),
    /// Put something on the record that happened outside the machine: an audit event.
    Note(Event),
}

/// A command to the desk, with who gives it and what they have seen.
#[derive(Clone, Debug, PartialEq)]
pub struct DeskRequest {
    /// Who, and as what.
    pub by: Actor,
    /// What.
    pub command: DeskCommand,
    /// The last record its sender has seen of the ticket: refused when there is a newer one.
    pub expected: Option<Seq>,
    /// Its sender's name for it: given twice, it is done once.
    pub key: Option<String>,
}

/// A command about messages or knowledge, with who gives it and what they have seen.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelsRequest {
    /// Who, and as what.
    pub by: Actor,
    /// What.
    pub command: ChannelsCommand,
    /// The last record its sender has seen of the item: refused when there is a newer one.
    pub expected: Option<Seq>,
    /// Its sender's name for it: given twice, it is done once.
    pub key: Option<String>,
}

/// The answer, given once what it pending_replies is durable.
pub type Reply = Result<Done, Refusal>;

/// Why a wish was not granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such seat in the config.
    NoSuchSeat,
    /// No such call, or it is over.
    NoSuchCall,
    /// Not in this state: what the state is, and what is allowed now.
    NotNow {
        /// As a word for programs.
        reason: NotNowReason,
        /// In a sentence.
        state: String,
        /// The commands that would be taken now.
        allowed: Vec<&'static str>,
    },
    /// The person may not give this command, for this reason.
    Forbidden(String),
    /// The change of an agent's profile was rejected.
    Profile(acd::ProfileRejected),
    /// The desk says no.
    Desk(workflow::Refusal),
    /// The log cannot be written; nothing was done.
    LogFailed,
    /// The engine has more to do than it can take in; nothing was done.
    Busy,
    /// The engine is going down.
    Stopping,
    /// The engine runs without its log, and so without its desk.
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
            Refusal::NoSuchSeat => f.write_str("no such seat in the config"),
            Refusal::NoSuchCall => f.write_str("no such call, or it is over"),
            Refusal::NotNow { state, allowed, .. } => {
                write!(f, "not now: {state}; possible now: {}", allowed.join(", "))
            }
            Refusal::Forbidden(why) => f.write_str(why),
            Refusal::Profile(rejected) => write!(f, "{rejected}"),
            Refusal::Desk(no) => write!(f, "{no}"),
            Refusal::LogFailed => f.write_str("the log cannot be written; nothing was done"),
            Refusal::Busy => f.write_str(
                "the engine has more to do than it can take in; nothing was done, try again in a moment",
            ),
            Refusal::Stopping => f.write_str("the engine is going down"),
            Refusal::Emergency => f.write_str(
                "the engine runs in an emergency, without its log: calls are taken and recorded, and \
                 nothing is done at the desk; try again once the log is mended",
            ),
        }
    }
}
