//! The audit of who saw and heard what (OPS-01): each record is durable before the first byte of the
//! data leaves.

mod lists;
mod once;

use std::sync::Arc;

use center::Command;
use model::{
    CallId, Event, TicketId,
    event::{ExportRefused, Exported, RecordingHeard, TicketSeen},
};

pub(crate) use lists::{ShownList, ShownRow, list_name, row_ids};

use crate::{auth::User, backend::Commands, clock::HotlineClock, problem::Problem};
use lists::ListAudit;
use once::{ExportRefusalAudit, PlaybackAudit, RecordedLately, ViewAudit};

/// Puts on record who saw and heard what.
#[derive(Clone)]
pub(crate) struct Audit {
    clock: HotlineClock,
    commands: Arc<dyn Commands>,
    recorded: Arc<Recorded>,
}

/// The rows recorded lately.
struct Recorded {
    playbacks: PlaybackAudit,
    views: ViewAudit,
    export_refusals: ExportRefusalAudit,
    lists: ListAudit,
}

impl Audit {
    pub(crate) fn new(clock: HotlineClock, commands: Arc<dyn Commands>) -> Audit {
        let recorded = Recorded {
            playbacks: PlaybackAudit::playbacks(),
            views: ViewAudit::views(),
            export_refusals: ExportRefusalAudit::export_refusals(),
            lists: ListAudit::default(),
        };
        Audit { clock, commands, recorded: Arc::new(recorded) }
    }

    /// Records an event of this person; it is durable when this returns.
    pub(crate) async fn record(&self, user: &User, event: Event) -> Result<(), Problem> {
        self.commands.execute(user.seat_actor(), Command::Note(event)).await?;
        Ok(())
    }

    /// Records that the person plays a recording, once a playback.
    pub(crate) async fn playback(&self, user: &User, call: CallId) -> Result<(), Problem> {
        let by = user.account.name.clone();
        let event = Event::RecordingHeard(RecordingHeard { call, by: by.clone() });
        self.record_once(&self.recorded.playbacks, user, (by, call), event).await
    }

    /// Records that the person views a ticket, once an hour. `whole`: with its caller unmasked.
    pub(crate) async fn ticket_view(
        &self,
        user: &User,
        ticket: TicketId,
        whole: bool,
    ) -> Result<(), Problem> {
        let by = user.account.name.clone();
        let event = Event::TicketSeen(TicketSeen { ticket, by: by.clone(), whole });
        self.record_once(&self.recorded.views, user, (by, ticket, whole), event).await
    }

    /// Records that the person was refused an export, once an hour.
    pub(crate) async fn export_refused(&self, user: &User, what: &str) -> Result<(), Problem> {
        let (by, what) = (user.account.name.clone(), what.to_owned());
        let event = Event::ExportRefused(ExportRefused { by: by.clone(), what: what.clone() });
        self.record_once(&self.recorded.export_refusals, user, (by, what), event).await
    }

    /// Records that the person takes out data. `whole`: with callers unmasked.
    pub(crate) async fn export(
        &self,
        user: &User,
        what: String,
        rows: u64,
        whole: bool,
    ) -> Result<(), Problem> {
        let by = user.account.name.clone();
        self.record(user, Event::Exported(Exported { by, what, rows, whole, ids: None })).await
    }

    /// Records that the person sees a list of persons' data. Within an hour only rows that are not
    /// on record of this list yet are recorded.
    pub(crate) async fn list(&self, user: &User, list: ShownList) -> Result<(), Problem> {
        let (view, rows) = list.split(user);
        let (lists, now) = (&self.recorded.lists, self.clock.now());
        let Some(new) = lists.unrecorded(now, &view, rows) else { return Ok(()) };
        self.record(user, Event::ListSeen(view.event(&new))).await?;
        lists.insert(now, view, new);
        Ok(())
    }

    /// No lock is held while the event is written, so two requests at the same time may both be
    /// recorded.
    async fn record_once<K: Ord + Clone>(
        &self,
        lately: &RecordedLately<K>,
        user: &User,
        key: K,
        event: Event,
    ) -> Result<(), Problem> {
        let now = self.clock.now();
        if !lately.contains(&key, now) {
            self.record(user, event).await?;
            lately.insert(key, now);
        }
        Ok(())
    }
}
