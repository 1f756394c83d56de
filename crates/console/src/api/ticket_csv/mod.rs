//! Tickets as a CSV table (REC-18, export; CHAN-07, import; CALL-31, records of an older system).
//! An import opens tickets for new demands, and takes over tickets that were closed elsewhere.

mod table;

use std::{io, sync::Arc};

use axum::{
    Json,
    extract::{DefaultBodyLimit, FromRef, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use center::{Command, DeskRequest, Refusal};
use futures_util::future;
use model::{
    Event, TicketId, Timestamp,
    desk::{LegacyTicket, TopicId},
    event::Exported,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spreadsheet::Encoding;
use store::TicketIndex;
use ticketing::{DeskCommand, Ticket, rights::Right};
use workflow::Fault;

use self::table::Demand;
use super::{
    commands::idempotency_key,
    ticket_access::{TicketAccess, is_own},
    tickets::Filter,
};
use crate::{
    audit::{ShownRow, row_ids},
    auth::User,
    backend::{Commands, ReferenceDataReader, Tickets},
    blocking::read,
    decode,
    extract::{QueryParams, RawBody},
    openapi::{Api, RouteDoc},
    options::Options,
    paging::gather,
    problem::Problem,
    redact,
    state::AppState,
};

pub(super) fn routes() -> Api {
    let import = Api::default()
        .post(
            "/api/v1/tickets/import",
            import,
            RouteDoc::any_account("Import tickets from a table; all rows are checked before any is opened")
                .notes(
                    "For people who open tickets. The columns are the fields of the form; `number` is the \
                     row's number in the other system, under which it is imported once. A row whose `state` \
                     is closed or archived is taken over, which needs a director: it is read-only, found by \
                     its caller, and not counted. Cancelled rows are skipped.",
                )
                .csv()
                .returns::<Imported>(),
        )
        .layered(|router| router.layer(DefaultBodyLimit::max(TABLE_MAX)));
    Api::default()
        .get(
            "/api/v1/tickets.csv",
            export,
            RouteDoc::with_right(Right::Export, "Tickets as a table, newest first")
                .notes(
                    "With the filters of the list; at most 20,000 rows, `before` continues. Callers are \
                     masked by role. A contractor's people may not export. Exports and refused exports are \
                     recorded in the audit.",
                )
                .query::<Filter>()
                .returns_media(&["text/csv"]),
        )
        .merge(import)
}

async fn export(
    State(access): State<TicketAccess>,
    State(options): State<Arc<Options>>,
    user: User,
    QueryParams(filter): QueryParams<Filter>,
) -> Result<Response, Problem> {
    let name = filter.name("tickets as a table");
    require_export(&access, &user, &name).await?;
    let index = filter.index(&options.desk.area_code)?;
    let limit = filter.limit().unwrap_or(ROWS_OUT_MAX).clamp(1, ROWS_OUT_MAX);
    let before = filter.before();
    let found = read(&access.tickets, move |tickets| {
        let read = |before, batch| tickets.tickets(before, batch, index.as_ref());
        let mut all = Vec::new();
        let mut next = before;
        // A page is bounded; a table consists of many.
        loop {
            let left = limit - all.len();
            let page = gather(next, left, read, |ticket| ticket.ticket, |_| true)?;
            all.extend(page.items);
            next = page.next;
            if next.is_none() || all.len() >= limit {
                return Ok(all);
            }
        }
    });
    let found: Vec<Ticket> = found.await?;
    let board = access.wallboard();
    let mut whole = false;
    let shown = found.into_iter().map(|ticket| {
        let is_own = is_own(&board, &user, &ticket);
        let (ticket, is_whole) = redact::ticket(ticket, &user.account, is_own);
        whole |= is_whole;
        ticket
    });
    let shown: Vec<Ticket> = shown.collect();
    let text = table::write(&shown, options.zone);
    let (by, rows) = (user.account.name.clone(), shown.len() as u64);
    let ids = row_ids(shown.iter().map(|ticket| ShownRow::Ticket(ticket.ticket)).collect());
    let exported = Exported { by, what: name, rows, whole, ids: Some(ids) };
    access.audit.record(&user, Event::Exported(exported)).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"tickets.csv\""),
        ),
    ];
    Ok((headers, text).into_response())
}

/// Checks that the person may export persons' data. A refusal is recorded in the audit.
async fn require_export(access: &TicketAccess, user: &User, what: &str) -> Result<(), Problem> {
    let Err(refusal) = user.require(Right::Export) else { return Ok(()) };
    access.audit.export_refused(user, what).await?;
    Err(refusal)
}

/// The result of an import.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(super) struct Imported {
    /// Tickets opened now or by an earlier import of the same row.
    opened: usize,
    /// Tickets that were closed elsewhere and are taken over.
    taken_over: usize,
    /// Rows that are known: taken over before, or exported from here. They change nothing.
    known: usize,
    /// Cancelled rows.
    passed_over: usize,
    /// The encoding of the table, when it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_as: Option<String>,
}

/// The state that an import needs.
#[derive(Clone)]
struct Importer {
    commands: Arc<dyn Commands>,
    tickets: Arc<dyn Tickets>,
    reference_data: Arc<dyn ReferenceDataReader>,
    options: Arc<Options>,
}

impl FromRef<AppState> for Importer {
    fn from_ref(state: &AppState) -> Importer {
        Importer {
            commands: FromRef::from_ref(state),
            tickets: FromRef::from_ref(state),
            reference_data: FromRef::from_ref(state),
            options: FromRef::from_ref(state),
        }
    }
}

