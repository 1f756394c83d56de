//! Who may do what at the desk, on one page (hotline.md 2.7, SEAT-06).
//!
//! | act | roles |
//! | --- | --- |
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
//! | replay | supervisor, qa, director |
//! | see_identity | supervisor, agent, callback, dispatcher, sup_group, director, leader, gov_supervision |
//! | reveal_identity | qa, liaison, unit_head |
//! | draft_report | sup_group |
//! | release_report | director |
//! | read_released | media |
//! | draft_policy | admin |
//! | approve_policy | director |
//! | take_over | director |
//! | see_discipline | director, discipline |
//!
//! Beside the table stand three rules. Who is paid by a contractor never
//! dispatches, decides or sees the discipline list, whatever the role says
//! (SEAT-07). Exceptions need a second person. And nobody calls back a ticket
//! they had a hand in: a ticket keeps who had ([`Ticket::hands`](crate::Ticket)).

use std::fmt;

use model::{
    AccountName,
    desk::{Actor, OrderLevel},
    event::Role,
};
use serde::Serialize;

use workflow::Refusal;

/// Something only some roles may do, by the rows of 2.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Write the form and take it on (T01, T02).
    Register,
    /// Answer on the spot (T03).
    AnswerDirectly,
    /// Propose to count it as nuisance.
    MarkNuisance,
    /// Confirm that (T06).
    ConfirmNuisance,
    /// Propose not to accept it.
    ProposeNotAccepted,
    /// Not accept it (T05).
    NotAccept,
    /// Give it to units, add one, take it back (T14 to T16).
    Dispatch,
    /// For a unit: sign for it, contact the citizen, hand in the result, ask for return or more time.
    Handle,
    /// Sign a unit's result.
    SignResult,
    /// Weigh a result for the hotline (T18, T19).
    ReviewAsHub,
    /// Weigh a result for the supervising unit.
    ReviewAsUnit,
    /// Ask the citizen (T21).
    CallBack,
    /// Ask once more, by another body.
    CallBackSecond,
    /// Grant or refuse a return.
    DecideReturn,
    /// Settle whose it is.
    Arbitrate,
    /// Propose a filing, a verdict of unreasonable, an exclusion.
    ProposeException,
    /// Approve a filing of a difficult matter.
    ApproveFiling,
    /// Decide that a demand is not reasonable.
    ApproveUnreasonable,
    /// Take something out of the assessment.
    ApproveExclusion,
    /// Appeal, for a unit, against the assessment of its piece (考核申诉).
    Appeal,
    /// Ask to strike off an item (销号).
    AskStrikeOff,
    /// Strike it off.
    StrikeOff,
    /// Draft a supervision order.
    DraftOrder,
    /// Approve one of level 1.
    #[serde(rename = "approve_order_1")]
    ApproveOrder1,
    /// Of level 2.
    #[serde(rename = "approve_order_2")]
    ApproveOrder2,
    /// Of level 3.
    #[serde(rename = "approve_order_3")]
    ApproveOrder3,
    /// Sign and instruct (批示).
    Instruct,
    /// Listen in on a call; a leader as the guest of a session.
    Listen,
    /// Speak in a call.
    Barge,
    /// Hear a recording.
    Replay,
    /// See who called, as [`crate::masking`] has it.
    SeeIdentity,
    /// Have a masked identity shown, for a reason that goes on the record.
    RevealIdentity,
    /// Draft a report.
    DraftReport,
    /// Release one.
    ReleaseReport,
    /// Read what was released, and nothing else.
    ReadReleased,
    /// Draft policy, calendar and the tree of units.
    DraftPolicy,
    /// Approve them.
    ApprovePolicy,
    /// Take over what was over in another house (CALL-31).
    TakeOver,
    /// See what was referred to discipline.
    SeeDiscipline,
}

