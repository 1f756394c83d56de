//! `heartline calendar …`: the calendar of working days as a table.

use std::{fs, path::Path};

use engine::fault::{EX_DATAERR, EX_USAGE, Fault};

use super::table_text;
use crate::{cli::CalendarVerb, output::print_line};

/// Runs the command.
pub(crate) fn run(verb: CalendarVerb) -> Result<(), Fault> {
    match verb {
        CalendarVerb::Import { file, config } => {
            let text = table_text(&file)?;
            let folder = config.join("calendar");
            let shown = file.display().to_string();
            let files = settings::calendar_sheet::read(&folder, &shown, &text)
                .map_err(|faults| Fault::of_config(&faults).with_code(EX_DATAERR))?;
            fs::create_dir_all(&folder).map_err(|e| unwritten(&folder, &e))?;
            for (name, text) in &files {
                let path = folder.join(name);
                // The file is replaced at once, so that a reader sees the old or the new one.
                let beside = folder.join(format!(".{name}.new"));
                fs::write(&beside, text)
                    .and_then(|()| fs::rename(&beside, &path))
                    .map_err(|e| unwritten(&path, &e))?;
                print_line(&format!("{} was written", path.display()));
            }
            print_line("the engine reads the files at its next start");
            Ok(())
        }
        CalendarVerb::Export { file, config } => {
            let days = settings::calendar::load(&config.join("calendar"))
                .map_err(|faults| Fault::of_config(&faults))?;
            write(&file, &settings::calendar_sheet::write(&days))?;
            print_line(&format!(
                "{} days of {} years were written to {}",
                days.days.len(),
                days.years.len(),
                file.display()
            ));
            Ok(())
        }
    }
}

fn write(path: &Path, text: &str) -> Result<(), Fault> {
    fs::write(path, text).map_err(|e| unwritten(path, &e))
}

fn unwritten(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(EX_USAGE, format!("cannot write {}: {error}", path.display()))
}
