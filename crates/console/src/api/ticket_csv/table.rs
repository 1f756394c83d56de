//! Writes and reads the CSV table of tickets.
//!
//! The columns of a demand are the fields of the registration form under their API names; reading
//! back what was written gives the same form. The columns of progress (state, times, reply) are for
//! people and for tickets closed elsewhere; the import ignores them for an open demand.

use std::collections::BTreeMap;

use model::{
    Timestamp, Zone,
    desk::{Form, LegacyTicket, TicketState, UnitId},
};
use schemars::{JsonSchema, schema_for};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use spreadsheet::{CsvError, CsvStyle, Reader, Writer, is_truncated_number};
use ticketing::{Ticket, desk::NewTicket};
use workflow::Fault;

use crate::{schema_check, timestamps};

/// The rows of a table.
#[derive(Default)]
pub(super) struct Table {
    /// New demands.
    pub(super) demands: Vec<Demand>,
    /// Tickets closed elsewhere, newest first: the numbers of a day are assigned from its end.
    pub(super) closed: Vec<LegacyTicket>,
    /// The number of rows cancelled elsewhere.
    pub(super) cancelled: usize,
}

/// A row that is a demand.
pub(super) struct Demand {
    /// The line it begins on.
    pub(super) line: u64,
    /// The command that opens its ticket.
    pub(super) new_ticket: NewTicket,
    /// The time it was opened, in a table with that column, such as our own export.
    pub(super) opened: Option<Timestamp>,
}

/// The kind of value in a column of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Flag,
    Count,
    /// `2026-11-22 16:03:12`, by the hotline's clock.
    Moment,
    /// Several words with `|` between them.
    Words,
    /// JSON as in the API.
    Json,
}

/// The fields of the form with the kind of each.
fn fields() -> Vec<(String, Kind)> {
    let schema = Value::from(schema_for!(Form));
    let fields = schema["properties"].as_object().cloned().unwrap_or_default();
    fields.into_iter().map(|(name, field)| (name, kind(&schema, &field))).collect()
}

