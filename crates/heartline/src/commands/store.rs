//! `heartline store rebuild`: rebuilds the view of the log.

use engine::{Fault, view};

use crate::{
    cli::{Place, StoreVerb},
    output::print_line,
};

/// Runs the command.
pub(crate) fn run(verb: StoreVerb) -> Result<(), Fault> {
    let StoreVerb::Rebuild { place } = verb;
    rebuild(&place)
}

/// Deletes the view and rebuilds it from the log.
fn rebuild(place: &Place) -> Result<(), Fault> {
    let data = place.data_folder()?;
    let folder = data.join("journal");
    // The lock of the log proves that no engine is running here.
    let (_lock, opening) = journal::Journal::open(&folder, journal::Options::default())
        .map_err(|e| format!("cannot lock the log: {e}"))?;
    store::Store::wipe(data.join("store")).map_err(|e| e.to_string())?;
    // A snapshot may have the same fault as the view.
    store::snapshot::remove(&data.join("store")).map_err(|e| e.to_string())?;
    let last = opening.last.unwrap_or(0);
    let store = view::open_store(&data, &folder, last, store::CACHE_BYTES)?.store;
    print_line(&format!("the view was rebuilt from {} records", store.applied()));
    Ok(())
}
