//! Seats, agents, queues, lines, trunks, prompts and the blacklist: what a running engine takes item
//! by item.

use std::{collections::BTreeMap, fmt::Display, time::Duration};

use acd::QueuePolicy;
use model::{AgentProfile, QueueId, RoutingProfile, SeatId, Skill, SymmetricRtp};

use sha2::{Digest, Sha256};

use super::{Change, ChangeKind, FieldChange, Fields, Takes, differing, set};
use crate::{
    Announcements, Blocked, ConfigFiles, Line, PromptName, Queue, Seat, Settings, Trunk, Voicemail,
    config::hex,
};

/// The changes of everything that has a name of its own in the settings.
pub(super) fn changes(old: &Settings, new: &Settings) -> Vec<Change> {
    let mut changes = seats(&old.seats, &new.seats);
    changes.extend(compare(
        &AGENTS,
        named(&old.agents, |(name, _)| name.to_string(), |(_, profile)| agent(profile)),
        named(&new.agents, |(name, _)| name.to_string(), |(_, profile)| agent(profile)),
    ));
    changes.extend(compare(
        &QUEUES,
        named(&old.queues, |q| q.name.to_string(), queue),
        named(&new.queues, |q| q.name.to_string(), queue),
    ));
    changes.extend(compare(
        &LINES,
        named(&old.lines, |l| l.number.to_string(), line),
        named(&new.lines, |l| l.number.to_string(), line),
    ));
    changes.extend(compare(
        &MENUS,
        named(old.menus.values(), |menu| menu.name.to_string(), menu_fields),
        named(new.menus.values(), |menu| menu.name.to_string(), menu_fields),
    ));
    changes.extend(order_of_lines(old, new));
    changes.extend(compare(
        &TRUNKS,
        named(&old.trunks, |t| t.name.to_string(), trunk),
        named(&new.trunks, |t| t.name.to_string(), trunk),
    ));
    changes.extend(proxies(old, new));
    for (key, before, after) in [
        ("numbers", &old.outbound.numbers, &new.outbound.numbers),
        ("emergency", &old.outbound.emergency, &new.outbound.emergency),
    ] {
        if before != after {
            let (before, after) = (list(before), list(after));
            changes.push(Change {
                file: "trunks.toml",
                of: "outbound".to_owned(),
                kind: ChangeKind::Changed,
                takes: Takes::Reload,
                fields: vec![FieldChange { key: key.to_owned(), before, after }],
                effect: "the next calls to outside numbers are judged by it",
            });
        }
    }
    changes.extend(compare(
        &BLACKLIST,
        named(&old.blacklist, |b| b.number.masked(), blocked),
        named(&new.blacklist, |b| b.number.masked(), blocked),
    ));
    changes
}

/// The changes of prompts. A prompt is its name and the bytes of its file.
pub(super) fn prompts(old: &ConfigFiles, new: &ConfigFiles) -> Vec<Change> {
    let hashes = |files: &ConfigFiles| -> Vec<(String, Fields)> {
        let prompts = files.prompts.iter();
        prompts.map(|(name, file)| (name.clone(), vec![("sha256", file.sha256.clone())])).collect()
    };
    let mut changes = compare(&PROMPTS, hashes(old), hashes(new));
    for field in changes.iter_mut().flat_map(|change| &mut change.fields) {
        // Twelve digits tell two files apart, and leave the line readable.
        field.before.truncate(12);
        field.after.truncate(12);
    }
    changes
}

/// The words about one kind of item.
struct Kind {
    file: &'static str,
    one: &'static str,
    added: &'static str,
    removed: &'static str,
    changed: &'static str,
}

