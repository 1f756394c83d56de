//! The holds and the further legs of calls, as they are shown beside the seats.

use std::{collections::BTreeMap, time::Duration};

use model::{
    CallId, Event, LegId, Number, Record, Timestamp,
    event::{LegRole, MonitorMode, Party},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The calls in which a side is on hold or a further leg rings or talks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallBoards(BTreeMap<CallId, CallBoard>);

/// The holds and the further legs of one call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CallBoard {
    /// The sides that hold the other one, and since when. 保持
    pub holds: BTreeMap<Party, Timestamp>,
    /// Colleagues, supervisors and outside numbers. 三方
    pub legs: BTreeMap<LegId, LegBoard>,
}

/// A further leg of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LegBoard {
    /// Its part in the call. An outside number is masked before it is shown.
    #[serde(flatten)]
    pub role: LegRole,
    /// The time since which it rings, or since which it is in the call.
    pub since: Timestamp,
    /// Whether it was answered.
    pub joined: bool,
}

impl CallBoards {
    /// The call that a record's event changes here.
    pub(super) fn call_of(event: &Event) -> Option<CallId> {
        match event {
            Event::CallHeld(e) => Some(e.call),
            Event::CallResumed(e) => Some(e.call),
            Event::CallTransferred(e) => Some(e.call),
            Event::LegDialled(e) => Some(e.call),
            Event::LegJoined(e) => Some(e.call),
            Event::MonitorModeSet(e) => Some(e.call),
            Event::LegLeft(e) => Some(e.call),
            Event::CallEnded(e) => Some(e.call),
            _ => None,
        }
    }

    /// Applies one record.
    pub(super) fn apply(&mut self, record: &Record) {
        let Some(call) = CallBoards::call_of(&record.event) else { return };
        let board = self.0.entry(call).or_default();
        match &record.event {
            Event::CallHeld(e) if is_side(e.by) => drop(board.holds.insert(e.by, record.at)),
            Event::CallResumed(e) => drop(board.holds.remove(&e.by)),
            // The phone that held has left the call without a word about it.
            Event::CallTransferred(_) => drop(board.holds.remove(&Party::Seat)),
            Event::LegDialled(e) => {
                let leg = LegBoard { role: e.role.clone(), since: record.at, joined: false };
                board.legs.insert(e.leg, leg);
            }
            Event::LegJoined(e) => {
                let leg = LegBoard { role: e.role.clone(), since: record.at, joined: true };
                board.legs.insert(e.leg, leg);
            }
            Event::MonitorModeSet(e) => {
                if let Some(leg) = board.legs.get_mut(&e.leg) {
                    leg.role = LegRole::Supervisor { seat: e.seat, mode: e.mode };
                }
            }
            Event::LegLeft(e) => drop(board.legs.remove(&e.leg)),
            Event::CallEnded(_) => *board = CallBoard::default(),
            _ => {}
        }
        if *board == CallBoard::default() {
            self.0.remove(&call);
        }
    }

    /// The board of a call; `None` when nothing is held and nobody was asked.
    pub fn get(&self, call: CallId) -> Option<&CallBoard> {
        self.0.get(&call)
    }

    /// Sets the board of a call, or removes it.
    pub(super) fn set(&mut self, call: CallId, board: Option<CallBoard>) {
        match board {
            Some(board) => drop(self.0.insert(call, board)),
            None => drop(self.0.remove(&call)),
        }
    }

    /// The clock was set forward.
    pub(super) fn shift(&mut self, by: Duration) {
        for board in self.0.values_mut() {
            board.holds.values_mut().for_each(|since| *since += by);
            board.legs.values_mut().for_each(|leg| leg.since += by);
        }
    }

    /// The calls as a viewer may see them, with masked numbers. Supervisors who only listen, or whose
    /// phone still rings, are shown only to viewers who may listen themselves.
    pub fn shown(&self, sees_listening: bool) -> BTreeMap<CallId, CallBoard> {
        let calls = self.0.iter().map(|(call, board)| (*call, board.shown(sees_listening)));
        calls.filter(|(_, board)| *board != CallBoard::default()).collect()
    }
}

/// Whether it is one of the two sides of the talk. The hold of a guest's phone is the guest's matter.
fn is_side(party: Party) -> bool {
    match party {
        Party::Caller | Party::Seat => true,
        Party::Guest | Party::Supervisor => false,
    }
}

impl CallBoard {
    fn shown(&self, sees_listening: bool) -> CallBoard {
        let legs = self.legs.iter().filter(|(_, leg)| sees_listening || !leg.is_unheard());
        let legs = legs.map(|(id, leg)| (*id, leg.masked())).collect();
        CallBoard { holds: self.holds.clone(), legs }
    }
}

impl LegBoard {
    /// Whether it is a supervisor whom nobody in the call hears.
    fn is_unheard(&self) -> bool {
        let LegRole::Supervisor { mode, .. } = self.role else { return false };
        mode == MonitorMode::Listen || !self.joined
    }

    fn masked(&self) -> LegBoard {
        let mut leg = self.clone();
        if let Some(number) = leg.role.number_mut() {
            *number = Number::new(&number.masked());
        }
        leg
    }
}
