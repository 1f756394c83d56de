//! Rights on items, and the states in which commands are possible. hotline.md 2.7 has no row for
//! them: the rules are the project's own.

use model::{
    desk::{Actor, KnowledgeState, UnitId, Visibility},
    event::Role,
};

use super::item::Item;
use workflow::Refusal;

/// An action on an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Want,
    Write,
    Revise,
    Submit,
    Review,
    Show,
    Use,
    Report,
    Dismiss,
    Retire,
}

impl Action {
    /// The actions on an existing item.
    const ON_ITEM: [Action; 9] = [
        Action::Write,
        Action::Revise,
        Action::Submit,
        Action::Review,
        Action::Show,
        Action::Use,
        Action::Report,
        Action::Dismiss,
        Action::Retire,
    ];

    /// The word in the API.
    fn word(self) -> &'static str {
        match self {
            Action::Want => "want",
            Action::Write => "write",
            Action::Revise => "revise",
            Action::Submit => "submit",
            Action::Review => "review",
            Action::Show => "show",
            Action::Use => "use",
            Action::Report => "report",
            Action::Dismiss => "dismiss",
            Action::Retire => "retire",
        }
    }

    fn roles(self) -> &'static [Role] {
        match self {
            Action::Want | Action::Report => &REPORTERS,
            Action::Use => &ANSWERERS,
            Action::Write | Action::Revise | Action::Submit | Action::Retire => &EDITORS,
            Action::Review | Action::Show | Action::Dismiss => &REVIEWERS,
        }
    }

    /// Whether the state of an item allows the action.
    fn fits(self, item: &Item) -> bool {
        use KnowledgeState as S;
        match self {
            Action::Want => false,
            Action::Write => item.state == S::Wanted,
            Action::Revise => !matches!(item.state, S::Wanted | S::Retired),
            Action::Submit => matches!(item.state, S::Draft | S::SentBack | S::Published),
            Action::Review => item.state == S::Submitted,
            Action::Show | Action::Use => item.published.is_some(),
            Action::Report => item.shown().is_some(),
            Action::Dismiss => item.state == S::Wanted || !item.reports.is_empty(),
            Action::Retire => !matches!(item.state, S::Wanted | S::Retired),
        }
    }
}

/// Whether `by` may do this with an item of `owner`.
pub(super) fn may(by: &Actor, action: Action, owner: Option<&UnitId>) -> Result<(), Refusal> {
    let forbidden = |why: &str| {
        let roles = action.roles().to_vec();
        Err(Refusal::Forbidden { why: why.to_owned(), roles })
    };
    let (role, unit, outsourced) = match by {
        Actor::Person { role, unit, outsourced, .. } => (*role, unit.as_ref(), *outsourced),
        // A rule, or the command line.
        Actor::Engine => return Ok(()),
        Actor::Citizen | Actor::Partner(_) => {
            return forbidden("the desk keeps the knowledge base");
        }
    };
    if !action.roles().contains(&role) {
        return forbidden("this role has no right for this in the knowledge base");
    }
    // Outsourced accounts never decide (hotline.md 2.7).
    if outsourced && action.roles() == REVIEWERS {
        return forbidden("outsourced accounts cannot decide");
    }
    let keeps = matches!(action, Action::Write | Action::Revise | Action::Submit | Action::Retire);
    if keeps && !REVIEWERS.contains(&role) && owner.is_some() && unit != owner {
        return forbidden("a unit can change its own items only");
    }
    Ok(())
}

/// Whether the state allows the action; the error lists the actions that are possible for `by`.
pub(super) fn now(by: &Actor, action: Action, item: &Item) -> Result<(), Refusal> {
    if action.fits(item) {
        return Ok(());
    }
    let can = |action: &&Action| action.fits(item) && may(by, **action, item.owner()).is_ok();
    let allowed = Action::ON_ITEM.iter().filter(can).map(|action| action.word()).collect();
    let state = match item.state {
        KnowledgeState::Wanted => "wanted",
        KnowledgeState::Draft => "draft",
        KnowledgeState::Submitted => "submitted",
        KnowledgeState::SentBack => "sent_back",
        KnowledgeState::Published => "published",
        KnowledgeState::Retired => "retired",
    };
    Err(Refusal::NotNow { state: state.to_owned(), allowed })
}

/// The visibility that an actor may read: reviewers everything, the desk published items, others
/// public items. A unit may also read its own drafts.
pub fn readable_visibility(by: &Actor) -> Visibility {
    match by {
        Actor::Engine => Visibility::Draft,
        Actor::Citizen | Actor::Partner(_) => Visibility::Public,
        Actor::Person { role, .. } if REVIEWERS.contains(role) => Visibility::Draft,
        Actor::Person { role, .. } => match role {
            Role::Media | Role::Vendor | Role::Platform | Role::Grid => Visibility::Public,
            _ => Visibility::Internal,
        },
    }
}

/// Roles that review and publish.
const REVIEWERS: [Role; 3] = [Role::Dispatcher, Role::Supervisor, Role::Director];
/// Roles that write: a unit its own items, the hub any.
const EDITORS: [Role; 5] =
    [Role::Liaison, Role::UnitHead, Role::Dispatcher, Role::Supervisor, Role::Director];
/// Roles that answer callers.
const ANSWERERS: [Role; 7] = [
    Role::Agent,
    Role::Supervisor,
    Role::Callback,
    Role::Dispatcher,
    Role::Director,
    Role::Liaison,
    Role::UnitHead,
];
/// Roles that report wrong or missing items.
const REPORTERS: [Role; 9] = [
    Role::Agent,
    Role::Supervisor,
    Role::Callback,
    Role::Dispatcher,
    Role::Director,
    Role::Liaison,
    Role::UnitHead,
    Role::Qa,
    Role::SupGroup,
];
