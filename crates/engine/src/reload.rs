//! The reload of the config folder while calls go on.
//!
//! The folder is read and checked whole; its changes are compared with the config in force; the
//! center gets it as one input and writes one record. Whatever refuses it, nothing has changed.

use std::{io, sync::Arc, time::Duration};

use center::{Adoption, Refusal, Reply};
use console::{
    BoxFuture, ConfigChange, ConfigEntry, Configuration, EventLog, NotReloaded, ReloadRequest,
    Reloaded,
};
use model::{
    Event, QueueId, Record,
    event::{AdoptionCause, ConfigAdopted, SeatActor},
};
use settings::{Change, ChangeKind, Config, Diff, PromptIds, Settings, Takes};
use tokio::sync::{mpsc, mpsc::error::TrySendError, oneshot};

use crate::{
    backend::Engine,
    in_force::{Current, Reload, changed_files, entry, record_of},
};

/// Does the reloads one after another, each to its end, whether the one who asked still waits or not.
pub(crate) async fn serve(engine: Arc<Engine>, mut reloads: mpsc::Receiver<Reload>) {
    while let Some((request, tell)) = reloads.recv().await {
        let by = request.by.as_ref().map_or("a signal", |by| by.as_str()).to_owned();
        let is_dry = request.dry_run;
        let result = engine.reload_folder(request).await;
        if !is_dry {
            log_result(&by, &result);
        }
        // The one who asked may be gone.
        let _gone = tell.send(result);
    }
}

impl Engine {
    /// Puts the config folder in force.
    async fn reload_folder(&self, request: ReloadRequest) -> Result<Reloaded, NotReloaded> {
        let unavailable = |why: String| NotReloaded::Unavailable(why);
        let folder = self.config.folder.clone().ok_or_else(|| {
            unavailable("the engine was started without a config folder".to_owned())
        })?;
        if self.is_emergency {
            return Err(unavailable(Refusal::Emergency.to_string()));
        }
        let keys = Arc::clone(&self.keys);
        let read = tokio::task::spawn_blocking(move || {
            // The password of a new seat may have been set a moment ago.
            if let Err(e) = keys.look() {
                tracing::warn!("cannot read the keyring: {e}; the keys read before are used");
            }
            Config::load(&folder)
        });
        let read = read.await;
        let new = read.map_err(|e| unavailable(e.to_string()))?.map_err(|faults| {
            NotReloaded::Faults(faults.iter().map(ToString::to_string).collect())
        })?;
        let current = self.config.current.load_full();
        let diff = Diff::between(&current.config, &new);
        let for_restart: Vec<String> = diff.for_restart().map(Change::to_string).collect();
        let changes: Vec<ConfigChange> = diff.changes.iter().map(change).collect();
        if request.dry_run {
            return Ok(Reloaded { seq: None, changes });
        }
        if !for_restart.is_empty() {
            return Err(NotReloaded::Restart(for_restart));
        }
        let is_same = current.config.files == new.files && current.seq.is_some();
        if is_same && request.move_to.is_empty() {
            return Ok(Reloaded { seq: None, changes });
        }
        let seq = self.adopt(&request, &current, new, &diff).await?;
        Ok(Reloaded { seq: Some(seq), changes })
    }

    async fn adopt(
        &self,
        request: &ReloadRequest,
        current: &Current,
        new: Config,
        diff: &Diff,
    ) -> Result<model::Seq, NotReloaded> {
        let ids = current.ids.reloaded(&new.settings).map_err(NotReloaded::Unavailable)?;
        let changes: Vec<String> = diff.changes.iter().map(Change::to_string).collect();
        let mut record = record_of(&new, request.cause, &changes);
        record.by = request.by.clone();
        record.moved = request.move_to.clone();
        self.note_pending(&record, &new)?;
        // The voice threads know every prompt before the center names it.
        self.config.hand_out(&ids);
        let adoption = self.adoption(current, &new.settings, &ids, record.clone());
        let receipt = match self.ask_to_adopt(adoption).await {
            Ok(receipt) => receipt,
            Err(Refusal::Config(why)) => {
                self.config.copies.forget_pending();
                return Err(NotReloaded::Calls(why));
            }
            Err(Refusal::Busy | Refusal::Emergency) => {
                self.config.copies.forget_pending();
                return Err(NotReloaded::Unavailable(Refusal::Busy.to_string()));
            }
            // The center has adopted it, and its record may be on disk or not: the next start looks.
            Err(other) => {
                self.config.current.store(Arc::new(Current { config: new, ids, seq: None }));
                let why = format!("the calls use the new config, and it is not on record: {other}");
                return Err(NotReloaded::Unavailable(why));
            }
        };
        self.keep(receipt.seq, record);
        self.config.current.store(Arc::new(Current { config: new, ids, seq: Some(receipt.seq) }));
        Ok(receipt.seq)
    }

