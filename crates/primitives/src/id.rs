//! Ids: numbers where the engine counts, short texts where people write them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// The position of a record in the log: 1, 2, 3, without a gap.
pub type Seq = u64;

/// One call, from arrival to release, whatever legs it had.
///
/// The value is the microsecond of arrival, made unique by the center, so ids
/// sort by arrival and never repeat across restarts. It prints as eleven
/// Crockford base-32 characters, for example `1J8Z4QK0T3G`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(u64);

impl CallId {
    /// The id of a call that arrived at `at`.
    pub fn from_arrival(at: Timestamp) -> CallId {
        CallId(at.micros())
    }

    /// The next id after this one: two calls may arrive in the same microsecond.
    pub fn next(self) -> CallId {
        CallId(self.0 + 1)
    }

    /// The microsecond this id was made from.
    pub fn arrived_at(self) -> Timestamp {
        Timestamp::from_micros(self.0)
    }

    /// The bare number, for keys that must sort.
    pub fn as_u64(self) -> u64 {
        self.0
    }
}

impl From<u64> for CallId {
    fn from(value: u64) -> CallId {
        CallId(value)
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; CALL_ID_CHARS];
        let mut rest = self.0;
        for place in text.iter_mut().rev() {
            *place = CROCKFORD[(rest & 31) as usize];
            rest >>= 5;
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl schemars::JsonSchema for CallId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CallId".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "pattern": "^[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{11}$"
        })
    }
}

impl FromStr for CallId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<CallId, BadId> {
        if text.len() != CALL_ID_CHARS {
            return Err(BadId);
        }
        let mut value = 0u64;
        for byte in text.bytes() {
            let upper = byte.to_ascii_uppercase();
            let digit = CROCKFORD.iter().position(|c| *c == upper).ok_or(BadId)?;
            value = value.checked_mul(32).ok_or(BadId)? | digit as u64;
        }
        Ok(CallId(value))
    }
}

impl Serialize for CallId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CallId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<CallId, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The error of a text that is not an id of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadId;

impl fmt::Display for BadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id of this kind")
    }
}

impl std::error::Error for BadId {}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            schemars::JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<$name, BadId> {
                text.parse().map($name).map_err(|_| BadId)
            }
        }
    };
}

number_id!(
    /// One SIP dialog of ours: a caller's, or a seat's. Odd when the far end
    /// dialled (given by `sip`), even when we did (given by `switch`).
    LegId(u64)
);
number_id!(
    /// One reservation of one seat for one call.
    OfferId(u64)
);
number_id!(
    /// A seat, by the number its phone registers with: 1001.
    SeatId(u32)
);
number_id!(
    /// The log of one emergency, kept apart from the hotline's own: the microsecond in which it began.
    EmergencyId(u64)
);
number_id!(
    /// A ticket number as it is read to the caller: the local date and a
    /// running number, `2026112200017`.
    TicketId(u64)
);

impl TicketId {
    /// The highest running number of a day.
    pub const DAY_MAX: u32 = TICKETS_PER_DAY as u32 - 1;

    /// The `n`th ticket (from 1) of a local date.
    pub fn of_day(date: crate::Date, n: u32) -> TicketId {
        TicketId(date.as_yyyymmdd() * TICKETS_PER_DAY + u64::from(n))
    }

    /// The local date in the number, as yyyymmdd.
    pub fn yyyymmdd(self) -> u64 {
        self.0 / TICKETS_PER_DAY
    }

    /// The running number of the day, from 1.
    pub fn number_of_day(self) -> u32 {
        (self.0 % TICKETS_PER_DAY) as u32
    }
}

/// Defines an id that is a short text, as people write it: a queue, a unit, an account.
#[macro_export]
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize,
            ::schemars::JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(::std::sync::Arc<str>);

        impl $name {
            /// The name as people write it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> $name {
                $name(name.into())
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

text_id!(
    /// A queue, as named in the config: `mandarin`.
    QueueId
);
text_id!(
    /// A line citizens dial: its DNIS, `12345`.
    LineId
);

impl Default for LineId {
    /// No line: it came by none.
    fn default() -> LineId {
        LineId::from("")
    }
}

text_id!(
    /// A menu for callers, by the name of its file: `language`.
    MenuId
);
text_id!(
    /// A trunk, as named in the config: `telecom`.
    TrunkId
);
text_id!(
    /// A skill, as named in the config: `english`.
    Skill
);
text_id!(
    /// A person's account.
    AccountName
);

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 55 bits of microseconds reach the year 3111.
const CALL_ID_CHARS: usize = 11;
/// Five digits: fifty times the busiest hotline's day.
const TICKETS_PER_DAY: u64 = 100_000;
