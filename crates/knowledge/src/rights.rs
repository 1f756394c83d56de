//! Who may do what to an item, and in which state (beside hotline.md 2.7, which has no row for it: ours).

use model::{
    desk::{Actor, KnowledgeState, UnitId, Visibility},
    event::Role,
};

use super::item::Item;
use workflow::Refusal;

/// One kind of thing done to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
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

impl Act {
    /// Those done to an item that is there.
    const ON_ITEM: [Act; 9] = [
        Act::Write,
        Act::Revise,
        Act::Submit,
        Act::Review,
        Act::Show,
        Act::Use,
        Act::Report,
        Act::Dismiss,
        Act::Retire,
    ];

    /// Its word in the API.
    fn word(self) -> &'static str {
        match self {
            Act::Want => "want",
            Act::Write => "write",
            Act::Revise => "revise",
            Act::Submit => "submit",
            Act::Review => "review",
            Act::Show => "show",
            Act::Use => "use",
            Act::Report => "report",
            Act::Dismiss => "dismiss",
            Act::Retire => "retire",
        }
    }

    fn roles(self) -> &'static [Role] {
        match self {
            Act::Want | Act::Report => &REPORTERS,
            Act::Use => &ANSWERERS,
            Act::Write | Act::Revise | Act::Submit | Act::Retire => &KEEPERS,
            Act::Review | Act::Show | Act::Dismiss => &REVIEWERS,
        }
    }

    /// Whether it can be done to an item in its state.
    fn fits(self, item: &Item) -> bool {
        use KnowledgeState as S;
        match self {
            Act::Want => false,
            Act::Write => item.state == S::Wanted,
            Act::Revise => !matches!(item.state, S::Wanted | S::Retired),
            Act::Submit => matches!(item.state, S::Draft | S::SentBack | S::Published),
            Act::Review => item.state == S::Submitted,
            Act::Show | Act::Use => item.published.is_some(),
            Act::Report => item.shown().is_some(),
            Act::Dismiss => item.state == S::Wanted || !item.reports.is_empty(),
            Act::Retire => !matches!(item.state, S::Wanted | S::Retired),
        }
    }
}

/// Whether `by` may do it to an item of `owner`.
pub(super) fn may(by: &Actor, act: Act, owner: Option<&UnitId>) -> Result<(), Refusal> {
    let forbidden = |why: &str| {
        let roles = act.roles().to_vec();
        Err(Refusal::Forbidden { why: why.to_owned(), roles })
    };
    let (role, unit, outsourced) = match by {
        Actor::Person { role, unit, outsourced, .. } => (*role, unit.as_ref(), *outsourced),
        // By rule, or on the engine's own command line.
        Actor::Engine => return Ok(()),
        Actor::Citizen | Actor::Partner(_) => {
            return forbidden("the desk keeps the knowledge base");
        }
    };
    if !act.roles().contains(&role) {
        return forbidden("this role does not do that to the knowledge base");
    }
    // Outsourced accounts never decide (2.7).
    if outsourced && act.roles() == REVIEWERS {
        return forbidden("an outsourced account decides nothing");
    }
    let keeps = matches!(act, Act::Write | Act::Revise | Act::Submit | Act::Retire);
    if keeps && !REVIEWERS.contains(&role) && owner.is_some() && unit != owner {
        return forbidden("a unit keeps its own items alone");
    }
    Ok(())
}

/// Whether it can be done now; else what can be, by this person.
pub(super) fn now(by: &Actor, act: Act, item: &Item) -> Result<(), Refusal> {
    if act.fits(item) {
        return Ok(());
    }
    let can = |act: &&Act| act.fits(item) && may(by, **act, item.owner()).is_ok();
    let allowed = Act::ON_ITEM.iter().filter(can).map(|act| act.word()).collect();
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

/// What somebody reads: who reviews everything, whoever is at the desk what is published, the
/// others what is public. A unit's own drafts are its own besides.
pub fn reads(by: &Actor) -> Visibility {
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

/// Who reviews and publishes.
const REVIEWERS: [Role; 3] = [Role::Dispatcher, Role::Supervisor, Role::Director];
/// Who writes: a unit its own, the hub any.
const KEEPERS: [Role; 5] =
    [Role::Liaison, Role::UnitHead, Role::Dispatcher, Role::Supervisor, Role::Director];
/// Who answers citizens.
const ANSWERERS: [Role; 7] = [
    Role::Agent,
    Role::Supervisor,
    Role::Callback,
    Role::Dispatcher,
    Role::Director,
    Role::Liaison,
    Role::UnitHead,
];
/// Who may say that something is wrong or missing.
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
