//! Routes together with what is said of them: the API's description is made of what is served.
//!
//! A route cannot be added without a word of it. What a body, a query and an
//! answer look like comes from the types that read and write them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{
    Router,
    handler::Handler,
    routing::{MethodRouter, get, post},
};
use model::event::Role;
use schemars::{
    JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, transform::RecursiveTransform,
};
use serde_json::{Map, Value, json};
use ticketing::rights::{self, Act};

use crate::{
    desk::Desk,
    problem::Problem,
    rights::{Right, may},
};

/// Routes, and what is said of each.
#[derive(Default)]
pub(super) struct Api {
    router: Router<Arc<Desk>>,
    operations: Vec<Operation>,
}

struct Operation {
    method: &'static str,
    path: &'static str,
    said: Said,
}

impl Api {
    /// Something to look at.
    pub(super) fn get<T: 'static>(
        self,
        path: &'static str,
        handler: impl Handler<T, Arc<Desk>>,
        said: Said,
    ) -> Api {
        self.route("get", path, get(handler), said)
    }

    /// Something to do.
    pub(super) fn post<T: 'static>(
        self,
        path: &'static str,
        handler: impl Handler<T, Arc<Desk>>,
        said: Said,
    ) -> Api {
        self.route("post", path, post(handler), said)
    }

    fn route(
        mut self,
        method: &'static str,
        path: &'static str,
        served: MethodRouter<Arc<Desk>>,
        said: Said,
    ) -> Api {
        self.operations.push(Operation { method, path, said });
        Api { router: self.router.route(path, served), ..self }
    }

    /// Something that holds for the routes so far.
    pub(super) fn layered(self, layer: impl FnOnce(Router<Arc<Desk>>) -> Router<Arc<Desk>>) -> Api {
        Api { router: layer(self.router), ..self }
    }

    /// With these too.
    pub(super) fn merge(mut self, other: Api) -> Api {
        self.operations.extend(other.operations);
        Api { router: self.router.merge(other.router), ..self }
    }

    /// What is served.
    pub(super) fn router(self) -> Router<Arc<Desk>> {
        self.router
    }

    /// Each tag that an operation has, with a word of it.
    fn tags(&self) -> Vec<Value> {
        let used: BTreeSet<&str> = self.operations.iter().map(Operation::tag).collect();
        let told = |tag: &str| TAGS.iter().find(|(name, _)| *name == tag).map_or("", |(_, of)| of);
        used.into_iter().map(|tag| json!({ "name": tag, "description": told(tag) })).collect()
    }

    /// The description: OpenAPI 3.1.
    pub(super) fn description(&self) -> Value {
        let mut words = Words::new();
        let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
        for operation in &self.operations {
            let said = operation.written(&mut words);
            paths.entry(operation.path).or_default().insert(operation.method.into(), said);
        }
        let problem = words.gives(schema_of::<Problem>);
        let (mut document, schemas) = (
            json!({
                "openapi": "3.1.0",
                "info": {
                    "title": "Heartline 连心线",
                    "version": env!("CARGO_PKG_VERSION"),
                    "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
                    "description": ABOUT,
                },
                "servers": [{ "url": "/", "description": "The console of this engine" }],
                "tags": self.tags(),
                "security": [{ "token": [] }, { "session": [] }],
                "paths": paths,
                "components": {
                    "securitySchemes": {
                        "token": { "type": "http", "scheme": "bearer",
                                   "description": "heartline token NAME" },
                        "session": { "type": "apiKey", "in": "cookie", "name": "heartline",
                                     "description": "POST /api/v1/login" },
                    },
                    "responses": {
                        "Problem": {
                            "description": "A refusal: what is wrong, and what would be taken",
                            "content": { "application/problem+json": { "schema": problem } },
                        },
                    },
                },
            }),
            words.schemas(),
        );
        document["components"]["schemas"] = schemas;
        document
    }
}

/// Who may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// Anybody at all.
    Anybody,
    /// Whoever has an account; what they see of it is said.
    Person,
    /// Who has this right, and these roles as far as it is theirs.
    Holding(Right, &'static [Role]),
    /// Who may do this at the desk.
    Doing(Act),
}

