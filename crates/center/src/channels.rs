//! Commands about messages and the knowledge base, and the rules that run after them.

use model::{
    Event, Timestamp,
    desk::{Actor, DeskEntry, DeskEvent, IdempotencyKey, InboundMessage, MessagingEvent},
    event::{Alarm, AlarmCleared, AlarmRaised},
};
use ticketing::{CommandReceipt, DeskCommand, channels::ChannelsCommand, ticket::TicketCommand};
use workflow::Fault;

use crate::{Center, ChannelsRequest, Refusal};

impl Center {
    /// Decides a command about messages or the knowledge base and appends its events in one turn.
    pub(crate) fn handle_channels_request(
        &mut self,
        now: Timestamp,
        reply_to: u64,
        order: ChannelsRequest,
    ) {
        let ChannelsRequest { by, command, expected, key } = order;
        let key = key.map(|name| IdempotencyKey { name, command_sha256: command.sha256() });
        match self.earlier_receipt(&by, key.as_ref()) {
            Err(no) => return self.reply(reply_to, Err(Refusal::Desk(no))),
            Ok(Some(done)) => return self.reply_when_durable(reply_to, done.seq, Ok(done)),
            Ok(None) => {}
        }
        let unknown = match &command {
            ChannelsCommand::Knowledge(command) => self.unknown_ticket(command),
            _ => None,
        };
        let decided = match unknown {
            Some(fault) => Err(workflow::Refusal::Faults { faults: vec![fault] }),
            None => self.memory.channels.decide(now, &by, command, expected),
        };
        let events = match decided {
            Ok(events) => events,
            Err(no) => return self.reply(reply_to, Err(Refusal::Desk(no))),
        };
        let ticket = events.iter().find_map(DeskEvent::ticket);
        let last = events.len().saturating_sub(1);
        for (n, event) in events.into_iter().enumerate() {
            // As in `handle_desk_request`: after a power cut between two events, a repeat of the
            // command is not answered as done.
            let key = key.clone().filter(|_| n == last);
            let entry = DeskEntry { by: by.clone(), key, event };
            self.append(now, Event::Desk(Box::new(entry)));
        }
        let seq = self.memory.seq;
        self.reply_when_durable(reply_to, seq, Ok(CommandReceipt { seq, ticket }));
    }

    /// Records a message of a webhook once. The reply to a repeat also waits until the first
    /// message is durable, because both replies promise the same.
    pub(crate) fn receive(&mut self, now: Timestamp, reply_to: u64, message: InboundMessage) {
        if !self.memory.channels.messaging.is_repeat(now.max(self.memory.at), &message) {
            let event = DeskEvent::Messaging(MessagingEvent::MessageReceived(message));
            let entry = DeskEntry { by: Actor::Engine, key: None, event };
            self.append(now, Event::Desk(Box::new(entry)));
        }
        let seq = self.memory.seq;
        self.reply_when_durable(reply_to, seq, Ok(CommandReceipt { seq, ticket: None }));
    }

    /// The fault of an answer that cites an item which the knowledge base does not allow.
    pub(crate) fn citation_fault(&self, command: &DeskCommand) -> Option<Fault> {
        let DeskCommand::Ticket(_, TicketCommand::Answer { knowledge: Some(id), .. }) = command
        else {
            return None;
        };
        self.memory.channels.knowledge.citation_fault(id)
    }

    /// Runs one step of the rules about messages. Returns false when no rule applies.
    pub(crate) fn run_channel_rules(&mut self, now: Timestamp) -> bool {
        if let Some(event) = self.reconciliation_alarm() {
            self.append(now, event);
            return true;
        }
        let next = self.memory.next_ticket(now);
        let entries = self.memory.channels.poll_step(now, &self.memory.desk, next);
        let any = !entries.is_empty();
        for entry in entries {
            self.append(now, Event::Desk(Box::new(entry)));
        }
        any
    }

    /// The change of the alarm that a partner lacks records that were sent to it (INT-01, live
    /// upload). The alarm ends when a statement shows no difference or a person has confirmed it.
    fn reconciliation_alarm(&self) -> Option<Event> {
        let alarm = Alarm::Unreconciled;
        let up = self.memory.wallboard.alarms.get(&alarm);
        match self.memory.channels.messaging.cursors.disagreement() {
            Some(text) if up != Some(&text) => {
                Some(Event::AlarmRaised(AlarmRaised { alarm, text }))
            }
            None if up.is_some() => Some(Event::AlarmCleared(AlarmCleared { alarm })),
            // The raised alarm has this text already, or nothing is to be raised or cleared.
            Some(_) | None => None,
        }
    }

    /// The fault of a knowledge use that names a ticket which was never opened.
    fn unknown_ticket(&self, command: &knowledge::KnowledgeCommand) -> Option<Fault> {
        let knowledge::KnowledgeCommand::Use { ticket, .. } = command else {
            return None;
        };
        let known = *ticket <= self.memory.last_ticket;
        (!known).then(|| Fault::new("ticket", format!("there is no ticket {ticket}")))
    }
}
