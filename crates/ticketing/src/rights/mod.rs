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

use std::fmt;

use model::{
    AccountName,
    desk::{Actor, OrderLevel},
    event::Role,
};
use schemars::JsonSchema;
use serde::Serialize;

use workflow::Refusal;

/// Something that only some roles may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// See the wallboard: queues, seats, alarms.
    Wallboard,
    /// Follow the log of calls and seats as it is written.
    Events,
    /// Also see in the log what people did beside calls.
    People,
    /// See every call, not only those they answered.
    AllCalls,
    /// Hear recordings; each playback is recorded in the audit.
    Recordings,
    /// See the figures of every agent, not only their own.
    AllAgents,
    /// Command the seat they are signed in at, and hang up its call.
    OwnSeat,
    /// Command every seat, and hang up every call.
    AllSeats,
    /// See callers' numbers and names unmasked, as [`crate::masking`] defines it.
    WholeNumbers,
    /// See all tickets.
    Tickets,
    /// See the tickets of their own unit.
    UnitTickets,
    /// See the work of units below their own, and the contacts of their own unit.
    UnitsBelow,
    /// Export tickets as a table.
    Export,
    /// See the network: units with their contacts, areas, topics, the directory.
    Network,
    /// See, add, change and end accounts.
    Accounts,
    /// Confirm, as a second person, roles that an admin has given.
    Confirm,
    /// Read the audit of who saw what, and follow it in the log as it is written.
    Audit,
    /// See figures and the items they count, and reports before their release.
    Figures,
    /// Read released reports.
    Released,
    /// Read the released daily report, which lists single cases.
    DailyReport,
    /// See the deliveries of records to partners, and decide about those that were refused.
    Courier,
    /// Write the form and register the demand (T01, T02).
    Register,
    /// Answer on the spot (T03).
    AnswerDirectly,
    /// Propose to count a call as nuisance.
    MarkNuisance,
    /// Confirm a proposed nuisance (T06).
    ConfirmNuisance,
    /// Propose not to accept a demand.
    ProposeNotAccepted,
    /// Not accept a demand (T05).
    NotAccept,
    /// Dispatch a ticket to units, add a unit, recall the ticket (T14 to T16).
    Dispatch,
    /// Work for a unit: sign for an assignment, contact the citizen, hand in the result, ask for a
    /// return or for more time.
    Handle,
    /// Sign a unit's result.
    SignResult,
    /// Accept a result or send it back, for the hotline (T18, T19).
    ReviewAsHub,
    /// Pass or reject a result, for the supervising unit.
    ReviewAsUnit,
    /// Call the citizen and ask about the result (T21).
    CallBack,
    /// Ask the citizen a second time, for another body.
    CallBackSecond,
    /// Grant or refuse a return.
    DecideReturn,
    /// Decide a dispute about which unit is responsible.
    Arbitrate,
    /// Propose a filing, a verdict of unreasonable, or an exclusion.
    ProposeException,
    /// Approve a filing of a difficult matter.
    ApproveFiling,
    /// Decide that a demand is not reasonable.
    ApproveUnreasonable,
    /// Exclude an item from the assessment.
    ApproveExclusion,
    /// Appeal, for a unit, against the assessment of its assignment (考核申诉).
    Appeal,
    /// Ask to strike off an item (销号).
    AskStrikeOff,
    /// Strike off an item (销号).
    StrikeOff,
    /// Draft a supervision order.
    DraftOrder,
    /// Approve a supervision order of level 1.
    #[serde(rename = "approve_order_1")]
    ApproveOrder1,
    /// Approve a supervision order of level 2.
    #[serde(rename = "approve_order_2")]
    ApproveOrder2,
    /// Approve a supervision order of level 3.
    #[serde(rename = "approve_order_3")]
    ApproveOrder3,
    /// Sign and instruct (批示).
    Instruct,
    /// Listen in on a call; a leader as the guest of a session.
    Listen,
    /// Speak in a call.
    Barge,
    /// Have a masked identity shown, for a reason that goes on the record.
    RevealIdentity,
    /// Draft a report.
    DraftReport,
    /// Release a report.
    ReleaseReport,
    /// Draft policy, calendar and the tree of units.
    DraftPolicy,
    /// Approve drafts of policy, calendar and units.
    ApprovePolicy,
    /// Take over tickets that were closed at another hotline (CALL-31, cut-over).
    TakeOver,
    /// See what was referred to the discipline office.
    SeeDiscipline,
}

