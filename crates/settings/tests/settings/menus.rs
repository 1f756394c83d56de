//! The menus of `ivr/*.toml`.

use ivr::{Case, Condition, Step};
use settings::{Settings, read_menu};

/// The faults of a menu as printed.
fn faults(text: &str) -> Vec<String> {
    let found = read_menu("m", "m.toml", text).err().unwrap_or_default();
    found.iter().map(ToString::to_string).collect()
}

fn node(more: &str) -> String {
    format!("[[node]]\nname = \"a\"\n{more}\n")
}

#[test]
fn shipped_menus_are_read_and_used_by_no_line() {
    let settings = Settings::embedded().expect("the shipped config");
    let names: Vec<&str> = settings.menus.keys().map(|name| name.as_str()).collect();
    assert_eq!(names, ["after-hours", "area-notice", "language"]);
    assert!(settings.lines.iter().all(|line| line.menu.is_none()));
}

#[test]
fn every_kind_of_node_is_read() {
    let text = "start = \"open\"\n\
        [[node]]\nname = \"open\"\ndo = \"branch\"\nelse = \"ask\"\n\
        [[node.case]]\nday = \"off\"\nhours = \"22:00-06:00\"\ncaller = [\"138*\"]\nthen = \"note\"\n\
        [[node]]\nname = \"ask\"\ndo = \"menu\"\nplay = [\"p\"]\nkeys = { 1 = \"id\", \"*\" = \"bye\" }\n\
        [[node]]\nname = \"id\"\ndo = \"collect\"\ninto = \"id\"\nmin = 2\nmax = 4\nend = \"*\"\nsecret = true\nnext = \"more\"\n\
        [[node]]\nname = \"more\"\ndo = \"set\"\nskills = { english = 3 }\nvariables = { x = \"1\" }\nnext = \"q\"\n\
        [[node]]\nname = \"note\"\ndo = \"play\"\nplay = [\"p\"]\nnext = \"message\"\n\
        [[node]]\nname = \"q\"\ndo = \"queue\"\n\
        [[node]]\nname = \"message\"\ndo = \"voicemail\"\nqueue = \"q\"\n\
        [[node]]\nname = \"bye\"\ndo = \"hang_up\"\nplay = [\"p\"]\n";
    assert_eq!(faults(text), [""; 0]);
    let menu = read_menu("m", "m.toml", text).expect("a menu");
    let when = vec![
        Condition::Hours { from: 22 * 60, until: 6 * 60 },
        Condition::WorkingDay(false),
        Condition::Caller(vec!["138*".to_owned()]),
    ];
    let cases = vec![Case { when, then: Some("note".to_owned()) }];
    let open = Step::Branch { cases, otherwise: Some("ask".to_owned()) };
    assert_eq!(menu.node("open").map(|node| &node.step), Some(&open));
    let id = menu.node("id").map(|node| &node.step);
    let Some(Step::Collect { min: 2, max: 4, end: Some('*'), is_secret: true, .. }) = id else {
        panic!("{id:?}")
    };
}

#[test]
fn faults_name_the_key_and_what_would_be_right() {
    let one = |text: &str, expected: &str| {
        let found = faults(text);
        assert!(found.len() == 1 && found[0].contains(expected), "{expected}\n{found:#?}");
    };
    one("", "node: the menu has no node; add a [[node]]");
    one(&node("do = \"dance\""), "node[0].do");
    one(&node("do = \"queue\"\nplay = [\"p\"]"), "\"play\" means nothing for do = \"queue\"");
    one(&node("do = \"menu\""), "no key leads anywhere");
    one(&node("do = \"menu\"\nkeys = { a = \"a\" }"), "\"a\" is not a key");
    one(&node("do = \"menu\"\nkeys = { 1 = \"b\" }"), "it leads to \"b\", which is no node here");
    one(&node("do = \"collect\""), "node[0].into: \"into\" is missing");
    one(&node("do = \"collect\"\ninto = \"x\"\nmin = 5\nmax = 4"), "at least 5 digits");
    one(&node("do = \"voicemail\""), "node[0].queue: \"queue\" is missing");
    one(&node("do = \"branch\""), "the branch has no case");
    one(&node("do = \"branch\"\n[[node.case]]\n"), "the case has no condition");
    one(&node("do = \"branch\"\n[[node.case]]\nvariable = \"x\""), "a variable needs its values");
    one(&node("do = \"branch\"\n[[node.case]]\nhours = \"8-25\""), "is not a span of a day");
    let bye = "[[node]]\nname = \"bye\"\ndo = \"hang_up\"\n";
    let only_bye = node("do = \"play\"\nnext = \"bye\"") + bye;
    one(&only_bye, "from \"a\" no caller gets to a person or to voicemail");
}

#[test]
fn all_faults_of_a_file_are_told_at_once() {
    let text = node("do = \"menu\"\nkeys = { x = \"a\" }\ntimeout = \"5\"\nnex = \"a\"");
    assert_eq!(faults(&text).len(), 3, "{:#?}", faults(&text));
    let text =
        node("do = \"collect\"\nmin = 0\ninto = \"\"\nnext = \"\"\nelse = \"\"\nplay = [\"\"]");
    assert_eq!(faults(&text).len(), 5, "{:#?}", faults(&text));
}
