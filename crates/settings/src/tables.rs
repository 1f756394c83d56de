//! `config/desk/`: the first tables of a hotline as CSV files: areas, units, topics, owners.
//!
//! They are passed on as text; `directory` knows their rules. An engine offers them to an empty
//! log; from then on the log has them.

use std::{borrow::Cow, path::Path};

use crate::{Fault, folder::texts, page::Faults};

/// A CSV file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    /// The file's name without `.csv`, such as `units`.
    pub name: String,
    /// The file's path as the operator knows it: `config/desk/units.csv`.
    pub file: String,
    /// The file's content.
    pub text: Cow<'static, str>,
}

/// Reads the CSV files of a folder, sorted by name. A missing folder has none.
pub fn load(dir: &Path) -> Result<Vec<TableFile>, Vec<Fault>> {
    if !dir.exists() {
        return Ok(Vec::new());
    }
    let faults = Faults::default();
    let shown = dir.display().to_string();
    let read = texts(dir, "csv", &faults);
    let found = faults.sorted();
    if !found.is_empty() {
        return Err(found);
    }
    Ok(read.into_iter().map(|(file, text)| table(&shown, &file, text)).collect())
}

/// The shipped tables, built into the program.
pub fn embedded() -> Vec<TableFile> {
    BUILT_IN.iter().map(|(file, text)| table("(built in)/desk", file, (*text).into())).collect()
}

fn table(folder: &str, file: &str, text: Cow<'static, str>) -> TableFile {
    TableFile {
        name: file.trim_end_matches(".csv").to_string(),
        file: format!("{}/{file}", folder.trim_end_matches('/')),
        text,
    }
}

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../config/desk/", $name)))),*]
    };
}

const BUILT_IN: &[(&str, &str)] =
    built_in!["areas.csv", "directory.csv", "duty.csv", "grades.csv", "topics.csv", "units.csv",];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_files_equal_the_shipped_ones() {
        let texts = |files: Vec<TableFile>| {
            files.into_iter().map(|file| (file.name, file.text)).collect::<Vec<_>>()
        };
        let shipped = load(Path::new("../../config/desk")).unwrap_or_default();
        assert_eq!(shipped.len(), 6);
        assert_eq!(shipped[5].file, "../../config/desk/units.csv");
        assert_eq!(texts(embedded()), texts(shipped));
    }

    #[test]
    fn missing_folder_has_no_tables() {
        assert_eq!(load(Path::new("no-such-folder")), Ok(Vec::new()));
    }
}
