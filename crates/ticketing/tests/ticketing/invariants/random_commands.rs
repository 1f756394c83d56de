//! Any sequence of commands keeps every invariant.

use proptest::prelude::*;
use ticketing::{Rules, rules::ReplyRule};

use super::player::Player;

fn plays(rules: Rules, moves: &[u64]) -> Result<Player, TestCaseError> {
    let mut player = Player::new(rules);
    for (n, seed) in moves.iter().enumerate() {
        let kept = player.step(*seed);
        prop_assert!(kept.is_ok(), "move {n}: {:?}\nafter {:?}", kept, player.log.last());
    }
    let kept = player.end();
    prop_assert!(kept.is_ok(), "at the end: {:?}", kept);
    Ok(player)
}

/// Rules without SMS: people call back, so that tickets close in more ways.
fn by_people() -> Rules {
    let (unsatisfied_sms, unsatisfied_calls) = (1, 0);
    let (reply_by, further_signatures) = (ReplyRule::Both, vec!["区长".into()]);
    let rules = Rules { reply_by, further_signatures, ..Rules::shipped() };
    let rules = Rules { ask_by_sms: false, rounds_max: 0, ..rules };
    Rules { unsatisfied_sms, unsatisfied_calls, ..rules }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn random_commands_keep_every_invariant(moves in prop::collection::vec(any::<u64>(), 1..400)) {
        plays(Rules::shipped(), &moves)?;
    }

    #[test]
    fn random_commands_without_sms_keep_every_invariant(moves in prop::collection::vec(any::<u64>(), 1..400)) {
        plays(by_people(), &moves)?;
    }
}

/// Random commands reach every state; otherwise the invariants above might hold of an empty desk.
#[test]
fn random_commands_reach_every_state() {
    use model::desk::{AssignmentState, TicketClosure, TicketState};
    let (mut states, mut closures, mut units) = (vec![], vec![], vec![]);
    let (mut accepted, mut refused) = (0, 0);
    for run in 0..40_u64 {
        let mut player = Player::new(if run % 2 == 0 { Rules::shipped() } else { by_people() });
        let mut pick = super::pick::Pick::new(run);
        for _ in 0..600 {
            player.step(pick.next()).expect("every invariant holds");
            for ticket in player.desk.tickets() {
                states.push(ticket.state);
                closures.extend(ticket.closure);
                units.extend(ticket.assignments.iter().map(|a| a.state));
            }
            states.sort();
            states.dedup();
            closures.sort();
            closures.dedup();
            units.sort();
            units.dedup();
        }
        player.end().expect("every invariant holds");
        accepted += player.accepted;
        refused += player.refused;
    }
    // Archived and cancelled tickets leave the desk.
    let left = [TicketState::Archived, TicketState::Cancelled];
    let live: Vec<_> = TicketState::ALL.iter().filter(|state| !left.contains(state)).collect();
    assert_eq!(states.iter().collect::<Vec<_>>(), live);
    assert_eq!(closures, TicketClosure::ALL);
    assert_eq!(units, AssignmentState::ALL);
    assert!(accepted > 1_000 && refused > 1_000, "{accepted} accepted, {refused} refused");
}
