//! The values that signalling, voice and the desk share: ids, time, telephone numbers, voice parameters.
//!
//! The lowest crate of the workspace. `sip`, `media`, `queue` and `recorder` depend on it and not
//! on `model`, so that a change to an event or to a word of the desk does not rebuild them.
//! `model` re-exports all of it; crates above `model` import from there.
//!
//! It holds no behaviour beyond what makes a value safe to use: a number that prints redacted, a
//! timestamp that cannot be mistaken for a duration. It knows no protocol, event, clock, file or
//! socket.

mod call;
mod id;
pub mod number;
pub mod text;
mod time;
mod voice;

pub use call::{Party, RefusalCause};
pub use id::{
    AccountName, BadId, CallId, EmergencyId, LegId, LineId, MenuId, OfferId, QueueId, SeatId, Seq,
    Skill, TicketId, TrunkId,
};
pub use number::{AreaCode, Number};
pub use time::{BadDate, Date, Timestamp, Weekday, Zone};
pub use voice::{
    Codec, Direction, IpNetwork, PayloadTypes, RemoteMedia, SignalledSource, SymmetricRtp,
    is_private,
};
