//! One caller's way through a menu.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use primitives::{QueueId, Skill};

use crate::{Facts, Menu, Node, Step, Tries};

/// One caller in a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// The menu as it was when the caller entered it; a reload changes it for the next callers only.
    menu: Arc<Menu>,
    node: usize,
    /// The digits typed so far.
    digits: String,
    /// The tries of the node, with the present one.
    tries: u8,
    variables: BTreeMap<String, String>,
    skills: BTreeMap<Skill, u8>,
    priority: Option<u8>,
}

/// An input of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The caller pressed a key: `0`-`9`, `*`, `#`, `A`-`D`.
    Key(char),
    /// The wait of [`Listen`] is over.
    WaitOver,
}

/// The steps since the last input, and the next thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The nodes it has dealt with, in order.
    pub visits: Vec<Visit>,
    /// The next thing to do.
    pub next: Next,
}

/// The next thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The caller hears prompts, and may press keys.
    Listen(Listen),
    /// The caller leaves the menu.
    Leave(Exit),
    /// The key meant nothing here: what plays goes on.
    Ignored,
}

/// The caller hears prompts, and may press keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The prompts; they replace those that play. Empty: silence.
    pub prompts: Vec<String>,
    /// The time after the end of the prompts at which [`Input::WaitOver`] is due.
    pub wait: Duration,
}

/// Where a caller goes from a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// To a person. `None`: the queue of the dialled line.
    Queue {
        /// The queue.
        queue: Option<QueueId>,
        /// The level of each required skill, beside those of the line.
        skills: BTreeMap<Skill, u8>,
        /// The priority; `None`: that of the line.
        priority: Option<u8>,
    },
    /// To the voicemail of a queue.
    Voicemail {
        /// The queue.
        queue: QueueId,
    },
    /// The call ends; its prompts were played.
    HangUp,
}

/// A node that a caller has passed, or was asked at once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The name of the node.
    pub node: String,
    /// The outcome.
    pub outcome: Outcome,
}

/// The outcome of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its prompts were played, or its values set.
    Done,
    /// A key of the choice was pressed.
    Key(char),
    /// Digits were typed.
    Digits(String),
    /// As many digits were typed, which are secret.
    SecretDigits(usize),
    /// A key without a meaning was pressed, or too few digits were typed.
    Wrong,
    /// No key was pressed in time.
    TimedOut,
    /// This case held, from 1; 0: none did.
    Case(usize),
}

impl Walk {
    /// A caller enters the menu.
    pub fn start(menu: Arc<Menu>, facts: Facts<'_>) -> (Walk, Progress) {
        let node = menu.nodes.iter().position(|node| node.name == menu.start);
        let mut walk = Walk {
            menu,
            node: node.unwrap_or_default(),
            digits: String::new(),
            tries: 0,
            variables: BTreeMap::new(),
            skills: BTreeMap::new(),
            priority: None,
        };
        let mut visits = Vec::new();
        let next = match node {
            Some(node) => walk.enter(node, facts, &mut visits),
            None => walk.leave(None),
        };
        (walk, Progress { visits, next })
    }

    /// The caller pressed a key, or the wait is over.
    pub fn handle(&mut self, input: Input, facts: Facts<'_>) -> Progress {
        let mut visits = Vec::new();
        let next = self.step(input, facts, &mut visits);
        Progress { visits, next }
    }

    /// Whether the digits that are typed now are secret.
    pub fn is_secret(&self) -> bool {
        let step = self.menu.nodes.get(self.node).map(|node| &node.step);
        matches!(step, Some(Step::Collect { is_secret: true, .. }))
    }

    fn step(&mut self, input: Input, facts: Facts<'_>, visits: &mut Vec<Visit>) -> Next {
        let menu = Arc::clone(&self.menu);
        let Some(node) = menu.nodes.get(self.node) else { return self.leave(None) };
        match (&node.step, input) {
            (Step::Play { next, .. }, Input::WaitOver) => {
                self.go_on(node, Outcome::Done, next.as_deref(), facts, visits)
            }
            (Step::HangUp { .. }, Input::WaitOver) => {
                visits.push(Visit { node: node.name.clone(), outcome: Outcome::Done });
                Next::Leave(Exit::HangUp)
            }
            (Step::Choose { keys, .. }, Input::Key(key)) => match keys.get(&key) {
                Some(to) => self.go_on(node, Outcome::Key(key), to.as_deref(), facts, visits),
                None => self.ask_again(node, Outcome::Wrong, facts, visits),
            },
            (Step::Choose { .. }, Input::WaitOver) => {
                self.ask_again(node, Outcome::TimedOut, facts, visits)
            }
            (Step::Collect { max, end, .. }, Input::Key(key)) => {
                if Some(key) == *end {
                    return self.take_digits(node, facts, visits);
                }
                if !key.is_ascii_digit() {
                    return self.ask_again(node, Outcome::Wrong, facts, visits);
                }
                self.digits.push(key);
                match self.digits.len() < usize::from(*max) {
                    true => self.listen_for_more(node),
                    false => self.take_digits(node, facts, visits),
                }
            }
            (Step::Collect { .. }, Input::WaitOver) if self.digits.is_empty() => {
                self.ask_again(node, Outcome::TimedOut, facts, visits)
            }
            (Step::Collect { .. }, Input::WaitOver) => self.take_digits(node, facts, visits),
            (Step::Play { .. } | Step::HangUp { .. }, Input::Key(_)) => Next::Ignored,
            // A walk never waits at these.
            (
                Step::Branch { .. }
                | Step::Set { .. }
                | Step::Queue { .. }
                | Step::Voicemail { .. },
                _,
            ) => self.leave(None),
        }
    }

