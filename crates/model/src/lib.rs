//! The words of the house: ids, time, numbers, voices, seats and events.
//!
//! Every other crate speaks these words and this crate speaks to nobody. It
//! holds no behaviour beyond what makes a word safe to use: a number that
//! prints redacted, a timestamp that cannot be mistaken for a duration.
//!
//! It will never know a protocol, a clock, a file or a socket.

mod calendar;
pub mod desk;
pub mod event;
mod id;
pub mod json;
pub mod number;
mod seat;
mod staff;
pub mod text;
mod time;
mod voice;

pub use calendar::{CalendarTable, DayKind, DaySource, HolidayNotice, SpecialDay};
pub use event::{Event, Record, Seq};
pub use id::{
    AccountName, BadId, CallId, EmergencyId, LegId, LineId, OfferId, QueueId, SeatId, Skill,
    TicketId, TrunkId,
};
pub use number::{AreaCode, Number};
pub use seat::{Login, NotReadyReason, WorkState};
pub use staff::{AccountStatus, Employer, Staff, StaffChange, StaffFault};
pub use time::{BadDate, Date, Timestamp, Weekday, Zone};
pub use voice::{
    Codec, Direction, IpNetwork, PayloadTypes, RemoteMedia, SignalledSource, SymmetricRtp,
    is_private,
};
