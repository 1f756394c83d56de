//! The wallboard as it is saved for the next start, with the fields that the page does not show.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use model::{
    AccountName, Date, QueueId, SeatId, TemporaryProfile,
    event::{Alarm, SeatActor},
};
use serde::{Deserialize, Serialize};

use super::{CallBoards, Configured, QueueBoard, SeatBoard, WaitingCalls, Wallboard};

/// The whole state of a [`Wallboard`]: borrowed when it is written, owned when it is read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WallboardSnapshot<'a> {
    seq: u64,
    queues: Cow<'a, BTreeMap<QueueId, QueueBoard>>,
    seats: Cow<'a, BTreeMap<SeatId, SeatBoard>>,
    next_by: BTreeMap<SeatId, SeatActor>,
    alarms: Cow<'a, BTreeMap<Alarm, String>>,
    /// Empty in what an older version wrote.
    #[serde(default)]
    calls: Cow<'a, CallBoards>,
    /// Empty in what an older version wrote.
    #[serde(default)]
    temporary_profiles: Cow<'a, BTreeMap<AccountName, TemporaryProfile>>,
    /// None in what an older version wrote.
    #[serde(default)]
    configured: Option<Cow<'a, Configured>>,
    today: Date,
    #[serde(rename = "places")]
    waiting_calls: Cow<'a, WaitingCalls>,
}

impl Wallboard {
    /// The state to be saved.
    pub fn snapshot(&self) -> WallboardSnapshot<'_> {
        let next_by = self.seats.iter().filter_map(|(seat, board)| {
            let by = board.next_by.clone()?;
            Some((*seat, by))
        });
        WallboardSnapshot {
            seq: self.seq,
            queues: Cow::Borrowed(&self.queues),
            seats: Cow::Borrowed(&self.seats),
            next_by: next_by.collect(),
            alarms: Cow::Borrowed(&self.alarms),
            calls: Cow::Borrowed(&self.calls),
            temporary_profiles: Cow::Borrowed(&self.temporary_profiles),
            configured: self.configured.as_deref().map(Cow::Borrowed),
            today: self.today,
            waiting_calls: Cow::Borrowed(&self.waiting_calls),
        }
    }

    /// The saved state with the queues, seats and zone of this wallboard, which come from the
    /// config. Saved queues and seats that are not in the config and are empty are dropped.
    #[must_use]
    pub fn restore(self, saved: WallboardSnapshot<'_>) -> Wallboard {
        let (mut queues, mut seats) = (saved.queues.into_owned(), saved.seats.into_owned());
        for (seat, by) in saved.next_by {
            seats.entry(seat).or_default().next_by = Some(by);
        }
        queues.retain(|_, board| *board != QueueBoard::default());
        seats.retain(|_, board| *board != SeatBoard::default());
        for (queue, board) in self.queues {
            queues.entry(queue).or_insert(board);
        }
        for (seat, board) in self.seats {
            seats.entry(seat).or_insert(board);
        }
        Wallboard {
            seq: saved.seq,
            queues,
            seats,
            alarms: saved.alarms.into_owned(),
            calls: saved.calls.into_owned(),
            agents: self.agents,
            seat_profiles: self.seat_profiles,
            wait_reasons: self.wait_reasons,
            temporary_profiles: saved.temporary_profiles.into_owned(),
            configured: saved.configured.map(|known| Arc::new(known.into_owned())),
            zone: self.zone,
            today: saved.today,
            waiting_calls: saved.waiting_calls.into_owned(),
        }
    }
}
