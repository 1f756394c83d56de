//! After any commands, every open ticket is on the list of an actor who may act on it.

use std::collections::BTreeSet;

use model::desk::{Actor, TicketState, UnitId};
use ticketing::{
    Rules, Ticket,
    order::Orders,
    rules::ReplyRule,
    worklist::{self, WorkContext, WorkItem, WorkKind},
};

use super::{people, pick::Pick, player::Player};

/// Whether a ticket needs no work: it is over, or it follows a matter that the desk knows.
fn needs_no_work(player: &Player, ticket: &Ticket) -> bool {
    let over = matches!(
        ticket.state,
        TicketState::Closed | TicketState::Archived | TicketState::Cancelled
    );
    let follows = ticket.state == TicketState::Following
        && ticket.matter.and_then(|matter| player.desk.matter(matter)).is_some();
    over || follows
}

fn items(player: &Player, ticket: &Ticket) -> Vec<WorkItem> {
    let (now, working_time, policy) =
        (player.now, player.desk.working_time(), &player.desk.rules().clocks);
    let orders = ticket.matter.and_then(|matter| player.desk.orders_of(matter));
    let orders = orders.map(Orders::summary).unwrap_or_default();
    worklist::items_of_ticket(
        ticket,
        WorkContext { now, working_time, policy, level_two_unmet: false, orders },
    )
}

/// The actors on whose list the item is, each moved to the unit that the item names.
fn actors_for(all_actors: &[Actor], item: &WorkItem, hub: &UnitId) -> Vec<Actor> {
    let of_unit = |actor: &Actor| match (actor, &item.unit) {
        (Actor::Person { account, role, outsourced, .. }, Some(unit)) if item.work.is_of_unit() => {
            let (account, unit) = (account.clone(), Some(unit.clone()));
            Actor::Person { account, role: *role, unit, outsourced: *outsourced }
        }
        (actor, _) => actor.clone(),
    };
    all_actors.iter().map(of_unit).filter(|actor| item.is_for(actor, |unit| unit == hub)).collect()
}

#[test]
fn open_ticket_is_on_the_list_of_somebody_who_may_act_on_it() {
    let all_actors = people::all_actors();
    let mut seen = BTreeSet::new();
    for run in 0..30_u64 {
        let mut rules = Rules { ask_by_sms: run % 2 == 0, ..Rules::shipped() };
        if run % 3 == 0 {
            rules.reply_by = if run % 2 == 0 { ReplyRule::Unit } else { ReplyRule::Both };
            rules.further_signatures = vec!["区长".into()];
        }
        let mut player = Player::new(rules);
        let hub = player.desk.rules().hub.clone();
        let mut pick = Pick::new(run);
        for _ in 0..400 {
            player.step(pick.next()).expect("every invariant holds");
            for ticket in player.desk.tickets() {
                let items = items(&player, ticket);
                assert!(
                    !items.is_empty() || needs_no_work(&player, ticket),
                    "{} is {:?} and waits for no one: {:?}",
                    ticket.ticket,
                    ticket.state,
                    ticket.assignments.iter().map(|a| (a.role, a.state)).collect::<Vec<_>>()
                );
                for item in items {
                    seen.insert(item.work);
                    let people = actors_for(&all_actors, &item, &hub);
                    // All callback seats may have worked on the ticket, so that a further person is
                    // needed. A supervising unit may have to wait for the others.
                    if matches!(
                        item.work,
                        WorkKind::CallBack | WorkKind::VerifyRework | WorkKind::Watch
                    ) {
                        continue;
                    }
                    let can = |actor: &Actor| {
                        !worklist::allowed_on_ticket(ticket, item.about, actor).is_empty()
                    };
                    assert!(people.iter().any(can), "{item:?} of {people:?}");
                }
            }
        }
    }
    let of_tickets = WorkKind::ALL.into_iter().filter(|work| {
        use WorkKind as W;
        !matches!(
            work,
            W::SubmitFiling
                | W::ApproveFiling
                | W::ApproveOrder
                | W::IssueOrder
                | W::AnswerOrder
                | W::CheckOrder
                | W::ApproveNetwork
                // These are rare here; `console/tests/api/worklists.rs` tests them.
                | W::ConfirmNuisance
                | W::VerifyRework
                | W::StrikeOff
        )
    });
    let missing: Vec<WorkKind> = of_tickets.filter(|work| !seen.contains(work)).collect();
    assert!(missing.is_empty(), "never met: {missing:?}");
}