async fn import(
    State(importer): State<Importer>,
    user: User,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Json<Imported>, Problem> {
    let decoded = decode::table(&body).map_err(|error| Problem::invalid(error.to_string()))?;
    let file = idempotency_key(&headers)?;
    let table = table::read(&decoded.text, importer.options.zone).map_err(Problem::faults)?;
    importer.check_topics(&table.demands).map_err(Problem::faults)?;
    // The right is checked before any row is imported.
    if !table.closed.is_empty() {
        user.require(Right::TakeOver)?;
    }
    let rows = table.closed.len() + table.demands.len();
    let (closed, demands) = importer.unknown(table.closed, table.demands).await?;
    let mut done = Imported {
        opened: demands.len(),
        taken_over: closed.len(),
        known: rows - closed.len() - demands.len(),
        passed_over: table.cancelled,
        read_as: (decoded.encoding != Encoding::Utf8).then(|| decoded.encoding.to_string()),
    };
    let opened = demands.into_iter().map(|Demand { line, new_ticket, .. }| {
        // The key of a row is its number, or else its line in the file with this Idempotency-Key.
        let number = new_ticket.message.clone();
        let is_numbered = number.is_some();
        let name = number.or_else(|| Some(format!("{} {line}", file.as_ref()?)));
        (DeskCommand::Open(Box::new(new_ticket)), name, is_numbered)
    });
    let taken_over = closed.into_iter().map(|ticket| {
        let name = Some(ticket.number.clone());
        (DeskCommand::TakeOver(Box::new(ticket)), name, true)
    });
    let replies = opened.chain(taken_over).map(|(command, name, is_numbered)| {
        let key = name.map(|name| format!("table {name}"));
        let is_opening = matches!(command, DeskCommand::Open(_));
        let request = DeskRequest { by: user.actor(), command, expected: None, key };
        let command = Command::Desk(Box::new(request));
        let reply = importer.commands.execute(user.seat_actor(), command);
        async move { (reply.await, is_numbered, is_opening) }
    });
    // All at the same time, so that the log syncs them together.
    for (reply, is_numbered, is_opening) in future::join_all(replies).await {
        match reply {
            // The row with this number was imported before and has changed: an import adds rows, and
            // changes none.
            Err(Refusal::Desk(workflow::Refusal::KeyReused)) if is_numbered => {
                let count = if is_opening { &mut done.opened } else { &mut done.taken_over };
                *count = count.saturating_sub(1);
                done.known += 1;
            }
            reply => {
                reply?;
            }
        }
    }
    Ok(Json(done))
}

impl Importer {
    /// The rows that are not known yet: neither taken over before nor exported from here.
    async fn unknown(
        &self,
        closed: Vec<LegacyTicket>,
        demands: Vec<Demand>,
    ) -> Result<(Vec<LegacyTicket>, Vec<Demand>), Problem> {
        let unknown = read(&self.tickets, move |tickets| {
            let is_ours = |number: &str, opened: Option<Timestamp>| -> io::Result<bool> {
                let (Ok(number), Some(opened)) = (number.parse(), opened) else { return Ok(false) };
                let ticket = tickets.ticket(TicketId(number))?;
                Ok(ticket.is_some_and(|ticket| is_same_moment(ticket.opened, opened)))
            };
            let (mut new_closed, mut new_demands) = (Vec::new(), Vec::new());
            for ticket in closed {
                let index = TicketIndex::Elsewhere(ticket.number.clone());
                let is_ours = is_ours(&ticket.number, Some(ticket.opened))?;
                if !is_ours && tickets.tickets(None, 1, Some(&index))?.is_empty() {
                    new_closed.push(ticket);
                }
            }
            for demand in demands {
                let number = demand.new_ticket.message.as_deref().unwrap_or_default();
                if !is_ours(number, demand.opened)? {
                    new_demands.push(demand);
                }
            }
            Ok((new_closed, new_demands))
        });
        unknown.await
    }

    /// Finds unknown topics that are known with a leading zero: a spreadsheet program has taken
    /// `010402` for a number.
    fn check_topics(&self, demands: &[Demand]) -> Result<(), Vec<Fault>> {
        let faults: Vec<Fault> = self.reference_data.get(|data| {
            let is_known = |code: &str| data.directory().topic(&TopicId::from(code)).is_some();
            let fault = |Demand { line, new_ticket, .. }: &Demand| {
                let topic = new_ticket.form.topic.as_ref()?;
                let whole = format!("0{topic}");
                let has_lost_zero = !is_known(topic.as_str()) && is_known(&whole);
                let what = format!("{topic} has lost its leading zero; write {whole} as text");
                has_lost_zero.then(|| Fault::new(format!("line {line}, topic"), what))
            };
            demands.iter().filter_map(fault).collect()
        });
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }
}

/// Whether a cell shows this moment. A table has no fractions of seconds, and a spreadsheet program
/// may have saved it without seconds.
fn is_same_moment(ours: Timestamp, cell: Timestamp) -> bool {
    let unit = if cell.micros().is_multiple_of(MINUTE) { MINUTE } else { SECOND };
    ours.micros() / unit == cell.micros() / unit
}

/// A second in microseconds.
const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;

const ROWS_OUT_MAX: usize = 20_000;
/// The longest table, in bytes: a thousand demands of 4,000 characters.
const TABLE_MAX: usize = 16 * 1024 * 1024;
