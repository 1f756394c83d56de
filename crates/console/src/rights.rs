//! Which role may do what on the telephone's side and in the house, on one page.
//!
//! | role | rights |
//! | --- | --- |
//! | admin | wallboard, events, all_seats, network, accounts, courier |
//! | supervisor | wallboard, events, people, all_calls, recordings, all_agents, all_seats, whole_numbers, tickets, export, network, figures, released |
//! | agent | wallboard, events, whole_numbers, tickets, network, released |
//! | qa | wallboard, events, all_calls, recordings, tickets, network, released |
//! | callback | wallboard, whole_numbers, tickets, network, released |
//! | dispatcher | wallboard, whole_numbers, tickets, network, released |
//! | sup_group | wallboard, whole_numbers, tickets, export, network, figures, released |
//! | director | wallboard, events, people, all_calls, recordings, all_agents, whole_numbers, tickets, export, network, confirm, figures, released, courier |
//! | liaison | released |
//! | unit_head | released |
//! | leader | wallboard, whole_numbers, tickets, network, figures, released |
//! | gov_supervision | wallboard, whole_numbers, tickets, network, figures, released |
//! | media | released |
//! | discipline | released |
//! | grid | released |
//! | vendor | |
//! | auditor | events, audit, released |
//! | archivist | tickets, export, network, released |
//! | platform | |
//!
//! What people may do on tickets is [`ticketing::rights`]. Units, reporters
//! and other systems see what is theirs there, and no list of everything.
//!
//! Three duties are apart (三员分立): the admin runs the engine, makes accounts and sees no
//! citizen; a director confirms each role that sees persons or decides; and the auditor alone
//! reads who saw and did what.

use model::event::Role;
use schemars::JsonSchema;
use serde::Serialize;

/// Something only some roles may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Right {
    /// See the live picture: queues, seats, alarms.
    Wallboard,
    /// Follow the log of calls and seats as it is written.
    Events,
    /// See in it what the house did beside calls.
    People,
    /// See every call, not only those they answered.
    AllCalls,
    /// Hear recordings; each listening is audited.
    Recordings,
    /// See how every agent worked, not only themselves.
    AllAgents,
    /// Steer seats other than the own, and hang up any call.
    AllSeats,
    /// See callers' numbers and names whole.
    WholeNumbers,
    /// See the list of all tickets; an agent's, callers they must be able to call back.
    Tickets,
    /// Take tickets out as a table, beside seeing the list; never a contractor's people.
    Export,
    /// See the network: units with the people to call there, areas, topics, the directory.
    Network,
    /// See, add, change and end accounts.
    Accounts,
    /// Confirm, as a second person, roles that an admin has given.
    Confirm,
    /// Ask the audit who saw what, and follow it in the log as it is written.
    Audit,
    /// See figures, what they count, and reports before they are released.
    Figures,
    /// Read released reports.
    Released,
    /// See how far partners have got with our records, and decide about what they refused.
    Courier,
}

impl Right {
    /// All of them, in the table's order.
    pub(crate) const ALL: [Right; 17] = [
        Right::Wallboard,
        Right::Events,
        Right::People,
        Right::AllCalls,
        Right::Recordings,
        Right::AllAgents,
        Right::AllSeats,
        Right::WholeNumbers,
        Right::Tickets,
        Right::Export,
        Right::Network,
        Right::Accounts,
        Right::Confirm,
        Right::Audit,
        Right::Figures,
        Right::Released,
        Right::Courier,
    ];
}

