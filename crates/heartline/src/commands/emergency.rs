//! `heartline emergency import`: imports the log and recordings of an emergency, once.

use engine::{
    Fault,
    emergency::{Import, import},
};
use settings::Settings;

use crate::{cli::EmergencyVerb, output::print_line};

/// Runs the command.
pub(crate) fn run(verb: EmergencyVerb) -> Result<(), Fault> {
    let EmergencyVerb::Import(asked) = verb;
    let place = &asked.place;
    let settings = Settings::load(&place.config).map_err(|faults| Fault::of_config(&faults))?;
    let import_of = Import {
        folder: &asked.folder,
        data: place.data.as_ref().unwrap_or(&settings.data.folder),
        recordings: asked.recordings.as_ref().unwrap_or(&settings.recording.folder),
        dry_run: asked.dry_run,
    };
    for line in import(&import_of, &settings)? {
        print_line(&line);
    }
    Ok(())
}