    /// Notes the config on disk, so that a start after a crash finds what the log names.
    fn note_pending(&self, record: &ConfigAdopted, new: &Config) -> Result<(), NotReloaded> {
        let bytes = serde_json::to_vec(record).map_or(usize::MAX, |json| json.len());
        if bytes > RECORD_BYTES_MAX {
            let why = format!(
                "the files of the config are too large for one record: {bytes} bytes, and \
                 {RECORD_BYTES_MAX} is the most"
            );
            return Err(NotReloaded::Unavailable(why));
        }
        let copies = &self.config.copies;
        copies
            .keep_prompts(&new.files)
            .and_then(|()| copies.note_pending(self.last_seq(), record))
            .map_err(|e| {
                NotReloaded::Unavailable(format!("cannot keep the config in the data folder: {e}"))
            })
    }

    /// Keeps the record of a config beside the log. A failure is told; the next start makes the copy
    /// again.
    fn keep(&self, seq: model::Seq, record: ConfigAdopted) {
        let record = Record { seq, at: self.clock.wall(), event: Event::ConfigAdopted(record) };
        match self.config.copies.keep(&record) {
            Ok(()) => self.config.copies.forget_pending(),
            Err(e) => tracing::error!("cannot keep the config of record {seq}: {e}"),
        }
    }

    fn adoption(
        &self,
        current: &Current,
        new: &Settings,
        ids: &PromptIds,
        record: ConfigAdopted,
    ) -> Adoption {
        let secrets = self.keys.secrets();
        let mut peers = new.sip_peers(|seat| secrets.get(&seat).cloned());
        // A seat that is put again loses nothing, but most need not be.
        let old = &current.config.settings;
        peers
            .seats
            .retain(|seat| old.seat(seat.seat).is_none_or(|known| known.contact != seat.fixed));
        let profiles = new.seats.iter().map(|seat| (seat.seat, seat.policy.profile()));
        Adoption {
            moves: record.moved.clone(),
            record,
            plan: new.switch_plan_with(ids),
            policy: new.dispatch_policy(),
            peers: Box::new(peers),
            agents: Arc::new(new.agents.clone()),
            seat_profiles: Arc::new(profiles.collect()),
        }
    }

    async fn ask_to_adopt(&self, adoption: Adoption) -> Reply {
        let mut request = self.requests.add();
        let adoption = Box::new(adoption);
        let input = center::Input::Adopt { reply_to: request.id, adoption };
        if self.center.send(input, ASK_PATIENCE).await.is_err() {
            return Err(Refusal::Busy);
        }
        (&mut request.answer).await.unwrap_or(Err(Refusal::Stopping))
    }

    /// Writes the config of this start to the log, unless it is the last one there.
    pub(crate) async fn record_config_of_start(&self) {
        let current = self.config.current.load_full();
        let copies = self.config.copies.clone();
        let looked = copies.clone();
        let last = tokio::task::spawn_blocking(move || looked.last()).await.ok().flatten();
        if let Some(Record { seq, event: Event::ConfigAdopted(adopted), .. }) = &last
            && is_of(adopted, &current.config)
        {
            self.set_seq(&current, *seq);
            return;
        }
        let before = last.as_ref().and_then(|record| match &record.event {
            Event::ConfigAdopted(adopted) => {
                Config::of_files(&copies.files(adopted).ok()?, "the last config").ok()
            }
            _ => None,
        });
        let changes: Vec<String> = before.map_or_else(Vec::new, |before| {
            let diff = Diff::between(&before, &current.config);
            diff.changes.iter().map(Change::to_string).collect()
        });
        let record = record_of(&current.config, AdoptionCause::Start, &changes);
        if let Err(why) = self.note_pending(&record, &current.config) {
            tracing::error!("the config is not on record: {}", why.reasons().join("; "));
            return;
        }
        let note = center::Command::Note(Event::ConfigAdopted(record.clone()));
        match self.ask(SeatActor::Engine, note).await {
            Ok(receipt) => {
                self.keep(receipt.seq, record);
                self.set_seq(&current, receipt.seq);
            }
            Err(refusal) => tracing::error!("the config is not on record: {refusal}"),
        }
    }

