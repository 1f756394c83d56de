//! The graph of a menu.

use std::{collections::BTreeMap, fmt, time::Duration};

use primitives::{LineId, MenuId, Number, QueueId, Skill};

/// A menu: named nodes, each with what happens there and the nodes that follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// The name: that of its file.
    pub name: MenuId,
    /// The first node.
    pub start: String,
    /// The nodes, in the order of the file.
    pub nodes: Vec<Node>,
}

/// One node of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The name, unique in the menu.
    pub name: String,
    /// The step of a caller who gets there.
    pub step: Step,
}

/// The step of a caller at a node. A following node of `None` is the queue of the line that was dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Prompts that keys do not interrupt.
    Play {
        /// The names of the prompts.
        prompts: Vec<String>,
        /// The node after them.
        next: Option<String>,
    },
    /// A choice by one key. A key interrupts the prompts.
    Choose {
        /// The names of the prompts.
        prompts: Vec<String>,
        /// The node of each key.
        keys: BTreeMap<char, Option<String>>,
        /// How long it waits for a key, and how often it asks.
        tries: Tries,
        /// The node after the last try.
        otherwise: Option<String>,
    },
    /// A number that the caller types. A key interrupts the prompts.
    Collect {
        /// The names of the prompts.
        prompts: Vec<String>,
        /// The variable that holds the digits from then on.
        into: String,
        /// The fewest digits.
        min: u8,
        /// The most digits; the last one ends the input.
        max: u8,
        /// The key that ends the input earlier.
        end: Option<char>,
        /// Whether the digits stand in no log and in no list.
        is_secret: bool,
        /// How long it waits for each key, and how often it asks.
        tries: Tries,
        /// The node after the input.
        next: Option<String>,
        /// The node after the last try.
        otherwise: Option<String>,
    },
    /// The first case that holds decides where it goes on.
    Branch {
        /// The cases, in order.
        cases: Vec<Case>,
        /// The node when none holds.
        otherwise: Option<String>,
    },
    /// Sets what the call needs in its queue.
    Set {
        /// The level of each required skill, beside those of the line.
        skills: BTreeMap<Skill, u8>,
        /// The priority; `None`: that of the line.
        priority: Option<u8>,
        /// Variables with their values.
        variables: BTreeMap<String, String>,
        /// The node after it.
        next: Option<String>,
    },
    /// The caller waits for a person.
    Queue {
        /// The queue; `None` is that of the line.
        queue: Option<QueueId>,
    },
    /// The caller leaves a message for the people of this queue.
    Voicemail {
        /// The queue.
        queue: QueueId,
    },
    /// The call ends after the prompts.
    HangUp {
        /// The names of the prompts.
        prompts: Vec<String>,
    },
}

/// How often a node asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tries {
    /// The number of times that the prompts are played.
    pub count: u8,
    /// The wait for a key after the prompts, and after each digit.
    pub timeout: Duration,
    /// The names of the prompts after a wrong key.
    pub wrong: Vec<String>,
}

/// A case of a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The conditions; the case holds when all do.
    pub when: Vec<Condition>,
    /// The node that follows.
    pub then: Option<String>,
}

/// Minutes after local midnight, 0 to 1440.
pub type MinuteOfDay = u16;

/// A condition of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The time of day is within these hours; `until` is not included. When `from` is later than
    /// `until`, the hours go over midnight.
    Hours {
        /// Their start.
        from: MinuteOfDay,
        /// Their end.
        until: MinuteOfDay,
    },
    /// The day is a working day by the calendar, or is not.
    WorkingDay(bool),
    /// The caller's number is one of these; a `*` at one end stands for any digits.
    Caller(Vec<String>),
    /// The dialled line is one of these.
    Line(Vec<LineId>),
    /// The variable has one of these values.
    Variable {
        /// The variable.
        name: String,
        /// The values.
        values: Vec<String>,
    },
}

/// The facts that a branch asks about besides its variables.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The local time of day.
    pub minute: MinuteOfDay,
    /// Whether today is a working day by the calendar.
    pub is_working_day: bool,
    /// The caller's number. A withheld number matches no pattern.
    pub caller: &'a Number,
    /// The line that was dialled.
    pub line: &'a LineId,
}

