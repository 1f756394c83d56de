//! Who answers whom, decided and not yet done: free calls, ready seats and rules in, a pair and its reason out.
//!
//! The one global rule: heavier queue, then higher priority, then longest wait,
//! then the earlier call. A seat that becomes ready takes the first call it may
//! serve by that rule; a call that becomes free takes the seat its queue's
//! strategy names. As every change is matched at once, no ready seat is ever
//! left beside a free call it may serve, and so nobody is served after a later,
//! equal arrival.

use std::{cmp::Reverse, fmt};

use model::{CallId, QueueId, SeatId, Skill, Timestamp};
use queue::Place;

use crate::{
    Strategy,
    floor::{Floor, TeamId, Turn},
    hall::{Class, Hall, Rank},
};

/// A call's place among all calls of the house. Less is served sooner.
pub(crate) type Precedence = (Reverse<u8>, Place);

/// The first call a seat of this team may take; `may` says whether a call may ring that seat.
pub(crate) fn best_call(
    hall: &Hall,
    team: TeamId,
    weight: impl Fn(usize) -> u8,
    may: impl Fn(CallId) -> bool,
) -> Option<Precedence> {
    let first_of = |class: &Class| {
        let place = class.free.iter().find(|place| may(place.call))?;
        Some((Reverse(weight(class.ask.queue)), *place))
    };
    hall.open_to(team).filter_map(|(_, class)| first_of(class)).min()
}

/// The seat a free call of this class is offered to; `may` as above.
pub(crate) fn best_seat(
    floor: &Floor,
    class: &Class,
    strategy: Strategy,
    may: impl Fn(SeatId) -> bool,
) -> Option<(Rank, TeamId, SeatId)> {
    let mut best: Option<(Rank, Turn, TeamId)> = None;
    for fit in &class.fits {
        if best.is_some_and(|(rank, ..)| rank < fit.rank) {
            break;
        }
        let turn = floor.ready(fit.team, strategy)?.iter().find(|turn| may(turn.seat));
        let Some(turn) = turn else { continue };
        if best.is_none_or(|(_, other, _)| *turn < other) {
            best = Some((fit.rank, *turn, fit.team));
        }
    }
    best.map(|(rank, turn, team)| (rank, team, turn.seat))
}

/// Why this seat for this call. Prints as one sentence.
pub(crate) struct Why<'a> {
    pub(crate) now: Timestamp,
    pub(crate) floor: &'a Floor,
    pub(crate) class: &'a Class,
    pub(crate) queue: &'a QueueId,
    pub(crate) strategy: Strategy,
    pub(crate) rank: Rank,
    pub(crate) team: TeamId,
    pub(crate) seat: SeatId,
    pub(crate) waited_since: Timestamp,
}

impl fmt::Display for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let standing = self.floor.standing(self.seat);
        let idle_s = standing.map_or(0, |s| self.now.since(s.idle_since).as_secs());
        let ready: usize = self.fits_ready().sum();
        match (ready, self.strategy) {
            (0 | 1, _) => f.write_str("the only ready seat that may take it")?,
            (n, Strategy::LongestIdle) => write!(f, "longest idle of {n} ready seats")?,
            (n, Strategy::RoundRobin) => write!(f, "next in turn of {n} ready seats")?,
            (n, Strategy::FewestCalls) => {
                let calls = standing.map_or(0, |s| s.answered);
                write!(f, "fewest calls ({calls}) of {n} ready seats")?;
            }
            (n, Strategy::LeastTalk) => {
                let talked_s = standing.map_or(0, |s| s.talked_ms / 1_000);
                write!(f, "least talk ({talked_s} s) of {n} ready seats")?;
            }
            (n, Strategy::BestSkill) => write!(f, "best skilled of {n} ready seats")?,
            (n, Strategy::Linear) => write!(f, "first by number of {n} ready seats")?,
        }
        write!(f, ", idle {idle_s} s")?;
        for (skill, least) in &self.class.ask.skills {
            write!(f, "; {skill} {} of {least}", self.level(skill))?;
        }
        if self.rank.tier > 1 {
            write!(f, "; tier {}", self.rank.tier)?;
        }
        if self.rank.via > 0 {
            f.write_str("; by overflow")?;
        }
        let waited_s = self.now.since(self.waited_since).as_secs();
        write!(f, "; the call waited {waited_s} s in {}", self.queue)
    }
}

impl Why<'_> {
    fn fits_ready(&self) -> impl Iterator<Item = usize> {
        let fits = self.class.fits.iter();
        fits.filter_map(|fit| Some(self.floor.ready(fit.team, self.strategy)?.len()))
    }

    fn level(&self, skill: &Skill) -> u8 {
        self.floor.level(self.team, skill)
    }
}
