//! The table of rights: the roles that have each.

use model::event::Role;

use super::Right;

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
        Right::Accounts | Right::Configure => &[R::Admin],
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
