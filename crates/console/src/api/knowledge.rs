//! The knowledge base: search during a call, upkeep by its owners, import and export (KB-01 to KB-04).

use std::sync::Arc;

use axum::{
    Json,
    extract::{DefaultBodyLimit, FromRef, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use center::{ChannelsRequest, Command};
use knowledge::{Item, KnowledgeCommand, readable_visibility, sheet};
use model::{
    Date, LineId, Seq,
    desk::{KnowledgeId, KnowledgeState, TopicId, UnitId, Visibility},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ticketing::channels::{ChannelsCommand, TrackedKnowledge};
use workflow::Fault;

use super::commands::{idempotency_key, read_command};
use crate::{
    auth::User,
    backend::{Commands, KnowledgeBase, KnowledgeQuery, SearchHit, TextPart},
    clock::HotlineClock,
    decode,
    extract::{PathId, QueryParams, RawBody},
    openapi::{Api, RouteDoc},
    problem::Problem,
    state::AppState,
};

/// Reads and changes the knowledge base.
#[derive(Clone)]
struct KnowledgeAccess {
    knowledge: Option<Arc<dyn KnowledgeBase>>,
    commands: Arc<dyn Commands>,
    clock: HotlineClock,
}

impl FromRef<AppState> for KnowledgeAccess {
    fn from_ref(state: &AppState) -> KnowledgeAccess {
        KnowledgeAccess {
            knowledge: FromRef::from_ref(state),
            commands: FromRef::from_ref(state),
            clock: FromRef::from_ref(state),
        }
    }
}

pub(super) fn routes() -> Api {
    let table = Api::default()
        .post(
            "/api/v1/knowledge/import",
            import,
            RouteDoc::any_account("Import items from a table: all rows or none")
                .notes("For people who keep or review the knowledge base; units write their own items.")
                .query::<ImportQuery>()
                .csv()
                .returns::<Changed>(),
        )
        .layered(|router| router.layer(DefaultBodyLimit::max(TABLE_MAX)));
    Api::default()
        .get(
            "/api/v1/knowledge",
            list,
            RouteDoc::any_account("Items of the knowledge base")
                .notes("With `q` those that answer it, best first and highlighted; without, by id.")
                .query::<Filter>()
                .returns::<ItemList>(),
        )
        .get(
            "/api/v1/knowledge.csv",
            export,
            RouteDoc::any_account("Every published item, as a table")
                .notes("For people who keep or review the knowledge base.")
                .returns_media(&["text/csv"]),
        )
        .get(
            "/api/v1/knowledge/upkeep",
            upkeep,
            RouteDoc::any_account(
                "Items that are stale, due or to be reviewed, gaps, duplicates, most used",
            )
            .notes("For people who keep or review the knowledge base; a unit sees its own items.")
            .query::<UpkeepQuery>()
            .returns::<Upkeep>(),
        )
        .post(
            "/api/v1/knowledge/events",
            command,
            RouteDoc::any_account("A command to an item")
                .command::<KnowledgeCommand>()
                .returns::<Changed>(),
        )
        .get(
            "/api/v1/knowledge/{item}",
            one,
            RouteDoc::any_account("One item, with its versions and uses for those who keep it")
                .returns::<ItemDocument>(),
        )
        .merge(table)
}

/// The filters of the list.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Filter {
    q: Option<String>,
    topic: Option<String>,
    area: Option<String>,
    line: Option<String>,
    owner: Option<String>,
    state: Option<KnowledgeState>,
    after: Option<String>,
    limit: Option<usize>,
}

/// An item in a list.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KnowledgeLine")]
struct Line {
    id: KnowledgeId,
    /// The last record that changed it: the value of `expect_seq` for the next command.
    seq: Seq,
    state: KnowledgeState,
    visibility: Visibility,
    questions: Vec<String>,
    answer: String,
    owner: Option<UnitId>,
    topics: Vec<TopicId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<LineId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    review_by: Option<Date>,
    /// Whether its review day or last day has passed: check it before you answer with it.
    stale: bool,
    uses: u64,
    /// The match, in a search.
    #[serde(flatten)]
    found: Option<Match>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KnowledgeFound")]
struct Match {
    version: u32,
    score: f32,
    question: Vec<TextPart>,
    snippet: Vec<TextPart>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KnowledgeList")]
struct ItemList {
    items: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<KnowledgeId>,
}

async fn list(
    State(access): State<KnowledgeAccess>,
    user: User,
    QueryParams(filter): QueryParams<Filter>,
) -> Result<Json<ItemList>, Problem> {
    let base = access.base()?;
    let (reader, today) = (readable_visibility(&user.actor()), access.clock.today());
    let limit = filter.limit.unwrap_or(10).clamp(1, LIMIT_MAX);
    if let Some(text) = &filter.q {
        if filter.after.is_some() || filter.state.is_some() {
            return Err(Problem::invalid("q allows only topic, area, line, owner and limit"));
        }
        let query = KnowledgeQuery {
            text: text.clone(),
            topic: filter.topic.as_deref().map(Into::into),
            line: filter.line.as_deref().map(Into::into),
            reader,
            on: today,
            // Filters that the index does not know are applied to more hits than are shown.
            limit: if filter.is_applied_after_search() { LIMIT_MAX } else { limit },
        };
        let hits = search(&base, query).await?;
        let items = base.get(|store| {
            let line = |hit: SearchHit| {
                let item = store.knowledge().item(&hit.id)?;
                let mut line = line(store, &hit.id, item, reader, today)?;
                let SearchHit { version, score, question, snippet, .. } = hit;
                line.found = Some(Match { version, score, question, snippet });
                filter.matches(&line).then_some(line)
            };
            hits.into_iter().filter_map(line).take(limit).collect()
        });
        return Ok(Json(ItemList { items, next: None }));
    }
    let (items, next) = base.get(|store| {
        let after = filter.after.as_deref().unwrap_or_default();
        let known = store.knowledge().items().filter(|(id, _)| id.as_str() > after);
        let mut lines = known
            .filter_map(|(id, item)| line(store, id, item, reader, today))
            .filter(|line| filter.matches(line) && filter.state.is_none_or(|s| s == line.state));
        let items: Vec<Line> = lines.by_ref().take(limit).collect();
        let next = lines.next().and_then(|_| items.last().map(|line| line.id.clone()));
        (items, next)
    });
    Ok(Json(ItemList { items, next }))
}

impl Filter {
    /// Whether it has a filter that the search index does not know.
    fn is_applied_after_search(&self) -> bool {
        self.area.is_some() || self.owner.is_some()
    }

    fn matches(&self, line: &Line) -> bool {
        let topic = self.topic.as_deref().map(TopicId::from);
        let of_topic = topic.is_none_or(|topic| line.topics.iter().any(|t| topic.covers(t)));
        let of_line = self
            .line
            .as_deref()
            .is_none_or(|l| line.line.as_ref().is_some_and(|of| of.as_str() == l));
        let owner = line.owner.as_ref().map(UnitId::as_str).unwrap_or_default();
        let of_owner = self.owner.as_deref().is_none_or(|wanted| wanted == owner);
        of_topic
            && of_line
            && of_owner
            && self.area.as_deref().is_none_or(|area| applies_in(owner, area))
    }
}

/// Whether an owner's items apply in an area: a city's apply in all of it, a county's there. The code
/// of a larger area ends in 00, and the code of a unit begins with that of its area.
fn applies_in(owner: &str, area: &str) -> bool {
    let mut of = owner.split('-').next().unwrap_or_default();
    while let Some(larger) = of.strip_suffix("00") {
        of = larger;
    }
    area.starts_with(of) || of.starts_with(area)
}

/// An item as this reader sees it in a list; `None` when the reader may not see it or it has no text.
fn line(
    store: &TrackedKnowledge,
    id: &KnowledgeId,
    item: &Item,
    reader: Visibility,
    today: Date,
) -> Option<Line> {
    let shown = item.shown()?;
    if shown.visibility < reader {
        return None;
    }
    let text = &shown.version.text;
    let is_due = item.review_by().is_some_and(|day| day < today);
    let has_ended = text.valid_to.is_some_and(|day| day < today);
    Some(Line {
        id: id.clone(),
        seq: store.seq_of(id),
        state: item.state,
        visibility: shown.visibility,
        questions: text.questions.clone(),
        answer: text.answer.clone(),
        owner: item.owner().cloned(),
        topics: text.topics.clone(),
        line: text.line.clone(),
        review_by: item.review_by(),
        stale: is_due || has_ended,
        uses: item.uses.total(),
        found: None,
    })
}

/// An item with everything.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KnowledgeItem")]
struct ItemDocument {
    id: KnowledgeId,
    seq: Seq,
    #[serde(flatten)]
    item: Item,
}

async fn one(
    State(access): State<KnowledgeAccess>,
    user: User,
    PathId(id): PathId<String>,
) -> Result<Response, Problem> {
    let base = access.base()?;
    let actor = user.actor();
    let (reader, id) = (readable_visibility(&actor), KnowledgeId::from(id.as_str()));
    let response = base.get(|store| {
        let item = store.knowledge().item(&id)?;
        // People who keep the knowledge base see drafts and gaps; other people see published items.
        let keeps =
            reader == Visibility::Draft || actor.unit().is_some_and(|unit| item.is_of(unit));
        if keeps {
            let (id, seq) = (id.clone(), store.seq_of(&id));
            Some(Json(ItemDocument { id, seq, item: item.clone() }).into_response())
        } else {
            let line = line(store, &id, item, reader, access.clock.today())?;
            Some(Json(line).into_response())
        }
    });
    response.ok_or_else(|| Problem::not_found("no such item"))
}

/// The work of the people who keep the knowledge base.
#[derive(Default, Serialize, JsonSchema)]
struct Upkeep {
    items: usize,
    /// Items whose review day or last day has passed.
    stale: Vec<Entry>,
    /// Items to be reviewed within thirty days.
    due: Vec<Entry>,
    /// Submitted items, oldest first.
    to_review: Vec<Entry>,
    /// Questions without an item, and items reported as wrong.
    gaps: Vec<Entry>,
    /// Questions that more than one item answers.
    doubles: Vec<Duplicate>,
    /// The most used items of the last thirty days.
    most_used: Vec<Used>,
    /// Figure F26 of this year: items reviewed in time, of those that were due.
    update_rate: Option<knowledge::UpdateRate>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UpkeepEntry")]
struct Entry {
    id: KnowledgeId,
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<UnitId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<Date>,
    /// The number of times the question was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reports: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UpkeepDouble")]
struct Duplicate {
    question: String,
    items: Vec<KnowledgeId>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UpkeepUsed")]
struct Used {
    id: KnowledgeId,
    uses: u64,
}

/// The query of the upkeep.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpkeepQuery {
    /// Only items of this unit.
    owner: Option<String>,
}

async fn upkeep(
    State(access): State<KnowledgeAccess>,
    user: User,
    QueryParams(query): QueryParams<UpkeepQuery>,
) -> Result<Json<Upkeep>, Problem> {
    let (base, actor, today) = (access.base()?, user.actor(), access.clock.today());
    let asked = query.owner.as_deref().map(UnitId::from);
    let owner = match (actor.unit().cloned(), asked) {
        (_, asked) if readable_visibility(&actor) == Visibility::Draft => asked,
        (Some(unit), None) => Some(unit),
        (Some(unit), Some(asked)) if unit == asked => Some(unit),
        _ => {
            return Err(Problem::forbidden("only people who keep the knowledge base may see this"));
        }
    };
    let upkeep = base.get(|store| {
        let knowledge = store.knowledge();
        let ours = |item: &Item| owner.as_ref().is_none_or(|owner| item.is_of(owner));
        let entry = |id: &KnowledgeId, item: &Item, day: Option<Date>| {
            let want = item.want.as_ref().filter(|_| item.is_gap());
            let asked = item.newest().and_then(|version| version.text.questions.first().cloned());
            Entry {
                id: id.clone(),
                question: asked.or_else(|| want.map(|want| want.question.clone())),
                owner: item.owner().cloned(),
                day,
                times: want.map(|want| want.times),
                reports: item.reports.iter().map(|report| report.text.clone()).collect(),
            }
        };
        let of_item = |(id, item): (&KnowledgeId, &Item)| entry(id, item, item.review_by());
        let listed = |list: Vec<(&KnowledgeId, &Item)>| {
            let list = list.into_iter().filter(|(_, item)| ours(item));
            list.take(UPKEEP_MAX).map(of_item).collect::<Vec<_>>()
        };
        let due = knowledge.due_for_review(today.plus(DUE_DAYS), owner.as_ref());
        Upkeep {
            items: knowledge.items().filter(|(_, item)| ours(item)).count(),
            stale: listed(knowledge.stale(today)),
            due: due
                .into_iter()
                .take(UPKEEP_MAX)
                .filter_map(|(id, day)| Some(entry(id, knowledge.item(id)?, Some(day))))
                .collect(),
            to_review: listed(knowledge.to_review()),
            gaps: listed(knowledge.gaps()),
            doubles: knowledge
                .duplicate_questions()
                .into_iter()
                .take(UPKEEP_MAX)
                .map(|(question, ids)| Duplicate {
                    question,
                    items: ids.into_iter().cloned().collect(),
                })
                .collect(),
            most_used: knowledge
                .most_used(today.plus(-DUE_DAYS), today, LIMIT_MAX)
                .into_iter()
                .map(|(id, uses)| Used { id: id.clone(), uses })
                .collect(),
            update_rate: Some(knowledge.update_rate(
                Date { month: 1, day: 1, ..today },
                today,
                today,
                owner.as_ref(),
            )),
        }
    });
    Ok(Json(upkeep))
}

/// A change of the knowledge base.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KnowledgeKept")]
struct Changed {
    /// The last record of the change.
    seq: Seq,
    /// The item; a new one without an id gets one.
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<KnowledgeId>,
}

async fn command(
    State(access): State<KnowledgeAccess>,
    user: User,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<Json<Changed>, Problem> {
    let base = access.base()?;
    let (command, expected): (KnowledgeCommand, _) = read_command(&body)?;
    let named = command.item().cloned();
    let command = ChannelsCommand::Knowledge(command);
    let done = access.execute(&user, command, expected, idempotency_key(&headers)?).await?;
    let item = named.or_else(|| base.get(|store| store.changed_by(done.seq).cloned()));
    Ok(Json(Changed { seq: done.seq, item }))
}

/// The query of an import.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ImportQuery {
    /// Whether rows that are not drafts are published.
    #[serde(default)]
    publish: bool,
}

async fn import(
    State(access): State<KnowledgeAccess>,
    user: User,
    QueryParams(ImportQuery { publish }): QueryParams<ImportQuery>,
    headers: HeaderMap,
    RawBody(body): RawBody,
) -> Result<(StatusCode, Json<Changed>), Problem> {
    let table = decode::table(&body).map_err(|error| Problem::invalid(error.to_string()))?;
    let rows = sheet::read(&table.text).map_err(|faults| {
        let fault = |fault: sheet::RowFault| {
            let place = format!("line {}", fault.line);
            let field = match fault.column.as_str() {
                "" => place,
                column => format!("{place}, {column}"),
            };
            Fault::new(field, fault.what)
        };
        Problem::faults(faults.into_iter().map(fault).collect())
    })?;
    if rows.len() > ROWS_MAX {
        let what = format!("{} items; at most {ROWS_MAX} are accepted in one table", rows.len());
        return Err(Problem::faults(vec![Fault::new("body", what)]));
    }
    let command = ChannelsCommand::Import { rows, publish };
    let done = access.execute(&user, command, None, idempotency_key(&headers)?).await?;
    Ok((StatusCode::OK, Json(Changed { seq: done.seq, item: None })))
}

async fn export(State(access): State<KnowledgeAccess>, user: User) -> Result<Response, Problem> {
    let base = access.base()?;
    if readable_visibility(&user.actor()) != Visibility::Draft {
        let detail = "only people who keep or review the knowledge base may export it";
        return Err(Problem::forbidden(detail));
    }
    let rows = base.get(|store| store.knowledge().rows());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"knowledge.csv\""),
        ),
    ];
    Ok((headers, sheet::write(&rows)).into_response())
}

impl KnowledgeAccess {
    fn base(&self) -> Result<Arc<dyn KnowledgeBase>, Problem> {
        let base = self.knowledge.clone();
        base.ok_or_else(|| Problem::not_found("this hotline has no knowledge base"))
    }

    async fn execute(
        &self,
        user: &User,
        command: ChannelsCommand,
        expected: Option<Seq>,
        key: Option<String>,
    ) -> Result<ticketing::CommandReceipt, Problem> {
        let request = ChannelsRequest { by: user.actor(), command, expected, key };
        let command = Command::Channels(Box::new(request));
        Ok(self.commands.execute(user.seat_actor(), command).await?)
    }
}

/// Searches off the async threads, because the index is on disk.
async fn search(
    base: &Arc<dyn KnowledgeBase>,
    query: KnowledgeQuery,
) -> Result<Vec<SearchHit>, Problem> {
    let base = Arc::clone(base);
    match tokio::task::spawn_blocking(move || base.search(&query)).await {
        Ok(Ok(hits)) => Ok(hits),
        Ok(Err(error)) => Err(Problem::unavailable(error.to_string()).retry_after(RETRY_S)),
        Err(error) => {
            tracing::error!(%error, "a search panicked");
            Err(Problem::unavailable("the knowledge base cannot be searched now"))
        }
    }
}

const LIMIT_MAX: usize = 50;
/// Entries of each list of the upkeep.
const UPKEEP_MAX: usize = 200;
const DUE_DAYS: i64 = 30;
/// Items in one table: each is three records, all in one turn of the engine.
const ROWS_MAX: usize = 5_000;
/// The longest table, in bytes: five thousand items with long answers.
const TABLE_MAX: usize = 16 * 1024 * 1024;
const RETRY_S: u64 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_a_city_apply_in_all_of_it_and_those_of_a_county_there() {
        assert!(applies_in("410100-301", "410102"));
        assert!(applies_in("410102-010", "410102"));
        assert!(!applies_in("410103-010", "410102"));
        assert!(applies_in("410102-010", "410100".trim_end_matches("00")));
    }
}
