//! The profile of a seat: that of the person signed in there, or its own.
//!
//! A person's profile is the temporary one that a supervisor set, else the one in the policy.
//! Seats without a person signed in by name, and persons whom the policy does not know, use the
//! seat's own profile.

use model::{
    AccountName, Event, RoutingProfile, SeatId, TemporaryProfile, Timestamp,
    event::{AgentProfileChanged, AgentProfileRestored, ProfileEnd, SeatActor},
};

use super::{Dispatcher, Timer};
use crate::{ProfileCommand, ProfileRejected, ready_agents::AgentStats};

impl Dispatcher {
    /// The skills and queues of a seat at the moment.
    pub fn profile(&self, seat: SeatId) -> Option<&RoutingProfile> {
        self.ready_agents.profile(seat)
    }

    /// Puts back a temporary profile that the log has, before any seat is restored.
    pub fn restore_profile(&mut self, agent: AccountName, profile: TemporaryProfile) {
        self.replace_profile(&agent, Some(profile));
    }

    /// Handles a supervisor's change of an agent's profile. Calls that ring or talk go on.
    ///
    /// # Errors
    /// The profile breaks a rule, ends in the past, or there is none to withdraw.
    pub fn handle_profile_command(
        &mut self,
        now: Timestamp,
        command: ProfileCommand,
    ) -> Result<(), ProfileRejected> {
        match command {
            ProfileCommand::Set { agent, profile, until, by } => {
                self.check_profile(now, &agent, &profile, until)?;
                self.set_profile(now, agent, profile, until, by);
            }
            ProfileCommand::Withdraw { agent, by } => {
                if !self.temporary_profiles.contains_key(&agent) {
                    return Err(ProfileRejected::NothingToWithdraw);
                }
                self.end_profile(now, &agent, ProfileEnd::Withdrawn, by);
            }
        }
        self.dispatch(now);
        Ok(())
    }

    fn check_profile(
        &self,
        now: Timestamp,
        agent: &AccountName,
        profile: &RoutingProfile,
        until: Option<Timestamp>,
    ) -> Result<(), ProfileRejected> {
        let is_level = |level: &u8| (1..=LEVEL_MAX).contains(level);
        if let Some((skill, _)) = profile.skills.iter().find(|(_, level)| !is_level(level)) {
            return Err(ProfileRejected::BadLevel(skill.clone()));
        }
        if let Some(queue) = profile.queues.keys().find(|q| !self.queue_index.contains_key(q)) {
            return Err(ProfileRejected::NoSuchQueue(queue.clone()));
        }
        if let Some((queue, _)) = profile.queues.iter().find(|(_, tier)| !is_level(tier)) {
            return Err(ProfileRejected::BadTier(queue.clone()));
        }
        let is_named = |name: &str| (1..=NAME_BYTES_MAX).contains(&name.len());
        if profile.skills.len() > SKILLS_MAX
            || !profile.skills.keys().all(|skill| is_named(skill.as_str()))
        {
            return Err(ProfileRejected::TooLarge);
        }
        if until.is_some_and(|until| until <= now) {
            return Err(ProfileRejected::EndsInThePast);
        }
        let is_new = !self.temporary_profiles.contains_key(agent);
        if is_new && self.temporary_profiles.len() >= self.policy.limits.temporary_profiles_max {
            return Err(ProfileRejected::TooMany);
        }
        Ok(())
    }

    fn set_profile(
        &mut self,
        now: Timestamp,
        agent: AccountName,
        profile: RoutingProfile,
        until: Option<Timestamp>,
        by: SeatActor,
    ) {
        let temporary =
            TemporaryProfile { routing: profile.clone(), until, since: now, by: by.clone() };
        self.replace_profile(&agent, Some(temporary));
        let changed = AgentProfileChanged { agent: agent.clone(), profile, until, by };
        self.event(Event::AgentProfileChanged(changed));
        self.update_agent(now, &agent);
    }

    fn end_profile(
        &mut self,
        now: Timestamp,
        agent: &AccountName,
        cause: ProfileEnd,
        by: SeatActor,
    ) {
        if self.replace_profile(agent, None).is_none() {
            return;
        }
        let restored = AgentProfileRestored { agent: agent.clone(), cause, by };
        self.event(Event::AgentProfileRestored(restored));
        self.update_agent(now, agent);
    }

    /// The time of the temporary profile that ends first is over.
    pub(super) fn profile_due(&mut self, now: Timestamp) {
        if let Some((until, agent)) = self.profile_ends.first().cloned()
            && until <= now
        {
            self.end_profile(now, &agent, ProfileEnd::Expired, SeatActor::Engine);
        }
    }

