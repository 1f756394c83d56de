//! Callers hear prompts, and their keys lead to queues.

use std::{collections::BTreeMap, time::Duration};

use ivr::{Case, Condition, Exit, Input, Listen, Next, Outcome, Step};
use primitives::{LineId, QueueId, Skill};

use crate::common::{Caller, choose, collect, menu, names, play, queue, to};

fn listen(prompts: &[&str], seconds: u64) -> Next {
    Next::Listen(Listen { prompts: names(prompts), wait: Duration::from_secs(seconds) })
}

fn to_queue(name: Option<&str>) -> Next {
    let (queue, skills, priority) = (name.map(QueueId::from), BTreeMap::new(), None);
    Next::Leave(Exit::Queue { queue, skills, priority })
}

#[test]
fn key_leads_to_its_queue_and_is_on_record() {
    let caller = Caller::default();
    let language = vec![
        ("language", choose(&[('1', "zh"), ('2', "en")], Some("zh"))),
        ("zh", queue("mandarin")),
        ("en", queue("english")),
    ];
    let (mut walk, first) = caller.enter(menu(language));
    assert_eq!(first.next, listen(&["ask"], 5));
    let next = walk.handle(Input::Key('2'), caller.facts());
    assert_eq!(next.next, to_queue(Some("english")));
    let visits: Vec<_> = next.visits.iter().map(|v| (v.node.as_str(), &v.outcome)).collect();
    assert_eq!(visits, [("language", &Outcome::Key('2')), ("en", &Outcome::Done)]);
}

#[test]
fn wrong_key_and_silence_ask_again_and_then_go_on() {
    let caller = Caller::default();
    let nodes = vec![("ask", choose(&[('1', "zh")], None)), ("zh", queue("mandarin"))];
    let (mut walk, _) = caller.enter(menu(nodes));
    let wrong = walk.handle(Input::Key('9'), caller.facts());
    assert_eq!(wrong.next, listen(&["wrong", "ask"], 5));
    // The second try was the last: the queue of the line.
    let silent = walk.handle(Input::WaitOver, caller.facts());
    assert_eq!(silent.next, to_queue(None));
    assert_eq!(silent.visits[0].outcome, Outcome::TimedOut);
}

#[test]
fn digits_end_with_the_most_the_end_key_or_a_pause() {
    let caller = Caller::default();
    let nodes = || menu(vec![("id", collect(false, "q")), ("q", queue("q"))]);
    for (keys, digits) in [("1234", "1234"), ("123#", "123")] {
        let (mut walk, _) = caller.enter(nodes());
        let steps = keys.chars().map(|key| walk.handle(Input::Key(key), caller.facts()));
        let last = steps.last().expect("keys were pressed");
        assert_eq!(last.visits[0].outcome, Outcome::Digits(digits.to_owned()));
        assert_eq!(last.next, to_queue(Some("q")));
    }
    let (mut walk, _) = caller.enter(nodes());
    assert_eq!(walk.handle(Input::Key('1'), caller.facts()).next, listen(&[], 5));
    walk.handle(Input::Key('2'), caller.facts());
    let paused = walk.handle(Input::WaitOver, caller.facts());
    assert_eq!(paused.visits[0].outcome, Outcome::Digits("12".to_owned()));
    // Too few digits are asked for again.
    let (mut walk, _) = caller.enter(nodes());
    walk.handle(Input::Key('1'), caller.facts());
    let few = walk.handle(Input::Key('#'), caller.facts());
    assert_eq!(
        (few.next, &few.visits[0].outcome),
        (listen(&["wrong", "type"], 5), &Outcome::Wrong)
    );
}

#[test]
fn secret_digits_are_not_in_the_visits() {
    let caller = Caller::default();
    let (mut walk, _) = caller.enter(menu(vec![("id", collect(true, "q")), ("q", queue("q"))]));
    assert!(walk.is_secret());
    let steps = "4321".chars().map(|key| walk.handle(Input::Key(key), caller.facts()));
    let steps: Vec<_> = steps.flat_map(|progress| progress.visits).collect();
    assert_eq!(steps[0].outcome, Outcome::SecretDigits(4));
    assert!(!walk.is_secret());
}

#[test]
fn keys_do_not_interrupt_what_must_be_heard() {
    let caller = Caller::default();
    let (mut walk, first) = caller.enter(menu(vec![("notice", play(None))]));
    assert_eq!(first.next, listen(&["notice"], 0));
    assert_eq!(walk.handle(Input::Key('1'), caller.facts()).next, Next::Ignored);
    assert_eq!(walk.handle(Input::WaitOver, caller.facts()).next, to_queue(None));
}

