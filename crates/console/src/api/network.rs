//! The network of units to be read: its tables, what is drafted, whose a demand is, whom to call
//! (DSP-05, DSP-12, DSP-20, KB-05); and tables taken in.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use directory::{Draft, HandOver, NetworkCommand, Route, Rung, Table};
use model::{
    Event, Number, Record, TicketId, Timestamp,
    desk::{AreaId, AssignmentId, DeskEvent, Reached, TicketEvent, TopicId, UnitId},
    event::{Exported, Role},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::TicketIndex;
use ticketing::{DeskCommand, Done};

use super::{
    asked::{Asked, Id, Sent},
    described::{Api, Said, Whom},
    desk::{order, read},
    tickets,
};
use crate::{desk::Desk, problem::Problem, rights::Right, who::Who};

pub(super) fn routes() -> Api {
    let house = |what| Said::with(Right::Network, what);
    let import = Api::default()
        .post(
            "/api/v1/network/import",
            import,
            Said::person(
                "Tables as files: what they change is drafted; a director's counts at once",
            )
            .more("A table holds all versions; what it does not name stays as it is.")
            .body::<Import>()
            .gives::<Done>(),
        )
        .layered(|router| router.layer(DefaultBodyLimit::max(TABLES_MAX)));
    Api::default()
        .get(
            "/api/v1/network/drafts",
            drafts,
            house("Changes of the network that wait to be approved").gives::<Vec<Drafted>>(),
        )
        .get(
            "/api/v1/network/route",
            route,
            house("Whose a demand is by the directory, and why")
                .query::<Wanted>()
                .gives::<Route>(),
        )
        .get(
            "/api/v1/network/{table}",
            table,
            house("A table with all its versions, as CSV")
                .more("What is written here is read by the import as it was. The roster is one of them.")
                .gives_as(&["text/csv"]),
        )
        .get(
            "/api/v1/units/{unit}/ladder",
            ladder,
            Said::to(Whom::Holding(Right::Network, &[Role::UnitHead]), "Whom to call in a unit now, in order")
                .more(
                    "A head sees their own unit's. With `ticket`, who was called about it in vain is not \
                     called next.",
                )
                .query::<Chased>()
                .gives::<Ladder>(),
        )
        .get(
            "/api/v1/network/hand-overs",
            hand_overs,
            house("Open work of units that are no more, and who may take it")
                .gives::<Vec<HandOver<AssignmentId>>>(),
        )
        .merge(import)
}

/// A draft that waits.
#[derive(Serialize, JsonSchema)]
struct Drafted {
    /// Its number: approve or refuse it by this.
    draft: u32,
    #[serde(flatten)]
    what: Draft,
}

async fn drafts(State(desk): State<Arc<Desk>>, who: Who) -> Result<Json<Vec<Drafted>>, Problem> {
    who.must(Right::Network)?;
    let look = |backend: &dyn crate::Backend| {
        let mut found = Vec::new();
        backend.with_reference_data(&mut |reference| {
            let all = reference.drafts();
            found = all.map(|(draft, what)| Drafted { draft, what: what.clone() }).collect();
        });
        Ok(found)
    };
    desk.read(look).await.map(Json)
}

/// What it is about.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// A topic's code.
    topic: Option<String>,
    /// Where: an area's code.
    area: Option<String>,
    /// The unit that is complained of.
    against: Option<String>,
}

async fn route(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<Route>, Problem> {
    who.must(Right::Network)?;
    let asked = directory::Asked {
        topic: wanted.topic.as_deref().map(TopicId::from),
        area: wanted.area.as_deref().map(AreaId::from),
        against: wanted.against.as_deref().map(UnitId::from),
    };
    let today = desk.today();
    let look = move |backend: &dyn crate::Backend| {
        let mut found = None;
        backend
            .with_reference_data(&mut |reference| found = reference.network().route(&asked, today));
        Ok(found)
    };
    let found = desk.read(look).await?;
    found
        .map(Json)
        .ok_or_else(|| Problem::not_found("nobody's by the directory, and there is no hub"))
}

async fn table(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(name): Id<String>,
) -> Result<Response, Problem> {
    who.must(Right::Network)?;
    let table = Table::by_name(&name).ok_or_else(|| {
        let names = Table::ALL.map(Table::name).join(", ");
        Problem::not_found(format!("there is no table {name}; there are {names}"))
    })?;
    let look = move |backend: &dyn crate::Backend| {
        let mut text = String::new();
        backend.with_reference_data(&mut |reference| {
            text = match table {
                Table::Roster => reference.leaders().export(),
                table => reference.network().export(table),
            };
        });
        Ok(text)
    };
    let text = desk.read(look).await?;
    // Liaisons' names and numbers are in them.
    let (by, rows) = (who.account.name.clone(), text.lines().count().saturating_sub(1) as u64);
    let what = format!("table {name}");
    let event = Event::Exported(Exported { by, what, rows, whole: true, ids: None });
    desk.backend.command(who.actor(), center::Command::Note(event)).await?;
    let file = format!("attachment; filename=\"{}.csv\"", table.name());
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&file).unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    Ok((head, text).into_response())
}

