//! Reads the config folder into settings, with one module for each file.

mod agents;
mod blacklist;
mod codes;
mod courier;
mod desk;
mod heartline;
pub(crate) mod ivr;
mod lines;
mod network;
mod open311;
mod patterns;
mod prompts;
mod queues;
mod reports;
mod seats;
mod served;
mod templates;
mod trunks;

use std::{collections::BTreeSet, time::Duration};

use model::CalendarTable;
use toml::{Spanned, de::DeTable};

use crate::{
    Fault, Line, Queue, Settings,
    folder::Folder,
    keys::{self, Key},
    kinds::Names,
    page::{Faults, Page, Table},
};

/// The settings of a folder, or all its faults.
pub(crate) fn settings(folder: &Folder, faults: Faults) -> Result<Settings, Vec<Fault>> {
    let read = read(folder, &faults);
    let found = faults.sorted();
    match read {
        Some(settings) if found.is_empty() => Ok(settings),
        _ if found.is_empty() => Err(vec![impossible(folder)]),
        _ => Err(found),
    }
}

fn read(folder: &Folder, faults: &Faults) -> Option<Settings> {
    let page = |file: &str| {
        let text = folder.texts.get(file).map(|text| text.as_ref());
        let page = Page::new(folder.path(file), text.unwrap_or_default(), faults);
        // Folders of older versions have no agents.toml; then every seat's own profile is used.
        (page, text.is_some() || file == AGENTS)
    };
    let pages = FILES.map(page);
    let tables = pages.each_ref().map(|(page, there)| open(page, *there));
    let [heartline, trunks, lines, queues, seats, agents] = std::array::from_fn(|i| {
        let (page, _) = pages.get(i)?;
        Some(Table::root(page, tables.get(i)?.as_ref()?))
    });

    let prompts = prompts::read(folder, faults);
    let names = Defined::new(folder, queues.as_ref(), trunks.as_ref(), lines.as_ref());
    let menus = ivr::read(folder, faults, &names);
    let general = heartline.as_ref().map(|root| heartline::read(root, &names));
    let trunks = trunks.as_ref().map(trunks::read);
    let lines = lines.as_ref().map(|root| lines::read(root, &names));
    let queues = queues.as_ref().map(|root| queues::read(root, &names));
    let seats = seats.as_ref().map(|root| seats::read(root, &names));
    let agents = agents.as_ref().map(|root| agents::read(root, &names));

    check_references(
        trunks.as_ref(),
        lines.as_ref(),
        queues.as_deref(),
        seats.as_ref(),
        agents.as_ref(),
    );
    let blacklist = match &lines {
        Some(lines) => blacklist::read(folder, faults, lines),
        None => None,
    };

    let courier = optional(folder, faults, "courier.toml", courier::read);
    let desk = optional(folder, faults, "desk.toml", desk::read);
    let reports = optional(folder, faults, "reports.toml", reports::read);
    let sms_templates = optional(folder, faults, "desk/sms.toml", templates::read);

    let general = general??;
    let trunks = trunks?;
    let queues = plain(queues?);
    let mut lines = plain(lines?.lines);
    add_queue_skills(&mut lines, &queues);
    let mut desk = desk?;
    desk.rules.area_code = general.hotline.area_code.clone();
    Some(Settings {
        hotline: general.hotline,
        sip: general.sip,
        media: general.media,
        recording: general.recording,
        http: general.http,
        open311: general.open311,
        data: general.data,
        intake: general.intake,
        start: general.start,
        drain: general.drain,
        duties: general.duties,
        feature_codes: general.feature_codes,
        seat_rules: general.seat_rules,
        notices: general.notices,
        proxies: trunks.proxies,
        outbound: trunks.outbound,
        trunks: plain(trunks.trunks),
        lines,
        menus: menus?,
        queues,
        seats: seats?.into_seats(),
        agents: agents?.into_profiles(),
        blacklist: blacklist?,
        courier: courier?,
        desk,
        reports: reports?,
        sms_templates: sms_templates?,
        prompts: prompts?,
        // The calendar is read from its own folder.
        calendar: CalendarTable::default(),
    })
}

