//! The network of units to be read: its tables, what is drafted, whose a demand is, whom to call
//! (DSP-05, DSP-12, DSP-20, KB-05); and tables taken in.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use backoffice::{
    DeskCommand, Done,
    network::{self, Draft, NetworkCommand, Route, Rung, Table},
};
use model::{
    Event, Timestamp,
    desk::{AreaId, TopicId, UnitId},
    event::{Exported, Role},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    asked::{Asked, Id, Sent},
    described::{Api, Said, Whom},
    desk::{order, read},
};
use crate::{desk::Desk, problem::Problem, rights::Right, who::Who};

pub(super) fn routes() -> Api {
    let house = |what| Said::with(Right::Tickets, what);
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
            Said::to(Whom::Holding(Right::Tickets, &[Role::UnitHead]), "Whom to call in a unit now, in order")
                .more("A head sees their own unit's.")
                .gives::<Vec<Rung>>(),
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
    who.must(Right::Tickets)?;
    let look = |backend: &dyn crate::Backend| {
        let mut found = Vec::new();
        backend.with_backdrop(&mut |backdrop| {
            let all = backdrop.drafts();
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
    who.must(Right::Tickets)?;
    let asked = network::Asked {
        topic: wanted.topic.as_deref().map(TopicId::from),
        area: wanted.area.as_deref().map(AreaId::from),
        against: wanted.against.as_deref().map(UnitId::from),
    };
    let today = desk.today();
    let look = move |backend: &dyn crate::Backend| {
        let mut found = None;
        backend.with_backdrop(&mut |backdrop| found = backdrop.network().route(&asked, today));
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
    who.must(Right::Tickets)?;
    let table = Table::by_name(&name).ok_or_else(|| {
        let names = Table::ALL.map(Table::name).join(", ");
        Problem::not_found(format!("there is no table {name}; there are {names}"))
    })?;
    let look = move |backend: &dyn crate::Backend| {
        let mut text = String::new();
        backend.with_backdrop(&mut |backdrop| {
            text = match table {
                Table::Roster => backdrop.leaders().export(),
                table => backdrop.network().export(table),
            };
        });
        Ok(text)
    };
    let text = desk.read(look).await?;
    // Liaisons' names and numbers are in them.
    let (by, rows) = (who.account.name.clone(), text.lines().count().saturating_sub(1) as u64);
    let what = format!("table {name}");
    let event = Event::Exported(Exported { by, what, rows, whole: true });
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

async fn ladder(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(unit): Id<String>,
) -> Result<Json<Vec<Rung>>, Problem> {
    let unit = UnitId::from(unit.as_str());
    let own = who.role() == Role::UnitHead && who.account.staff.unit.as_ref() == Some(&unit);
    if !own {
        who.must(Right::Tickets)?;
    }
    let (now, calendar): (Timestamp, _) = (desk.now(), desk.options.calendar.clone());
    let look = move |backend: &dyn crate::Backend| {
        let mut found = None;
        backend.with_backdrop(&mut |backdrop| {
            let network = backdrop.network();
            found = network.unit(&unit).map(|_| network.ladder(&unit, now, &calendar));
        });
        Ok(found)
    };
    let found = desk.read(look).await?;
    found.map(Json).ok_or_else(|| Problem::not_found("there is no such unit"))
}

/// A whole city's directory, several times over.
const TABLES_MAX: usize = 16 * 1024 * 1024;