fn kind(root: &Value, field: &Value) -> Kind {
    let branches = field["anyOf"].as_array().cloned().unwrap_or_default();
    let named = branches.iter().chain([field]).find_map(|branch| branch["$ref"].as_str());
    if let Some(name) = named {
        if name.ends_with("/Timestamp") {
            return Kind::Moment;
        }
        let to = name.strip_prefix('#').and_then(|at| root.pointer(at));
        return to.map_or(Kind::Json, |to| kind(root, to));
    }
    let words: Vec<&str> = match &field["type"] {
        Value::String(word) => vec![word.as_str()],
        Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is = |word: &str| words.contains(&word);
    // Words that the schema lists one by one are text as well.
    let is_choice = field["oneOf"].is_array() || field["enum"].is_array();
    let has_data =
        field["oneOf"].as_array().is_some_and(|all| all.iter().any(|one| one["type"] == "object"));
    match () {
        () if is("boolean") => Kind::Flag,
        () if is("integer") || is("number") => Kind::Count,
        () if is("array") && kind(root, &field["items"]) == Kind::Text => Kind::Words,
        () if is("string") || is_choice && !has_data => Kind::Text,
        () => Kind::Json,
    }
}

/// Columns before those of the form.
const HEAD: [&str; 4] = ["number", "channel", "caller", "line"];
/// Columns of progress.
const PROGRESS: [&str; 8] =
    ["state", "opened", "registered", "unit", "replied", "closed", "satisfaction", "reply"];

pub(super) fn write(tickets: &[Ticket], zone: Zone) -> String {
    let fields = fields();
    let mut writer = Writer::new(CsvStyle::ForSpreadsheets);
    let names = fields.iter().map(|(name, _)| name.as_str());
    writer.text(HEAD.into_iter().chain(names).chain(PROGRESS));
    for ticket in tickets {
        let form = serde_json::to_value(&ticket.form).unwrap_or_default();
        let caller = ticket.caller.reveal().to_owned();
        let head =
            [ticket.ticket.to_string(), word(&ticket.channel), caller, ticket.line.to_string()];
        let cells = fields.iter().map(|(name, kind)| cell(&form[name], *kind, zone));
        let moment =
            |at: Option<Timestamp>| at.map(|at| format_moment(at, zone)).unwrap_or_default();
        let progress = [
            word(&ticket.state),
            format_moment(ticket.opened, zone),
            moment(ticket.times.registered),
            handled_by(ticket).map(ToString::to_string).unwrap_or_default(),
            moment(ticket.times.replied),
            moment(ticket.times.closed),
            ticket.eval_final.map(|callback| word(&callback.grade)).unwrap_or_default(),
            ticket.replies.last().map(|reply| reply.what.text.clone()).unwrap_or_default(),
        ];
        writer.text(head.into_iter().chain(cells).chain(progress));
    }
    writer.finish()
}

/// The unit that handles the ticket, or handled it in another system.
fn handled_by(ticket: &Ticket) -> Option<&UnitId> {
    let elsewhere = || ticket.replies.last()?.what.by_unit.as_ref();
    ticket.lead().or_else(|| ticket.elsewhere.is_some().then(elsewhere).flatten())
}

fn cell(value: &Value, kind: Kind, zone: Zone) -> String {
    match (value, kind) {
        (Value::Null, _) => String::new(),
        (Value::String(text), _) => text.clone(),
        (Value::Number(at), Kind::Moment) => at
            .as_u64()
            .map(|at| format_moment(Timestamp::from_micros(at), zone))
            .unwrap_or_default(),
        (Value::Array(words), Kind::Words) => {
            words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("|")
        }
        (other, _) => other.to_string(),
    }
}

fn word<T: Serialize>(of: &T) -> String {
    match serde_json::to_value(of) {
        Ok(Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

fn format_moment(at: Timestamp, zone: Zone) -> String {
    let (date, second) = (zone.date(at), zone.second_of_day(at));
    format!("{date} {:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

pub(super) fn read(text: &str, zone: Zone) -> Result<Table, Vec<Fault>> {
    let fields = fields();
    let reader = Reader::new(text).map_err(|broken| vec![unreadable(broken)])?;
    let heads = reader.columns().to_vec();
    let mut faults = unknown(&heads, &fields);
    let (mut table, mut names) = (Table::default(), BTreeMap::new());
    for row in reader {
        let record = match row {
            Ok(row) => row,
            Err(broken) => {
                faults.push(unreadable(broken));
                break;
            }
        };
        let line = record.line;
        if table.demands.len() + table.closed.len() >= ROWS_IN_MAX {
            let what = format!("more than {ROWS_IN_MAX} rows; split the table");
            faults.push(Fault::new(format!("line {line}"), what));
            break;
        }
        if record.len() != heads.len() {
            let what = format!("{} cells, {} columns", record.len(), heads.len());
            faults.push(Fault::new(format!("line {line}"), what));
            continue;
        }
        let cells: BTreeMap<&str, &str> =
            heads.iter().map(String::as_str).zip(record.cells().map(str::trim)).collect();
        let cut = cells.iter().filter(|(_, cell)| is_truncated_number(cell));
        let cut: Vec<Fault> = cut
            .map(|(column, cell)| Fault::new(format!("line {line}, {column}"), cut_number(cell)))
            .collect();
        if !cut.is_empty() {
            faults.extend(cut);
            continue;
        }
        let row = Row { cells, line };
        let state = row.cell("state").and_then(|state| serde_json::from_value(state.into()).ok());
        if state == Some(TicketState::Cancelled) {
            table.cancelled += 1;
            continue;
        }
        if let Some(number) = row.cell("number")
            && let Some(first) = names.insert(number.to_owned(), line)
        {
            let what = format!("{number} is on line {first} as well; remove one");
            faults.push(Fault::new(format!("line {line}, number"), what));
        }
        let is_closed = matches!(state, Some(TicketState::Closed | TicketState::Archived));
        let read = if is_closed {
            row.closed(&fields, zone).map(|ticket| table.closed.push(ticket))
        } else {
            row.demand(&fields, zone).map(|demand| table.demands.push(demand))
        };
        faults.extend(read.err().unwrap_or_default());
        if faults.len() >= FAULTS_MAX {
            break;
        }
    }
    table.closed.sort_by_key(|ticket| std::cmp::Reverse(ticket.opened));
    if faults.is_empty() { Ok(table) } else { Err(faults) }
}

fn unknown(heads: &[String], fields: &[(String, Kind)]) -> Vec<Fault> {
    let known = |head: &str| {
        HEAD.contains(&head) || PROGRESS.contains(&head) || fields.iter().any(|(f, _)| f == head)
    };
    let mut faults: Vec<Fault> = (heads.iter().filter(|head| !known(head.as_str())))
        .map(|head| Fault::new(format!("line 1, {head}"), "there is no such column"))
        .collect();
    if !heads.iter().any(|head| head == "channel") {
        faults.push(Fault::new("line 1, channel", "is missing: the channel the demands came by"));
    }
    faults
}

struct Row<'r> {
    cells: BTreeMap<&'r str, &'r str>,
    line: u64,
}

impl Row<'_> {
    fn cell(&self, name: &str) -> Option<&str> {
        self.cells.get(name).copied().filter(|cell| !cell.is_empty())
    }

    /// A demand. `opened` only serves to recognise rows of our own export, so it is never a fault.
    fn demand(&self, fields: &[(String, Kind)], zone: Zone) -> Result<Demand, Vec<Fault>> {
        let new_ticket = self.new_ticket(fields, zone)?;
        let opened = self.cell("opened").and_then(|cell| timestamps::from_text(cell, zone));
        Ok(Demand { line: self.line, new_ticket, opened })
    }

    fn new_ticket(&self, fields: &[(String, Kind)], zone: Zone) -> Result<NewTicket, Vec<Fault>> {
        let columns =
            [("channel", "channel"), ("caller", "caller"), ("line", "line"), ("number", "message")];
        let new_ticket = self.checked(fields, zone, &columns, &[]);
        let of_a_call = matches!(self.cell("channel"), Some("phone" | "voicemail"));
        if of_a_call && self.cell("number").is_none() {
            let what = "is missing: a call of another system has a number there";
            let fault = Fault::new(format!("line {}, number", self.line), what);
            return Err(new_ticket.err().unwrap_or_default().into_iter().chain([fault]).collect());
        }
        new_ticket
    }

    /// A ticket closed elsewhere.
    fn closed(&self, fields: &[(String, Kind)], zone: Zone) -> Result<LegacyTicket, Vec<Fault>> {
        let columns = ["number", "channel", "caller", "line", "unit", "reply", "satisfaction"];
        self.checked(fields, zone, &columns.map(|name| (name, name)), &["opened", "closed"])
    }

    /// The row as the API would get it, checked against the same schema: the form, these columns under
    /// their API names, and these moments.
    fn checked<T: DeserializeOwned + JsonSchema + 'static>(
        &self,
        fields: &[(String, Kind)],
        zone: Zone,
        columns: &[(&str, &str)],
        moments: &[&str],
    ) -> Result<T, Vec<Fault>> {
        let (mut form, mut row, mut faults) = (Map::new(), Map::new(), Vec::new());
        let mut take = |into: &mut Map<String, Value>, name: &str, kind: Kind| {
            let Some(cell) = self.cell(name) else { return };
            match parse_cell(cell, kind, zone) {
                Ok(value) => drop(into.insert(name.to_owned(), value)),
                Err(what) => faults.push(Fault::new(name, what)),
            }
        };
        fields.iter().for_each(|(name, kind)| take(&mut form, name, *kind));
        moments.iter().for_each(|name| take(&mut row, name, Kind::Moment));
        row.insert("form".into(), form.into());
        for (column, name) in columns {
            if let Some(cell) = self.cell(column) {
                row.insert((*name).to_owned(), cell.into());
            }
        }
        match schema_check::read(row.into()) {
            Ok(read) if faults.is_empty() => return Ok(read),
            Ok(_) => {}
            // A moment that cannot be read is not reported as missing as well.
            Err(more) => {
                let known: Vec<String> = faults.iter().map(|fault| fault.field.clone()).collect();
                faults.extend(more.into_iter().filter(|fault| !known.contains(&fault.field)));
            }
        }
        let placed = |fault: Fault| {
            let field = fault.field.strip_prefix("form.").unwrap_or(&fault.field);
            let field = columns.iter().find(|(_, name)| *name == field).map_or(field, |(c, _)| c);
            Fault::new(format!("line {}, {field}", self.line), fault.what)
        };
        Err(faults.into_iter().map(placed).collect())
    }
}

fn parse_cell(cell: &str, kind: Kind, zone: Zone) -> Result<Value, String> {
    match kind {
        Kind::Text => Ok(cell.into()),
        Kind::Flag => match cell {
            "true" | "TRUE" | "yes" | "1" | "是" => Ok(true.into()),
            "false" | "FALSE" | "no" | "0" | "否" => Ok(false.into()),
            _ => Err("write true or false".into()),
        },
        Kind::Count => cell.parse::<u64>().map(Value::from).map_err(|_| "write a number".into()),
        Kind::Moment => {
            let at = timestamps::from_text(cell, zone);
            at.map(|at| at.micros().into()).ok_or_else(|| "write 2026-11-22 16:03:12".into())
        }
        Kind::Words => Ok(cell.split('|').map(|word| Value::from(word.trim())).collect()),
        Kind::Json => serde_json::from_str(cell).map_err(|error| format!("is not JSON: {error}")),
    }
}

fn unreadable(broken: CsvError) -> Fault {
    Fault::new(format!("line {}", broken.line), format!("cannot be read as CSV: {}", broken.what))
}

fn cut_number(cell: &str) -> String {
    format!(
        "a spreadsheet program has cut this number to {cell} and its last digits are lost; open \
         the original table with the column formatted as text, and save it again"
    )
}

/// Rows that one import carries out in one turn of the engine.
const ROWS_IN_MAX: usize = 1_000;
const FAULTS_MAX: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_form_has_a_column_of_its_kind() {
        let fields: BTreeMap<String, Kind> = fields().into_iter().collect();
        let kind = |name: &str| fields[name];
        assert!(fields.len() > 25, "{}", fields.len());
        assert_eq!((kind("title"), kind("purpose")), (Kind::Text, Kind::Text));
        assert_eq!((kind("topic"), kind("contact")), (Kind::Text, Kind::Text));
        assert_eq!((kind("confidential"), kind("affected")), (Kind::Flag, Kind::Count));
        assert_eq!((kind("occurred_from"), kind("tags")), (Kind::Moment, Kind::Words));
        assert_eq!((kind("spot"), kind("foreign")), (Kind::Json, Kind::Json));
    }
}