impl Menu {
    /// The node of this name.
    pub fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.name == name)
    }
}

impl Node {
    /// The edges to the nodes that may follow.
    pub fn edges(&self) -> Vec<Edge<'_>> {
        match &self.step {
            Step::Play { next, .. } | Step::Set { next, .. } => vec![Edge::new("", next)],
            Step::Choose { keys, otherwise, .. } => {
                let keys = keys.iter().map(|(key, to)| Edge::new(key.to_string(), to));
                keys.chain([Edge::new(ELSE, otherwise)]).collect()
            }
            Step::Collect { next, otherwise, into, .. } => {
                vec![Edge::new(into, next), Edge::new(ELSE, otherwise)]
            }
            Step::Branch { cases, otherwise } => {
                let cases = cases.iter().map(|case| Edge::new(case.to_string(), &case.then));
                cases.chain([Edge::new(ELSE, otherwise)]).collect()
            }
            Step::Queue { .. } | Step::Voicemail { .. } | Step::HangUp { .. } => Vec::new(),
        }
    }

    /// Whether the node waits for a key of the caller.
    pub fn takes_keys(&self) -> bool {
        matches!(self.step, Step::Choose { .. } | Step::Collect { .. })
    }

    /// The names of the prompts that are played there.
    pub fn prompts(&self) -> impl Iterator<Item = &str> {
        let (prompts, wrong): (&[String], &[String]) = match &self.step {
            Step::Play { prompts, .. } | Step::HangUp { prompts } => (prompts, &[]),
            Step::Choose { prompts, tries, .. } | Step::Collect { prompts, tries, .. } => {
                (prompts, &tries.wrong)
            }
            Step::Branch { .. }
            | Step::Set { .. }
            | Step::Queue { .. }
            | Step::Voicemail { .. } => (&[], &[]),
        };
        prompts.iter().chain(wrong).map(String::as_str)
    }
}

/// An edge of the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge<'a> {
    /// A key, a condition or `else`; empty when the node has no other edge.
    pub label: String,
    /// The node; `None` is the queue of the dialled line.
    pub to: Option<&'a str>,
}

impl<'a> Edge<'a> {
    fn new(label: impl Into<String>, to: &'a Option<String>) -> Edge<'a> {
        Edge { label: label.into(), to: to.as_deref() }
    }
}

impl Case {
    pub(crate) fn holds(&self, facts: Facts<'_>, variables: &BTreeMap<String, String>) -> bool {
        self.when.iter().all(|condition| condition.holds(facts, variables))
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when: Vec<String> = self.when.iter().map(ToString::to_string).collect();
        f.write_str(&when.join(", "))
    }
}

impl Condition {
    fn holds(&self, facts: Facts<'_>, variables: &BTreeMap<String, String>) -> bool {
        match self {
            Condition::Hours { from, until } if from <= until => {
                (*from..*until).contains(&facts.minute)
            }
            Condition::Hours { from, until } => facts.minute >= *from || facts.minute < *until,
            Condition::WorkingDay(is_working) => facts.is_working_day == *is_working,
            Condition::Caller(numbers) => {
                !facts.caller.is_withheld() && numbers.iter().any(|n| facts.caller.is_covered_by(n))
            }
            Condition::Line(lines) => lines.contains(facts.line),
            Condition::Variable { name, values } => {
                variables.get(name).is_some_and(|value| values.contains(value))
            }
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |minute: &MinuteOfDay| format!("{:02}:{:02}", minute / 60, minute % 60);
        match self {
            Condition::Hours { from, until } => write!(f, "{}-{}", clock(from), clock(until)),
            Condition::WorkingDay(true) => f.write_str("working day"),
            Condition::WorkingDay(false) => f.write_str("day off"),
            Condition::Caller(numbers) => write!(f, "caller {}", numbers.join(" ")),
            Condition::Line(lines) => {
                let lines: Vec<&str> = lines.iter().map(LineId::as_str).collect();
                write!(f, "line {}", lines.join(" "))
            }
            Condition::Variable { name, values } => write!(f, "{name} = {}", values.join(" ")),
        }
    }
}

const ELSE: &str = "else";
