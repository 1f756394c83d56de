//! The tables of `config/desk`, checked against the rules of the directory and the roster.

use std::{collections::BTreeMap, path::Path};

use center::{Command, DeskRequest};
use directory::{
    Network, NetworkCommand, Register, Sheet, Table, TableFault,
    leader::{LeaderCommand, Leaders},
};
use model::{Timestamp, desk::Actor, event::SeatActor};
use settings::{Fault, tables::TableFile};
use ticketing::DeskCommand;

use crate::backend::Engine;

/// The tables of a config folder: their text, and the directory they make.
#[derive(Clone, Default)]
pub struct Tables {
    /// Units, areas, topics and the directory.
    pub network: Network,
    /// Each table as text; the roster is separate.
    pub(crate) sheets: BTreeMap<Table, String>,
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
    let mut faults: Vec<Fault> =
        files.iter().filter(|file| Table::by_name(&file.name).is_none()).map(unknown).collect();
    let known = files.iter().filter_map(|file| Some((Table::by_name(&file.name)?, file)));
    let mut sheets: BTreeMap<Table, String> =
        known.map(|(table, file)| (table, file.text.to_string())).collect();
    let roster = sheets.remove(&Table::Roster);
    let asked: Vec<Sheet<'_>> =
        sheets.iter().map(|(table, text)| Sheet { table: *table, text }).collect();
    let mut told = roster
        .as_deref()
        .and_then(|text| Leaders::default().import(text).err())
        .unwrap_or_default();
    let mut network = Network::default();
    match network.import(&asked) {
        Ok(changes) => changes.iter().for_each(|change| network.apply(change)),
        Err(more) => told.extend(more),
    }
    faults.extend(told.into_iter().map(|fault| placed(fault, files)));
    if faults.is_empty() { Ok(Tables { network, sheets, roster }) } else { Err(faults) }
}

impl Tables {
    /// The register of an engine after its first start with these tables.
    pub fn as_register(&self) -> Result<Register, crate::Fault> {
        let mut register = Register::default();
        if self.sheets.is_empty() {
            return Ok(register);
        }
        let (note, tables) = (NOTE.to_owned(), self.sheets.clone());
        let events = register.decide(&Actor::Engine, NetworkCommand::Import { note, tables });
        for event in events.map_err(|no| crate::Fault::from(no.to_string()))? {
            register.apply(Timestamp::default(), &Actor::Engine, &event);
        }
        Ok(register)
    }

    /// Writes the tables to an empty log; from then on the log has them.
    pub(crate) async fn take_in(self, engine: &Engine) -> Result<(), String> {
        let rows = self.network.units().count();
        if !self.sheets.is_empty() {
            let (note, tables) = (NOTE.to_owned(), self.sheets);
            order(engine, DeskCommand::Network(NetworkCommand::Import { note, tables })).await?;
        }
        if let Some(table) = self.roster {
            order(engine, DeskCommand::Leader(LeaderCommand::ImportRoster { table })).await?;
        }
        if rows > 0 {
            tracing::info!("first start: {rows} units of the config folder are on record");
        }
        Ok(())
    }
}

async fn order(engine: &Engine, command: DeskCommand) -> Result<(), String> {
    let order = DeskRequest { by: Actor::Engine, command, expected: None, key: None };
    let done = engine.ask(SeatActor::Engine, Command::Desk(Box::new(order))).await;
    match done {
        Ok(_) => Ok(()),
        Err(no) => Err(format!("the tables of the desk are not taken in: {no}")),
    }
}

/// A fault, with the file it is in.
fn placed(fault: TableFault, files: &[TableFile]) -> Fault {
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

fn unknown(file: &TableFile) -> Fault {
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
