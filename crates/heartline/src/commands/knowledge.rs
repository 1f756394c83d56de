//! `heartline knowledge …`: imports and exports the knowledge base as a table.

use std::path::Path;

use engine::{
    clock::Clock,
    fault::{EX_DATAERR, EX_USAGE, Fault},
};
use journal::{Journal, JournalError};
use knowledge::sheet;
use model::{
    Event, Record, Zone,
    desk::{Actor, DeskEntry, DeskEvent},
};
use settings::Settings;
use ticketing::channels::TrackedKnowledge;
use workflow::Refusal;

use super::table_text;
use crate::{
    cli::{KnowledgeVerb, Place},
    output::print_line,
};

/// Runs the command.
pub(crate) fn run(verb: KnowledgeVerb) -> Result<(), Fault> {
    match verb {
        KnowledgeVerb::Import { file, drafts, place } => import(&file, !drafts, &place),
        KnowledgeVerb::Export { file, place } => export(&file, &place),
    }
}

fn import(file: &Path, publish: bool, place: &Place) -> Result<(), Fault> {
    let text = table_text(file)?;
    let rows = sheet::read(&text).map_err(|faults| faults_of(file, &faults))?;
    let count = rows.len();
    let folder = place.data_folder()?.join("journal");
    // The lock of the log proves that no engine writes it at the same time.
    let (mut journal, report) =
        Journal::open(&folder, journal::Options::default()).map_err(|error| match error {
            JournalError::Locked { .. } => {
                let what = format!(
                    "{error}; send the table to the running engine: \
                     curl --data-binary @{} -H 'Authorization: Bearer TOKEN' \
                     http://…/api/v1/knowledge/import?publish=true",
                    file.display()
                );
                Fault::new(EX_USAGE, what)
            }
            other => Fault::from(other.to_string()),
        })?;
    for finding in &report.found {
        tracing::warn!("while opening the log: {finding}");
    }
    let (tracked, last) = read(&folder, zone(place))?;
    let now = Clock::start().now().max(last);
    let decided = tracked.knowledge().import(now, &Actor::Engine, rows, publish);
    let events = decided.map_err(|no| match no {
        Refusal::Faults { faults } => {
            let lines =
                faults.iter().map(|f| format!("{}: {}: {}", file.display(), f.field, f.what));
            Fault::new(EX_DATAERR, lines.collect::<Vec<_>>().join("\n"))
        }
        other => Fault::new(EX_DATAERR, other.to_string()),
    })?;
    let records: Vec<Record> = (journal.last() + 1..)
        .zip(events)
        .map(|(seq, (id, event))| {
            let entry =
                DeskEntry { by: Actor::Engine, key: None, event: DeskEvent::Knowledge(id, event) };
            Record { seq, at: now, event: Event::Desk(Box::new(entry)) }
        })
        .collect();
    for batch in records.chunks(BATCH) {
        journal.append(batch).map_err(|e| e.to_string())?;
    }
    journal.sync().map_err(|e| e.to_string())?;
    print_line(&format!("{count} items are in the table; {} records were written", records.len()));
    Ok(())
}

fn export(file: &Path, place: &Place) -> Result<(), Fault> {
    let folder = place.data_folder()?.join("journal");
    let (tracked, _) = read(&folder, zone(place))?;
    let rows = tracked.knowledge().rows();
    std::fs::write(file, sheet::write(&rows))
        .map_err(|e| Fault::new(EX_USAGE, format!("cannot write {}: {e}", file.display())))?;
    print_line(&format!("{} items were written to {}", rows.len(), file.display()));
    Ok(())
}

/// The knowledge base by the log, and the time of the last record.
fn read(folder: &Path, zone: Zone) -> Result<(TrackedKnowledge, model::Timestamp), Fault> {
    let mut tracked = TrackedKnowledge::new(zone);
    let mut last = model::Timestamp::default();
    let records = journal::Reader::open(folder)
        .and_then(|reader| reader.read_from(1))
        .map_err(|e| e.to_string())?;
    for record in records {
        let record = record.map_err(|e| Fault::new(EX_DATAERR, e.to_string()))?;
        last = record.at;
        tracked.apply(&record);
    }
    Ok((tracked, last))
}

fn zone(place: &Place) -> Zone {
    // With `--data` there may be no config folder.
    Settings::load(&place.config).map_or(Zone::CHINA, |settings| settings.hotline.zone)
}

fn faults_of(file: &Path, faults: &[sheet::RowFault]) -> Fault {
    let lines = faults.iter().map(|fault| format!("{}: {fault}", file.display()));
    Fault::new(EX_DATAERR, lines.collect::<Vec<_>>().join("\n"))
}

/// The number of records in one write.
const BATCH: usize = 1_024;
