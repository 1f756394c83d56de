//! `heartline restore`: a backup in the place of the data.

use std::path::Path;

use engine::{
    Fault, restore,
    site::{Site, local},
};

use crate::{cli::Place, output::say};

/// Put the backup in place.
pub(crate) fn run(backup: &Path, replace: bool, place: &Place) -> Result<(), Fault> {
    let Site { data, zone, .. } = place.site()?;
    let restored = restore::restore(backup, replace, &data, zone)?;
    for what in &restored.faulty_reports {
        say(what);
    }
    if let Some(aside) = restored.aside {
        say(&format!("the former data are in {}", aside.display()));
    }
    say(&format!(
        "{} records up to {} are in place, and the view is made from {} of them; start the engine",
        restored.last,
        local(zone, restored.until),
        restored.applied
    ));
    Ok(())
}
