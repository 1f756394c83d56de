//! The names of units, topics and areas, for type-ahead and for showing codes as words. They hold
//! no person and no number, so everybody with an account may read them; the whole tables need
//! [`Right::Network`](ticketing::rights::Right::Network).

use std::sync::Arc;

use axum::{Json, extract::State};
use model::desk::{AreaId, Grade, TopicId, UnitId, UnitKind};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    auth::User,
    backend::ReferenceDataReader,
    blocking::read,
    clock::HotlineClock,
    openapi::{Api, RouteDoc},
    problem::Problem,
};

pub(super) fn routes() -> Api {
    Api::default().get(
        "/api/v1/names",
        list,
        RouteDoc::any_account("The names of the units, topics and areas that are valid today")
            .notes("Without persons, contacts and routes.")
            .returns::<Names>(),
    )
}

/// The names that are valid today.
#[derive(Default, Serialize, JsonSchema)]
struct Names {
    units: Vec<NamedUnit>,
    topics: Vec<NamedTopic>,
    areas: Vec<NamedArea>,
}

#[derive(Serialize, JsonSchema)]
struct NamedUnit {
    code: UnitId,
    name: String,
    short: String,
    kind: UnitKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<UnitId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    area: Option<AreaId>,
}

#[derive(Serialize, JsonSchema)]
struct NamedTopic {
    code: TopicId,
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    english: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    grade: Option<Grade>,
}

#[derive(Serialize, JsonSchema)]
struct NamedArea {
    code: AreaId,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<AreaId>,
}

async fn list(
    State(reference_data): State<Arc<dyn ReferenceDataReader>>,
    State(clock): State<HotlineClock>,
    _: User,
) -> Result<Json<Names>, Problem> {
    let today = clock.today();
    let names = read(&reference_data, move |reference_data| {
        Ok(reference_data.get(|data| {
            let directory = data.directory();
            let units = directory.active(today).map(|(code, unit)| NamedUnit {
                code: code.clone(),
                name: unit.name.clone(),
                short: unit.short.clone(),
                kind: unit.kind,
                parent: unit.parent.clone(),
                area: unit.area.clone(),
            });
            let topics = directory.topics().filter_map(|(code, versions)| {
                let topic = versions.on(today)?;
                Some(NamedTopic {
                    code: code.clone(),
                    name: topic.name.clone(),
                    english: topic.english.clone(),
                    grade: topic.grade,
                })
            });
            let areas = directory.areas().filter_map(|(code, versions)| {
                let area = versions.on(today)?;
                let parent = area.parent.clone();
                Some(NamedArea { code: code.clone(), name: area.name.clone(), parent })
            });
            Names { units: units.collect(), topics: topics.collect(), areas: areas.collect() }
        }))
    });
    names.await.map(Json)
}
