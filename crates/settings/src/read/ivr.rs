//! `ivr/*.toml`: the menus of callers. `ivr` knows the graph; the faults get their places here.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use ivr::{Case, Condition, Menu, MenuFaultKind, Node, Step, Tries};
use model::{LineId, MenuId, QueueId};

use super::{Defined, Placed, open};
use crate::{
    Fault,
    folder::Folder,
    keys::{
        self, Key, case,
        node::{self, DO},
    },
    kinds::{self, Names},
    page::{Faults, Page, Table, Value},
};

/// The menus by name; `None` when one has a fault.
pub(super) fn read(
    folder: &Folder,
    faults: &Faults,
    defined: &Defined,
) -> Option<BTreeMap<MenuId, Menu>> {
    let read: Vec<Option<(MenuId, Menu)>> = menu_files(folder)
        .map(|(name, file)| {
            let text = folder.texts.get(file).map_or("", |text| text.as_ref());
            let page = Page::new(folder.path(file), text, faults);
            let tables = open(&page, true)?;
            let menu = menu(name, &Table::root(&page, &tables), defined)?;
            Some((menu.name.clone(), menu))
        })
        .collect();
    read.into_iter().collect()
}

/// Reads one menu. The queues, prompts and lines that it names are not looked up.
///
/// # Errors
/// All faults of the file.
pub fn read_alone(name: &str, file: &str, text: &str) -> Result<Menu, Vec<Fault>> {
    let faults = Faults::default();
    let page = Page::new(file.to_owned(), text, &faults);
    let tables = open(&page, true);
    let read =
        tables.as_ref().and_then(|t| menu(name, &Table::root(&page, t), &Defined::unknown()));
    match (read, faults.sorted()) {
        (Some(menu), found) if found.is_empty() => Ok(menu),
        (_, found) => Err(found),
    }
}

/// The names of the menus of a folder.
pub(super) fn names(folder: &Folder) -> BTreeSet<String> {
    menu_files(folder).map(|(name, _)| name.to_owned()).collect()
}

/// The menus of a folder: their names and their files.
fn menu_files(folder: &Folder) -> impl Iterator<Item = (&str, &str)> {
    folder.texts.keys().filter_map(|file| {
        let name = file.strip_prefix("ivr/")?.strip_suffix(".toml")?;
        Some((name, file.as_str()))
    })
}

fn menu(name: &str, root: &Table<'_>, defined: &Defined) -> Option<Menu> {
    root.report_unknown(keys::menu::SECTION.names());
    let start = root.optional(&keys::menu::START, kinds::name);
    let tables = root.tables("node", &node::SECTION);
    if tables.is_empty() {
        root.wrong("node", "the menu has no node", "add a [[node]]");
    }
    let read: Vec<Option<Placed<'_, Node>>> =
        tables.into_iter().map(|t| Some((read_node(&t, defined)?, t))).collect();
    let nodes: Option<Vec<Placed<'_, Node>>> = read.into_iter().collect();
    let (start, nodes) = (start?, nodes?);
    let first = nodes.first().map(|(node, _)| node.name.clone());
    let (places, nodes): (Vec<Table<'_>>, Vec<Node>) =
        nodes.into_iter().map(|(node, t)| (t, node)).unzip();
    let menu = Menu { name: MenuId::from(name), start: start.or(first)?, nodes };
    let is_sound = report(&menu, root, &places);
    is_sound.then_some(menu)
}

/// Reports the faults of the graph at the nodes. Returns whether there are none.
fn report(menu: &Menu, root: &Table<'_>, places: &[Table<'_>]) -> bool {
    let faults = menu.faults();
    for fault in &faults {
        let named = menu.nodes.iter().zip(places).rfind(|(node, _)| node.name == fault.node);
        let name = &fault.node;
        let (key, what, right) = match &fault.kind {
            MenuFaultKind::Twice => {
                let what = format!("there are two nodes \"{name}\"");
                (node::NAME.name, what, "give each its own name".to_owned())
            }
            MenuFaultKind::NoSuchNode { to } => {
                let key = if named.is_none() { keys::menu::START.name } else { DO.name };
                let all: Vec<&str> = menu.nodes.iter().map(|node| node.name.as_str()).collect();
                let right = format!("known here: {}", all.join(", "));
                (key, format!("it leads to \"{to}\", which is no node here"), right)
            }
            MenuFaultKind::Unreachable => {
                let right = "let a node lead to it, or remove it".to_owned();
                (node::NAME.name, format!("no caller gets to \"{name}\""), right)
            }
            MenuFaultKind::NoPerson => {
                let what = format!("from \"{name}\" no caller gets to a person or to voicemail");
                (node::NAME.name, what, "let a way lead to a queue".to_owned())
            }
            MenuFaultKind::Endless => {
                let what = format!("a caller who presses no key comes back to \"{name}\" for ever");
                let right = "let its `else` or `next` lead on to a queue".to_owned();
                (node::NAME.name, what, right)
            }
        };
        named.map_or(root, |(_, t)| t).wrong(key, what, right);
    }
    faults.is_empty()
}

