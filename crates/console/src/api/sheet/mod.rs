//! Tickets as a table (REC-18, CHAN-07, CALL-31): out with where they stand; in as demands, and what
//! was over elsewhere as what is known of it.

mod table;

use std::{io, sync::Arc};

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use center::{AtTheDesk, Command, Refusal};
use futures_util::future;
use model::{
    Event, TicketId, Timestamp,
    desk::{LegacyTicket, TopicId},
    event::{ExportRefused, Exported},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spreadsheet::Encoding;
use store::TicketIndex;
use ticketing::{
    DeskCommand, Ticket,
    rights::{self, Act},
};
use workflow::Fault;

use self::table::Demand;
use super::{
    asked::{Asked, Sent},
    described::{Api, Said},
    desk::key,
    page_of::gather,
    seen::{self, Row},
    tickets::{self, Filter},
};
use crate::{desk::Desk, problem::Problem, redact, rights::Right, who::Who};

pub(super) fn routes() -> Api {
    let import = Api::default()
        .post(
            "/api/v1/tickets/import",
            import,
            Said::person("Tickets as a table: all rows are read before the first is taken")
                .more(
                    "For who opens tickets. The form's columns are its fields; `number` is the row's name \
                     elsewhere, by which it comes once. A row whose `state` is closed or archived was over \
                     there, and is taken over by a director: read-only, found by its caller, and \
                     counted nowhere. Cancelled rows are passed over.",
                )
                .csv()
                .gives::<Imported>(),
        )
        .layered(|router| router.layer(DefaultBodyLimit::max(TABLE_MAX)));
    Api::default()
        .get(
            "/api/v1/tickets.csv",
            export,
            Said::with(Right::Export, "Tickets as a table, newest first")
                .more(
                    "Narrowed as the list is; at most 20,000 rows, `before` goes on. Callers are masked \
                     by role. Not for a contractor's people. That it was taken out is on the record, and \
                     that it was refused.",
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
    let name = filter.name("tickets as a table");
    must_export(&desk, &who, &name).await?;
    let filed = filter.filed(&desk.options.desk.area_code)?;
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
    let text = table::written(&shown, desk.options.zone);
    let (by, rows) = (who.account.name.clone(), shown.len() as u64);
    let ids = shown.iter().map(|ticket| Row::Ticket(ticket.ticket)).collect();
    let event =
        Event::Exported(Exported { by, what: name, rows, whole, ids: Some(seen::ids(ids)) });
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

/// Go on only with the right to take persons' data out; that it was refused is on the record.
async fn must_export(desk: &Desk, who: &Who, what: &str) -> Result<(), Problem> {
    let refusal = match who.must(Right::Export) {
        Ok(()) if who.account.staff.employer.is_contractor() => {
            Problem::forbidden("a contractor's people may not take out persons' data (SEAT-07)")
        }
        Ok(()) => return Ok(()),
        Err(refusal) => refusal,
    };
    let (by, what) = (who.account.name.clone(), what.to_owned());
    let refused = ExportRefused { by: by.clone(), what: what.clone() };
    desk.refusals.note(desk, who, (by, what), || Event::ExportRefused(refused)).await?;
    Err(refusal)
}

/// What became of a table.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(super) struct Imported {
    /// Tickets opened, and those that had been opened before.
    opened: usize,
    /// Tickets that were over elsewhere, and are here now.
    taken_over: usize,
    /// Rows that are here already: taken over before, or exported from here. Nothing of them is
    /// changed.
    known: usize,
    /// Cancelled ones.
    passed_over: usize,
    /// The encoding the table was read in, when it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    read_as: Option<String>,
}

async fn import(
    State(desk): State<Arc<Desk>>,
    who: Who,
    headers: HeaderMap,
    Sent(body): Sent,
) -> Result<Json<Imported>, Problem> {
    let decoded = crate::sent::table(&body).map_err(|error| Problem::unclear(error.to_string()))?;
    let file = key(&headers)?;
    let table = table::read(&decoded.text, desk.options.zone).map_err(Problem::faulty)?;
    lost_zeros(&desk, &table.demands).map_err(Problem::faulty)?;
    // Before anything is taken.
    if !table.over.is_empty() {
        rights::check(&who.doer(), Act::TakeOver).map_err(Refusal::Desk)?;
    }
    let rows = table.over.len() + table.demands.len();
    let (over, demands) = unknown(&desk, table.over, table.demands).await?;
    let mut done = Imported {
        opened: demands.len(),
        taken_over: over.len(),
        known: rows - over.len() - demands.len(),
        passed_over: table.cancelled,
        read_as: (decoded.encoding != Encoding::Utf8).then(|| decoded.encoding.to_string()),
    };
    let opened = demands.into_iter().map(|Demand { line, opening, .. }| {
        // By its own name it comes once, and without one by its place in a file of this name.
        let own = opening.message.clone();
        let is_named = own.is_some();
        let name = own.or_else(|| Some(format!("{} {line}", file.as_ref()?)));
        (DeskCommand::Open(Box::new(opening)), name, is_named)
    });
    let taken_over = over.into_iter().map(|past| {
        let name = Some(past.number.clone());
        (DeskCommand::TakeOver(Box::new(past)), name, true)
    });
    let orders = opened.chain(taken_over).map(|(command, name, is_named)| {
        let key = name.map(|name| format!("table {name}"));
        let is_opened = matches!(command, DeskCommand::Open(_));
        let order = AtTheDesk { by: who.doer(), command, expected: None, key };
        let done = desk.backend.command(who.actor(), Command::Desk(Box::new(order)));
        async move { (done.await, is_named, is_opened) }
    });
    // Together, so that the log syncs them together.
    for (order, is_named, is_opened) in future::join_all(orders).await {
        match order {
            // The demand of this name is here and says something else by now: a table adds demands,
            // it does not change any.
            Err(Refusal::Desk(workflow::Refusal::KeyReused)) if is_named => {
                let count = if is_opened { &mut done.opened } else { &mut done.taken_over };
                *count = count.saturating_sub(1);
                done.known += 1;
            }
            order => {
                order?;
            }
        }
    }
    Ok(Json(done))
}

/// The rows that are not here yet: neither taken over before nor exported from here.
async fn unknown(
    desk: &Desk,
    over: Vec<LegacyTicket>,
    demands: Vec<Demand>,
) -> Result<(Vec<LegacyTicket>, Vec<Demand>), Problem> {
    desk.read(move |backend| {
        let is_ours = |number: &str, opened: Option<Timestamp>| -> io::Result<bool> {
            let (Ok(number), Some(opened)) = (number.parse(), opened) else { return Ok(false) };
            let ticket = backend.ticket(TicketId(number))?;
            Ok(ticket.is_some_and(|ticket| is_written_as(ticket.opened, opened)))
        };
        let (mut new_over, mut new_demands) = (Vec::new(), Vec::new());
        for past in over {
            let place = TicketIndex::Elsewhere(past.number.clone());
            let is_ours = is_ours(&past.number, Some(past.opened))?;
            if !is_ours && backend.tickets(None, 1, Some(&place))?.is_empty() {
                new_over.push(past);
            }
        }
        for demand in demands {
            let number = demand.opening.message.as_deref().unwrap_or_default();
            if !is_ours(number, demand.opened)? {
                new_demands.push(demand);
            }
        }
        Ok((new_over, new_demands))
    })
    .await
}

/// Topics that are unknown and are known with a zero before them: a spreadsheet program has taken
/// `010402` for a number.
fn lost_zeros(desk: &Desk, demands: &[Demand]) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    desk.backend.with_reference_data(&mut |reference| {
        let is_known = |code: &str| reference.network().topic(&TopicId::from(code)).is_some();
        for Demand { line, opening, .. } in demands {
            let Some(topic) = opening.form.topic.as_ref() else { continue };
            let whole = format!("0{topic}");
            if !is_known(topic.as_str()) && is_known(&whole) {
                let what = format!("{topic} has lost its leading zero; write {whole} as text");
                faults.push(Fault::new(format!("line {line}, topic"), what));
            }
        }
    });
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// A table has no parts of seconds, and a spreadsheet program may have saved it without seconds.
fn is_written_as(ours: Timestamp, cell: Timestamp) -> bool {
    let unit = if cell.micros().is_multiple_of(MINUTE) { MINUTE } else { SECOND };
    ours.micros() / unit == cell.micros() / unit
}

/// In microseconds.
const SECOND: u64 = 1_000_000;
const MINUTE: u64 = 60 * SECOND;

const ROWS_OUT_MAX: usize = 20_000;
/// A thousand demands of 4,000 characters.
const TABLE_MAX: usize = 16 * 1024 * 1024;
