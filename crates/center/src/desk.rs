//! Commands to the desk, and the rules that run after every input.

use model::{
    Event, Timestamp,
    desk::{Actor, DeskEntry, DeskEvent, IdempotencyKey},
};
use ticketing::{CommandReceipt, DeskCommand, Ticket};

use crate::{Center, DeskRequest, Refusal};

impl Center {
    /// Decides a command to the desk, appends its events and runs the rules in the same turn.
    pub(crate) fn handle_desk_request(
        &mut self,
        now: Timestamp,
        reply_to: u64,
        order: DeskRequest,
        recalled: &[Ticket],
    ) {
        let DeskRequest { by, command, expected, key } = order;
        let key = key.map(|name| IdempotencyKey { name, command_sha256: command.sha256() });
        match self.earlier_receipt(&by, key.as_ref()) {
            Err(no) => return self.reply(reply_to, Err(Refusal::Desk(no))),
            Ok(Some(done)) => {
                // The same reply as to the first, but with the ticket's present last record.
                let now_at = done.ticket.map_or(0, |ticket| self.memory.desk.seq_of(ticket));
                let seq = now_at.max(done.seq);
                return self.reply_when_durable(reply_to, seq, Ok(CommandReceipt { seq, ..done }));
            }
            Ok(None) => {}
        }
        let next = match &command {
            DeskCommand::TakeOver(past) => self.memory.next_taken_over(past.opened),
            _ => self.memory.next_ticket(now),
        };
        let citation_fault = self.citation_fault(&command);
        let desk = &self.memory.desk;
        let decided = desk.decide_with_archived(now, &by, command, expected, next, recalled);
        let events = match workflow::Refusal::with(decided, citation_fault) {
            Ok(events) => events,
            Err(no) => return self.reply(reply_to, Err(Refusal::Desk(no))),
        };
        let ticket = events.iter().find_map(DeskEvent::ticket);
        let last = events.len().saturating_sub(1);
        for (n, event) in events.into_iter().enumerate() {
            // Only the last event has the key: after a power cut between two events, a repeat of
            // the command is not answered as done.
            let key = key.clone().filter(|_| n == last);
            let entry = DeskEntry { by: by.clone(), key, event };
            self.append(now, Event::Desk(Box::new(entry)));
        }
        self.run_desk_rules(now);
        // The sender's next command expects the ticket as the rules have left it.
        let seq = ticket.map_or(self.memory.seq, |ticket| self.memory.desk.seq_of(ticket));
        let last = self.memory.seq;
        self.reply_when_durable(
            reply_to,
            last,
            Ok(CommandReceipt { seq: if seq == 0 { last } else { seq }, ticket }),
        );
    }

    /// The receipt of an earlier command with the same key.
    ///
    /// # Errors
    /// [`workflow::Refusal::KeyReused`] when the earlier command was another one.
    pub(crate) fn earlier_receipt(
        &self,
        by: &Actor,
        key: Option<&IdempotencyKey>,
    ) -> Result<Option<CommandReceipt>, workflow::Refusal> {
        key.map_or(Ok(None), |key| self.memory.desk.receipt_of(by, key))
    }

    /// Runs the rules of the desk and the channels, at most `STEPS_A_TURN` steps; the next turn
    /// runs the rest.
    pub(crate) fn run_desk_rules(&mut self, now: Timestamp) {
        if self.is_emergency() {
            return;
        }
        for _ in 0..STEPS_A_TURN {
            let Some(event) = self.memory.desk.poll_step(now) else {
                if self.run_channel_rules(now) {
                    continue;
                }
                return;
            };
            let entry = DeskEntry { by: Actor::Engine, key: None, event };
            self.append(now, Event::Desk(Box::new(entry)));
        }
    }
}

/// The steps of rules in one turn. A matter with five thousand followers is answered over several
/// turns, so that no call waits for it.
const STEPS_A_TURN: usize = 64;
