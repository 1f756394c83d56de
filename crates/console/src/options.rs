//! What the operator decides about the console.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use backoffice::{
    Rules,
    calendar::{Calendar, OfficeHours},
    clock::Ground,
};
use model::{DayTable, QueueId, Zone};

use crate::bookcase::KnowledgeBase;
use crate::hooks::Hook;
use crate::open311::Open311;
use crate::sessions::Lasts;

/// Choices handed in by the daemon from the config.
#[derive(Clone, Debug)]
pub struct Options {
    /// The hotline's name, shown on the page before and after log-in.
    pub hotline: String,
    /// What people call each queue, where the config says so.
    pub queues: BTreeMap<QueueId, String>,
    /// The hotline's wall clock: the page shows its times, wherever it is looked at.
    pub zone: Zone,
    /// Whether people reach the page by https only (a TLS proxy stands before
    /// it): the session cookie is then marked `Secure`.
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
}

impl Options {
    /// What due dates stand on.
    pub(crate) fn ground(&self) -> Ground<'_> {
        Ground { calendar: &self.calendar, day_end: self.desk.clocks.day_end }
    }

    pub(crate) fn lasts(&self) -> Lasts {
        Lasts { in_all: self.session, idle: self.idle }
    }
}

impl Default for Options {
    fn default() -> Options {
        Options {
            hotline: "Heartline".into(),
            queues: BTreeMap::new(),
            zone: Zone::CHINA,
            https_only: false,
            session: SESSION,
            hooks: BTreeMap::new(),
            open311: None,
            knowledge: None,
            calendar: Calendar::new(Zone::CHINA, OfficeHours::default(), &DayTable::default()),
            desk: Rules::shipped(),
            idle: IDLE,
        }
    }
}

/// One long shift: nobody has to log in twice a day, and yesterday's log-in is over.
const SESSION: Duration = Duration::from_secs(12 * 3_600);
/// A browser somebody closed, or a machine somebody left; an open page asks by itself.
const IDLE: Duration = Duration::from_secs(30 * 60);
