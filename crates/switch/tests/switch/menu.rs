//! Callers in a menu before the queue.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use ivr::{Menu, Node, Step, Tries};
use media::PromptId;
use model::{
    Event, MenuId, QueueId, Skill,
    event::{CallEnd, CallQueued, MenuExit, MenuOutcome},
};
use switch::MenuPlan;

use crate::common::Setup;

const GREETING: u16 = 3;
const ASK: u16 = 4;
const WRONG: u16 = 5;
const BYE: u16 = 6;

fn node(name: &str, step: Step) -> Node {
    Node { name: name.to_owned(), step }
}

fn to(name: &str) -> Option<String> {
    Some(name.to_owned())
}

fn tries() -> Tries {
    let timeout = Duration::from_secs(5);
    Tries { count: 2, timeout, wrong: vec!["wrong".to_owned()] }
}

/// 1: a person, 2: a message, 3: the call ends, 4: a secret number and then a person with English.
fn menu() -> Menu {
    let keys = [('1', "person"), ('2', "message"), ('3', "bye"), ('4', "number")];
    let choice = Step::Choose {
        prompts: vec!["ask".to_owned()],
        keys: keys.into_iter().map(|(key, node)| (key, to(node))).collect(),
        tries: tries(),
        otherwise: None,
    };
    let number = Step::Collect {
        prompts: Vec::new(),
        into: "number".to_owned(),
        min: 2,
        max: 4,
        end: Some('#'),
        is_secret: true,
        tries: tries(),
        next: to("english"),
        otherwise: None,
    };
    let english = Step::Set {
        skills: BTreeMap::from([(Skill::from("english"), 3)]),
        priority: Some(7),
        variables: BTreeMap::new(),
        next: to("person"),
    };
    let nodes = vec![
        node("choice", choice),
        node("number", number),
        node("english", english),
        node("person", Step::Queue { queue: Some(QueueId::from("main")) }),
        node("message", Step::Voicemail { queue: QueueId::from("main") }),
        node("bye", Step::HangUp { prompts: vec!["bye".to_owned()] }),
    ];
    let menu = Menu { name: MenuId::from("choice"), start: "choice".to_owned(), nodes };
    assert_eq!(menu.faults(), []);
    menu
}

fn with_menu(menu: Menu) -> Setup {
    let mut setup = Setup::new(1, 10);
    let prompts = [("ask", ASK), ("wrong", WRONG), ("bye", BYE)];
    let prompts = prompts.into_iter().map(|(name, id)| (name.to_owned(), PromptId(id))).collect();
    let plan = Arc::new(MenuPlan { menu: Arc::new(menu), prompts });
    setup.adopt(|switch, _| {
        switch.prompt_lengths = vec![Setup::PROMPT; 10];
        let line = switch.lines.values_mut().next().expect("a line");
        line.menu = Some(plan);
        line.greeting = vec![PromptId(GREETING)];
    });
    setup
}

fn exits(setup: &Setup) -> Vec<MenuExit> {
    let exit = |event: &Event| match event {
        Event::MenuLeft(left) => Some(left.exit),
        _ => None,
    };
    setup.log().iter().filter_map(exit).collect()
}

fn outcomes(setup: &Setup) -> Vec<MenuOutcome> {
    let outcome = |event: &Event| match event {
        Event::MenuVisited(visited) => Some(visited.outcome.clone()),
        _ => None,
    };
    setup.log().iter().filter_map(outcome).collect()
}

fn queued(setup: &Setup) -> Vec<&CallQueued> {
    setup.log().iter().filter_map(queued_by).collect()
}

fn queued_by(event: &Event) -> Option<&CallQueued> {
    match event {
        Event::CallQueued(queued) => Some(queued),
        _ => None,
    }
}

#[test]
fn key_during_the_prompt_leads_to_the_queue_where_the_wait_begins() {
    let mut setup = with_menu(menu());
    setup.sit_down(1001);
    setup.call(1).expect("accepted");
    assert_eq!(setup.last_played(1), [GREETING, ASK]);
    assert!(setup.is_silent(1));
    assert!(setup.ringing().is_empty() && queued(&setup).is_empty());
    setup.pass_s(2);
    setup.presses(1, '1');
    // The rest of the prompt is not heard.
    assert!(setup.prompts_played(1) == 2 && setup.last_played(1).is_empty());
    assert_eq!(setup.ringing(), [(1, 1001)]);
    assert_eq!(exits(&setup), [MenuExit::Queue]);
    assert_eq!(outcomes(&setup), [MenuOutcome::Key { key: '1' }, MenuOutcome::Done]);
    assert!(!setup.is_silent(1));
    setup.pass_s(3);
    setup.seat_picks_up(1001);
    let waited = setup.log().iter().find_map(|event| match event {
        Event::CallConnected(connected) => Some(connected.wait_ms),
        _ => None,
    });
    assert_eq!(waited, Some(3_000));
    let left = setup.log().iter().find_map(|event| match event {
        Event::MenuLeft(left) => Some(left.menu_ms),
        _ => None,
    });
    assert_eq!(left, Some(2_000));
}

#[test]
fn caller_who_presses_nothing_is_asked_again_and_gets_a_person() {
    let mut setup = with_menu(menu());
    setup.call(1).expect("accepted");
    // The prompts take six seconds; the wait of five begins at their end.
    setup.pass_s(6);
    setup.prompts_end(1);
    setup.pass_s(4);
    assert_eq!(setup.prompts_played(1), 1);
    setup.pass_s(1);
    assert_eq!(setup.last_played(1), [ASK]);
    // An end that is told twice, or of other prompts, changes nothing.
    setup.prompts_end(1);
    setup.pass_s(3);
    setup.prompts_end(1);
    setup.pass_s(4);
    assert!(queued(&setup).is_empty());
    setup.pass_s(1);
    assert_eq!(queued(&setup).len(), 1);
    assert_eq!(outcomes(&setup), [MenuOutcome::TimedOut, MenuOutcome::TimedOut]);
}

