//! The knowledge base: found while somebody talks, kept by its owners, read as a table (KB-01 to KB-04).

use std::sync::Arc;

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use center::{AtTheChannels, Command};
use knowledge::{Item, KnowledgeCommand, readable_visibility, sheet};
use model::{
    Date, LineId, Seq,
    desk::{KnowledgeId, KnowledgeState, TopicId, UnitId, Visibility},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ticketing::channels::{ChannelsCommand, Shelf};
use workflow::Fault;

use super::{
    asked::{Asked, Id, Sent},
    described::{Api, Said},
    desk::{key, read},
};
use crate::{
    bookcase::{Finding, KnowledgeBase, Wanted},
    desk::Desk,
    problem::Problem,
    who::Who,
};

pub(super) fn routes() -> Api {
    let table = Api::default()
        .post(
            "/api/v1/knowledge/import",
            import,
            Said::person("Items as a table: all rows or none")
                .more("For who keeps or reviews the base; units write their own.")
                .query::<Publishing>()
                .csv()
                .gives::<Kept>(),
        )
        .layered(|router| router.layer(DefaultBodyLimit::max(TABLE_MAX)));
    Api::default()
        .get(
            "/api/v1/knowledge",
            list,
            Said::person("Items of the knowledge base")
                .more("With `q` those that answer it, best first and marked; by name without.")
                .query::<Filter>()
                .gives::<Listed>(),
        )
        .get(
            "/api/v1/knowledge.csv",
            export,
            Said::person("Every item people read, as a table")
                .more("For who keeps or reviews the base.")
                .gives_as(&["text/csv"]),
        )
        .get(
            "/api/v1/knowledge/upkeep",
            upkeep,
            Said::person("What is stale, due, to review, missing, said twice, most used")
                .more("For who keeps or reviews the base; a unit looks after its own.")
                .query::<OfWhom>()
                .gives::<Upkeep>(),
        )
        .post(
            "/api/v1/knowledge/events",
            command,
            Said::person("A command to an item").command::<KnowledgeCommand>().gives::<Kept>(),
        )
        .get(
            "/api/v1/knowledge/{item}",
            one,
            Said::person("One item, with its versions and uses for those who keep it")
                .gives::<Whole>(),
        )
        .merge(table)
}

/// What the list is asked for.
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

/// One item in a list.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KnowledgeLine")]
struct Line {
    id: KnowledgeId,
    /// The last record that changed it: expect this one with a command.
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
    /// Past its review day or its last day: read it before you answer with it.
    stale: bool,
    uses: u64,
    /// Why it was found.
    #[serde(flatten)]
    found: Option<Found>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KnowledgeFound")]
struct Found {
    version: u32,
    score: f32,
    question: Vec<crate::bookcase::Piece>,
    snippet: Vec<crate::bookcase::Piece>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KnowledgeList")]
struct Listed {
    items: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<KnowledgeId>,
}

async fn list(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(filter): Asked<Filter>,
) -> Result<Json<Listed>, Problem> {
    let base = base(&desk)?;
    let (reader, today) = (readable_visibility(&who.doer()), desk.today());
    let limit = filter.limit.unwrap_or(10).clamp(1, LIMIT_MAX);
    if let Some(text) = &filter.q {
        if filter.after.is_some() || filter.state.is_some() {
            return Err(Problem::unclear("q goes with topic, area, line, owner and limit"));
        }
        let wanted = Wanted {
            text: text.clone(),
            topic: filter.topic.as_deref().map(Into::into),
            line: filter.line.as_deref().map(Into::into),
            reader,
            on: today,
            // What is narrowed further is looked for in more than is shown.
            limit: if filter.narrows() { LIMIT_MAX } else { limit },
        };
        let found = find(&base, wanted).await?;
        let mut items = Vec::new();
        base.with(&mut |shelf| {
            let line = |found: Finding| {
                let item = shelf.knowledge().item(&found.id)?;
                let mut line = line(shelf, &found.id, item, reader, today)?;
                let Finding { version, score, question, snippet, .. } = found;
                line.found = Some(Found { version, score, question, snippet });
                filter.takes(&line).then_some(line)
            };
            items = found.iter().cloned().filter_map(line).take(limit).collect();
        });
        return Ok(Json(Listed { items, next: None }));
    }
    let (mut items, mut next) = (Vec::new(), None);
    base.with(&mut |shelf| {
        let after = filter.after.as_deref().unwrap_or_default();
        let known = shelf.knowledge().items().filter(|(id, _)| id.as_str() > after);
        let mut lines = known
            .filter_map(|(id, item)| line(shelf, id, item, reader, today))
            .filter(|line| filter.takes(line) && filter.state.is_none_or(|s| s == line.state));
        items = lines.by_ref().take(limit).collect();
        next = lines.next().and_then(|_| items.last().map(|line: &Line| line.id.clone()));
    });
    Ok(Json(Listed { items, next }))
}

impl Filter {
    /// By something the index does not know.
    fn narrows(&self) -> bool {
        self.area.is_some() || self.owner.is_some()
    }

    fn takes(&self, line: &Line) -> bool {
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
            && self.area.as_deref().is_none_or(|area| holds_in(owner, area))
    }
}

/// Whether an owner's word holds in an area: a city's holds everywhere in it, a county's there.
/// Codes of areas end in 00 for what is larger; a unit's begins with its area's.
fn holds_in(owner: &str, area: &str) -> bool {
    let mut of = owner.split('-').next().unwrap_or_default();
    while let Some(larger) = of.strip_suffix("00") {
        of = larger;
    }
    area.starts_with(of) || of.starts_with(area)
}

/// An item as this reader sees it in a list; `None` when it is not for them, or is nothing to read.
fn line(
    shelf: &Shelf,
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
    let late = item.review_by().is_some_and(|day| day < today);
    let over = text.valid_to.is_some_and(|day| day < today);
    Some(Line {
        id: id.clone(),
        seq: shelf.seq_of(id),
        state: item.state,
        visibility: shown.visibility,
        questions: text.questions.clone(),
        answer: text.answer.clone(),
        owner: item.owner().cloned(),
        topics: text.topics.clone(),
        line: text.line.clone(),
        review_by: item.review_by(),
        stale: late || over,
        uses: item.uses.total(),
        found: None,
    })
}

/// One item whole.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KnowledgeItem")]
struct Whole {
    id: KnowledgeId,
    seq: Seq,
    #[serde(flatten)]
    item: Item,
}

async fn one(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Id(id): Id<String>,
) -> Result<Response, Problem> {
    let base = base(&desk)?;
    let doer = who.doer();
    let (reader, id) = (readable_visibility(&doer), KnowledgeId::from(id.as_str()));
    let (mut whole, mut shown) = (None, None);
    base.with(&mut |shelf| {
        let Some(item) = shelf.knowledge().item(&id) else { return };
        // Its keepers see its drafts and its gaps; the others what is published for them.
        let keeps = reader == Visibility::Draft || doer.unit().is_some_and(|unit| item.is_of(unit));
        if keeps {
            whole = Some(Whole { id: id.clone(), seq: shelf.seq_of(&id), item: item.clone() });
        } else {
            shown = line(shelf, &id, item, reader, desk.today());
        }
    });
    match (whole, shown) {
        (Some(whole), _) => Ok(Json(whole).into_response()),
        (None, Some(line)) => Ok(Json(line).into_response()),
        (None, None) => Err(Problem::not_found("there is no such item")),
    }
}

/// What the base's keepers have to do.
#[derive(Default, Serialize, JsonSchema)]
struct Upkeep {
    items: usize,
    /// Past their review day or their last day: nobody should answer with them unread.
    stale: Vec<Entry>,
    /// To be reviewed within thirty days.
    due: Vec<Entry>,
    /// Submitted, the oldest first.
    to_review: Vec<Entry>,
    /// Asked for and not written, and what is said to be wrong.
    gaps: Vec<Entry>,
    /// Questions that more than one item answers.
    doubles: Vec<Double>,
    /// Of the last thirty days.
    most_used: Vec<Used>,
    /// F26 of this year: reviewed in time, and due.
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
    /// How often it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reports: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UpkeepDouble")]
struct Double {
    question: String,
    items: Vec<KnowledgeId>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "UpkeepUsed")]
struct Used {
    id: KnowledgeId,
    uses: u64,
}

/// Whose.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfWhom {
    owner: Option<String>,
}

async fn upkeep(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(of): Asked<OfWhom>,
) -> Result<Json<Upkeep>, Problem> {
    let (base, doer, today) = (base(&desk)?, who.doer(), desk.today());
    // A unit looks after its own.
    let owner = match (doer.unit().cloned(), of.owner.as_deref().map(UnitId::from)) {
        _ if readable_visibility(&doer) == Visibility::Draft => {
            of.owner.as_deref().map(UnitId::from)
        }
        (Some(unit), None) => Some(unit),
        (Some(unit), Some(asked)) if unit == asked => Some(unit),
        _ => return Err(Problem::forbidden("the base's keepers look after it")),
    };
    let mut answer = Upkeep::default();
    base.with(&mut |shelf| {
        let knowledge = shelf.knowledge();
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
        answer = Upkeep {
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
                .map(|(question, ids)| Double {
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
        };
    });
    Ok(Json(answer))
}

/// What was done to the base.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KnowledgeKept")]
struct Kept {
    /// The last record of it.
    seq: Seq,
    /// The item, with the name it was given when it came without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<KnowledgeId>,
}

async fn command(
    State(desk): State<Arc<Desk>>,
    who: Who,
    headers: HeaderMap,
    Sent(body): Sent,
) -> Result<Json<Kept>, Problem> {
    let base = base(&desk)?;
    let (command, expected): (KnowledgeCommand, _) = read(&body)?;
    let named = command.item().cloned();
    let command = ChannelsCommand::Knowledge(command);
    let done = order(&desk, &who, command, expected, key(&headers)?).await?;
    let mut item = named;
    if item.is_none() {
        base.with(&mut |shelf| item = shelf.changed_by(done.seq).cloned());
    }
    Ok(Json(Kept { seq: done.seq, item }))
}

/// Whether what is no draft is published as it says.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Publishing {
    #[serde(default)]
    publish: bool,
}

async fn import(
    State(desk): State<Arc<Desk>>,
    who: Who,
    Asked(Publishing { publish }): Asked<Publishing>,
    headers: HeaderMap,
    Sent(body): Sent,
) -> Result<(StatusCode, Json<Kept>), Problem> {
    let table = crate::sent::table(&body).map_err(|error| Problem::unclear(error.to_string()))?;
    let rows = sheet::read(&table.text).map_err(|faults| {
        let fault = |fault: sheet::RowFault| {
            let place = format!("line {}", fault.line);
            let field = match fault.column.as_str() {
                "" => place,
                column => format!("{place}, {column}"),
            };
            Fault::new(field, fault.what)
        };
        Problem::faulty(faults.into_iter().map(fault).collect())
    })?;
    if rows.len() > ROWS_MAX {
        let what = format!("{} items; at most {ROWS_MAX} at once: send several tables", rows.len());
        return Err(Problem::faulty(vec![Fault::new("body", what)]));
    }
    let command = ChannelsCommand::Import { rows, publish };
    let done = order(&desk, &who, command, None, key(&headers)?).await?;
    Ok((StatusCode::OK, Json(Kept { seq: done.seq, item: None })))
}

async fn export(State(desk): State<Arc<Desk>>, who: Who) -> Result<Response, Problem> {
    let base = base(&desk)?;
    if readable_visibility(&who.doer()) != Visibility::Draft {
        return Err(Problem::forbidden("who keeps the base takes it out"));
    }
    let mut rows = Vec::new();
    base.with(&mut |shelf| rows = shelf.knowledge().rows());
    let head = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"knowledge.csv\""),
        ),
    ];
    Ok((head, sheet::write(&rows)).into_response())
}

