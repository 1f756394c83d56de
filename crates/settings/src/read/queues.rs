//! `queues.toml`: the queues of callers and how each chooses a seat.

use std::{collections::BTreeMap, ops::RangeInclusive, time::Duration};

use acd::{Overflow, QueuePolicy, Strategy, Widening};
use model::QueueId;
use stats::Thresholds;

use super::{DAY, Defined, Placed};
use crate::{
    Announcements, Queue, Voicemail,
    keys::{self, announcements, overflow, queue, voicemail, widening},
    kinds::{self, LEVEL_MAX},
    page::{Table, Value, nearest},
};

pub(super) fn read<'a>(root: &Table<'a>, defined: &Defined) -> Vec<Placed<'a, Queue>> {
    root.report_unknown(["queue"].into_iter());
    let tables = root.tables("queue", &keys::queue::SECTION);
    if tables.is_empty() {
        root.wrong("queue", "no queue is defined, so no caller can wait", "add a [[queue]]");
    }
    let mut places: BTreeMap<QueueId, String> = BTreeMap::new();
    let mut queues = Vec::new();
    for t in tables {
        let Some(queue) = read_queue(&t, defined) else { continue };
        if let Some(first) = places.get(&queue.name) {
            let what = format!("queue \"{}\" is already defined at {first}", queue.name);
            t.wrong(queue::NAME.name, what, "choose another name");
        }
        places.entry(queue.name.clone()).or_insert_with(|| t.place());
        queues.push((queue, t));
    }
    queues
}

fn read_queue(t: &Table<'_>, defined: &Defined) -> Option<Queue> {
    let name = t.read(&queue::NAME, kinds::name);
    let title = t.read(&queue::TITLE, kinds::text);
    let strategy = t.read(&queue::STRATEGY, strategy);
    let ring = t.read(&queue::RING, kinds::duration(seconds(3, 300)));
    let wrap_up = t.read(&queue::WRAP_UP, kinds::duration(seconds(0, 3_600)));
    let max_wait = t.optional(&queue::MAX_WAIT, kinds::duration(seconds(5, DAY.as_secs())));
    let max_length = t.read(&queue::MAX_LENGTH, kinds::count(1..=100_000));
    let skills = t.read(&queue::SKILLS, kinds::skills);
    let music = t.read(&queue::MUSIC, kinds::prompt(&defined.prompts));
    let announcements = t
        .table(queue::ANNOUNCEMENTS.name, &announcements::SECTION)
        .and_then(|t| announce(&t, defined));
    let voicemail = match t.value(queue::VOICEMAIL.name) {
        Some(value) => {
            let read = value.table(&voicemail::SECTION).and_then(|t| leave_message(&t, defined));
            read.map(Some)
        }
        None => Some(None),
    };
    let overflow = t.read(&queue::OVERFLOW, kinds::list(|v| overflow_step(v, defined)));
    let widening = t.read(&queue::WIDENING, kinds::list(widening_step));
    let leave_when_empty = t.read(&queue::LEAVE_WHEN_EMPTY, kinds::flag);
    let weight = t.read(&queue::WEIGHT, kinds::small(0..=u8::MAX));
    let service_level = t.read(&queue::SERVICE_LEVEL, kinds::duration(seconds(1, 3_600)));
    let short_abandon = t.read(&queue::SHORT_ABANDON, kinds::duration(seconds(0, 300)));

    let name = QueueId::from(name?.as_str());
    let (mut overflow, mut widening) = (overflow?, widening?);
    overflow.sort_by_key(|step| step.after);
    widening.sort_by_key(|step| step.after);
    check_steps(t, &name, &overflow, &widening);
    let title = title?;
    Some(Queue {
        title: if title.is_empty() { name.to_string() } else { title },
        name,
        policy: QueuePolicy {
            strategy: strategy?,
            ring: ring?,
            wrap_up: wrap_up?,
            max_length: Some(max_length?),
            max_wait: max_wait?,
            leave_when_empty: leave_when_empty?,
            overflow,
            widening,
            weight: weight?,
        },
        skills: skills?,
        music: music?,
        announcements: announcements?,
        voicemail: voicemail?,
        thresholds: Thresholds {
            answer_ms: millis(service_level?),
            short_abandon_ms: millis(short_abandon?),
        },
    })
}

