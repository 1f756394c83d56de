//! `heartline network …`: imports and exports units, areas, topics, routes and the roster.

use std::{collections::BTreeMap, fs, path::Path};

use directory::{
    DirectoryCommand, DirectoryState, Table,
    leader::{LeaderCommand, Leaders},
};
use engine::{
    clock::Clock,
    fault::{EX_DATAERR, EX_USAGE, Fault},
    tables,
};
use journal::{Journal, JournalError};
use model::{
    Event, Record, Timestamp,
    desk::{Actor, DeskEntry, DeskEvent},
};
use workflow::{Fault as CommandFault, Refusal};

use super::table_text;
use crate::{
    cli::{NetworkVerb, Place},
    output::print_line,
};

/// Runs the command.
pub(crate) fn run(verb: NetworkVerb) -> Result<(), Fault> {
    match verb {
        NetworkVerb::Import { folder, note, place } => import(&folder, note, &place),
        NetworkVerb::Export { folder, place } => export(&folder, &place),
    }
}

fn import(folder: &Path, note: String, place: &Place) -> Result<(), Fault> {
    // The tables are read like those of the config folder, so that faults have the same texts.
    let mut sheets = BTreeMap::new();
    for table in Table::ALL {
        let path = folder.join(format!("{}.csv", table.name()));
        if path.exists() {
            sheets.insert(table, table_text(&path)?);
        }
    }
    if sheets.is_empty() {
        let names = Table::ALL.map(|table| format!("{}.csv", table.name())).join(", ");
        let what = format!("{} has none of the files {names}", folder.display());
        return Err(Fault::new(EX_USAGE, what));
    }
    let journal_folder = place.data_folder()?.join("journal");
    // The lock of the log proves that no engine writes it at the same time.
    let opened = Journal::open(&journal_folder, journal::Options::default());
    let (mut journal, _) = opened.map_err(|error| match error {
        JournalError::Locked { .. } => {
            let what = format!(
                "{error}; a running engine takes the same tables at /api/v1/network/import, \
                 as docs/desk.md shows in \"Units and topics\""
            );
            Fault::new(EX_USAGE, what)
        }
        other => Fault::from(other.to_string()),
    })?;
    let (state, leaders, last) = known(&journal_folder)?;
    let now = Clock::start().now().max(last);
    let mut events = Vec::new();
    if let Some(table) = sheets.remove(&Table::Roster) {
        let turns = leaders.decide(now, &Actor::Engine, LeaderCommand::ImportRoster { table });
        events.extend(taken(turns)?.into_iter().map(DeskEvent::Leader));
    }
    if !sheets.is_empty() {
        let command = DirectoryCommand::Import { note, tables: sheets };
        let changes = state.decide(&Actor::Engine, command);
        events.extend(taken(changes)?.into_iter().map(DeskEvent::Directory));
    }
    let records: Vec<Record> = (journal.last() + 1..)
        .zip(events)
        .map(|(seq, event)| {
            let entry = DeskEntry { by: Actor::Engine, key: None, event };
            Record { seq, at: now, event: Event::Desk(Box::new(entry)) }
        })
        .collect();
    journal.append(&records).map_err(|e| e.to_string())?;
    journal.sync().map_err(|e| e.to_string())?;
    print_line(&match records.len() {
        0 => "nothing changes: the log already has all of this".to_owned(),
        n => format!("{n} records were written; the tables are in force from now on"),
    });
    Ok(())
}

/// The decided events. A refusal because nothing changes is not an error: there are no events.
fn taken<T>(decided: Result<Vec<T>, Refusal>) -> Result<Vec<T>, Fault> {
    match decided {
        Ok(events) => Ok(events),
        Err(Refusal::Faults { faults }) if faults.iter().all(CommandFault::is_no_change) => {
            Ok(Vec::new())
        }
        Err(Refusal::Faults { faults }) => {
            let lines = faults.iter().map(|fault| format!("{}: {}", fault.field, fault.what));
            Err(Fault::new(EX_DATAERR, lines.collect::<Vec<_>>().join("\n")))
        }
        Err(other) => Err(Fault::new(EX_DATAERR, other.to_string())),
    }
}

fn export(folder: &Path, place: &Place) -> Result<(), Fault> {
    let (mut state, mut leaders, _) = known(&place.data_folder()?.join("journal"))?;
    if state.is_new() {
        // Before the first start the log is empty; the tables that it will begin with are exported.
        let shipped = tables::shipped(&place.config)?;
        state = shipped.as_directory_state()?;
        if let Some(roster) = &shipped.roster {
            let turns = leaders.import(roster).unwrap_or_default();
            turns.into_iter().for_each(|turn| {
                leaders.apply(Timestamp::default(), &model::desk::LeaderEvent::Roster(turn));
            });
        }
    }
    fs::create_dir_all(folder).map_err(|e| unwritten(folder, &e))?;
    for table in Table::ALL {
        let text = match table {
            Table::Roster => leaders.export(),
            table => state.directory().export(table),
        };
        write(&folder.join(format!("{}.csv", table.name())), &text)?;
    }
    print_line(&format!(
        "{} units were written to {}",
        state.directory().units().count(),
        folder.display()
    ));
    Ok(())
}

/// The directory and the roster by the log, and the time of the last record.
fn known(folder: &Path) -> Result<(DirectoryState, Leaders, Timestamp), Fault> {
    let (mut state, mut leaders) = (DirectoryState::default(), Leaders::default());
    let mut last = Timestamp::default();
    let records = journal::Reader::open(folder)
        .and_then(|reader| reader.read_from(1))
        .map_err(|e| e.to_string())?;
    for record in records {
        let record = record.map_err(|e| Fault::new(EX_DATAERR, e.to_string()))?;
        last = record.at;
        let Event::Desk(entry) = &record.event else { continue };
        match &entry.event {
            DeskEvent::Directory(event) => state.apply(record.at, &entry.by, event),
            DeskEvent::Leader(event) => leaders.apply(record.at, event),
            _ => {}
        }
    }
    Ok((state, leaders, last))
}

fn write(path: &Path, text: &str) -> Result<(), Fault> {
    fs::write(path, text).map_err(|e| unwritten(path, &e))
}

fn unwritten(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(EX_USAGE, format!("cannot write {}: {error}", path.display()))
}