fn read_node(t: &Table<'_>, defined: &Defined) -> Option<Node> {
    let name = t.read(&node::NAME, kinds::name);
    let kind = t.read(&DO, kinds::word(KINDS));
    let step = kind.and_then(|kind| read_step(t, kind, defined));
    Some(Node { name: name?, step: step? })
}

/// Each key is read before the first missing one ends it, so that all faults are told at once.
fn read_step(t: &Table<'_>, kind: Kind, defined: &Defined) -> Option<Step> {
    report_useless(t, kind);
    let prompts = t.read(&node::PLAY, kinds::list(prompt(defined)));
    let next = t.optional(&node::NEXT, kinds::name);
    let otherwise = t.optional(&node::ELSE, kinds::name);
    Some(match kind {
        Kind::Play => Step::Play { prompts: prompts?, next: next? },
        Kind::Menu => {
            let (keys, tries) = (t.read(&node::KEYS, key_table), tries(t, defined));
            Step::Choose { prompts: prompts?, keys: keys?, tries: tries?, otherwise: otherwise? }
        }
        Kind::Collect => collect(t, defined, prompts, next, otherwise)?,
        Kind::Branch => {
            let tables = t.tables("case", &case::SECTION);
            if tables.is_empty() {
                t.wrong("case", "the branch has no case", "add a [[node.case]]");
            }
            let cases: Vec<Option<Case>> = tables.iter().map(|t| read_case(t, defined)).collect();
            let cases: Option<Vec<Case>> = cases.into_iter().collect();
            Step::Branch { cases: cases?, otherwise: otherwise? }
        }
        Kind::Set => {
            let skills = t.read(&node::SKILLS, kinds::skills);
            let priority = t.optional(&node::PRIORITY, kinds::small(0..=u8::MAX));
            let variables = t.read(&node::VARIABLES, kinds::text_table);
            let (skills, priority, variables) = (skills?, priority?, variables?);
            Step::Set { skills, priority, variables, next: next? }
        }
        Kind::Queue => {
            let queue = t.optional(&node::QUEUE, kinds::known("queue", &defined.queues))?;
            Step::Queue { queue: queue.map(|queue| QueueId::from(queue.as_str())) }
        }
        Kind::Voicemail => {
            let known = kinds::known("queue with voicemail", &defined.with_voicemail);
            Step::Voicemail { queue: QueueId::from(needed(t, &node::QUEUE, known)?.as_str()) }
        }
        Kind::HangUp => Step::HangUp { prompts: prompts? },
    })
}

fn collect(
    t: &Table<'_>,
    defined: &Defined,
    prompts: Option<Vec<String>>,
    next: Option<Option<String>>,
    otherwise: Option<Option<String>>,
) -> Option<Step> {
    let into = needed(t, &node::INTO, kinds::name);
    let min = t.read(&node::MIN, kinds::small(1..=DIGITS_MAX));
    let max = t.read(&node::MAX, kinds::small(1..=DIGITS_MAX));
    let end = t.read(&node::END, |v| key_of(v, &kinds::text(v)?));
    let is_secret = t.read(&node::SECRET, kinds::flag);
    let tries = tries(t, defined);
    let (min, max) = (min?, max?);
    if min > max {
        let what = format!("at least {min} digits are more than at most {max}");
        t.wrong(node::MAX.name, what, format!("write {min} or more"));
        return None;
    }
    Some(Step::Collect {
        prompts: prompts?,
        into: into?,
        min,
        max,
        end: Some(end?),
        is_secret: is_secret?,
        tries: tries?,
        next: next?,
        otherwise: otherwise?,
    })
}

fn tries(t: &Table<'_>, defined: &Defined) -> Option<Tries> {
    let count = t.read(&node::TRIES, kinds::small(1..=9));
    let second = Duration::from_secs(1);
    let timeout = t.read(&node::TIMEOUT, kinds::duration(second..=30 * second));
    let wrong = t.read(&node::WRONG, kinds::list(prompt(defined)));
    Some(Tries { count: count?, timeout: timeout?, wrong: wrong? })
}

