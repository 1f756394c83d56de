//! What comes by webhooks: each message once, and a yes only when it is on record.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

use backoffice::courier::Inbox;
use center::Command;
use console::{Inbound, Received};
use model::{
    Timestamp,
    desk::{CourierDeed, InboundMessage},
    event::Actor,
};

use crate::{backend::Engine, courier_loop::entry};

/// The messages on record, and those on their way there.
#[derive(Default)]
pub(crate) struct Door {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    inbox: Inbox,
    /// Webhook and name of messages that will be on record in a moment.
    coming: BTreeSet<(String, String)>,
}

impl Door {
    /// A door that knows what is on record.
    pub(crate) fn new(inbox: Inbox) -> Door {
        Door { known: Mutex::new(Known { inbox, coming: BTreeSet::new() }) }
    }

    /// Whether a message may go on record now; otherwise what its sender is told.
    fn admit(&self, message: &InboundMessage) -> Result<(), Received> {
        let mut known = self.known();
        if known.inbox.knows(&message.hook, &message.message_id) {
            return Err(Received::Known);
        }
        if known.coming.len() >= COMING_MAX {
            return Err(Received::Later("too many messages at once".to_owned()));
        }
        let name = (message.hook.clone(), message.message_id.clone());
        if known.coming.insert(name) {
            Ok(())
        } else {
            // Not yet durable: a yes would promise too much.
            Err(Received::Later("the same message is being put on record".to_owned()))
        }
    }

    fn settle(&self, at: Timestamp, message: &InboundMessage, is_on_record: bool) {
        let mut known = self.known();
        known.coming.remove(&(message.hook.clone(), message.message_id.clone()));
        if is_on_record {
            known.inbox.apply(at, message);
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Put on record what came, once.
    pub(crate) async fn take_in(&self, inbound: Inbound) -> Received {
        let message = match inbound {
            // A receipt that comes twice says the same thing twice.
            Inbound::Receipt(receipt) => {
                return self.put_on_record(CourierDeed::ReceiptReceived(receipt)).await;
            }
            Inbound::Message(message) => message,
        };
        if let Err(verdict) = self.door.admit(&message) {
            return verdict;
        }
        // Should whoever asked go away now, the name must not stay with those that are coming.
        let mut place = Place { engine: self, message: &message, is_on_record: false };
        let verdict = self.put_on_record(CourierDeed::MessageReceived(message.clone())).await;
        place.is_on_record = verdict == Received::Taken;
        drop(place);
        verdict
    }

    async fn put_on_record(&self, deed: CourierDeed) -> Received {
        match self.ask(Actor::Engine, Command::Note(entry(deed))).await {
            Ok(_) => Received::Taken,
            Err(refusal) => Received::Later(refusal.to_string()),
        }
    }
}

/// A message's place among those that are coming.
struct Place<'a> {
    engine: &'a Engine,
    message: &'a InboundMessage,
    is_on_record: bool,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.engine.door.settle(self.engine.clock.wall(), self.message, self.is_on_record);
    }
}

/// Messages on their way to the log at once; one takes some hundredths of a second.
const COMING_MAX: usize = 4_096;