impl Act {
    /// All of them, in the table's order.
    pub const ALL: [Act; 39] = [
        Act::Register,
        Act::AnswerDirectly,
        Act::MarkNuisance,
        Act::ConfirmNuisance,
        Act::ProposeNotAccepted,
        Act::NotAccept,
        Act::Dispatch,
        Act::Handle,
        Act::SignResult,
        Act::ReviewAsHub,
        Act::ReviewAsUnit,
        Act::CallBack,
        Act::CallBackSecond,
        Act::DecideReturn,
        Act::Arbitrate,
        Act::ProposeException,
        Act::ApproveFiling,
        Act::ApproveUnreasonable,
        Act::ApproveExclusion,
        Act::Appeal,
        Act::AskStrikeOff,
        Act::StrikeOff,
        Act::DraftOrder,
        Act::ApproveOrder1,
        Act::ApproveOrder2,
        Act::ApproveOrder3,
        Act::Instruct,
        Act::Listen,
        Act::Barge,
        Act::Replay,
        Act::SeeIdentity,
        Act::RevealIdentity,
        Act::DraftReport,
        Act::ReleaseReport,
        Act::ReadReleased,
        Act::DraftPolicy,
        Act::ApprovePolicy,
        Act::TakeOver,
        Act::SeeDiscipline,
    ];

    /// Approving an order of this level.
    pub fn approve_order(level: OrderLevel) -> Act {
        match level {
            OrderLevel::Remind => Act::ApproveOrder1,
            OrderLevel::Warn => Act::ApproveOrder2,
            OrderLevel::Account => Act::ApproveOrder3,
        }
    }

    /// Never done by who is paid by a contractor (SEAT-07): to dispatch, to decide, to see the
    /// discipline list. Confirming nuisance is the floor's own work and stays.
    pub fn is_for_government(self) -> bool {
        match self {
            Act::NotAccept
            | Act::Dispatch
            | Act::Handle
            | Act::SignResult
            | Act::ReviewAsHub
            | Act::ReviewAsUnit
            | Act::CallBackSecond
            | Act::DecideReturn
            | Act::Arbitrate
            | Act::ProposeException
            | Act::ApproveFiling
            | Act::ApproveUnreasonable
            | Act::ApproveExclusion
            | Act::Appeal
            | Act::StrikeOff
            | Act::DraftOrder
            | Act::ApproveOrder1
            | Act::ApproveOrder2
            | Act::ApproveOrder3
            | Act::Instruct
            | Act::ReleaseReport
            | Act::ApprovePolicy
            | Act::TakeOver
            | Act::SeeDiscipline => true,
            Act::Register
            | Act::AnswerDirectly
            | Act::MarkNuisance
            | Act::ConfirmNuisance
            | Act::ProposeNotAccepted
            | Act::CallBack
            | Act::AskStrikeOff
            | Act::Listen
            | Act::Barge
            | Act::Replay
            | Act::SeeIdentity
            | Act::RevealIdentity
            | Act::DraftReport
            | Act::ReadReleased
            | Act::DraftPolicy => false,
        }
    }
}

/// The roles that may.
pub fn roles_for(act: Act) -> &'static [Role] {
    use Role as R;
    match act {
        Act::Register | Act::AnswerDirectly => &[R::Agent, R::Supervisor, R::Dispatcher],
        Act::MarkNuisance => &[R::Agent, R::Supervisor],
        Act::ConfirmNuisance => &[R::Supervisor],
        Act::ProposeNotAccepted => &[R::Agent],
        Act::NotAccept => &[R::Supervisor, R::Dispatcher, R::Director],
        Act::Dispatch | Act::DecideReturn => &[R::Dispatcher, R::Director],
        Act::Handle | Act::AskStrikeOff => &[R::Liaison],
        Act::SignResult => &[R::UnitHead],
        Act::ReviewAsHub => &[R::SupGroup, R::Director],
        Act::ReviewAsUnit | Act::Appeal => &[R::Liaison, R::UnitHead],
        Act::CallBack => &[R::Callback],
        Act::CallBackSecond => &[R::SupGroup, R::GovSupervision],
        Act::Arbitrate
        | Act::ApproveFiling
        | Act::ApproveUnreasonable
        | Act::ApproveExclusion
        | Act::ApproveOrder1
        | Act::ReleaseReport
        | Act::ApprovePolicy
        | Act::TakeOver => &[R::Director],
        Act::ProposeException | Act::StrikeOff | Act::DraftOrder | Act::DraftReport => {
            &[R::SupGroup]
        }
        Act::ApproveOrder2 => &[R::GovSupervision],
        Act::ApproveOrder3 | Act::Instruct => &[R::Leader],
        Act::Listen => &[R::Supervisor, R::Director, R::Leader],
        Act::Barge => &[R::Supervisor, R::Director],
        Act::Replay => &[R::Supervisor, R::Qa, R::Director],
        Act::SeeIdentity => &[
            R::Supervisor,
            R::Agent,
            R::Callback,
            R::Dispatcher,
            R::SupGroup,
            R::Director,
            R::Leader,
            R::GovSupervision,
        ],
        Act::RevealIdentity => &[R::Qa, R::Liaison, R::UnitHead],
        Act::ReadReleased => &[R::Media],
        Act::DraftPolicy => &[R::Admin],
        Act::SeeDiscipline => &[R::Director, R::Discipline],
    }
}

