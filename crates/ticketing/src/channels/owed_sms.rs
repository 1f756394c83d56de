//! SMS that a ticket owes.
//!
//! The caller gets a receipt on registration (T02), replies by SMS (T20), the question after the
//! answer (T21), notice of an extension (hotline.md 2.4) and notice of an unsatisfied end (T24). A
//! unit gets notice of an assignment (T14) and its yellow and red cards (hotline.md 2.5d).
//!
//! The log says that a question was asked; this rule sends it. What is owed is computed from the
//! log: the event makes the SMS owed, the order settles it. An SMS that could not be ordered within
//! its time is dropped, because a late one would mislead: a receipt is of no use a week later.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use model::{
    Number, TicketId, Timestamp,
    desk::{
        Actor, AssignmentEvent, CallbackChannel, ClockKind, DeskEntry, DeskEvent, DispatchRole,
        MessagingEvent, Reached, ReplyBy, SmsOrder, TicketEvent, UrgeSource,
    },
};

use serde::{Deserialize, Serialize};

use crate::{Desk, Ticket, assignment::Assignment};
use deadlines::clock::OverdueLevel;
use messaging::{SmsHistory, SmsRequest, Templates, is_mobile};

/// The SMS that are owed, and since when.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct OwedSms {
    #[serde(with = "pairs")]
    texts: BTreeMap<SmsKey, OwedMessage>,
    in_order: VecDeque<(Timestamp, SmsKey)>,
    /// SMS that the rule has not looked at. Not stored: each start looks at all that are owed.
    unseen: BTreeSet<SmsKey>,
}

/// Which SMS the rule has looked at does not count in a comparison.
impl PartialEq for OwedSms {
    fn eq(&self, other: &OwedSms) -> bool {
        self.texts == other.texts
    }
}

/// One owed SMS, or one to each number of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct OwedMessage {
    since: Timestamp,
    /// For units: the assignments and numbers that were written to.
    told: BTreeSet<(u16, Number)>,
    /// For an extension: its reason.
    reason: String,
}

type SmsKey = (TicketId, SmsKind);

/// The kind of SMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum SmsKind {
    /// 已受理: the ticket's number and the query code.
    Accepted,
    /// 评价: the question, after the first handling or a later one.
    Evaluation,
    /// 延期: an assignment got more time.
    Extended(u16),
    /// 回复: a reply by SMS without a question, named by its time among the ticket's replies.
    Reply(Timestamp),
    /// 不满意结案: the ticket was closed as unsatisfied.
    Unsatisfied,
    /// 派单: to each unit that got an assignment at this time.
    UnitNew(Timestamp),
    /// 黄牌: to the unit of an assignment.
    UnitYellow(u16),
    /// 红牌: to the unit of an assignment.
    UnitRed(u16),
}

impl SmsKind {
    fn template(self, round: u16) -> &'static str {
        match self {
            SmsKind::Accepted => "accepted",
            SmsKind::Evaluation if round > 1 => "eval2",
            SmsKind::Evaluation => "eval1",
            SmsKind::Extended(_) => "extended",
            SmsKind::Reply(_) => "reply",
            SmsKind::Unsatisfied => "unsatisfied",
            SmsKind::UnitNew(_) => "unit_new",
            SmsKind::UnitYellow(_) => "unit_yellow",
            SmsKind::UnitRed(_) => "unit_red",
        }
    }

    /// Whether an order is for this kind of SMS; for units each order covers one number.
    fn is_settled_by(self, order: &SmsOrder) -> bool {
        let named = |kind: SmsKind, round| kind.template(round) == order.template;
        match self {
            SmsKind::Evaluation => named(self, 1) || named(self, 2),
            SmsKind::Extended(n) => named(self, 1) && order.assignment == Some(n),
            _ => named(self, 1),
        }
    }

    fn is_for_units(self) -> bool {
        matches!(self, SmsKind::UnitNew(_) | SmsKind::UnitYellow(_) | SmsKind::UnitRed(_))
    }

    /// How long after its event it may still be ordered.
    fn within(self) -> Duration {
        match self {
            SmsKind::Accepted => Duration::from_secs(3_600),
            SmsKind::Extended(_)
            | SmsKind::UnitNew(_)
            | SmsKind::UnitYellow(_)
            | SmsKind::UnitRed(_) => Duration::from_secs(86_400),
            SmsKind::Evaluation | SmsKind::Reply(_) | SmsKind::Unsatisfied => {
                Duration::from_secs(3 * 86_400)
            }
        }
    }
}

