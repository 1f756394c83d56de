//! The rights of each role: the one table of rights, for telephones, the desk and the console
//! (hotline.md 2.7; SEAT-06, roles).
//!
//! Commands are checked where they are carried out; `GET /api/v1/me` returns a person's rights.
//!
//! | right | roles |
//! | --- | --- |
//! | wallboard | admin, supervisor, agent, qa, callback, dispatcher, sup_group, director, leader, gov_supervision |
//! | events | admin, supervisor, agent, qa, director, auditor |
//! | people | supervisor, director |
//! | all_calls | supervisor, qa, director |
//! | recordings | supervisor, qa, director |
//! | all_agents | supervisor, director |
//! | own_seat | agent |
//! | all_seats | admin, supervisor |
//! | whole_numbers | supervisor, agent, callback, dispatcher, sup_group, director, leader, gov_supervision |
//! | tickets | supervisor, agent, qa, callback, dispatcher, sup_group, director, leader, gov_supervision, archivist |
//! | unit_tickets | liaison, unit_head |
//! | units_below | unit_head |
//! | export | supervisor, sup_group, director, archivist |
//! | network | admin, supervisor, agent, qa, callback, dispatcher, sup_group, director, leader, gov_supervision, archivist |
//! | accounts | admin |
//! | configure | admin |
//! | confirm | director |
//! | audit | auditor |
//! | figures | supervisor, sup_group, director, leader, gov_supervision |
//! | released | supervisor, agent, qa, callback, dispatcher, sup_group, director, liaison, unit_head, leader, gov_supervision, media, discipline, grid, auditor, archivist |
//! | daily_report | supervisor, agent, qa, callback, dispatcher, sup_group, director, liaison, unit_head, leader, gov_supervision, discipline, grid, auditor, archivist |
//! | courier | admin, director |
//! | register | agent, supervisor, dispatcher |
//! | answer_directly | agent, supervisor, dispatcher |
//! | mark_nuisance | agent, supervisor |
//! | confirm_nuisance | supervisor |
//! | propose_not_accepted | agent |
//! | not_accept | supervisor, dispatcher, director |
//! | dispatch | dispatcher, director |
//! | handle | liaison |
//! | sign_result | unit_head |
//! | review_as_hub | sup_group, director |
//! | review_as_unit | liaison, unit_head |
//! | call_back | callback |
//! | call_back_second | sup_group, gov_supervision |
//! | decide_return | dispatcher, director |
//! | arbitrate | director |
//! | propose_exception | sup_group |
//! | approve_filing | director |
//! | approve_unreasonable | director |
//! | approve_exclusion | director |
//! | appeal | liaison, unit_head |
//! | ask_strike_off | liaison |
//! | strike_off | sup_group |
//! | draft_order | sup_group |
//! | approve_order_1 | director |
//! | approve_order_2 | gov_supervision |
//! | approve_order_3 | leader |
//! | instruct | leader |
//! | listen | supervisor, director, leader |
//! | barge | supervisor, director |
//! | reveal_identity | qa, liaison, unit_head |
//! | draft_report | sup_group |
//! | release_report | director |
//! | draft_policy | admin |
//! | approve_policy | director |
//! | take_over | director |
//! | see_discipline | director, discipline |
//!
//! Three rules apply beside the table. A contractor's people never dispatch, decide, export
//! persons' data or see the discipline list, whatever their role (SEAT-07, contractors). Exceptions
//! need a second person. A person who worked on a ticket does not call back about it: the ticket
//! records the accounts that worked on it ([`Ticket::worked_by`](crate::Ticket)).
//!
//! Three duties are separated (三员分立): the admin runs the engine and makes accounts, and sees no
//! citizen's data; a director confirms each role that sees persons or decides; only the auditor
//! reads the audit. Units, reporters and other systems see their own items, and no list of all
//! items.

mod right;
mod table;

use model::{AccountName, desk::Actor, event::Role};

use workflow::Refusal;

pub use right::Right;
pub use table::roles_for;

/// Whether this role has a right.
pub fn has_right(role: Role, right: Right) -> bool {
    roles_for(right).contains(&role)
}

/// The rights of this person, in the order of the table.
pub fn rights_of(person: &Actor) -> Vec<Right> {
    Right::ALL.into_iter().filter(|right| check(person, *right).is_ok()).collect()
}

/// Checks that this person has a right.
///
/// # Errors
/// The role does not have it, or the person works for a contractor and it is for the government's
/// own people; the refusal names the roles that have it. Citizens, other systems and the engine
/// have no rights of this table: their commands have checks of their own.
pub fn check(by: &Actor, right: Right) -> Result<(), Refusal> {
    let forbidden = |why: String| Err(Refusal::Forbidden { why, roles: roles_for(right).to_vec() });
    match by {
        Actor::Person { role, .. } if !has_right(*role, right) => {
            forbidden(format!("the role {} may not {right}", role.as_str()))
        }
        Actor::Person { outsourced: true, .. } if right.is_for_government() => {
            forbidden(format!("a contractor's people may not {right}"))
        }
        Actor::Person { .. } => Ok(()),
        Actor::Citizen | Actor::Partner(_) | Actor::Engine => {
            forbidden(format!("only a person may {right}"))
        }
    }
}

