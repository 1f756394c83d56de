//! The options of the console, from the operator's config.

mod hooks;
mod limits;
mod open311;

use std::{collections::BTreeMap, time::Duration};

use deadlines::{
    calendar::{Calendar, OfficeHours},
    clock::WorkingTime,
};
use model::{CalendarTable, QueueId, Zone};
use ticketing::Rules;

pub use hooks::{Hook, HookAuth, HookContent};
pub use limits::Limits;
pub use open311::{DirectorySource, Open311};

use crate::{backend::Configuration, client::Proxies, sessions::SessionLifetime};

/// The options of the console.
#[derive(Clone, Debug)]
pub struct Options {
    /// The hotline's name, which the page shows before and after log-in.
    pub hotline: String,
    /// The names and titles of the queues, in the order of `queues.toml`, in which lists show them.
    pub queues: Vec<(QueueId, String)>,
    /// The hotline's time zone, in which the page shows times.
    pub zone: Zone,
    /// Whether people reach the page by https only, through a TLS proxy. The session cookie is
    /// then marked `Secure`, as it is when a proxy says that a request came by https.
    pub https_only: bool,
    /// The longest duration of a session.
    pub session: Duration,
    /// The longest time of a session without a request.
    pub idle: Duration,
    /// The webhooks, by the name in `POST /hooks/{name}`.
    pub hooks: BTreeMap<String, Hook>,
    /// The Open311 server; `None` when it is switched off.
    pub open311: Option<Open311>,
    /// Working days, for due dates.
    pub calendar: Calendar,
    /// The rules of the desk.
    pub desk: Rules,
    /// The reverse proxies whose headers about a client are trusted.
    pub proxies: Proxies,
    /// The limits of what clients may hold open at once.
    pub limits: Limits,
}

impl Options {
    /// The basis of due dates.
    pub(crate) fn working_time(&self) -> WorkingTime<'_> {
        WorkingTime { calendar: &self.calendar, day_end: self.desk.clocks.day_end }
    }

    /// The names and titles of the queues in force.
    pub(crate) fn queues(&self, config: &dyn Configuration) -> Vec<(QueueId, String)> {
        config.queues().unwrap_or_else(|| self.queues.clone())
    }

    pub(crate) fn session_lifetime(&self) -> SessionLifetime {
        SessionLifetime { total: self.session, idle: self.idle }
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
            idle: IDLE,
            hooks: BTreeMap::new(),
            open311: None,
            calendar: Calendar::new(Zone::CHINA, OfficeHours::default(), &CalendarTable::default()),
            desk: Rules::shipped(),
            proxies: Proxies::default(),
            limits: Limits::default(),
        }
    }
}

/// The place of a queue among the others. Queues that the config does not name come last.
pub(crate) fn queue_order(queues: &[(QueueId, String)], queue: &QueueId) -> usize {
    queues.iter().position(|(known, _)| known == queue).unwrap_or(queues.len())
}

/// One long shift: a person logs in once a day, and the session of the previous day has ended.
const SESSION: Duration = Duration::from_secs(12 * 3_600);
/// For a browser that was closed or a machine that was left; an open page sends requests by itself.
const IDLE: Duration = Duration::from_secs(30 * 60);
