//! Seats, staff, the words of the desk and the events of the log.
//!
//! The crate has three layers, each of which depends only on those before it: the values of the
//! crate `primitives`, re-exported here; the words of the desk ([`desk`]); and the events
//! ([`event`], with [`json`] beside it). Every crate above `sip` and `media` imports its vocabulary
//! from here.
//!
//! It knows no protocol, clock, file or socket.

pub mod desk;
pub mod event;
pub mod json;
mod routing;
mod seat;

pub use desk::{
    AccountStatus, CalendarTable, DayKind, DaySource, Employer, HolidayNotice, SpecialDay, Staff,
    StaffChange, StaffFault,
};
pub use event::{Event, Record};
pub use primitives::{
    AccountName, AreaCode, BadDate, BadId, CallId, Codec, Date, Direction, EmergencyId, IpNetwork,
    LegId, LineId, MenuId, Number, OfferId, PayloadTypes, QueueId, RemoteMedia, SeatId, Seq,
    SignalledSource, Skill, SymmetricRtp, TicketId, Timestamp, TrunkId, Weekday, Zone, is_private,
    number, text,
};
pub use routing::{
    AgentProfile, Candidate, Decision, DecisionRule, Requirement, RoutingProfile, RuledOut,
    RuledOutReason, TemporaryProfile, WaitCause, WaitReason,
};
pub use seat::{Login, NotReadyReason, WorkState};