impl OwedSms {
    /// Follows one entry of the log.
    pub fn apply(&mut self, at: Timestamp, entry: &DeskEntry) {
        match &entry.event {
            DeskEvent::Ticket(ticket, event) => {
                if let Some(kind) = owed_by_ticket(at, &entry.by, event) {
                    self.add(at, (*ticket, kind), "");
                }
            }
            DeskEvent::Assignment(id, event) => {
                if let Some((kind, reason)) = owed_by_unit(at, id.n, event) {
                    self.add(at, (id.ticket, kind), reason);
                }
            }
            DeskEvent::Messaging(MessagingEvent::SmsOrdered(order)) => self.ordered(order),
            _ => {}
        }
        while let Some((since, name)) = self.in_order.front().copied()
            && at.since(since) > name.1.within()
        {
            self.in_order.pop_front();
            // When it became owed again since, a later entry of the queue stands for it.
            if self.texts.get(&name).is_some_and(|owing| owing.since == since) {
                self.settle(name);
            }
        }
    }

    fn add(&mut self, at: Timestamp, name: SmsKey, reason: &str) {
        let reason = line(reason, REASON_CHARS);
        self.texts.insert(name, OwedMessage { since: at, told: BTreeSet::new(), reason });
        self.in_order.push_back((at, name));
        self.unseen.insert(name);
    }

    fn ordered(&mut self, order: &SmsOrder) {
        let Some(ticket) = order.ticket else { return };
        let of_ticket = (ticket, SmsKind::Accepted)..=(ticket, SmsKind::UnitRed(u16::MAX));
        let mut settled = None;
        for (name, owing) in self.texts.range_mut(of_ticket) {
            if !name.1.is_settled_by(order) {
                continue;
            }
            match (name.1.is_for_units(), order.assignment) {
                (true, Some(n)) => drop(owing.told.insert((n, order.to.clone()))),
                (true, None) => {}
                // The oldest of several replies, because they are ordered in sequence.
                (false, _) => drop(settled.get_or_insert(*name)),
            }
        }
        settled.into_iter().for_each(|name| self.settle(name));
    }

    fn settle(&mut self, name: SmsKey) {
        self.texts.remove(&name);
        self.unseen.remove(&name);
    }

    /// Whether the rule has an SMS to look at.
    pub fn is_due(&self) -> bool {
        !self.unseen.is_empty()
    }

    /// The next SMS to order.
    pub fn poll_step(
        &mut self,
        now: Timestamp,
        desk: &Desk,
        templates: &Templates,
        texts: &SmsHistory,
    ) -> Option<MessagingEvent> {
        while let Some(name) = self.unseen.first().copied() {
            let owing = self.texts.get(&name);
            let in_time = owing.filter(|owing| now.since(owing.since) <= name.1.within());
            let request = in_time.and_then(|owing| {
                let ticket = desk.ticket(name.0)?;
                match name.1.is_for_units() {
                    true => sms_to_unit(now, desk, ticket, name.1, &owing.told),
                    false => sms_to_caller(now, desk, ticket, name.1, &owing.reason),
                }
            });
            // When too many SMS wait for the gateway, the next start looks at it again, if that is
            // in time.
            if let Some(request) = request.filter(|_| texts.has_room())
                && let Ok(event) = texts.order(templates, request)
            {
                // The order settles it, or records the number, so that the next number follows.
                return Some(event);
            }
            self.unseen.remove(&name);
        }
        None
    }
}

/// The SMS that an event of the ticket makes owed.
fn owed_by_ticket(at: Timestamp, by: &Actor, event: &TicketEvent) -> Option<SmsKind> {
    match event {
        TicketEvent::Registered { .. } => Some(SmsKind::Accepted),
        TicketEvent::Asked(callback)
            if *by == Actor::Engine
                && callback.how == CallbackChannel::Sms
                && callback.reached == Reached::NoAnswer =>
        {
            Some(SmsKind::Evaluation)
        }
        TicketEvent::Replied(reply) if reply.how == ReplyBy::Sms => Some(SmsKind::Reply(at)),
        TicketEvent::ClosedUnsatisfied { .. } => Some(SmsKind::Unsatisfied),
        TicketEvent::Dispatched(_)
        | TicketEvent::UnitAdded(_)
        | TicketEvent::Redone { dispatch: Some(_), .. } => Some(SmsKind::UnitNew(at)),
        _ => None,
    }
}