#[test]
fn caller_whose_phone_takes_no_voice_gets_a_person_by_the_deadlines() {
    let mut setup = with_menu(menu());
    setup.call(1).expect("accepted");
    setup.pass_s(60);
    assert_eq!(queued(&setup).len(), 1);
}

#[test]
fn wrong_key_is_told_and_asked_again() {
    let mut setup = with_menu(menu());
    setup.call(1).expect("accepted");
    setup.presses(1, '9');
    assert_eq!(setup.last_played(1), [WRONG, ASK]);
    assert_eq!(outcomes(&setup), [MenuOutcome::Wrong]);
}

#[test]
fn secret_digits_are_in_no_record_and_skills_go_along() {
    let mut setup = with_menu(menu());
    setup.call(1).expect("accepted");
    setup.presses(1, '4');
    // Two digits more than there may be.
    for key in "567890".chars() {
        setup.presses(1, key);
    }
    setup.pass_s(6);
    setup.presses(1, '8');
    let keys = setup.log().iter().filter_map(|event| match event {
        Event::CallKeyed(keyed) => Some(keyed.key),
        _ => None,
    });
    assert_eq!(keys.collect::<String>(), "48");
    assert!(outcomes(&setup).contains(&MenuOutcome::SecretDigits { count: 4 }));
    let [queued] = queued(&setup)[..] else { panic!("queued once") };
    assert_eq!((queued.priority, &queued.skills[..]), (7, &[Skill::from("english")][..]));
}

#[test]
fn voicemail_of_a_menu_is_the_message_of_a_caller_who_did_not_wait() {
    let mut setup = with_menu(menu());
    setup.call(1).expect("accepted");
    setup.presses(1, '2');
    setup.prompts_end(1);
    setup.pass_s(5);
    setup.presses(1, '#');
    assert_eq!(setup.end_of(1), Some(CallEnd::MessageLeft));
    assert_eq!((exits(&setup), queued(&setup).len()), (vec![MenuExit::Voicemail], 0));
}

#[test]
fn menu_ends_the_call_after_its_prompt() {
    let mut setup = with_menu(menu());
    setup.call(1).expect("accepted");
    setup.presses(1, '3');
    assert_eq!(setup.last_played(1), [BYE]);
    assert_eq!(setup.end_of(1), None);
    setup.pass_s(3);
    setup.prompts_end(1);
    assert_eq!(setup.end_of(1), Some(CallEnd::MenuEnded));
    assert_eq!(exits(&setup), [MenuExit::HungUp]);
}

#[test]
fn caller_who_hangs_up_in_a_menu_was_not_offered() {
    let mut setup = with_menu(menu());
    setup.call(1).expect("accepted");
    setup.caller_hangs_up(1);
    assert_eq!(setup.end_of(1), Some(CallEnd::LeftInMenu));
    assert_eq!((exits(&setup), queued(&setup).len()), (vec![MenuExit::CallerHungUp], 0));
    // Once out of the menu the same is an abandoned call.
    setup.call(2).expect("accepted");
    setup.presses(2, '1');
    setup.caller_hangs_up(2);
    assert_eq!(setup.end_of(2), Some(CallEnd::Abandoned));
}

#[test]
fn caller_ends_the_menu_in_the_version_that_was_entered() {
    let mut setup = with_menu(menu());
    setup.call(1).expect("accepted");
    setup.adopt(|plan, _| plan.lines.values_mut().for_each(|line| line.menu = None));
    setup.presses(1, '9');
    assert_eq!(setup.last_played(1), [WRONG, ASK]);
    setup.call(2).expect("accepted");
    assert_eq!(queued(&setup).len(), 1);
}

#[test]
fn caller_is_not_kept_in_a_menu() {
    // Nine leads back to the question for ever.
    let mut round = menu();
    if let Some(Node { step: Step::Choose { keys, .. }, .. }) = round.nodes.first_mut() {
        keys.insert('9', to("choice"));
    }
    let mut setup = with_menu(round);
    setup.call(1).expect("accepted");
    for _ in 0..200 {
        setup.pass_s(4);
        setup.presses(1, '9');
    }
    assert_eq!((exits(&setup), queued(&setup).len()), (vec![MenuExit::Limit], 1));
    setup.call(2).expect("accepted");
    for _ in 0..600 {
        setup.presses(2, '9');
    }
    assert_eq!(exits(&setup), [MenuExit::Limit, MenuExit::Limit]);
}

#[test]
fn menu_that_says_nothing_lets_the_greeting_be_heard() {
    let nodes = vec![node("person", Step::Queue { queue: None })];
    let open = Menu { name: MenuId::from("open"), start: "person".to_owned(), nodes };
    let mut setup = with_menu(open);
    setup.call(1).expect("accepted");
    assert_eq!(setup.last_played(1), [GREETING]);
    assert_eq!((exits(&setup), queued(&setup).len()), (vec![MenuExit::Queue], 1));
}

#[test]
fn call_in_a_menu_that_the_drain_ends_is_over_once() {
    let mut setup = with_menu(menu());
    setup.call(1).expect("accepted");
    setup.end_all();
    assert_eq!(setup.end_of(1), Some(CallEnd::Drained));
    assert_eq!(exits(&setup), [MenuExit::CallEnded]);
}
