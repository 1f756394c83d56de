//! The hotline of one row: queues, lines, seats and their skills.

use std::{collections::BTreeMap, time::Duration};

use acd::{Overflow, Policy, QueuePolicy, SeatPolicy, Strategy, Widening};
use media::PromptId;
use model::{LineId, QueueId, SeatId, Skill, TrunkId};
use switch::{Announcements, LinePlan, Plan, TrunkPlan};

/// The size of a hotline.
pub(crate) struct Hotline {
    pub(crate) seats: u32,
    pub(crate) waiting: u32,
    pub(crate) profiles: Profiles,
}

/// How the seats' skills and queues differ.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profiles {
    /// Forty kinds of seats.
    Kinds,
    /// Every seat has its own levels.
    Own,
}

const QUEUES: u32 = 10;
const SKILLS: [&str; 6] = ["mandarin", "dialect", "english", "tax", "housing", "health"];

impl Hotline {
    /// The rules of routing: three queues and six skills a seat, two widening steps and an overflow
    /// a queue, and each strategy somewhere.
    pub(crate) fn policy(&self) -> Policy {
        let s = Duration::from_secs;
        let rules = |n: u32| QueuePolicy {
            strategy: Strategy::ALL[n as usize % Strategy::ALL.len()],
            wrap_up: s(20),
            widening: vec![
                Widening { after: s(30), lower_by: 2, tiers: 0 },
                Widening { after: s(50), lower_by: 4, tiers: 1 },
            ],
            overflow: vec![Overflow { after: s(40), to: queue(n + 1) }],
            ..QueuePolicy::default()
        };
        Policy {
            queues: (0..QUEUES).map(|n| (queue(n), rules(n))).collect(),
            seats: (1..=self.seats).map(|n| (SeatId(n), self.seat(n))).collect(),
            ..Policy::default()
        }
    }

    fn seat(&self, n: u32) -> SeatPolicy {
        let kind = match self.profiles {
            Profiles::Kinds => n % 40,
            Profiles::Own => n,
        };
        // The digits of the kind are the levels; each is at least 1.
        let level = |place: u32| (kind / 10u32.pow(place) % 10 + 1) as u8;
        let places = 0u32..;
        let skills = places.zip(SKILLS).map(|(n, skill)| (Skill::from(skill), level(n)));
        SeatPolicy {
            skills: skills.collect(),
            queues: [(queue(n), 1), (queue(n + 1), 1), (queue(n + 3), 2)].into(),
            starts_ready: true,
            waits_after_wrap_up: false,
        }
    }

    /// Sixty lines: one for each queue and skill. Level 1 is enough for the first three skills, so
    /// that every queue is served; the others become easier as calls wait.
    pub(crate) fn plan(&self) -> Plan {
        let line = |n: u32| {
            let skill = n % 6;
            let level = if skill < 3 { 1 } else { 4 };
            let plan = LinePlan {
                name: format!("line {n}"),
                numbers: vec![number(n)],
                trunks: Vec::new(),
                queue: queue(n / 6),
                menu: None,
                skills: BTreeMap::from([(Skill::from(SKILLS[skill as usize]), level)]),
                priority: u8::from(n % 60 == 59),
                greeting: vec![PromptId(0)],
                music: PromptId(1),
                announcements: Announcements {
                    first: vec![PromptId(2)],
                    first_after: Duration::from_secs(20),
                    repeat: vec![PromptId(2)],
                    every: Some(Duration::from_secs(30)),
                },
            };
            (LineId::from(number(n).as_str()), plan)
        };
        Plan {
            trunks: [(trunk(), TrunkPlan::default())].into(),
            lines: (0..LINES).map(line).collect(),
            ..Plan::default()
        }
    }
}

pub(crate) const LINES: u32 = 60;

/// The number that a citizen dials for a line.
pub(crate) fn number(line: u32) -> String {
    format!("123{:02}", line % LINES)
}

pub(crate) fn queue(n: u32) -> QueueId {
    QueueId::from(format!("queue-{}", n % QUEUES).as_str())
}

pub(crate) fn trunk() -> TrunkId {
    TrunkId::from("telecom")
}
