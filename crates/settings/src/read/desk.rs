//! `desk.toml`: the rules of the desk, from signatures to time limits.

use std::{collections::BTreeMap, time::Duration};

use deadlines::{
    calendar::{OfficeHours, OfficeHoursFault},
    clock::{DayEnd, Policy},
};
use jiff::SignedDuration;
use model::{
    AreaCode,
    desk::{Allowance, ClockKind, UnitId},
};
use ticketing::{
    Rules,
    rules::{Presign, ReplyRule},
    wording::Wording,
};

use super::DAY;
use crate::{
    Desk,
    keys::{Key, callback, clocks, desk, policy, wording},
    kinds,
    page::{Table, Value},
};

pub(super) fn read(root: &Table<'_>) -> Option<Desk> {
    root.report_unknown(["desk", "wording", "callback", "policy"].into_iter());
    let callback = root.table("callback", &callback::SECTION).and_then(|t| callback_rules(&t));
    let policy = root.table("policy", &policy::SECTION).and_then(|t| deadline_policy(&t));
    let wording = root.table("wording", &wording::SECTION).and_then(|t| words(&t));
    let t = root.table("desk", &desk::SECTION)?;
    let hub = t.read(&desk::HUB, kinds::some_text);
    let office_hours = t.read(&desk::OFFICE_HOURS, office_hours);
    let rounds = t.read(&desk::ROUNDS, number(0..=20));
    let reply_by = t.read(&desk::REPLY_BY, kinds::word(REPLY_RULES));
    let presign = t.read(&desk::SIGN_BEFORE_DISPATCH, kinds::word(PRESIGNS));
    let further = t.read(&desk::FURTHER_SIGNATURES, kinds::set(kinds::some_text));
    let claim = t.read(&desk::CLAIM, kinds::duration(MINUTE..=DAY));
    let filing_days = t.read(&desk::FILING_DAYS, number(1..=3_660));
    let reopen_days = t.read(&desk::REOPEN_DAYS, number(0..=366));
    let archive_days = t.read(&desk::ARCHIVE_DAYS, number(1..=3_660));
    let callback = callback?;
    let rules = Rules {
        clocks: policy?,
        hub: UnitId::from(hub?.as_str()),
        rounds_max: rounds?,
        reply_by: reply_by?,
        presign: presign?,
        further_signatures: further?,
        wording: wording?,
        unsatisfied_sms: callback.unsatisfied_sms,
        unsatisfied_calls: callback.unsatisfied_calls,
        tries_min: callback.tries,
        tries_days_min: callback.tries_days,
        reopen_days: reopen_days?,
        filing_days: filing_days?,
        archive_days: archive_days?,
        claim_minutes: u16::try_from(claim?.as_secs() / 60).unwrap_or(u16::MAX),
        ask_by_sms: callback.sms_first,
        quiet_from: callback.quiet_from,
        quiet_to: callback.quiet_to,
        // It is in another file.
        area_code: AreaCode::default(),
    };
    Some(Desk { office_hours: office_hours?, rules })
}

fn words(t: &Table<'_>) -> Option<Wording> {
    let promise = t.read(&wording::PROMISE, kinds::set(kinds::some_text));
    let vague = t.read(&wording::VAGUE, kinds::set(kinds::some_text));
    let passing_on = t.read(&wording::PASSING_ON, kinds::set(kinds::some_text));
    Some(Wording { promise: promise?, vague: vague?, passing_on: passing_on? })
}

/// `[callback]`: how callers are asked whether the result helped.
struct Callback {
    sms_first: bool,
    unsatisfied_sms: u16,
    unsatisfied_calls: u16,
    tries: u16,
    tries_days: u16,
    quiet_from: u8,
    quiet_to: u8,
}