fn read_case(t: &Table<'_>, defined: &Defined) -> Option<Case> {
    let hours = t.optional(&case::HOURS, kinds::span_of_day);
    let day = t.optional(&case::DAY, kinds::word(&[("working", true), ("off", false)]));
    let caller = t.optional(&case::CALLER, kinds::set(kinds::pattern));
    let line = t.optional(&case::LINE, kinds::set(kinds::known("line", &defined.lines)));
    let variable = t.optional(&case::VARIABLE, kinds::name);
    let is = t.read(&case::IS, kinds::set(kinds::text));
    let then = t.optional(&case::THEN, kinds::name);
    let (variable, values) = (variable?, is?);
    if variable.is_some() == values.is_empty() {
        let what = "a variable needs its values, and values need their variable";
        t.wrong(case::IS.name, what, "write variable = \"…\" and is = [\"…\"]");
        return None;
    }
    let line = line?.map(|lines| lines.iter().map(|line| LineId::from(line.as_str())).collect());
    let when: Vec<Condition> = [
        hours?.map(|(from, until)| Condition::Hours { from: minutes(from), until: minutes(until) }),
        day?.map(Condition::WorkingDay),
        caller?.map(Condition::Caller),
        line.map(Condition::Line),
        variable.map(|name| Condition::Variable { name, values }),
    ]
    .into_iter()
    .flatten()
    .collect();
    if when.is_empty() {
        t.wrong(
            case::HOURS.name,
            "the case has no condition",
            "write hours, day, caller, line or variable",
        );
        return None;
    }
    Some(Case { when, then: then? })
}

/// The kinds of nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Play,
    Menu,
    Collect,
    Branch,
    Set,
    Queue,
    Voicemail,
    HangUp,
}

const KINDS: &[(&str, Kind)] = &[
    ("play", Kind::Play),
    ("menu", Kind::Menu),
    ("collect", Kind::Collect),
    ("branch", Kind::Branch),
    ("set", Kind::Set),
    ("queue", Kind::Queue),
    ("voicemail", Kind::Voicemail),
    ("hang_up", Kind::HangUp),
];

impl Kind {
    /// The keys that mean something there, besides `name` and `do`.
    fn keys(self) -> &'static [Key] {
        use node::*;
        match self {
            Kind::Play => &[PLAY, NEXT],
            Kind::Menu => &[PLAY, KEYS, TRIES, TIMEOUT, WRONG, ELSE],
            Kind::Collect => {
                &[PLAY, INTO, MIN, MAX, END, SECRET, TRIES, TIMEOUT, WRONG, NEXT, ELSE]
            }
            Kind::Branch => &[ELSE],
            Kind::Set => &[SKILLS, PRIORITY, VARIABLES, NEXT],
            Kind::Queue | Kind::Voicemail => &[QUEUE],
            Kind::HangUp => &[PLAY],
        }
    }

    fn word(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

/// Reports keys that mean nothing for this kind of node.
fn report_useless(t: &Table<'_>, kind: Kind) {
    let meant: Vec<&str> = kind.keys().iter().map(|key| key.name).collect();
    let always = [node::NAME.name, DO.name];
    for key in node::SECTION.names().filter(|name| !always.contains(name)) {
        let is_case = key == "case" && kind == Kind::Branch;
        if !meant.contains(&key) && !is_case && t.value(key).is_some() {
            let what = format!("\"{key}\" means nothing for do = \"{}\"", kind.word());
            t.wrong(key, what, "remove it");
        }
    }
}

/// Reads a key that this kind of node needs.
fn needed<T>(t: &Table<'_>, key: &Key, read: impl FnOnce(&Value<'_>) -> Option<T>) -> Option<T> {
    t.read(&Key { default: keys::Default::Required, ..*key }, read)
}

fn prompt(defined: &Defined) -> impl Fn(&Value<'_>) -> Option<String> {
    |v| kinds::prompt(&defined.prompts)(v).map(|prompt| prompt.as_str().to_owned())
}

/// The node of each key.
fn key_table(v: &Value<'_>) -> Option<BTreeMap<char, Option<String>>> {
    let entries = v.entries()?;
    if entries.is_empty() {
        return v.wrong("no key leads anywhere", "write keys = { 1 = \"…\" }");
    }
    let read: Vec<Option<(char, Option<String>)>> = entries
        .into_iter()
        .map(|(key, node)| {
            let pressed = key_of(&node, key);
            Some((pressed?, Some(kinds::name(&node)?)))
        })
        .collect();
    read.into_iter().collect()
}

/// A key of a telephone.
fn key_of(v: &Value<'_>, text: &str) -> Option<char> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(key @ ('0'..='9' | '*' | '#')), None) => Some(key),
        _ => v.wrong(format!("\"{text}\" is not a key"), "write 0 to 9, \"*\" or \"#\""),
    }
}

/// Seconds of a day as minutes.
fn minutes(seconds: u32) -> u16 {
    u16::try_from(seconds / 60).unwrap_or_default()
}

impl Defined {
    /// No names are known, so that none is looked up.
    fn unknown() -> Defined {
        let [prompts, queues, with_voicemail, trunks, lines, menus] =
            std::array::from_fn(|_| Names(None));
        Defined { prompts, queues, with_voicemail, trunks, lines, menus }
    }
}

/// The longest number that a caller types: an account of a water or power supplier.
const DIGITS_MAX: u8 = 32;
