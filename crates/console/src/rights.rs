//! Which role may do what, on one page.

use model::event::Role;

/// Something only some roles may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    /// See every call, not only those they answered.
    AllCalls,
    /// Hear recordings; each listening is audited.
    Recordings,
    /// See how every agent worked, not only themselves.
    AllAgents,
    /// Steer seats other than the own, and hang up any call.
    AllSeats,
    /// See tickets.
    Tickets,
    /// See callers' numbers and names whole.
    WholeNumbers,
    /// See who logged in, who heard what, which account was made.
    Audit,
}

/// The table.
pub(crate) fn may(role: Role, right: Right) -> bool {
    match role {
        Role::Admin | Role::Supervisor => true,
        Role::Qa => matches!(right, Right::AllCalls | Right::Recordings | Right::Tickets),
        // An agent's lists hold own calls and tickets only, whose callers they
        // must be able to call back.
        Role::Agent => matches!(right, Right::WholeNumbers | Right::Tickets),
        // The hub's own people see whom they serve (hotline.md 2.7).
        Role::Callback
        | Role::Dispatcher
        | Role::SupGroup
        | Role::Director
        | Role::Leader
        | Role::GovSupervision => matches!(right, Right::WholeNumbers | Right::Tickets),
        // Units see what was given to them; the rest what was made for them.
        Role::Liaison
        | Role::UnitHead
        | Role::Media
        | Role::Discipline
        | Role::Grid
        | Role::Vendor
        | Role::Auditor
        | Role::Archivist
        | Role::Platform => false,
    }
}