    fn set_seq(&self, current: &Current, seq: model::Seq) {
        let (config, ids) = (current.config.clone(), current.ids.clone());
        self.config.current.store(Arc::new(Current { config, ids, seq: Some(seq) }));
    }

    /// The time that calls may continue after a stop was requested, by the config in force.
    pub fn drain_timeout(&self) -> Duration {
        self.config.current.load().config.settings.drain.timeout
    }
}

impl Configuration for Engine {
    fn reload(&self, request: ReloadRequest) -> BoxFuture<'_, Result<Reloaded, NotReloaded>> {
        Box::pin(async move {
            let (tell, answer) = oneshot::channel();
            let stopping = || NotReloaded::Unavailable(Refusal::Stopping.to_string());
            self.config.reloads.try_send((request, tell)).map_err(|full| match full {
                TrySendError::Full(_) => NotReloaded::Unavailable(Refusal::Busy.to_string()),
                TrySendError::Closed(_) => stopping(),
            })?;
            answer.await.unwrap_or_else(|_| Err(stopping()))
        })
    }

    fn configs(&self) -> io::Result<Vec<ConfigEntry>> {
        let mut records = self.config.copies.records();
        records.reverse();
        records.truncate(ENTRIES_MAX);
        Ok(records.into_iter().filter_map(entry).collect())
    }

    fn changed_files(&self) -> io::Result<Vec<String>> {
        let Some(folder) = &self.config.folder else { return Ok(Vec::new()) };
        let current = self.config.current.load();
        changed_files(folder, &current.config)
    }

    fn queues(&self) -> Option<Vec<(QueueId, String)>> {
        let current = self.config.current.load();
        let queues = current.config.settings.queues.iter();
        Some(queues.map(|queue| (queue.name.clone(), queue.title.clone())).collect())
    }
}

/// Whether a record has the files of a config.
fn is_of(adopted: &ConfigAdopted, config: &Config) -> bool {
    let again = record_of(config, adopted.cause, &[]);
    (&adopted.files, &adopted.prompts) == (&again.files, &again.prompts)
}

fn change(change: &Change) -> ConfigChange {
    let kind = match change.kind {
        ChangeKind::Added => "added",
        ChangeKind::Removed => "removed",
        ChangeKind::Changed => "changed",
    };
    let takes = match change.takes {
        Takes::Reload => "reload",
        Takes::Restart => "restart",
    };
    ConfigChange {
        file: change.file.to_owned(),
        of: change.of.clone(),
        kind: kind.to_owned(),
        takes: takes.to_owned(),
        text: change.to_string(),
    }
}

fn log_result(by: &str, result: &Result<Reloaded, NotReloaded>) {
    match result {
        Ok(Reloaded { seq: Some(seq), changes }) => {
            tracing::info!(
                "the config was reloaded by {by}: record {seq}, {} changes",
                changes.len()
            );
            changes.iter().for_each(|change| tracing::info!("{}", change.text));
        }
        Ok(Reloaded { seq: None, .. }) => {
            tracing::info!("reload by {by}: the config folder equals the config in force");
        }
        Err(refused) => {
            tracing::error!("the reload by {by} was refused, and nothing has changed:");
            refused.reasons().iter().for_each(|reason| tracing::error!("{reason}"));
        }
    }
}

/// The longest time that a reload waits for room in the center's mailbox.
const ASK_PATIENCE: Duration = Duration::from_secs(5);
/// A record of the log has a MiB at most, and JSON needs some bytes around the files.
const RECORD_BYTES_MAX: usize = 1_000_000;
/// The most configs that the API lists.
const ENTRIES_MAX: usize = 100;
