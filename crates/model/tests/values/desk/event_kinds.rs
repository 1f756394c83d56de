//! The names of the desk's events.

use model::desk::event_kinds;

#[test]
fn event_kinds_list_desk_events_without_courier() {
    let kinds = event_kinds();
    for kind in [
        "ticket.opened",
        "ticket.given_up",
        "ticket.closed_unsatisfied",
        "ticket.urged",
        "assignment.child_back",
        "assignment.head_signed",
        "dissatisfaction.struck_off",
    ] {
        assert!(kinds.iter().any(|known| known == kind), "{kind} is not among {kinds:#?}");
    }
    for subject in ["filing.", "order."] {
        assert!(kinds.iter().any(|known| known.starts_with(subject)), "{subject}");
    }
    assert!(!kinds.iter().any(|known| known.starts_with("courier.")));
}
