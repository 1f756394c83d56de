//! The graph of a menu as a Mermaid flowchart.

use std::fmt::Write as _;

use crate::{Menu, Node, Step};

impl Menu {
    /// The graph as text that Mermaid draws.
    pub fn mermaid(&self) -> String {
        let mut text = "flowchart TD\n".to_owned();
        let mut leaves = false;
        let id = |name: &str| {
            let place = self.nodes.iter().position(|node| node.name == name);
            place.map_or_else(|| LINE.to_owned(), |place| format!("n{place}"))
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  start([{}]) --> {}", quoted(self.name.as_str()), id(&self.start));
        for node in &self.nodes {
            let (name, (open, close)) = (quoted(&label(node)), shape(node));
            let _ = writeln!(text, "  {}{open}{name}{close}", id(&node.name));
        }
        for node in &self.nodes {
            for edge in node.edges() {
                let to = edge.to.map_or_else(|| LINE.to_owned(), &id);
                leaves |= edge.to.is_none();
                let arrow = match edge.label.as_str() {
                    "" => "-->".to_owned(),
                    label => format!("-->|{}|", quoted(label)),
                };
                let _ = writeln!(text, "  {} {arrow} {to}", id(&node.name));
            }
        }
        if leaves {
            let _ = writeln!(text, "  {LINE}([{}])", quoted("queue of the line"));
        }
        text
    }
}

fn label(node: &Node) -> String {
    let prompts: Vec<&str> = node.prompts().collect();
    let what = match &node.step {
        Step::Play { .. } => format!("play {}", prompts.join(", ")),
        Step::Choose { .. } => format!("menu {}", prompts.join(", ")),
        Step::Collect { into, min, max, .. } => format!("collect {into}, {min} to {max} digits"),
        Step::Branch { .. } => "branch".to_owned(),
        Step::Set { skills, priority, variables, .. } => {
            let skills = skills.iter().map(|(skill, level)| format!("{skill} {level}"));
            let priority = priority.iter().map(|priority| format!("priority {priority}"));
            let variables = variables.iter().map(|(name, value)| format!("{name} = {value}"));
            let all: Vec<String> = skills.chain(priority).chain(variables).collect();
            format!("set {}", all.join(", "))
        }
        Step::Queue { queue: Some(queue) } => format!("queue {queue}"),
        Step::Queue { queue: None } => "queue of the line".to_owned(),
        Step::Voicemail { queue } => format!("voicemail {queue}"),
        Step::HangUp { .. } => format!("hang up {}", prompts.join(", ")),
    };
    format!("{}: {}", node.name, what.trim_end())
}

/// The brackets that give a node its shape: a choice, an end, anything else.
fn shape(node: &Node) -> (&'static str, &'static str) {
    match node.step {
        Step::Choose { .. } | Step::Collect { .. } | Step::Branch { .. } => ("{", "}"),
        Step::Queue { .. } | Step::Voicemail { .. } | Step::HangUp { .. } => ("([", "])"),
        Step::Play { .. } | Step::Set { .. } => ("[", "]"),
    }
}

/// A text in quotes; Mermaid writes a quote as `#quot;`.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "#quot;"))
}

const LINE: &str = "line";