fn callback_rules(t: &Table<'_>) -> Option<Callback> {
    let sms_first = t.read(&callback::SMS_FIRST, kinds::flag);
    let sms = t.read(&callback::UNSATISFIED_SMS, number(0..=9));
    let calls = t.read(&callback::UNSATISFIED_CALLS, number(0..=9));
    let tries = t.read(&callback::TRIES, number(1..=20));
    let days = t.read(&callback::TRIES_DAYS, number(1..=20));
    let from = t.read(&callback::QUIET_FROM, kinds::small(0..=23));
    let to = t.read(&callback::QUIET_TO, kinds::small(0..=23));
    if sms == Some(0) && calls == Some(0) {
        let right = "ask by SMS or by telephone at least once";
        t.wrong(
            "unsatisfied_calls",
            "a ticket could be closed as unsatisfied without asking",
            right,
        );
    }
    if let (Some(tries), Some(days)) = (tries, days)
        && days > tries
    {
        let what = format!("{tries} calls cannot be made on {days} days");
        t.wrong("tries_days", what, format!("write at most {tries}"));
    }
    Some(Callback {
        sms_first: sms_first?,
        unsatisfied_sms: sms?,
        unsatisfied_calls: calls?,
        tries: tries?,
        tries_days: days?,
        quiet_from: from?,
        quiet_to: to?,
    })
}

/// `[policy]`: the time allowed for each step of the work.
fn deadline_policy(t: &Table<'_>) -> Option<Policy> {
    let version = t.read(&policy::VERSION, kinds::count(1..=u32::MAX));
    let document = t.read(&policy::DOCUMENT, kinds::some_text);
    let effective_from = t.read(&policy::EFFECTIVE_FROM, kinds::date);
    let ends = [("midnight", DayEnd::Midnight), ("office_close", DayEnd::OfficeClose)];
    let day_end = t.read(&policy::DAY_END, kinds::word(&ends));
    let extension_days = t.read(&policy::EXTENSION_DAYS, number(1..=366));
    let overdue_days = t.read(&policy::OVERDUE_DAYS, |v| {
        let days = three(number(1..=366))(v)?;
        let grow = days.is_sorted_by(|a, b| a < b);
        if grow { Some(days) } else { v.wrong("the numbers do not increase", "write [3, 5, 10]") }
    });
    let order_reply_days = t.read(&policy::ORDER_REPLY_DAYS, three(number(1..=366)));
    let order_names = t.read(&policy::ORDER_NAMES, three(kinds::some_text));
    let times = t.table("clocks", &clocks::SECTION).and_then(|t| {
        let read: Vec<Option<(ClockKind, Allowance)>> =
            CLOCKS.iter().map(|(key, kind)| Some((*kind, t.read(key, allowance)?))).collect();
        read.into_iter().collect::<Option<BTreeMap<_, _>>>()
    });
    Some(Policy {
        version: version?,
        document: document?,
        effective_from: effective_from?,
        day_end: day_end?,
        extension_days_max: extension_days?,
        overdue_days: overdue_days?,
        order_reply_days: order_reply_days?,
        order_names: order_names?,
        allowances: times?,
    })
}

/// `"7 working days"`, `"2 working hours"`, or a duration that runs all the time: `"24h"`.
fn allowance(v: &Value<'_>) -> Option<Allowance> {
    let text = kinds::some_text(v)?;
    let right = "write \"7 working days\", \"2 working hours\" or \"24h\"";
    let mut words = text.split_whitespace();
    let found = match (words.next(), words.next(), words.next(), words.next()) {
        (Some(n), Some("working"), Some("day" | "days"), None) => {
            n.parse().ok().map(Allowance::Days)
        }
        (Some(n), Some("working"), Some("hour" | "hours"), None) => {
            n.parse::<u32>().ok().and_then(|n| n.checked_mul(3_600)).map(Allowance::Working)
        }
        _ => text
            .parse::<SignedDuration>()
            .ok()
            .and_then(|natural| u32::try_from(natural.as_secs()).ok().map(Allowance::Natural)),
    };
    match found {
        Some(Allowance::Days(0) | Allowance::Natural(0) | Allowance::Working(0)) => {
            v.wrong("a time of zero cannot be kept", right)
        }
        Some(Allowance::Days(days)) if days > Policy::DAYS_MAX => {
            v.wrong(format!("{days} working days are more than {}", Policy::DAYS_MAX), right)
        }
        Some(Allowance::Natural(s) | Allowance::Working(s)) if s > YEAR_S => {
            v.wrong(format!("\"{text}\" is more than a year"), right)
        }
        Some(found) => Some(found),
        None => v.wrong(format!("\"{text}\" is not a time"), right),
    }
}

