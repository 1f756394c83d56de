//! Random menus and random callers.

use std::sync::Arc;

use ivr::{Exit, Input, Menu, MenuFault, MenuFaultKind, Next, Step, Walk};
use proptest::prelude::*;

use crate::common::{Caller, choose, collect, menu, names, play, queue};

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

fn any_name() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&NAMES[..])
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        proptest::option::of(any_name()).prop_map(play),
        (any_name(), any_name(), proptest::option::of(any_name()))
            .prop_map(|(one, two, otherwise)| choose(&[('1', one), ('2', two)], otherwise)),
        any_name().prop_map(|next| collect(false, next)),
        Just(queue("q")),
        Just(Step::HangUp { prompts: names(&["bye"]) }),
        proptest::option::of(any_name()).prop_map(|next| Step::Set {
            skills: Default::default(),
            priority: None,
            variables: Default::default(),
            next: next.map(str::to_owned),
        }),
    ]
}

fn any_menu() -> impl Strategy<Value = Menu> {
    proptest::collection::vec(any_step(), NAMES.len())
        .prop_map(|steps| menu(NAMES.into_iter().zip(steps).collect()))
}

proptest! {
    /// In any graph an input leads to a wait or out of the menu, and never through more nodes
    /// than there are.
    #[test]
    fn every_input_ends_in_a_wait_or_an_exit(menu in any_menu(), keys in "[0-9*#.]{0,40}") {
        let caller = Caller::default();
        let nodes = menu.nodes.len();
        let (mut walk, mut progress) = Walk::start(Arc::new(menu), caller.facts());
        for key in keys.chars() {
            prop_assert!(progress.visits.len() <= nodes + 2);
            if matches!(progress.next, Next::Leave(_)) {
                return Ok(());
            }
            let input = if key == '.' { Input::WaitOver } else { Input::Key(key) };
            progress = walk.handle(input, caller.facts());
        }
    }

    /// In a menu without faults a caller who presses nothing gets out, and comes to a person unless
    /// the menu ends the call.
    #[test]
    fn silent_caller_gets_out_of_a_menu_without_faults(menu in any_menu()) {
        // A random menu seldom uses all its nodes.
        let is_unused = |fault: &MenuFault| fault.kind == MenuFaultKind::Unreachable;
        prop_assume!(menu.faults().iter().all(is_unused));
        let caller = Caller::default();
        let (mut walk, mut progress) = Walk::start(Arc::new(menu), caller.facts());
        // Each node asks twice at most.
        for _ in 0..=NAMES.len() * 2 {
            if let Next::Leave(exit) = &progress.next {
                let is_out = matches!(exit, Exit::Queue { .. } | Exit::HangUp);
                prop_assert!(is_out, "a silent caller goes to a person or is told goodbye");
                return Ok(());
            }
            progress = walk.handle(Input::WaitOver, caller.facts());
        }
        prop_assert!(false, "the caller is still in the menu");
    }
}
