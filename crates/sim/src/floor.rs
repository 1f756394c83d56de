//! The floor that is played: lines, queues, seats, and what goes wrong.

use std::{collections::BTreeMap, time::Duration};

use media::PromptId;
use model::{LineId, QueueId, SeatId, Skill, TrunkId};

/// Lines, queues and seats.
#[derive(Clone, Debug)]
pub struct Floor {
    pub(crate) plan: switch::Plan,
    pub(crate) policy: acd::Policy,
    pub(crate) ports: u16,
    /// Calls a day, on average.
    pub(crate) calls_a_day: u32,
}

impl Floor {
    /// The first home: 80 seats, two languages, 2,000 calls a day (CALL-36).
    pub fn hotline() -> Floor {
        Floor::new(80, 2_000)
    }

    /// A small floor where everything is scarce: four seats, many calls, eight ports short.
    pub fn cramped() -> Floor {
        let mut floor = Floor::new(4, 3_000);
        floor.ports = 24;
        floor
    }

    fn new(seats: u32, calls_a_day: u32) -> Floor {
        let queue = |name: &str| QueueId::from(name);
        let mut policy = acd::Policy::default();
        let patient = acd::QueuePolicy {
            max_wait: Some(Duration::from_secs(600)),
            max_length: Some(50),
            ..acd::QueuePolicy::default()
        };
        let english = acd::QueuePolicy {
            overflow: vec![acd::Overflow {
                after: Duration::from_secs(60),
                to: queue("mandarin"),
            }],
            ..patient.clone()
        };
        policy.queues.insert(queue("mandarin"), patient);
        policy.queues.insert(queue("english"), english);
        for n in 0..seats {
            let mut seat = acd::SeatPolicy::default();
            seat.queues.insert(queue("mandarin"), 1);
            seat.skills.insert(Skill::from("mandarin"), 5 + (n % 6) as u8);
            if n % 5 == 0 {
                seat.queues.insert(queue("english"), 1);
                seat.skills.insert(Skill::from("english"), 3 + (n % 7) as u8);
            }
            seat.starts_ready = n % 7 == 3;
            policy.seats.insert(SeatId(1001 + n), seat);
        }
        let line = |number: &str, queue_name: &str| {
            let plan = switch::LinePlan {
                numbers: vec![number.to_owned()],
                trunks: Vec::new(),
                queue: queue(queue_name),
                skills: BTreeMap::new(),
                priority: 0,
                greeting: vec![PromptId(1)],
                music: PromptId(0),
                announcements: switch::Announcements {
                    first: vec![PromptId(2)],
                    first_after: Duration::from_secs(30),
                    repeat: vec![PromptId(2)],
                    every: Some(Duration::from_secs(60)),
                },
            };
            (LineId::from(number), plan)
        };
        let plan = switch::Plan {
            trunks: BTreeMap::from([(TrunkId::from("telecom"), switch::TrunkPlan::default())]),
            lines: BTreeMap::from([line("12345", "mandarin"), line("12346", "english")]),
            retry_after_s: 5,
            sorry: vec![PromptId(3)],
            ..switch::Plan::default()
        };
        Floor { plan, policy, ports: 400, calls_a_day }
    }
}

/// What goes wrong, and how often. Zero is never.
#[derive(Clone, Debug)]
pub struct Storm {
    /// One offer in this many is left ringing.
    pub(crate) ignored_one_in: u64,
    /// One offer in this many is rejected.
    pub(crate) rejected_one_in: u64,
    /// One offer in this many finds the phone busy.
    pub(crate) busy_one_in: u64,
    /// One offer in this many finds nobody: the phone died without a word.
    pub(crate) dead_one_in: u64,
    /// One caller in this many dies without BYE.
    pub(crate) lost_one_in: u64,
    /// Between two changes of mind of a person at a seat.
    pub(crate) whim: Duration,
    /// Between two deaths of the engine.
    pub(crate) crash: Option<Duration>,
    /// How long a sync takes, at most; one in a hundred takes a hundred times as long.
    pub(crate) sync: Duration,
}

impl Storm {
    /// What a bad week brings in a day.
    pub fn usual() -> Storm {
        Storm {
            ignored_one_in: 20,
            rejected_one_in: 30,
            busy_one_in: 40,
            dead_one_in: 100,
            lost_one_in: 60,
            whim: Duration::from_secs(1_200),
            crash: Some(Duration::from_secs(6 * 3_600)),
            sync: Duration::from_millis(8),
        }
    }

    /// Everything at once, all the time.
    pub fn wild() -> Storm {
        Storm {
            ignored_one_in: 4,
            rejected_one_in: 5,
            busy_one_in: 6,
            dead_one_in: 10,
            lost_one_in: 8,
            whim: Duration::from_secs(60),
            crash: Some(Duration::from_secs(1_800)),
            sync: Duration::from_millis(50),
        }
    }
}