impl Right {
    /// All rights, in the table's order.
    pub const ALL: [Right; 57] = [
        Right::Wallboard,
        Right::Events,
        Right::People,
        Right::AllCalls,
        Right::Recordings,
        Right::AllAgents,
        Right::OwnSeat,
        Right::AllSeats,
        Right::WholeNumbers,
        Right::Tickets,
        Right::UnitTickets,
        Right::UnitsBelow,
        Right::Export,
        Right::Network,
        Right::Accounts,
        Right::Confirm,
        Right::Audit,
        Right::Figures,
        Right::Released,
        Right::DailyReport,
        Right::Courier,
        Right::Register,
        Right::AnswerDirectly,
        Right::MarkNuisance,
        Right::ConfirmNuisance,
        Right::ProposeNotAccepted,
        Right::NotAccept,
        Right::Dispatch,
        Right::Handle,
        Right::SignResult,
        Right::ReviewAsHub,
        Right::ReviewAsUnit,
        Right::CallBack,
        Right::CallBackSecond,
        Right::DecideReturn,
        Right::Arbitrate,
        Right::ProposeException,
        Right::ApproveFiling,
        Right::ApproveUnreasonable,
        Right::ApproveExclusion,
        Right::Appeal,
        Right::AskStrikeOff,
        Right::StrikeOff,
        Right::DraftOrder,
        Right::ApproveOrder1,
        Right::ApproveOrder2,
        Right::ApproveOrder3,
        Right::Instruct,
        Right::Listen,
        Right::Barge,
        Right::RevealIdentity,
        Right::DraftReport,
        Right::ReleaseReport,
        Right::DraftPolicy,
        Right::ApprovePolicy,
        Right::TakeOver,
        Right::SeeDiscipline,
    ];

    /// The right to approve an order of this level.
    pub fn approve_order(level: OrderLevel) -> Right {
        match level {
            OrderLevel::Remind => Right::ApproveOrder1,
            OrderLevel::Warn => Right::ApproveOrder2,
            OrderLevel::Account => Right::ApproveOrder3,
        }
    }

    /// Whether a contractor's people never have it (SEAT-07, contractors): rights to dispatch, to
    /// decide, to export persons' data and to see the discipline list. Confirming nuisance is work
    /// of the call floor, so contractors may do it.
    pub fn is_for_government(self) -> bool {
        match self {
            Right::Export
            | Right::NotAccept
            | Right::Dispatch
            | Right::Handle
            | Right::SignResult
            | Right::ReviewAsHub
            | Right::ReviewAsUnit
            | Right::CallBackSecond
            | Right::DecideReturn
            | Right::Arbitrate
            | Right::ProposeException
            | Right::ApproveFiling
            | Right::ApproveUnreasonable
            | Right::ApproveExclusion
            | Right::Appeal
            | Right::StrikeOff
            | Right::DraftOrder
            | Right::ApproveOrder1
            | Right::ApproveOrder2
            | Right::ApproveOrder3
            | Right::Instruct
            | Right::ReleaseReport
            | Right::ApprovePolicy
            | Right::TakeOver
            | Right::SeeDiscipline => true,
            Right::Wallboard
            | Right::Events
            | Right::People
            | Right::AllCalls
            | Right::Recordings
            | Right::AllAgents
            | Right::OwnSeat
            | Right::AllSeats
            | Right::WholeNumbers
            | Right::Tickets
            | Right::UnitTickets
            | Right::UnitsBelow
            | Right::Network
            | Right::Accounts
            | Right::Confirm
            | Right::Audit
            | Right::Figures
            | Right::Released
            | Right::DailyReport
            | Right::Courier
            | Right::Register
            | Right::AnswerDirectly
            | Right::MarkNuisance
            | Right::ConfirmNuisance
            | Right::ProposeNotAccepted
            | Right::CallBack
            | Right::AskStrikeOff
            | Right::Listen
            | Right::Barge
            | Right::RevealIdentity
            | Right::DraftReport
            | Right::DraftPolicy => false,
        }
    }
}

