//! The log, the keys and the state in the engine's data folder.

use std::{path::PathBuf, sync::Arc};

use journal::{Journal, JournalError};
use model::{
    EmergencyId, Seq,
    event::{Alarm, AlarmRaised},
};
use reporting::ReferenceData;
use settings::Settings;
use stats::AgentIntervals;
use store::Store;

use super::NotStarted;
use crate::{
    clock::Clock,
    damage, descriptors, emergency, entropy,
    keys::Keys,
    plan, restore,
    snapshots::{RestoredState, Snapshots, State},
    tables::Tables,
    threads::messaging,
    view::{self, OpenedView},
};

/// The contents of the engine's data folder.
pub(super) struct Storage {
    pub(super) journal: Journal,
    pub(super) journal_folder: PathBuf,
    pub(super) keys: Arc<Keys>,
    /// The view of the log, up to date with it.
    pub(super) store: Store,
    /// The state after the last record of the log.
    pub(super) state: State,
    /// The state before the first record.
    pub(super) blank: State,
    /// The last record of the snapshot that was used.
    pub(super) snapshot_seq: Seq,
    pub(super) snapshots: Snapshots,
    /// The alarm about a damaged log.
    pub(super) damage: Option<AlarmRaised>,
    /// The alarm about an emergency that is not imported yet.
    pub(super) pending_import: Option<String>,
    /// The id of the emergency whose log this is, or would be.
    pub(super) emergency_id: EmergencyId,
}

impl Storage {
    /// Opens the log and brings state and view up to it. Sets the clock so that it does not begin
    /// before the log's last record.
    pub(super) fn open(
        settings: &Settings,
        tables: &Tables,
        clock: Clock,
        emergency: Option<&str>,
    ) -> Result<Storage, NotStarted> {
        let storage = NotStarted::Storage;
        let folder = &settings.data.folder;
        std::fs::create_dir_all(folder).map_err(|e| {
            storage(format!("cannot create the data folder {}: {e}", folder.display()))
        })?;
        restore::refuse_unfinished_restore(folder).map_err(storage)?;
        for misfit in settings.misfits() {
            tracing::info!("the config: {misfit}");
        }
        if let Some(misfit) = descriptors::limit().and_then(|n| settings.descriptors().misfit(n)) {
            tracing::warn!("{misfit}");
        }

        let journal_folder = folder.join("journal");
        let (journal, report) =
            Journal::open(&journal_folder, journal::Options::default()).map_err(cannot_open)?;
        if settings.start.emergency.is_some() {
            emergency::probe(&journal_folder).map_err(storage)?;
        }
        let keys =
            Keys::open(folder, settings.hotline.zone, settings.duties, clock).map_err(storage)?;
        let keys = Arc::new(keys);
        let has_gateway = messaging::has_gateway(settings, &keys);
        let blank = State {
            memory: plan::memory(settings, entropy::seed(), has_gateway),
            agents: AgentIntervals::new(settings.hotline.zone),
            quarters: plan::quarters(settings),
            reference: ReferenceData::new(settings.hotline.zone, tables.directory.clone()),
        };
        let snapshots = Snapshots { store: folder.join("store"), journal: journal_folder.clone() };
        let RestoredState { state, snapshot_seq } =
            snapshots.restore_at_start(&blank, journal.last()).map_err(storage)?;
        let memory = &state.memory;
        if let Some(why) = emergency::wrong_log(memory, emergency.is_some(), folder) {
            return Err(NotStarted::Other(why));
        }
        // Where the log ends ahead of the clock, the time of day begins at the log's end.
        clock.set_ahead(memory.ahead_of(clock.now()));
        let emergency_id = memory.emergency.unwrap_or(EmergencyId(clock.wall().micros()));
        let standby = settings.start.emergency.as_deref();
        let pending_import = match emergency {
            None => emergency::pending_import(folder, standby, &memory.imported.series),
            Some(_) => None,
        };
        let OpenedView { store, ahead } =
            view::open_store(folder, &journal_folder, memory.seq, settings.data.cache_bytes)
                .map_err(storage)?;
        let damage = damage::alarm(&report, ahead, memory.wallboard.alarms.get(&Alarm::LogDamaged));
        Ok(Storage {
            journal,
            journal_folder,
            keys,
            store,
            state,
            blank,
            snapshot_seq,
            snapshots,
            damage,
            pending_import,
            emergency_id,
        })
    }
}

/// The log of a running engine is locked, which is not a fault of the disk.
fn cannot_open(error: JournalError) -> NotStarted {
    let why = format!("cannot open the log: {error}");
    match error {
        JournalError::Locked { .. } => NotStarted::Other(why),
        _ => NotStarted::Storage(why),
    }
}
