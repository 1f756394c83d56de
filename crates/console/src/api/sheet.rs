//! Tickets as a table (REC-18, CHAN-07, CALL-31): out with where they stand, in as demands.
//!
//! The columns of a demand are the fields of the registration form, by their
//! names in the API. What is written here reads back as it was; the columns of
//! where it stands are for people and are passed over on the way in.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use backoffice::{
    DeskCommand, Fault, Ticket,
    desk::Opening,
    knowledge::sheet::{guarded, unguarded},
};
use center::{AtTheDesk, Command};
use futures_util::future;
use model::{
    Event, Timestamp, Zone,
    desk::{Form, TicketState},
    event::Exported,
};
use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    asked::{Asked, Sent},
    checked,
    described::{Api, Said},
    desk::key,
    page_of::gather,
    tickets::{self, Filter},
};
use crate::{desk::Desk, hooks, problem::Problem, redact, rights::Right, who::Who};

pub(super) fn routes() -> Api {
    let import = Api::default()
        .post(
            "/api/v1/tickets/import",
            import,
            Said::person("Demands as a table: all rows are read before the first is taken")
                .more(
                    "For who opens tickets. The form's columns are its fields; `number` is the row's name \
                     elsewhere, by which it comes once. Rows whose `state` says that they are over are \
                     history, and are passed over.",
                )
                .csv()
                .gives::<Imported>(),
        )
        .layered(|router| router.layer(DefaultBodyLimit::max(TABLE_MAX)));
    Api::default()
        .get(
            "/api/v1/tickets.csv",
            export,
            Said::with(Right::Tickets, "Tickets as a table, newest first")
                .more(
                    "Narrowed as the list is; at most 20,000 rows, `before` goes on. Callers are masked \
                     by role. That it was taken out is on the record.",
                )
                .query::<Filter>()
                .gives_as(&["text/csv"]),
        )
        .merge(import)
}

async fn export(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(filter): Asked<Filter>,
) -> Result<Response, Problem> {
    who.must(Right::Tickets)?;
    let filed = filter.filed()?;
    let limit = filter.limit().unwrap_or(ROWS_OUT_MAX).clamp(1, ROWS_OUT_MAX);
    let before = filter.before();
    let found = desk
        .read(move |backend| {
            let read = |before, bunch| backend.tickets(before, bunch, filed.as_ref());
            let mut all = Vec::new();
            let mut next = before;
            // A page is bounded; a table is many of them.
            loop {
                let left = limit - all.len();
                let page = gather(next, left, read, |ticket| ticket.ticket, |_| true)?;
                all.extend(page.items);
                next = page.next;
                if next.is_none() || all.len() >= limit {
                    return Ok(all);
                }
            }
        })
        .await?;
    let board = desk.backend.wallboard();
    let mut whole = false;
    let shown = found.into_iter().map(|ticket| {
        let own = tickets::is_own(&board, &who, &ticket);
        let (ticket, is_whole) = redact::ticket(ticket, &who.account, own);
        whole |= is_whole;
        ticket
    });
    let shown: Vec<Ticket> = shown.collect();
    let text = written(&shown, desk.options.zone);
    let (by, rows) = (who.account.name.clone(), shown.len() as u64);
    let event = Event::Exported(Exported { by, what: "tickets as a table".into(), rows, whole });
    desk.backend.command(who.actor(), Command::Note(event)).await?;
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"tickets.csv\""),
        ),
    ];
    Ok((head, text).into_response())
}

/// What became of a table.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(super) struct Imported {
    /// Tickets opened, and those that had been opened before.
    opened: usize,
    /// Rows that are history.
    over: usize,
}

async fn import(
    State(desk): State<Arc<Desk>>,
    who: Who,
    headers: HeaderMap,
    Sent(body): Sent,
) -> Result<Json<Imported>, Problem> {
    let text = std::str::from_utf8(&body)
        .map_err(|error| Problem::unclear(format!("the table is no UTF-8: {error}")))?;
    let file = key(&headers)?;
    let Table { openings, over } = read(text, desk.options.zone).map_err(Problem::faulty)?;
    let opened = openings.len();
    let orders = openings.into_iter().map(|(line, opening)| {
        // By its own name it comes once, and without one by its place in a file of this name.
        let name = opening.message.clone().or_else(|| Some(format!("{} {line}", file.as_ref()?)));
        let command = DeskCommand::Open(Box::new(opening));
        let key = name.map(|name| format!("table {name}"));
        let order = AtTheDesk { by: who.doer(), command, expected: None, key };
        desk.backend.command(who.actor(), Command::Desk(Box::new(order)))
    });
    // Together, so that the log syncs them together.
    for done in future::join_all(orders).await {
        done?;
    }
    Ok(Json(Imported { opened, over }))
}