    /// Enters a node, and those after it until one waits or the caller leaves. A menu without faults
    /// has no loop without a wait; one with such a loop leads to the queue of the line.
    fn enter(&mut self, node: usize, facts: Facts<'_>, visits: &mut Vec<Visit>) -> Next {
        let menu = Arc::clone(&self.menu);
        let mut place = node;
        for _ in 0..=menu.nodes.len() {
            let Some(node) = menu.nodes.get(place) else { break };
            (self.node, self.tries) = (place, 1);
            self.digits.clear();
            let (outcome, next) = match &node.step {
                Step::Branch { cases, otherwise } => {
                    let holds = cases.iter().position(|case| case.holds(facts, &self.variables));
                    let to = holds.and_then(|i| cases.get(i)).map_or(otherwise, |case| &case.then);
                    (Outcome::Case(holds.map_or(0, |i| i + 1)), to)
                }
                Step::Set { skills, priority, variables, next } => {
                    self.skills.extend(skills.clone());
                    self.priority = priority.or(self.priority);
                    self.variables.extend(variables.clone());
                    (Outcome::Done, next)
                }
                Step::Queue { queue } => {
                    visits.push(Visit { node: node.name.clone(), outcome: Outcome::Done });
                    return self.leave(queue.clone());
                }
                Step::Voicemail { queue } => {
                    visits.push(Visit { node: node.name.clone(), outcome: Outcome::Done });
                    return Next::Leave(Exit::Voicemail { queue: queue.clone() });
                }
                Step::Play { prompts, .. } | Step::HangUp { prompts } => {
                    let (prompts, wait) = (prompts.clone(), Duration::ZERO);
                    return Next::Listen(Listen { prompts, wait });
                }
                Step::Choose { prompts, tries, .. } | Step::Collect { prompts, tries, .. } => {
                    let (prompts, wait) = (prompts.clone(), tries.timeout);
                    return Next::Listen(Listen { prompts, wait });
                }
            };
            visits.push(Visit { node: node.name.clone(), outcome });
            match next {
                Some(next) => place = self.place_of(next),
                None => return self.leave(None),
            }
        }
        self.leave(None)
    }

    /// Goes on to the next node; `None` is the queue of the line.
    fn go_on(
        &mut self,
        node: &Node,
        outcome: Outcome,
        to: Option<&str>,
        facts: Facts<'_>,
        visits: &mut Vec<Visit>,
    ) -> Next {
        visits.push(Visit { node: node.name.clone(), outcome });
        match to {
            Some(to) => self.enter(self.place_of(to), facts, visits),
            None => self.leave(None),
        }
    }

    /// Asks once more, or gives up after the last try.
    fn ask_again(
        &mut self,
        node: &Node,
        outcome: Outcome,
        facts: Facts<'_>,
        visits: &mut Vec<Visit>,
    ) -> Next {
        let (Step::Choose { prompts, tries, otherwise, .. }
        | Step::Collect { prompts, tries, otherwise, .. }) = &node.step
        else {
            return self.leave(None);
        };
        if self.tries >= tries.count {
            return self.go_on(node, outcome, otherwise.as_deref(), facts, visits);
        }
        let wrong = if outcome == Outcome::Wrong { tries.wrong.as_slice() } else { &[] };
        visits.push(Visit { node: node.name.clone(), outcome });
        self.tries += 1;
        self.digits.clear();
        let prompts = wrong.iter().chain(prompts).cloned().collect();
        Next::Listen(Listen { prompts, wait: tries.timeout })
    }

    /// A digit was typed: silence until the next one.
    fn listen_for_more(&self, node: &Node) -> Next {
        let wait = match &node.step {
            Step::Collect { tries: Tries { timeout, .. }, .. } => *timeout,
            _ => Duration::ZERO,
        };
        Next::Listen(Listen { prompts: Vec::new(), wait })
    }

    /// The input is complete.
    fn take_digits(&mut self, node: &Node, facts: Facts<'_>, visits: &mut Vec<Visit>) -> Next {
        let Step::Collect { into, min, is_secret, next, .. } = &node.step else {
            return self.leave(None);
        };
        if self.digits.len() < usize::from(*min) {
            return self.ask_again(node, Outcome::Wrong, facts, visits);
        }
        let digits = std::mem::take(&mut self.digits);
        let outcome = match is_secret {
            true => Outcome::SecretDigits(digits.len()),
            false => Outcome::Digits(digits.clone()),
        };
        self.variables.insert(into.clone(), digits);
        self.go_on(node, outcome, next.as_deref(), facts, visits)
    }

    /// The caller leaves for a person.
    fn leave(&self, queue: Option<QueueId>) -> Next {
        let (skills, priority) = (self.skills.clone(), self.priority);
        Next::Leave(Exit::Queue { queue, skills, priority })
    }

    /// The place of a node; a name that is not there is a place behind the last, so that the caller
    /// leaves for a person.
    fn place_of(&self, name: &str) -> usize {
        let place = self.menu.nodes.iter().position(|node| node.name == name);
        place.unwrap_or(self.menu.nodes.len())
    }
}
