//! Faults of a menu that are seen on the graph.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Menu, Node, Step};

/// A fault of a menu, at a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MenuFault {
    /// The name of the node; the start may name one that does not exist.
    pub node: String,
    /// The fault.
    pub kind: MenuFaultKind,
}

/// The kinds of faults.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MenuFaultKind {
    /// Two nodes have this name.
    Twice,
    /// It leads to a node that does not exist.
    NoSuchNode {
        /// The name.
        to: String,
    },
    /// No caller gets there.
    Unreachable,
    /// From there, no caller gets to a person or to voicemail.
    NoPerson,
    /// A caller who presses no key goes round for ever.
    Endless,
}

impl Menu {
    /// All faults of the graph, by node.
    pub fn faults(&self) -> Vec<MenuFault> {
        let graph = Graph::of(self);
        let mut faults = self.wrong_names(&graph);
        // With wrong names the other checks would only repeat them.
        if faults.is_empty() {
            faults = graph.dead_ends(&self.start);
        }
        faults.into_iter().collect()
    }

    /// Names that two nodes have, or none.
    fn wrong_names(&self, graph: &Graph<'_>) -> BTreeSet<MenuFault> {
        let mut faults = BTreeSet::new();
        let mut names = BTreeSet::new();
        for node in &self.nodes {
            if !names.insert(node.name.as_str()) {
                faults.insert(MenuFault::new(&node.name, MenuFaultKind::Twice));
            }
            for to in node.edges().iter().filter_map(|edge| edge.to) {
                if !graph.nodes.contains_key(to) {
                    let kind = MenuFaultKind::NoSuchNode { to: to.to_owned() };
                    faults.insert(MenuFault::new(&node.name, kind));
                }
            }
        }
        if !graph.nodes.contains_key(self.start.as_str()) {
            let kind = MenuFaultKind::NoSuchNode { to: self.start.clone() };
            faults.insert(MenuFault::new("", kind));
        }
        faults
    }
}

impl MenuFault {
    fn new(node: &str, kind: MenuFaultKind) -> MenuFault {
        MenuFault { node: node.to_owned(), kind }
    }
}

struct Graph<'a> {
    nodes: BTreeMap<&'a str, &'a Node>,
}

impl<'a> Graph<'a> {
    fn of(menu: &'a Menu) -> Graph<'a> {
        // The first of two nodes with one name is meant.
        let nodes = menu.nodes.iter().rev().map(|node| (node.name.as_str(), node));
        Graph { nodes: nodes.collect() }
    }

    /// Nodes that no caller reaches or leaves, and those from which no person is reached.
    fn dead_ends(&self, start: &'a str) -> BTreeSet<MenuFault> {
        let reached = self.reached_from(start);
        let mut faults = BTreeSet::new();
        for (name, node) in &self.nodes {
            let ends = matches!(node.step, Step::HangUp { .. });
            if !reached.contains(name) {
                faults.insert(MenuFault::new(name, MenuFaultKind::Unreachable));
            } else if !ends && !self.leads_to_a_person(name) {
                faults.insert(MenuFault::new(name, MenuFaultKind::NoPerson));
            }
            if self.returns_without_a_key(name) {
                faults.insert(MenuFault::new(name, MenuFaultKind::Endless));
            }
        }
        faults
    }

    /// The nodes that may follow; `None` is the queue of the line.
    fn after(&self, name: &str) -> Vec<Option<&'a str>> {
        let node = self.nodes.get(name);
        node.map(|node| node.edges().into_iter().map(|edge| edge.to).collect()).unwrap_or_default()
    }

    /// The node with all that may follow it.
    fn reached_from(&self, start: &'a str) -> BTreeSet<&'a str> {
        let (mut reached, mut open) = (BTreeSet::from([start]), vec![start]);
        while let Some(name) = open.pop() {
            let next = self.after(name).into_iter().flatten();
            open.extend(next.filter(|next| reached.insert(*next)));
        }
        reached
    }

    fn leads_to_a_person(&self, name: &'a str) -> bool {
        self.reached_from(name).into_iter().any(|name| {
            let step = self.nodes.get(name).map(|node| &node.step);
            matches!(step, Some(Step::Queue { .. } | Step::Voicemail { .. }))
                || self.after(name).contains(&None)
        })
    }

    /// Whether a caller who presses no key gets from the node to itself: by prompts, branches and
    /// the last try of a question.
    fn returns_without_a_key(&self, name: &'a str) -> bool {
        let (mut reached, mut open) = (BTreeSet::new(), vec![name]);
        while let Some(at) = open.pop() {
            for next in self.after_silence(at) {
                if next == name {
                    return true;
                }
                if reached.insert(next) {
                    open.push(next);
                }
            }
        }
        false
    }

    /// The nodes that may follow without a key.
    fn after_silence(&self, name: &str) -> Vec<&'a str> {
        let Some(node) = self.nodes.get(name) else { return Vec::new() };
        match &node.step {
            Step::Choose { otherwise, .. } | Step::Collect { otherwise, .. } => {
                otherwise.as_deref().into_iter().collect()
            }
            _ => node.edges().into_iter().filter_map(|edge| edge.to).collect(),
        }
    }
}
