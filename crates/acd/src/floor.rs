//! The ready seats, by team and in each order a strategy asks for.
//!
//! Seats that know the same and serve the same queues form one team: a dispatch
//! looks at the first seat of each team that fits, never at all seats.

use std::collections::{BTreeMap, BTreeSet};

use model::{OfferId, QueueId, SeatId, Skill, Timestamp};

use crate::{
    Policy, SeatState, Strategy,
    hall::{Ask, Fit, Rank},
};

/// A team by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TeamId(pub(crate) usize);

/// What the strategies look at, as it was when the seat became ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) idle_since: Timestamp,
    last_offer: OfferId,
    pub(crate) answered: u32,
    pub(crate) talked_ms: u64,
}

impl Standing {
    pub(crate) fn of(seat: &SeatState) -> Standing {
        Standing {
            idle_since: seat.idle_since,
            last_offer: seat.last_offer,
            answered: seat.answered,
            talked_ms: u64::try_from(seat.talked.as_millis()).unwrap_or(u64::MAX),
        }
    }

    fn turn(&self, strategy: Strategy, seat: SeatId) -> Turn {
        let first = match strategy {
            // Among the equally skilled, too, the longest idle.
            Strategy::LongestIdle | Strategy::BestSkill => 0,
            Strategy::RoundRobin => self.last_offer.0,
            Strategy::FewestCalls => u64::from(self.answered),
            Strategy::LeastTalk => self.talked_ms,
            Strategy::Linear => u64::from(seat.0),
        };
        Turn { first, idle_since: self.idle_since, seat }
    }
}

/// Whose turn it is. Less is sooner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Turn {
    first: u64,
    pub(crate) idle_since: Timestamp,
    pub(crate) seat: SeatId,
}

#[derive(Debug)]
struct Team {
    skills: BTreeMap<Skill, u8>,
    /// Tier by queue index.
    queues: BTreeMap<usize, u8>,
    /// One order for each strategy that may ask, the same seats in each.
    ready: Vec<(Strategy, BTreeSet<Turn>)>,
}

/// All teams.
#[derive(Debug)]
pub(crate) struct Floor {
    teams: Vec<Team>,
    team_of: BTreeMap<SeatId, TeamId>,
    standing: BTreeMap<SeatId, Standing>,
}

impl Floor {
    pub(crate) fn new(policy: &Policy, queue_index: &BTreeMap<QueueId, usize>) -> Floor {
        let strategies: BTreeSet<Strategy> = policy.queues.values().map(|q| q.strategy).collect();
        let mut teams: Vec<Team> = Vec::new();
        let mut by_profile = BTreeMap::new();
        let mut team_of = BTreeMap::new();
        for (seat, offers) in &policy.seats {
            let id = *by_profile.entry((&offers.skills, &offers.queues)).or_insert_with(|| {
                let index =
                    |(queue, tier): (&QueueId, &u8)| Some((*queue_index.get(queue)?, *tier));
                teams.push(Team {
                    skills: offers.skills.clone(),
                    queues: offers.queues.iter().filter_map(index).collect(),
                    ready: strategies.iter().map(|s| (*s, BTreeSet::new())).collect(),
                });
                TeamId(teams.len() - 1)
            });
            team_of.insert(*seat, id);
        }
        Floor { teams, team_of, standing: BTreeMap::new() }
    }

    pub(crate) fn teams(&self) -> usize {
        self.teams.len()
    }

    pub(crate) fn team_of(&self, seat: SeatId) -> Option<TeamId> {
        self.team_of.get(&seat).copied()
    }

    /// The queues a seat serves, by index.
    pub(crate) fn queues_of(&self, seat: SeatId) -> impl Iterator<Item = usize> + '_ {
        let team = self.team_of(seat).and_then(|team| self.teams.get(team.0));
        team.into_iter().flat_map(|team| team.queues.keys().copied())
    }

    /// The seats of these teams.
    pub(crate) fn seats_of(&self, fits: &[Fit]) -> impl Iterator<Item = SeatId> {
        let teams: BTreeSet<TeamId> = fits.iter().map(|fit| fit.team).collect();
        self.team_of.iter().filter(move |(_, team)| teams.contains(team)).map(|(seat, _)| *seat)
    }

    pub(crate) fn is_ready(&self, seat: SeatId) -> bool {
        self.standing.contains_key(&seat)
    }

    pub(crate) fn standing(&self, seat: SeatId) -> Option<&Standing> {
        self.standing.get(&seat)
    }

    /// A seat can take a call.
    pub(crate) fn enter(&mut self, seat: SeatId, standing: Standing) {
        self.leave(seat);
        let Some(team) = self.team_of(seat).and_then(|t| self.teams.get_mut(t.0)) else { return };
        for (strategy, turns) in &mut team.ready {
            turns.insert(standing.turn(*strategy, seat));
        }
        self.standing.insert(seat, standing);
    }

    /// It cannot any more.
    pub(crate) fn leave(&mut self, seat: SeatId) {
        let Some(standing) = self.standing.remove(&seat) else { return };
        let Some(team) = self.team_of(seat).and_then(|t| self.teams.get_mut(t.0)) else { return };
        for (strategy, turns) in &mut team.ready {
            turns.remove(&standing.turn(*strategy, seat));
        }
    }

    /// The ready seats of a team, whose turn it is first.
    pub(crate) fn ready(&self, team: TeamId, strategy: Strategy) -> Option<&BTreeSet<Turn>> {
        let orders = &self.teams.get(team.0)?.ready;
        orders.iter().find(|(s, _)| *s == strategy).map(|(_, turns)| turns)
    }

    /// How well a team's seats know a skill.
    pub(crate) fn level(&self, team: TeamId, skill: &Skill) -> u8 {
        self.teams.get(team.0).and_then(|t| t.skills.get(skill)).copied().unwrap_or(0)
    }

    /// The teams that may serve what is asked.
    pub(crate) fn fits(&self, ask: &Ask, by_skill: bool) -> Vec<Fit> {
        let knows = |team: &Team| {
            ask.skills.iter().all(|(skill, least)| team.skills.get(skill).unwrap_or(&0) >= least)
        };
        let mut fits = Vec::new();
        for (n, team) in self.teams.iter().enumerate().filter(|(_, team)| knows(team)) {
            let doors = std::iter::once(&ask.queue).chain(&ask.overflow);
            let door = doors.zip(0u8..).find_map(|(queue, via)| {
                let tier = *team.queues.get(queue)?;
                (tier <= ask.tier_max).then_some((via, tier))
            });
            let Some((via, tier)) = door else { continue };
            let level = |(skill, _): &(Skill, u8)| u16::from(*team.skills.get(skill).unwrap_or(&0));
            let unskilled = match by_skill {
                true => u16::MAX - ask.skills.iter().map(level).fold(0, u16::saturating_add),
                false => 0,
            };
            fits.push(Fit { rank: Rank { via, tier, unskilled }, team: TeamId(n) });
        }
        fits
    }
}
