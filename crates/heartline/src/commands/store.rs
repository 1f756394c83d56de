//! `heartline store rebuild`: the view of the log, made anew.

use engine::{Fault, view};

use crate::{
    cli::{Place, StoreVerb},
    output::say,
};

/// Run the verb.
pub(crate) fn run(verb: StoreVerb) -> Result<(), Fault> {
    let StoreVerb::Rebuild { place } = verb;
    rebuild(&place)
}

/// Deletes the view and makes it again from the log.
fn rebuild(place: &Place) -> Result<(), Fault> {
    let data = place.data_folder()?;
    let folder = data.join("journal");
    // Holding the log's lock proves that no engine runs here.
    let (_lock, opening) = journal::Journal::open(&folder, journal::Options::default())
        .map_err(|e| format!("cannot lock the log: {e}"))?;
    store::Store::wipe(data.join("store")).map_err(|e| e.to_string())?;
    // A doubtful view makes the snapshot doubtful too.
    store::snapshot::remove(&data.join("store")).map_err(|e| e.to_string())?;
    let last = opening.last.unwrap_or(0);
    let store = view::open_store(&data, &folder, last)?.store;
    say(&format!("the view is made again from {} records", store.applied()));
    Ok(())
}
