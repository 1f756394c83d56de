//! Messages that came in, each of which becomes an evaluation, an update or a ticket (CHAN-01,
//! seven channels; CHAN-03, SMS; CHAN-08, cases of the upper hotline).
//!
//! A message is recorded before anything is made of it. The events made of it carry a key with the
//! message's number, so each message is handled exactly once, also after a crash. A message that
//! fits no ticket becomes a draft for a person to look at, so that no message is lost.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::{
    Seq, TicketId, Timestamp,
    desk::{
        Actor, Callback, CallbackChannel, Channel, DeskEntry, DeskEvent, ExternalReference, Form,
        IdempotencyKey, InboundMessage, MessagingEvent, Reached, TicketEvent, TicketState,
    },
};

use serde::{Deserialize, Serialize};

use crate::{Desk, DeskCommand, Ticket, ticket::TicketCommand};
use messaging::{SmsHistory, SmsReply};
use workflow::text::{LINE_MAX, TEXT_MAX};

/// The messages to handle and the cases known so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MessageIntake {
    /// Recorded messages that are not handled yet, at most those of one turn.
    waiting: BTreeMap<Seq, InboundMessage>,
    /// Tickets by the name of the case they came from.
    cases: BTreeMap<String, TicketId>,
    in_order: VecDeque<String>,
    /// Partners' drafts that no step has tried to register. Not stored: each start tries all of
    /// them once.
    drafts: BTreeSet<TicketId>,
}

/// Which drafts the rule has looked at does not count in a comparison.
impl PartialEq for MessageIntake {
    fn eq(&self, other: &MessageIntake) -> bool {
        self.waiting == other.waiting && self.cases == other.cases
    }
}

impl MessageIntake {
    /// Follows one entry of the log.
    pub fn apply(&mut self, seq: Seq, entry: &DeskEntry) {
        // A person may choose any key for a command; the keys of other senders are made by
        // `key_of`.
        if entry.by.account().is_none()
            && let Some(message) = entry.key.as_ref().and_then(message_of_key)
        {
            self.waiting.remove(&message);
        }
        match &entry.event {
            DeskEvent::Messaging(MessagingEvent::MessageReceived(message)) => {
                self.waiting.insert(seq, message.clone());
            }
            DeskEvent::Ticket(ticket, TicketEvent::Opened { message: Some(case), .. }) => {
                if self.cases.insert(case.clone(), *ticket).is_none() {
                    self.in_order.push_back(case.clone());
                }
                // When full, the oldest case is forgotten, and its sender's next message opens a
                // new ticket.
                while self.in_order.len() > CASES_MAX
                    && let Some(oldest) = self.in_order.pop_front()
                {
                    self.cases.remove(&oldest);
                }
            }
            // The new text may be enough to register the draft.
            DeskEvent::Ticket(ticket, TicketEvent::Written(_))
                if matches!(entry.by, Actor::Partner(_)) =>
            {
                self.drafts.insert(*ticket);
            }
            _ => {}
        }
    }

    /// Whether the rule has a message or draft to look at.
    pub fn is_due(&self) -> bool {
        !self.waiting.is_empty() || !self.drafts.is_empty()
    }

    /// The events made of the next message; empty when there is none.
    pub fn poll_step(
        &mut self,
        now: Timestamp,
        desk: &Desk,
        texts: &SmsHistory,
        next: TicketId,
    ) -> Vec<DeskEntry> {
        if let Some((seq, message)) = self.waiting.first_key_value() {
            let by = sender(message);
            let key = Some(key_of(*seq));
            let events = self.made_of(now, desk, texts, &by, message, next);
            return events
                .into_iter()
                .map(|event| DeskEntry { by: by.clone(), key: key.clone(), event })
                .collect();
        }
        while let Some(ticket) = self.drafts.pop_first() {
            let Some(by) = desk.ticket(ticket).and_then(partner_of) else { continue };
            let register = TicketCommand::Register { form: Box::default(), matter: None };
            let command = DeskCommand::Ticket(ticket, register);
            // A person asks for what is missing.
            if let Ok(events) = desk.decide(now, &by, command, None, next) {
                let entry = |event| DeskEntry { by: by.clone(), key: None, event };
                return events.into_iter().map(entry).collect();
            }
        }
        Vec::new()
    }

