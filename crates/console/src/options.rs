//! What the operator decides about the console.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use deadlines::{
    calendar::{Calendar, OfficeHours},
    clock::Ground,
};
use model::{CalendarTable, QueueId, Zone};
use ticketing::Rules;

use crate::bookcase::KnowledgeBase;
use crate::client::Proxies;
use crate::hooks::Hook;
use crate::open311::Open311;
use crate::sessions::Lasts;

/// Choices handed in by the engine from the config.
#[derive(Clone, Debug)]
pub struct Options {
    /// The hotline's name, shown on the page before and after log-in.
    pub hotline: String,
    /// The queues and what people call them, in the order the config lists them: so they are shown.
    pub queues: Vec<(QueueId, String)>,
    /// The hotline's wall clock: the page shows its times, wherever it is looked at.
    pub zone: Zone,
    /// Whether people reach the page by https only (a TLS proxy stands before
    /// it): the session cookie is then marked `Secure`, as it is when a proxy says https.
    pub https_only: bool,
    /// How long a log-in lasts, used or not.
    pub session: Duration,
    /// Who may send us messages, by the name in `POST /hooks/{name}`.
    pub hooks: BTreeMap<String, Hook>,
    /// The Open311 server, when it is switched on.
    pub open311: Option<Open311>,
    /// The knowledge base, where there is one.
    pub knowledge: Option<Arc<dyn KnowledgeBase>>,
    /// What due dates stand on.
    pub calendar: Calendar,
    /// The rules the desk works by.
    pub desk: Rules,
    /// How long it lasts with no request and no page open.
    pub idle: Duration,
    /// The reverse proxies in front, whose word about a client is believed.
    pub proxies: Proxies,
    /// How much each client may hold at once.
    pub limits: Limits,
}

/// How much may be open at once: connections, requests and live streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections. One more ends the oldest of a stranger, or an idle one.
    pub connections: usize,
    /// Of them from one address that is no proxy's.
    pub connections_per_address: usize,
    /// Requests of one account.
    pub requests_per_account: usize,
    /// Requests of one address that show no account.
    pub requests_per_address: usize,
    /// Requests of people who are not logged in.
    pub visitors: usize,
    /// Requests of webhooks and Open311.
    pub machines: usize,
    /// Live streams.
    pub streams: usize,
    /// Of them for one account.
    pub streams_per_account: usize,
    /// Passwords that wait to be verified.
    pub passwords: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: CONNECTIONS,
            connections_per_address: CONNECTIONS_PER_ADDRESS,
            requests_per_account: REQUESTS_PER_ACCOUNT,
            requests_per_address: REQUESTS_PER_ADDRESS,
            visitors: VISITORS,
            machines: MACHINES,
            streams: STREAMS,
            streams_per_account: STREAMS_PER_ACCOUNT,
            passwords: PASSWORDS,
        }
    }
}

impl Options {
    /// What due dates stand on.
    pub(crate) fn ground(&self) -> Ground<'_> {
        Ground { calendar: &self.calendar, day_end: self.desk.clocks.day_end }
    }

    /// Where a queue stands among the others; those of which the config says nothing come last.
    pub(crate) fn place_of(&self, queue: &QueueId) -> usize {
        let place = self.queues.iter().position(|(known, _)| known == queue);
        place.unwrap_or(self.queues.len())
    }

    pub(crate) fn lasts(&self) -> Lasts {
        Lasts { in_all: self.session, idle: self.idle }
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            hotline: "Heartline".into(),
            queues: Vec::new(),
            zone: Zone::CHINA,
            https_only: false,
            session: SESSION,
            hooks: BTreeMap::new(),
            open311: None,
            knowledge: None,
            calendar: Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default()),
            desk: Rules::shipped(),
            idle: IDLE,
            proxies: Proxies::default(),
            limits: Limits::default(),
        }
    }
}

/// One long shift: nobody has to log in twice a day, and yesterday's log-in is over.
const SESSION: Duration = Duration::from_secs(12 * 3_600);
/// A browser somebody closed, or a machine somebody left; an open page asks by itself.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// Two streams and two requests for each of a thousand people.
const CONNECTIONS: usize = 4_096;
/// An office of eighty behind one address: a browser opens six.
const CONNECTIONS_PER_ADDRESS: usize = 512;
/// A page asks for ten things at once; a program of a partner for some more.
const REQUESTS_PER_ACCOUNT: usize = 64;
/// A shift of eighty logs in at once from one address.
const REQUESTS_PER_ADDRESS: usize = 128;
const VISITORS: usize = 1_024;
/// A gateway sends receipts in bunches, and each takes as long as a write to the log.
const MACHINES: usize = 256;
/// Every seat of a large hotline, and the walls.
const STREAMS: usize = 2_000;
/// All the walls of a house that share an account.
const STREAMS_PER_ACCOUNT: usize = 32;
/// Eighty at a shift's start take some seconds; more than this nobody would wait for.
const PASSWORDS: usize = 256;
