//! Checks that every queue has seats, and that every line has a seat with the required skills.

use std::collections::{BTreeMap, BTreeSet};

use model::{AgentProfile, QueueId, Skill};

use super::{Placed, agents::Agents, lines::Lines, seats::Seats};
use crate::{
    Queue, Seat, keys,
    page::{Table, nearest},
};

pub(super) fn check(
    queues: &[Placed<'_, Queue>],
    lines: &Lines<'_>,
    seats: &Seats<'_>,
    agents: &Agents<'_>,
) {
    // A range or an agent that could not be read may serve the queue.
    if !seats.all_sound || !agents.all_sound {
        return;
    }
    let of_seats = seats.seats.values().map(|(seat, t)| (Serving::of_seat(seat), t));
    let of_agents = agents.agents.values().map(|(agent, t)| (Serving::of_agent(agent), t));
    let serving: Vec<(Serving<'_>, &Table<'_>)> = of_seats.chain(of_agents).collect();
    check_asked(queues, lines, &serving);
    let seats: Vec<Serving<'_>> = serving.into_iter().map(|(serving, _)| serving).collect();
    for (queue, t) in queues {
        if !seats.iter().any(|seat| reaches(queue, seat)) {
            let what = format!("no seat or agent serves queue \"{}\"", queue.name);
            t.wrong(keys::queue::NAME.name, what, "add it to the queues of a seat or an agent");
            continue;
        }
        check_skills(t, keys::queue::SKILLS.name, queue, &queue.skills, &seats);
        check_tiers(t, queue, &seats);
    }
    for (line, t) in &lines.lines {
        let Some((queue, _)) = queues.iter().find(|(queue, _)| queue.name == line.queue) else {
            continue;
        };
        let asked = together(&queue.skills, &line.skills);
        // When no seat has even the skills of the queue, the fault is reported at the queue only.
        if seats.iter().any(|seat| reaches(queue, seat) && knows(queue, &queue.skills, seat)) {
            check_skills(t, keys::line::SKILLS.name, queue, &asked, &seats);
        }
    }
}

/// The skills and queues of a seat or an agent.
#[derive(Clone, Copy)]
struct Serving<'a> {
    skills: &'a BTreeMap<Skill, u8>,
    queues: &'a BTreeMap<QueueId, u8>,
}

impl<'a> Serving<'a> {
    fn of_seat(seat: &'a Seat) -> Serving<'a> {
        Serving { skills: &seat.policy.skills, queues: &seat.policy.queues }
    }

    fn of_agent(agent: &'a AgentProfile) -> Serving<'a> {
        Serving { skills: &agent.routing.skills, queues: &agent.routing.queues }
    }
}

/// Reports skills that no queue or line requires but whose name resembles a required one.
fn check_asked(
    queues: &[Placed<'_, Queue>],
    lines: &Lines<'_>,
    serving: &[(Serving<'_>, &Table<'_>)],
) {
    let by_queue = queues.iter().flat_map(|(queue, _)| queue.skills.keys());
    let by_line = lines.lines.iter().flat_map(|(line, _)| line.skills.keys());
    let asked: BTreeSet<&str> = by_queue.chain(by_line).map(Skill::as_str).collect();
    for (seat, t) in serving {
        for skill in seat.skills.keys().filter(|skill| !asked.contains(skill.as_str())) {
            if let Some(near) = nearest(skill.as_str(), asked.iter().copied()) {
                let what = format!("no queue or line requires the skill \"{skill}\"");
                t.wrong(keys::seats::SKILLS.name, what, format!("did you mean \"{near}\"?"));
            }
        }
    }
}

/// The levels that a call requires: the higher one of line and queue.
pub(super) fn together(a: &BTreeMap<Skill, u8>, b: &BTreeMap<Skill, u8>) -> BTreeMap<Skill, u8> {
    let mut asked = a.clone();
    for (skill, level) in b {
        let known = asked.entry(skill.clone()).or_default();
        *known = (*known).max(*level);
    }
    asked
}

fn check_skills(
    t: &Table<'_>,
    key: &str,
    queue: &Queue,
    asked: &BTreeMap<Skill, u8>,
    seats: &[Serving<'_>],
) {
    if seats.iter().any(|seat| reaches(queue, seat) && knows(queue, asked, seat)) {
        return;
    }
    let wants: Vec<String> =
        asked.iter().map(|(skill, level)| format!("{skill} {level}")).collect();
    let what =
        format!("no seat or agent of queue \"{}\" has the skills {}", queue.name, wants.join(", "));
    t.wrong(key, what, "give seats these skills, or require lower levels");
}

/// Reports seats of a tier that no widening step reaches; they would never be rung.
fn check_tiers(t: &Table<'_>, queue: &Queue, seats: &[Serving<'_>]) {
    let widest = queue.policy.widening.iter().map(|step| step.tiers).max().unwrap_or(0);
    let farthest = seats.iter().filter_map(|seat| seat.queues.get(&queue.name)).max();
    if let Some(tier) = farthest.filter(|tier| **tier > widest + 1) {
        let what = format!("seats of tier {tier} are never rung");
        t.wrong(keys::queue::WIDENING.name, what, format!("add a step with tiers = {}", tier - 1));
    }
}

/// Whether a seat serves the queue, or one that it overflows to.
fn reaches(queue: &Queue, seat: &Serving<'_>) -> bool {
    let serves = |name: &QueueId| seat.queues.contains_key(name);
    serves(&queue.name) || queue.policy.overflow.iter().any(|step| serves(&step.to))
}

/// Whether a seat has the required skills at the last widening step.
fn knows(queue: &Queue, asked: &BTreeMap<Skill, u8>, seat: &Serving<'_>) -> bool {
    let lowered = queue.policy.widening.iter().map(|step| step.lower_by).max().unwrap_or(0);
    asked.iter().all(|(skill, level)| {
        seat.skills.get(skill).copied().unwrap_or(0) >= level.saturating_sub(lowered)
    })
}