fn branch(when: Vec<Condition>) -> ivr::Menu {
    let cases = vec![Case { when, then: to("yes") }];
    let branch = Step::Branch { cases, otherwise: to("no") };
    menu(vec![("branch", branch), ("yes", queue("yes")), ("no", queue("no"))])
}

fn leads_to_yes(when: Vec<Condition>, caller: &Caller) -> bool {
    let (_, progress) = caller.enter(branch(when));
    progress.next == to_queue(Some("yes"))
}

#[test]
fn branch_goes_by_hour_day_caller_and_line() {
    let at = |minute| Caller { minute, ..Caller::default() };
    let day = Condition::Hours { from: 8 * 60, until: 18 * 60 };
    let night = Condition::Hours { from: 22 * 60, until: 6 * 60 };
    let within = |hours: &Condition, minute| leads_to_yes(vec![hours.clone()], &at(minute));
    assert!(within(&day, 8 * 60) && within(&day, 18 * 60 - 1));
    assert!(!within(&day, 18 * 60) && !within(&day, 0));
    assert!(within(&night, 23 * 60) && within(&night, 0) && within(&night, 6 * 60 - 1));
    assert!(!within(&night, 6 * 60) && !within(&night, 12 * 60));

    let caller = Caller::default();
    assert!(leads_to_yes(vec![Condition::WorkingDay(true)], &caller));
    assert!(!leads_to_yes(vec![Condition::WorkingDay(false)], &caller));
    assert!(leads_to_yes(vec![Condition::Caller(names(&["138*"]))], &caller));
    assert!(!leads_to_yes(vec![Condition::Caller(names(&["139*"]))], &caller));
    let withheld = Caller { number: primitives::Number::new(""), ..Caller::default() };
    assert!(!leads_to_yes(vec![Condition::Caller(names(&["*"]))], &withheld));
    assert!(leads_to_yes(vec![Condition::Line(vec![LineId::from("12345")])], &caller));
    // All conditions of a case must hold.
    let both = vec![Condition::WorkingDay(true), Condition::Line(vec![LineId::from("12346")])];
    assert!(!leads_to_yes(both, &caller));
}

#[test]
fn typed_digits_and_set_values_decide_a_branch_and_go_along() {
    let caller = Caller::default();
    let is_vip = Condition::Variable { name: "id".into(), values: names(&["77", "78"]) };
    let cases = vec![Case { when: vec![is_vip], then: to("mark") }];
    let nodes = vec![
        ("id", collect(false, "who")),
        ("who", Step::Branch { cases, otherwise: None }),
        (
            "mark",
            Step::Set {
                skills: BTreeMap::from([(Skill::from("english"), 5)]),
                priority: Some(3),
                variables: BTreeMap::new(),
                next: to("q"),
            },
        ),
        ("q", queue("q")),
    ];
    let (mut walk, _) = caller.enter(menu(nodes));
    walk.handle(Input::Key('7'), caller.facts());
    walk.handle(Input::Key('8'), caller.facts());
    let progress = walk.handle(Input::Key('#'), caller.facts());
    let skills = BTreeMap::from([(Skill::from("english"), 5)]);
    let exit = Exit::Queue { queue: Some(QueueId::from("q")), skills, priority: Some(3) };
    assert_eq!(progress.next, Next::Leave(exit));
}

#[test]
fn voicemail_and_the_end_of_the_call_are_ways_out() {
    let caller = Caller::default();
    let voicemail = Step::Voicemail { queue: QueueId::from("q") };
    let nodes = vec![
        ("ask", choose(&[('1', "message"), ('2', "bye")], None)),
        ("message", voicemail),
        ("bye", Step::HangUp { prompts: names(&["bye"]) }),
    ];
    let (mut walk, _) = caller.enter(menu(nodes.clone()));
    let left = walk.handle(Input::Key('1'), caller.facts());
    assert_eq!(left.next, Next::Leave(Exit::Voicemail { queue: QueueId::from("q") }));
    let (mut walk, _) = caller.enter(menu(nodes));
    assert_eq!(walk.handle(Input::Key('2'), caller.facts()).next, listen(&["bye"], 0));
    assert_eq!(walk.handle(Input::WaitOver, caller.facts()).next, Next::Leave(Exit::HangUp));
}
