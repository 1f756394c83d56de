//! Menus made in a few words.

use std::{sync::Arc, time::Duration};

use ivr::{Facts, Menu, Node, Step, Tries, Walk};
use primitives::{LineId, MenuId, Number, QueueId};

pub(crate) fn menu(nodes: Vec<(&str, Step)>) -> Menu {
    let start = nodes.first().map_or_else(String::new, |(name, _)| (*name).to_owned());
    let nodes = nodes.into_iter().map(|(name, step)| Node { name: name.to_owned(), step });
    Menu { name: MenuId::from("test"), start, nodes: nodes.collect() }
}

pub(crate) fn to(name: &str) -> Option<String> {
    Some(name.to_owned())
}

pub(crate) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

pub(crate) fn tries(count: u8) -> Tries {
    Tries { count, timeout: Duration::from_secs(5), wrong: names(&["wrong"]) }
}

pub(crate) fn choose(keys: &[(char, &str)], otherwise: Option<&str>) -> Step {
    Step::Choose {
        prompts: names(&["ask"]),
        keys: keys.iter().map(|(key, node)| (*key, to(node))).collect(),
        tries: tries(2),
        otherwise: otherwise.and_then(to),
    }
}

pub(crate) fn collect(is_secret: bool, next: &str) -> Step {
    Step::Collect {
        prompts: names(&["type"]),
        into: "id".to_owned(),
        min: 2,
        max: 4,
        end: Some('#'),
        is_secret,
        tries: tries(2),
        next: to(next),
        otherwise: None,
    }
}

pub(crate) fn play(next: Option<&str>) -> Step {
    Step::Play { prompts: names(&["notice"]), next: next.and_then(to) }
}

pub(crate) fn queue(name: &str) -> Step {
    Step::Queue { queue: Some(QueueId::from(name)) }
}

pub(crate) struct Caller {
    pub(crate) number: Number,
    pub(crate) line: LineId,
    pub(crate) minute: u16,
    pub(crate) is_working_day: bool,
}

impl Default for Caller {
    fn default() -> Caller {
        let (number, line) = (Number::new("13800001111"), LineId::from("12345"));
        Caller { number, line, minute: 600, is_working_day: true }
    }
}

impl Caller {
    pub(crate) fn facts(&self) -> Facts<'_> {
        let Caller { number, line, minute, is_working_day } = self;
        Facts { minute: *minute, is_working_day: *is_working_day, caller: number, line }
    }

    pub(crate) fn enter(&self, menu: Menu) -> (Walk, ivr::Progress) {
        Walk::start(Arc::new(menu), self.facts())
    }
}