async fn order(
    desk: &Desk,
    who: &Who,
    command: ChannelsCommand,
    expected: Option<Seq>,
    key: Option<String>,
) -> Result<ticketing::Done, Problem> {
    let order = AtTheChannels { by: who.doer(), command, expected, key };
    Ok(desk.backend.command(who.actor(), Command::Channels(Box::new(order))).await?)
}

fn base(desk: &Desk) -> Result<Arc<dyn KnowledgeBase>, Problem> {
    let base = desk.options.knowledge.clone();
    base.ok_or_else(|| Problem::not_found("this house has no knowledge base"))
}

/// Off the async threads: the index is on disk.
async fn find(base: &Arc<dyn KnowledgeBase>, wanted: Wanted) -> Result<Vec<Finding>, Problem> {
    let base = Arc::clone(base);
    match tokio::task::spawn_blocking(move || base.search(&wanted)).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(Problem::later(error.to_string(), RETRY_AFTER_S)),
        Err(error) => {
            tracing::error!(%error, "a search died");
            Err(Problem::unavailable("the knowledge base cannot be searched now"))
        }
    }
}

const LIMIT_MAX: usize = 50;
/// Lines of each list of the upkeep.
const UPKEEP_MAX: usize = 200;
const DUE_DAYS: i64 = 30;
/// Items in one table over the API: three records each, in one turn of the engine.
const ROWS_MAX: usize = 5_000;
/// Five thousand items with long answers.
const TABLE_MAX: usize = 16 * 1024 * 1024;
const RETRY_AFTER_S: u64 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citys_word_holds_everywhere_in_it_and_a_countys_there() {
        assert!(holds_in("410100-301", "410102"));
        assert!(holds_in("410102-010", "410102"));
        assert!(!holds_in("410103-010", "410102"));
        assert!(holds_in("410102-010", "410100".trim_end_matches("00")));
    }
}
