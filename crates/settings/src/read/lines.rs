//! `lines.toml`: the numbers that citizens dial.

use std::collections::BTreeMap;

use model::{LineId, MenuId, QueueId, TrunkId};

use super::{
    Defined, Placed,
    patterns::{line_numbers, overlap},
};
use crate::{
    Line, keys, kinds,
    page::{Table, Value},
};

/// The content of the file.
pub(super) struct Lines<'a> {
    pub(super) lines: Vec<Placed<'a, Line>>,
    /// The blacklist's file name, and the value that names it.
    pub(super) blacklist: Option<(String, Value<'a>)>,
    pub(super) all_sound: bool,
}

pub(super) fn read<'a>(root: &Table<'a>, defined: &Defined) -> Lines<'a> {
    root.report_unknown(keys::lines::SECTION.names());
    let named = root.value(keys::lines::BLACKLIST.name);
    let blacklist = named.as_ref().map(|v| Some((file_name(v)?, v.clone())));
    let tables = root.tables("line", &keys::line::SECTION);
    if tables.is_empty() {
        root.wrong("line", "no line is defined, so no number can be called", "add a [[line]]");
    }
    let read: Vec<Option<Placed<'a, Line>>> =
        tables.into_iter().map(|t| Some((line(&t, defined)?, t))).collect();
    let all_sound = read.iter().all(Option::is_some);
    let lines: Vec<Placed<'a, Line>> = read.into_iter().flatten().collect();
    check_numbers(&lines);
    Lines { lines, blacklist: blacklist.flatten(), all_sound }
}

fn line(t: &Table<'_>, defined: &Defined) -> Option<Line> {
    let number = t.read(&keys::line::NUMBER, kinds::digits);
    let aliases = t.read(&keys::line::ALIASES, kinds::set(kinds::pattern));
    let name = t.read(&keys::line::NAME, kinds::text);
    let trunks = t.read(&keys::line::TRUNKS, kinds::set(kinds::known("trunk", &defined.trunks)));
    let greeting = t.read(&keys::line::GREETING, kinds::list(kinds::prompt(&defined.prompts)));
    let queue = t.read(&keys::line::QUEUE, kinds::known("queue", &defined.queues));
    let menu = t.optional(&keys::line::MENU, kinds::known("menu", &defined.menus));
    let skills = t.read(&keys::line::SKILLS, kinds::skills);
    let priority = t.read(&keys::line::PRIORITY, kinds::small(0..=u8::MAX));
    Some(Line {
        number: LineId::from(number?.as_str()),
        aliases: aliases?,
        name: name?,
        trunks: trunks?.iter().map(|name| TrunkId::from(name.as_str())).collect(),
        greeting: greeting?,
        queue: QueueId::from(queue?.as_str()),
        menu: menu?.map(|menu| MenuId::from(menu.as_str())),
        skills: skills?,
        priority: priority?,
    })
}

/// Reports numbers that lead to more than one line.
fn check_numbers(lines: &[Placed<'_, Line>]) {
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (line, t) in lines {
        for number in line_numbers(line) {
            if let Some((other, place)) = seen.iter().find(|(other, _)| overlap(other, number)) {
                let key = if number == line.number.as_str() { "number" } else { "aliases" };
                let what =
                    format!("\"{number}\" and \"{other}\" at {place} can match the same call");
                t.wrong(key, what, "let each number match one line only");
            }
        }
        seen.extend(line_numbers(line).map(|number| (number, t.place())));
    }
}

/// The name of a file in the config folder; a path is refused.
fn file_name(v: &Value<'_>) -> Option<String> {
    let text = kinds::some_text(v)?;
    if text.contains(['/', '\\']) || !text.ends_with(".toml") {
        return v.wrong(
            format!("\"{text}\" is not the name of a file in this folder"),
            "write \"blacklist.toml\"",
        );
    }
    Some(text)
}