impl Whom {
    /// The roles that are let in; `None` when that is not a matter of roles.
    pub(super) fn roles(self) -> Option<Vec<Role>> {
        let all = Role::ALL.iter().copied();
        match self {
            Whom::Anybody | Whom::Person => None,
            Whom::Holding(right, also) => {
                Some(all.filter(|role| may(*role, right) || also.contains(role)).collect())
            }
            Whom::Doing(act) => Some(rights::roles_for(act).to_vec()),
        }
    }
}

/// What is said of a route.
pub(super) struct Said {
    whom: Whom,
    what: &'static str,
    more: String,
    query: Option<SchemaOf>,
    body: Body,
    status: u16,
    answer: Answer,
}

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

enum Body {
    Nothing,
    Json(SchemaOf),
    /// A command: with `expect_seq`, and once under an `Idempotency-Key`.
    Command(SchemaOf),
    Csv,
    File,
}

enum Answer {
    Nothing,
    Json(SchemaOf),
    As(&'static [&'static str]),
}

impl Said {
    /// For these, this.
    pub(super) fn to(whom: Whom, what: &'static str) -> Said {
        Said {
            whom,
            what,
            more: String::new(),
            query: None,
            body: Body::Nothing,
            status: 204,
            answer: Answer::Nothing,
        }
    }

    /// For whoever has this right.
    pub(super) fn with(right: Right, what: &'static str) -> Said {
        Said::to(Whom::Holding(right, &[]), what)
    }

    /// For whoever has an account.
    pub(super) fn person(what: &'static str) -> Said {
        Said::to(Whom::Person, what)
    }

    /// More of it.
    pub(super) fn more(self, more: impl Into<String>) -> Said {
        Said { more: more.into(), ..self }
    }

    pub(super) fn query<T: JsonSchema>(self) -> Said {
        Said { query: Some(schema_of::<T>), ..self }
    }

    pub(super) fn body<T: JsonSchema>(self) -> Said {
        Said { body: Body::Json(schema_of::<T>), ..self }
    }

    pub(super) fn command<T: JsonSchema>(self) -> Said {
        Said { body: Body::Command(schema_of::<T>), ..self }
    }

    pub(super) fn csv(self) -> Said {
        Said { body: Body::Csv, ..self }
    }

    pub(super) fn file(self) -> Said {
        Said { body: Body::File, ..self }
    }

    pub(super) fn gives<T: JsonSchema>(self) -> Said {
        Said { status: 200, answer: Answer::Json(schema_of::<T>), ..self }
    }

    pub(super) fn makes<T: JsonSchema>(self) -> Said {
        Said { status: 201, ..self.gives::<T>() }
    }

    pub(super) fn gives_as(self, kinds: &'static [&'static str]) -> Said {
        Said { status: 200, answer: Answer::As(kinds), ..self }
    }
}

fn schema_of<T: JsonSchema>(words: &mut SchemaGenerator) -> Schema {
    words.subschema_for::<T>()
}

impl Operation {
    fn written(&self, words: &mut Words) -> Value {
        let Operation { method, path, said } = self;
        let mut operation = json!({
            "operationId": self.id(),
            "tags": [self.tag()],
            "summary": said.what,
            "responses": self.answers(words),
        });
        let roles = said.whom.roles();
        let who = match (&roles, said.whom) {
            (Some(roles), _) => {
                let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
                operation["x-roles"] = json!(names);
                format!("For {}.", names.join(", "))
            }
            (None, Whom::Anybody) => {
                operation["security"] = json!([]);
                "For anybody.".to_owned()
            }
            (None, _) => "For whoever has an account.".to_owned(),
        };
        operation["description"] = format!("{who} {}", said.more).trim().into();
        let mut parameters: Vec<Value> = ids(path).map(id).collect();
        if let Some(query) = said.query {
            parameters.extend(words.fields(query));
        }
        match said.body {
            Body::Nothing => {}
            Body::Json(schema) => {
                let schema = words.asked(schema);
                operation["requestBody"] = body("application/json", schema);
            }
            Body::Command(schema) => {
                let (command, seq) = (words.asked(schema), json!({ "$ref": EXPECTED }));
                let schema = json!({ "allOf": [command, seq] });
                operation["requestBody"] = body("application/json", schema);
                parameters.push(key());
            }
            Body::File => {
                let bytes = json!({ "type": "string", "format": "binary" });
                operation["requestBody"] = body("application/octet-stream", bytes);
            }
            Body::Csv => {
                operation["requestBody"] = body("text/csv", json!({ "type": "string" }));
                parameters.push(key());
            }
        }
        if !parameters.is_empty() {
            operation["parameters"] = parameters.into();
        }
        debug_assert!(matches!(*method, "get" | "post"));
        operation
    }