/// The SMS that an event of an assignment makes owed, and the reason of an extension.
fn owed_by_unit(at: Timestamp, n: u16, event: &AssignmentEvent) -> Option<(SmsKind, &str)> {
    match event {
        AssignmentEvent::Delegated { .. } => Some((SmsKind::UnitNew(at), "")),
        AssignmentEvent::ExtensionDecided { days, reason, .. } if *days > 0 => {
            Some((SmsKind::Extended(n), reason))
        }
        AssignmentEvent::Urged(urge) if urge.source == UrgeSource::System => match urge.level {
            OverdueLevel::O0 => None,
            OverdueLevel::O1 => Some((SmsKind::UnitYellow(n), "")),
            OverdueLevel::O2 | OverdueLevel::O3 | OverdueLevel::O4 | OverdueLevel::O5 => {
                Some((SmsKind::UnitRed(n), ""))
            }
        },
        _ => None,
    }
}

/// Serializes a map as a list of pairs, because its keys are not plain texts.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{OwedMessage, SmsKey};

    pub(super) fn serialize<S: Serializer>(
        map: &BTreeMap<SmsKey, OwedMessage>,
        s: S,
    ) -> Result<S::Ok, S::Error> {
        s.collect_seq(map)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        d: D,
    ) -> Result<BTreeMap<SmsKey, OwedMessage>, D::Error> {
        Ok(Vec::<(SmsKey, OwedMessage)>::deserialize(d)?.into_iter().collect())
    }
}

/// The SMS to the caller with its values; `None` when the caller cannot get an SMS or is told in
/// another way.
fn sms_to_caller(
    now: Timestamp,
    desk: &Desk,
    ticket: &Ticket,
    kind: SmsKind,
    reason: &str,
) -> Option<SmsRequest> {
    let to = ticket.contact().filter(|number| is_mobile(number))?.clone();
    let mut values = vec![("no", ticket.ticket.to_string())];
    let mut assignment = None;
    match kind {
        SmsKind::Accepted => {
            values.push(("code", ticket.query_code.clone()));
            values.push(("due", answer_due(desk, ticket, now)));
        }
        SmsKind::Evaluation => {
            values.push(("short", short_answer(ticket)));
            values.push(("unit", handler(desk, ticket, now)));
        }
        SmsKind::Extended(n) => {
            // The caller is not told about an assistant's or a lower unit's time.
            let led = ticket.assignment(n).filter(|a| a.is_lead() && a.parent.is_none())?;
            assignment = Some(n);
            values.push(("reason", reason.to_owned()));
            values.push((
                "due",
                led.due(desk.working_time()).map_or_else(String::new, |at| day(desk, at)),
            ));
        }
        SmsKind::Reply(at) => {
            let reply = ticket.replies.iter().find(|reply| reply.at == at)?;
            // The question that follows has the same answer in it.
            let asked = !reply.what.interim && ticket.filing.is_none();
            if asked && desk.rules().ask_by_sms {
                return None;
            }
            values.push(("text", line(&reply.what.text, REPLY_CHARS)));
        }
        SmsKind::Unsatisfied => {}
        SmsKind::UnitNew(_) | SmsKind::UnitYellow(_) | SmsKind::UnitRed(_) => return None,
    }
    let asks = kind == SmsKind::Evaluation;
    Some(sms_request(to, ticket, kind, assignment, values, Urgency { urgent: false, asks }))
}

