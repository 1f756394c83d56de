//! The wall as it is written down, with what its page does not show.

use std::{borrow::Cow, collections::BTreeMap};

use model::{
    Date, QueueId, SeatId,
    event::{Alarm, SeatActor},
};
use serde::{Deserialize, Serialize};

use super::{Places, QueueBoard, SeatBoard, Wallboard};

/// Everything on the wall; borrowed when it is written, owned when it is read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptWallboard<'a> {
    seq: u64,
    queues: Cow<'a, BTreeMap<QueueId, QueueBoard>>,
    seats: Cow<'a, BTreeMap<SeatId, SeatBoard>>,
    next_by: BTreeMap<SeatId, SeatActor>,
    alarms: Cow<'a, BTreeMap<Alarm, String>>,
    today: Date,
    places: Cow<'a, Places>,
}

impl Wallboard {
    /// What is to be written down.
    pub fn keep(&self) -> KeptWallboard<'_> {
        let next_by = self.seats.iter().filter_map(|(seat, board)| {
            let by = board.next_by.clone()?;
            Some((*seat, by))
        });
        KeptWallboard {
            seq: self.seq,
            queues: Cow::Borrowed(&self.queues),
            seats: Cow::Borrowed(&self.seats),
            next_by: next_by.collect(),
            alarms: Cow::Borrowed(&self.alarms),
            today: self.today,
            places: Cow::Borrowed(&self.places),
        }
    }

    /// The queues and seats of this wall with what was on the one that was kept, in the same zone.
    ///
    /// A queue or seat of which the config says nothing any more, and with nothing on it, is let go.
    #[must_use]
    pub fn go_on_from(self, kept: KeptWallboard<'_>) -> Wallboard {
        let (mut queues, mut seats) = (kept.queues.into_owned(), kept.seats.into_owned());
        for (seat, by) in kept.next_by {
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
            seq: kept.seq,
            queues,
            seats,
            alarms: kept.alarms.into_owned(),
            zone: self.zone,
            today: kept.today,
            places: kept.places.into_owned(),
        }
    }
}