    fn answers(&self, words: &mut Words) -> Value {
        let content = match self.said.answer {
            Answer::Nothing => json!({ "description": "Done" }),
            Answer::Json(schema) => {
                let schema = words.gives(schema);
                let content = json!({ "application/json": { "schema": schema } });
                json!({ "description": self.said.what, "content": content })
            }
            Answer::As(kinds) => {
                let text = json!({ "schema": { "type": "string" } });
                let kinds: Map<String, Value> =
                    kinds.iter().map(|kind| ((*kind).to_owned(), text.clone())).collect();
                json!({ "description": self.said.what, "content": kinds })
            }
        };
        let problem = json!({ "$ref": "#/components/responses/Problem" });
        let mut answers = Map::new();
        answers.insert(self.said.status.to_string(), content);
        match self.said.whom {
            // Another site's page, a body that makes no sense, too many of them.
            Whom::Anybody => drop(answers.insert("4XX".into(), problem.clone())),
            _ => {
                answers.insert("401".into(), problem.clone());
                answers.insert("403".into(), problem.clone());
            }
        }
        if matches!(self.said.body, Body::Command(_)) {
            answers.insert("409".into(), problem.clone());
            answers.insert("422".into(), problem.clone());
        }
        answers.insert("default".into(), problem);
        answers.into()
    }

    /// `post_tickets_ticket_events`
    fn id(&self) -> String {
        let path = self.path.strip_prefix("/api/v1").unwrap_or(self.path);
        let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
        words.fold(self.method.to_owned(), |id, word| format!("{id}_{word}"))
    }

    fn tag(&self) -> &str {
        let path = self.path.strip_prefix("/api/v1/").unwrap_or("health");
        path.split(['/', '.']).next().unwrap_or(path)
    }
}

/// Types as schemas: those that are read, and those that are written. One type may look
/// different in both: what may be left out there is always there here.
struct Words {
    asks: SchemaGenerator,
    gives: SchemaGenerator,
}

fn with_items(schema: &mut Schema) {
    if schema.get("prefixItems").is_some() && schema.get("items").is_none() {
        schema.insert("items".into(), json!({}));
    }
}

impl Words {
    fn new() -> Words {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
                // A tuple has `prefixItems` only; linters of OpenAPI want `items` of every array.
                settings.transforms.push(Box::new(RecursiveTransform(with_items)));
            })
        };
        Words {
            asks: settings().for_deserialize().into_generator(),
            gives: settings().for_serialize().into_generator(),
        }
    }

    fn asked(&mut self, schema: SchemaOf) -> Value {
        suffixed(schema(&mut self.asks).to_value())
    }

    fn gives(&mut self, schema: SchemaOf) -> Value {
        schema(&mut self.gives).to_value()
    }

    /// The fields of a query as parameters.
    fn fields(&mut self, query: SchemaOf) -> Vec<Value> {
        let mut schema = query(&mut self.asks).to_value();
        if let Some(name) = schema["$ref"].as_str().and_then(|to| to.rsplit('/').next()) {
            // Nothing else names it: it is told field by field.
            schema = self.asks.definitions_mut().remove(name).unwrap_or_default();
        }
        let required: Vec<String> =
            serde_json::from_value(schema["required"].clone()).unwrap_or_default();
        let fields = schema["properties"].as_object().cloned().unwrap_or_default();
        let field = |(name, mut schema): (String, Value)| {
            let text = schema.as_object_mut().and_then(|schema| schema.remove("description"));
            let mut field = json!({
                "name": name,
                "in": "query",
                "required": required.contains(&name),
                "schema": suffixed(schema),
            });
            if let Some(text) = text {
                field["description"] = text;
            }
            field
        };
        fields.into_iter().map(field).collect()
    }

    fn schemas(&mut self) -> Value {
        let mut schemas: Map<String, Value> = self.gives.take_definitions(true);
        for (name, schema) in self.asks.take_definitions(true) {
            schemas.insert(format!("{name}{ASKED}"), suffixed(schema));
        }
        schemas.insert("ExpectSeq".into(), json!({
            "type": "object",
            "properties": { "expect_seq": {
                "type": "integer",
                "description": "The last record the sender has seen of it: 409 when there is a newer one",
            } },
        }));
        // `true` is a schema to JSON Schema; readers of OpenAPI want an object.
        for schema in schemas.values_mut() {
            match schema {
                Value::Bool(true) => *schema = json!({}),
                Value::Bool(false) => *schema = json!({ "not": {} }),
                _ => {}
            }
        }
        schemas.into()
    }
}