const AGENTS: Kind = Kind {
    file: "agents.toml",
    one: "agent",
    added: "the profile holds at the seat where the person is signed in, for the next offers",
    removed: "the person uses the profile of the seat, for the next offers",
    changed: "the next offers use it; what rings or talks goes on",
};
const QUEUES: Kind = Kind {
    file: "queues.toml",
    one: "queue",
    added: "lines may lead to it at once",
    removed: "callers who wait in it must be moved to another queue (move_to)",
    changed: "waiting callers keep their places; a smaller limit throws nobody out",
};
const LINES: Kind = Kind {
    file: "lines.toml",
    one: "line",
    added: "the next calls are taken",
    removed: "new calls to it are refused; calls that are up go on",
    changed: "the next calls use it; calls that are up go on as they began",
};
const MENUS: Kind = Kind {
    file: "ivr/",
    one: "menu",
    added: "lines may use it",
    removed: "callers who are in it end it as they began",
    changed: "the next callers hear it; callers who are in it end it as they began",
};
const TRUNKS: Kind = Kind {
    file: "trunks.toml",
    one: "trunk",
    added: "its calls are taken at once",
    removed: "it drains: new calls are refused, calls that are up go on",
    changed: "the next calls use it; a smaller limit throws nobody out",
};
const BLACKLIST: Kind = Kind {
    file: "blacklist.toml",
    one: "caller",
    added: "the next calls from there are refused",
    removed: "the next calls from there are taken",
    changed: "the next calls from there are judged by it",
};
const PROMPTS: Kind = Kind {
    file: "prompts/",
    one: "prompt",
    added: "it may be played at once",
    removed: "nothing plays it any more; who hears it hears it to its end",
    changed: "who hears it hears the old one to its end; the next ones hear the new one",
};

/// The changes between two lists of named items. Two items of one name (masked numbers) are compared
/// in their order.
fn compare(kind: &Kind, old: Vec<(String, Fields)>, new: Vec<(String, Fields)>) -> Vec<Change> {
    let old = by_name(old);
    let mut new = by_name(new);
    let mut changes = Vec::new();
    let mut push = |name: &str, what: ChangeKind, fields: Vec<FieldChange>| {
        let effect = match what {
            ChangeKind::Added => kind.added,
            ChangeKind::Removed => kind.removed,
            ChangeKind::Changed => kind.changed,
        };
        let of = format!("{} {name}", kind.one);
        changes.push(Change {
            file: kind.file,
            of,
            kind: what,
            takes: Takes::Reload,
            fields,
            effect,
        });
    };
    for ((name, nth), before) in old {
        match new.remove(&(name.clone(), nth)) {
            Some(after) if after == before => {}
            Some(after) => push(&name, ChangeKind::Changed, differing(&before, &after)),
            None => push(&name, ChangeKind::Removed, Vec::new()),
        }
    }
    for ((name, _), after) in new {
        push(&name, ChangeKind::Added, set(&after));
    }
    changes
}

fn by_name(items: Vec<(String, Fields)>) -> BTreeMap<(String, usize), Fields> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let nth = |(name, fields): (String, Fields)| {
        let count = counts.entry(name.clone()).or_default();
        *count += 1;
        ((name, *count), fields)
    };
    items.into_iter().map(nth).collect()
}

fn named<T>(
    items: impl IntoIterator<Item = T>,
    name: impl Fn(&T) -> String,
    fields: impl Fn(T) -> Fields,
) -> Vec<(String, Fields)> {
    items.into_iter().map(|item| (name(&item), fields(item))).collect()
}

/// The changes of our proxies. Calls may go through one that is gone, so it needs a restart.
fn proxies(old: &Settings, new: &Settings) -> Option<Change> {
    let (before, after) = (list(&old.proxies), list(&new.proxies));
    let is_gone = old.proxies.iter().any(|proxy| !new.proxies.contains(proxy));
    (before != after).then(|| Change {
        file: "trunks.toml",
        of: "[[proxy]]".to_owned(),
        kind: ChangeKind::Changed,
        takes: if is_gone { Takes::Restart } else { Takes::Reload },
        fields: vec![FieldChange { key: "sources".to_owned(), before, after }],
        effect: match is_gone {
            true => "calls may go through a proxy that is gone",
            false => "the next messages are judged by it",
        },
    })
}

/// The order of lines counts where the patterns of two lines overlap.
fn order_of_lines(old: &Settings, new: &Settings) -> Option<Change> {
    let order = |settings: &Settings, other: &Settings| -> Vec<String> {
        let both = |line: &&Line| other.lines.iter().any(|known| known.number == line.number);
        settings.lines.iter().filter(both).map(|line| line.number.to_string()).collect()
    };
    let (before, after) = (order(old, new), order(new, old));
    (before != after).then(|| Change {
        file: "lines.toml",
        of: "the order of lines".to_owned(),
        kind: ChangeKind::Changed,
        takes: Takes::Reload,
        fields: vec![FieldChange {
            key: "order".to_owned(),
            before: before.join(" "),
            after: after.join(" "),
        }],
        effect: "the first line whose numbers match takes the next calls",
    })
}