/// The table.
pub(crate) fn may(role: Role, right: Right) -> bool {
    use Right as R;
    match role {
        // The admin runs the engine, and needs to see no citizen for that.
        Role::Admin => matches!(
            right,
            R::Wallboard | R::Events | R::AllSeats | R::Network | R::Accounts | R::Courier
        ),
        Role::Supervisor => !matches!(right, R::Accounts | R::Confirm | R::Audit | R::Courier),
        Role::Director => !matches!(right, R::Accounts | R::Audit | R::AllSeats),
        Role::Agent => matches!(
            right,
            R::Wallboard | R::Events | R::WholeNumbers | R::Tickets | R::Network | R::Released
        ),
        Role::Qa => matches!(
            right,
            R::Wallboard
                | R::Events
                | R::AllCalls
                | R::Recordings
                | R::Tickets
                | R::Network
                | R::Released
        ),
        Role::Callback | Role::Dispatcher => {
            matches!(right, R::Wallboard | R::WholeNumbers | R::Tickets | R::Network | R::Released)
        }
        Role::Leader | Role::GovSupervision => matches!(
            right,
            R::Wallboard | R::WholeNumbers | R::Tickets | R::Network | R::Figures | R::Released
        ),
        Role::SupGroup => matches!(
            right,
            R::Wallboard
                | R::WholeNumbers
                | R::Tickets
                | R::Export
                | R::Network
                | R::Figures
                | R::Released
        ),
        Role::Auditor => matches!(right, R::Events | R::Audit | R::Released),
        Role::Archivist => {
            matches!(right, R::Tickets | R::Export | R::Network | R::Released)
        }
        // Units see what was given to them, and how everybody did once that is released.
        Role::Liaison | Role::UnitHead | Role::Media | Role::Discipline | Role::Grid => {
            matches!(right, R::Released)
        }
        // The rest see what was made for them.
        Role::Vendor | Role::Platform => false,
    }
}

/// Whether the role works on tickets, and hangs papers on them.
pub(crate) fn takes_part(role: Role) -> bool {
    may(role, Right::Tickets) || matches!(role, Role::Liaison | Role::UnitHead)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What shows persons, and what reads who saw them.
    #[test]
    fn roles_that_see_persons_need_a_second_person() {
        let shows = [
            Right::People,
            Right::AllCalls,
            Right::Recordings,
            Right::WholeNumbers,
            Right::Tickets,
            Right::Export,
            Right::Audit,
            Right::Confirm,
        ];
        for role in Role::ALL {
            let sees = shows.into_iter().any(|right| may(*role, right));
            assert!(!sees || role.needs_second_person(), "{role:?}");
            let decides = ticketing::rights::Act::ALL.into_iter().filter(|act| {
                use ticketing::rights::Act;
                !matches!(act, Act::DraftPolicy | Act::ReadReleased)
            });
            let decides = decides.into_iter().any(|act| ticketing::rights::may(*role, act));
            assert!(!decides || role.needs_second_person(), "{role:?}");
        }
    }

    #[test]
    fn the_page_above_is_the_table() {
        let page = include_str!("rights.rs");
        let written: Vec<&str> = page.lines().filter(|l| l.starts_with("//! | ")).skip(2).collect();
        let table: Vec<String> = (Role::ALL.iter())
            .map(|role| {
                let rights: Vec<String> = (Right::ALL.into_iter())
                    .filter(|right| may(*role, *right))
                    .map(|right| word(&format!("{right:?}")))
                    .collect();
                let row = format!("//! | {} | {} |", role.as_str(), rights.join(", "));
                row.replace("|  |", "| |")
            })
            .collect();
        assert_eq!(written, table, "\n{}", table.join("\n"));
    }

    #[test]
    fn page_knows_every_right() {
        let page = include_str!("../web/src/words.ts");
        for right in Right::ALL {
            let name = word(&format!("{right:?}"));
            assert!(page.contains(&format!("  | \"{name}\"")), "words.ts: {name}");
            assert_eq!(serde_json::to_value(right).unwrap(), name);
        }
    }

    /// `AllCalls` as `all_calls`.
    fn word(name: &str) -> String {
        let mut word = String::new();
        for (at, c) in name.char_indices() {
            if at > 0 && c.is_ascii_uppercase() {
                word.push('_');
            }
            word.push(c.to_ascii_lowercase());
        }
        word
    }
}
