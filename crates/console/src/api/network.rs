//! The network of units: its tables, drafts, who is responsible for a demand and whom to call
//! (DSP-05, routing; DSP-12, contacts; DSP-20, tables; KB-05, directory), and the import of tables.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use directory::{ContactOption, DirectoryCommand, Draft, Handover, Route, RouteQuery, Table};
use model::{
    Event, Number, Record, TicketId,
    desk::{AreaId, AssignmentId, DeskEvent, Reached, TicketEvent, TopicId, UnitId},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::TicketIndex;
use ticketing::{CommandReceipt, DeskCommand, rights::Right};

use super::{
    commands::{DeskCommands, read_command},
    ticket_access::TicketAccess,
};
use crate::{
    audit::Audit,
    auth::User,
    backend::{ReferenceDataReader, Tickets},
    blocking::read,
    clock::HotlineClock,
    extract::{PathId, QueryParams, RawBody},
    openapi::{Access, Api, RouteDoc},
    options::Options,
    problem::Problem,
};

pub(super) fn routes() -> Api {
    let route_doc = |summary| RouteDoc::with_right(Right::Network, summary);
    let import = Api::default()
        .post(
            "/api/v1/network/import",
            import,
            RouteDoc::any_account(
                "Import tables: changes become a draft, a director's at once valid",
            )
            .notes("A table holds all versions; what it does not name stays unchanged.")
            .body::<Import>()
            .returns::<CommandReceipt>(),
        )
        .layered(|router| router.layer(DefaultBodyLimit::max(TABLES_MAX)));
    Api::default()
        .get(
            "/api/v1/network/drafts",
            drafts,
            route_doc("Changes of the network that wait for approval")
                .returns::<Vec<DraftDocument>>(),
        )
        .get(
            "/api/v1/network/route",
            route,
            route_doc("The unit that is responsible for a demand, and the reason")
                .query::<RouteParameters>()
                .returns::<Route>(),
        )
        .get(
            "/api/v1/network/{table}",
            table,
            route_doc("A table with all its versions, as CSV")
                .notes("The import reads it back unchanged. The roster of leaders is one of the tables.")
                .returns_media(&["text/csv"]),
        )
        .get(
            "/api/v1/units/{unit}/ladder",
            escalation_contacts,
            RouteDoc::new(
                Access::With(Right::Network, &[Right::UnitsBelow]),
                "The contacts of a unit to call now, in order",
            )
            .notes(
                "Heads see those of their own unit. With `ticket`, contacts that were called about it \
                 without success are skipped.",
            )
            .query::<EscalationQuery>()
            .returns::<EscalationContacts>(),
        )
        .get(
            "/api/v1/network/hand-overs",
            hand_overs,
            route_doc("Open work of units that no longer exist, and who may take it over")
                .returns::<Vec<Handover<AssignmentId>>>(),
        )
        .merge(import)
}

/// A draft that waits for approval.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Drafted")]
struct DraftDocument {
    /// Its number, by which it is approved or refused.
    draft: u32,
    #[serde(flatten)]
    what: Draft,
}

async fn drafts(
    State(reference_data): State<Arc<dyn ReferenceDataReader>>,
    user: User,
) -> Result<Json<Vec<DraftDocument>>, Problem> {
    user.require(Right::Network)?;
    let drafts = read(&reference_data, |reference_data| {
        Ok(reference_data.get(|data| {
            let drafts = data.drafts();
            drafts.map(|(draft, what)| DraftDocument { draft, what: what.clone() }).collect()
        }))
    });
    drafts.await.map(Json)
}

/// The demand.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RouteParameters {
    /// The code of a topic.
    topic: Option<String>,
    /// The code of an area.
    area: Option<String>,
    /// The unit that a complaint is about.
    against: Option<String>,
}

async fn route(
    State(reference_data): State<Arc<dyn ReferenceDataReader>>,
    State(clock): State<HotlineClock>,
    user: User,
    QueryParams(query): QueryParams<RouteParameters>,
) -> Result<Json<Route>, Problem> {
    user.require(Right::Network)?;
    let demand = RouteQuery {
        topic: query.topic.as_deref().map(TopicId::from),
        area: query.area.as_deref().map(AreaId::from),
        against: query.against.as_deref().map(UnitId::from),
    };
    let today = clock.today();
    let route = read(&reference_data, move |reference_data| {
        Ok(reference_data.get(|data| data.directory().route(&demand, today)))
    });
    let none = "the directory names no unit for it, and there is no hub";
    route.await?.map(Json).ok_or_else(|| Problem::not_found(none))
}

