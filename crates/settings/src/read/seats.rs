//! `seats.toml`: ranges of seats, expanded to single seats.

use std::collections::BTreeMap;

use model::{QueueId, SeatId};

use super::{
    Defined,
    lines::Lines,
    patterns::{line_numbers, overlap},
};
use crate::{
    Seat,
    keys::{self, seats},
    kinds,
    page::{Table, Value},
};

/// The content of the file.
pub(super) struct Seats<'a> {
    /// Each seat with the table of its range.
    pub(super) seats: BTreeMap<SeatId, (Seat, Table<'a>)>,
    pub(super) all_sound: bool,
}

impl Seats<'_> {
    /// The seats alone.
    pub(super) fn into_seats(self) -> Vec<Seat> {
        self.seats.into_values().map(|(seat, _)| seat).collect()
    }
}

pub(super) fn read<'a>(root: &Table<'a>, defined: &Defined) -> Seats<'a> {
    root.report_unknown(["seats"].into_iter());
    let tables = root.tables("seats", &keys::seats::SECTION);
    if tables.is_empty() {
        root.wrong("seats", "no seat is defined, so no call can be answered", "add a [[seats]]");
    }
    let mut read = Seats { seats: BTreeMap::new(), all_sound: true };
    for t in tables {
        let Some(range) = range(&t, defined) else {
            read.all_sound = false;
            continue;
        };
        for seat in range {
            if let Some((_, first)) = read.seats.get(&seat.seat) {
                let what = format!("seat {} is already defined at {}", seat.seat, first.place());
                t.wrong(seats::NUMBERS.name, what, "put each seat in one range only");
                continue;
            }
            read.seats.insert(seat.seat, (seat, t.clone()));
        }
    }
    read
}

/// Reports seats whose number is a line's number, too.
pub(super) fn check(seats: &Seats<'_>, lines: &Lines<'_>) {
    for (line, _) in &lines.lines {
        // Patterns describe how the network writes a line; a seat does not dial them.
        for number in line_numbers(line).filter(|number| !number.contains('*')) {
            let same = seats.seats.iter().find(|(seat, _)| overlap(number, &seat.to_string()));
            if let Some((seat, (_, t))) = same {
                let what = format!("{seat} is also a number of line \"{}\"", line.number);
                t.wrong(seats::NUMBERS.name, what, "give the seat another number");
            }
        }
    }
}

fn range(t: &Table<'_>, defined: &Defined) -> Option<Vec<Seat>> {
    let numbers = t.read(&seats::NUMBERS, numbers);
    let queues = t.read(&seats::QUEUES, |v| tiers(v, defined));
    let skills = t.read(&seats::SKILLS, kinds::skills);
    let contact = t.optional(&seats::CONTACT, contact);
    let starts_ready = t.read(&seats::STARTS_READY, kinds::flag);
    let waits = t.read(&seats::WAITS_AFTER_WRAP_UP, kinds::flag);
    let symmetric = t.read(&seats::SYMMETRIC, kinds::symmetric);

    let numbers = numbers?;
    let policy = acd::SeatPolicy {
        skills: skills?,
        queues: queues?,
        starts_ready: starts_ready?,
        waits_after_wrap_up: waits?,
    };
    let contact = contact?;
    let symmetric = symmetric?;
    if numbers.len() > 1 && contact.as_ref().is_some_and(|c| !c.contains(PLACE)) {
        let what = format!("{} seats cannot share one contact", numbers.len());
        t.wrong(seats::CONTACT.name, what, "write {seat} in place of the number");
    }
    let seat = |seat: SeatId| Seat {
        seat,
        policy: policy.clone(),
        contact: contact.as_ref().map(|c| c.replace(PLACE, &seat.to_string())),
        symmetric,
    };
    Some(numbers.into_iter().map(seat).collect())
}

/// A table from queue to tier.
pub(super) fn tiers(v: &Value<'_>, defined: &Defined) -> Option<BTreeMap<QueueId, u8>> {
    let tiers = kinds::levels(v)?;
    for name in tiers.keys().filter(|name| !defined.queues.has(name)) {
        kinds::unknown::<()>(v, "queue", name, &defined.queues);
    }
    Some(tiers.iter().map(|(name, tier)| (QueueId::from(name.as_str()), *tier)).collect())
}

/// `"1001-1080"`, `"1001-1010, 1020"`
fn numbers(v: &Value<'_>) -> Option<Vec<SeatId>> {
    let text = kinds::some_text(v)?;
    let mut seats: Vec<SeatId> = Vec::new();
    for part in text.split(',').map(str::trim) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (Some(first), Some(last)) = (seat_number(first), seat_number(last)) else {
            return v.wrong(
                format!("\"{part}\" is not a seat or range"),
                "write \"1001\" or \"1001-1080\"",
            );
        };
        if first > last {
            return v.wrong(format!("\"{part}\" runs backwards"), "write the lower number first");
        }
        if seats.len() as u64 + u64::from(last - first) >= SEATS_MAX {
            let right = format!("write at most {SEATS_MAX} seats in a range");
            return v.wrong(format!("\"{part}\" is too long a range"), right);
        }
        if let Some(twice) = (first..=last).map(SeatId).find(|seat| seats.contains(seat)) {
            return v.wrong(format!("seat {twice} is listed twice"), "list each once");
        }
        seats.extend((first..=last).map(SeatId));
    }
    Some(seats)
}

/// Two to eight digits without a leading 0: a seat is a number, so 01001 would equal 1001.
fn seat_number(text: &str) -> Option<u32> {
    let text = text.trim();
    let digits = (2..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if digits && !text.starts_with('0') { text.parse().ok() } else { None }
}

fn contact(v: &Value<'_>) -> Option<String> {
    let text = kinds::some_text(v)?;
    let right = "write \"sip:1001@192.0.2.10:5060\"";
    let host = text.strip_prefix("sip:").map(|rest| rest.rsplit('@').next().unwrap_or(rest));
    if host.is_none_or(|host| host.is_empty() || host.starts_with(':'))
        || text.contains([' ', '<', '>', '"'])
    {
        return v.wrong(format!("\"{text}\" is not a SIP URI"), right);
    }
    Some(text)
}

/// The placeholder for the seat's number in a contact.
const PLACE: &str = "{seat}";
/// The largest hotlines have some thousands of seats.
const SEATS_MAX: u64 = 20_000;