    fn made_of(
        &self,
        now: Timestamp,
        desk: &Desk,
        texts: &SmsHistory,
        by: &Actor,
        message: &InboundMessage,
        next: TicketId,
    ) -> Vec<DeskEvent> {
        if message.channel == Channel::Sms
            && let Some(ticket) = answered(now, desk, texts, message)
            && let Some(events) = answer(now, desk, by, ticket, message, next)
        {
            return events;
        }
        let known = self.cases.get(&name_of(message)).and_then(|ticket| desk.ticket(*ticket));
        match known.filter(|ticket| ticket.state != TicketState::Cancelled) {
            Some(ticket) => update(ticket, message),
            None => open(next, message),
        }
    }
}

/// The ticket that an SMS is about: the last one that asked this number, or another ticket of the
/// number that waits for an answer.
fn answered<'d>(
    now: Timestamp,
    desk: &'d Desk,
    texts: &SmsHistory,
    message: &InboundMessage,
) -> Option<&'d Ticket> {
    if message.from.is_withheld() {
        return None;
    }
    let asked = texts.asked(now, &message.from).and_then(|(_, ticket)| desk.ticket(ticket?));
    if asked.is_some_and(|ticket| ticket.state == TicketState::Callback) {
        return asked;
    }
    let waits = |ticket: &&Ticket| {
        let by_sms = |asked: &crate::ticket::CallbackAttempt| {
            asked.round == ticket.round && asked.callback.how == CallbackChannel::Sms
        };
        ticket.state == TicketState::Callback && ticket.callbacks.iter().any(by_sms)
    };
    desk.tickets_of_caller(Some(&message.from)).find(waits).or(asked)
}

/// Handles an SMS as an answer to the question (T21) or as an update of the ticket (REC-21, news
/// from the caller); `None` when it is neither.
fn answer(
    now: Timestamp,
    desk: &Desk,
    by: &Actor,
    ticket: &Ticket,
    message: &InboundMessage,
    next: TicketId,
) -> Option<Vec<DeskEvent>> {
    let (grade, text) = match SmsReply::parse(message.text.reveal()) {
        SmsReply::Evaluation { grade, reason } => (Some(grade), reason),
        SmsReply::Text => (None, text_of(message)),
    };
    if ticket.is_over() {
        // Late thanks are recorded on the ticket; a person looks at any other text.
        let thanks = grade.is_some_and(|grade| grade.is_satisfied());
        return thanks.then(|| vec![updated(ticket.ticket, message)]);
    }
    if ticket.state != TicketState::Callback {
        return Some(vec![updated(ticket.ticket, message)]);
    }
    // A repeated answer counts once, because three unsatisfied answers may close a ticket (T24).
    let said_before = ticket.eval_final.filter(|evaluation| {
        evaluation.round == ticket.round
            && ticket.times.replied.is_none_or(|replied| evaluation.at >= replied)
    });
    let again = said_before.is_some_and(|answer| !answer.grade.is_satisfied());
    let counted = grade.filter(|grade| !again || grade.is_satisfied());
    let text = if counted == grade { text } else { text_of(message) };
    let callback = Callback {
        how: CallbackChannel::Sms,
        reached: Reached::Yes,
        grade: counted,
        contacted_by_unit: None,
        result_true: None,
        solved: None,
        call: None,
        text: cut(&text, TEXT_MAX),
    };
    let command = DeskCommand::Ticket(ticket.ticket, TicketCommand::Ask(callback));
    // When the ticket can hold no more callbacks, the text is recorded as an update.
    let asked = desk.decide(now, by, command, None, next);
    Some(asked.unwrap_or_else(|_| vec![updated(ticket.ticket, message)]))
}