async fn table(
    State(reference_data): State<Arc<dyn ReferenceDataReader>>,
    State(audit): State<Audit>,
    user: User,
    PathId(name): PathId<String>,
) -> Result<Response, Problem> {
    user.require(Right::Network)?;
    let table = Table::by_name(&name).ok_or_else(|| {
        let names = Table::ALL.map(Table::name).join(", ");
        Problem::not_found(format!("there is no table {name}; there are {names}"))
    })?;
    let text = read(&reference_data, move |reference_data| {
        Ok(reference_data.get(|data| match table {
            Table::Roster => data.leaders().export(),
            table => data.directory().export(table),
        }))
    });
    let text = text.await?;
    // The tables hold names and numbers of liaisons.
    let rows = text.lines().count().saturating_sub(1) as u64;
    audit.export(&user, format!("table {name}"), rows, true).await?;
    let file = format!("attachment; filename=\"{}.csv\"", table.name());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&file).unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    Ok((headers, text).into_response())
}

/// Tables to be imported.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Import {
    /// The reason for the change.
    note: String,
    /// Tables as CSV, by name.
    tables: BTreeMap<Table, String>,
}

async fn import(
    State(desk): State<DeskCommands>,
    user: User,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Json<CommandReceipt>, Problem> {
    let (Import { note, tables }, _) = read_command(&body)?;
    let command = DeskCommand::Directory(DirectoryCommand::Import { note, tables });
    desk.execute(&user, &headers, command, None).await
}

/// The ticket that contacts are called about.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Chased")]
struct EscalationQuery {
    ticket: Option<u64>,
}

/// The contacts of a unit in the order in which they are called.
#[derive(Serialize, JsonSchema)]
struct EscalationContacts {
    /// The first contact that was not called without success; `null` when all were.
    next: Option<ContactOption>,
    #[serde(rename = "rungs")]
    contacts: Vec<ContactOption>,
}

async fn escalation_contacts(
    State(access): State<TicketAccess>,
    State(reference_data): State<Arc<dyn ReferenceDataReader>>,
    State(options): State<Arc<Options>>,
    State(clock): State<HotlineClock>,
    user: User,
    PathId(unit): PathId<String>,
    QueryParams(query): QueryParams<EscalationQuery>,
) -> Result<Json<EscalationContacts>, Problem> {
    let unit = UnitId::from(unit.as_str());
    let own_unit = user.account.staff.unit.as_ref();
    if !user.may(Right::UnitsBelow) || own_unit != Some(&unit) {
        user.require(Right::Network)?;
    }
    let tried = match query.ticket.map(TicketId) {
        Some(ticket) => {
            access.ticket(&user, ticket).await?;
            let history = read(&access.tickets, move |t| t.history(ticket, 0, RECORDS_MAX));
            called_without_success(&history.await?)
        }
        None => Vec::new(),
    };
    let (now, calendar) = (clock.now(), &options.calendar);
    let found = reference_data.get(|data| {
        let directory = data.directory();
        directory.unit(&unit).map(|_| EscalationContacts {
            next: directory.next_contact(&unit, &tried, now, calendar),
            contacts: directory.escalation_contacts(&unit, now, calendar),
        })
    });
    found.map(Json).ok_or_else(|| Problem::not_found("no such unit"))
}

/// Numbers that were called about a ticket where nobody was reached (CALL-32: calls to units).
fn called_without_success(history: &[Record]) -> Vec<Number> {
    let contacts = history.iter().filter_map(|record| match &record.event {
        Event::Desk(entry) => match &entry.event {
            DeskEvent::Ticket(_, TicketEvent::Contacted(contact)) => Some(contact),
            _ => None,
        },
        _ => None,
    });
    let failed = contacts.filter(|contact| contact.reached != Reached::Yes);
    failed.map(|contact| contact.number.clone()).collect()
}

async fn hand_overs(
    State(tickets): State<Arc<dyn Tickets>>,
    State(reference_data): State<Arc<dyn ReferenceDataReader>>,
    State(clock): State<HotlineClock>,
    user: User,
) -> Result<Json<Vec<Handover<AssignmentId>>>, Problem> {
    user.require(Right::Network)?;
    let today = clock.today();
    let closed_units: Vec<UnitId> = reference_data.get(|data| {
        let directory = data.directory();
        let units = directory.units().map(|(unit, _)| unit);
        units.filter(|unit| directory.unit_on(unit, today).is_none()).cloned().collect()
    });
    let open = read(&tickets, move |tickets| {
        let mut open = Vec::new();
        for unit in closed_units {
            tickets.each_ticket(&TicketIndex::OpenAt(unit.clone()), &mut |ticket| {
                let numbered = (1..).zip(&ticket.assignments);
                let theirs = numbered.filter(|(_, part)| part.unit == unit && part.is_open());
                let ticket = ticket.ticket;
                open.extend(theirs.map(|(n, _)| (unit.clone(), AssignmentId { ticket, n })));
                true
            })?;
        }
        Ok(open)
    });
    let open = open.await?;
    Ok(Json(reference_data.get(|data| data.directory().handovers(open, today))))
}

/// Records of a ticket that are searched for calls.
const RECORDS_MAX: usize = 1_000;
/// The longest tables, in bytes: the directory of a whole city, several times over.
const TABLES_MAX: usize = 16 * 1024 * 1024;
