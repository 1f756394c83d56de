//! The hotline that is played: its lines, queues and seats.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use ivr::{Menu, Node, Step, Tries};
use media::PromptId;
use model::{LineId, MenuId, QueueId, SeatId, Skill, TrunkId};

/// A hotline: its lines, queues and seats, and how many calls it gets.
#[derive(Clone, Debug)]
pub struct Hotline {
    pub(crate) plan: switch::Plan,
    pub(crate) policy: acd::Policy,
    pub(crate) ports: u16,
    /// Calls a day, on average.
    pub(crate) calls_a_day: u32,
}

impl Hotline {
    /// The reference hotline: 80 seats, two languages, 2,000 calls a day (CALL-36).
    pub fn reference() -> Hotline {
        Hotline::new(80, 2_000)
    }

    /// A small hotline where everything is scarce: four seats, many calls, and 24 voice ports.
    pub fn cramped() -> Hotline {
        let mut hotline = Hotline::new(4, 3_000);
        hotline.ports = 24;
        hotline
    }

    /// A hotline in its worst hour: twenty seats, six calls a minute on average, three times that
    /// at the peaks.
    pub fn rushed() -> Hotline {
        Hotline::new(20, 9_000)
    }

    /// Twenty seats that all serve every queue: a prefecture's hotline in the heating season (S6).
    pub(crate) fn season() -> Hotline {
        Hotline::new(20, 0)
    }

    /// Whether a line has a menu.
    pub(crate) fn has_menus(&self) -> bool {
        self.plan.lines.values().any(|line| line.menu.is_some())
    }

    /// The same with a menu before every queue.
    #[must_use]
    pub fn with_menus(mut self) -> Hotline {
        let menu = Arc::new(menu());
        let prompts = BTreeMap::from([("ask".to_owned(), PromptId(2))]);
        let plan = Arc::new(switch::MenuPlan { menu, prompts });
        for line in self.plan.lines.values_mut() {
            line.menu = Some(Arc::clone(&plan));
        }
        self
    }

    fn new(seats: u32, calls_a_day: u32) -> Hotline {
        let queue = |name: &str| QueueId::from(name);
        let mut policy = acd::Policy::default();
        let patient = acd::QueuePolicy {
            max_wait: Some(Duration::from_secs(600)),
            max_length: Some(50),
            ..acd::QueuePolicy::default()
        };
        let english = acd::QueuePolicy {
            overflow: vec![acd::Overflow { after: Duration::from_secs(60), to: queue("mandarin") }],
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
                name: String::new(),
                numbers: vec![number.to_owned()],
                trunks: Vec::new(),
                queue: queue(queue_name),
                menu: None,
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
            confirmed: vec![PromptId(4)],
            denied: vec![PromptId(5)],
            features: switch::Features {
                log_in: "*10".to_owned(),
                log_out: "*11".to_owned(),
                ready: "*12".to_owned(),
                not_ready: "*13".to_owned(),
                extend: "*14".to_owned(),
                extend_by: Duration::from_secs(30),
                ..switch::Features::default()
            },
            ..switch::Plan::default()
        };
        Hotline { plan, policy, ports: 400, calls_a_day }
    }
}

/// A menu whose keys lead to each way out: 1 and 2 to queues, 3 to a typed number and the queue of the
/// line, 4 to the end of the call.
fn menu() -> Menu {
    let to = |node: &str| Some(node.to_owned());
    let queue = |name: &str| Step::Queue { queue: Some(QueueId::from(name)) };
    let tries = || Tries { count: 2, timeout: Duration::from_secs(5), wrong: Vec::new() };
    let prompts = || vec!["ask".to_owned()];
    let keys = [('1', "mandarin"), ('2', "english"), ('3', "number"), ('4', "bye")];
    let ask = Step::Choose {
        prompts: prompts(),
        keys: keys.into_iter().map(|(key, node)| (key, to(node))).collect(),
        tries: tries(),
        otherwise: None,
    };
    let number = Step::Collect {
        prompts: Vec::new(),
        into: "number".to_owned(),
        min: 1,
        max: 3,
        end: Some('#'),
        is_secret: true,
        tries: tries(),
        next: None,
        otherwise: None,
    };
    let nodes = [
        ("ask", ask),
        ("mandarin", queue("mandarin")),
        ("english", queue("english")),
        ("number", number),
        ("bye", Step::HangUp { prompts: prompts() }),
    ];
    let nodes = nodes.map(|(name, step)| Node { name: name.to_owned(), step });
    Menu { name: MenuId::from("ask"), start: "ask".to_owned(), nodes: nodes.into() }
}
