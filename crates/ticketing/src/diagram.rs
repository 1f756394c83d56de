//! The states of tickets and assignments as diagrams, drawn from the tables of commands
//! (OPS-02: the workflow can be drawn).
//!
//! `cargo xtask diagrams` writes [`page`] to `docs/diagrams.md`. The invariants of the desk check
//! that a ticket changes its state only along an arrow.

use std::{collections::BTreeMap, fmt::Debug};

use model::desk::{AssignmentState, TicketState};
use workflow::table::Row;

use crate::{assignment, ticket};

/// A change of state that the engine makes by rule, without a command.
struct Rule<State: 'static> {
    id: &'static str,
    what: &'static str,
    from: State,
    to: State,
}

/// The document with both diagrams, in Markdown with Mermaid.
pub fn page() -> String {
    let tickets = diagram(ticket::TABLE, TICKET_RULES, TicketState::Draft, &TICKET_ENDS);
    let assignments =
        diagram(assignment::TABLE, ASSIGNMENT_RULES, AssignmentState::Issued, &ASSIGNMENT_ENDS);
    format!(
        "{HEAD}\n## Ticket\n\n{tickets}\n{OVERRIDE}\n\n## Assignment\n\n{assignments}\n{CLOSED}\n"
    )
}

/// Whether the diagram has an arrow between two states of a ticket.
pub(crate) fn has_arrow(from: TicketState, to: TicketState) -> bool {
    let by_command =
        ticket::TABLE.iter().any(|row| row.from.contains(&from) && row.to.contains(&to));
    by_command || TICKET_RULES.iter().any(|rule| rule.from == from && rule.to == to)
}

/// Draws one diagram. One arrow between two states has all commands and rules that lead along it.
fn diagram<State: Copy + Ord + Debug>(
    table: &[Row<State>],
    rules: &[Rule<State>],
    first: State,
    ends: &[State],
) -> String {
    let mut arrows: BTreeMap<(State, State), Vec<String>> = BTreeMap::new();
    for row in table {
        for (from, to) in row.from.iter().flat_map(|from| row.to.iter().map(move |to| (from, to))) {
            let label = format!("{} {}", row.id, row.command);
            arrows.entry((*from, *to)).or_default().push(label);
        }
    }
    for rule in rules {
        let label = format!("{} by rule - {}", rule.id, rule.what);
        arrows.entry((rule.from, rule.to)).or_default().push(label);
    }
    let mut text = format!("```mermaid\nstateDiagram-v2\n    [*] --> {first:?}\n");
    for ((from, to), labels) in arrows {
        text.push_str(&format!("    {from:?} --> {to:?}: {}\n", labels.join(", ")));
    }
    for end in ends {
        text.push_str(&format!("    {end:?} --> [*]\n"));
    }
    text.push_str("```\n");
    text
}

const TICKET_ENDS: [TicketState; 2] = [TicketState::Archived, TicketState::Cancelled];

const TICKET_RULES: &[Rule<TicketState>] = &[
    Rule {
        id: "T11b",
        what: "the ticket it follows passed",
        from: TicketState::Following,
        to: TicketState::Reply,
    },
    Rule {
        id: "T17",
        what: "all results are in",
        from: TicketState::Handling,
        to: TicketState::ResultCheck,
    },
    Rule {
        id: "T20b",
        what: "the caller cannot be told",
        from: TicketState::Reply,
        to: TicketState::Closed,
    },
    Rule {
        id: "T22",
        what: "the caller is satisfied",
        from: TicketState::Callback,
        to: TicketState::Closed,
    },
    Rule {
        id: "T25",
        what: "the caller cannot be reached",
        from: TicketState::Callback,
        to: TicketState::Closed,
    },
];

const ASSIGNMENT_ENDS: [AssignmentState; 3] =
    [AssignmentState::Done, AssignmentState::Returned, AssignmentState::Withdrawn];

const ASSIGNMENT_RULES: &[Rule<AssignmentState>] = &[
    Rule {
        id: "A09",
        what: "the lower unit is ready",
        from: AssignmentState::Delegated,
        to: AssignmentState::Accepted,
    },
    Rule {
        id: "A15",
        what: "the hotline sent the result back",
        from: AssignmentState::SupPassed,
        to: AssignmentState::Accepted,
    },
    Rule {
        id: "A16",
        what: "the ticket ended",
        from: AssignmentState::SupPassed,
        to: AssignmentState::Done,
    },
];

const HEAD: &str = "\
# State diagrams

Drawn from the tables of commands by `cargo xtask diagrams`; a test compares them. An arrow has the transition's number
in [domain/hotline.md](domain/hotline.md) 2.3 and 2.4 and the command's word in the API. Commands that change no state are not drawn.
";

const OVERRIDE: &str = "\
A director may put a live ticket into any state (T30 `override`), with a reason and a second person.";

const CLOSED: &str = "\
An assignment that is open when its ticket is closed ends as `Done`.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_is_drawn_from_the_tables() {
        let document = include_str!("../../../docs/diagrams.md");
        assert!(document == page(), "docs/diagrams.md is old: run `cargo xtask diagrams`");
    }

    #[test]
    fn every_state_is_reached_and_only_ends_are_left_by_no_arrow() {
        let states = |from: bool| -> Vec<TicketState> {
            let of_rows = |row: &&'static Row<TicketState>| match from {
                true => row.from,
                false => row.to,
            };
            let moving = ticket::TABLE.iter().filter(|row| !row.to.is_empty());
            let mut states: Vec<_> =
                moving.clone().flat_map(|row| of_rows(&row)).copied().collect();
            states.extend(TICKET_RULES.iter().map(|rule| if from { rule.from } else { rule.to }));
            states.sort_unstable();
            states.dedup();
            states
        };
        let reached = states(false);
        let left = states(true);
        assert!(left.iter().all(|state| reached.contains(state) || *state == TicketState::Draft));
        let ends: Vec<_> = reached.iter().filter(|state| !left.contains(state)).collect();
        assert_eq!(ends, TICKET_ENDS.iter().collect::<Vec<_>>());
    }
}
