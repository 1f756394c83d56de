//! The roster as a CSV file, one line for each ten days.

use std::collections::BTreeMap;

use model::{
    AccountName,
    desk::{MonthThird, RosterEvent, SigningTurn, TenDays},
};

use super::{Leaders, command::turn_faults};
use crate::{
    Table, TableFault,
    csv::{
        reader,
        writer::{list, write},
    },
    row_name::EnumName,
};

impl Leaders {
    /// The changes that a file makes to the roster. Turns that the file does not name stay as they
    /// are.
    ///
    /// # Errors
    /// All faults of the file.
    pub fn import(&self, text: &str) -> Result<Vec<RosterEvent>, Vec<TableFault>> {
        let (mut faults, mut turns) = (Vec::new(), Vec::new());
        let mut lines: BTreeMap<TenDays, u64> = BTreeMap::new();
        reader::read(Table::Roster, COLUMNS, text, &mut faults, |line| {
            let year = line.required("year").parse().unwrap_or(0);
            let month = line.number("month");
            line.required("third");
            let third = line.enum_value("third", MonthThird::ALL).unwrap_or(MonthThird::Early);
            let leader = AccountName::from(line.required("leader"));
            let turn = SigningTurn { leader, deputies: line.list("deputies") };
            let days = TenDays { year, month, third };
            for fault in turn_faults(days, &turn) {
                let column = match fault.field.as_str() {
                    "days" => "month",
                    "turn.leader" => continue,
                    _ => "deputies",
                };
                let (what, right) = fault.what.split_once("; ").unwrap_or((&fault.what, ""));
                line.fault(column, what, right);
            }
            if let Some(before) = lines.insert(days, line.number) {
                line.fault(
                    "third",
                    format!("line {before} already has {days}"),
                    "keep one of them",
                );
            }
            turns.push((days, turn));
        });
        if !faults.is_empty() {
            faults.sort();
            return Err(faults);
        }
        let other = |(days, turn): &(TenDays, SigningTurn)| self.turns.get(days) != Some(turn);
        let changed = turns.into_iter().filter(other);
        Ok(changed.map(|(days, turn)| RosterEvent::TurnWritten { days, turn }).collect())
    }

    /// The roster as the text of a file.
    pub fn export(&self) -> String {
        write(
            COLUMNS,
            self.turns.iter().map(|(days, turn)| {
                let (year, month) = (days.year.to_string(), days.month.to_string());
                let third = EnumName(&days.third).to_string();
                vec![year, month, third, turn.leader.to_string(), list(&turn.deputies)]
            }),
        )
    }
}

const COLUMNS: &[&str] = &["year", "month", "third", "leader", "deputies"];