/// With every reference led to the schemas of what is read.
fn suffixed(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                match value {
                    Value::String(to) if key == "$ref" => to.push_str(ASKED),
                    _ => *value = suffixed(value.take()),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = suffixed(item.take())),
        _ => {}
    }
    schema
}

/// The names in a path.
fn ids(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn id(name: &str) -> Value {
    let what = match name {
        "ticket" | "matter" => "Its number, 2026112200017",
        "assignment" => "Its ticket's number and its own, 2026112200017-1",
        "filing" | "order" => "Its matter's number and its own, 2026112200017-1",
        "call" => "The call's name, as recordings are called",
        "seat" => "The seat's number, 1001",
        "unit" => "The unit's code",
        "name" => "The account's name",
        "wish" => "login, logout, ready, not-ready or extend-wrap-up",
        "report" => "R1 to R8",
        "figure" => "F1 to F30, as `/api/v1/figures` names them",
        "item" => "The item's name",
        "hash" => "SHA-256 in hex",
        "table" => "areas, units, topics, directory, grades, duty or roster",
        "session" => "The session's number",
        "destination" => "Its name in courier.toml",
        _ => "Its name",
    };
    json!({ "name": name, "in": "path", "required": true, "description": what,
            "schema": { "type": "string" } })
}

fn key() -> Value {
    json!({ "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Done once however often it is sent, and 422 for another command \
                            under a name that was used; 1 to 100 ASCII characters",
            "schema": { "type": "string", "maxLength": 100 } })
}

fn body(kind: &str, schema: Value) -> Value {
    json!({ "required": true, "content": { kind: { "schema": schema } } })
}

/// What types that are read are called, beside those that are written.
const ASKED: &str = ".asked";
const EXPECTED: &str = "#/components/schemas/ExpectSeq";

const ABOUT: &str = "\
Times are microseconds since 1970, UTC. Lists come newest first as `{\"items\":[…],\"next\":…}`; ask again with \
`before=` (or `after=`, where a list goes the other way) the `next`. A refusal is a `Problem`: 422 names every fault with \
its field, 409 says the state, the `seq` to expect and what is allowed now. Numbers and names of callers are masked by role; \
who looks at a ticket, listens or takes out a list is on the record. A browser proves itself by its session's cookie, a \
program by a token.\n\n\
Beside this API the engine serves Open311 GeoReport v2 under `/open311/v2`, which describes itself, and signed webhooks \
under `/hooks/{name}`, as `courier.toml` names them.";

/// What the paths are about, by their first word.
const TAGS: [(&str, &str); 31] = [
    ("accounts", "Accounts of people"),
    ("agents", "How people worked"),
    ("assessments", "What units are assessed by, appeals, and who ruled on them"),
    ("assignments", "Pieces of work units have in hand"),
    ("attachments", "Scans, photographs and papers"),
    ("audit", "Who saw and did what"),
    ("calls", "Calls"),
    ("courier", "Partners who get our records, and SMS"),
    ("dissatisfactions", "Tickets closed with a dissatisfied caller"),
    ("events", "The log, record by record"),
    ("figures", "Figures of a period, and what each counts"),
    ("filings", "Requests of units: extensions, returns, and the like"),
    ("health", "For those who watch over the engine"),
    ("hotline", "What the page shows before anybody logged in"),
    ("knowledge", "The knowledge base"),
    ("leaders", "Leaders, their turns and their signatures"),
    ("login", "Logging in"),
    ("logout", "Logging out"),
    ("matters", "Matters several tickets are about"),
    ("me", "The person who asks"),
    ("network", "Units, areas, topics and the directory"),
    ("openapi", "This description"),
    ("orders", "Supervision orders"),
    ("queues", "Queues now and by the quarter hour"),
    ("recordings", "Recordings"),
    ("reports", "Reports and their releases"),
    ("seats", "Seats and what may be asked of them"),
    ("tickets", "Tickets"),
    ("units", "The work of a unit"),
    ("wallboard", "The live picture"),
    ("worklist", "The work of the person who asks"),
];
