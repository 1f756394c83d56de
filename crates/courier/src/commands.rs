//! Follows the log for people's decisions: SMS ordered, dead letters resent or dropped.

use std::collections::BTreeMap;

use model::{
    Event, Record, Seq,
    desk::{DeskEvent, DestinationId, MessagingEvent, SmsId, SmsOrder},
};
use tokio::sync::mpsc;

use crate::context::TaskContext;

/// A command to the task of a destination.
#[derive(Debug)]
pub(crate) enum OutboxCommand {
    /// Send this dead letter again.
    Resend(Seq),
    /// This dead letter was settled.
    Drop(Seq),
}

/// The task that follows the log.
pub(crate) struct CommandFollower {
    context: TaskContext,
    next: Seq,
    destinations: BTreeMap<DestinationId, mpsc::UnboundedSender<OutboxCommand>>,
    sms: Option<mpsc::UnboundedSender<(SmsId, SmsOrder)>>,
}

// The channels are unbounded, but what goes through them is bounded: a destination has at most a
// thousand dead letters, and no SMS can be ordered once fifty thousand wait.

impl CommandFollower {
    pub(crate) fn new(context: TaskContext, seen: Seq) -> CommandFollower {
        CommandFollower { context, next: seen + 1, destinations: BTreeMap::new(), sms: None }
    }

    /// The commands for a destination.
    pub(crate) fn commands_for(
        &mut self,
        name: &DestinationId,
    ) -> mpsc::UnboundedReceiver<OutboxCommand> {
        let (tell, hear) = mpsc::unbounded_channel();
        self.destinations.insert(name.clone(), tell);
        hear
    }

    /// The SMS that are ordered.
    pub(crate) fn sms_orders(&mut self) -> mpsc::UnboundedReceiver<(SmsId, SmsOrder)> {
        let (tell, hear) = mpsc::unbounded_channel();
        self.sms = Some(tell);
        hear
    }

    pub(crate) async fn run(mut self) {
        let mut durable = self.context.source.watch();
        loop {
            let batch = self.context.records(self.next).await;
            for record in &batch {
                self.next = record.seq + 1;
                self.pass_on(record);
            }
            if !batch.is_empty() {
                continue;
            }
            tokio::select! {
                changed = durable.wait_for(|seq| *seq >= self.next) => {
                    if changed.is_err() {
                        return;
                    }
                }
                () = self.context.stopped() => return,
            }
            if *self.context.stop.borrow() {
                return;
            }
        }
    }

    fn pass_on(&self, record: &Record) {
        let Event::Desk(entry) = &record.event else { return };
        let DeskEvent::Messaging(event) = &entry.event else { return };
        // A receiver is gone only when the engine stops.
        match event {
            MessagingEvent::SmsOrdered(order) => {
                if let Some(sms) = &self.sms {
                    let _gone = sms.send((SmsId(record.seq), order.clone()));
                }
            }
            MessagingEvent::ResendOrdered { destination, seq } => {
                self.tell(destination, OutboxCommand::Resend(*seq));
            }
            MessagingEvent::DeadLetterDropped { destination, seq, .. } => {
                self.tell(destination, OutboxCommand::Drop(*seq));
            }
            _ => {}
        }
    }

    fn tell(&self, destination: &DestinationId, order: OutboxCommand) {
        if let Some(destination) = self.destinations.get(destination) {
            let _gone = destination.send(order);
        }
    }
}