/// The changes of seats, with one entry for neighbours that change alike.
fn seats(old: &[Seat], new: &[Seat]) -> Vec<Change> {
    let by_number = |seats: &[Seat]| -> BTreeMap<SeatId, Fields> {
        seats.iter().map(|one| (one.seat, seat(one))).collect()
    };
    let (old, new) = (by_number(old), by_number(new));
    let mut alike: BTreeMap<(ChangeKind, Vec<FieldChange>), Vec<SeatId>> = BTreeMap::new();
    for (seat, before) in &old {
        let change = match new.get(seat) {
            Some(after) if after == before => continue,
            Some(after) => (ChangeKind::Changed, differing(before, after)),
            None => (ChangeKind::Removed, Vec::new()),
        };
        alike.entry(change).or_default().push(*seat);
    }
    for (seat, after) in new.iter().filter(|(seat, _)| !old.contains_key(seat)) {
        alike.entry((ChangeKind::Added, set(after))).or_default().push(*seat);
    }
    let change = |((kind, fields), seats): ((ChangeKind, Vec<FieldChange>), Vec<SeatId>)| Change {
        file: "seats.toml",
        of: match seats.as_slice() {
            [one] => format!("seat {one}"),
            several => format!("seats {}", ranges(several)),
        },
        kind,
        takes: Takes::Reload,
        fields,
        effect: match kind {
            ChangeKind::Added => "its phone may register at once",
            ChangeKind::Removed => {
                "it is signed out and its phone unregistered; one in a talk goes \
                                    after it, a call that rings it keeps its place"
            }
            ChangeKind::Changed => "the next offers use it; what rings or talks goes on",
        },
    };
    alike.into_iter().map(change).collect()
}