/// Checks the references between files. A check is left out when one of its files is invalid.
fn check_references(
    trunks: Option<&trunks::Trunks<'_>>,
    lines: Option<&lines::Lines<'_>>,
    queues: Option<&[Placed<'_, Queue>]>,
    seats: Option<&seats::Seats<'_>>,
    agents: Option<&agents::Agents<'_>>,
) {
    let Some(lines) = lines else { return };
    if let (Some(queues), Some(seats), Some(agents)) = (queues, seats, agents) {
        served::check(queues, lines, seats, agents);
    }
    if let Some(trunks) = trunks {
        trunks::check(trunks, lines);
    }
    if let Some(seats) = seats {
        seats::check(seats, lines);
    }
}

/// Adds the skills that a queue requires to those of its lines.
fn add_queue_skills(lines: &mut [Line], queues: &[Queue]) {
    for line in lines {
        if let Some(queue) = queues.iter().find(|queue| queue.name == line.queue) {
            line.skills = served::together(&queue.skills, &line.skills);
        }
    }
}

/// Reads an optional file. When it is missing, all its keys have their defaults.
fn optional<T>(
    folder: &Folder,
    faults: &Faults,
    file: &str,
    read: impl FnOnce(&Table<'_>) -> Option<T>,
) -> Option<T> {
    let text = folder.texts.get(file).map_or("", |text| text.as_ref());
    let page = Page::new(folder.path(file), text, faults);
    let tables = open(&page, true)?;
    read(&Table::root(&page, &tables))
}

/// The names that other sections may refer to.
pub(crate) struct Defined {
    prompts: Names,
    queues: Names,
    /// The queues whose callers may leave a message.
    with_voicemail: Names,
    trunks: Names,
    lines: Names,
    menus: Names,
}

impl Defined {
    /// The names in a folder. Those of a file that could not be parsed are not known.
    fn new(
        folder: &Folder,
        queues: Option<&Table<'_>>,
        trunks: Option<&Table<'_>>,
        lines: Option<&Table<'_>>,
    ) -> Defined {
        Defined {
            prompts: Names(Some(folder.prompts.keys().cloned().collect())),
            queues: Names(queues.map(|root| named(root, "queue", &keys::queue::NAME))),
            with_voicemail: Names(queues.map(|root| {
                let has = |table: &DeTable<'_>| table.contains_key(keys::queue::VOICEMAIL.name);
                named_where(root, "queue", &keys::queue::NAME, has)
            })),
            trunks: Names(trunks.map(|root| named(root, "trunk", &keys::trunk::NAME))),
            lines: Names(lines.map(|root| named(root, "line", &keys::line::NUMBER))),
            menus: Names(Some(ivr::names(folder))),
        }
    }
}

/// A setting, and the table it was read from.
pub(crate) type Placed<'a, T> = (T, Table<'a>);

fn plain<T>(placed: Vec<Placed<'_, T>>) -> Vec<T> {
    placed.into_iter().map(|(read, _)| read).collect()
}

/// Parses a file, when it exists and its grammar is valid.
fn open<'a>(page: &Page<'a>, there: bool) -> Option<Spanned<DeTable<'a>>> {
    if !there {
        page.fault(None, "", "the file is missing", "copy it from the shipped config folder");
        return None;
    }
    page.parse()
}

/// The names in `[[kind]]` by their key, including those of faulty tables.
fn named(root: &Table<'_>, kind: &str, key: &Key) -> BTreeSet<String> {
    named_where(root, kind, key, |_| true)
}

/// The same of the tables that fit.
fn named_where(
    root: &Table<'_>,
    kind: &str,
    key: &Key,
    fits: impl Fn(&DeTable<'_>) -> bool,
) -> BTreeSet<String> {
    let Some(value) = root.value(kind) else { return BTreeSet::new() };
    let items = value.value.as_array().into_iter().flatten();
    let tables = items.filter_map(|item| item.get_ref().as_table()).filter(|table| fits(table));
    let name = |table: &DeTable<'_>| Some(table.get(key.name)?.get_ref().as_str()?.to_string());
    tables.filter_map(name).collect()
}

/// The fault for a refusal without a fault, which is a bug of ours.
fn impossible(folder: &Folder) -> Fault {
    Fault {
        file: folder.shown.clone(),
        line: 0,
        column: None,
        key: String::new(),
        what: "the config was refused without a reason".into(),
        right: "report this as a bug of Heartline".into(),
    }
}

const FILES: [&str; 6] =
    ["heartline.toml", "trunks.toml", "lines.toml", "queues.toml", "seats.toml", AGENTS];
const AGENTS: &str = "agents.toml";
/// The longest time that people may wait for anything.
const DAY: Duration = Duration::from_secs(86_400);
