//! The tables of `config/desk`, held to the laws of the network and of the roster.

use std::path::Path;

use backoffice::{
    leader::Leaders,
    network::{Network, Sheet, Table, TableFault},
};
use settings::{Fault, tables::TableFile};

/// The network a config folder's tables make, or everything that is wrong with them.
pub(crate) fn check(config: &Path) -> Result<Network, Vec<Fault>> {
    let files = settings::tables::load(&config.join("desk"))?;
    let mut faults: Vec<Fault> =
        files.iter().filter(|file| Table::by_name(&file.name).is_none()).map(unknown).collect();
    let (network, told) = network(&files);
    faults.extend(told);
    if faults.is_empty() { Ok(network) } else { Err(faults) }
}

/// The network of a config folder's tables, none when there are no tables: what units are called
/// until a network is on record.
pub(crate) fn shipped(config: &Path) -> Result<Network, crate::Fault> {
    if !config.join("desk").is_dir() {
        return Ok(Network::default());
    }
    check(config).map_err(|faults| crate::tools::config_fault(&faults))
}

fn network(files: &[TableFile]) -> (Network, Vec<Fault>) {
    let known = files.iter().filter_map(|file| Some((Table::by_name(&file.name)?, file)));
    let sheets: Vec<Sheet<'_>> =
        known.map(|(table, file)| Sheet { table, text: &file.text }).collect();
    let roster = sheets.iter().find(|sheet| sheet.table == Table::Roster);
    let mut faults = roster.and_then(|sheet| Leaders::default().import(sheet.text).err());
    let mut network = Network::default();
    match network.import(&sheets) {
        Ok(changes) => changes.iter().for_each(|change| network.apply(change)),
        Err(told) => faults.get_or_insert_default().extend(told),
    }
    let faults = faults.unwrap_or_default();
    (network, faults.into_iter().map(|fault| placed(fault, files)).collect())
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
