//! Follows the log for what people decide: SMS ordered, dead letters sent again or settled.

use std::collections::BTreeMap;

use model::{
    Event, Record, Seq,
    desk::{DeskEvent, DestinationId, MessagingEvent, SmsId, SmsOrder},
};
use tokio::sync::mpsc;

use crate::task::Ground;

/// What a destination's task is told.
#[derive(Debug)]
pub(crate) enum Order {
    /// Send this dead letter again.
    Again(Seq),
    /// This one is settled.
    Settled(Seq),
}

/// The task.
pub(crate) struct Clerk {
    ground: Ground,
    next: Seq,
    destinations: BTreeMap<DestinationId, mpsc::UnboundedSender<Order>>,
    sms: Option<mpsc::UnboundedSender<(SmsId, SmsOrder)>>,
}

// The channels have no bound of their own: what goes through them has. A destination has a
// thousand dead letters at most, and no more SMS are ordered once fifty thousand wait.

impl Clerk {
    pub(crate) fn new(ground: Ground, seen: Seq) -> Clerk {
        Clerk { ground, next: seen + 1, destinations: BTreeMap::new(), sms: None }
    }

    /// What is decided about this destination.
    pub(crate) fn orders_of(&mut self, name: &DestinationId) -> mpsc::UnboundedReceiver<Order> {
        let (tell, hear) = mpsc::unbounded_channel();
        self.destinations.insert(name.clone(), tell);
        hear
    }

    /// Every SMS that is ordered.
    pub(crate) fn sms_orders(&mut self) -> mpsc::UnboundedReceiver<(SmsId, SmsOrder)> {
        let (tell, hear) = mpsc::unbounded_channel();
        self.sms = Some(tell);
        hear
    }

    pub(crate) async fn run(mut self) {
        let mut durable = self.ground.source.watch();
        loop {
            let batch = self.ground.records(self.next).await;
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
                () = self.ground.stopped() => return,
            }
            if *self.ground.stop.borrow() {
                return;
            }
        }
    }

    fn pass_on(&self, record: &Record) {
        let Event::Desk(entry) = &record.event else { return };
        let DeskEvent::Messaging(event) = &entry.event else { return };
        // Who was to hear it may have gone: the engine goes.
        match event {
            MessagingEvent::SmsOrdered(order) => {
                if let Some(sms) = &self.sms {
                    let _gone = sms.send((SmsId(record.seq), order.clone()));
                }
            }
            MessagingEvent::ResendOrdered { destination, seq } => {
                self.tell(destination, Order::Again(*seq));
            }
            MessagingEvent::DeadLetterDropped { destination, seq, .. } => {
                self.tell(destination, Order::Settled(*seq));
            }
            _ => {}
        }
    }

    fn tell(&self, destination: &DestinationId, order: Order) {
        if let Some(destination) = self.destinations.get(destination) {
            let _gone = destination.send(order);
        }
    }
}