/// Checks that `second` may be the second person for what `first` does: another person of the
/// government's own whose role proposes or approves such things.
pub fn check_second_person(
    first: &AccountName,
    second: &Actor,
    right: Right,
) -> Result<(), Refusal> {
    if second.account() == Some(first) {
        let why = "the second person must be a different person".to_owned();
        return Err(Refusal::Forbidden { why, roles: roles_for(right).to_vec() });
    }
    check(second, right)
        .or_else(|refusal| check(second, Right::ProposeException).map_err(|_| refusal))
}
#[cfg(test)]
mod tests {
    use super::*;

    fn person(role: Role, outsourced: bool) -> Actor {
        Actor::Person { account: "li".into(), role, unit: None, outsourced }
    }

    #[test]
    fn table_in_the_documentation_is_the_table() {
        let page = include_str!("mod.rs");
        let written: Vec<&str> = page.lines().filter(|l| l.starts_with("//! | ")).skip(2).collect();
        let table: Vec<String> = (Right::ALL.iter())
            .map(|right| {
                let roles: Vec<&str> = roles_for(*right).iter().map(|role| role.as_str()).collect();
                format!("//! | {right} | {} |", roles.join(", "))
            })
            .collect();
        assert_eq!(written, table, "\n{}", table.join("\n"));
    }

    #[test]
    fn rights_of_the_desk_are_not_shared_by_agents_and_supervision() {
        // SEAT-06 (roles): people who take calls do not supervise, and people who supervise take no
        // calls.
        let first = Right::ALL.iter().position(|right| *right == Right::Register).unwrap();
        for right in Right::ALL {
            assert!(!roles_for(right).is_empty(), "{right}");
        }
        for right in Right::ALL.into_iter().skip(first) {
            assert!(
                !(has_right(Role::Agent, right) && has_right(Role::SupGroup, right)),
                "{right}"
            );
        }
    }

    /// Rights that show no person's data and decide nothing.
    const HARMLESS: [Right; 13] = [
        Right::Wallboard,
        Right::Events,
        Right::AllAgents,
        Right::OwnSeat,
        Right::AllSeats,
        Right::Network,
        Right::Accounts,
        Right::Configure,
        Right::Figures,
        Right::Released,
        Right::DailyReport,
        Right::Courier,
        Right::DraftPolicy,
    ];

    #[test]
    fn roles_that_see_persons_or_decide_need_a_second_person() {
        for role in Role::ALL {
            let mut rights = Right::ALL.into_iter().filter(|right| has_right(*role, *right));
            let is_grave = rights.any(|right| !HARMLESS.contains(&right));
            assert!(!is_grave || role.needs_second_person(), "{role:?}");
        }
    }

    #[test]
    fn written_word_of_a_right_is_its_name_in_the_table() {
        for right in Right::ALL {
            assert_eq!(serde_json::to_value(right).unwrap(), right.to_string());
        }
    }

    #[test]
    fn contractors_people_do_not_dispatch_decide_or_export() {
        assert_eq!(check(&person(Role::Dispatcher, false), Right::Dispatch), Ok(()));
        assert!(check(&person(Role::Dispatcher, true), Right::Dispatch).is_err());
        assert_eq!(check(&person(Role::Agent, true), Right::Register), Ok(()));
        assert!(check(&person(Role::Supervisor, true), Right::NotAccept).is_err());
        assert!(check(&person(Role::Discipline, true), Right::SeeDiscipline).is_err());
        assert!(check(&person(Role::Supervisor, true), Right::Export).is_err());
        assert_eq!(check(&person(Role::Supervisor, false), Right::Export), Ok(()));
        assert!(check(&Actor::Engine, Right::Dispatch).is_err());
        let rights = rights_of(&person(Role::Supervisor, true));
        assert!(rights.contains(&Right::AllSeats) && !rights.contains(&Right::Export));
    }

    #[test]
    fn refusal_names_the_roles_with_the_right() {
        let refusal = check(&person(Role::Agent, false), Right::ApproveOrder2);
        assert_eq!(
            refusal.map_err(|refusal| refusal.to_string()),
            Err("the role agent may not approve_order_2; possible for: gov_supervision".into())
        );
    }

    #[test]
    fn exception_needs_two_different_persons() {
        let right = Right::ApproveFiling;
        assert!(check_second_person(&"li".into(), &person(Role::Director, false), right).is_err());
        assert_eq!(
            check_second_person(&"wang".into(), &person(Role::Director, false), right),
            Ok(())
        );
        assert_eq!(
            check_second_person(&"wang".into(), &person(Role::SupGroup, false), right),
            Ok(())
        );
        assert!(check_second_person(&"wang".into(), &person(Role::Agent, false), right).is_err());
    }
}
