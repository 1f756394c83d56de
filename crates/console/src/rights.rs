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
    /// See callers' numbers whole.
    WholeNumbers,
    /// See who logged in, who heard what, which account was made.
    Audit,
}

/// The table.
pub(crate) fn may(role: Role, right: Right) -> bool {
    match role {
        Role::Admin | Role::Supervisor => true,
        Role::Qa => matches!(right, Right::AllCalls | Right::Recordings),
        // An agent's lists hold own calls and tickets only, whose callers they
        // must be able to call back.
        Role::Agent => matches!(right, Right::WholeNumbers),
    }
}
