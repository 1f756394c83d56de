//! SMS a ticket owes its caller: the receipt when it is taken on (T02), the question when it was answered (T21).
//!
//! A question is on record as asked; that it goes out is this rule. What is
//! owed is computed from the log: the deed makes it owed, the order settles
//! it. An order that could not be made in its time is let go: nobody is told
//! next week that their matter was taken on.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use model::{
    TicketId, Timestamp,
    desk::{AskedBy, CourierDeed, Deed, Doer, Entry, Reached, TicketDeed},
};

use serde::{Deserialize, Serialize};

use crate::{
    Desk, Ticket,
    courier::{SmsWish, Templates, Texts, is_mobile},
};

/// What is owed, and since when.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Owed {
    #[serde(with = "pairs")]
    texts: BTreeMap<Name, Timestamp>,
    in_order: VecDeque<(Timestamp, Name)>,
    /// What the rule has not looked at. Not remembered: a start looks at all that is owed.
    unseen: BTreeSet<Name>,
}

/// What the rule has looked at is no part of what it knows.
impl PartialEq for Owed {
    fn eq(&self, other: &Owed) -> bool {
        self.texts == other.texts
    }
}

type Name = (TicketId, Kind);

/// Which SMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Kind {
    /// 已受理: the number and the query code.
    Accepted,
    /// 评价, after the first handling or a later one.
    Evaluation,
}

impl Kind {
    fn of_template(template: &str) -> Option<Kind> {
        match template {
            ACCEPTED => Some(Kind::Accepted),
            FIRST_EVALUATION | LATER_EVALUATION => Some(Kind::Evaluation),
            _ => None,
        }
    }

    /// How long after its deed it may still go.
    fn within(self) -> Duration {
        match self {
            Kind::Accepted => Duration::from_secs(3_600),
            Kind::Evaluation => Duration::from_secs(3 * 86_400),
        }
    }
}

impl Owed {
    /// It happened.
    pub fn apply(&mut self, at: Timestamp, entry: &Entry) {
        match &entry.deed {
            Deed::Ticket(ticket, TicketDeed::Registered { .. }) => {
                self.add(at, (*ticket, Kind::Accepted));
            }
            Deed::Ticket(ticket, TicketDeed::Asked(callback))
                if entry.by == Doer::Engine
                    && callback.how == AskedBy::Sms
                    && callback.reached == Reached::NoAnswer =>
            {
                self.add(at, (*ticket, Kind::Evaluation));
            }
            Deed::Courier(CourierDeed::SmsOrdered(order)) => {
                if let (Some(ticket), Some(kind)) =
                    (order.ticket, Kind::of_template(&order.template))
                {
                    self.settle((ticket, kind));
                }
            }
            _ => {}
        }
        while let Some((since, name)) = self.in_order.front().copied()
            && at.since(since) > name.1.within()
        {
            self.in_order.pop_front();
            // Owed again since: that one has its own place in the line.
            if self.texts.get(&name) == Some(&since) {
                self.settle(name);
            }
        }
    }

    fn add(&mut self, at: Timestamp, name: Name) {
        self.texts.insert(name, at);
        self.in_order.push_back((at, name));
        self.unseen.insert(name);
    }

    fn settle(&mut self, name: Name) {
        self.texts.remove(&name);
        self.unseen.remove(&name);
    }

    /// Whether there is something to look at.
    pub fn is_due(&self) -> bool {
        !self.unseen.is_empty()
    }

    /// The next SMS to order.
    pub fn poll_step(
        &mut self,
        now: Timestamp,
        desk: &Desk,
        templates: &Templates,
        texts: &Texts,
    ) -> Option<CourierDeed> {
        while let Some(name) = self.unseen.pop_first() {
            let since = self.texts.get(&name).copied().unwrap_or_default();
            let in_time = now.since(since) <= name.1.within();
            let wish = desk.ticket(name.0).filter(|_| in_time);
            let wish = wish.and_then(|ticket| wish_of(now, desk, ticket, name.1));
            // Full: it is looked at again by the next life, if that comes in time.
            if let Some(wish) = wish.filter(|_| texts.has_room())
                && let Ok(deed) = texts.order(templates, wish)
            {
                return Some(deed);
            }
        }
        None
    }
}

/// A map whose keys are more than a text, as a list of pairs.
mod pairs {
    use std::collections::BTreeMap;

    use model::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Name;

    pub(super) fn serialize<S: Serializer>(
        map: &BTreeMap<Name, Timestamp>,
        s: S,
    ) -> Result<S::Ok, S::Error> {
        s.collect_seq(map)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        d: D,
    ) -> Result<BTreeMap<Name, Timestamp>, D::Error> {
        Ok(Vec::<(Name, Timestamp)>::deserialize(d)?.into_iter().collect())
    }
}

/// The SMS with all that fills its places; `None` when its caller cannot be written to.
fn wish_of(now: Timestamp, desk: &Desk, ticket: &Ticket, kind: Kind) -> Option<SmsWish> {
    let to = ticket.contact().filter(|number| is_mobile(number))?.clone();
    let no = ("no", ticket.ticket.to_string());
    let (template, values) = match kind {
        Kind::Accepted => {
            let due = desk.promised(ticket, now).map_or_else(String::new, |at| day(desk, at));
            (ACCEPTED, vec![no, ("code", ticket.query_code.clone()), ("due", due)])
        }
        Kind::Evaluation => {
            let short = ("short", short_answer(ticket));
            if ticket.round > 1 {
                (LATER_EVALUATION, vec![no, short])
            } else {
                (FIRST_EVALUATION, vec![no, short, ("unit", handler(desk, ticket, now))])
            }
        }
    };
    Some(SmsWish {
        to,
        template: template.to_owned(),
        values: values.into_iter().map(|(name, text)| (name.to_owned(), text)).collect(),
        ticket: Some(ticket.ticket),
        urgent: false,
        asks: kind == Kind::Evaluation,
    })
}

/// Who handled it, as people know them.
fn handler(desk: &Desk, ticket: &Ticket, now: Timestamp) -> String {
    let of_master = || {
        let master = desk.matter(ticket.matter?)?.master;
        desk.ticket(master)?.lead()
    };
    match ticket.lead().or_else(of_master) {
        Some(unit) => desk.network().name_of(unit, desk.zone().date(now)).to_owned(),
        None => "12345热线".to_owned(),
    }
}

/// What the caller was told, in a line.
fn short_answer(ticket: &Ticket) -> String {
    let told = ticket.replies.iter().rev().find(|reply| !reply.what.interim);
    let text = told.map(|reply| reply.what.text.as_str()).unwrap_or_default();
    let mut chars = text.chars();
    let mut short: String = chars.by_ref().take(SHORT_CHARS).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    // The template goes on after it with a mark of its own.
    short.trim_end_matches(['。', '.', '；', ';']).to_owned()
}

/// `12月3日`
fn day(desk: &Desk, at: Timestamp) -> String {
    let date = desk.zone().date(at);
    format!("{}月{}日", date.month, date.day)
}

const ACCEPTED: &str = "accepted";
const FIRST_EVALUATION: &str = "eval1";
const LATER_EVALUATION: &str = "eval2";
/// Characters of an answer in an SMS: what does not fit was told by phone or stands on the page.
const SHORT_CHARS: usize = 60;
