//! The status of the courier's destinations: a fold beside the log, for the console.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::{PoisonError, RwLock},
};

use console::{DeadLetter, PendingDeliveries};
use courier::Envelope;
use messaging::{Cursor, MessagingState};
use model::{
    Event, Record, Seq,
    desk::{Actor, DeskEntry, DeskEvent, DestinationId, MessagingEvent},
};
use settings::Settings;

use crate::keys::Keys;

/// Reads records of the log from a number on, up to a limit.
pub(crate) type Records<'a> = &'a dyn Fn(Seq, usize) -> io::Result<Vec<Record>>;

/// The progress of each destination.
pub(crate) struct DestinationStatus {
    messaging: RwLock<MessagingState>,
    carried: BTreeMap<DestinationId, Carried>,
}

/// The records that a configured destination receives.
struct Carried {
    events: BTreeSet<String>,
    reconciles: bool,
}

impl DestinationStatus {
    /// The status after the records so far; `carried` are the configured destinations.
    pub(crate) fn new(
        settings: &Settings,
        keys: &Keys,
        messaging: &MessagingState,
    ) -> DestinationStatus {
        let configured = settings.courier.destinations.iter();
        let carried = configured.filter(|to| keys.shared(&to.secret).is_some()).map(|to| {
            let events = to.events.iter().cloned().collect();
            (to.name.clone(), Carried { events, reconciles: to.reconcile.is_some() })
        });
        let cursors = messaging.cursors.clone();
        // The outcomes of SMS and messages are in other folds.
        let messaging = RwLock::new(MessagingState { cursors, ..MessagingState::default() });
        DestinationStatus { messaging, carried: carried.collect() }
    }

    /// Applies durable records.
    pub(crate) fn apply(&self, batch: &[Record]) {
        let about_far_ends = |record: &&Record| match &record.event {
            Event::Desk(entry) => match &entry.event {
                DeskEvent::Messaging(event) => event.destination().is_some(),
                _ => false,
            },
            _ => false,
        };
        let mut messaging = self.messaging.write().unwrap_or_else(PoisonError::into_inner);
        batch.iter().filter(about_far_ends).for_each(|record| messaging.apply(record));
    }

    /// The destinations of records, with their progress.
    pub(crate) fn destinations(
        &self,
        records: Records<'_>,
    ) -> io::Result<Vec<console::Destination>> {
        let messaging = self.messaging.read().unwrap_or_else(PoisonError::into_inner);
        let known = messaging.cursors.iter().map(|(name, cursor)| (name.clone(), cursor.clone()));
        let mut known: BTreeMap<DestinationId, Cursor> = known.collect();
        drop(messaging);
        // The SMS gateway appears as a destination when it is stuck, but gets no records.
        known.remove(&DestinationId::sms_gateway());
        for name in self.carried.keys() {
            known.entry(name.clone()).or_default();
        }
        let destination = |(name, cursor): (DestinationId, Cursor)| {
            let carried = self.carried.get(&name);
            let waiting = match carried {
                Some(carried) => waiting(records, &name, carried, cursor.done)?,
                None => PendingDeliveries::default(),
            };
            let events = carried.map(|carried| carried.events.iter().cloned().collect());
            let reconciles = carried.is_some_and(|carried| carried.reconciles);
            Ok(console::Destination::new(name, events, reconciles, cursor, waiting))
        };
        known.into_iter().map(destination).collect()
    }

    /// The dead letters of a destination after this record.
    pub(crate) fn dead_letters(
        &self,
        records: Records<'_>,
        destination: &DestinationId,
        after: Seq,
        limit: usize,
    ) -> io::Result<Option<Vec<DeadLetter>>> {
        let messaging = self.messaging.read().unwrap_or_else(PoisonError::into_inner);
        let Some(cursor) = messaging.cursors.of(destination) else {
            let is_new = self.carried.contains_key(destination);
            return Ok(is_new.then(Vec::new));
        };
        let dead: Vec<_> = (cursor.dead.range(after.saturating_add(1)..).take(limit))
            .map(|(seq, dead)| (*seq, dead.clone()))
            .collect();
        drop(messaging);
        let letters = dead.into_iter().map(|(seq, dead)| {
            let record = records(seq, 1)?.into_iter().find(|record| record.seq == seq);
            let letter = record.and_then(|record| Envelope::of(&record, destination));
            Ok(DeadLetter {
                seq,
                key: destination.key(seq),
                kind: letter.as_ref().map(|letter| letter.kind().to_owned()),
                ticket: letter.and_then(|letter| letter.ticket()),
                at: dead.at,
                status: dead.status,
                why: dead.why,
                resending: dead.again,
            })
        });
        letters.collect::<io::Result<_>>().map(Some)
    }
}

/// The number of records behind the cursor, counted up to `LOOK_AT_MOST` records.
fn waiting(
    records: Records<'_>,
    name: &DestinationId,
    carried: &Carried,
    done: Seq,
) -> io::Result<PendingDeliveries> {
    let records = records(done + 1, LOOK_AT_MOST)?;
    let is_letter = |record: &&Record| {
        let letter = Envelope::of(record, name);
        letter.is_some_and(|letter| carried.events.contains(letter.kind()))
    };
    let mut letters = records.iter().filter(is_letter);
    let since = letters.next().map(|first| first.at);
    let count = u64::from(since.is_some()) + letters.count() as u64;
    Ok(PendingDeliveries { letters: count, more: records.len() == LOOK_AT_MOST, since })
}

/// A messaging event of the engine, as it is in the log.
pub(crate) fn entry(event: MessagingEvent) -> Event {
    let event = DeskEvent::Messaging(event);
    Event::Desk(Box::new(DeskEntry { by: Actor::Engine, key: None, event }))
}

/// The most records that are counted for one destination: half a busy day.
const LOOK_AT_MOST: usize = 20_000;