    /// An agent signed out: a temporary profile without another end ends here.
    pub(super) fn profile_of_signed_out(
        &mut self,
        now: Timestamp,
        agent: &AccountName,
        by: SeatActor,
    ) {
        let temporary = self.temporary_profiles.get(agent);
        if temporary.is_some_and(|profile| profile.until.is_none()) {
            self.end_profile(now, agent, ProfileEnd::SignedOut, by);
        }
    }

    /// Brings the seat where this agent is signed in up to date with their profile.
    fn update_agent(&mut self, now: Timestamp, agent: &AccountName) {
        if let Some(seat) = self.seat_of_agent.get(agent) {
            self.update_profile(now, *seat);
        }
    }

    /// Brings a seat's skill group and the staff counts of its queues up to date, after somebody
    /// signed in or out or their profile changed.
    pub(super) fn update_profile(&mut self, now: Timestamp, seat: SeatId) {
        let Some(state) = self.seats.get(seat) else { return };
        let profile = self.profile_for(seat, state.agent());
        let (is_logged_in, stats) = (state.is_logged_in(), AgentStats::of(state));
        if self.ready_agents.profile(seat) != Some(&profile) {
            let kind = self.ready_agents.kind_of(seat);
            self.set_kind(seat, None, stats);
            let regrouping = self.ready_agents.assign(seat, profile, &self.queue_index);
            if let Some(group) = regrouping.removed {
                self.backlog.remove_group(group);
            }
            if let Some(group) = regrouping.added {
                self.backlog.add_group(group, &self.ready_agents);
            }
            self.set_kind(seat, kind, stats);
        }
        let served = self.ready_agents.queues_of(seat).filter(|_| is_logged_in).collect();
        let left = self.count_staff(seat, served);
        self.close_unstaffed(now, &left);
    }

    fn profile_for(&self, seat: SeatId, agent: Option<&AccountName>) -> RoutingProfile {
        let temporary = agent.and_then(|agent| self.temporary_profiles.get(agent));
        let configured = || Some(&self.policy.agents.get(agent?)?.routing);
        let own = || self.policy.seats.get(&seat).map(|policy| policy.profile());
        match temporary {
            Some(temporary) => temporary.routing.clone(),
            None => configured().cloned().or_else(own).unwrap_or_default(),
        }
    }

    /// Counts a seat as staff of these queues; none when it is signed out. Returns the queues in
    /// which it was counted before and is not any more.
    pub(super) fn count_staff(&mut self, seat: SeatId, served: Vec<usize>) -> Vec<usize> {
        let Some(counted) = self.counted.get_mut(seat) else { return Vec::new() };
        let mut before = std::mem::replace(counted, served.clone());
        for n in &before {
            if let Some(queue) = self.queues.get_mut(*n) {
                queue.staffed = queue.staffed.saturating_sub(1);
            }
        }
        for n in &served {
            if let Some(queue) = self.queues.get_mut(*n) {
                queue.staffed += 1;
            }
        }
        before.retain(|n| !served.contains(n));
        before
    }

    /// Sets or removes a temporary profile, and keeps the timer at the first end. Returns the
    /// profile before.
    fn replace_profile(
        &mut self,
        agent: &AccountName,
        profile: Option<TemporaryProfile>,
    ) -> Option<TemporaryProfile> {
        let first = |d: &Dispatcher| d.profile_ends.first().map(|(at, _)| *at);
        let timer = first(self);
        let until = profile.as_ref().and_then(|profile| profile.until);
        let before = match profile {
            Some(profile) => self.temporary_profiles.insert(agent.clone(), profile),
            None => self.temporary_profiles.remove(agent),
        };
        if let Some(until) = before.as_ref().and_then(|before| before.until) {
            self.profile_ends.remove(&(until, agent.clone()));
        }
        self.profile_ends.extend(until.map(|until| (until, agent.clone())));
        if let Some(at) = timer {
            self.timers.remove(&(at, Timer::Profiles));
        }
        if let Some(at) = first(self) {
            self.timers.insert((at, Timer::Profiles));
        }
        before
    }
}

/// The highest level of a skill, and the highest tier.
const LEVEL_MAX: u8 = 10;
/// The most skills of a profile, more than any person has.
const SKILLS_MAX: usize = 64;
/// The longest name of a skill, in bytes: 40 Chinese characters.
const NAME_BYTES_MAX: usize = 120;
