//! The city of a back office: its calendar, its units and what they are responsible for.

use deadlines::calendar::{Calendar, OfficeHours};
use directory::{Table, TableText, initial_events};
use model::{CalendarTable, Zone, desk::DirectoryEvent};
use ticketing::{Desk, Rules};

/// A calendar and a directory of units.
#[derive(Clone, Debug)]
pub struct City {
    days: CalendarTable,
    directory: Vec<DirectoryEvent>,
}

impl City {
    /// Makes a city from a calendar and the tables of a config folder by name, such as `units`.
    ///
    /// The shipped tables have 39 units; twelve more streets make it 51, the number in the
    /// published articles. The error lists every fault of the tables, one a line.
    pub fn of(days: CalendarTable, tables: &[(&str, &str)]) -> Result<City, String> {
        let mut texts: Vec<(Table, String)> = (tables.iter())
            .filter_map(|(name, text)| Some((Table::by_name(name)?, (*text).to_owned())))
            .collect();
        for (table, text) in &mut texts {
            if *table == Table::Units {
                for (code, name, above) in STREETS {
                    let area = above.get(..6).unwrap_or(above);
                    let line =
                        format!("{code},{name}街道办事处,{name}街道,township,3,{above},,{area}");
                    text.push_str(&format!("{line},,,,,,,,,,,,\n"));
                }
            }
        }
        let sheets: Vec<TableText<'_>> =
            texts.iter().map(|(table, text)| TableText { table: *table, text }).collect();
        match initial_events(&sheets) {
            Ok(directory) => Ok(City { days, directory }),
            Err(faults) => {
                Err(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
            }
        }
    }

    /// A desk of this city without any tickets.
    pub(crate) fn desk(&self) -> Desk {
        let calendar = Calendar::new(Zone::CHINA, OfficeHours::default(), &self.days);
        Desk::new(Rules::shipped(), calendar, [7; 32])
    }

    /// The directory events at the beginning of its log.
    pub(crate) fn directory(&self) -> &[DirectoryEvent] {
        &self.directory
    }
}

/// Streets added to those of the stories.
const STREETS: [(&str, &str, &str); 12] = [
    ("410102-011", "林山寨", "410102-000"),
    ("410102-012", "建设路", "410102-000"),
    ("410102-013", "棉纺路", "410102-000"),
    ("410102-014", "秦岭路", "410102-000"),
    ("410103-010", "德化街", "410103-000"),
    ("410103-011", "解放路", "410103-000"),
    ("410103-012", "铭功路", "410103-000"),
    ("410103-013", "大学路", "410103-000"),
    ("410105-020", "经八路", "410105-000"),
    ("410105-021", "花园路", "410105-000"),
    ("410105-022", "人民路", "410105-000"),
    ("410105-023", "杜岭", "410105-000"),
];