/// The rows of a table.
struct Table {
    /// The line each begins on, and the demand.
    openings: Vec<(u64, Opening)>,
    over: usize,
}

/// What a cell of a form's field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Flag,
    Count,
    /// `2026-11-22 16:03:12`, by the hotline's clock.
    Moment,
    /// Several, with `|` between them.
    Words,
    /// As the API has it.
    Json,
}

/// The fields of the form, by name, and what each is.
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
    // Words told apart one by one are text too.
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

/// Columns before the form's.
const HEAD: [&str; 4] = ["number", "channel", "caller", "line"];
/// Where it stands: for people.
const STANDING: [&str; 8] =
    ["state", "opened", "registered", "unit", "replied", "closed", "satisfaction", "reply"];

fn written(tickets: &[Ticket], zone: Zone) -> String {
    let fields = fields();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = fields.iter().map(|(name, _)| name.as_str());
    // Writing into memory does not fail.
    let _ = writer.write_record(HEAD.into_iter().chain(names).chain(STANDING));
    for ticket in tickets {
        let form = serde_json::to_value(&ticket.form).unwrap_or_default();
        let caller = ticket.caller.reveal().to_owned();
        let head =
            [ticket.ticket.to_string(), word(&ticket.channel), caller, ticket.line.to_string()];
        let told = fields.iter().map(|(name, kind)| cell(&form[name], *kind, zone));
        let moment = |at: Option<Timestamp>| at.map(|at| shown(at, zone)).unwrap_or_default();
        let standing = [
            word(&ticket.state),
            shown(ticket.opened, zone),
            moment(ticket.times.registered),
            ticket.lead().map(ToString::to_string).unwrap_or_default(),
            moment(ticket.times.replied),
            moment(ticket.times.closed),
            ticket.eval_final.map(|said| word(&said.grade)).unwrap_or_default(),
            ticket.replies.last().map(|reply| reply.what.text.clone()).unwrap_or_default(),
        ];
        let cells = head.into_iter().chain(told).chain(standing);
        let _ = writer.write_record(cells.map(|cell| guarded(&cell)));
    }
    let bytes = writer.into_inner().unwrap_or_default();
    // By the mark before it Excel knows UTF-8.
    format!("\u{feff}{}", String::from_utf8_lossy(&bytes))
}

