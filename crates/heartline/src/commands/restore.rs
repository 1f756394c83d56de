//! `heartline restore`: replaces the data by a backup.

use std::path::Path;

use engine::{
    Fault, restore,
    site::{Site, local},
};

use crate::{cli::Place, output::print_line};

/// Restores the backup.
pub(crate) fn run(backup: &Path, replace: bool, place: &Place) -> Result<(), Fault> {
    let Site { data, zone, .. } = place.site()?;
    let restored = restore::restore(backup, replace, &data, zone)?;
    for what in &restored.faulty_reports {
        print_line(what);
    }
    if let Some(aside) = restored.aside {
        print_line(&format!("the previous data is in {}", aside.display()));
    }
    print_line(&format!(
        "restored {} records up to {}, and built the view from {} of them; start the engine",
        restored.last,
        local(zone, restored.until),
        restored.applied
    ));
    Ok(())
}