/// `1001-1010, 1015`
fn ranges(seats: &[SeatId]) -> String {
    let mut ranges: Vec<(SeatId, SeatId)> = Vec::new();
    for seat in seats {
        match ranges.last_mut() {
            Some((_, last)) if last.0.checked_add(1) == Some(seat.0) => *last = *seat,
            _ => ranges.push((*seat, *seat)),
        }
    }
    let one = |(first, last): &(SeatId, SeatId)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    ranges.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn seat(seat: &Seat) -> Fields {
    let Seat { seat: _, policy, contact, symmetric } = seat;
    let acd::SeatPolicy { skills, queues, starts_ready, waits_after_wrap_up } = policy;
    vec![
        ("skills", levels(skills)),
        ("queues", tiers(queues)),
        ("starts_ready", flag(*starts_ready)),
        ("waits_after_wrap_up", flag(*waits_after_wrap_up)),
        ("contact", contact.clone().unwrap_or_default()),
        ("symmetric_rtp", symmetric_rtp(*symmetric)),
    ]
}

fn agent(profile: &AgentProfile) -> Fields {
    let AgentProfile { team, routing: RoutingProfile { skills, queues } } = profile;
    vec![("team", team.clone()), ("skills", levels(skills)), ("queues", tiers(queues))]
}

fn queue(queue: &Queue) -> Fields {
    let Queue { name: _, title, policy, skills, music, announcements, voicemail, thresholds } =
        queue;
    let QueuePolicy {
        strategy,
        ring,
        wrap_up,
        max_length,
        max_wait,
        leave_when_empty,
        overflow,
        widening,
        weight,
    } = policy;
    let Announcements { first, first_after, repeat, every } = announcements;
    let overflow = overflow.iter().map(|o| format!("{} after {}", o.to, time(o.after)));
    let widening = widening
        .iter()
        .map(|w| format!("-{} levels, +{} tiers after {}", w.lower_by, w.tiers, time(w.after)));
    vec![
        ("title", title.clone()),
        ("strategy", strategy.as_str().to_owned()),
        ("ring", time(*ring)),
        ("wrap_up", time(*wrap_up)),
        ("max_wait", max_wait.map(time).unwrap_or_default()),
        ("max_length", max_length.map(|n| n.to_string()).unwrap_or_default()),
        ("skills", levels(skills)),
        ("music", music.to_string()),
        ("voicemail", voicemail.as_ref().map(message).unwrap_or_default()),
        ("announcements.first", list(first)),
        ("announcements.first_after", time(*first_after)),
        ("announcements.repeat", list(repeat)),
        ("announcements.every", every.map(time).unwrap_or_default()),
        ("overflow", overflow.collect::<Vec<_>>().join("; ")),
        ("widening", widening.collect::<Vec<_>>().join("; ")),
        ("leave_when_empty", flag(*leave_when_empty)),
        ("weight", weight.to_string()),
        ("service_level and short_abandon", format!("{thresholds:?}")),
    ]
}

fn line(line: &Line) -> Fields {
    let Line { number: _, aliases, name, trunks, greeting, queue, menu, skills, priority } = line;
    vec![
        ("aliases", list(aliases)),
        ("name", name.clone()),
        ("trunks", list(trunks)),
        ("greeting", list::<PromptName>(greeting)),
        ("queue", queue.to_string()),
        ("menu", menu.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("skills", levels(skills)),
        ("priority", priority.to_string()),
    ]
}

/// The nodes of a menu by name, and a hash of what they do.
fn menu_fields(menu: &ivr::Menu) -> Fields {
    let nodes: Vec<&str> = menu.nodes.iter().map(|node| node.name.as_str()).collect();
    let mut content = hex(&Sha256::digest(format!("{:?}", (&menu.start, &menu.nodes))));
    // Twelve digits tell two menus apart, and leave the line readable.
    content.truncate(12);
    vec![("nodes", nodes.join(", ")), ("content", content)]
}

fn message(voicemail: &Voicemail) -> String {
    let Voicemail { prompts, key, max } = voicemail;
    let key = key.map(|key| format!(", key {key}")).unwrap_or_default();
    format!("{}{key}, at most {}", list(prompts), time(*max))
}

fn trunk(trunk: &Trunk) -> Fields {
    let Trunk {
        name: _,
        sources,
        numbers,
        channels,
        media,
        symmetric,
        dial,
        outbound_channels,
        caller_id,
    } = trunk;
    vec![
        ("sources", list(sources)),
        ("numbers", list(numbers)),
        ("channels", channels.map(|n| n.to_string()).unwrap_or_default()),
        ("media", list(media)),
        ("symmetric_rtp", symmetric_rtp(*symmetric)),
        ("dial", dial.map(|address| address.to_string()).unwrap_or_default()),
        ("outbound_channels", outbound_channels.to_string()),
        ("caller_id", caller_id.clone().unwrap_or_default()),
    ]
}

fn blocked(blocked: &Blocked) -> Fields {
    // The reason may name a person, and the number is masked in the name of the change.
    let Blocked { number: _, reason: _, expires, approver } = blocked;
    vec![
        ("expires", expires.map(|day| day.to_string()).unwrap_or_default()),
        ("approver", approver.clone()),
    ]
}

fn levels(skills: &BTreeMap<Skill, u8>) -> String {
    let one = |(skill, level): (&Skill, &u8)| format!("{skill} {level}");
    skills.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn tiers(queues: &BTreeMap<QueueId, u8>) -> String {
    let one = |(queue, tier): (&QueueId, &u8)| match tier {
        1 => queue.to_string(),
        tier => format!("{queue} (tier {tier})"),
    };
    queues.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn list<T: Display>(items: &[T]) -> String {
    items.iter().map(T::to_string).collect::<Vec<_>>().join(" ")
}

fn flag(flag: bool) -> String {
    if flag { "true" } else { "false" }.to_owned()
}

fn symmetric_rtp(symmetric: SymmetricRtp) -> String {
    format!("{symmetric:?}").to_lowercase()
}

pub(super) fn time(time: Duration) -> String {
    match time.subsec_millis() {
        0 => format!("{}s", time.as_secs()),
        _ => format!("{}ms", time.as_millis()),
    }
}