fn cell(value: &Value, kind: Kind, zone: Zone) -> String {
    match (value, kind) {
        (Value::Null, _) => String::new(),
        (Value::String(text), _) => text.clone(),
        (Value::Number(at), Kind::Moment) => {
            at.as_u64().map(|at| shown(Timestamp::from_micros(at), zone)).unwrap_or_default()
        }
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

fn shown(at: Timestamp, zone: Zone) -> String {
    let (date, second) = (zone.date(at), zone.second_of_day(at));
    format!("{date} {:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

fn read(text: &str, zone: Zone) -> Result<Table, Vec<Fault>> {
    let fields = fields();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let heads = reader.headers().cloned().map_err(|error| vec![broken(&error)])?;
    let mut faults = unknown(&heads, &fields);
    let (mut openings, mut over, mut names) = (Vec::new(), 0, BTreeMap::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                faults.push(broken(&error));
                break;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        if openings.len() >= ROWS_IN_MAX {
            let what = format!("more than {ROWS_IN_MAX} rows; make several tables of it");
            faults.push(Fault::new(format!("line {line}"), what));
            break;
        }
        if record.len() != heads.len() {
            let what = format!("{} cells, {} columns", record.len(), heads.len());
            faults.push(Fault::new(format!("line {line}"), what));
            continue;
        }
        let cells: BTreeMap<&str, &str> =
            heads.iter().zip(record.iter().map(|cell| unguarded(cell.trim()))).collect();
        if cells.get("state").is_some_and(|state| is_over(state)) {
            over += 1;
            continue;
        }
        let row = Row { cells, line };
        if let Some(number) = row.cell("number")
            && let Some(first) = names.insert(number.to_owned(), line)
        {
            let what = format!("{number} is on line {first} too; leave one out");
            faults.push(Fault::new(format!("line {line}, number"), what));
        }
        match row.opening(&fields, zone) {
            Ok(opening) => openings.push((line, opening)),
            Err(more) => faults.extend(more),
        }
        if faults.len() >= FAULTS_MAX {
            break;
        }
    }
    if faults.is_empty() { Ok(Table { openings, over }) } else { Err(faults) }
}

fn unknown(heads: &csv::StringRecord, fields: &[(String, Kind)]) -> Vec<Fault> {
    let known = |head: &str| {
        HEAD.contains(&head) || STANDING.contains(&head) || fields.iter().any(|(f, _)| f == head)
    };
    let mut faults: Vec<Fault> = (heads.iter().filter(|head| !known(head)))
        .map(|head| Fault::new(format!("line 1, {head}"), "there is no such column"))
        .collect();
    if !heads.iter().any(|head| head == "channel") {
        faults.push(Fault::new("line 1, channel", "is missing: by which way they came"));
    }
    faults
}

fn is_over(state: &str) -> bool {
    let state: Option<TicketState> = serde_json::from_value(state.into()).ok();
    matches!(state, Some(TicketState::Closed | TicketState::Archived | TicketState::Cancelled))
}

struct Row<'r> {
    cells: BTreeMap<&'r str, &'r str>,
    line: u64,
}

impl Row<'_> {
    fn cell(&self, name: &str) -> Option<&str> {
        self.cells.get(name).copied().filter(|cell| !cell.is_empty())
    }

    /// As the API would be sent it, and held against the same schema.
    fn opening(&self, fields: &[(String, Kind)], zone: Zone) -> Result<Opening, Vec<Fault>> {
        let (mut form, mut faults) = (Map::new(), Vec::new());
        for (name, kind) in fields {
            let Some(cell) = self.cell(name) else { continue };
            match valued(cell, *kind, zone) {
                Ok(value) => drop(form.insert(name.clone(), value)),
                Err(what) => faults.push(Fault::new(name.clone(), what)),
            }
        }
        let mut opening = Map::new();
        opening.insert("form".into(), form.into());
        for (column, name) in
            [("channel", "channel"), ("caller", "caller"), ("line", "line"), ("number", "message")]
        {
            if let Some(cell) = self.cell(column) {
                opening.insert(name.into(), cell.into());
            }
        }
        if matches!(self.cell("channel"), Some("phone" | "voicemail"))
            && self.cell("number").is_none()
        {
            faults.push(Fault::new("number", "is missing: a call of elsewhere has one there"));
        }
        let opening = checked::read(opening.into());
        match opening {
            Ok(opening) if faults.is_empty() => return Ok(opening),
            Ok(_) => {}
            Err(more) => faults.extend(more),
        }
        let placed = |fault: Fault| {
            let field = fault.field.strip_prefix("form.").unwrap_or(&fault.field).to_owned();
            let field = if field == "message" { "number".to_owned() } else { field };
            Fault::new(format!("line {}, {field}", self.line), fault.what)
        };
        Err(faults.into_iter().map(placed).collect())
    }
}

fn valued(cell: &str, kind: Kind, zone: Zone) -> Result<Value, String> {
    match kind {
        Kind::Text => Ok(cell.into()),
        Kind::Flag => match cell {
            "true" | "TRUE" | "yes" | "1" | "是" => Ok(true.into()),
            "false" | "FALSE" | "no" | "0" | "否" => Ok(false.into()),
            _ => Err("write true or false".into()),
        },
        Kind::Count => cell.parse::<u64>().map(Value::from).map_err(|_| "write a number".into()),
        Kind::Moment => {
            let at = hooks::moment(cell, zone);
            at.map(|at| at.micros().into()).ok_or_else(|| "write 2026-11-22 16:03:12".into())
        }
        Kind::Words => Ok(cell.split('|').map(|word| Value::from(word.trim())).collect()),
        Kind::Json => serde_json::from_str(cell).map_err(|error| format!("is no JSON: {error}")),
    }
}

fn broken(error: &csv::Error) -> Fault {
    let line = error.position().map_or(1, csv::Position::line);
    Fault::new(format!("line {line}"), format!("it cannot be read: {error}"))
}

const ROWS_OUT_MAX: usize = 20_000;
/// In one turn of the engine.
const ROWS_IN_MAX: usize = 1_000;
const FAULTS_MAX: usize = 100;
/// A thousand demands of 4,000 characters.
const TABLE_MAX: usize = 16 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_form_has_a_column_that_fits_it() {
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
