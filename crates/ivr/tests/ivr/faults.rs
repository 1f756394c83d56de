//! The checks of the graph, and its drawing.

use ivr::{Menu, MenuFaultKind, Step};

use crate::common::{choose, menu, names, play, queue, to};

fn faults(menu: &Menu) -> Vec<(String, MenuFaultKind)> {
    menu.faults().into_iter().map(|fault| (fault.node, fault.kind)).collect()
}

fn fault(node: &str, kind: MenuFaultKind) -> (String, MenuFaultKind) {
    (node.to_owned(), kind)
}

#[test]
fn menu_with_a_way_to_a_person_has_no_fault() {
    let nodes = vec![
        ("ask", choose(&[('1', "zh"), ('9', "ask")], None)),
        ("zh", play(Some("q"))),
        ("q", queue("mandarin")),
    ];
    assert_eq!(faults(&menu(nodes)), []);
}

#[test]
fn missing_double_and_unreachable_nodes_are_faults() {
    let nodes = vec![("a", play(Some("b"))), ("a", play(None))];
    let no_b = MenuFaultKind::NoSuchNode { to: "b".to_owned() };
    assert_eq!(faults(&menu(nodes)), [fault("a", MenuFaultKind::Twice), fault("a", no_b)]);

    let nodes = vec![("a", play(None)), ("lost", queue("q"))];
    assert_eq!(faults(&menu(nodes)), [fault("lost", MenuFaultKind::Unreachable)]);

    let start = Menu { start: "x".to_owned(), ..menu(vec![("a", play(None))]) };
    let no_start = MenuFaultKind::NoSuchNode { to: "x".to_owned() };
    assert_eq!(faults(&start), [fault("", no_start)]);
}

#[test]
fn menu_that_only_hangs_up_has_no_way_to_a_person() {
    let bye = Step::HangUp { prompts: names(&["bye"]) };
    let nodes = vec![("a", play(Some("bye"))), ("bye", bye)];
    assert_eq!(faults(&menu(nodes)), [fault("a", MenuFaultKind::NoPerson)]);
}

#[test]
fn caller_who_presses_nothing_does_not_go_round_for_ever() {
    // Both get out by a key, but not in silence.
    let nodes = vec![
        ("ask", choose(&[('1', "q")], Some("again"))),
        ("again", play(Some("ask"))),
        ("q", queue("q")),
    ];
    let endless = ["again", "ask"].map(|node| fault(node, MenuFaultKind::Endless));
    assert_eq!(faults(&menu(nodes)), endless);
}

#[test]
fn drawing_has_every_node_and_edge() {
    let nodes = vec![
        ("ask", choose(&[('1', "q")], None)),
        ("q", Step::Play { prompts: names(&["a \"b\""]), next: to("ask") }),
    ];
    let expected = "flowchart TD\n  \
        start([\"test\"]) --> n0\n  \
        n0{\"ask: menu ask, wrong\"}\n  \
        n1[\"q: play a #quot;b#quot;\"]\n  \
        n0 -->|\"1\"| n1\n  \
        n0 -->|\"else\"| line\n  \
        n1 --> n0\n  \
        line([\"queue of the line\"])\n";
    assert_eq!(menu(nodes).mermaid(), expected);
}