/// The events for a further message about a known case.
fn update(ticket: &Ticket, message: &InboundMessage) -> Vec<DeskEvent> {
    let mut events = Vec::new();
    let mut change = form_of(message);
    let draft = ticket.state == TicketState::Draft;
    if let (true, Some(old)) = (draft, &ticket.form.content) {
        let added = change.content.take().unwrap_or_default();
        if !old.contains(&added) {
            change.content = Some(cut(&format!("{old}\n{added}"), TEXT_MAX));
        }
    } else if !draft {
        // A form that was checked is not overwritten, but the partner's due date is updated.
        change = Form { foreign: change.foreign, ..Form::default() };
    }
    if let (Some(new), Some(old)) = (&mut change.foreign, &ticket.form.foreign) {
        let named = |foreign: &ExternalReference| new.iter().any(|n| is_same(n, foreign));
        let others: Vec<ExternalReference> = old.iter().filter(|f| !named(f)).cloned().collect();
        for foreign in new.iter_mut().filter(|foreign| foreign.due.is_none()) {
            foreign.due = old.iter().find(|o| is_same(o, foreign)).and_then(|o| o.due);
        }
        new.extend(others);
    }
    if change.foreign == ticket.form.foreign {
        change.foreign = None;
    }
    if change != Form::default() {
        events.push(DeskEvent::Ticket(ticket.ticket, TicketEvent::Written(Box::new(change))));
    }
    if !draft || events.is_empty() {
        events.push(updated(ticket.ticket, message));
    }
    events
}

fn is_same(a: &ExternalReference, b: &ExternalReference) -> bool {
    a.system == b.system && a.number == b.number
}

fn updated(ticket: TicketId, message: &InboundMessage) -> DeskEvent {
    DeskEvent::Ticket(ticket, TicketEvent::CitizenUpdated { text: text_of(message) })
}

/// Opens a new ticket (T01).
fn open(next: TicketId, message: &InboundMessage) -> Vec<DeskEvent> {
    let opened = TicketEvent::Opened {
        channel: message.channel,
        caller: message.from.clone(),
        line: message.to.as_str().into(),
        message: Some(name_of(message)),
    };
    let written = TicketEvent::Written(Box::new(form_of(message)));
    vec![DeskEvent::Ticket(next, opened), DeskEvent::Ticket(next, written)]
}

fn form_of(message: &InboundMessage) -> Form {
    let particulars = &message.particulars;
    let first_line = message.text.reveal().lines().find(|line| !line.trim().is_empty());
    let title = particulars.title.clone().or_else(|| first_line.map(|line| cut(line, TITLE_CHARS)));
    // A partner's case number and due date are kept, because the answer is sent back under them.
    let is_partners = matches!(sender(message), Actor::Partner(_));
    let foreign = (is_partners || particulars.case.is_some()).then(|| {
        let (system, number) = (message.hook.clone(), message.case().to_owned());
        vec![ExternalReference { system, number, due: particulars.due }]
    });
    Form {
        title: title.map(|title| cut(&title, LINE_MAX)),
        content: Some(text_of(message)),
        name: particulars.name.clone(),
        contact: particulars.contact.clone(),
        address: particulars.address.clone(),
        area: particulars.area.clone(),
        topic: particulars.topic.clone(),
        purpose: particulars.purpose,
        confidential: particulars.confidential,
        foreign,
        ..Form::default()
    }
}

/// The text, followed by the addresses of its pictures.
fn text_of(message: &InboundMessage) -> String {
    let mut text = message.text.reveal().to_owned();
    for url in &message.media {
        text.push('\n');
        text.push_str(url);
    }
    cut(text.trim(), TEXT_MAX)
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// The sender: a citizen, or a partner such as another hotline.
fn sender(message: &InboundMessage) -> Actor {
    match message.channel {
        Channel::Upper | Channel::Police | Channel::Grid | Channel::Platform => {
            Actor::Partner(message.hook.clone())
        }
        _ => Actor::Citizen,
    }
}

/// The partner that a draft came from.
fn partner_of(ticket: &Ticket) -> Option<Actor> {
    let foreign = ticket.form.foreign.as_ref()?.first()?;
    (ticket.state == TicketState::Draft).then(|| Actor::Partner(foreign.system.clone()))
}

/// The name of a case in the log: its webhook and its number there.
fn name_of(message: &InboundMessage) -> String {
    format!("{}/{}", message.hook, message.case())
}

fn key_of(seq: Seq) -> IdempotencyKey {
    // This name is not chosen by a sender, so a second command with it cannot occur.
    IdempotencyKey { name: format!("message-{seq}"), command_sha256: None }
}

fn message_of_key(key: &IdempotencyKey) -> Option<Seq> {
    key.name.strip_prefix("message-")?.parse().ok()
}

/// The length of a title that is made from the text, in characters.
const TITLE_CHARS: usize = 40;
/// The most cases known by name; it equals the limit for messages known by name.
const CASES_MAX: usize = 200_000;
