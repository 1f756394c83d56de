//! The tables of `config/desk`, checked against the rules of the directory and the roster.

use std::{collections::BTreeMap, path::Path};

use center::{Command, DeskRequest};
use directory::{
    Directory, DirectoryCommand, DirectoryState, Table, TableFault, TableText,
    leader::{LeaderCommand, Leaders},
};
use model::{Timestamp, desk::Actor, event::SeatActor};
use settings::{Fault, tables::TableFile};
use ticketing::DeskCommand;

use crate::backend::Engine;

/// The tables of a config folder: their text, and the directory they make.
#[derive(Clone, Default)]
pub struct Tables {
    /// Units, areas, topics and routes.
    pub directory: Directory,
    /// Each table as text; the roster is separate.
    pub(crate) texts: BTreeMap<Table, String>,
    /// The leaders' roster as text.
    pub roster: Option<String>,
}

/// Reads the tables of a config folder. The error lists every fault.
pub fn check(config: &Path) -> Result<Tables, Vec<Fault>> {
    read(&settings::tables::load(&config.join("desk"))?)
}

/// The same, for the command line. A folder without tables has none.
pub fn shipped(config: &Path) -> Result<Tables, crate::Fault> {
    check(config).map_err(|faults| crate::Fault::of_config(&faults))
}

/// The built-in tables.
pub fn embedded() -> Result<Tables, crate::Fault> {
    let read = read(&settings::tables::embedded());
    read.map_err(|faults| crate::Fault::of_config(&faults))
}

fn read(files: &[TableFile]) -> Result<Tables, Vec<Fault>> {
    let mut faults: Vec<Fault> = files
        .iter()
        .filter(|file| Table::by_name(&file.name).is_none())
        .map(unknown_table)
        .collect();
    let known = files.iter().filter_map(|file| Some((Table::by_name(&file.name)?, file)));
    let mut texts: BTreeMap<Table, String> =
        known.map(|(table, file)| (table, file.text.to_string())).collect();
    let roster = texts.remove(&Table::Roster);
    let table_texts: Vec<TableText<'_>> =
        texts.iter().map(|(table, text)| TableText { table: *table, text }).collect();
    let mut table_faults = roster
        .as_deref()
        .and_then(|text| Leaders::default().import(text).err())
        .unwrap_or_default();
    let mut directory = Directory::default();
    match directory.import(&table_texts) {
        Ok(changes) => changes.iter().for_each(|change| directory.apply(change)),
        Err(more) => table_faults.extend(more),
    }
    faults.extend(table_faults.into_iter().map(|fault| in_file(fault, files)));
    if faults.is_empty() { Ok(Tables { directory, texts, roster }) } else { Err(faults) }
}

impl Tables {
    /// The directory of an engine after its first start with these tables.
    pub fn as_directory_state(&self) -> Result<DirectoryState, crate::Fault> {
        let mut state = DirectoryState::default();
        if self.texts.is_empty() {
            return Ok(state);
        }
        let (note, tables) = (NOTE.to_owned(), self.texts.clone());
        let events = state.decide(&Actor::Engine, DirectoryCommand::Import { note, tables });
        for event in events.map_err(|refusal| crate::Fault::from(refusal.to_string()))? {
            state.apply(Timestamp::default(), &Actor::Engine, &event);
        }
        Ok(state)
    }

    /// Writes the tables to an empty log; from then on the log has them.
    pub(crate) async fn write_to_log(self, engine: &Engine) -> Result<(), String> {
        let rows = self.directory.units().count();
        if !self.texts.is_empty() {
            let (note, tables) = (NOTE.to_owned(), self.texts);
            send(engine, DeskCommand::Directory(DirectoryCommand::Import { note, tables })).await?;
        }
        if let Some(table) = self.roster {
            send(engine, DeskCommand::Leader(LeaderCommand::ImportRoster { table })).await?;
        }
        if rows > 0 {
            tracing::info!("first start: wrote {rows} units from the config folder to the log");
        }
        Ok(())
    }
}

async fn send(engine: &Engine, command: DeskCommand) -> Result<(), String> {
    let request = DeskRequest { by: Actor::Engine, command, expected: None, key: None };
    let reply = engine.ask(SeatActor::Engine, Command::Desk(Box::new(request))).await;
    match reply {
        Ok(_) => Ok(()),
        Err(refusal) => {
            Err(format!("the tables of config/desk could not be written to the log: {refusal}"))
        }
    }
}

/// A fault, with the file it is in.
fn in_file(fault: TableFault, files: &[TableFile]) -> Fault {
    let name = fault.table.name();
    let file = files.iter().find(|file| file.name == name);
    let key = match fault.line {
        0 => format!("{} {}", fault.row, fault.column).trim().to_string(),
        _ => fault.column.to_string(),
    };
    Fault {
        file: file.map_or_else(|| format!("{name}.csv"), |file| file.file.clone()),
        line: usize::try_from(fault.line).unwrap_or(0),
        column: None,
        key,
        what: fault.what,
        right: fault.right,
    }
}

fn unknown_table(file: &TableFile) -> Fault {
    let names: Vec<&str> = Table::ALL.iter().map(|table| table.name()).collect();
    Fault {
        file: file.file.clone(),
        line: 0,
        column: None,
        key: String::new(),
        what: format!("there is no table {:?}", file.name),
        right: format!("the tables are {}", names.join(", ")),
    }
}

/// The note of the first draft.
const NOTE: &str = "the tables of the config folder, at the first start";
