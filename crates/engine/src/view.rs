//! The view of the log in sled: opened, brought up to date with the log, or made again.

use std::path::Path;

use model::{Record, Seq};
use store::Store;
use ticketing::Ticket;

/// The view of the log, up to date with it.
pub struct OpenedView {
    /// The view.
    pub store: Store,
    /// The last record it had applied, when the log ends before that: the records between are lost.
    pub ahead: Option<Seq>,
}

/// Opens the view of the log. A view that is missing, behind, too new or damaged is made again.
///
/// A view with records beside a log without any is an error, because a disk may be missing.
pub fn open_store(
    data: &Path,
    journal: &Path,
    last: Seq,
    cache_bytes: u64,
) -> Result<OpenedView, String> {
    let folder = data.join("store");
    let mut ahead = None;
    let store = match Store::open_with_cache(&folder, cache_bytes) {
        Ok(store) if store.applied() <= last => store,
        Ok(store) if last == 0 => {
            return Err(format!(
                "there is no record in {}, but the view of the log has {}; check that the disk \
                 is mounted. Put the log back with `heartline restore` or by hand; or run \
                 `heartline store rebuild` to begin with an empty log",
                journal.display(),
                store.applied()
            ));
        }
        Ok(store) => {
            tracing::warn!(
                "the view of the log has record {}, but the log ends at {last}; rebuilding the \
                 view",
                store.applied()
            );
            ahead = Some(store.applied());
            drop(store);
            create_store(&folder, cache_bytes)?
        }
        Err(e) => {
            tracing::warn!("cannot open the view of the log ({e}); rebuilding it");
            create_store(&folder, cache_bytes)?
        }
    };
    catch_up(&store, journal, &mut |_, _| {})?;
    Ok(OpenedView { store, ahead })
}

fn create_store(folder: &Path, cache_bytes: u64) -> Result<Store, String> {
    Store::wipe(folder).map_err(|e| format!("cannot clear {}: {e}", folder.display()))?;
    Store::open_with_cache(folder, cache_bytes)
        .map_err(|e| format!("cannot create the view of the log in {}: {e}", folder.display()))
}

/// Reads the log from the view's last record to its end, and applies it. Calls `applied` with each
/// batch and the tickets it changed.
pub(crate) fn catch_up(
    store: &Store,
    folder: &Path,
    applied: &mut dyn FnMut(&[Record], &[Ticket]),
) -> Result<(), String> {
    let fault = |e: &dyn std::fmt::Display| format!("cannot apply the log to the view: {e}");
    let records = journal::Reader::open(folder)
        .and_then(|reader| reader.read_from(store.applied() + 1))
        .map_err(|e| fault(&e))?;
    let mut batch = Vec::with_capacity(BATCH_MAX);
    let mut apply = |batch: &mut Vec<Record>| {
        let changed = store.apply(batch).map_err(|e| fault(&e))?;
        applied(batch, &changed);
        batch.clear();
        Ok::<(), String>(())
    };
    for record in records {
        batch.push(record.map_err(|e| fault(&e))?);
        if batch.len() == BATCH_MAX {
            apply(&mut batch)?;
        }
    }
    apply(&mut batch)
}

/// Records applied to the view at once.
const BATCH_MAX: usize = 1_024;