/// Reports steps that change nothing for callers who wait longer.
fn check_steps(t: &Table<'_>, name: &QueueId, overflow: &[Overflow], widening: &[Widening]) {
    for (i, step) in overflow.iter().enumerate() {
        if step.to == *name {
            let what = format!("\"{name}\" overflows to itself");
            t.wrong(queue::OVERFLOW.name, what, "name another queue");
        }
        if overflow.iter().take(i).any(|earlier| earlier.to == step.to) {
            let what = format!("\"{}\" is listed twice", step.to);
            t.wrong(queue::OVERFLOW.name, what, "list each queue once");
        }
    }
    for pair in widening.windows(2) {
        let [earlier, later] = pair else { continue };
        let narrower = later.lower_by < earlier.lower_by || later.tiers < earlier.tiers;
        if narrower || earlier.after == later.after {
            let what =
                format!("the step after {:?} does not widen more than the one before", later.after);
            t.wrong(queue::WIDENING.name, what, "increase lower_by or tiers with each later step");
        }
    }
}

fn announce(t: &Table<'_>, defined: &Defined) -> Option<Announcements> {
    let prompts = || kinds::list(kinds::prompt(&defined.prompts));
    let first = t.read(&announcements::FIRST, prompts());
    let after = t.read(&announcements::FIRST_AFTER, kinds::duration(seconds(0, 3_600)));
    let repeat = t.read(&announcements::REPEAT, prompts());
    let every = t.optional(&announcements::EVERY, kinds::duration(seconds(10, 3_600)));
    let (repeat, every) = (repeat?, every?);
    if repeat.is_empty() != every.is_none() {
        let what = "only one of repeat and every is set";
        t.wrong(announcements::EVERY.name, what, "set both, or neither");
    }
    Some(Announcements { first: first?, first_after: after?, repeat, every })
}

fn leave_message(t: &Table<'_>, defined: &Defined) -> Option<Voicemail> {
    let prompts = t.read(&voicemail::PROMPTS, kinds::list(kinds::prompt(&defined.prompts)));
    let key = t.optional(&voicemail::KEY, kinds::key);
    let max = t.read(&voicemail::MAX, kinds::duration(seconds(10, 600)));
    let prompts = prompts?;
    if prompts.is_empty() {
        let what = "the list is empty, so that callers would not know what to do";
        t.wrong(voicemail::PROMPTS.name, what, "name a prompt and a tone");
    }
    Some(Voicemail { prompts, key: key?, max: max? })
}

fn overflow_step(v: &Value<'_>, defined: &Defined) -> Option<Overflow> {
    let t = v.table(&overflow::SECTION)?;
    let after = t.read(&overflow::AFTER, kinds::duration(Duration::ZERO..=DAY));
    let to = t.read(&overflow::TO, kinds::known("queue", &defined.queues));
    Some(Overflow { after: after?, to: QueueId::from(to?.as_str()) })
}

fn widening_step(v: &Value<'_>) -> Option<Widening> {
    let t = v.table(&widening::SECTION)?;
    let after = t.read(&widening::AFTER, kinds::duration(Duration::ZERO..=DAY));
    let lower_by = t.read(&widening::LOWER_BY, kinds::small(0..=LEVEL_MAX));
    let tiers = t.read(&widening::TIERS, kinds::small(0..=LEVEL_MAX));
    let step = Widening { after: after?, lower_by: lower_by?, tiers: tiers? };
    if step.lower_by == 0 && step.tiers == 0 {
        return v.wrong("the step changes nothing", "set lower_by or tiers");
    }
    Some(step)
}

fn strategy(v: &Value<'_>) -> Option<Strategy> {
    let word = kinds::text(v)?;
    let words = Strategy::ALL.map(Strategy::as_str);
    Strategy::ALL.into_iter().find(|s| s.as_str() == word).or_else(|| {
        let right = match nearest(&word, words.into_iter()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => format!("known: {}", words.join(", ")),
        };
        v.wrong(format!("there is no strategy \"{word}\""), right)
    })
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn seconds(least: u64, most: u64) -> RangeInclusive<Duration> {
    Duration::from_secs(least)..=Duration::from_secs(most)
}
