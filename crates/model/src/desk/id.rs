//! Ids of the desk: units, topics, areas, matters, assignments, filings, orders.

use std::{fmt, str::FromStr};

use primitives::text_id;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::{BadId, TicketId};

text_id!(
    /// A unit of the network, by its code: area and serial, `410102-010`.
    UnitId
);
text_id!(
    /// A topic, by its code of one, two or three levels of two digits each: `01`, `0104`, `010402`.
    TopicId
);
text_id!(
    /// An area, by its code: county, township or community.
    AreaId
);
text_id!(
    /// An item of the knowledge base.
    KnowledgeId
);
text_id!(
    /// A group of the hotline's supervisors (督办组), as named in its config.
    GroupId
);

impl TopicId {
    /// Whether `other` is this topic or lies below it.
    pub fn covers(&self, other: &TopicId) -> bool {
        other.as_str().starts_with(self.as_str())
    }
}

/// One real-world issue (事项), by the ticket that opened it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct MatterId(pub TicketId);

impl fmt::Display for MatterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for MatterId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<MatterId, BadId> {
        text.parse().map(MatterId)
    }
}

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident { $field:ident: $of:ident } $example:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name {
            /// The ticket or matter it belongs to.
            pub $field: $of,
            /// Its number there, from 1.
            pub n: u16,
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}-{}", self.$field, self.n)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<$name, BadId> {
                let (of, n) = text.split_once('-').ok_or(BadId)?;
                let ticket: TicketId = of.parse()?;
                Ok($name { $field: ticket.into(), n: n.parse().map_err(|_| BadId)? })
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<$name, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "pattern": "^[0-9]{13}-[0-9]{1,5}$",
                    "examples": [$example],
                })
            }
        }
    };
}

numbered!(
    /// One unit's duty on a ticket (承办): `2026112200017-1`.
    AssignmentId { ticket: TicketId } "2026112200017-1"
);
numbered!(
    /// A filing of a difficult matter (疑难备案): its matter and a number.
    FilingId { matter: MatterId } "2026112200017-1"
);
numbered!(
    /// A supervision order (督查令): its matter and a number.
    OrderId { matter: MatterId } "2026112200017-1"
);

impl From<TicketId> for MatterId {
    fn from(ticket: TicketId) -> MatterId {
        MatterId(ticket)
    }
}