/// Tables to be taken in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Import {
    /// What for.
    note: String,
    /// Tables as CSV, by name.
    tables: BTreeMap<Table, String>,
}

async fn import(
    State(desk): State<Arc<Desk>>,
    who: Who,
    headers: HeaderMap,
    Sent(body): Sent,
) -> Result<Json<Done>, Problem> {
    let (Import { note, tables }, _) = read(&body)?;
    let command = NetworkCommand::Import { note, tables };
    order(&desk, &who, &headers, DeskCommand::Network(command), None).await
}

/// What they are called about.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Chased {
    ticket: Option<u64>,
}

/// Whom to call.
#[derive(Serialize, JsonSchema)]
struct Ladder {
    /// The first who was not called in vain; nobody when all were.
    next: Option<Rung>,
    rungs: Vec<Rung>,
}

async fn ladder(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(unit): Id<String>,
    Asked(chased): Asked<Chased>,
) -> Result<Json<Ladder>, Problem> {
    let unit = UnitId::from(unit.as_str());
    let own = who.role() == Role::UnitHead && who.account.staff.unit.as_ref() == Some(&unit);
    if !own {
        who.must(Right::Network)?;
    }
    let about = chased.ticket.map(TicketId);
    if let Some(ticket) = about {
        tickets::seen(&desk, &who, ticket).await?;
    }
    let (now, calendar): (Timestamp, _) = (desk.now(), desk.options.calendar.clone());
    let look = move |backend: &dyn crate::Backend| {
        let tried = match about {
            Some(ticket) => in_vain(&backend.course(ticket, 0, STEPS_MAX)?),
            None => Vec::new(),
        };
        let mut found = None;
        backend.with_reference_data(&mut |reference| {
            let network = reference.network();
            found = network.unit(&unit).map(|_| Ladder {
                next: network.next_contact(&unit, &tried, now, &calendar),
                rungs: network.ladder(&unit, now, &calendar),
            });
        });
        Ok(found)
    };
    let found = desk.read(look).await?;
    found.map(Json).ok_or_else(|| Problem::not_found("there is no such unit"))
}

/// Numbers called about a ticket where nobody was reached (CALL-32).
fn in_vain(course: &[Record]) -> Vec<Number> {
    let contacts = course.iter().filter_map(|record| match &record.event {
        Event::Desk(entry) => match &entry.event {
            DeskEvent::Ticket(_, TicketEvent::Contacted(contact)) => Some(contact),
            _ => None,
        },
        _ => None,
    });
    let in_vain = contacts.filter(|contact| contact.reached != Reached::Yes);
    in_vain.map(|contact| contact.number.clone()).collect()
}

async fn hand_overs(
    State(desk): State<Arc<Desk>>,
    who: Who,
) -> Result<Json<Vec<HandOver<AssignmentId>>>, Problem> {
    who.must(Right::Network)?;
    let today = desk.today();
    let look = move |backend: &dyn crate::Backend| {
        let mut gone = Vec::new();
        backend.with_reference_data(&mut |reference| {
            let network = reference.network();
            let units = network.units().map(|(unit, _)| unit);
            gone = units.filter(|unit| network.unit_on(unit, today).is_none()).cloned().collect();
        });
        let mut open = Vec::new();
        for unit in gone {
            backend.each_ticket(&TicketIndex::OpenAt(unit.clone()), &mut |ticket| {
                let numbered = (1..).zip(&ticket.assignments);
                let theirs = numbered.filter(|(_, part)| part.unit == unit && part.is_open());
                let ticket = ticket.ticket;
                open.extend(theirs.map(|(n, _)| (unit.clone(), AssignmentId { ticket, n })));
                true
            })?;
        }
        let mut found = Vec::new();
        backend.with_reference_data(&mut |reference| {
            found = reference.network().hand_overs(open.drain(..), today);
        });
        Ok(found)
    };
    desk.read(look).await.map(Json)
}

/// Steps of a ticket that are looked through for calls.
const STEPS_MAX: usize = 1_000;

/// A whole city's directory, several times over.
const TABLES_MAX: usize = 16 * 1024 * 1024;
