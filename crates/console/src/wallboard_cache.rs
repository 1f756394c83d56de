//! The newest wallboard as JSON text, written once for all viewers of a class.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use model::{CallId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use stats::{CallBoard, Wallboard};
use ticketing::rights::Right;

use crate::{auth::User, backend::Statistics, clock::HotlineClock};

/// The newest wallboard as JSON text.
pub(crate) struct WallboardCache {
    clock: HotlineClock,
    statistics: Arc<dyn Statistics>,
    newest: Mutex<BTreeMap<ViewerClass, Written>>,
}

/// Viewers who get the same text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ViewerClass {
    /// Those who may listen in on calls: they see other supervisors who listen.
    Supervisors,
    /// All others.
    Staff,
}

impl ViewerClass {
    /// The class of a person.
    pub(crate) fn of(user: &User) -> ViewerClass {
        match user.require(Right::Listen) {
            Ok(()) => ViewerClass::Supervisors,
            Err(_) => ViewerClass::Staff,
        }
    }
}

#[derive(Clone)]
struct Written {
    board: Arc<Wallboard>,
    at: Timestamp,
    text: Arc<str>,
}

/// The wallboard with the engine's clock, so that the page's timers are right whatever the
/// viewer's clock shows.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Wallboard")]
pub(crate) struct WallboardDocument<'a> {
    now: Timestamp,
    #[serde(flatten)]
    board: &'a Wallboard,
    /// The calls in which a side is on hold, or a colleague, a supervisor or an outside number rings
    /// or talks. Supervisors who only listen are shown only to viewers who may listen themselves.
    calls: BTreeMap<CallId, CallBoard>,
}

impl WallboardCache {
    pub(crate) fn new(clock: HotlineClock, statistics: Arc<dyn Statistics>) -> WallboardCache {
        WallboardCache { clock, statistics, newest: Mutex::default() }
    }

    /// The newest wallboard.
    pub(crate) fn board(&self) -> Arc<Wallboard> {
        self.statistics.wallboard()
    }

    /// The newest wallboard as JSON. Within [`COALESCE`] all viewers of a class get the same text.
    pub(crate) fn json(&self, class: ViewerClass) -> Arc<str> {
        let (board, now) = (self.board(), self.clock.now());
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(written) = newest.get(&class)
            && is_same(&written.board, &board)
            && now.since(written.at) < COALESCE
        {
            return written.text.clone();
        }
        let calls = board.calls.shown(class == ViewerClass::Supervisors);
        let document = WallboardDocument { now, board: &board, calls };
        // A wallboard has only names and numbers as keys, so writing it cannot fail.
        let text: Arc<str> = serde_json::to_string(&document).unwrap_or_default().into();
        newest.insert(class, Written { board, at: now, text: text.clone() });
        text
    }
}

/// Compares by content: the engine may hand out a new copy of an unchanged wallboard.
pub(crate) fn is_same(a: &Arc<Wallboard>, b: &Arc<Wallboard>) -> bool {
    Arc::ptr_eq(a, b) || a == b
}

/// Four updates a second; a person does not notice more.
pub(crate) const COALESCE: Duration = Duration::from_millis(250);