/// Spans of a day, in order and without overlap.
fn office_hours(v: &Value<'_>) -> Option<OfficeHours> {
    let spans = kinds::list(span)(v)?;
    let right = "write them in order: [\"08:30-12:00\", \"14:00-18:00\"]";
    let count = spans.len();
    match OfficeHours::new(spans) {
        Ok(hours) => Some(hours),
        Err(OfficeHoursFault::Count(_)) => {
            v.wrong(format!("{count} spans are not 1 to {}", OfficeHours::SPANS_MAX), right)
        }
        // Each span by itself was checked when it was read.
        Err(OfficeHoursFault::Overlap(_) | OfficeHoursFault::Backward(..)) => {
            v.wrong("a span begins before the previous one ends", right)
        }
    }
}

fn span(v: &Value<'_>) -> Option<(u32, u32)> {
    match kinds::span_of_day(v)? {
        (from, to) if from < to => Some((from, to)),
        _ => v.wrong("the span goes over midnight", "write \"08:30-12:00\""),
    }
}

/// A whole number within a range.
fn number(range: std::ops::RangeInclusive<u16>) -> impl Fn(&Value<'_>) -> Option<u16> {
    let whole = kinds::whole(u64::from(*range.start())..=u64::from(*range.end()));
    move |v| whole(v).and_then(|n| u16::try_from(n).ok())
}

/// A list of three.
fn three<T>(each: impl Fn(&Value<'_>) -> Option<T>) -> impl Fn(&Value<'_>) -> Option<[T; 3]> {
    let list = kinds::list(each);
    move |v| {
        let found = list(v)?;
        let n = found.len();
        let three = <[T; 3]>::try_from(found).ok();
        three.or_else(|| {
            v.wrong(format!("the list has {n} items"), "write three, one for each level")
        })
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const YEAR_S: u32 = 366 * 86_400;

const REPLY_RULES: &[(&str, ReplyRule)] =
    &[("hub", ReplyRule::Hub), ("unit", ReplyRule::Unit), ("both", ReplyRule::Both)];
const PRESIGNS: &[(&str, Presign)] =
    &[("none", Presign::None), ("important", Presign::Important), ("all", Presign::All)];

/// The key of each clock.
const CLOCKS: [(&Key, ClockKind); 22] = [
    (&clocks::ANSWER, ClockKind::Answer),
    (&clocks::SIGN, ClockKind::Sign),
    (&clocks::RETURN_WINDOW, ClockKind::ReturnWindow),
    (&clocks::FIRST_CONTACT, ClockKind::FirstContact),
    (&clocks::QUICK_RESPOND, ClockKind::QuickRespond),
    (&clocks::QUICK_DANGER, ClockKind::QuickDanger),
    (&clocks::HANDLE_A, ClockKind::HandleA),
    (&clocks::HANDLE_B, ClockKind::HandleB),
    (&clocks::HANDLE_C, ClockKind::HandleC),
    (&clocks::HANDLE_CONSULT, ClockKind::HandleConsult),
    (&clocks::SUPERVISE_REVIEW, ClockKind::SuperviseReview),
    (&clocks::LEADER_SIGNED, ClockKind::LeaderSigned),
    (&clocks::HUB_ACCEPT, ClockKind::HubAccept),
    (&clocks::HUB_REPLY, ClockKind::HubReply),
    (&clocks::CALLBACK_START, ClockKind::CallbackStart),
    (&clocks::FILING_REVIEW, ClockKind::FilingReview),
    (&clocks::ARBITRATE, ClockKind::Arbitrate),
    (&clocks::APPEAL, ClockKind::Appeal),
    (&clocks::LOST_CALL, ClockKind::LostCall),
    (&clocks::MESSAGE_ACK, ClockKind::MessageAck),
    (&clocks::MESSAGE_HUMAN, ClockKind::MessageHuman),
    (&clocks::REVIEW, ClockKind::Review),
];