/// Whether this role may.
pub fn may(role: Role, act: Act) -> bool {
    roles_for(act).contains(&role)
}

/// Whether this person may.
///
/// # Errors
///
/// Another role's, or not for a contractor's people; with the roles that may. Citizens, other
/// systems and the engine are no persons: their commands have guards of their own.
pub fn check(by: &Actor, act: Act) -> Result<(), Refusal> {
    let forbidden = |why: String| Err(Refusal::Forbidden { why, roles: roles_for(act).to_vec() });
    match by {
        Actor::Person { role, .. } if !may(*role, act) => {
            forbidden(format!("the role {} may not {act}", role.as_str()))
        }
        Actor::Person { outsourced: true, .. } if act.is_for_government() => {
            forbidden(format!("a contractor's people may not {act}"))
        }
        Actor::Person { .. } => Ok(()),
        Actor::Citizen | Actor::Partner(_) | Actor::Engine => {
            forbidden(format!("only a person may {act}"))
        }
    }
}

/// Whether `second` may be the second person to what `first` does: another person, whose role
/// proposes or approves such things, of the government's own.
pub fn second(first: &AccountName, second: &Actor, act: Act) -> Result<(), Refusal> {
    if second.account() == Some(first) {
        let why = "the second person is another than the first".to_owned();
        return Err(Refusal::Forbidden { why, roles: roles_for(act).to_vec() });
    }
    check(second, act).or_else(|refusal| check(second, Act::ProposeException).map_err(|_| refusal))
}

/// `approve_order_2`, as in the table.
impl fmt::Display for Act {
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
    fn the_page_above_is_the_table() {
        let page = include_str!("rights.rs");
        let written: Vec<&str> = page.lines().filter(|l| l.starts_with("//! | ")).skip(2).collect();
        let table: Vec<String> = (Act::ALL.iter())
            .map(|act| {
                let roles: Vec<&str> = roles_for(*act).iter().map(|role| role.as_str()).collect();
                format!("//! | {act} | {} |", roles.join(", "))
            })
            .collect();
        assert_eq!(written, table, "\n{}", table.join("\n"));
    }

    #[test]
    fn front_and_back_are_apart() {
        // SEAT-06: who takes calls never supervises, and the other way round.
        for act in Act::ALL {
            assert!(!roles_for(act).is_empty(), "{act}");
            let front = may(Role::Agent, act);
            let back = may(Role::SupGroup, act);
            assert!(!(front && back) || act == Act::SeeIdentity, "{act}");
        }
    }

    #[test]
    fn a_contractors_people_never_dispatch_or_decide() {
        assert_eq!(check(&person(Role::Dispatcher, false), Act::Dispatch), Ok(()));
        assert!(check(&person(Role::Dispatcher, true), Act::Dispatch).is_err());
        assert_eq!(check(&person(Role::Agent, true), Act::Register), Ok(()));
        assert!(check(&person(Role::Supervisor, true), Act::NotAccept).is_err());
        assert!(check(&person(Role::Discipline, true), Act::SeeDiscipline).is_err());
        assert!(check(&Actor::Engine, Act::Dispatch).is_err());
    }

    #[test]
    fn a_refusal_names_who_may() {
        let refusal = check(&person(Role::Agent, false), Act::ApproveOrder2);
        assert_eq!(
            refusal.map_err(|refusal| refusal.to_string()),
            Err("the role agent may not approve_order_2; possible for: gov_supervision".into())
        );
    }

    #[test]
    fn an_exception_takes_two_different_persons() {
        let act = Act::ApproveFiling;
        assert!(second(&"li".into(), &person(Role::Director, false), act).is_err());
        assert_eq!(second(&"wang".into(), &person(Role::Director, false), act), Ok(()));
        assert_eq!(second(&"wang".into(), &person(Role::SupGroup, false), act), Ok(()));
        assert!(second(&"wang".into(), &person(Role::Agent, false), act).is_err());
    }
}