/// The next SMS to a number of a unit; `None` when all numbers were written to.
fn sms_to_unit(
    now: Timestamp,
    desk: &Desk,
    ticket: &Ticket,
    kind: SmsKind,
    told: &BTreeSet<(u16, Number)>,
) -> Option<SmsRequest> {
    let today = desk.zone().date(now);
    let meant = |n: u16, a: &Assignment| match kind {
        SmsKind::UnitNew(since) => a.issued == since && a.role != DispatchRole::Supervise,
        SmsKind::UnitYellow(of) | SmsKind::UnitRed(of) => n == of,
        _ => false,
    };
    (1..)
        .zip(&ticket.assignments)
        .filter(|(n, a)| a.is_open() && meant(*n, a))
        .find_map(|(n, a)| {
            let unit = desk.directory().unit_on(&a.unit, today)?;
            let numbers = unit.sms.iter().filter(|number| is_mobile(number));
            let to = numbers.take(NUMBERS_MAX).find(|to| !told.contains(&(n, (*to).clone())))?;
            Some((n, a, unit, to.clone()))
        })
        .map(|(n, a, unit, to)| {
            let mut values = vec![("no", ticket.ticket.to_string())];
            let by = |at: Option<Timestamp>| at.map_or_else(String::new, |at| minute(desk, at));
            match kind {
                SmsKind::UnitNew(_) => {
                    let title = ticket.form.title.as_deref().unwrap_or_default();
                    values.push(("title", line(title, TITLE_CHARS)));
                    values.push((
                        "grade",
                        ticket.form.grade.map_or_else(String::new, |grade| format!("{grade:?}")),
                    ));
                    let sign = a.clocks.iter().find(|c| c.terms().kind == ClockKind::Sign);
                    values.push(("due_sign", by(sign.and_then(|c| c.due(desk.working_time())))));
                    values.push(("due", by(a.due(desk.working_time()))));
                    values
                        .push(("sup", desk.directory().unit_name(&a.supervise, today).to_owned()));
                }
                SmsKind::UnitRed(_) => {
                    let head = unit.chief.as_ref().map_or("负责人", |chief| chief.name.as_str());
                    values.push(("head", head.to_owned()));
                    values.push(("n", a.urges.total().to_string()));
                }
                _ => {}
            }
            // Red cards and quick kinds are also sent at night.
            let quick =
                || ticket.clocks.iter().any(|c| c.end().is_none() && is_quick(c.terms().kind));
            let urgent = matches!(kind, SmsKind::UnitRed(_)) || quick();
            sms_request(to, ticket, kind, Some(n), values, Urgency { urgent, asks: false })
        })
}

struct Urgency {
    urgent: bool,
    asks: bool,
}

fn sms_request(
    to: Number,
    ticket: &Ticket,
    kind: SmsKind,
    assignment: Option<u16>,
    values: Vec<(&str, String)>,
    Urgency { urgent, asks }: Urgency,
) -> SmsRequest {
    SmsRequest {
        to,
        template: kind.template(ticket.round).to_owned(),
        values: values.into_iter().map(|(name, text)| (name.to_owned(), text)).collect(),
        ticket: Some(ticket.ticket),
        assignment,
        urgent,
        asks,
    }
}

fn is_quick(kind: ClockKind) -> bool {
    matches!(kind, ClockKind::QuickRespond | ClockKind::QuickDanger)
}

fn answer_due(desk: &Desk, ticket: &Ticket, now: Timestamp) -> String {
    desk.answer_due(ticket, now).map_or_else(String::new, |at| day(desk, at))
}

/// The name of the unit that handled the ticket, for the caller.
fn handler(desk: &Desk, ticket: &Ticket, now: Timestamp) -> String {
    let of_master = || {
        let master = desk.matter(ticket.matter?)?.master;
        desk.ticket(master)?.lead()
    };
    match ticket.lead().or_else(of_master) {
        Some(unit) => desk.directory().unit_name(unit, desk.zone().date(now)).to_owned(),
        None => "12345热线".to_owned(),
    }
}

/// The answer to the caller in one line.
fn short_answer(ticket: &Ticket) -> String {
    let told = ticket.replies.iter().rev().find(|reply| !reply.what.interim);
    let text = told.map(|reply| reply.what.text.as_str()).unwrap_or_default();
    // The template continues with its own punctuation.
    line(text, SHORT_CHARS).trim_end_matches(['。', '.', '；', ';']).to_owned()
}

/// The first characters of a text, with an ellipsis when it is longer.
fn line(text: &str, most: usize) -> String {
    let mut chars = text.chars();
    let mut short: String = chars.by_ref().take(most).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

/// A date such as `12月3日`.
fn day(desk: &Desk, at: Timestamp) -> String {
    let date = desk.zone().date(at);
    format!("{}月{}日", date.month, date.day)
}

/// A date and time such as `12月3日18:00`.
fn minute(desk: &Desk, at: Timestamp) -> String {
    let second = desk.zone().second_of_day(at);
    format!("{}{:02}:{:02}", day(desk, at), second / 3_600, second / 60 % 60)
}

/// Characters of an answer in an SMS that also asks; the rest was told by phone or is on the web
/// page.
const SHORT_CHARS: usize = 60;
/// Characters of an answer that is told by SMS.
const REPLY_CHARS: usize = 300;
/// Characters of a reason in an SMS.
const REASON_CHARS: usize = 40;
/// Characters of a ticket's title in an SMS.
const TITLE_CHARS: usize = 40;
/// The most numbers of one unit that are written to.
const NUMBERS_MAX: usize = 5;