/// The roles that have a right.
pub fn roles_for(right: Right) -> &'static [Role] {
    use Role as R;
    match right {
        Right::Wallboard => &[
            R::Admin,
            R::Supervisor,
            R::Agent,
            R::Qa,
            R::Callback,
            R::Dispatcher,
            R::SupGroup,
            R::Director,
            R::Leader,
            R::GovSupervision,
        ],
        Right::Events => &[R::Admin, R::Supervisor, R::Agent, R::Qa, R::Director, R::Auditor],
        Right::People | Right::AllAgents => &[R::Supervisor, R::Director],
        Right::AllCalls | Right::Recordings => &[R::Supervisor, R::Qa, R::Director],
        Right::OwnSeat => &[R::Agent],
        Right::AllSeats => &[R::Admin, R::Supervisor],
        Right::WholeNumbers => &[
            R::Supervisor,
            R::Agent,
            R::Callback,
            R::Dispatcher,
            R::SupGroup,
            R::Director,
            R::Leader,
            R::GovSupervision,
        ],
        Right::Tickets => &[
            R::Supervisor,
            R::Agent,
            R::Qa,
            R::Callback,
            R::Dispatcher,
            R::SupGroup,
            R::Director,
            R::Leader,
            R::GovSupervision,
            R::Archivist,
        ],
        Right::UnitTickets => &[R::Liaison, R::UnitHead],
        Right::UnitsBelow => &[R::UnitHead],
        Right::Export => &[R::Supervisor, R::SupGroup, R::Director, R::Archivist],
        Right::Network => &[
            R::Admin,
            R::Supervisor,
            R::Agent,
            R::Qa,
            R::Callback,
            R::Dispatcher,
            R::SupGroup,
            R::Director,
            R::Leader,
            R::GovSupervision,
            R::Archivist,
        ],
        Right::Accounts => &[R::Admin],
        Right::Confirm => &[R::Director],
        Right::Audit => &[R::Auditor],
        Right::Figures => &[R::Supervisor, R::SupGroup, R::Director, R::Leader, R::GovSupervision],
        Right::Released => &[
            R::Supervisor,
            R::Agent,
            R::Qa,
            R::Callback,
            R::Dispatcher,
            R::SupGroup,
            R::Director,
            R::Liaison,
            R::UnitHead,
            R::Leader,
            R::GovSupervision,
            R::Media,
            R::Discipline,
            R::Grid,
            R::Auditor,
            R::Archivist,
        ],
        // Reporters do not read about single cases.
        Right::DailyReport => &[
            R::Supervisor,
            R::Agent,
            R::Qa,
            R::Callback,
            R::Dispatcher,
            R::SupGroup,
            R::Director,
            R::Liaison,
            R::UnitHead,
            R::Leader,
            R::GovSupervision,
            R::Discipline,
            R::Grid,
            R::Auditor,
            R::Archivist,
        ],
        Right::Courier => &[R::Admin, R::Director],
        Right::Register | Right::AnswerDirectly => &[R::Agent, R::Supervisor, R::Dispatcher],
        Right::MarkNuisance => &[R::Agent, R::Supervisor],
        Right::ConfirmNuisance => &[R::Supervisor],
        Right::ProposeNotAccepted => &[R::Agent],
        Right::NotAccept => &[R::Supervisor, R::Dispatcher, R::Director],
        Right::Dispatch | Right::DecideReturn => &[R::Dispatcher, R::Director],
        Right::Handle | Right::AskStrikeOff => &[R::Liaison],
        Right::SignResult => &[R::UnitHead],
        Right::ReviewAsHub => &[R::SupGroup, R::Director],
        Right::ReviewAsUnit | Right::Appeal => &[R::Liaison, R::UnitHead],
        Right::CallBack => &[R::Callback],
        Right::CallBackSecond => &[R::SupGroup, R::GovSupervision],
        Right::Arbitrate
        | Right::ApproveFiling
        | Right::ApproveUnreasonable
        | Right::ApproveExclusion
        | Right::ApproveOrder1
        | Right::ReleaseReport
        | Right::ApprovePolicy
        | Right::TakeOver => &[R::Director],
        Right::ProposeException | Right::StrikeOff | Right::DraftOrder | Right::DraftReport => {
            &[R::SupGroup]
        }
        Right::ApproveOrder2 => &[R::GovSupervision],
        Right::ApproveOrder3 | Right::Instruct => &[R::Leader],
        Right::Listen => &[R::Supervisor, R::Director, R::Leader],
        Right::Barge => &[R::Supervisor, R::Director],
        Right::RevealIdentity => &[R::Qa, R::Liaison, R::UnitHead],
        Right::DraftPolicy => &[R::Admin],
        Right::SeeDiscipline => &[R::Director, R::Discipline],
    }
}

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
/// own people; the refusal names the roles that have it. Citizens, other systems and the engine have
/// no rights of this table: their commands have checks of their own.
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
        let why = "the second person must be another than the first".to_owned();
        return Err(Refusal::Forbidden { why, roles: roles_for(right).to_vec() });
    }
    check(second, right)
        .or_else(|refusal| check(second, Right::ProposeException).map_err(|_| refusal))
}

/// `approve_order_2`, as in the table.
impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut word = String::new();
        for (at, c) in format!("{self:?}").chars().enumerate() {
            if at > 0 && (c.is_ascii_uppercase() || c.is_ascii_digit()) {
                word.push('_');
            }
            word.push(c.to_ascii_lowercase());
        }
        f.write_str(&word)
    }
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
    const HARMLESS: [Right; 12] = [
        Right::Wallboard,
        Right::Events,
        Right::AllAgents,
        Right::OwnSeat,
        Right::AllSeats,
        Right::Network,
        Right::Accounts,
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
